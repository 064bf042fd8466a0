"""MeSH RDF: the same terms as from XML, withdrawn records, order, bad lines, what is no MeSH RDF."""

from __future__ import annotations

import gzip
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Name, Term
from kg.terms import mesh, mesh_rdf
from kg.terms.mesh_rdf import read_terms
from kg.terms.reading import Problems
from tests.terms.full_data import full_data

MESH = "http://id.nlm.nih.gov/mesh/"
VOCABULARY = f"{MESH}vocab#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def line(subject: str, predicate: str, target: str) -> str:
    """Write a triple; a target that is quoted is a literal, one with a hash is of the vocabulary."""
    predicate = {"a": TYPE, "label": LABEL}.get(predicate, VOCABULARY + predicate)
    if not target.startswith('"'):
        target = f"<{VOCABULARY}{target[1:]}>" if target.startswith("#") else f"<{MESH}{target}>"
    return f"<{MESH}{subject}> <{predicate}> {target} .\n"


def record(identifier: str, label: str, kind: str, *facts: tuple[str, str]) -> str:
    triples = [("a", f"#{kind}"), ("label", f'"{label}"@en'), *facts]
    return "".join(line(identifier, predicate, target) for predicate, target in triples)


def load(tmp_path: Path, text: str | bytes) -> tuple[dict[str, Term], Problems]:
    path = tmp_path / "mesh.nt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems("mesh", path.name)
    return {term.curie: term for term in kept(read_terms(path, problems), problems)}, problems


def kept(terms: Iterator[Term], problems: Problems) -> Iterator[Term]:
    for term in terms:
        problems.keep()
        yield term
    assert problems.balanced


DESCRIPTOR_XML = """<DescriptorRecordSet>
<DescriptorRecord><DescriptorUI>D000001</DescriptorUI><DescriptorName><String>Wide "disease"</String></DescriptorName>
<TreeNumberList><TreeNumber>C04</TreeNumber></TreeNumberList></DescriptorRecord>
<DescriptorRecord><DescriptorUI>D000002</DescriptorUI><DescriptorName><String>Narrow disease</String></DescriptorName>
<PharmacologicalActionList><PharmacologicalAction><DescriptorReferredTo><DescriptorUI>D000009</DescriptorUI>
</DescriptorReferredTo></PharmacologicalAction></PharmacologicalActionList>
<TreeNumberList><TreeNumber>C04.557</TreeNumber><TreeNumber>C05.1</TreeNumber></TreeNumberList><ConceptList>
<Concept PreferredConceptYN="Y"><ConceptUI>M0000001</ConceptUI><RegistryNumber>0</RegistryNumber>
<ConceptRelationList><ConceptRelation RelationName="NRW"><Concept1UI>M0000001</Concept1UI>
<Concept2UI>M0000002</Concept2UI></ConceptRelation><ConceptRelation RelationName="REL"><Concept1UI>M0000001</Concept1UI>
<Concept2UI>M0000003</Concept2UI></ConceptRelation></ConceptRelationList>
<TermList><Term><String>Narrow disease</String></Term><Term><String>disease, narrow</String></Term></TermList></Concept>
<Concept PreferredConceptYN="N"><ConceptUI>M0000002</ConceptUI><RegistryNumberList><RegistryNumber>0</RegistryNumber>
<RegistryNumber>X1</RegistryNumber></RegistryNumberList><TermList><Term><String>narrower</String></Term>
<Term><String>disease, narrow</String></Term></TermList></Concept>
<Concept PreferredConceptYN="N"><ConceptUI>M0000003</ConceptUI><ConceptRelationList><ConceptRelation RelationName="NRW">
<Concept1UI>M0000003</Concept1UI><Concept2UI>M0000001</Concept2UI></ConceptRelation></ConceptRelationList>
<TermList><Term><String>other</String></Term></TermList></Concept>
</ConceptList></DescriptorRecord></DescriptorRecordSet>"""
DESCRIPTOR_NT = (
    record("D000001", 'Wide \\"disease\\"', "TopicalDescriptor", ("treeNumber", "C04"))
    + record(
        "D000002", "Narrow disease", "TopicalDescriptor", ("treeNumber", "C04.557"), ("treeNumber", "C05.1"),
        ("broaderDescriptor", "D000001"), ("preferredConcept", "M0000001"), ("concept", "M0000002"),
        ("concept", "M0000003"), ("pharmacologicalAction", "D000009"),
    )
    + line("C04.557", "parentTreeNumber", "C04") + line("C04.557", "label", '"C04.557"@en')
    + line("M0000001", "preferredTerm", "T000001") + line("M0000001", "narrowerConcept", "M0000002")
    + line("M0000001", "relatedConcept", "M0000003") + line("M0000001", "registryNumber", '"0"')
    + line("M0000002", "preferredTerm", "T000002") + line("M0000002", "registryNumber", '"X1"')
    + line("M0000002", "registryNumber", '"0"') + line("M0000002", "term", "T000001")
    + line("M0000003", "preferredTerm", "T000003") + line("M0000003", "narrowerConcept", "M0000001")
    + line("T000001", "prefLabel", '"Narrow disease"@en') + line("T000001", "altLabel", '"disease, narrow"@en')
    + line("T000002", "prefLabel", '"narrower"@en') + line("T000003", "prefLabel", '"other"@en')
)  # fmt: skip


