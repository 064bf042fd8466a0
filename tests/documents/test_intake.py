"""Intake: what a user may throw at it, and the order of names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg.documents import intake
from kg.documents.intake import Input, find_inputs, read_lines
from kg.documents.reading import read_input
from kg.graph.ledger import Ledger
from tests.pages import page


def _aside(path: Path) -> str:
    reading = read_input(Input(path.name, path))
    Ledger().add(reading.ledger)
    assert reading.documents == ()
    (entry,) = [e for e in reading.ledger if e.outcome == "set_aside"]
    return entry.reason


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (page().encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02\xff" * 400, "not text"),
        (b"PK\x03\x04rest", "compressed or binary"),
        (b"25763772|t|A title\n25763772|a|An abstract\n", "PubTator"),
        (b'{"PubTator3": []}', "JSON"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"<?xml version='1.0'?><collection/>", "XML"),
        (b"Just a note to myself.\n", "not a case page"),
    ],
)
def test_what_is_no_page_says_what_it_is(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "x.md"
    path.write_bytes(data)
    assert words in _aside(path)


def test_missing_and_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (item,) = find_inputs([tmp_path / "gone.md"])
    assert item.problem == "no such file"
    path = tmp_path / "large.md"
    path.write_text(page())
    monkeypatch.setattr(intake, "MAX_PAGE_BYTES", 10)
    assert "at most 10" in _aside(path)


def test_a_page_of_50_mb_is_set_aside_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    assert "52428800 bytes" in _aside(path)


def test_bad_bytes_cost_their_line_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    text = page(abstract="Good first.\n\nBAD\n\nGood last.").encode()
    path.write_bytes(text.replace(b"BAD", b"broken \xff here").replace(b"Good last.", b"Good last.\n\nnul \x00 here"))
    reading = read_input(Input("x.md", path))
    (document,) = reading.documents
    assert [p.text for p in document.passages if p.section.startswith("abstract")] == ["Good first.", "Good last."]
    reasons = sorted(e.reason for e in reading.ledger if e.outcome == "set_aside")
    assert reasons == ["holds a NUL byte", "not UTF-8"]


def test_names_do_not_depend_on_the_order_or_place(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        for name in ("b.md", "sub/a.md", ".hidden.md", "README.md", "notes.csv"):
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page())
    names = [[i.name for i in find_inputs([tmp_path / folder])] for folder in ("one", "two")]
    assert names == [["b.md", "sub/a.md"]] * 2
    both = [tmp_path / "one", tmp_path / "two"]
    assert [i.name for i in find_inputs(both)] == [i.name for i in find_inputs(both[::-1])]
    assert len({i.name for i in find_inputs(both)}) == 4


def test_a_file_named_twice_is_one_input(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(page())
    assert len(find_inputs([path, tmp_path, path])) == 1


def test_read_lines_numbers_from_one(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"one\r\ntwo\rthree")
    lines, sha256, ledger = read_lines(Input("a.md", path))
    assert [(line.number, line.text) for line in lines] == [(1, "one"), (2, "two"), (3, "three")]
    assert len(sha256) == 64
    assert [e.outcome for e in ledger] == ["received", "kept"]


def test_a_pipe_in_a_folder_is_no_page(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    (tmp_path / "b.md").write_text(page())
    assert [i.name for i in find_inputs([tmp_path])] == ["b.md"]
