"""How an agency writes a person down: in its own style, at times with a slip.

Belongs here: accents, capitals, hyphens, the form of telephone and health numbers. Errors stay in `slips.py`.
"""

from __future__ import annotations

from datetime import date
from random import Random

from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.people import Family, Person
from dagster_project.demonstration.records import Record, strip_accents
from dagster_project.demonstration.slips import make_slip
from dagster_project.demonstration.streams import branch

WITHOUT_ACCENTS = ("child_protection", "police_victim_support")
PHONE_FORMS = {"health_centre": "({0}) {1}-{2}", "police_victim_support": "{0}{1}{2}"}
SHARE_THAT_LOSES_ACCENTS, SHARE_THAT_LOSES_HYPHENS = 0.06, 0.15
SHARE_TOLD_OF_MOVES = 0.7


def record_person(
    random: Random, agency_id: str, person: Person, family: Family, role: str, registered: date
) -> Record:
    """Write a person down as the agency would, with at most one slip."""
    sends, own = PARTNERS[agency_id].sends, branch(random)
    has_phone = "phone" in sends or ("phone_of_heads" in sends and role == "head")
    record = Record(
        agency_id, person, family, role, registered, person.first_name, person.last_name, person.birth_date, person.sex,
        phone=family.phone if has_phone else "",
        health_number=person.health_number() if "health_number" in sends else "",
        has_postal_code="postal_code" in sends,
        learns_of_moves=own.random() < SHARE_TOLD_OF_MOVES,
    )  # fmt: skip
    make_slip(own, record)
    write_in_style(own, record)
    return record


def write_in_style(random: Random, record: Record) -> None:
    """Give names, telephone and health number the agency's form."""
    names = [record.first_name, record.last_name]
    loses_accents = random.random() < SHARE_THAT_LOSES_ACCENTS
    if loses_accents or record.agency_id in WITHOUT_ACCENTS:
        names = [strip_accents(name) for name in names]
    if random.random() < SHARE_THAT_LOSES_HYPHENS:
        names = [name.replace("-", " ") for name in names]
    if record.agency_id == "police_victim_support":
        names = [name.upper() for name in names]
    record.first_name, record.last_name = names
    if record.phone and record.agency_id in PHONE_FORMS:
        record.phone = PHONE_FORMS[record.agency_id].format(*record.phone.split("-"))
    if record.agency_id == "child_protection":
        record.health_number = record.health_number.replace(" ", "")