def test_the_same_descriptors_come_from_rdf_and_xml(tmp_path: Path) -> None:
    path = tmp_path / "desc.xml"
    path.write_text(DESCRIPTOR_XML, encoding="utf-8")
    problems = Problems("mesh", path.name)
    from_xml = {term.curie: term for term in mesh.read_descriptors(path, problems)}
    assert [p.value for p in problems.found] == ["C05"]
    from_rdf, account = load(tmp_path, DESCRIPTOR_NT)
    assert from_rdf == from_xml
    # The broader descriptor is named: a tree number without owner is no fault of this file.
    assert account.found == []
    term = from_rdf["MESH:D000002"]
    assert term.parents == ("MESH:D000001",)
    assert [(name.text, name.scope) for name in term.names] == [
        ("Narrow disease", "label"), ("disease, narrow", "exact"), ("narrower", "narrow"), ("other", "broad"),
    ]  # fmt: skip
    assert [value for key, value in term.properties if key == "registry_number"] == ["0", "X1"]


def test_the_order_of_the_lines_and_the_blocks_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, _ = load(tmp_path, DESCRIPTOR_NT)
    lines = DESCRIPTOR_NT.splitlines(keepends=True)
    for seed, block in ((1, 1 << 19), (2, 100), (3, 1)):
        random.Random(seed).shuffle(lines)
        monkeypatch.setattr(mesh_rdf, "_BLOCK", block)
        terms, problems = load(tmp_path, "".join(lines).rstrip("\n"))
        assert terms == expected
        assert problems.found == []


def test_classes_give_categories(tmp_path: Path) -> None:
    kinds = ("SCR_Chemical", "SCR_Disease", "SCR_Organism", "SCR_Protocol", "SCR_Population", "SCR_Anatomy", "New")
    text = "".join(record(f"C00000{n}", "x", kind) for n, kind in enumerate(kinds))
    text += record("D000001", "y", "GeographicalDescriptor") + record("D000002", "z", "CheckTag", ("treeNumber", "D01"))
    terms, problems = load(tmp_path, text + line("D000003", "label", '"untyped"'))
    assert [term.category for term in terms.values()] == [
        CHEMICAL, DISEASE, TAXON, OTHER, OTHER, OTHER, OTHER, OTHER, CHEMICAL, OTHER,
    ]  # fmt: skip
    assert [(p.code, p.value) for p in problems.found] == [("unknown-class", "New"), ("unknown-class", "")]


def test_withdrawn_records_are_obsolete(tmp_path: Path) -> None:
    no, yes = ('"false"^^<http://www.w3.org/2001/XMLSchema#boolean>', '"1"')
    text = (
        record(
            "C000001", "[OBSOLETE] celecoxib", "SCR_Chemical", ("active", no), ("useInstead", "D068579"),
            ("useInstead", "D000002Q000031"), ("preferredConcept", "M0000001"),
        )
        + line("M0000001", "active", no) + line("M0000001", "preferredTerm", "T000001")
        + line("T000001", "active", no) + line("T000001", "prefLabel", '"[OBSOLETE] celebrex"@en')
        + record("C000002", "[obsolete] b", "SCR_Chemical")
        + record("C000003", "c", "SCR_Chemical", ("active", '"0"'))
        + record("C000004", "d", "SCR_Chemical", ("active", yes), ("useInstead", "nonsense"))
        + record("C000005", "[OBSOLETE]", "SCR_Chemical")
    )  # fmt: skip
    terms, problems = load(tmp_path, text)
    first = terms["MESH:C000001"]
    assert first.names == (Name("celecoxib", "label"), Name("celebrex", "exact"))
    assert (first.replaced_by, first.consider) == (("MESH:D068579",), ("MESH:D000002",))
    assert [(term.label, term.obsolete) for term in terms.values()] == [
        ("celecoxib", True), ("b", True), ("c", True), ("d", False),
    ]  # fmt: skip
    assert [(p.code, p.value) for p in problems.found] == [
        ("malformed-record", "nonsense"), ("malformed-record", "MESH:C000005"),
    ]  # fmt: skip
    assert (problems.records, dict(problems.set_aside)) == (5, {"malformed-record": 1})


