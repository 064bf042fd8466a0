"""The curators' file: read with tolerance, appended to without loss."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.linking.decisionsfile import (
    COLUMNS,
    CuratorDecision,
    append_decisions,
    flat,
    parse_decisions,
    read_decisions,
)

HEADER = "\t".join(COLUMNS)


def rows(*lines: str, header: str = "scope\tdecision\tdocument\ttext\tasserted\ttarget") -> bytes:
    return "\n".join([header, *lines, ""]).encode()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("surface\tacept\t\tit", "unknown decision 'acept'; did you mean accept?"),
        ("surface\t\t\tit", "the row names no decision"),
        ("surfaces\treject\t\tit", "unknown scope 'surfaces'; did you mean surface?"),
        ("surface\treject", "a decision of scope surface names no text"),
        ("identifier\treject\t\tit", "a decision of scope identifier names no asserted"),
        ("mention\treject\tPMID:1", "names no place"),
        ("document\treject\tPMID:1", "reject of a whole document names neither text nor asserted identifier"),
        ("surface\tremap\t\tit", "a remap names no target"),
        ("surface\tremap\t\tit\t\tFOO:1", "target 'FOO:1' cannot be read as an identifier"),
        ("surface\treject\t\tit\t\tMESH:D012516", "reject has a target (MESH:D012516); only a remap has one"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line(line: str, reason: str) -> None:
    told = parse_decisions(rows("surface\treject\t\tgood", line, "surface\treject\t\tgood too"), "d.tsv")
    assert [d.text for d in told.decisions] == ["good", "good too"]
    (problem,) = told.problems
    assert problem.line == 3
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("start", "end"), [("a", "2"), ("2", ""), ("3", "3"), ("-1", "2"), ("²", "3"), ("9" * 20, "3")]
)
def test_offsets_that_are_none(start: str, end: str) -> None:
    data = f"decision\tdocument\tstart\tend\nreject\tPMID:1\t{start}\t{end}\n".encode()
    told = parse_decisions(data, "d.tsv")
    assert not told.decisions
    assert len(told.problems) == 1


def test_spreadsheets_and_other_systems() -> None:
    text = '﻿# ours\r\nDecision\tSubject_label\tobject_id\tauthor_id\tnote\r\n\r\nRemap\t"""Odd"" name"\tmondo:0009807\t"A. B."\tx\r\n'
    told = parse_decisions(text.encode(), "d.tsv")
    (decision,) = told.decisions
    assert not told.problems
    assert decision == CuratorDecision(
        4, "surface", "remap", text='"Odd" name', target="MONDO:0009807", curator="A. B."
    )


def test_a_scope_that_is_not_told_is_the_narrowest_that_the_columns_allow() -> None:
    data = rows("\treject\tPMID:1\tit", "\treject\t\tit\tMESH:D1", "\treject\t\t\tMESH:D000001")
    assert [d.scope for d in parse_decisions(data, "d").decisions] == ["document", "surface", "identifier"]


def test_a_file_without_a_header_or_of_bytes_is_a_list_of_problems() -> None:
    told = parse_decisions(b"reject\tit\nreject\tthat\n", "d.tsv")
    assert ([p.line for p in told.problems], told.decisions) == ([1, 2], ())
    told = parse_decisions(b"decision\ttext\nreject\t\xff\nreject\tit\n", "d.tsv")
    assert [p.reason for p in told.problems] == ["the line is not UTF-8"]
    assert len(told.decisions) == 1
    told = parse_decisions(b"decision\ttext\tasertted\nreject\tit\tx\n", "d.tsv")
    assert "did you mean asserted?" in told.problems[0].reason
    assert len(told.decisions) == 1


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_reading(data: bytes) -> None:
    told = parse_decisions(b"decision\ttext\n" + data, "d.tsv")
    written = [line for line in data.split(b"\n") if line.strip() and not line.startswith(b"#")]
    lines = [d.line for d in told.decisions] + [p.line for p in told.problems]
    assert len(lines) == len(set(lines)) <= len(written)
    assert all(2 <= line <= data.count(b"\n") + 2 for line in lines)


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(lambda t: bool(flat(t)))


