"""The errors that files really have in names, birth dates, telephone numbers and the rest, each with its rate.

Belongs here: every kind of slip, where it can happen, and how often it then does. What it does to a record stays in
`mistakes.py`, what an agency does to all its records (capitals, accents) in `recording.py`, faults of rows and files
in `faults.py`.
`docs/demonstration.md` shows these rates beside the shares measured; a test compares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from dagster_project.demonstration.mistakes import (
    cut_first_name,
    guess_first_of_january,
    halves,
    leave_out_birth_date,
    leave_out_health_number,
    leave_out_phone,
    leave_out_postal_code,
    leave_out_sex,
    miss_a_digit,
    mistype_a_name,
    mistype_phone,
    swap_day_and_month,
    swap_names,
    swapped,
    use_everyday_form,
    write_former_name,
    write_one_last_name,
    write_other_phone,
    write_placeholder,
)
from dagster_project.demonstration.nicknames import EVERYDAY_FORMS
from dagster_project.demonstration.records import Record


@dataclass(frozen=True)
class Slip:
    """A kind of error: of 100 records in which it can happen, so many have it."""

    kind: str
    rate: float
    can_happen: Callable[[Record], bool]
    make: Callable[[Random, Record], None]


def make_slip(random: Random, record: Record) -> None:
    """At most one slip."""
    left = random.random() * 100
    for slip in SLIPS:
        if slip.can_happen(record):
            left -= slip.rate
            if left < 0:
                record.slip = slip.kind
                slip.make(random, record)
                return


def can_swap_day_and_month(record: Record) -> bool:
    """Whether that gives another day, on which the person could be born."""
    born = record.person.birth_date
    return born != swapped(born) <= record.registered


def always(_: Record) -> bool:
    """Every record can have it."""
    return True


def knows_name_before_adoption(record: Record) -> bool:
    """Child protection knew the child under the first name."""
    return record.person.is_adopted and record.agency_id == "child_protection"


def knows_former_name(record: Record) -> bool:
    """The others may have it from an old file; the post-adoption service does not."""
    has_one = bool(record.person.former_last_name) and record.agency_id != "post_adoption"
    return has_one and not knows_name_before_adoption(record)


def born_on_another_day(record: Record) -> bool:
    """Whether the first of January would be wrong."""
    return (record.person.birth_date.month, record.person.birth_date.day) != (1, 1)


# A record has at most one. The rate: of 100 records in which the slip can happen, so many have it.
SLIPS = (
    Slip("typing_error", 2.0, always, mistype_a_name),
    Slip("nickname", 2.5, lambda record: record.first_name in EVERYDAY_FORMS, use_everyday_form),
    Slip("shortened_first_name", 0.4, lambda record: len(record.first_name) > 5, cut_first_name),
    Slip("names_swapped", 0.4, always, swap_names),
    Slip("one_part_of_last_name", 8.0, lambda record: len(halves(record.last_name)) > 1, write_one_last_name),
    Slip("former_last_name", 30.0, knows_former_name, write_former_name),
    Slip("name_before_adoption", 80.0, knows_name_before_adoption, write_former_name),
    Slip("swapped_day_and_month", 2.0, can_swap_day_and_month, swap_day_and_month),
    Slip("digit_of_birth_date", 0.5, always, miss_a_digit),
    Slip("first_of_january", 0.8, born_on_another_day, guess_first_of_january),
    Slip("missing_birth_date", 0.9, lambda record: record.agency_id != "family_centre", leave_out_birth_date),
    Slip("missing_sex", 0.7, always, leave_out_sex),
    Slip("missing_phone", 0.8, lambda record: bool(record.phone), leave_out_phone),
    Slip("other_phone", 1.0, lambda record: bool(record.phone), write_other_phone),
    Slip("phone_typing_error", 0.5, lambda record: bool(record.phone), mistype_phone),
    Slip("missing_postal_code", 0.8, lambda record: record.has_postal_code, leave_out_postal_code),
    Slip("placeholder_health_number", 1.0, lambda record: bool(record.health_number), write_placeholder),
    Slip("missing_health_number", 1.0, lambda record: bool(record.health_number), leave_out_health_number),
)  # fmt: skip
