"""A second load: what has changed is written and nothing else, and what has gone is removed on request."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from kg.graph.store import GraphFolder
from kg.views import neo4jcompare
from kg.views.neo4j import Neo4jTarget
from tests.generated import generate
from tests.views.loaded import Rows, changed, held, load_into, projected, run

pytestmark = pytest.mark.neo4j


def edges(graph: GraphFolder, count: int) -> list[str]:
    """Return the identifiers of the first edges."""
    return graph.table("edges").column("id").to_pylist()[:count]


def test_an_unchanged_graph_is_recognised_at_once(graph: GraphFolder, target: Neo4jTarget) -> None:
    load_into(target, graph)
    load_into(target, graph)
    told: list[str] = []
    began = time.perf_counter()
    report = load_into(target, graph, progress=lambda what, *_: told.append(what))
    assert time.perf_counter() - began < 5
    assert report.unchanged
    assert told == []


def test_only_what_has_changed_is_written(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    load_into(target, graph)
    some = edges(graph, 3)
    other = changed(
        graph,
        tmp_path / "other",
        edges=lambda rows: [{**r, "original_predicate": "new"} if r["id"] in some else r for r in rows],
        nodes=lambda rows: [{**r, "name": "new"} if r["id"] == "MONDO:9000003" else r for r in rows],
    )
    report = load_into(target, other)
    assert (report.written_nodes, report.written_relationships) == (1, 3)
    assert (report.stale_nodes, report.stale_relationships) == (0, 0)
    assert not report.resumed
    assert held(target) == projected(other)
    back = load_into(target, graph)
    assert (back.written_nodes, back.written_relationships) == (1, 3)
    assert held(target) == projected(graph)


def test_additions_are_made_beside_what_is_there(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    some = set(edges(graph, 40))
    fewer = changed(graph, tmp_path / "fewer", edges=lambda rows: [r for r in rows if r["id"] not in some])
    load_into(target, fewer)
    report = load_into(target, graph, batch=7, sessions=3)
    assert (report.written_nodes, report.written_relationships) == (0, 40)
    assert held(target) == projected(graph)


@pytest.mark.parametrize("bucket", [1, 100_000])
def test_however_the_hashes_are_compared(
    bucket: int, graph: GraphFolder, target: Neo4jTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4jcompare, "IN_BUCKET", bucket)
    monkeypatch.setattr(neo4jcompare, "IN_SLICE", 20)
    monkeypatch.setattr(neo4jcompare, "IN_SCAN", 20)
    load_into(target, graph)
    other = GraphFolder(generate(tmp_path / "other", documents=12, diseases=20, chemicals=6, seed=3))
    before, after = projected(graph), projected(other)
    report = load_into(target, other, prune=True)
    assert held(target) == after
    for old, new, written, removed in (
        (before[0], after[0], report.written_nodes, report.removed_nodes),
        (before[1], after[1], report.written_relationships, report.removed_relationships),
    ):
        assert written == sum(old.get(key) != value for key, value in new.items())
        assert removed == len(old.keys() - new.keys())


def test_a_rebuilt_smaller_graph_replaces_the_larger(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    load_into(target, graph)
    larger = projected(graph)
    smaller = GraphFolder(generate(tmp_path / "small", documents=6, diseases=8, chemicals=5))
    # Someone else's relationship hangs on a node that the smaller graph no longer has.
    run(
        target,
        "MATCH (n:Casegraph {id: 'MONDO:9000014'}) CREATE (:Foreign {id: 'me'})-[:LIKES {why: 'x'}]->(n)",
    )
    report = load_into(target, smaller, batch=300, prune=True)
    expected = projected(smaller)
    assert held(target) == expected
    assert report.removed_nodes == len(larger[0].keys() - expected[0].keys()) - 1
    assert report.removed_relationships == len(larger[1].keys() - expected[1].keys())
    assert report.released_nodes == 1
    rows = run(target, "MATCH (:Foreign)-[r:LIKES]->(n) RETURN r.why AS why, n.id AS id, n:Casegraph AS ours")
    assert rows == [{"why": "x", "id": "MONDO:9000014", "ours": False}]
    run(target, "MATCH (n {id: 'MONDO:9000014'}) WHERE NOT n:Casegraph DETACH DELETE n")


def test_what_has_gone_stands_still_until_it_is_removed(
    graph: GraphFolder, target: Neo4jTarget, tmp_path: Path
) -> None:
    load_into(target, graph)
    smaller = GraphFolder(generate(tmp_path / "small", documents=6, diseases=8, chemicals=5))
    larger, expected = projected(graph), projected(smaller)
    gone = [len(old.keys() - new.keys()) for old, new in zip(larger, expected, strict=True)]
    report = load_into(target, smaller)
    assert [report.stale_nodes, report.stale_relationships] == gone
    assert report.removed_nodes == report.removed_relationships == 0
    marked = "MATCH (n:Casegraph {casegraph_hash: 0}) RETURN count(n) AS n"
    assert run(target, marked) == [{"n": gone[0]}]
    # Known, counted apart, and told of each time.
    again = load_into(target, smaller)
    assert again == replace(report, unchanged=True, written_nodes=0, written_relationships=0)
    # One that comes back is ours as before.
    between = load_into(target, graph)
    assert (between.stale_nodes, between.written_nodes) == (
        len(expected[0].keys() - larger[0].keys()),
        sum(expected[0].get(key) != value for key, value in larger[0].items()),
    )
    pruned = load_into(target, smaller, prune=True)
    assert [pruned.removed_nodes, pruned.removed_relationships] == gone
    assert held(target) == expected


def test_pruning_alone(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    smaller = GraphFolder(generate(tmp_path / "small", documents=6, diseases=8, chemicals=5))
    load_into(target, graph)
    kept = load_into(target, smaller)
    report = load_into(target, smaller, prune=True)
    assert (report.written_nodes, report.written_relationships) == (0, 0)
    assert report.removed_nodes == kept.stale_nodes
    assert held(target) == projected(smaller)
    assert load_into(target, smaller, prune=True).unchanged


def test_changed_rows_replace_their_older_selves(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    load_into(target, graph)

    def nodes(rows: Rows) -> Rows:
        new = {"category": "biolink:OntologyClass", "synonyms": [], "release": None, "status": "obsolete"}
        return [{**r, **new} if r["id"] == "MONDO:9000003" else r for r in rows]

    def edges(rows: Rows) -> Rows:
        return [{**r, "lift": None, "publications": ["PMCID:PMC1"]} for r in rows]

    other = changed(graph, tmp_path / "changed", nodes=nodes, edges=edges)
    load_into(target, other)
    assert held(target) == projected(other)


def test_what_an_earlier_casegraph_loaded_is_taken_over(
    graph: GraphFolder, target: Neo4jTarget, tmp_path: Path
) -> None:
    load_into(target, graph)
    # That one wrote the build on each record, and kept no account.
    old = "SET x.casegraph_build = 'synthetic+0' REMOVE x.casegraph_hash"
    run(target, f"MATCH (x:Casegraph) {old}")
    run(target, f"MATCH (:Casegraph)-[x]->() {old}")
    run(target, "MATCH (m:CasegraphLoad) DELETE m")
    smaller = GraphFolder(generate(tmp_path / "small", documents=6, diseases=8, chemicals=5))
    load_into(target, smaller, prune=True)
    assert held(target) == projected(smaller)
    assert run(target, "MATCH (n:Casegraph) WHERE n.casegraph_build IS NOT NULL RETURN n.id") == []


def test_an_account_of_nothing_is_no_graph(graph: GraphFolder, target: Neo4jTarget) -> None:
    load_into(target, graph)
    run(target, "MATCH (n:Casegraph) DETACH DELETE n")
    report = load_into(target, graph)
    assert not report.unchanged
    assert held(target) == projected(graph)
