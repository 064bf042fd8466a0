"""What curators decided, laid over what the rules decided, on the bundled ontologies and in real builds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.graph.why import explain_mention
from kg.views.network import to_networkx
from kg.views.propertygraph import iter_relationships
from kg.views.rdf import load_store
from tests.bundled import index
from tests.pages import CASES, SEED, page

COLUMNS = (
    "scope", "decision", "document", "section", "start", "end", "text", "asserted", "code", "target", "curator", "date",
    "comment",
)  # fmt: skip
WRONG = "MONDO:0002623"
RIGHT = "MONDO:0009807"
SEEDS = "PMCID:PMC13003748"


def decisions(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "decisions.tsv"
    lines = ["\t".join(str(row.get(name, "")) for name in COLUMNS) for row in rows]
    path.write_text("\n".join(["\t".join(COLUMNS), *lines, ""]), "utf-8")
    return path


def built(folder: Path, *rows: dict[str, object], inputs: tuple[Path, ...] = (SEED,), jobs: int = 1) -> GraphFolder:
    path = decisions(folder, *rows)
    return build(inputs, folder / "graph", index=index(), decisions=path, jobs=jobs, force=True).folder


def link(folder: GraphFolder, asserted: str = WRONG) -> list[dict[str, Any]]:
    keys = [m["id"] for m in folder.rows("mentions") if m["asserted"] == asserted]
    return [row for row in folder.rows("links") if row["mention"] in keys]


def findings(folder: GraphFolder) -> dict[str, dict[str, Any]]:
    return {f["code"]: {**f, "reasons": json.loads(f["reasons"])} for f in folder.rows("findings")}


BASE: dict[str, object] = {"curator": "A. Curator", "date": "2026-05-01", "comment": "checked"}


@pytest.fixture(scope="module")
def place() -> dict[str, object]:
    """Where the seed's wrong mention stands."""
    from kg.documents.intake import Input
    from kg.documents.reading import read_input

    (document,) = read_input(Input(SEED.name, SEED)).documents
    first = next(m for m in document.mentions if m.asserted == WRONG).occurrences[0]
    return {"document": document.id, "section": first.section, "start": first.start, "end": first.end}


@pytest.mark.parametrize(
    ("decision", "target", "term", "told"),
    [
        ("accept", "", WRONG, "accepted by A. Curator on 2026-05-01: checked [decisions.tsv:2]"),
        ("reject", "", None, "rejected by A. Curator on 2026-05-01: checked [decisions.tsv:2]"),
        ("remap", "MONDO:0005089", "MONDO:0005089", "remapped to MONDO:0005089 (sarcoma) by A. Curator on 2026-05-01"),
    ],
)
@pytest.mark.parametrize("scope", ["mention", "document", "surface", "identifier"])
def test_each_decision_in_each_scope(
    scope: str, decision: str, target: str, term: str | None, told: str, tmp_path: Path, place: dict[str, object]
) -> None:
    keys = {
        "mention": {**place, "text": "osteosarcoma", "asserted": WRONG},
        "document": {"document": "doi:10.1186/s12903-026-08027-w", "asserted": WRONG},
        "surface": {"text": "Osteosarcoma", "asserted": WRONG},
        "identifier": {"asserted": WRONG},
    }[scope]
    folder = built(tmp_path, {**BASE, "scope": scope, "decision": decision, "target": target, **keys})
    (made,) = link(folder)
    assert (made["term"], made["rule"], made["verdict"], made["confidence"]) == (term, "curated", "curated", "high")
    reason = json.loads(made["reasons"])[0]
    assert reason["check"] == "decision"
    assert told in reason["statement"]
    found = findings(folder)
    assert set(found) == {"too-specific"}
    assert found["too-specific"]["severity"] == "info"
    assert found["too-specific"]["reasons"][0] == reason
    # The same name with another identifier is another mention.
    (other,) = link(folder, "MESH:D012516")
    assert other["verdict"] == "confirmed"
    linked = {e["object"] for e in folder.rows("edges") if e["predicate"] == "biolink:mentions"}
    assert (term is None) or term in linked
    assert folder.manifest["decisions"]["applied"] == 1


