"""Onboarding tried on the demonstration partners: how much of each real agreement its files alone give back.

The agreement is taken away, proposed from one month's files with --yes, and compared column by column.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.contracts import Agreement, load_expectations
from dagster_project.onboarding.tables import tables_of
from dagster_project.onboarding.words import plain
from dagster_project.settings import PROJECT_ROOT

RAW = PROJECT_ROOT / "data" / "raw"
# At least so many of the columns that have a header of their own come back, in each partner's agreement, and at most so
# many wrongly. Left out: sheets with a column for each question, which name questions and not columns.
LEAST_COLUMNS, MOST_WRONG = 0.9, 0.03
QUESTIONS = ("question_code", "dimension_code")
# Files of one month, and the floor of the codes in them that come back, a little below what was reached on 2026-11-22.
# Of codes that are bare letters or numbers, as two partners have them, few can be known.
EXPECTED = {
    "child_protection": ("CP_extract_2026_03.xlsx", 0.95),
    "school_board": ("*_2026-03.*", 0.9),
    "post_adoption": ("post_adoption_2026-03.xlsx", 0.7),
    "family_centre": ("visites_2026-03.ods", 0.9),
    "police_victim_support": ("vs_202603.tsv", 0.2),
    "health_centre": ("*_2026-03.*", 0.2),
    "housing_agency": ("hmis_2026-03.zip", 1.0),
    "backbone": ("*_2026-03.xlsx", 0.75),
}


@dataclass
class Tally:
    columns: int = 0
    columns_right: int = 0
    columns_wrong: int = 0
    codes: int = 0
    codes_right: int = 0
    codes_wrong: int = 0


def compared(real: Agreement, made: Agreement, files: list[Path]) -> Tally:
    """Column by column of the real agreement that has a header of its own; of its codes those that are in the files."""
    tally = Tally()
    seen = {
        (plain(header), value.casefold())
        for file in files
        for table in tables_of(file)
        for header in table.headers
        if header
        for value in table.values(header)
    }
    proposed = {
        (kind.pattern.casefold(), (extract.sheet or "").casefold(), extract.dataset): extract
        for kind in made.agreed_files
        for extract in kind.extracts
    }
    for kind in real.agreed_files:
        for extract in kind.extracts:
            if any("constant" in extract.columns.get(name, ()) for name in QUESTIONS):
                continue
            found = proposed.get((kind.pattern.casefold(), (extract.sheet or "").casefold(), extract.dataset))
            for name, header in extract.columns.items():
                if not isinstance(header, str) or name == "health_number":
                    continue
                given = found.columns.get(name) if found else None
                tally.columns += 1
                tally.columns_right += str(given).casefold() == header.casefold()
                tally.columns_wrong += isinstance(given, str) and given.casefold() != header.casefold()
                if found is None or str(given).casefold() != header.casefold():
                    continue
                theirs = {code.casefold(): ours for code, ours in found.codes.get(name, {}).items()}
                for code, ours in extract.codes.get(name, {}).items():
                    if (plain(header), code.casefold()) not in seen:
                        continue
                    tally.codes += 1
                    tally.codes_right += theirs.get(code.casefold(), code.casefold()) == ours
                    tally.codes_wrong += code.casefold() in theirs and theirs[code.casefold()] != ours
    return tally


@pytest.mark.parametrize("agency_id", EXPECTED)
def test_most_of_an_agreement_comes_back_from_its_files(
    agency_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, least_codes = EXPECTED[agency_id]
    folder = tmp_path / "expectations"
    shutil.copytree(PROJECT_ROOT / "expectations", folder)
    (folder / "partners" / f"{agency_id}.yml").unlink()
    for path in (folder / "partners").glob("*.yml"):
        # Codes of others that speak of the agency would be unknown without its agreement.
        text = re.sub(rf"(?m)^ +[^:\n]+: {agency_id}\n", "", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("DORSALE_EXPECTATIONS", str(folder))
    monkeypatch.setenv("DORSALE_DATA", str(tmp_path / "data"))
    files = sorted((RAW / agency_id).glob(names))
    result = CliRunner().invoke(app, ["onboard", agency_id, *map(str, files), "--yes"])
    assert result.exit_code == 0, result.output
    made = load_expectations(folder).agreements[agency_id]
    real = load_expectations(PROJECT_ROOT / "expectations").agreements[agency_id]
    tally = compared(real, made, files)
    print(agency_id, tally)
    assert tally.columns_right >= LEAST_COLUMNS * tally.columns, tally
    assert tally.codes_right >= least_codes * tally.codes, tally
    assert tally.columns_wrong <= MOST_WRONG * tally.columns, tally
    assert tally.codes_wrong <= MOST_WRONG * tally.codes, tally
    for kind in real.agreed_files:
        given = next((k for k in made.agreed_files if k.pattern.casefold() == kind.pattern.casefold()), None)
        if given is not None:
            assert (given.header_row, given.delimiter) == (kind.header_row, kind.delimiter)
            assert given.totals_label == kind.totals_label
