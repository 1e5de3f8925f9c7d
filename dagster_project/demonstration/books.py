"""What each agency has written down: its records, enrolments, contacts, referrals and scores, and its ledger.

Belongs here: the shapes of those entries, their local numbers, and which of them a month's file carries.
How they are drawn stays in `stays.py`, `contacts.py`, `referrals.py` and `scores.py`; how they look in a file stays
in `agencies/`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from dagster_project.demonstration.ledgers.shapes import Answer, Benefit, Ledger
from dagster_project.demonstration.months import month_end, month_of, month_sent, next_month
from dagster_project.demonstration.partners import PARTNERS
from dagster_project.demonstration.records import Record


@dataclass
class Enrolment:
    """One person's episode in a programme; how the family came is empty where the agency did not write it down."""

    record: Record
    program_id: str
    entry: date
    exit: date | None
    destination: str = ""
    number: int = 0
    entry_point: str = ""
    intake_kind: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Timing:
    """When a contact was asked for, answered, planned and done. A date that is no datetime has no time."""

    requested: date | None = None
    response_needed: str = ""
    first_response: datetime | None = None
    scheduled: datetime | None = None
    done: datetime | None = None
    put_off_by: str = ""
    cost: int | None = None


@dataclass
class Contact:
    """One call, visit or meeting with a person."""

    record: Record
    program_id: str
    day: date
    kind: str
    mode: str
    status: str
    minutes: int | None
    enrolment: Enrolment | None = None
    referral: ReferralEntry | None = None
    number: int = 0
    timing: Timing = Timing()


@dataclass
class ReferralEntry:
    """One agency's row of a referral."""

    record: Record
    direction: str
    other_agency: str
    program_id: str
    made: date
    key: str
    outcome: str
    outcome_date: date | None
    number: int = 0
    contact: Contact | None = None

    def outcome_by(self, day: date) -> tuple[str, date | None]:
        """What is known of the outcome on a day."""
        if self.outcome_date is None:
            return self.outcome, None
        return (self.outcome, self.outcome_date) if self.outcome_date <= day else ("waiting", None)


@dataclass
class Score:
    """One score of a person on an instrument."""

    record: Record
    program_id: str
    instrument_id: str
    day: date
    value: float


@dataclass
class Book:
    """All that one agency has written down."""

    agency_id: str
    records: list[Record] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    referrals: list[ReferralEntry] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def give_numbers(self) -> None:
        """Number everything in the order in which the agency met it."""
        self.records.sort(key=lambda record: (record.registered, record.person.number, record.family.number))
        households: dict[int, int] = {}
        for record in self.records:
            record.household = households.setdefault(record.family.number, len(households) + 1)
        self.enrolments.sort(key=lambda entry: (entry.entry, entry.record.person.number))
        self.contacts.sort(key=lambda contact: (contact.day, contact.record.person.number))
        self.referrals.sort(key=lambda referral: (referral.made, referral.record.person.number))
        self.scores.sort(key=lambda score: (score.day, score.record.person.number))
        numbered: list[Sequence[Record | Enrolment | Contact | ReferralEntry]] = [
            self.records, self.enrolments, self.contacts, self.referrals,
        ]  # fmt: skip
        for entries in numbered:
            for number, entry in enumerate(entries, start=1):
                entry.number = number

    def sent(self, day: date | None) -> date | None:
        """The month whose file carries something of this day: the next one when the agency is closed."""
        if day is None:
            return None
        month = month_sent(day)
        return next_month(month) if month == PARTNERS[self.agency_id].closed_month else month

    def records_of(self, month: date) -> Iterator[Record]:
        """Records new in the month, with a new address, or whose consent was taken back."""
        return (
            record
            for record in self.records
            if month in (self.sent(record.registered), self.sent(record.moved()), self.sent(record.withdrawn))
        )

    def enrolments_of(self, month: date) -> Iterator[Enrolment]:
        """Enrolments that began or ended in the month."""
        return (entry for entry in self.enrolments if month in (self.sent(entry.entry), self.sent(entry.exit)))

    def contacts_of(self, month: date) -> Iterator[Contact]:
        """Contacts of the month."""
        return (contact for contact in self.contacts if month_of(contact.day) == month)

    def referrals_of(self, month: date) -> Iterator[ReferralEntry]:
        """Referrals made in the month, or whose outcome became known."""
        return (entry for entry in self.referrals if month in (self.sent(entry.made), self.sent(entry.outcome_date)))

    def scores_of(self, month: date) -> Iterator[Score]:
        """Scores of the month."""
        return (score for score in self.scores if self.sent(score.day) == month)

    def answers_of(self, month: date) -> Iterator[Answer]:
        """Answers on sharing given in the month."""
        return (answer for answer in self.ledger.answers if self.sent(answer.day) == month)

    def benefits_of(self, month: date) -> Iterator[Benefit]:
        """Benefits screened for in the month, or of which something became known."""
        return (
            benefit
            for benefit in self.ledger.benefits
            if month in (self.sent(benefit.screened), self.sent(benefit.decided), self.sent(benefit.enrolled))
        )


def known_by(day: date | None, month: date) -> date | None:
    """A day, if it has come by the end of the month."""
    return day if day is not None and day <= month_end(month) else None
