"""The situation table: sessions twice a week, situations brought without names, and what came of them.

Belongs here: what happens at and after the table. Risk, services and closures are drawn by weights in
`situation_weights.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from dagster_project.demonstration.backbone.register import active_on, core_on
from dagster_project.demonstration.backbone.situation_weights import (
    CLOSURES,
    GAPS,
    INTERVENTION_DAYS,
    RISKS,
    SERVICES,
    SERVICES_OF_CULTURE,
)
from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY, all_months, month_end, month_of
from dagster_project.demonstration.region import ZONE_WEIGHTS
from dagster_project.demonstration.streams import stream

TUESDAY, THURSDAY = 1, 3
HOLIDAYS = ((date(2025, 7, 21), date(2025, 8, 1)), (date(2025, 12, 22), date(2026, 1, 5)))
SITUATIONS_A_MONTH = (8, 12)
SHARE_CANCELLED, SHARE_MET, SHARE_BEFORE, SHARE_SECOND = 0.04, 0.8, 0.12, 0.22


@dataclass(frozen=True)
class Session:
    """A planned session; `present` tells of each core partner whether it came, None where nobody noted it."""

    number: int
    day: date
    was_held: bool
    present: Mapping[str, bool | None]


@dataclass(frozen=True)
class Service:
    """A service that a partner gives at an intervention."""

    kind: str
    partner_id: str
    day: date
    is_of_culture: bool | None


@dataclass
class Situation:
    """A situation. One that did not meet the threshold has a day and nothing else."""

    number: int
    presented: date
    threshold: str
    presented_before: str = ""
    zone_id: str = ""
    presented_by: str = ""
    accepted: datetime | None = None
    first_intervention: date | None = None
    closed: date | None = None
    closure: str = ""
    factors: list[str] = field(default_factory=list)
    interventions: list[tuple[date, list[str]]] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)


@dataclass(frozen=True)
class Gap:
    """A gap in the system that the table saw, and when somebody acted on it."""

    number: int
    recorded: date
    kind: str
    acted: date | None


@dataclass
class SituationTable:
    """All that the table's coordinator writes down."""

    sessions: list[Session]
    situations: list[Situation]
    gaps: list[Gap]


def hold_table(scale: int, seed: int) -> SituationTable:
    """All sessions, situations and gaps."""
    sessions = plan_sessions(stream(seed, "table_sessions"))
    random = stream(seed, "situations")
    situations: list[Situation] = []
    for month in all_months():
        days = [session.day for session in sessions if session.was_held and month_of(session.day) == month]
        count = scale * random.randint(*SITUATIONS_A_MONTH)
        for day in sorted(random.choice(days) for _ in range(count)):
            situations.append(new_situation(random, len(situations) + 1, day))
    # The last one waits for the next session.
    situations[-1] = Situation(len(situations), situations[-1].presented, "pending")
    return SituationTable(sessions, situations, record_gaps(stream(seed, "systemic_gaps")))


