"""Equivalence classes: which identifiers are one entity, through exact mappings, with a guard.

The class of a term depends on the index alone, not on what else is in the graph: all terms that exact
mappings connect are gathered, and joined row by row. What joins nothing, and why:

1. rows of a confidence below `LEAST`;
2. rows of a pair that another row denies (SSSOM's ``Not``), or calls broader, narrower or related, which SKOS declares
   disjoint with an exact match (https://www.w3.org/TR/skos-reference/#S46), where that row is as sure or surer;
3. rows that would put two terms of one vocabulary into one class. Rows are taken by confidence, so such a row is the
   weakest of the chain that it would close, or as weak as another one; then that is said.

Identifiers of vocabularies of which no ontology is loaded (OMIM, Orphanet, DOID) stand only as ends of mappings. They are
joined last, so that they never part terms that the ontologies hold, and where nothing is known to speak against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from kg.curies import prefix_of
from kg.linking.context import EXACT_MATCH, KIND_OF_PREFIX, VOCABULARIES, preference
from kg.model import CHEMICAL, DISEASE, GENE, PHENOTYPE, TAXON, Mapping, Term
from kg.terms.index import TermIndex
from kg.terms.sssom import DENIES

#: The confidence that a row must have to join: what is more likely wrong than right joins nothing. A convention.
LEAST: Final = 0.5
#: What speaks against an exact match of the same pair.
CONTRARY: Final = frozenset({f"{DENIES}{EXACT_MATCH}", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"})
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
#: What identifiers of vocabularies are that may not be loaded; those that are not named can be a disease or a chemical.
_OUTSIDE_KINDS: Final = {**KIND_OF_PREFIX, "HP": PHENOTYPE}


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
class Conflict:
    """A row of an exact match that does not stand unchallenged.

    Attributes:
        code: ``equivalence-conflict`` (it would join two terms of one vocabulary), ``mapping-conflict`` (another row of the
            pair contradicts it), ``weak-mapping`` (its confidence is below `LEAST`).
        row: the exact match.
        joined: whether it joined the pair all the same.
        tie: whether what speaks against it is no surer than the row.
        late: whether it gave way because an end of it is of a vocabulary of which no ontology is loaded.
        rival: the row that contradicts it, for ``mapping-conflict``.
        vocabulary: of which there would be two terms, for ``equivalence-conflict``.
        pair: the two terms of that vocabulary, the one on the side of the row's subject first.
    """

    code: Literal["equivalence-conflict", "mapping-conflict", "weak-mapping"]
    row: Mapping
    joined: bool = False
    tie: bool = False
    late: bool = False
    rival: Mapping | None = None
    vocabulary: str = ""
    pair: tuple[str, str] = ("", "")

    def sentence(self) -> str:
        """Say what is in conflict, and what came of it.

        >>> row = Mapping("MONDO:0000001", EXACT_MATCH, "MESH:D1", "", "set.tsv", confidence="0.4")
        >>> Conflict("weak-mapping", row).sentence()
        'MONDO:0000001 skos:exactMatch MESH:D1 (set.tsv, 0.4) is less sure than 0.5; it joins nothing'
        """
        told = _told(self.row)
        if self.code == "weak-mapping":
            return f"{told} is less sure than {LEAST:g}; it joins nothing"
        if self.rival is not None:
            how = "no surer and no less sure" if self.tie else "less sure" if self.joined else "surer"
            end = "the two are joined" if self.joined else "the two are not joined"
            return f"{told} is contradicted by {_told(self.rival)}, which is {how}; {end}"
        why = "the weakest link of that chain"
        if self.late:
            why = "a row with an end that no loaded ontology holds"
        elif self.tie:
            why = "one of the weakest links of that chain, chosen by the order of identifiers,"
        return f"{told} would join {self.pair[0]} and {self.pair[1]}, two terms of {self.vocabulary}; as {why} it is left out"


def _told(row: Mapping) -> str:
    return f"{row.subject_id} {row.predicate_id} {row.object_id} ({row.mapping_source}, {mapping_confidence(row):g})"


@dataclass(frozen=True, slots=True)
class Entity:
    """One class of identifiers.

    Attributes:
        id: the identifier that names the node.
        category: Biolink category.
        identifiers: every identifier of the class, ``id`` first.
        used: the rows that joined them.
        conflicts: the exact matches of its identifiers that join nothing, or that other rows contradict.
        outside: of the identifiers those of vocabularies of which no ontology is loaded.
    """

    id: str
    category: str
    identifiers: tuple[str, ...]
    used: tuple[Mapping, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    outside: frozenset[str] = frozenset()

    @property
    def cut(self) -> tuple[Mapping, ...]:
        """The rows that would have joined two terms of one vocabulary."""
        return tuple(conflict.row for conflict in self.conflicts if conflict.code == "equivalence-conflict")

    def told(self, curie: str | None) -> tuple[Mapping, ...]:
        """Return the rows that joined the terms which the ontologies hold, and those that lead from an identifier to them."""
        inner = tuple(row for row in self.used if not {row.subject_id, row.object_id} & self.outside)
        return (*self.chain(curie)[0], *inner) if curie in self.outside else inner

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
        if (claimed := self._claimed.get((curie, category))) is not None:
            return claimed
        if self.index.term(curie) is not None or _is_outside(self.index, curie):
            for entity in self._component(curie):
                # A class without a term that an ontology holds is nothing but what a mention claims.
                if len(entity.outside) < len(entity.identifiers):
                    for identifier in entity.identifiers:
                        self._known[identifier] = entity
        if (found := self._known.get(curie)) is not None:
            return found
        # It is what its mention claims, whatever others claimed before: the order of the documents decides nothing.
        claimed = self._claimed[curie, category] = Entity(curie, category or _UNTOLD, (curie,))
        return claimed

    def _component(self, curie: str) -> list[Entity]:
        rows: set[Mapping] = set()
        conflicts: list[Conflict] = []
        reached, frontier = {curie}, [curie]
        seen: set[frozenset[str]] = set()
        while frontier:
            term = frontier.pop()
            pairs: dict[frozenset[str], list[Mapping]] = {}
            for row in self.index.mappings(term):
                pairs.setdefault(frozenset((row.subject_id, row.object_id)), []).append(row)
            for pair, told in pairs.items():
                exact = [row for row in told if row.predicate_id == EXACT_MATCH and self._joins(row)]
                if pair in seen or not exact:
                    continue
                seen.add(pair)
                joining, against = _weighed(exact, told)
                rows.update(joining)
                conflicts += against
                if joining:
                    fresh = pair - reached
                    reached |= fresh
                    frontier += sorted(fresh)
        return self._classes(reached, rows, conflicts)

    def _joins(self, row: Mapping) -> bool:
        """A row joins terms that the index holds, its owner has not withdrawn, and that can be the same thing."""
        kinds = []
        for curie in (row.subject_id, row.object_id):
            term = self.index.term(curie)
            if (term is None and not _is_outside(self.index, curie)) or (term is not None and term.obsolete):
                return False
            kinds.append(term.category if term else _OUTSIDE_KINDS.get(prefix_of(curie)))
        if None in kinds:
            return True
        if any(self.index.term(curie) is None for curie in (row.subject_id, row.object_id)):
            # What no ontology tells is what its vocabulary is of.
            return kinds[0] == kinds[1]
        # A disease is no chemical, gene or organism, whatever a row of matching names says.
        return DISEASE not in kinds or not set(kinds) & {CHEMICAL, GENE, TAXON}

    def _classes(self, reached: set[str], rows: set[Mapping], conflicts: list[Conflict]) -> list[Entity]:
        group: dict[str, set[str]] = {curie: {curie} for curie in reached}
        outside = frozenset(curie for curie in reached if self.index.term(curie) is None)
        used: list[Mapping] = []
        cut: list[Mapping] = []

        def order(row: Mapping) -> tuple[int, tuple[float, str, str, str]]:
            return len(outside & {row.subject_id, row.object_id}), _strength(row)

        for row in sorted(rows, key=order):
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
        conflicts = [*conflicts, *(_cut(row, group, used, outside) for row in cut)]
        entities = []
        for members in {min(g): g for g in group.values()}.values():
            kind = self._category(members)
            ids = _preferred_first(members, kind)
            own = tuple(sorted((r for r in used if {r.subject_id, r.object_id} & members), key=_strength))
            touching = (c for c in conflicts if {c.row.subject_id, c.row.object_id} & members)
            of_it = tuple(sorted(touching, key=lambda c: (c.code, _strength(c.row))))
            entities.append(Entity(ids[0], kind, tuple(ids), own, of_it, outside & members))
        return entities

    def _category(self, members: set[str]) -> str:
        kinds = sorted({term.category for c in members if (term := self.index.term(c))})
        # A class of several kinds (MeSH headings of proteins, say) takes the more telling one.
        return next((k for k in kinds if k in VOCABULARIES), kinds[0] if kinds else _UNTOLD)


def _weighed(exact: list[Mapping], told: list[Mapping]) -> tuple[list[Mapping], list[Conflict]]:
    """Return the exact matches of a pair that may join it, and what is to be told of them.

    Args:
        exact: the rows that call the two the same.
        told: all rows of the pair.
    """
    weak = [row for row in exact if mapping_confidence(row) < LEAST]
    strong = sorted((row for row in exact if mapping_confidence(row) >= LEAST), key=_strength)
    if not strong:
        return [], [Conflict("weak-mapping", row) for row in weak]
    rivals = sorted((row for row in told if row.predicate_id in CONTRARY), key=_strength)
    if not rivals:
        return strong, []
    best, rival = mapping_confidence(strong[0]), mapping_confidence(rivals[0])
    # A wrong join is seen by nobody, a missing one is a finding: what is contradicted as surely does not join.
    conflict = Conflict("mapping-conflict", strong[0], joined=best > rival, tie=best == rival, rival=rivals[0])
    return (strong if best > rival else []), [conflict]


def _cut(row: Mapping, group: dict[str, set[str]], used: list[Mapping], outside: frozenset[str]) -> Conflict:
    """Return what is to be told of a row that would join two classes with a term of one vocabulary."""
    left, right = group[row.subject_id], group[row.object_id]
    vocabulary = min({prefix_of(c) for c in left} & {prefix_of(c) for c in right}, key=lambda p: (p != "MONDO", p))
    one, other = (min(c for c in side if prefix_of(c) == vocabulary) for side in (left, right))
    links = [*_path(row.subject_id, one, used), *_path(row.object_id, other, used)]
    weakest = min((mapping_confidence(link) for link in links), default=1.0)
    late = bool(outside & {row.subject_id, row.object_id})
    tie = not late and weakest <= mapping_confidence(row)
    return Conflict("equivalence-conflict", row, tie=tie, late=late, vocabulary=vocabulary, pair=(one, other))


def _path(start: str, end: str, rows: Iterable[Mapping]) -> tuple[Mapping, ...]:
    """Return the surest rows from one identifier of a class to another."""
    return Entity(end, _UNTOLD, (end,), tuple(rows)).chain(start)[0]


def _is_outside(index: TermIndex, curie: str) -> bool:
    """Tell whether no ontology of an identifier's vocabulary is loaded; one that is loaded says itself what exists."""
    return index.source_of_prefix(prefix_of(curie)) is None


@lru_cache(maxsize=32_768)
def joined_entity(index: TermIndex, curie: str) -> Entity | None:
    """Return the class of an identifier that no ontology holds, where exact mappings join it with a term that one holds."""
    entity = Entities(index).of(curie)
    return entity if curie in entity.outside else None


def joined_term(index: TermIndex, curie: str) -> Term | None:
    """Return the preferred term of such a class, None where no mapping joins the identifier with one."""
    entity = joined_entity(index, curie)
    held = (index.term(c) for c in entity.identifiers) if entity else ()
    return next((term for term in held if term is not None), None)


def _preferred_first(members: set[str], category: str) -> list[str]:
    return sorted(members, key=lambda curie: (preference(curie, category), curie))


def _strength(row: Mapping) -> tuple[float, str, str, str]:
    return -mapping_confidence(row), row.subject_id, row.object_id, row.mapping_source
