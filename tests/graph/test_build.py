"""The build: the seed's graph, the same bytes from the same inputs, and nothing half written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import GraphError, InputError
from kg.graph.build import BuildResult, build
from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS
from kg.model import BuildConfig
from tests.bundled import index
from tests.pages import CASES, ROOT, SEED, page

DRUG, DISEASE = "PUBCHEM.COMPOUND:25017411", "MONDO:0009807"


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return build([SEED.parent], tmp_path_factory.mktemp("seed") / "graph", index=index()).folder


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return build([SEED.parent, CASES], tmp_path_factory.mktemp("all") / "graph", index=index()).folder


def rows(folder: GraphFolder, table: str, **equal: Any) -> list[dict[str, Any]]:
    return [r for r in folder.rows(table) if all(r[k] == v for k, v in equal.items())]


def test_seed_case_and_treatment(seed: GraphFolder) -> None:
    (case,) = rows(seed, "cases")
    assert (case["age"], case["age_unit"], case["sex"], case["follow_up"], case["follow_up_unit"], case["outcome"]) == (
        37, "year", "male", 48, "month", "complete radiological remission",
    )  # fmt: skip
    (edge,) = rows(seed, "edges", predicate="biolink:applied_to_treat")
    assert (edge["subject"], edge["object"], edge["contradiction"]) == (DRUG, DISEASE, 0)
    evidence = rows(seed, "evidence", edge=edge["id"])
    received = next(e for e in evidence if e["section"] == "abstract.2")
    assert received["sentence"].startswith("The patient received salvage therapy")
    assert (received["polarity"], received["outcome"]) == ("support", "complete radiological remission")
    assert {e["polarity_reason"] for e in evidence if e["polarity"] == "unknown"} == {"hypothetical"}


def test_seed_entities_are_one_node_each(seed: GraphFolder) -> None:
    nodes = {n["id"]: n for n in seed.rows("nodes")}
    assert nodes[DRUG]["equivalent_identifiers"] == [DRUG, "MESH:C000625192"]
    assert nodes[DISEASE]["equivalent_identifiers"] == [DISEASE, "MESH:D012516"]
    assert nodes["MONDO:0002623"]["documents"] == 0
    assert not rows(seed, "evidence", object="MONDO:0002623", predicate="biolink:mentions")
    ancestors = {e["object"] for e in rows(seed, "edges", predicate="biolink:subclass_of")}
    assert "MONDO:0005089" in ancestors


def test_the_root_of_a_vocabulary_has_no_parent_in_another(seed: GraphFolder) -> None:
    crossing = [
        e for e in rows(seed, "edges", predicate="biolink:subclass_of")
        if e["subject"].startswith("MONDO:") and not e["object"].startswith("MONDO:")
    ]  # fmt: skip
    assert crossing == []


def test_seed_finding(seed: GraphFolder) -> None:
    (finding,) = rows(seed, "findings")
    assert (finding["asserted"], finding["suggested"]) == ("MONDO:0002623", DISEASE)
    assert len(json.loads(finding["reasons"])) >= 3


@pytest.mark.parametrize("which", ["seed", "everything"])
def test_tables_hold_together(which: str, request: pytest.FixtureRequest) -> None:
    folder: GraphFolder = request.getfixturevalue(which)
    nodes = {n["id"]: n for n in folder.rows("nodes")}
    evidence = list(folder.rows("evidence"))
    edges = {e["id"]: e for e in folder.rows("edges")}
    mentions = {m["id"]: m for m in folder.rows("mentions")}
    documents = {d["id"] for d in folder.rows("documents")}
    passages = {(p["document"], p["section"]): p["text"] for p in folder.rows("passages")}
    assert all(n["name"] and n["category"] for n in nodes.values())
    assert {e["edge"] for e in evidence} == edges.keys()
    assert len({e["id"] for e in evidence}) == len(evidence)
    for edge in edges.values():
        mine = [e for e in evidence if e["edge"] == edge["id"]]
        assert edge["subject"] in nodes
        assert edge["object"] in nodes
        assert edge["evidence"] == len(mine) == edge["support"] + edge["contradiction"] + edge["unknown"]
        assert edge["documents"] == len({e["document"] for e in mine if e["document"]}) == len(edge["publications"])
        assert edge["cases"] == len({e["case"] for e in mine if e["case"]})
    for row in evidence:
        if row["sentence"] is not None:
            text = passages[row["document"], row["section"]]
            assert text[row["sentence_start"] : row["sentence_end"]] == row["sentence"]
        assert row["subject_mention"] is None or row["subject_mention"] in mentions
    for link in folder.rows("links"):
        assert link["mention"] in mentions
        assert link["node"] is None or link["node"] in nodes
    assert {link["mention"] for link in folder.rows("links")} == mentions.keys()
    assert {m["document"] for m in mentions.values()} <= documents
    for place in folder.rows("occurrences"):
        text = passages[mentions[place["mention"]]["document"], place["section"]]
        assert text[place["start"] : place["end"]] == place["text"]


def test_lift_is_the_documented_ratio(everything: GraphFolder) -> None:
    edges = rows(everything, "edges", predicate="biolink:occurs_together_in_literature_with")
    total = everything.count("documents")
    assert edges
    for edge in edges:
        assert edge["lift"] == pytest.approx(
            edge["documents"] * total / (edge["subject_documents"] * edge["object_documents"])
        )


_SCRIPT = """
import sys
from kg.graph.build import build
from kg.terms.bundled import default_index
with default_index() as index:
    build(sys.argv[2:], sys.argv[1], index=index)