def test_the_narrower_decision_wins_and_the_wider_one_is_no_finding(tmp_path: Path, place: dict[str, object]) -> None:
    folder = built(
        tmp_path,
        {"scope": "identifier", "decision": "reject", "asserted": WRONG},
        {"scope": "surface", "decision": "accept", "text": "osteosarcoma", "asserted": WRONG},
        {"scope": "mention", "decision": "remap", "target": RIGHT, "asserted": WRONG, **place},
    )
    (made,) = link(folder)
    assert made["term"] == RIGHT
    assert set(findings(folder)) == {"too-specific"}
    assert folder.manifest["decisions"]["applied"] == 3


def test_every_curator_of_equal_rows_is_credited(tmp_path: Path) -> None:
    orcid = "0000-0002-1825-0097"
    row = {"scope": "surface", "decision": "remap", "text": "osteosarcoma", "asserted": WRONG, "target": RIGHT}
    folder = built(
        tmp_path,
        {**row, "curator": f"https://orcid.org/{orcid}", "date": "2026-05-01"},
        {**row, "curator": "B. Name", "date": "2026-05-02"},
        {"scope": "identifier", "decision": "reject", "asserted": WRONG, "curator": "C. Name"},
        {"scope": "surface", "decision": "reject", "text": "no such", "curator": "D. Name"},
    )
    table = {r["curator"]: r for r in folder.rows("decisions")}
    assert [(r["line"], r["file"], r["applied"], r["orcids"]) for r in table.values()] == [
        (2, "decisions.tsv", True, [orcid]), (3, "decisions.tsv", True, []), (4, "decisions.tsv", True, []),
        (5, "decisions.tsv", False, []),
    ]  # fmt: skip
    both = [table[f"https://orcid.org/{orcid}"]["id"], table["B. Name"]["id"]]
    (made,) = link(folder)
    assert made["decisions"] == findings(folder)["too-specific"]["decisions"] == both
    told = [r["statement"] for r in json.loads(made["reasons"]) if r["check"] == "decision"]
    assert [f"by https://orcid.org/{orcid} on 2026-05-01" in told[0], "by B. Name on 2026-05-02" in told[1]] == [
        True
    ] * 2
    explained = explain_mention(folder, made["mention"])
    assert [d["orcids"] for d in explained["links"][0]["decisions"]] == [[orcid], []]
    store = load_store(folder)
    agents = store.query(
        "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?a { ?l prov:wasAssociatedWith ?a ; prov:used ?d . ?d prov:wasAttributedTo ?a }",
        use_default_graph_as_union=True,
    )
    assert {row[0].value for row in agents} == {f"https://orcid.org/{orcid}", "urn:casegraph:curator/B.%20Name"}
    decided = {(r.start, r.end) for r in iter_relationships(folder) if r.type == "DECIDED_BY"}
    assert decided >= {(made["mention"], both[0]), (made["mention"], both[1])}


def test_who_rejected_a_mention_that_nothing_is_linked_to_is_credited_in_every_view(tmp_path: Path) -> None:
    folder = built(
        tmp_path, {"scope": "identifier", "decision": "reject", "asserted": "MESH:D012516", "curator": "B. Name"}
    )
    (made,) = link(folder, "MESH:D012516")
    (row,) = folder.rows("decisions")
    assert (made["node"], made["decisions"]) == (None, [row["id"]])
    network = to_networkx(folder, trail=True)
    assert network.nodes[row["id"]]["curator"] == "B. Name"
    assert network.has_edge(made["mention"], row["id"])


def test_decisions_on_a_par_that_differ_hold_each_other(tmp_path: Path) -> None:
    folder = built(
        tmp_path,
        {"scope": "identifier", "decision": "reject", "asserted": WRONG},
        {"scope": "identifier", "decision": "accept", "asserted": WRONG},
    )
    (made,) = link(folder)
    assert (made["term"], made["rule"]) == (RIGHT, "corrected")
    found = findings(folder)
    assert found["too-specific"]["severity"] == "error"
    told = found["decisions-contradict"]["message"]
    assert told == "decisions.tsv:3: accepted, yet line 2 says rejected of the same mention; neither is applied"
    assert "decision-not-applied" not in found


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"scope": "document", "decision": "reject", "document": "PMID:1", "text": "x"}, "no document PMID:1 is in"),
        ({"scope": "surface", "decision": "reject", "text": "no such"}, "no mention is written 'no such'"),
        ({"scope": "identifier", "decision": "reject", "asserted": "MESH:D000001"}, "no mention is asserted as MESH:"),
        (
            {"scope": "surface", "decision": "reject", "text": "osteosarcoma", "asserted": "MESH:D000001"},
            "'osteosarcoma' is asserted as MESH:D012516 now, not MESH:D000001",
        ),
        (
            {"scope": "mention", "decision": "accept", "document": SEEDS, "section": "title", "start": 1, "end": 3},
            "the document has no mention title:1-3",
        ),
        (
            {"scope": "document", "decision": "accept", "document": SEEDS, "asserted": WRONG, "code": "obsolete"},
            "there is no finding obsolete any more",
        ),
        (
            {"scope": "document", "decision": "accept", "document": SEEDS, "code": "near-duplicate-case"},
            "there is no finding near-duplicate-case any more",
        ),
    ],
)
def test_a_decision_that_no_longer_applies_is_a_finding_once(row: dict[str, object], why: str, tmp_path: Path) -> None:
    folder = built(tmp_path, {**BASE, **row})
    (told,) = [f for f in folder.rows("findings") if f["code"] == "decision-not-applied"]
    assert why in told["message"]
    assert (told["severity"], told["text"], told["document"]) == ("warning", "decisions.tsv:2", None)
    assert findings(folder)["too-specific"]["severity"] == "error"


