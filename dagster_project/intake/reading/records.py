"""Records: text in a dialect becomes records of cells, and each record that is not as it should be says why.

Belongs here: quotes, escapes, delimiters, cells over several lines. Stays out: encodings, headers, what cells mean.
Pure: text in, records out. A library's reader either refuses such a file or changes cells without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

TOO_FEW, TOO_MANY = "too_few_cells", "too_many_cells_in_row"
STRAY_QUOTE, OTHER_DELIMITER = "stray_quote", "other_delimiter_in_row"

# Delimiters that a single row may have been written with instead of the file's own.
DELIMITERS = (",", ";", "\t", "|")
# Lines that one cell may span; where quotes stay open time and again, fewer are looked at.
MOST_LINES = 2_000
# Quotes in a line beyond which the ways to read it are not weighed against each other.
MOST_QUOTES = 200
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|$)")
# What reading a cell otherwise than by the rules costs: a quote within it, a quote that opens nothing.
_ODD, _LITERAL, _IMPOSSIBLE = 1, 2, 1_000_000


@dataclass(frozen=True)
class Dialect:
    """How a text file is written: `quote` and `escape` are single characters, or empty where there is none."""

    delimiter: str
    quote: str = '"'
    escape: str = ""


@dataclass(frozen=True)
class Record:
    """One record: its place among the file's records (1 is the first), its cells, what is wrong with it, its lines."""

    number: int
    cells: list[str]
    fault: str | None = None
    lines: int = 1


