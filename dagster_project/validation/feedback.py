"""Feedback: for every submission a workbook in the agency's language, with a summary and every finding.

Belongs here: words and the workbook. Stays out: finding anything. A finding shows the place, the rule and the remedy,
never a value: the agency looks the value up in its own file.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from dagster_project.contracts import Expectations
from dagster_project.settings import Settings
from dagster_project.submissions import ReadExtract, Submission
from dagster_project.whole_files import write_whole

STREAMED_FROM = 5_000
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "summary": "Summary",
        "findings": "Findings",
        "file": "File",
        "agency": "Agency",
        "period": "Period",
        "received": "Received",
        "outcome": "Outcome",
        "rows_in": "Rows read",
        "rows_accepted": "Rows accepted",
        "rows_quarantined": "Rows set aside",
        "dataset": "Dataset",
        "sheet": "Sheet",
        "row": "Row",
        "column": "Column",
        "what": "What we found",
        "remedy": "What to do",
        "effect": "What became of it",
        "expected": "Agreed file names",
        "contact": "Questions",
        "thanks": "Thank you. Nothing needs your attention in this file.",
        "please": "Thank you. Please look at the sheet 'Findings': each line says where, what and what to do.",
        "accepted": "Received and counted",
        "nil": "Nothing to report, noted",
        "superseded": "Replaced by a later file; kept",
        "rejected": "Could not be used; nothing of it is counted yet",
        "duplicate": "Already received before; changes nothing",
        "reject": "File or sheet sent back",
        "quarantine": "Row set aside until corrected",
        "warn": "Counted; please check",
    },
    "fr": {
        "summary": "Sommaire",
        "findings": "Constats",
        "file": "Fichier",
        "agency": "Organisme",
        "period": "Période",
        "received": "Reçu le",
        "outcome": "Suite donnée",
        "rows_in": "Lignes lues",
        "rows_accepted": "Lignes acceptées",
        "rows_quarantined": "Lignes mises de côté",
        "dataset": "Jeu de données",
        "sheet": "Feuille",
        "row": "Ligne",
        "column": "Colonne",
        "what": "Constat",
        "remedy": "Que faire",
        "effect": "Conséquence",
        "expected": "Noms de fichiers convenus",
        "contact": "Questions",
        "thanks": "Merci. Rien dans ce fichier ne demande votre attention.",
        "please": "Merci. Veuillez consulter la feuille « Constats » : chaque ligne dit où, quoi et que faire.",
        "accepted": "Reçu et compté",
        "nil": "Rien à déclarer, noté",
        "superseded": "Remplacé par un fichier plus récent; conservé",
        "rejected": "Inutilisable; rien n'en est compté pour l'instant",
        "duplicate": "Déjà reçu; ne change rien",
        "reject": "Fichier ou feuille à corriger et à renvoyer",
        "quarantine": "Ligne mise de côté jusqu'à sa correction",
        "warn": "Comptée; veuillez vérifier",
    },
}


@dataclass(frozen=True)
class Finding:
    """One line of the workbook: the place (file-wide where empty), the rule and its severity."""

    sheet: str
    row: int | None
    column: str
    severity: str
    message: str
    remedy: str


def write_feedback(settings: Settings, expectations: Expectations, submissions: list[Submission]) -> int:
    """Write the workbooks whose content changed; return how many."""
    states = {row["submission_id"]: row for row in _rows(settings.reference / "submission_files.parquet")}
    row_findings = defaultdict(list)
    for row in _rows(settings.quarantine / "findings.parquet"):
        row_findings[row["_submission_id"]].append(row)
    index_path = settings.feedback / ".index.json"
    index = json.loads(index_path.read_text(encoding="utf-8")) if index_path.exists() else {}
    written = {}
    for submission in submissions:
        state = states[submission.submission_id]
        findings = list(list_findings(expectations, submission, state["state"], row_findings[submission.submission_id]))
        path = settings.feedback / submission.agency_id / _file_name(submission)
        content = repr((submission, state, findings, WORDS, expectations.initiative.contact))
        digest = hashlib.sha256(content.encode()).hexdigest()
        name = path.relative_to(settings.feedback).as_posix()
        if index.get(name) != digest or not path.exists():
            _write_workbook(path, expectations, submission, state, findings)
            written[name] = digest
    if written:
        write_whole(index_path, json.dumps({**index, **written}, indent=0, sort_keys=True).encode())
    return len(written)


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def _file_name(submission: Submission) -> str:
    return f"{Path(submission.path).stem}_{submission.submission_id[:8]}.xlsx"


def _language(expectations: Expectations, submission: Submission) -> str:
    agreement = expectations.agreements.get(submission.agency_id)
    return agreement.language if agreement else "en"


def list_findings(
    expectations: Expectations, submission: Submission, state: str, row_findings: list[dict[str, Any]]
) -> Iterator[Finding]:
    """File findings first, then row findings by sheet and row."""
    language = _language(expectations, submission)
    for found in submission.findings:
        sheet = found.sheet or ""
        extract = next((e for e in submission.extracts if e.dataset == found.dataset), None)
        column = _column_words(expectations, language, found.dataset, found.column, extract)
        yield _own_finding(expectations, found.rule_id, None, language, sheet, None, column)
    if state == "superseded":
        yield _own_finding(expectations, "period_resent", None, language, "", None, "")
    for row in sorted(row_findings, key=lambda r: (r["_extract_number"], r["_row_number"], r["rule_id"])):
        extract = submission.extracts[row["_extract_number"]]
        column = _column_words(expectations, language, extract.dataset, row["column"], extract)
        place = (extract.sheet or "", row["_row_number"], column)
        rule_id = row["rule_id"]
        if rule_id in expectations.finding_words:
            yield _own_finding(expectations, rule_id, row["severity"], language, *place)
        else:
            contract = expectations.contracts[extract.dataset]
            rule = next(rule for rule in contract.rules if rule.rule_id == rule_id)
            remedy = expectations.finding_words["required"].remedy[language] if rule.severity == "quarantine" else ""
            yield Finding(*place, row["severity"], rule.message[language], remedy)


def _own_finding(
    expectations: Expectations,
    rule_id: str,
    severity: str | None,
    language: str,
    sheet: str,
    row: int | None,
    column: str,
) -> Finding:
    words = expectations.finding_words[rule_id]
    places = {"sheet": sheet or "1", "column": column}
    return Finding(
        sheet,
        row,
        column,
        severity or words.severity,
        words.message[language].format(**places),
        words.remedy[language].format(**places),
    )


def _column_words(
    expectations: Expectations, language: str, dataset: str | None, column: str | None, extract: ReadExtract | None
) -> str:
    """The agency's own header; our label where the agency has none."""
    if column is None or dataset is None:
        return ""
    header = extract.headers.get(column) if extract else None
    return header or expectations.contracts[dataset].column(column).label[language]


