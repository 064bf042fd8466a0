"""Ontologies written by pronto, read back by our own readers and by pronto."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pronto
import pytest

from kg.errors import TermsError
from kg.model import Name, Term
from kg.terms.bundled import default_index
from kg.terms.compile import compile_index
from kg.terms.index import TermIndex
from kg.terms.kinds import gather
from kg.terms.ontology import FORMATS, export_terms, ontology_of, write_obo
from tests.terms.build import FILES, compiled

ODD = ('tumor "of" bone \\ é', "a {curly} brace", "ends with !", "colon: here", "[brackets] (1)", "x; y, z", "50% β±")


def written(index: TermIndex, prefix: str, kind: str = "obo") -> bytes:
    file = io.BytesIO()
    export_terms(index, prefix, file, kind)
    return file.getvalue()


def terms_of(index: TermIndex, prefix: str) -> dict[str, Term | None]:
    return {curie: index.term(curie) for curie in index.curies(prefix)}


@pytest.mark.parametrize("kind", ["obo", "json"])
def test_what_is_written_is_read_back(tmp_path: Path, kind: str) -> None:
    obo = FILES["mondo.obo"].replace(
        "is_a: MONDO:0000010", "is_a: MONDO:0000010\nproperty_value: skos:exactMatch DOID:3347\nxref: NCIT:C9145"
    )
    index, _ = compiled(tmp_path / "one", mondo_obo=obo)
    path = tmp_path / f"mondo.{kind}"
    path.write_bytes(written(index, "MONDO", kind))
    report = compile_index(gather([path]).sources, tmp_path / "again.sqlite")
    with TermIndex(report.path) as again:
        assert terms_of(again, "MONDO") == terms_of(index, "MONDO")
        assert {p.code for p in report.problems} <= {"dangling-mapping"}
        rows = [(m.predicate_id, m.object_id) for m in again.mappings("MONDO:0000011")]
    assert rows == [
        ("oboInOwl:hasDbXref", "NCIT:C9145"), ("skos:exactMatch", "DOID:3347"), ("skos:exactMatch", "MESH:D000001"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["obo", "json"])
def test_odd_names_survive(tmp_path: Path, kind: str) -> None:
    names = (Name(ODD[0], "label"), *(Name(text, "exact") for text in sorted(ODD[1:])))
    term = Term("MONDO:0000001", "biolink:Disease", names, source="mondo")
    path = tmp_path / "odd.obo"
    with path.open("wb") as file:
        write_obo(ontology_of({term.curie: term}, lambda _: (), "mondo", "x", remark="a {remark}!"), file)
    for name in ("first", "second"):
        report = compile_index(gather([path]).sources, tmp_path / f"{name}.sqlite")
        assert report.problems == ()
        with TermIndex(report.path) as index:
            assert index.term(term.curie) == term
            path = tmp_path / f"{name}.{kind}"
            path.write_bytes(written(index, "MONDO", kind))


def test_pronto_reads_what_pronto_wrote(tmp_path: Path) -> None:
    with default_index() as index:
        (tmp_path / "mondo.obo").write_bytes(written(index, "MONDO"))
        read = pronto.Ontology(str(tmp_path / "mondo.obo"))
        term = read["MONDO:0009807"]
        assert (term.name, "MONDO:0002623" in {t.id for t in term.subclasses()}) == ("osteosarcoma", True)
        assert sum(t.obsolete for t in read.terms()) > 100
        for curie in ("MONDO:0009807", "MONDO:0004992", "MONDO:0002623"):
            assert {t.id for t in read[curie].superclasses()} - {curie} == set(index.ancestors(curie))


def test_obo_graphs_say_what_pronto_s_own_writer_loses(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path)
    (graph,) = json.loads(written(index, "MONDO", "json"))["graphs"]
    nodes = {node["id"].rsplit("_", 1)[1]: node for node in graph["nodes"]}
    assert nodes["0000020"]["meta"]["deprecated"] is True
    assert nodes["0000010"]["meta"]["synonyms"] == [{"pred": "hasRelatedSynonym", "val": "Osteo Sarcoma"}]
    assert {"sub", "pred", "obj"} == set(graph["edges"][0])


def test_the_bytes_are_the_same_in_every_process(tmp_path: Path) -> None:
    synonyms = "".join(f'synonym: "name {n}" EXACT []\nxref: NCIT:C{n}\n' for n in range(20))
    obo = FILES["mondo.obo"].replace("name: osteosarcoma\n", f"name: osteosarcoma\n{synonyms}")
    index, _ = compiled(tmp_path, mondo_obo=obo)
    code = (
        "import sys; from pathlib import Path; from kg.terms.index import TermIndex; "
        "from kg.terms.ontology import export_terms; "
        "export_terms(TermIndex(Path(sys.argv[1])), 'MONDO', sys.stdout.buffer, sys.argv[2])"
    )
    for kind in ("obo", "json"):
        for seed in ("1", "2"):
            words = [sys.executable, "-c", code, str(index.path), kind]
            done = subprocess.run(words, capture_output=True, check=True, env={"PYTHONHASHSEED": seed})
            assert done.stdout == written(index, "MONDO", kind)


def test_a_prefix_without_terms_is_refused(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path)
    for kind in FORMATS:
        with pytest.raises(TermsError, match="no term with the prefix HP"):
            written(index, "HP", kind)


def test_every_match_and_successor_is_written(tmp_path: Path) -> None:
    gone = Term(
        "MONDO:0000002", "biolink:Disease", (Name("obsolete x", "label"),), obsolete=True, replaced_by=("HP:0000001",)
    )
    file = io.BytesIO()
    write_obo(ontology_of({gone.curie: gone}, lambda _: (), "mondo", ""), file)
    assert "property_value: IAO:0100001 HP:0000001" in file.getvalue().decode()
