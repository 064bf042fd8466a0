"""`kg terms fetch` as a user meets it: a real process, a real server on the loopback."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.terms.sources import read_sources
from tests.terms import published
from tests.terms.release_server import ReleaseServer, Served, refused_port, serving

LARGE = published.obo() + b"".join(b"\n[Term]\nid: MONDO:%07d\nname: name %d\n" % (n, n) for n in range(50_000))


@pytest.fixture
def server() -> Iterator[ReleaseServer]:
    with serving() as running:
        published.publish(running)
        yield running


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return {**kept, "CASEGRAPH_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1"}


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "kg", "terms", "fetch", *map(str, words)]


def run(environment: dict[str, str], *words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(*words), capture_output=True, text=True, check=False, env=environment, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_help_and_list(environment: dict[str, str]) -> None:
    text = run(environment, "--help").stdout
    for word in ("--release", "--mirror", "--to", "--format", "--offline", "--max-size", "--all-files"):
        assert word in text
    rows = run(environment, "--list").stdout
    assert "CID-InChI-Key" in rows
    assert "by name" in rows
    assert {p["key"] for p in json.loads(run(environment, "--list", "--json").stdout)} >= {"mondo", "mesh", "pubchem"}


def test_fetch_then_compile(server: ReleaseServer, environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(environment, "mondo", "mesh", "--release", "mesh=2026", "--mirror", server.url, "--to", out)
    assert done.stderr == ""
    assert "2026-05-05" in done.stdout
    assert f"in {out}" in done.stdout
    assert [s.key for s in read_sources(out)] == ["mesh", "mondo"]


def test_json(server: ReleaseServer, environment: dict[str, str]) -> None:
    report = json.loads(run(environment, "mondo", "--mirror", server.url, "--json").stdout)
    (file,) = report["files"]
    assert (file["status"], file["version"], file["size"]) == ("fetched", "2026-05-05", len(published.obo()))
    assert Path(file["path"]).read_bytes() == published.obo()
    assert report["folders"] == [str(Path(file["path"]).parent)]


def test_nothing_to_be_had_exits_with_1_and_says_what_to_do(environment: dict[str, str]) -> None:
    nobody = f"http://me:geheim@127.0.0.1:{refused_port()}"
    done = run(environment, "mondo", "--mirror", nobody, code=1)
    assert "missing: mondo.obo" in done.stderr
    assert "--mirror FOLDER" in " ".join(done.stderr.split())
    assert "geheim" not in done.stdout + done.stderr
    done = run(environment, "mondo", "--offline", code=1)
    assert "--offline" in done.stderr


def test_the_cache_is_enough(server: ReleaseServer, environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "mondo", "--mirror", server.url)
    done = run(environment, "mondo", "--mirror", f"http://127.0.0.1:{refused_port()}", "--to", tmp_path / "out")
    assert "cached" in done.stdout
    assert "mondo.obo is the cache's" in done.stderr
    assert (tmp_path / "out" / "mondo.obo").read_bytes() == published.obo()
    # One of two: the rest is there, and the exit says that something is not.
    run(environment, "mondo", "pubchem", "--offline", code=1)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("mondoo",), "did you mean mondo"),
        (("mondo", "--release", "2026"), "2026-05-05"),
        (("mondo", "--mirror", "nowhere"), "no folder nowhere"),
        (("mondo", "--format", "rdf"), "rdf"),
        (("mondo", "--max-size", "0"), "max-size"),
    ],
)
def test_wrong_calls(environment: dict[str, str], words: tuple[str, ...], message: str) -> None:
    assert message in run(environment, *words, code=2).stderr


def test_max_size(server: ReleaseServer, environment: dict[str, str]) -> None:
    done = run(environment, "mondo", "--mirror", server.url, "--max-size", "0.0000001", code=1)
    assert "--max-size" in done.stderr


def test_ctrl_c_keeps_what_has_come(server: ReleaseServer, environment: dict[str, str], tmp_path: Path) -> None:
    server.files["/obo/mondo.obo"] = Served(LARGE, faults=["stall:900000"])
    words = command("mondo", "--mirror", server.url)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as job:
        deadline = time.monotonic() + 60
        while not (parts := [p for p in tmp_path.rglob("*.part") if p.stat().st_size > 500_000]):
            assert job.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        job.send_signal(signal.SIGINT)
        _, said = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "kept" in said
    assert "Traceback" not in said
    come = parts[0].stat().st_size
    report = json.loads(run(environment, "mondo", "--mirror", server.url, "--json").stdout)
    assert report["files"][0]["received"] == len(LARGE) - come
    assert Path(report["files"][0]["path"]).read_bytes() == LARGE


def test_a_bar_on_a_terminal_only(server: ReleaseServer, environment: dict[str, str]) -> None:
    server.files["/obo/mondo.obo"] = Served(LARGE, faults=["break:800000"])
    ours, theirs = pty.openpty()
    job = subprocess.Popen(command("mondo", "--mirror", server.url), stdout=subprocess.PIPE, stderr=theirs,
                           env={**environment, "TERM": "xterm"})  # fmt: skip
    os.close(theirs)
    drawn = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        drawn += chunk
    os.close(ours)
    job.communicate(timeout=60)
    assert job.returncode == 0
    assert b"mondo.obo" in drawn
    assert b"2.1 MB" in drawn
    assert b"100%" in drawn
    assert run(environment, "mondo", "--mirror", server.url).stderr == ""
