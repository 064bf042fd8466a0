"""The walker through JSON files: the same values as the standard library gives, wherever the file is cut into reads."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.terms import json_stream
from kg.terms.json_stream import JsonError, JsonStream
from kg.terms.reading import Problems


class Dripping(io.BytesIO):
    """A file that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._step)


def walker(text: str | bytes, step: int = 1 << 20) -> JsonStream:
    data = text.encode() if isinstance(text, str) else text
    return JsonStream(Dripping(data, step), Path("x.json"), Problems("s", "x.json"))


def walk(stream: JsonStream, depth: int = 2) -> Any:
    """Rebuild a value, the outer levels through the walker's own steps."""
    opening = stream.peek()
    if depth and opening == "{":
        return {key: walk(stream, depth - 1) for key in stream.members()}
    if depth and opening == "[":
        return [walk(stream, depth - 1) for _ in stream.places()]
    return stream.value()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(value=VALUES, step=st.integers(1, 40), indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_it_gives_what_the_file_holds(value: Any, step: int, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    stream = walker(text.encode("utf-8", "replace"), step)
    assert walk(stream) == json.loads(text.encode("utf-8", "replace"))
    assert stream.peek() == ""


@given(value=VALUES.filter(lambda value: isinstance(value, dict | list)), step=st.integers(1, 40), data=st.data())
def test_a_cut_file_is_told_to_be_cut(value: Any, step: int, data: st.DataObject) -> None:
    text = json.dumps(value).encode()
    place = data.draw(st.integers(1, len(text) - 1))
    with pytest.raises(JsonError):
        walk(walker(text[:place], step))


def test_lines_are_those_of_the_file() -> None:
    stream = walker('{\n\n "a": [\n  1,\n\n  {"x":\n 2}\n ],\n "b":\n  3}', step=5)
    lines: list[tuple[str, int]] = []
    for key in stream.members():
        if key == "a":
            for _ in stream.places():
                lines.append(("element", stream.line))
                stream.value()
        else:
            lines.append((key, stream.line))
            stream.skip()
    assert lines == [("element", 4), ("element", 6), ("b", 10)]


def test_what_is_no_json_is_told_at_once_not_read_to_the_end() -> None:
    text = '{"a": [oops, ' + "1, " * 1_000_000
    source = io.BytesIO(text.encode())
    stream = JsonStream(source, Path("x.json"), Problems("s", "x.json"))
    with pytest.raises(JsonError, match="line 1") as caught:
        walk(stream)
    assert not caught.value.cut
    assert source.tell() <= 1 << 18


def test_a_value_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LONGEST_VALUE", 1 << 20)
    source = io.BytesIO(b'{"a": "' + b"x" * (1 << 23))
    with pytest.raises(JsonError, match="too long"):
        walk(JsonStream(source, Path("x.json"), Problems("s", "x.json")))
    assert source.tell() < 1 << 22


@pytest.mark.parametrize("text", ["{1: 2}", '{"a" 1}', '{"a": 1 "b": 2}', "[1 2]", '{"a": }', "[1, ]"])
def test_malformed_text(text: str) -> None:
    with pytest.raises(JsonError):
        walk(walker(text + " " * 100))


@pytest.mark.parametrize("digits", [1, 999, 1_001, 4_300, 4_301, 300_000])
def test_numbers_of_any_length(digits: int) -> None:
    text = "-" + "7" * digits
    first, second = walker(f"[{text}, 1]", step=1000).elements()
    assert second == 1
    assert first == (int(text) if digits <= 1000 else float(text))
