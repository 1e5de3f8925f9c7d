"""Action plans made around one child or family by several organisations of a youth network.

Belongs here: when a plan is made, with how many organisations, and whether the family took part.
"""

from __future__ import annotations

from datetime import date, timedelta

from dagster_project.demonstration.backbone.networks import EXPECTED_SECTORS
from dagster_project.demonstration.ledgers.shapes import Plan
from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY, month_of, working_day
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.streams import stream

SHARE_WITH_PLAN, SHARE_WITHOUT_NETWORK = 0.3, 0.1
ORGANISATIONS = {1: 18, 2: 30, 3: 26, 4: 14, 5: 8, 6: 4}
TOOK_PART = {"parent": {"yes": 66, "no": 26, "not_collected": 8}, "child": {"yes": 34, "no": 54, "not_collected": 12}}


def make_plans(agency_id: str, stays: list[tuple[Record, date, date | None]], seed: int) -> list[Plan]:
    """Plans of children in a service, given with the days of entry and exit."""
    found: list[Plan] = []
    for record, entry, exit_date in stays:
        random = stream(seed, "plans", agency_id, record.family.number, record.person.number, entry)
        start, end = max(entry, FIRST_DAY), exit_date or LAST_DAY
        day = working_day(start + timedelta(days=random.randint(0, max(0, min(120, (end - start).days)))))
        is_closed = month_of(day) == PARTNERS[agency_id].closed_month
        if random.random() > SHARE_WITH_PLAN or is_closed or day < start:
            continue
        network = random.choice(list(EXPECTED_SECTORS)) if random.random() > SHARE_WITHOUT_NETWORK else ""
        count = random.choices(list(ORGANISATIONS), list(ORGANISATIONS.values()))[0]
        parent, child = (random.choices(list(who), list(who.values()))[0] for who in TOOK_PART.values())
        found.append(Plan(0, record, network, day, count, parent, child))
    found.sort(key=lambda plan: (plan.day, plan.record.number))
    return [
        Plan(number, one.record, one.network_id, one.day, one.organisations, one.parent, one.child)
        for number, one in enumerate(found, start=1)
    ]
