"""Leave one out: a world where paths should win, one where nothing can, and that nothing is left changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.discovery import leave_one_out, rank_links
from kg.discovery.network import Network
from kg.graph.store import GraphFolder
from tests.discovery.worlds import statements, write_world


def test_two_separate_groups_are_told_apart(tmp_path: Path) -> None:
    """Drugs a, b, c treat T, U, V and drugs p, q, r treat X, Y, Z: a hidden pair comes back within its group."""
    lines = [f"{drug} treats {disease}" for drug in "abc" for disease in "TUV"]
    lines += [f"{drug} treats {disease}" for drug in "pqr" for disease in "XYZ"]
    found = leave_one_out(write_world(tmp_path / "g", statements("\n".join(lines))))
    assert found is not None
    assert (found.pairs, found.unreachable) == (18, 0)
    assert found.auroc == 1.0
    assert found.median_rank == 1
    # After hiding, the right drug has the smallest degree of all: degree alone is always wrong here.
    assert found.baseline_auroc == 0.0


def test_a_pair_that_nothing_else_supports_is_unreachable(tmp_path: Path) -> None:
    found = leave_one_out(write_world(tmp_path / "g", statements("a treats X\nb treats Y\na with X")))
    assert found is not None
    assert (found.pairs, found.unreachable, found.auroc) == (2, 2, 0.5)


def test_nothing_to_evaluate(tmp_path: Path) -> None:
    assert leave_one_out(write_world(tmp_path / "g", statements("a treats X"))) is None


def test_hidden_edges_come_back(generated: GraphFolder) -> None:
    network = Network.load(generated)
    before = {k: {n: list(m.items()) for n, m in v.items()} for k, v in network._ways.items()}
    stated = {k: list(v.items()) for k, v in network.stated.items()}
    found = leave_one_out(network)
    assert found is not None
    assert found.pairs > 50
    assert {k: {n: list(m.items()) for n, m in v.items()} for k, v in network._ways.items()} == before
    assert {k: list(v.items()) for k, v in network.stated.items()} == stated


def test_the_hidden_pair_is_really_hidden(tmp_path: Path) -> None:
    """Neither the treatment nor the co-mention of the pair's own documents may help."""
    network = Network.load(write_world(tmp_path / "g", statements("a treats X\na with X\nb treats X\nb treats Y")))
    with network.hidden("a", "X"):
        from kg.discovery.ranking import Scope, score_pairs

        assert list(score_pairs(Scope(network, ["a"], ["X"]))) == []
    assert "X" in network.stated["a"]


def test_random_treatments_cannot_be_told(generated: GraphFolder) -> None:
    """The generated graph's treatments are drawn at random: no method can be much better than chance."""
    found = leave_one_out(generated)
    assert found is not None
    assert 0.3 < found.auroc < 0.8
    assert rank_links(generated, limit=1)[0].score > 0
    assert found.baseline_auroc == pytest.approx(0.5, abs=0.3)
