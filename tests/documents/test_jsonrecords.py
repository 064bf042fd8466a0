"""Objects of a JSON stream: every layout, and what a broken one costs."""

from __future__ import annotations

import gzip
import io
import json
import time
import tracemalloc
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import jsonrecords
from kg.documents.jsonrecords import JsonRecord, json_records

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
_OBJECTS = st.dictionaries(st.text(max_size=4), _VALUES, min_size=1, max_size=4)


def records(data: bytes | str) -> list[JsonRecord]:
    return list(json_records(io.BytesIO(data.encode() if isinstance(data, str) else data)))


def told(data: bytes | str) -> list[tuple[int, Any]]:
    return [(r.line, r.problem or r.value) for r in records(data)]


@given(st.lists(_OBJECTS, min_size=1, max_size=5), st.sampled_from([None, 0, 2]), st.integers(1, 40), st.booleans())
def test_every_layout_gives_the_objects(
    objects: list[dict[str, Any]], indent: int | None, size: int, ascii: bool
) -> None:
    lines = "\n".join(json.dumps(o, ensure_ascii=ascii) for o in objects)
    array = json.dumps(objects, indent=indent, ensure_ascii=ascii)
    row = "\n".join(json.dumps(o, indent=2, ensure_ascii=ascii) for o in objects)
    for text in (lines, lines + "\r\n", array, row, "".join(json.dumps(o) for o in objects)):
        stream = _Slow(text.encode("utf-8", "surrogatepass"), size)
        assert [r.value for r in json_records(cast("Any", stream))] == objects


class _Slow:
    """A stream that gives a few bytes at a time, as a pipe does."""

    def __init__(self, data: bytes, size: int) -> None:
        self._stream = io.BytesIO(data)
        self._size = size

    def read(self, _: int) -> bytes:
        return self._stream.read(self._size)


def test_a_broken_line_costs_only_itself() -> None:
    data = '{"a": 1}\n{"a": [1,\n{"a": 3}\n{"a": "open\n{"a": 5}\n{"a": nothing}\n{"a": 7}'
    assert told(data) == [
        (1, {"a": 1}),
        (2, "not JSON: its line ends before it does"),
        (3, {"a": 3}),
        (4, "not JSON: its line ends before it does"),
        (5, {"a": 5}),
        (6, "not JSON: Expecting value"),
        (7, {"a": 7}),
    ]


def test_a_broken_first_line() -> None:
    assert told('{"a": 1,\n{"a": 2}\n') == [(1, "not JSON: its line ends before it does"), (2, {"a": 2})]


def test_a_broken_object_of_an_array() -> None:
    assert told('[{"a": 1}, {"a" 2}, [3],\n {"a": 4}]') == [
        (1, {"a": 1}),
        (1, "not JSON: no value behind a name"),
        (1, "no JSON object"),
        (2, {"a": 4}),
    ]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"null", "no JSON object"),
        (b"\xff\xfea\x00", "no JSON object"),
        (b"<!DOCTYPE html><html><script>{}</script>", "no JSON object"),
        (b'{"a": ' * 500 + b"1" + b"}" * 500, "nested deeper than 64"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper than 64"),
        (b'{"a": ' + b"9" * 9000 + b"}", "thousands of digits"),
        (b'{"a": 1', "cut short: the input ends inside it"),
    ],
)
def test_what_is_no_object_says_so(data: bytes, problem: str) -> None:
    (record,) = records(data)
    assert record.value is None
    assert problem in record.problem


@pytest.mark.parametrize("data", [b"", b" \n", b"[]", b"\xef\xbb\xbf", '{"list": []}'])
def test_nothing_in_it(data: bytes | str) -> None:
    assert records(data) == [] or told(data) == [(1, {"list": []})]
    assert list(json_records(io.BytesIO(b'{"list": []}'), {"list"})) == []


