"""Degree-weighted path counts: a value worked out by hand, hubs, and a slow count of the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.discovery.metapaths import METAPATHS, Metapath, Step
from kg.discovery.network import Network, diseases, drugs
from kg.discovery.pathcount import best_walks, count_from, reversed_steps, walks
from kg.graph.store import GraphFolder
from tests.discovery.worlds import statements, write_world

SHARED, RELATED, CLASS, TOGETHER = METAPATHS

#: a - X - b - Y, and a hub drug h that is given for everything.
HAND = """
a treats X
b treats X
b treats Y
h treats X
h treats Y
h treats Z
"""


@pytest.fixture
def hand(tmp_path: Path) -> Network:
    return Network.load(write_world(tmp_path / "graph", statements(HAND)))


def test_value_worked_out_by_hand(hand: Network) -> None:
    """Two paths: a-X-b-Y and a-X-h-Y. Degrees: a 1, X 3, b 2, Y 2, h 3."""
    w = 0.4
    through_b = (1 * 3) ** -w * (3 * 2) ** -w * (2 * 2) ** -w
    through_h = (1 * 3) ** -w * (3 * 3) ** -w * (3 * 2) ** -w
    assert count_from(hand, "a", SHARED.steps)["Y"] == pytest.approx(through_b + through_h)
    # 72 ** -0.4 = 0.180740 and 162 ** -0.4 = 0.130681
    assert through_b + through_h == pytest.approx(0.311421, abs=1e-6)


def test_without_damping_paths_are_counted(hand: Network) -> None:
    assert count_from(hand, "a", SHARED.steps, 0.0) == {"Y": 2.0, "Z": 1.0}


def test_a_path_through_a_hub_weighs_less(hand: Network) -> None:
    first, second = best_walks(hand, "a", "Y", SHARED, limit=5)
    assert first.nodes == ("a", "X", "b", "Y")
    assert second.nodes == ("a", "X", "h", "Y")
    assert first.product > second.product


def test_more_damping_lowers_the_hubs_part(hand: Network) -> None:
    def part_of_hub(damping: float) -> float:
        found = {w.nodes[2]: w.product for w in walks(hand, "a", "Y", SHARED, damping)}
        return found["h"] / sum(found.values())

    assert part_of_hub(0.0) == 0.5 > part_of_hub(0.4) > part_of_hub(1.0)


def test_both_directions_agree(generated: GraphFolder) -> None:
    network = Network.load(generated)
    for metapath in METAPATHS:
        ahead = {(c, d): v for c in drugs(network) for d, v in count_from(network, c, metapath.steps).items()}
        back = {
            (c, d): v for d in diseases(network) for c, v in count_from(network, d, reversed_steps(metapath)).items()
        }
        assert ahead == pytest.approx(back)
        assert ahead or metapath is CLASS


def test_paths_sum_to_the_count(generated: GraphFolder) -> None:
    network = Network.load(generated)
    for metapath in METAPATHS:
        for drug in drugs(network)[:6]:
            for disease, dwpc in count_from(network, drug, metapath.steps).items():
                found = list(walks(network, drug, disease, metapath))
                assert sum(w.product for w in found) == pytest.approx(dwpc)
                assert all(len(set(w.nodes)) == len(w.nodes) for w in found)


_LINES = st.one_of(
    st.tuples(st.sampled_from("abcde"), st.sampled_from(["treats", "with", "failed"]), st.sampled_from("VWXYZ")),
    st.tuples(st.sampled_from("VWXYZ"), st.just("isa"), st.sampled_from("VWXYZ")),
    st.tuples(st.sampled_from("abcde"), st.just("heading"), st.sampled_from(["_p", "_q"])),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(lines=st.lists(_LINES, min_size=1, max_size=25), damping=st.sampled_from([0.0, 0.4, 1.0]))
def test_agrees_with_a_plain_enumeration(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, str]], damping: float
) -> None:
    world = statements("\n".join(" ".join(line) for line in lines))
    network = Network.load(write_world(tmp_path_factory.mktemp("w"), world))
    for metapath in METAPATHS:
        for start in drugs(network):
            assert count_from(network, start, metapath.steps, damping) == pytest.approx(
                _slowly(network, start, metapath, damping)
            )


def _slowly(network: Network, start: str, metapath: Metapath, damping: float) -> dict[str, float]:
    """Every path, node by node; degrees counted from the edges."""
    ends: dict[str, float] = {}

    def degree(node: str, step: Step) -> int:
        return sum(1 for _ in network.neighbours(node, step))

    def go(nodes: list[str], product: float) -> None:
        if len(nodes) > len(metapath.steps):
            ends[nodes[-1]] = ends.get(nodes[-1], 0.0) + product
            return
        step = metapath.steps[len(nodes) - 1]
        for node in network.neighbours(nodes[-1], step):
            if node not in nodes:
                both = degree(nodes[-1], step) * degree(node, Step(step.kind, not step.backward))
                go([*nodes, node], product * both**-damping)

    go([start], 1.0)
    return ends


def test_related_diseases_and_classes(tmp_path: Path) -> None:
    world = "a treats X\nX isa P\nY isa P\nc treats Y\na heading _k\nb heading _k"
    network = Network.load(write_world(tmp_path / "g", statements(world)))
    assert count_from(network, "a", RELATED.steps) == {"Y": pytest.approx((1 * 1 * 1 * 2 * 2 * 1) ** -0.4)}
    assert count_from(network, "b", CLASS.steps) == {"X": pytest.approx((1 * 2 * 2 * 1 * 1 * 1) ** -0.4)}


def test_what_only_failed_is_not_walked(tmp_path: Path) -> None:
    world = "a treats X\nb failed X\nb treats Y\nc maybe X\nc treats Y"
    network = Network.load(write_world(tmp_path / "g", statements(world)))
    assert count_from(network, "a", SHARED.steps) == {}


def test_one_supporting_case_is_walked_beside_a_failure(tmp_path: Path) -> None:
    world = "a treats X\nb failed X\nb treats X\nb treats Y"
    network = Network.load(write_world(tmp_path / "g", statements(world)))
    assert set(count_from(network, "a", SHARED.steps)) == {"Y"}


def test_too_long_a_metapath_is_refused() -> None:
    with pytest.raises(ValueError, match="one to three"):
        Metapath("long", "", (Step("treats"), Step("treats", True), Step("treats"), Step("treats", True)))
