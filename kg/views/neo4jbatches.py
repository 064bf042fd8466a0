"""The batches of a load: what the database lacks of a graph, grouped by labels and by type, as rows of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from kg.graph.store import GraphFolder
from kg.views.neo4jcompare import NODES, Comparison, Marks
from kg.views.neo4jstamp import node_stamp, relationship_stamp
from kg.views.neo4jtally import Tally
from kg.views.neo4jtarget import STAMP
from kg.views.neo4jwriter import Batch
from kg.views.propertygraph import (
    ALL_LABELS,
    MARKER,
    PNode,
    PRelationship,
    node_groups,
    property_keys,
    relationship_groups,
    relationship_keys,
)

#: Records that the tables are read in, whatever the size of a batch.
_READ = 5_000


def survey(folder: GraphFolder, told: Callable[[int], object]) -> tuple[Marks, Tally]:
    """Return the hashes of a graph's records and what it holds.

    Args:
        folder: the graph.
        told: called with the number of records that were read.

    Raises:
        GraphError: if the graph is damaged.
    """
    marks, tally = Marks(), Tally()
    for _labels, nodes in node_groups(folder, _READ):
        for node in nodes:
            mark = node_stamp(node)
            marks.nodes.append(mark)
            tally.add_node(node, mark)
        told(len(nodes))
    for group, links in relationship_groups(folder, _READ):
        hashes = marks.relationships[group.type]
        for link in links:
            mark = relationship_stamp(link)
            hashes.append(mark)
            tally.add_relationship(link, mark)
        told(len(links))
    return marks, tally


class Batches:
    """The batches that bring a database to a graph.

    Args:
        folder: the graph.
        size: most rows of a batch.
        comparison: what the database lacks; None where it holds nothing of ours.
        tally: counts what is read; None where that is done.
        full: everything is written, also what the database has.
    """

    def __init__(
        self, folder: GraphFolder, size: int, comparison: Comparison | None, tally: Tally | None, *, full: bool
    ) -> None:
        self._folder = folder
        self._size = size
        self._comparison = comparison
        self._tally = tally
        self._full = full

    def nodes(self) -> Iterator[Batch]:
        """Yield the batches of nodes.

        Raises:
            GraphError: if the graph is damaged.
        """
        if not self._full and self._comparison and not self._comparison.lacking(NODES):
            return
        make = _made_node if self._new(NODES) else _merged_node
        waiting: dict[tuple[str, ...], list[list[object]]] = {}
        for labels, nodes in node_groups(self._folder, _READ):
            keys = property_keys(labels[0])
            rows = waiting.setdefault(labels, [])
            for node in nodes:
                mark = node_stamp(node)
                if self._tally:
                    self._tally.add_node(node, mark)
                if self._wanted(NODES, mark):
                    rows.append(_node_row(node, keys, mark))
            yield from self._full_batches(make(labels, keys), rows, f"nodes {labels[0]}")
        for labels, rows in waiting.items():
            if rows:
                yield Batch(make(labels, property_keys(labels[0])), rows, f"nodes {labels[0]}")

    def relationships(self) -> Iterator[Batch]:
        """Yield the batches of relationships, for when the nodes are in.

        Raises:
            GraphError: if the graph is damaged.
        """
        if not self._full and self._comparison and not self._comparison.lacking_relationships():
            return
        waiting: dict[str, list[list[object]]] = {}
        for group, links in relationship_groups(self._folder, _READ):
            kind = group.type
            if not self._full and self._comparison and not self._comparison.lacking(kind):
                continue
            keys = relationship_keys(kind)
            rows = waiting.setdefault(kind, [])
            for link in links:
                mark = relationship_stamp(link)
                if self._tally:
                    self._tally.add_relationship(link, mark)
                if self._wanted(kind, mark):
                    rows.append(_relationship_row(link, keys, mark))
            yield from self._full_batches(self._relation(kind, keys), rows, f"relationships {kind}")
        for kind, rows in waiting.items():
            if rows:
                yield Batch(self._relation(kind, relationship_keys(kind)), rows, f"relationships {kind}")

    def _full_batches(self, query: str, rows: list[list[object]], what: str) -> Iterator[Batch]:
        """Yield full batches and take their rows out."""
        whole = len(rows) // self._size * self._size
        for start in range(0, whole, self._size):
            yield Batch(query, rows[start : start + self._size], what)
        del rows[:whole]

    def _relation(self, kind: str, keys: Sequence[str]) -> str:
        return (_made_relationship if self._new(kind) else _merged_relationship)(kind, keys)

    def _wanted(self, kind: str, mark: int) -> bool:
        return self._full or self._comparison is None or self._comparison.lacks(kind, mark)

    def _new(self, kind: str) -> bool:
        """Tell whether nothing that is written can be there in an older form.

        A hash holds the identifier: where every hash in the database is one of the graph's, what is lacking is
        there under no other.
        """
        return self._comparison is None or (not self._full and not self._comparison.stale.get(kind))


def _node_row(node: PNode, keys: Sequence[str], mark: int) -> list[object]:
    return [*map(node.properties.get, keys), mark]


def _relationship_row(link: PRelationship, keys: Sequence[str], mark: int) -> list[object]:
    return [link.start, link.end, *map(link.properties.get, keys), mark]


def _made_node(labels: Sequence[str], keys: Sequence[str]) -> str:
    own = "".join(f":`{label}`" for label in labels)
    return f"CREATE (x:`{MARKER}`{own} {{{_literal(keys, 0)}}})"


def _merged_node(labels: Sequence[str], keys: Sequence[str]) -> str:
    own = "".join(f":`{label}`" for label in labels)
    # An entity that has changed its category must lose the older label.
    others = "".join(f":`{label}`" for label in ALL_LABELS if label not in labels)
    place = keys.index("id")
    return f"MERGE (x:`{MARKER}` {{id: r[{place}]}}) REMOVE x{others} SET x{own} SET {_setting(keys, 0)}"


_ENDS = f"MATCH (a:`{MARKER}` {{id: r[0]}}) MATCH (b:`{MARKER}` {{id: r[1]}}) "


def _made_relationship(kind: str, keys: Sequence[str]) -> str:
    return f"{_ENDS}CREATE (a)-[x:`{kind}` {{{_literal(keys, 2)}}}]->(b)"


def _merged_relationship(kind: str, keys: Sequence[str]) -> str:
    place = keys.index("id") + 2
    return f"{_ENDS}MERGE (a)-[x:`{kind}` {{id: r[{place}]}}]->(b) SET {_setting(keys, 2)}"


def _literal(keys: Sequence[str], first: int) -> str:
    """Return the inside of a map of properties, whose values begin at ``first`` in a row.

    >>> _literal(("id",), 2)
    '`id`: r[2], `casegraph_hash`: r[3]'
    """
    return ", ".join(f"`{key}`: r[{i}]" for i, key in enumerate((*keys, STAMP), start=first))


def _setting(keys: Sequence[str], first: int) -> str:
    # A null takes the property away: what an earlier build said goes, what others added stays.
    return ", ".join(f"x.`{key}` = r[{i}]" for i, key in enumerate((*keys, STAMP), start=first))