@given(st.lists(words, min_size=1, max_size=5), words)
def test_what_is_written_is_read(texts: list[str], comment: str) -> None:
    made = [CuratorDecision(0, "surface", "reject", text=text, comment=comment) for text in texts]
    data = "\n".join([HEADER, *("\t".join(d.row().values()) for d in made)])
    told = parse_decisions(data.encode(), "d.tsv")
    # A value that looks like a quoted cell is read as one; nothing else is changed.
    quoted = [t for t in (*texts, comment) if flat(t)[0] == flat(t)[-1] == '"']
    if not quoted:
        assert [(d.text, d.comment) for d in told.decisions] == [(flat(t), flat(comment)) for t in texts]


def test_append_is_idempotent_and_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "decisions.tsv"
    one = CuratorDecision(0, "surface", "reject", text="it", curator="A", date="2026-01-02")
    two = replace(one, text="that\tthere")
    assert append_decisions(path, [one, two, one]) == 2
    assert path.read_text().splitlines()[0] == HEADER
    before = path.read_bytes()
    # Who and when are no part of what is decided.
    assert append_decisions(path, [replace(one, curator="B", date="2026-03-04")]) == 0
    assert path.read_bytes() == before
    path.write_bytes(before.rstrip(b"\n"))
    assert append_decisions(path, [replace(one, text="more")]) == 1
    assert path.read_bytes().startswith(before)
    assert [d.text for d in read_decisions(path).decisions] == ["it", "that there", "more"]
    assert [p.name for p in tmp_path.iterdir()] == ["decisions.tsv"]


def test_append_keeps_the_columns_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "decisions.tsv"
    path.write_text("# list\nteam\tsubject_label\tdecision\tscope\n")
    assert append_decisions(path, [CuratorDecision(0, "surface", "reject", text="it")]) == 1
    assert path.read_text().splitlines()[-1] == "\tit\treject\tsurface"
    with pytest.raises(InputError, match="has no column curator"):
        append_decisions(path, [CuratorDecision(0, "surface", "reject", text="that", curator="A")])


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_decisions(tmp_path / "none.tsv")
    with pytest.raises(InputError, match="cannot be"):
        append_decisions(tmp_path / "none" / "d.tsv", [CuratorDecision(0, "surface", "reject", text="it")])


@pytest.mark.parametrize(
    "written", ["2026-13-45", "2026-02-30", "0000-01-01", "20260501", "2026-W18-5", "yesterday", "٢٠٢٦-٠١-٠١"]
)
def test_a_day_that_is_none_makes_the_row_unreadable(written: str) -> None:
    told = parse_decisions(f"decision\ttext\tdate\nreject\tit\t{written}\nreject\tit\t2024-02-29\n".encode(), "d.tsv")
    assert [decision.date for decision in told.decisions] == ["2024-02-29"]
    assert [problem.reason for problem in told.problems] == [f"date {written!r} is no day (YYYY-MM-DD)"]


def test_files_joined_end_to_end_are_a_file_and_are_appended_to_in_the_order_of_the_last(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    path.write_text("text\tdecision\nit\treject\ndecision\taccept\nDecision\tnote\tText\tScope\nreject\tmine\tthat\n")
    told = parse_decisions(path.read_bytes(), "d.tsv")
    assert [(d.line, d.text) for d in told.decisions] == [(2, "it"), (3, "decision"), (5, "that")]
    assert not told.problems
    assert append_decisions(path, [CuratorDecision(0, "surface", "reject", text="third")]) == 1
    assert path.read_text().splitlines()[-1] == "reject\t\tthird\tsurface"
    assert [d.text for d in parse_decisions(path.read_bytes(), "d.tsv").decisions][-1] == "third"