def read_records(text: str, dialect: Dialect, width: int | None = None) -> Iterator[Record]:
    """Records of the text; those that have not `width` cells, or only in another reading, carry a fault.

    Without a width no record is held against another. A blank line is a record of one empty cell without a fault.
    """
    lines = lines_of(text)
    position, number, lookahead = 0, 0, MOST_LINES
    while position < len(lines):
        number += 1
        line = lines[position][0]
        cells = strict_cells(line, dialect)
        if cells is not None and (width is None or len(cells) == width or not line.strip()):
            yield Record(number, cells)
            position += 1
            continue
        if cells is None and is_open(line, dialect):
            found = _over_lines(lines, position, dialect, width, lookahead)
            if found is not None and not found.is_doubtful:
                yield Record(number, found.cells, _count_fault(found.cells, width), found.lines)
                position += found.lines
                continue
            if found is not None:
                # One cell over lines, or rows and two quotes astray: nobody can tell, so none of the lines counts.
                for doubtful, _ in lines[position : position + found.lines]:
                    yield Record(number, doubtful.split(dialect.delimiter), STRAY_QUOTE)
                    number += 1
                number -= 1
                position += found.lines
                continue
            lookahead = max(lookahead // 2, 4)
        yield _mended(number, line, cells, dialect, width)
        position += 1


def lines_of(text: str) -> list[tuple[str, str]]:
    """Lines with what ended each; nothing follows the last end of a line."""
    if "\r" not in text:
        lines = [(line, "\n") for line in text.split("\n")]
        lines[-1] = (lines[-1][0], "")
    else:
        lines = [(found[1], found[2]) for found in _LINE.finditer(text)]
    while lines and lines[-1] == ("", ""):
        lines.pop()
    return lines


@lru_cache(maxsize=64)
def _quoted_field(dialect: Dialect) -> re.Pattern[str]:
    """A whole quoted cell, blanks around it allowed, up to the delimiter or the end."""
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    blank = "[ ]*" if dialect.delimiter != " " else ""
    escaped = rf"|{re.escape(dialect.escape)}." if dialect.escape else ""
    plain = rf"[^{quote}{re.escape(dialect.escape)}]"
    return re.compile(
        rf"{blank}{quote}((?:{plain}++|{quote}{quote}{escaped})*+){quote}{blank}(?={delimiter}|\Z)", re.DOTALL
    )


@lru_cache(maxsize=64)
def _open_field(dialect: Dialect) -> re.Pattern[str]:
    """A quoted cell that reaches the end of the text without its closing quote."""
    quote = re.escape(dialect.quote)
    blank = "[ ]*" if dialect.delimiter != " " else ""
    escaped = rf"|{re.escape(dialect.escape)}." if dialect.escape else ""
    plain = rf"[^{quote}{re.escape(dialect.escape)}]"
    return re.compile(rf"{blank}{quote}(?:{plain}++|{quote}{quote}{escaped})*+\Z", re.DOTALL)


def strict_cells(text: str, dialect: Dialect) -> list[str] | None:
    """Cells of one record by the dialect's rules alone; None where a quote breaks them."""
    if not dialect.quote or dialect.quote not in text:
        return text.split(dialect.delimiter)
    cells, position, field, torn = [], 0, _quoted_field(dialect), 0
    while True:
        if _opens(text, position, dialect):
            found = field.match(text, position)
            if found is None:
                return None
            cells.append(unquoted(found[1], dialect))
            end = found.end()
        else:
            end = text.find(dialect.delimiter, position)
            end = len(text) if end < 0 else end
            cell = text[position:end]
            torn += cell.count(dialect.quote) % 2
            cells.append(cell)
        if end >= len(text):
            # One cell may hold a mark for inches; two with half a pair of quotes are one quoted cell, torn apart.
            return cells if torn < 2 else None
        position = end + 1


def _opens(text: str, position: int, dialect: Dialect) -> bool:
    if text.startswith(dialect.quote, position):
        return True
    if dialect.delimiter == " " or not text.startswith(" ", position):
        return False
    return text[position : position + 64].lstrip(" ").startswith(dialect.quote)


def is_open(text: str, dialect: Dialect) -> bool:
    """Whether the record's last cell is quoted and goes on after the text."""
    position, field, still_open = 0, _quoted_field(dialect), _open_field(dialect)
    while position <= len(text):
        if _opens(text, position, dialect):
            found = field.match(text, position)
            if found is None:
                return still_open.match(text, position) is not None
            position = found.end() + 1
        else:
            end = text.find(dialect.delimiter, position)
            if end < 0:
                return False
            position = end + 1
    return False


def unquoted(inner: str, dialect: Dialect) -> str:
    """What stands between the quotes, with doubled and escaped quotes made single."""
    if dialect.escape:
        inner = inner.replace(dialect.escape + dialect.quote, dialect.quote)
    return inner.replace(dialect.quote * 2, dialect.quote)


@dataclass(frozen=True)
class _OverLines:
    """A record over several lines."""

    cells: list[str]
    lines: int
    is_doubtful: bool


def _over_lines(
    lines: list[tuple[str, str]], first: int, dialect: Dialect, width: int | None, lookahead: int
) -> _OverLines | None:
    """The record that begins at a line and goes on over the next ones; None where it never ends by the rules.

    It is doubtful where it would swallow a line that is a whole record by itself.
    """
    swallowed: list[str] = []
    text = "".join(lines[first])
    for number in range(first + 1, min(first + lookahead, len(lines))):
        line, end = lines[number]
        text += line
        if dialect.quote in line:
            cells = strict_cells(text, dialect)
            if cells is not None:
                if width is not None and len(cells) != width:
                    return None
                is_doubtful = width is not None and width > 1 and any(_is_whole(s, dialect, width) for s in swallowed)
                return _OverLines(cells, number - first + 1, is_doubtful)
            if not is_open(text, dialect):
                return None
        swallowed.append(line)
        text += end
    return None


def _fits(line: str, dialect: Dialect, width: int) -> bool:
    cells = strict_cells(line, dialect)
    return cells is not None and len(cells) == width


def _is_whole(line: str, dialect: Dialect, width: int) -> bool:
    """Whether a line is a record by itself: of the right width, and half of its cells hold something."""
    cells = strict_cells(line, dialect)
    return cells is not None and len(cells) == width and sum(1 for cell in cells if cell.strip()) * 2 >= width


def _count_fault(cells: list[str], width: int | None) -> str | None:
    if width is None or len(cells) == width:
        return None
    return TOO_FEW if len(cells) < width else TOO_MANY


def _mended(number: int, line: str, cells: list[str] | None, dialect: Dialect, width: int | None) -> Record:
    """A record that the rules do not read: in the likeliest other way, with the reason."""
    for delimiter in DELIMITERS if width is not None and width > 2 else ():
        other = Dialect(delimiter, dialect.quote, dialect.escape)
        if delimiter != dialect.delimiter and width is not None and _fits(line, other, width):
            return Record(number, strict_cells(line, other) or [], OTHER_DELIMITER)
    if cells is not None:
        return Record(number, cells, _count_fault(cells, width))
    weighed = _weighed_cells(line, dialect, width) or line.split(dialect.delimiter)
    return Record(number, weighed, _count_fault(weighed, width) or STRAY_QUOTE)


def _weighed_cells(line: str, dialect: Dialect, width: int | None) -> list[str] | None:
    """The cells of the reading that bends the rules least, of `width` cells where any reading has them."""
    if line.count(dialect.quote) > MOST_QUOTES:
        return None

    @cache
    def best(position: int, left: int) -> tuple[int, tuple[str, ...]]:
        found: tuple[int, tuple[str, ...]] = (_IMPOSSIBLE, ())
        for cost, cell, end in _ways(line, position, dialect):
            if end >= len(line):
                rest: tuple[int, tuple[str, ...]] = (0, ()) if left in (1, -1) else (_IMPOSSIBLE, ())
            elif left == 1:
                continue
            else:
                rest = best(end + 1, left - 1 if left > 0 else left)
            if cost + rest[0] < found[0]:
                found = (cost + rest[0], (cell, *rest[1]))
        return found

    any_cost, any_cells = best(0, -1)
    cost, cells = best(0, width) if width else (any_cost, any_cells)
    # The right number of cells is worth one bent rule, but not a quoted cell torn into two.
    chosen = cells if cost <= any_cost + _ODD else any_cells
    return list(chosen) if min(cost, any_cost) < _IMPOSSIBLE else None


def _ways(line: str, position: int, dialect: Dialect) -> Iterator[tuple[int, str, int]]:
    """Ways to read the cell at a position: what each costs, the cell, and where it ends."""
    end = line.find(dialect.delimiter, position)
    end = len(line) if end < 0 else end
    if not _opens(line, position, dialect):
        quote = line.find(dialect.quote, position, end)
        quoted = _quoted_field(dialect).match(line, quote) if quote >= 0 else None
        if quoted is not None:
            # The delimiter before a quoted cell is missing.
            yield _ODD, line[position:quote] + unquoted(quoted[1], dialect), quoted.end()
        yield _LITERAL * (line.count(dialect.quote, position, end) % 2), line[position:end], end
        return
    strict = _quoted_field(dialect).match(line, position)
    if strict is not None:
        yield 0, unquoted(strict[1], dialect), strict.end()
    start = line.index(dialect.quote, position) + 1
    closing = line.find(dialect.quote, start)
    while closing >= 0:
        after = closing + 1
        if after == len(line) or line.startswith(dialect.delimiter, after):
            yield _ODD, unquoted(line[start:closing], dialect), after
        closing = line.find(dialect.quote, after)
    yield _LITERAL, line[position:end], end
