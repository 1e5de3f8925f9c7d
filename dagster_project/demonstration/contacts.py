"""Calls, visits and meetings during a stay.

Belongs here: how often, of which kind, and what came of them.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.books import Contact
from dagster_project.demonstration.months import FIRST_DAY, month_of, working_day
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.stays import Stay

STATUS_WEIGHTS = {"delivered": 81, "missed": 8, "cancelled_by_family": 7, "cancelled_by_agency": 4}
MINUTES = {"call": (10, 40), "home_visit": (45, 120), "meeting": (30, 90), "group": (60, 150), "message": (5, 10)}
MODES = {"call": "phone", "home_visit": "in_person", "group": "in_person", "message": "written"}


def plan_contacts(random: Random, stay: Stay) -> list[Contact]:
    """All contacts of a stay within the demonstration."""
    contacts: list[Contact] = []
    for day in contact_days(random, stay):
        for record in persons_met(random, stay, day):
            contacts.append(new_contact(random, stay, record, day))
    return contacts


def contact_days(random: Random, stay: Stay) -> list[date]:
    """The days of contact: soon after entry, then by the agency's pace; the family centre ends on a visit."""
    partner = PARTNERS[stay.agency_id]
    if not partner.contacts_a_month:
        return []
    start, end = max(stay.entry, FIRST_DAY), stay.last_day()
    length = (end - start).days
    count = int(random.gauss(1, 0.3) * partner.contacts_a_month * length / 30.4)
    days = {start + timedelta(days=min(length, random.randint(0, 9)))}
    days |= {start + timedelta(days=random.randint(0, length)) for _ in range(max(0, count))}
    if stay.agency_id == "family_centre" and stay.exit:
        days.add(stay.exit)
    working_days = {max(working_day(day), start) for day in days}
    return sorted(day for day in working_days if month_of(day) != partner.closed_month)


def persons_met(random: Random, stay: Stay, day: date) -> list[Record]:
    """The family centre meets parent and children; the others mostly the parent, at times a child."""
    if stay.agency_id == "family_centre":
        return [record for record in stay.records if record.role == "head" or random.random() < 0.85]
    if len(stay.records) > 1 and random.random() < 0.3:
        return [random.choice(stay.records[1:])]
    return stay.records[:1]


def new_contact(random: Random, stay: Stay, record: Record, day: date) -> Contact:
    """One contact."""
    kinds = PARTNERS[stay.agency_id].contact_kinds
    kind = random.choices(list(kinds), list(kinds.values()))[0]
    mode = MODES.get(kind) or ("in_person" if random.random() < 0.75 else "video")
    is_last_visit = stay.agency_id == "family_centre" and day == stay.exit
    status = "delivered" if is_last_visit else random.choices(list(STATUS_WEIGHTS), list(STATUS_WEIGHTS.values()))[0]
    minutes = 5 * (random.randint(*MINUTES[kind]) // 5) if status == "delivered" else None
    return Contact(record, stay.program_id, day, kind, mode, status, minutes)
