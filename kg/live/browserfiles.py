"""The files for Neo4j Browser: guide, style, saved queries, made of a graph and the catalogue."""

from __future__ import annotations

from urllib.parse import urlsplit

from kg.graph.store import GraphFolder
from kg.queries.catalogue import catalogue
from kg.views.browser.guide import GUIDE, QUERIES, STYLE, guide_page
from kg.views.browser.savedqueries import archive, saved_queries
from kg.views.browser.style import grass
from kg.views.browser.walk import choose


def browser_files(folder: GraphFolder, address: str = "") -> dict[str, bytes]:
    """Return the files for a graph, by name: the same graph, the same bytes.

    Args:
        folder: the graph.
        address: where they are served, ending in a slash; "" where that is not known.
    """
    walk = choose(folder)
    queries = saved_queries(catalogue("cypher").values(), walk.parameters())
    return {
        GUIDE: guide_page(folder, walk, queries, address).encode(),
        STYLE: grass().encode(),
        QUERIES: archive(queries.values()),
    }


def settings(address: str) -> list[str]:
    """Return the lines of ``neo4j.conf`` by which Browser opens the guide after login.

    The names are those of Neo4j 5 and of the versions since, up to 2026.08.

    Args:
        address: where the guide is served, ending in a slash.

    >>> for line in settings("http://localhost:7475/"):
    ...     print(line)
    browser.remote_content_hostname_whitelist=localhost
    browser.post_connect_cmd=guide http://localhost:7475/guide.html
    """
    return [
        f"browser.remote_content_hostname_whitelist={urlsplit(address).hostname or ''}",
        f"browser.post_connect_cmd=guide {address}{GUIDE}",
    ]
