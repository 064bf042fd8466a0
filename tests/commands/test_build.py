"""`kg build` and `kg ledger` as a user meets them: columns of tables, limits, hostile inputs, messages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from kg.graph.store import GraphFolder
from tests.commands.test_commands import kg
from tests.pages import SEED

TABLE = "Article;Surface form;Entity;CUI\n1234567;Fever;Disease;D005334\n1234567;aspirin;Chemical;D001241\n"
MAPPING = "pmid=Article,mention=Surface form,type=Entity,identifier=CUI"


def ledger(graph: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(kg("ledger", graph, "--json").stdout)
    for kinds in told["inputs"].values():
        for counts in kinds.values():
            assert counts["received"] == counts["kept"] + counts["merged"] + counts["set_aside"]
    return told


def asserted(graph: Path) -> list[str | None]:
    return sorted(row["asserted"] or "" for row in GraphFolder(graph).rows("mentions"))


@pytest.mark.parametrize("by_file", [False, True])
def test_columns_of_a_table(tmp_path: Path, by_file: bool) -> None:
    table, out, mapping = tmp_path / "notes.csv", tmp_path / "g", MAPPING
    table.write_text(TABLE)
    if by_file:
        mapping = str(tmp_path / "columns.toml")
        pairs = (pair.split("=") for pair in MAPPING.split(","))
        Path(mapping).write_text("\n".join(f'{field} = "{column}"' for field, column in pairs))
    kg("build", table, "-o", out)
    # By its names this table is one of mentions without identifiers.
    first = GraphFolder(out).manifest
    assert asserted(out) == ["", ""]
    kg("build", table, "-o", out, "--columns", mapping)
    assert asserted(out) == ["MESH:D001241", "MESH:D005334"]
    second = GraphFolder(out).manifest
    assert second["build"] != first["build"]
    assert ["identifier", "CUI"] in second["config"]["columns"]
    # The order in which they are named is none of the build's.
    again = kg("build", table, "-o", out, "--columns", ",".join(reversed(MAPPING.split(","))))
    assert "up to date" in again.stdout


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("pmid=Article,mention=Surface", "notes.csv: the header is not that of a table that is read: "
         "no column 'Surface'; did you mean 'Surface form'?"),
        ("mentoin=Surface form", "unknown field 'mentoin' of a table; did you mean mention"),
        ("mention", "cannot read the columns in mention"),
        ("", "cannot read the columns"),
    ],
)  # fmt: skip
def test_columns_that_are_wrong(tmp_path: Path, columns: str, said: str) -> None:
    table, out = tmp_path / "notes.csv", tmp_path / "g"
    table.write_text(TABLE)
    assert said in kg("build", table, "-o", out, "--columns", columns, code=2).stderr
    assert not out.exists()
    assert [left.name for left in tmp_path.iterdir()] == ["notes.csv"]


def test_columns_for_no_table_and_for_one_of_two(tmp_path: Path) -> None:
    table, other, out = tmp_path / "notes.csv", tmp_path / "other.csv", tmp_path / "g"
    assert "no input is a table" in kg("build", SEED, "-o", out, "--columns", MAPPING, code=2).stderr
    table.write_text(TABLE)
    other.write_text("pmid,title\n7654321,A title\n")
    done = kg("build", table, other, "-o", out, "--columns", MAPPING)
    assert "other.csv set aside: the header is not that of a table that is read: no column 'CUI' and no" in done.stderr
    assert ledger(out)["totals"]["document"]["kept"] == 1
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"pmid": 7654321, "Word": "Fever"}\n')
    said = kg("build", rows, "-o", tmp_path / "h", "--columns", "mention=Word,type=Kind", code=2).stderr
    assert "rows.jsonl: a column that was named is in no row: no column 'Kind'" in said


def test_limits_can_be_lifted(tmp_path: Path) -> None:
    path, out = tmp_path / "a.pubtator.gz", tmp_path / "g"
    path.write_bytes(gzip.compress(b"1234567|t|Fever\n1234567|a|" + b"It fell. " * 9_000_000, 9))
    done = kg("build", path, "-o", out, "--max-bytes", "1K")
    assert "kg: 1 record was set aside" in done.stderr
    assert "it unpacks to more than 1024 bytes" in json.dumps(ledger(out)["reasons"])
    kg("build", path, "-o", out, "--max-ratio", "50")
    assert "it unpacks to more than 50 times its size" in json.dumps(ledger(out)["reasons"])
    assert "is no size" in kg("build", path, "-o", out, "--max-bytes", "much", code=2).stderr


def test_a_folder_without_input_says_what_is_searched_for(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Not an input")
    (tmp_path / "a.pdf").write_text("%PDF")
    said = kg("build", tmp_path, "-o", tmp_path / "g", code=2).stderr
    for ending in (".md", ".pubtator", ".xml", ".jsonl", ".csv", ".tgz", ".gz"):
        assert ending in said


@pytest.mark.parametrize("command", [["ledger"], ["audit"], ["export"], ["query", "--list"]])
def test_a_graph_that_is_not_there_is_a_wrong_call(tmp_path: Path, command: list[str]) -> None:
    more = ["nquads"] if command == ["export"] else []
    if command[0] != "query":
        assert "does not exist" in kg(command[0], tmp_path / "none", *more, code=2).stderr
        assert "is not a graph folder" in kg(command[0], tmp_path, *more, code=2).stderr
    (tmp_path / "x").write_text("")
    assert "is not a graph" in kg("build", SEED, "-o", tmp_path, code=2).stderr
    assert "is a file" in kg("build", SEED, "-o", tmp_path / "x", code=2).stderr


def test_a_damaged_graph_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    assert "is damaged" in kg("ledger", tmp_path, code=1).stderr
