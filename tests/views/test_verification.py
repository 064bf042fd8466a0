"""Comparing views with a graph: what is tampered with is found, named, and counted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

from kg.errors import InputError
from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.views.files import export
from kg.views.neo4jcsv import write_csv
from kg.views.network import to_networkx
from kg.views.rdfreadback import RdfView
from kg.views.readback import CsvView, NetworkxView
from kg.views.verification import Difference, Kinds, Record, ViewReport, verify
from tests.generated import generate
from tests.views.test_neo4jcsv import ODD


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return GraphFolder(generate(tmp_path_factory.mktemp("small") / "graph", documents=5, diseases=8, chemicals=6))


@pytest.fixture
def network(small: GraphFolder) -> nx.MultiDiGraph:
    return to_networkx(small, trail=True)


def one(folder: GraphFolder, network: nx.MultiDiGraph, shown: int = 10) -> ViewReport:
    (report,) = verify(folder, [NetworkxView(folder, network)], shown=shown)
    return report


def test_untouched_views_are_equal(generated: GraphFolder, tmp_path: Path) -> None:
    write_csv(generated, tmp_path / "csv")
    export(generated, "nquads", tmp_path / "graph.nq")
    export(generated, "jsonld", tmp_path / "graph.jsonld")
    views = [
        NetworkxView(generated),
        RdfView(generated),
        RdfView(generated, tmp_path / "graph.nq"),
        RdfView(generated, tmp_path / "graph.jsonld"),
        CsvView(tmp_path / "csv"),
    ]
    network, rdf, *files = verify(generated, views)
    assert [r.name for r in files] == [str(tmp_path / name) for name in ("graph.nq", "graph.jsonld", "csv")]
    for report in (network, rdf, *files):
        assert report.equal
        assert (report.differences, report.records, report.notes) == ([], 0, [])
    hashes = {kind.kind: kind.held_hash for kind in network.kinds}
    assert len(set(hashes.values())) == len(hashes)
    # What holds all of a record has the same hash in every such view, and every record is counted.
    assert {kind.kind: kind.held_hash for kind in files[2].kinds} == hashes
    held = {kind.kind: kind.held for kind in rdf.kinds}
    assert held["Disease"] == 40
    assert sum(kind.held for kind in network.kinds if kind.kind in ("Publication", "CaseReport")) == 120
    assert held["biolink:subclass_of"] == held["SUBCLASS_OF"] == held["rdfs:subClassOf in ontology-mondo"]


def test_odd_texts_are_equal_everywhere(small: GraphFolder, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(small.path, folder)
    for table, column in (("nodes", "source"), ("evidence", "release"), ("mentions", "text"), ("findings", "message")):
        rows = small.table(table).to_pylist()
        for i, row in enumerate(rows):
            row[column] = ODD[i % len(ODD)]
            if table == "nodes":
                row["synonyms"] = [text for text in (ODD[i % len(ODD)], ODD[-i % len(ODD)]) if text]
        write_table(folder / f"{table}.parquet", table, rows)
    graph = GraphFolder(folder)
    write_csv(graph, tmp_path / "csv")
    export(graph, "nquads", tmp_path / "graph.nq")
    views = [NetworkxView(graph), RdfView(graph), RdfView(graph, tmp_path / "graph.nq"), CsvView(tmp_path / "csv")]
    assert [report.differences for report in verify(graph, views)] == [[], [], [], []]


def test_a_changed_property_is_named_with_both_values(small: GraphFolder, network: nx.MultiDiGraph) -> None:
    network.nodes["MONDO:9000003"]["status"] = "obsolete"
    report = one(small, network)
    assert not report.equal
    assert [kind.kind for kind in report.kinds if not kind.equal] == ["Disease"]
    assert report.differences == [Difference("Disease", "MONDO:9000003", "changed", "status", "current", "obsolete")]
    assert report.records == 1


def test_kinds_of_values_differ_too(small: GraphFolder, network: nx.MultiDiGraph) -> None:
    count = network.nodes["MONDO:9000003"]["documents"]
    network.nodes["MONDO:9000003"]["documents"] = float(count)
    network.nodes["MONDO:9000004"]["name"] = None
    del network.nodes["MONDO:9000005"]["release"]
    network.nodes["MONDO:9000006"]["more"] = "x"
    named = network.nodes["MONDO:9000004"]
    found = one(small, network).differences
    assert [(d.id, d.property, d.held) for d in found] == [
        ("MONDO:9000003", "documents", float(count)),
        ("MONDO:9000004", "name", named["name"]),
        ("MONDO:9000005", "release", None),
        ("MONDO:9000006", "more", "x"),
    ]


def test_a_lost_and_a_moved_list_element_are_named(small: GraphFolder, network: nx.MultiDiGraph) -> None:
    lists = {i: network.nodes[i]["synonyms"] for i in ("MONDO:9000001", "MONDO:9000002")}
    network.nodes["MONDO:9000001"]["synonyms"] = lists["MONDO:9000001"][:-1]
    network.nodes["MONDO:9000002"]["synonyms"] = lists["MONDO:9000002"][::-1]
    assert [(d.id, d.property, d.expected, d.held) for d in one(small, network).differences] == [
        ("MONDO:9000001", "synonyms", lists["MONDO:9000001"], lists["MONDO:9000001"][:-1]),
        ("MONDO:9000002", "synonyms", lists["MONDO:9000002"], lists["MONDO:9000002"][::-1]),
    ]


def test_missing_and_extra_records_are_named(small: GraphFolder, network: nx.MultiDiGraph) -> None:
    start, end, key, attributes = next(e for e in network.edges(keys=True, data=True) if e[3]["type"] == "SUBCLASS_OF")
    network.remove_edge(start, end, key)
    network.add_edge(end, start, key="other", **attributes)
    network.add_node("MONDO:1", labels=["Disease", "Entity"], id="MONDO:1", name="new")
    assert [(d.kind, d.id, d.what) for d in one(small, network).differences] == [
        ("Disease", "MONDO:1", "extra"),
        ("SUBCLASS_OF", "other", "extra"),
        ("SUBCLASS_OF", key, "missing"),
    ]


def test_a_turned_edge_and_another_predicate_are_changes(small: GraphFolder, network: nx.MultiDiGraph) -> None:
    edges = [e for e in network.edges(keys=True, data=True) if e[3]["type"] == "SUBCLASS_OF"][:2]
    (start, end, key, attributes), (_, _, second, other) = edges
    network.remove_edge(start, end, key)
    network.add_edge(end, start, key=key, **attributes)
    other["predicate"] = "biolink:broad_match"
    assert {(d.id, d.property, d.expected, d.held) for d in one(small, network).differences} == {
        (key, ":start", start, end),
        (key, ":end", end, start),
        (second, "predicate", None, "biolink:broad_match"),
    }


def test_another_label_is_another_kind(small: GraphFolder, network: nx.MultiDiGraph) -> None:
    network.nodes["MONDO:9000001"]["labels"] = ["Gene", "Entity"]
    assert [(d.kind, d.what) for d in one(small, network).differences] == [("Disease", "missing"), ("Gene", "extra")]


def test_the_first_are_named_and_all_are_counted(small: GraphFolder, network: nx.MultiDiGraph) -> None:
    for _, attributes in network.nodes(data=True):
        attributes["name"] += "!"
    report = one(small, network, shown=3)
    assert report.records == network.number_of_nodes()
    assert len(report.differences) == 3
    assert [d.property for d in report.differences] == ["name"] * 3


class Repeating:
    """A view that tells every record of a kind twice."""

    name = "repeating"

    def __init__(self, folder: GraphFolder) -> None:
        self._whole = NetworkxView(folder)

    def expected(self, record: Record) -> Record | None:
        return record

    def further(self) -> Iterator[Record]:
        yield from ()

    def notes(self) -> list[str]:
        return ["as made"]

    def held(self, kinds: Kinds = None, /) -> Iterator[Record]:
        for record in self._whole.held(kinds):
            yield from [record] * (1 + (record.kind == "Finding"))


def test_what_comes_twice_is_told(small: GraphFolder) -> None:
    (report,) = verify(small, [Repeating(small)])
    findings = small.count("findings")
    assert (report.records, report.notes) == (findings, ["as made"])
    assert {(d.kind, d.what, d.expected, d.held) for d in report.differences} == {("Finding", "repeated", 1, 2)}


def test_import_files_that_were_changed(small: GraphFolder, tmp_path: Path) -> None:
    write_csv(small, tmp_path)
    file = tmp_path / "nodes-Disease.csv"
    text = file.read_text("utf-8")
    file.write_text(text.replace('"infores:mondo"', '"infores:other"', 1), "utf-8")
    (report,) = verify(small, [CsvView(tmp_path)])
    (difference,) = report.differences
    assert (difference.property, difference.expected, difference.held) == ("source", "infores:mondo", "infores:other")
    file.write_text(text + '"half', "utf-8")
    with pytest.raises(InputError, match=r"nodes-Disease.csv cannot be imported; .* --check says why"):
        verify(small, [CsvView(tmp_path)])
    with pytest.raises(InputError, match=r"import\.sh"):
        CsvView(small.path)
