"""A known agency: where only headers changed, which they are now; a new kind of file is added to its agreement.

Belongs here: changing the text of an agreement that a person wrote, and nothing else of it. Stays out: proposing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from dagster_project.contracts import Agreement, Expectations
from dagster_project.contracts.yaml_places import load_document
from dagster_project.onboarding.headers import propose_headers
from dagster_project.onboarding.tables import ExampleTable, tables_of
from dagster_project.onboarding.words import plain
from dagster_project.start_answers import on_one_line


@dataclass(frozen=True)
class HeaderChange:
    """A column whose header is gone: the agreement's, and the one proposed, None where none is likely."""

    file_number: int
    extract_number: int
    dataset: str
    column: str
    old: str
    new: str | None


def known_file_number(agreement: Agreement, file_name: str) -> int | None:
    """Which of the agreement's own kinds a name is of."""
    own = [kind for kind in agreement.files if kind.nil_tick is None]
    return next((n for n, kind in enumerate(own) if kind.period_start(file_name)), None)


def header_changes(file: Path, number: int, agreement: Agreement, expectations: Expectations) -> list[HeaderChange]:
    """What of the agreed headers is no longer in a file. Raises `UnusableFileError`."""
    tables = tables_of(file)
    changes = []
    for m, extract in enumerate(agreement.files[number].extracts):
        table = _table_of(tables, extract.sheet)
        if table is None:
            continue
        contract = expectations.contracts[extract.dataset]
        proposed = propose_headers(table.headers, extract, contract)
        present = {plain(header) for header in table.headers}
        for name, source in extract.columns.items():
            joined = extract.join_sheet is not None
            if isinstance(source, str) and plain(source) not in present and not joined:
                changes.append(HeaderChange(number, m, extract.dataset, name, source, proposed.get(name)))
    return changes


def _table_of(tables: Sequence[ExampleTable], sheet: str | None) -> ExampleTable | None:
    return next((t for t in tables if sheet is None or plain(t.sheet or "") == plain(sheet)), None)


def with_new_headers(path: Path, changes: Sequence[HeaderChange]) -> str | None:
    """The agreement's text with the proposed headers; None when they stand in the profile that it extends."""
    text = path.read_text(encoding="utf-8")
    root = load_document(path).node
    places = []
    for change in changes:
        steps: list[str | int] = ["files", change.file_number, "extracts", change.extract_number, "columns"]
        node = _node_at(root, [*steps, change.column])
        if node is None:
            return None
        if change.new is not None:
            places.append((node.start_mark.index, node.end_mark.index, on_one_line(change.new)))
    for start, end, header in sorted(places, reverse=True):
        text = text[:start] + header + text[end:]
    return text


def _node_at(node: yaml.Node | None, steps: Sequence[str | int]) -> yaml.Node | None:
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            return None
    return node


def with_new_kinds(text: str, lines: Sequence[str]) -> str:
    """The agreement's text with further kinds of file at the end of its `files`."""
    written = text.rstrip("\n").split("\n")
    start = next((n for n, line in enumerate(written) if line.startswith("files:")), None)
    if start is None:
        return "\n".join([*written, "files:", *lines]) + "\n"
    inside = (n for n in range(start + 1, len(written)) if written[n][:1] not in (" ", "", "#", "-"))
    end = next(inside, len(written))
    return "\n".join([*written[:end], *lines, *written[end:]]) + "\n"
