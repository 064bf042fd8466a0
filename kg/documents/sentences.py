"""Sentence bounds in a passage, by transparent rules.

Good enough for abstracts and summaries: a sentence ends at ``.``, ``!`` or ``?`` before white space and
something that can begin a sentence, unless the stop belongs to an abbreviation, an initial or a number.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

# A stop, and what can begin a sentence behind it; or line ends. The text before the stop is looked at in `_closes`.
_STOP = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9\u0370-\u03ff\u0410-\u042f])|\n+")
# No abbreviation is longer; the whole text before a stop would make the reading quadratic.
_WINDOW = 40
_WORD = re.compile(r"[\w.]*$")
_INITIAL = re.compile(r"(?:^|[\s.])[A-Z]$")
_UNIT = re.compile(r"[a-z]\s[A-Z]$")
_ABBREVIATIONS = frozenset(
    [
        "e.g",
        "i.e",
        "vs",
        "cf",
        "al",
        "et",
        "approx",
        "ca",
        "dr",
        "prof",
        "mr",
        "mrs",
        "ms",
        "st",
        "no",
        "nos",
        "fig",
        "figs",
        "tab",
        "ref",
        "refs",
        "resp",
        "incl",
        "etc",
        "dept",
        "vol",
        "spp",
        "sp",
        "var",
        "subsp",
        "inc",
        "ltd",
        "jr",
        "sr",
    ]
)
# These may close a sentence; before a capital they mostly do.
_MAY_END = frozenset({"etc", "al", "no", "inc", "ltd"})


@lru_cache(maxsize=4096)
def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return the (start, end) of each sentence of ``text``, without surrounding white space.

    >>> sentence_spans("One day. Dr. Who came at 3.5 mg, e.g. Monday. Two!")
    ((0, 8), (9, 45), (46, 50))
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if _closes(text, *stop.span()):
            _add(spans, text, start, stop.end())
            start = stop.end()
    _add(spans, text, start, len(text))
    return tuple(spans)


def sentence_at(text: str, offset: int) -> tuple[int, int]:
    """Return the bounds of the sentence that holds ``offset`` (the nearest before it, else the first).

    >>> sentence_at("One day. Two.", 10)
    (9, 13)
    """
    spans, starts = sentence_spans(text), _starts(text)
    if not spans:
        return (0, len(text))
    return spans[max(0, bisect_right(starts, offset) - 1)]


@lru_cache(maxsize=4096)
def _starts(text: str) -> tuple[int, ...]:
    return tuple(start for start, _ in sentence_spans(text))


def _closes(text: str, start: int, end: int) -> bool:
    """Tell whether the stop at ``start``, behind which a sentence could begin, ends one."""
    if text[start] != ".":
        return True
    low = max(0, start - _WINDOW)
    last = text[max(low, text.rfind(" ", low, start) + 1) : start]
    # Mostly a word stands there, and no pattern is needed to find where it begins.
    if not last.isalnum():
        word = _WORD.search(text, low, start)
        last = word.group() if word else ""
    last = last.casefold()
    if last in _ABBREVIATIONS:
        # "no" closes a sentence unless a number follows ("no. 3").
        return last in _MAY_END and not text[end:].lstrip()[:1].isdigit()
    if len(last) != 1 or not last.isalpha() or not text[start - 1].isupper():
        return True
    # An initial ("J. Smith"), but not a closing unit or letter such as "hepatitis C." or "vitamin D.".
    head = text[low:start]
    return not _INITIAL.search(head) or _UNIT.search(head) is not None


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    bare = piece.lstrip()
    if bare:
        start = end - len(bare)
        spans.append((start, start + len(bare.rstrip())))
