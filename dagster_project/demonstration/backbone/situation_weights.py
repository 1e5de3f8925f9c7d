"""How often each risk, service, closure and gap comes up at the situation table.

Belongs here: weights of chance, no more. What is drawn with them stays in `situation_table.py`.
"""

from __future__ import annotations

RISKS: dict[str, float] = {
    "mental_health": 48, "drugs": 30, "alcohol": 24, "physical_violence": 26, "emotional_violence": 18,
    "sexual_violence": 5, "housing": 28, "poverty": 22, "basic_needs": 18, "parenting": 26, "missing_school": 24,
    "missing_runaway": 10, "suicide_self_harm": 15, "criminal_involvement": 16, "crime_victimisation": 14,
    "negative_peers": 15, "antisocial_behaviour": 14, "physical_health": 12, "cognitive_disability": 8,
    "unemployment": 10, "social_environment": 9, "self_neglect": 7, "cultural_disconnection": 8, "elder_abuse": 3,
    "gambling": 2, "gangs": 3, "threat_to_public_safety": 4, "other": 3,
}  # fmt: skip
SERVICES: dict[str, float] = {
    "mental_health_care": 26, "addiction_treatment": 14, "medical_care": 10, "housing_help": 15, "income_help": 9,
    "family_support": 22, "child_protection": 10, "victim_services": 8, "school_support": 14, "justice_services": 5,
    "elder_and_ceremony": 6, "food_and_basics": 8, "other": 2,
}  # fmt: skip
SERVICES_OF_CULTURE = ("elder_and_ceremony",)
CLOSURES: dict[str, float] = {
    "connected_to_services": 40, "connected_and_engaged": 22, "informed_of_services": 12, "refused_services": 9,
    "not_reached": 6, "systemic_gap": 4, "moved": 3, "deceased": 1.5, "not_collected": 2.5,
}  # fmt: skip
# Days from acceptance to the first joint intervention; None: none so far.
INTERVENTION_DAYS: dict[int | None, float] = {0: 32, 1: 30, 2: 14, 3: 7, 5: 5, 6: 3, 12: 2, None: 7}
GAPS: dict[str, float] = {
    "waiting_list": 30, "no_service": 18, "eligibility": 14, "transport": 14, "information_sharing": 12,
    "cultural_safety": 9, "other": 3,
}  # fmt: skip
