"""The names that a mention can be linked to: concepts with identifiers, names and parents.

A vocabulary is made of a compiled term index or of a table (`kg.linking.matching.dictionary`). It is the only thing that
a matcher knows of an ontology.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.curies import prefix_of
from kg.linking.context import EXACT_MATCH
from kg.model import OTHER
from kg.terms.index import TermIndex

#: What a name is to its concept, the closest first; ``mapped`` is a name of a term of another vocabulary that an exact
#: mapping joins with the concept.
KINDS_OF_NAME: Final = ("label", "exact", "narrow", "broad", "related", "mapped")


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that a mention can mean.

    Attributes:
        curie: its identifier.
        names: (name, kind of name) with the preferred name first.
        alternatives: other identifiers of the same concept.
        parents: identifiers of broader concepts.
    """

    curie: str
    names: tuple[tuple[str, str], ...]
    alternatives: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The preferred name, or the identifier where there is none."""
        return self.names[0][0] if self.names else self.curie


@dataclass(frozen=True)
class Vocabulary:
    """Concepts in the order of their identifiers, so that what is made of them does not hang on the order of a file.

    >>> flu = Concept("MESH:D007251", (("Influenza, Human", "label"), ("flu", "exact")), ("MESH:C1",))
    >>> vocabulary = Vocabulary.of([flu])
    >>> vocabulary.primary("MESH:C1"), vocabulary.primary("MESH:D1"), "MESH:D007251" in vocabulary
    ('MESH:D007251', None, True)
    """

    concepts: tuple[Concept, ...]
    _places: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> Vocabulary:
        """Make a vocabulary; where two concepts have the same identifier, the first one's names come first."""
        united: dict[str, Concept] = {}
        for concept in concepts:
            if (known := united.get(concept.curie)) is not None:
                united[concept.curie] = Concept(
                    known.curie,
                    tuple(dict.fromkeys((*known.names, *concept.names))),
                    tuple(dict.fromkeys((*known.alternatives, *concept.alternatives))),
                    tuple(dict.fromkeys((*known.parents, *concept.parents))),
                )
            else:
                united[concept.curie] = concept
        ordered = tuple(united[curie] for curie in sorted(united))
        places = {concept.curie: place for place, concept in enumerate(ordered)}
        for place, concept in enumerate(ordered):
            for other in concept.alternatives:
                places.setdefault(other, place)
        return cls(ordered, places)

    def __len__(self) -> int:
        return len(self.concepts)

    def taught(self, curies: Iterable[str]) -> Vocabulary:
        """Return the vocabulary with a concept without a name for each identifier that it lacks.

        People link to identifiers that a release has not yet, or no longer; the names come with what they linked.

        >>> vocabulary = Vocabulary.of([Concept("MESH:D1", (("flu", "label"),))])
        >>> [concept.curie for concept in vocabulary.taught(["MESH:C2", "MESH:D1"]).concepts]
        ['MESH:C2', 'MESH:D1']
        """
        new = sorted({curie for curie in curies if curie not in self._places})
        return Vocabulary.of((*self.concepts, *(Concept(curie, ()) for curie in new))) if new else self

    def __contains__(self, curie: object) -> bool:
        return curie in self._places

    def place(self, curie: str) -> int | None:
        """Return where in `concepts` an identifier or an alternative one stands, None where it does not."""
        return self._places.get(curie)

    def primary(self, curie: str) -> str | None:
        """Return the identifier of the concept that an identifier stands for, None where no concept has it."""
        place = self._places.get(curie)
        return None if place is None else self.concepts[place].curie


def vocabulary_of(
    index: TermIndex, prefixes: Collection[str], categories: Collection[str], *, others: bool = False
) -> Vocabulary:
    """Read the current terms of a term index as a vocabulary.

    Args:
        index: the compiled ontologies.
        prefixes: only terms with one of these CURIE prefixes.
        categories: only terms of one of these categories.
        others: also terms that are neither a disease nor a chemical.

    Returns:
        The terms with all their names; identifiers that the owner withdrew in favour of one term, and
        alternative ones, are alternatives of that term.

    >>> from kg.model import DISEASE
    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     vocabulary = vocabulary_of(index, ["MONDO"], [DISEASE])
    ...     vocabulary.concepts[vocabulary.place("MONDO:0009807")].label
    'osteosarcoma'
    """
    wanted = {*categories, OTHER} if others else set(categories)
    names: dict[str, dict[tuple[str, str], None]] = {}
    labels: dict[str, str] = {}
    for _, hit in index.names(prefixes=prefixes):
        if hit.category in wanted:
            labels[hit.curie] = hit.label
            names.setdefault(hit.curie, {})[hit.name, hit.scope] = None
    alternatives: dict[str, list[str]] = {}
    for prefix in sorted(prefixes):
        for curie in index.curies(prefix, statuses=["obsolete", "alternative", "replaced", "merged", "promoted"]):
            successors = index.resolve(curie)
            if len(successors) == 1 and successors[0] in names:
                alternatives.setdefault(successors[0], []).append(curie)
    return Vocabulary.of(
        Concept(
            curie,
            tuple(sorted(names[curie], key=lambda name: (name[0] != labels[curie], KINDS_OF_NAME.index(name[1]), name))),
            tuple(alternatives.get(curie, ())),
            tuple(parent for parent in index.parents(curie) if parent in names),
        )
        for curie in names
    )  # fmt: skip


def with_mapped_names(vocabulary: Vocabulary, index: TermIndex) -> Vocabulary:
    """Add the names that an index has for the concepts of a vocabulary, and for terms that are exactly the same.

    Args:
        vocabulary: the concepts.
        index: ontologies in which these concepts stand or which map to them.

    Returns:
        The same concepts; names of the index are of kind ``mapped``.
    """
    concepts = []
    for concept in vocabulary.concepts:
        known = {name.casefold() for name, _ in concept.names}
        more: dict[str, None] = {}
        for curie in (concept.curie, *concept.alternatives):
            found = [curie]
            for row in index.mappings(curie):
                if row.predicate_id == EXACT_MATCH:
                    found.append(row.object_id if row.subject_id == curie else row.subject_id)
            for other in dict.fromkeys(found):
                term = index.term(other)
                if term is not None and not term.obsolete and prefix_of(other) in {"MESH", "MONDO", prefix_of(curie)}:
                    for name in term.names:
                        if name.scope in {"label", "exact"} and name.text.casefold() not in known:
                            more[name.text] = None
        names = (*concept.names, *((name, "mapped") for name in more))
        concepts.append(Concept(concept.curie, names, concept.alternatives, concept.parents))
    return Vocabulary.of(concepts)
