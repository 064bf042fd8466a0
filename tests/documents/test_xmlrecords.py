"""Records of an XML stream: what a broken one costs, whatever the pieces, the encoding and the end."""

from __future__ import annotations

import io
from typing import IO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import xmlrecords
from kg.documents.xmlrecords import XmlNames, XmlRecord, xml_records

NAMES = XmlNames("r")


def records(data: bytes | str, *, mend: bool = True) -> list[XmlRecord]:
    return list(xml_records(io.BytesIO(data.encode() if isinstance(data, str) else data), NAMES, mend=mend))


def told(data: bytes | str) -> list[tuple[int, str]]:
    return [(r.line, r.problem or (r.element.text or "" if r.element is not None else "?")) for r in records(data)]


DIRT = "\n<set>\n<r>1</r>\n<r>2\n<r>3</r><r/>\n<!-- x -->\n<r>4 & 5</r>\n<r>6</p></r>\n<r>7\n<r>8"


def test_lines_and_problems_whatever_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = told(DIRT)
    assert whole == [
        (3, "1"),
        (4, "cut in the middle: another one begins inside it"),
        (5, "3"),
        (5, ""),
        (7, "4 & 5"),
        (8, "not well-formed XML: mismatched tag"),
        (9, "cut in the middle: another one begins inside it"),
        (10, "cut short: the input ends inside it"),
    ]
    for size in range(1, 30):
        monkeypatch.setattr(xmlrecords, "_CHUNK", size)
        assert told(DIRT) == whole


def test_what_stands_between_is_told_in_order() -> None:
    seen: list[str] = []
    stream = io.BytesIO(b"<set>a<r>1</r>b<r>2</r>c</set>")
    for record in xml_records(stream, NAMES, between=lambda block, rest: seen.append(f"{block.decode()}{rest:d}")):
        seen.append(record.element.text or "" if record.element is not None else "")
    assert seen == ["<set>a0", "1", "b0", "2", "c</set>0"]


def test_the_rest_of_a_record_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlrecords, "LONGEST_RECORD", 1000)
    monkeypatch.setattr(xmlrecords, "_CHUNK", 100)
    data = b"<set><r>1</r><r>" + b"word " * 1000 + b"</r><r>3</r>" + b"<!-- -->" * 500 + b"<r>4</r></set>"
    rest: list[int] = []

    def between(block: bytes, is_rest: bool) -> None:
        if is_rest:
            rest.append(len(block))

    found = list(xml_records(io.BytesIO(data), NAMES, between=between))
    assert [r.problem or (r.element is not None and r.element.text) for r in found] == [
        "1",
        "longer than 1000 bytes",
        "3",
        "4",
    ]
    assert len(found[1].lost) + sum(rest) == len("<r></r>") + 5000


@pytest.mark.parametrize("encoding", ["idna", "undefined", "punycode", "base64", "rot13", "klingon", "utf-7", "utf-16"])
def test_no_declared_encoding_breaks_it(encoding: str) -> None:
    (record,) = records(f"<?xml version='1.0' encoding='{encoding}'?><r>Fever</r>".encode())
    assert record.element is not None
    assert record.problem == ""
    assert len(records(f"<?xml version='1.0' encoding='{encoding}'?><r>F\xe9ver..-\xff</r>".encode("latin-1"))) == 1


@pytest.mark.parametrize(("mend", "text", "mended"), [(True, "Café  x", ("encoding", "control-characters")),
                                                      (False, "Caf\ufffd \ufffd x", ("control-characters",))])  # fmt: skip
def test_dirt_is_mended_or_keeps_its_place(mend: bool, text: str, mended: tuple[str, ...]) -> None:
    (record,) = records(b"<r>Caf\xe9 \x00 x</r>", mend=mend)
    assert record.element is not None
    assert (record.element.text, record.mended) == (text, mended)


def test_several_elements_are_no_record() -> None:
    assert records("<r>a</q><q></r>")[0].problem.startswith("not well-formed XML")
    assert [r.problem for r in records("<r><r></r></r><r>1</r>")] == [
        "cut in the middle: another one begins inside it", "", "",
    ]  # fmt: skip


@given(st.text(alphabet="<r>/ &;!-x\n'\"", max_size=60), st.integers(1, 9))
def test_any_text_ends(text: str, size: int) -> None:
    class Slow:
        def __init__(self, data: bytes) -> None:
            self.stream = io.BytesIO(data)

        def read(self, _: int) -> bytes:
            return self.stream.read(size)

    whole = [(r.line, r.problem, r.lost) for r in records(text)]
    assert [(r.line, r.problem, r.lost) for r in xml_records(cast("IO[bytes]", Slow(text.encode())), NAMES)] == whole
    assert all((r.element is None) == bool(r.problem) for r in records(text))
