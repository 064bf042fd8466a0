"""XML record by record: every way of cutting a file, bad records among good ones, encodings, lines."""

from __future__ import annotations

import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.terms import xml_records
from kg.terms.reading import Problems
from kg.terms.xml_records import XmlRecords


def read(path: Path) -> tuple[list[tuple[str, int]], Problems]:
    """Return the text and line of every record, and the account, with the records kept."""
    problems = Problems("source", path.name)
    records = XmlRecords(path, "Set", "Record", problems, "get another")
    found = []
    for record in records:
        found.append(("".join(record.itertext()).strip(), records.line))
        problems.keep()
    assert problems.balanced
    return found, problems


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "records.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_records_and_their_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "<?xml version='1.0'?>\n<!-- <Set> -->\n<!DOCTYPE Set SYSTEM 'http://127.0.0.1:9/x.dtd'>\n<Set a='>'>\n"
        "<Record>1</Record><Record/>\n<Record x='y'>\n2</Record >\n\n<Record>3</Record\n>\n<Record />\n</Set >\n<!-- end -->",
    )
    found, problems = read(path)
    assert found == [("1", 5), ("", 5), ("2", 6), ("3", 9), ("", 11)]
    assert problems.found == []


def test_a_record_alone_is_a_file(tmp_path: Path) -> None:
    assert read(write(tmp_path, "\n<Record>1</Record>\n"))[0] == [("1", 2)]


