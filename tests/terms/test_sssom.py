"""SSSOM tables: the metadata block, normalised CURIEs, rows that are no mappings."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.model import Mapping
from kg.terms.reading import Problems
from kg.terms.sssom import read_mappings, read_metadata
from tests.terms.full_data import full_data

TABLE = """\
# curie_map:
#   MONDO: http://purl.obolibrary.org/obo/MONDO_
#   m: "http://id.nlm.nih.gov/mesh/"
# license: https://creativecommons.org/publicdomain/zero/1.0/
# mapping_set_id: http://example.org/set
# mapping_set_version: "2026-01-01"
# comment: one: two
subject_id\tsubject_label\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification
MONDO:0009807\tosteosarcoma\tskos:exactMatch\t\tmesh:D012516\tsemapv:ManualMappingCuration
MONDO:0000001\tdisease\tskos:exactMatch\t\tm:D004194\tsemapv:ManualMappingCuration
MONDO:0000002\tx\tskos:exactMatch\tNot\tmesh:D000001\tsemapv:ManualMappingCuration
MONDO:0000003\tx\tskos:exactMatch\t\tFOO:1\tsemapv:ManualMappingCuration
MONDO:0000004\tx\tskos:exactMatch
"""


def test_metadata(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_text(TABLE, encoding="utf-8")
    metadata = read_metadata(path)
    assert metadata.mapping_set_id == "http://example.org/set"
    assert metadata.mapping_set_version == "2026-01-01"
    assert metadata.license == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert metadata.curie_map["m"] == "http://id.nlm.nih.gov/mesh/"
    assert metadata.values == {"comment": "one: two"}


def test_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_text(TABLE, encoding="utf-8")
    problems = Problems("s", path.name)
    rows = list(read_mappings(path, problems))
    assert rows[0] == Mapping(
        subject_id="MONDO:0009807",
        predicate_id="skos:exactMatch",
        object_id="MESH:D012516",
        mapping_justification="semapv:ManualMappingCuration",
        mapping_source="http://example.org/set",
        mapping_set_version="2026-01-01",
        subject_label="osteosarcoma",
        record="x.sssom.tsv:9",
    )
    assert [row.object_id for row in rows if row.predicate_id == "skos:exactMatch"] == ["MESH:D012516", "MESH:D004194"]
    assert [row.record for row in rows if row.predicate_id == "Not skos:exactMatch"] == ["x.sssom.tsv:11"]
    assert [(p.code, p.line) for p in problems.found] == [("negated-mapping", 11), ("malformed-row", 13)]
    # A vocabulary that casegraph does not know is counted, and is no fault of the file.
    assert problems.set_aside == {"unknown-prefix": 1, "malformed-row": 1}
    problems.keep(len(rows))
    assert problems.balanced


def test_an_identifier_of_a_known_vocabulary_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    head = "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    row = "\tskos:exactMatch\t{}\tsemapv:ManualMappingCuration\n"
    path.write_text(head + f"MONDO:0009807{row.format('mesh:nonsense')}sssom:NoTermFound{row.format('mesh:D012516')}")
    problems = Problems("s", path.name)
    assert list(read_mappings(path, problems)) == []
    assert problems.set_aside == {"malformed-identifier": 1, "no-term-found": 1}
    assert [(p.code, p.value) for p in problems.found] == [("malformed-identifier", "mesh:nonsense")]


def test_slots_of_a_row_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_text(
        "# mapping_date: 2026-01-02\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tauthor_id\tcomment\n"
        "MONDO:0009807\tskos:exactMatch\tmesh:D012516\tsemapv:ManualMappingCuration\t0.9\torcid:0000-0000-0000-0000\tsure\n"
    )
    (row,) = read_mappings(path, Problems("s", path.name))
    assert (row.confidence, row.author_id, row.mapping_date, row.comment) == (
        "0.9", "orcid:0000-0000-0000-0000", "2026-01-02", "sure",
    )  # fmt: skip


def test_a_table_without_the_required_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.sssom.tsv"
    path.write_text("subject_id\tobject_id\nMONDO:1\tMESH:1\n", encoding="utf-8")
    with pytest.raises(TermsError, match="predicate_id, mapping_justification"):
        list(read_mappings(path, Problems("s", path.name)))


@pytest.mark.parametrize("name", ["mesh", "doid", "efo", "ncit", "omim", "omimps", "orphanet", "umls"])
def test_the_owners_tables(name: str) -> None:
    path = full_data("mondo", "sssom", f"mondo_exactmatch_{name}.sssom.tsv.gz")
    problems = Problems("s", path.name)
    rows = list(read_mappings(path, problems))
    assert len(rows) > 500
    assert {row.predicate_id for row in rows} == {"skos:exactMatch"}
    assert {row.subject_id.partition(":")[0] for row in rows} == {"MONDO"}
    # The owner's own slip, in a genuine release: `NCIT:3921` lacks its C.
    expected = ["NCIT:3921"] if name == "ncit" else []
    assert [problem.value for problem in problems.found] == expected


HEAD = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tcomment\n"
ROW = "MONDO:0009807\tskos:exactMatch\tmesh:D012516\tsemapv:ManualMappingCuration\t"


def loaded(path: Path, text: str | bytes) -> tuple[list[Mapping], Problems]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems("s", path.name)
    rows = list(read_mappings(path, problems))
    problems.keep(len(rows))
    assert problems.balanced
    return rows, problems


def test_every_line_below_the_header_is_a_row(tmp_path: Path) -> None:
    text = f"# license: x\n{HEAD}\n# {ROW}\n#x\n{ROW}one\n{ROW}caf".encode() + b"\xe9\n" + f"{ROW}two\n\n".encode()
    rows, problems = loaded(tmp_path / "x.tsv", text)
    assert [row.comment for row in rows] == ["one", "two"]
    assert [(p.code, p.line) for p in problems.found] == [("malformed-row", 4), ("malformed-row", 5), ("not-utf8", 7)]
    assert problems.records == 5


@pytest.mark.parametrize(("last", "kept"), [("c", True), ("", True), (None, False)])
def test_a_last_row_without_line_end_must_be_whole(tmp_path: Path, last: str | None, kept: bool) -> None:
    cut = ROW.rstrip("\t") if last is None else ROW + last
    rows, problems = loaded(tmp_path / "x.tsv", f"{HEAD}{ROW}\n{cut}")
    assert len(rows) == 1 + kept
    assert [(p.code, p.line) for p in problems.found] == ([] if kept else [("cut-short", 3)])
    # With its line end it is a row whose last cells are empty.
    assert len(loaded(tmp_path / "x.tsv", f"{HEAD}{ROW}\n{cut}\n")[0]) == 2


def test_half_a_row_of_a_damaged_file_is_none(tmp_path: Path) -> None:
    texts = [f"comment {n * 7919}" for n in range(3_000)]
    whole = gzip.compress((HEAD + "".join(f"{ROW}{text}\n" for text in texts)).encode())
    for cut in range(len(whole) // 2, len(whole) // 2 + 10):
        rows, problems = loaded(tmp_path / "x.tsv.gz", whole[:cut])
        assert 500 < len(rows) < 3_000
        assert [row.comment for row in rows] == texts[: len(rows)]
        assert {p.code for p in problems.found} <= {"damaged-gzip", "cut-short"}


def test_metadata_with_comments_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text(
        "#curie_map:\n#  MONDO: http://purl.obolibrary.org/obo/MONDO_  # trailing\n"
        '#    msh: \'http://id.nlm.nih.gov/mesh/\'   # c\n#  "b": "http://example.org/b#"\n'
        '#mapping_set_id: https://w3id.org/x/odd.sssom.tsv  # trailing\n#mapping_set_version: "1 # 2" # three\n'
        "\n#license:   # none\n#creator_id:\n#- orcid:0000-0000-0000-0000\n#comment: it's a#b\n" + HEAD
    )
    metadata = read_metadata(path)
    assert metadata.mapping_set_id == "https://w3id.org/x/odd.sssom.tsv"
    assert (metadata.mapping_set_version, metadata.license) == ("1 # 2", "")
    assert metadata.curie_map == {
        "MONDO": "http://purl.obolibrary.org/obo/MONDO_", "msh": "http://id.nlm.nih.gov/mesh/",
        "b": "http://example.org/b#",
    }  # fmt: skip
    assert metadata.values == {"creator_id": "", "comment": "it's a#b"}


def test_one_blank_is_an_indent_where_keys_have_none(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("#curie_map:\n# m: http://id.nlm.nih.gov/mesh/\n#license: x\n")
    assert read_metadata(path).curie_map == {"m": "http://id.nlm.nih.gov/mesh/"}
    assert read_metadata(path).values == {}


def test_cells_in_quotes(tmp_path: Path) -> None:
    head = '"subject_id"\t"predicate_id"\t"object_id"\t"mapping_justification"\t"comment"\t"subject_label"\n'
    row = '"MONDO:0009807"\t"skos:exactMatch"\t"mesh:D012516"\tsemapv:ManualMappingCuration\t"a ""b""\tc"\t5" pipe\n'
    (mapping,), problems = loaded(tmp_path / "x.tsv", head + row)
    assert (mapping.subject_id, mapping.object_id) == ("MONDO:0009807", "MESH:D012516")
    assert (mapping.comment, mapping.subject_label) == ('a "b"\tc', '5" pipe')
    assert problems.found == []


@pytest.mark.parametrize(
    ("written", "predicate"),
    [
        ("exactMatch", "skos:exactMatch"), ("relatedMatch", "skos:relatedMatch"),
        ("http://www.w3.org/2004/02/skos/core#broadMatch", "skos:broadMatch"),
        ("<http://www.w3.org/2004/02/skos/core#broadMatch>", "skos:broadMatch"), ("s:closeMatch", "skos:closeMatch"),
        ("http://example.org/o#same", "own:same"), ("own:same", "own:same"), ("RO:0002200", "RO:0002200"),
        ("same", None), (":same", None), ("skos:", None), ("http://example.com/same", None),
    ],
)  # fmt: skip
def test_predicates(tmp_path: Path, written: str, predicate: str | None) -> None:
    block = "#curie_map:\n#  s: http://www.w3.org/2004/02/skos/core#\n#  own: http://example.org/o#\n"
    rows, problems = loaded(tmp_path / "x.tsv", block + HEAD + ROW.replace("skos:exactMatch", written) + "\n")
    assert [row.predicate_id for row in rows] == ([predicate] if predicate else [])
    assert [(p.code, p.value) for p in problems.found] == ([] if predicate else [("malformed-identifier", written)])


def test_identifiers_may_be_addresses_and_the_subject_may_stand_last(tmp_path: Path) -> None:
    head = "object_id\tpredicate_id\tmapping_justification\tsubject_id\n"
    subject = "http://purl.obolibrary.org/obo/MONDO_0009807"
    row = "\texactMatch\tsemapv:ManualMappingCuration\t"
    text = f"{head}https://id.nlm.nih.gov/mesh/D012516{row}{subject}\nhttp://id.nlm.nih.gov/mesh/x{row}{subject}\n"
    (mapping,), problems = loaded(tmp_path / "x.tsv", text)
    assert (mapping.subject_id, mapping.object_id) == ("MONDO:0009807", "MESH:D012516")
    assert dict(problems.set_aside) == {"malformed-identifier": 1}
