"""Taking: a file that came by e-mail under any name is recognised by what is in it, and filed in the drop folder.

Belongs here: whose file it is, of which kind and period, and how sure that is. Stays out: asking (cli), and judging
its rows (a build does). The file is copied under its agreed name; nothing of it is changed.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from dagster_project.contracts import Agreement, Expectations, Extract, FileKind, Period
from dagster_project.intake.drop_folder import RECEIVED_FILE
from dagster_project.intake.extracting import needed_headers
from dagster_project.intake.mapping import headers_of
from dagster_project.intake.reading import Sheet, UnusableFileError
from dagster_project.intake.reading.agreed import AgreedFile
from dagster_project.intake.reading.pool import ReadingTask, read_in_pool
from dagster_project.intake.recognition import is_correction
from dagster_project.settings import Settings
from dagster_project.whole_files import write_whole

# Of two candidates, the better is sure when it has so much more of what speaks for it.
CLEARLY = 0.1
# Of the agreed headers, the share that a file must have to be one; what lacking one that cannot be missed takes away.
LEAST_SHARE, LACKING = 0.5, 0.8
# Of a file's dates, the share that must fall in one period to tell it.
MOST_DATES = 0.6
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january janvier jan janv", "february fevrier feb fevr fev", "march mars mar", "april avril apr avr",
            "may mai", "june juin jun", "july juillet jul juil", "august aout aug", "september septembre sept sep",
            "october octobre oct", "november novembre nov", "december decembre dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_YEAR_AND_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?!\d)")
_MONTH_AND_YEAR = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[-_. ](20\d\d)(?!\d)")


@dataclass(frozen=True)
class Candidate:
    """An agreement and a kind of file of it that the file may be.

    `share` is how much of the agreed headers it has, less where one is missing that cannot be; `score` counts all that
    speaks for it, up to 3.
    """

    agreement: Agreement
    kind: FileKind
    file: AgreedFile
    share: float
    score: float


@dataclass(frozen=True)
class Recognition:
    """The candidates, best first; whether the first is sure; the period as name and rows tell it, and how surely."""

    candidates: list[Candidate]
    is_sure: bool
    period: Period | None
    is_period_sure: bool


def recognise_file(
    settings: Settings, expectations: Expectations, path: Path, agency_id: str | None = None
) -> Recognition:
    """What the file is. Raises `UnusableFileError` when no agreed kind can read it."""
    candidates = sorted(_candidates(settings, expectations, path, agency_id), key=lambda one: -one.score)
    if not candidates:
        raise UnusableFileError("columns_missing")
    best, *others = candidates
    is_sure = best.share > LACKING and (not others or best.score - others[0].score >= CLEARLY)
    period, is_period_sure = _period(expectations, best, path.name)
    return Recognition(candidates, is_sure, period, is_period_sure)


def agreed_name(candidate: Candidate, period: Period, original: str, correction: bool = False) -> str:
    """The file's name by the agreement, for a period; a correction says so in it."""
    name = candidate.kind.pattern.replace("{yyyy}", f"{period.start:%Y}").replace("{mm}", f"{period.start:%m}")
    is_corrected = correction or is_correction(candidate.kind, original)
    stem, _, ending = name.rpartition(".")
    if "*" in stem:
        return f"{stem.replace('*', '_correction' if is_corrected else '', 1).replace('*', '')}.{ending}"
    return name


def file_away(settings: Settings, path: Path, agency_id: str, name: str, received: date) -> Path:
    """Copy the file into the agency's drop folder under a free name, and note the day it came; return its place."""
    folder = settings.raw / agency_id
    content = path.read_bytes()
    target = _free_name(folder / name, content)
    write_whole(target, content)
    _note_received(folder / RECEIVED_FILE, target.name, received)
    return target


def _candidates(
    settings: Settings, expectations: Expectations, path: Path, agency_id: str | None
) -> Iterator[Candidate]:
    agreed = [
        (agreement, ReadingTask(path, kind, needed_headers(kind, expectations)))
        for agreement in expectations.agreements.values()
        for kind in agreement.files
        if agency_id in (None, agreement.agency_id)
    ]
    for (agreement, task), file in zip(agreed, read_in_pool([task for _, task in agreed]), strict=True):
        if not isinstance(file, AgreedFile):
            continue
        share = _share_of_headers(task.kind, file, task.needed)
        if share >= LEAST_SHARE:
            is_named = task.kind.period_start(path.name) is not None
            score = share + is_named + _share_known(settings, agreement, task.kind, file)
            yield Candidate(agreement, task.kind, file, share, score)


def _share_of_headers(kind: FileKind, file: AgreedFile, needed: dict[str | None, frozenset[str]]) -> float:
    """Share of the agreed headers that the file has; less where it lacks one that cannot be missed."""
    wanted = found = 0
    lacks_needed = False
    for extract in kind.extracts:
        sheet = file.sheets[extract.sheet]
        if isinstance(sheet, UnusableFileError):
            continue
        lacks_needed = lacks_needed or any(sheet.column_of(header) is None for header in needed[extract.sheet])
        headers = {header for source in extract.columns.values() for header in headers_of(source)}
        wanted += len(headers)
        found += sum(1 for header in headers if sheet.column_of(header) is not None)
    share = found / wanted if wanted else 0.0
    return share * LACKING if lacks_needed else share


