"""Scores on instruments at the start and the end of a stay, sometimes in between.

Belongs here: who is measured, when, and how scores move.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.books import Score
from dagster_project.demonstration.months import LAST_DAY
from dagster_project.demonstration.partners import PARTNERS, Instrument
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.stays import Stay

SHARE_WITH_FIRST_SCORE = 0.88
SHARE_WITH_LAST_SCORE = 0.78
DAYS_UNTIL_INTERIM = 190


def plan_scores(random: Random, stay: Stay) -> list[Score]:
    """All scores of a stay."""
    instrument = PARTNERS[stay.agency_id].instruments.get(stay.program_id)
    if instrument is None:
        return []
    scores: list[Score] = []
    for record in stay.records:
        if record.role in instrument.roles:
            scores.extend(score_person(random, stay, record, instrument))
    return scores


def score_person(random: Random, stay: Stay, record: Record, instrument: Instrument) -> list[Score]:
    """One person's scores on one instrument."""
    first = random.gauss(*instrument.first)
    change = random.gauss(*instrument.change)
    moments: list[tuple[date, float]] = []
    if random.random() < SHARE_WITH_FIRST_SCORE:
        moments.append((stay.entry + timedelta(days=random.randint(2, 24)), first))
    interim = stay.entry + timedelta(days=DAYS_UNTIL_INTERIM + random.randint(-15, 15))
    if interim < stay.last_day() - timedelta(days=40) and random.random() < 0.6:
        moments.append((interim, first + change / 2 + random.gauss(0, 1)))
    if stay.exit and random.random() < SHARE_WITH_LAST_SCORE:
        last = max(stay.exit - timedelta(days=random.randint(0, 14)), stay.entry + timedelta(days=26))
        moments.append((min(last, stay.exit), first + change))
    unique = {day: value for day, value in moments if day <= LAST_DAY}
    return [
        Score(record, stay.program_id, instrument.instrument_id, day, rounded(random, value, instrument))
        for day, value in unique.items()
    ]


def rounded(random: Random, value: float, instrument: Instrument) -> float:
    """Within the limits; halves where two raters are averaged."""
    least, most = instrument.limits
    kept = min(most, max(least, round(value)))
    return kept + 0.5 if instrument.has_halves and kept < most and random.random() < 0.35 else float(kept)
