"""Every prepared query with parameters for a given graph, for tests that ask all of them."""

from __future__ import annotations

from collections.abc import Iterator

from kg.graph.store import GraphFolder

Question = tuple[str, dict[str, object]]


def questions(folder: GraphFolder, some: int = 6) -> Iterator[Question]:
    """Yield queries and parameters that reach every query of the catalogue.

    Args:
        folder: the graph.
        some: how many diseases and drugs to ask about, those with the most documents first.
    """
    nodes = sorted(folder.rows("nodes"), key=lambda n: (-n["documents"], n["id"]))
    diseases = [n["id"] for n in nodes if n["category"] == "biolink:Disease"]
    drugs = [n["id"] for n in nodes if n["category"] == "biolink:ChemicalEntity"]
    # The ends of the list too: terms that are ancestors alone, and have no documents.
    for disease in dict.fromkeys([*diseases[:some], *diseases[-2:]]):
        for descendants in (True, False):
            yield "drugs-for-disease", {"disease": disease, "include_descendants": descendants}
            yield "cases-of-disease", {"disease": disease, "include_descendants": descendants}
        yield "ontology-path", {"start": disease}
        yield "ontology-path", {"start": disease, "end": diseases[-1]}
        for name in ("entity", "co-mentions", "mapping-chain", "documents-of-entity"):
            yield name, {"entity": disease}
        for drug in drugs[:3]:
            yield "evidence-for-link", {"subject": drug, "object": disease}
            yield "evidence-for-link", {"subject": drug, "object": disease, "predicate": "biolink:applied_to_treat"}
    for drug in drugs[:some]:
        yield "diseases-for-drug", {"drug": drug}
        yield "adverse-events", {"drug": drug}
        yield "co-mentions", {"entity": drug}
    edge = next(iter(folder.rows("edges")))
    yield "evidence-for-link", {"subject": edge["subject"], "object": edge["object"]}
    yield "audit-findings", {}
    for finding in list(folder.rows("findings"))[:2]:
        yield "audit-findings", {"code": finding["code"]}
        yield "audit-findings", {"severity": finding["severity"]}
    yield "near-duplicate-cases", {}
    yield "graph-summary", {}