def test_names_that_are_no_longer_in_use_are_left_out_of_a_record_that_is(tmp_path: Path) -> None:
    text = (
        record("D000001", "a", "TopicalDescriptor", ("preferredConcept", "M0000001"), ("concept", "M0000002"))
        + line("M0000001", "term", "T000001") + line("M0000001", "term", "T000002")
        + line("M0000002", "active", '"false"') + line("M0000002", "term", "T000003")
        + line("T000001", "prefLabel", '"in use"@en-US') + line("T000001", "prefLabel", '"en usage"@fr')
        + line("T000002", "prefLabel", '"not in use"@en') + line("T000002", "active", '"0"')
        + line("T000003", "prefLabel", '"of a withdrawn concept"@en')
    )  # fmt: skip
    terms, _ = load(tmp_path, text)
    assert [name.text for name in terms["MESH:D000001"].names] == ["a", "in use"]
    assert terms["MESH:D000001"].properties == (("preferred_concept", "M0000001"),)


def test_headings(tmp_path: Path) -> None:
    text = record(
        "C000001", "a", "SCR_Disease", ("preferredMappedTo", "D000001"), ("preferredMappedTo", "D000002Q000031"),
        ("mappedTo", "D000003"), ("mappedTo", "D000001"), ("mappedTo", "Q000031"),
    )  # fmt: skip
    terms, problems = load(tmp_path, text)
    assert terms["MESH:C000001"].mapped_to == ("MESH:D000001",)
    assert terms["MESH:C000001"].properties == (("heading", "MESH:D000002"), ("heading", "MESH:D000003"))
    assert [(p.code, p.value) for p in problems.found] == [("malformed-record", "Q000031")]


def test_the_files_of_past_years_have_the_year_in_their_identifiers(tmp_path: Path) -> None:
    text = DESCRIPTOR_NT.replace(MESH, f"{MESH}2015/").replace(f"{MESH}2015/vocab#", VOCABULARY)
    assert load(tmp_path, text)[0] == load(tmp_path, DESCRIPTOR_NT)[0]


def test_bad_lines_are_told_with_their_number_and_cost_only_themselves(tmp_path: Path) -> None:
    lines = DESCRIPTOR_NT.splitlines(keepends=True)
    lines[3:3] = ["no triple\n", line("D000002", "label", '"not closed'), "\n", "# a comment\n"]
    lines.insert(0, f'<{MESH}D000001> <{VOCABULARY}note> "bad \\q escape" .\n')
    terms, problems = load(tmp_path, "".join(lines).encode() + b'<http://x> <http://y> "\xff" .\n')
    assert terms == load(tmp_path, DESCRIPTOR_NT)[0]
    assert [(p.code, p.line) for p in problems.found] == [("malformed-row", n) for n in (1, 5, 6, len(lines) + 1)]


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    terms, problems = load(tmp_path, DESCRIPTOR_NT + "bad\n" * 1500)
    assert len(terms) == 2
    assert len(problems.found) == 1001
    assert problems.found[-1].message.startswith("500 further lines")


def test_an_overlong_line_is_left_out_and_the_others_keep_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mesh_rdf, "LONGEST_LINE", 3000)
    monkeypatch.setattr(mesh_rdf, "_BLOCK", 1000)
    terms, problems = load(tmp_path, "x" * 20_000 + "\n" + DESCRIPTOR_NT + "bad\n")
    assert terms == load(tmp_path, DESCRIPTOR_NT)[0]
    assert [(p.code, p.line) for p in problems.found] == [
        ("overlong-line", 0), ("malformed-row", 2 + DESCRIPTOR_NT.count("\n")),
    ]  # fmt: skip


