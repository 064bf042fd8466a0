"""Loading into a real Neo4j: the same graph, once, beside other data, and counted in the end."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import neo4j
import pytest

from kg.errors import ServerError
from kg.graph.store import GraphFolder
from kg.queries.run import run_query
from kg.views.neo4j import Neo4jTarget, load, stamp
from kg.views.propertygraph import iter_nodes, iter_relationships
from tests.generated import generate
from tests.neo4jserver import Access
from tests.views.loaded import WIPE, accounts, held, load_into, projected, run

pytestmark = pytest.mark.neo4j

FOREIGN = (
    "CREATE (a:Disease:Foreign {id: 'MONDO:9000000', name: 'theirs'})"
    "-[:MENTIONS {id: 'x', weight: 3}]->(b:Foreign {id: 'MONDO:9000000'}), "
    "(:Mention:Foreign {id: 'same'}), (:Mention:Foreign {id: 'same'})"
)


def test_the_database_holds_the_projection(generated: GraphFolder, target: Neo4jTarget) -> None:
    seen: list[tuple[str, int, int]] = []
    report = load_into(target, generated, batch=500, progress=lambda *step: seen.append(step))
    assert held(target) == projected(generated)
    labels = Counter(label for n in iter_nodes(generated) for label in n.labels)
    assert report.nodes == dict(labels)
    assert report.relationships == dict(Counter(r.type for r in iter_relationships(generated)))
    assert report.stamp == stamp(generated)
    assert report.stamp.startswith("synthetic+")
    nodes = len(list(iter_nodes(generated)))
    assert [step for step in seen if step[0] == "nodes"][-1] == ("nodes", nodes, nodes)


def test_identifiers_are_unique_and_indexed(graph: GraphFolder, target: Neo4jTarget) -> None:
    load_into(target, graph)
    with pytest.raises(neo4j.exceptions.ConstraintError):
        run(target, "CREATE (:Casegraph {id: 'MONDO:9000000'})")
    for label in ("Disease", "Entity", "Mention", "Casegraph"):
        with target.session() as session:
            plan = session.run(f"EXPLAIN MATCH (n:{label} {{id: 'x'}}) RETURN n").consume().plan
        assert "IndexSeek" in json.dumps(plan)


def test_twice_is_once(graph: GraphFolder, target: Neo4jTarget) -> None:
    first = load_into(target, graph)
    before = held(target)
    second = load_into(target, graph, batch=700)
    assert second == replace(first, unchanged=True, written_nodes=0, written_relationships=0)
    assert held(target) == before


def test_a_lost_record_is_noticed(graph: GraphFolder, target: Neo4jTarget) -> None:
    relationships = sum(1 for _ in iter_relationships(graph))

    def lose(what: str, done: int, _total: int) -> None:
        if what == "relationships" and done == relationships:
            run(target, "MATCH (n:Finding:Casegraph) DETACH DELETE n")

    with pytest.raises(ServerError, match=r"0 Finding in place of 4; .*load again while nobody else writes"):
        load_into(target, graph, progress=lose)
    load_into(target, graph)
    assert held(target) == projected(graph)


def test_foreign_data_is_untouched(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    everything = (
        "MATCH (n:Foreign) OPTIONAL MATCH (n)-[r]->(m:Foreign) "
        "RETURN labels(n) AS l, properties(n) AS p, properties(r) AS r ORDER BY size(l), r.id"
    )
    run(target, FOREIGN)
    before = run(target, everything)
    assert len(before) == 4
    load_into(target, graph)
    assert held(target) == projected(graph)
    smaller = GraphFolder(generate(tmp_path / "small", documents=6))
    load_into(target, smaller, prune=True)
    assert held(target) == projected(smaller)
    assert run(target, everything) == before


def test_what_others_add_to_our_nodes_stays(graph: GraphFolder, target: Neo4jTarget) -> None:
    load_into(target, graph)
    run(target, "MATCH (n:Casegraph {id: 'MONDO:9000001'}) SET n.note = 'mine', n:Favourite")
    run(
        target,
        "MATCH (a:Casegraph {id: 'MONDO:9000001'}), (b:Casegraph {id: 'MONDO:9000002'}) "
        "CREATE (a)-[:MENTIONS {by: 'me'}]->(b)",
    )
    load_into(target, graph)
    assert run(target, "MATCH (n:Favourite) RETURN n.note AS note") == [{"note": "mine"}]
    assert run(target, "MATCH (:Casegraph)-[r {by: 'me'}]->() RETURN r.id AS id") == [{"id": None}]


def test_either_version_takes_it(neo4j_each: Access, graph: GraphFolder, tmp_path: Path) -> None:
    access = neo4j_each
    smaller = GraphFolder(generate(tmp_path / "small", documents=6, diseases=8, chemicals=5))
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as target:
        run(target, WIPE)
        load(graph, target)
        assert held(target) == projected(graph)
        assert load(graph, target).unchanged
        load(smaller, target, prune=True)
        assert held(target) == projected(smaller)
        rows = run_query(smaller, "graph-summary", engine="neo4j", neo4j=target)
        assert rows.rows == run_query(smaller, "graph-summary").rows
        run(target, WIPE)


def test_values_are_counted(graph: GraphFolder, target: Neo4jTarget) -> None:
    report = load_into(target, graph)
    values = Counter()
    for node in iter_nodes(graph):
        values[node.labels[0]] += len(node.properties)
    assert report.node_properties == values
    values = Counter()
    for link in iter_relationships(graph):
        values[link.type] += len(link.properties)
    assert report.relationship_properties == values


def test_a_lost_value_is_noticed_and_written_anew_on_request(graph: GraphFolder, target: Neo4jTarget) -> None:
    def lose(what: str, done: int, _total: int) -> None:
        if what == "relationships" and done > 900:
            run(target, "MATCH (n:Disease:Casegraph {id: 'MONDO:9000001'}) REMOVE n.source")

    with pytest.raises(ServerError, match=r"14 values of Disease\.source in place of 15; .*--full"):
        load_into(target, graph, progress=lose)
    # The hash still says that the node is as it was.
    with pytest.raises(ServerError, match="--full"):
        load_into(target, graph)
    load_into(target, graph, full=True)
    assert held(target) == projected(graph)


def test_the_account_is_compact_and_no_part_of_the_graph(graph: GraphFolder, target: Neo4jTarget) -> None:
    load_into(target, graph, sessions=3)
    assert accounts(target) == ["graph"]
    assert run(target, "MATCH (m:CasegraphLoad) WHERE m:Casegraph OR EXISTS { (m)--() } RETURN m") == []


def test_queries_run_only_on_the_whole_graph(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    def ask(folder: GraphFolder) -> None:
        run_query(folder, "graph-summary", engine="neo4j", neo4j=target)

    with pytest.raises(ServerError, match="no casegraph data; load it first"):
        ask(graph)
    load_into(target, graph)
    ask(graph)
    other = GraphFolder(generate(tmp_path / "other", documents=6))
    with pytest.raises(ServerError, match="another graph than"):
        ask(other)
    load_into(target, other)
    with pytest.raises(ServerError, match="--prune"):
        ask(other)
    load_into(target, other, prune=True)
    ask(other)
    run(target, "MATCH (n:Casegraph) WITH n LIMIT 1 DETACH DELETE n")
    with pytest.raises(ServerError, match=r"not all of .* any more"):
        ask(other)
