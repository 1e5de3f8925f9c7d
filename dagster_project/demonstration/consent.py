"""Who agrees to be matched across agencies, and who takes it back.

Belongs here: the answers. Draws from a stream of its own, so that asking changes nothing else. From 14 years on
persons answer for themselves, for a younger child the head of the family does.
"""

from __future__ import annotations

from datetime import timedelta

from dagster_project.demonstration.books import Book
from dagster_project.demonstration.months import FIRST_DAY, LAST_DAY
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.records import Record
from dagster_project.demonstration.streams import stream

ANSWERS = {"yes": 96.5, "no": 2.0, "not_collected": 1.5}
SHARE_THAT_WITHDRAWS = 0.02
AGE_OF_OWN_ANSWER = 14


def ask_consent(book: Book, seed: int) -> None:
    """Write the answers into the records of an agency that asks."""
    if "consent" not in PARTNERS[book.agency_id].sends:
        return
    for record in book.records:
        speaker = record.person
        if speaker.age_on(record.registered) < AGE_OF_OWN_ANSWER:
            speaker = record.family.members[0].person
        random = stream(seed, "consent", book.agency_id, record.family.number, speaker.number)
        record.consent = random.choices(list(ANSWERS), list(ANSWERS.values()))[0]
        if record.consent == "yes" and random.random() < SHARE_THAT_WITHDRAWS:
            since = max(record.registered, FIRST_DAY)
            record.withdrawn = since + timedelta(days=1 + int(random.random() * (LAST_DAY - since).days))


def may_be_linked(record: Record) -> bool:
    """Whether the agency's rule lets the person be matched, by what is known on the last day."""
    answer = record.consent_on(LAST_DAY)
    return answer == "yes" if PARTNERS[record.agency_id].needs_consent else answer not in ("no", "withdrawn")
