"""The words and numbers that stand for codes in the backbone's workbooks.

Belongs here: codes, no more. Which column has them stays in `backbone.py`.
"""

from __future__ import annotations

from dagster_project.demonstration.tables import Cell

YES_NO = {True: "Oui", False: "Non", None: "Inconnu"}
ANSWER = {"yes": "Oui", "no": "Non", "not_collected": "Inconnu", "": None}
APPROVER = {"backbone": "Comité", "partner": "Partenaire", "indigenous_governance": "Gouvernance autochtone"}
MEETING = {"partners": "Plénière", "steering": "Comité directeur", "working_group": "Chantier", "learning": "CoP"}
BODY = {"steering": "Comité directeur", "working_group": "Chantier", "backbone": "Équipe"}
ACTIVITY = {
    "guide_vision_strategy": "Vision", "support_aligned_activities": "Arrimage",
    "establish_shared_measurement": "Mesure", "build_public_will": "Mobilisation", "advance_policy": "Politiques",
    "mobilise_funding": "Financement",
}  # fmt: skip
EVIDENCE = {
    "minutes": "Procès-verbal", "document": "Document", "event": "Événement", "agreement": "Entente", "other": "Autre",
}  # fmt: skip
SOURCE = {
    "government": "Gouvernement", "foundation": "Fondation", "private": "Privé", "other_outside": "Autre",
    "partner_transfer": "Transfert",
}  # fmt: skip
ZONE = {
    "north_shore": "Rive-Nord", "old_town": "Vieille-Ville", "river_valley": "Vallée", "south_hills": "Collines",
    "far_lakes": "Grands-Lacs", "": None,
}  # fmt: skip
MEASURE = {
    "hospital_stays": "Hospitalisations", "arrests": "Arrestations", "child_apprehensions": "Prises en charge",
    "school_absence": "Absentéisme", "low_income_children": "Faible revenu", "housing_need": "Besoin en logement",
}  # fmt: skip
COST = {"none": "Aucun", "part": "Partiel", "full": "Entier", "not_collected": "Inconnu"}
AGREEMENT = {
    "formal_agreement": "Entente", "protocol": "Protocole", "shared_equipment": "Équipement", "shared_costs": "Coûts",
}  # fmt: skip
THRESHOLD = {"met": "Atteint", "not_met": "Non atteint", "pending": "En attente"}
CLOSURE = {
    "connected_to_services": "Liée aux services", "connected_and_engaged": "Liée et engagée",
    "informed_of_services": "Informée", "refused_services": "Refus", "not_reached": "Non jointe",
    "systemic_gap": "Lacune du système", "moved": "Déménagement", "deceased": "Décès", "not_collected": "Inconnue",
    "": None,
}  # fmt: skip
GAP = {
    "no_service": "Aucun service", "waiting_list": "Attente", "eligibility": "Admissibilité", "transport": "Transport",
    "information_sharing": "Information", "cultural_safety": "Sécurité culturelle", "other": "Autre",
}  # fmt: skip
SCORE: dict[str, Cell] = {
    "strongly_agree": 5,
    "agree": 4,
    "neutral": 3,
    "disagree": 2,
    "strongly_disagree": 1,
    "no_answer": "NA",
}
