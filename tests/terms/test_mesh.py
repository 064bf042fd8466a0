"""MeSH XML: genuine element-rich records, tree parents, headings, hostile files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Name, Term
from kg.terms.mesh import read_descriptors, read_supplementary
from kg.terms.reading import Problem, Problems
from tests.terms.full_data import full_data


def descriptor(ui: str, name: str, *trees: str, concepts: str = "") -> str:
    numbers = "".join(f"<TreeNumber>{tree}</TreeNumber>" for tree in trees)
    return (
        f"<DescriptorRecord><DescriptorUI>{ui}</DescriptorUI><DescriptorName><String>{name}</String>"
        f"</DescriptorName><TreeNumberList>{numbers}</TreeNumberList>{concepts}</DescriptorRecord>"
    )


def load(tmp_path: Path, records: str, prologue: str = "") -> tuple[dict[str, Term], list[Problem]]:
    path = tmp_path / "desc.xml"
    text = f"<?xml version='1.0'?>{prologue}<DescriptorRecordSet>{records}</DescriptorRecordSet>"
    path.write_text(text, encoding="utf-8")
    problems = Problems("mesh", path.name)
    return {term.curie: term for term in read_descriptors(path, problems)}, problems.found


def test_parents_come_from_tree_numbers(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        descriptor("D009369", "Neoplasms", "C04")
        + descriptor("D012509", "Sarcoma", "C04.557")
        + descriptor("D012516", "Osteosarcoma", "C04.557.450", "C04.1"),
    )
    assert terms["MESH:D012516"].parents == ("MESH:D009369", "MESH:D012509")
    assert terms["MESH:D009369"].parents == ()
    assert problems == []


def test_a_tree_parent_that_is_not_in_the_file_is_a_problem(tmp_path: Path) -> None:
    terms, problems = load(tmp_path, descriptor("D012516", "Osteosarcoma", "C04.557.450"))
    assert terms["MESH:D012516"].parents == ()
    assert [(p.code, p.value) for p in problems] == [("dangling-parent", "C04.557")]


def test_categories_follow_the_tree(tmp_path: Path) -> None:
    terms, _ = load(
        tmp_path,
        descriptor("D000001", "a", "D01")
        + descriptor("D000002", "b", "F03")
        + descriptor("D000003", "c", "F01")
        + descriptor("D000004", "d", "D02", "C01")
        + descriptor("D000005", "e"),
    )
    assert [term.category for term in terms.values()] == [CHEMICAL, DISEASE, OTHER, DISEASE, OTHER]


def test_names_of_further_concepts_have_the_scope_of_their_relation(tmp_path: Path) -> None:
    def concept(ui: str, preferred: str, name: str, relations: str = "") -> str:
        return (
            f"<Concept PreferredConceptYN='{preferred}'><ConceptUI>{ui}</ConceptUI>{relations}<TermList><Term>"
            f"<String>{name}</String></Term></TermList></Concept>"
        )

    relations = "".join(
        f"<ConceptRelation RelationName='{kind}'><Concept1UI>M1</Concept1UI><Concept2UI>{ui}</Concept2UI>"
        "</ConceptRelation>"
        for kind, ui in (("NRW", "M2"), ("BRD", "M3"), ("REL", "M4"))
    )
    concepts = (
        concept("M1", "Y", "same", f"<ConceptRelationList>{relations}</ConceptRelationList>")
        + concept("M2", "N", "narrower") + concept("M3", "N", "broader") + concept("M4", "N", "related")
        + concept("M5", "N", "unrelated")
    )  # fmt: skip
    terms, _ = load(
        tmp_path, descriptor("D000001", "a", concepts=f"<ConceptList>{concepts}</ConceptList>")
    )  # fmt: skip
    assert terms["MESH:D000001"].names == (
        Name("a", "label"), Name("same", "exact"), Name("unrelated", "exact"), Name("narrower", "narrow"),
        Name("broader", "broad"), Name("related", "related"),
    )  # fmt: skip


def test_records_without_identifier_or_name_are_problems(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        descriptor("nonsense", "a") + "<DescriptorRecord/>" + descriptor("D000001", " ") + descriptor("D000002", "b"),
    )
    assert list(terms) == ["MESH:D000002"]
    assert [problem.code for problem in problems] == ["malformed-record"] * 3


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x [<!ENTITY % remote SYSTEM "http://127.0.0.1:9/x.dtd"> %remote;]>',
    ],
)
def test_entities_are_refused(tmp_path: Path, prologue: str) -> None:
    with pytest.raises(TermsError, match="declares the XML entity"):
        load(tmp_path, descriptor("D000001", "&b;"), prologue)


def test_an_external_document_type_is_not_read(tmp_path: Path) -> None:
    prologue = '<!DOCTYPE DescriptorRecordSet SYSTEM "http://127.0.0.1:9/nlm.dtd">'
    terms, _ = load(tmp_path, descriptor("D000001", "a"), prologue)
    assert list(terms) == ["MESH:D000001"]


def test_broken_and_wrong_xml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desc.xml"
    for text, message in (
        ("<DescriptorRecordSet><DescriptorRecord>", "not well-formed"),
        ("", "not well-formed"),
        ("<html></html>", "holds <html>"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(TermsError, match=message):
            list(read_descriptors(path, Problems("mesh", path.name)))


def test_a_cut_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "supp.gz"
    path.write_bytes(gzip.compress(b"<SupplementalRecordSet>" + bytes(range(65, 91)) * 9000)[:-30])
    with pytest.raises(TermsError, match=r"cut short|not well-formed"):
        list(read_supplementary(path, Problems("mesh", path.name)))


def test_genuine_descriptors() -> None:
    path = full_data("mesh", "official_format", "desc-samples.xml")
    problems = Problems("mesh", path.name)
    terms = {term.curie: term for term in read_descriptors(path, problems)}
    assert len(terms) == 43
    assert terms["MESH:D000001"].names[0] == Name("Calcimycin", "label")
    assert Name("A-23187", "narrow") in terms["MESH:D000001"].names
    assert terms["MESH:D000001"].category == CHEMICAL
    # The sample holds few of the descriptors above: each missing one is told.
    assert {problem.code for problem in problems.found} == {"dangling-parent"}


def test_a_descriptor_of_the_2026_document_type() -> None:
    path = full_data("mesh", "official_format", "ilios_fake_desc2026.xml")
    problems = Problems("mesh", path.name)
    (term,) = read_descriptors(path, problems)
    assert (term.curie, term.label, term.tree_numbers) == ("MESH:D000000", "a descriptor", ("D00.000.000.000.001",))
    assert [problem.value for problem in problems.found] == ["D00.000.000.000"]


def test_genuine_supplementary_records() -> None:
    path = full_data("mesh", "official_format", "supp-samples.xml")
    problems = Problems("mesh", path.name)
    terms = {term.curie: term for term in read_supplementary(path, problems)}
    assert len(terms) == 19
    assert problems.found == []
    # Starred descriptors only: Camphor is starred at its qualifier, Drug Combinations not at all.
    assert terms["MESH:C025735"].mapped_to == ("MESH:D001286", "MESH:D012602")
    assert terms["MESH:C038409"].category == OTHER
    assert sum(term.category == DISEASE for term in terms.values()) == 6


def test_classes_of_supplementary_records(tmp_path: Path) -> None:
    path = tmp_path / "supp.xml"
    records = "".join(
        f'<SupplementalRecord SCRClass="{kind}"><SupplementalRecordUI>C00000{kind}</SupplementalRecordUI>'
        f"<SupplementalRecordName><String>n{kind}</String></SupplementalRecordName></SupplementalRecord>"
        for kind in "12349"
    )
    path.write_text(f"<SupplementalRecordSet>{records}</SupplementalRecordSet>", encoding="utf-8")
    problems = Problems("mesh", path.name)
    assert [t.category for t in read_supplementary(path, problems)] == [CHEMICAL, OTHER, DISEASE, TAXON, OTHER]
    assert [(p.code, p.value) for p in problems.found] == [("unknown-class", "9")]
