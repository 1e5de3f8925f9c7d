"""Survey: what there is of a file or of a person, told by keyed hashes, before anything of it is removed.

Belongs here: looking at the rows of extracts and at the journal of ids. Stays out: removing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as parquet

from dagster_project.contracts import Expectations
from dagster_project.feedback.subjects import keyed_subject
from dagster_project.identity.stable_ids import FAMILIES, PERSONS
from dagster_project.removal.journals import Veil
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.submissions import Submission
from dagster_project.tombstones import keyed, tombstone_key

# Of the table `named_rows`: every row that names a person. `unit` is how the journal of ids names an agency's person.
COLUMNS = {
    "submission_id": "varchar", "extract_number": "bigint", "row_number": "bigint", "dataset": "varchar",
    "agency_id": "varchar", "person_id_agency": "varchar", "unit": "varchar", "household": "varchar",
    "key": "varchar[]",
}  # fmt: skip


@dataclass(frozen=True)
class PersonRow:
    """A row that names a person: where it stands, and who it is of."""

    submission_id: str
    extract_number: int
    row_number: int
    dataset: str
    agency_id: str
    person_id_agency: str


class Survey:
    """The rows of all submissions that name a person. Use it as a context."""

    def __init__(self, settings: Settings, expectations: Expectations, submissions: list[Submission]):
        self._settings = settings
        self._expectations = expectations
        self._submissions = submissions
        self._key = tombstone_key(settings)

    def __enter__(self) -> Survey:
        self._connection = open_room(self._settings)
        extracts = [
            (s.submission_id, n, str(self._settings.extracts / e.path), e.dataset)
            for s in self._submissions
            for n, e in enumerate(s.extracts)
            if e.path
        ]
        columns = list(zip(*extracts, strict=True)) or [()] * 4
        kinds = (pa.string(), pa.int64(), pa.string(), pa.string())
        names = ["submission_id", "extract_number", "path", "dataset"]
        table = pa.table([pa.array(c, kind) for c, kind in zip(columns, kinds, strict=True)], names=names)
        self._connection.register("current_extracts", table)
        parts = [self._rows_sql(dataset) for dataset in sorted({dataset for *_, dataset in extracts})]
        parts.append(f"select {', '.join(f'null::{kind} as {name}' for name, kind in COLUMNS.items())} where false")
        self._connection.execute(f"create temp view named_rows as {' union all by name '.join(filter(None, parts))}")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _rows_sql(self, dataset: str) -> str:
        """SQL: the rows of a dataset that name a person; none where the dataset names nobody."""
        contract = self._expectations.contracts[dataset]
        names = {column.name for column in contract.columns}
        if "person_id_agency" not in names:
            return ""
        paths = self._connection.execute(
            "select distinct path from current_extracts where dataset = ? order by path", [dataset]
        ).fetchall()
        household = "'h|' || r._agency_id || '|' || r.household_id_agency" if "household_id_agency" in names else "null"
        key = ", ".join(f'r."{name}"::varchar' for name in contract.key)
        # A file may also hold what an earlier reading made of a submission.
        return f"""
            select e.submission_id, e.extract_number, r._row_number as row_number, e.dataset,
              r._agency_id as agency_id, r.person_id_agency, r._agency_id || '|' || r.person_id_agency as unit,
              {household} as household, [{key}] as key
            from read_parquet({[path for (path,) in paths]!r}, filename = true, union_by_name = true) as r
            join current_extracts as e on e.submission_id = r._submission_id
              and e.extract_number = r._extract_number and e.path = r.filename
            where r.person_id_agency is not null"""

    def units(self) -> dict[str, str]:
        """Every agency's person that any row names, with the keyed hash."""
        found = self._connection.sql("select distinct unit from named_rows order by unit").fetchall()
        return {unit: keyed(self._key, unit) for (unit,) in found}

    def rows_of(self, persons: set[str]) -> list[PersonRow]:
        """The rows of persons told by keyed hashes."""
        self._choose([unit for unit, hashed in self.units().items() if hashed in persons])
        found = self._connection.sql("""
            select submission_id, extract_number, row_number, dataset, agency_id, person_id_agency
            from named_rows semi join chosen using (unit) order by all""").fetchall()
        return [PersonRow(*row) for row in found]

    def of_persons(self, units: Iterable[str]) -> dict[str, list[str]]:
        """What is pending when these persons are forgotten."""
        self._choose(units)
        households = self._one_column("""
            select household from named_rows where household is not null group by household
            having bool_and(unit in (from chosen))""")
        submissions = self._one_column("select distinct submission_id from named_rows semi join chosen using (unit)")
        rows = self._connection.sql(
            "select distinct agency_id, dataset, key from named_rows semi join chosen using (unit)"
        ).fetchall()
        return self._pending(submissions, self._one_column("from chosen"), households, rows)

    def of_submissions(self, submission_ids: list[str]) -> dict[str, list[str]]:
        """What is pending when these files are purged: only what no other file holds."""
        self._connection.register("purged", pa.table({"submission_id": pa.array(submission_ids, pa.string())}))
        only = "having bool_and(submission_id in (from purged))"
        units = self._one_column(f"select unit from named_rows group by unit {only}")
        households = self._one_column(f"""
            select household from named_rows where household is not null group by household {only}""")
        rows = self._connection.sql(f"select agency_id, dataset, key from named_rows group by all {only}").fetchall()
        return self._pending(submission_ids, units, households, rows)

    def count_rows(self, submission_ids: list[str]) -> int:
        self._connection.register("counted", pa.table({"submission_id": pa.array(submission_ids, pa.string())}))
        row = self._connection.sql("select count(*) from named_rows semi join counted using (submission_id)").fetchone()
        return int(row[0]) if row else 0

    def _pending(
        self,
        submissions: list[str],
        units: list[str],
        households: list[str],
        rows: list[tuple[str, str, list[str | None]]],
    ) -> dict[str, list[str]]:
        hashes = {keyed(self._key, text) for text in (*units, *households)}
        # An id that nobody else ever bore goes with its bearers: it is made of the number of the first.
        for sort in (PERSONS, FAMILIES):
            veil = Veil(self._key, hashes)
            hashes |= {keyed(self._key, one) for one in _borne_by_none_else(self._settings, sort.name, veil)}
        secret = (self._settings.journal / "derivation.key").read_text().strip().encode()
        subjects = [
            keyed_subject(secret, (agency_id, dataset, *key))
            for agency_id, dataset, key in rows
            if all(part is not None for part in key)
        ]
        return {"submissions": sorted(submissions), "hashes": sorted(hashes), "subjects": sorted(set(subjects))}

    def _choose(self, units: Iterable[str]) -> None:
        self._connection.register("chosen_units", pa.table({"unit": pa.array(list(units), pa.string())}))
        self._connection.execute("create or replace temp table chosen as from chosen_units")

    def _one_column(self, query: str) -> list[str]:
        return sorted(row[0] for row in self._connection.sql(query).fetchall())


def _borne_by_none_else(settings: Settings, folder: str, veil: Veil) -> set[str]:
    """Shared ids in the journal, all bearers of which are hidden."""
    bearers: dict[str, bool] = {}
    for path in sorted((settings.journal / folder).glob("[0-9]*.parquet")):
        for row in parquet.read_table(path, columns=["unit", "shared_id"]).to_pylist():
            bearers[row["shared_id"]] = bearers.get(row["shared_id"], True) and veil.hides(row["unit"])
    return {shared_id for shared_id, is_alone in bearers.items() if is_alone}
