"""`kg load neo4j` against a real server, as it is typed."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.commands.load import load as load_command
from kg.graph.store import GraphFolder
from kg.views.neo4j import Neo4jTarget
from kg.views.propertygraph import iter_nodes
from tests.generated import generate
from tests.neo4jserver import Access
from tests.views.loaded import WIPE, run

pytestmark = pytest.mark.neo4j


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
        run(found, WIPE)
        yield found
        run(found, WIPE)


def environment(target: Neo4jTarget) -> dict[str, str]:
    """Return the variables that name a server."""
    return {
        "NEO4J_PASSWORD": target.password,
        "NEO4J_URI": target.uri,
        "NEO4J_USERNAME": target.user,
        "NEO4J_DATABASE": target.database,
    }


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


def test_what_it_says(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    runner = CliRunner(env=environment(target))

    def load(folder: GraphFolder, *options: str) -> tuple[str, str]:
        done = runner.invoke(load_command, ["neo4j", str(folder.path), *options], catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout, " ".join(done.stderr.split())

    smaller = GraphFolder(generate(tmp_path / "small", documents=6, diseases=8, chemicals=5))
    out, _ = load(graph)
    assert f"Written: {sum(1 for _ in iter_nodes(graph)):,} nodes, " in out
    out, _ = load(graph)
    assert "nothing was written" in out
    out, notes = load(smaller)
    assert "kg: note: the database also holds" in notes
    assert "--prune removes them" in notes
    out, notes = load(smaller, "--prune")
    assert "Removed of the earlier build:" in out
    assert notes == ""
    out, _ = load(smaller, "--full", "--sessions", "3", "--batch", "100")
    assert "nothing was written" not in out
    # What others put between our nodes is told, by a load that writes and by one that has nothing to write.
    run(target, "MATCH (a:Disease:Casegraph) WITH a LIMIT 1 CREATE (a)-[:SUBCLASS_OF {id: 'another'}]->(a)")
    for _ in range(2):
        _, notes = load(smaller)
        assert "1 relationship of its types at its nodes is of others" in notes
        assert "`kg verify DIR --neo4j` names" in notes


def test_a_bar_with_rate_on_a_terminal(graph: GraphFolder, target: Neo4jTarget) -> None:
    leader, follower = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "kg", "load", "neo4j", str(graph.path), "--json", "--batch", "50"],
        env={**os.environ, **environment(target)},
        stdout=subprocess.PIPE,
        stderr=follower,
        check=True,
    )
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 65536):
            shown += part
    except OSError:
        # What Linux says where nobody can write any more.
        pass
    os.close(leader)
    for word in (b"nodes", b"relationships", b"100%", b"/s"):
        assert word in shown
    assert json.loads(done.stdout)["nodes"]["Disease"] == 15
