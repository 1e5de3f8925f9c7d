"""Whether persons agree that agencies share what is known of them, and their intake.

Belongs here: answers on sharing, their ends and their withdrawal. Consent to be matched across agencies is another
question and stays in `consent.py`; whoever refuses that refuses this too.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from dagster_project.demonstration.ledgers.shapes import Answer
from dagster_project.demonstration.months import LAST_DAY
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.streams import stream

SHARE_ASKED = {"share_information": 0.88, "share_intake": 0.55}
ANSWERS = {"yes": 84, "no": 10, "not_collected": 6}
SHARE_WITHDRAWN, SHARE_ENDING, SHARE_RENEWED = 0.05, 0.3, 0.6
DAYS_OF_CONSENT = 364


def ask_to_share(agency_id: str, records: list[Record], seed: int) -> list[Answer]:
    """All answers, in the order of the records."""
    answers: list[Answer] = []
    for record in records:
        random = stream(seed, "sharing", agency_id, record.family.number, record.person.number)
        for kind, share in SHARE_ASKED.items():
            if random.random() < share:
                answers.extend(answers_of(random, record, kind))
    return answers


def answers_of(random: Random, record: Record, kind: str) -> list[Answer]:
    """The first answer and what became of a yes: withdrawn, ended, or renewed on the day after its end."""
    answer = random.choices(list(ANSWERS), list(ANSWERS.values()))[0]
    day = record.registered
    if record.consent == "no" or answer != "yes":
        return [Answer(record, kind, day, "no" if record.consent == "no" else answer)]
    withdrawn = day + timedelta(days=random.randint(20, 300))
    if random.random() < SHARE_WITHDRAWN and withdrawn <= LAST_DAY:
        return [Answer(record, kind, day, "yes"), Answer(record, kind, withdrawn, "withdrawn")]
    if random.random() > SHARE_ENDING:
        return [Answer(record, kind, day, "yes")]
    return renewals(random, record, kind, day)


def renewals(random: Random, record: Record, kind: str, day: date) -> list[Answer]:
    """Yeses for a year each, as long as they are renewed."""
    found = [Answer(record, kind, day, "yes", day + timedelta(days=DAYS_OF_CONSENT))]
    while random.random() < SHARE_RENEWED:
        day += timedelta(days=DAYS_OF_CONSENT + 1)
        if day > LAST_DAY:
            break
        found.append(Answer(record, kind, day, "yes", day + timedelta(days=DAYS_OF_CONSENT)))
    return found
