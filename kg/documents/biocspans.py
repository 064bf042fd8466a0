"""Where the annotations of a BioC document stand in its passages.

Offsets count from the begin of the document, so that the passage's own offset is taken off. Some exporters count from
the begin of the passage or of the sentence, or write a wrong offset for the passage; what makes more of a passage's
spans exact is what they count. A discontinuous annotation has a place for each of its locations.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.documents.biocparts import RawAnnotation, clean
from kg.documents.sentences import sentence_spans
from kg.documents.spans import Placement, SpanReader


class Home:
    """A passage with its section, its offset in the document and its text.

    Args:
        section: its name, numbered.
        offset: where it begins in the document, as the source counts.
        text: its text, or that of its sentences.
        begins: where each sentence of the source begins in ``text``.
    """

    __slots__ = ("_sentences", "_starts", "begins", "offset", "section", "text")

    def __init__(self, section: str, offset: int, text: str, begins: Sequence[int] = ()) -> None:
        self.section = section
        self.offset = offset
        self.text = text
        self.begins = begins
        self._sentences: tuple[tuple[int, int], ...] | None = None
        self._starts: list[int] = []

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the bounds of the sentence that holds ``at``, as `kg.documents.sentences` finds them.

        >>> Home("abstract", 0, "It began. Fever followed.").sentence(12)
        (10, 25)
        """
        if self._sentences is None:
            self._sentences = sentence_spans(self.text)
            self._starts = [start for start, _ in self._sentences]
        if not self._sentences:
            return (0, len(self.text))
        return self._sentences[max(0, bisect_right(self._starts, at) - 1)]


@dataclass(slots=True)
class Span:
    """An annotation, the passage and sentence that hold it (-1: none), and the places that were found.

    Attributes:
        annotation: as the source has it.
        passage: index of its passage; the one where it stands, once it is placed.
        sentence: index of the sentence within the passage.
        pieces: offset, length and part of the text of each location, as the source has them.
        places: one for each location, relative to the passage.
        origin: the offset at which its passage begins, as its locations count.
    """

    annotation: RawAnnotation
    passage: int
    sentence: int
    pieces: list[tuple[int, int, str]] = field(default_factory=list)
    places: list[Placement] = field(default_factory=list)
    origin: int = 0


#: (offset, length, surface form) of one location, as the source counts.
_Piece = tuple[int, int, str]


def place_spans(homes: Sequence[Home], spans: Sequence[Span]) -> list[str]:
    """Place annotations: fill ``places``, and set ``passage`` to where each stands.

    Args:
        homes: the passages of the document in order.
        spans: its annotations; those of the document itself, and those whose offset is in another passage than
            their own, find theirs by the offset.

    Returns:
        What was found about whole passages: where the offsets count from, if it is not what BioC says.

    >>> span = Span(RawAnnotation("1", {}, "ocular toxicity", [(10, 6), (30, 8)]), 0, -1)
    >>> place_spans([Home("title", 10, "ocular and auditory toxicity")], [span])
    []
    >>> [(p.start, p.end, p.how) for p in span.places]
    [(0, 6, 'exact'), (20, 28, 'exact')]
    """
    order = sorted(range(len(homes)), key=lambda index: homes[index].offset)
    offsets = [homes[index].offset for index in order]
    held: list[list[Span]] = [[] for _ in homes]
    for span in spans:
        if span.annotation.locations and homes:
            span.pieces = _pieces(span.annotation)
            if span.passage < 0:
                span.passage = order[max(0, bisect_right(offsets, span.pieces[0][0]) - 1)]
            held[span.passage].append(span)
    origins = [home.offset for home in homes]
    notes: list[str] = []
    strangers: list[Span] = []
    for index, (home, joined) in enumerate(zip(homes, _joined(homes), strict=True)):
        if here := held[index]:
            origins[index], note = _origin(home, here, joined)
            strangers += [span for span in here if not _stands(home.text, span, span.origin)]
            if note:
                notes.append(note)
    # Before anything is repaired: what stands in another passage, exactly where its offset says, is of that one.
    for span in strangers:
        for index, home in enumerate(homes):
            if index != span.passage and _stands(home.text, span, origins[index]):
                held[span.passage] = [other for other in held[span.passage] if other is not span]
                held[index].append(span)
                span.passage, span.origin = index, origins[index]
                break
    reader = SpanReader()
    for home, here in zip(homes, held, strict=True):
        asked = [
            (start := offset - span.origin if offset >= 0 else -1, start + length, surface or _own(home, start, length))
            for span in here
            for offset, length, surface in span.pieces
        ]
        placed = iter(reader.place_all(home.text, asked) if asked else ())
        for span in here:
            span.places = [next(placed) for _ in span.pieces]
    return notes


