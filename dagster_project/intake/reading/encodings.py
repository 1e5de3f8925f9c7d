"""Encodings: bytes become letters, by the agreed encoding where that holds, by certainty where it does not.

Belongs here: decoding, and telling how sure it is. Stays out: dialects.
"""

from __future__ import annotations

import codecs
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
SPOILT_LETTERS = ("\ufffd".encode(), b"\xc3\x83\xc2", "â€™".encode())

Certainty = Literal["certain", "guessed"]


def certain_encoding(content: bytes) -> str | None:
    """The encoding that the bytes prove: by a mark, by the pattern of NULs in UTF-16, or as UTF-8 beyond ASCII.

    None where the bytes prove nothing: they are plain ASCII, or some encoding of eight bits.
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return name
    sample = content[:4096]
    if len(sample) >= 4 and sample.count(0) > len(sample) // 4:
        # Letters of Latin scripts leave every second byte empty.
        return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
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
    if letter in "«»°’\u00a0–—":
        return 0.6
    if not letter.isalpha() or not unicodedata.name(letter, "").startswith("LATIN"):
        return 0.0
    around = [one for one in text[max(place - 1, 0) : place + 2] if one is not letter and one.isalpha()]
    if not around:
        return 0.3
    return 1.0 if all(one.islower() for one in around) == letter.islower() else 0.5


def is_unicode(encoding: str) -> bool:
    return encoding.lower().replace("_", "-").startswith("utf")
