"""`kg build --nearest` and `--train` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.graph.store import GraphFolder
from tests.commands.test_commands import kg

PAGE = """9|t|Two
9|a|Grumble bone. Methotrexates.
9\t4\t16\tGrumble bone\tDisease\t-
9\t18\t31\tMethotrexates\tChemical\t-
"""
LESSONS = """1|t|Grumble bone. Zugzwang.
1|a|
1\t0\t12\tGrumble bone\tDisease\tMESH:D012516
1\t14\t22\tZugzwang\tDisease\tMESH:D999999
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "lessons.txt").write_text(LESSONS, "utf-8")
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    return tmp_path / "page.txt"


def rules(graph: Path) -> list[str]:
    return sorted(row["rule"] for row in GraphFolder(graph).rows("links"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # A page behind the option is a page, not a kind.
        (("--nearest", "PAGE"), ["form", "nearest: none"]),
        (("--nearest", "diseases", "PAGE"), ["form", "nearest: none"]),
        (("PAGE", "--nearest"), ["form", "nearest: none"]),
        (("--nearest=chemicals", "--", "PAGE"), ["nearest: form", "none"]),
        (("PAGE", "--nearest", "all"), ["nearest: form", "nearest: none"]),
        (("PAGE",), ["form", "none"]),
    ],
)
def test_kinds_of_names_that_are_linked_to_the_nearest(
    page: Path, options: tuple[str, ...], expected: list[str]
) -> None:
    words = [page if word == "PAGE" else word for word in options]
    graph = page.parent / "g"
    kg("build", "-o", graph, *words)
    assert rules(graph) == expected


def test_an_unknown_kind_is_refused(page: Path) -> None:
    done = kg("build", page, "-o", page.parent / "g", "--nearest=genes", code=2)
    assert "'genes' is not one of 'diseases', 'chemicals', 'all'" in done.stderr


def test_what_was_learnt_and_what_was_not_is_told(page: Path) -> None:
    graph, lessons = page.parent / "g", page.parent / "lessons.txt"
    done = kg("build", page, "-o", graph, "--nearest", "--train", lessons)
    assert "learnt from 1 document\n    diseases: 1 mention\n" in done.stdout
    assert "warning: 1 mention was not learnt from: their identifiers lead to no term (MESH:D999999)\n" in done.stderr
    assert rules(graph) == ["form", "nearest: trained"]
    told = json.loads(kg("build", page, "-o", graph, "--nearest", "--train", lessons, "--json").stdout)
    assert (told["unchanged"], told["training"]["pairs"]["biolink:Disease"]["unresolved"]) == (True, 1)
    # What is built teaches nothing of itself.
    done = kg("build", lessons, "-o", graph, "--nearest", "--train", lessons)
    assert "learnt from 0 documents, 1 document of the build left out" in done.stdout
    assert "warning: nothing was learnt of diseases" in done.stderr


def test_lessons_without_a_linker_or_a_file_are_refused(page: Path) -> None:
    graph = page.parent / "g"
    done = kg("build", page, "-o", graph, "--train", page.parent / "lessons.txt", code=2)
    assert "--train teaches the linker of --nearest" in done.stderr
    done = kg("build", page, "-o", graph, "--nearest", "--train", page.parent / "none.txt", code=2)
    assert "nothing to learn from: none.txt: no such file" in done.stderr
    assert not graph.exists()
