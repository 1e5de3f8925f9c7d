"""Dialects: how a text file is written when no agreement says it.

Belongs here: weighing delimiters, quotes and escapes by how even and how meaningful a table they give. Stays out:
intake by an agreement, which says them.

The measure is CleverCSV's (van den Burg, Nazábal, Sutton: Wrangling messy CSV files, 2019): evenness of the rows times
share of cells that look like something. Its own reader alters or loses records where a quote is astray; ours does not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from dagster_project.intake.reading.records import Dialect, read_records

DELIMITERS = (",", ";", "\t", "|", " ", ":", "^", "~", "\x1f", "\x01")
# Blanks and colons stand in texts, days and times far more often than between cells.
_SELDOM = 0.4
_WITHIN_CELLS = " :"
# As much of a file as is weighed.
SAMPLE = 40_000
MOST_RECORDS = 150
_MEANINGFUL = re.compile(
    r"""\s*(?:
      |[+-]?[$€£]?\s?\d[\d\s.,]*\s?[%$€£]?(?:[eE][+-]?\d+)?   # a number, an amount, a share
      |\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?  # a day, a moment
      |\d{1,2}(?::|\s?h\s?)\d{2}(?::\d{2})?(?:\s?[aApP]\.?[mM]\.?)?  # a time of day
      |[^\W\d_]+(?:[ '’/&().-]+[^\W\d_]+\.?)*          # words
      |[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+       # an address
      |[\w/#-]*\d[\w/#-]*                              # a number with letters
      |n/a|NA|N/D|-|\?|\#\w+[!?]?
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)


# A dialect whose next best scores nearly as well is a guess.
_NEARLY = 0.8


def detect_dialect(text: str) -> tuple[Dialect, bool]:
    """The likeliest dialect of a text, and whether it stands out; a comma with double quotes where nothing tells."""
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        # A line cut short would look uneven.
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    quote = _quote(sample)
    escape = "\\" if re.search(rf"\\{quote}", sample) else ""
    scores = {
        delimiter: _score(sample, Dialect(delimiter, quote, escape)) for delimiter in DELIMITERS if delimiter in sample
    }
    if not scores:
        return Dialect(",", quote, escape), True
    best = max(scores, key=lambda delimiter: scores[delimiter].whole)
    others = [score for delimiter, score in scores.items() if delimiter != best]
    stands_out = all(
        score.whole < _NEARLY * scores[best].whole and score.evenness < _NEARLY * scores[best].evenness
        for score in others
    )
    # Blanks and colons also stand within cells.
    if best in _WITHIN_CELLS and any(score.is_even for score in others):
        stands_out = False
    return Dialect(best, quote, escape), stands_out


def _quote(sample: str) -> str:
    """The quoting character: the one that stands at both ends of cells."""
    edge = r"[,;\t|:^~\x1f\x01 ]"
    sample = sample.replace("\r\n", "\n").replace("\r", "\n")
    counts = {
        quote: len(
            re.findall(rf"(?:^|(?<={edge})){quote}(?:[^{quote}\r\n]|{quote}{quote})*{quote}(?={edge}|$)", sample, re.M)
        )
        for quote in ('"', "'")
    }
    # An apostrophe is also a letter: it counts only where the other is absent, and is no accident.
    holds_delimiter = re.search(rf"(?:^|(?<={edge}))'[^'\n]*[,;\t|][^'\n]*'(?={edge}|$)", sample, re.M)
    return "'" if (counts["'"] > 1 or holds_delimiter) and counts['"'] == 0 else '"'


@dataclass(frozen=True)
class _Score:
    """How even the rows are, that weighed by how meaningful their cells are, and whether all have the same cells, of
    which there are several."""

    evenness: float
    whole: float
    is_even: bool


def _score(sample: str, dialect: Dialect) -> _Score:
    rows = []
    for record in read_records(sample, dialect):
        if any(cell.strip() for cell in record.cells):
            rows.append(record)
        if len(rows) >= MOST_RECORDS:
            break
    if not rows:
        return _Score(0.0, 0.0, False)
    widths = Counter(len(row.cells) for row in rows)
    evenness = sum(count * (max(width - 1, 0.001) / width) for width, count in widths.items()) / len(widths)
    cells = [cell for row in rows for cell in row.cells]
    meaningful = sum(1 for cell in cells if _MEANINGFUL.fullmatch(cell[:200])) / len(cells)
    # A quote within a cell is rare where the delimiter is right.
    astray = sum(1 for row in rows if row.fault or any(dialect.quote in cell for cell in row.cells)) / len(rows)
    whole = evenness * max(meaningful, 0.001) * (1 - 0.5 * astray)
    is_even = len(widths) == 1 and max(widths) > 1
    return _Score(evenness, whole * (_SELDOM if dialect.delimiter in _WITHIN_CELLS else 1.0), is_even)
