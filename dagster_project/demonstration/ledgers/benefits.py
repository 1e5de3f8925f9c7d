"""Screenings for benefits: who is eligible, and how long it takes until the benefit comes.

Belongs here: benefits of families, written down with the head of the family.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.ledgers.shapes import Benefit
from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.streams import stream

SHARE_SCREENED = 0.62
BENEFITS = {
    "child_benefit": 26, "housing_allowance": 22, "disability_benefit": 10, "income_support": 14,
    "childcare_subsidy": 16, "health_coverage": 8, "other": 4,
}  # fmt: skip
ELIGIBILITY = {"eligible": 58, "not_eligible": 30, "pending": 8, "not_collected": 4}
SOURCES = {"agency_record": 72, "family_word": 23, "not_collected": 5}
SHARE_SOON, SHARE_LATE = 0.66, 0.16


def screen(agency_id: str, entries: dict[int, tuple[Record, date]], seed: int) -> list[Benefit]:
    """Screenings of the families that entered a service, given by family: its head's record and the day of entry."""
    found: list[Benefit] = []
    for family, (record, entry) in entries.items():
        random = stream(seed, "benefits", agency_id, family)
        screened = max(entry, FIRST_DAY) + timedelta(days=random.randint(1, 60))
        if random.random() < SHARE_SCREENED and screened <= LAST_DAY:
            chosen = dict.fromkeys(random.choices(list(BENEFITS), list(BENEFITS.values()), k=random.randint(1, 3)))
            found += [new_benefit(random, record, code, screened) for code in chosen]
    found.sort(key=lambda benefit: (benefit.screened, benefit.record.number))
    return [
        Benefit(number, one.record, one.code, one.screened, one.eligibility, one.decided, one.enrolled, one.source)
        for number, one in enumerate(found, start=1)
    ]


def new_benefit(random: Random, record: Record, code: str, screened: date) -> Benefit:
    """One screening; what lies after the last day has not come yet."""
    eligibility = random.choices(list(ELIGIBILITY), list(ELIGIBILITY.values()))[0]
    decided = screened + timedelta(days=random.choice([0, 0, 4, 9, 16, 28]))
    chance, source = random.random(), random.choices(list(SOURCES), list(SOURCES.values()))[0]
    days = random.randint(5, 60) if chance < SHARE_SOON else random.randint(61, 140)
    enrolled = decided + timedelta(days=days) if chance < SHARE_SOON + SHARE_LATE else None
    if eligibility != "eligible":
        return Benefit(0, record, code, screened, eligibility, None, None, "")
    return Benefit(0, record, code, screened, eligibility, decided, enrolled, source if enrolled else "")
