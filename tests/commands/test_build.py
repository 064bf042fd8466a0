"""`kg build` and `kg ledger` as a user meets them: columns of tables, limits, hostile inputs, messages."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
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


def hostile(folder: Path) -> None:
    """Fill a folder with what files may hold."""
    good = "1234567|t|Fever after aspirin\n1234567|a|It fell.\n1234567\t0\t5\tFever\tDisease\tD005334\n"
    deep = "[" * 950 + "]" * 950
    bad = '"\\ud800"'
    files: dict[bytes, bytes] = {
        b"good.pubtator": good.encode(), b"again.pubtator": good.encode(), b"utf16.pubtator": good.encode("utf-16"),
        b"latin1.pubtator": good.replace("fell", "f\xe9ll").encode("latin-1"), b"cr.pubtator": good.replace("\n", "\r").encode(),
        b"a\nb.pubtator": good.encode(), b"\xff\xfe.pubtator": good.encode(), b"empty.txt": b"", b"blank.md": b"\n \n",
        b"nul.csv": b"pmid,mention\n1,a\x00b\n2,c\n", b"nuls.txt": bytes(4000), b"bom.csv": b"\xef\xbb\xbfpmid,mention\r1,a\r",
        b"twice.json": b'[{"pmid": 1, "pmid": 2, "mention": "a"}]', b"deep.json": f'[{{"pmid": 1, "title": {deep}}}]'.encode(),
        b"deep.bioc.json": f'[{{"id": "1", "passages": [{{"offset": 0, "text": "x", "infons": {{"a": {deep}}}}}]}}]'.encode(),
        b"deep.xml": ("<collection><document><id>1</id><passage><text>a</text>" + "<sentence>" * 3000 + "</sentence>" * 3000
                      + "</passage></document></collection>").encode(),
        b"surrogate.json": f'[{{"id": {bad}, "passages": [{{"text": {bad}, "infons": {{"journal": {bad}}}}}]}}]'.encode(),
        b"surrogate.jsonl": f'{{"pmid": 7, "title": {bad}, "mention": {bad}}}'.encode(),
        b"bomb.xml": b"<!DOCTYPE article [<!ENTITY b 'ha'>]><article><body><p>&b;</p></body></article>",
        b"codec.xml": b"<?xml version='1.0' encoding='undefined'?><article><body><p>\xe9</p></body></article>",
        b"long.pubtator": b"7|t|" + b"a" * 17_000_000 + b"\n8|t|Fine\n8|a|x\n",
        b"cut.txt.gz": gzip.compress(good.encode() * 50)[:-9], b"noise.txt.gz": b"\x1f\x8bnoise", b"zip.txt": b"PK\x03\x04x",
    }  # fmt: skip
    for name, content in files.items():
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(content)
    os.mkfifo(folder / "pipe.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "nowhere.txt").symlink_to("none")
    (folder / "link.pubtator").symlink_to("good.pubtator")
    (folder / "self").symlink_to(".")
    with tarfile.open(folder / "mixed.tar", "w") as tar:
        for name in ("a.txt", "a.txt", "b.txt.gz", "../up.txt", "d\ne.txt", "README.md", "inner.tar"):
            data = gzip.compress(good.encode()) if name.endswith("gz") else good.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def test_a_hostile_folder_is_built_and_balances(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "g"
    source.mkdir()
    hostile(source)
    done = kg("build", source, "-o", out)
    told = ledger(out)
    # Every file is told of but links to a file that is read: 24 files, pipe, two broken links, archive and its members.
    assert len(told["inputs"]) == 24 + 3 + 1 + 6
    assert told["inputs"]["mixed.tar/a.txt"]["document"]["received"] == 2
    assert {"a\\nb.pubtator", "\\xff\\xfe.pubtator", "utf16.pubtator", "cr.pubtator"} <= set(told["inputs"])
    titles = [row["title"] for row in GraphFolder(out).rows("documents") if row["pmid"] == "1234567"]
    assert titles == ["Fever after aspirin"]
    for name in ("pipe.txt", "loop.txt", "nowhere.txt", "zip.txt", "noise.txt.gz", "empty.txt", "mixed.tar/../up.txt"):
        assert f"{name} set aside: " in done.stderr
    again = kg("build", source / "self", f"{source}/**/*", "-o", tmp_path / "h")
    assert "built" in again.stdout
    assert kg("ledger", out, "--set-aside").stdout.count("\n") == 1 + told["totals"]["file"]["set_aside"] + sum(
        told["totals"][kind]["set_aside"] for kind in ("document", "line", "mention", "relation")
    )


@pytest.mark.parametrize("name", ["loop.txt", "pipe.txt", "nowhere.txt"])
def test_what_cannot_be_read_and_stands_alone_is_a_wrong_call(tmp_path: Path, name: str) -> None:
    hostile(tmp_path)
    done = kg("build", tmp_path / name, "-o", tmp_path / "g", code=2)
    assert f"nothing that can be read: {tmp_path / name}: " in done.stderr
    assert not (tmp_path / "g").exists()
    assert "is no text" in kg("build", SEED, "-o", str(tmp_path / "g") + "\udcff", code=2).stderr
    assert "File name too long" in kg("build", "x" * 5000, "-o", tmp_path / "g", code=2).stderr
