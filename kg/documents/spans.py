"""Where an annotation stands: offsets verified against the text, and repaired only where one repair fits.

Offsets of annotated corpora fail in known ways: the annotator's copy of the text was rewritten (``α`` became ``a``,
dashes and quotes became ASCII), offsets count UTF-8 bytes or UTF-16 units, or they drift by a constant behind a
character or passage that one side counts otherwise (Comeau et al. 2013, doi:10.1093/database/bat064, section
"offsets"; Wei et al. 2013, doi:10.1093/nar/gkt441). What is exact is never touched. A repair is taken only where the
surface form is really there and no other place fits as well; every repair and every failure is a finding.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from kg.curies import association_id
from kg.model import Finding, Mention, Reason

How = Literal["exact", "case", "rewritten", "bytes", "utf16", "shifted", "moved", "unplaced"]
Unit = Literal["code points", "bytes", "utf16"]

#: How far from the place that the source names a surface form is looked for, in code points.
NEAR: Final = 100
#: Neighbours that are asked whether a drift is theirs too.
NEIGHBOURS: Final = 8

_WIDE = re.compile(r"[^\x00-\x7f]")
# Letters that annotators write for a Greek one, the sound first.
_GREEK: Final = {
    "α": "a", "β": "b", "γ": "gr", "δ": "d", "ε": "e", "ζ": "z", "η": "ehn", "θ": "tq", "ι": "i", "κ": "k", "λ": "l",
    "μ": "mu", "ν": "nv", "ξ": "x", "ο": "o", "π": "p", "ρ": "rp", "σ": "s", "ς": "s", "τ": "t", "υ": "uy", "φ": "fp",
    "χ": "cx", "ψ": "py", "ω": "ow", "µ": "mu",
}  # fmt: skip
#: What stands in a surface form for a character that its writer could not write.
_LOST: Final = "?\ufffd"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a surface form stands in a passage, and how that was found.

    Attributes:
        start: first code point, -1 where it is unplaced.
        end: code point behind the last, -1 where it is unplaced.
        how: ``exact``; ``case`` and ``rewritten``: the place is right and the surface form is written otherwise;
            ``bytes`` and ``utf16``: what the offsets count; ``shifted``: neighbours have the same drift; ``moved``: the
            only place near by; ``unplaced``.
        why: why it is unplaced.
    """

    start: int
    end: int
    how: How
    why: str = ""


