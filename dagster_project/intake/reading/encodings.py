"""Encodings: bytes become letters, by the agreed encoding where that holds, by certainty where it does not.

Belongs here: decoding, and telling how sure it is. Stays out: dialects.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Literal

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Of the two that begin alike, the longer mark is looked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Windows, the old DOS programs and the old Macintosh: what French and English extracts come in besides UTF-8.
EIGHT_BIT = ("cp1252", "cp850", "mac_roman")
# In UTF-8: the mark of a lost letter, and what accents look like that a program took for Windows-1252 ('Ã©', 'â€™').
_SPOILT_LETTERS = ("\ufffd".encode(), b"\xc3\x83\xc2", "â€™".encode())
# Or invisible signs that stand where a program took Windows-1252 for Latin-1.
_SPOILT_SIGN = re.compile(b"\xc2[\x80-\x9f]")

# Signs that texts hold.
_SIGNS = "«»°ºª’‘“”…•€\u00a0–—"
# How many letters must be out of place by the agreed encoding, and how likely another be, for it to be that one surely.
_OFTEN, _SURELY, _LEAST_LETTERS = 0.5, 0.8, 5
_LATIN = re.compile(r"(iso-?8859-?1|latin-?1|l1)", re.IGNORECASE)
# An accent of UTF-8 that stands among letters of eight bits: 'Ã' before what no word has after it.
_SPOILT_AMONG_EIGHT_BITS = re.compile(rb"\xc3[\x80-\xbf]")

Certainty = Literal["certain", "guessed"]


def certain_encoding(content: bytes) -> str | None:
    """The encoding that the bytes prove: by a mark, by the pattern of NULs in UTF-16, or as UTF-8 beyond ASCII.

    None where the bytes prove nothing: they are plain ASCII, or some encoding of eight bits.
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return name
    first, second = content[:4096:2].count(0), content[1:4096:2].count(0)
    # Letters of Latin scripts leave every second byte empty; a damaged file has NULs one after the other.
    if (
        len(content) >= 4
        and max(first, second) > len(content[:4096]) // 4
        and min(first, second) * 10 <= max(first, second)
    ):
        return "utf-16-le" if second > first else "utf-16-be"
    if content.isascii():
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def guess_encoding(content: bytes) -> tuple[str, Certainty]:
    """The likeliest encoding of the bytes, and whether it is certain."""
    proven = certain_encoding(content)
    if proven is not None:
        return proven, "certain"
    if content.isascii():
        return "utf-8", "certain"
    return max(EIGHT_BIT, key=lambda name: _likeliness(content, name)), "guessed"


def is_surely_another(content: bytes, agreed: str) -> bool:
    """Whether the bytes, which the agreed encoding of eight bits can decode, are plainly in another such encoding."""
    sample = content[:200_000]
    if sample.isascii() or is_unicode(agreed):
        return False
    # Of a few letters nobody can tell.
    if sum(1 for byte in sample if byte > 127) < _LEAST_LETTERS:
        return False
    # What people call Latin-1 is Windows-1252.
    text = sample.decode("cp1252" if _LATIN.fullmatch(agreed) else agreed, errors="replace")
    beyond = [n for n, letter in enumerate(text) if ord(letter) > 127]
    out_of_place = sum(_is_out_of_place(text, n) for n in beyond)
    return out_of_place >= _OFTEN * len(beyond) and max(_likeliness(sample, name) for name in EIGHT_BIT) >= _SURELY


def _is_out_of_place(text: str, place: int) -> bool:
    """Whether a sign stands beside a letter where no word has one, or a capital after a small letter."""
    letter, before, after = text[place], text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if letter.isalpha():
        return letter.isupper() and before.islower()
    return letter not in _SIGNS and (before.isalpha() or after.isalpha())


def _likeliness(content: bytes, encoding: str) -> float:
    """Share of the letters beyond ASCII that look at home: a Latin letter beside a letter of the same case."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    beyond = [n for n, letter in enumerate(text) if ord(letter) > 127]
    return sum(_is_at_home(text, n) for n in beyond) / len(beyond)


def _is_at_home(text: str, place: int) -> float:
    letter = text[place]
    if letter in _SIGNS:
        return 0.6
    if not letter.isalpha() or not unicodedata.name(letter, "").startswith("LATIN"):
        return 0.0
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    around = [one for one in (before, after) if one.isalpha()]
    if not around:
        return 0.3
    # A capital at the beginning of a word, and the letter after it.
    is_initial = letter.isupper() and not before.isalpha() and after.islower()
    is_second = letter.islower() and before.isupper() and not after.isupper()
    if is_initial or is_second:
        return 0.9
    return 1.0 if all(one.islower() for one in around) == letter.islower() else 0.5


def has_spoilt_letters(content: bytes, encoding: str) -> bool:
    """Whether letters were lost, or taken for others, before the file came; UTF-16 cannot tell."""
    if content.isascii():
        return False
    if is_unicode(encoding):
        is_utf_8 = encoding.lower().replace("_", "-").removesuffix("-sig") in ("utf-8", "utf8")
        # Each is looked for by itself: together they would take ten times as long.
        is_spoilt = any(spoilt in content for spoilt in _SPOILT_LETTERS) or _SPOILT_SIGN.search(content) is not None
        return is_utf_8 and is_spoilt
    return _SPOILT_AMONG_EIGHT_BITS.search(content) is not None


def is_unicode(encoding: str) -> bool:
    return encoding.lower().replace("_", "-").startswith("utf")
