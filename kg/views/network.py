"""The graph as a networkx multigraph, made from the same projection as Neo4j's."""

from __future__ import annotations

import networkx as nx

from kg.graph.store import GraphFolder
from kg.views.propertygraph import iter_nodes, iter_relationships


def to_networkx(folder: GraphFolder, *, trail: bool = False) -> nx.MultiDiGraph:
    """Return the graph as a directed multigraph that holds every node and edge.

    A node is keyed by its identifier, an edge by its own. Attributes are the columns of the tables, nulls and
    empty lists left out; ``labels`` (nodes) and ``type`` (edges) are those of the property graph. An edge of
    the table `edges` has its ``predicate`` too; a trail relationship has none.

    Args:
        folder: the graph.
        trail: whether mentions, evidence, findings and mappings are nodes too.

    Returns:
        The graph; its own attribute ``build`` is the build id.
    """
    graph = nx.MultiDiGraph(build=str(folder.manifest.get("build", "")))
    for node in iter_nodes(folder, trail=trail):
        graph.add_node(node.id, **node.properties, labels=list(node.labels))
    for edge in iter_relationships(folder, trail=trail):
        more = {"type": edge.type}
        # Trail relationships have made-up identifiers that begin with their type.
        if not edge.id.startswith(f"{edge.type}|"):
            more["predicate"] = f"biolink:{edge.type.lower()}"
        graph.add_edge(edge.start, edge.end, key=edge.id, **edge.properties, **more)
    return graph
