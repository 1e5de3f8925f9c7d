"""Codes: which of an agency's values is which of our codes.

Belongs here: proposing a map of codes for a column that is coded. Stays out: any other column: values of rows are taken
from nowhere else, and never from a personal column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dagster_project.contracts import OUTSIDE, Column, Expectations
from dagster_project.onboarding.profiles import Profile
from dagster_project.onboarding.words import code_likeness, known_codes, known_sectors, plain
from dagster_project.words import SECTORS

LEAST_CODE = 78
# A value that nothing is like is named in the proposal only when it comes back: a slip may be anything.
TIMES_NAMED = 3
LONGEST_CODE, MOST_CODES = 60, 60


@dataclass(frozen=True)
class CodeProposal:
    """`codes`: theirs to ours, those that need a map; `unclear`: theirs that nothing is like."""

    codes: dict[str, str] = field(default_factory=dict)
    confidences: dict[str, int] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()
    share_known: float = 0.0


def our_codes(column: Column, expectations: Expectations, agency_id: str) -> dict[str, tuple[str, ...]]:
    """Each of our codes with its names in both languages; programmes are the agency's own and have none here."""
    if column.codes:
        return {code.code: (code.label["en"], code.label["fr"]) for code in column.codes}
    initiative = expectations.initiative
    lists: Mapping[str, Sequence[tuple[str, Mapping[str, str]]]] = {
        "zones": [(z.zone_id, z.name) for z in initiative.zones],
        "instruments": [(i.instrument_id, i.name) for i in initiative.instruments],
        "sectors": list(SECTORS.items()),
        "waves": [(w.wave_id, w.name) for w in initiative.waves],
        "networks": [(n.network_id, n.name) for n in initiative.networks],
        "populations": [(p.population_id, p.name) for p in initiative.populations],
    }
    if column.codes_from == "agencies":
        others = [a for a in expectations.agreements.values() if a.agency_id != agency_id]
        by_sector = Counter(a.sector for a in others)
        found = {a.agency_id: tuple(a.name.values()) for a in others}
        for other in others:
            if by_sector[other.sector] == 1:
                found[other.agency_id] += (*SECTORS[other.sector].values(), *known_sectors().get(other.sector, ()))
        return {**found, OUTSIDE: ("Other", "Autre")}
    return {code: (name["en"], name["fr"]) for code, name in lists.get(str(column.codes_from), ())}


def may_be_taken(column: Column, profile: Profile) -> bool:
    """Whether values of a column may be compared with codes: it is coded, not personal, and its values are not many."""
    return column.is_coded and not column.is_personal and profile.distinct <= MOST_CODES


def propose_codes(values: Sequence[str], ours: Mapping[str, tuple[str, ...]], is_few_codes: bool) -> CodeProposal:
    """A map for the values that are like a code of ours; of the others only those of few that come back are named."""
    counts = Counter(value for value in values if len(value) <= LONGEST_CODE)
    codes: dict[str, str] = {}
    confidences: dict[str, int] = {}
    unclear = []
    known = 0
    for value, count in sorted(counts.items()):
        code, confidence = _likest(value, ours)
        if code is None:
            unclear += [value] if is_few_codes and count >= TIMES_NAMED else []
            continue
        known += count
        if value.casefold() != code:
            codes[value], confidences[value] = code, confidence
    return CodeProposal(codes, confidences, tuple(unclear), known / max(1, len(values)))


def _likest(value: str, ours: Mapping[str, tuple[str, ...]]) -> tuple[str | None, int]:
    if value.casefold() in ours:
        return value.casefold(), 100
    scored = sorted(((_score(value, code, names), code) for code, names in ours.items()), reverse=True)
    if not scored or scored[0][0] < LEAST_CODE or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return None, 0
    return scored[0][1], scored[0][0]


def _score(value: str, code: str, names: tuple[str, ...]) -> int:
    own = max((code_likeness(value, name) for name in (*names, code)), default=0)
    usual = [word for word in known_codes().get(code, ()) if plain(word) == plain(value)]
    parts = max((_is_part(value, name) for name in names), default=0)
    initials = max((_is_initials(value, name) for name in names), default=0)
    return max(own, 95 if usual else 0, parts, initials)


def _is_part(value: str, name: str) -> int:
    """'Collines' of 'Collines-du-Sud': whole words of the name, one of five letters or more."""
    words, wanted = plain(name).split(), plain(value).split()
    return 85 if set(wanted) <= set(words) and any(len(word) >= 5 for word in wanted) else 0


def _is_initials(value: str, name: str) -> int:
    """'OT' of 'Old Town', and 'N' of 'North Shore'."""
    words = plain(name).split()
    letters = plain(value).replace(" ", "")
    if not letters.isalpha() or not words:
        return 0
    if len(letters) >= 2 and letters == "".join(word[0] for word in words):
        return 82
    return 79 if len(letters) == 1 and letters == words[0][0] else 0
