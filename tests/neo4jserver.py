"""The Neo4j servers of tests: the one that ``NEO4J_URI`` names, or the product's own local one.

`python -m tests.neo4jserver HOME` runs one until it is stopped, with the password of ``NEO4J_PASSWORD``.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from kg.live.neo4jjars import CURRENT, LTS, Installation, NoNeo4jError, Release
from kg.live.neo4jserver import USER, Access, Neo4jServer

__all__ = ["CURRENT", "LTS", "Access", "Installation", "Neo4jServer", "NoNeo4jError", "Release", "given"]


def given() -> Access | None:
    """Return the server that ``NEO4J_URI`` names, or None."""
    uri = os.environ.get("NEO4J_URI")
    if not uri:
        return None
    return Access(uri, os.environ.get("NEO4J_USERNAME") or USER, os.environ.get("NEO4J_PASSWORD", ""))


def main(arguments: list[str]) -> int:
    """Run a server in the home folder ``arguments[0]`` until it is stopped."""
    password = os.environ.get("NEO4J_PASSWORD")
    if len(arguments) != 1 or not password:
        print("usage: NEO4J_PASSWORD=... python -m tests.neo4jserver HOME", file=sys.stderr)
        return 2
    ports = {
        "bolt": int(os.environ.get("BOLT_PORT", "7687")),
        "http": int(os.environ.get("HTTP_PORT", "7474")),
    }
    # Ended by TERM as by Control-C: the server's process must not outlive this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Neo4jServer(Installation.get(), Path(arguments[0]), password=password, **ports) as server:
        print(f"{server.access.uri}, {server.access.browser}", flush=True)
        try:
            return server.wait()
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
