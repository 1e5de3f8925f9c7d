"""Headers: which of a sheet's headers is which of our columns, by names and, where there are rows, by values.

Belongs here: scoring pairs of header and column, and giving each header to one column. Stays out: which dataset a
sheet is (datasets.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dagster_project.contracts import IDENTIFIERS, Column, Contract, Extract
from dagster_project.onboarding.profiles import Profile
from dagster_project.onboarding.words import likeness, names_of, plain

# At least so sure, in percent: to propose without asking, and to propose at all.
SURE, LEAST = 80, 60
# Words that stand above columns of many kinds: a header that says more is surer.
_GENERIC = frozenset({"date", "type", "kind", "no", "status", "result", "answer", "source", "name", "start", "end"})
_PERSON_NAMES = ("first_name", "last_name", "parent_first_name", "parent_last_name", "city")
_BY_VALUE = ("email", "phone", "postal_code")


@dataclass(frozen=True)
class Match:
    """A header proposed for a column; `confidence` in percent, and why."""

    header: str
    confidence: int
    reason: str


def propose_headers(headers: Sequence[str], extract: Extract, contract: Contract) -> dict[str, str]:
    """For each column whose agreed header is gone: the header that it most likely has now.

    Only headers that the agreement does not use are proposed, each for one column, and only where that is likely: by
    the old header, our labels in both languages, our names and usual headers.
    """
    present = {plain(header) for header in headers}
    agreed = {name: source for name, source in extract.columns.items() if isinstance(source, str)}
    used = {plain(header) for source in extract.columns.values() for header in _headers_in(source)}
    free = [header for header in headers if header and plain(header) not in used]
    gone = [contract.column(name) for name, source in agreed.items() if plain(source) not in present]
    pairs = {
        (column.name, header): max(_by_name(column, header), _by_old(agreed[column.name], header), key=_confidence)
        for column in gone
        for header in free
    }
    return {name: match.header for name, match in give_each(pairs, SURE).items()}


def match_headers(
    headers: Sequence[str],
    names: Sequence[str],
    profiles: Mapping[str, Profile],
    contract: Contract,
    code_shares: Mapping[tuple[str, str], float],
) -> dict[str, Match]:
    """Our columns of a dataset, each with the header that fits it best; `names` are headers with the words above them.

    `code_shares` says of (column, header) which share of the values are codes of that column.
    """
    pairs: dict[tuple[str, str], Match] = {}
    for column in contract.columns:
        for header, name in zip(headers, names, strict=True):
            if header and column.name != "link_tokens":
                match = max(_by_name(column, header), _named_above(column, header, name), key=_confidence)
                pairs[column.name, header] = _by_values(
                    column, contract, match, profiles[header], code_shares.get((column.name, header))
                )
    # A number that needs a legal basis is spoken of only where its header says it.
    unsure = [pair for pair, match in pairs.items() if pair[0] in IDENTIFIERS and match.confidence < SURE]
    given = give_each({pair: match for pair, match in pairs.items() if pair not in unsure}, LEAST)
    return given | _plain_date(headers, profiles, contract, given)


def _plain_date(
    headers: Sequence[str], profiles: Mapping[str, Profile], contract: Contract, given: Mapping[str, Match]
) -> dict[str, Match]:
    """A header that is no more than 'Date' is the dataset's own date: the required one, or the only one left."""
    taken = {match.header for match in given.values()}
    plain_dates = [h for h in headers if h not in taken and plain(h) == "date" and profiles[h].share("day") >= 0.5]
    dates = [c for c in contract.columns if c.logical_type == "date" and not c.is_personal]
    left = [column for column in dates if column.name not in given]
    wanted = [column for column in left if column.required] or left
    if len(plain_dates) != 1 or len(wanted) != 1:
        return {}
    return {wanted[0].name: Match(plain_dates[0], 75, "it says 'date', and no other date of the dataset is left")}


def is_named_like(column: Column, header: str) -> bool:
    """Whether a header's name alone makes it worth looking at its values for this column."""
    return _by_name(column, header).confidence >= LEAST - 10


