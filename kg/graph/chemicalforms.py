"""Edges between forms of a chemical: a salt and its parent, a combination and its components.

What the source said keeps its node; the parent that PubChem gives it stands beside, and so do the components
that the name of a combination lists. The policy is the index's (``kg.terms.forms``): with ``parents = "none"``
nothing is said of parents.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.curies import prefix_of
from kg.linking.context import unique_hit
from kg.linking.equivalence import Entities, Entity
from kg.model import CHEMICAL, CHEMICALLY_SIMILAR_TO, HAS_PART, Evidence
from kg.terms.chemical_names import components
from kg.terms.index import TermIndex


def form_edges(entity: Entity, entities: Entities, index: TermIndex) -> Iterator[tuple[Evidence, Entity]]:
    """Yield the edges from a chemical to its parent compounds and to its components, with the other end.

    Args:
        entity: a node; nothing is yielded where it is no chemical.
        entities: finds the node of the other end.
        index: the term index.
    """
    if entity.category != CHEMICAL:
        return
    for identifier in entity.identifiers:
        for predicate, other, method, original in (*_parents(identifier, index), *_components(identifier, index)):
            end = entities.of(other)
            if end.id == entity.id:
                continue
            release = index.source_of_prefix(prefix_of(identifier))
            yield Evidence(
                subject=entity.id, predicate=predicate, object=end.id, polarity="support", polarity_reason="stated",
                document=None, case=None, section=None, sentence_start=None, sentence_end=None, sentence=None,
                method=method, source=f"infores:{release.source}" if release else "infores:casegraph",
                release=release.version if release else "", original_predicate=original,
            ), end  # fmt: skip


def _parents(identifier: str, index: TermIndex) -> Iterator[tuple[str, str, str, str]]:
    term = index.term(identifier)
    if term is None or index.forms.parents == "none":
        return
    for key, parent in term.properties:
        if key == "parent_compound":
            yield CHEMICALLY_SIMILAR_TO, parent, "pubchem:parent", "vocab:has_parent"


def _components(identifier: str, index: TermIndex) -> Iterator[tuple[str, str, str, str]]:
    """Yield the components of a combination that are told by its name, each the one chemical that bears it."""
    vocabulary = prefix_of(identifier)
    listed = components(index.label(identifier) or "") if vocabulary == "MESH" else ()
    for name in listed:
        hits = tuple(h for h in index.lookup(name, prefixes=(vocabulary,)) if h.category == CHEMICAL and not h.obsolete)
        if hit := unique_hit(hits):
            yield HAS_PART, hit.curie, "forms:combination", "casegraph:names-component"
