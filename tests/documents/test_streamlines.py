"""Lines of byte streams: every line end, damage, and lines without end."""

from __future__ import annotations

import io
import re
from typing import IO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import streamlines
from kg.documents.streamlines import BROKEN, LONG, NOT_UTF8, NUL, OPEN, stream_lines


def lines(data: bytes, **options: object) -> list[tuple[int, str, str]]:
    return list(stream_lines(io.BytesIO(data), **options))  # type: ignore[arg-type]


def test_line_ends() -> None:
    assert lines(b"a\nb\r\n\r\nc\n") == [(1, "a", ""), (2, "b", ""), (3, "", ""), (4, "c", "")]
    assert lines(b"a\rb\r\rc\r") == [(1, "a", ""), (2, "b", ""), (3, "", ""), (4, "c", "")]
    assert lines(b"\xef\xbb\xbfa") == [(1, "a", OPEN)]
    assert lines(b"") == []


def test_a_lone_cr_parts_records_only() -> None:
    record = re.compile("R")
    assert lines(b"a\rb\rRc\n", record=record) == [(1, "a\rb", ""), (1, "Rc", "")]
    assert lines(b"a\rb\rRc\n") == [(1, "a\rb\rRc", "")]


def test_damage_costs_one_character_each() -> None:
    assert lines("é\n".encode() + b"a\xe9b\nc\x00d\n") == [
        (1, "é", ""),
        (2, "a\ufffdb", NOT_UTF8),
        (3, "c\ufffdd", NUL),
    ]


@pytest.mark.parametrize("block", [3, 8, 1000])
def test_a_line_that_is_too_long(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlines, "BLOCK", block)
    found = lines(b"a\n" + b"x" * 5000 + b"\n\nb\n" + b"y" * 5000, limit=2000)
    assert [(n, t[:1], p) for n, t, p in found] == [
        (1, "a", ""),
        (2, "x", LONG),
        (3, "", ""),
        (4, "b", ""),
        (5, "y", LONG),
    ]
    assert max(len(t) for _, t, _ in found) <= 400


def test_a_stream_that_breaks() -> None:
    class Breaks(io.RawIOBase):
        parts = iter([b"a\nb"])

        def read(self, size: int = -1) -> bytes:
            for part in self.parts:
                return part
            raise OSError("gone")

    found = list(stream_lines(cast(IO[bytes], Breaks())))
    assert found == [(1, "a", ""), (2, "b", OPEN), (3, "", BROKEN)]


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n\x00\ufeff", exclude_categories=("Cs",)))), st.integers(1, 9)
)
def test_lines_of_text_come_back_whatever_the_blocks(texts: list[str], block: int) -> None:
    class Pieces(io.BytesIO):
        def read1(self, size: int | None = -1) -> bytes:
            return self.read(block)

    data = "".join(f"{text}\n" for text in texts).encode()
    assert [t for _, t, p in stream_lines(Pieces(data)) if not p] == texts
