"""MeSH XML: genuine element-rich records, tree parents, headings, facts about concepts, the account, bad files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Name, Term
from kg.terms.mesh import Action, read_actions, read_descriptors, read_supplementary
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
    terms = read(read_descriptors(path, problems), problems)
    return {term.curie: term for term in terms}, problems.found


def read(terms: Iterator[Term], problems: Problems) -> list[Term]:
    """Take the terms as the compiler does, and check that the account balances."""
    found = []
    for term in terms:
        found.append(term)
        problems.keep()
    assert problems.balanced
    return found


def supplement(tmp_path: Path, records: str) -> tuple[list[Term], Problems]:
    path = tmp_path / "supp.xml"
    path.write_text(f"<SupplementalRecordSet>{records}</SupplementalRecordSet>", encoding="utf-8")
    problems = Problems("mesh", path.name)
    return read(read_supplementary(path, problems), problems), problems


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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<DescriptorRecordSet><DescriptorRecord>", "cut short"),
        ("", "not well-formed"),
        ("plain text", "not well-formed"),
        ("<!DOCTYPE html><html><body>503</body></html>", "web page"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'></html>", "web page"),
        ("<SupplementalRecordSet/>", "holds <SupplementalRecordSet>, not <DescriptorRecordSet>.*descYYYY.xml"),
        ("<!-- <DescriptorRecordSet> -->", "not well-formed"),
        ("<DescriptorRecordSet x='", "not well-formed"),
    ],
)
def test_what_is_no_descriptor_file_is_refused_with_advice(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "desc.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TermsError, match=message):
        list(read_descriptors(path, Problems("mesh", path.name)))


def test_a_set_without_records_holds_none(tmp_path: Path) -> None:
    assert load(tmp_path, "") == ({}, [])


def test_a_cut_gzip_gives_the_whole_records_before_the_cut(tmp_path: Path) -> None:
    records = "".join(descriptor(f"D{n:06d}", f"name {n * n}") for n in range(5000))
    whole = gzip.compress(f"<DescriptorRecordSet>{records}</DescriptorRecordSet>".encode())
    path = tmp_path / "desc.xml.gz"
    path.write_bytes(whole[: len(whole) // 2])
    problems = Problems("mesh", path.name)
    terms = read(read_descriptors(path, problems), problems)
    assert 1000 < len(terms) < 4000
    assert terms[-1].label == f"name {(len(terms) - 1) ** 2}"
    assert problems.records == len(terms) + 1
    assert dict(problems.set_aside) == {"cut-short": 1}
    assert {p.code for p in problems.found} == {"damaged-gzip", "not-well-formed", "cut-short"}
    assert any(f"{len(terms)} whole records" in p.message for p in problems.found)


def test_an_identifier_that_the_file_repeats_is_yielded_as_often(tmp_path: Path) -> None:
    path = tmp_path / "desc.xml"
    twice = descriptor("D000001", "a", "C01") + descriptor("D000001", "b", "C01")
    path.write_text(f"<DescriptorRecordSet>{twice}</DescriptorRecordSet>", encoding="utf-8")
    problems = Problems("mesh", path.name)
    assert [term.label for term in read(read_descriptors(path, problems), problems)] == ["a", "b"]
    assert problems.found == []


def test_a_record_that_comes_again_has_no_place_in_the_tree(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        descriptor("D000001", "a", "C01") + descriptor("D000001", "again", "C02", "C03.1")
        + descriptor("D000003", "c", "C02") + descriptor("D000004", "d", "C02.100"),
    )  # fmt: skip
    assert terms["MESH:D000004"].parents == ("MESH:D000003",)
    assert problems == []


def test_a_tree_number_that_two_records_claim_stays_with_the_first(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        descriptor("D000001", "a", "C01") + "\n" + descriptor("D000002", "b", "C01", "C01.5")
        + descriptor("D000003", "c", "C01.100"),
    )  # fmt: skip
    assert terms["MESH:D000003"].parents == ("MESH:D000001",)
    assert terms["MESH:D000002"].parents == ("MESH:D000001",)
    assert [(p.code, p.value, p.line) for p in problems] == [("duplicate-tree-number", "C01", 2)]


CONCEPTS = """<ConceptList>
  <Concept PreferredConceptYN="Y"><ConceptUI>M0000001</ConceptUI><RegistryNumber>{first}</RegistryNumber></Concept>
  <Concept PreferredConceptYN="N"><ConceptUI>M0000002</ConceptUI><RegistryNumberList>
    <RegistryNumber>0</RegistryNumber><RegistryNumber> 57-27-2 </RegistryNumber></RegistryNumberList></Concept>
