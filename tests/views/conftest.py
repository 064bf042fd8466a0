"""Fixtures of the tests that load into a real Neo4j."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.graph.store import GraphFolder
from kg.views.neo4j import Neo4jTarget
from tests.generated import generate
from tests.neo4jserver import Access
from tests.views.loaded import WIPE, run


@pytest.fixture(scope="session")
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
