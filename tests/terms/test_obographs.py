"""OBO Graphs JSON: genuine files, odd ones, and files that break off."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.model import Mapping, Name, Term
from kg.terms.obographs import read_header, read_terms
from kg.terms.reading import Problems
from tests.terms.full_data import full_data
from tests.terms.ontology_formats import Entry, codes, read, write_json

OBO = "http://purl.obolibrary.org/obo/"


def node(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{OBO}MONDO_{number:07}", "type": "CLASS", "lbl": f"term {number}", **more}


def load(tmp_path: Path, document: object) -> tuple[dict[str, Term], set[Mapping], Problems]:
    path = tmp_path / "mondo.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1), encoding="utf-8")
    return read(path, "json")


def test_the_genuine_module() -> None:
    path = full_data("mondo", "official_format", "phenol_mondo_module.json")
    assert read_header(path) == ("mondo-module", "releases/2018-03-16")
    terms, mappings, problems = read(path, "json")
    (term,) = terms.values()
    assert term.curie == "MONDO:0000645"
    assert Name("Benign Fallopian Tube Tumor", "exact") in term.names
    # Its parents dangle on purpose.
    assert codes(problems) == [("dangling-parent", "MONDO:0000624")]
    assert problems.found[0].line == 71
    assert {(row.predicate_id, row.object_id) for row in mappings} == {
        ("oboInOwl:hasDbXref", "UMLS:C0346190"),
        ("oboInOwl:hasDbXref", "DOID:0060111"),
        # The file says in its equivalentNodesSets that these are the same class.
        ("skos:exactMatch", "Orphanet:180237"),
        ("skos:exactMatch", "SNOMEDCT:92100009"),
        ("skos:exactMatch", "NCIT:C4517"),
    }


def test_the_genuine_small_file() -> None:
    path = full_data("mondo", "official_format", "phenol_mondo_small.json")
    terms, mappings, problems = read(path, "json")
    assert {curie: (term.label, term.parents) for curie, term in terms.items()} == {
        "MONDO:0000001": ("disease or disorder", ()),
        "MONDO:0007952": ("maxillofacial dysostosis", ("MONDO:0003847",)),
        "MONDO:0003847": ("inherited genetic disease", ("MONDO:0000001",)),
    }
    assert problems.found == []
    found = {(row.subject_id, row.predicate_id, row.object_id) for row in mappings}
    assert ("MONDO:0007952", "skos:exactMatch", "MESH:C563599") in found
    assert ("MONDO:0003847", "skos:closeMatch", "SNOMEDCT:264530000") in found
    # A bare cross-reference beside is no equivalence.
    assert ("MONDO:0000001", "oboInOwl:hasDbXref", "EFO:0000408") in found
    assert not [row for row in found if row[1] == "oboInOwl:hasDbXref" and row[2].startswith("MESH:")]


def test_edges_may_come_first_and_a_graph_may_stand_alone(tmp_path: Path) -> None:
    edges = [{"sub": f"{OBO}MONDO_0000002", "pred": "subClassOf", "obj": "MONDO:0000001"}]
    graph = {"id": f"{OBO}mondo.owl", "meta": {"version": "2026"}, "edges": edges, "nodes": [node(1), node(2)]}
    for document in (graph, {"graphs": [graph]}, {"@context": {}, "graphs": [{**graph, "domainRangeAxioms": []}]}):
        terms, _, problems = load(tmp_path, document)
        assert terms["MONDO:0000002"].parents == ("MONDO:0000001",)
        assert problems.found == []
        assert read_header(tmp_path / "mondo.json") == ("mondo", "2026")


def test_the_version_may_be_a_property(tmp_path: Path) -> None:
    facts = [{"pred": "http://www.w3.org/2002/07/owl#versionInfo", "val": "2026-02-03"}]
    load(tmp_path, {"graphs": [{"nodes": [], "edges": [], "id": "x", "meta": {"basicPropertyValues": facts}}]})
    assert read_header(tmp_path / "mondo.json") == ("x", "2026-02-03")


def test_only_classes_are_records(tmp_path: Path) -> None:
    nodes = [node(1), node(2, type="PROPERTY"), node(3, type="INDIVIDUAL"), {"id": f"{OBO}MONDO_0000004"}]
    terms, _, problems = load(tmp_path, {"graphs": [{"nodes": nodes}]})
    assert list(terms) == ["MONDO:0000001"]
    assert problems.records == 1


def test_of_two_nodes_with_one_id_the_first_stays(tmp_path: Path) -> None:
    terms, _, problems = load(
        tmp_path,
        {
            "graphs": [
                {"nodes": [node(1), node(1, lbl="again"), node(2)]},
                {"nodes": [node(2, lbl="in another graph")], "edges": [
                    {"sub": f"{OBO}MONDO_0000002", "pred": "is_a", "obj": f"{OBO}MONDO_0000001"}]},
            ]
        },
    )  # fmt: skip
    assert {curie: term.label for curie, term in terms.items()} == {
        "MONDO:0000001": "term 1",
        "MONDO:0000002": "term 2",
    }
    assert terms["MONDO:0000002"].parents == ("MONDO:0000001",)
    assert codes(problems) == [("duplicate-id", "MONDO:0000001"), ("duplicate-id", "MONDO:0000002")]
    assert problems.set_aside == {"duplicate-id": 2}


def test_what_breaks_the_schema_is_told_and_the_rest_stays(tmp_path: Path) -> None:
    meta = {
        "synonyms": [{"pred": "hasExactSynonym"}, {"pred": "hasOddSynonym", "val": "odd"}, "text",
                     {"pred": "hasBroadSynonym", "val": "half \ud800 a character"}],
        "xrefs": [{"val": 3}, {"val": "MESH:D000001"}],
        "basicPropertyValues": [{"pred": None, "val": "x"}],
    }  # fmt: skip
    nodes = [node(1, meta=meta), "no object", {"type": "CLASS", "lbl": "no id"}, node(2, meta=[1])]
    edges = ["no object", {"sub": f"{OBO}MONDO_0000001", "pred": "is_a"}]
    terms, mappings, problems = load(tmp_path, {"graphs": [{"nodes": nodes, "edges": edges}]})
    assert [name.text for name in terms["MONDO:0000001"].names] == ["term 1", "half ? a character", "odd"]
    assert list(terms) == ["MONDO:0000001", "MONDO:0000002"]
    assert {row.object_id for row in mappings} == {"MESH:D000001"}
    assert [problem.code for problem in problems.found] == [
        *["malformed-clause"] * 5, "malformed-record", "no-id", *["malformed-clause"] * 3,
    ]  # fmt: skip
    assert problems.set_aside == {"malformed-record": 1, "no-id": 1}


def test_what_is_of_another_kind_is_told(tmp_path: Path) -> None:
    graph = {"meta": [], "id": {"x": 1}, "nodes": {"a": 1}, "edges": "x", "equivalentNodesSets": 5}
    document = {"graphs": [graph, "x", {"nodes": None, "edges": None, "meta": None, "id": None}]}
    terms, _, problems = load(tmp_path, document)
    assert not terms
    assert [(problem.code, problem.line) for problem in problems.found] == [
        ("malformed-clause", line) for line in (4, 5, 8, 11, 12, 14)
    ]
    assert read_header(tmp_path / "mondo.json") == ("", "")


@pytest.mark.parametrize(
    "more",
    [
        {"meta": {"xrefs": "x"}},
        {"meta": {"synonyms": [1]}},
        {"meta": {"synonyms": {}}},
        {"meta": {"basicPropertyValues": 1}},
        {"meta": {"deprecated": "no"}},
        {"meta": {"deprecated": 0}},
        {"meta": "x"},
        {"lbl": 5},
        {"lbl": {"val": "x"}},
    ],
)
def test_a_part_of_a_node_that_is_of_another_kind_is_told(more: dict[str, Any], tmp_path: Path) -> None:
    nodes = [node(1, **more), node(2, meta={"xrefs": None, "synonyms": None, "deprecated": None})]
    terms, mappings, problems = load(tmp_path, {"graphs": [{"nodes": nodes}]})
    assert list(terms) == ["MONDO:0000001", "MONDO:0000002"]
    assert not terms["MONDO:0000001"].obsolete
    assert not mappings
    assert [problem.code for problem in problems.found] == ["malformed-clause", *["no-name"] * ("lbl" in more)]
    assert problems.found[0].line == 5


def test_deprecated_as_a_text_is_told_and_counts(tmp_path: Path) -> None:
    terms, _, problems = load(tmp_path, {"graphs": [{"nodes": [node(1, meta={"deprecated": "true"})]}]})
    assert terms["MONDO:0000001"].obsolete
    assert codes(problems) == [("malformed-clause", "'true'")]


def test_a_type_that_is_none_is_told(tmp_path: Path) -> None:
    nodes = [node(1), node(2, type="class"), node(3, type=["CLASS"])]
    terms, _, problems = load(tmp_path, {"graphs": [{"nodes": nodes}]})
    assert list(terms) == ["MONDO:0000001"]
    assert codes(problems) == [("malformed-clause", "'class'"), ("malformed-clause", "['CLASS']")]


def test_an_edge_without_its_node_is_told(tmp_path: Path) -> None:
    def edge(child: str, predicate: object = "is_a") -> dict[str, object]:
        return {"sub": child, "pred": predicate, "obj": f"{OBO}MONDO_0000001"}

    edges = [edge(f"{OBO}MONDO_0000009"), edge("MONDO:0000002"), edge(f"{OBO}RO_1"), edge(f"{OBO}MONDO_0000008", "part_of"),
             edge(f"{OBO}MONDO_0000002", ["is_a"])]  # fmt: skip
    nodes = [node(1), node(2), {"id": f"{OBO}RO_1", "type": "PROPERTY"}]
    terms, _, problems = load(tmp_path, {"graphs": [{"nodes": nodes, "edges": edges}]})
    # An identifier may be written as CURIE and as IRI.
    assert terms["MONDO:0000002"].parents == ("MONDO:0000001",)
    assert [problem.code for problem in problems.found] == ["malformed-clause", "dangling-edge"]
    assert problems.found[1].value == f"{OBO}MONDO_0000009"
    assert problems.found[1].line


def test_edges_of_nodes_that_a_damaged_file_has_lost_are_not_told_one_by_one(tmp_path: Path) -> None:
    edges = [{"sub": f"{OBO}MONDO_{n:07}", "pred": "is_a", "obj": f"{OBO}MONDO_0000001"} for n in range(2, 50)]
    text = json.dumps({"graphs": [{"edges": edges, "nodes": [node(n) for n in range(1, 50)]}]})
    terms, _, problems = load(tmp_path, text[: text.index('"term 3"')])
    assert len(terms) == 2
    assert [problem.code for problem in problems.found] == ["cut-short", "not-well-formed"]


def test_half_characters_anywhere_can_be_stored(tmp_path: Path) -> None:
    half = "half \ud800"
    meta = {"xrefs": [{"val": "MESH:D000001", "meta": {"xrefs": [{"val": f"MONDO:equivalentTo {half}"}]}}]}
    nodes = [node(1, meta=meta), {"type": "CLASS", "lbl": half}, node(2, type=half), node(3, lbl=[half])]
    edges = [{"sub": half, "pred": "is_a", "obj": half}]
    graph = {"nodes": nodes, "edges": edges, "id": f"{OBO}mon\ud800do.json", "meta": {"version": half}}
    terms, mappings, problems = load(tmp_path, {"graphs": [graph]})
    assert read_header(tmp_path / "mondo.json") == ("mon?do", "half ?")
    assert repr((terms, mappings)).encode()
    assert json.dumps([(p.code, p.value, p.message) for p in problems.found], ensure_ascii=False).encode()
    (row,) = mappings
    assert (row.mapping_source, row.mapping_set_version) == ("obo:mon?do", "half ?")


def test_a_number_of_thousands_of_digits_costs_nothing_else(tmp_path: Path) -> None:
    text = json.dumps({"graphs": [{"nodes": [node(1, meta={"version": 12345}), node(2, lbl=54321)]}]})
    text = text.replace("12345", "1" * 5000).replace("54321", "-" + "9" * 100_000)
    terms, _, problems = load(tmp_path, text)
    assert list(terms) == ["MONDO:0000001", "MONDO:0000002"]
    assert [problem.code for problem in problems.found] == ["malformed-clause", "no-name"]


def test_a_set_of_thousands_of_equivalents_is_passed_over(tmp_path: Path) -> None:
    many = [f"http://identifiers.org/mesh/D{n:06}" for n in range(5000)]
    sets = [{"nodeIds": [f"{OBO}MONDO_0000001", *many]}]
    _, mappings, problems = load(tmp_path, {"graphs": [{"nodes": [node(1)], "equivalentNodesSets": sets}]})
    assert not mappings
    assert [problem.code for problem in problems.found] == ["malformed-clause"]


WHOLE = write_json(
    [Entry(f"MONDO:{n:07}", f"term {n}", parents=("MONDO:0000001",) if n > 1 else ()) for n in range(1, 400)]
)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_breaks_off_in_a_node_keeps_the_nodes_before(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "mondo.json"
    cut = WHOLE[: WHOLE.index("MONDO_0000300") + 30].encode()
    whole = gzip.compress(WHOLE.encode())
    path.write_bytes(whole[: len(whole) // 2] if packed else cut)
    terms, _, problems = read(path, "json")
    assert len(terms) == 299 if not packed else 100 < len(terms) < 399
    assert terms["MONDO:0000002"].names == (Name("term 2", "label"),)
    assert problems.set_aside == {"cut-short": 1}
    assert problems.records == len(terms) + 1
    assert "not-well-formed" in [problem.code for problem in problems.found]
    message = next(problem.message for problem in problems.found if problem.code == "not-well-formed")
    assert f"{len(terms)} classes were read" in message


def test_a_file_that_breaks_off_in_the_edges_keeps_all_nodes(tmp_path: Path) -> None:
    terms, _, problems = load(tmp_path, WHOLE[: WHOLE.index('"edges"') + 5000])
    assert len(terms) == problems.records == 399
    assert terms["MONDO:0000002"].parents == ("MONDO:0000001",)
    assert [problem.code for problem in problems.found] == ["not-well-formed"]


def test_what_is_no_json_in_the_middle_ends_the_reading(tmp_path: Path) -> None:
    place = WHOLE.index('"lbl": "term 50"')
    terms, _, problems = load(tmp_path, WHOLE[:place] + "oops" + WHOLE[place:])
    assert len(terms) == 49
    assert problems.set_aside == {"malformed-record": 1}
    line = WHOLE[: WHOLE.rindex("{", 0, WHOLE.index("MONDO_0000050"))].count("\n") + 1
    assert next((problem.code, problem.line) for problem in problems.found) == ("malformed-record", line)


def test_what_follows_the_document_is_told(tmp_path: Path) -> None:
    terms, _, problems = load(tmp_path, WHOLE + "{}")
    assert len(terms) == 399
    assert codes(problems) == [("not-well-formed", "{")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html><body>Not found</body></html>", "web page"),
        ("", "is empty"),
        ("[1, 2]", "no OBO Graphs"),
        ('{"a": 1}', "no OBO Graphs"),
        ('{"graphs": "none"}', "no OBO Graphs"),
        ('{"graphs": [', "cut short"),
        ('{"graphs": [{"nodes": [{"id": "' + OBO, "cut short"),
        ("hello", "is no JSON"),
        ('{"graphs": [{"nodes": ' + "[" * 200_000, "nested too deeply"),
    ],
)
def test_a_file_that_gives_nothing_is_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mondo.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TermsError, match=message):
        list(read_terms(path, Problems("mondo", path.name)))


def test_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "mondo.json"
    text = json.dumps({"graphs": [{"nodes": [node(1, lbl="Sjögren"), node(2)]}]}, ensure_ascii=False)
    for encoding, found in (("utf-8-sig", []), ("utf-16", ["wrong-encoding"]), ("latin-1", ["not-utf8"])):
        path.write_bytes(text.encode(encoding))
        terms, _, problems = read(path, "json")
        assert terms["MONDO:0000001"].label == ("Sj\ufffdgren" if encoding == "latin-1" else "Sjögren")
        assert [problem.code for problem in problems.found] == found


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["CLASS", f"{OBO}MONDO_0000001", "is_a", "MESH:D000001"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "lbl", "meta", "nodes", "edges", "graphs", "val", "pred", "sub",
                                           "obj", "synonyms", "xrefs", "basicPropertyValues", "nodeIds", "version",
                                           "equivalentNodesSets"]), inner, max_size=5)
    ),
    max_leaves=30,
)  # fmt: skip


@given(graph=_JSON, cut=st.integers(0, 40))
def test_no_json_makes_the_reader_crash_or_lose_count(
    graph: object, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("json") / "x.json"
    text = json.dumps({"graphs": [{"nodes": [node(7)], "edges": []}, graph], "nodes": graph, "id": graph})
    path.write_text(text[: len(text) - cut], encoding="utf-8")
    read_header(path)
    terms, _, _ = read(path, "json")
    assert "MONDO:0000007" in terms