</ConceptList>"""


@pytest.mark.parametrize(("first", "numbers"), [("0", ["0", "57-27-2"]), ("76I7G6D29C", ["57-27-2", "76I7G6D29C"])])
def test_facts_about_concepts(tmp_path: Path, first: str, numbers: list[str]) -> None:
    actions = (
        "<PharmacologicalActionList><PharmacologicalAction><DescriptorReferredTo><DescriptorUI>D000701</DescriptorUI>"
        "</DescriptorReferredTo></PharmacologicalAction><PharmacologicalAction/></PharmacologicalActionList>"
    )
    terms, problems = load(tmp_path, descriptor("D009020", "Morphine", concepts=actions + CONCEPTS.format(first=first)))
    assert terms["MESH:D009020"].properties == (
        ("concept", "M0000002"), ("pharmacological_action", "MESH:D000701"), ("preferred_concept", "M0000001"),
        *(("registry_number", number) for number in numbers),
    )  # fmt: skip
    assert [p.code for p in problems] == ["malformed-record"]


def test_a_relation_is_read_from_either_side(tmp_path: Path) -> None:
    concepts = (
        "<ConceptList><Concept PreferredConceptYN='Y'><ConceptUI>M0000001</ConceptUI></Concept>"
        "<Concept PreferredConceptYN='N'><ConceptUI>M0000002</ConceptUI><ConceptRelationList><ConceptRelation "
        "RelationName='NRW'><Concept1UI>M0000002</Concept1UI><Concept2UI>M0000001</Concept2UI></ConceptRelation>"
        "</ConceptRelationList><TermList><Term><String>wide\n  name</String></Term></TermList></Concept></ConceptList>"
    )
    terms, _ = load(tmp_path, descriptor("D000001", "a", concepts=concepts))
    assert terms["MESH:D000001"].names == (Name("a", "label"), Name("wide name", "broad"))


def test_headings_are_preferred_by_a_star_on_the_descriptor(tmp_path: Path) -> None:
    def heading(ui: str, qualifier: str = "") -> str:
        more = f"<QualifierReferredTo><QualifierUI>{qualifier}</QualifierUI></QualifierReferredTo>" if qualifier else ""
        return f"<HeadingMappedTo><DescriptorReferredTo><DescriptorUI>{ui}</DescriptorUI></DescriptorReferredTo>{more}</HeadingMappedTo>"

    mapped = heading("*D000002") + heading("D000001") + heading("D000003", "*Q000031") + heading("D000002", "Q000031")
    (term,), problems = supplement(
        tmp_path,
        "<SupplementalRecord><SupplementalRecordUI>C000001</SupplementalRecordUI><SupplementalRecordName><String>a"
        f"</String></SupplementalRecordName><HeadingMappedToList>{mapped}{heading('*nonsense')}</HeadingMappedToList>"
        "</SupplementalRecord>",
    )
    assert term.mapped_to == ("MESH:D000002",)
    assert term.properties == (("heading", "MESH:D000001"), ("heading", "MESH:D000003"))
    assert [(p.code, p.value) for p in problems.found] == [("malformed-record", "*nonsense")]


def test_actions_of_substances(tmp_path: Path) -> None:
    def action(ui: str, *substances: str) -> str:
        inside = "".join(f"<Substance><RecordUI>{s}</RecordUI></Substance>" for s in substances)
        return (
            f"<PharmacologicalAction><DescriptorReferredTo><DescriptorUI>{ui}</DescriptorUI></DescriptorReferredTo>"
            f"<PharmacologicalActionSubstanceList>{inside}</PharmacologicalActionSubstanceList></PharmacologicalAction>\n"
        )

    path = tmp_path / "pa.xml"
    actions = action("D000001", "D000002", "C000003", "x") + action("nonsense", "D000002") + action("D000004")
    path.write_text(f"<PharmacologicalActionSet>\n{actions}</PharmacologicalActionSet>", encoding="utf-8")
    problems = Problems("mesh", path.name)
    assert list(read_actions(path, problems)) == [
        Action("MESH:D000002", "MESH:D000001", 2), Action("MESH:C000003", "MESH:D000001", 2),
    ]  # fmt: skip
    assert (problems.records, problems.kept, dict(problems.set_aside)) == (3, 2, {"malformed-record": 1})
    assert [(p.value, p.line) for p in problems.found] == [("x", 2), ("nonsense", 3)]


def test_genuine_descriptors() -> None:
    path = full_data("mesh", "official_format", "desc-samples.xml")
    problems = Problems("mesh", path.name)
    terms = {term.curie: term for term in read(read_descriptors(path, problems), problems)}
    assert len(terms) == problems.records == 43
    assert terms["MESH:D000001"].names[0] == Name("Calcimycin", "label")
    assert Name("A-23187", "narrow") in terms["MESH:D000001"].names
    assert terms["MESH:D000001"].category == CHEMICAL
    assert terms["MESH:D000001"].properties == (
        ("concept", "M0353609"), ("pharmacological_action", "MESH:D000900"), ("pharmacological_action", "MESH:D061207"),
        ("preferred_concept", "M0000001"), ("registry_number", "37H9VM9WZL"),
    )  # fmt: skip
    # The sample holds few of the descriptors above: each missing one is told.
    assert {problem.code for problem in problems.found} == {"dangling-parent"}


def test_a_descriptor_of_the_2026_document_type() -> None:
    path = full_data("mesh", "official_format", "ilios_fake_desc2026.xml")
    problems = Problems("mesh", path.name)
    (term,) = read_descriptors(path, problems)
    assert (term.curie, term.label, term.tree_numbers) == ("MESH:D000000", "a descriptor", ("D00.000.000.000.001",))
    assert [problem.value for problem in problems.found] == ["D00.000.000.000"]
    assert Name("another term", "broad") in term.names
    assert dict.fromkeys(key for key, _ in term.properties) == dict.fromkeys(
        ["concept", "pharmacological_action", "preferred_concept", "registry_number"]
    )
    assert [value for key, value in term.properties if key == "registry_number"] == ["00000AAAAA", "11111BBBBB"]


def test_genuine_supplementary_records() -> None:
    path = full_data("mesh", "official_format", "supp-samples.xml")
    problems = Problems("mesh", path.name)
    terms = {term.curie: term for term in read(read_supplementary(path, problems), problems)}
    assert len(terms) == problems.records == 19
    assert problems.found == []
    # Starred descriptors only: Camphor is starred at its qualifier, Drug Combinations not at all.
    assert terms["MESH:C025735"].mapped_to == ("MESH:D001286", "MESH:D012602")
    assert terms["MESH:C025735"].properties == (
        ("heading", "MESH:D002164"), ("heading", "MESH:D004338"), ("preferred_concept", "M0085468"),
        ("registry_number", "72539-79-8"),
    )  # fmt: skip
    assert terms["MESH:C038409"].category == OTHER
    assert sum(term.category == DISEASE for term in terms.values()) == 6


def test_classes_of_supplementary_records(tmp_path: Path) -> None:
    terms, problems = supplement(
        tmp_path,
        "".join(
            f'<SupplementalRecord SCRClass="{kind}"><SupplementalRecordUI>C00000{kind}</SupplementalRecordUI>'
            f"<SupplementalRecordName><String>n{kind}</String></SupplementalRecordName></SupplementalRecord>\n"
            for kind in "1234569"
        ),
    )
    assert [t.category for t in terms] == [CHEMICAL, OTHER, DISEASE, TAXON, OTHER, OTHER, OTHER]
    assert [(p.code, p.value, p.line) for p in problems.found] == [("unknown-class", "9", 7)]


def test_the_full_files_balance() -> None:
    for reader, name, records in (
        (read_descriptors, "desc2025.xml.gz", 30_764), (read_supplementary, "supp2025.xml.gz", 323_304),
    ):  # fmt: skip
        path = full_data("mesh", name)
        problems = Problems("mesh", path.name)
        count = 0
        for term in reader(path, problems):
            count += 1
            assert term.names[0].scope == "label"
        assert (count, problems.records, problems.found) == (records, records, [])
