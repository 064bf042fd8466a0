"""The property-graph projection: nodes with labels, relationships with types, streamed from the tables.

Networkx, the embedded Cypher engine, Neo4j over Bolt and the import CSV all read this one projection, so
that they cannot disagree. Its contract is the section "As a property graph" of ``docs/data-model.md``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import pyarrow.parquet as pq

from kg.errors import GraphError
from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS
from kg.model import (
    CASE,
    CELL_LINE,
    CHEMICAL,
    DISEASE,
    DOCUMENT,
    GENE,
    NAMED_THING,
    OTHER,
    PHENOTYPE,
    TAXON,
    VARIANT,
)

#: Raised when the projection of the same tables changes, so that no cache serves the older one.
PROJECTION = 5
#: Label that every node of ours has beside its own in a Cypher engine: it tells them from anybody else's.
MARKER = "Casegraph"

Row = dict[str, Any]
_K = TypeVar("_K")
_V = TypeVar("_V")

#: Biolink category -> labels. The first label is the kind of the node, and the one to look it up by.
LABELS: dict[str, tuple[str, ...]] = {
    DISEASE: ("Disease", "Entity"),
    CHEMICAL: ("ChemicalEntity", "Entity"),
    GENE: ("Gene", "Entity"),
    TAXON: ("OrganismTaxon", "Entity"),
    VARIANT: ("SequenceVariant", "Entity"),
    CELL_LINE: ("CellLine", "Entity"),
    PHENOTYPE: ("PhenotypicFeature", "Entity"),
    NAMED_THING: ("NamedThing", "Entity"),
    OTHER: ("OntologyClass", "Entity"),
    DOCUMENT: ("Publication",),
    CASE: ("CaseReport",),
}
#: Trail table -> labels of its nodes.
TRAIL_LABELS: dict[str, tuple[str, ...]] = {
    "mentions": ("Mention",),
    "evidence": ("Evidence",),
    "findings": ("Finding",),
    "mappings": ("Mapping",),
    "decisions": ("Decision",),
}
#: Every label that a node can have; nothing else ever becomes a label.
ALL_LABELS = tuple(sorted({label for labels in (*LABELS.values(), *TRAIL_LABELS.values()) for label in labels}))

_PUBLICATION = LABELS[DOCUMENT][0]
_CASE_REPORT = LABELS[CASE][0]
_MENTION, _EVIDENCE, _FINDING, _MAPPING, _DECISION = (labels[0] for labels in TRAIL_LABELS.values())
_EDGE_ENDS = ("subject", "predicate", "object")
# Longest name of a node of evidence.
_NAME = 80
_PREDICATE = re.compile(r"biolink:([a-z][a-z0-9_]*)")
#: Tables that the projection reads.
TABLES = ("nodes", "edges", "documents", "cases", "mentions", "evidence", "findings", "mappings", "links", "decisions")


@dataclass(frozen=True, slots=True)
class PNode:
    """A node: its identifier, its labels (the kind first), and its properties with ``id`` and ``name``."""

    id: str
    labels: tuple[str, ...]
    properties: Row


@dataclass(frozen=True, slots=True)
class PRelationship:
    """A relationship: identifier, type, identifiers of its ends, and its properties with ``id``."""

    id: str
    type: str
    start: str
    end: str
    properties: Row


class RelationshipGroup(NamedTuple):
    """What the relationships of one batch share: the type, and the first label of either end."""

    type: str
    start: str
    end: str


def relationship_type(predicate: str) -> str:
    """Return the relationship type of a predicate.

    Args:
        predicate: a CURIE of the Biolink Model.

    Returns:
        Upper-case letters, digits and underscores only, so that it may stand in a query.

    Raises:
        GraphError: if it is not a Biolink predicate.

    >>> relationship_type("biolink:applied_to_treat")
    'APPLIED_TO_TREAT'
    """
    if not (match := _PREDICATE.fullmatch(predicate)):
        raise GraphError(f"{predicate!r} is not a Biolink predicate; build the graph again", value=predicate)
    return match[1].upper()


def clean(row: Row) -> Row:
    """Return the properties of a row: all but nulls and empty lists.

    >>> clean({"a": 1, "b": None, "c": [], "d": "", "e": ["x"], "f": False})
    {'a': 1, 'd': '', 'e': ['x'], 'f': False}
    """
    return {key: value for key, value in row.items() if value is not None and value != []}


def property_keys(label: str) -> tuple[str, ...]:
    """Return the names of all properties that a node with this first label can have.

    >>> property_keys("Finding")[:3]
    ('id', 'code', 'severity')
    """
    for table, labels in TRAIL_LABELS.items():
        if label == labels[0]:
            return tuple(dict.fromkeys((*SCHEMAS[table].names, "name")))
    extra = {_PUBLICATION: SCHEMAS["documents"].names, _CASE_REPORT: SCHEMAS["cases"].names}.get(label, [])
    return tuple(dict.fromkeys((*SCHEMAS["nodes"].names, *extra)))


def relationship_keys(kind: str) -> tuple[str, ...]:
    """Return the names of all properties that a relationship of this type can have.

    >>> relationship_keys("IN_CASE"), relationship_keys("LINKED_TO")
    (('id',), ('id', 'term', 'rule', 'verdict', 'confidence', 'mapping_confidence'))
    """
    if kind == "LINKED_TO":
        return ("id", "term", "rule", "verdict", "confidence", "mapping_confidence")
    if kind in _TRAIL_TYPES:
        return ("id",)
    return tuple(name for name in SCHEMAS["edges"].names if name not in _EDGE_ENDS)


_TRAIL_TYPES = frozenset(
    {
        "IN_DOCUMENT",
        "LINKED_TO",
        "EVIDENCE_SUBJECT",
        "EVIDENCE_OBJECT",
        "IN_CASE",
        "ABOUT_MENTION",
        "MAPS",
        "DECIDED_BY",
    }
)


def iter_nodes(folder: GraphFolder, *, trail: bool = True) -> Iterator[PNode]:
    """Yield every node of the projection, a batch of rows in memory at a time.

    Args:
        folder: the graph.
        trail: whether mentions, evidence, findings, mappings and decisions are nodes too.

    Yields:
        Nodes in the order of their tables: entities, documents and cases by identifier, then the trail.

    Raises:
        GraphError: if a table is not in its order, so that columns could not be joined.
    """
    documents = _Lookup(folder, "documents")
    cases = _Lookup(folder, "cases")
    for row in _ascending(folder, "nodes"):
        labels = LABELS.get(row["category"], LABELS[OTHER])
        # Both tables are sorted as `nodes` is, so a merge join needs one row of each at a time.
        extra = documents.find(row["id"]) | cases.find(row["id"])
        yield _node(labels, {**extra, **row}, row["name"] or row["id"])
    documents.finish()
    cases.finish()
    if trail:
        for table, name in _TRAIL_NAMES.items():
            for row in folder.rows(table):
                yield _node(TRAIL_LABELS[table], row, name(row))


def iter_relationships(folder: GraphFolder, *, trail: bool = True) -> Iterator[PRelationship]:
    """Yield every relationship of the projection, a batch of rows in memory at a time.

    Args:
        folder: the graph.
        trail: whether the relationships of mentions, evidence, findings, mappings, decisions and cases come too.

    Yields:
        Relationships: the edges by subject, predicate and object, then the trail.

    Raises:
        GraphError: if an edge's predicate is not one of the Biolink Model.
    """
    for relationship, _, _ in _relationships(folder, trail=trail):
        yield relationship


def node_groups(folder: GraphFolder, size: int, *, trail: bool = True) -> Iterator[tuple[tuple[str, ...], list[PNode]]]:
    """Yield the nodes in batches of at most ``size`` whose labels are the same.

    Args:
        folder: the graph.
        size: most nodes in a batch.
        trail: as in :func:`iter_nodes`.

    Yields:
        The labels, and the nodes that have them.
    """
    yield from _batches(((node.labels, node) for node in iter_nodes(folder, trail=trail)), size)


def relationship_groups(
    folder: GraphFolder, size: int, *, trail: bool = True
) -> Iterator[tuple[RelationshipGroup, list[PRelationship]]]:
    """Yield the relationships in batches of at most ``size`` with one type and one label at either end.

    The labels of entities, documents and cases are held in memory for this.

    Args:
        folder: the graph.
        size: most relationships in a batch.
        trail: as in :func:`iter_relationships`.

    Yields:
        Type and labels, and the relationships.

    Raises:
        GraphError: if an end is not among the nodes.
    """
    labels = {
        row["id"]: LABELS.get(row["category"], LABELS[OTHER])[0] for row in _columns(folder, "nodes", "id", "category")
    }

    def label(identifier: str, known: str, relationship: PRelationship) -> str:
        found = known or labels.get(identifier)
        if found is None:
            raise GraphError(
                f"{relationship.type} {relationship.id} names {identifier}, which is no node; build it again",
                value=identifier,
            )
        return found

    keyed = (
        (RelationshipGroup(r.type, label(r.start, start, r), label(r.end, end, r)), r)
        for r, start, end in _relationships(folder, trail=trail)
    )
    yield from _batches(keyed, size)


def fingerprint(folder: GraphFolder) -> str:
    """Return a hash of everything that the projection reads, for caches and for the stamp in a database.

    Args:
        folder: the graph.

    Returns:
        Hexadecimal digits; the same for equal tables wherever they lie.
    """
    digest = hashlib.sha256(f"projection {PROJECTION}".encode())
    for table in TABLES:
        if folder.holds(table):
            with folder.file(table).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _node(labels: tuple[str, ...], row: Row, name: str) -> PNode:
    return PNode(row["id"], labels, clean({**row, "name": name}))


def _relation(kind: str, start: str, end: str, *more: str, **properties: Any) -> PRelationship:
    identifier = "|".join((kind, start, end, *more))
    return PRelationship(identifier, kind, start, end, clean({"id": identifier, **properties}))


def _relationships(folder: GraphFolder, *, trail: bool) -> Iterator[tuple[PRelationship, str, str]]:
    """Yield relationships with the first label of either end, "" where only the `nodes` table can tell."""
    for row in folder.rows("edges"):
        kind = relationship_type(row["predicate"])
        properties = clean({key: value for key, value in row.items() if key not in _EDGE_ENDS})
        yield PRelationship(row["id"], kind, row["subject"], row["object"], properties), "", ""
    if not trail:
        return
    for table, label, columns in (
        ("cases", _CASE_REPORT, ()),
        ("mentions", _MENTION, ()),
        ("evidence", _EVIDENCE, ("subject", "object", "case")),
        ("findings", _FINDING, ("mention", *_known(folder, "findings", "decisions"))),
    ):
        for row in _columns(folder, table, "id", "document", *columns):
            if row["document"] is not None:
                yield _relation("IN_DOCUMENT", row["id"], row["document"]), label, _PUBLICATION
            if table == "evidence":
                yield _relation("EVIDENCE_SUBJECT", row["id"], row["subject"]), label, ""
                yield _relation("EVIDENCE_OBJECT", row["id"], row["object"]), label, ""
                if row["case"] is not None:
                    yield _relation("IN_CASE", row["id"], row["case"]), label, _CASE_REPORT
            if table == "findings" and row["mention"] is not None:
                yield _relation("ABOUT_MENTION", row["id"], row["mention"]), label, _MENTION
            for decision in row.get("decisions") or ():
                yield _relation("DECIDED_BY", row["id"], decision), label, _DECISION
    last = ""
    mention, told = "", set[str]()
    for row in folder.rows("links"):
        if row["mention"] != mention:
            mention, told = row["mention"], set()
        for decision in row.get("decisions") or ():
            # A mention that is linked to several terms has several rows, side by side.
            if decision not in told:
                told.add(decision)
                yield _relation("DECIDED_BY", mention, decision), _MENTION, _DECISION
        if row["node"] is not None:
            more = {key: row[key] for key in relationship_keys("LINKED_TO")[1:]}
            link = _relation("LINKED_TO", row["mention"], row["node"], row["term"] or "", **more)
            # The table is sorted by mention and term: the same decision twice stands side by side.
            if link.id != last:
                yield link, _MENTION, ""
            last = link.id
    for row in folder.rows("mappings"):
        if row["node"] is not None:
            yield _relation("MAPS", row["id"], row["node"]), _MAPPING, ""


def _mention_name(row: Row) -> str:
    return str(row["text"] or row["id"])


def _evidence_name(row: Row) -> str:
    # Only the beginning is looked at: what stands in place of a sentence may be a whole page.
    sentence = row["sentence"] or ""
    words = " ".join(sentence[: 4 * _NAME].split())
    if len(words) > _NAME or len(sentence) > 4 * _NAME:
        return (words[: _NAME - 1].rpartition(" ")[0] or words[: _NAME - 1]) + "…"
    if words:
        return words
    return f"{row['method']}: {row['subject']} {row['predicate']} {row['object']}"


def _finding_name(row: Row) -> str:
    return f"{row['code']}: {row['text'] or row['asserted'] or row['document']}"


def _mapping_name(row: Row) -> str:
    return f"{row['subject_id']} {row['predicate_id']} {row['object_id']}"


def _decision_name(row: Row) -> str:
    about = row["text"] or row["asserted"] or row["code"] or row["document"]
    return f"{row['decision']} {about}" + (f" to {row['target']}" if row["target"] else "")


_TRAIL_NAMES: dict[str, Callable[[Row], str]] = {
    "mentions": _mention_name,
    "evidence": _evidence_name,
    "findings": _finding_name,
    "mappings": _mapping_name,
    "decisions": _decision_name,
}


def _known(folder: GraphFolder, table: str, column: str) -> tuple[str, ...]:
    """Return a column that came after graphs were built, where the graph's table has it."""
    return (column,) if column in pq.read_schema(folder.file(table)).names else ()


