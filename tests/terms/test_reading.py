"""Opening plain, compressed and damaged files."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.terms.reading import Problems, Rows, open_bytes, read_lines, sha256_file


def test_gzip_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "no-suffix"
    path.write_bytes(gzip.compress(b"one\r\ntwo\n"))
    assert list(read_lines(path, Problems("s", "f"))) == [(1, "one"), (2, "two")]


def test_a_cut_gzip_gives_what_is_sound_and_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    lines = [f"line {i} {i * 7919 % 1000003}\n".encode() for i in range(20_000)]
    path.write_bytes(gzip.compress(b"".join(lines))[:-5_000])
    problems = Problems("s", "f")
    found = list(read_lines(path, problems))
    assert 15_000 < len(found) < 20_000
    assert [f"{text}\n".encode() for _, text in found[:-1]] == lines[: len(found) - 1]
    assert [p.code for p in problems.found] == ["damaged-gzip"]


def test_damage_that_nobody_records_is_a_terms_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 400)[:-20])
    with pytest.raises(TermsError, match=r"cut\.gz is damaged or cut short"), open_bytes(path) as file:
        file.read()


def test_a_corrupt_gzip_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "bad.gz"
    data = bytearray(gzip.compress(b"some text\n" * 200))
    data[20:30] = b"\xff" * 10
    path.write_bytes(bytes(data))
    problems = Problems("s", "f")
    list(read_lines(path, problems))
    # What the decompressor makes of the damage, until it sees it, may be no text.
    assert [p.code for p in problems.found if p.code != "not-utf8"] == ["damaged-gzip"]


@pytest.mark.parametrize("tail", [b"", b"\0\0\0", gzip.compress(b"three\n")])
def test_gzip_members_follow_each_other(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n") + tail)
    problems = Problems("s", "f")
    texts = [text for _, text in read_lines(path, problems)]
    assert texts[:2] == ["one", "two"]
    assert problems.found == []


def test_what_follows_the_end_of_a_gzip_file_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "odd.gz"
    path.write_bytes(gzip.compress(b"one\n") + b"no gzip")
    problems = Problems("s", "f")
    assert [text for _, text in read_lines(path, problems)] == ["one"]
    assert [p.code for p in problems.found] == ["damaged-gzip"]


@given(st.binary(max_size=3_000), st.integers(1, 4), st.integers(0, 200))
def test_cutting_never_loses_more_than_it_must(data: bytes, members: int, cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.gz")
        parts = [gzip.compress(data[i::members]) for i in range(members)]
        whole = b"".join(parts)
        at = max(2, len(whole) - cut)
        # A file that is cut between its members is a whole one.
        boundary = at in {sum(map(len, parts[:i])) for i in range(1, members)}
        path.write_bytes(whole[:at])
        problems = Problems("s", "f")
        with open_bytes(path, problems) as file:
            found = file.read()
        expected = b"".join(data[i::members] for i in range(members))
        assert expected.startswith(found)
        assert cut or found == expected
        assert boundary or found == expected or problems.found


def test_an_overlong_line_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.terms.reading.LONGEST_LINE", 10)
    path = tmp_path / "f"
    path.write_bytes(b"short\n" + b"x" * 55 + b"\nshort again\n"[:7])
    problems = Problems("s", "f")
    assert [text for _, text in read_lines(path, problems)] == ["short", "short"] or problems.found
    assert [p.code for p in problems.found] == ["overlong-line"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_read_and_told(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "f"
    mark = {"utf-16": b"", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    path.write_bytes(mark + "one\nzwölf\n".encode(encoding))
    problems = Problems("s", "f")
    assert [text for _, text in read_lines(path, problems)] == ["one", "zwölf"]
    assert [p.code for p in problems.found] == ["wrong-encoding"]


def test_a_missing_file_is_a_terms_error(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match="cannot be read"):
        list(read_lines(tmp_path / "none", Problems("s", "f")))
    with pytest.raises(TermsError, match="cannot be read"):
        sha256_file(tmp_path / "none")


def test_a_line_that_is_not_utf8_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"\xef\xbb\xbfa\n\xff\xfe\nc\n")
    problems = Problems("s", "f")
    assert list(read_lines(path, problems)) == [(1, "a"), (3, "c")]
    assert [(p.code, p.line) for p in problems.found] == [("not-utf8", 2)]


def test_lost_rows_are_counted_once_the_header_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.terms.reading.LONGEST_LINE", 10)
    path = tmp_path / "f"
    path.write_bytes(b"# \xff\nid\n1\n\xff\n" + b"x" * 35 + b"\n3\n" + b"y" * 11)
    problems = Problems("s", "f")
    rows = Rows(path, problems)
    found = []
    for number, line in rows:
        if rows.begun:
            problems.begin()
            problems.keep()
        rows.begun = True
        found.append((number, line))
    assert found == [(2, "id"), (3, "1"), (6, "3")]
    assert [(p.code, p.line) for p in problems.found] == [
        ("not-utf8", 1), ("not-utf8", 4), ("overlong-line", 5), ("overlong-line", 7),
    ]  # fmt: skip
    assert dict(problems.set_aside) == {"not-utf8": 1, "overlong-line": 2}
    assert (problems.records, rows.lost, problems.balanced) == (5, 4, True)


def test_rows_of_a_file_in_utf16_are_no_longer_than_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.terms.reading.LONGEST_LINE", 10)
    path = tmp_path / "f"
    path.write_bytes(("a\n" + "x" * 35 + "\nb").encode("utf-16"))
    problems = Problems("s", "f")
    assert list(read_lines(path, problems)) == [(1, "a"), (3, "b")]
    assert [p.code for p in problems.found] == ["wrong-encoding", "overlong-line"]


@given(st.integers(0, 400), st.booleans())
def test_a_damaged_file_gives_its_whole_rows_and_no_other(cut: int, ended: bool) -> None:
    texts = [f"{n} {n * 7919 % 1009} ü" for n in range(40)]
    data = ("\n".join(texts) + "\n" * ended).encode()
    packed = gzip.compress(data, mtime=0)
    at = max(18, len(packed) - cut)
    inflate = zlib.decompressobj(wbits=31)
    there = inflate.decompress(packed[:at]) + inflate.flush()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.gz")
        path.write_bytes(packed[:at])
        problems = Problems("s", "f")
        rows = Rows(path, problems)
        rows.begun = True
        found = [line for _, line in rows]
    if at == len(packed):
        assert (found, problems.found) == (texts, [])
        assert rows.unended == (0 if ended else 40)
        return
    # What zcat gives up to the last line end.
    assert found == there.decode("utf-8", "ignore").split("\n")[:-1]
    half = bool(there) and not there.endswith(b"\n")
    assert [p.code for p in problems.found] == ["damaged-gzip", *["cut-short"] * half]
    assert dict(problems.set_aside) == ({"cut-short": 1} if half else {})
