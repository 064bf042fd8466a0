"""`kg fetch` as a user meets it: a real process, a real server on the loopback, then `kg build`."""

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
from typing import Any

import pytest

from tests.live.service_server import Found, LiveServer, State, abstract, article, full_text, serving
from tests.live.times import contents
from tests.terms.release_server import refused_port


@pytest.fixture
def server() -> Iterator[LiveServer]:
    many = range(10_000_001, 10_000_251)
    state = State(
        abstracts={n: abstract(n) for n in many},
        full_texts={7001: full_text(7001, 10_000_001)},
        found=[{"_id": str(n), "pmid": n} for n in many[:12]],
        case_reports=set(many[:5]),
        articles={"PMC7001": article("PMC7001", "10000001"), "PMC7002": article("PMC7002", "10000002")},
        results=[Found("PMC7001"), Found("PMC7002", licence="cc by-nc"), Found("PMC7003", open=False)],
    )
    with serving(state) as running:
        yield running


@pytest.fixture
def environment(server: LiveServer, tmp_path: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and not k.startswith("KG_")}
    return {**kept, "CASEGRAPH_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1", "KG_PUBTATOR_URL": server.pubtator,
            "KG_EUROPEPMC_URL": server.europepmc}  # fmt: skip


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "kg", *map(str, words)]


def run(
    environment: dict[str, str], *words: object, code: int = 0, given: str | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command(*words), capture_output=True, text=True, check=False, env=environment, timeout=120,
                          input=given)  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def ledger(environment: dict[str, str], graph: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(environment, "ledger", graph, "--json").stdout)
    return told


# -- the whole way ---------------------------------------------------------------------------------------------------


def test_from_pubtator_to_a_graph(server: LiveServer, environment: dict[str, str], tmp_path: Path) -> None:
    pmids = tmp_path / "pmids.txt"
    pmids.write_text("\n".join(map(str, server.state.abstracts)))
    done = run(environment, "fetch", "pubtator", "--pmid", f"@{pmids}", "-o", tmp_path / "docs", "--json")
    report = json.loads(done.stdout)
    assert (report["asked"], len(report["fetched"]), report["missing"]) == (250, 250, [])
    assert done.stderr == ""
    run(environment, "build", tmp_path / "docs", "-o", tmp_path / "graph")
    totals = ledger(environment, tmp_path / "graph")["totals"]
    assert totals["document"] == {"received": 250, "kept": 250, "merged": 0, "set_aside": 0}
    # Two mentions in each title and one in each abstract.
    assert totals["mention"]["received"] == 750
    manifest = json.loads((tmp_path / "graph" / "manifest.json").read_text())
    assert manifest["counts"]["documents"] == 250


def test_from_europepmc_to_a_graph(environment: dict[str, str], tmp_path: Path) -> None:
    words = ("fetch", "europepmc", "--query", "aspirin", "--case-reports", "-o", tmp_path / "docs", "--json")
    report = json.loads(run(environment, *words).stdout)
    assert report["fetched"] == ["PMC7001", "PMC7002"]
    assert report["licences"] == {"cc by": 1, "cc by-nc": 1}
    run(environment, "build", tmp_path / "docs", "-o", tmp_path / "graph")
    assert ledger(environment, tmp_path / "graph")["totals"]["document"]["kept"] == 2


def test_abstract_and_full_text_become_one_document(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "fetch", "pubtator", "--pmid", "10000001", "-o", tmp_path / "all" / "abstracts")
    run(environment, "fetch", "europepmc", "--pmcid", "PMC7001", "-o", tmp_path / "all" / "articles")
    run(environment, "fetch", "pubtator", "--pmcid", "PMC7001", "-o", tmp_path / "all" / "full")
    run(environment, "build", tmp_path / "all", "-o", tmp_path / "graph")
    totals = ledger(environment, tmp_path / "graph")["totals"]["document"]
    assert totals == {"received": 3, "kept": 1, "merged": 2, "set_aside": 0}


# -- what is printed, and how it ends --------------------------------------------------------------------------------


