"""Style, guide and saved queries: made of the graph, whole, and answered by a real server."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kg import model
from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.live.browserfiles import browser_files
from kg.live.guideserver import KINDS
from kg.queries.catalogue import catalogue
from kg.views.browser.pictures import pictures
from kg.views.browser.savedqueries import SavedQuery, saved_queries
from kg.views.browser.style import LINES, NODES, contrast, grass
from kg.views.browser.walk import Walk, choose
from kg.views.neo4j import Neo4jTarget, load_neo4j
from kg.views.propertygraph import _TRAIL_TYPES, ALL_LABELS, MARKER, relationship_type
from tests.generated import generate
from tests.neo4jserver import Access


class Guide(HTMLParser):
    """The slides of a guide: heading, and the text of each clickable block."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.slides: list[tuple[str, list[str]]] = []
        self.text = ""
        self._tag = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        if tag == "slide":
            self.slides.append(("", []))
        elif tag == "pre":
            assert dict(attrs)["class"] == "highlight pre-scrollable code runnable"
            self.slides[-1][1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._tag == "h3":
            self.slides[-1] = (self.slides[-1][0] + data, self.slides[-1][1])
        elif self._tag == "pre":
            self.slides[-1][1][-1] += data


def made(folder: GraphFolder) -> tuple[Walk, dict[str, SavedQuery], Guide]:
    walk = choose(folder)
    queries = saved_queries(catalogue("cypher").values(), walk.parameters())
    return walk, queries, Guide(browser_files(folder, "http://localhost:1/")["guide.html"].decode())


def without(folder: GraphFolder, place: Path, **tables: list[dict[str, Any]]) -> GraphFolder:
    """Return a copy of a graph with other rows in some tables."""
    shutil.copytree(folder.path, place)
    for name, rows in tables.items():
        write_table(place / f"{name}.parquet", name, rows)
    return GraphFolder(place)


def rules() -> dict[str, dict[str, str]]:
    """Read the style as Browser does: no comments, a rule after another, the later one wins."""
    text = grass()
    assert "/*" not in text
    assert "//" not in text
    found = re.findall(r"([\w.]+) \{\n((?:  [\w-]+: [^;]+;\n)+)\}\n", text)
    assert sum(len(f"{name} {{\n{body}}}\n") + 1 for name, body in found) - 1 == len(text)
    return {name: dict(re.findall(r"  ([\w-]+): ([^;]+);", body)) for name, body in found}


def test_every_label_and_type_has_a_style() -> None:
    assert {f"node.{label}" for label in (*ALL_LABELS, MARKER)} == {name for name in rules() if name[:5] == "node."}
    predicates = {
        value
        for name, value in vars(model).items()
        if isinstance(value, str) and re.fullmatch(r"biolink:[a-z_]+", value) and name.isupper()
    }
    assert {relationship_type(p) for p in predicates} | _TRAIL_TYPES == set(LINES)


def test_a_general_label_never_wins() -> None:
    # The last rule that fits a node wins: the labels that stand beside another one come first.
    order = list(rules())
    assert order[:4] == ["node", "node.Casegraph", "node.Entity", "node.NamedThing"]
    assert all(rule["caption"] == "'{name}'" for name, rule in rules().items() if name.startswith("node"))


def test_words_are_readable() -> None:
    for name, rule in rules().items():
        assert contrast(rule["text-color-internal"], rule["color"]) >= 4.5, name
    assert len({style.color for label, style in NODES.items() if label not in {MARKER, "Entity", "NamedThing"}}) == 15


def test_the_seed_is_walked_from_its_case_to_the_ancestors(seed_graph: GraphFolder) -> None:
    walk, queries, guide = made(seed_graph)
    (case,) = seed_graph.rows("cases")
    (finding,) = seed_graph.rows("findings")
    assert (walk.case, walk.document) == (case["id"], case["document"])
    assert (walk.finding, walk.disease, walk.start) == (finding["id"], finding["suggested"], finding["suggested"])
    assert walk.predicate == "biolink:applied_to_treat"
    assert (walk.name(walk.drug), walk.name(walk.disease)) == ("anlotinib", "osteosarcoma")
    assert [heading for heading, _ in guide.slides] == [
        "A walk through the graph", "The case", "The drug and the disease", "The evidence", "What the audit found",
        "The ancestors", "Search by name", "Keep the queries",
    ]  # fmt: skip
    for words in ("anlotinib", "osteosarcoma", case["name"], finding["asserted_name"], finding["code"]):
        assert words in guide.text
    assert ":style http://localhost:1/style.grass" in guide.slides[0][1]
    texts = {query.cypher.strip() for query in queries.values()}
    assert {text for _, blocks in guide.slides for text in blocks if text[0] != ":"} <= texts


def test_another_graph_walks_through_its_own_case(generated: GraphFolder) -> None:
    walk, _, guide = made(generated)
    evidence = {(r["subject"], r["predicate"], r["object"], r["document"]): r for r in generated.rows("evidence")}
    assert evidence[walk.drug, walk.predicate, walk.disease, walk.document]["polarity"] == "support"
    assert walk.predicate == "biolink:applied_to_treat"
    assert walk.case in {row["id"] for row in generated.rows("cases") if row["document"] == walk.document}
    (finding,) = generated.select("findings", "id", [walk.finding])
    assert finding["document"] == walk.document
    assert "PMC13003748" not in guide.text
    assert "osteosarcoma" not in guide.text


def test_the_same_graph_gives_the_same_bytes(seed_graph: GraphFolder, tmp_path: Path) -> None:
    shutil.copytree(seed_graph.path, tmp_path / "it's a [copy]*?")
    again = browser_files(GraphFolder(tmp_path / "it's a [copy]*?"), "http://localhost:1/")
    assert browser_files(seed_graph, "http://localhost:1/") == again
    assert set(again) == set(KINDS)


def test_what_a_graph_lacks_is_left_out(generated: GraphFolder, tmp_path: Path) -> None:
    edges = [row for row in generated.rows("edges") if row["predicate"] != model.SUBCLASS_OF]
    bare = without(generated, tmp_path / "bare", findings=[], evidence=[], edges=edges, cases=[])
    walk, _, guide = made(bare)
    assert (walk.case, walk.drug, walk.finding, walk.start) == ("", "", "", "")
    assert walk.disease
    assert [heading for heading, _ in guide.slides] == [
        "A walk through the graph",
        "Search by name",
        "Keep the queries",
    ]
    empty = without(
        generated, tmp_path / "empty", **{t: [] for t in ("nodes", "edges", "evidence", "cases", "findings")}
    )
    assert choose(empty) == Walk()
    assert len(Guide(browser_files(empty)["guide.html"].decode()).slides) == 3


def test_co_mentions_do_where_no_treatment_is_told(generated: GraphFolder, tmp_path: Path) -> None:
    rows = [row for row in generated.rows("evidence") if row["method"] == "co-mention"]
    walk = choose(without(generated, tmp_path / "g", evidence=rows))
    assert walk.predicate == model.OCCURS_TOGETHER
    # The evidence names no better: the case is one of its document.
    assert walk.case in {row["id"] for row in generated.rows("cases") if row["document"] == walk.document}


def test_the_archive_is_one_that_browser_reads(seed_graph: GraphFolder) -> None:
    files = browser_files(seed_graph)
    with zipfile.ZipFile(io.BytesIO(files["queries.zip"])) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {f"casegraph tables/{name}.cypher" for name in catalogue("cypher")} | {
        f"casegraph pictures/{name}.cypher" for name in pictures()
    }
    for name, query in catalogue("cypher").items():
        lines = texts[f"casegraph tables/{name}.cypher"].splitlines()
        assert lines[0] == f"// {query.summary}"
        assert not any(line.startswith("//+") for line in lines)
        set_first = [line for line in lines if line.startswith("// :params ")]
        assert len(set_first) == bool(query.parameters)
        assert all(f'"{parameter}": ' in set_first[0] for parameter in query.parameters)
    assert "http" not in files["guide.html"].decode()


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("server", "graph"), [("neo4j_server", "seed_graph"), ("neo4j_server", "small"), ("neo4j_current", "seed_graph")]
)
def test_each_query_answers_on_a_real_server(request: pytest.FixtureRequest, server: str, graph: str) -> None:
    folder: GraphFolder = request.getfixturevalue(graph)
    access: Access = request.getfixturevalue(server)
    walk, queries, guide = made(folder)
    load_neo4j(folder, uri=access.uri, user=access.user, password=access.password, prune=True)
    clicked = {text for _, blocks in guide.slides for text in blocks if text[0] != ":"}
    with Neo4jTarget(access.uri, access.user, access.password, access.database) as target:
        for query in queries.values():
            rows = target.run_read(query.cypher, query.parameters)
            assert rows or query.cypher.strip() not in clicked, query.name
        search = queries["search-by-name"].cypher

        def found(typed: str) -> list[str]:
            return [row["id"] for row in target.run_read(search, {"search": typed})]

        assert walk.disease in found(walk.name(walk.disease))
        assert found("") == found(" \t") == []
        # No character of what is typed is an operator, and every word of it that is there is found.
        for typed in ('"', "\\", "a+b) OR *:* [x TO", "AND", "NOT zzz", "***", "(((", "/re/", "{$x}", "name:a~2^9"):
            found(typed)
        with_synonym = next(row for row in folder.rows("nodes") if row["synonyms"])
        first = re.findall(r"\w{4,}", " ".join(with_synonym["synonyms"]))[0]
        assert with_synonym["id"] in found(first.upper()) or len(found(first)) == 25


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    """A generated graph that loads in a second."""
    return GraphFolder(generate(tmp_path_factory.mktemp("small") / "graph", documents=24, diseases=15, chemicals=8))
