"""What of a graph is in a database already, found by hashes: sums by bucket first, then those of the buckets that differ."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from kg.views.neo4jstamp import STALE
from kg.views.neo4jtarget import STAMP, Neo4jTarget
from kg.views.propertygraph import MARKER

#: Name that stands for the nodes where a relationship's type stands otherwise: all nodes are compared together,
#: since one may have changed its labels.
NODES = ""
#: Hashes of one bucket, as many as come together from the server, and stale records that one scan looks for.
IN_BUCKET = 256
IN_SLICE = 200_000
IN_SCAN = 50_000

_PART = 1 << 31

_MATCH = {
    True: (f"MATCH (x:`{MARKER}`)", ""),
    False: (f"MATCH (:`{MARKER}`)-[x]->() WHERE x.{STAMP} IS NOT NULL", "type(x)"),
}


class Marks:
    """The hashes of a graph's records in the order in which the projection yields them."""

    def __init__(self) -> None:
        self.nodes = array("q")
        self.relationships: dict[str, array[int]] = defaultdict(lambda: array("q"))

    def __len__(self) -> int:
        return len(self.nodes) + sum(map(len, self.relationships.values()))

    def kinds(self) -> dict[str, array[int]]:
        """Return the hashes by type, and those of nodes under :data:`NODES`."""
        return {NODES: self.nodes, **self.relationships}


class Comparison:
    """The records that a database lacks, and those of which a graph knows nothing.

    Args:
        target: the database.
        marks: the hashes of the graph.

    Attributes:
        stale: by kind, the hashes in the database that the graph has not; what has been left there before,
            as asked, is :data:`~kg.views.neo4jstamp.STALE`.

    Raises:
        ServerError: if the server cannot be reached or refuses.
    """

    def __init__(self, target: Neo4jTarget, marks: Marks) -> None:
        self._target = target
        self._buckets = max(1, len(marks) // IN_BUCKET)
        self.stale: dict[str, set[int]] = {}
        self._lacking: dict[str, set[int]] = {}
        held = self._held_sums()
        for kind, hashes in sorted(marks.kinds().items()):
            self._compare(kind, hashes, held.pop(kind, {}))
        for kind, sums in sorted(held.items()):
            self._compare(kind, array("q"), sums)

    def lacks(self, kind: str, mark: int) -> bool:
        """Tell whether the database lacks the record of this kind that has this hash."""
        return mark in self._lacking[kind]

    def lacking(self, kind: str) -> int:
        """Return how many records of a kind the database lacks."""
        return len(self._lacking.get(kind, ()))

    def lacking_nodes(self) -> int:
        """Return how many nodes the database lacks."""
        return self.lacking(NODES)

    def lacking_relationships(self) -> int:
        """Return how many relationships the database lacks."""
        return sum(len(marks) for kind, marks in self._lacking.items() if kind != NODES)

    def _compare(self, kind: str, hashes: array[int], held: dict[int, tuple[int, int]]) -> None:
        ours: Counter[int] = Counter()
        sums: Counter[int] = Counter()
        for mark in hashes:
            bucket = mark % self._buckets
            ours[bucket] += 1
            sums[bucket] += mark // self._buckets % _PART
        differing = {b for b in {*ours, *held} if held.get(b, (0, 0)) != (ours[b], sums[b])}
        local = {mark for mark in hashes if mark % self._buckets in differing}
        found: set[int] = set()
        for part in self._slices(differing, held):
            found.update(self._held_hashes(kind, part))
        self._lacking[kind] = local - found
        self.stale[kind] = found - local

    def _held_sums(self) -> dict[str, dict[int, tuple[int, int]]]:
        sums: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        for match, kind in _MATCH.values():
            query = (
                f"{match} WITH {kind or repr(NODES)} AS kind, coalesce(x.{STAMP}, $stale) AS h "
                "RETURN kind, h % $buckets AS bucket, count(*) AS n, sum(h / $buckets % $part) AS s"
            )
            for row in self._read(query):
                sums[row["kind"]][row["bucket"]] = (row["n"], row["s"])
        return sums

    def _slices(self, differing: set[int], held: dict[int, tuple[int, int]]) -> Iterator[list[int]]:
        """Yield the buckets that differ, so many at a time as their hashes fit into one answer."""
        part: list[int] = []
        size = 0
        for bucket in sorted(differing & held.keys()):
            part.append(bucket)
            size += held[bucket][0]
            if size >= IN_SLICE:
                yield part
                part, size = [], 0
        if part:
            yield part

    def _held_hashes(self, kind: str, buckets: list[int]) -> list[int]:
        query = (
            f"{matching(kind)} WITH coalesce(x.{STAMP}, $stale) AS h "
            # Where all differ, a look-up in their list is saved.
            "WHERE $all OR h % $buckets IN $some RETURN collect(h) AS hashes"
        )
        whole = len(buckets) == self._buckets
        (row,) = self._read(query, some=[] if whole else buckets, all=whole)
        hashes: list[int] = row["hashes"]
        return hashes

    def _read(self, query: str, **more: Any) -> list[dict[str, Any]]:
        parameters = {"buckets": self._buckets, "part": _PART, "stale": STALE, **more}
        return self._target.run_read(query, parameters, timeout=0)


def matching(kind: str) -> str:
    """Return the clause that matches the records of a kind as ``x``; a type of ours, or :data:`NODES`.

    >>> matching("MAPS")
    'MATCH (:`Casegraph`)-[x:`MAPS`]->() WHERE x.casegraph_hash IS NOT NULL'
    """
    return f"MATCH (:`{MARKER}`)-[x:`{kind}`]->() WHERE x.{STAMP} IS NOT NULL" if kind else _MATCH[True][0]
