"""What a graph holds and what a database holds of it: nodes, relationships and property values, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kg.errors import ServerError
from kg.views.neo4jstamp import STALE
from kg.views.neo4jtarget import STAMP, Neo4jTarget
from kg.views.propertygraph import (
    ALL_LABELS,
    LABELS,
    MARKER,
    TRAIL_LABELS,
    PNode,
    PRelationship,
    property_keys,
    relationship_keys,
)

# Labels that stand first; the others ("Entity") are counted without their properties.
_FIRST = frozenset(labels[0] for labels in (*LABELS.values(), *TRAIL_LABELS.values()))
# Sums of hashes stay far below 2**63 for every number of records.
_PART = 1 << 31


@dataclass(slots=True)
class Kind:
    """The records of one label or type: how many, a sum of their hashes, and the values by property."""

    records: int = 0
    hashes: int = 0
    values: Counter[str] = field(default_factory=Counter)

    def add(self, properties: Iterable[str], mark: int) -> None:
        """Count a record with these properties and this hash."""
        self.records += 1
        self.hashes += mark % _PART
        # Of a mapping it would add the values.
        self.values.update(iter(properties))


@dataclass(slots=True)
class Tally:
    """Counts by label and by type.

    >>> tally = Tally()
    >>> tally.add_node(PNode("a", ("Disease", "Entity"), {"id": "a", "name": "x"}), 5)
    >>> tally.nodes["Disease"].records, tally.nodes["Entity"].records, dict(tally.nodes["Disease"].values)
    (1, 1, {'id': 1, 'name': 1})
    """

    nodes: dict[str, Kind] = field(default_factory=dict)
    relationships: dict[str, Kind] = field(default_factory=dict)

    def add_node(self, node: PNode, mark: int) -> None:
        """Count a node under each of its labels, its properties under the first."""
        self._kind(self.nodes, node.labels[0]).add(node.properties, mark)
        for label in node.labels[1:]:
            self._kind(self.nodes, label).add((), mark)

    def add_relationship(self, link: PRelationship, mark: int) -> None:
        """Count a relationship."""
        self._kind(self.relationships, link.type).add(link.properties, mark)

    def summary(self) -> dict[str, dict[str, int]]:
        """Return the numbers of records and of property values by label and type, sorted."""
        return {
            "nodes": {k: v.records for k, v in sorted(self.nodes.items())},
            "relationships": {k: v.records for k, v in sorted(self.relationships.items())},
            "node_properties": {k: v.values.total() for k, v in sorted(self.nodes.items()) if k in _FIRST},
            "relationship_properties": {k: v.values.total() for k, v in sorted(self.relationships.items())},
        }

    @staticmethod
    def _kind(kinds: dict[str, Kind], name: str) -> Kind:
        found = kinds.get(name)
        if found is None:
            found = kinds[name] = Kind()
        return found


def count_database(target: Neo4jTarget, types: Iterable[str]) -> Tally:
    """Count what the database holds of ours, but for what is stale; properties that others added do not count.

    Args:
        target: the database.
        types: relationship types of the graph.

    Raises:
        ServerError: if the server cannot be reached or refuses.
    """
    tally = Tally()
    for label in ALL_LABELS:
        keys = property_keys(label) if label in _FIRST else ()
        kind = _count(target, f"MATCH (x:`{label}`:`{MARKER}`) WHERE x.{STAMP} <> $stale", keys)
        if kind.records:
            tally.nodes[label] = kind
    held = target.run_read(
        f"MATCH (:`{MARKER}`)-[x]->() WHERE x.{STAMP} <> $stale RETURN DISTINCT type(x) AS t",
        {"stale": STALE}, timeout=0,
    )  # fmt: skip
    for name in sorted({*types, *(row["t"] for row in held)}):
        known = relationship_keys(name)
        kind = _count(target, f"MATCH (:`{MARKER}`)-[x:`{name}`]->(:`{MARKER}`) WHERE x.{STAMP} <> $stale", known)
        if kind.records:
            tally.relationships[name] = kind
    return tally


def differences(graph: Tally, database: Tally) -> list[str]:
    """Return what the database holds otherwise than the graph, a phrase each.

    >>> graph, database = Tally(), Tally()
    >>> graph.add_node(PNode("a", ("Disease",), {"id": "a", "name": "x"}), 5)
    >>> database.add_node(PNode("a", ("Disease",), {"id": "a"}), 5)
    >>> differences(graph, database), differences(graph, Tally())
    (['0 values of Disease.name in place of 1'], ['0 Disease in place of 1'])
    """
    found = []
    for ours, theirs in ((graph.nodes, database.nodes), (graph.relationships, database.relationships)):
        for name in sorted({*ours, *theirs}):
            expected, held = ours.get(name, Kind()), theirs.get(name, Kind())
            if expected.records != held.records:
                found.append(f"{held.records} {name} in place of {expected.records}")
            elif expected.hashes != held.hashes:
                found.append(f"other records of {name}")
            else:
                found += [
                    f"{held.values[key]} values of {name}.{key} in place of {expected.values[key]}"
                    for key in sorted({*expected.values, *held.values})
                    if expected.values[key] != held.values[key]
                ]
    return found


def check(graph: Tally, target: Neo4jTarget) -> None:
    """Make sure that a database holds what a graph holds.

    Raises:
        ServerError: if any count differs; it says which.
    """
    if wrong := differences(graph, count_database(target, graph.relationships)):
        # Values that are gone under a record's hash can be seen by no comparison of hashes.
        values = all(" values of " in one for one in wrong)
        way = "write every record anew with --full" if values else "load again while nobody else writes"
        raise ServerError(f"the database {target.database} holds {'; '.join(wrong)}; {way}", value=wrong)


def _count(target: Neo4jTarget, match: str, keys: Iterable[str]) -> Kind:
    named = list(keys)
    values = "".join(f", count(x.`{key}`) AS v{i}" for i, key in enumerate(named))
    query = f"{match} RETURN count(*) AS records, coalesce(sum(x.{STAMP} % $part), 0) AS hashes{values}"
    parameters: dict[str, Any] = {"stale": STALE, "part": _PART}
    (row,) = target.run_read(query, parameters, timeout=0)
    return Kind(row["records"], row["hashes"], Counter({k: n for i, k in enumerate(named) if (n := row[f"v{i}"])}))
