"""Rows of persons and of enrolments for tests of linkage, and what linkage makes of them by the real function.

Belongs here: making rows, writing them where linkage reads them, and reading what it wrote. Stays out: assertions.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet

from dagster_project.contracts import Agreement, Expectations, load_expectations
from dagster_project.contracts.initiative import AgeBand, Zone
from dagster_project.identity import IdentityTally, link_persons
from dagster_project.settings import PROJECT_ROOT, Settings

AS_OF = date(2021, 6, 30)
TEXTS = (
    "_agency_id", "person_id_agency", "first_name", "last_name", "birth_date_quality", "sex", "postal_code", "phone",
    "email", "address", "city", "zone_code", "household_id_agency", "relationship_to_head", "parent_first_name",
    "parent_last_name", "consent_to_link", "national_number", "health_number", "school_number", "link_tokens",
    "_written_birth_date",
)  # fmt: skip
PLACES = [("_period_start", pa.date32()), ("_period_end", pa.date32()), ("_received_date", pa.date32())]
PLACES += [("_receipt_order", pa.int64()), ("_row_number", pa.int64())]
PERSONS = pa.schema([*((name, pa.string()) for name in TEXTS), ("birth_date", pa.date32()), *PLACES])
ENROLMENTS = pa.schema(
    [
        *((name, pa.string()) for name in ("_agency_id", "enrolment_id_agency", "person_id_agency")),
        *((name, pa.string()) for name in ("household_id_agency", "relationship_to_head")),
        ("entry_date", pa.date32()),
        ("exit_date", pa.date32()),
        *PLACES,
    ]
)
_C, _V = "bcdfghjklmnprstvz", ("a", "e", "i", "o", "u", "ai", "ou", "eau")
SHAPES = ((_C, _V, _C, _V, _C), (_V, _C, _C, _V, _C, _V), (_C, _V, _C, _C, _V, _C), (_V, _C, _V, _C, _V, _C))
AGENCIES = ("adoption", "clinic", "school", "shelter")
Row = dict[str, Any]
Name = tuple[str, str]


def place(month: int, **other: Any) -> Row:
    """Where a row stood: in the file of a month of 2021."""
    start = date(2021, month, 1)
    base = {"_period_start": start, "_period_end": start.replace(day=28), "_received_date": start.replace(day=28)}
    return {**base, "_receipt_order": month, "_row_number": 2, **other}


def person(agency: str, number: str, names: str = "", month: int = 1, **other: Any) -> Row:
    """A row of a person; `names` is 'First Last', by default a name and a birth date of nobody else."""
    first, _, last = (names or rare_name(f"{agency}{number}")).partition(" ")
    known: Row = {
        "birth_date": date(1990, 5, 17) if names else date(1950, 1, 1) + timedelta(days=day_of(f"{agency}{number}")),
        "sex": "female",
        "first_name": first or None,
        "last_name": last or None,
    }
    return {**place(month), **known, "_agency_id": agency, "person_id_agency": number, **other}


def day_of(seed: object) -> int:
    """A number of days, up to fifty years, made of a seed."""
    return int(sha256(str(seed).encode()).hexdigest()[:8], 16) % 18_000


def rare_name(seed: object) -> str:
    """First and last name that nobody else bears, nor one like it: made of a seed."""
    rng = random.Random(str(seed))  # noqa: S311
    return " ".join("".join(rng.choice(part) for part in rng.choice(SHAPES)).title() for _ in range(2))


def enrolment(agency: str, number: str, of: str, month: int = 1, **other: Any) -> Row:
    """A row of an enrolment."""
    ids = {"_agency_id": agency, "enrolment_id_agency": number, "person_id_agency": of}
    return {**place(month), "entry_date": date(2021, 1, 5), **ids, **other}


def expectations_for_tests(
    required: Sequence[str] = (), identifiers: dict[str, tuple[str, ...]] | None = None
) -> Expectations:
    """The project's, with four agencies, two zones and three age bands.

    `required`: agencies that link only those who said yes; `identifiers`: agency_id: the numbers that it may send.
    """
    loaded = load_expectations(PROJECT_ROOT / "expectations")
    words = {"en": "x", "fr": "x"}
    initiative = replace(
        loaded.initiative,
        first_month=date(2021, 1, 1),
        zones=(
            Zone("coast", "rural", words, ("G0", "G1A")),
            Zone("town", "urban", words, ("G1", "G0Z")),
        ),
        age_bands=(AgeBand("child", 0, words), AgeBand("teen", 13, words), AgeBand("adult", 18, words)),
    )
    model = next(iter(loaded.agreements.values()))
    agreements: dict[str, Agreement] = {
        agency: replace(
            model,
            agency_id=agency,
            needs_consent_to_link=agency in required,
            identifiers=(identifiers or {}).get(agency, ()),
        )
        for agency in AGENCIES
    }
    return replace(loaded, initiative=initiative, agreements=agreements)


class Linked:
    """What linkage wrote, in the words of the tests: persons by (agency, number)."""

    def __init__(
        self,
        settings: Settings,
        expectations: Expectations,
        persons: Iterable[Row],
        enrolments: Iterable[Row] = (),
        as_of: date = AS_OF,
    ):
        settings.vault.mkdir(exist_ok=True)
        settings.accepted.mkdir(exist_ok=True)
        parquet.write_table(pa.Table.from_pylist(list(persons), PERSONS), settings.vault_persons)
        enrolled = pa.Table.from_pylist(list(enrolments), ENROLMENTS)
        parquet.write_table(enrolled, settings.accepted / "enrolments.parquet")
        self.settings = settings
        self.tally: IdentityTally = link_persons(settings, expectations, as_of)
        self.shared: dict[Name, str] = {(a, n): s for a, n, s in self.rows("person_crosswalk")}

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """The rows of one of the files in `data/identity/`."""
        return read_rows(self.settings.identity / f"{name}.parquet")

    def journal(self, name: str, columns: str = "*") -> list[tuple[Any, ...]]:
        """The rows of a table of the journal, from the first segment to the last."""
        segments = sorted((self.settings.journal / name).glob("*.parquet"))
        return [row for segment in segments for row in read_rows(segment, columns)]

    def groups(self) -> set[frozenset[Name]]:
        """The agencies' persons, put together as linkage has them."""
        return together(self.shared)

    def group(self, name: Name) -> set[Name]:
        """All who are one person with this one."""
        return {other for other, shared in self.shared.items() if shared == self.shared[name]}

    def families(self, *of: Name) -> set[str]:
        """The families of some persons."""
        shared = {self.shared[name] for name in of}
        return {family for family, one, _ in self.rows("family_members") if one in shared}

    def members(self, family: str) -> set[Name]:
        """All who are in a family."""
        found = {one for name, one, _ in self.rows("family_members") if name == family}
        return {name for name, shared in self.shared.items() if shared in found}

    def heads(self) -> set[Name]:
        """All who head a family."""
        heads = {one for _, one, is_head in self.rows("family_members") if is_head}
        return {name for name, one in self.shared.items() if one in heads}

    def zone(self, name: Name) -> str:
        """The zone of a person."""
        return str({one: zone for one, zone, *_ in self.rows("persons")}[self.shared[name]])


def together(shared: dict[Name, str]) -> set[frozenset[Name]]:
    """A crosswalk as groups of persons, whatever their ids."""
    return {frozenset(name for name, one in shared.items() if one == which) for which in set(shared.values())}


def read_rows(path: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    """Rows of a Parquet file."""
    with duckdb.connect() as connection:
        return connection.sql(f"select {columns} from '{path}'").fetchall()
