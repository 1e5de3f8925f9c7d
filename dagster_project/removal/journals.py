"""Journals: numbers and ids of those who are gone become tokens that say nothing; all that others have stays.

Belongs here: rewriting segments of `data/journal`, each whole or not at all. Stays out: whom it is about (survey). A
row is not taken out but veiled: the order in which ids were given, and who founded which, are what keeps the ids of all
others as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from dagster_project.settings import Settings
from dagster_project.tombstones import keyed
from dagster_project.whole_files import write_whole, written_whole

# By folder, the pairs of columns that name an agency's person, and the columns of units, shared ids and lists of them.
PAIRS = {
    "person_numbers": [("agency_id", "person_id_agency")],
    "consent_answers": [("agency_id", "person_id_agency")],
    "steward_decisions": [("agency_id_l", "person_id_agency_l"), ("agency_id_r", "person_id_agency_r")],
}
UNITS = {
    **dict.fromkeys(("person_ids", "family_ids"), ("unit", "shared_id", "made_from")),
    **dict.fromkeys(("person_ids_ledger", "family_ids_ledger"), ("old_id", "new_id", "moved", "others")),
}
# Before an id of a person in a unit of families: alone, or held together by the fallback.
_OF_PERSONS = ("p|", "k|")


class Veil:
    """Which texts of the journal are hidden, told by keyed hashes, and the tokens in their place.

    The same text gives the same token, so that a rewriting that broke off can be taken up again.
    """

    def __init__(self, key: bytes, hashes: set[str]):
        self._key = key
        self._hashes = hashes

    def hides(self, text: str) -> bool:
        return self(text) != text

    def __call__(self, text: str) -> str:
        hashed = keyed(self._key, text)
        if hashed in self._hashes:
            return _token(text, hashed)
        if text.startswith(_OF_PERSONS):
            return text[:2] + self(text[2:])
        return text


def _token(text: str, hashed: str) -> str:
    """An id stays an id to look at; a unit keeps its agency."""
    parts = text.split("|", 2 if text.startswith("h|") else 1)
    if len(parts) == 1:
        return text[:2] + hashed[:16]
    return "|".join([*parts[:-1], f"removed-{hashed[:16]}"])


def veil_journals(settings: Settings, veil: Veil) -> None:
    """Rewrite every segment that names somebody who is gone."""
    for folder, pairs in PAIRS.items():
        for agency, person in pairs:
            _rewrite(settings.journal / folder, (agency, person), _pair_veiled(agency, person, veil))
    for folder, columns in UNITS.items():
        for column in columns:
            _rewrite(settings.journal / folder, (column,), _column_veiled(column, veil))


def _pair_veiled(agency: str, person: str, veil: Veil) -> Callable[[pa.Table], pa.Table]:
    def veiled(table: pa.Table) -> pa.Table:
        units = [f"{a}|{p}" for a, p in zip(table[agency].to_pylist(), table[person].to_pylist(), strict=True)]
        return _replaced(table, person, [veil(unit).split("|", 1)[1] for unit in units])

    return veiled


def _column_veiled(column: str, veil: Veil) -> Callable[[pa.Table], pa.Table]:
    def one(value: object) -> object:
        if isinstance(value, list):
            return [one(text) for text in value]
        return veil(value) if isinstance(value, str) else value

    return lambda table: _replaced(table, column, [one(value) for value in table[column].to_pylist()])


def _replaced(table: pa.Table, column: str, values: list[object] | list[str]) -> pa.Table:
    place = table.column_names.index(column)
    return table.set_column(place, table.field(column), pa.array(values, table.field(column).type))


def _rewrite(folder: Path, columns: tuple[str, ...], veiled: Callable[[pa.Table], pa.Table]) -> None:
    for path in sorted(folder.glob("[0-9]*.parquet")):
        before = parquet.read_table(path)
        after = veiled(before)
        if after.select(columns) != before.select(columns):
            with written_whole(path) as temporary:
                parquet.write_table(after, temporary, compression="zstd")


def forget_subjects(settings: Settings, subjects: set[str]) -> None:
    """Take rows that are gone out of what agencies answered to findings; the answers to all others stay."""
    for path in sorted((settings.journal / "finding_answers").glob("*.json")) if subjects else []:
        entry = json.loads(path.read_text(encoding="utf-8"))
        is_changed = False
        for answer in entry["answers"]:
            kept = [subject for subject in answer["subjects"] if subject not in subjects]
            is_changed |= len(kept) != len(answer["subjects"])
            answer["subjects"] = kept
        if is_changed:
            write_whole(path, json.dumps(entry, ensure_ascii=False, indent=1).encode())
