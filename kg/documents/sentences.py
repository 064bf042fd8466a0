"""Sentence bounds in a passage, by transparent rules.

Good enough for abstracts and summaries: a sentence ends at ``.``, ``!`` or ``?`` before white space and
something that can begin a sentence, unless the stop belongs to an abbreviation, an initial or a number.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

_STOP = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|\n+")
_BEGINS = re.compile(r"\s*[\"'“‘(\[]*[A-Z0-9\u0370-\u03ff\u0410-\u042f]")
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
        if _closes(text, stop):
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


def _closes(text: str, stop: re.Match[str]) -> bool:
    if stop.group().startswith("\n"):
        return True
    if not _BEGINS.match(text, stop.end()):
        return False
    if stop.group()[0] != ".":
        return True
    # No abbreviation is longer than the window; the whole text before it would make this quadratic.
    head = text[max(0, stop.start() - 40) : stop.start()]
    word = re.search(r"[\w.]*$", head)
    last = word.group().casefold() if word else ""
    if last in _ABBREVIATIONS:
        # "no" closes a sentence unless a number follows ("no. 3").
        return last in _MAY_END and not text[stop.end() :].lstrip()[:1].isdigit()
    # An initial ("J. Smith"), but not a closing unit or letter such as "hepatitis C." or "vitamin D.".
    initial = len(last) == 1 and last.isalpha() and head[-1].isupper()
    return not (initial and re.search(r"(^|[\s.])[A-Z]$", head) and not re.search(r"[a-z]\s[A-Z]$", head))


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        spans.append((start + left, start + right))
