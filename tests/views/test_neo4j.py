"""Loading into a real Neo4j: the same graph, once, beside other data; and errors that name the next step."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import neo4j
import pytest
from click.testing import CliRunner

from kg.commands.load import load as load_command
from kg.errors import InputError, ParameterError, QueryError, ServerError
from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.views.neo4j import LoadReport, Neo4jTarget, load_neo4j, stamp
from kg.views.propertygraph import iter_nodes, iter_relationships
from tests.generated import generate
from tests.neo4jserver import Access

pytestmark = pytest.mark.neo4j

FOREIGN = (
    "CREATE (a:Disease:Foreign {id: 'MONDO:9000000', name: 'theirs'})"
    "-[:MENTIONS {id: 'x', weight: 3}]->(b:Foreign {id: 'MONDO:9000000'}), "
    "(:Mention:Foreign {id: 'same'}), (:Mention:Foreign {id: 'same'})"
)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    """A generated graph that loads in a second."""
    folder = tmp_path_factory.mktemp("graph") / "graph"
    return GraphFolder(generate(folder, documents=24, diseases=15, chemicals=8))


@pytest.fixture
def target(neo4j_server: Access) -> Iterator[Neo4jTarget]:
    """The database without anything that these tests make."""
    access = neo4j_server
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as found:
        _run(found, "MATCH (n) WHERE n:Casegraph OR n:CasegraphLoad OR n:Foreign DETACH DELETE n")
        yield found
        _run(found, "MATCH (n) WHERE n:Casegraph OR n:CasegraphLoad OR n:Foreign DETACH DELETE n")


def _run(target: Neo4jTarget, query: str, **parameters: Any) -> list[dict[str, Any]]:
    with target.session(write=True) as session:
        return session.execute_write(lambda t: t.run(query, parameters).data())


def _load(folder: GraphFolder, target: Neo4jTarget, **more: Any) -> LoadReport:
    return load_neo4j(
        folder,
        uri=target.uri,
        user=target.user,
        password=target.password,
        database=target.database,
        **more,
    )


def _held(target: Neo4jTarget) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return our nodes and relationships as the database holds them, without marker and stamp."""
    nodes: dict[str, Any] = {}
    links: dict[str, Any] = {}
    with target.session() as session:
        for record in session.run("MATCH (n:Casegraph) RETURN n"):
            node = record["n"]
            properties = dict(node)
            assert properties.pop("casegraph_hash")
            assert node["id"] not in nodes
            nodes[node["id"]] = (frozenset(node.labels - {"Casegraph"}), properties)
        for record in session.run("MATCH (a:Casegraph)-[r]->(b:Casegraph) RETURN a.id AS s, b.id AS e, r"):
            properties = dict(record["r"])
            assert properties.pop("casegraph_hash")
            assert properties["id"] not in links
            links[properties["id"]] = (record["r"].type, record["s"], record["e"], properties)
    return nodes, links


def _projected(folder: GraphFolder) -> tuple[dict[str, Any], dict[str, Any]]:
    return (
        {n.id: (frozenset(n.labels), n.properties) for n in iter_nodes(folder)},
        {r.id: (r.type, r.start, r.end, r.properties) for r in iter_relationships(folder)},
    )


def _changed(folder: GraphFolder, to: Path, **tables: Any) -> GraphFolder:
    shutil.copytree(folder.path, to)
    for name, change in tables.items():
        write_table(to / f"{name}.parquet", name, change(folder.table(name).to_pylist()))
    return GraphFolder(to)


def test_the_database_holds_the_projection(generated: GraphFolder, target: Neo4jTarget) -> None:
    seen: list[tuple[str, int, int]] = []
    report = _load(generated, target, batch=500, progress=lambda *step: seen.append(step))
    assert _held(target) == _projected(generated)
    labels = Counter(label for n in iter_nodes(generated) for label in n.labels)
    assert report.nodes == dict(labels)
    assert report.relationships == dict(Counter(r.type for r in iter_relationships(generated)))
    assert report.stamp == stamp(generated)
    assert report.stamp.startswith("synthetic+")
    nodes = len(list(iter_nodes(generated)))
    assert [step for step in seen if step[0] == "nodes"][-1] == ("nodes", nodes, nodes)


def test_identifiers_are_unique_and_indexed(graph: GraphFolder, target: Neo4jTarget) -> None:
    _load(graph, target)
    with pytest.raises(neo4j.exceptions.ConstraintError):
        _run(target, "CREATE (:Casegraph {id: 'MONDO:9000000'})")
    for label in ("Disease", "Entity", "Mention", "Casegraph"):
        with target.session() as session:
            plan = session.run(f"EXPLAIN MATCH (n:{label} {{id: 'x'}}) RETURN n").consume().plan
        assert "IndexSeek" in json.dumps(plan)


