"""Returns as an agency sees them: made by the real stages, opened as XML, filled in and dropped again.

Belongs here: making, opening and answering returns. Stays out: assertions.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from dagster_project.contracts import Expectations, load_expectations
from dagster_project.feedback.returns import write_feedback
from dagster_project.feedback.workbook import COLUMNS
from dagster_project.intake.archive import all_sightings, receive_files
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import Settings
from dagster_project.submissions import Submission, extract_paths
from dagster_project.validation.acceptance import Tally, accept_rows
from dagster_project.validation.verdicts import judge_new_extracts
from tests.integration.small_initiative import drop, small_settings

MORE_FILES = """
  - pattern: "register_{yyyy}-{mm}*.xlsx"
    kind: workbook
    header_row: 4
    totals_label: Total
    delivers: month
    extracts:
      - dataset: enrolments
        sheet: Cases open
        columns:
          enrolment_id_agency: number
          person_id_agency: id
          program_code: program
          entry_date: entry
          exit_date: exit
          destination_code: destination
  - pattern: "pack_{yyyy}-{mm}*.zip"
    kind: zip
    delivers: month
    extracts:
      - dataset: enrolments
        sheet: enrolments.csv
        columns:
          enrolment_id_agency: number
          person_id_agency: id
          program_code: program
          entry_date: entry
          exit_date: exit
          destination_code: destination
"""
AS_OF = date(2026, 3, 31)


def partners(root: Path) -> tuple[Settings, Expectations]:
    """An English and a French agency with CSV files, a workbook with titles above its headers, and zips."""
    settings = small_settings(root, ("clinic", "en"), ("centre", "fr"))
    for path in (settings.expectations / "partners").glob("*.yml"):
        path.write_text(path.read_text(encoding="utf-8") + MORE_FILES, encoding="utf-8")
    return settings, load_expectations(settings.expectations)


def build(settings: Settings, expectations: Expectations, as_of: date = AS_OF) -> tuple[list[Submission], Tally, int]:
    """The stages up to the answer: submissions, counts, and how many returns were written."""
    receive_files(settings)
    submissions = read_submissions(settings, expectations, all_sightings(settings))
    judge_new_extracts(settings, expectations, extract_paths(submissions))
    tally = accept_rows(settings, expectations, submissions, as_of)
    return submissions, tally, write_feedback(settings, expectations, submissions, as_of)


def received_on(settings: Settings, agency_id: str, days: dict[str, str]) -> None:
    """State the days on which an agency's files came."""
    lines = ["file,received", *(f"{name},{day}" for name, day in days.items())]
    drop(settings, agency_id, "received.csv", "\n".join(lines) + "\n")


def the_return(settings: Settings, agency_id: str, stem: str, ending: str = ".xlsx") -> Path:
    paths = [p for p in (settings.feedback / agency_id).glob(f"*{ending}") if p.stem.rpartition("_")[0] == stem]
    assert len(paths) == 1, paths
    return paths[0]


def parts_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def part_of_sheet(path: Path, name: str) -> str:
    """The part of the workbook that holds the sheet of a name."""
    listed = re.findall(r'<sheet name="([^"]+)"', parts_of(path)["xl/workbook.xml"])
    return f"xl/worksheets/sheet{[html.unescape(one) for one in listed].index(name) + 1}.xml"


def comments(path: Path, sheet: str) -> dict[str, str]:
    """By cell, the comments of a sheet."""
    parts = parts_of(path)
    part = part_of_sheet(path, sheet)
    relations = parts.get(part.replace("worksheets/", "worksheets/_rels/") + ".rels", "")
    target = re.search(r'Target="\.\./(comments\d+\.xml)"', relations)
    if target is None:
        return {}
    found = re.findall(r'<comment ref="(\w+)".*?<t\b[^>]*>(.*?)</t>', parts[f"xl/{target[1]}"], re.DOTALL)
    return {cell: html.unescape(text) for cell, text in found}


def looks(path: Path, sheet: str) -> dict[str, tuple[str, str]]:
    """By cell, the fill (or nothing) and the id of the number format; 49 is text."""
    parts = parts_of(path)
    styles = parts["xl/styles.xml"]
    fills = re.findall(r"<fill>(.*?)</fill>", styles)
    formats = re.findall(r'<xf numFmtId="(\d+)" fontId="\d+" fillId="(\d+)"', styles.split("<cellXfs")[1])
    found = {}
    for cell, style in re.findall(r'<c r="(\w+)" s="(\d+)"', parts[part_of_sheet(path, sheet)]):
        number_format, fill = formats[int(style)]
        colour = re.search(r'<fgColor rgb="FF(\w+)"', fills[int(fill)])
        found[cell] = (colour[1] if colour else "", number_format)
    return found


def filled_in(path: Path, answers: dict[int, tuple[str, str, str]]) -> bytes:
    """The return with answer, name and remark typed into lines of its sheet of findings."""
    names = [name for name, _ in COLUMNS]
    listed = re.findall(r'<sheet name="([^"]+)"', parts_of(path)["xl/workbook.xml"])
    part = part_of_sheet(path, html.unescape(listed[1]))
    content = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(content, "w") as target:
        for name in archive.namelist():
            text = archive.read(name)
            if name == part:
                text = _typed(text.decode("utf-8"), names, answers).encode()
            target.writestr(name, text)
    return content.getvalue()


def _typed(text: str, names: list[str], answers: dict[int, tuple[str, str, str]]) -> str:
    for row, values in answers.items():
        for name, value in zip(("your_answer", "your_name", "remark"), values, strict=True):
            cell = f"{chr(ord('A') + names.index(name))}{row}"
            typed = f'<c r="{cell}" t="inlineStr"><is><t>{html.escape(value)}</t></is></c>'
            text, count = re.subn(rf'<c r="{cell}"[^>]*/>', typed.replace("\\", r"\\"), text)
            assert count == 1, f"{cell} is no cell to answer in"
    return text


def with_months(expectations: Expectations, months: int) -> Expectations:
    return replace(expectations, initiative=replace(expectations.initiative, answers_expire_after_months=months))
