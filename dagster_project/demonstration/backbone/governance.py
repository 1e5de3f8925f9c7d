"""Meetings, decisions, the six activities of the backbone, and money.

Belongs here: what the initiative's own minutes and accounts hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.backbone.register import REGISTER, Organisation, active_on
from dagster_project.demonstration.months import LAST_DAY, all_months
from dagster_project.demonstration.streams import stream

WEDNESDAY = 2
STEERING = (
    "school_board", "child_protection", "health_centre", "post_adoption", "housing_agency", "family_centre",
    "police_victim_support", "friendship_centre", "lakes_health", "town", "social_services", "income_office",
)  # fmt: skip
WORKING_GROUP = (
    "school_board", "health_centre", "post_adoption", "family_centre", "friendship_centre", "addiction_service",
)  # fmt: skip
CITED = (
    "families_served_count", "referrals_closed_loop_pct", "referral_days_to_service_median", "outcome_improved_pct",
    "callback_within_24h_pct", "home_visit_within_48h_pct", "service_desert_pct", "story_repeated_pct",
    "situations_connected_pct", "intervention_within_48h_pct", "submissions_on_time_pct", "caseload_per_worker",
    "family_voice_agree_pct", "reach_pct", "gaps_with_action_pct",
)  # fmt: skip
# The initiative once spoke of it; it never became an indicator.
CITED_THAT_IS_NONE, DECISION_THAT_CITES_NONE = "families_helped_count", 13
ACTIVITIES = (
    "guide_vision_strategy", "support_aligned_activities", "establish_shared_measurement", "build_public_will",
    "advance_policy", "mobilise_funding",
)  # fmt: skip
EVIDENCE = {"minutes": 40, "document": 25, "event": 20, "agreement": 10, "other": 5}
FIRST_FISCAL_YEAR, FISCAL_YEARS = 2024, 3


@dataclass(frozen=True)
class Meeting:
    """A meeting with the number of persons present of each partner invited."""

    number: int
    day: date
    kind: str
    present: Mapping[str, int]


@dataclass(frozen=True)
class Decision:
    """A decision with the indicators it cites."""

    number: int
    day: date
    body: str
    cited: tuple[str, ...]


@dataclass(frozen=True)
class Activity:
    """A dated entry on one of the six activities."""

    number: int
    day: date
    activity: str
    evidence: str


@dataclass(frozen=True)
class Sum:
    """A sum of money of a fiscal year, known from a day on."""

    number: int
    fiscal_year: date
    known: date
    amount: int
    source: str
    is_aligned: str
    partner_id: str


@dataclass
class Governance:
    """Minutes and accounts."""

    meetings: list[Meeting]
    decisions: list[Decision]
    activities: list[Activity]
    funding: list[Sum]


def hold_meetings(seed: int) -> Governance:
    """All meetings, decisions, activities and sums."""
    meetings = plan_meetings(stream(seed, "meetings"))
    decisions = decide(stream(seed, "decisions"), meetings)
    return Governance(meetings, decisions, note_activities(stream(seed, "activities")), fund(stream(seed, "funding")))


def plan_meetings(random: Random) -> list[Meeting]:
    """All partners every month but July, the steering committee every other month, and two smaller circles."""
    habits = {organisation.partner_id: random.uniform(0.55, 0.95) for organisation in REGISTER}
    meetings: list[Meeting] = []

    def hold(day: date, kind: str, invited: list[Organisation]) -> None:
        present = {
            one.partner_id: random.choices([1, 2, 3], [70, 24, 6])[0] * (random.random() < habits[one.partner_id])
            for one in invited
        }
        meetings.append(Meeting(len(meetings) + 1, day, kind, present))

    for month in all_months():
        third_wednesday = month + timedelta(days=(WEDNESDAY - month.weekday()) % 7 + 14)
        partners = active_on(third_wednesday)
        if month.month != 7:
            hold(third_wednesday, "partners", partners)
        if month.month % 2 == 1:
            committee = [one for one in partners if one.partner_id in STEERING]
            hold(third_wednesday + timedelta(days=6), "steering", committee)
        if month.month % 3 == 2:
            group = [one for one in partners if one.partner_id in WORKING_GROUP]
            hold(third_wednesday - timedelta(days=7), "working_group", group)
        if month.month in (4, 11):
            hold(third_wednesday + timedelta(days=1), "learning", partners)
    return meetings


def decide(random: Random, meetings: list[Meeting]) -> list[Decision]:
    """One to four decisions a meeting of the steering committee, about half of them citing indicators."""
    decisions: list[Decision] = []
    for meeting in meetings:
        count = {"steering": random.randint(1, 4), "working_group": random.randint(0, 1)}.get(meeting.kind, 0)
        for _ in range(count):
            number = len(decisions) + 1
            cited = tuple(random.sample(CITED, random.randint(1, 3))) if random.random() < 0.52 else ()
            if number == DECISION_THAT_CITES_NONE:
                cited = (CITED_THAT_IS_NONE,)
            decisions.append(Decision(number, meeting.day, meeting.kind, cited))
        if meeting.kind == "partners" and meeting.day.month % 4 == 2:
            decisions.append(Decision(len(decisions) + 1, meeting.day + timedelta(days=2), "backbone", ()))
    return decisions


def note_activities(random: Random) -> list[Activity]:
    """Each quarter four to six of the six activities, some of them twice."""
    entries: list[tuple[date, str]] = []
    months = all_months()
    for first in months[::3]:
        chosen = random.sample(ACTIVITIES, random.choices([4, 5, 6], [35, 40, 25])[0])
        for activity in [*chosen, *random.sample(chosen, 3)]:
            entries.append((first + timedelta(days=random.randint(0, 88)), activity))
    # January has an entry whatever the draws, so that the first register is not empty.
    entries.append((months[0] + timedelta(days=20), ACTIVITIES[0]))
    evidence = random.choices(list(EVIDENCE), list(EVIDENCE.values()), k=len(entries))
    return [
        Activity(number, day, activity, kind)
        for number, ((day, activity), kind) in enumerate(zip(sorted(entries), evidence, strict=True), start=1)
    ]


def fund(random: Random) -> list[Sum]:
    """Three fiscal years from April: outside money, more of it aligned each year, and transfers between partners."""
    sums: list[Sum] = []
    for year in range(FIRST_FISCAL_YEAR, FIRST_FISCAL_YEAR + FISCAL_YEARS):
        start = date(year, 4, 1)
        for source, count, least, most in (
            ("government", 3, 180, 900), ("foundation", 2, 60, 260), ("private", 1, 15, 80),
            ("other_outside", 1, 10, 60), ("partner_transfer", 2, 20, 90),
        ):  # fmt: skip
            for _ in range(count):
                share = 0.5 + 0.12 * (year - FIRST_FISCAL_YEAR)
                aligned = random.choices(["yes", "no", "not_collected"], [share, 0.94 - share, 0.06])[0]
                known = start + timedelta(days=random.randint(0, 85 if year < LAST_DAY.year else 60))
                is_partners = source == "partner_transfer" or random.random() < 0.4
                partner = random.choice(STEERING) if is_partners else ""
                amount = 500 * random.randint(2 * least, 2 * most)
                sums.append(Sum(len(sums) + 1, start, known, amount, source, aligned, partner))
    return sums
