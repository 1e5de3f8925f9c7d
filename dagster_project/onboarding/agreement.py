"""The proposed agreement as a file to confirm: each line with its confidence and reason.

Belongs here: YAML. Stays out: guessing. Of values of rows only codes stand in it, and of those only what codes.py gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dagster_project.contracts import Expectations, Words
from dagster_project.onboarding.codes import CodeProposal
from dagster_project.onboarding.datasets import DatasetMatch, only_program
from dagster_project.onboarding.dates import Proposal
from dagster_project.onboarding.headers import SURE
from dagster_project.onboarding.kinds import KindProposal
from dagster_project.onboarding.profiles import profile_of
from dagster_project.onboarding.tables import ExampleTable
from dagster_project.start_answers import TO_WRITE, on_one_line, slug

CONFIRM = "TO CONFIRM"
_MOST_PROGRAMS = 15


@dataclass(frozen=True)
class AgencyFacts:
    """What no file tells of an agency; `is_said` is false where it was only guessed."""

    agency_id: str
    name: Words
    sector: str
    language: str
    is_said: bool
    today: date


def agreement_lines(facts: AgencyFacts, kinds: Sequence[KindProposal], expectations: Expectations) -> list[str]:
    """The whole agreement of a new agency."""
    guessed = "" if facts.is_said else f"  # {CONFIRM}: guessed"
    first_days = [kind.first_day for kind in kinds if kind.first_day]
    valid_from = min(first_days, default=facts.today.replace(day=1))
    return [
        "# Proposed by dorsale onboard from the agency's own files. Read it line by line with the agency: each line",
        f"# says how sure it is and why; look for {CONFIRM}. Take the comments away when they are settled.",
        f"agency_id: {on_one_line(facts.agency_id)}",
        f"name: {on_one_line(facts.name)}{guessed}",
        f"sector: {on_one_line(facts.sector)}{guessed}",
        f"language: {facts.language}{guessed}",
        f"valid_from: {valid_from.isoformat()}  # {CONFIRM}: the first period of the examples",
        f"legal_basis: {on_one_line(TO_WRITE)}",
        f"consent: {on_one_line(TO_WRITE)}",
        f"frequency: month  # {CONFIRM}",
        f"due_day: 15  # {CONFIRM}",
        *_program_lines(facts.agency_id, kinds, expectations),
        "files:",
        *(line for kind in kinds for line in kind_lines(kind)),
    ]


def kind_lines(kind: KindProposal) -> list[str]:
    """One kind of file below `files:`; what cannot be read yet, all of it or a sheet, is a comment."""
    lines = _kind_lines(kind)
    if any(kind.is_readable(table, match) for table, match in kind.matches):
        return lines
    return [f"  # {line.removeprefix('  ')}" for line in lines]


def _kind_lines(kind: KindProposal) -> list[str]:
    first = kind.tables[0]
    lines = [f"  - pattern: {_said(kind.pattern)}", f"    kind: {first.kind}"]
    if first.kind != "workbook":
        lines += [f"    encoding: {first.encoding}"] if first.encoding not in (None, "utf-8") else []
        lines += [f'    delimiter: "{_visible(first.delimiter)}"'] if first.delimiter not in (None, ",") else []
        lines += [f"    quote: {on_one_line(first.quote)}"] if first.quote not in (None, "", '"') else []
    lines += [f"    header_row: {kind.header_row}"] if kind.header_row > 1 else []
    lines += [f"    totals_label: {on_one_line(kind.totals_label)}"] if kind.totals_label else []
    if kind.date_format.value != "%Y-%m-%d" or kind.date_format.confidence < SURE:
        lines.append(f"    date_format: {_said(kind.date_format)}")
    if kind.decimal_mark.value != "." or kind.decimal_mark.confidence < SURE:
        lines.append(f"    decimal_mark: {_said(kind.decimal_mark)}")
    lines += [f"    delivers: month  # {CONFIRM}: month, everything or changes", "    extracts:"]
    for table in kind.tables:
        lines += _notes(kind, table)
    for table, match in kind.matches:
        extract = _extract_lines(table, match)
        if kind.is_readable(table, match):
            lines += extract
        else:
            lines += [f"      # NOT READ YET: {why}" for why in _why_not(kind, table, match)]
            lines += [f"      # {line.removeprefix('      ')}" for line in extract]
    return lines


def _notes(kind: KindProposal, table: ExampleTable) -> list[str]:
    where = f"the sheet {on_one_line(table.sheet)}" if table.sheet else "the file"
    lines = []
    if not any(of is table for of, _ in kind.matches):
        lines.append(f"      # In {where} no dataset was recognised.")
    for row in table.others:
        lines.append(f"      # In {where} another table begins in row {row}: ask for it on a sheet of its own.")
    return lines


def _why_not(kind: KindProposal, table: ExampleTable, match: DatasetMatch) -> Iterator[str]:
    for name in match.missing:
        yield f"no header was found for the required column {name}; write it, and take the # away."
    if table.header_row != kind.header_row:
        yield f"its headers are in row {table.header_row}, those of other sheets in row {kind.header_row}."


def _extract_lines(table: ExampleTable, match: DatasetMatch) -> list[str]:
    lines = [f"      - dataset: {match.dataset}  # {_sure(match.confidence)}: {match.reason}"]
    lines += [f"        sheet: {on_one_line(table.sheet)}"] if table.sheet else []
    lines += ["        repeats: true  # several rows stand for one"] if match.repeats else []
    lines.append("        columns:")
    for name, parts in match.derived.items():
        lines.append(
            f"          {name}: {on_one_line({'derive': parts})}  # {CONFIRM}: no header says it; made of these"
        )
    for name, found in match.columns.items():
        note = f"{_sure(found.confidence)}: {found.reason}"
        lines.append(f"          {name}: {on_one_line(found.header)}  # {note}")
    for name, constant in match.constants.items():
        lines.append(f"          {name}: {on_one_line({'constant': constant})}  # {CONFIRM}: no header says it")
    for name, found in match.left_out.items():
        lines.append(f"          # {name}: {on_one_line(found.header)}  needs its legal basis under identifiers first")
    codes = {name: p for name, p in match.codes.items() if p.codes or p.unclear}
    if any(proposal.codes for proposal in codes.values()):
        lines.append("        codes:")
    elif codes:
        lines.append("        # codes:")
    for name, proposal in codes.items():
        lines += _code_lines(name, proposal)
    return lines


def _code_lines(name: str, proposal: CodeProposal) -> list[str]:
    mark = "" if proposal.codes else "# "
    lines = [f"          {mark}{name}:"]
    for theirs, ours in proposal.codes.items():
        lines.append(f"            {on_one_line(theirs)}: {on_one_line(ours)}  # {_sure(proposal.confidences[theirs])}")
    lines += [f"            # {on_one_line(theirs)}:  which of our codes is it?" for theirs in proposal.unclear]
    return lines


def _program_lines(agency_id: str, kinds: Sequence[KindProposal], expectations: Expectations) -> list[str]:
    """Programmes by the values of the columns that name them; one for an agency whose files name none."""
    taken = {program.program_id for a in expectations.agreements.values() for program in a.programs}
    names = sorted({value for kind in kinds for table, match in kind.matches for value in _programs(table, match)})
    lines = [f"programs:  # {CONFIRM}: the names, and that these are all"]
    for name in names[:_MOST_PROGRAMS]:
        program_id = slug(name) if slug(name) not in taken and not name.isdigit() else slug(f"{agency_id} {name}")
        taken.add(program_id)
        program = {"program_id": program_id, "name": {"en": name, "fr": name}, "codes": [name]}
        lines.append(f"  - {on_one_line(program)}")
    if not names or any("program_code" in match.constants for kind in kinds for _, match in kind.matches):
        program = {"program_id": only_program(agency_id), "name": {"en": "Services", "fr": "Services"}}
        lines.append(f"  - {on_one_line(program)}")
    return lines


def _programs(table: ExampleTable, match: DatasetMatch) -> set[str]:
    found = match.columns.get("program_code")
    values = table.values(found.header) if found else []
    is_few = profile_of(values, len(table.rows)).is_few_codes
    return set(values) if is_few and len(set(values)) <= _MOST_PROGRAMS else set()


def _said(proposal: Proposal) -> str:
    return f"{on_one_line(proposal.value)}  # {_sure(proposal.confidence)}: {proposal.reason}"


def _sure(confidence: int) -> str:
    return f"{confidence} %" if confidence >= SURE else f"{CONFIRM} ({confidence} %)"


def _visible(delimiter: str | None) -> str:
    return "\\t" if delimiter == "\t" else str(delimiter)