def _share_known(settings: Settings, agreement: Agreement, kind: FileKind, file: AgreedFile) -> float:
    """Share of the file's person numbers that the agency's accepted persons have; agencies may share their headers."""
    known = settings.accepted / "persons.parquet"
    for extract in kind.extracts if known.exists() else ():
        header = extract.columns.get("person_id_agency")
        sheet = file.sheets[extract.sheet]
        column = sheet.column_of(header) if isinstance(sheet, Sheet) and isinstance(header, str) else None
        if isinstance(sheet, Sheet) and column is not None:
            with duckdb.connect() as connection:
                connection.register("sheet_rows", sheet.rows)
                row = connection.execute(
                    f"""select avg((s.{column} in (
                          select person_id_agency from read_parquet(?) where _agency_id = ?))::int)
                        from sheet_rows as s where s.{column} is not null""",
                    [str(known), agreement.agency_id],
                ).fetchone()
            return float(row[0] or 0.0) if row else 0.0
    return 0.0


def _period(expectations: Expectations, candidate: Candidate, name: str) -> tuple[Period | None, bool]:
    """The period, and whether it is sure: by the agreed name, else where the name and the rows do not disagree."""
    agreed = candidate.kind.period_start(name)
    if agreed is not None:
        return candidate.agreement.period_of(agreed), True
    named, told = _day_in_name(name), _day_in_rows(expectations, candidate)
    by_name = candidate.agreement.period_of(named) if named else None
    by_rows = candidate.agreement.period_of(told) if told else None
    if by_name and by_rows:
        return by_name, by_name == by_rows
    return by_name or by_rows, by_rows is not None and candidate.kind.delivers == "month"


def _day_in_name(name: str) -> date | None:
    """The first day of the month that a name tells in digits or in words of either language."""
    stem = "".join(c for c in unicodedata.normalize("NFD", Path(name).stem) if not unicodedata.combining(c)).casefold()
    if found := _YEAR_AND_MONTH.search(stem):
        return date(int(found[1]), int(found[2]), 1)
    if found := _MONTH_AND_YEAR.search(stem):
        return date(int(found[2]), int(found[1]), 1)
    words = [_MONTHS[word] for word in re.findall(r"[a-z]+", stem) if word in _MONTHS]
    years = re.findall(r"(?<!\d)(20\d\d)(?!\d)", stem)
    return date(int(years[0]), words[0], 1) if len(set(words)) == 1 and len(set(years)) == 1 else None


def _day_in_rows(expectations: Expectations, candidate: Candidate) -> date | None:
    """The first day of the month in which most of the rows' own dates fall."""
    months: Counter[date] = Counter()
    formats = dict.fromkeys([candidate.kind.date_format, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"])
    for extract in candidate.kind.extracts:
        sheet = candidate.file.sheets[extract.sheet]
        header = _date_header(expectations, extract)
        column = sheet.column_of(header) if isinstance(sheet, Sheet) and header else None
        if isinstance(sheet, Sheet) and column is not None:
            with duckdb.connect() as connection:
                connection.register("sheet_rows", sheet.rows)
                counted = connection.execute(
                    f"""select date_trunc('month', try_strptime({column}, ?))::date as month, count(*)
                        from sheet_rows group by all having month is not null""",
                    [list(formats)],
                ).fetchall()
            months.update(dict(counted))
    if not months:
        return None
    month, count = months.most_common(1)[0]
    return month if count >= MOST_DATES * months.total() else None


def _date_header(expectations: Expectations, extract: Extract) -> str | None:
    """The header of the dataset's required date: what places a row in time."""
    for column in expectations.contracts[extract.dataset].columns:
        source = extract.columns.get(column.name)
        if column.required and column.logical_type in ("date", "timestamp") and isinstance(source, str):
            return source
    return None


def _free_name(target: Path, content: bytes) -> Path:
    """The name itself, or with a number behind it where other bytes lie under it."""
    number, free = 1, target
    while free.exists() and free.read_bytes() != content:
        number += 1
        free = target.with_name(f"{target.stem}_{number}{target.suffix}")
    return free


def _note_received(path: Path, name: str, received: date) -> None:
    """Add a line to the agency's received.csv, in its own delimiter; a line of the same file stays."""
    before = path.read_bytes().decode("utf-8-sig") if path.exists() else "file,received\n"
    delimiter = ";" if ";" in before.partition("\n")[0] else ","
    rows = list(csv.reader(before.splitlines(), delimiter=delimiter))
    header = [cell.strip() for cell in rows[0]]
    place = header.index("file") if "file" in header else 0
    if any(len(row) > place and row[place] == name for row in rows[1:]):
        return
    line = {"file": name, "received": received.isoformat()}
    cells = delimiter.join(line.get(cell, "") for cell in header)
    write_whole(path, f"{before.rstrip()}\n{cells}\n".encode())