def test_a_query(server: LiveServer, environment: dict[str, str], tmp_path: Path) -> None:
    words = (
        "fetch",
        "pubtator",
        "--query",
        "@CHEMICAL_Aspirin",
        "--case-reports",
        "--limit",
        "3",
        "-o",
        tmp_path / "d",
    )
    done = run(environment, *words)
    assert "3 documents asked for: 3 fetched, 0 there already, 0 missing (2 requests)" in done.stdout
    assert "the search finds 5 documents" in done.stdout
    assert server.asked() == ["10000001", "10000002", "10000003"]
    assert "3 there already" in run(environment, *words).stdout
    assert len(server.state.seen) == 2


def test_standard_input_and_one_file(environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "all.json.gz"
    run(environment, "fetch", "pubtator", "--pmid", "-", "-o", out, given="10000001\n10000002\n")
    assert (tmp_path / ".all.json.gz.fetch" / "fetch.manifest").is_file()
    run(environment, "build", tmp_path, "-o", tmp_path / "graph")
    assert ledger(environment, tmp_path / "graph")["totals"]["document"]["kept"] == 2


def test_something_is_missing(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(environment, "fetch", "pubtator", "--pmid", "10000001,99", "-o", tmp_path / "docs", code=1)
    assert "kg: missing: PMID:99: not-found" in done.stderr
    done = run(environment, "fetch", "europepmc", "--pmcid", "PMC7001 PMC7003,PMC1", "-o", tmp_path / "more", "--json",
               code=1)  # fmt: skip
    report = json.loads(done.stdout)
    assert [(one["id"], one["reason"]) for one in report["missing"]] == [
        ("PMC1", "not-found"), ("PMC7003", "not-open-access")]  # fmt: skip
    assert report["fetched"] == ["PMC7001"]


def test_many_missing_are_counted(environment: dict[str, str], tmp_path: Path) -> None:
    pmids = ",".join(map(str, range(1, 81)))
    done = run(environment, "fetch", "pubtator", "--pmid", pmids, "-o", tmp_path / "docs", code=1)
    assert done.stderr.count("missing: PMID") == 50
    assert "and 30 more are missing" in done.stderr


@pytest.mark.parametrize("words", [
    (), ("--pmid", "x"), ("--pmid", ""), ("--query", " "), ("--query", "a", "--pmid", "7"), ("--pmid", "7", "--limit", "3"),
    ("--pmid", "7", "--case-reports"), ("--pmid", "7", "--full", "--format", "pubtator"), ("--query", "a", "--limit", "0"),
    ("--pmcid", "PMC7", "--format", "pubtator"), ("--pmid", "@/no/such/file"), ("--pmid", "7", "--rate", "10"),
    ("--pmid", "7", "--url", "ftp://owner.example"), ("--pmid", "7", "--url", "https://me:geheim@owner.example"),
])  # fmt: skip
def test_a_wrong_call(environment: dict[str, str], tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(environment, "fetch", "pubtator", *words, "-o", tmp_path / "docs", code=2)
    assert "geheim" not in done.stderr
    assert not (tmp_path / "docs").exists()


@pytest.mark.parametrize("words", [(), ("--pmcid", "x"), ("--query", ""), ("--query", "a", "--pmcid", "PMC7"),
                                   ("--pmcid", "PMC7", "--any-access"), ("--pmcid", "PMC7", "--limit", "3")])  # fmt: skip
def test_a_wrong_call_of_europepmc(environment: dict[str, str], tmp_path: Path, words: tuple[str, ...]) -> None:
    run(environment, "fetch", "europepmc", *words, "-o", tmp_path / "docs", code=2)


def test_a_file_of_another_format(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(environment, "fetch", "pubtator", "--pmid", "7", "-o", tmp_path / "all.xml", code=2)
    assert "no name of a file in biocjson" in done.stderr


def test_a_graph_is_not_fetched_into(environment: dict[str, str], tmp_path: Path) -> None:
    run(environment, "fetch", "pubtator", "--pmid", "10000001", "-o", tmp_path / "docs")
    run(environment, "build", tmp_path / "docs", "-o", tmp_path / "graph")
    done = run(environment, "fetch", "pubtator", "--pmid", "10000001", "-o", tmp_path / "graph", code=2)
    assert "name a new folder" in done.stderr


def test_nobody_there(environment: dict[str, str], tmp_path: Path) -> None:
    nobody = {**environment, "KG_PUBTATOR_URL": f"http://127.0.0.1:{refused_port()}/secret"}
    done = run(nobody, "fetch", "pubtator", "--pmid", "7", "--attempts", "1", "-o", tmp_path / "docs", code=1)
    assert "PMID:7: unreachable" in done.stderr


def test_throttled_then_served(server: LiveServer, environment: dict[str, str], tmp_path: Path) -> None:
    server.state.faults += ["429:1", "500", "cut"]
    began = time.monotonic()
    run(environment, "fetch", "pubtator", "--pmid", "10000001", "-o", tmp_path / "docs")
    # One second as asked, then two and four of the back-off.
    assert time.monotonic() - began >= 7
    assert len(server.state.seen) == 4


def test_the_owners_rate_is_kept(server: LiveServer, environment: dict[str, str], tmp_path: Path) -> None:
    server.state.found = [{"_id": str(n), "pmid": n} for n in list(server.state.abstracts)[:80]]
    run(environment, "fetch", "pubtator", "--query", "aspirin", "-o", tmp_path / "docs")
    moments = [seen.moment for seen in server.state.seen]
    assert len(moments) == 9
    assert max(sum(begin <= other < begin + 1 for other in moments) for begin in moments) <= 3


# -- interrupted, killed ---------------------------------------------------------------------------------------------


def stopped(server: LiveServer, environment: dict[str, str], folder: Path, how: signal.Signals) -> tuple[int, str]:
    """Start a fetch whose third request is not answered, and stop it there."""
    server.state.faults += ["", "", "hang"]
    words = command("fetch", "pubtator", "--pmid", ",".join(map(str, server.state.abstracts)), "-o", folder)
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while len(server.state.seen) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(how)
        _, errors = process.communicate(timeout=30)
    return process.returncode, errors


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_stopped_half_way_and_resumed(
    server: LiveServer, environment: dict[str, str], tmp_path: Path, how: signal.Signals
) -> None:
    code, errors = stopped(server, environment, tmp_path / "docs", how)
    # Only what cannot be caught ends a command without its clearing up.
    assert code == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[how]
    assert "Traceback" not in errors
    assert ("the same command goes on" in errors) == (how == signal.SIGINT)
    assert not list((tmp_path / "docs").glob("*.part"))
    run(environment, "build", tmp_path / "docs", "-o", tmp_path / "half")
    assert ledger(environment, tmp_path / "half")["totals"]["document"]["kept"] == 200
    server.state.seen.clear()
    pmids = ",".join(map(str, server.state.abstracts))
    done = run(environment, "fetch", "pubtator", "--pmid", pmids, "-o", tmp_path / "docs")
    assert "50 fetched, 200 there already" in done.stdout
    assert server.asked() == list(map(str, range(10_000_201, 10_000_251)))
    run(environment, "fetch", "pubtator", "--pmid", pmids, "-o", tmp_path / "whole")
    assert contents(tmp_path / "docs") == contents(tmp_path / "whole")


def test_two_at_once(server: LiveServer, environment: dict[str, str], tmp_path: Path) -> None:
    server.state.faults += ["hang"]
    words = ("fetch", "pubtator", "--pmid", "10000001", "-o", tmp_path / "docs")
    with subprocess.Popen(command(*words), env=environment, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not server.state.seen and time.monotonic() < deadline:
            time.sleep(0.02)
        assert "another fetch is at work" in run(environment, *words, code=1).stderr
        process.kill()


def test_a_bar_on_a_terminal_only(environment: dict[str, str], tmp_path: Path) -> None:
    words = command("fetch", "pubtator", "--query", "aspirin", "-o", tmp_path / "docs")
    inside, outside = pty.openpty()
    with subprocess.Popen(
        words, env={**environment, "TERM": "xterm"}, stdout=subprocess.DEVNULL, stderr=outside
    ) as done:
        os.close(outside)
        shown = b""
        while True:
            try:
                piece = os.read(inside, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
    os.close(inside)
    assert done.returncode == 0
    assert b"Fetching" in shown
    assert b"100%" in shown
