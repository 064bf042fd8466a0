"""Opening plain, compressed and damaged files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.terms.reading import Problems, read_lines, sha256_file


def test_gzip_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "no-suffix"
    path.write_bytes(gzip.compress(b"one\r\ntwo\n"))
    assert list(read_lines(path, Problems("s", "f"))) == [(1, "one"), (2, "two")]


def test_a_cut_gzip_is_a_terms_error_that_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 400)[:-20])
    with pytest.raises(TermsError, match=r"cut\.gz is damaged or cut short"):
        list(read_lines(path, Problems("s", "f")))


def test_a_corrupt_gzip_is_a_terms_error(tmp_path: Path) -> None:
    path = tmp_path / "bad.gz"
    data = bytearray(gzip.compress(b"some text\n" * 200))
    data[20:30] = b"\xff" * 10
    path.write_bytes(bytes(data))
    with pytest.raises(TermsError, match="damaged"):
        list(read_lines(path, Problems("s", "f")))


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
