"""Fixtures that several rooms share."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.commands.neo4j import neo4j as neo4j_command
from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.live.neo4jjars import find_java
from kg.live.neo4jlocal import stop
from kg.live.neo4jserver import free_port
from kg.resources import data_folder
from tests.bundled import index
from tests.generated import generate
from tests.neo4jserver import CURRENT, LTS, Access, Installation, Neo4jServer, NoNeo4jError, Release, given


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    """The generated graph folder, made once; read only."""
    return GraphFolder(generate(tmp_path_factory.mktemp("generated") / "graph"))


@pytest.fixture(scope="session")
def neo4j_installation() -> Installation:
    """Neo4j's LTS jars. Without Java or Maven the test is skipped, or fails where Neo4j is required."""
    return _installation(LTS)


@pytest.fixture(scope="session")
def neo4j_current_installation() -> Installation:
    """The current version's jars. It needs a newer Java: without one the test is skipped, required or not."""
    try:
        find_java(CURRENT.java)
    except NoNeo4jError as error:
        pytest.skip(f"no Neo4j {CURRENT.version}: {error}")
    return _installation(CURRENT)


@pytest.fixture(scope="session")
def neo4j_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """A real Neo4j: the one that NEO4J_URI names, or one of the LTS version that is started for the session."""
    yield from _server(request, tmp_path_factory, "neo4j_installation")


@pytest.fixture(scope="session")
def neo4j_current(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """A real Neo4j: the one that NEO4J_URI names, or one of the current version that is started for the session."""
    yield from _server(request, tmp_path_factory, "neo4j_current_installation")


@pytest.fixture(params=["lts", "current"])
def neo4j_each(request: pytest.FixtureRequest) -> Access:
    """Either version in turn; with NEO4J_URI, the server that it names, once."""
    if request.param == "current" and given():
        pytest.skip("NEO4J_URI names one server, and it was tried already")
    access: Access = request.getfixturevalue("neo4j_server" if request.param == "lts" else "neo4j_current")
    return access


@dataclass(frozen=True, slots=True)
class Started:
    """A server that `kg neo4j start` started, with the graph of the shipped seed."""

    home: Path
    graph: Path
    output: str


@pytest.fixture(scope="session")
def seed_graph(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    """The graph of the shipped seed, built once; read only."""
    return build([data_folder("seeds")], tmp_path_factory.mktemp("seed") / "graph", index=index()).folder


@pytest.fixture(scope="session")
def started_neo4j(
    neo4j_installation: Installation, seed_graph: GraphFolder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """A Neo4j with Browser and guide as a user starts it; it may run or not when a test gets it."""
    home = tmp_path_factory.mktemp("started") / "a home"
    ports = [f"--{name}-port={free_port()}" for name in ("bolt", "http")]
    try:
        done = CliRunner().invoke(neo4j_command, ["start", str(seed_graph.path), "--home", str(home), *ports])
        assert done.exit_code == 0, done.output
        yield Started(home, seed_graph.path, done.stdout)
    finally:
        stop(home, grace=2)


@pytest.fixture(scope="session")
def chromium() -> str:
    """A Chromium that Playwright drives. Without one the test is skipped, or fails where it is required."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
    )
    missing = "" if found else "no Chromium: set CHROMIUM, or put one on the PATH"
    if not missing and not importlib.util.find_spec("playwright"):
        missing = "no Playwright: install the extra `test`"
    if missing and os.environ.get("CASEGRAPH_REQUIRE_CHROMIUM") == "1":
        pytest.fail(f"Chromium is required (CASEGRAPH_REQUIRE_CHROMIUM=1): {missing}")
    if missing:
        pytest.skip(missing)
    return found


def _installation(release: Release) -> Installation:
    try:
        return Installation.get(release)
    except NoNeo4jError as error:
        if os.environ.get("CASEGRAPH_REQUIRE_NEO4J") == "1":
            pytest.fail(f"Neo4j is required (CASEGRAPH_REQUIRE_NEO4J=1): {error}")
        pytest.skip(f"no Neo4j {release.version}: {error}")


def _server(request: pytest.FixtureRequest, folders: pytest.TempPathFactory, fixture: str) -> Iterator[Access]:
    if access := given():
        yield access
        return
    installation: Installation = request.getfixturevalue(fixture)
    # An orderly stop takes ten seconds; this home is thrown away.
    with Neo4jServer(installation, folders.mktemp("neo4j"), grace=1) as server:
        yield server.access
