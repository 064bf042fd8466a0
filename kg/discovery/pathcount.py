"""Degree-weighted path counts (DWPC): how well a kind of path connects two nodes, hubs damped.

For a metapath m between s and t, with damping exponent w (Himmelstein and Baranzini 2015,
"Heterogeneous Network Edge Prediction", doi:10.1371/journal.pcbi.1004259):

    DWPC_m(s, t) = sum over paths P of m from s to t of  PDP(P)
    PDP(P)       = product over the edges (u, v) of P of  (deg(u) * deg(v)) ** -w

where deg(u) and deg(v) count the edges of that edge's kind at its two ends, and a path visits no node twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from kg.discovery.metapaths import Metapath, Step
from kg.discovery.network import Network

#: Exponent that the method's authors found best on their network.
DAMPING = 0.4


@dataclass(frozen=True, slots=True)
class Walk:
    """One path: its nodes from drug to disease, its edges' identifiers, and its path degree product."""

    nodes: tuple[str, ...]
    edges: tuple[str, ...]
    product: float


def count_from(network: Network, start: str, steps: tuple[Step, ...], damping: float = DAMPING) -> dict[str, float]:
    """Return the DWPC from ``start`` to every node that ``steps`` reach.

    The sums run along the edges and not along the paths, so the cost is that of the edges that are touched.
    With at most three steps, and ends of different kinds, a path can come back to a node in two ways only:
    its third node is the first one, or its fourth is the second; both are taken out.

    Args:
        network: where to walk.
        start: the first node.
        steps: one to three steps.
        damping: the exponent w; 0 counts paths, larger values damp hubs more.

    Returns:
        Node -> DWPC, the start left out.
    """
    first, *rest = steps
    reached = {n: _damped(network, start, n, first, damping) for n in network.neighbours(start, first)}
    if not rest:
        return reached
    second, *rest = rest
    total: dict[str, float] = {}
    ways: dict[str, int] = {}
    through: dict[tuple[str, str], float] = {}
    for middle, so_far in reached.items():
        for node in network.neighbours(middle, second):
            if node != start:
                through[middle, node] = so_far * _damped(network, middle, node, second, damping)
                total[node] = total.get(node, 0.0) + through[middle, node]
                ways[node] = ways.get(node, 0) + 1
    if not rest:
        return total
    ends: dict[str, float] = {}
    for middle, so_far in total.items():
        for node in network.neighbours(middle, rest[0]):
            again = through.get((node, middle))
            # Where the only path is the one that comes back, nothing is left: not even a rounding error.
            kept = so_far if again is None else so_far - again if ways[middle] > 1 else 0.0
            if kept and node != start:
                ends[node] = ends.get(node, 0.0) + kept * _damped(network, middle, node, rest[0], damping)
    return ends


def walks(network: Network, drug: str, disease: str, metapath: Metapath, damping: float = DAMPING) -> Iterator[Walk]:
    """Yield every path of a metapath between two nodes, in no order that means anything.

    Args:
        network: where to walk.
        drug: the first node.
        disease: the last node.
        metapath: the kind of path.
        damping: the exponent w.
    """
    back = Step(metapath.steps[-1].kind, not metapath.steps[-1].backward)
    before_last = network.neighbours(disease, back)
    stack: list[Walk] = [Walk((drug,), (), 1.0)]
    while stack:
        walk = stack.pop()
        here, step = walk.nodes[-1], metapath.steps[len(walk.edges)]
        last = len(walk.edges) + 1 == len(metapath.steps)
        near = network.neighbours(here, step)
        for node in (disease,) if last else near:
            # The step before the last one can only lead to a neighbour of the disease.
            dead_end = len(walk.edges) + 2 == len(metapath.steps) and node not in before_last
            if node not in near or node in walk.nodes or dead_end or (node == disease and not last):
                continue
            product = walk.product * _damped(network, here, node, step, damping)
            longer = Walk((*walk.nodes, node), (*walk.edges, near[node]), product)
            if last:
                yield longer
            else:
                stack.append(longer)


def best_walks(
    network: Network, drug: str, disease: str, metapath: Metapath, *, limit: int, damping: float = DAMPING
) -> list[Walk]:
    """Return the paths with the largest path degree products, ties by the nodes' identifiers."""
    found = walks(network, drug, disease, metapath, damping)
    return heapq.nsmallest(limit, found, key=lambda walk: (-round(walk.product, 12), walk.nodes))


def reversed_steps(metapath: Metapath) -> tuple[Step, ...]:
    """Return the steps of a metapath from the disease to the drug.

    >>> from kg.discovery.metapaths import METAPATHS
    >>> [s.backward for s in reversed_steps(METAPATHS[1])]
    [False, True, True]
    """
    return tuple(Step(s.kind, not s.backward) for s in reversed(metapath.steps))


def _damped(network: Network, here: str, there: str, step: Step, damping: float) -> float:
    back = Step(step.kind, not step.backward)
    return float((network.degree(here, step) * network.degree(there, back)) ** -damping)