"""


def _run(out: Path, paths: list[Path], seed: str) -> dict[str, bytes]:
    env = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", _SCRIPT, str(out), *map(str, paths)], check=True, env=env, cwd=ROOT)
    return {p.name: p.read_bytes() for p in sorted(out.iterdir())}


def test_same_inputs_same_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "deeper"
    copy.mkdir(parents=True)
    files = [SEED, *sorted(CASES.glob("SYN*.md"))]
    copies = [Path(shutil.copy(f, copy / f.name)) for f in files]
    one = _run(tmp_path / "one", files, "1")
    other = _run(tmp_path / "b" / "other", copies[::-1], "2")
    assert set(one) == {f"{name}.parquet" for name in SCHEMAS} | {"manifest.json"}
    assert [name for name in one if one[name] != other[name]] == []
    assert str(tmp_path).encode() not in b"".join(one.values())


def test_nothing_is_run_where_nothing_changed(tmp_path: Path) -> None:
    text = tmp_path / "pages" / "a.md"
    text.parent.mkdir()
    text.write_text(page())

    def run(**more: Any) -> BuildResult:
        return build([text.parent], tmp_path / "g", index=index(), **more)

    first = run()
    again = run()
    assert (first.unchanged, again.unchanged) == (False, True)
    assert again.totals == first.totals
    assert run(config=BuildConfig(co_mention_limit=3)).unchanged is False
    text.write_text(page(title="Another"))
    assert run().unchanged is False


def test_a_second_page_of_a_document_is_merged_or_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(page())
    (tmp_path / "b.md").write_text(page())
    (tmp_path / "c.md").write_text(page(abstract="Other words."))
    result = build([tmp_path], tmp_path / "g", index=index())
    assert result.totals["document"] == {"received": 3, "kept": 1, "merged": 1, "set_aside": 1}
    reasons = {r["input"]: r["reason"] for r in result.folder.rows("ledger") if r["kind"] == "document" and r["reason"]}
    assert reasons == {"b.md": "the same page as a.md", "c.md": "a.md is another page of the same document"}


def test_one_paper_under_two_identifiers_is_one_document(tmp_path: Path) -> None:
    text = SEED.read_text("utf-8")
    (tmp_path / "a.md").write_text(text)
    (tmp_path / "b.md").write_text(text.partition("## Figures")[0])
    result = build([tmp_path], tmp_path / "g", index=index())
    assert result.totals["document"] == {"received": 2, "kept": 1, "merged": 0, "set_aside": 1}


def test_bad_files_beside_good_ones(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(page())
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "other.md").write_text("PMID|t|x\n1|a|y\n")
    (tmp_path / "binary.md").write_bytes(b"\x00\xff" * 1000)
    (tmp_path / "odd.md").write_text(
        page(linked="- **Diseases:** gout (XYZ:1), osteosarcoma (MONDO:9999999)", head="no head")
    )
    result = build([tmp_path, tmp_path / "missing.md"], tmp_path / "g", index=index())
    assert result.totals["file"] == {"received": 6, "kept": 2, "merged": 0, "set_aside": 4}
    assert result.totals["document"]["kept"] == 2
    assert {f["code"] for f in result.folder.rows("findings")} == {"unknown-prefix", "unverified-identifier"}


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "case.md").write_text(page())
    with pytest.raises(InputError, match=r"did you mean case\.md"):
        build([tmp_path / "cases.md"], tmp_path / "g", index=index())
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="no pages"):
        build([tmp_path / "none"], tmp_path / "g", index=index())


def test_a_folder_of_other_things_is_not_touched(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(GraphError, match="not a graph"):
        build([SEED], mine, index=index())
    with pytest.raises(GraphError, match="is a file"):
        build([SEED], mine / "thesis.txt", index=index())
    assert [p.name for p in mine.iterdir()] == ["thesis.txt"]


def test_a_failing_build_leaves_the_old_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "g"
    build([SEED], out, index=index())
    before = {p.name: p.read_bytes() for p in out.iterdir()}

    def broken(*_: object) -> Iterator[None]:
        raise RuntimeError("power cut")

    monkeypatch.setattr("kg.graph.build.ontology_rows", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        build([SEED], out, index=index(), force=True)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["g"]


_ENDLESS = """
import sys
from kg.graph.build import build
from kg.terms.bundled import default_index
with default_index() as index:
    while True:
        build(sys.argv[2:], sys.argv[1], index=index, force=True)
"""


def test_killed_at_any_moment(tmp_path: Path) -> None:
    out = tmp_path / "g"
    expected = build([SEED], out, index=index()).folder.manifest
    for delay in (0.35, 0.5, 0.62, 0.71, 0.83, 0.95):
        with subprocess.Popen([sys.executable, "-c", _ENDLESS, str(out), str(SEED)], cwd=ROOT) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        if out.exists():
            folder = GraphFolder(out)
            assert folder.manifest == expected
            assert all(folder.count(name) == expected["counts"][name] for name in SCHEMAS)
    assert build([SEED], out, index=index()).folder.manifest == expected
    assert [p.name for p in tmp_path.iterdir()] == ["g"]


def test_every_row_of_the_ledger_has_a_reason_where_it_needs_one(everything: GraphFolder) -> None:
    for row in everything.rows("ledger"):
        assert (row["outcome"] in {"received", "kept"}) or row["reason"]
