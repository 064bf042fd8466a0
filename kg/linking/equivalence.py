"""Equivalence classes: which identifiers are one entity, through exact mappings, with a guard.

The class of a term depends on the index alone, not on what else is in the graph: all terms that exact
mappings connect are gathered, and joined row by row, curated rows first. A row that would put two terms
of one vocabulary into one class is cut and reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.curies import prefix_of
from kg.linking.context import EXACT_MATCH, VOCABULARIES, preference
from kg.model import CHEMICAL, DISEASE, GENE, TAXON, Mapping
from kg.terms.index import TermIndex

_CURATED = "semapv:ManualMappingCuration"
_UNTOLD = "biolink:NamedThing"


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


def _strength(row: Mapping) -> tuple[bool, str, str, str]:
    return row.mapping_justification != _CURATED, row.subject_id, row.object_id, row.mapping_source
