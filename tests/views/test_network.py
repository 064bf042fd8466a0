"""The networkx view holds the same nodes and edges as the tables, RDF and Cypher."""

from __future__ import annotations

from kg.graph.store import GraphFolder
from kg.views.cypherstore import open_cypher
from kg.views.network import to_networkx
from kg.views.rdf import load_store


def test_same_nodes_and_edges_in_every_view(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    nodes = {n["id"] for n in generated.rows("nodes")}
    edges = {(e["subject"], e["object"], e["id"]) for e in generated.rows("edges")}
    assert set(graph.nodes) == nodes
    assert set(graph.edges(keys=True)) == edges
    cypher = open_cypher(generated)
    assert {r["id"] for r in cypher.run("MATCH (n) WHERE n.equivalent_identifiers IS NOT NULL RETURN n.id AS id")} == nodes
    held = cypher.run("MATCH (s)-[e]->(o) WHERE e.evidence IS NOT NULL RETURN s.id AS s, o.id AS o, e.id AS e")
    assert {(r["s"], r["o"], r["e"]) for r in held} == edges
    store = load_store(generated)
    ids = store.query("SELECT ?i { ?n <urn:casegraph:id> ?i }", use_default_graph_as_union=True)
    assert {row[0].value for row in ids} == nodes  # type: ignore[index, union-attr]
    found = store.query(
        "PREFIX b: <https://w3id.org/biolink/vocab/> PREFIX kg: <urn:casegraph:>"
        "SELECT ?s ?o ?e { ?e a b:Association ; b:subject/kg:id ?s ; b:object/kg:id ?o }",
        use_default_graph_as_union=True,
    )
    assert {tuple(term.value for term in row) for row in found} == edges  # type: ignore[union-attr]


def test_attributes_are_the_columns(generated: GraphFolder) -> None:
    graph = to_networkx(generated)
    for edge in generated.rows("edges"):
        data = graph.edges[edge["subject"], edge["object"], edge["id"]]
        assert data["support"] == edge["support"]
        assert ("lift" in data) == (edge["lift"] is not None)
    assert graph.graph["build"] == generated.manifest["build"]


def test_trail_on_request(generated: GraphFolder) -> None:
    core, whole = to_networkx(generated), to_networkx(generated, trail=True)
    trail = sum(generated.count(t) for t in ("mentions", "evidence", "findings", "mappings"))
    assert whole.number_of_nodes() == core.number_of_nodes() + trail