def test_another_text_at_the_place(tmp_path: Path, place: dict[str, object]) -> None:
    folder = built(tmp_path, {"scope": "mention", "decision": "reject", "text": "sarcoma", **place})
    assert "'osteosarcoma' stands there, not 'sarcoma'" in findings(folder)["decision-not-applied"]["message"]


def test_a_target_that_is_obsolete_or_unknown_is_not_linked(tmp_path: Path) -> None:
    gone = next(c for c in index().curies("MONDO") if (t := index().term(c)) and t.obsolete)
    folder = built(tmp_path, {"scope": "identifier", "decision": "remap", "asserted": WRONG, "target": gone})
    (made,) = link(folder)
    assert made["term"] == RIGHT
    assert f"the target {gone}" in findings(folder)["decision-not-applied"]["message"]
    assert "is obsolete" in findings(folder)["decision-not-applied"]["message"]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("MESH:D002945", "the target MESH:D002945 (Cisplatin) is a ChemicalEntity, and the mention a Disease"),
        ("MESH:D999998", "the target MESH:D999998 is not in the part of"),
        ("NCBIGene:672", "the target NCBIGene:672 is a Gene, and the mention a Disease"),
    ],
)
@pytest.mark.parametrize("scope", ["surface", "identifier"])
def test_a_target_of_another_kind_or_unknown_is_not_linked(scope: str, target: str, why: str, tmp_path: Path) -> None:
    keys = {"surface": {"text": "osteosarcoma", "asserted": WRONG}, "identifier": {"asserted": WRONG}}[scope]
    folder = built(tmp_path, {"scope": scope, "decision": "remap", "target": target, **keys})
    (made,) = link(folder)
    assert (made["term"], made["rule"], made["decisions"]) == (RIGHT, "corrected", [])
    found = findings(folder)
    assert why in found["decision-not-applied"]["message"]
    assert found["too-specific"]["severity"] == "error"
    assert [row["applied"] for row in folder.rows("decisions")] == [False]


def test_a_target_of_a_vocabulary_that_no_ontology_is_loaded_of_is_the_curators_word(tmp_path: Path) -> None:
    folder = built(tmp_path, {"scope": "identifier", "decision": "remap", "asserted": WRONG, "target": "DOID:3347"})
    assert [row["term"] for row in link(folder)] == ["DOID:3347"]


def test_bad_rows_are_findings(tmp_path: Path) -> None:
    folder = built(tmp_path, {"scope": "surface", "decision": "acept", "text": "x"})
    told = findings(folder)["decision-unreadable"]
    assert told["message"] == "decisions.tsv:2: unknown decision 'acept'; did you mean accept?"
    assert folder.manifest["decisions"]["unreadable"] == 1


def test_several_identifiers_are_judged_one_by_one(tmp_path: Path) -> None:
    text = "7|t|A synthetic title of osteosarcoma and fever\n7|a|None.\n7\t21\t43\tosteosarcoma and fever\tDisease\tD012516|D005334\n"
    (tmp_path / "in.txt").write_text(text)
    inputs = (tmp_path / "in.txt",)
    plain = {row["term"]: row["rule"] for row in built(tmp_path, inputs=inputs).rows("links")}
    assert plain["MESH:D005334"] == "composite"
    folder = built(tmp_path, {"scope": "identifier", "decision": "reject", "asserted": "MESH:D005334"}, inputs=inputs)
    left = {row["term"]: row["rule"] for row in folder.rows("links")}
    assert left == {term: rule for term, rule in plain.items() if rule != "composite"}
    row = {"scope": "identifier", "decision": "remap", "asserted": "MESH:D005334", "target": "MESH:D034381"}
    folder = built(tmp_path, row, inputs=inputs)
    (made,) = [row for row in folder.rows("links") if row["term"] == "MESH:D034381"]
    assert (made["rule"], made["verdict"]) == ("composite", "curated")
    folder = built(
        tmp_path, {"scope": "surface", "decision": "reject", "text": "osteosarcoma and fever"}, inputs=inputs
    )
    assert [row["term"] for row in folder.rows("links")] == [None]


