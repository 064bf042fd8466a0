"""Numbers and units of time as case reports write them."""

from __future__ import annotations

import re

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: i for i, word in enumerate(_ONES)} | {word: 10 * i for i, word in enumerate(_TENS, 2)}

_WORD = "|".join([*_TENS, *sorted(_ONES, key=len, reverse=True)])
#: A number in digits or in words up to ninety-nine; one group.
NUMBER = rf"(\d{{1,3}}(?:\.\d+)?|(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ONES[1:10])})|(?:{_WORD}))"
#: A unit of time; one group.
UNIT = r"(years?|yrs?|months?|mos?|weeks?|wks?|days?)"

_UNITS = {"y": "year", "m": "month", "w": "week", "d": "day"}
_YEARS = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25}


def number(text: str) -> float | None:
    """Return the number that ``text`` writes, or None.

    >>> number("37"), number("thirty-seven"), number("two"), number("many")
    (37.0, 37.0, 2.0, None)
    """
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    parts = re.split(r"[-\s]+", text.casefold())
    if not all(p in _WORDS for p in parts):
        return None
    return float(sum(_WORDS[p] for p in parts))


def unit(text: str) -> str:
    """Return ``year``, ``month``, ``week`` or ``day``.

    >>> unit("yrs"), unit("months")
    ('year', 'month')
    """
    return _UNITS[text[0].casefold()]


def in_years(value: float, of: str) -> float:
    """Return a time in years (365.25 days a year).

    Args:
        value: the number.
        of: its unit: ``year``, ``month``, ``week`` or ``day``.

    >>> in_years(18, "month")
    1.5
    """
    return value * _YEARS[of]
