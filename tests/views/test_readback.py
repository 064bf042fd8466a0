"""A real Neo4j database read back: every change of ours is named, nothing of others is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kg.graph.store import GraphFolder
from kg.views.neo4j import load
from kg.views.neo4jtarget import Neo4jTarget
from kg.views.readback import Neo4jView
from kg.views.verification import ViewReport, verify
from tests.generated import generate
from tests.neo4jserver import Access

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return GraphFolder(generate(tmp_path_factory.mktemp("small") / "graph", documents=6, diseases=8, chemicals=6))


@pytest.fixture(scope="module")
def target(neo4j_server: Access) -> Iterator[Neo4jTarget]:
    access = neo4j_server
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as found:
        yield found


@pytest.fixture
def loaded(small: GraphFolder, target: Neo4jTarget) -> Iterator[Neo4jTarget]:
    """The database with the graph, whatever a test before has done to it."""
    load(small, target, prune=True, full=True)
    yield target
    run(target, "MATCH (n) WHERE n:Casegraph OR n:Foreign OR n:CasegraphLoad DETACH DELETE n")


def run(target: Neo4jTarget, query: str, **parameters: Any) -> list[dict[str, Any]]:
    with target.session(write=True) as session:
        return session.execute_write(lambda t: t.run(query, parameters).data())


def compare(folder: GraphFolder, target: Neo4jTarget, shown: int = 10) -> ViewReport:
    (report,) = verify(folder, [Neo4jView(target, folder)], shown=shown)
    return report


def test_a_loaded_graph_is_equal_and_others_data_is_not_looked_at(small: GraphFolder, loaded: Neo4jTarget) -> None:
    for query in (
        "MATCH (n:Casegraph {id: 'MONDO:9000001'}) SET n.note = 'mine', n:Favourite",
        "MATCH (a:Casegraph {id: 'MONDO:9000001'}), (b:Casegraph {id: 'MONDO:9000002'}) CREATE (a)-[:LIKES]->(b)",
        "MATCH (:Casegraph)-[r:SUBCLASS_OF]->(:Casegraph) SET r.seen = true",
        "CREATE (:Disease:Foreign {id: 'MONDO:9000001'})-[:SUBCLASS_OF]->(:Foreign)",
    ):
        run(loaded, query)
    report = compare(small, loaded)
    assert report.equal, report.differences
    assert report.notes == []
    assert {kind.kind: kind.held for kind in report.kinds}["Disease"] == 8


def test_a_changed_property_and_a_lost_list_element_are_named(small: GraphFolder, loaded: Neo4jTarget) -> None:
    run(loaded, "MATCH (n:Casegraph {id: 'MONDO:9000001'}) SET n.status = 'obsolete', n.synonyms = n.synonyms[..-1]")
    run(loaded, "MATCH (n:Casegraph {id: 'MONDO:9000002'}) REMOVE n.release SET n.documents = toFloat(n.documents)")
    report = compare(small, loaded)
    rows = {row["id"]: row for row in small.rows("nodes")}
    first, second = rows["MONDO:9000001"], rows["MONDO:9000002"]
    assert [(d.id, d.property, d.expected, d.held) for d in report.differences] == [
        ("MONDO:9000001", "status", "current", "obsolete"),
        ("MONDO:9000001", "synonyms", first["synonyms"], first["synonyms"][:-1]),
        ("MONDO:9000002", "documents", second["documents"], float(second["documents"])),
        ("MONDO:9000002", "release", "synthetic", None),
    ]
    assert report.records == 2


def test_an_added_and_a_deleted_relationship_are_named(small: GraphFolder, loaded: Neo4jTarget) -> None:
    gone = run(
        loaded,
        "MATCH (:Casegraph)-[r:SUBCLASS_OF]->(:Casegraph) WITH r ORDER BY r.id LIMIT 1 "
        "WITH r, r.id AS id DELETE r RETURN id",
    )
    run(
        loaded,
        "MATCH (a:Casegraph {id: 'MONDO:9000001'}), (b:Casegraph {id: 'MONDO:9000002'}) "
        "CREATE (a)-[:APPLIED_TO_TREAT]->(b), (b)-[:APPLIED_TO_TREAT {id: 'theirs'}]->(a)",
    )
    report = compare(small, loaded)
    assert [(d.kind, d.id, d.what) for d in report.differences] == [
        ("APPLIED_TO_TREAT", "(no id) MONDO:9000001 -> MONDO:9000002", "extra"),
        ("APPLIED_TO_TREAT", "theirs", "extra"),
        ("SUBCLASS_OF", gone[0]["id"], "missing"),
    ]


def test_labels_and_nodes_are_named(small: GraphFolder, loaded: Neo4jTarget) -> None:
    run(loaded, "MATCH (n:Casegraph {id: 'MONDO:9000001'}) REMOVE n:Entity")
    run(loaded, "MATCH (n:Casegraph {id: 'MONDO:9000002'}) SET n:ChemicalEntity")
    run(loaded, "MATCH (n:Casegraph {id: 'MONDO:9000003'}) REMOVE n:Disease:Entity")
    run(loaded, "MATCH (n:Casegraph {id: 'PUBCHEM.COMPOUND:800001'}) REMOVE n:Casegraph SET n:Foreign")
    run(loaded, "CREATE (:Casegraph:Gene:Entity {id: 'NCBIGene:1', name: 'x'}), (:Casegraph:Gene)")
    report = compare(small, loaded, shown=1_000)
    nodes = {(d.kind, d.id, d.what) for d in report.differences if d.kind in ("Disease", "ChemicalEntity", "Gene")}
    nameless = next(identifier for kind, identifier, _ in nodes if kind == "Gene" and identifier != "NCBIGene:1")
    assert nameless.startswith("(no id) ")
    assert nodes == {
        ("ChemicalEntity", "MONDO:9000002", "extra"),
        ("ChemicalEntity", "PUBCHEM.COMPOUND:800001", "missing"),
        ("Disease", "MONDO:9000001", "changed"),
        ("Disease", "MONDO:9000002", "missing"),
        ("Disease", "MONDO:9000003", "missing"),
        ("Gene", "NCBIGene:1", "extra"),
        ("Gene", nameless, "extra"),
    }
    assert ("(no label)", 1) in {(kind.kind, kind.held) for kind in report.kinds}


def test_another_graph_and_what_it_left_are_told(
    small: GraphFolder, loaded: Neo4jTarget, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = GraphFolder(generate(tmp_path_factory.mktemp("other") / "graph", documents=3, diseases=6, chemicals=4))
    report = compare(other, loaded)
    assert not report.equal
    assert any("was loaded with another graph (synthetic+" in note for note in report.notes)
    load(other, loaded)
    report = compare(other, loaded)
    assert report.equal, report.differences
    assert any("of an earlier build" in note and "--prune" in note for note in report.notes)


def test_an_empty_database_is_told(small: GraphFolder, target: Neo4jTarget) -> None:
    run(target, "MATCH (n) WHERE n:Casegraph OR n:CasegraphLoad DETACH DELETE n")
    report = compare(small, target)
    assert {kind.held for kind in report.kinds} == {0}
    assert "no load" in report.notes[0]
    assert report.records > 100
    assert len({d.id for d in report.differences}) == 10
