"""Decisions: what the steward said of two persons: the same, different, or unsure. It outranks the model and lasts.

Belongs here: reading answers from the review workbook, and undoing an event of the ledger, both into the journal. Stays
out: asking (review). A decision names two agencies' numbers, never a person.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import python_calamine

from dagster_project.identity.journal import Journal
from dagster_project.identity.stable_ids import LEDGER_COLUMNS, PERSONS
from dagster_project.settings import Settings

COLUMNS = (
    "agency_id_l varchar, person_id_agency_l varchar, agency_id_r varchar, person_id_agency_r varchar,"
    " decision varchar, decided_by varchar, decided_on date, source varchar"
)
SHEET = "Pairs"
# Row of the column names, counted from 1; the words of both languages stand in each.
HEADER_ROW = 4
KEY_HEADERS = ("Agency 1 / Organisme 1", "Number 1 / Numéro 1", "Agency 2 / Organisme 2", "Number 2 / Numéro 2")
DECISION_HEADER = "Decision / Décision"
BY_HEADER = "Decided by / Décidé par"
WORDS = {
    "same": "same", "même": "same", "meme": "same", "same / même": "same",
    "different": "different", "différent": "different", "different / différent": "different",
    "unsure": "unsure", "incertain": "unsure", "unsure / incertain": "unsure",
}  # fmt: skip


class UnknownEventError(Exception):
    """The ledger holds no event of that id."""


@dataclass(frozen=True)
class Answers:
    """What was read of the workbook: decisions taken, rows that cannot be followed, whether it opened, and the hash of
    its bytes (None where there was none)."""

    taken: int = 0
    unclear: int = 0
    is_unreadable: bool = False
    workbook_hash: str | None = None


def take_answers(connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date) -> Answers:
    """Read the workbook's answers into the journal and make table `decisions` (numbers of the pair, decision).

    The latest decision on a pair counts. A workbook that cannot be read is left under another name.
    """
    known = set(connection.sql("select agency_id, person_id_agency from person_numbers").fetchall())
    # A build of a past day leaves what the steward writes now to a build of today.
    answers = keep_answers(connection, settings, as_of, known) if settings.known_by is None else Answers()
    _journal(settings).load(connection, "all_decisions")
    connection.execute("""
        create table decisions as
        select least(l.person_number, r.person_number) as person_number_l,
          greatest(l.person_number, r.person_number) as person_number_r, decision
        from all_decisions as d
        join person_numbers as l on l.agency_id = d.agency_id_l and l.person_id_agency = d.person_id_agency_l
        join person_numbers as r on r.agency_id = d.agency_id_r and r.person_id_agency = d.person_id_agency_r
        -- Consent outranks the steward.
        join clean_persons as cl on cl.person_number = l.person_number
        join clean_persons as cr on cr.person_number = r.person_number
        qualify row_number() over (
          partition by least(l.person_number, r.person_number), greatest(l.person_number, r.person_number)
          order by _segment desc, decided_on desc, decision) = 1
    """)
    return answers


def undecided_pairs(settings: Settings) -> int | None:
    """How many pairs of the workbook have no decision yet; None where it cannot be read."""
    if not settings.review_workbook.exists():
        return 0
    try:
        sheet = python_calamine.load_workbook(str(settings.review_workbook)).get_sheet_by_name(SHEET).to_python()
        place = [str(cell) for cell in sheet[HEADER_ROW - 1]].index(DECISION_HEADER)
    except Exception:
        # Whatever is wrong with it, the next build puts it aside.
        return None
    return sum(not _text(cells[place]) for cells in sheet[HEADER_ROW:])


def keep_answers(
    connection: duckdb.DuckDBPyConnection, settings: Settings, as_of: date, known: set[tuple[str, str]]
) -> Answers:
    """Read the workbook's answers about known persons into the journal, where it does not hold them yet."""
    answers, rows = Answers(), _table([])
    if settings.review_workbook.exists():
        answers, rows = _read_workbook(settings, as_of, known)
    journal = _journal(settings)
    journal.load(connection, "decisions_before")
    connection.register("answered", rows)
    journal.add(
        connection,
        """
        select a.* from answered as a anti join (
          select * from decisions_before qualify row_number() over (
            partition by agency_id_l, person_id_agency_l, agency_id_r, person_id_agency_r order by _segment desc) = 1
        ) as d using (agency_id_l, person_id_agency_l, agency_id_r, person_id_agency_r, decision)
        """,
    )
    connection.execute("drop table decisions_before")
    return answers


