"""The embedded Cypher engine holds the projection, reads only, and keeps its cache honest."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ParameterError, QueryError
from kg.graph.store import GraphFolder
from kg.views.cypherstore import CypherStore, open_cypher
from kg.views.propertygraph import MARKER, iter_nodes, iter_relationships
from tests.generated import generate


@pytest.fixture(scope="module")
def store(generated: GraphFolder, tmp_path_factory: pytest.TempPathFactory) -> CypherStore:
    return open_cypher(generated, cache=tmp_path_factory.mktemp("cache"))


def test_nodes_are_the_projection(store: CypherStore, generated: GraphFolder) -> None:
    # The first label is the kind; the engine keeps the others in an order of its own.
    rows = store.run("MATCH (n) RETURN n, labels(n) AS l")
    held = {row["n"]["id"]: (row["l"][0], {*row["l"]}, row["n"]) for row in rows}
    assert held == {
        node.id: (node.labels[0], {*node.labels, MARKER}, node.properties) for node in iter_nodes(generated)
    }


def test_relationships_are_the_projection(store: CypherStore, generated: GraphFolder) -> None:
    rows = store.run("MATCH (a)-[r]->(b) RETURN a.id AS s, b.id AS e, type(r) AS t, properties(r) AS p")
    held = {row["p"]["id"]: (row["t"], row["s"], row["e"], row["p"]) for row in rows}
    assert len(rows) == len(held)
    assert held == {r.id: (r.type, r.start, r.end, r.properties) for r in iter_relationships(generated)}


def test_both_labels_find_an_entity(store: CypherStore) -> None:
    for label in ("Disease", "Entity"):
        rows = store.run(f"MATCH (n:{label} {{id: $id}}) RETURN n.name AS name", {"id": "MONDO:9000005"})
        assert rows == [{"name": "disease 5"}]


def test_values_are_bound(store: CypherStore) -> None:
    odd = 'it\'s "odd" \\ {$x} \u03b1\U0001f600'
    rows = store.run("MATCH (n:Disease) WHERE n.name = $name RETURN n.id AS id", {"name": odd})
    assert rows == [{"id": "MONDO:9000000"}]
    assert store.run("MATCH (n:Disease {id: $id}) RETURN n", {"id": "x'}) DETACH DELETE (n //"}) == []


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (n:Disease {id: 'x'})",
        "MATCH (n) SET n.name = 'x'",
        "MATCH (n) DETACH DELETE n",
        "MERGE (n:Disease {id: 'x'}) RETURN n",
        "MATCH (n) REMOVE n.name",
        "CREATE INDEX FOR (n:Disease) ON (n.name)",
    ],
)
def test_writes_are_refused(store: CypherStore, query: str) -> None:
    before = store.run("MATCH (n) RETURN count(n) AS n, count(n.name) AS named")
    with pytest.raises(QueryError, match="read-only"):
        store.run(query)
    assert store.run("MATCH (n) RETURN count(n) AS n, count(n.name) AS named") == before


def test_errors_are_ours(store: CypherStore) -> None:
    with pytest.raises(QueryError, match="syntax"):
        store.run("MATCH (n RETURN n")
    with pytest.raises(ParameterError, match="nothing_bound"):
        store.run("MATCH (n {id: $nothing_bound}) RETURN n")
    with pytest.raises(QueryError, match="longer than"):
        store.run("MATCH (a), (b), (c) RETURN count(a.name + b.name + c.name) AS n", timeout=0.05)


def test_unknown_words_give_no_rows_and_no_noise(store: CypherStore, capfd: pytest.CaptureFixture[str]) -> None:
    assert store.run("MATCH (n:Nothing) RETURN n.nonsense AS x") == []
    assert capfd.readouterr() == ("", "")


def test_cache_is_used_and_outlives_damage(generated: GraphFolder, tmp_path: Path) -> None:
    before = {p.name: p.read_bytes() for p in generated.path.iterdir()}
    first = open_cypher(generated, cache=tmp_path)
    assert not first.cached
    again = open_cypher(generated, cache=tmp_path)
    assert again.cached
    count = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS n, count(r) AS r"
    assert again.run(count) == first.run(count)
    with pytest.raises(QueryError, match="read-only"):
        again.run("CREATE (n:X)")
    (file,) = tmp_path.rglob("*.kgl")
    whole = file.read_bytes()
    for damage in (b"", b"nonsense", whole[: len(whole) // 2], whole[:-100] + b"\0" * 100):
        file.write_bytes(damage)
        healed = open_cypher(generated, cache=tmp_path)
        assert healed.run(count) == first.run(count)
        assert open_cypher(generated, cache=tmp_path).cached
    assert {p.name: p.read_bytes() for p in generated.path.iterdir()} == before


def test_another_graph_of_the_same_build_id_is_not_mixed_up(tmp_path: Path) -> None:
    small = GraphFolder(generate(tmp_path / "small", documents=10))
    other = GraphFolder(generate(tmp_path / "other", documents=10, seed=8))
    assert small.manifest["build"] == other.manifest["build"]
    open_cypher(small, cache=tmp_path / "cache")
    assert not open_cypher(other, cache=tmp_path / "cache").cached


def test_without_a_cache_it_still_opens(generated: GraphFolder, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = open_cypher(generated, cache=blocked)
    assert store.run("MATCH (n:Disease) RETURN count(n) AS n") == [{"n": 40}]
    assert blocked.read_text() == "not a folder"


def test_the_trail_can_be_left_out(generated: GraphFolder, tmp_path: Path) -> None:
    store = open_cypher(generated, cache=tmp_path, trail=False)
    assert store.run("MATCH (n) RETURN count(n) AS n") == [{"n": generated.count("nodes")}]
    assert open_cypher(generated, cache=tmp_path).run("MATCH (n:Mention) RETURN count(n) AS n") == [{"n": 296}]
