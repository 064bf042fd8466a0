"""The findings of a graph, gathered, chosen, grouped; as JSON and as a table."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kg.errors import UnknownNameError
from kg.graph.store import GraphFolder
from kg.views.audit.report import Report, Selection
from kg.views.audit.tables import COLUMNS, json_text, tsv_lines
from tests.views.audited import HOSTILE, several


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return several(tmp_path_factory.mktemp("report"))


def test_every_item_knows_its_place(folder: GraphFolder) -> None:
    report = Report(folder)
    assert len(report.items) == len(report) == folder.count("findings")
    ranks = [("error", "warning", "info").index(i.finding["severity"]) for i in report.items]
    assert ranks == sorted(ranks)
    texts = {(p["document"], p["section"]): p["text"] for p in folder.rows("passages")}
    for item in report.items:
        place = item.place
        if place:
            text = texts[item.finding["document"], place.section]
            assert text[place.start : place.end] == place.words
            assert place.sentence.strip("…") in text
    (seed,) = [i for i in report.items if i.finding["document"] == "PMCID:PMC13003748"]
    assert (seed.input, seed.line, seed.linked[0][:2]) == (
        "PMC13003748.md", 32, ("MONDO:0009807", "osteosarcoma"),
    )  # fmt: skip


def test_equal_findings_of_several_documents_are_one_group(folder: GraphFolder) -> None:
    groups = Report(folder, Selection(codes=("wrong-kind",))).groups()
    assert [len(group) for group in groups] == [3]
    assert [i.finding["document"] for i in groups[0]] == ["PMID:101", "PMID:102", "PMID:103"]
    everything = [item for group in Report(folder).groups() for item in group]
    assert len(everything) == folder.count("findings")


def test_selection(folder: GraphFolder) -> None:
    errors = Report(folder, Selection(severity="error"))
    assert {row["severity"] for row in errors.rows} == {"error"}
    assert 0 < len(errors) < len(Report(folder))
    one = Report(folder, Selection(document="PMID:102"))
    assert {row["document"] for row in one.rows} == {"PMID:102"}
    by_doi = Report(folder, Selection(document="10.1186/s12903-026-08027-w"))
    assert {row["document"] for row in by_doi.rows} == {"PMCID:PMC13003748"}
    assert Report(folder, Selection(document="doi:10.1186/s12903-026-08027-w")).rows
    assert Report(folder, Selection(document="PMC13003748.md")).fails("error")
    with pytest.raises(UnknownNameError, match="did you mean PMID:10"):
        Report(folder, Selection(document="PMID:109"))
    with pytest.raises(UnknownNameError, match="did you mean wrong-kind"):
        Report(folder, Selection(codes=("wrongkind",)))


def test_severity_does_not_change_what_fails(folder: GraphFolder) -> None:
    report = Report(folder, Selection(codes=("unknown-prefix",), severity="error"))
    assert (len(report), report.fails("warning"), report.fails("error")) == (0, True, False)


def test_a_finding_is_found_by_how_its_identifier_begins(folder: GraphFolder) -> None:
    report = Report(folder)
    for row in report.rows:
        assert report.find(row["id"])["id"] == row["id"]
        assert report.find(row["id"].removeprefix("urn:uuid:")[:12].upper())["id"] == row["id"]
    with pytest.raises(UnknownNameError, match="unknown finding"):
        report.find("")
    known = report.items[0].short
    with pytest.raises(UnknownNameError, match=f"did you mean.*{known}"):
        report.find(known[:7] + ("0" if known[7] != "0" else "1"))


def test_json_and_tsv_hold_every_finding(folder: GraphFolder, tmp_path: Path) -> None:
    items = Report(folder).items
    told = json.loads(json_text(items))
    assert len(told) == len(items)
    stored = {row["id"]: row for row in folder.rows("findings")}
    for record in told:
        row = stored[record["id"]]
        assert {**row, "reasons": json.loads(row["reasons"])} == {key: record[key] for key in row}
    table = list(csv.reader(tsv_lines(items), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert table[0] == list(COLUMNS)
    assert [row[0] for row in table[1:]] == [item.finding["id"] for item in items]
    assert {len(row) for row in table} == {len(COLUMNS)}
    assert any("</script>" in row[COLUMNS.index("sentence")] for row in table[1:]), HOSTILE


def test_same_graph_same_bytes(folder: GraphFolder, tmp_path: Path) -> None:
    again = several(tmp_path)
    assert json_text(Report(folder).items) == json_text(Report(again).items)
    assert list(tsv_lines(Report(folder).items)) == list(tsv_lines(Report(again).items))
