"""Linked entities with their places, sentence by sentence: what the statement rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.documents.sentences import sentence_spans
from kg.model import CHEMICAL, DISEASE, Case, Document, Occurrence


@dataclass(frozen=True, slots=True)
class Place:
    """One occurrence of a linked entity. Offsets count within the passage."""

    node: str
    category: str
    section: str
    start: int
    end: int
    mention: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with the entities that stand in it; longer names win where names overlap."""

    section: str
    start: int
    end: int
    text: str
    places: tuple[Place, ...]

    def of(self, category: str) -> tuple[Place, ...]:
        """Return the places of one category, in reading order."""
        return tuple(p for p in self.places if p.category == category)

    def masked(self, marked: Place | None = None) -> str:
        """Return the text with names masked, length kept: `c` for chemicals, `d` for diseases, `x` others.

        The marked place is written in capitals. Rules match on the mask, so that a name such as "acute"
        something or "drug-resistant" something never trips a rule.

        >>> s = Sentence("t", 0, 9, "ab for cd", (Place("1", CHEMICAL, "t", 0, 2, "m"), Place("2", DISEASE, "t", 7, 9, "n")))
        >>> s.masked(s.places[0])
        '⟦C for ⟦d'
        """
        text = list(self.text)
        for place in self.places:
            letter = {CHEMICAL: "c", DISEASE: "d"}.get(place.category, "x")
            if marked is not None and (place.start, place.end, place.node) == (marked.start, marked.end, marked.node):
                letter = letter.upper()
            first, last = place.start - self.start, place.end - self.start
            text[first:last] = ["⟦", *letter * (last - first - 1)]
        return "".join(text)


@dataclass(frozen=True, slots=True)
class Story:
    """A document as the statement rules see it.

    Attributes:
        document: identifier.
        sentences: every sentence, in reading order.
        case: the case, where the document describes exactly one.
        outcome: how that case ended.
        title_diseases: disease nodes named in the title, in reading order.
        diseases: every disease node with a place or a listing in the document, sorted.
    """

    document: str
    sentences: tuple[Sentence, ...]
    case: str | None
    outcome: str | None
    title_diseases: tuple[str, ...]
    diseases: tuple[str, ...]


def tell_story(document: Document, places: Iterable[Place], diseases: Iterable[str], cases: tuple[Case, ...]) -> Story:
    """Arrange a document for the statement rules.

    Args:
        document: the document.
        places: every place of every linked entity.
        diseases: the disease nodes that the document links, with places or without.
        cases: its cases.
    """
    sentences = tuple(_sentences(document, list(places)))
    title = [p.node for s in sentences if s.section == "title" for p in s.of(DISEASE)]
    case = cases[0] if len(cases) == 1 else None
    return Story(
        document.id, sentences, case.id if case else None, case.outcome if case else None,
        tuple(dict.fromkeys(title)), tuple(sorted(set(diseases))),
    )  # fmt: skip


def place_of(node: str, category: str, mention: str, occurrence: Occurrence) -> Place:
    """Return the place of a mention's occurrence."""
    return Place(node, category, occurrence.section, occurrence.start, occurrence.end, mention)


def _sentences(document: Document, places: list[Place]) -> Iterator[Sentence]:
    for passage in document.passages:
        here = _longest([p for p in places if p.section == passage.section])
        for start, end in sentence_spans(passage.text):
            inside = tuple(p for p in here if start <= p.start and p.end <= end)
            yield Sentence(passage.section, start, end, passage.text[start:end], inside)


def _longest(places: list[Place]) -> list[Place]:
    """Keep the longest of overlapping places; of equal ones the first by node and mention."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda p: (p.start - p.end, p.start, p.node, p.mention)):
        if all(place.end <= k.start or place.start >= k.end for k in kept):
            kept.append(place)
    return sorted(kept, key=lambda p: p.start)