def give_each(pairs: Mapping[tuple[str, str], Match], least: int) -> dict[str, Match]:
    """Each column one header and each header one column, the surest pairs first."""
    given: dict[str, Match] = {}
    taken: set[str] = set()
    for (name, header), match in sorted(pairs.items(), key=lambda pair: -pair[1].confidence):
        if match.confidence >= least and name not in given and header not in taken:
            given[name] = match
            taken.add(header)
    return given


def _confidence(match: Match) -> int:
    return match.confidence


def _headers_in(source: object) -> list[str]:
    if isinstance(source, dict):
        return [str(header) for part in ("derive", "join", "flags") for header in source.get(part, ())]
    return [str(source)]


def _by_old(old: str, header: str) -> Match:
    return Match(header, likeness(old, header), f"like '{old}', the header until now")


def _by_name(column: Column, header: str) -> Match:
    """The likest of the column's names. A usual header is a little less sure than our own words."""
    best = Match(header, 0, "no name is like it")
    for name, what in names_of(column):
        score = likeness(name, header)
        if what == "a usual header":
            score = min(score, 90 if plain(name) in _GENERIC else 96) if score == 100 else score - 4
        if score > best.confidence:
            best = Match(header, score, f"{'the same as' if score in (90, 96, 100) else 'like'} '{name}', {what}")
    return best


def _named_above(column: Column, header: str, name: str) -> Match:
    """By the words of all header rows, where there are several."""
    if name == header:
        return Match(header, 0, "")
    match = _by_name(column, name)
    return Match(header, match.confidence, f"{match.reason}, with the words above the header")


def _by_values(column: Column, contract: Contract, match: Match, profile: Profile, code_share: float | None) -> Match:
    """The same match, surer or less sure by what stands below the header."""
    if profile.filled == 0:
        return Match(match.header, match.confidence, f"{match.reason}; nothing stands below it")
    change, why = _fit(column, contract, profile, code_share)
    confidence = match.confidence
    if column.name in _BY_VALUE and profile.share(column.name) >= 0.9:
        return Match(match.header, max(75, min(100, confidence + 5)), f"{match.reason}; its values look like it")
    if confidence < LEAST - 10:
        # Values alone say nothing of which column it is.
        return match
    confidence = max(0, min(100, confidence + change))
    return Match(match.header, confidence, f"{match.reason}{'; ' + why if why else ''}")


def _fit(column: Column, contract: Contract, profile: Profile, code_share: float | None) -> tuple[int, str]:
    if column.logical_type in ("date", "timestamp"):
        if profile.share("day") < 0.5:
            return -45, "few of its values are dates"
        if column.logical_type == "timestamp" and not profile.share("moment"):
            return -6, "its values are days without a time"
        return 4, "its values are dates"
    if profile.share("day") > 0.6:
        return -45, "its values are dates"
    if column.logical_type == "number":
        return (4, "its values are numbers") if profile.share("number") >= 0.8 else (-45, "few values are numbers")
    if column.is_coded:
        return _fit_codes(profile, code_share)
    if column.name in _PERSON_NAMES:
        return (4, "its values are words") if profile.share("name") >= 0.7 else (-45, "few values are words")
    if column.name in _BY_VALUE:
        return -30, "few values look like it"
    if contract.key == (column.name,):
        differs = profile.distinct >= 0.95 * min(profile.filled, 2000)
        return (5, "each row has its own") if differs else (-12, "rows share one value")
    return 0, ""


def _fit_codes(profile: Profile, code_share: float | None) -> tuple[int, str]:
    if profile.distinct < 2:
        # One value fits many lists.
        return 0, ""
    if code_share is not None and code_share >= 0.5:
        return 10, f"{round(100 * code_share)} % of its values are codes of that column"
    if not profile.is_few_codes:
        return -35, "it has too many different values for codes"
    return (-8, "its values are no codes that we know") if code_share is not None else (0, "")
