"""The paths behind a prediction, down to the documents and sentences of each of their edges."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from kg.discovery.metapaths import EDGE_KINDS, Metapath
from kg.discovery.network import Network
from kg.discovery.pathcount import Walk, best_walks
from kg.graph.store import GraphFolder


@dataclass(frozen=True, slots=True)
class Source:
    """One evidence row behind an edge: a sentence of a document, or an ontology's release."""

    evidence: str
    document: str | None
    sentence: str | None
    method: str
    source: str
    release: str

    def __str__(self) -> str:
        return self.document or " ".join(part for part in (self.source, self.release) if part)


@dataclass(frozen=True, slots=True)
class PathEdge:
    """One edge of a path, read in the path's direction (``words``), with its counts and its evidence.

    ``sources`` holds the supporting evidence, a few rows of it; ``support`` and the other counts are of all.
    """

    id: str
    subject: str
    predicate: str
    object: str
    support: int
    contradiction: int
    unknown: int
    words: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ExplainedPath:
    """One path from the drug to the disease.

    Attributes:
        metapath: which kind of path it is.
        product: its path degree product, times the metapath's weight: its part of the score.
        nodes: (identifier, name) from drug to disease.
        edges: the edges between them.
    """

    metapath: str
    product: float
    nodes: tuple[tuple[str, str], ...]
    edges: tuple[PathEdge, ...]

    def __str__(self) -> str:
        return "; ".join(edge.words for edge in self.edges)


class Explainer:
    """Finds the best paths of pairs and the evidence of their edges.

    Args:
        network: where to walk.
        folder: the graph folder, for the evidence.
        metapaths: the kinds of path.
        damping: the exponent w of the path count.
        sources: evidence rows to give with an edge.
    """

    def __init__(
        self,
        network: Network,
        folder: GraphFolder,
        metapaths: Sequence[Metapath],
        damping: float,
        sources: int = 3,
    ) -> None:
        self._network = network
        self._folder = folder
        self._metapaths = metapaths
        self._damping = damping
        self._sources = sources

    def explain(self, pairs: Iterable[tuple[str, str]], limit: int) -> dict[tuple[str, str], tuple[ExplainedPath, ...]]:
        """Return the best paths of each pair; the evidence table is read once for all of them."""
        chosen = {pair: self._best(*pair, limit) for pair in pairs}
        edges = {edge for found in chosen.values() for _, walk in found for edge in walk.edges}
        sources = self._read_sources(edges)
        return {
            pair: tuple(self._explained(metapath, walk, sources) for metapath, walk in found)
            for pair, found in chosen.items()
        }

    def _best(self, drug: str, disease: str, limit: int) -> list[tuple[Metapath, Walk]]:
        found = [
            (metapath, walk)
            for metapath in self._metapaths
            for walk in best_walks(self._network, drug, disease, metapath, limit=limit, damping=self._damping)
        ]
        key = lambda item: (-round(item[0].weight * item[1].product, 12), item[0].name, item[1].nodes)  # noqa: E731
        return heapq.nsmallest(limit, found, key=key)

    def _read_sources(self, edges: set[str]) -> dict[str, tuple[Source, ...]]:
        if not edges:
            return {}
        columns = ["id", "edge", "polarity", "document", "sentence", "method", "source", "release"]
        columns += ["subject_mention", "object_mention"]
        table = pq.read_table(self._folder.file("evidence"), columns=columns, filters=[("edge", "in", sorted(edges))])
        rows = [row for row in table.to_pylist() if row["polarity"] == "support"]
        # Best first: sentences that name both, then other sentences, then whole documents; a document is shown once.
        rows.sort(key=_informative)
        kept: dict[str, list[Source]] = {}
        for row in rows:
            known = kept.setdefault(row["edge"], [])
            seen = row["document"] is not None and any(s.document == row["document"] for s in known)
            if len(known) < self._sources and not seen:
                known.append(
                    Source(
                        row["id"],
                        row["document"],
                        row["sentence"],
                        row["method"] or "",
                        row["source"] or "",
                        row["release"] or "",
                    )
                )
        return {edge: tuple(found) for edge, found in kept.items()}

    def _explained(self, metapath: Metapath, walk: Walk, sources: dict[str, tuple[Source, ...]]) -> ExplainedPath:
        names = [self._network.nodes[node].name for node in walk.nodes]
        edges = []
        for step, identifier, here, there in zip(metapath.steps, walk.edges, names, names[1:], strict=False):
            edge, kind = self._network.edges[identifier], EDGE_KINDS[step.kind]
            words = f"{here} {kind.backward if step.backward else kind.forward} {there}"
            edges.append(
                PathEdge(
                    edge.id,
                    edge.subject,
                    edge.predicate,
                    edge.object,
                    edge.support,
                    edge.contradiction,
                    edge.unknown,
                    words,
                    sources.get(identifier, ()),
                )
            )
        nodes = tuple(zip(walk.nodes, names, strict=True))
        return ExplainedPath(metapath.name, metapath.weight * walk.product, nodes, tuple(edges))


def _informative(row: dict[str, Any]) -> tuple[object, ...]:
    apart = row["subject_mention"] is None or row["object_mention"] is None
    return (row["edge"], row["sentence"] is None, apart, row["document"] or "", row["sentence"] or "", row["id"])
