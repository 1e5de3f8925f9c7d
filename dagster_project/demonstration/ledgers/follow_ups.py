"""Follow-ups of children 6, 12 and 24 months after their adoption or guardianship became final.

Belongs here: where the child lives then, and follow-ups that were never made.
"""

from __future__ import annotations

from datetime import date, timedelta

from dagster_project.demonstration.ledgers.shapes import FollowUp
from dagster_project.demonstration.months import LAST_DAY
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.streams import stream

FIRST_FINALISED, LAST_FINALISED = date(2023, 10, 1), date(2025, 5, 31)
MILESTONES = {"months_06": 183, "months_12": 365, "months_24": 731}
SITUATIONS = {
    "post_adoption": {
        "with_adoptive_parent": 86, "with_guardian": 2, "with_other_relative": 3, "placed_elsewhere": 3,
        "not_reached": 5, "not_collected": 1,
    },
    "child_protection": {
        "with_adoptive_parent": 48, "with_guardian": 36, "with_other_relative": 4, "placed_elsewhere": 5,
        "not_reached": 6, "not_collected": 1,
    },
}  # fmt: skip
PROGRAMS = {"post_adoption": "post_adoption_support", "child_protection": "family_preservation"}
SHARE_OF_CHILDREN = {"post_adoption": 1.0, "child_protection": 0.15}
SHARE_MADE = 0.86


def follow_children(agency_id: str, records: list[Record], seed: int) -> list[FollowUp]:
    """All follow-ups of the agency's children, in the order in which they were made."""
    found: list[FollowUp] = []
    for record in records:
        if record.role == "child" and (record.person.is_adopted or agency_id == "child_protection"):
            found += follow_child(agency_id, record, seed)
    found.sort(key=lambda entry: (entry.known, entry.record.number))
    return [
        FollowUp(number, one.record, one.program_id, one.finalised, one.milestone, one.day, one.situation, one.known)
        for number, one in enumerate(found, start=1)
    ]


def follow_child(agency_id: str, record: Record, seed: int) -> list[FollowUp]:
    """One child's follow-ups; none before the agency knew the child, and some are never made."""
    random = stream(seed, "follow_ups", agency_id, record.family.number, record.person.number)
    first = max(FIRST_FINALISED, record.registered - timedelta(days=330), record.person.birth_date + timedelta(days=90))
    span = (LAST_FINALISED - first).days
    if span < 0 or random.random() > SHARE_OF_CHILDREN[agency_id]:
        return []
    finalised, weights = first + timedelta(days=random.randint(0, span)), SITUATIONS[agency_id]
    found = []
    for milestone, days in MILESTONES.items():
        day = finalised + timedelta(days=days + random.randint(-15, 20))
        situation = random.choices(list(weights), list(weights.values()))[0]
        if random.random() < SHARE_MADE and record.registered <= day <= LAST_DAY:
            made = None if situation == "not_collected" else day
            found.append(FollowUp(0, record, PROGRAMS[agency_id], finalised, milestone, made, situation, day))
    return found
