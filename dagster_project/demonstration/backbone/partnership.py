"""How partners rate their integration with each other, and what they signed: the declared and the observed side.

Belongs here: ratings of pairs in both waves, and agreements between two partners.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from random import Random

from dagster_project.demonstration.backbone.waves import WAVES, asked_on
from dagster_project.demonstration.months import LAST_DAY
from dagster_project.demonstration.streams import stream

STAGES = ("fragmented", "cooperation", "coordination", "collaboration", "integrated")
# How much further a pair is in a dimension than over all.
DIMENSIONS = {
    "entry_points": 0.3, "management": -0.6, "funding": -0.8, "information": 0.4, "equipment": -0.5, "clientele": 0.4,
    "decision": -0.2, "teams": -0.1, "agreements": 0.1,
}  # fmt: skip
RATERS = (
    "school_board", "child_protection", "health_centre", "post_adoption", "housing_agency", "family_centre",
    "police_victim_support", "friendship_centre", "hospital", "addiction_service", "social_services", "town",
    "youth_house", "daycare_quai",
)  # fmt: skip
# Pairs whose word and deeds differ: some exchange much and think little of it, others the reverse.
LEVELS = {
    ("school_board", "health_centre"): 1.7,
    ("child_protection", "health_centre"): 2.0,
    ("school_board", "child_protection"): 2.6,
    ("post_adoption", "police_victim_support"): 4.3,
    ("housing_agency", "family_centre"): 4.2,
    ("child_protection", "police_victim_support"): 4.1,
    ("school_board", "post_adoption"): 3.4,
    ("health_centre", "post_adoption"): 4.0,
}
SHARE_RATED, SHARE_BOTH_SIDES, PROGRESS = 0.66, 0.85, 0.35
WANTED_STEPS = {-1: 5, 0: 34, 1: 44, 2: 17}
KINDS = {"formal_agreement": 30, "protocol": 38, "shared_equipment": 14, "shared_costs": 18}
AGREEMENTS, ENDED = 40, 7


@dataclass(frozen=True)
class Rating:
    """One side's word on one dimension; `wanted` is empty where it gave none."""

    wave: str
    rater: str
    rated: str
    dimension: str
    now: str
    wanted: str
    day: date


@dataclass(frozen=True)
class Signed:
    """An agreement between two partners."""

    number: int
    partner: str
    other: str
    kind: str
    signed: date
    ended: date | None


@dataclass
class Partnership:
    """Ratings and agreements."""

    ratings: list[Rating]
    agreements: list[Signed]


def rate_partnerships(seed: int) -> Partnership:
    """All ratings and agreements."""
    random = stream(seed, "partnership_ratings")
    ratings: list[Rating] = []
    for pair in combinations(RATERS, 2):
        level = LEVELS.get(pair, random.uniform(1.1, 4.0))
        for wave in WAVES if pair in LEVELS or random.random() < SHARE_RATED else ():
            reached = level + (random.gauss(PROGRESS, 0.25) if wave == "wave_2" else 0)
            sides = [pair, pair[::-1]]
            if pair not in LEVELS and random.random() > SHARE_BOTH_SIDES:
                sides = [random.choice(sides)]
            for rater, rated in sides:
                ratings.extend(rate(random, wave, rater, rated, reached))
    return Partnership(ratings, sign(stream(seed, "partner_agreements")))


def rate(random: Random, wave: str, rater: str, rated: str, level: float) -> list[Rating]:
    """One side's nine ratings; each side has its own eyes."""
    day, seen = asked_on(wave, RATERS.index(rater) / len(RATERS)), level + random.gauss(0, 0.25)
    ratings = []
    for dimension, offset in DIMENSIONS.items():
        now = within_stages(seen + offset + random.gauss(0, 0.45))
        step = random.choices(list(WANTED_STEPS), list(WANTED_STEPS.values()))[0]
        wanted = STAGES[within_stages(now + step) - 1] if random.random() > 0.08 else ""
        ratings.append(Rating(wave, rater, rated, dimension, STAGES[now - 1], wanted, day))
    return ratings


def within_stages(value: float) -> int:
    """The nearest stage, from 1 to 5."""
    return min(len(STAGES), max(1, round(value)))


def sign(random: Random) -> list[Signed]:
    """About forty agreements since 2021, two thirds of them signed in the demonstration's time; seven have ended."""
    days = sorted(
        date(2021, 4, 1) + timedelta(days=random.randint(0, 1300))
        if place < AGREEMENTS // 3
        else date(2024, 11, 1) + timedelta(days=random.randint(0, 600))
        for place in range(AGREEMENTS)
    )
    agreements = []
    for number, day in enumerate(days, start=1):
        partner, other = random.sample(RATERS, 2)
        kind = random.choices(list(KINDS), list(KINDS.values()))[0]
        ended = max(day, date(2025, 1, 31)) + timedelta(days=random.randint(60, 420)) if number <= ENDED else None
        agreements.append(Signed(number, partner, other, kind, day, ended if ended and ended <= LAST_DAY else None))
    return agreements
