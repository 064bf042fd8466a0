"""Cycles are found exactly: checked against networkx on random graphs."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from kg.terms.hierarchy import on_cycles

NODES = st.integers(min_value=0, max_value=12)


@given(st.lists(st.tuples(NODES, NODES), max_size=40))
def test_nodes_on_and_between_cycles(edges: list[tuple[int, int]]) -> None:
    graph = nx.DiGraph(edges)
    cyclic = {n for part in nx.strongly_connected_components(graph) for n in part if len(part) > 1}
    cyclic |= {node for node in graph if graph.has_edge(node, node)}
    below = cyclic.union(*(nx.ancestors(graph, node) for node in cyclic))
    above = cyclic.union(*(nx.descendants(graph, node) for node in cyclic))
    assert on_cycles(edges) == below & above