def _write_workbook(
    path: Path, expectations: Expectations, submission: Submission, state: dict[str, Any], findings: list[Finding]
) -> None:
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    words = WORDS[_language(expectations, submission)]
    # Texts stay texts: no cell may run as a formula or become a link.
    # Long lists are streamed; short ones are quicker in memory than through temporary files.
    is_long = len(findings) > STREAMED_FROM
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "constant_memory": is_long,
        "in_memory": not is_long,
    }
    with xlsxwriter.Workbook(str(temporary), options) as workbook:
        bold = workbook.add_format({"bold": True, "valign": "top"})
        plain = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet = workbook.add_worksheet(words["summary"])
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 90)
        for n, (label, value) in enumerate(_summary(expectations, submission, state, bool(findings), words)):
            sheet.write(n, 0, label, bold)
            sheet.write(n, 1, value, plain)
        sheet = workbook.add_worksheet(words["findings"])
        sheet.freeze_panes(1, 0)
        for n, (name, width) in enumerate(
            (("sheet", 16), ("row", 8), ("column", 24), ("what", 60), ("remedy", 60), ("effect", 28))
        ):
            sheet.set_column(n, n, width)
            sheet.write(0, n, words[name], bold)
        for n, found in enumerate(findings, 1):
            # Nothing of a replaced or repeated file is counted, whatever the finding.
            effect = words[state["state"] if state["state"] in ("superseded", "duplicate") else found.severity]
            line = (found.sheet, found.row, found.column, found.message, found.remedy, effect)
            for m, value in enumerate(line):
                sheet.write(n, m, value, plain)
    temporary.replace(path)


def _summary(
    expectations: Expectations,
    submission: Submission,
    state: dict[str, Any],
    has_findings: bool,
    words: dict[str, str],
) -> Iterator[tuple[str, Any]]:
    agreement = expectations.agreements.get(submission.agency_id)
    language = _language(expectations, submission)
    yield words["file"], Path(submission.path).name
    yield words["agency"], agreement.name[language] if agreement else submission.agency_id
    if submission.period_start:
        yield words["period"], f"{submission.period_start} – {submission.period_end}"
    yield words["received"], submission.received_date
    yield words["outcome"], words[state["state"]]
    for name in ("rows_in", "rows_accepted", "rows_quarantined"):
        yield words[name], state[name]
    for extract in submission.extracts:
        label = expectations.contracts[extract.dataset].label[language]
        yield f"{words['dataset']} : {label}", f"{words['rows_in']} : {extract.rows_in}"
    if agreement:
        yield words["expected"], "; ".join(file.pattern for file in agreement.files)
    yield words["contact"], expectations.initiative.contact
    yield "", words["please"] if has_findings else words["thanks"]
