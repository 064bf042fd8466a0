"""The property-graph projection against the tables it is made of."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kg.errors import GraphError
from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS, write_table
from kg.views.propertygraph import (
    ALL_LABELS,
    fingerprint,
    iter_nodes,
    iter_relationships,
    node_groups,
    property_keys,
    relationship_groups,
    relationship_keys,
    relationship_type,
)


def rewritten(folder: GraphFolder, to: Path, table: str, change) -> GraphFolder:
    """Return a copy of the graph whose table went through ``change``."""
    shutil.copytree(folder.path, to)
    write_table(to / f"{table}.parquet", table, change(folder.table(table).to_pylist()))
    return GraphFolder(to)


def test_every_row_is_a_node(generated: GraphFolder) -> None:
    nodes = list(iter_nodes(generated))
    kinds = Counter(node.labels[0] for node in nodes)
    for label, table in (
        ("Publication", "documents"),
        ("CaseReport", "cases"),
        ("Mention", "mentions"),
        ("Evidence", "evidence"),
        ("Finding", "findings"),
        ("Mapping", "mappings"),
        ("Decision", "decisions"),
    ):
        assert kinds[label] == generated.count(table) > 0
    assert kinds["Disease"] == 40
    assert kinds["ChemicalEntity"] == 25
    assert len({node.id for node in nodes}) == len(nodes)
    assert {label for node in nodes for label in node.labels} <= set(ALL_LABELS)


def test_properties_follow_the_contract(generated: GraphFolder) -> None:
    for node in iter_nodes(generated):
        assert node.properties["id"] == node.id
        assert node.properties["name"]
        assert not [k for k, v in node.properties.items() if v is None or v == []]
        assert set(node.properties) <= set(property_keys(node.labels[0]))
    for link in iter_relationships(generated):
        assert link.properties["id"] == link.id
        assert not [k for k, v in link.properties.items() if v is None or v == []]
        assert set(link.properties) <= set(relationship_keys(link.type))
        assert not {"subject", "predicate", "object"} & set(link.properties)


def test_documents_and_cases_carry_their_columns(generated: GraphFolder) -> None:
    nodes = {node.id: node for node in iter_nodes(generated)}
    for table, label in (("documents", "Publication"), ("cases", "CaseReport")):
        for row in generated.rows(table):
            node = nodes[row["id"]]
            assert node.labels == (label,)
            for column, value in row.items():
                assert node.properties.get(column) == (value if value != [] else None)


def test_names_are_readable(generated: GraphFolder) -> None:
    by_label: dict[str, list[str]] = {}
    for node in iter_nodes(generated):
        by_label.setdefault(node.labels[0], []).append(node.properties["name"])
    assert "mondo:is_a: MONDO:9000001 biolink:subclass_of MONDO:9000000" in by_label["Evidence"]
    assert max(len(name) for name in by_label["Evidence"] if not name.startswith("mondo:is_a")) <= 80
    assert "MONDO:9000000 skos:exactMatch MESH:D900000" in by_label["Mapping"]
    assert all(name.startswith(("obsolete: MONDO", "too-specific: MONDO")) for name in by_label["Finding"])


def test_every_relationship_ends_at_nodes(generated: GraphFolder) -> None:
    labels = {node.id: node.labels[0] for node in iter_nodes(generated)}
    links = list(iter_relationships(generated))
    assert len({link.id for link in links}) == len(links)
    for group, batch in relationship_groups(generated, 100):
        assert len(batch) <= 100
        for link in batch:
            assert (link.type, labels[link.start], labels[link.end]) == group
    kinds = Counter(link.type for link in links)
    assert kinds["EVIDENCE_SUBJECT"] == kinds["EVIDENCE_OBJECT"] == generated.count("evidence")
    assert kinds["LINKED_TO"] == generated.count("links")
    assert kinds["ABOUT_MENTION"] == generated.count("findings")
    decided = [(x["mention"], d) for x in generated.rows("links") for d in x["decisions"] or ()]
    decided += [(x["id"], d) for x in generated.rows("findings") for d in x["decisions"] or ()]
    assert sorted((x.start, x.end) for x in links if x.type == "DECIDED_BY") == sorted(decided)
    assert kinds["DECIDED_BY"] == len(decided) == 3
    edges = Counter(relationship_type(row["predicate"]) for row in generated.rows("edges"))
    assert len(edges) == 6
    assert edges.items() <= kinds.items()


def test_groups_hold_everything_once(generated: GraphFolder) -> None:
    grouped = [node for _, batch in node_groups(generated, 7) for node in batch]
    assert Counter(n.id for n in grouped) == Counter(n.id for n in iter_nodes(generated))
    linked = [link for _, batch in relationship_groups(generated, 7) for link in batch]
    assert Counter(r.id for r in linked) == Counter(r.id for r in iter_relationships(generated))


def test_without_the_trail(generated: GraphFolder) -> None:
    assert len(list(iter_nodes(generated, trail=False))) == generated.count("nodes")
    assert len(list(iter_relationships(generated, trail=False))) == generated.count("edges")


def test_order_and_fingerprint_are_the_same_twice(generated: GraphFolder, tmp_path: Path) -> None:
    assert list(iter_nodes(generated)) == list(iter_nodes(generated))
    copy = GraphFolder(shutil.copytree(generated.path, tmp_path / "copy"))
    assert fingerprint(copy) == fingerprint(generated)
    (tmp_path / "x").mkdir()
    fewer = rewritten(generated, tmp_path / "fewer", "mappings", lambda rows: rows[1:])
    assert fingerprint(fewer) != fingerprint(generated)


def test_a_decision_that_stands_twice_is_one_relationship(generated: GraphFolder, tmp_path: Path) -> None:
    twice = rewritten(generated, tmp_path / "twice", "links", lambda rows: rows + rows[:3])
    assert [r for r in iter_relationships(twice) if r.type == "LINKED_TO"] == [
        r for r in iter_relationships(generated) if r.type == "LINKED_TO"
    ]


def test_a_decision_about_a_mention_that_is_linked_twice_is_one_relationship(
    generated: GraphFolder, tmp_path: Path
) -> None:
    def again(rows: list[dict]) -> list[dict]:
        return [*rows, *({**row, "term": None, "node": None} for row in rows if row["decisions"])]

    twice = rewritten(generated, tmp_path / "twice", "links", again)
    assert sum(r.type == "DECIDED_BY" for r in iter_relationships(twice)) == 3


def test_a_graph_without_the_table_of_decisions_has_none(generated: GraphFolder, tmp_path: Path) -> None:
    older = shutil.copytree(generated.path, tmp_path / "older")
    (older / "decisions.parquet").unlink()
    for table in ("links", "findings"):
        path = older / f"{table}.parquet"
        pq.write_table(pq.read_table(path).drop_columns(["decisions"]), path)
    folder = GraphFolder(older)
    assert (folder.count("decisions"), list(folder.rows("decisions"))) == (0, [])
    assert folder.table("decisions").schema == SCHEMAS["decisions"]
    assert folder.select("decisions", "id", ["x"]) == []
    links = list(iter_relationships(folder))
    assert "DECIDED_BY" not in {link.type for link in links}
    assert len(links) == len(list(iter_relationships(generated))) - 3
    assert fingerprint(folder) != fingerprint(generated)


def test_unlinked_mentions_have_no_relationship(generated: GraphFolder, tmp_path: Path) -> None:
    def unlink(rows: list[dict]) -> list[dict]:
        return [{**row, "node": None} if i < 5 else row for i, row in enumerate(rows)]

    folder = rewritten(generated, tmp_path / "unlinked", "links", unlink)
    assert sum(r.type == "LINKED_TO" for r in iter_relationships(folder)) == generated.count("links") - 5


def test_damage_is_named(generated: GraphFolder, tmp_path: Path) -> None:
    first = generated.table("edges").to_pylist()[0]
    dangling = rewritten(
        generated,
        tmp_path / "dangling",
        "edges",
        lambda rows: [{**row, "object": "MONDO:0"} if row == first else row for row in rows],
    )
    with pytest.raises(GraphError, match="MONDO:0"):
        list(relationship_groups(dangling, 100))
    foreign = rewritten(
        generated, tmp_path / "foreign", "edges", lambda rows: [{**r, "predicate": "x:DROP`"} for r in rows]
    )
    with pytest.raises(GraphError, match="Biolink"):
        list(iter_relationships(foreign))
    shutil.copytree(generated.path, tmp_path / "mixed")
    nodes = generated.table("nodes")
    pq.write_table(nodes.take([1, 0, *range(2, len(nodes))]), tmp_path / "mixed" / "nodes.parquet")
    with pytest.raises(GraphError, match="not sorted"):
        list(iter_nodes(GraphFolder(tmp_path / "mixed")))
    lonely = rewritten(generated, tmp_path / "lonely", "nodes", lambda rows: [r for r in rows if r["cases"] != 1])
    with pytest.raises(GraphError, match="is no node"):
        list(iter_nodes(lonely))


def test_an_unknown_category_is_an_ontology_class(generated: GraphFolder, tmp_path: Path) -> None:
    def change(rows: list[dict]) -> list[dict]:
        return [{**r, "category": "biolink:Thing"} if r["id"] == "MONDO:9000000" else r for r in rows]

    folder = rewritten(generated, tmp_path / "odd", "nodes", change)
    node = next(n for n in iter_nodes(folder) if n.id == "MONDO:9000000")
    assert node.labels == ("OntologyClass", "Entity")
    assert node.properties["category"] == "biolink:Thing"


def test_reading_leaves_the_folder_as_it_was(generated: GraphFolder) -> None:
    def state() -> dict[str, str]:
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in generated.path.iterdir()}

    before = state()
    assert set(before) == {*(f"{name}.parquet" for name in SCHEMAS), "manifest.json"}
    list(iter_nodes(generated))
    list(iter_relationships(generated))
    assert state() == before
