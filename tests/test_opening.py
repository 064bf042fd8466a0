"""The public surface: what `kg` offers, and what an opened graph gives."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pyarrow as pa
import pytest
import rdflib

import kg
from kg.errors import CasegraphError, GraphError
from kg.graph.tables import SCHEMAS
from tests.pages import SEED


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> kg.Graph:
    return kg.build([SEED], tmp_path_factory.mktemp("opening") / "graph")


def test_the_public_names() -> None:
    assert kg.__all__ == ["CasegraphError", "Graph", "__version__", "build", "open"]
    assert all(getattr(kg, name) for name in kg.__all__)
    with pytest.raises(AttributeError):
        kg.nonsense  # noqa: B018


def test_views(graph: kg.Graph) -> None:
    assert isinstance(graph.rdf(), rdflib.Dataset)
    assert isinstance(graph.networkx(), nx.MultiDiGraph)
    tables = graph.tables()
    assert tables.keys() == SCHEMAS.keys()
    assert all(isinstance(table, pa.Table) and table.schema == SCHEMAS[name] for name, table in tables.items())
    assert graph.manifest["counts"]["documents"] == 1


def test_rdf_answers_sparql_through_rdflib(graph: kg.Graph) -> None:
    found = graph.rdf().query(
        "PREFIX biolink: <https://w3id.org/biolink/vocab/> PREFIX MONDO: <http://purl.obolibrary.org/obo/MONDO_>"
        "SELECT ?drug { ?drug biolink:applied_to_treat MONDO:0009807 }"
    )
    assert [str(row[0]) for row in found] == ["http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID25017411"]  # type: ignore[index]


def test_queries(graph: kg.Graph) -> None:
    answers = [graph.query("drugs_for_disease", disease="osteosarcoma", engine=e).rows for e in ("sparql", "cypher")]
    assert answers[0] == answers[1]
    assert answers[0][0]["drug_name"] == "anlotinib"


def test_errors_carry_the_value(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="does not exist") as caught:
        kg.open(tmp_path / "none")
    assert isinstance(caught.value, CasegraphError)
    assert caught.value.value == str(tmp_path / "none")


@pytest.mark.parametrize("damage", ["{", '{"layout": 99}', "[]"])
def test_a_damaged_folder_is_told(graph: kg.Graph, tmp_path: Path, damage: str) -> None:
    (tmp_path / "manifest.json").write_text(damage)
    with pytest.raises(GraphError):
        kg.open(tmp_path)


def test_a_missing_table_is_told(graph: kg.Graph, tmp_path: Path) -> None:
    for file in graph.folder.path.iterdir():
        if file.name != "edges.parquet":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(GraphError, match="lacks the tables edges"):
        kg.open(tmp_path)
