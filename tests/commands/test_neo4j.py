"""`kg neo4j`: starting twice, after a kill, ending; and the guide for a server elsewhere, over real HTTP."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j
import pytest
import requests
from click.testing import CliRunner, Result

from kg.commands.neo4j import neo4j as command
from kg.errors import CasegraphError, InputError, ServerError
from kg.graph.store import GraphFolder
from kg.live import neo4jjars
from kg.live.guideserver import GuideServer
from kg.live.neo4jjars import CURRENT, LTS, Installation, NoNeo4jError, find_java, java_version
from kg.live.neo4jlocal import LocalNeo4j, start, status, stop
from kg.live.neo4jserver import free_port, speaks_bolt
from tests.conftest import Started
from tests.generated import generate


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments])


def count(running: LocalNeo4j) -> int:
    access = running.access
    with neo4j.GraphDatabase.driver(access.uri, auth=(access.user, access.password)) as driver:
        return int(driver.execute_query("MATCH (n:Casegraph) RETURN count(n) AS n").records[0]["n"])


def now(home: Path) -> LocalNeo4j:
    running = status(home)
    assert running is not None
    return running


@pytest.mark.neo4j
def test_it_says_where_it_runs_and_keeps_the_password_to_itself(started_neo4j: Started) -> None:
    home, output = started_neo4j.home, started_neo4j.output
    running = now(home)
    password = running.access.password
    assert running.browser in output
    assert str(home / "password") in output
    assert f"End it with: kg neo4j stop --home {shlex.quote(str(home))}" in output
    assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    # Neither what is printed nor a process or a setting tells it.
    told = [Path(f"/proc/{pid}/{what}").read_text() for pid in (running.server_pid, running.guide_pid)
            for what in ("cmdline", "environ") if Path("/proc/self").exists()]  # fmt: skip
    assert not any(password in text for text in (output, (home / "conf" / "neo4j.conf").read_text(), *told))
    assert len(password) >= 16
    assert count(running) > 0
    assert requests.get(running.browser, timeout=10).status_code == 200
    page = requests.get(f"{running.guide_address}guide.html", timeout=10)
    assert (page.status_code, "osteosarcoma" in page.text) == (200, True)


@pytest.mark.neo4j
def test_started_twice_it_runs_once(started_neo4j: Started, tmp_path: Path) -> None:
    before = now(started_neo4j.home)
    nodes = count(before)
    again = run("start", started_neo4j.graph, "--home", started_neo4j.home)
    assert again.exit_code == 0
    assert "already runs" in again.stdout
    assert now(started_neo4j.home) == before
    # Another graph takes the place of the first, in the database and in the guide.
    other = GraphFolder(generate(tmp_path / "other", documents=6, diseases=8, chemicals=5))
    assert run("start", other.path, "--home", started_neo4j.home).exit_code == 0
    assert count(before) != nodes
    assert "osteosarcoma" not in requests.get(f"{before.guide_address}guide.html", timeout=10).text
    told = json.loads(run("start", started_neo4j.graph, "--home", started_neo4j.home, "--json").stdout)
    assert (told["started"], told["browser"], count(before)) == (False, before.browser, nodes)
    assert run("status", "--home", started_neo4j.home).exit_code == 0


@pytest.mark.neo4j
def test_it_starts_again_after_a_kill_and_ends_once(started_neo4j: Started) -> None:
    home = started_neo4j.home
    before = now(home)
    nodes = count(before)
    # The guide alone is killed: the server goes on.
    os.kill(before.guide_pid, signal.SIGKILL)
    assert run("start", started_neo4j.graph, "--home", home).exit_code == 0
    assert (now(home).server_pid, now(home).guide) == (before.server_pid, before.guide)
    assert requests.get(f"{before.guide_address}guide.html", timeout=10).status_code == 200
    # Both are killed, the note of them stays.
    for pid in (now(home).server_pid, now(home).guide_pid):
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    assert status(home) is None
    assert run("status", "--home", home).exit_code == 1
    assert run("start", started_neo4j.graph, "--home", home).exit_code == 0
    after = now(home)
    assert after.server_pid != before.server_pid
    assert count(after) == nodes
    # An older note names a process that is another's now: it is left alone.
    note = home / "casegraph.json"
    kept = note.read_text()
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        note.write_text(json.dumps({**json.loads(kept), "server_pid": bystander.pid, "guide_pid": bystander.pid}))
        assert status(home) is None
        assert not stop(home)
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
        note.write_text(kept)
    assert stop(home, grace=5)
    assert not speaks_bolt(after.bolt)
    assert "No Neo4j runs" in run("stop", "--home", home).stdout
    ports = [f"--bolt-port={free_port()}", f"--http-port={free_port()}"]
    assert run("start", started_neo4j.graph, "--home", home, *ports).exit_code == 0
    assert count(now(home)) == nodes


def test_a_folder_of_others_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "file").write_text("x")
    with pytest.raises(InputError, match="holds something else"):
        start(tmp_path / "theirs")
    assert [f.name for f in (tmp_path / "theirs").iterdir()] == ["file"]
    assert stop(tmp_path / "theirs") is False
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be the server's folder"):
        start(tmp_path / "file")


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4jjars, "JAVA_FOLDERS", (tmp_path,))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoNeo4jError, match=r"no Java 17 or newer.*openjdk-17-jre-headless"):
        Installation.get(LTS, tmp_path / "none")
    # A Java whose folder tells its version, too old for the current Neo4j.
    old = tmp_path / "old" / "bin"
    old.mkdir(parents=True)
    (old / "java").touch(mode=0o755)
    (tmp_path / "old" / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="17.0.1"\n')
    assert (java_version(old / "java"), find_java(17)) == (17, old / "java")
    with pytest.raises(NoNeo4jError, match=re.escape(f"{old / 'java'} is 17")):
        find_java(CURRENT.java)
    with pytest.raises(NoNeo4jError, match=r"no mvn on the path.*apt-get install maven"):
        Installation.get(LTS, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_guide_is_written_for_elsewhere(seed_graph: GraphFolder, tmp_path: Path) -> None:
    done = run("guide", seed_graph.path, "-o", tmp_path / "out", "--url", "https://guides.example/x")
    assert done.exit_code == 0
    assert "browser.remote_content_hostname_whitelist=guides.example" in done.stdout
    assert "browser.post_connect_cmd=guide https://guides.example/x/guide.html" in done.stdout
    assert ":style https://guides.example/x/style.grass" in (tmp_path / "out" / "guide.html").read_text("utf-8")
    assert zipfile.is_zipfile(tmp_path / "out" / "queries.zip")
    plain = run("guide", seed_graph.path, "-o", tmp_path / "plain")
    assert "--url" in plain.stdout
    assert ":style" not in (tmp_path / "plain" / "guide.html").read_text("utf-8")


@contextmanager
def serving(graph: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "neo4j", "guide", str(graph), "--port", "0", *arguments],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        found = re.search(r"at (http://localhost:\d+/)guide\.html", lines[0])
        assert found, lines
        yield found[1], "".join(lines)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_the_guide_is_served_to_browser_alone(seed_graph: GraphFolder) -> None:
    with serving(seed_graph.path, "--origin", "https://graph.example:7473/") as (address, said):
        assert "browser.remote_content_hostname_whitelist=localhost" in said
        assert f"browser.post_connect_cmd=guide {address}guide.html" in said
        assert f":guide {address}guide.html" in said
        for origin in ("http://localhost:7474", "http://127.0.0.1:17474", "https://graph.example:7473"):
            asked = requests.options(f"{address}style.grass", headers={"Origin": origin}, timeout=10)
            assert (asked.status_code, asked.headers["Access-Control-Allow-Headers"]) == (204, "*")
            answer = requests.get(f"{address}style.grass", headers={"Origin": origin}, timeout=10)
            assert answer.headers["Access-Control-Allow-Origin"] == origin
            assert answer.text.startswith("node {")
        for origin in (
            "https://elsewhere.example",
            "null",
            "http://localhost.elsewhere.example",
            "https://graph.example",
        ):
            answer = requests.get(f"{address}guide.html", headers={"Origin": origin}, timeout=10)
            assert "Access-Control-Allow-Origin" not in answer.headers
        # A name of others that leads to this machine.
        stranger = requests.get(f"{address}guide.html", headers={"Host": "elsewhere.example"}, timeout=10)
        assert stranger.status_code == 404
        for path in ("../manifest.json", "manifest.json", "%2e%2e/manifest.json", "guide.html/x"):
            assert requests.get(f"{address}{path}", timeout=10).status_code == 404
        head = requests.head(f"{address}queries.zip", timeout=10)
        assert (head.headers["Content-Type"], head.content) == ("application/zip", b"")


def test_a_port_in_use_is_said(seed_graph: GraphFolder, tmp_path: Path) -> None:
    with GuideServer(tmp_path) as server:
        done = run("guide", seed_graph.path, "--port", server.server_port)
        assert isinstance(done.exception, ServerError)
        assert isinstance(done.exception, CasegraphError)
        assert "name another" in str(done.exception)
