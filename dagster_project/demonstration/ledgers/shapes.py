"""What an agency keeps beside its books on persons: staff, places, answers, plans, groups.

Belongs here: the shapes of the entries and which of them a month's file carries. How they are drawn stays in the
modules beside this one, how they look in a file in `agencies/`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dagster_project.demonstration.months import month_end, month_of
from dagster_project.demonstration.records import Record


@dataclass(frozen=True)
class StaffMonth:
    """A programme's staff at the end of a month; `departures` is None where nobody counted them."""

    program_id: str
    month: date
    fte: float
    fte_with_cases: float
    heads: int
    departures: int | None
    vacancies: int


@dataclass(frozen=True)
class Vacancy:
    """A post that became vacant, and when it was filled, if ever."""

    number: int
    program_id: str
    opened: date
    filled: date | None


@dataclass(frozen=True)
class Places:
    """Places of a service for a need in a zone, at the end of a month."""

    service: str
    need: str
    zone_id: str
    month: date
    places: int
    free: int


@dataclass(frozen=True)
class Answer:
    """A person's answer on sharing what is known of them; `ends` is its last day, where it has one."""

    record: Record
    kind: str
    day: date
    answer: str
    ends: date | None = None


@dataclass(frozen=True)
class Benefit:
    """A screening for a benefit, and what came of it."""

    number: int
    record: Record
    code: str
    screened: date
    eligibility: str
    decided: date | None
    enrolled: date | None
    source: str

    def known_on(self, day: date) -> tuple[str, date | None, date | None, str]:
        """Eligibility, the day it was found, the day of enrolment and whose word it is, as known on a day."""
        is_decided = self.decided is None or self.decided <= day
        is_enrolled = self.enrolled is not None and self.enrolled <= day
        return (
            self.eligibility if is_decided else "pending",
            self.decided if is_decided and self.eligibility == "eligible" else None,
            self.enrolled if is_enrolled else None,
            self.source if is_enrolled else "",
        )


@dataclass(frozen=True)
class FollowUp:
    """A follow-up of a child some months after an adoption or guardianship became final."""

    number: int
    record: Record
    program_id: str
    finalised: date
    milestone: str
    day: date | None
    situation: str
    known: date


@dataclass(frozen=True)
class Plan:
    """An action plan made around a child or family by several organisations."""

    number: int
    record: Record
    network_id: str
    day: date
    organisations: int
    parent: str
    child: str


@dataclass(frozen=True)
class Voice:
    """A family's answers to the three questions, without a name."""

    number: int
    day: date
    program_id: str
    zone_id: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A support group."""

    number: int
    zone_id: str
    opened: date
    closed: date | None


@dataclass(frozen=True)
class Session:
    """A session of a support group: heads, no names."""

    group: Group
    day: date
    adults: int
    children: int
    champion_led: str


@dataclass
class Ledger:
    """All that an agency keeps beside its books on persons; empty where it keeps none."""

    staff: list[StaffMonth] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    places: list[Places] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    benefits: list[Benefit] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    def staff_of(self, month: date) -> list[StaffMonth]:
        """Staff at the end of the month."""
        return [entry for entry in self.staff if entry.month == month]

    def vacancies_by(self, month: date) -> list[Vacancy]:
        """All posts that had become vacant by the end of the month: a list kept whole."""
        return [entry for entry in self.vacancies if entry.opened <= month_end(month)]

    def places_of(self, month: date) -> list[Places]:
        """Places at the end of the month."""
        return [entry for entry in self.places if entry.month == month]

    def follow_ups_by(self, month: date) -> list[FollowUp]:
        """All follow-ups known by the end of the month: a list kept whole."""
        return [entry for entry in self.follow_ups if entry.known <= month_end(month)]

    def plans_of(self, month: date) -> list[Plan]:
        """Plans made in the month."""
        return [entry for entry in self.plans if month_of(entry.day) == month]

    def voices_of(self, month: date) -> list[Voice]:
        """Answer sheets of the month."""
        return [entry for entry in self.voices if month_of(entry.day) == month]

    def groups_by(self, month: date) -> list[Group]:
        """All groups opened by the end of the month: a list kept whole."""
        return [entry for entry in self.groups if entry.opened <= month_end(month)]

    def sessions_of(self, month: date) -> list[Session]:
        """Sessions of the month."""
        return [entry for entry in self.sessions if month_of(entry.day) == month]
