"""The language in which a family prefers to be served.

Belongs here: the answers. One family has one language; an agency that does not ask leaves it out.
"""

from __future__ import annotations

from dagster_project.demonstration.books import Book
from dagster_project.demonstration.streams import stream

LANGUAGES = {"fr": 70, "en": 22, "indigenous_language": 3, "other": 5}
SHARE_NOT_COLLECTED, SHARE_BLANK = 0.04, 0.03


def note_languages(book: Book, seed: int) -> None:
    """Write the languages into an agency's records."""
    for record in book.records:
        family = stream(seed, "language", record.family.number)
        record.language = family.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        chance = stream(seed, "language", book.agency_id, record.family.number, record.person.number).random()
        if chance < SHARE_NOT_COLLECTED + SHARE_BLANK:
            record.language = "not_collected" if chance < SHARE_NOT_COLLECTED else ""