class SpanReader:
    """Places the spans of one document, passage by passage in the order of the text.

    It remembers the drift and what offsets count from one span to the next, so that a drift which began in one
    passage is known in the following ones.

    >>> reader = SpanReader()
    >>> reader.place("IL-1α and fever", 0, 5, "IL-1a").how, reader.place("IL-1α and fever", 11, 16, "fever")
    ('rewritten', Placement(start=10, end=15, how='bytes', why=''))
    >>> reader.place("no such word", 3, 7, "pain").how
    'unplaced'
    """

    def __init__(self) -> None:
        self.drift = 0

    def place(self, text: str, start: int, end: int, surface: str) -> Placement:
        """Place one span; `place_all` knows more, because it sees the neighbours behind it as well.

        >>> SpanReader().place("No fever was seen.", 3, 8, "fever")
        Placement(start=3, end=8, how='exact', why='')
        """
        return self.place_all(text, ((start, end, surface),))[0]

    def place_all(self, text: str, spans: Sequence[tuple[int, int, str]]) -> list[Placement]:
        """Place the spans of one passage.

        Args:
            text: the passage.
            spans: (start, end, surface form) of each, as the source writes them, relative to the passage.

        Returns:
            One placement for each span, in their order.

        >>> spans = [(4, 9, "fever"), (14, 18, "pain")]
        >>> [(place.start, place.how) for place in SpanReader().place_all("No fever, no pain.", spans)]
        [(3, 'shifted'), (13, 'shifted')]
        """
        places: list[Placement | None] = [
            Placement(start, end, "exact") if _stands(text, start, end, surface) else None
            for start, end, surface in spans
        ]
        if None in places and not text.isascii():
            places, spans = _in_other_units(text, spans, places)
        left = [i for i, place in enumerate(places) if place is None]
        if left:
            folded = fold(text)
            for i in left:
                places[i] = _as_written_otherwise(text, folded, *spans[i])
            self._drifted(text, folded, spans, places)
        return [place or Placement(-1, -1, "unplaced") for place in places]

    def _drifted(
        self, text: str, folded: str, spans: Sequence[tuple[int, int, str]], places: list[Placement | None]
    ) -> None:
        """Fill the places that are still open, from the neighbours' drift or the only place near by."""
        left = sorted((i for i, place in enumerate(places) if place is None), key=lambda i: spans[i][:2])
        near = {i: self._drifts(text, folded, spans[i]) for i in left}
        for rank, i in enumerate(left):
            start, _, surface = spans[i]
            drifts = near[i] or self._drifts(text, folded, spans[i])
            how: How = "shifted"
            if self.drift and self.drift in drifts:
                drift = self.drift
            elif found := _common_drift(drifts, [near[j] for j in left[rank + 1 : rank + NEIGHBOURS]]):
                drift = found
            elif start < len(text) and (only := _only_place(folded, surface, drifts, start)):
                drift, how = only, "moved"
            else:
                places[i] = Placement(-1, -1, "unplaced", _why(text, start, drifts))
                continue
            self.drift = drift
            places[i] = Placement(start + drift, start + drift + len(surface), how)

    def _drifts(self, text: str, folded: str, span: tuple[int, int, str]) -> frozenset[int]:
        """Return the distances from the place that the source names to those where the surface form stands."""
        start, _, surface = span
        if not surface.strip() or start < 0:
            return frozenset()
        low = max(0, start + min(0, self.drift) - NEAR)
        high = start + max(0, self.drift) + NEAR + len(surface)
        for body, sought in ((text, surface), (folded, fold(surface))):
            found = []
            at = body.find(sought, low, high)
            while at >= 0:
                found.append(at - start)
                at = body.find(sought, at + 1, high)
            if found:
                return frozenset(found)
        return frozenset()


def span_finding(mention: Mention, placement: Placement, start: int | str, end: int | str) -> Finding | None:
    """Return what a placement says against the source's span, None where the span is exact.

    Args:
        mention: the mention, with its document.
        placement: where it was found.
        start: the first offset as the source writes it.
        end: the second one.

    >>> fever = Mention("m", "PMID:1", 1, "x", "biolink:Disease", "fever", "", None)
    >>> span_finding(fever, Placement(3, 8, "exact"), 3, 8) is None
    True
    >>> (finding := span_finding(fever, Placement(3, 8, "moved"), 4, 9)) and finding.code
    'span-repaired'
    """
    if placement.how == "exact":
        return None
    if placement.how == "unplaced":
        code, message = "span-mismatch", f"'{mention.text}' does not stand at {start}-{end}"
        message += f": {placement.why}" if placement.why else ""
        detail = placement.why or "not in the text near by"
    elif placement.how in {"case", "rewritten"}:
        code, message = "span-repaired", f"the text at {start}-{end} is written otherwise than '{mention.text}'"
        detail = _DETAILS[placement.how]
    else:
        code = "span-repaired"
        message = (
            f"'{mention.text}' is given at {start}-{end} of the document and stands at "
            f"{placement.start}-{placement.end} of its passage"
        )
        detail = _DETAILS[placement.how]
    return Finding(
        id=association_id("finding", mention.id, code), code=code,
        severity="warning" if placement.how == "unplaced" else "info", document=mention.document, mention=mention.id,
        text=mention.text, asserted=mention.asserted or mention.asserted_as or None, asserted_name=None, suggested=None,
        suggested_name=None, message=message, reasons=(Reason(placement.how, detail),),
    )  # fmt: skip


_DETAILS: Final[dict[str, str]] = {
    "case": "upper and lower case differ",
    "rewritten": "letters, dashes, spaces or quotes were rewritten by the annotator",
    "bytes": "the offsets count UTF-8 bytes",
    "utf16": "the offsets count UTF-16 units",
    "shifted": "neighbouring annotations have the same drift",
    "moved": "it is the only place near by",
}


