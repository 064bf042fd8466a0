"""Near-duplicate cases: what is one patient in two documents is told, and what is not is not."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.graph.build import build
from kg.graph.duplicates import Clusters, author_key, title_key
from kg.graph.store import GraphFolder
from kg.queries.run import run_query
from tests.bundled import index
from tests.pages import page

AUTHORS = "**Authors:** A. Synthetic, B. Synthetic"


def report(folder: Path, number: int, *, authors: str = AUTHORS, title: str = "", abstract: str = "") -> Path:
    """Write a page of a case and return its path."""
    text = page(
        title=title or f"Synthetic report number {number} of anlotinib for osteosarcoma",
        head=f"Synthetic · DOI: 10.5555/casegraph.twin.{number} · 2026-01-02",
        abstract=abstract or "A 40-year-old man with osteosarcoma was treated with anlotinib.",
    )
    path = folder / f"{number}.md"
    path.write_text(text.replace(AUTHORS, authors), "utf-8")
    return path


def clusters_of(folder: GraphFolder) -> dict[str, str | None]:
    return {case["document"].rpartition(".")[2]: case["cluster"] for case in folder.rows("cases")}


def built(tmp_path: Path, *pages: Path) -> GraphFolder:
    return build(pages, tmp_path / "graph", index=index()).folder


def test_the_same_patient_by_the_same_authors(tmp_path: Path) -> None:
    pages = [report(tmp_path, 1), report(tmp_path, 2, authors="**Authors:** Synthetic B, Other C")]
    folder = built(tmp_path, *pages)
    first = "casegraph:doi-10.5555-casegraph.twin.1-case-1"
    assert clusters_of(folder) == {"1": first, "2": first}
    findings = [f for f in folder.rows("findings") if f["code"] == "near-duplicate-case"]
    assert len(findings) == 2
    assert "male, 40 years" in findings[0]["reasons"]
    assert "1 of 2 and 2 authors are the same" in findings[0]["reasons"]
    for engine in ("sparql", "cypher"):
        rows = run_query(folder, "near-duplicate-cases", {}, engine=engine).rows
        assert [(r["cluster"], r["document"].rpartition(".")[2]) for r in rows] == [(first, "1"), (first, "2")]
    # They stay two cases, and count as two.
    (edge,) = [e for e in folder.rows("edges") if e["predicate"] == "biolink:applied_to_treat"]
    assert edge["cases"] == 2


@pytest.mark.parametrize(
    ("authors", "abstract"),
    [
        ("**Authors:** C. Other, D. Other", ""),
        (AUTHORS, "A 41-year-old man with osteosarcoma was treated with anlotinib."),
        (AUTHORS, "A 40-year-old woman with osteosarcoma was treated with anlotinib."),
        (AUTHORS, "A 40-year-old man with osteosarcoma was observed without any drug."),
        (AUTHORS, "A man with osteosarcoma was treated with anlotinib."),
    ],
    ids=["authors", "age", "sex", "drug", "no age"],
)
def test_what_differs_is_no_cluster(authors: str, abstract: str, tmp_path: Path) -> None:
    title = "A synthetic report of an osteosarcoma"
    twin = report(tmp_path, 2, authors=authors, abstract=abstract, title=title)
    folder = built(tmp_path, report(tmp_path, 1), twin)
    assert set(clusters_of(folder).values()) == {None}


def test_the_same_title_is_enough_without_authors(tmp_path: Path) -> None:
    title = "Anlotinib for an osteosarcoma of the jaw"
    pages = [report(tmp_path, n, title=title, authors="") for n in (1, 2)]
    assert None not in clusters_of(built(tmp_path, *pages)).values()


def test_a_chain_is_one_cluster_in_any_order() -> None:
    links = [("a", "b"), ("c", "d"), ("b", "c"), ("x", "y")]
    for order in permutations(links):
        clusters = Clusters()
        for one, other in order:
            clusters.join((one, f"of {one}"), (other, f"of {other}"), "")
        assert dict(clusters.members()) == {"a": "a", "b": "a", "c": "a", "d": "a", "x": "x", "y": "x"}
        assert len(list(clusters.findings())) == 6


@pytest.mark.parametrize("name", ["Smith JA", "Smith J.A.", "Smith, John", "John Smith", "J. A. Smith", "John A Smith"])
def test_authors_are_one_however_they_are_written(name: str) -> None:
    assert author_key(name) == "smith j"


@given(st.text(max_size=30))
def test_any_name_and_title_has_a_key(text: str) -> None:
    assert author_key(text) == author_key(text).casefold().strip()
    assert title_key(text) == title_key(f"  {text}. ")


def test_many_copies_make_no_more_pairs_than_copies(tmp_path: Path) -> None:
    folder = built(
        tmp_path, *(report(tmp_path, n, title="A synthetic report of an osteosarcoma, again") for n in range(1, 16))
    )
    assert len(set(clusters_of(folder).values())) == 1
    findings = [f for f in folder.rows("findings") if f["code"] == "near-duplicate-case"]
    assert len(findings) == 15
    assert max(f["message"].count("casegraph:") for f in findings) == 11
    assert any(" and 4 more" in f["message"] for f in findings)
