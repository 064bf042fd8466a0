"""Linked entities with their places, sentence by sentence: what the statement rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.curies import prefix_of
from kg.documents.sentences import sentence_spans
from kg.linking.equivalence import PREFERRED
from kg.model import CHEMICAL, DISEASE, Document, Occurrence
from kg.statements.patients import Patients


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
    case: str | None = None

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
        outcomes: how each case ended.
        title_diseases: disease nodes named in the title, in reading order.
        diseases: every disease node with a place or a listing in the document, sorted.
    """

    document: str
    sentences: tuple[Sentence, ...]
    case: str | None
    outcomes: dict[str, str]
    title_diseases: tuple[str, ...]
    diseases: tuple[str, ...]


def tell_story(document: Document, places: Iterable[Place], diseases: Iterable[str], patients: Patients) -> Story:
    """Arrange a document for the statement rules.

    Args:
        document: the document.
        places: every place of every linked entity.
        diseases: the disease nodes that the document links, with places or without.
        patients: its cases.
    """
    sentences = tuple(_sentences(document, list(places), patients))
    title = [p.node for s in sentences if s.section == "title" for p in s.of(DISEASE)]
    cases = patients.cases
    return Story(
        document.id, sentences, cases[0].id if len(cases) == 1 else None, {c.id: c.outcome for c in cases if c.outcome},
        tuple(dict.fromkeys(title)), tuple(sorted(set(diseases))),
    )  # fmt: skip


def place_of(node: str, category: str, mention: str, occurrence: Occurrence) -> Place:
    """Return the place of a mention's occurrence."""
    return Place(node, category, occurrence.section, occurrence.start, occurrence.end, mention)


def _sentences(document: Document, places: list[Place], patients: Patients) -> Iterator[Sentence]:
    for passage in document.passages:
        here = _longest([p for p in places if p.section == passage.section])
        for start, end in sentence_spans(passage.text):
            inside = tuple(p for p in here if start <= p.start and p.end <= end)
            case = patients.case_at(passage.section, start)
            yield Sentence(passage.section, start, end, passage.text[start:end], inside, case)


def _longest(places: list[Place]) -> list[Place]:
    """Keep the longest of overlapping places; of equal ones the preferred vocabulary's, then the first."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda p: (p.start - p.end, p.start, _vocabulary(p), p.node, p.mention)):
        if all(place.end <= k.start or place.start >= k.end for k in kept):
            kept.append(place)
    return sorted(kept, key=lambda p: p.start)


def _vocabulary(place: Place) -> int:
    """Two identifiers of one name that no mapping joins are two nodes at one place; one must speak."""
    order = PREFERRED.get(place.category, ())
    return order.index(p) if (p := prefix_of(place.node)) in order else len(order)
