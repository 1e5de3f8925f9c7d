"""Numbers as each language writes them on the site.

Belongs here: what several tests of the site need to write or read a number. Stays out: tests.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

HIDDEN = "‡"
_NUMBERS = {
    "en": re.compile(r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?"),
    "fr": re.compile(r"[-−]?\d+(?:\u00a0\d{3})*(?:,\d+)?"),
}


def written(value: float, decimals: int, language: str) -> str:
    """A number with at most so many decimals."""
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if language == "en" else text.replace(",", "\u00a0").replace(".", ",")


def numbers_in(text: str, language: str) -> list[str]:
    """Every number in a text, as it is written there."""
    return _NUMBERS[language].findall(text)
