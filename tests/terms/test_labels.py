"""Tables of labels and of replacements: columns by name, identifiers in every spelling, rows that are none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.model import OTHER, Name, Term
from kg.terms.labels import Replacement, read_labels, read_replacements
from kg.terms.reading import Problems
from tests.terms.full_data import full_data


def labels(path: Path, text: str | bytes) -> tuple[dict[str, str], Problems]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems("mesh", path.name)
    found = {}
    for term in read_labels(path, problems):
        problems.keep()
        found[term.curie] = term.label
    assert problems.balanced
    return found, problems


def replacements(path: Path, text: str) -> tuple[list[Replacement], Problems]:
    path.write_text(text, encoding="utf-8")
    problems = Problems("mesh", path.name)
    found = list(read_replacements(path, problems))
    assert problems.balanced
    return found, problems


@pytest.mark.parametrize(
    "text",
    [
        "id,label\nMESH:D012516,Osteosarcoma\n",
        "id,scheme,subject\r\nhttps://id.nlm.nih.gov/mesh/D012516,MeSH,Osteosarcoma\r\n",
        "label\tCURIE\nOsteosarcoma\tmesh:D012516",
        "title;IRI\nOsteosarcoma;<http://id.nlm.nih.gov/mesh/D012516>\n",
        '\ufeff"Identifier","Preferred Label"\n"https://identifiers.org/mesh/D012516","Osteosarcoma"\n',
        '# made up\n\nid\tname\textra\nMESH:D012516\t" Osteosarcoma "\n',
        "Vocabulary,ID,Name\nMESH,D012516,Osteosarcoma\n",
    ],
)
def test_tables_of_labels(tmp_path: Path, text: str) -> None:
    found, problems = labels(tmp_path / "labels.csv", text)
    assert found == {"MESH:D012516": "Osteosarcoma"}
    assert problems.found == []


def test_a_row_is_a_term_of_no_category_with_its_label_alone(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv.gz"
    path.write_bytes(gzip.compress(b"id,label\nMESH:D012516,Osteosarcoma\n"))
    assert list(read_labels(path, Problems("mesh", path.name))) == [
        Term("MESH:D012516", OTHER, (Name("Osteosarcoma", "label"),), source="mesh")
    ]


def test_rows_that_cannot_be_read_are_dropped_with_their_line(tmp_path: Path) -> None:
    text = "id,label\nD012516,bare\nFOO:1,unknown\nMESH:D000001,\nMESH:D000002\nMESH:D000003,Abattoirs\n"
    found, problems = labels(tmp_path / "labels.csv", text)
    assert found == {"MESH:D000003": "Abattoirs"}
    assert [(p.code, p.line) for p in problems.found] == [
        ("unknown-prefix", 2), ("unknown-prefix", 3), ("malformed-row", 4), ("malformed-row", 5),
    ]  # fmt: skip
    assert problems.records == 5


def test_a_quoted_cell_may_hold_line_ends_and_delimiters(tmp_path: Path) -> None:
    text = 'id,label,note\nMESH:D000001,"a, ""b""","one\ntwo\n\nthree"\nMESH:D000002,"c\n  d",\n'
    found, problems = labels(tmp_path / "labels.csv", text)
    assert found == {"MESH:D000001": 'a, "b"', "MESH:D000002": "c d"}
    assert problems.found == []


def test_an_open_quote_does_not_take_the_rows_behind_it(tmp_path: Path) -> None:
    rows = [f"MESH:D{n:06d},name {n}" for n in range(300)]
    rows[10] = 'MESH:D000010,"open'
    rows[20] = 'MESH:D000020,5" pipe'
    found, problems = labels(tmp_path / "labels.csv", "id,label\n" + "\n".join(rows) + "\n")
    assert len(found) == 299
    assert found["MESH:D000020"] == '5" pipe'
    assert [(p.code, p.line) for p in problems.found] == [("malformed-row", 12)]


def test_bytes_that_are_not_utf8_are_told(tmp_path: Path) -> None:
    found, problems = labels(tmp_path / "labels.csv", b"id,label\nMESH:D000001,\xff\nMESH:D000002,b\n")
    assert found == {"MESH:D000002": "b"}
    assert [p.code for p in problems.found] == ["not-utf8"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no table of identifiers"),
        ("a,b\n1,2\n", "names a, b"),
        ("id,definition\nMESH:D000001,x\n", "each with a label"),
        ("<!DOCTYPE html>\n<html></html>", "web page"),
    ],
)
def test_what_is_no_table_of_labels_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TermsError, match=message):
        labels(tmp_path / "labels.csv", text)