def fold(text: str) -> str:
    """Return ``text`` in lower case with plain letters, dashes, quotes and spaces; of the same length.

    >>> fold("TNF\u2010α β\u00a0Café")
    'tnf-a b cafe'
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    low = char.lower()
    if len(low) != 1:
        return char
    if low in _GREEK:
        return _GREEK[low][0]
    kind = unicodedata.category(low)
    if kind == "Pd" or low == "\u2212":
        return "-"
    if kind == "Zs":
        return " "
    if kind in {"Pi", "Pf"} or low in "′″`´":
        return '"' if low in "“”„″«»" else "'"
    plain = [c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c)]
    return _GREEK.get(plain[0], plain[0])[0] if len(plain) == 1 else low


def _stands(text: str, start: int, end: int, surface: str) -> bool:
    # A slice may end behind the text; the span may not.
    return 0 <= start < end == start + len(surface) and text[start:end] == surface


def _in_other_units(
    text: str, spans: Sequence[tuple[int, int, str]], places: list[Placement | None]
) -> tuple[list[Placement | None], Sequence[tuple[int, int, str]]]:
    """Read the offsets as bytes and as UTF-16 units; what makes more of them exact is what they count.

    Returns:
        The places, and the spans in code points where they can be read so.
    """
    best, most, as_points = places, sum(place is not None for place in places), spans
    units: tuple[Literal["bytes", "utf16"], ...] = ("bytes", "utf16")
    for unit in units:
        points = CodePoints(text, unit)
        read: list[Placement | None] = []
        turned: list[tuple[int, int, str]] = []
        for start, end, surface in spans:
            at, to = points.of(start), points.of(end)
            if at is None or to is None:
                read.append(None)
                turned.append((start, end, surface))
                continue
            exact = _stands(text, at, to, surface)
            read.append(Placement(at, to, "exact" if (at, to) == (start, end) else unit) if exact else None)
            turned.append((at, to, surface))
        count = sum(place is not None for place in read)
        if count > most:
            best, most, as_points = read, count, turned
    # Spans that are exact as they are and fail in the unit of the others stay as they are.
    return [place or before for place, before in zip(best, places, strict=True)], as_points


class CodePoints:
    """Offsets in UTF-8 bytes or UTF-16 units -> offsets in code points.

    >>> points = CodePoints("aα😀b", "bytes")
    >>> [points.of(offset) for offset in (0, 1, 2, 3, 7, 8)]
    [0, 1, None, 2, 3, 4]
    """

    def __init__(self, text: str, unit: Literal["bytes", "utf16"]) -> None:
        self.length = len(text)
        self._behind: list[int] = [0]  # offset in units behind each wide character
        self._points: list[int] = [0]  # the same in code points
        extra = 0
        for found in _WIDE.finditer(text):
            at, char = found.start(), found.group()
            extra += len(char.encode("utf-8", "surrogatepass")) - 1 if unit == "bytes" else int(char > "\uffff")
            self._behind.append(at + 1 + extra)
            self._points.append(at + 1)

    def of(self, offset: int) -> int | None:
        """Return the code point at an offset, None where it is inside a character or outside the text.

        >>> CodePoints("😀b", "utf16").of(2), CodePoints("😀b", "utf16").of(1)
        (1, None)
        """
        if offset < 0:
            return None
        rank = bisect_right(self._behind, offset) - 1
        point = self._points[rank] + offset - self._behind[rank]
        # Inside the next wide character, or behind the last code point.
        beyond = rank + 1 < len(self._points) and point > self._points[rank + 1] - 1
        return None if beyond or point > self.length else point


def _as_written_otherwise(text: str, folded: str, start: int, end: int, surface: str) -> Placement | None:
    """Return the place that the source names, where the surface form is only written otherwise there."""
    if not 0 <= start < len(text) or not surface.strip():
        return None
    # A letter or two are soon alike by chance, inside of other words.
    short = len(surface) < 4
    inside = start < end <= len(text) and (not short or _is_word(text, start, end))
    if inside:
        here = text[start:end]
        if here.lower() == surface.lower():
            return Placement(start, end, "case")
        if folded[start:end] == fold(surface) or _alike(here, surface):
            return Placement(start, end, "rewritten")
    # The start is right and the end is not (inclusive ends, a cut number).
    if text.startswith(surface, start):
        return Placement(start, start + len(surface), "moved")
    to = start + len(surface)
    if to <= len(text) and to != end and (folded[start:to] == fold(surface) or _alike(text[start:to], surface)):
        return Placement(start, to, "rewritten") if not short or _is_word(text, start, to) else None
    if inside and _same_letters(text[start:end], surface):
        low = start + len(text[start:end]) - len(text[start:end].lstrip())
        return Placement(low, low + len(text[start:end].strip()), "rewritten")
    return None


def _alike(here: str, surface: str) -> bool:
    """Tell whether two texts of one length differ only in letters that stand for each other.

    >>> _alike("TGFβ 5 µm", "tgfb-5 um"), _alike("fièvre", "fi?vre"), _alike("fever", "f?ver")
    (True, True, False)
    """
    if len(here) != len(surface) or not any(a == b for a, b in zip(here, surface, strict=True)):
        return False
    return all(
        _folded(a) == _folded(b) or {_folded(a), _folded(b)} == {" ", "-"} or b.lower() in _GREEK.get(a.lower(), "")
        or (b in _LOST and not a.isascii()) or (a in _LOST and not b.isascii())
        for a, b in zip(here, surface, strict=True)
    )  # fmt: skip


def _same_letters(here: str, surface: str) -> bool:
    """Tell whether two texts have the same letters and digits, Greek ones as a letter or by their name.

    >>> _same_letters("IL-1β", "IL-1beta"), _same_letters("a < b", "a &lt; b"), _same_letters("a", "b")
    (True, True, False)
    """
    return bool(_letters(here) & _letters(html.unescape(surface)))


def _letters(text: str) -> set[str]:
    named = "".join(
        unicodedata.name(c, "").rpartition("LETTER ")[2] if "\u0370" <= c <= "\u03ff" or c == "µ" else c for c in text
    ).replace("MICRO SIGN", "MU").replace("LAMDA", "LAMBDA")  # fmt: skip
    plain = (
        "".join(c for c in unicodedata.normalize("NFKD", form).casefold() if c.isalnum())
        for form in (fold(text), named)
    )
    return {form for form in plain if form}


def _common_drift(drifts: Iterable[int], neighbours: Sequence[frozenset[int]]) -> int:
    """Return the drift that most neighbours behind share, one after the other; 0 where none or several do."""
    runs: dict[int, int] = {}
    for drift in drifts:
        if drift == 0:
            continue
        run = 1
        for others in neighbours:
            if drift not in others:
                break
            run += 1
        runs[drift] = run
    longest = max(runs.values(), default=0)
    best = [drift for drift, run in runs.items() if run == longest]
    return best[0] if longest >= 2 and len(best) == 1 else 0


def _only_place(folded: str, surface: str, drifts: frozenset[int], start: int) -> int:
    """Return the drift to the only place of a surface form in the passage, 0 where it is not near by or not the only."""
    if len(drifts) != 1:
        return 0
    drift = next(iter(drifts))
    at, sought = start + drift, fold(surface)
    if abs(drift) > NEAR or not _is_word(folded, at, at + len(sought)):
        return 0
    other = folded.find(sought)
    while other >= 0:
        if other != at and _is_word(folded, other, other + len(sought)):
            return 0
        other = folded.find(sought, other + 1)
    return drift


def _is_word(text: str, start: int, end: int) -> bool:
    return not (text[start - 1 : start].isalnum() and start > 0) and not text[end : end + 1].isalnum()


def _why(text: str, start: int, drifts: frozenset[int]) -> str:
    if start < 0:
        return "it has no offset that can be read"
    if start >= len(text):
        return "it is given behind the end of the text"
    return "it stands at several places near by" if len(drifts) > 1 else "not in the text near by"
