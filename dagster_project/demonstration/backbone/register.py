"""The register of partners: 32 made-up organisations, the seven that send data among them.

Belongs here: who they are, since when, what they signed, and who decides whether their data are published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Organisation:
    """A partner. `traits`: letters for Indigenous (I), francophone (F), core at the table (C), not named publicly (N),
    Indigenous or francophone not known (?). `approved`: the day on which its approver agreed to publication."""

    partner_id: str
    name: str
    sector: str
    traits: str = ""
    since: date = date(2024, 3, 1)
    until: date | None = None
    signed: date | None = date(2024, 9, 12)
    signed_until: date | None = None
    approver: str = "backbone"
    approved: date | None = date(2024, 11, 20)

    def is_active_on(self, day: date) -> bool:
        """Whether it is a partner on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


GOVERNANCE = "indigenous_governance"
THREE_YEARS = date(2027, 9, 11)
EXPIRED, EXPIRES_SOON = date(2025, 9, 11), date(2026, 3, 31)

REGISTER = (
    Organisation(
        "school_board", "Centre de services scolaire des Trois-Anses", "education", "FC", signed_until=THREE_YEARS
    ),
    Organisation("child_protection", "Trois-Anses Child Protection", "child_protection", "C"),
    Organisation("health_centre", "Trois-Anses Community Health Centre", "health", "C", signed_until=THREE_YEARS),
    Organisation("post_adoption", "La Sarcelle Post-Adoption Support", "adoption", "C"),
    Organisation("housing_agency", "Trois-Anses Housing", "housing", "C", signed_until=EXPIRES_SOON),
    Organisation("family_centre", "Centre de ressources familiales La Chaloupe bleue", "family_support", "FC"),
    Organisation(
        "police_victim_support", "Trois-Anses Police Victim Support", "police", "C", approver="partner",
        approved=date(2025, 2, 3),
    ),
    Organisation(
        "friendship_centre", "Three Coves Friendship Centre", "indigenous_services", "IC", approver=GOVERNANCE,
        approved=date(2025, 1, 15), signed_until=THREE_YEARS,
    ),
    Organisation(
        "lakes_health", "Far Lakes Community Health Circle", "health", "IC", approver=GOVERNANCE,
        approved=date(2025, 3, 10),
    ),
    Organisation(
        "lakes_council", "Far Lakes Community Council", "indigenous_services", "IN", approver=GOVERNANCE, approved=None,
    ),
    Organisation(
        "loon_lodge", "Loon Lodge for Families", "family_support", "I", approver=GOVERNANCE, approved=date(2025, 6, 2),
        signed=date(2025, 4, 24),
    ),
    Organisation(
        "elders_circle", "Circle of Elders", "community", "IC", approver=GOVERNANCE, approved=date(2024, 12, 4),
    ),
    Organisation(
        "kin_youth", "Kin Youth House", "youth", "I", approver=GOVERNANCE, approved=date(2025, 9, 8), signed=None,
    ),
    Organisation("hospital", "Hôpital du Quai", "health", "FC", signed_until=EXPIRED),
    Organisation("addiction_service", "Harbour Addiction Service", "health", "C"),
    Organisation("crisis_team", "Mobile Crisis Team", "health", "C", signed=date(2025, 2, 18)),
    Organisation("income_office", "Regional Income Office", "income_support", "C", signed_until=EXPIRES_SOON),
    Organisation("social_services", "Services sociaux de la Rivière", "social_services", "FC"),
    Organisation("probation", "Probation and Community Justice", "justice", "C", approver="partner", approved=None),
    Organisation("mediation", "Maison de médiation", "justice", "FN", signed=None),
    Organisation("town", "Ville de Trois-Anses", "municipal", "FC"),
    Organisation("lakes_municipality", "Municipalité de Lac-aux-Huards", "municipal", "", signed=None),
    Organisation("daycare_quai", "CPE du Quai", "daycare", "F"),
    Organisation("daycare_moulin", "Garderie du Moulin", "daycare", "F", signed=None, until=date(2025, 8, 31)),
    Organisation("women_shelter", "Refuge de l'Anse", "housing", "CN", approver="partner", approved=date(2025, 5, 14)),
    Organisation("youth_house", "Harbour Youth House", "youth"),
    Organisation("youth_employment", "Carrefour Emploi Jeunes", "youth", "?", signed_until=EXPIRED),
    Organisation("food_bank", "Trois-Anses Food Bank", "community"),
    Organisation("volunteer_centre", "Volunteer Drivers of the Hills", "community", "", until=date(2026, 1, 31)),
    Organisation(
        "newcomers", "Newcomers' Welcome House", "community", "", since=date(2025, 10, 1), signed=date(2025, 11, 6),
        approved=date(2025, 12, 1),
    ),
    Organisation("adult_school", "Hills Adult School", "education", signed_until=EXPIRED),
    Organisation("foster_families", "Foster Families' Association", "adoption", signed=None, approver="partner"),
)  # fmt: skip


def active_on(day: date) -> list[Organisation]:
    """The partners of a day."""
    return [organisation for organisation in REGISTER if organisation.is_active_on(day)]


def core_on(day: date) -> list[Organisation]:
    """The core partners of the situation table on a day."""
    return [organisation for organisation in active_on(day) if "C" in organisation.traits]
