"""Pseudonymising: an agency that may not share names sends tokens in their place.

Belongs here: `dorsale pseudonymise`, run at the agency: its own file in, a zip without any personal column out, and the
agreement with which the backbone reads such zips. Stays out: the match keys (identity).

What goes out is made of the contracts' columns, never of the file's own, so that no personal column can slip through.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import duckdb
import yaml

from dagster_project.contracts import Agreement, Expectations, Extract
from dagster_project.identity.tokenising import tokenise_persons
from dagster_project.identity.tokens import derived_key
from dagster_project.intake.archive import receive_files
from dagster_project.intake.drop_folder import look
from dagster_project.intake.submissions import read_submissions
from dagster_project.rooms import open_room
from dagster_project.settings import Settings
from dagster_project.submissions import Submission, extract_paths
from dagster_project.validation.acceptance import accept_rows
from dagster_project.validation.verdicts import judge_new_extracts
from dagster_project.whole_files import quoted, write_whole


class UnusableForTokensError(Exception):
    """The file cannot be read by the agency's agreement; `rule_ids` are keys of expectations/findings.yml."""

    def __init__(self, rule_ids: list[str]):
        self.rule_ids = rule_ids
        super().__init__(", ".join(rule_ids))


@dataclass(frozen=True)
class Pseudonymised:
    """What was written: the zip, the backbone's agreement, rows by dataset, and persons with tokens."""

    zip_path: Path
    agreement_path: Path
    rows: dict[str, int]
    persons_with_tokens: int


def pseudonymise(
    settings: Settings, expectations: Expectations, file: Path, agency_id: str, key: bytes, folder: Path
) -> Pseudonymised:
    """Write `tokens_<n>_<period>.zip` and `<agency_id>.yml` into `folder`. Raises `UnusableForTokensError`."""
    with tempfile.TemporaryDirectory(prefix="dorsale-tokens-") as room_folder:
        room = replace(settings, data=Path(room_folder))
        (room.raw / agency_id).mkdir(parents=True)
        shutil.copyfile(file, room.raw / agency_id / file.name)
        # Numbers derived from names must be the same every month.
        write_whole(room.journal / "derivation.key", derived_key(key, "person numbers").encode())
        submissions = read_submissions(room, expectations, receive_files(room, look(room.raw, wait=False)))
        if not submissions or not any(extract.path for extract in submissions[0].extracts):
            raise UnusableForTokensError([f.rule_id for s in submissions for f in s.findings] or ["unexpected_file"])
        judge_new_extracts(room, expectations, extract_paths(submissions))
        accept_rows(room, expectations, submissions, datetime.now(UTC).date())
        agreement = expectations.agreements[agency_id]
        number = [kind.pattern for kind in agreement.files].index(str(submissions[0].pattern))
        zip_path = folder / f"tokens_{number + 1}_{str(submissions[0].period_start)[:7]}.zip"
        with open_room(room) as connection:
            tokenise_persons(connection, room, expectations, key)
            rows = _write_zip(connection, room, expectations, agreement, number, submissions[0], zip_path)
            found = connection.sql("select count(link_tokens) from person_tokens").fetchone()
    agreement_path = folder / f"{agency_id}.yml"
    text = yaml.safe_dump(token_agreement(agreement, expectations), allow_unicode=True, sort_keys=False, width=120)
    write_whole(agreement_path, text.encode())
    return Pseudonymised(zip_path, agreement_path, rows, int(found[0]) if found else 0)


def token_agreement(agreement: Agreement, expectations: Expectations) -> dict[str, Any]:
    """The agreement with which the backbone reads the zips: the agency's own, with files in our columns and codes."""
    files = [
        {
            "pattern": f"tokens_{n}_{{yyyy}}-{{mm}}*.zip",
            "kind": "zip",
            "delivers": kind.delivers,
            "extracts": [
                {
                    "dataset": extract.dataset,
                    "sheet": _member(m, extract),
                    **({"repeats": True} if extract.repeats else {}),
                    "columns": {column: column for column in _shared_columns(extract, expectations)},
                }
                for m, extract in enumerate(kind.extracts, 1)
            ],
        }
        for n, kind in enumerate(agreement.agreed_files, 1)
    ]
    programs = [
        {
            "program_id": program.program_id,
            "name": program.name,
            **({"records_destinations": True} if program.records_destinations else {}),
            **({"instruments": list(program.instruments)} if program.instruments else {}),
        }
        for program in agreement.programs
    ]
    rule = "required" if agreement.needs_consent_to_link else "presumed"
    return {
        "agency_id": agreement.agency_id,
        "name": agreement.name,
        "sector": agreement.sector,
        "language": agreement.language,
        "valid_from": agreement.valid_from.isoformat(),
        **({"valid_to": agreement.valid_to.isoformat()} if agreement.valid_to else {}),
        "legal_basis": agreement.legal_basis,
        "consent": agreement.consent,
        "consent_rule": rule,
        "frequency": agreement.frequency,
        "due_day": agreement.due_day,
        "programs": programs,
        "files": files,
    }


def _member(number: int, extract: Extract) -> str:
    return f"{number}_{extract.dataset}.csv"


def _shared_columns(extract: Extract, expectations: Expectations) -> list[str]:
    """The contract's columns that the extract fills and that are not personal; for persons the tokens and the zone."""
    contract = expectations.contracts[extract.dataset]
    shared = [c.name for c in contract.columns if c.name in extract.columns and not c.is_personal]
    if extract.dataset == "persons":
        shared += [name for name in ("zone_code", "link_tokens") if name not in shared]
    return shared


def _write_zip(
    connection: duckdb.DuckDBPyConnection,
    room: Settings,
    expectations: Expectations,
    agreement: Agreement,
    number: int,
    submission: Submission,
    zip_path: Path,
) -> dict[str, int]:
    rows: dict[str, int] = {}
    zip_path.parent.mkdir(parents=True, exist_ok=True)
    temporary = zip_path.with_name(f".{zip_path.name}")
    with ZipFile(temporary, "w", ZIP_DEFLATED) as archive:
        for n, (extract, read) in enumerate(zip(agreement.files[number].extracts, submission.extracts, strict=True), 1):
            columns = _shared_columns(extract, expectations)
            made = {"link_tokens": "t.link_tokens", "zone_code": "coalesce(r.zone_code, t.zone_id)"}
            selected = ", ".join(f"{made.get(c, f'r.{c}')} as {c}" for c in columns)
            tokens = "left join person_tokens as t using (person_id_agency)" if "link_tokens" in columns else ""
            path = room.data / _member(n, extract)
            source = (
                f"(select * from {quoted(room.extracts / str(read.path))} where _extract_number = {n - 1})"
                if read.path
                else None
            )
            if source is None:
                path.write_text(",".join(columns) + "\n", encoding="utf-8")
            else:
                connection.execute(f"""
                    copy (select {selected} from {source} as r {tokens} where _fault is null order by _row_number)
                    to {quoted(path)} (format csv, header true)
                """)
            # No clock in the file: the same rows are the same bytes.
            archive.writestr(ZipInfo(path.name, (2025, 1, 1, 0, 0, 0)), path.read_bytes(), ZIP_DEFLATED)
            rows[extract.dataset] = rows.get(extract.dataset, 0) + read.rows_in
    temporary.replace(zip_path)
    return rows
