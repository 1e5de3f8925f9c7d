"""Kinds of file: what one or more examples of the same name pattern say about a file that comes every month.

Belongs here: gathering the proposals for one kind of file. Stays out: writing them down (agreement.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dagster_project.contracts import Expectations
from dagster_project.onboarding.datasets import DatasetMatch, match_table
from dagster_project.onboarding.dates import Proposal, date_format, decimal_mark
from dagster_project.onboarding.names import file_pattern
from dagster_project.onboarding.tables import ExampleTable, tables_of


@dataclass(frozen=True)
class KindProposal:
    """One kind of file, and the datasets that each of its tables feeds; `first_day` is that of its example's period."""

    pattern: Proposal
    first_day: date | None
    tables: tuple[ExampleTable, ...]
    matches: tuple[tuple[ExampleTable, DatasetMatch], ...]
    date_format: Proposal
    decimal_mark: Proposal

    @property
    def header_row(self) -> int:
        """The row of most tables: an agreement states one for all sheets of a file."""
        return Counter(table.header_row for table in self.tables).most_common(1)[0][0]

    @property
    def totals_label(self) -> str | None:
        return next((table.totals_label for table in self.tables if table.totals_label), None)

    def is_readable(self, table: ExampleTable, match: DatasetMatch) -> bool:
        """Whether intake can read the table as proposed."""
        return not match.missing and table.header_row == self.header_row


def propose_kinds(files: Sequence[Path], expectations: Expectations, agency_id: str) -> list[KindProposal]:
    """A kind for each pattern of names, in the order of the files. Raises `UnusableFileError`."""
    by_pattern: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        by_pattern[file_pattern(file.name)[0].value].append(file)
    return [_kind(same, expectations, agency_id) for same in by_pattern.values()]


def likeliest_language(kinds: Sequence[KindProposal]) -> str:
    """French when more headers have a French letter or are of a French label than of an English one."""
    headers = [m.reason for kind in kinds for _, match in kind.matches for m in match.columns.values()]
    letters = sum(bool(set(h.casefold()) & set("éèêàçôûîœ")) for k in kinds for t in k.tables for h in t.headers)
    french = sum("our French label" in reason for reason in headers) + letters
    return "fr" if french > sum("our English label" in reason for reason in headers) else "en"


def _kind(files: list[Path], expectations: Expectations, agency_id: str) -> KindProposal:
    pattern, first_day = file_pattern(files[0].name)
    tables = _pooled([table for file in files for table in tables_of(file)])
    matches = [(table, match) for table in tables for match in match_table(table, expectations, agency_id)]
    days, numbers = _written(matches, expectations)
    return KindProposal(pattern, first_day, tuple(tables), tuple(matches), date_format(days), decimal_mark(numbers))


def _pooled(tables: list[ExampleTable]) -> list[ExampleTable]:
    """The tables of one sheet under the same headers as one, so that several months tell more than one does."""
    pooled: dict[tuple[str | None, tuple[str, ...]], ExampleTable] = {}
    for table in tables:
        key = (table.sheet, table.headers)
        first = pooled.get(key)
        pooled[key] = replace(first, rows=(*first.rows, *table.rows)) if first else table
    return list(pooled.values())


def _written(
    matches: Sequence[tuple[ExampleTable, DatasetMatch]], expectations: Expectations
) -> tuple[list[str], list[str]]:
    """All that stands in columns of dates, and all that stands in columns of numbers."""
    days: list[str] = []
    numbers: list[str] = []
    for table, match in matches:
        for name, found in match.columns.items():
            logical_type = expectations.contracts[match.dataset].column(name).logical_type
            if logical_type in ("date", "timestamp"):
                days += table.values(found.header)
            elif logical_type == "number":
                numbers += table.values(found.header)
    return days, numbers
