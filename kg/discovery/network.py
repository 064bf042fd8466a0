"""The part of a graph that discovery walks, as adjacency maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from kg.discovery.metapaths import EDGE_KINDS, EdgeKind, Step
from kg.graph.store import GraphFolder
from kg.model import APPLIED_TO_TREAT, CHEMICAL, CHEMICALLY_SIMILAR_TO, CLOSE_MATCH, DISEASE, HAS_ADVERSE_EVENT


@dataclass(frozen=True, slots=True)
class Node:
    """What discovery needs of a node."""

    id: str
    name: str
    category: str
    documents: int


@dataclass(frozen=True, slots=True)
class Edge:
    """What discovery needs of an edge."""

    id: str
    subject: str
    predicate: str
    object: str
    support: int
    contradiction: int
    unknown: int


class Network:
    """Nodes and edges that discovery walks.

    An edge is walked only where evidence supports it. Pairs with a treatment edge of any polarity are
    *stated*: they are never predicted. Rows may come in any order; the result is the same.

    Args:
        nodes: rows of the nodes table.
        edges: rows of the edges table.
    """

    def __init__(self, nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]]) -> None:
        self.nodes = {r["id"]: Node(r["id"], r["name"] or r["id"], r["category"], r["documents"] or 0) for r in nodes}
        self.edges: dict[str, Edge] = {}
        #: drug -> disease -> edge, whatever the polarity.
        self.stated: dict[str, dict[str, str]] = {}
        #: drug -> condition that the text blames on it -> edge.
        self.adverse: dict[str, dict[str, str]] = {}
        #: node -> nodes that a mapping calls close to it: other forms of one drug, say.
        self.close: dict[str, set[str]] = {}
        self._ways: dict[tuple[str, bool], dict[str, dict[str, str]]] = {
            (kind, backward): {} for kind in EDGE_KINDS for backward in (False, True)
        }
        ordered = sorted((_edge(row) for row in edges), key=lambda e: (e.subject, e.object, e.predicate, e.id))
        for edge in ordered:
            self._add(edge)

    @classmethod
    def load(cls, folder: GraphFolder) -> Network:
        """Return the network of a graph folder; only the predicates that discovery walks are held."""
        wanted = {p for kind in EDGE_KINDS.values() for p in kind.predicates} | {
            HAS_ADVERSE_EVENT,
            CLOSE_MATCH,
            CHEMICALLY_SIMILAR_TO,
        }
        columns = ["id", "subject", "predicate", "object", "support", "contradiction", "unknown"]
        only = [("predicate", "in", sorted(wanted))]
        edges = pq.read_table(folder.file("edges"), columns=columns, filters=only)
        nodes = pq.read_table(folder.file("nodes"), columns=["id", "name", "category", "documents"])
        return cls(nodes.to_pylist(), edges.to_pylist())

    def _add(self, edge: Edge) -> None:
        if edge.subject == edge.object or edge.subject not in self.nodes or edge.object not in self.nodes:
            return
        self.edges[edge.id] = edge
        if edge.predicate in {CLOSE_MATCH, CHEMICALLY_SIMILAR_TO}:
            self.close.setdefault(edge.subject, set()).add(edge.object)
            self.close.setdefault(edge.object, set()).add(edge.subject)
        if edge.predicate == APPLIED_TO_TREAT:
            self.stated.setdefault(edge.subject, {})[edge.object] = edge.id
        if edge.predicate == HAS_ADVERSE_EVENT and edge.support + edge.unknown:
            self.adverse.setdefault(edge.subject, {})[edge.object] = edge.id
        if not edge.support:
            return
        for kind in EDGE_KINDS.values():
            if edge.predicate in kind.predicates and self._fits(kind, edge):
                self._walk_along(kind, edge)

    def _fits(self, kind: EdgeKind, edge: Edge) -> bool:
        return all(
            wanted is None or self.nodes[end].category == wanted
            for wanted, end in ((kind.subject, edge.subject), (kind.object, edge.object))
        )

    def _walk_along(self, kind: EdgeKind, edge: Edge) -> None:
        there = self._ways[kind.name, False].setdefault(edge.subject, {})
        known = there.get(edge.object)
        rank = kind.predicates.index
        if known is None or rank(edge.predicate) < rank(self.edges[known].predicate):
            there[edge.object] = edge.id
            self._ways[kind.name, True].setdefault(edge.object, {})[edge.subject] = edge.id

    def neighbours(self, node: str, step: Step) -> Mapping[str, str]:
        """Return the nodes that ``step`` leads to from ``node``, each with the edge walked."""
        return self._ways[step.kind, step.backward].get(node, {})

    def degree(self, node: str, step: Step) -> int:
        """Return how many edges ``step`` can take from ``node``."""
        return len(self.neighbours(node, step))

    def candidates(self, category: str) -> Iterator[str]:
        """Yield the nodes of a category that a document names or a treatment edge has, by identifier."""
        step = Step("treats", backward=category == DISEASE)
        for node in sorted(self.nodes):
            known = self.nodes[node]
            if known.category == category and (known.documents or self.degree(node, step)):
                yield node

    def treatments(self, node: str) -> int:
        """Return how many supported treatment edges a drug or a disease has."""
        return self.degree(node, Step("treats", backward=self.nodes[node].category == DISEASE))

    def known(self, drug: str) -> set[str]:
        """Return the diseases that are stated for a drug, or for another form of it (a close match)."""
        return {d for one in (drug, *self.close.get(drug, ())) for d in self.stated.get(one, {})}

    def relatives(self, disease: str) -> set[str]:
        """Return the parents and the children of a disease."""
        return {n for backward in (False, True) for n in self.neighbours(disease, Step("is-a", backward))}

    @contextmanager
    def hidden(self, drug: str, disease: str) -> Iterator[None]:
        """Leave out what the pair's own documents say of it (treatment and co-mention), for evaluation.

        The edges are back, in their order, when the block ends.
        """
        removed: list[tuple[dict[str, dict[str, str]], str, dict[str, str]]] = []
        for kind in ("treats", "together"):
            for backward, node, other in ((False, drug, disease), (True, disease, drug)):
                ways = self._ways[kind, backward]
                if other in ways.get(node, {}):
                    removed.append((ways, node, ways[node]))
                    ways[node] = {n: e for n, e in ways[node].items() if n != other}
        stated = self.stated.get(drug, {})
        if disease in stated:
            self.stated[drug] = {n: e for n, e in stated.items() if n != disease}
        try:
            yield
        finally:
            for ways, node, before in removed:
                ways[node] = before
            if stated:
                self.stated[drug] = stated


def drugs(network: Network) -> list[str]:
    """Return the drugs that can be predicted, sorted."""
    return list(network.candidates(CHEMICAL))


def diseases(network: Network) -> list[str]:
    """Return the diseases that can be predicted, sorted."""
    return list(network.candidates(DISEASE))


def _edge(row: Mapping[str, Any]) -> Edge:
    return Edge(
        row["id"], row["subject"], row["predicate"], row["object"],
        row["support"] or 0, row["contradiction"] or 0, row["unknown"] or 0,
    )  # fmt: skip