@pytest.mark.parametrize("depth", [60, 70, 500, *range(950, 1000, 5), 3000, 100_000])
def test_no_depth_comes_to_the_reader(depth: int) -> None:
    """What Python's own reader takes may be too deep for whoever goes through it."""
    deep = '{"a": ' + "[" * depth + "]" * depth + "}"
    for text in (deep, f"[{deep}]", f'{{"list": [{deep}, {{"b": 1}}]}}'):
        found = list(json_records(io.BytesIO(text.encode()), {"list"}, ["a"]))
        assert (found[0].value is None) == (depth > 64)
        assert found[0].problem in {"", "nested deeper than 64"}
        assert len(found) == 1 + text.endswith("}]}")


def test_lines_of_records_behind_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are counted, and records found again, whatever the pieces are."""
    data = '{"a": 1}\n\n{"a": [1,\n{"a":\n\n3}\n{"a": "open\n{"b": 5}\n}{\n{"a": 7, "c": {"d": "\n"}}\n[{"a": 8}\n,{"a": 9}]'
    whole = told(data)
    assert whole == [
        (1, {"a": 1}),
        (3, "not JSON: its line ends before it does"),
        (4, {"a": 3}),
        (7, "not JSON: its line ends before it does"),
        (8, {"b": 5}),
        (9, "no JSON object"),
        (10, {"a": 7, "c": {"d": "\n"}}),
        (12, {"a": 8}),
        (13, {"a": 9}),
    ]
    for size in range(1, 40):
        monkeypatch.setattr(jsonrecords, "_CHUNK", size)
        assert told(data) == whole


def test_a_string_that_is_not_closed_costs_no_more_than_its_length() -> None:
    began = time.process_time()
    for end in ("", '\n{"a": 1}'):
        assert len(records('{"a": 1}\n{"a": "' + '\\"' * 300_000 + end)) == 2 + bool(end)
    assert time.process_time() - began < 3


def test_bytes_of_another_encoding_and_nul() -> None:
    (record,) = records(b'\xef\xbb\xbf{"a": "Caf\xe9\x00"}')
    assert record.value == {"a": "Café"}
    assert record.mended == ("encoding", "control-characters")
    assert told('{"a": "é"}'.encode("utf-16")) == [(1, {"a": "é"})]


def test_a_damaged_gzip_gives_what_is_sound() -> None:
    data = gzip.compress(b"".join(b'{"a": %d}\n' % (i * 7919) for i in range(50_000)))
    with gzip.open(io.BytesIO(data[: len(data) // 2])) as stream:
        found = list(json_records(cast("Any", stream)))
    assert len(found) > 1000
    assert all(r.value for r in found[:-1])
    assert "damaged" in found[-1].problem or found[-1].value


def test_a_record_that_is_too_long_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonrecords, "LONGEST_RECORD", 2000)
    monkeypatch.setattr(jsonrecords, "_CHUNK", 500)
    inside = ",".join(f'"k{i}": {i}' for i in range(1000))
    assert told(f'[{{"a": 1}}, {{{inside}}}, {{"a": 3}}]') == [
        (1, {"a": 1}),
        (1, "longer than 2000 characters"),
        (1, {"a": 3}),
    ]
    long_string = '{"a": "' + "x" * 20_000 + '"}\n{"a": 2}'
    assert told(long_string)[-1] == (2, {"a": 2})


@given(st.text(alphabet='{}[]":,\\\n a1', max_size=60))
def test_any_text_ends(text: str) -> None:
    for record in records(text):
        assert (record.value is None) == bool(record.problem)


def test_memory_is_that_of_one_object() -> None:
    class Endless(io.RawIOBase):
        left = 400

        def read(self, _: int = -1) -> bytes:
            self.left -= 1
            return b'{"a": "' + b"x" * 50_000 + b'"},' if self.left >= 0 else b""

    tracemalloc.start()
    count = sum(1 for _ in json_records(cast("Any", Endless())))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 400
    assert peak < 3_000_000