def _columns(folder: GraphFolder, table: str, *columns: str) -> Iterator[Row]:
    with pq.ParquetFile(folder.file(table)) as file:
        for chunk in file.iter_batches(columns=list(columns)):
            yield from chunk.to_pylist()


def _ascending(folder: GraphFolder, table: str) -> Iterator[Row]:
    last = ""
    for row in folder.rows(table):
        if row["id"] <= last:
            raise GraphError(f"the table {table} is not sorted at {row['id']}; build the graph again", value=row["id"])
        last = row["id"]
        yield row


class _Lookup:
    """One side of a merge join: the rows of a sorted table, asked for in ascending order."""

    def __init__(self, folder: GraphFolder, table: str) -> None:
        self._table = table
        self._rows = _ascending(folder, table)
        self._row = next(self._rows, None)

    def find(self, identifier: str) -> Row:
        if self._row is not None and self._row["id"] < identifier:
            self.finish()
        if self._row is None or self._row["id"] != identifier:
            return {}
        found, self._row = self._row, next(self._rows, None)
        return found

    def finish(self) -> None:
        """Check that every row found its node."""
        if self._row is not None:
            raise GraphError(
                f"{self._row['id']} of the table {self._table} is no node; build the graph again",
                value=self._row["id"],
            )


def _batches(items: Iterable[tuple[_K, _V]], size: int) -> Iterator[tuple[_K, list[_V]]]:
    waiting: dict[_K, list[_V]] = {}
    for key, value in items:
        batch = waiting.setdefault(key, [])
        batch.append(value)
        if len(batch) >= size:
            yield key, waiting.pop(key)
    yield from waiting.items()
