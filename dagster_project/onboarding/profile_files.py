"""Standard exports: files that a ready profile reads need no map of their own.

Belongs here: recognising the profile that fits all of an agency's files. Stays out: reading by it (intake).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dagster_project.contracts import Expectations
from dagster_project.contracts.yaml_places import load_document
from dagster_project.onboarding.agreement import AgencyFacts, agreement_lines
from dagster_project.onboarding.datasets import only_program
from dagster_project.onboarding.kinds import KindProposal
from dagster_project.onboarding.words import plain


def profile_of_files(profiles: Path, kinds: Sequence[KindProposal]) -> str | None:
    """The profile whose sheets and headers are all in the files, under its names; None where none is."""
    for path in sorted(profiles.glob("*.yml")):
        files = (load_document(path).data or {}).get("files", [])
        if kinds and all(any(_fits(kind, file) for file in files) for kind in kinds):
            return path.stem
    return None


def profiled_lines(
    facts: AgencyFacts, kinds: Sequence[KindProposal], expectations: Expectations, profile: str
) -> list[str]:
    """The agreement that leaves its files to a profile."""
    head = agreement_lines(facts, kinds, expectations)
    head = head[: head.index("files:")]
    # A standard names its programmes: none is needed for sheets that it does not read.
    named = [line for line in head if only_program(facts.agency_id) not in line]
    lines = named if any(line.startswith("  - ") for line in named) else head
    return [*lines, f"profile: {profile}  # 100 %: all its sheets and headers are there"]


def _fits(kind: KindProposal, file: dict[str, Any]) -> bool:
    headers = {plain(table.sheet or ""): {plain(header) for header in table.headers} for table in kind.tables}
    if plain(file["pattern"]) != plain(kind.pattern.value):
        return False
    for extract in file["extracts"]:
        sheets = [extract.get("sheet", ""), *([extract["join"]["sheet"]] if "join" in extract else [])]
        there = set().union(*(headers.get(plain(sheet), set()) for sheet in sheets))
        wanted = {plain(source) for source in extract["columns"].values() if isinstance(source, str)}
        if not wanted <= there:
            return False
    return True
