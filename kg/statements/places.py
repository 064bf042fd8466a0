"""Linked entities with their places, sentence by sentence: what the statement rules look at."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.documents.casereport import is_case_report
from kg.documents.sentences import sentence_spans
from kg.linking.context import preference
from kg.model import CHEMICAL, DISEASE, Document, Occurrence
from kg.statements.denial import is_target
from kg.statements.patients import Patients
from kg.statements.setting import is_of_animals

#: Characters to each side of a place that a rule sees.
REACH = 300
#: A sentence with more places is a list or a table, and is read for no statement.
MOST_PLACES = 40


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
    _mask: str = field(init=False, repr=False, compare=False)

    @property
    def is_prose(self) -> bool:
        """Whether the sentence is read for statements: no more than `MOST_PLACES` places."""
        return len(self.places) <= MOST_PLACES

    def of(self, category: str) -> tuple[Place, ...]:
        """Return the places of one category, in reading order."""
        return tuple(p for p in self.places if p.category == category)

    def has(self, *categories: str) -> bool:
        """Tell whether the sentence names something of each of the categories."""
        return all(any(p.category == category for p in self.places) for category in categories)

    def __post_init__(self) -> None:
        text = list(self.text)
        for place in self.places:
            letter = {CHEMICAL: "c", DISEASE: "d"}.get(place.category, "x")
            first, last = place.start - self.start, place.end - self.start
            text[first:last] = ["⟦", *letter * (last - first - 1)]
        object.__setattr__(self, "_mask", "".join(text))

    def masked(self, marked: Place | None = None) -> str:
        """Return the text with names masked, length kept: `c` for chemicals, `d` for diseases, `x` others.

        The marked place is written in capitals. Rules match on the mask, so that a name such as "acute"
        something or "drug-resistant" something never trips a rule.

        >>> s = Sentence("t", 0, 9, "ab for cd", (Place("1", CHEMICAL, "t", 0, 2, "m"), Place("2", DISEASE, "t", 7, 9, "n")))
        >>> s.masked(s.places[0])
        '⟦C for ⟦d'
        """
        if marked is None or marked not in self.places:
            return self._mask
        first, last = marked.start - self.start, marked.end - self.start
        return self._mask[:first] + self._mask[first:last].upper() + self._mask[last:]

    def window(self, *marked: Place, reach: int = REACH) -> tuple[str, int]:
        """Return the masked text around some places, and where in the passage it begins.

        Rules see ``reach`` characters to each side, so that their cost does not grow with the sentence.
        The places are written in capitals.

        >>> place = Place("1", CHEMICAL, "t", 12, 14, "m")
        >>> Sentence("t", 10, 20, "a ab was ok", (place,)).window(place)
        ('a ⟦C was ok', 10)
        """
        left = max(0, min(p.start for p in marked) - self.start - reach)
        right = max(p.end for p in marked) - self.start + reach
        if left and (space := self._mask.find(" ", left, left + 40)) > 0:
            left = space
        text = self._mask[left:right]
        for place in marked:
            first, last = place.start - self.start - left, place.end - self.start - left
            text = text[:first] + text[first:last].upper() + text[last:]
        return text, self.start + left


@dataclass(frozen=True, slots=True)
class Story:
    """A document as the statement rules see it.

    Attributes:
        document: identifier.
        sentences: every sentence, in reading order.
        case: the case, where the document describes exactly one.
        outcomes: how each case ended.
        title_diseases: disease nodes that the title names as present (not mimicked or ruled out), in order.
        diseases: every disease node with a place or a listing in the document, sorted, without those that
            it names only to deny them or to set them aside.
        is_case: whether the document is a case report.
        of_animals: whether its subjects are animals.
    """

    document: str
    sentences: tuple[Sentence, ...]
    case: str | None
    outcomes: dict[str, str]
    title_diseases: tuple[str, ...]
    diseases: tuple[str, ...]
    is_case: bool = False
    of_animals: bool = False


def tell_story(document: Document, places: Iterable[Place], diseases: Iterable[str], patients: Patients) -> Story:
    """Arrange a document for the statement rules.

    Args:
        document: the document.
        places: every place of every linked entity.
        diseases: the disease nodes that the document links, with places or without.
        patients: its cases.
    """
    sentences = tuple(_sentences(document, places, patients))
    listed = set(diseases)
    told = {p.node for s in sentences for p in s.of(DISEASE)}
    meant = {p.node for s in sentences for p in s.of(DISEASE) if _is_target(s, p)}
    title = [p.node for s in sentences if s.section == "title" for p in s.of(DISEASE) if _is_target(s, p)]
    cases = patients.cases
    return Story(
        document.id, sentences, cases[0].id if len(cases) == 1 else None, {c.id: c.outcome for c in cases if c.outcome},
        tuple(dict.fromkeys(title)), tuple(sorted(listed - (told - meant))), is_case_report(document).is_case,
        is_of_animals(
            [s.masked() for s in sentences if s.section == "title"],
            [s.masked() for s in sentences if s.section.startswith("abstract")],
        ),
    )  # fmt: skip


def place_of(node: str, category: str, mention: str, occurrence: Occurrence) -> Place:
    """Return the place of a mention's occurrence."""
    return Place(node, category, occurrence.section, occurrence.start, occurrence.end, mention)


def _is_target(sentence: Sentence, place: Place) -> bool:
    return is_target(sentence.masked(), place.start - sentence.start, place.end - sentence.start)


def _sentences(document: Document, places: Iterable[Place], patients: Patients) -> Iterator[Sentence]:
    by_section: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_section[place.section].append(place)
    for passage in document.passages:
        here = _longest(by_section[passage.section])
        starts = [p.start for p in here]
        for start, end in sentence_spans(passage.text):
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            inside = tuple(p for p in here[first:last] if p.end <= end)
            case = patients.case_at(passage.section, start)
            yield Sentence(passage.section, start, end, passage.text[start:end], inside, case)


def _longest(places: list[Place]) -> list[Place]:
    """Keep the longest of overlapping places; of equal ones the preferred vocabulary's, then the first.

    A mention that stands for several terms ("hepatic and renal failure") speaks for each of them.
    """
    kept: list[Place] = []
    starts: list[int] = []
    for place in sorted(places, key=lambda p: (p.start - p.end, p.start, _vocabulary(p), p.node, p.mention)):
        # What is kept never overlaps, so only the two neighbours can be in the way.
        at = bisect_left(starts, place.start)
        if at < len(kept) and (kept[at].mention, kept[at].start, kept[at].end) == (
            place.mention,
            place.start,
            place.end,
        ):
            starts.insert(at + 1, place.start)
            kept.insert(at + 1, place)
            continue
        if (at and kept[at - 1].end > place.start) or (at < len(kept) and kept[at].start < place.end):
            continue
        starts.insert(at, place.start)
        kept.insert(at, place)
    return kept


def _vocabulary(place: Place) -> int:
    """Two identifiers of one name that no mapping joins are two nodes at one place; one must speak."""
    return preference(place.node, place.category)
