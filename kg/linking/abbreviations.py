"""Abbreviations that a document defines itself: "acute myeloid leukemia (AML)".

The algorithm of Schwartz and Hearst (A simple algorithm for identifying abbreviation definitions in biomedical text,
Pacific Symposium on Biocomputing 2003, pages 451-462), written anew: a short form in parentheses behind its long form,
or the long form in parentheses behind the short one. Each letter and digit of the short form is found in the long one,
from the right to the left; the first of them begins a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PARENTHESES: Final = re.compile(r"\(([^()]{2,200})\)")
# What ends a short form inside its parentheses: "(AML; n = 3)", "(AML, 12%)", "(DEN: 10 mg)".
_INSIDE: Final = re.compile(r"[;,:]\s|\s[=<>]")
_SHORT: Final = re.compile(r"[^\W_][\w/.+'\u2019-]*(?: [\w/.+-]+)?")
_WORD: Final = re.compile(r"\S+")
_MOST: Final = 10
# A long form ends where its sentence or clause does.
_CLAUSE: Final = re.compile(r"[.;:!?]\s|[()\[\]]")


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and what it stands for; offsets are those of the text.

    Attributes:
        short: the short form.
        long: the long form.
        short_start: where the short form stands in its definition.
        long_start: where the long form stands.
    """

    short: str
    long: str
    short_start: int
    long_start: int

    @property
    def long_end(self) -> int:
        """The offset behind the long form."""
        return self.long_start + len(self.long)


def find_abbreviations(text: str) -> Iterator[Abbreviation]:
    """Yield the abbreviations that a text defines, in order.

    >>> [(a.short, a.long) for a in find_abbreviations("In acute myeloid leukemia (AML; n=3), AML was seen.")]
    [('AML', 'acute myeloid leukemia')]
    >>> [(a.short, a.long) for a in find_abbreviations("PTU (propylthiouracil) helped (see Table 1).")]
    [('PTU', 'propylthiouracil')]
    """
    for found in _PARENTHESES.finditer(text):
        inner = found.group(1)
        cut = _INSIDE.search(inner)
        short = inner[: cut.start()] if cut else inner
        short = short.rstrip()
        start = found.start(1) + len(short) - len(short.lstrip())
        short = short.strip().strip("\"'\u201c\u201d")
        if is_short_form(short):
            start = text.index(short, found.start(1))
            if pair := _before(text, found.start(), short, start):
                yield pair
        elif pair := _inside(text, found, inner):
            yield pair


def is_short_form(text: str) -> bool:
    """Tell whether a text may be a short form: 2 to 10 characters, two words at most, with a letter.

    A word of small letters alone is none: parentheses hold many of them.

    >>> [is_short_form(text) for text in ("AML", "5-FU", "n", "see below there", "1998", "mice", "IL-2 R")]
    [True, True, False, False, False, False, True]
    """
    return (
        2 <= len(text) <= _MOST
        and bool(_SHORT.fullmatch(text))
        and any(c.isalpha() for c in text)
        and any(c.isupper() or c.isdigit() for c in text)
        and not (text[:1].isupper() and text[1:].islower() and len(text) > 4)
    )


def long_form(short: str, before: str) -> int | None:
    """Return where the long form of a short form begins in the text before it, None where there is none.

    Args:
        short: the short form.
        before: the text that ends with the long form.

    >>> before = "treated with methyl ethyl ketone"
    >>> before[long_form("MEK", before) :]
    'methyl ethyl ketone'
    >>> long_form("XY", before) is None
    True
    """
    at = len(before) - 1
    letters = [c for c in short.lower() if c.isalnum()]
    lowered = before.lower()
    if len(lowered) != len(before):
        return None
    for place in range(len(letters) - 1, -1, -1):
        letter = letters[place]
        # The first letter of the short form begins a word.
        while at >= 0 and (
            lowered[at] != letter or (place == 0 and at > 0 and (lowered[at - 1].isalnum() or lowered[at - 1] == "'"))
        ):
            at -= 1
        if at < 0:
            return None
        at -= 1
    return at + 1


def short_form_behind(text: str, start: int, end: int) -> str:
    """Return the short form in parentheses behind a name whose initials it has in another order, "" where none is.

    The languages of medicine differ in the order of their words: DM is dystrophia myotonica, in English myotonic
    dystrophy. The algorithm, which keeps the order, does not find these.

    >>> short_form_behind("a myotonic dystrophy (DM)", 2, 20), short_form_behind("myotonic dystrophy (AB)", 0, 18)
    ('DM', '')
    """
    if text[end : end + 2] != " (":
        return ""
    short = text[end + 2 : text.find(")", end)]
    if not is_short_form(short) or not short.isalpha():
        return ""
    initials = [word[0] for word in re.split(r"[\W_]+", text[start:end].lower()) if word]
    return short if sorted(short.lower()) == sorted(initials) else ""


def _before(text: str, parenthesis: int, short: str, short_start: int) -> Abbreviation | None:
    """Return the pair of a short form in parentheses and what stands before them."""
    end = len(text[:parenthesis].rstrip())
    window = max(0, end - 300)
    clauses = [found.end() for found in _CLAUSE.finditer(text, window, end)]
    window = max([window, *clauses])
    words = list(_WORD.finditer(text, window, end))
    letters = sum(c.isalnum() for c in short)
    words = words[-min(letters + 5, 2 * letters) :]
    if not words:
        return None
    begin = words[0].start()
    at = long_form(short, text[begin:end])
    if at is None:
        return None
    return _checked(short, text[begin + at : end], short_start, begin + at)


def _inside(text: str, found: re.Match[str], inner: str) -> Abbreviation | None:
    """Return the pair of a short form before parentheses and the long form in them."""
    head = text[: found.start()].rstrip()
    words = _WORD.findall(head[-20:])
    if not words or not is_short_form(short := words[-1].lstrip("([\"'")) or len(head) == found.start():
        return None
    cut = _INSIDE.search(inner)
    long = (inner[: cut.start()] if cut else inner).strip()
    at = long_form(short, long)
    # All of the parentheses must be the long form.
    if at != 0:
        return None
    return _checked(short, long, len(head) - len(words[-1]) + words[-1].index(short), text.index(long, found.start()))


def _checked(short: str, long: str, short_start: int, long_start: int) -> Abbreviation | None:
    """Drop pairs that the algorithm's authors drop: a long form no longer than the short one, or with it as a word."""
    words = re.split(r"[\s-]+", long)
    letters = sum(c.isalnum() for c in short)
    if len(long) <= len(short) or short in words or len(words) > min(letters + 5, 2 * letters):
        return None
    return Abbreviation(short, long, short_start, long_start)
