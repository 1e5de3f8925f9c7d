"""Column names of the HMIS CSV standard (FY2022) for the six files that the housing agency exports.

Belongs here: the standard's own names and their order, parted by blanks. What stands under them stays in
`housing_agency.py`.
"""

CLIENT_COLUMNS = (
    "PersonalID FirstName MiddleName LastName NameSuffix NameDataQuality SSN SSNDataQuality DOB "
    "DOBDataQuality AmIndAKNative Asian BlackAfAmerican NativeHIPacific White RaceNone Ethnicity Female "
    "Male NoSingleGender Transgender Questioning GenderNone VeteranStatus YearEnteredService YearSeparated "
    "WorldWarII KoreanWar VietnamWar DesertStorm AfghanistanOEF IraqOIF IraqOND OtherTheater MilitaryBranch "
    "DischargeStatus DateCreated DateUpdated UserID DateDeleted ExportID"
)
ENROLLMENT_COLUMNS = (
    "EnrollmentID PersonalID ProjectID EntryDate HouseholdID RelationshipToHoH LivingSituation LengthOfStay "
    "LOSUnderThreshold PreviousStreetESSH DateToStreetESSH TimesHomelessPastThreeYears "
    "MonthsHomelessPastThreeYears DisablingCondition DateOfEngagement MoveInDate DateOfPATHStatus "
    "ClientEnrolledInPATH ReasonNotEnrolled WorstHousingSituation PercentAMI LastPermanentStreet "
    "LastPermanentCity LastPermanentState LastPermanentZIP AddressDataQuality ReferralSource "
    "CountOutreachReferralApproaches DateOfBCPStatus EligibleForRHY ReasonNoServices RunawayYouth "
    "SexualOrientation SexualOrientationOther FormerWardChildWelfare ChildWelfareYears ChildWelfareMonths "
    "FormerWardJuvenileJustice JuvenileJusticeYears JuvenileJusticeMonths UnemploymentFam "
    "MentalHealthDisorderFam PhysicalDisabilityFam AlcoholDrugUseDisorderFam InsufficientIncome "
    "IncarceratedParent VAMCStation TargetScreenReqd TimeToHousingLoss AnnualPercentAMI "
    "LiteralHomelessHistory ClientLeaseholder HOHLeaseholder SubsidyAtRisk EvictionHistory CriminalRecord "
    "IncarceratedAdult PrisonDischarge SexOffender DisabledHoH CurrentPregnant SingleParent DependentUnder6 "
    "HH5Plus CoCPrioritized HPScreeningScore ThresholdScore DateCreated DateUpdated UserID DateDeleted "
    "ExportID"
)
EXIT_COLUMNS = (
    "ExitID EnrollmentID PersonalID ExitDate Destination OtherDestination HousingAssessment "
    "SubsidyInformation ProjectCompletionStatus EarlyExitReason ExchangeForSex "
    "ExchangeForSexPastThreeMonths CountOfExchangeForSex AskedOrForcedToExchangeForSex "
    "AskedOrForcedToExchangeForSexPastThreeMonths WorkplaceViolenceThreats WorkplacePromiseDifference "
    "CoercedToContinueWork LaborExploitPastThreeMonths CounselingReceived IndividualCounseling "
    "FamilyCounseling GroupCounseling SessionCountAtExit PostExitCounselingPlan SessionsInPlan "
    "DestinationSafeClient DestinationSafeWorker PosAdultConnections PosPeerConnections "
    "PosCommunityConnections AftercareDate AftercareProvided EmailSocialMedia Telephone InPersonIndividual "
    "InPersonGroup CMExitReason DateCreated DateUpdated UserID DateDeleted ExportID"
)
EXPORT_COLUMNS = (
    "ExportID SourceType SourceID SourceName SourceContactFirst SourceContactLast SourceContactPhone "
    "SourceContactExtension SourceContactEmail ExportDate ExportStartDate ExportEndDate SoftwareName "
    "SoftwareVersion CSVVersion ExportPeriodType ExportDirective HashStatus"
)
ORGANIZATION_COLUMNS = (
    "OrganizationID OrganizationName VictimServiceProvider OrganizationCommonName DateCreated DateUpdated "
    "UserID DateDeleted ExportID"
)
PROJECT_COLUMNS = (
    "ProjectID OrganizationID ProjectName ProjectCommonName OperatingStartDate OperatingEndDate "
    "ContinuumProject ProjectType HousingType ResidentialAffiliation TrackingMethod "
    "HMISParticipatingProject TargetPopulation HOPWAMedAssistedLivingFac PITCount DateCreated DateUpdated "
    "UserID DateDeleted ExportID"
)