def _journal(settings: Settings) -> Journal:
    return Journal(settings, settings.steward_decisions.name, COLUMNS, dated="decided_on")


def undo(connection: duckdb.DuckDBPyConnection, settings: Settings, event_id: str, because: str, as_of: date) -> int:
    """Decide against an event of the ledger: who was merged becomes different, who was split the same.

    Returns the number of pairs decided; the next build follows them, and the old ids come back. `because` goes into the
    journal. Raises `UnknownEventError`.
    """
    Journal(settings, f"{PERSONS.name}_ledger", LEDGER_COLUMNS, dated="as_of").load(connection, "ledger")
    found = connection.execute(
        "select kind, moved, others from ledger where event_id = ? order by _segment desc limit 1", [event_id]
    ).fetchone()
    if found is None:
        raise UnknownEventError(event_id)
    kind, moved, others = found
    decision = "different" if kind == "merge" else "same"
    pairs = [sorted((tuple(left.split("|", 1)), tuple(right.split("|", 1)))) for left in moved for right in others]
    rows: list[tuple[object, ...]] = [
        (*pair[0], *pair[1], decision, "undo", as_of, f"undo {event_id}: {because}") for pair in pairs
    ]
    connection.register("undone", _table(rows))
    return _journal(settings).add(connection, "from undone")


def _text(cell: object) -> str:
    """A cell as text: a spreadsheet makes a number of 101, and calls it 101.0."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _free_name(path: Path) -> Path:
    """The path, or the first that is free with a number behind its name: nothing kept is written over."""
    names = [path, *(path.with_stem(f"{path.stem}_{n}") for n in range(2, 1000))]
    return next(name for name in names if not name.exists())


def _read_workbook(settings: Settings, as_of: date, known: set[tuple[str, str]]) -> tuple[Answers, pa.Table]:
    path = settings.review_workbook
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        sheet = python_calamine.load_workbook(str(path)).get_sheet_by_name(SHEET).to_python()
        header = [str(cell) for cell in sheet[HEADER_ROW - 1]]
        places = [header.index(name) for name in (*KEY_HEADERS, DECISION_HEADER, BY_HEADER)]
    except Exception:
        # Whatever is wrong with it, what the steward wrote is kept.
        path.replace(_free_name(path.with_name(f"review_unreadable_{as_of}.xlsx")))
        return Answers(is_unreadable=True), _table([])
    rows: list[tuple[object, ...]] = []
    unclear = 0
    for cells in sheet[HEADER_ROW:]:
        agency_l, number_l, agency_r, number_r, decision, by = (_text(cells[place]) for place in places)
        word = WORDS.get(decision.casefold())
        one, other = sorted(((agency_l, number_l), (agency_r, number_r)))
        if word and {one, other} <= known:
            rows.append((*one, *other, word, by or None, as_of, "review"))
        else:
            unclear += bool(decision)
    if unclear:
        # The workbook is written anew: what could not be followed stays to be read.
        shutil.copyfile(path, _free_name(path.with_name(f"review_unclear_{as_of}.xlsx")))
    return Answers(len(rows), unclear, workbook_hash=digest), _table(rows)


def _table(rows: list[tuple[object, ...]]) -> pa.Table:
    names = [column.split()[0] for column in COLUMNS.split(", ")]
    kinds = [pa.date32() if column.endswith("date") else pa.string() for column in COLUMNS.split(", ")]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table([pa.array(c, kind) for c, kind in zip(columns, kinds, strict=True)], names=names)
