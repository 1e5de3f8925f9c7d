"""Words: names made alike, and how alike two of them are.

Belongs here: comparing words, and the lists of what agencies call things. Stays out: deciding.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from dagster_project.contracts import Column

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBER_WORDS = re.compile(r"\b(no|nr|num|number|numero|id|ids|ref|identifier|identifiant)\b")
_HERE = Path(__file__).parent


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Small letters without accents and marks."""
    text = _CAMEL.sub(" ", text).replace("#", " no ").replace("°", "o ").replace("_", " ")
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", ascii_only).split())


@lru_cache(maxsize=500_000)
def likeness(one: str, other: str) -> int:
    """Of two headers, 0 to 100: the same words, words in another order, or nearly the same letters.

    Every word for 'number' is one, and of a header in two languages ('Need / Besoin') either half counts.
    """
    for text, against in ((one, other), (other, one)):
        halves = [half for half in re.split(r"\s+[/|]\s+", text) if half.strip()]
        if len(halves) > 1:
            return max(max(0, likeness(half, against) - 1) for half in halves)
    one, other = (_NUMBER_WORDS.sub("no", plain(text)) for text in (one, other))
    if min(len(one.split()), len(other.split())) >= 2:
        return max(_letters_alike(one, other), round(0.92 * fuzz.token_set_ratio(one, other)))
    return _letters_alike(one, other)


@lru_cache(maxsize=500_000)
def code_likeness(one: str, other: str) -> int:
    """Of two codes, 0 to 100: stricter than of headers, since one word more is often another code."""
    return _letters_alike(plain(one), plain(other))


def _letters_alike(one: str, other: str) -> int:
    if not one or not other:
        return 0
    if one == other:
        return 100
    # Short words are alike by chance.
    if len(min(one, other, key=len)) <= 3:
        return 0
    return min(99, round(max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))))


@lru_cache
def known_headers() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in _load("known_headers.yml").items()}


@lru_cache
def known_datasets() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in _load("known_words.yml")["datasets"].items()}


@lru_cache
def known_codes() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in _load("known_words.yml")["codes"].items()}


def names_of(column: Column) -> list[tuple[str, str]]:
    """Every name of a column, with what it is."""
    labels = [(column.label["en"], "our English label"), (column.label["fr"], "our French label")]
    ours = [(column.name.removesuffix("_agency").removesuffix("_code"), "our name of the column")]
    return [*labels, *ours, *((word, "a usual header") for word in known_headers().get(column.name, ()))]


@lru_cache
def known_sectors() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in _load("known_words.yml")["sectors"].items()}


def _load(name: str) -> dict[str, Any]:
    # Texts only: 'no' is a header, and a code.
    loaded: dict[str, Any] = yaml.load((_HERE / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return loaded
