"""Moving a mention's places from one record's text to another's of the same document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.documents.casepage import FORMAT as CASE_PAGE
from kg.documents.occurrences import find_occurrences
from kg.documents.sentences import sentence_at
from kg.model import Document, Mention, Occurrence, Passage

#: A passage that is a part of a longer one is looked for by its text; a shorter one could stand anywhere.
_TELLING: Final = 20

#: [start, end) of a passage, where it stands in the other text, and by how much.
_Piece = tuple[int, int, str, int]


class Placer:
    """Finds the places of other records' mentions in the passages of one.

    Args:
        passages: the text that the places are moved to.

    >>> to = Placer([Passage("abstract", "It began. Fever followed.")])
    >>> fever = Mention("m", "d", 1, "x", "biolink:Disease", "Fever", "", None, (Occurrence("body", 0, 5, "Fever", 0, 15),))
    >>> [(o.section, o.start) for o in to.move(fever, Document("d", "i", "f", "s", "t", passages=(Passage("body", "Fever followed."),)))]
    [('abstract', 10)]
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        self._texts = {p.section: p.text for p in passages}
        self._pieces: dict[Passage, tuple[_Piece, ...]] = {}

    def move(self, mention: Mention, record: Document) -> tuple[Occurrence, ...]:
        """Return the occurrences of a mention of another record; none where its name is not in the text.

        A passage is found by section and text, as a part of a passage here, or with passages here as its parts; else
        the sentence is looked for, else the surface form. A page lists names, wherever they stand.

        >>> page = Document("d", "i", CASE_PAGE, "s", "t")
        >>> fever = Mention("m", "d", 1, "x", "biolink:Disease", "Fever", "", None)
        >>> placer = Placer([Passage("abstract", "It began. Fever followed.")])
        >>> [(o.section, o.start, o.end) for o in placer.move(fever, page)]
        [('abstract', 10, 15)]
        """
        if record.format == CASE_PAGE:
            return tuple(find_occurrences(mention.text, self._passages))
        found: dict[tuple[str, int, int], Occurrence] = {}
        sections = {p.section: p for p in record.passages}
        for o in mention.occurrences:
            passage = sections.get(o.section)
            for moved in self._places(o, passage) if passage else ():
                found.setdefault((moved.section, moved.start, moved.end), moved)
        return tuple(sorted(found.values(), key=lambda o: (self._order(o.section), o.start, o.end)))

    def _order(self, section: str) -> int:
        return list(self._texts).index(section)

    def _places(self, o: Occurrence, passage: Passage) -> Iterable[Occurrence]:
        if passage not in self._pieces:
            self._pieces[passage] = tuple(self._parts(passage))
        for first, last, section, shift in self._pieces[passage]:
            if first <= o.start and o.end <= last:
                return (self._at(section, o.start + shift, o.end + shift),)
        sentence = passage.text[o.sentence_start : o.sentence_end]
        homes = [(p, p.text.find(sentence)) for p in self._passages if len(sentence) >= _TELLING and sentence in p.text]
        if len(homes) == 1 and homes[0][0].text.count(sentence) == 1:
            home, at = homes[0]
            start = at + o.start - o.sentence_start
            if home.text[start : start + o.end - o.start] == o.text:
                return (self._at(home.section, start, start + o.end - o.start),)
        root = _root(o.section)
        near = [p for p in self._passages if _root(p.section) == root]
        return tuple(find_occurrences(o.text, near)) or tuple(find_occurrences(o.text, self._passages))

    def _at(self, section: str, start: int, end: int) -> Occurrence:
        text = self._texts[section]
        return Occurrence(section, start, end, text[start:end], *sentence_at(text, start))

    def _parts(self, passage: Passage) -> Iterator[_Piece]:
        """Yield the stretches of a passage that stand here, and where."""
        text = passage.text.strip()
        lead = len(passage.text) - len(passage.text.lstrip())
        if not text:
            return
        same = sorted(
            self._passages, key=lambda p: (p.section != passage.section, _root(p.section) != _root(passage.section))
        )
        for here in same:
            at = here.text.find(text)
            if at >= 0 and (here.text.strip() == text or here.section == passage.section or len(text) >= _TELLING):
                yield lead, lead + len(text), here.section, at - lead
                return
        cursor = 0
        for here in self._passages:
            part = here.text.strip()
            at = passage.text.find(part, cursor) if len(part) >= _TELLING else -1
            if at >= 0:
                yield at, at + len(part), here.section, here.text.find(part) - at
                cursor = at + len(part)


def _root(section: str) -> str:
    """Return a section's name without its number.

    >>> _root("abstract.2"), _root("results 2")
    ('abstract', 'results')
    """
    return re.split(r"[ .]", section)[0]
