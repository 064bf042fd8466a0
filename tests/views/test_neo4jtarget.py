"""One database of a server: reading queries, addresses, passwords, and refusals that name the next step."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from kg.errors import InputError, ParameterError, QueryError, ServerError
from kg.graph.store import GraphFolder
from kg.views.neo4j import Neo4jTarget, load, load_neo4j
from kg.views.propertygraph import iter_nodes
from tests.views.loaded import load_into


@pytest.mark.neo4j
def test_reading_queries(graph: GraphFolder, target: Neo4jTarget) -> None:
    load_into(target, graph)
    node = next(n for n in iter_nodes(graph) if n.id == "MONDO:9000000")
    rows = target.run_read("MATCH (n:Entity {id: $id}) RETURN n, [n] AS l, {a: n} AS m", {"id": node.id})
    assert rows == [{"n": node.properties, "l": [node.properties], "m": {"a": node.properties}}]
    with pytest.raises(QueryError, match="writes"):
        target.run_read("CREATE (n:Foreign) RETURN n")
    with pytest.raises(QueryError, match="Invalid input"):
        target.run_read("MATCH (n RETURN n")
    with pytest.raises(ParameterError, match="unbound"):
        target.run_read("RETURN $unbound")
    with pytest.raises(QueryError, match="too long"):
        target.run_read("UNWIND range(1, 1000000000) AS i RETURN sum(i * i % 7) AS n", timeout=0.5)


@pytest.mark.parametrize("uri", ["localhost:7687", "http://localhost", "bolt://me:secret@localhost:7687", ""])
def test_addresses_that_cannot_be(uri: str) -> None:
    with pytest.raises(ServerError, match="bolt://HOST:7687") as caught:
        Neo4jTarget(uri, "neo4j", "x")
    assert "secret" not in str(caught.value)


def test_the_password_comes_from_environment_or_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("NEO4J_")]:
        monkeypatch.delenv(name)
    with pytest.raises(ServerError, match=r"NEO4J_PASSWORD.*--password-file"):
        Neo4jTarget.from_environment()
    with pytest.raises(InputError, match="password file"):
        Neo4jTarget.from_environment(password_file=tmp_path / "none")
    monkeypatch.setenv("NEO4J_PASSWORD", "from-environment")
    target = Neo4jTarget.from_environment()
    assert (target.uri, target.user, target.database) == ("bolt://localhost:7687", "neo4j", "neo4j")
    assert target.password == "from-environment"
    assert "from-environment" not in repr(target)
    (tmp_path / "secret").write_text("from-file\r\n", encoding="utf-8")
    assert Neo4jTarget.from_environment(password_file=tmp_path / "secret").password == "from-file"
    monkeypatch.setenv("NEO4J_URI", "neo4j+s://example.org")
    monkeypatch.setenv("NEO4J_USERNAME", "reader")
    target = Neo4jTarget.from_environment(database="other")
    assert (target.uri, target.user, target.database) == ("neo4j+s://example.org", "reader", "other")


@pytest.mark.neo4j
def test_wrong_password(graph: GraphFolder, target: Neo4jTarget, tmp_path: Path) -> None:
    # The message names the place where the password was found: that is what has to be mended. (Few wrong ones: the
    # server refuses every other for some seconds then.)
    (tmp_path / "secret").write_text("wr0ng", encoding="utf-8")
    with (
        Neo4jTarget.from_environment(target.uri, target.user, tmp_path / "secret", target.database) as found,
        pytest.raises(ServerError, match=r"password of the user .*the first line of .*secret") as caught,
    ):
        load(graph, found)
    assert "wr0ng" not in str(caught.value)


def test_nobody_listens(graph: GraphFolder) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(ServerError, match=r"cannot reach Neo4j .*start the server"):
        load_neo4j(graph, uri=f"bolt://127.0.0.1:{port}", user="neo4j", password="x")


@pytest.mark.neo4j
def test_missing_database(graph: GraphFolder, target: Neo4jTarget) -> None:
    with pytest.raises(ServerError, match=r"has no database nowhere.*--database"):
        load_neo4j(graph, uri=target.uri, user=target.user, password=target.password, database="nowhere")


@pytest.mark.neo4j
def test_a_database_that_takes_no_data(graph: GraphFolder, target: Neo4jTarget) -> None:
    with pytest.raises(ServerError, match=r"system .*cannot be written .*--database"):
        load_neo4j(graph, uri=target.uri, user=target.user, password=target.password, database="system")


@pytest.mark.parametrize("agent", ["Neo4j/4.4.48", "Neo4j/3.5.35"])
def test_a_server_that_is_too_old(agent: str) -> None:
    with pytest.raises(ServerError, match=rf"{agent} at bolt://h is too old; casegraph needs Neo4j 5 or newer"):
        Neo4jTarget("bolt://h", "neo4j", "x")._refuse_old(agent)
    for newer in ("Neo4j/5.26.16", "Neo4j/2026.08.1", "another/1.0"):
        Neo4jTarget("bolt://h", "neo4j", "x")._refuse_old(newer)


def test_a_server_that_speaks_no_version_of_bolt_that_is_known() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            link, _ = listener.accept()
            with link:
                link.recv(20)
                # What the protocol says where no offer fits, as a server before 4.x would.
                link.sendall(bytes(4))

        thread = Thread(target=refuse, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(ServerError, match=r"too old; casegraph needs Neo4j 5"):
            Neo4jTarget(f"bolt://127.0.0.1:{port}", "neo4j", "x").session()
        thread.join()


def test_a_server_whose_bolt_is_that_of_the_release_before() -> None:
    answers = {"server": "Neo4j/4.4.42", "connection_id": "bolt-1"}
    success = b"\xb1\x70" + bytes([0xA0 + len(answers)])
    for text in (part for item in answers.items() for part in item):
        success += bytes([0x80 + len(text)]) + text.encode()

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                link, _ = listener.accept()
                with link:
                    link.recv(20)
                    link.sendall(bytes((0, 0, 4, 4)))
                    # Each message is answered with the same: it went well.
                    while link.recv(65536):
                        link.sendall(len(success).to_bytes(2, "big") + success + bytes(2))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=serve, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        with pytest.raises(ServerError, match=r"Neo4j/4\.4\.42 at bolt://127\.0\.0\.1:\d+ is too old; .*5 or newer"):
            Neo4jTarget(f"bolt://127.0.0.1:{port}", "neo4j", "x").session()
