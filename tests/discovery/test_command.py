"""`kg discover` and the example script, run on real folders."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.commands.discover import discover
from kg.discovery import rank_links
from kg.graph.store import GraphFolder
from tests.discovery.worlds import statements, write_world

WORLD = """
alpha treats Sarcoma
beta treats Sarcoma
beta treats Chordoma
beta failed Chordoma
gamma failed Chordoma
alpha harms Fever
alpha with Fever
delta treats Fever
"""


@pytest.fixture
def world(tmp_path: Path) -> GraphFolder:
    return write_world(tmp_path / "world", statements(WORLD))


def run(*arguments: object) -> str:
    result = CliRunner().invoke(discover, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_table(world: GraphFolder) -> None:
    lines = run(world.path, "--disease", "chordoma").splitlines()
    assert "Stated by documents, so not predicted" in lines
    start = lines.index("Not stated by any document")
    assert [line.split() for line in lines[:start] if line.startswith(("1 ", "0 "))] == [
        ["1", "1", "0", "beta", "Chordoma"],
        ["0", "1", "0", "gamma", "Chordoma"],
    ]
    assert lines[start + 1].split() == ["rank", "score", "baseline", "drug", "disease", "remarks"]
    # (1*2 * 2*2 * 2*1) ** -0.4
    assert lines[start + 2].split() == ["1", "0.3299", "1", "alpha", "Chordoma"]
    assert "      alpha was given for Sarcoma [evidence 1 for: PMCID:PMC1]" in lines
    assert "      beta was given for Chordoma [evidence 1 for, 1 against: PMCID:PMC3]" in lines


def test_adverse_event_stands_in_the_table(world: GraphFolder) -> None:
    lines = run(world.path, "--drug", "alpha").splitlines()
    assert [line for line in lines if "Fever" in line and "ADVERSE EVENT" in line]


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_json(world: GraphFolder, option: list[str]) -> None:
    found = json.loads(run(world.path, "--disease", "Chordoma", "--paths", "2", *option))
    assert found["predictions"] == json.loads(
        json.dumps([p.as_dict() for p in rank_links(world, disease="Chordoma", paths=2)])
    )
    assert [s["drug"] for s in found["stated"]] == ["beta", "gamma"]
    path = found["predictions"][0]["paths"][0]
    assert path["edges"][0]["sources"][0]["sentence"] == "alpha Sarcoma."


def test_limit_and_paths(generated: GraphFolder) -> None:
    assert len(json.loads(run(generated.path, "--limit", "3", "--json"))["predictions"]) == 3
    assert "Why" not in run(generated.path, "--limit", "3", "--paths", "0").splitlines()


def test_nothing_found(tmp_path: Path) -> None:
    graph = write_world(tmp_path / "g", statements("alpha treats Sarcoma"))
    assert "No unstated pair is connected by any path." in run(graph.path)
    assert "Nothing to evaluate" in run(graph.path, "--evaluate")


def test_evaluate(generated: GraphFolder) -> None:
    found = json.loads(run(generated.path, "--evaluate", "--json"))
    assert found["pairs"] > 50
    assert f"{found['pairs']} stated pairs were hidden" in run(generated.path, "--evaluate")
    refused = CliRunner().invoke(discover, [str(generated.path), "--evaluate", "--drug", "drug 3"])
    assert refused.exit_code == 2


def test_example_script(world: GraphFolder) -> None:
    script = Path(__file__).parents[2] / "examples" / "discover_links.py"
    found = subprocess.run(
        [sys.executable, str(script), str(world.path), "Chordoma"], capture_output=True, text=True, check=True
    )
    assert found.stdout.splitlines()[:2] == [
        "1. alpha for Chordoma: score 0.3299, rank by degree alone 1",
        "     alpha was given for Sarcoma [PMCID:PMC1] alpha Sarcoma.",
    ]
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 40
