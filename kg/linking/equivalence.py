"""Equivalence classes: which identifiers are one entity, through exact mappings, with a guard.

The class of a term depends on the index alone, not on what else is in the graph: all terms that exact
mappings connect are gathered, and joined row by row, those of most confidence first. A row that would put two terms
of one vocabulary into one class is cut and reported: it is the weakest of the chain that it would close.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kg.curies import prefix_of
from kg.linking.context import EXACT_MATCH, VOCABULARIES, preference
from kg.model import CHEMICAL, DISEASE, GENE, TAXON, Mapping
from kg.terms.index import TermIndex

#: Confidence of a row that names none, by its justification (SSSOM's ``mapping_justification``). A convention that puts
#: what people judged before what programs matched; nobody measured it.
CONFIDENCE: Final[dict[str, float]] = {
    "semapv:ManualMappingCuration": 0.95,
    "semapv:MappingReview": 0.95,
    "semapv:MappingInversion": 0.9,
    "semapv:LogicalReasoning": 0.9,
    "semapv:CompositeMatching": 0.85,
    "semapv:LexicalMatching": 0.8,
}
_OTHERWISE: Final = 0.7
_UNTOLD = "biolink:NamedThing"


def mapping_confidence(row: Mapping) -> float:
    """Return how sure a mapping is: what the row says (SSSOM's ``confidence``), else `CONFIDENCE`.

    >>> from dataclasses import replace
    >>> row = Mapping("A:1", EXACT_MATCH, "B:1", "semapv:LexicalMatching", "s")
    >>> mapping_confidence(row), mapping_confidence(replace(row, confidence="0.4"))
    (0.8, 0.4)
    """
    try:
        return min(1.0, max(0.0, float(row.confidence)))
    except ValueError:
        return CONFIDENCE.get(row.mapping_justification, _OTHERWISE)


@dataclass(frozen=True, slots=True)
class Entity:
    """One class of identifiers.

    Attributes:
        id: the identifier that names the node.
        category: Biolink category.
        identifiers: every identifier of the class, ``id`` first.
        used: the rows that joined them.
        cut: the rows that would have joined two terms of one vocabulary.
    """

    id: str
    category: str
    identifiers: tuple[str, ...]
    used: tuple[Mapping, ...] = ()
    cut: tuple[Mapping, ...] = ()

    def chain(self, curie: str) -> tuple[tuple[Mapping, ...], float]:
        """Return the surest chain of rows from an identifier of the class to ``id``, and its combined confidence.

        The confidence of a chain is the product of its rows' (as if they erred independently); 1 for ``id`` itself.

        >>> from dataclasses import replace
        >>> one = Mapping("B:1", EXACT_MATCH, "A:1", "", "s", confidence="0.5")
        >>> other = replace(one, object_id="C:1", confidence="0.8")
        >>> rows, confidence = Entity("A:1", DISEASE, ("A:1", "B:1", "C:1"), (one, other)).chain("C:1")
        >>> [row.object_id for row in rows], confidence
        (['C:1', 'A:1'], 0.4)
        """
        best: dict[str, tuple[float, tuple[Mapping, ...]]] = {curie: (1.0, ())}
        waiting = [curie]
        while waiting:
            here = max(waiting, key=lambda one: (best[one][0], one))
            waiting.remove(here)
            if here == self.id:
                break
            so_far, rows = best[here]
            for row in self.used:
                if here not in {row.subject_id, row.object_id}:
                    continue
                there = row.object_id if row.subject_id == here else row.subject_id
                sure = so_far * mapping_confidence(row)
                if there not in best or sure > best[there][0]:
                    best[there] = (sure, (*rows, row))
                    if there not in waiting:
                        waiting.append(there)
        sure, rows = best.get(self.id, (0.0, ()))
        return rows, round(sure, 4)


@dataclass(slots=True)
class Entities:
    """Finds the entity of a term, and remembers it.

    Args:
        index: the term index.
    """

    index: TermIndex
    _known: dict[str, Entity] = field(default_factory=dict)
    _claimed: dict[tuple[str, str | None], Entity] = field(default_factory=dict)

    def of(self, curie: str, category: str | None = None) -> Entity:
        """Return the entity of an identifier.

        Args:
            curie: a term of the index, or an identifier that it does not hold.
            category: category of an identifier that the index does not hold.
        """
        try:
            return self._known[curie]
        except KeyError:
            pass
        if self.index.term(curie) is None:
            # It is what its mention claims, whatever others claimed before: the order of the documents decides nothing.
            return self._claimed.setdefault((curie, category), Entity(curie, category or _UNTOLD, (curie,)))
        for entity in self._component(curie):
            for identifier in entity.identifiers:
                self._known[identifier] = entity
        return self._known[curie]

    def _component(self, curie: str) -> list[Entity]:
        rows: set[Mapping] = set()
        reached, frontier = {curie}, [curie]
        while frontier:
            term = frontier.pop()
            for row in self.index.mappings(term):
                if row.predicate_id != EXACT_MATCH or not self._joins(row):
                    continue
                rows.add(row)
                for other in (row.subject_id, row.object_id):
                    if other not in reached:
                        reached.add(other)
                        frontier.append(other)
        return self._classes(reached, rows)

    def _joins(self, row: Mapping) -> bool:
        """A row joins terms that the index holds, its owner has not withdrawn, and that can be the same thing."""
        one, other = self.index.term(row.subject_id), self.index.term(row.object_id)
        if one is None or other is None or one.obsolete or other.obsolete:
            return False
        # A disease is no chemical, gene or organism, whatever a row of matching names says.
        kinds = {one.category, other.category}
        return DISEASE not in kinds or not kinds & {CHEMICAL, GENE, TAXON}

    def _classes(self, reached: set[str], rows: set[Mapping]) -> list[Entity]:
        group: dict[str, set[str]] = {curie: {curie} for curie in reached}
        used: list[Mapping] = []
        cut: list[Mapping] = []
        for row in sorted(rows, key=_strength):
            left, right = group[row.subject_id], group[row.object_id]
            if left is right:
                used.append(row)
            elif {prefix_of(c) for c in left} & {prefix_of(c) for c in right}:
                cut.append(row)
            else:
                used.append(row)
                left |= right
                for curie in right:
                    group[curie] = left
        entities = []
        for members in {min(g): g for g in group.values()}.values():
            kind = self._category(members)
            ids = _preferred_first(members, kind)
            touching = [[r for r in some if {r.subject_id, r.object_id} & members] for some in (used, cut)]
            entities.append(Entity(ids[0], kind, tuple(ids), *(tuple(sorted(t, key=_strength)) for t in touching)))
        return entities

    def _category(self, members: set[str]) -> str:
        kinds = sorted({term.category for c in members if (term := self.index.term(c))})
        # A class of several kinds (MeSH headings of proteins, say) takes the more telling one.
        return next((k for k in kinds if k in VOCABULARIES), kinds[0] if kinds else _UNTOLD)


def _preferred_first(members: set[str], category: str) -> list[str]:
    return sorted(members, key=lambda curie: (preference(curie, category), curie))


def _strength(row: Mapping) -> tuple[float, str, str, str]:
    return -mapping_confidence(row), row.subject_id, row.object_id, row.mapping_source
