"""Which agencies know a family, from when to when, and with whom of its members.

Belongs here: stays (a family's time with one agency) and the records they bring. Contacts, referrals and scores
stay in modules of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY, month_end, month_of, next_month
from dagster_project.demonstration.partners import PARTNERS, Partner
from dagster_project.demonstration.people import Family, Member
from dagster_project.demonstration.recording import record_person
from dagster_project.demonstration.records import Record

AGENCY_COUNT_WEIGHTS = {1: 66, 2: 22, 3: 9, 4: 3}
DEMONSTRATION_DAYS = (LAST_DAY - FIRST_DAY).days
DAYS_KNOWN_BEFORE = 260
SHARE_IN_PROGRAM_OF_THEIR_AGE = 0.85


@dataclass
class Stay:
    """A family's time with one agency."""

    family: Family
    agency_id: str
    program_id: str
    entry: date
    exit: date | None
    records: list[Record] = field(default_factory=list)

    def last_day(self) -> date:
        """The last day of the stay within the demonstration."""
        return self.exit or LAST_DAY


def plan_stays(random: Random, family: Family) -> list[Stay]:
    """All stays of a family, the earliest first, with their records."""
    entry = first_entry(random)
    stays: list[Stay] = []
    for agency_id in choose_agencies(random, family):
        stay = plan_stay(random, family, PARTNERS[agency_id], entry)
        if stay.records:
            stays.append(stay)
            stays.extend(plan_return(random, stay))
        entry += timedelta(days=random.randint(15, 170))
        if entry > LAST_DAY - timedelta(days=10):
            break
    return sorted(stays, key=lambda stay: stay.entry)


def choose_agencies(random: Random, family: Family) -> list[str]:
    """The agencies that come to know a family, in the order in which they meet it."""
    count = random.choices(list(AGENCY_COUNT_WEIGHTS), list(AGENCY_COUNT_WEIGHTS.values()))[0]
    chosen = ["post_adoption"] if family.is_adoptive else []
    candidates = [agency_id for agency_id in PARTNERS if agency_id not in chosen]
    while len(chosen) < count and candidates:
        weights = [PARTNERS[agency_id].share for agency_id in candidates]
        agency_id = random.choices(candidates, weights)[0]
        candidates.remove(agency_id)
        if served_members(random, family, agency_id, FIRST_DAY + timedelta(days=270)):
            chosen.append(agency_id)
    random.shuffle(chosen)
    return chosen


def served_members(random: Random, family: Family, agency_id: str, day: date) -> list[Member]:
    """The members an agency writes down: the head always, the others by what the agency does."""
    head = family.members[0]
    others = [member for member in family.members[1:] if member.person.birth_date < day]
    children = [member for member in others if member.role == "child"]
    if agency_id == "school_board":
        pupils = [child for child in children if 4.5 <= child.person.age_on(day) < 18][:2]
        adults = [member for member in others if member.role == "spouse_or_partner" and random.random() < 0.7]
        return [head, *adults, *pupils] if pupils else []
    if agency_id in ("health_centre", "family_centre"):
        oldest = 19 if agency_id == "health_centre" else 12
        young = [child for child in children if child.person.age_on(day) < oldest][-2:]
        return [head, *young[: random.choice([1, 1, 2])]] if young else []
    if agency_id == "police_victim_support":
        return [head, *children[: random.choice([0, 0, 1])]]
    if agency_id == "housing_agency":
        return [head, *others]
    return [head, *others] if children else []


def first_entry(random: Random) -> date:
    """The day of a family's first entry, evenly spread from some months before the first day on."""
    return FIRST_DAY + timedelta(days=random.randint(-DAYS_KNOWN_BEFORE, DEMONSTRATION_DAYS - 12))


def plan_stay(random: Random, family: Family, partner: Partner, entry: date) -> Stay:
    """One stay: programme, days and records. A stay over before the first day is put within the demonstration."""
    days = 12 + int(random.gammavariate(1.8, partner.mean_days / 1.8))
    if entry + timedelta(days=days) <= FIRST_DAY:
        entry = FIRST_DAY + timedelta(days=random.randint(0, DEMONSTRATION_DAYS - 12))
    entry = avoid_closed_month(random, partner, entry, forward=True)
    exit_date = plan_exit(random, partner, entry, days)
    members = served_members(random, family, partner.agency_id, entry)
    program_id = choose_program(random, partner, members, entry)
    stay = Stay(family, partner.agency_id, program_id, entry, exit_date if exit_date <= LAST_DAY else None)
    for member in members:
        record = record_person(random, partner.agency_id, member.person, family, member.role, stay.entry)
        record.parent = stay.records[0] if stay.records and record.role == "child" else None
        stay.records.append(record)
    return stay


def choose_program(random: Random, partner: Partner, members: list[Member], day: date) -> str:
    """The programme for the youngest child's age where there is one, else one drawn by its weight."""
    ages = [member.person.age_on(day) for member in members if member.role == "child"]
    if ages and min(ages) < partner.young_until and random.random() < SHARE_IN_PROGRAM_OF_THEIR_AGE:
        return next(iter(partner.programs))
    later = dict(list(partner.programs.items())[1:]) if partner.young_until else partner.programs
    return random.choices(list(later), list(later.values()))[0]


def plan_exit(random: Random, partner: Partner, entry: date, days: int) -> date:
    """The day of exit after so many days; the school ends many follow-ups with the school year."""
    exit_date = entry + timedelta(days=days)
    if partner.agency_id == "school_board" and random.random() < 0.35:
        started = max(entry, FIRST_DAY)
        exit_date = date(started.year + (started.month > 5), 6, random.randint(9, 23))
    exit_date = avoid_closed_month(random, partner, exit_date, forward=False)
    return exit_date if exit_date > entry else entry + timedelta(days=45)


def plan_return(random: Random, stay: Stay) -> list[Stay]:
    """Now and then a family comes back to the same agency, with the same records."""
    if stay.exit is None or random.random() > 0.12:
        return []
    partner = PARTNERS[stay.agency_id]
    entry = stay.exit + timedelta(days=random.randint(40, 150))
    entry = avoid_closed_month(random, partner, entry, forward=True)
    if entry > LAST_DAY - timedelta(days=15):
        return []
    exit_date = entry + timedelta(days=20 + int(random.gammavariate(1.8, partner.mean_days / 2.5)))
    exit_date = avoid_closed_month(random, partner, exit_date, forward=True)
    ended = exit_date if exit_date <= LAST_DAY else None
    return [Stay(stay.family, stay.agency_id, stay.program_id, entry, ended, stay.records)]


def avoid_closed_month(random: Random, partner: Partner, day: date, forward: bool) -> date:
    """Move a day out of the month in which the agency is closed."""
    if partner.closed_month is None or month_of(day) != partner.closed_month:
        return day
    if forward:
        return next_month(partner.closed_month) + timedelta(days=random.randint(24, 30))
    return partner.closed_month - timedelta(days=random.randint(5, 20))


def register_referred(random: Random, family: Family, agency_id: str, day: date) -> Record:
    """The head's record at an agency that only ever had a referral of the family."""
    head = family.members[0]
    return record_person(random, agency_id, head.person, family, head.role, min(day, month_end(month_of(day))))
