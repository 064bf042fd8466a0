"""A query that takes too long is given up on every engine, and the next one is answered."""

from __future__ import annotations

import time

import pytest

from kg.errors import QueryError
from kg.graph.store import GraphFolder
from kg.queries.catalogue import PreparedQuery
from kg.queries.run import Engines
from kg.queries.sparql import run_sparql
from kg.views.cypherstore import open_cypher
from kg.views.neo4jtarget import Neo4jTarget
from kg.views.rdf import load_store
from tests.commands.test_commands import kg
from tests.neo4jserver import Access

#: Some seconds: what is given up runs on, and must not disturb the tests that follow.
_SPARQL = (
    "SELECT (COUNT(*) AS ?n) { { SELECT ?c { ?a ?b ?c } LIMIT 2000 } { SELECT ?f { ?d ?e ?f } LIMIT 2000 } "
    "FILTER(STR(?c) < STR(?f)) }"
)
_ENDLESS = "UNWIND range(1, 1000000000) AS i RETURN sum(i * i % 7) AS n"
_CYPHER = "MATCH (a), (b), (c), (d) WHERE a.id < b.id AND b.id < c.id AND c.id < d.id RETURN count(*) AS n"


def test_sparql(generated: GraphFolder) -> None:
    store = load_store(generated)
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"took longer than 0.05 s.*--timeout"):
        run_sparql(store, PreparedQuery("q", "sparql", "s", "", {}, _SPARQL), {}, timeout=0.05)
    assert time.monotonic() - start < 30
    few = PreparedQuery("q", "sparql", "s", "", {}, "SELECT ?a { ?a ?b ?c } LIMIT 2")
    assert len(run_sparql(store, few, {}, timeout=60)[1]) == 2
    # An error of the query is that error, whichever thread it happens in.
    with pytest.raises(QueryError, match="only SELECT"):
        run_sparql(store, PreparedQuery("q", "sparql", "s", "", {}, "ASK { ?a ?b ?c }"), {}, timeout=60)


def test_embedded_cypher(generated: GraphFolder) -> None:
    store = open_cypher(generated)
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.3 s"):
        store.run(_CYPHER, timeout=0.3)
    assert time.monotonic() - start < 30
    assert store.run("RETURN 1 AS n", timeout=60) == [{"n": 1}]


@pytest.mark.neo4j
def test_neo4j(generated: GraphFolder, neo4j_server: Access) -> None:
    access = neo4j_server
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as target:
        engines = Engines(generated, target)
        # Whether the database holds the graph is another test's question.
        engines._checked = True
        start = time.monotonic()
        with pytest.raises(QueryError, match="too long"):
            engines._ask_neo4j(_ENDLESS, {}, timeout=0.5)
        assert time.monotonic() - start < 30


@pytest.mark.parametrize("engine", ["sparql", "cypher"])
def test_the_command(engine: str, generated: GraphFolder) -> None:
    words = ("query", generated.path, "graph-summary", "--engine", engine)
    # The process ends though the engine is still at it.
    assert "took longer than 1e-06 s" in kg(*words, "--timeout", "0.000001", code=1).stderr
    assert "edge" in kg(*words, "--timeout", "0").stdout
    assert "--timeout" in kg(*words, "--timeout", "-1", code=2).stderr
