"""What families say: three questions on an answer sheet without a name.

Belongs here: how many answer and what.
"""

from __future__ import annotations

from datetime import timedelta

from dagster_project.demonstration.ledgers.shapes import Voice
from dagster_project.demonstration.months import FIRST_DAY, all_months
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.region import ZONE_WEIGHTS
from dagster_project.demonstration.streams import stream

QUESTIONS = ("listened_to", "worked_together", "got_what_needed")
ANSWERS = ("strongly_agree", "agree", "neutral", "disagree", "strongly_disagree", "no_answer")
# Of the question's answers, in the order above; agencies working together fares worst, and gets better.
WEIGHTS = {
    "listened_to": (34, 40, 13, 6, 3, 4),
    "worked_together": (14, 33, 26, 14, 8, 5),
    "got_what_needed": (24, 38, 18, 10, 5, 5),
}
PROGRESS_A_MONTH = 0.6
SHEETS_A_MONTH = {"health_centre": (12, 22), "family_centre": (9, 16), "post_adoption": (5, 10)}


def hear_families(agency_id: str, scale: int, seed: int) -> list[Voice]:
    """All answer sheets of an agency."""
    random, partner = stream(seed, "voices", agency_id), PARTNERS[agency_id]
    sheets: list[Voice] = []
    for month in all_months():
        since = (month.year - FIRST_DAY.year) * 12 + month.month - FIRST_DAY.month
        for day in sorted(random.randint(0, 27) for _ in range(scale * random.randint(*SHEETS_A_MONTH[agency_id]))):
            program = random.choices(list(partner.programs), list(partner.programs.values()))[0]
            zone = random.choices([*ZONE_WEIGHTS, ""], [*ZONE_WEIGHTS.values(), 8])[0]
            answers = tuple(
                random.choices(ANSWERS, [weights[0] + PROGRESS_A_MONTH * since, *weights[1:]])[0]
                for weights in WEIGHTS.values()
            )
            if month != partner.closed_month:
                sheets.append(Voice(len(sheets) + 1, month + timedelta(days=day), program, zone, answers))
    return sheets
