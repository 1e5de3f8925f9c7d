"""The words of the mirror in both languages, and its first sheet: what it is, and that it stays where it is.

Belongs here: words. Stays out: figures (mirror.py).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from dagster_project.contracts import Agreement, Initiative

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "notes": "Read first",
        "details": "Programmes and breakdowns",
        "indicator": "Indicator",
        "unit": "Unit",
        "interval": "Interval",
        "by": "By",
        "part": "Part",
        "program": "Programme",
        "us": "You",
        "region": "Region",
        "numerator": "Your numerator",
        "denominator": "Your denominator",
        "status": "Status",
        "public": "What the public sees of you",
        "hidden": "hidden",
        "not_shown": "not shown",
        "preview": "preview",
        "release": "release",
    },
    "fr": {
        "notes": "À lire d'abord",
        "details": "Programmes et ventilations",
        "indicator": "Indicateur",
        "unit": "Unité",
        "interval": "Période",
        "by": "Selon",
        "part": "Modalité",
        "program": "Programme",
        "us": "Vous",
        "region": "Région",
        "numerator": "Votre numérateur",
        "denominator": "Votre dénominateur",
        "status": "État",
        "public": "Ce que le public voit de vous",
        "hidden": "masqué",
        "not_shown": "non affiché",
        "preview": "aperçu",
        "release": "publication",
    },
}
_LINES: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("{agency}", "Your figures beside those of the region, as of {as_of}."),
        (
            "Do not pass it on",
            "Your own figures are shown whole, even where they are of a few families who could be recognised. This "
            "workbook is for your organisation alone: do not forward, publish or print it for others.",
        ),
        (
            "You",
            "Computed from the files that you sent, by the public definitions. The last interval is in bold; those "
            "before it show the trend. A provisional figure may still change.",
        ),
        (
            "Region",
            "All partners together, as published ({kind} of {published}). 'hidden' means too few to be shown: it is "
            "not a zero, and no figure of another partner is here that is not public.",
        ),
        (
            "What the public sees of you",
            "Your figure of the last interval as it is published: 'hidden' where it would tell too much.",
        ),
        (
            "Words instead of a figure",
            "'Not received': we had no usable file for the interval. 'No cases': there was nobody to count. A dash: "
            "there is no such figure.",
        ),
        ("Something looks wrong?", "Tell us: {contact}. Your next file corrects it."),
    ],
    "fr": [
        ("{agency}", "Vos chiffres à côté de ceux de la région, en date du {as_of}."),
        (
            "Ne pas diffuser",
            "Vos propres chiffres sont montrés en entier, même lorsqu'ils portent sur quelques familles qui pourraient "
            "être reconnues. Ce classeur est réservé à votre organisme : ne le transmettez pas, ne le publiez pas et "
            "ne l'imprimez pas pour d'autres.",
        ),
        (
            "Vous",
            "Chiffres calculés à partir des fichiers que vous avez transmis, selon les définitions publiques. La "
            "dernière période est en gras; les précédentes montrent la tendance. Un chiffre provisoire peut "
            "encore changer.",
        ),
        (
            "Région",
            "L'ensemble des partenaires, tel que publié ({kind} du {published}). « masqué » signifie trop peu pour "
            "être montré : ce n'est pas un zéro, et aucun chiffre non public d'un autre partenaire ne figure ici.",
        ),
        (
            "Ce que le public voit de vous",
            "Votre chiffre de la dernière période tel que publié : « masqué » lorsqu'il en dirait trop.",
        ),
        (
            "Des mots à la place d'un chiffre",
            "« Non reçu » : nous n'avions aucun fichier utilisable pour la période. « Aucun cas » : il n'y avait "
            "personne à compter. Un tiret : ce chiffre n'existe pas.",
        ),
        ("Un chiffre vous étonne?", "Écrivez-nous : {contact}. Votre prochain fichier le corrigera."),
    ],
}


def notes(
    as_of: date, published: dict[str, Any], agreement: Agreement, initiative: Initiative
) -> list[tuple[str, str]]:
    """Heading and text of each line of the first sheet."""
    language = agreement.language
    known = {
        "agency": agreement.name[language],
        "as_of": as_of.isoformat(),
        "kind": WORDS[language][published["kind"]],
        "published": published["published_date"].isoformat(),
        "contact": initiative.contact,
    }
    return [(heading.format(**known), text.format(**known)) for heading, text in _LINES[language]]
