"""Cypher without a server: the property graph in kglite, built once and kept in the user's cache.

kglite has one author; everything that touches it is in this module. Known differences to Neo4j: ``n.title``
(also a key of ``properties(n)``) answers the ``name`` of a node that has no title, ``n.type`` and ``n.label``
its kind, and an unbounded ``*`` stops at ten hops.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kglite

from kg import __version__
from kg.errors import GraphError, ParameterError, QueryError
from kg.graph.store import GraphFolder
from kg.resources import cache_folder
from kg.views.propertygraph import MARKER, PROJECTION, fingerprint, node_groups, relationship_groups

# Its hints about unknown labels would go to standard error in the middle of a table.
kglite.set_query_warning_policy("silent")

BATCH = 5_000
#: Seconds after which a query is stopped unless the caller says otherwise.
TIMEOUT = 60.0


class CypherStore:
    """A read-only Cypher engine over one graph; make one with :func:`open_cypher`.

    Args:
        graph: the kglite graph, which becomes read-only.
        cached: whether it came from the cache.
    """

    def __init__(self, graph: Any, *, cached: bool = False) -> None:
        self._graph = graph
        self._graph.read_only(True)
        self.cached = cached

    def run(
        self, query: str, parameters: Mapping[str, Any] | None = None, *, timeout: float = TIMEOUT
    ) -> list[dict[str, Any]]:
        """Run a reading query.

        Args:
            query: Cypher.
            parameters: values of its ``$names``, bound by the engine.
            timeout: seconds after which the query is stopped; 0 is no limit.

        Returns:
            One dict a row, keys as in ``RETURN``; a node or a relationship as the dict of its properties.

        Raises:
            ParameterError: if a parameter of the query is missing.
            QueryError: if the query is wrong, writes, or takes too long.
        """
        try:
            answer = self._graph.cypher(
                query,
                params=dict(parameters or {}),
                timeout_ms=math.ceil(timeout * 1000),
                hide_structural_keys=True,
            )
            rows = [{key: _plain(value) for key, value in row.items()} for row in answer.to_list()]
        except kglite.ReadOnlyError as error:
            raise QueryError("this graph is read-only: the query writes", value=query) from error
        except kglite.CypherTimeoutError as error:
            raise QueryError(
                f"the query took longer than {timeout:g} s; allow it more with --timeout", value=query
            ) from error
        except (kglite.KgError, ValueError, TypeError) as error:
            text = str(error)
            kind = ParameterError if "Missing parameter" in text else QueryError
            raise kind(text, value=query) from error
        return rows


def open_cypher(folder: GraphFolder, *, cache: Path | None = None, trail: bool = True) -> CypherStore:
    """Open a graph for Cypher queries, from the cache where it holds this very graph.

    Args:
        folder: the graph; nothing is written into it.
        cache: cache folder; the user's own where it is None (:func:`cache_folder`).
        trail: whether mentions, evidence, findings, mappings and decisions are loaded too.

    Returns:
        The store. Where the cache cannot be read or written, it is built in memory.

    Raises:
        GraphError: if the engine holds something other than the projection, or a table is damaged.
    """
    kind = "" if trail else "-core"
    name = f"{fingerprint(folder)[:32]}-{PROJECTION}-{__version__}-{kglite.__version__}{kind}.kgl"
    file = (cache or cache_folder()) / "cypher" / name
    if file.is_file():
        # A damaged or half-written file is no reason to fail: it is built again and replaced.
        with contextlib.suppress(kglite.KgError, OSError, ValueError):
            return CypherStore(kglite.load(str(file), verify="eager"), cached=True)
    graph = build(folder, trail=trail)
    with contextlib.suppress(kglite.KgError, OSError), warnings.catch_warnings():
        # A hint about loading large files by memory mapping, which is not what happens here.
        warnings.simplefilter("ignore", kglite.MappedFallbackWarning)
        file.parent.mkdir(parents=True, exist_ok=True)
        graph.save(str(file), fsync=False)
    return CypherStore(graph)


def build(folder: GraphFolder, *, trail: bool = True) -> Any:
    """Load the projection into a new kglite graph, and check that all of it arrived.

    Args:
        folder: the graph.
        trail: whether mentions, evidence, findings, mappings and decisions are loaded too.

    Returns:
        A `kglite.KnowledgeGraph`.

    Raises:
        GraphError: if the counts of nodes by kind or of relationships by type differ from the projection.
    """
    graph: Any = kglite.KnowledgeGraph()
    nodes: Counter[str] = Counter()
    relationships: Counter[str] = Counter()
    # Labels and types come from the projection's fixed words; every value is bound.
    for labels, batch in node_groups(folder, BATCH, trail=trail):
        nodes[labels[0]] += len(batch)
        graph.cypher(
            f"UNWIND $rows AS r CREATE (n:{':'.join((*labels, MARKER))}) SET n += r.p",
            params={"rows": [{"p": node.properties} for node in batch]},
        )
    for group, links in relationship_groups(folder, BATCH, trail=trail):
        relationships[group.type] += len(links)
        graph.cypher(
            f"UNWIND $rows AS r MATCH (a:{group.start} {{id: r.s}}), (b:{group.end} {{id: r.e}}) "
            f"CREATE (a)-[x:{group.type}]->(b) SET x += r.p",
            params={"rows": [{"s": r.start, "e": r.end, "p": r.properties} for r in links]},
        )
    held = graph.cypher("MATCH (n) RETURN labels(n)[0] AS k, count(*) AS n").to_list()
    _check("nodes", nodes, held)
    held = graph.cypher("MATCH ()-[r]->() RETURN type(r) AS k, count(*) AS n").to_list()
    _check("relationships", relationships, held)
    return graph


def _check(what: str, expected: Counter[str], found: list[dict[str, Any]]) -> None:
    held = {row["k"]: row["n"] for row in found}
    for kind in sorted(expected.keys() | held.keys()):
        if expected[kind] != held.get(kind, 0):
            raise GraphError(
                f"the Cypher engine holds {held.get(kind, 0)} {what} of {kind}, the graph {expected[kind]}; "
                "build the graph again",
                value=kind,
            )


def _plain(value: Any) -> Any:
    """Return nodes and relationships, at any depth, as their stored properties."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"id", "labels", "properties"}:
        made_up = {"type"} if "Publication" in value["labels"] else {"type", "title"}
        return {key: item for key, item in value["properties"].items() if key not in made_up}
    if value.keys() == {"id", "start", "end", "type", "properties"}:
        return {key: item for key, item in value["properties"].items() if key != "type"}
    return {key: _plain(item) for key, item in value.items()}