def test_twice_is_once(graph: GraphFolder, target: Neo4jTarget) -> None:
    first = _load(graph, target)
    before = _held(target)
    second = _load(graph, target, batch=700)
    assert second == replace(first, unchanged=True, written_nodes=0, written_relationships=0)
    assert _held(target) == before


def test_an_interrupted_load_is_finished_by_the_next(graph: GraphFolder, target: Neo4jTarget) -> None:
    class StopError(Exception):
        pass

    def stop(what: str, done: int, _total: int) -> None:
        if what == "relationships" and done > 500:
            raise StopError

    with pytest.raises(StopError):
        _load(graph, target, batch=500, progress=stop)
    assert len(_held(target)[1]) < len(_projected(graph)[1])
    _load(graph, target)
    assert _held(target) == _projected(graph)


def test_foreign_data_is_untouched(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    everything = (
        "MATCH (n:Foreign) OPTIONAL MATCH (n)-[r]->(m:Foreign) "
        "RETURN labels(n) AS l, properties(n) AS p, properties(r) AS r ORDER BY size(l), r.id"
    )
    _run(target, FOREIGN)
    before = _run(target, everything)
    assert len(before) == 4
    _load(graph, target)
    assert _held(target) == _projected(graph)
    smaller = GraphFolder(generate(tmp_path / "small", documents=6))
    _load(smaller, target, prune=True)
    assert _held(target) == _projected(smaller)
    assert _run(target, everything) == before


def test_what_others_add_to_our_nodes_stays(graph: GraphFolder, target: Neo4jTarget) -> None:
    _load(graph, target)
    _run(target, "MATCH (n:Casegraph {id: 'MONDO:9000001'}) SET n.note = 'mine', n:Favourite")
    _run(
        target,
        "MATCH (a:Casegraph {id: 'MONDO:9000001'}), (b:Casegraph {id: 'MONDO:9000002'}) "
        "CREATE (a)-[:MENTIONS {by: 'me'}]->(b)",
    )
    _load(graph, target)
    assert _run(target, "MATCH (n:Favourite) RETURN n.note AS note") == [{"note": "mine"}]
    assert _run(target, "MATCH (:Casegraph)-[r {by: 'me'}]->() RETURN r.id AS id") == [{"id": None}]


def test_a_rebuilt_smaller_graph_replaces_the_larger(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    _load(graph, target)
    larger = _projected(graph)
    smaller = GraphFolder(generate(tmp_path / "small", documents=6, diseases=8, chemicals=5))
    # Someone else's relationship hangs on a node that the smaller graph no longer has.
    _run(
        target,
        "MATCH (n:Casegraph {id: 'MONDO:9000014'}) CREATE (:Foreign {id: 'me'})-[:LIKES {why: 'x'}]->(n)",
    )
    report = _load(smaller, target, batch=300, prune=True)
    expected = _projected(smaller)
    assert _held(target) == expected
    assert report.removed_nodes == len(larger[0].keys() - expected[0].keys()) - 1
    assert report.removed_relationships == len(larger[1].keys() - expected[1].keys())
    assert report.released_nodes == 1
    rows = _run(target, "MATCH (:Foreign)-[r:LIKES]->(n) RETURN r.why AS why, n.id AS id, n:Casegraph AS ours")
    assert rows == [{"why": "x", "id": "MONDO:9000014", "ours": False}]
    _run(target, "MATCH (n {id: 'MONDO:9000014'}) WHERE NOT n:Casegraph DETACH DELETE n")


def test_changed_rows_replace_their_older_selves(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    _load(graph, target)

    def nodes(rows: list[dict]) -> list[dict]:
        new = {"category": "biolink:OntologyClass", "synonyms": [], "release": None, "status": "obsolete"}
        return [{**r, **new} if r["id"] == "MONDO:9000003" else r for r in rows]

    def edges(rows: list[dict]) -> list[dict]:
        return [{**r, "lift": None, "publications": ["PMCID:PMC1"]} for r in rows]

    changed = _changed(graph, tmp_path / "changed", nodes=nodes, edges=edges)
    _load(changed, target)
    assert _held(target) == _projected(changed)


def test_a_lost_record_is_noticed(graph: GraphFolder, target: Neo4jTarget) -> None:
    def lose(what: str, done: int, _total: int) -> None:
        if what == "relationships" and done > 900:
            _run(target, "MATCH (n:Finding:Casegraph) DETACH DELETE n")

    with pytest.raises(ServerError, match=r"0 Finding in place of 4"):
        _load(graph, target, progress=lose)


def test_wrong_password(graph: GraphFolder, target: Neo4jTarget) -> None:
    with pytest.raises(ServerError, match=r"password of the user .*NEO4J_PASSWORD") as caught:
        load_neo4j(graph, uri=target.uri, user=target.user, password="wr0ng", database=target.database)
    assert "wr0ng" not in str(caught.value)


def test_nobody_listens(graph: GraphFolder) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(ServerError, match=r"cannot reach Neo4j .*start the server"):
        load_neo4j(graph, uri=f"bolt://127.0.0.1:{port}", user="neo4j", password="x")


def test_missing_database(graph: GraphFolder, target: Neo4jTarget) -> None:
    with pytest.raises(ServerError, match=r"has no database nowhere.*--database"):
        load_neo4j(graph, uri=target.uri, user=target.user, password=target.password, database="nowhere")


def test_a_database_that_takes_no_data(graph: GraphFolder, target: Neo4jTarget) -> None:
    with pytest.raises(ServerError, match=r"system .*cannot be written .*--database"):
        load_neo4j(graph, uri=target.uri, user=target.user, password=target.password, database="system")


def test_reading_queries(graph: GraphFolder, target: Neo4jTarget) -> None:
    _load(graph, target)
    node = next(n for n in iter_nodes(graph) if n.id == "MONDO:9000000")
    rows = target.run_read("MATCH (n:Entity {id: $id}) RETURN n, [n] AS l, {a: n} AS m", {"id": node.id})
    assert rows == [{"n": node.properties, "l": [node.properties], "m": {"a": node.properties}}]
    with pytest.raises(QueryError, match="writes"):
        target.run_read("CREATE (n:Foreign) RETURN n")
    with pytest.raises(QueryError, match="Invalid input"):
        target.run_read("MATCH (n RETURN n")
    with pytest.raises(ParameterError, match="unbound"):
        target.run_read("RETURN $unbound")
    with pytest.raises(QueryError, match="too long"):
        target.run_read("UNWIND range(1, 1000000000) AS i RETURN sum(i * i % 7) AS n", timeout=0.5)


def test_the_command(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(target.password + "\n", encoding="utf-8")
    options = ["--uri", target.uri, "--user", target.user, "--password-file", str(secret)]
    options += ["--database", target.database]
    arguments = ["neo4j", str(graph.path), *options]
    done = CliRunner().invoke(load_command, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["nodes"]["Disease"] == 15
    assert done.stderr == ""
    environment = {"NEO4J_PASSWORD": target.password, "NEO4J_URI": target.uri, "NEO4J_USERNAME": target.user}
    done = CliRunner(env=environment).invoke(load_command, ["neo4j", str(graph.path)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "holds the graph synthetic+" in done.stdout
    assert target.password not in done.output


@pytest.mark.parametrize("uri", ["localhost:7687", "http://localhost", "bolt://me:secret@localhost:7687", ""])
def test_addresses_that_cannot_be(uri: str) -> None:
    with pytest.raises(ServerError, match="bolt://HOST:7687") as caught:
        Neo4jTarget(uri, "neo4j", "x")
    assert "secret" not in str(caught.value)


def test_the_password_comes_from_environment_or_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("NEO4J_")]:
        monkeypatch.delenv(name)
    with pytest.raises(ServerError, match=r"NEO4J_PASSWORD.*--password-file"):
        Neo4jTarget.from_environment()
    with pytest.raises(InputError, match="password file"):
        Neo4jTarget.from_environment(password_file=tmp_path / "none")
    monkeypatch.setenv("NEO4J_PASSWORD", "from-environment")
    target = Neo4jTarget.from_environment()
    assert (target.uri, target.user, target.database) == ("bolt://localhost:7687", "neo4j", "neo4j")
    assert target.password == "from-environment"
    assert "from-environment" not in repr(target)
    (tmp_path / "secret").write_text("from-file\r\n", encoding="utf-8")
    assert Neo4jTarget.from_environment(password_file=tmp_path / "secret").password == "from-file"
    monkeypatch.setenv("NEO4J_URI", "neo4j+s://example.org")
    monkeypatch.setenv("NEO4J_USERNAME", "reader")
    target = Neo4jTarget.from_environment(database="other")
    assert (target.uri, target.user, target.database) == ("neo4j+s://example.org", "reader", "other")
