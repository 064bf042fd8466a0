"""The ontologies' part of a graph: entity nodes, their ancestors, the mappings that joined them.

A node takes its parents from the vocabulary that names it; a compound, for which PubChem has no
hierarchy, takes MeSH's: the tree of its descriptor, or the starred headings of its supplementary record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.curies import association_id, prefix_of
from kg.graph.assemble import Row, Seen, evidence_row, finding_row, to_json
from kg.graph.chemicalforms import form_edges
from kg.linking.equivalence import Conflict, Entities, Entity
from kg.model import BROAD_MATCH, CLOSE_MATCH, SUBCLASS_OF, BuildConfig, Evidence, Finding, Mapping, Reason, as_row
from kg.terms.index import TermIndex

_METHOD = {"MONDO": "mondo:is_a", "MESH": "mesh:tree"}


def ontology_rows(seen: Seen, entities: Entities, index: TermIndex, config: BuildConfig) -> Iterator[Row]:
    """Yield nodes, hierarchy evidence, mappings and conflicts of every entity that was seen.

    Args:
        seen: the entities of the documents.
        entities: finds the entity of a parent.
        index: the term index.
        config: tells whether ancestors are wanted.
    """
    waiting = [seen.entities[key] for key in sorted(seen.entities, reverse=True)]
    done: set[str] = set()
    mappings: dict[str, dict[str, Any]] = {}
    conflicts: dict[str, Finding] = {}
    while waiting:
        entity = waiting.pop()
        if entity.id in done:
            continue
        done.add(entity.id)
        yield "nodes", _node(entity, seen, index)
        for mapping, used in _mappings(entity, index):
            # A row that joined nothing touches two nodes; each has it.
            identifier = _mapping_id(mapping) if used else association_id("mapping", _mapping_id(mapping), entity.id)
            mappings[identifier] = {**_slots(mapping), "id": identifier, "node": entity.id, "used": used}
        for conflict in entity.conflicts:
            told = _conflict(conflict, index)
            conflicts[told.id] = told
        if config.ancestors:
            for evidence, parent in (*_parents(entity, entities, index), *form_edges(entity, entities, index)):
                yield "evidence", evidence_row(evidence)
                waiting.append(parent)
    yield from (("evidence", evidence_row(evidence)) for evidence in _close_matches(mappings, done, entities))
    yield from (("mappings", mappings[key]) for key in sorted(mappings))
    yield from (("findings", finding_row(conflicts[key])) for key in sorted(conflicts))


def _close_matches(mappings: dict[str, dict[str, Any]], done: set[str], entities: Entities) -> Iterator[Evidence]:
    """Yield an edge between two nodes of the graph that a mapping calls close, and not the same."""
    told: set[tuple[str, str, str]] = set()
    for key in sorted(mappings):
        row = mappings[key]
        if (once := (row["subject_id"], row["object_id"], row["mapping_source"])) in told:
            continue
        told.add(once)
        one, other = entities.of(row["subject_id"]).id, entities.of(row["object_id"]).id
        if row["predicate_id"] == "skos:closeMatch" and one != other and {one, other} <= done:
            yield Evidence(
                subject=one, predicate=CLOSE_MATCH, object=other, polarity="support", polarity_reason="stated",
                document=None, case=None, section=None, sentence_start=None, sentence_end=None, sentence=None,
                method="mapping", source="infores:casegraph", release=row["mapping_source"], original_predicate="skos:closeMatch",
            )  # fmt: skip


def _node(entity: Entity, seen: Seen, index: TermIndex) -> dict[str, Any]:
    terms = [term for c in entity.identifiers if (term := index.term(c))]
    own = index.term(entity.id)
    called = seen.names.get(entity.id, {})
    # A term that no ontology names is called what most mentions call it.
    fallback = min(called, key=lambda name: (-called[name], name)) if called else entity.id
    name = own.label if own and own.names else fallback
    synonyms = sorted({n.text for term in terms for n in term.names} - {name})
    release = index.source_of_prefix(prefix_of(entity.id))
    status = "unverified" if own is None else "obsolete" if own.obsolete else "current"
    return {
        "id": entity.id, "category": entity.category, "name": name, "equivalent_identifiers": list(entity.identifiers),
        "synonyms": synonyms, "source": f"infores:{release.source}" if release else "infores:casegraph",
        "release": release.version if release else "", "status": status,
        "replaced_by": list(own.replaced_by) if own else [],
    }  # fmt: skip


def _mappings(entity: Entity, index: TermIndex) -> Iterator[tuple[Mapping, bool]]:
    used = set(entity.used)
    for identifier in entity.identifiers:
        for row in index.mappings(identifier):
            # A bare cross-reference claims nothing; the graph holds matches.
            if row.predicate_id.startswith("skos:"):
                yield row, row in used


def _slots(row: Mapping) -> dict[str, Any]:
    optional = ("confidence", "author_id", "mapping_date", "comment", "record")
    return {**as_row(row), **{slot: getattr(row, slot) or None for slot in optional}}


def _mapping_id(row: Mapping) -> str:
    key = (row.subject_id, row.predicate_id, row.object_id, row.mapping_justification, row.mapping_source)
    return association_id("mapping", *key)


def _conflict(conflict: Conflict, index: TermIndex) -> Finding:
    row = conflict.row
    reasons = [Reason("equivalence", conflict.sentence())]
    for end, twin in zip((row.subject_id, row.object_id), conflict.pair, strict=True):
        if twin not in {"", end}:
            reasons.append(Reason("equivalence", f"{_shown(end, index)} already is {_shown(twin, index)}"))
    if conflict.rival:
        reasons.append(
            Reason("equivalence", f"{conflict.rival.record or conflict.rival.mapping_source} says otherwise")
        )
    left_out = conflict.code == "mapping-conflict" and not conflict.joined
    return Finding(
        id=association_id("finding", conflict.code, to_json(as_row(row))), code=conflict.code,
        severity="warning" if left_out else "info", document=None, mention=None, text=row.subject_label or row.subject_id,
        asserted=row.object_id, asserted_name=row.object_label or None, suggested=None, suggested_name=None,
        message=conflict.sentence(), reasons=tuple(reasons),
    )  # fmt: skip


def _shown(curie: str, index: TermIndex) -> str:
    label = index.label(curie)
    return f"{curie} ({label})" if label else curie


def _parents(entity: Entity, entities: Entities, index: TermIndex) -> Iterator[tuple[Evidence, Entity]]:
    for child, predicate, parent, original in _asserted_parents(entity, index):
        upper = entities.of(parent)
        if upper.id == entity.id:
            continue
        release = index.source_of_prefix(prefix_of(child))
        yield Evidence(
            subject=entity.id, predicate=predicate, object=upper.id, polarity="support", polarity_reason="stated",
            document=None, case=None, section=None, sentence_start=None, sentence_end=None, sentence=None,
            method=_METHOD.get(prefix_of(child), "ontology") if predicate == SUBCLASS_OF else "mesh:mapped-to",
            source=f"infores:{release.source}" if release else "infores:casegraph",
            release=release.version if release else "", original_predicate=original,
        ), upper  # fmt: skip


def _asserted_parents(entity: Entity, index: TermIndex) -> Iterator[tuple[str, str, str, str]]:
    compound = prefix_of(entity.id) == "PUBCHEM.COMPOUND"
    children = [c for c in entity.identifiers if prefix_of(c) == "MESH"] if compound else [entity.id]
    for child in children:
        original = "meshv:broaderDescriptor" if prefix_of(child) == "MESH" else "rdfs:subClassOf"
        for parent in index.parents(child):
            yield child, SUBCLASS_OF, parent, original
        term = index.term(child)
        for heading in term.mapped_to if term else ():
            yield child, BROAD_MATCH, heading, "meshv:preferredMappedTo"