def test_any_number_of_processes_and_any_order_of_documents_makes_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"scope": "surface", "decision": "accept", "text": "osteosarcoma", "asserted": WRONG},
        {"scope": "surface", "decision": "reject", "text": "anlotinib", "asserted": "MESH:D000001"},
        {"scope": "identifier", "decision": "reject", "asserted": "MESH:D012516"},
        {"scope": "identifier", "decision": "accept", "asserted": "MESH:D012516"},
    ]
    made = []
    for jobs, size in ((1, 500), (1, 1), (2, 1)):
        monkeypatch.setattr("kg.graph.telling.BATCH", size)
        folder = built(tmp_path, *rows, inputs=(SEED, CASES), jobs=jobs)
        made.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.path.iterdir())})
    assert made[0] == made[1] == made[2]


def test_decisions_are_a_part_of_the_build(tmp_path: Path) -> None:
    path = decisions(tmp_path, {"scope": "identifier", "decision": "accept", "asserted": WRONG})
    first = build([SEED], tmp_path / "g", index=index(), decisions=path)
    assert build([SEED], tmp_path / "g", index=index(), decisions=path).unchanged
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert first.folder.manifest["decisions"] == {
        "name": "decisions.tsv", "sha256": digest, "rows": 1, "applied": 1, "unreadable": 0,
    }  # fmt: skip
    decisions(tmp_path, {"scope": "identifier", "decision": "reject", "asserted": WRONG})
    again = build([SEED], tmp_path / "g", index=index(), decisions=path)
    assert not again.unchanged
    assert link(again.folder)[0]["term"] is None
    without = build([SEED], tmp_path / "g", index=index())
    assert not without.unchanged
    assert without.folder.manifest["decisions"] is None


def test_findings_that_several_documents_make_are_settled_too(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in (1, 2):
        head = f"Synthetic · DOI: 10.5555/casegraph.twin.{number} · 2026-01-02"
        (pages / f"{number}.md").write_text(page(title=f"Synthetic {number} of anlotinib", head=head), "utf-8")
    folder = built(
        tmp_path,
        {"scope": "document", "decision": "accept", "document": "10.5555/casegraph.twin.1",
         "code": "near-duplicate-case", **BASE},
        {"scope": "document", "decision": "accept", "document": "doi:10.5555/casegraph.twin.2", "code": "sources-disagree"},
        inputs=(pages,),
    )  # fmt: skip
    found = {f["document"]: f for f in folder.rows("findings") if f["code"] == "near-duplicate-case"}
    assert [found[f"doi:10.5555/casegraph.twin.{n}"]["severity"] for n in (1, 2)] == ["info", "warning"]
    (gone,) = [f for f in folder.rows("findings") if f["code"] == "decision-not-applied"]
    assert gone["text"] == "decisions.tsv:3"
    assert folder.manifest["decisions"]["applied"] == 1


def test_findings_of_the_reader_about_a_mention_are_settled_with_it(tmp_path: Path) -> None:
    text = "7|t|A synthetic title of osteosarcoma\n7|a|None.\n7\t20\t32\tosteosarcoma\tDisease\tD012516\n"
    (tmp_path / "in.txt").write_text(text)
    inputs = (tmp_path / "in.txt",)
    before = findings(built(tmp_path, inputs=inputs))["span-repaired"]
    row = {"scope": "surface", "decision": "accept", "text": "osteosarcoma", "code": "span-repaired", **BASE}
    folder = built(tmp_path, row, inputs=inputs)
    reason, *others = findings(folder)["span-repaired"]["reasons"]
    assert others == before["reasons"]
    assert reason["statement"] == "accepted by A. Curator on 2026-05-01: checked [decisions.tsv:2]"
    assert folder.manifest["decisions"]["applied"] == 1
