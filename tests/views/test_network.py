"""The networkx view holds the rows of the tables, and the trail on request."""

from __future__ import annotations

import networkx as nx

from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS
from kg.views.network import to_networkx
from kg.views.propertygraph import iter_nodes, iter_relationships


def test_nodes_are_the_rows_of_the_table(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    rows = {row["id"]: row for row in generated.rows("nodes")}
    assert set(graph) == rows.keys()
    for identifier, attributes in graph.nodes(data=True):
        for column in SCHEMAS["nodes"].names:
            value = rows[identifier][column]
            assert attributes.get(column) == (None if value == [] else value)
        assert None not in attributes.values()


def test_documents_and_cases_carry_their_columns(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    for table in ("documents", "cases"):
        for row in generated.rows(table):
            attributes = graph.nodes[row["id"]]
            assert {c: attributes.get(c) for c in row if c != "name"} == {c: row[c] for c in row if c != "name"}


def test_edges_are_the_rows_of_the_table(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    rows = {row["id"]: row for row in generated.rows("edges")}
    assert {key for _, _, key in graph.edges(keys=True)} == rows.keys()
    for start, end, key, attributes in graph.edges(keys=True, data=True):
        row = rows[key]
        assert (start, end, attributes["predicate"]) == (row["subject"], row["object"], row["predicate"])
        for column in set(row) - {"subject", "object"}:
            assert attributes.get(column) == (None if row[column] == [] else row[column])


def test_trail(generated: GraphFolder) -> None:
    graph = to_networkx(generated, trail=True)
    assert graph.number_of_nodes() == sum(1 for _ in iter_nodes(generated))
    assert graph.number_of_edges() == sum(1 for _ in iter_relationships(generated))
    # Every piece of evidence leads to a document or comes from an ontology.
    for row in generated.rows("evidence"):
        ends = {attributes["type"]: end for _, end, attributes in graph.out_edges(row["id"], data=True)}
        assert (ends["EVIDENCE_SUBJECT"], ends["EVIDENCE_OBJECT"]) == (row["subject"], row["object"])
        assert ends.get("IN_DOCUMENT") == row["document"]
    assert all("predicate" not in a for _, _, a in graph.edges(data=True) if a["type"] == "LINKED_TO")


def test_build_id_and_kind(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.graph == {"build": generated.manifest["build"]}
