"""Checking: a file is judged as a build would, in a room of its own, and nothing of it is kept.

Belongs here: `dorsale check`. Stays out: the rules.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as parquet

from dagster_project.contracts import Expectations
from dagster_project.feedback.findings import SEVERITY_ORDER, Finding, list_findings
from dagster_project.intake.archive import receive_files
from dagster_project.intake.drop_folder import look
from dagster_project.intake.submissions import read_submissions
from dagster_project.settings import Settings
from dagster_project.submissions import extract_paths
from dagster_project.validation.acceptance import Tally, accept_rows
from dagster_project.validation.verdicts import judge_new_extracts

EXIT_CODES = {"clean": 0, "warn": 1, "quarantine": 2, "hold": 2, "reject": 3}


@dataclass(frozen=True)
class Judgement:
    """What a build would say of the file: the worst severity (or clean), the counts and the findings."""

    verdict: str
    tally: Tally
    findings: list[Finding]


def check_file(settings: Settings, expectations: Expectations, file: Path, agency_id: str) -> Judgement:
    """Judge one file of an agency, beside what the last build took: its persons, and the size of earlier files."""
    with tempfile.TemporaryDirectory(prefix="dorsale-check-") as folder:
        room = replace(settings, data=Path(folder))
        (room.raw / agency_id).mkdir(parents=True)
        shutil.copyfile(file, room.raw / agency_id / file.name)
        submissions = read_submissions(room, expectations, receive_files(room, look(room.raw, wait=False)))
        if not submissions:
            # A hidden file or a received.csv is no submission.
            words = expectations.finding_words["unexpected_file"]
            finding = Finding("unexpected_file", "", None, "", "reject", words.message["en"], words.remedy["en"])
            return Judgement("reject", Tally(0, 0, 0, 0), [finding])
        judge_new_extracts(room, expectations, extract_paths(submissions))
        tally = accept_rows(room, expectations, submissions, datetime.now(UTC).date(), settings)
        rows = parquet.read_table(room.quarantine / "findings.parquet").to_pylist()
        findings = [found.shown for found in list_findings(expectations, submissions[0], "accepted", rows)]
    worst = [severity for severity in SEVERITY_ORDER if any(f.severity == severity for f in findings)]
    return Judgement(worst[0] if worst else "clean", tally, findings)
