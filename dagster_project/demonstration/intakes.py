"""How families come to an agency: by which door, with what kind of intake, with which needs.

Belongs here: what agencies note when a stay begins. Members of a family who enter together share it. Draws from streams
of its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.books import Book, Enrolment
from dagster_project.demonstration.streams import stream

DAYS_BETWEEN_INTAKES = 90
SHARING_IS_COMMON_FROM = date(2025, 10, 1)
DOORS = {
    "post_adoption": {"single_door": 58, "own_door": 15, "partner_referral": 18, "outreach": 4, "": 5},
    "child_protection": {"single_door": 9, "own_door": 55, "partner_referral": 26, "outreach": 2, "": 8},
    "health_centre": {"single_door": 20, "own_door": 46, "partner_referral": 20, "outreach": 7, "": 7},
    "school_board": {"single_door": 16, "own_door": 52, "partner_referral": 18, "outreach": 6, "": 8},
}
SHARE_NOTED_AS_REFERRED = 0.6
KINDS = {
    "post_adoption": {"full": 66, "brief": 18, "shared": 8, "": 8},
    "child_protection": {"statutory": 52, "full": 36, "brief": 4, "": 8},
    "health_centre": {"full": 62, "brief": 16, "shared": 8, "not_collected": 4, "": 10},
    "school_board": {"full": 58, "brief": 22, "shared": 8, "": 12},
}
# Where another agency took the family in shortly before: in the first months, and once sharing has become common.
SECOND_KINDS = (
    {"full": 58, "shared": 26, "brief": 8, "": 8},
    {"full": 34, "shared": 50, "brief": 8, "": 8},
)
NEEDS = {
    "post_adoption": {
        "behaviour_home": 30, "attachment": 28, "behaviour_school": 18, "parent_wellbeing": 14,
        "child_mental_health": 12, "parenting_support": 12, "respite": 10, "learning": 6, "other": 2,
    },
    "child_protection": {
        "safety": 30, "parenting_support": 26, "behaviour_home": 14, "parent_wellbeing": 12, "housing": 12,
        "income_and_basics": 12, "child_mental_health": 8, "respite": 4, "other": 3,
    },
    "health_centre": {
        "child_mental_health": 26, "parent_wellbeing": 20, "parenting_support": 22, "behaviour_home": 12,
        "attachment": 8, "income_and_basics": 8, "respite": 8, "housing": 5, "other": 3,
    },
    "school_board": {
        "learning": 34, "behaviour_school": 30, "child_mental_health": 14, "behaviour_home": 8,
        "income_and_basics": 5, "parenting_support": 6, "other": 3,
    },
}  # fmt: skip
NEED_COUNTS = {0: 6, 1: 44, 2: 32, 3: 18}


def note_intakes(books: dict[str, Book], seed: int) -> None:
    """Write door, kind of intake and needs into the enrolments of the agencies that note them."""
    referred = {
        (entry.other_agency, entry.record.family.number, entry.outcome_date)
        for book in books.values()
        for entry in book.referrals
        if entry.direction == "sent" and entry.outcome_date is not None
    }
    entries = first_days(books)
    for agency_id in DOORS:
        for enrolment in books[agency_id].enrolments:
            family = enrolment.record.family.number
            random = stream(seed, "intake", agency_id, family, enrolment.entry)
            others = [days for other, days in entries.get(family, {}).items() if other != agency_id]
            window = enrolment.entry - timedelta(days=DAYS_BETWEEN_INTAKES)
            is_second = any(window <= day <= enrolment.entry for days in others for day in days)
            was_referred = (agency_id, family, enrolment.entry) in referred
            note_intake(random, agency_id, enrolment, is_second, was_referred)


def first_days(books: dict[str, Book]) -> dict[int, dict[str, set[date]]]:
    """By family and agency: the days of entry."""
    found: dict[int, dict[str, set[date]]] = {}
    for agency_id in DOORS:
        for enrolment in books[agency_id].enrolments:
            found.setdefault(enrolment.record.family.number, {}).setdefault(agency_id, set()).add(enrolment.entry)
    return found


def note_intake(random: Random, agency_id: str, enrolment: Enrolment, is_second: bool, was_referred: bool) -> None:
    """One stay's door, kind and needs; the same draws for all members of the family."""
    doors, kinds = DOORS[agency_id], KINDS[agency_id]
    enrolment.entry_point = random.choices(list(doors), list(doors.values()))[0]
    if random.random() < SHARE_NOTED_AS_REFERRED and was_referred:
        enrolment.entry_point = "partner_referral"
    if is_second and agency_id != "child_protection":
        kinds = SECOND_KINDS[enrolment.entry >= SHARING_IS_COMMON_FROM]
    enrolment.intake_kind = random.choices(list(kinds), list(kinds.values()))[0]
    needs = NEEDS[agency_id]
    count = random.choices(list(NEED_COUNTS), list(NEED_COUNTS.values()))[0]
    enrolment.needs = tuple(dict.fromkeys(random.choices(list(needs), list(needs.values()), k=count)))