def _joined(homes: Sequence[Home]) -> list[int]:
    """Return where each passage begins if one character parts them, whatever their offsets say."""
    begins: list[int] = []
    at = homes[0].offset if homes else 0
    for home in homes:
        begins.append(at)
        at += len(home.text) + 1
    return begins


def _origin(home: Home, spans: Sequence[Span], joined: int) -> tuple[int, str]:
    """Find what the offsets of a passage's annotations count from, and set each span's ``origin``.

    It is what makes most annotations stand exactly where they say: the begin of the document, as BioC has it; the
    begin of the passage or sentence; or the begin of the document where the passage's own offset is wrong (BC5CDR's
    count ``&apos;`` as six characters).

    Returns:
        The offset at which the passage begins for its annotations, and what is to be told of it.
    """
    text = home.text
    given = [_stands(text, span, home.offset) for span in spans]
    for span in spans:
        span.origin = home.offset
    most = sum(given)
    if most == len(spans):
        return home.offset, ""
    begins = [-home.begins[span.sentence] if 0 <= span.sentence < len(home.begins) else 0 for span in spans]
    best, note = home.offset, ""
    for origins, name in (
        ([joined] * len(spans), "of the document, which puts the passage at another offset than its own"),
        ([0] * len(spans), "of the passage"),
        (begins, "of the sentence"),
    ):
        count = sum(_stands(text, span, origin) for span, origin in zip(spans, origins, strict=True))
        if count > most:
            most, best = count, origins[0]
            note = f"the offsets of {count} annotations in {home.section!r} count from the begin {name}"
            for span, origin, sound in zip(spans, origins, given, strict=True):
                span.origin = home.offset if sound else origin
    return best, note


def _stands(text: str, span: Span, origin: int) -> bool:
    """Tell whether every part of an annotation stands where its location says."""
    for offset, length, surface in span.pieces:
        start = offset - origin
        if offset < 0 or not 0 <= start < start + length <= len(text):
            return False
        if surface and text[start : start + length] != surface:
            return False
    return True


def _pieces(annotation: RawAnnotation) -> list[_Piece]:
    """Return each location with its part of the surface form; "" where the source has no text."""
    surface = clean(annotation.text)
    locations = annotation.locations
    if not surface.strip():
        return [(offset, length, "") for offset, length in locations]
    if len(locations) == 1:
        return [(*locations[0], surface)]
    parts = _parts(surface, [length for _, length in locations])
    return [(*location, part) for location, part in zip(locations, parts, strict=True)]


def _own(home: Home, start: int, length: int) -> str:
    return home.text[start : start + length] if 0 <= start < start + length <= len(home.text) else ""


def _parts(surface: str, lengths: Sequence[int]) -> list[str]:
    """Cut a surface form into parts of these lengths; what stands between them belongs to none.

    >>> _parts("ocular toxicity", [6, 8]), _parts("aspirin", [7, 7]), _parts("ocular ... toxicity", [6, 8])
    (['ocular', 'toxicity'], ['aspirin', 'aspirin'], ['ocular', 'toxicity'])
    """
    if all(length == len(surface) for length in lengths):
        return [surface] * len(lengths)
    parts = []
    at = 0
    for length in lengths:
        while at < len(surface) and (surface[at].isspace() or surface.startswith(("...", "…", "|"), at)):
            at += 3 if surface.startswith("...", at) else 1
        parts.append(surface[at : at + max(0, length)])
        at += max(0, length)
    return parts
