"""The words of a path, and which evidence stands beside an edge."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.discovery import rank_links
from kg.graph.store import GraphFolder
from tests.discovery.worlds import statements, write_world


def paths(graph: GraphFolder, drug: str, disease: str) -> dict[str, str]:
    (found,) = rank_links(graph, drug=drug, disease=disease, paths=9)
    return {path.metapath: str(path) for path in found.paths}


def test_words_of_each_metapath(tmp_path: Path) -> None:
    text = "a treats X\nb treats X\nb treats Y\nX isa P\nY isa P\na heading _k\nb heading _k\na with Y"
    assert paths(write_world(tmp_path / "g", statements(text)), "a", "Y") == {
        "shared-treatment": "a was given for X; X was treated with b; b was given for Y",
        "related-disease": "a was given for X; X is a kind of P; P includes Y",
        "drug-class": "a belongs to _k; _k includes b; b was given for Y",
        "co-mention": "a is named together with Y",
    }


def test_ontology_edges_name_their_release(tmp_path: Path) -> None:
    graph = write_world(tmp_path / "g", statements("a treats X\nX isa P\nY isa P"))
    (found,) = rank_links(graph, disease="Y")
    first, second, _ = found.paths[0].edges
    assert str(first.sources[0]) == "PMCID:PMC1"
    assert str(second.sources[0]) == "infores:mondo test"
    assert second.sources[0].document is None


def test_few_sources_each_document_once(tmp_path: Path) -> None:
    text = "\n".join(["a treats X"] * 6 + ["a failed X"] * 2 + ["b treats X", "b treats Y"])
    (found,) = rank_links(write_world(tmp_path / "g", statements(text)), drug="a", disease="Y")
    edge = found.paths[0].edges[0]
    assert (edge.support, edge.contradiction) == (6, 2)
    assert [s.document for s in edge.sources] == ["PMCID:PMC1", "PMCID:PMC2", "PMCID:PMC3"]


def test_the_strongest_paths_come_first(generated: GraphFolder) -> None:
    for prediction in rank_links(generated, limit=20, paths=5):
        products = [path.product for path in prediction.paths]
        assert products == pytest.approx(sorted(products, reverse=True))
