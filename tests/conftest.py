"""Fixtures that several rooms share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from kg.graph.store import GraphFolder
from kg.live.neo4jjars import find_java
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