@pytest.mark.parametrize("block", [1, 7, 64])
def test_the_size_of_a_block_changes_nothing(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "<Set>" + "".join(f"\n<Record><A>{n} &amp; ü</A></Record>" for n in range(50)) + "</Set>"
    path = write(tmp_path, text)
    monkeypatch.setattr(xml_records, "_BLOCK", block)
    found, problems = read(path)
    assert found == [(f"{n} & ü", n + 2) for n in range(50)]
    assert problems.found == []


@pytest.mark.parametrize(
    "bad", ["<Record><A></B></Record>", "<Record>\x01</Record>", "<Record>&nbsp;</Record>", "<Record><A></Record>"]
)
def test_a_bad_record_costs_only_itself(tmp_path: Path, bad: str) -> None:
    found, problems = read(write(tmp_path, f"<Set>\n<Record>1</Record>\n{bad}\n<Record>2</Record>\n</Set>"))
    assert found == [("1", 2), ("2", 4)]
    assert [(p.code, p.line) for p in problems.found] == [("not-well-formed", 3)]
    assert dict(problems.set_aside) == {"not-well-formed": 1}


def test_bytes_that_are_not_utf8_cost_only_their_record(tmp_path: Path) -> None:
    text = b"<Set><Record>\xff</Record>\n<Record>2</Record></Set>"
    found, problems = read(write(tmp_path, text))
    assert found == [("2", 2)]
    assert dict(problems.set_aside) == {"not-well-formed": 1}


@given(st.integers(min_value=0, max_value=10_000), st.booleans())
def test_a_file_cut_anywhere_gives_the_whole_records_before(
    tmp_path_factory: pytest.TempPathFactory, place: int, crlf: bool
) -> None:
    text = "<Set>\n" + "".join(f"<Record><A>{n}</A></Record>\n" for n in range(20)) + "</Set>"
    text = text.replace("\n", "\r\n") if crlf else text
    cut = text[: place % len(text)]
    whole = cut.count("</Record>")
    path = write(tmp_path_factory.mktemp("cut"), cut)
    if not whole:
        with pytest.raises(TermsError):
            read(path)
        return
    found, problems = read(path)
    assert [name for name, _ in found] == [str(n) for n in range(whole)]
    begun = cut.count("<Record>") > whole
    assert problems.set_aside.total() == begun
    # The end tag of the root may lack its last character alone.
    assert ("not-well-formed" in {p.code for p in problems.found}) == ("</Set" not in cut)


def test_what_stands_between_and_behind_is_told(tmp_path: Path) -> None:
    found, problems = read(write(tmp_path, "<Set><Record>1</Record><Other/><Record>2</Record></Set><html>"))
    assert [name for name, _ in found] == ["1", "2"]
    assert [p.code for p in problems.found] == ["unknown-element", "not-well-formed"]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8", "windows-1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?>\n<Set>\n<Record>Sjögren</Record></Set>"
    found, problems = read(write(tmp_path, text.encode(encoding)))
    assert found == [("Sjögren", 3)]
    assert problems.found == []


@pytest.mark.parametrize("declared", ["utf-16", "UTF-32", "idna", "undefined", "hex", "no-such-encoding"])
def test_a_wrong_declaration_is_told_and_the_file_read(tmp_path: Path, declared: str) -> None:
    text = f"<?xml version='1.0' encoding='{declared}'?>\n<Set>\n<Record>Sjögren</Record></Set>"
    found, problems = read(write(tmp_path, text))
    assert found == [("Sjögren", 3)]
    assert [(p.code, p.value) for p in problems.found] == [("wrong-encoding", declared.lower())]


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_told_by_their_bytes(tmp_path: Path, encoding: str, mark: str) -> None:
    text = mark + "<?xml version='1.0' encoding='{}'?>\n<Set><Record>Sjögren</Record></Set>"
    for declared, codes in ((encoding[:6], []), ("utf-8", ["wrong-encoding"])):
        found, problems = read(write(tmp_path, text.format(declared).encode(encoding)))
        assert found == [("Sjögren", 2)]
        assert [p.code for p in problems.found] == codes


@pytest.mark.parametrize(
    "after",
    [
        "\n" * 20_000 + "junk", "\n>" * 10_000, "<!--" * 16_000, "<!---->" * 10_000 + "junk", "<?" * 16_000,
        "<??> <!-- -->" * 5_000 + "<",
    ],
)  # fmt: skip
def test_what_follows_the_end_takes_no_time(tmp_path: Path, after: str) -> None:
    path = write(tmp_path, f"<Set><Record>1</Record></Set>{after}")
    began = time.process_time()
    found, problems = read(path)
    # Backtracking would take more than the age of the universe.
    assert time.process_time() - began < 5
    assert [name for name, _ in found] == ["1"]
    assert [p.code for p in problems.found] == ["not-well-formed"]


def test_what_stands_in_the_way_of_the_root_takes_no_time(tmp_path: Path) -> None:
    began = time.process_time()
    for before in ("<!--" * 16_000, "<?xml " + "encoding " * 10_000, "<Set " + "a='" * 16_000, "<Set " + " " * 60_000):
        with pytest.raises(TermsError):
            read(write(tmp_path, before))
    assert time.process_time() - began < 5


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    assert read(write(tmp_path, "<Set><Record>1</Record></Set>".encode("utf-8-sig")))[0] == [("1", 1)]


def test_what_an_encoding_does_not_hold_is_told(tmp_path: Path) -> None:
    text = b"<?xml version='1.0' encoding='shift_jis'?><Set><Record>a\xff\xff</Record></Set>"
    found, problems = read(write(tmp_path, text))
    assert found == [("a\ufffd\ufffd", 1)]
    assert [p.code for p in problems.found] == ["wrong-encoding"]


def test_a_record_that_never_ends_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_records, "LONGEST_RECORD", 1 << 16)
    path = write(tmp_path, "<Set><Record>1</Record><Record>" + "x" * (1 << 18) + "</Record></Set>")
    found, problems = read(path)
    assert [name for name, _ in found] == ["1"]
    assert [p.code for p in problems.found] == ["cut-short", "not-well-formed"]
    assert "too long" in problems.found[1].message


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20), max_size=20))
def test_the_records_are_those_of_a_plain_parser(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    root = ElementTree.Element("Set")
    for text in texts:
        ElementTree.SubElement(ElementTree.SubElement(root, "Record"), "A").text = text
    path = write(tmp_path_factory.mktemp("plain"), ElementTree.tostring(root, encoding="utf-8"))
    found, problems = read(path)
    expected = ["".join(record.itertext()).strip() for record in ElementTree.parse(path).getroot()]
    assert [name for name, _ in found] == expected
    assert problems.found == []
