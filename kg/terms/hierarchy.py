"""Cycles in a hierarchy: owners publish them, so they are found and told, never followed for ever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def on_cycles(edges: Iterable[tuple[int, int]]) -> set[int]:
    """Return the nodes that lie on a cycle of a directed graph, or between two cycles.

    Nodes without an outgoing edge are taken off until none is left, then nodes without an incoming one
    (Kahn's algorithm, from both ends); what remains cannot be put in order. Time and memory are linear.

    Args:
        edges: pairs (child, parent).

    >>> on_cycles([(1, 2), (2, 3), (3, 2), (3, 4)]) == {2, 3}
    True
    >>> on_cycles([(1, 2), (2, 3), (1, 3)])
    set()
    """
    up: defaultdict[int, set[int]] = defaultdict(set)
    down: defaultdict[int, set[int]] = defaultdict(set)
    for child, parent in edges:
        up[child].add(parent)
        down[parent].add(child)
    return _peel(_peel(set(up) & set(down), up), down)


def _peel(nodes: set[int], edges: defaultdict[int, set[int]]) -> set[int]:
    """Take off, again and again, the nodes without an edge to a node that is left."""
    left = set(nodes)
    degree = {node: len(edges[node] & left) for node in left}
    back: defaultdict[int, list[int]] = defaultdict(list)
    for node in left:
        for other in edges[node] & left:
            back[other].append(node)
    queue = [node for node, count in degree.items() if count == 0]
    while queue:
        node = queue.pop()
        left.discard(node)
        for other in back[node]:
            degree[other] -= 1
            if degree[other] == 0:
                queue.append(other)
    return left
