"""Intake: what a user may throw at it, and the order of names."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest

from kg.documents import intake
from kg.documents.intake import Input, find_inputs, page_lines
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
        (b"\x00\x01\x02\xff" * 400, "no text"),
        (b"\x01\x02\xff\n" * 400, "not text"),
        (b"PK\x03\x04rest", "a ZIP archive, or a Word"),
        (b'{"PubTator3": []}', "no document in it"),
        (b'{"results": []}', "JSON of another kind, with results"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"<?xml version='1.0'?><feed/>", "XML of another kind, with the root feed"),
        (b"Just a note to myself.\n", "no format that is read: text without a heading"),
    ],
)
def test_what_is_not_read_says_what_it_is(tmp_path: Path, data: bytes, words: str) -> None:
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
    packed = tmp_path / "large.md.gz"
    packed.write_bytes(gzip.compress(page().encode()))
    assert _aside(packed) == "more than 10 bytes; a page holds at most 10"


def test_a_page_of_50_mb_is_set_aside_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.write(page().encode())
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
        for name in ("b.md", "sub/a.md", ".hidden.md", "README.md", "notes.pdf"):
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


def test_lines_are_numbered_from_one() -> None:
    lines, problem = page_lines(b"\xef\xbb\xbfone\r\ntwo\rthree")
    assert [(line.number, line.text) for line in lines] == [(1, "one"), (2, "two"), (3, "three")]
    assert problem == ""


def test_a_folder_is_searched_for_every_known_suffix(tmp_path: Path) -> None:
    wanted = ["a.md", "b.txt.gz", "c.PubTator", "d.BioC.XML.gz", "e.nxml", "f.json", "g.jsonl.bz2", "h.csv", "i.tsv.xz"]
    wanted += ["j.tar", "k.tar.gz", "l.tgz"]
    for name in [*wanted, "README.md", "readme.txt.gz", "m.parquet", ".n.md", "o.gz", "p", ".q/r.md"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [i.name for i in find_inputs([tmp_path])] == wanted


def test_a_graph_inside_a_folder_is_no_input(tmp_path: Path) -> None:
    graph = tmp_path / "graph"
    graph.mkdir()
    for name in ("manifest.json", "ledger.parquet", "notes.md"):
        (graph / name).touch()
    (tmp_path / "manifest.json").touch()
    assert [i.name for i in find_inputs([tmp_path])] == ["manifest.json"]


def test_patterns_that_the_shell_left(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "sub/c.md", "sub/d.xml", "[1].md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [i.name for i in find_inputs([f"{tmp_path}/?.md"])] == ["a.md", "b.md"]
    assert [i.name for i in find_inputs([tmp_path / "**" / "*.md"])] == ["[1].md", "a.md", "b.md", "c.md"]
    assert [i.name for i in find_inputs([f"{tmp_path}/s*"])] == ["c.md", "d.xml"]
    assert [i.name for i in find_inputs([f"{tmp_path}/[1].md"])] == ["[1].md"]
    (none,) = find_inputs([f"{tmp_path}/*.csv"])
    assert (none.name, none.problem) == ("*.csv", "no such file")


def test_standard_input_is_one_file_that_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text(page())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(page(title="Piped").encode())))
    inputs = find_inputs([tmp_path, "-", Path("-")])
    assert [i.name for i in inputs] == ["-", "a.md"]
    for _ in range(2):
        assert [d.title for d in read_input(inputs[0]).documents] == ["Piped"]


def test_a_program_without_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    (item,) = find_inputs(["-"])
    assert item.problem == "cannot be read: there is no standard input, or it is closed"
    (entry,) = [e for e in read_input(item).ledger if e.outcome == "set_aside"]
    assert entry.reason == item.problem


def test_patterns_follow_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two links to the folder that they are in would be 2^40 ways to a file."""
    for name in ("a/b.txt", "a/c/d.txt", "a/.hidden/e.txt", "a/[x]/f.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    for name in ("a/self", "a/me", "a/c/self"):
        (tmp_path / name).symlink_to("." if "c" not in name else "..")
    monkeypatch.chdir(tmp_path)

    def names(pattern: str) -> list[str]:
        return [i.name for i in find_inputs([pattern])]

    assert names("a/**/*.txt") == names(f"{tmp_path}/**/*.txt") == names("**/*.txt") == ["b.txt", "d.txt", "f.txt"]
    assert names("*/**/c/**/*.txt") == ["d.txt"]
    assert names("a/**/[[]x]/*") == ["f.txt"]
    assert names("**/c/") == ["d.txt"]
    assert find_inputs(["a/**/*.md"])[0].problem == "no such file"


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """A pipe would be read for ever, and a link in a circle is no file: neither is passed over in silence."""
    os.mkfifo(tmp_path / "a.md")
    (tmp_path / "b.md").write_text(page())
    (tmp_path / "c.txt").symlink_to("d.txt")
    (tmp_path / "d.txt").symlink_to("c.txt")
    (tmp_path / "e.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "f.txt").mkdir()
    (tmp_path / "self").symlink_to(".")
    (tmp_path / "pipe").symlink_to("a.md")
    told = {
        "a.md": "not a regular file", "b.md": "", "c.txt": "cannot be read: Too many levels of symbolic links",
        "d.txt": "cannot be read: Too many levels of symbolic links", "e.txt": "a link that leads nowhere",
    }  # fmt: skip
    assert {i.name: i.problem for i in find_inputs([tmp_path])} == told
    for name, problem in told.items():
        assert [(i.name, i.problem) for i in find_inputs([tmp_path / name])] == [(name, problem)]
    assert [e.reason for e in read_input(find_inputs([tmp_path / "c.txt"])[0]).ledger if e.reason] == [told["c.txt"]]


def test_a_folder_that_is_closed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By root every folder can be read, so that the system's answer is given here."""
    for name in ("a/x.md", "b/y.md"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(page())
    scandir = os.scandir

    def closed(path: str) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert [(i.name, i.problem) for i in find_inputs([tmp_path])] == [
        ("a", "the folder cannot be searched: Permission denied"), ("b/y.md", ""),
    ]  # fmt: skip
    assert [i.name for i in find_inputs([tmp_path / "a"])] == ["a"]


@pytest.mark.parametrize("name", ["x" * 5000, "a/" * 3000, "?" * 5000, "[z"])
def test_a_path_that_no_system_has(name: str) -> None:
    (item,) = find_inputs([name])
    assert item.problem


def test_one_file_by_several_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.md"
    path.write_text(page())
    (tmp_path / "in" / "b.md").symlink_to("a.md")
    (tmp_path / "other").symlink_to("in")
    monkeypatch.chdir(tmp_path)
    given = [path, "in/a.md", "./in/../in/a.md", "other/a.md", tmp_path / "in" / "b.md", tmp_path / "other", "in/*.md"]
    assert len(find_inputs(given)) == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (b"a\nb.md", "a\\nb.md"),
        (b"a\x1b[31m.md", "a\\x1b[31m.md"),
        (b"a\xff\xfe.md", "a\\xff\\xfe.md"),
        ("a\u2028\u00e9 \u00a0.md".encode(), "a\\u2028\u00e9 \u00a0.md"),
        (b"a\\nb.md", "a\\nb.md"),
    ],
)
def test_names_are_text_of_one_line(name: bytes, told: str, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_text(page())
    for given in (path, tmp_path):
        (item,) = find_inputs([given])
        assert item.name == told
        assert [d.input for d in read_input(item).documents] == [told]
