"""Fixtures that several rooms share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.graph.store import GraphFolder
from tests.generated import generate
from tests.neo4jserver import Access, Installation, Neo4jServer, NoNeo4jError, given


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    """The generated graph folder, made once; read only."""
    return GraphFolder(generate(tmp_path_factory.mktemp("generated") / "graph"))


@pytest.fixture(scope="session")
def neo4j_installation() -> Installation:
    """Neo4j's jars. Without Java or Maven the test is skipped, or fails where Neo4j is required."""
    try:
        return Installation.get()
    except NoNeo4jError as error:
        if os.environ.get("CASEGRAPH_REQUIRE_NEO4J") == "1":
            pytest.fail(f"Neo4j is required (CASEGRAPH_REQUIRE_NEO4J=1): {error}")
        pytest.skip(f"no Neo4j: {error}")


@pytest.fixture(scope="session")
def neo4j_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """A real Neo4j: the one that NEO4J_URI names, or one that is started for the session."""
    if access := given():
        yield access
        return
    installation: Installation = request.getfixturevalue("neo4j_installation")
    home: Path = tmp_path_factory.mktemp("neo4j")
    # An orderly stop takes ten seconds; this home is thrown away.
    with Neo4jServer(installation, home, grace=1) as server:
        yield server.access
