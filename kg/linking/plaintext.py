"""Plain text as the term index spells it, word for word, with the way back to the original offsets.

Words are those of `kg.terms.names.normalize_name`: lower case, accents off, Greek letters spelled, dashes and quotes
unified. Nearly every character stays one character, so a place in the normalised text is a place in the original; the
few that do not (Greek letters, apostrophes, signs of rotation) are remembered as *edits*, by which an offset is found.

Words are parted by one blank where the text has signs or blanks ("beta-blocker", "renal failure", "1-(2-ethyl)"), and
by two or more where it has both ("fever, pain"). A name never reaches over such a gap.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from kg.terms.names import normalize_name

# What the index keeps of an ASCII character between two letters: a character of a word, or a gap.
_TABLE: Final = "".join(kept[1] if len(kept := normalize_name(f"a{chr(code)}b")) == 3 else " " for code in range(128))
#: A character that no name has, for a letter of a script that names are not looked for in.
_FOREIGN: Final = "\x00"
# Blanks stay blanks and signs become dashes at first, so that runs of either can be told from a sign beside a blank.
_CLASSES: Final = {
    **{code: (" " if chr(code).isspace() else "-") if kept == " " else kept for code, kept in enumerate(_TABLE)},
    ord(_FOREIGN): _FOREIGN,
}
_DASH_TO_BLANK: Final = {ord("-"): " "}

_APOSTROPHE: Final = "'\u2018\u2019\u201b\u2032\u02bc\u02b9\u00b4\uff07"
# The places where normalised text is not as long as the original, and nothing else. Searched one by one: a pattern
# that begins with one character is many times faster than a choice among several.
_ROTATION: Final = re.compile(r"\(\s*(?:\+\s*[-/,]*\s*[-\u2212\u2013]|[-+\u00b1\u2212\u2013])\s*\)")
_PRIMES: Final = re.compile(rf"[{_APOSTROPHE}\u2033]+")
_AND: Final = re.compile("&")
_OTHER: Final = re.compile(r"[^\x00-\x7f]")
_BLANKS: Final = re.compile(r"  +")
_SIGNS: Final = re.compile(r"--+")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text in the spelling of the index.

    Attributes:
        text: the original.
        norm: the normalised text, with a blank at its end.
        edits: normalised offsets from which on the difference to the original is another.
        shifts: for each edit, original offset less normalised offset.
    """

    text: str
    norm: str
    edits: list[int]
    shifts: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original bounds of a stretch of the normalised text.

        >>> plain = read_plain("of β-blockers, he")
        >>> start = plain.norm.index("beta")
        >>> plain.norm, plain.text[slice(*plain.span(start, start + 13))]
        ('of beta blockers  he ', 'β-blockers')
        """
        if not self.edits:
            return start, end
        return self._original(start), self._original(end - 1) + 1

    def _original(self, place: int) -> int:
        at = bisect_right(self.edits, place) - 1
        return place + self.shifts[at] if at >= 0 else place


def read_plain(text: str) -> PlainText:
    """Return a text in the spelling of the index.

    >>> read_plain("Parkinson’s disease (PD)").norm
    'parkinsons disease  pd  '
    >>> read_plain("(-)-Menthol and 1-(5'-deoxyadenosyl)").norm
    'minus menthol and 1 5 prime deoxyadenosyl  '
    """
    edits: list[int] = []
    shifts: list[int] = []
    ascii_only = text.isascii()
    found: list[re.Match[str]] = []
    if "(" in text:
        found += _ROTATION.finditer(text)
    if not ascii_only or "'" in text:
        found += _PRIMES.finditer(text)
    if "&" in text:
        found += _AND.finditer(text)
    if not ascii_only:
        taken = {place for match in found for place in range(*match.span())}
        found += (match for match in _OTHER.finditer(text) if match.start() not in taken)
    pieces = [(match.start(), match.end(), _spelled(text, match)) for match in found]
    plain = _replaced(text, sorted(pieces), edits, shifts).translate(_CLASSES)
    for sign, runs in (("  ", _BLANKS), ("--", _SIGNS)):
        if sign in plain:
            plain = _collapsed(plain, runs, edits, shifts)
    return PlainText(text, plain.translate(_DASH_TO_BLANK) + " ", edits, shifts)


def _collapsed(plain: str, runs: re.Pattern[str], edits: list[int], shifts: list[int]) -> str:
    """Make one of each run of blanks, or of signs; ``edits`` stay those to the original."""
    before = PlainText("", "", list(edits), list(shifts))
    own_edits: list[int] = []
    own_shifts: list[int] = []
    pieces = [(found.start(), found.end(), found.group()[0]) for found in runs.finditer(plain)]
    short = _replaced(plain, pieces, own_edits, own_shifts)
    # Composed: an edit of either is an edit of both.
    after = PlainText("", "", own_edits, own_shifts)
    removed = accumulate((end - start - 1 for start, end, _ in pieces), initial=0)
    ends = [end for _, end, _ in pieces]
    lost = list(removed)
    places = sorted({*own_edits, *(edit - lost[bisect_right(ends, edit)] for edit in edits)} - {-1})
    edits[:] = [place for place in places if place >= 0]
    shifts[:] = [before._original(after._original(place)) - place for place in edits]
    return short


def _replaced(text: str, changes: list[tuple[int, int, str]], edits: list[int], shifts: list[int]) -> str:
    """Return a text with stretches of it spelled anew, and note where it is longer or shorter than before."""
    if not changes:
        return text
    pieces: list[str] = []
    size = done = 0
    for start, end, spelled in changes:
        pieces += (text[done:start], spelled)
        size += start - done
        done = end
        if len(spelled) == end - start == 1:
            # One for one: no edit, only another character.
            size += 1
            continue
        # Each character of the spelling stands for the first one of the original, the last for the last.
        for offset in range(len(spelled)):
            edits.append(size + offset)
            shifts.append((start if offset < len(spelled) - 1 else end - 1) - (size + offset))
        size += len(spelled)
        edits.append(size)
        shifts.append(end - size)
    pieces.append(text[done:])
    return "".join(pieces)


def _spelled(text: str, found: re.Match[str]) -> str:
    start, end = found.span()
    signs = found.group()
    if found.re is _ROTATION:
        plus, minus, both = "+" in signs, any(c in signs for c in "-\u2212\u2013"), "\u00b1" in signs
        word = "plus minus" if both or (plus and minus) else "plus" if plus else "minus"
        return _padded(word, text, start, end)
    if found.re is _AND:
        return _padded("and", text, start, end)
    if found.re is _PRIMES:
        return _primes(text, start, end)
    letter = _letter(found.group())
    return _padded(letter, text, start, end) if len(letter) > 2 else letter


def _primes(text: str, start: int, end: int) -> str:
    before, after = text[start - 1 : start], text[end : end + 1]
    count = sum(2 if c == "\u2033" else 1 for c in text[start:end])
    alone = before.isalpha() and not text[start - 2 : start - 1].isalpha() and start > 0
    if before.isdigit() or (alone and not after.isalpha()):
        return _padded(" ".join(["prime"] * count), text, start, end)
    if count == 1 and before.isalpha() and after.isalpha():
        return ""
    return " "


def _padded(word: str, text: str, start: int, end: int) -> str:
    """Part a word from the words that it touches; a sign or blank that stands there parts already."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return f"{' ' if _in_word(before) else ''}{word}{' ' if _in_word(after) else ''}"


def _in_word(char: str) -> bool:
    return bool(char) and (_TABLE[ord(char)] != " " if char.isascii() else _letter(char) not in {"", " ", "-"})


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    """Return the ASCII spelling of one character: "" for an accent, " " for a sign, words for a Greek letter.

    >>> _letter("é"), _letter("β"), _letter("²"), _letter("—"), _letter("ß"), _letter("я") == _FOREIGN
    ('e', 'beta', '2', '-', 'ss', True)
    """
    if unicodedata.combining(char):
        return ""
    if unicodedata.category(char) == "Pd" or char == "\u2212":
        return "-"
    spelled = normalize_name(f"a{char}b")
    if spelled == "ab":
        return "" if unicodedata.category(char) == "Cf" else " "
    if spelled == "a b":
        return " "
    inner = spelled[1:-1].strip() if spelled.startswith("a") and spelled.endswith("b") else ""
    return inner if inner.isascii() and inner else _FOREIGN
