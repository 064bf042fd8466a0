"""OWL in RDF/XML: genuine files, the ways in which tools write it, and files that break off."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.model import Mapping, Name, Term
from kg.terms.owl import read_header, read_terms
from kg.terms.reading import Problems
from tests.terms.full_data import full_data
from tests.terms.ontology_formats import Entry, codes, read, write_owl

OBO = "http://purl.obolibrary.org/obo/"
HEAD = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#" '
    'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:skos="http://www.w3.org/2004/02/skos/core#" '
    f'xmlns:oio="http://www.geneontology.org/formats/oboInOwl#" xmlns:obo="{OBO}" xml:base="{OBO}">\n'
)
END = "</rdf:RDF>\n"


def load(
    tmp_path: Path, body: str, *, prologue: str = "", end: str = END
) -> tuple[dict[str, Term], set[Mapping], Problems]:
    path = tmp_path / "mondo.owl"
    path.write_text(prologue + HEAD + body + end, encoding="utf-8")
    return read(path, "owl")


def owl_class(number: int, body: str = "") -> str:
    return (
        f'<owl:Class rdf:about="{OBO}MONDO_{number:07}">\n<rdfs:label>term {number}</rdfs:label>\n{body}</owl:Class>\n'
    )


def test_the_genuine_module() -> None:
    path = full_data("mondo", "official_format", "phenol_mondo_module.owl")
    assert read_header(path) == ("mondo-module", "releases/2018-03-16")
    terms, mappings, problems = read(path, "owl")
    (term,) = terms.values()
    assert (term.curie, term.label) == ("MONDO:0000645", "fallopian tube benign neoplasm")
    assert Name("Benign Fallopian Tube Tumor", "exact") in term.names
    # Its parents dangle on purpose.
    assert [(p.code, p.value, p.line) for p in problems.found] == [("dangling-parent", "MONDO:0000624", 28)]
    assert ("skos:exactMatch", "NCIT:C4517") in {(row.predicate_id, row.object_id) for row in mappings}
    # The same module as OBO Graphs says the same.
    beside = read(full_data("mondo", "official_format", "phenol_mondo_module.json"), "json")
    assert (terms, mappings) == beside[:2]


def test_axioms_may_stand_anywhere_and_name_several_sources(tmp_path: Path) -> None:
    def axiom(target: str, *sources: str, predicate: str = "hasDbXref") -> str:
        said = "".join(f"<oio:source>{source}</oio:source>" for source in sources)
        return (
            f"<owl:Axiom>{said}<owl:annotatedTarget>{target}</owl:annotatedTarget>"
            f'<owl:annotatedProperty rdf:resource="http://www.geneontology.org/formats/oboInOwl#{predicate}"/>'
            f'<owl:annotatedSource rdf:resource="{OBO}MONDO_0000001"/></owl:Axiom>\n'
        )

    xrefs = "".join(f"<oio:hasDbXref>MESH:D00000{n}</oio:hasDbXref>" for n in range(1, 6))
    coded = f'<oio:source rdf:resource="{OBO}mondo#equivalentTo"/>'
    body = (
        axiom("MESH:D000001", "DOID:4", "MONDO:equivalentTo")
        + owl_class(1, xrefs)
        + axiom("MESH:D000002", "MONDO:MEDGEN")
        + owl_class(2, "<oio:hasDbXref>MESH:D000001</oio:hasDbXref>")
        + axiom("MESH:D000003", "MONDO:relatedTo")
        + axiom("MESH:D000004", "MONDO:equivalentTo", predicate="hasExactSynonym")
        + axiom("MESH:D000005").replace("<owl:Axiom>", f"<owl:Axiom>{coded}")
    )
    _, mappings, problems = load(tmp_path, body)
    assert problems.found == []
    assert {(row.subject_id[-1], row.predicate_id, row.object_id) for row in mappings} == {
        ("1", "skos:exactMatch", "MESH:D000001"),
        ("1", "oboInOwl:hasDbXref", "MESH:D000002"),
        ("1", "skos:relatedMatch", "MESH:D000003"),
        ("1", "oboInOwl:hasDbXref", "MESH:D000004"),
        ("1", "skos:exactMatch", "MESH:D000005"),
        ("2", "oboInOwl:hasDbXref", "MESH:D000001"),
    }


def test_the_other_ways_of_writing_a_class(tmp_path: Path) -> None:
    body = (
        f'<rdf:Description rdf:about="{OBO}MONDO_0000001"><rdf:type rdf:resource="http://www.w3.org/2002/07/owl#Class"/>'
        "<rdfs:label>described</rdfs:label></rdf:Description>\n"
        '<owl:Class rdf:about="MONDO_0000002" rdfs:label="an attribute"/>\n'
        # A class may be said to be one twice: RDF unites what is said.
        + owl_class(3)
        + f'<owl:Class rdf:about="{OBO}MONDO_0000003"><rdfs:subClassOf>'
        f'<owl:Class rdf:about="{OBO}MONDO_0000001"/></rdfs:subClassOf></owl:Class>\n'
        "<owl:Class><owl:unionOf rdf:parseType='Collection'/></owl:Class>\n"
        f'<owl:NamedIndividual rdf:about="{OBO}MONDO_0000004"><rdfs:label>no class</rdfs:label></owl:NamedIndividual>\n'
    )
    terms, _, problems = load(tmp_path, body)
    assert {curie: (term.label, term.parents) for curie, term in terms.items()} == {
        "MONDO:0000001": ("described", ()),
        "MONDO:0000002": ("an attribute", ()),
        "MONDO:0000003": ("term 3", ("MONDO:0000001",)),
    }
    assert problems.found == []


def test_labels_in_several_languages(tmp_path: Path) -> None:
    def label(language: str, text: str) -> str:
        return f'<rdfs:label xml:lang="{language}">{text}</rdfs:label>'

    body = "".join(
        f'<owl:Class rdf:about="MONDO_000000{n}">{labels}</owl:Class>'
        for n, labels in enumerate(
            (
                label("de", "Krankheit") + label("en-GB", "tumour"),
                label("de", "nur deutsch") + label("fr", "ou bien"),
                label("en", "one") + label("en", "other"),
            ),
            start=1,
        )
    )
    terms, _, problems = load(tmp_path, body)
    assert [term.label for term in terms.values()] == ["tumour", "nur deutsch", "one"]
    assert codes(problems) == [("duplicate-name", "other")]


def test_deprecated_is_read_as_a_truth_value(tmp_path: Path) -> None:
    values = ("true", "1", "false", "0")
    body = "".join(owl_class(n, f"<owl:deprecated>{value}</owl:deprecated>") for n, value in enumerate(values, start=1))
    terms, _, _ = load(tmp_path, body)
    assert [term.obsolete for term in terms.values()] == [True, True, False, False]


def test_an_equivalence_between_two_classes_of_the_file_is_told_once(tmp_path: Path) -> None:
    body = (
        f'<owl:Ontology rdf:about="{OBO}mondo.owl"/>'
        + owl_class(1)
        + f'<owl:Class rdf:about="{OBO}DOID_4"><rdfs:label>d</rdfs:label>'
        f'<owl:equivalentClass rdf:resource="{OBO}MONDO_0000001"/></owl:Class>'
    )
    _, mappings, _ = load(tmp_path, body)
    assert [(row.subject_id, row.predicate_id, row.object_id) for row in mappings] == [
        ("MONDO:0000001", "skos:exactMatch", "DOID:4"),
    ]


def test_the_header(tmp_path: Path) -> None:
    load(
        tmp_path,
        f'<owl:Ontology rdf:about="{OBO}mondo/mondo-base.owl"><owl:versionInfo>2026</owl:versionInfo></owl:Ontology>',
    )
    assert read_header(tmp_path / "mondo.owl") == ("mondo/mondo-base", "2026")
    load(tmp_path, owl_class(1))
    assert read_header(tmp_path / "mondo.owl") == ("", "")
    load(tmp_path, '<owl:Ontology rdf:about="https://example.org/x.owl"/>')
    assert read_header(tmp_path / "mondo.owl") == ("https://example.org/x.owl", "")


WHOLE = write_owl(
    [Entry(f"MONDO:{n:07}", f"term {n}", xrefs=((f"MESH:D{n:06}", ("MONDO:equivalentTo",)),)) for n in range(1, 400)]
)


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        # Within a text, between two elements of the class: the class is lost.
        ("term 300", 299), ("term 300</rdfs:label>\n", 299), ("MESH:D000300", 299),
        # Within its first tag it has not begun.
        ('MONDO_0000301"', 300),
        # Behind the class it is whole.
        ("D000300</owl:annotatedTarget>", 300), ("D000300</owl:annotatedTarget><oio:source>MONDO:equi", 300),
    ],
)  # fmt: skip
def test_a_file_that_breaks_off_keeps_the_classes_before(where: str, kept: int, tmp_path: Path) -> None:
    path = tmp_path / "mondo.owl"
    path.write_text(WHOLE[: WHOLE.index(where) + len(where)], encoding="utf-8")
    terms, mappings, problems = read(path, "owl")
    assert len(terms) == kept
    assert problems.set_aside == ({"cut-short": 1} if kept == 299 else {})
    (problem,) = (problem for problem in problems.found if problem.code == "not-well-formed")
    assert f"{kept} classes were read" in problem.message
    assert ("MONDO:0000299", "skos:exactMatch") in {(row.subject_id, row.predicate_id) for row in mappings}


def test_a_damaged_gzip_gives_what_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "mondo.owl.gz"
    data = gzip.compress(WHOLE.encode())
    path.write_bytes(data[: len(data) * 2 // 3])
    terms, _, problems = read(path, "owl")
    assert 100 < len(terms) < 399
    assert {"damaged-gzip", "not-well-formed"} <= {problem.code for problem in problems.found}


def test_what_is_not_well_formed_in_the_middle_ends_the_reading(tmp_path: Path) -> None:
    terms, _, problems = load(tmp_path, owl_class(1) + owl_class(2, "<b>") + owl_class(3))
    assert list(terms) == ["MONDO:0000001"]
    assert [problem.code for problem in problems.found] == ["cut-short", "not-well-formed"]


@pytest.mark.parametrize("body", ["", owl_class(1)[:60], owl_class(1)[:-10]])
def test_a_file_without_one_whole_class_is_refused(body: str, tmp_path: Path) -> None:
    path = tmp_path / "mondo.owl"
    path.write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(TermsError, match=r"nothing could be read of .*/mondo\.owl: it is cut short"):
        list(read_terms(path, Problems("mondo", path.name)))


def test_the_line_that_is_not_well_formed_is_told(tmp_path: Path) -> None:
    body = owl_class(1, "<oio:hasExactSynonym>this & that</oio:hasExactSynonym>\n") + owl_class(2)
    path = tmp_path / "mondo.owl"
    path.write_text(HEAD + body + END, encoding="utf-8")
    with pytest.raises(TermsError, match=r"mondo.owl: it is not well-formed XML \(line 4: "):
        list(read_terms(path, Problems("mondo", path.name)))
    _, _, problems = load(tmp_path, owl_class(3) + body, prologue='<!DOCTYPE rdf:RDF [\n<!ENTITY a "b">\n]>\n')
    (problem,) = (problem for problem in problems.found if problem.code == "not-well-formed")
    assert "(line 10: " in problem.message


def test_a_damaged_gzip_of_which_nothing_was_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "module.owl.gz"
    data = gzip.compress((HEAD + owl_class(1) + END).encode())
    path.write_bytes(data[: len(data) * 2 // 3])
    problems = Problems("mondo", path.name)
    with pytest.raises(TermsError, match=r"nothing could be read of .*/module\.owl\.gz: it is cut short"):
        list(read_terms(path, problems))
    assert not [problem for problem in problems.found if "is read" in problem.message]


def test_an_ontology_without_classes_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path, "")[:2] == ({}, set())


_PIECES = st.sampled_from([
    owl_class(1), owl_class(2, "<oio:hasDbXref>MESH:D000001</oio:hasDbXref>"), "<owl:Class>", "</owl:Class>", "<", "&x;",
    '<owl:Axiom><oio:source>MONDO:equivalentTo</oio:source></owl:Axiom>', "<!--", "-->", "text", "\x00", "<?x?>", "]]>",
    '<owl:Class rdf:about="http://[bad"/>', '<owl:Class rdf:ID="MONDO_0000003"/>', '<rdf:Description rdf:nodeID="a"/>',
])  # fmt: skip


@given(pieces=st.lists(_PIECES, max_size=8), end=st.sampled_from([END, "", "</rdf:RD"]))
def test_no_xml_makes_the_reader_crash_or_lose_count(
    pieces: list[str], end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("owl") / "x.owl"
    path.write_text(HEAD + owl_class(7) + owl_class(8) + "".join(pieces) + end, encoding="utf-8")
    read_header(path)
    terms, _, _ = read(path, "owl")
    assert "MONDO:0000007" in terms
