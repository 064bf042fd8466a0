"""Errors planted into the annotations of a corpus: one kind at a time, at a known rate, the same with the same seed.

The unit is what one annotator decides once: all mentions of one name with one identifier in a document, so that a wrong
identifier is not betrayed by its right twin. Of two kinds it is one mention: `several-identifiers`, which is that very
disagreement, and `span`. Whether a unit is struck, and by which wrong identifier, follows from a hash of the seed, the
kind, the document, the name and the identifier: not from the order of anything.

A wrong identifier is one that is no name of the mention, and that no exact mapping calls the same as the right one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.curies import association_id, normalize, prefix_of
from kg.linking.abbreviations import find_abbreviations
from kg.linking.checks.lifestage import contradictions
from kg.linking.checks.names import bears_name
from kg.linking.context import EXACT_MATCH, KIND_OF_PREFIX, compatible, lookup_names, name_key
from kg.model import CHEMICAL, DISEASE, Document, Mention, Term
from kg.terms.index import TermIndex

#: Kinds of planted errors, in the order in which they are told.
KINDS: Final = (
    "obsolete", "unknown", "wrong-kind", "cross-vocabulary", "too-specific", "too-general", "sibling",
    "several-identifiers", "abbreviation", "life-stage", "malformed", "span",
)  # fmt: skip
_CATEGORIES: Final = (DISEASE, CHEMICAL)
_POOL: Final = 400
_SHIFT: Final = 3


@dataclass(frozen=True, slots=True)
class Patient:
    """What a document says of its patients."""

    ages: tuple[float, ...] = ()
    sexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plant:
    """One planted error.

    Attributes:
        kind: which error.
        document: where.
        mentions: identifiers of the mentions that bear it.
        text: their name.
        original: the right identifier.
        planted: the wrong one, as it is written.
        nameable: whether the right term bears the name, letter by letter after normalisation.
    """

    kind: str
    document: str
    mentions: frozenset[str]
    text: str
    original: str
    planted: str
    nameable: bool


@dataclass(frozen=True, slots=True)
class _Unit:
    document: Document
    mentions: tuple[Mention, ...]
    term: Term

    @property
    def first(self) -> Mention:
        return self.mentions[0]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.document.id, name_key(self.first.text), self.term.curie


class Planter:
    """Plants errors of one kind into documents.

    Args:
        index: the ontologies that the wrong identifiers are of.
        documents: the corpus; identifiers of other kinds and other terms come from it.
        rate: share of the units that are struck.
        seed: any number; another one strikes others.
    """

    def __init__(self, index: TermIndex, documents: Iterable[Document], *, rate: float = 0.05, seed: int = 1) -> None:
        self._index = index
        self._rate = rate
        self._seed = seed
        self._pools = _pools(index, documents)
        self._obsolete = list(index.curies("MONDO", statuses=["obsolete"]))
        self._replaced: dict[str, list[str]] = defaultdict(list)
        for old in self._obsolete:
            for current in index.resolve(old):
                self._replaced[current].append(old)
        self._staged: dict[str, tuple[str, ...]] = {}
        self._wrong: dict[str, Callable[[_Unit, Patient], Iterable[str]]] = {
            "obsolete": self._withdrawn, "unknown": self._unheard, "wrong-kind": self._other_kind,
            "too-specific": self._children, "too-general": self._parents, "sibling": self._siblings,
            "several-identifiers": self._strangers, "abbreviation": self._other_meanings,
            "life-stage": self._misfits, "malformed": self._garbled, "cross-vocabulary": self._mapped_strangers,
        }  # fmt: skip

    def plant(
        self, document: Document, kind: str, patient: Patient | None = None
    ) -> tuple[Document, tuple[Plant, ...]]:
        """Return a document with errors of a kind, and what they are.

        Args:
            document: what a reader made.
            kind: one of `KINDS` but ``span``, which is planted into the file (`shifted_spans`).
            patient: who the document is of, for ``life-stage``.
        """
        wrong: dict[str, tuple[str, str | None]] = {}
        plants: list[Plant] = []
        for unit in self._units(document, kind):
            chosen = self._choose(kind, unit, patient or Patient())
            if chosen is None or self._draw(kind, *unit.key) >= self._rate:
                continue
            struck = unit.mentions
            if kind == "several-identifiers":
                struck = (unit.mentions[int(self._draw("which", *unit.key) * len(unit.mentions))],)
            curie = normalize(chosen)
            wrong |= {mention.id: (chosen, curie) for mention in struck}
            ids = frozenset(mention.id for mention in struck)
            nameable = bears_name(unit.term, unit.first.text)
            plants.append(Plant(kind, document.id, ids, unit.first.text, unit.term.curie, chosen, nameable))
        mentions = tuple(
            replace(m, asserted_as=wrong[m.id][0], asserted=wrong[m.id][1]) if m.id in wrong else m
            for m in document.mentions
        )
        return replace(document, mentions=mentions), tuple(plants)

    def shifted_spans(self, document: Document, *, move: bool = True) -> tuple[str, tuple[Plant, ...]]:
        """Return a document in the form of PubTator with some spans moved by three characters, and which.

        Where they are not to ``move``, the same file is given with the right spans.

        A plant's mention is the number of its line, from 1 on.
        """
        offsets: dict[str, int] = {}
        at = 0
        lines: list[str] = []
        identifier = document.id.partition(":")[2] or document.id
        for passage, letter in zip(document.passages[:2], "ta", strict=False):
            lines.append(f"{identifier}|{letter}|{passage.text}")
            offsets[passage.section] = at
            at += len(passage.text) + 1
        plants: list[Plant] = []
        for mention in document.mentions:
            for place in mention.occurrences:
                if place.section not in offsets or mention.asserted is None:
                    continue
                row = f"{place.section} {place.start} {place.end}"
                drawn = self._draw("span", document.id, row, mention.asserted) < self._rate
                shift = _SHIFT if drawn and move else 0
                start = offsets[place.section] + place.start + shift
                if drawn:
                    number = frozenset((str(len(lines) + 1),))
                    plants.append(Plant("span", document.id, number, mention.text, mention.asserted, str(start), False))
                kind = "Disease" if mention.category == DISEASE else "Chemical"
                lines.append(
                    f"{identifier}\t{start}\t{start + len(mention.text)}\t{mention.text}\t{kind}\t{mention.asserted}"
                )
        return "\n".join(lines) + "\n\n", tuple(plants)

    def with_twins(self, document: Document) -> Document:
        """Return a document in which each mention with one exact mapping between MeSH and Mondo has it as well.

        A corpus has one vocabulary; a page may have two, one list each. Where another term of the second one bears the
        name, the mapped one would be an error itself: there is no twin.
        """
        twins = []
        for mention in document.mentions:
            if mention.category != DISEASE or not mention.asserted:
                continue
            if (twin := self._twin(mention.asserted)) and self._may_be(twin, mention.text):
                identity = association_id("mention", mention.id, "twin")
                twins.append(
                    replace(mention, id=identity, source_list="mapped", asserted=twin, asserted_as=twin, further=())
                )
        return replace(document, mentions=(*document.mentions, *twins))

    def _twin(self, curie: str) -> str | None:
        found = {
            m for m in self._same(curie) if prefix_of(m) == {"MESH": "MONDO", "MONDO": "MESH"}.get(prefix_of(curie))
        }
        found = {c for c in found if (term := self._index.term(c)) is not None and not term.obsolete}
        return found.pop() if len(found) == 1 else None

    def _may_be(self, curie: str, text: str) -> bool:
        hits = lookup_names(self._index, text, DISEASE, prefix_of(curie))
        return not hits or any(hit.curie == curie for hit in hits)

    def _units(self, document: Document, kind: str) -> Iterator[_Unit]:
        groups: dict[tuple[str, str, str], list[Mention]] = defaultdict(list)
        for mention in document.mentions:
            if mention.asserted and not mention.further and mention.category in _CATEGORIES:
                groups[name_key(mention.text), mention.category, mention.asserted].append(mention)
        shorts = _abbreviations(document) if kind == "abbreviation" else frozenset()
        for (key, category, curie), mentions in groups.items():
            term = self._index.term(curie)
            if term is None or term.obsolete or not compatible(term.category, category):
                continue
            if kind == "several-identifiers" and len(mentions) < 2:
                continue
            if kind == "abbreviation" and key not in shorts:
                continue
            if kind == "cross-vocabulary" and mentions[0].source_list != "mapped":
                continue
            yield _Unit(document, tuple(mentions), term)

    def _choose(self, kind: str, unit: _Unit, patient: Patient) -> str | None:
        same = self._same(unit.term.curie)
        usable = []
        for written in dict.fromkeys(self._wrong[kind](unit, patient)):
            curie = normalize(written)
            term = self._index.term(curie) if curie else None
            if term is not None:
                if curie in same or curie == unit.term.curie or bears_name(term, unit.first.text):
                    continue
                if kind not in {"wrong-kind", "obsolete"} and not compatible(term.category, unit.first.category):
                    continue
            usable.append(written)
        if not usable:
            return None
        return usable[int(self._draw("choice", kind, *unit.key) * len(usable))]

    def _same(self, curie: str) -> frozenset[str]:
        rows = (row for row in self._index.mappings(curie) if row.predicate_id == EXACT_MATCH)
        return frozenset(row.object_id if row.subject_id == curie else row.subject_id for row in rows)

    def _withdrawn(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        mondo = {c for c in (unit.term.curie, *self._same(unit.term.curie)) if prefix_of(c) == "MONDO"}
        own = sorted(old for current in mondo for old in self._replaced.get(current, ()))
        if own or unit.first.category != DISEASE:
            return own
        draw = int(self._draw("obsolete", *unit.key) * len(self._obsolete))
        return self._obsolete[draw : draw + 1]

    def _unheard(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        prefix, _, local = unit.term.curie.partition(":")
        last = len(local) - 1
        for place in range(last, last - 4, -1):
            for digit in "0123456789":
                curie = f"{prefix}:{local[:place]}{digit}{local[place + 1 :]}"
                if self._index.term(curie) is None and normalize(curie) == curie and self._index.holds_part(curie):
                    yield curie

    def _other_kind(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        return self._pools[CHEMICAL if unit.first.category == DISEASE else DISEASE]

    def _strangers(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        return [c for c in self._pools[unit.first.category] if prefix_of(c) == prefix_of(unit.term.curie)]

    def _mapped_strangers(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        twins = (self._twin(c) for c in self._pools[unit.first.category])
        return [c for c in twins if c and prefix_of(c) == prefix_of(unit.term.curie)]

    def _children(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        return self._index.children(unit.term.curie)

    def _parents(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        return unit.term.parents or unit.term.mapped_to

    def _siblings(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        above = {*self._index.ancestors(unit.term.curie), *self._index.children(unit.term.curie)}
        found = {c for parent in unit.term.parents for c in self._index.children(parent)}
        return sorted(found - above - {unit.term.curie})

    def _other_meanings(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        prefix = prefix_of(unit.term.curie)
        # A wrong meaning bears the short form, or stands near the right one; the first list that is not empty.
        near = [*self._siblings(unit, _patient), *unit.term.parents]
        return near or [c for c in self._pools[unit.first.category] if prefix_of(c) == prefix]

    def _misfits(self, unit: _Unit, patient: Patient) -> Iterable[str]:
        if unit.first.category != DISEASE or not (patient.ages or patient.sexes):
            return ()
        staged = self._staged_terms(prefix_of(unit.term.curie))
        return [c for c in staged if any(contradictions(self._index, c, patient.ages, patient.sexes))]

    def _staged_terms(self, prefix: str) -> tuple[str, ...]:
        if prefix not in self._staged:
            begun = ("childhood", "pediatric", "neonatal", "infant", "juvenile", "adult", "prostat", "ovarian", "uterine",
                     "testicular", "endometrial", "pregnancy")  # fmt: skip
            hits = (hit for word in begun for hit in self._index.names_by_prefix(word, 60, prefixes=[prefix]))
            self._staged[prefix] = tuple(dict.fromkeys(hit.curie for hit in hits if hit.category == DISEASE))
        return self._staged[prefix]

    def _garbled(self, unit: _Unit, _patient: Patient) -> Iterable[str]:
        prefix, _, local = unit.term.curie.partition(":")
        spoilt = (f"{prefix}:{local[:-1]}O", f"{prefix}:{local[:2]}", f"X{prefix}X:{local}", f"{prefix}:{local}?")
        return [written for written in spoilt if normalize(written) is None]

    def _draw(self, *parts: str) -> float:
        """Return a number from 0 up to 1 that depends on the seed and the parts alone."""
        digest = hashlib.sha256("\x1f".join((str(self._seed), *parts)).encode()).digest()
        return int.from_bytes(digest[:7], "big") / (1 << 56)


def _pools(index: TermIndex, documents: Iterable[Document]) -> dict[str, Sequence[str]]:
    """Return current identifiers by category: those of the corpus, and where it has none, some of the index."""
    found: dict[str, set[str]] = {category: set() for category in _CATEGORIES}
    for document in documents:
        for mention in document.mentions:
            if mention.category in found and mention.asserted:
                term = index.term(mention.asserted)
                if term and not term.obsolete and term.category == mention.category:
                    found[mention.category].add(mention.asserted)
    for category, curies in found.items():
        if not curies:
            vocabularies = [p for p, kind in KIND_OF_PREFIX.items() if kind == category and index.source_of_prefix(p)]
            curies |= {
                c
                for p in vocabularies
                for _, c in zip(range(_POOL), index.curies(p, statuses=["current"]), strict=False)
            }
    return {category: sorted(curies) for category, curies in found.items()}


def _abbreviations(document: Document) -> frozenset[str]:
    pairs = (pair for passage in document.passages for pair in find_abbreviations(passage.text))
    return frozenset(name_key(pair.short) for pair in pairs)
