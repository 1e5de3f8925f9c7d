"""Words of the results in both languages: months, sectors, kinds of breakdown, states, reasons.

Belongs here: words for codes that no contract, agreement or indicator lists. Stays out: words of findings
(expectations/findings.yml), of feedback, and of pages (dashboards/components/words.js).
"""

from __future__ import annotations

MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
}
# The one list of sectors: agreements, youth networks and columns with codesFrom sectors know no other.
SECTORS: dict[str, dict[str, str]] = {
    "education": {"en": "Education", "fr": "Éducation"},
    "daycare": {"en": "Daycare", "fr": "Services de garde"},
    "child_protection": {"en": "Child protection", "fr": "Protection de la jeunesse"},
    "social_services": {"en": "Social services", "fr": "Services sociaux"},
    "health": {"en": "Health", "fr": "Santé"},
    "housing": {"en": "Housing", "fr": "Logement"},
    "police": {"en": "Police", "fr": "Police"},
    "justice": {"en": "Justice", "fr": "Justice"},
    "family_support": {"en": "Family support", "fr": "Soutien aux familles"},
    "adoption": {"en": "Adoption", "fr": "Adoption"},
    "community": {"en": "Community", "fr": "Milieu communautaire"},
    "youth": {"en": "Youth", "fr": "Jeunesse"},
    "indigenous_services": {"en": "Indigenous services", "fr": "Services autochtones"},
    "municipal": {"en": "Municipal services", "fr": "Services municipaux"},
    "income_support": {"en": "Income support", "fr": "Soutien du revenu"},
    "backbone": {"en": "Backbone organisation", "fr": "Organisme de soutien"},
}
REMOTENESS: dict[str, dict[str, str]] = {
    "urban": {"en": "Urban", "fr": "Urbaine"},
    "rural": {"en": "Rural", "fr": "Rurale"},
    "remote": {"en": "Remote", "fr": "Éloignée"},
}
# Words of the results themselves: kinds of breakdown, states, reasons, and codes that no contract lists.
LABELS: list[tuple[str, str, str, str]] = [
    ("breakdown_kind", "age_band", "Age band", "Groupe d'âge"),
    ("breakdown_kind", "age_group", "Adults and children", "Adultes et enfants"),
    ("breakdown_kind", "household_type", "Type of household", "Type de ménage"),
    ("breakdown_kind", "destination_group", "Destination at exit", "Destination au départ"),
    ("breakdown_kind", "instrument", "Instrument", "Outil de mesure"),
    ("breakdown_kind", "dataset", "Dataset", "Jeu de données"),
    ("breakdown_kind", "linkability", "Linked across agencies or not", "Jumelage entre organismes"),
    ("age_group", "adult", "Adults (18 and over)", "Adultes (18 ans et plus)"),
    ("age_group", "child", "Children (under 18)", "Enfants (moins de 18 ans)"),
    ("age_group", "unknown", "Age not known", "Âge inconnu"),
    ("age_band", "unknown", "Age not known", "Âge inconnu"),
    ("household_type", "without_children", "Without children", "Sans enfants"),
    ("household_type", "with_children_and_adults", "With children and adults", "Avec enfants et adultes"),
    ("household_type", "with_only_children", "With only children", "Avec enfants seulement"),
    ("household_type", "unknown", "Not known", "Inconnu"),
    ("destination_group", "permanent", "Permanent home", "Logement permanent"),
    ("destination_group", "temporary", "Temporary", "Temporaire"),
    ("destination_group", "institutional", "Institution", "Établissement"),
    ("destination_group", "other", "Other or not known", "Autre ou inconnue"),
    ("linkability", "linkable", "May be linked", "Jumelage permis"),
    ("linkability", "not_linkable", "Did not consent to linking", "Sans consentement au jumelage"),
    ("submission_state", "accepted", "Received", "Reçu"),
    ("submission_state", "nil", "Nothing to report", "Rien à déclarer"),
    ("submission_state", "missing", "Not received", "Non reçu"),
    ("submission_state", "rejected", "Sent back", "Retourné"),
    ("missing_reason", "not_received", "Not received", "Non reçu"),
    ("missing_reason", "not_collected", "Not collected", "Non recueilli"),
    ("missing_reason", "not_applicable", "Not applicable", "Sans objet"),
    ("missing_reason", "no_cases", "No cases", "Aucun cas"),
    ("status", "provisional", "Provisional", "Provisoire"),
    ("status", "final", "Final", "Définitif"),
    ("severity", "reject", "File sent back", "Fichier retourné"),
    ("severity", "quarantine", "Row set aside", "Ligne mise de côté"),
    ("severity", "warn", "To check", "À vérifier"),
]
UNKNOWN_ZONE: dict[str, str] = {"en": "Zone not known", "fr": "Zone inconnue"}
