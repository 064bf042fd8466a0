"""Ranking: what is predicted, what never is, and what stands beside each prediction."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from kg.discovery import METAPATHS, rank_links, stated_links
from kg.discovery.network import Network, diseases, drugs
from kg.discovery.ranking import Scope, score_pairs
from kg.errors import ParameterError, UnknownNameError
from kg.graph.store import GraphFolder
from kg.model import APPLIED_TO_TREAT
from tests.discovery.worlds import statements, write_world
from tests.generated import generate

WORLD = """
a treats X
b treats X
b treats Y
b failed Y
c failed Y
d maybe Y
d treats X
a harms Z
a with Z
e treats Z
e treats Y
Y isa P
Q isa P
"""


@pytest.fixture
def world(tmp_path: Path) -> GraphFolder:
    return write_world(tmp_path / "world", statements(WORLD))


def test_no_stated_pair_is_predicted(generated: GraphFolder) -> None:
    """Whatever the edge says: supported, failed or hypothetical."""
    stated = {(r["subject"], r["object"]) for r in generated.rows("edges") if r["predicate"] == APPLIED_TO_TREAT}
    kinds = {
        (r["support"] > 0, r["contradiction"] > 0, r["unknown"] > 0)
        for r in generated.rows("edges")
        if r["predicate"] == APPLIED_TO_TREAT
    }
    assert {(True, False, False), (False, True, False), (False, False, True)} <= kinds
    predicted = {(p.drug, p.disease) for p in rank_links(generated, limit=100_000, paths=0)}
    assert predicted
    assert not predicted & stated
    assert {(s.drug, s.disease) for s in stated_links(generated)} == stated


def test_failed_and_hypothetical_pairs_are_stated(world: GraphFolder) -> None:
    predicted = {p.drug for p in rank_links(world, disease="Y")}
    assert predicted == {"a"}
    counts = {s.drug: (s.support, s.contradiction, s.unknown) for s in stated_links(world, disease="Y")}
    assert counts == {"b": (1, 1, 0), "c": (0, 1, 0), "d": (0, 0, 1), "e": (1, 0, 0)}


def test_another_form_of_a_stated_drug_is_not_predicted(tmp_path: Path) -> None:
    told = "a treats X\nb treats X\nb treats Y\na2 treats X\na2 close b"
    without = write_world(tmp_path / "one", statements(told.replace("a2 close b", "")))
    assert {p.drug for p in rank_links(without, disease="Y")} == {"a", "a2"}
    folder = write_world(tmp_path / "two", statements(told))
    assert {p.drug for p in rank_links(folder, disease="Y")} == {"a"}


def test_every_path_edge_stands_in_the_tables_and_has_evidence(generated: GraphFolder) -> None:
    edges = {r["id"]: r for r in generated.rows("edges")}
    evidence = {r["id"]: r for r in generated.rows("evidence")}
    predictions = rank_links(generated, limit=60, paths=4)
    assert {path.metapath for p in predictions for path in p.paths} >= {"shared-treatment", "co-mention"}
    for prediction in predictions:
        assert prediction.paths
        for path in prediction.paths:
            names = [n for n, _ in path.nodes]
            assert (names[0], names[-1]) == (prediction.drug, prediction.disease)
            for edge, here, there in zip(path.edges, names, names[1:], strict=False):
                row = edges[edge.id]
                assert (row["subject"], row["predicate"], row["object"]) == (
                    edge.subject,
                    edge.predicate,
                    edge.object,
                )
                assert {here, there} == {edge.subject, edge.object}
                assert edge.support == row["support"] > 0
                assert edge.sources
                for source in edge.sources:
                    assert evidence[source.evidence]["edge"] == edge.id
                    assert evidence[source.evidence]["polarity"] == "support"
                    assert evidence[source.evidence]["sentence"] == source.sentence


def test_score_is_the_sum_of_its_contributions(generated: GraphFolder) -> None:
    weights = {m.name: m.weight for m in METAPATHS}
    predictions = rank_links(generated, limit=50, paths=1000)
    for p in predictions:
        assert p.score == pytest.approx(sum(c.score for c in p.contributions))
        assert p.score == pytest.approx(sum(path.product for path in p.paths))
        assert all(c.score == pytest.approx(weights[c.metapath] * c.dwpc) for c in p.contributions)
    assert [p.score for p in predictions] == sorted((p.score for p in predictions), reverse=True)
    assert [p.rank for p in predictions] == list(range(1, 51))


def test_the_order_of_rows_changes_nothing(generated: GraphFolder) -> None:
    nodes, edges = list(generated.rows("nodes")), list(generated.rows("edges"))
    reference = Network(nodes, edges)
    expected = sorted(score_pairs(Scope(reference, drugs(reference), diseases(reference))), key=lambda p: p.key)
    for seed in range(3):
        random.Random(seed).shuffle(nodes)
        random.Random(seed).shuffle(edges)
        network = Network(nodes, edges)
        assert sorted(score_pairs(Scope(network, drugs(network), diseases(network))), key=lambda p: p.key) == expected


def test_same_graph_same_answer(tmp_path: Path, generated: GraphFolder) -> None:
    again = GraphFolder(generate(tmp_path / "again"))
    assert rank_links(again, limit=30) == rank_links(generated, limit=30)


def test_asking_for_one_side_gives_the_same_scores(generated: GraphFolder) -> None:
    everything = {(p.drug, p.disease): p.score for p in rank_links(generated, limit=100_000, paths=0)}
    for drug, disease in list(everything)[:5]:
        by_drug = {p.disease: p.score for p in rank_links(generated, drug=drug, limit=1000, paths=0)}
        by_disease = {p.drug: p.score for p in rank_links(generated, disease=disease, limit=1000, paths=0)}
        assert by_drug[disease] == pytest.approx(everything[drug, disease])
        assert by_disease[drug] == pytest.approx(everything[drug, disease])


def test_ties_are_ordered_by_identifier(tmp_path: Path) -> None:
    twins = write_world(tmp_path / "g", statements("z treats X\na treats X\nm treats X\nb treats X\nb treats Y"))
    assert [p.drug for p in rank_links(twins, disease="Y")] == ["a", "m", "z"]


def test_baseline_counts_the_unstated_pairs_with_a_larger_product(generated: GraphFolder) -> None:
    network = Network.load(generated)
    scope = Scope(network, drugs(network), diseases(network))
    products = [scope.degree_product(c, d) for c in scope.drugs for d in scope.diseases if d not in network.known(c)]
    for p in rank_links(generated, limit=40, paths=0):
        assert p.baseline_rank == 1 + sum(x > p.degree_product for x in products)


def test_baseline_of_one_disease_is_among_its_own_pairs(world: GraphFolder) -> None:
    """For Z: a treats 1, b 2, c 0, d 1, and Z has one treatment."""
    found = {p.drug: (p.degree_product, p.baseline_rank) for p in rank_links(world, disease="Z")}
    assert found["b"] == (2, 1)
    assert found["a"] == (1, 2)


def test_an_adverse_event_is_flagged_and_not_hidden(world: GraphFolder) -> None:
    found = {p.drug: p for p in rank_links(world, disease="Z")}
    edge = next(r["id"] for r in world.rows("edges") if r["predicate"] == "biolink:has_adverse_event")
    assert found["a"].adverse_event == edge
    assert found["b"].adverse_event is None


def test_a_pair_stated_for_a_parent_says_so(tmp_path: Path) -> None:
    graph = write_world(tmp_path / "g", statements("a treats X\nX isa P\nb treats P\nb treats X\nc treats P"))
    near = {p.drug: p.stated_nearby for p in rank_links(graph, disease="X")}
    assert near == {"c": (("P", "P"),)}


def test_hub_drug_does_not_win_over_the_close_neighbour(tmp_path: Path) -> None:
    """h is given for everything; s shares the only specific drug with Y. Degree alone would choose h."""
    lines = [f"h treats D{i}" for i in range(30)] + [f"k treats D{i}" for i in range(0, 30, 2)]
    lines += ["s treats X", "b treats X", "b treats Y", "k treats Y", "h treats X"]
    graph = write_world(tmp_path / "g", statements("\n".join(lines)))
    h, s = ({p.drug: p for p in rank_links(graph, disease="Y")}[d] for d in ("h", "s"))
    assert h.baseline_rank < s.baseline_rank
    sums = {p.drug: p.score for p in rank_links(graph, disease="Y", damping=0.0)}
    assert sums["h"] / sums["s"] > 2 * h.score / s.score


def test_metapaths_can_be_chosen(generated: GraphFolder) -> None:
    only = METAPATHS[:1]
    for p in rank_links(generated, limit=10, metapaths=only):
        assert {c.metapath for c in p.contributions} == {"shared-treatment"}
    heavy = [replace(METAPATHS[0], weight=2.0)]
    twice = rank_links(generated, limit=10, metapaths=heavy)
    once = rank_links(generated, limit=10, metapaths=only)
    assert [p.score for p in twice] == pytest.approx([2 * p.score for p in once])


def test_entities_are_found_by_any_identifier_or_name(generated: GraphFolder) -> None:
    row = next(r for r in generated.rows("nodes") if r["id"] == "MONDO:9000003")
    answers = [
        rank_links(generated, disease=text)
        for text in ("MONDO:9000003", "mondo:9000003", row["name"].upper(), row["equivalent_identifiers"][1])
    ]
    assert answers[0]
    assert all(a == answers[0] for a in answers)


def test_unknown_and_ambiguous_entities(generated: GraphFolder) -> None:
    with pytest.raises(UnknownNameError, match="unknown disease 'diseaze 7'; did you mean disease 7"):
        rank_links(generated, disease="diseaze 7")
    with pytest.raises(ParameterError, match="is a biolink:Disease, not a drug"):
        rank_links(generated, drug="MONDO:9000003")
    with pytest.raises(ParameterError, match="cannot be negative"):
        rank_links(generated, limit=-1)


def test_two_nodes_of_one_name(tmp_path: Path) -> None:
    names = {"X": "Same", "Y": "Same"}
    graph = write_world(tmp_path / "g", statements("a treats X\nb treats Y"), names)
    with pytest.raises(ParameterError, match="means several: X, Y"):
        rank_links(graph, disease="same")


def test_a_pair_asked_for_by_both_names(world: GraphFolder) -> None:
    assert [(p.drug, p.disease) for p in rank_links(world, drug="a", disease="Y")] == [("a", "Y")]
    assert rank_links(world, drug="b", disease="Y") == []


def test_a_graph_without_treatments_gives_nothing(tmp_path: Path) -> None:
    graph = write_world(tmp_path / "g", statements("X isa Y"))
    assert rank_links(graph) == []
    assert stated_links(graph) == []
