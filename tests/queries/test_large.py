"""Every prepared query has the same rows on all engines on a graph of more than a hundred thousand edges too."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from kg.graph.store import GraphFolder
from kg.queries.catalogue import catalogue
from kg.queries.run import Engines, QueryResult
from kg.views.neo4j import load
from kg.views.neo4jtarget import Neo4jTarget
from tests.neo4jserver import Access
from tests.queries.large import generate_large
from tests.queries.questions import Question, questions


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """The graph with its embedded engines, each opened once."""
    base = tmp_path_factory.mktemp("large")
    before = os.environ.get("CASEGRAPH_CACHE")
    os.environ["CASEGRAPH_CACHE"] = str(base / "cache")
    yield Engines(GraphFolder(generate_large(base / "graph")))
    del os.environ["CASEGRAPH_CACHE"]
    if before is not None:
        os.environ["CASEGRAPH_CACHE"] = before


@pytest.fixture(scope="module")
def answers(large: Engines) -> list[tuple[Question, QueryResult]]:
    """What SPARQL answers to every question."""
    asked = list(questions(large.folder, 8))
    # A hub document and a hub drug, the patient of a document, and the root of the hierarchy.
    edges = large.folder.select("edges", "subject", ["PMCID:PMC6000000"])[:3]
    asked += [("evidence-for-link", {"subject": e["subject"], "object": e["object"]}) for e in edges]
    asked += [("documents-of-entity", {"entity": "PUBCHEM.COMPOUND:700000"})]
    asked += [("mapping-chain", {"entity": "MONDO:8000000"})]
    asked += [("ontology-path", {"start": "MONDO:8019999", "end": "MONDO:8000000"})]
    return [((name, given), large.run(name, given, engine="sparql")) for name, given in asked]


def test_it_is_large_and_every_query_has_rows(large: Engines, answers: list[tuple[Question, QueryResult]]) -> None:
    assert large.folder.count("edges") > 100_000
    assert {name for (name, _), result in answers if result.rows} == set(catalogue("sparql"))
    assert max(len(result) for _, result in answers) > 1_000


def test_embedded_cypher_agrees(large: Engines, answers: list[tuple[Question, QueryResult]]) -> None:
    for (name, given), expected in answers:
        assert large.run(name, given, engine="cypher") == expected, (name, given)


@pytest.mark.neo4j
def test_neo4j_agrees(large: Engines, answers: list[tuple[Question, QueryResult]], neo4j_server: Access) -> None:
    access = neo4j_server
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as target:
        # A database that holds another graph is brought to this one.
        load(large.folder, target, prune=True)
        engines = Engines(large.folder, target)
        for (name, given), expected in answers:
            assert engines.run(name, given, engine="neo4j") == expected, (name, given)
