"""Write all partners' files below the drop folder.

Belongs here: which files are written for which month, nil returns, resubmissions, and the day each file came.
"""

from __future__ import annotations

import csv
import shutil
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

from dagster_project.demonstration.agencies import (
    backbone,
    child_protection,
    family_centre,
    health_centre,
    housing_agency,
    police_victim_support,
    post_adoption,
    school_board,
)
from dagster_project.demonstration.backbone import BackboneBook, build_backbone_book
from dagster_project.demonstration.bookkeeping import build_books
from dagster_project.demonstration.books import Book
from dagster_project.demonstration.faults import file_fault, spoil_rows
from dagster_project.demonstration.months import all_months, month_end
from dagster_project.demonstration.spoiling import cut_short
from dagster_project.demonstration.streams import stream
from dagster_project.demonstration.writers import write_nil

DEFAULT_SEED = 20250101
AnyBook = Book | BackboneBook
AGENCY_MODULES: dict[str, ModuleType] = {
    "school_board": school_board,
    "child_protection": child_protection,
    "health_centre": health_centre,
    "post_adoption": post_adoption,
    "housing_agency": housing_agency,
    "family_centre": family_centre,
    "police_victim_support": police_victim_support,
    "backbone": backbone,
}
DAYS_UNTIL_SENT = (3, 11)
DAYS_LATE, DAYS_UNTIL_RESENT = 58, 24


def write_demonstration(raw_root: Path, scale: int = 1, seed: int = DEFAULT_SEED) -> None:
    """Write the demonstration partners' folders anew below `raw_root`; other folders are left alone."""
    books: list[AnyBook] = [*build_books(scale, seed).values(), build_backbone_book(scale, seed)]
    for book in books:
        folder = raw_root / book.agency_id
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_agency(folder, book, seed)


def write_agency(folder: Path, book: AnyBook, seed: int) -> None:
    """All files of one agency, and its received.csv."""
    received: dict[str, date] = {}
    for month in sent_months(book.agency_id):
        random = stream(seed, "received", book.agency_id, month)
        sent = month_end(month) + timedelta(days=random.randint(*DAYS_UNTIL_SENT))
        if file_fault("late", book.agency_id, month):
            sent += timedelta(days=DAYS_LATE)
        received |= dict.fromkeys(write_month(folder, book, month), sent)
        received |= dict.fromkeys(write_again(folder, book, month), sent + timedelta(days=DAYS_UNTIL_RESENT))
    with (folder / "received.csv").open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(["file", "received"])
        writer.writerows([name, received[name].isoformat()] for name in sorted(received))


def sent_months(agency_id: str) -> list[date]:
    """The months for which an agency sends files: all, or the last of each quarter, but for a silent one."""
    months = all_months()
    if agency_id == "housing_agency":
        months = [month for month in months if month.month % 3 == 0]
    return [month for month in months if not file_fault("silent", agency_id, month)]


def write_month(folder: Path, book: AnyBook, month: date) -> list[str]:
    """A month's files, or its nil return; their names."""
    if file_fault("nil", book.agency_id, month):
        return [write_nil(folder, month).name]
    module = AGENCY_MODULES[book.agency_id]
    tables = spoil_rows(book.agency_id, month, module.tables(book, month))
    paths: list[Path] = module.write(folder, tables, month)
    if file_fault("cut_short", book.agency_id, month):
        cut_short(paths[0])
    return [path.name for path in paths]


def write_again(folder: Path, book: AnyBook, month: date) -> list[str]:
    """What an agency sends a second time: a corrected file, or the same bytes under another name."""
    module = AGENCY_MODULES[book.agency_id]
    resent = file_fault("resent", book.agency_id, month)
    copied = file_fault("copied", book.agency_id, month)
    if resent:
        tables = module.tables(book, month)
        wanted = {resent.table: tables[resent.table]} if resent.table else tables
        return [path.name for path in module.write(folder, wanted, month, "_v2")]
    if copied:
        copy = folder / f"{copied.table}_{month:%Y-%m}_copie.csv"
        shutil.copyfile(folder / f"{copied.table}_{month:%Y-%m}.csv", copy)
        return [copy.name]
    return []
