"""Mappings that contradict each other, and identifiers that stand only in mappings, in a graph."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.terms.compile import compile_index
from kg.terms.index import TermIndex
from kg.terms.kinds import gather

NAMES = ["alphaitis", "betaitis", "gammaitis", "deltaitis"]
ROWS = [
    # Two of Mondo for one heading, as sure; denied; doubted; and joined with what no ontology holds.
    "MONDO:0000010\tskos:exactMatch\t\tMESH:D000010\t0.9",
    "MONDO:0000011\tskos:exactMatch\t\tMESH:D000010\t0.9",
    "MONDO:0000011\tskos:exactMatch\t\tMESH:D000011\t0.9",
    "MONDO:0000011\tskos:exactMatch\tNot\tMESH:D000011\t0.95",
    "MONDO:0000012\tskos:exactMatch\t\tMESH:D000012\t0.1",
    "MONDO:0000013\tskos:exactMatch\t\tOMIM:143100\t0.9",
]


@pytest.fixture
def graph(tmp_path: Path) -> GraphFolder:
    stanzas = [f"[Term]\nid: MONDO:{n:07d}\nname: {name}\nis_a: MONDO:0000001\n" for n, name in enumerate(NAMES, 10)]
    headings = "".join(
        f"<DescriptorRecord><DescriptorUI>D{n:06d}</DescriptorUI><DescriptorName><String>{name.title()} Disease</String>"
        f"</DescriptorName><TreeNumberList><TreeNumber>C04.{n}</TreeNumber></TreeNumberList></DescriptorRecord>"
        for n, name in enumerate(NAMES, 10)
    )
    column = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tconfidence\tmapping_justification"
    texts = {
        "mondo.obo": "\n".join(["ontology: mondo\n\n[Term]\nid: MONDO:0000001\nname: disease\n", *stanzas]),
        "desc.xml": f"<DescriptorRecordSet>{headings}</DescriptorRecordSet>",
        "pairs.sssom.tsv": "\n".join([column, *(f"{row}\tsemapv:ManualMappingCuration" for row in ROWS), ""]),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = "1|t|alphaitis betaitis gammaitis deltaitis\n1|a|.\n"
    page += "1\t0\t9\talphaitis\tDisease\tMONDO:0000010\n1\t10\t18\tbetaitis\tDisease\tMONDO:0000011\n"
    page += "1\t19\t28\tgammaitis\tDisease\tMONDO:0000012\n1\t29\t38\tdeltaitis\tDisease\tOMIM:143100\n\n"
    (tmp_path / "page.PubTator").write_text(page, encoding="utf-8")
    path = compile_index(gather([tmp_path / name for name in texts]).sources, tmp_path / "index.sqlite").path
    with TermIndex(path) as index:
        return build([tmp_path / "page.PubTator"], tmp_path / "graph", index=index).folder


def test_conflicts_are_findings_that_name_both_terms(graph: GraphFolder) -> None:
    found = {row["code"]: row for row in graph.rows("findings") if row["mention"] is None}
    assert {code: row["severity"] for code, row in found.items()} == {
        "equivalence-conflict": "info", "mapping-conflict": "warning", "weak-mapping": "info",
    }  # fmt: skip
    row = found["equivalence-conflict"]
    assert "would join MONDO:0000011 and MONDO:0000010, two terms of MONDO" in row["message"]
    assert "one of the weakest links" in row["message"]
    assert "MESH:D000010 (Alphaitis Disease) already is MONDO:0000010 (alphaitis)" in {
        reason["statement"] for reason in json.loads(row["reasons"])
    }
    assert "Not skos:exactMatch" in found["mapping-conflict"]["message"]


def test_an_identifier_of_a_vocabulary_without_an_ontology_is_the_node_that_it_is_mapped_to(graph: GraphFolder) -> None:
    (mention,) = (row for row in graph.rows("mentions") if row["asserted"] == "OMIM:143100")
    (link,) = (row for row in graph.rows("links") if row["mention"] == mention["id"])
    assert (link["term"], link["node"], link["verdict"], link["mapping_confidence"]) == (
        "OMIM:143100", "MONDO:0000013", "confirmed", 0.9,
    )  # fmt: skip
    assert [step["object_id"] for step in json.loads(link["chain"])] == ["OMIM:143100"]
    nodes = {row["id"]: row["equivalent_identifiers"] for row in graph.rows("nodes")}
    assert nodes["MONDO:0000013"] == ["MONDO:0000013", "OMIM:143100"]
    assert nodes["MONDO:0000012"] == ["MONDO:0000012"]
