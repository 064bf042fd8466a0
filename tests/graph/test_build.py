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
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from kg.curies import association_id
from kg.documents.intake import Input
from kg.documents.occurrences import find_occurrences
from kg.errors import GraphError, InputError
from kg.graph.build import BuildResult, build
from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS
from kg.model import CHEMICAL, BuildConfig, Document, LedgerEntry, Mention, Passage
from kg.model import DISEASE as DISEASE_KIND
from tests.bundled import index
from tests.pages import CASES, PACKET, RELATED, ROOT, SEED, page

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


def test_a_second_page_of_a_document_is_merged(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(page())
    (tmp_path / "b.md").write_text(page())
    (tmp_path / "c.md").write_text(page(abstract="Other words."))
    result = build([tmp_path], tmp_path / "g", index=index())
    assert result.totals["document"] == {"received": 3, "kept": 1, "merged": 2, "set_aside": 0}
    assert result.totals["mention"] == {"received": 6, "kept": 2, "merged": 4, "set_aside": 0}
    reasons = {r["input"]: r["reason"] for r in result.folder.rows("ledger") if r["kind"] == "document" and r["reason"]}
    assert reasons == {"b.md": "the same record as in a.md", "c.md": "another record of the document in a.md"}
    assert [r["count"] for r in rows(result.folder, "ledger", kind="line", outcome="kept")] == [8]
    assert len(rows(result.folder, "cases")) == 1


def test_one_paper_under_two_identifiers_is_one_document(tmp_path: Path) -> None:
    text = SEED.read_text("utf-8")
    (tmp_path / "a.md").write_text(text)
    (tmp_path / "b.md").write_text(text.partition("## Figures")[0])
    result = build([tmp_path], tmp_path / "g", index=index())
    assert result.totals["document"] == {"received": 2, "kept": 1, "merged": 1, "set_aside": 0}


ABSTRACT = "A 40-year-old man with osteosarcoma was treated with anlotinib. It helped."


def three_sources() -> dict[str, tuple[Document, ...]]:
    """Return a page, an abstract and a full text of one article, two of them beside an article of their own."""
    title = "Anlotinib for osteosarcoma: a case report"

    def record(name: str, form: str, text: dict[str, str], *said: tuple[str, str, str], **more: Any) -> Document:
        passages = (Passage("title", title), *(Passage(section, t) for section, t in text.items()))
        identifier = f"PMID:{more['pmid']}" if more.get("pmid") else f"PMCID:{more['pmcid']}"
        mentions = tuple(
            Mention(association_id("mention", name, word, curie), identifier, i, form, kind, word, curie, curie,
                    tuple(find_occurrences(word, passages))[:1])
            for i, (word, curie, kind) in enumerate(said, 1)
        )  # fmt: skip
        return Document(
            identifier,
            name,
            form,
            association_id(name, identifier),
            title,
            passages=passages,
            mentions=mentions,
            **more,
        )

    drug, disease = ("anlotinib", DRUG, CHEMICAL), ("osteosarcoma", DISEASE, DISEASE_KIND)
    return {
        "a.txt": (
            record("a.txt", "pubtator", {"abstract": ABSTRACT}, drug, disease, pmid="71"),
            record("a.txt", "pubtator", {"abstract": "No patient is told of here."}, disease, pmid="70"),
        ),
        "b.xml": (
            record("b.xml", "jats", {"abstract": ABSTRACT, "case": f"{ABSTRACT} He lives."}, disease, pmid="71", pmcid="PMC72"),
            record("b.xml", "jats", {"abstract": "Osteosarcoma is rare."}, ("Osteosarcoma", "MESH:D012516", DISEASE_KIND), pmcid="PMC9"),
        ),
        "c.json": (
            record("c.json", "bioc", {"abstract": ABSTRACT}, ("osteosarcoma", "MONDO:0002623", DISEASE_KIND), drug, pmcid="PMC72"),
        ),
    }  # fmt: skip


class Told:
    """A stream as the build takes it, of documents that are there."""

    def __init__(self, name: str, documents: tuple[Document, ...]) -> None:
        self.name = name
        self.format = "bioc-json"
        self.documents = iter(documents)
        self._counts = {"file": 1, "document": len(documents), "mention": sum(len(d.mentions) for d in documents)}

    def entries(self) -> Iterator[LedgerEntry]:
        assert next(self.documents, None) is None
        for kind, count in self._counts.items():
            for outcome in ("received", "kept"):
                yield LedgerEntry(self.name, kind, outcome, count)  # type: ignore[arg-type]


def test_three_sources_of_one_document_in_all_orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = three_sources()
    found: set[tuple[bytes, ...]] = set()
    for order in permutations(sources):
        # What is read is set by hand, so that the order is: the inputs of a build are sorted by name.
        monkeypatch.setattr("kg.graph.build.find_inputs", lambda _paths, order=order: [Input(n, SEED) for n in order])
        monkeypatch.setattr(
            "kg.documents.parallel.read_streams", lambda item, *_: [Told(item.name, sources[item.name])]
        )
        result = build([SEED], tmp_path / "g", index=index(), force=True)
        found.add(tuple((tmp_path / "g" / f"{name}.parquet").read_bytes() for name in SCHEMAS))
    assert len(found) == 1
    folder = result.folder
    assert [(d["id"], d["input"], d["pmcid"], d["case_report"]) for d in folder.rows("documents")] == [
        ("PMCID:PMC9", "b.xml", "PMC9", True), ("PMID:70", "a.txt", None, True), ("PMID:71", "b.xml", "PMC72", True),
    ]  # fmt: skip
    assert [c["document"] for c in folder.rows("cases")] == ["PMCID:PMC9", "PMID:70", "PMID:71"]
    assert len(rows(folder, "cases", document="PMID:71", age=40.0)) == 1
    mentions = {(m["text"], m["asserted"]): m["source_list"] for m in rows(folder, "mentions", document="PMID:71")}
    assert mentions == {
        ("osteosarcoma", DISEASE): "jats; pubtator", ("osteosarcoma", "MONDO:0002623"): "bioc", ("anlotinib", DRUG): "bioc; pubtator",
    }  # fmt: skip
    assert [f["mention"] is not None for f in rows(folder, "findings", code="annotators-disagree")] == [True]
    assert result.totals["document"] == {"received": 5, "kept": 3, "merged": 2, "set_aside": 0}
    assert result.totals["mention"] == {"received": 7, "kept": 5, "merged": 2, "set_aside": 0}


def test_tables_that_are_sorted_in_parts_are_the_same(
    everything: GraphFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.graph.finish._PART", 7)
    monkeypatch.setattr("kg.graph.finish._BATCH", 5)
    again = build([SEED.parent, CASES], tmp_path / "g", index=index()).folder
    assert again.manifest["tables"] == everything.manifest["tables"]


def test_a_document_that_is_no_case_report_makes_no_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "We treated 120 patients. A 40-year-old man with osteosarcoma was treated with anlotinib."
    passages = (
        Passage("title", "Anlotinib for osteosarcoma: a randomized controlled trial"),
        Passage("abstract", text),
    )
    mentions = tuple(
        Mention(word, "PMID:1", 1, "x", kind, word, curie, curie, tuple(find_occurrences(word, passages)))
        for word, kind, curie in (("anlotinib", CHEMICAL, DRUG), ("osteosarcoma", DISEASE_KIND, DISEASE))
    )
    trial = Document("PMID:1", "a.txt", "pubtator", "0", passages[0].text, pmid="1", passages=passages, mentions=mentions,
                     publication_types=("Randomized Controlled Trial",))  # fmt: skip
    monkeypatch.setattr("kg.documents.parallel.read_streams", lambda item, *_: [Told(item.name, (trial,))])

    def run(**knobs: Any) -> GraphFolder:
        return build([SEED], tmp_path / "g", index=index(), config=BuildConfig(**knobs)).folder

    folder = run()
    (document,) = folder.rows("documents")
    assert (document["case_report"], document["publication_types"]) == (False, ["Randomized Controlled Trial"])
    assert "randomized" in document["case_report_reason"].lower()
    assert (folder.count("cases"), folder.count("facts")) == (0, 0)
    assert rows(folder, "edges", predicate="biolink:applied_to_treat")
    assert {e["case"] for e in folder.rows("evidence")} == {None}
    folder = run(all_cases=True)
    assert [c["age"] for c in folder.rows("cases")] == [40.0]
    assert [d["case_report"] for d in folder.rows("documents")] == [False]


def test_every_identifier_of_a_composite_mention_has_its_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passages = (Passage("title", "Osteosarcoma or chondrosarcoma"),)
    further = ("MONDO:0008977", "MONDO:9999999", DRUG)
    mention = Mention("m", "PMID:1", 1, "x", DISEASE_KIND, passages[0].text, "", DISEASE, (), further)
    document = Document(
        "PMID:1", "a.txt", "pubtator", "0", passages[0].text, pmid="1", passages=passages, mentions=(mention,)
    )
    monkeypatch.setattr("kg.documents.parallel.read_streams", lambda item, *_: [Told(item.name, (document,))])
    known = next(curie for curie in ("MONDO:0008977", "MONDO:0002623") if index().term(curie))
    document = replace(document, mentions=(replace(mention, further=(known, *further[1:])),))
    result = build([SEED], tmp_path / "g", index=index())
    links = {link["term"]: link["rule"] for link in result.folder.rows("links")}
    assert links == {DISEASE: "asserted", known: "composite"}
    assert known in {n["id"] for n in result.folder.rows("nodes") if n["documents"] == 1}
    assert [m["further"] for m in result.folder.rows("mentions")] == [[known, *further[1:]]]
    assert result.totals["mention"]["kept"] == 1


def test_bad_files_beside_good_ones(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(page())
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "other.md").write_text("Words of a letter.\n\nAnd no more.\n")
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
    with pytest.raises(InputError, match="no input in"):
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


def test_relations_of_the_source_are_rows_and_evidence(tmp_path: Path) -> None:
    page = tmp_path / "related.txt"
    page.write_text(RELATED, "utf-8")
    result = build([page], tmp_path / "g", index=index())
    assert result.totals["relation"] == {"received": 4, "kept": 3, "merged": 0, "set_aside": 1}
    rows = list(result.folder.rows("relations"))
    # A composite end makes two rows of one relation.
    assert [(r["line"], r["object"], r["input"], bool(r["edge"])) for r in rows] == [
        (7, "MESH:D003638", "related.txt", True),
        (8, "MESH:D003638", "related.txt", True),
        (8, "MESH:D005334", "related.txt", True),
        (9, "MESH:D003638", "related.txt", False),
    ]
    assert rows[3]["reason"] == "both ends are linked to one term"
    evidence = {e["id"]: e for e in result.folder.rows("evidence")}
    told = evidence[rows[0]["evidence"]]
    assert (told["sentence"], told["original_predicate"]) == ("Deafness after cisplatin.", "CID")
    edges = {e["id"]: e for e in result.folder.rows("edges")}
    edge = edges[rows[2]["edge"]]
    assert (edge["predicate"], edge["original_predicate"]) == ("biolink:has_adverse_event", "CID")
    findings = [f["code"] for f in result.folder.rows("findings")]
    assert findings.count("relation-without-edge") == 1


def test_a_relation_that_two_files_assert_is_merged(tmp_path: Path) -> None:
    pages = [tmp_path / "a.txt", tmp_path / "b.txt"]
    pages[0].write_text(RELATED, "utf-8")
    pages[1].write_text(RELATED.replace("given for", "given against"), "utf-8")
    result = build(pages, tmp_path / "g", index=index())
    assert result.totals["relation"] == {"received": 8, "kept": 3, "merged": 3, "set_aside": 2}
    assert result.folder.count("relations") == 4


def test_a_phenopacket_and_its_article_are_one_case(tmp_path: Path) -> None:
    article = "7|t|Osteosarcoma in a man: a case report\n7|a|A 37-year-old man was treated.\n7\t0\t12\tOsteosarcoma\tDisease\tD012516\n"
    (tmp_path / "a.txt").write_text(article, "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(PACKET), "utf-8")
    folder = build([tmp_path / "a.txt", tmp_path / "b.json"], tmp_path / "g", index=index()).folder
    ((case, age, sex),) = [(c["id"], c["age"], c["sex"]) for c in folder.rows("cases")]
    assert (age, sex) == (37.0, "male")
    edges = {(e["subject"], e["predicate"], e["object"]): e for e in folder.rows("edges")}
    assert (case, "biolink:associated_with", "MONDO:0009807") in edges
    assert (case, "biolink:has_phenotype", "HP:0001945") in edges
    (given,) = [e for e in edges.values() if e["predicate"] == "biolink:applied_to_treat"]
    assert (given["object"], given["cases"], given["original_predicate"]) == ("MONDO:0009807", 1, "treatmentTarget")
    (told,) = [e for e in folder.rows("evidence") if e["edge"] == given["id"]]
    assert (told["outcome"], told["polarity_reason"]) == ("Favorable", "asserted")
    # What was looked for and not found is a fact, and nothing that a query could take for a disease of the patient.
    assert not [e for e in edges if e[2] == "MONDO:0005148" and e[0] == case]
    assert "excluded" in {f["kind"] for f in folder.rows("facts")}
    nodes = {n["id"]: n["category"] for n in folder.rows("nodes")}
    assert nodes["HP:0001945"] == "biolink:PhenotypicFeature"
    (document,) = folder.rows("documents")
    assert document["case_report_reason"] == "a phenopacket describes its patient"


def test_an_empty_build_takes_no_graphs_place(tmp_path: Path) -> None:
    build([SEED], tmp_path / "g", index=index())
    (tmp_path / "scan.txt").write_bytes(b"%PDF-1.7\n\x00\x01")
    with pytest.raises(InputError, match=r"left as it was: scan\.txt: .+") as caught:
        build([tmp_path / "scan.txt"], tmp_path / "g", index=index())
    assert caught.value.exit_code == 2
    assert GraphFolder(tmp_path / "g").count("documents") == 1
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    # Where there is none, an empty graph keeps the ledger of what could not be read.
    assert build([tmp_path / "scan.txt"], tmp_path / "new", index=index()).set_aside == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_ended_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    many = tmp_path / "many.txt"
    with many.open("w", encoding="utf-8") as file:
        for pmid in range(3000):
            file.write(RELATED.replace("\n7", f"\n{10**6 + pmid}").replace("7|t", f"{10**6 + pmid}|t", 1) + "\n")
    # A job in the background of a shell is started with SIGINT ignored; this one must not be.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from kg.commands import main; main(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "build", str(many), "-o", str(tmp_path / "g"), "--jobs", "2"]
    job = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".g.partial-*/spool/mentions.*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.02)
    job.send_signal(number)
    began = time.monotonic()
    _, told = job.communicate(timeout=60)
    assert job.returncode == (130 if number == signal.SIGINT else 128 + number)
    assert time.monotonic() - began < 10
    assert [p.name for p in tmp_path.iterdir()] == ["many.txt"]
    if number == signal.SIGINT:
        assert told.decode().splitlines()[-1] == "kg: stopped; nothing was made"
