"""The graph as a networkx multigraph, made from the same projection as Neo4j's."""

from __future__ import annotations

from typing import Any

import networkx as nx

from kg.graph.store import GraphFolder
from kg.views.propertygraph import PNode, PRelationship, iter_nodes, iter_relationships


def to_networkx(folder: GraphFolder, *, trail: bool = False) -> nx.MultiDiGraph:
    """Return the graph as a directed multigraph that holds every node and edge.

    A node is keyed by its identifier, an edge by its own. Attributes are the columns of the tables, nulls and
    empty lists left out; ``labels`` (nodes) and ``type`` (edges) are those of the property graph. An edge of
    the table `edges` has its ``predicate`` too; a trail relationship has none.

    Args:
        folder: the graph.
        trail: whether mentions, evidence, findings, mappings and decisions are nodes too.

    Returns:
        The graph; its own attribute ``build`` is the build id.
    """
    graph = nx.MultiDiGraph(**graph_attributes(folder))
    for node in iter_nodes(folder, trail=trail):
        graph.add_node(node.id, **node_attributes(node))
    for edge in iter_relationships(folder, trail=trail):
        graph.add_edge(edge.start, edge.end, key=edge.id, **edge_attributes(edge))
    return graph


def graph_attributes(folder: GraphFolder) -> dict[str, Any]:
    """Return the attributes of the whole graph: its build id."""
    return {"build": str(folder.manifest.get("build", ""))}


def node_attributes(node: PNode) -> dict[str, Any]:
    """Return a node's attributes: its properties and its labels."""
    return {**node.properties, "labels": list(node.labels)}


def edge_attributes(edge: PRelationship) -> dict[str, Any]:
    """Return an edge's attributes: its properties, its type, and its predicate where it has one."""
    attributes = {**edge.properties, "type": edge.type}
    # Trail relationships have made-up identifiers that begin with their type.
    if not edge.id.startswith(f"{edge.type}|"):
        attributes["predicate"] = f"biolink:{edge.type.lower()}"
    return attributes
