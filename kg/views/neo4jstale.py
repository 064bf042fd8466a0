"""What an earlier build left in a database and the graph no longer has: removed on request, else marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kg.views.neo4jcompare import IN_SCAN, NODES, matching
from kg.views.neo4jpatience import Patience
from kg.views.neo4jstamp import STALE
from kg.views.neo4jtarget import STAMP, Neo4jTarget
from kg.views.propertygraph import MARKER

# An element's identifier may be given to another once it is free: the hash must be the one that was found.
_FOUND_NODE = (
    f"UNWIND $rows AS r MATCH (x:`{MARKER}`) WHERE elementId(x) = r[0] AND coalesce(x.{STAMP}, $stale) = r[1] "
)
_FOUND_RELATIONSHIP = f"UNWIND $rows AS r MATCH ()-[x]->() WHERE elementId(x) = r[0] AND x.{STAMP} = r[1] "
_REMOVE_NODE = (
    # All our relationships of it are gone: one that is left is another's, and keeps the node.
    f"{_FOUND_NODE}WITH x, EXISTS {{ (x)--() }} AS held "
    f"FOREACH (m IN CASE WHEN held THEN [x] ELSE [] END | REMOVE m:`{MARKER}`, m.{STAMP}) "
    "FOREACH (m IN CASE WHEN held THEN [] ELSE [x] END | DELETE m) "
    "RETURN sum(CASE WHEN held THEN 0 ELSE 1 END) AS n, sum(CASE WHEN held THEN 1 ELSE 0 END) AS kept"
)
_REMOVE_RELATIONSHIP = f"{_FOUND_RELATIONSHIP}DELETE x RETURN count(*) AS n, 0 AS kept"
_MARK = f"SET x.{STAMP} = $stale RETURN count(*) AS n, 0 AS kept"


@dataclass(slots=True)
class Removed:
    """How many were removed, and how many nodes were left to the owners of their relationships."""

    nodes: int = 0
    relationships: int = 0
    released: int = 0


def remove_stale(
    target: Neo4jTarget, stale: dict[str, set[int]], size: int, patience: Patience, told: Callable[[int], object]
) -> Removed:
    """Remove what the graph no longer has: relationships first, then nodes.

    Args:
        target: the database.
        stale: by kind, the hashes of what is to go.
        size: most records of a transaction.
        patience: how long a batch is tried again.
        told: called with the number of records of a batch.

    Raises:
        neo4j.exceptions.GqlError: if the server refuses, or cannot be reached for too long.
    """
    removed = Removed()
    for kind in sorted(stale, reverse=True):
        query = _REMOVE_RELATIONSHIP if kind else _REMOVE_NODE
        count, kept = _each(target, kind, stale[kind], query, size, patience, told)
        if kind == NODES:
            removed.nodes += count
            removed.released += kept
        else:
            removed.relationships += count
    return removed


def mark_stale(
    target: Neo4jTarget, stale: dict[str, set[int]], size: int, patience: Patience, told: Callable[[int], object]
) -> tuple[int, int]:
    """Mark what the graph no longer has with the hash 0, which no record of a graph has.

    Arguments and errors are those of :func:`remove_stale`.

    Returns:
        How many nodes and relationships are so marked now.
    """
    for kind, hashes in sorted(stale.items()):
        found = _FOUND_RELATIONSHIP if kind else _FOUND_NODE
        _each(target, kind, hashes - {STALE}, found + _MARK, size, patience, told)
    counted = (
        f"MATCH (x:`{MARKER}`) WHERE coalesce(x.{STAMP}, $stale) = $stale RETURN count(*) AS n",
        f"MATCH (:`{MARKER}`)-[x]->() WHERE x.{STAMP} = $stale RETURN count(*) AS n",
    )
    nodes, relationships = (target.run_read(query, {"stale": STALE}, timeout=0)[0]["n"] for query in counted)
    return nodes, relationships


def _each(
    target: Neo4jTarget,
    kind: str,
    hashes: set[int],
    query: str,
    size: int,
    patience: Patience,
    told: Callable[[int], object],
) -> tuple[int, int]:
    """Run a query on the records of a kind that have one of these hashes; return the sums of its two numbers."""
    done = kept = 0
    wanted = sorted(hashes)
    joined = "AND" if kind else "WHERE"
    find = f"{matching(kind)} {joined} coalesce(x.{STAMP}, $stale) IN $hashes RETURN elementId(x) AS i, x.{STAMP} AS h"
    for start in range(0, len(wanted), IN_SCAN):
        part = {"hashes": wanted[start : start + IN_SCAN], "stale": STALE}
        rows = [[row["i"], row["h"] or STALE] for row in target.run_read(find, part, timeout=0)]
        for first in range(0, len(rows), size):
            here = rows[first : first + size]
            record = patience.run(lambda here=here: _write(target, query, here))  # type: ignore[misc]
            done += record["n"]
            kept += record["kept"]
            told(len(here))
    return done, kept


def _write(target: Neo4jTarget, query: str, rows: list[list[Any]]) -> dict[str, int]:
    with target.session(write=True) as session, session.begin_transaction() as transaction:
        record: dict[str, int] = transaction.run(query, rows=rows, stale=STALE).single(strict=True).data()
        transaction.commit()
        return record
