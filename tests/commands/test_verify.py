"""`kg verify` and `kg export ... --check` as a user meets them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.commands.verify import verify
from kg.graph.store import GraphFolder
from kg.views.neo4j import load
from kg.views.neo4jtarget import Neo4jTarget
from tests.commands.test_commands import kg
from tests.generated import generate
from tests.neo4jserver import Access


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("verify") / "graph", documents=5, diseases=8, chemicals=6)


def test_equal_views(graph: Path) -> None:
    done = kg("verify", graph)
    assert done.stderr == ""
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["kind", "graph", "networkx", "RDF"]
    assert ["Disease", "8", "8", "8"] in lines
    assert done.stdout.count("holds what the graph holds") == 2
    found = json.loads(kg("verify", graph, "--view", "networkx", "--json").stdout)
    assert found["equal"] is True
    (view,) = found["views"]
    assert view["name"] == "networkx"
    kind = next(kind for kind in view["kinds"] if kind["kind"] == "Disease")
    assert kind["expected_hash"] == kind["held_hash"]
    assert len(kind["held_hash"]) == 32


def test_a_difference_is_named_and_the_exit_status_is_1(graph: Path, tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    kg("export", graph, "nquads", "-o", file)
    lines = file.read_text("utf-8").split("\n")
    left = [line for line in lines if '"alias 1"' not in line and not ("MONDO_9000002>" in line and "status" in line)]
    assert len(lines) - len(left) == 2
    file.write_text("\n".join(left), "utf-8")
    done = kg("verify", graph, "--file", file, code=1)
    assert "Disease MONDO:9000001: synonyms lacks ['alias 1']" in done.stdout
    assert "Disease MONDO:9000002: status is nothing and not 'current'" in done.stdout
    assert "2 records have a difference" in done.stdout
    assert "8 differs" in done.stdout
    done = kg("verify", graph, "--file", file, "--first", "1", code=1)
    assert "and 1 record more" in done.stdout
    found = json.loads(kg("verify", graph, "--file", file, "--json", code=1).stdout)
    assert found["equal"] is False
    assert found["views"][0]["differences"][1]["property"] == "status"


def test_wrong_calls(graph: Path, tmp_path: Path) -> None:
    assert "go with --neo4j" in kg("verify", graph, "--uri", "bolt://localhost:1", code=2).stderr
    (tmp_path / "graph.ttl").write_text("")
    assert "named graphs" in kg("verify", graph, "--file", tmp_path / "graph.ttl", code=2).stderr
    assert "import.sh" in kg("verify", graph, "--file", tmp_path, code=2).stderr


@pytest.mark.neo4j
def test_neo4j(graph: Path, neo4j_server: Access, tmp_path: Path) -> None:
    access = neo4j_server
    secret = tmp_path / "secret"
    secret.write_text(access.password + "\n", encoding="utf-8")
    words = [str(graph), "--neo4j", "--uri", access.uri, "--user", access.user, "--password-file", str(secret)]
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as target:
        load(GraphFolder(graph), target, prune=True, full=True)
        done = kg("verify", *words)
        assert "Neo4j" in done.stdout.splitlines()[0]
        assert access.password not in done.stdout
        with target.session(write=True) as session:
            session.run("MATCH (n:Casegraph {id: 'MONDO:9000001'}) SET n.name = 'tampered'").consume()
        done = kg("verify", *words, code=1)
        assert "Disease MONDO:9000001: name is 'tampered' and not" in done.stdout
        environment = {"NEO4J_PASSWORD": access.password, "NEO4J_URI": access.uri, "NEO4J_USERNAME": access.user}
        arguments = [str(graph), "--neo4j", "--view", "rdf", "--json"]
        result = CliRunner(env={**os.environ, **environment}).invoke(verify, arguments)
        assert result.exit_code == 1
        rdf, server = json.loads(result.stdout)["views"]
        assert (rdf["equal"], server["equal"]) == (True, False)
        with target.session(write=True) as session:
            session.run("MATCH (n) WHERE n:Casegraph OR n:CasegraphLoad DETACH DELETE n").consume()


def test_checking_import_files(graph: Path, tmp_path: Path) -> None:
    done = kg("export", graph, "neo4j-csv", "--check")
    assert done.stdout.rstrip().endswith("relationships: no problem")
    out = tmp_path / "out"
    done = kg("export", graph, "neo4j-csv", "-o", out, "--check")
    assert f"to {out}" in done.stderr
    assert "no problem" in done.stdout
    counts = json.loads(kg("export", out, "neo4j-csv", "--check", "--json").stdout)
    assert (counts["passed"], counts["problems"]) == (True, [])
    assert counts["nodes"] > 50
    shutil.copy(out / "nodes-Disease.csv", tmp_path / "diseases")
    with (out / "nodes-Disease.csv").open("a", encoding="utf-8") as stream:
        stream.write((tmp_path / "diseases").read_text("utf-8").split("\n")[0] + "\n")
    done = kg("export", out, "neo4j-csv", "--check", code=1)
    assert "duplicate-id" in done.stdout
    assert "nodes-Disease.csv:1 already" in done.stdout
    assert "leave all but one of the nodes out" in done.stdout
    found = json.loads(kg("export", out, "neo4j-csv", "--check", "--json", code=1).stdout)
    assert found["found"] == {"duplicate-id": 1}
    assert found["problems"][0]["effect"] == "refused"


def test_what_cannot_be_checked(graph: Path, tmp_path: Path) -> None:
    assert "name it with -o" in kg("export", graph, "neo4j-csv", code=2).stderr
    assert "belong to neo4j-csv" in kg("export", graph, "graphml", "--check", code=2).stderr
    assert "is not a graph folder" in kg("export", tmp_path, "neo4j-csv", "--check", code=2).stderr
    assert json.loads(kg("export", graph, "neo4j-csv", "-o", tmp_path / "o", "--json").stdout)["nodes"]["Disease"] == 8