def test_a_damaged_gzip_gives_what_comes_before_and_tells_what_is_missing(tmp_path: Path) -> None:
    more = "".join(line("D000002", "note", f'"{n * n}"') for n in range(20_000))
    whole = gzip.compress((DESCRIPTOR_NT.partition(f"<{MESH}T000001>")[0] + more).encode())
    terms, problems = load(tmp_path, whole[: len(whole) // 2])
    assert terms["MESH:D000002"].names == (Name("Narrow disease", "label"),)
    assert {p.code for p in problems.found} >= {"damaged-gzip", "missing-part"}


def test_two_records_that_own_one_tree_number(tmp_path: Path) -> None:
    text = "".join(record(f"D00000{n}", "x", "TopicalDescriptor", ("treeNumber", "C01")) for n in (2, 1))
    assert [p.code for p in load(tmp_path, text)[1].found] == ["duplicate-tree-number"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!DOCTYPE html><html><body>\n" + "<p>503</p>\n" * 5000,
        "@prefix mesh: <http://id.nlm.nih.gov/mesh/> .\nmesh:D000001 a mesh:Descriptor .\n",
        "<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n",
        line("Q000001", "a", "#Qualifier"),
    ],
)
def test_what_holds_no_record_of_mesh_is_refused_with_advice(tmp_path: Path, text: str) -> None:
    with pytest.raises(TermsError, match=r"mesh\.nt"):
        load(tmp_path, text)


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def small(*args: object, **options: object) -> sqlite3.Connection:
        database = connect("", isolation_level=None)
        database.execute("PRAGMA max_page_count=4")
        return database

    monkeypatch.setattr(mesh_rdf.sqlite3, "connect", small)
    text = "".join(record(f"D{n:06d}", "x" * 100, "TopicalDescriptor") for n in range(500))
    with pytest.raises(TermsError, match="TMPDIR"):
        load(tmp_path, text)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
subjects = st.sampled_from(["D000001", "C000001", "M0000001", "T000001", "D000001Q000001", "C04.557", "C04"])
predicates = st.sampled_from([TYPE, LABEL, *(VOCABULARY + n for n in ("note", "term", "terms", "prefLabel", "active"))])
targets = st.one_of(
    texts.map(lambda text: ox.Literal(text, language="en")),
    texts.map(ox.Literal),
    st.sampled_from(
        [ox.NamedNode(MESH + "D000001"), ox.NamedNode(VOCABULARY + "Term"), ox.NamedNode(VOCABULARY + "SCR_X")]
    ),
)


@settings(deadline=None)
@given(st.lists(st.tuples(subjects, predicates, targets), max_size=20))
def test_the_lines_that_are_passed_over_say_nothing_that_is_needed(
    rows: list[tuple[str, str, ox.Literal | ox.NamedNode]],
) -> None:
    triples = [ox.Triple(ox.NamedNode(MESH + s), ox.NamedNode(p), o) for s, p, o in rows]
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert text is not None
    left = set(ox.parse(mesh_rdf._PASSED.sub(b"", text), format=ox.RdfFormat.N_TRIPLES))
    assert left <= set(ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
    for triple in triples:
        of_record = triple.subject.value.removeprefix(MESH) in {"D000001", "C000001"}
        name = mesh_rdf._NAMES.get(triple.predicate.value)
        needed = name is not None and (of_record or name not in {"label", "type"})
        plain = triple.object in (ox.NamedNode(VOCABULARY + "Term"),)
        if needed and not (name == "type" and plain):
            assert ox.Quad(triple.subject, triple.predicate, triple.object) in left


def test_genuine_records_are_those_of_the_xml() -> None:
    path = full_data("mesh", "official_format", "meshrdf_samples.nt.gz")
    problems = Problems("mesh", path.name)
    from_rdf = {term.curie: term for term in kept(read_terms(path, problems), problems)}
    from_xml = {}
    for reader, name in (
        (mesh.read_descriptors, "desc-samples.xml"), (mesh.read_supplementary, "supp-samples.xml"),
    ):  # fmt: skip
        xml = full_data("mesh", "official_format", name)
        from_xml |= {term.curie: term for term in reader(xml, Problems("mesh", xml.name))}
    assert len(from_rdf) == problems.records == 62
    assert from_rdf == from_xml