def plan_sessions(random: Random) -> list[Session]:
    """Every Tuesday and Thursday; none in the holidays, and now and then one is called off."""
    habits: dict[str, float] = {}
    sessions: list[Session] = []
    for offset in range((LAST_DAY - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        if day.weekday() not in (TUESDAY, THURSDAY):
            continue
        is_off = any(first <= day <= last for first, last in HOLIDAYS) or random.random() < SHARE_CANCELLED
        present: dict[str, bool | None] = {}
        for partner in core_on(day):
            habit = habits.setdefault(partner.partner_id, random.uniform(0.6, 0.95))
            came = random.random() < habit
            present[partner.partner_id] = None if is_off or random.random() < 0.01 else came
        sessions.append(Session(len(sessions) + 1, day, not is_off, present))
    return sessions


def new_situation(random: Random, number: int, day: date) -> Situation:
    """One situation, from the table to its closure."""
    if random.random() > SHARE_MET:
        return Situation(number, day, "not_met")
    accepted = datetime.combine(day, time(9, 10)) + timedelta(minutes=5 * random.randint(0, 21))
    situation = Situation(
        number, day, "met",
        presented_before=random.choices(["yes", "no", "not_collected"], [SHARE_BEFORE, 0.85, 0.03])[0],
        zone_id=random.choices(list(ZONE_WEIGHTS), list(ZONE_WEIGHTS.values()))[0],
        presented_by=random.choice(core_on(day)).partner_id,
        accepted=accepted,
        factors=draw_several(random, RISKS, random.randint(2, 6)),
    )  # fmt: skip
    intervene(random, situation, accepted)
    close(random, situation)
    return situation


def intervene(random: Random, situation: Situation, accepted: datetime) -> None:
    """The first joint intervention, at times a second; some situations have none yet."""
    after = random.choices(list(INTERVENTION_DAYS), list(INTERVENTION_DAYS.values()))[0]
    if after is None:
        return
    if after == 0:
        moment = accepted + timedelta(minutes=5 * random.randint(12, 84))
    else:
        morning = datetime.combine(accepted.date() + timedelta(days=after), time(8, 30))
        moment = morning + timedelta(minutes=5 * random.randint(0, 110))
        if after == 2 and random.random() < 0.6:
            moment = accepted + timedelta(days=2) - timedelta(minutes=5 * random.randint(0, 8))
    if moment.date() > LAST_DAY:
        return
    # Every 60th was noted with its day only, whatever the draws.
    situation.first_intervention = moment.date() if situation.number % 60 == 30 else moment
    take_part(random, situation, moment.date())
    later = moment.date() + timedelta(days=random.randint(7, 30))
    if random.random() < SHARE_SECOND and later <= LAST_DAY:
        take_part(random, situation, later)


def take_part(random: Random, situation: Situation, day: date) -> None:
    """Two to six partners intervene together, the first one in the lead; they give one to four services."""
    known = active_on(day)
    weights = [3 if "C" in partner.traits else 1 for partner in known]
    chosen: list[str] = []
    for partner in random.choices(known, weights, k=random.choices([2, 3, 4, 5, 6], [36, 30, 18, 10, 6])[0]):
        if partner.partner_id not in chosen:
            chosen.append(partner.partner_id)
    if len(chosen) < 2:
        chosen.append(next(partner.partner_id for partner in known if partner.partner_id not in chosen))
    situation.interventions.append((day, chosen))
    indigenous = {partner.partner_id for partner in known if "I" in partner.traits}
    given = {(service.kind, service.partner_id) for service in situation.services}
    for kind in draw_several(random, SERVICES, random.randint(1, 4)):
        partner_id = random.choice(chosen)
        if (kind, partner_id) not in given:
            is_of_culture = partner_id in indigenous or kind in SERVICES_OF_CULTURE or random.random() < 0.15
            is_known = random.random() > 0.06
            situation.services.append(Service(kind, partner_id, day, is_of_culture if is_known else None))


def close(random: Random, situation: Situation) -> None:
    """The day and the reason of closure, unless the situation is still open."""
    last = max((day for day, _ in situation.interventions), default=situation.presented)
    closed = last + timedelta(days=5 + int(random.gammavariate(2, 15)))
    reasons = dict(CLOSURES)
    if not situation.interventions:
        reasons = {reason: weight for reason, weight in reasons.items() if not reason.startswith("connected")}
    reason = random.choices(list(reasons), list(reasons.values()))[0]
    if closed <= LAST_DAY:
        situation.closed, situation.closure = closed, reason


def record_gaps(random: Random) -> list[Gap]:
    """About two gaps a month; six in ten lead to action some weeks or months later."""
    gaps: list[Gap] = []
    for month in all_months():
        for _ in range(random.randint(1, 3)):
            recorded = month + timedelta(days=random.randint(0, (month_end(month) - month).days))
            acted = recorded + timedelta(days=random.randint(10, 120)) if random.random() < 0.68 else None
            kind = random.choices(list(GAPS), list(GAPS.values()))[0]
            gaps.append(Gap(len(gaps) + 1, recorded, kind, acted if acted and acted <= LAST_DAY else None))
    return gaps


def draw_several(random: Random, weights: Mapping[str, float], count: int) -> list[str]:
    """Different ones, by their weights."""
    left, drawn = dict(weights), []
    for _ in range(min(count, len(left))):
        drawn.append(random.choices(list(left), list(left.values()))[0])
        del left[drawn[-1]]
    return drawn
