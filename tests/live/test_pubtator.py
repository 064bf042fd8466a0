"""Fetching from PubTator3: everything that is asked for is there, or told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.documents.intake import Input, find_inputs
from kg.documents.reading import read_input
from kg.errors import InputError
from kg.live.exports import Form
from kg.live.pubtator import Question, fetch_pubtator
from kg.live.report import FetchReport
from kg.model import Document
from tests.live.service_server import LiveServer, Seen, State, abstract, full_text, serving
from tests.live.times import LIMITS, Times, contents, open_at


@pytest.fixture
def server() -> Iterator[LiveServer]:
    state = State(abstracts={n: abstract(n) for n in range(1, 251)},
                  full_texts={1000 + n: full_text(1000 + n, n) for n in range(1, 61)})  # fmt: skip
    with serving(state) as running:
        yield running


def numbers(*ranges: range) -> list[str]:
    return [str(n) for one in ranges for n in one]


def fetch(server: LiveServer, folder: Path, **options: Any) -> FetchReport:
    return fetch_pubtator(folder, open_at(server.pubtator), **options)


def read(folder: Path) -> list[Document]:
    return [document for item in find_inputs([folder]) for document in read_input(item).documents]


def ids(folder: Path) -> list[str]:
    return sorted(read_ids(folder), key=lambda key: int(key.rpartition(":")[2].removeprefix("PMC")))


def read_ids(folder: Path) -> list[str]:
    return [document.id for document in read(folder)]


def missing(report: FetchReport) -> dict[str, str]:
    return {one.id: one.reason for one in report.missing}


def test_all_that_is_asked_for(server: LiveServer, tmp_path: Path) -> None:
    report = fetch(server, tmp_path, pmids=numbers(range(1, 251)))
    assert (len(report.fetched), report.kept, report.missing, report.whole) == (250, [], [], True)
    assert ids(tmp_path) == [f"PMID:{n}" for n in range(1, 251)]
    sizes = [len(seen.options["pmids"].split(",")) for seen in server.state.seen]
    assert sizes == [100, 100, 50]
    assert report.requests == 3


@pytest.mark.parametrize("form", ["biocjson", "biocxml", "pubtator"])
def test_each_format(server: LiveServer, tmp_path: Path, form: Form) -> None:
    some = range(10_000_000, 10_000_007)
    server.state.abstracts = {n: abstract(n) for n in some}
    report = fetch(server, tmp_path, pmids=numbers(some), form=form)
    assert report.whole
    documents = read(tmp_path)
    assert [d.id for d in documents] == [f"PMID:{n}" for n in some]
    assert all(len(d.mentions) >= 2 for d in documents)


def test_full_texts(server: LiveServer, tmp_path: Path) -> None:
    report = fetch(server, tmp_path, pmids=numbers(range(58, 63)), pmcids=["PMC1001", "PMC1059"], full=True)
    assert report.whole
    assert report.fetched == ["PMC1001", "PMC1059", *(f"PMID:{n}" for n in range(58, 63))]
    assert [seen.path.rpartition("/publications/")[2] for seen in server.state.seen] == [
        "export/biocjson", "pmc_export/biocjson"]  # fmt: skip
    assert server.state.seen[0].options["full"] == "true"
    # Articles 59 and PMC1059 are the same one; `kg build` unites them.
    assert len(read(tmp_path)) == 7


def test_a_second_time_nothing_is_asked(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=numbers(range(1, 120)))
    before = contents(tmp_path)
    server.state.seen.clear()
    report = fetch(server, tmp_path, pmids=numbers(range(1, 120)))
    assert (server.state.seen, report.requests, report.fetched, len(report.kept)) == ([], 0, [], 119)
    assert contents(tmp_path) == before


def test_only_the_rest_is_asked(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=numbers(range(1, 50)))
    server.state.seen.clear()
    report = fetch(server, tmp_path, pmids=numbers(range(40, 60)))
    assert server.asked() == numbers(range(50, 60))
    assert (len(report.fetched), len(report.kept)) == (10, 10)
    assert ids(tmp_path) == [f"PMID:{n}" for n in range(1, 60)]


def test_what_there_is_not_is_named(server: LiveServer, tmp_path: Path) -> None:
    report = fetch(server, tmp_path, pmids=["7", "9001", "8", "9002"])
    assert missing(report) == {"PMID:9001": "not-found", "PMID:9002": "not-found"}
    assert report.fetched == ["PMID:7", "PMID:8"]
    assert not report.whole
    server.state.seen.clear()
    again = fetch(server, tmp_path, pmids=["7", "9001", "8", "9002"])
    assert (missing(again), server.state.seen, again.kept) == (missing(report), [], ["PMID:7", "PMID:8"])


def test_where_none_is_known_the_service_says_400(server: LiveServer, tmp_path: Path) -> None:
    report = fetch(server, tmp_path, pmids=["9001", "9002"])
    assert missing(report) == {"PMID:9001": "not-found", "PMID:9002": "not-found"}
    assert len(server.state.seen) == 2
    assert read(tmp_path) == []


def test_none_known_is_believed_when_said_twice(server: LiveServer, tmp_path: Path) -> None:
    server.state.faults += ['400-text:{"detail": "Could not retrieve publications"}']
    assert fetch(server, tmp_path, pmids=["7", "8"]).whole
    service = open_at(server.pubtator, limits=replace(LIMITS, attempts=1))
    assert missing(fetch_pubtator(tmp_path, service, pmids=["9001"])) == {"PMID:9001": "not-found"}


def test_another_400_is_a_refusal(server: LiveServer, tmp_path: Path) -> None:
    server.state.always = lambda _: "400"
    assert set(missing(fetch(server, tmp_path, pmids=["7"])).values()) == {"refused"}


def test_refresh_asks_again_and_keeps_one(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=["7", "8", "9001"])
    server.state.abstracts |= {7: abstract(7, "He had fever, after aspirin again."), 9001: abstract(9001)}
    report = fetch(server, tmp_path, pmids=["7", "9001"], refresh=True)
    assert report.fetched == ["PMID:7", "PMID:9001"]
    assert ids(tmp_path) == ["PMID:7", "PMID:8", "PMID:9001"]
    assert [d.passages[1].text for d in read(tmp_path) if d.id == "PMID:7"] == ["He had fever, after aspirin again."]
    fetch(server, tmp_path, pmids=["8"], refresh=True)
    assert ids(tmp_path) == ["PMID:7", "PMID:8", "PMID:9001"]


def test_refresh_keeps_what_the_service_has_no_more(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=["7"])
    server.state.abstracts.clear()
    report = fetch(server, tmp_path, pmids=["7"], refresh=True)
    assert report.missing[0].message.endswith("the copy that was there stays")
    assert ids(tmp_path) == ["PMID:7"]
    assert fetch(server, tmp_path, pmids=["7"]).kept == ["PMID:7"]


def test_unasked_documents_are_set_aside(server: LiveServer, tmp_path: Path) -> None:
    server.state.faults += ["extra"]
    report = fetch(server, tmp_path, pmids=["7", "8"])
    assert (report.aside, report.whole, len(server.state.seen)) == (["PMID:99999999"], True, 1)
    assert ids(tmp_path) == ["PMID:7", "PMID:8"]


def test_a_document_twice_is_one(server: LiveServer, tmp_path: Path) -> None:
    server.state.faults += ["twice"]
    report = fetch(server, tmp_path, pmids=["7", "8"])
    assert (report.twice, report.whole) == (["PMID:8"], True)
    assert ids(tmp_path) == ["PMID:7", "PMID:8"]


@pytest.mark.parametrize("fault", ["wrong", "other"])
def test_wrong_documents_are_tried_once_more(server: LiveServer, tmp_path: Path, fault: str) -> None:
    server.state.faults += [fault]
    assert fetch(server, tmp_path, pmids=["7", "8"]).whole
    assert len(server.state.seen) == 2


def test_wrong_documents_for_good_are_told(server: LiveServer, tmp_path: Path) -> None:
    server.state.always = lambda _: "other"
    report = fetch(server, tmp_path, pmids=["7", "8"])
    assert (report.fetched, missing(report)) == (["PMID:7"], {"PMID:8": "wrong-content"})
    assert report.aside == ["PMID:99999999"]
    server.state.always = lambda _: ""
    # That was no final word.
    assert fetch(server, tmp_path, pmids=["7", "8"]).fetched == ["PMID:8"]


def test_one_document_that_breaks_the_service(server: LiveServer, tmp_path: Path) -> None:
    server.state.always = lambda seen: "500" if "77" in seen.options.get("pmids", "").split(",") else ""
    report = fetch(server, tmp_path, pmids=numbers(range(1, 251)))
    assert missing(report) == {"PMID:77": "busy"}
    assert len(report.fetched) == 249
    server.state.always = lambda _: ""
    server.state.seen.clear()
    assert fetch(server, tmp_path, pmids=numbers(range(1, 251))).whole
    assert server.asked() == ["77"]


def test_too_large_at_once_is_asked_in_halves(server: LiveServer, tmp_path: Path) -> None:
    service = open_at(server.pubtator, limits=replace(LIMITS, max_bytes=30_000))
    report = fetch_pubtator(tmp_path, service, pmids=numbers(range(1, 101)))
    assert report.whole
    assert ids(tmp_path) == [f"PMID:{n}" for n in range(1, 101)]


def test_a_service_that_fails_is_left_alone_and_all_is_told(server: LiveServer, tmp_path: Path) -> None:
    server.state.always = lambda _: "503"
    report = fetch(server, tmp_path, pmids=numbers(range(1, 251)))
    assert len(report.missing) == 250
    assert set(missing(report).values()) <= {"busy", "not-asked"}
    assert len(server.state.seen) == 5 * LIMITS.attempts
    server.state.always = lambda _: ""
    assert fetch(server, tmp_path, pmids=numbers(range(1, 251))).whole
    assert ids(tmp_path) == [f"PMID:{n}" for n in range(1, 251)]


def test_it_goes_on_where_it_stopped(server: LiveServer, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    fetch(server, whole, pmids=numbers(range(1, 251)))
    server.state.seen.clear()
    stop = iter([False, True])

    def interrupt(done: int, _all: int, _label: str) -> None:
        if next(stop):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, broken, pmids=numbers(range(1, 251)), progress=interrupt)
    assert ids(broken) == [f"PMID:{n}" for n in range(1, 201)]
    report = fetch(server, broken, pmids=numbers(range(1, 251)))
    assert (len(report.kept), len(report.fetched)) == (200, 50)
    assert server.asked() == numbers(range(1, 251))
    assert contents(broken) == contents(whole)


def test_killed_before_the_manifest_was_saved(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=numbers(range(1, 151)))
    before = contents(tmp_path)
    (tmp_path / "fetch.manifest").unlink()
    server.state.seen.clear()
    report = fetch(server, tmp_path, pmids=numbers(range(1, 151)))
    assert (server.state.seen, len(report.kept), report.notes) == ([], 150, [])
    assert contents(tmp_path) == before


def test_killed_while_documents_moved(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=["7", "8"])
    old = contents(tmp_path)
    server.state.abstracts[8] = abstract(8, "A new text on fever and aspirin.")
    fetch(server, tmp_path, pmids=["8"], refresh=True)
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    report = fetch(server, tmp_path, pmids=["7", "8"])
    assert report.kept == ["PMID:7", "PMID:8"]
    assert [d.passages[1].text for d in read(tmp_path) if d.id == "PMID:8"] == ["A new text on fever and aspirin."]


def test_what_others_put_there_is_told(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=["7"])
    (tmp_path / "mine.json").write_text("{}")
    (tmp_path / "pmid-1-2-0123abcd.json").write_text("{")
    report = fetch(server, tmp_path, pmids=["8"])
    assert [note.partition(" ")[0] for note in report.notes] == ["mine.json", "pmid-1-2-0123abcd.json"]
    assert (tmp_path / "mine.json").read_text() == "{}"


def test_a_file_that_the_user_removed_comes_again(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=numbers(range(1, 151)))
    next(tmp_path.glob("pmid-101-*")).unlink()
    assert len(fetch(server, tmp_path, pmids=numbers(range(1, 151))).fetched) == 50
    assert len(ids(tmp_path)) == 150


@pytest.mark.parametrize("form", ["biocjson", "biocxml", "pubtator"])
def test_two_runs_same_bytes(server: LiveServer, tmp_path: Path, form: Form) -> None:
    server.state.faults += ["429", "", "cut", "html"]
    first = fetch(server, tmp_path / "a", pmids=numbers(range(1, 251)), form=form)
    second = fetch(server, tmp_path / "b", pmids=numbers(range(250, 0, -1)), form=form)
    assert first.whole
    assert second.whole
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_every_kind_of_trouble_and_nothing_lost(server: LiveServer, tmp_path: Path) -> None:
    trouble = iter(["500", "extra", "hang", "cut", "wrong", "429:1", "html", "twice", "gzip-cut"] * 2)
    server.state.always = lambda _: next(trouble, "")
    report = fetch(server, tmp_path, pmids=[*numbers(range(1, 251)), "9001"])
    assert missing(report) == {"PMID:9001": "not-found"}
    assert ids(tmp_path) == [f"PMID:{n}" for n in range(1, 251)]


def test_another_kind_needs_another_folder(server: LiveServer, tmp_path: Path) -> None:
    fetch(server, tmp_path, pmids=["7"])
    with pytest.raises(InputError, match="another folder"):
        fetch(server, tmp_path, pmids=["7"], full=True)


@pytest.mark.parametrize("name", ["all.json", "all.json.gz"])
def test_one_file(server: LiveServer, tmp_path: Path, name: str) -> None:
    target, folder = tmp_path / name, tmp_path / "work"
    fetch(server, folder, pmids=numbers(range(1, 131)), pmcids=["PMC1001"], target=target)
    data = target.read_bytes()
    documents = read_input(Input(name, target)).documents
    assert [d.id for d in documents if d.id.startswith("PMID")] == ["PMID:1", *(f"PMID:{n}" for n in range(1, 131))]
    assert len(json.loads(gzip.decompress(data) if name.endswith(".gz") else data)["PubTator3"]) == 131
    fetch(server, folder, pmids=numbers(range(1, 131)), pmcids=["PMC1001"], target=target)
    assert target.read_bytes() == data
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "work"])


# -- searches --------------------------------------------------------------------------------------------------------


def results(count: int) -> list[dict[str, Any]]:
    return [{"_id": str(n), "pmid": n, "title": "Fever", "score": 1.0} for n in range(count, 0, -1)]


def pages(server: LiveServer) -> list[int]:
    return [int(seen.options["page"]) for seen in server.requests("/search/")]


def test_a_search(server: LiveServer, tmp_path: Path) -> None:
    server.state.found = results(35)
    report = fetch(server, tmp_path, question=Question("@CHEMICAL_Aspirin AND fever"))
    assert (report.found, len(report.fetched), report.whole) == (35, 35, True)
    assert pages(server) == [1, 2, 3, 4]
    assert server.state.seen[0].options == {"text": "@CHEMICAL_Aspirin AND fever", "page": "1"}
    assert ids(tmp_path) == [f"PMID:{n}" for n in range(1, 36)]


def test_a_limit(server: LiveServer, tmp_path: Path) -> None:
    server.state.found = results(35)
    report = fetch(server, tmp_path, question=Question("fever", limit=13))
    assert report.fetched == [f"PMID:{n}" for n in range(23, 36)]
    assert pages(server) == [1, 2]
    server.state.seen.clear()
    more = fetch(server, tmp_path, question=Question("fever", limit=25))
    assert (pages(server), len(more.fetched), len(more.kept)) == ([3], 12, 13)


def test_case_reports_only(server: LiveServer, tmp_path: Path) -> None:
    server.state.found, server.state.case_reports = results(35), {3, 14, 15}
    report = fetch(server, tmp_path, question=Question("fever", case_reports=True))
    assert (report.fetched, report.notes) == (["PMID:3", "PMID:14", "PMID:15"], [])
    assert server.state.seen[0].options["filters"] == '{"type":["Case Reports"]}'


def test_a_service_that_heeds_no_filter_is_told(server: LiveServer, tmp_path: Path) -> None:
    server.state.found, server.state.case_reports, server.state.heeds_filters = results(5), {3}, False
    report = fetch(server, tmp_path, question=Question("fever", case_reports=True))
    assert len(report.fetched) == 5
    assert report.notes == ["the service did not narrow the search to case reports; `kg build` tells them by itself"]


def test_a_search_that_finds_nothing(server: LiveServer, tmp_path: Path) -> None:
    report = fetch(server, tmp_path, question=Question("xyzzy"))
    assert (report.asked, report.found, report.whole, len(server.state.seen)) == (0, 0, True, 1)


def test_a_search_is_kept(server: LiveServer, tmp_path: Path) -> None:
    server.state.found = results(35)
    fetch(server, tmp_path, question=Question("fever"))
    server.state.seen.clear()
    assert fetch(server, tmp_path, question=Question("fever")).kept == [f"PMID:{n}" for n in range(1, 36)]
    assert server.state.seen == []
    server.state.found = results(36)
    assert fetch(server, tmp_path, question=Question("fever"), refresh=True).asked == 36


def test_a_search_that_breaks_goes_on(server: LiveServer, tmp_path: Path) -> None:
    server.state.found = results(35)
    server.state.always = lambda seen: "500" if seen.options.get("page") == "3" else ""
    report = fetch(server, tmp_path, question=Question("fever"))
    assert not report.whole
    assert any("the search is not whole" in note for note in report.notes)
    assert len(report.fetched) == 20
    server.state.always = lambda _: ""
    server.state.seen.clear()
    rest = fetch(server, tmp_path, question=Question("fever"))
    assert (pages(server), len(rest.fetched), len(rest.kept), rest.whole) == ([3, 4], 15, 20, True)


def test_fewer_than_announced_is_told(server: LiveServer, tmp_path: Path) -> None:
    server.state.found, server.state.overstated = results(15), 2
    report = fetch(server, tmp_path, question=Question("fever"))
    assert report.notes == ["the service says that it has 17 documents, and gives 15"]


def test_the_same_page_for_ever_ends(server: LiveServer, tmp_path: Path) -> None:
    page = json.dumps({"results": results(10), "count": 90, "total_pages": 9, "facets": {}})
    server.state.always = lambda seen: f"text:{page}" if "/search/" in seen.path else ""
    report = fetch(server, tmp_path, question=Question("fever"))
    assert (report.asked, len(server.requests("/search/"))) == (10, 2)


@pytest.mark.parametrize(
    "fault", ["html", "cut", "text:{}", 'text:{"results": 3, "count": 1, "total_pages": 1}', "429"]
)
def test_a_damaged_page_is_asked_again(server: LiveServer, tmp_path: Path, fault: str) -> None:
    server.state.found = results(15)
    server.state.faults += ["", fault]
    assert len(fetch(server, tmp_path, question=Question("fever")).fetched) == 15


def test_what_is_in_pmc_alone(server: LiveServer, tmp_path: Path) -> None:
    server.state.found = [{"_id": "x", "pmcid": "PMC1001"}, {"_id": "7", "pmid": 7}, {"_id": None}]
    report = fetch(server, tmp_path, question=Question("fever"))
    assert report.fetched == ["PMC1001", "PMID:7"]
    assert report.notes == ["the service says that it has 3 documents, and gives 2"]


def test_the_rate_holds_for_search_and_export_together(server: LiveServer, tmp_path: Path) -> None:
    server.state.found = results(35)
    faults = iter(["", "500", "429:1"])
    times = Times()
    moments: list[float] = []

    def remember(_seen: Seen) -> str:
        moments.append(times.now)
        return next(faults, "")

    server.state.always = remember
    service = open_at(server.pubtator, times, rate=3)
    assert fetch_pubtator(tmp_path, service, pmids=(), question=Question("fever")).whole
    assert service.pace.requests == len(moments) == 7
    assert all(sum(begin <= other < begin + 1 for other in moments) <= 3 for begin in moments)
