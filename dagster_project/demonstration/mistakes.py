"""What each kind of slip does to a record.

Belongs here: the errors themselves. Which there are, how often and where they can happen stays in `slips.py`.
"""

from __future__ import annotations

from datetime import date
from random import Random

from dagster_project.demonstration.nicknames import EVERYDAY_FORMS
from dagster_project.demonstration.phones import other_phone
from dagster_project.demonstration.records import Record, strip_accents

NEIGHBOUR_KEYS = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "l": "k", "s": "d", "r": "t", "u": "y"}
PLACEHOLDERS = {
    "health_centre": ("0000 0000 0000", "123456789", "XXXX 9999 9999"),
    "child_protection": ("000000000", "999999999", "NONE00000000"),
}
SWITCHBOARDS = {
    "school_board": "418-555-0110", "child_protection": "418-555-0120", "health_centre": "418-555-0130",
    "post_adoption": "418-555-0140", "police_victim_support": "418-555-0150",
}  # fmt: skip


def mistype_a_name(random: Random, record: Record) -> None:
    """A slip of the fingers in one of the names."""
    if random.random() < 0.5:
        record.first_name = mistype(random, record.first_name)
    else:
        record.last_name = mistype(random, record.last_name)


def mistype(random: Random, name: str) -> str:
    """One slip of the fingers: two letters swapped, one lost, or a neighbour's key."""
    for _ in range(20):
        place = random.randint(1, max(1, len(name) - 2))
        kind = random.choice(["swap", "lose", "neighbour"])
        if kind == "swap":
            typed = name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :]
        elif kind == "lose" and len(name) > 3:
            typed = name[:place] + name[place + 1 :]
        else:
            typed = name[:place] + NEIGHBOUR_KEYS.get(name[place], "e") + name[place + 1 :]
        if strip_accents(typed) != strip_accents(name):
            return typed
    return name + name[-1]


def use_everyday_form(_: Random, record: Record) -> None:
    """The name by which everybody calls the person."""
    record.first_name = EVERYDAY_FORMS[record.first_name]


def cut_first_name(_: Random, record: Record) -> None:
    """The first half of a compound name, else the name without its end."""
    name = record.first_name
    record.first_name = name.split("-")[0] if "-" in name else name[:-3]


def swap_names(_: Random, record: Record) -> None:
    """First and last name in each other's place."""
    record.first_name, record.last_name = record.last_name, record.first_name


def write_one_last_name(random: Random, record: Record) -> None:
    """One half of a compound last name."""
    record.last_name = random.choice(halves(record.last_name))


def halves(last_name: str) -> list[str]:
    """The names in a compound last name: St-Pierre is one, Roy-Tremblay two."""
    return last_name.replace("St-", "St~").replace("-", "|").replace("~", "-").split("|")


def write_former_name(_: Random, record: Record) -> None:
    """The last name before a marriage or an adoption."""
    record.last_name = record.person.former_last_name or record.last_name


def swap_day_and_month(_: Random, record: Record) -> None:
    """The fourth of March for the third of April."""
    record.birth_date = swapped(record.person.birth_date)


def swapped(day: date) -> date:
    """The day with its month in the place of the day; the day itself where there is no such month."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def miss_a_digit(random: Random, record: Record) -> None:
    """Another digit in the day, the month, or the last place of the year."""
    written = f"{record.person.birth_date:%Y%m%d}"
    for _ in range(200):
        place = random.randint(3, 7)
        typed = written[:place] + random.choice("0123456789".replace(written[place], "")) + written[place + 1 :]
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            continue
        if day <= record.registered:
            record.birth_date = day
            return


def guess_first_of_january(_: Random, record: Record) -> None:
    """The year is known, the day is not."""
    record.birth_date, record.birth_date_quality = record.person.birth_date.replace(month=1, day=1), "approximate"


def leave_out_birth_date(random: Random, record: Record) -> None:
    """No date, and where the agency says so, why."""
    record.birth_date, record.birth_date_quality = None, random.choice(["unknown", "refused", "not_collected"])


def leave_out_sex(_: Random, record: Record) -> None:
    """No sex."""
    record.sex = "not_collected"


def leave_out_phone(_: Random, record: Record) -> None:
    """No telephone number."""
    record.phone = ""


def write_other_phone(random: Random, record: Record) -> None:
    """The number of a relative or of an earlier year; of three, one is the agency's own switchboard."""
    record.phone = SWITCHBOARDS[record.agency_id] if random.random() < 0.3 else other_phone(random)


def mistype_phone(random: Random, record: Record) -> None:
    """One of the last four digits wrong."""
    place = random.randint(1, 4)
    digit = random.choice("0123456789".replace(record.phone[-place], ""))
    record.phone = record.phone[: len(record.phone) - place] + digit + record.phone[len(record.phone) - place + 1 :]


def leave_out_postal_code(_: Random, record: Record) -> None:
    """No postal code."""
    record.has_postal_code = False


def write_placeholder(random: Random, record: Record) -> None:
    """What clerks type where a number must be: the same for people who have nothing to do with each other."""
    record.health_number = random.choice(PLACEHOLDERS[record.agency_id])


def leave_out_health_number(_: Random, record: Record) -> None:
    """No health number."""
    record.health_number = ""
