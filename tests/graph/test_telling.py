"""Documents told by several processes, and with names that are recognised."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kg.errors import InputError
from kg.graph.build import build
from kg.model import CHEMICAL, DISEASE, BuildConfig
from tests.bundled import index
from tests.pages import CASES, PACKET, RELATED, SEED, page

BARE = """9|t|A synthetic abstract of methotrexate for osteosarcoma
9|a|A 30-year-old man with osteosarcoma (OS) received methotrexate. His OS was cured.
9\t24\t36\tmethotrexate\tChemical\tD008727
"""


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.mark.parametrize("recognise", [(), (CHEMICAL, DISEASE)], ids=["annotated", "recognised"])
def test_any_number_of_processes_makes_the_same_bytes(
    recognise: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "related.txt").write_text(RELATED, "utf-8")
    (tmp_path / "again.txt").write_text(RELATED.replace("given for", "given against"), "utf-8")
    (tmp_path / "packet.json").write_text(json.dumps(PACKET), "utf-8")
    (tmp_path / "bare.txt").write_text(BARE, "utf-8")
    inputs = [SEED, CASES, *sorted(tmp_path.glob("*.*"))]
    config = BuildConfig(recognise=recognise)
    made = []
    for jobs, size in ((1, 500), (1, 1), (3, 1), (2, 7)):
        monkeypatch.setattr("kg.graph.telling.BATCH", size)
        out = tmp_path / f"graph-{jobs}-{size}"
        build(inputs, out, index=index(), config=config, jobs=jobs)
        made.append(hashes(out))
    assert made[0] == made[1] == made[2] == made[3]
    assert len(made[0]) > 10


def test_names_are_recognised_where_the_source_has_no_annotation(tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text(BARE, "utf-8")
    config = BuildConfig(recognise=(CHEMICAL, DISEASE))
    result = build([tmp_path / "bare.txt"], tmp_path / "graph", index=index(), config=config)
    mentions = {(m["text"], m["source_list"]): m for m in result.folder.rows("mentions")}
    # The annotated place is the source's; the other one of the drug is recognised.
    assert mentions["methotrexate", "pubtator"]["occurrences"] == 1
    assert mentions["methotrexate", "recognised"]["occurrences"] == 1
    assert mentions["osteosarcoma", "recognised: abbreviation"]["occurrences"] == 2
    edges = {(e["subject"], e["predicate"], e["object"]) for e in result.folder.rows("edges")}
    assert ("PUBCHEM.COMPOUND:126941", "biolink:applied_to_treat", "MONDO:0009807") in edges
    found = len(mentions) - 1
    told = [(r["outcome"], r["count"], r["reason"]) for r in result.folder.rows("ledger") if r["kind"] == "mention"]
    assert sorted(told) == sorted(
        [
            ("kept", 1, ""),
            ("kept", found, "recognised in the text"),
            ("received", 1, ""),
            ("received", found, "recognised in the text"),
        ]
    )
    assert result.totals["mention"] == {"received": found + 1, "kept": found + 1, "merged": 0, "set_aside": 0}


def test_a_page_without_annotations_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(page(linked=""), "utf-8")
    without = build([tmp_path / "a.md"], tmp_path / "without", index=index()).folder
    assert without.count("mentions") == 0
    config = BuildConfig(recognise=(DISEASE,))
    folder = build([tmp_path / "a.md"], tmp_path / "with", index=index(), config=config).folder
    assert {m["text"] for m in folder.rows("mentions")} == {"osteosarcoma"}
    assert {m["category"] for m in folder.rows("mentions")} == {DISEASE}


def test_a_name_that_no_term_bears_is_linked_to_the_nearest(tmp_path: Path) -> None:
    text = "9|t|A synthetic abstract\n9|a|Hypertensive disorders and chairs.\n9\t23\t45\tHypertensive disorders\tDisease\t-\n9\t50\t56\tchairs\tDisease\t-\n"
    (tmp_path / "a.txt").write_text(text, "utf-8")
    without = build([tmp_path / "a.txt"], tmp_path / "without", index=index()).folder
    assert sorted((link["rule"], link["term"]) for link in without.rows("links")) == [
        ("form", "MONDO:0005044"), ("none", None),
    ]  # fmt: skip
    config = BuildConfig(nearest=(DISEASE,))
    folder = build([tmp_path / "a.txt"], tmp_path / "with", index=index(), config=config).folder
    texts = {m["id"]: m["text"] for m in folder.rows("mentions")}
    links = {texts[link["mention"]]: link for link in folder.rows("links")}
    near = links["Hypertensive disorders"]
    assert (near["term"], near["verdict"], near["rule"]) == ("MONDO:0005044", "not-asserted", "nearest: form")
    assert (near["confidence"], "by the rule" in near["reasons"]) == ("medium", True)
    assert (links["chairs"]["term"], links["chairs"]["rule"]) == (None, "nearest: none")


def test_what_people_linked_teaches_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built, lessons = tmp_path / "in", tmp_path / "lessons.txt"
    built.mkdir()
    for number in (8, 9):
        text = f"{number}|t|A synthetic abstract\n{number}|a|Grumble bone was seen.\n{number}\t21\t33\tGrumble bone\tDisease\t-\n"
        (built / f"{number}.txt").write_text(text, "utf-8")
    lessons.write_text("1|t|Grumble bone\n1|a|\n1\t0\t12\tGrumble bone\tDisease\tMESH:D012516\n", "utf-8")
    config = BuildConfig(nearest=(DISEASE,))
    plain = build([built], tmp_path / "plain", index=index(), config=config).folder
    assert {link["term"] for link in plain.rows("links")} == {None}
    monkeypatch.setattr("kg.graph.telling.BATCH", 1)
    made = []
    for jobs in (1, 2):
        out = tmp_path / f"taught-{jobs}"
        build([built], out, index=index(), config=config, train=[lessons], jobs=jobs)
        made.append(hashes(out))
    assert made[0] == made[1]
    folder = build([built], tmp_path / "taught-1", index=index(), config=config, train=[lessons])
    assert folder.unchanged
    (link, other) = folder.folder.rows("links")
    assert (link["term"], link["rule"], other["term"]) == ("MONDO:0009807", "nearest: trained", "MONDO:0009807")
    assert "'Grumble bone' was linked so 1 time of 1 by lessons.txt" in link["reasons"]
    training = folder.folder.manifest["training"]
    assert [file["name"] for file in training["files"]] == ["lessons.txt"]
    assert (training["documents"], training["pairs"][DISEASE]["learnt"]) == (1, 1)
    assert plain.manifest["training"] is None
    # Another file to learn from is another build.
    lessons.write_text(lessons.read_text("utf-8").replace("D012516", "D999999"), "utf-8")
    changed = build([built], tmp_path / "taught-1", index=index(), config=config, train=[lessons])
    assert (changed.unchanged, changed.folder.manifest["training"]["pairs"][DISEASE]["unresolved"]) == (False, 1)
    assert {link["term"] for link in changed.folder.rows("links")} == {None}


def test_lessons_without_a_linker_to_teach_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text(BARE, "utf-8")
    with pytest.raises(InputError, match="is not asked for"):
        build([tmp_path / "bare.txt"], tmp_path / "graph", index=index(), train=[tmp_path / "bare.txt"])