@given(
    st.dictionaries(
        st.integers(1, 999_999).map(lambda n: f"MESH:D{n:06d}"),
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
        min_size=1,
    )
)
def test_labels_survive_csv(tmp_path_factory: pytest.TempPathFactory, table: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    text = "id,label\n" + "".join(f"{curie},{quoted(label)}\n" for curie, label in table.items())
    assert labels(tmp_path_factory.mktemp("csv") / "labels.csv", text)[0] == table


def test_genuine_labels() -> None:
    path = full_data("mesh", "invenio_mesh_lite_2026_subjects_mesh.csv.gz")
    problems = Problems("mesh", path.name)
    found = {term.curie: term.label for term in read_labels(path, problems)}
    assert len(found) == problems.records == 30_532
    assert found["MESH:D012516"] == "Osteosarcoma"
    assert problems.found == []


@pytest.mark.parametrize(
    "text",
    [
        "old,new\nMESH:C000657245,MESH:D000086382\n",
        "Old ID\tNew ID\nMESH:C000657245\tMESH:D000086382\n",
        "id,label,replaced_by\nMESH:C000657245,COVID-19,http://id.nlm.nih.gov/mesh/D000086382\n",
        "from;to\nmesh:C000657245;mesh:D000086382\n",
        "prefix,from,to\nMESH,C000657245,D000086382\n",
    ],
)
def test_tables_of_replacements(tmp_path: Path, text: str) -> None:
    found, problems = replacements(tmp_path / "replaced.csv", text)
    assert found == [Replacement("MESH:C000657245", "MESH:D000086382", 2)]
    assert (problems.records, problems.kept, problems.found) == (1, 1, [])


def test_each_row_of_replacements_is_accounted_for(tmp_path: Path) -> None:
    text = (
        "id,replaced_by\nMESH:D000001,\nMESH:D000002,MESH:D000002\nMESH:D000003,FOO:1\nFOO:1,MESH:D000003\n"
        "MESH:D000004,MESH:D000005 | MESH:D000006|FOO:2|MESH:D000005\n"
    )
    found, problems = replacements(tmp_path / "replaced.csv", text)
    assert found == [
        Replacement("MESH:D000004", "MESH:D000005", 6), Replacement("MESH:D000004", "MESH:D000006", 6),
    ]  # fmt: skip
    assert (problems.records, problems.kept) == (5, 1)
    assert dict(problems.set_aside) == {"no-successor": 1, "malformed-row": 1, "unknown-prefix": 2}
    assert [(p.code, p.value, p.line) for p in problems.found] == [
        ("malformed-row", "MESH:D000002", 3), ("unknown-prefix", "FOO:1", 4), ("unknown-prefix", "FOO:1", 5),
        ("unknown-prefix", "FOO:2", 6),
    ]  # fmt: skip


def test_a_table_of_labels_is_no_table_of_replacements(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match="that replaced it"):
        replacements(tmp_path / "replaced.csv", "id,label\nMESH:D000001,a\n")


def test_bytes_that_are_not_utf8_are_a_row(tmp_path: Path) -> None:
    _, problems = labels(tmp_path / "labels.csv", b"# \xff\nid,label\nMESH:D000001,\xff\nMESH:D000002,b\n")
    assert [(p.code, p.line) for p in problems.found] == [("not-utf8", 1), ("not-utf8", 3)]
    assert (problems.records, problems.kept, dict(problems.set_aside)) == (2, 1, {"not-utf8": 1})


def test_a_quoted_cell_that_lacks_a_line_does_not_take_the_rows_behind_it(tmp_path: Path) -> None:
    text = b'id,label\nMESH:D000001,"a\n\xff"\nMESH:D000002,"b"\nMESH:D000003,"c\nd"\n'
    found, problems = labels(tmp_path / "labels.csv", text)
    assert found == {"MESH:D000002": "b", "MESH:D000003": "c d"}
    assert [(p.code, p.line) for p in problems.found] == [("not-utf8", 3), ("malformed-row", 2)]


def test_a_comment_below_the_header_is_a_row_that_is_dropped(tmp_path: Path) -> None:
    text = '# made up\nid,label\n#MESH:D000001,a\n\nMESH:D000002,"b\n# c"\n'
    found, problems = labels(tmp_path / "labels.csv", text)
    assert found == {"MESH:D000002": "b # c"}
    assert [(p.code, p.line) for p in problems.found] == [("malformed-row", 3)]
    assert problems.records == 2


@pytest.mark.parametrize(
    ("last", "found", "code"),
    [
        ("MESH:D000002,Cann,x", "Cann", ""), ("MESH:D000002,Cann", "", "cut-short"), ("MESH:D0", "", "cut-short"),
        ('MESH:D000002,"Cann', "", "cut-short"), ("MESH:D000002,Cann\n", "Cann", ""),
    ],
)  # fmt: skip
def test_a_last_row_without_line_end_must_be_whole(tmp_path: Path, last: str, found: str, code: str) -> None:
    names, problems = labels(tmp_path / "labels.csv", f"id,label,note\nMESH:D000001,a,\n{last}")
    assert names == {"MESH:D000001": "a"} | ({"MESH:D000002": found} if found else {})
    assert [(p.code, p.line) for p in problems.found] == ([(code, 3)] if code else [])


def test_half_a_label_of_a_damaged_file_is_none(tmp_path: Path) -> None:
    rows = [f"MESH:D{n:06d},name {n * 7919}" for n in range(5_000)]
    whole = gzip.compress(("id,label\n" + "\n".join(rows) + "\n").encode())
    for cut in range(len(whole) // 2, len(whole) // 2 + 30):
        found, problems = labels(tmp_path / "labels.csv.gz", whole[:cut])
        assert [f"{curie},{label}" for curie, label in found.items()] == rows[: len(found)]
        assert 1_000 < len(found) < 5_000
        assert {p.code for p in problems.found} <= {"damaged-gzip", "cut-short"}
        assert problems.records - len(found) == problems.set_aside["cut-short"]
