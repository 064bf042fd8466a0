"""Fetching from Europe PMC: full texts of the open-access subset, and a word for each other article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.documents.intake import find_inputs
from kg.documents.reading import read_input
from kg.live.articles import pmcid_of
from kg.live.europepmc import PAGE, Question, fetch_europepmc
from kg.live.report import FetchReport
from kg.transfer import BrokenError
from tests.live.service_server import Found, LiveServer, State, article, serving
from tests.live.times import LIMITS, contents, open_at


@pytest.fixture
def server() -> Iterator[LiveServer]:
    keys = [f"PMC{n}" for n in range(1, 13)]
    state = State(articles={key: article(key, str(7000 + n)) for n, key in enumerate(keys)},
                  results=[Found(key, pmid=str(7000 + n)) for n, key in enumerate(keys)])  # fmt: skip
    with serving(state) as running:
        yield running


def fetch(server: LiveServer, folder: Path, **options: Any) -> FetchReport:
    return fetch_europepmc(folder, open_at(server.europepmc), **options)


def missing(report: FetchReport) -> dict[str, str]:
    return {one.id: one.reason for one in report.missing}


def fetched(server: LiveServer) -> list[str]:
    return [seen.path.split("/")[2] for seen in server.requests("fullTextXML")]


def test_articles_by_name(server: LiveServer, tmp_path: Path) -> None:
    server.state.results[1].licence = "cc by-nc"
    server.state.results[2].licence = ""
    report = fetch(server, tmp_path, pmcids=["PMC1", "PMC2", "PMC3"])
    assert (report.fetched, report.whole) == (["PMC1", "PMC2", "PMC3"], True)
    assert report.licences == {"cc by": 1, "cc by-nc": 1, "not told": 1}
    assert (tmp_path / "PMC2.xml").read_text() == server.state.articles["PMC2"]
    manifest = json.loads((tmp_path / "fetch.manifest").read_text())
    assert manifest["articles"]["PMC2"] == {"licence": "cc by-nc", "open": True}
    documents = [d for item in find_inputs([tmp_path]) for d in read_input(item).documents]
    assert sorted(d.pmcid or "" for d in documents) == ["PMC1", "PMC2", "PMC3"]


def test_what_has_no_open_full_text_is_told(server: LiveServer, tmp_path: Path) -> None:
    server.state.results[1].open = False
    del server.state.articles["PMC3"]
    report = fetch(server, tmp_path, pmcids=["PMC1", "PMC2", "PMC3", "PMC404"])
    assert report.fetched == ["PMC1"]
    assert missing(report) == {"PMC2": "not-open-access", "PMC3": "no-full-text", "PMC404": "not-found"}
    assert fetched(server) == ["PMC1", "PMC3"]
    server.state.seen.clear()
    again = fetch(server, tmp_path, pmcids=["PMC1", "PMC2", "PMC3", "PMC404"])
    assert (again.kept, missing(again), server.state.seen) == (["PMC1"], missing(report), [])
    server.state.results[1].open = True
    assert fetch(server, tmp_path, pmcids=["PMC2"], refresh=True).fetched == ["PMC2"]


def test_many_are_looked_up_in_few_requests(server: LiveServer, tmp_path: Path) -> None:
    server.state.results = [Found(f"PMC{n}", open=False) for n in range(1, 121)]
    report = fetch(server, tmp_path, pmcids=[f"PMC{n}" for n in range(1, 121)])
    assert len(server.state.seen) == 3
    assert set(missing(report).values()) == {"not-open-access"}


def test_a_search_by_cursor(server: LiveServer, tmp_path: Path) -> None:
    count = 2 * PAGE + 5
    server.state.results = [Found(f"PMC{n}") for n in range(1, count + 1)]
    server.state.articles = {f"PMC{n}": article(f"PMC{n}") for n in range(1, count + 1)}
    report = fetch(server, tmp_path, question=Question("aspirin"))
    assert (report.found, len(report.fetched), report.whole) == (count, count, True)
    searches = server.requests("/search")
    assert [seen.options["cursorMark"] for seen in searches] == ["*", "AoI100", "AoI200", "AoI205"]
    assert {seen.options["query"] for seen in searches} == {"(aspirin) AND OPEN_ACCESS:y AND HAS_FT:y"}
    assert {seen.options["resultType"] for seen in searches} == {"core"}


def test_case_reports_and_limit(server: LiveServer, tmp_path: Path) -> None:
    for one in server.state.results[:6]:
        one.types = ("Review",)
    report = fetch(server, tmp_path, question=Question("aspirin", case_reports=True, limit=4))
    assert report.fetched == ["PMC7", "PMC8", "PMC9", "PMC10"]
    assert report.found == 6


def test_any_access_tells_what_is_closed(server: LiveServer, tmp_path: Path) -> None:
    server.state.results[0].open = False
    server.state.results[1] = Found("", pmid="7001")
    report = fetch(server, tmp_path, question=Question("aspirin", open_access=False))
    assert missing(report) == {"PMC1": "not-open-access", "MED:7001": "no-full-text"}
    assert len(report.fetched) == 10
    server.state.seen.clear()
    assert len(fetch(server, tmp_path / "open", question=Question("aspirin")).fetched) == 10 + 0


def test_nothing_found(server: LiveServer, tmp_path: Path) -> None:
    server.state.results = []
    report = fetch(server, tmp_path, question=Question("xyzzy"))
    assert (report.asked, report.found, report.whole) == (0, 0, True)


def test_more_announced_than_given(server: LiveServer, tmp_path: Path) -> None:
    server.state.overstated = 2
    report = fetch(server, tmp_path, question=Question("aspirin"))
    assert (len(report.fetched), report.whole) == (12, True)
    assert report.notes == ["the service says that it has 14 documents, and gives 12"]


@pytest.mark.parametrize("fault", ["500", "429:3", "cut", "cut-quietly", "html", "hang", "text:", "gzip-cut", "other"])
def test_trouble_passes(server: LiveServer, tmp_path: Path, fault: str) -> None:
    server.state.faults += ["", fault]
    report = fetch(server, tmp_path, pmcids=["PMC1", "PMC2"])
    assert report.fetched == ["PMC1", "PMC2"]
    assert (tmp_path / "PMC1.xml").read_text() == server.state.articles["PMC1"]


@pytest.mark.parametrize(("fault", "reason"), [("500", "busy"), ("other", "wrong-content"), ("html", "damaged"),
                                               ("403", "refused"), ("text:<html/>", "damaged"),
                                               ("text:<book/>", "wrong-content"), ("flood", "too-large")])  # fmt: skip
def test_one_article_that_cannot_be_had_stops_no_other(
    server: LiveServer, tmp_path: Path, fault: str, reason: str
) -> None:
    server.state.always = lambda seen: fault if "PMC2/" in seen.path else ""
    report = fetch(server, tmp_path, pmcids=["PMC1", "PMC2", "PMC3"])
    assert (report.fetched, missing(report)) == (["PMC1", "PMC3"], {"PMC2": reason})
    assert not (tmp_path / "PMC2.xml").exists()
    server.state.always = lambda _: ""
    assert fetch(server, tmp_path, pmcids=["PMC1", "PMC2", "PMC3"]).fetched == ["PMC2"]


def test_a_service_that_fails_is_left_alone(server: LiveServer, tmp_path: Path) -> None:
    server.state.always = lambda seen: "503" if "fullText" in seen.path else ""
    report = fetch(server, tmp_path, pmcids=[f"PMC{n}" for n in range(1, 13)])
    assert [one.reason for one in report.missing] == ["busy"] * 5 + ["not-asked"] * 7
    assert len(server.requests("fullText")) == 5 * LIMITS.attempts
    server.state.always = lambda _: ""
    assert fetch(server, tmp_path, pmcids=[f"PMC{n}" for n in range(1, 13)]).whole


def test_a_look_up_that_fails_is_told(server: LiveServer, tmp_path: Path) -> None:
    server.state.always = lambda _: "503"
    report = fetch(server, tmp_path, pmcids=["PMC1"])
    assert missing(report) == {"PMC1": "busy"}
    server.state.always = lambda _: ""
    assert fetch(server, tmp_path, pmcids=["PMC1"]).whole


def test_it_goes_on_where_it_stopped(server: LiveServer, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    question = Question("aspirin")
    fetch(server, whole, question=question)
    server.state.seen.clear()

    def interrupt(done: int, _all: int, label: str) -> None:
        if (done, label) == (5, "Fetching"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, broken, question=question, progress=interrupt)
    assert len(fetched(server)) == 5
    report = fetch(server, broken, question=question)
    assert (len(report.kept), len(report.fetched)) == (5, 7)
    assert sorted(fetched(server)) == sorted(server.state.articles)
    assert contents(broken) == contents(whole)


def test_killed_before_the_manifest_was_saved(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmcids=["PMC1", "PMC2"])
    (tmp_path / "fetch.manifest").unlink()
    server.state.seen.clear()
    report = fetch(server, tmp_path, pmcids=["PMC1", "PMC2", "PMC3"])
    assert (report.kept, report.fetched, fetched(server)) == (["PMC1", "PMC2"], ["PMC3"], ["PMC3"])
    (tmp_path / "PMC77.xml").write_text(article("PMC78"))
    assert fetch(server, tmp_path, pmcids=["PMC1"]).notes == [
        "PMC77.xml was not made by `kg fetch`; `kg build` may read it as well"]  # fmt: skip


def test_two_runs_same_bytes(server: LiveServer, tmp_path: Path) -> None:
    server.state.faults += ["429", "", "cut"]
    keys = [f"PMC{n}" for n in range(1, 13)]
    fetch(server, tmp_path / "a", pmcids=keys)
    fetch(server, tmp_path / "b", pmcids=keys[::-1])
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_the_identifier_of_an_article_is_its_own() -> None:
    assert pmcid_of(article("PMC33").encode()) == "PMC33"
    assert pmcid_of(article("PMC33").replace(">33<", ">PMC33.2<").encode()) == "PMC33"
    assert pmcid_of(article("PMC33").replace('pub-id-type="pmc">33', 'pub-id-type="pii">33').encode()) == ""
    with pytest.raises(BrokenError):
        pmcid_of(article("PMC33").encode()[:-20])
