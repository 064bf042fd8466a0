"""The chain behind a mention, a node and an edge of the seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import UnknownNameError
from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.graph.why import edges_between, explain_edge, explain_mention, explain_node
from tests.bundled import index
from tests.pages import SEED


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return build([SEED], tmp_path_factory.mktemp("why") / "g", index=index()).folder


def test_node(folder: GraphFolder) -> None:
    node = explain_node(folder, "MONDO:0009807")
    assert node["identifiers"] == ["MONDO:0009807", "MESH:D012516"]
    assert [(r["subject_id"], r["object_id"]) for r in node["joined_by"]] == [("MONDO:0009807", "MESH:D012516")]
    assert {m["asserted"] for m in node["mentions"]} == {"MONDO:0002623", "MESH:D012516"}
    corrected = next(m for m in node["mentions"] if m["asserted"] == "MONDO:0002623")
    assert corrected["links"][0]["rule"] == "corrected"
    assert corrected["findings"][0]["suggested"] == "MONDO:0009807"


def test_the_asserted_term_tells_where_its_mentions_went(folder: GraphFolder) -> None:
    node = explain_node(folder, "MONDO:0002623")
    assert node["mentions"] == []
    assert [m["text"] for m in node["asserted_but_linked_elsewhere"]] == ["osteosarcoma"]


def test_mention(folder: GraphFolder) -> None:
    node = explain_node(folder, "PUBCHEM.COMPOUND:25017411")
    mention = explain_mention(folder, next(m["id"] for m in node["mentions"] if m["asserted"] == "MESH:C000625192"))
    (link,) = mention["links"]
    assert (link["term"], link["node"]) == ("MESH:C000625192", "PUBCHEM.COMPOUND:25017411")
    assert [r["mapping_source"] for r in link["chain"]] == ["pubchem:CID-MeSH"]
    assert len(mention["occurrences"]) == 5


def test_edge_leads_to_sentences_and_decisions(folder: GraphFolder) -> None:
    edges = edges_between(folder, "MONDO:0009807", "PUBCHEM.COMPOUND:25017411")
    edge = explain_edge(folder, edges[0])
    assert edge["predicate"] == "biolink:applied_to_treat"
    assert all(e["sentence"] and e["document"] == "PMCID:PMC13003748" for e in edge["evidence"])
    rules = {(m["asserted"], m["links"][0]["rule"]) for m in edge["decisions"]}
    assert ("MONDO:0002623", "corrected") in rules


@pytest.mark.parametrize("explain", [explain_node, explain_mention, explain_edge])
def test_what_is_not_there(folder: GraphFolder, explain: object) -> None:
    with pytest.raises(UnknownNameError):
        explain(folder, "MONDO:0009808")  # type: ignore[operator]


def test_tables_are_opened_again(folder: GraphFolder, tmp_path: Path) -> None:
    assert folder.identifiers["MESH:D012516"] == "MONDO:0009807"
    assert "MONDO:0009807" in folder.names["osteosarcoma"]
