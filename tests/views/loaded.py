"""What a Neo4j database holds of a graph, beside what the projection says; and loading for tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.views.neo4j import LoadReport, Neo4jTarget, load_neo4j
from kg.views.propertygraph import iter_nodes, iter_relationships

Rows = list[dict[str, Any]]

WIPE = "MATCH (n) WHERE n:Casegraph OR n:CasegraphLoad OR n:Foreign DETACH DELETE n"


def run(target: Neo4jTarget, query: str, **parameters: Any) -> Rows:
    """Run a query that may write."""
    with target.session(write=True) as session:
        return session.execute_write(lambda t: t.run(query, parameters).data())


def load_into(target: Neo4jTarget, folder: GraphFolder, **more: Any) -> LoadReport:
    """Load with a connection of its own."""
    return load_neo4j(
        folder, uri=target.uri, user=target.user, password=target.password, database=target.database, **more
    )


def held(target: Neo4jTarget) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return our nodes and relationships as the database holds them, without marker and hash; each must be there once."""
    nodes: dict[str, Any] = {}
    links: dict[str, Any] = {}
    with target.session() as session:
        for record in session.run("MATCH (n:Casegraph) RETURN n"):
            node = record["n"]
            properties = dict(node)
            assert properties.pop("casegraph_hash") > 0
            assert node["id"] not in nodes
            nodes[node["id"]] = (frozenset(node.labels - {"Casegraph"}), properties)
        for record in session.run("MATCH (a:Casegraph)-[r]->(b:Casegraph) RETURN a.id AS s, b.id AS e, r"):
            properties = dict(record["r"])
            assert properties.pop("casegraph_hash") > 0
            assert properties["id"] not in links
            links[properties["id"]] = (record["r"].type, record["s"], record["e"], properties)
    return nodes, links


def projected(folder: GraphFolder) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the nodes and relationships of a graph in the form of :func:`held`."""
    return (
        {n.id: (frozenset(n.labels), n.properties) for n in iter_nodes(folder)},
        {r.id: (r.type, r.start, r.end, r.properties) for r in iter_relationships(folder)},
    )


def changed(folder: GraphFolder, to: Path, **tables: Callable[[Rows], Rows]) -> GraphFolder:
    """Return a copy of a graph some of whose tables are changed."""
    shutil.copytree(folder.path, to)
    for name, change in tables.items():
        write_table(to / f"{name}.parquet", name, change(folder.table(name).to_pylist()))
    return GraphFolder(to)


def accounts(target: Neo4jTarget) -> list[str]:
    """Return the nodes of a load's account that are there."""
    return [row["id"] for row in run(target, "MATCH (m:CasegraphLoad) RETURN m.id AS id ORDER BY id")]
