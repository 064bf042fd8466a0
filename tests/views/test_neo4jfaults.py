"""What goes wrong on the way of a load, each tried against a real server: a clear message, a sound state, a way on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from kg.errors import ServerError
from kg.graph.store import GraphFolder
from kg.views.neo4j import LoadReport, Neo4jTarget
from kg.views.propertygraph import iter_nodes, iter_relationships
from tests.generated import generate
from tests.neo4jserver import Installation, Neo4jServer
from tests.views.loaded import WIPE, accounts, changed, held, load_into, projected, run

pytestmark = pytest.mark.neo4j

#: A message that stands where a driver asks for a commit: a chunk of two bytes, structure B0, tag 12.
COMMIT = bytes.fromhex("0002b0120000")


@pytest.fixture(scope="module")
def server(neo4j_installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A server of these tests' own, which they may kill."""
    with Neo4jServer(neo4j_installation, tmp_path_factory.mktemp("killed"), grace=5) as found:
        yield found


@pytest.fixture
def own(server: Neo4jServer) -> Iterator[Neo4jTarget]:
    """Its database, empty."""
    access = server.access
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as found:
        run(found, WIPE)
        yield found


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    """A graph whose load takes some seconds."""
    return GraphFolder(generate(tmp_path_factory.mktemp("larger") / "graph", documents=120, diseases=40, chemicals=20))


def size(graph: GraphFolder) -> int:
    """Return the number of nodes and relationships."""
    return sum(1 for _ in iter_nodes(graph)) + sum(1 for _ in iter_relationships(graph))


def whole_and_once(target: Neo4jTarget, graph: GraphFolder, report: LoadReport, first: int) -> None:
    """Check that a load that was gone on with wrote the rest and nothing twice."""
    assert held(target) == projected(graph)
    assert accounts(target) == ["graph"]
    assert report.resumed
    rest = report.written_nodes + report.written_relationships
    assert 0 < rest <= size(graph) - first
    assert load_into(target, graph).unchanged


def at(what: str, count: int, act: Callable[[], object]) -> Callable[[str, int, int], None]:
    """Return a progress that acts once, as soon as so much is done."""
    done = Event()

    def progress(stage: str, number: int, _total: int) -> None:
        if stage == what and number >= count and not done.is_set():
            done.set()
            act()

    return progress


def test_a_server_that_is_killed_and_comes_back(server: Neo4jServer, own: Neo4jTarget, larger: GraphFolder) -> None:
    kill = at("relationships", 1000, server.kill)
    with pytest.raises(ServerError, match=r"cannot reach Neo4j .*start the server.*load again: it goes on"):
        load_into(own, larger, batch=100, patience=0.5, progress=kill)
    own.close()
    server.start()
    again: list[Thread] = []

    def restart() -> None:
        server.kill()
        again.append(Thread(target=server.start))
        again[0].start()

    # It is killed once more, and this load waits until it is there again. What was told of had come through.
    report = load_into(own, larger, batch=100, progress=at("relationships", 1500, restart))
    again[0].join()
    assert report.repeated > 0
    own.close()
    whole_and_once(own, larger, report, sum(1 for _ in iter_nodes(larger)) + 1000)


def test_a_client_that_is_killed(own: Neo4jTarget, larger: GraphFolder) -> None:
    command = [sys.executable, "-m", "kg", "load", "neo4j", str(larger.path), "--batch", "40", "--sessions", "3"]
    environment = {"NEO4J_URI": own.uri, "NEO4J_USERNAME": own.user, "NEO4J_PASSWORD": own.password}
    # Killed among the nodes, and again among the relationships.
    for count in ("MATCH (n:Casegraph) RETURN count(n) AS n", "MATCH (:Casegraph)-[x]->() RETURN count(x) AS n"):
        child = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
        while run(own, count)[0]["n"] < 300:
            assert child.poll() is None
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        assert len(accounts(own)) == 4
    whole_and_once(own, larger, load_into(own, larger), 600)


