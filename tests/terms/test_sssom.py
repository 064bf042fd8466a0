"""SSSOM tables: the metadata block, normalised CURIEs, rows that are no mappings."""

from __future__ import annotations

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
    assert [row.object_id for row in rows] == ["MESH:D012516", "MESH:D004194"]
    assert [(p.code, p.line) for p in problems.found] == [("negated-mapping", 11), ("malformed-row", 13)]
    # A vocabulary that casegraph does not know is counted, and is no fault of the file.
    assert problems.set_aside == {"negated-mapping": 1, "unknown-prefix": 1, "malformed-row": 1}
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