class Cutter:
    """A proxy on loopback that cuts all connections when it has forwarded some commits, whose answers nobody sees.

    Args:
        port: of the server.
        commits: which of the commits are cut, counted over all connections.
    """

    def __init__(self, port: int, commits: set[int]) -> None:
        self._port = port
        self._commits = commits
        self._seen = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut = 0

    def __enter__(self) -> Cutter:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self._cut_all()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                self._open += [client, server]
                silent = Event()
                Thread(target=self._up, args=(client, server, silent), daemon=True).start()
                Thread(target=self._down, args=(server, client, silent), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, silent: Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if data.endswith(COMMIT):
                    self._seen += 1
                    if self._seen in self._commits:
                        silent.set()
                server.sendall(data)

    def _down(self, server: socket.socket, client: socket.socket, silent: Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if silent.is_set():
                    # The server has committed, and the client will never know.
                    self.cut += 1
                    self._cut_all()
                    return
                client.sendall(data)

    def _cut_all(self) -> None:
        for link in self._open:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()
        self._open.clear()


def test_connections_that_are_cut_when_the_server_has_committed(
    server: Neo4jServer, own: Neo4jTarget, graph: GraphFolder
) -> None:
    # With CREATE in place of MERGE a batch that is sent twice would be there twice.
    with Cutter(server.bolt, {2, 5, 6, 11, 30}) as cutter:
        there = Neo4jTarget(cutter.uri, own.user, own.password, own.database)
        report = load_into(there, graph, batch=60, sessions=3)
    assert cutter.cut >= 4
    assert report.repeated >= cutter.cut
    assert held(own) == projected(graph)
    assert accounts(own) == ["graph"]


def test_a_connection_that_stays_cut(server: Neo4jServer, own: Neo4jTarget, graph: GraphFolder) -> None:
    with (
        Cutter(server.bolt, set(range(8, 100_000))) as cutter,
        pytest.raises(ServerError, match=r"cannot reach Neo4j .*it goes on with what is missing"),
    ):
        load_into(Neo4jTarget(cutter.uri, own.user, own.password), graph, batch=60, patience=2)
    # Every batch whose answer was cut is in, once.
    report = load_into(own, graph)
    assert report.resumed
    assert held(own) == projected(graph)


def test_many_sessions_on_the_same_hubs(own: Neo4jTarget, larger: GraphFolder) -> None:
    load_into(own, larger, batch=25, sessions=8)
    assert held(own) == projected(larger)


def test_two_loads_at_once(own: Neo4jTarget, larger: GraphFolder, graph: GraphFolder) -> None:
    reports: list[LoadReport] = []

    def second() -> None:
        reports.append(load_into(own, graph, prune=True))

    with pytest.raises(ServerError, match=r"another load has taken the database neo4j .*then load again"):
        load_into(own, larger, batch=100, progress=at("relationships", 300, second))
    assert held(own) == projected(graph)
    assert accounts(own) == ["graph"]
    assert load_into(own, graph).unchanged


def test_nodes_that_go_while_relationships_come(own: Neo4jTarget, graph: GraphFolder) -> None:
    def lose() -> None:
        run(own, "MATCH (n:Publication:Casegraph) DETACH DELETE n")

    with pytest.raises(ServerError, match=r"relationships \w+ have an end that is not in the database .*load again"):
        load_into(own, graph, batch=100, progress=at("relationships", 100, lose))
    load_into(own, graph)
    assert held(own) == projected(graph)


def test_a_full_disk(neo4j_installation: Installation, graph: GraphFolder, tmp_path: Path) -> None:
    home = tmp_path / "disk"
    home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=240m", "tmpfs", str(home)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk: mounting one needs root")
    # Texts of 45 MB: the file that holds them grows from 32 to 64 MB at once, which is more than there is room for.
    heavy = changed(
        graph,
        tmp_path / "heavy",
        evidence=lambda rows: [{**r, "sentence": "x" * 100_000} for r in rows[:450]] + rows[450:],
    )
    # The logs of transactions take their room when they are made.
    server = Neo4jServer(neo4j_installation, home, settings=("db.tx_log.rotation.size=64m",), grace=20)
    try:
        server.start()
        access = server.access
        ballast = home / "import" / "ballast"
        ballast.write_bytes(bytes(_free(home) - (45 << 20)))
        with Neo4jTarget(access.uri, access.user, access.password, access.database) as target:
            failed = r"neo4j at bolt:\S+ has failed .*logs/debug.log .*full disk.*restart the server"
            with pytest.raises(ServerError, match=failed):
                load_into(target, heavy, batch=20)
            # As long as nothing is done about it, it says so again.
            with pytest.raises(ServerError, match=failed):
                load_into(target, heavy, batch=20)
            ballast.unlink()
            target.close()
            server.stop()
            server.start()
            assert load_into(target, heavy, batch=20).resumed
            assert held(target) == projected(heavy)
    finally:
        server.stop()
        subprocess.run(["umount", str(home)], check=True)


def _free(folder: Path) -> int:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize
