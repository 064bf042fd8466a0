"""`kg terms link`, the errors of `kg evaluate linking` and `kg why`: decisions explain themselves."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.commands.test_commands import kg

TEXT = "Osteosarcoma (OS) came back. OS of the femur was seen."


def test_a_name_in_plain_text_is_linked_and_explained(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    told = json.loads(kg("terms", "link", "OS", "--context", tmp_path / "a.txt", "--json").stdout)
    assert told["concepts"] == [{"curie": "MONDO:0009807", "label": "osteosarcoma"}]
    assert (told["rule"], told["sureness"], told["vocabulary"]) == ("abbreviation", "high", "MONDO")
    best, second = told["candidates"][:2]
    assert (best["curie"], best["form"]) == ("MONDO:0009807", "Osteosarcoma")
    assert {moved["feature"] for moved in best["moved"]} >= {"same key"}
    assert told["runner_up"] == second
    assert [(link["term"], link["rule"]) for link in told["plain"]] == [("MONDO:0009807", "abbreviation")]
    shown = kg("terms", "link", "OS", "--context", tmp_path / "a.txt").stdout
    assert "'OS' is MONDO:0009807 (osteosarcoma)" in shown
    assert f"runner-up: {second['curie']} ({second['label']})" in shown
    # Without the document nothing says what it stands for.
    assert json.loads(kg("terms", "link", "OS", "--json").stdout)["concepts"] != told["concepts"]


def test_a_name_in_a_document_and_with_lessons(tmp_path: Path) -> None:
    lessons = tmp_path / "lessons.txt"
    lessons.write_text("1|t|Grumble bone\n1|a|\n1\t0\t12\tGrumble bone\tDisease\tMESH:D012516\n", "utf-8")
    page = tmp_path / "page.txt"
    page.write_text("8|t|One\n8|a|Nothing.\n\n9|t|Two\n9|a|Grumble bone.\n", "utf-8")
    plain = json.loads(kg("terms", "link", "Grumble bone", "--context", page, "--json").stdout)
    assert (plain["document"], plain["concepts"], plain["training"]) == ("PMID:9", [], None)
    told = json.loads(kg("terms", "link", "Grumble bone", "--context", page, "--train", lessons, "--json").stdout)
    assert (told["concepts"][0]["curie"], told["rule"]) == ("MONDO:0009807", "trained")
    assert told["evidence"][0] == "'Grumble bone' was linked so 1 time of 1 by lessons.txt"
    assert told["training"]["documents"] == 1


def test_what_is_no_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\x00\x01")
    assert "neither" in kg("terms", "link", "OS", "--context", tmp_path / "a.bin", code=2).stderr
    assert "no such file" in kg("terms", "link", "OS", "--context", tmp_path / "b.txt", code=2).stderr


def test_the_table_of_errors_has_the_runner_up_and_the_candidates(tmp_path: Path) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("1|t|Osteosarcoma\n1|a|\n1\t0\t12\tOsteosarcoma\tDisease\tMONDO:0003061\n", "utf-8")
    kg("evaluate", "linking", "--gold", gold, "--vocabulary", "MONDO", "--errors", tmp_path / "errors.tsv")
    with (tmp_path / "errors.tsv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    # The name decided; what else it could have been is told all the same.
    assert (row["rule"], row["given"]) == ("name", "MONDO:0009807")
    candidates = row["candidates"].split("; ")
    assert candidates[0].startswith("MONDO:0009807 osteosarcoma ")
    assert row["runner_up"] == candidates[1]
    assert float(row["runner_up"].rpartition(" ")[2]) < 1


def test_why_tells_the_other_terms_that_came_up(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("9|t|Cisplatin\n9|a|Nothing.\n9\t0\t9\tCisplatin\tChemical\t-\n", "utf-8")
    kg("build", page, "-o", tmp_path / "g")
    shown = " ".join(kg("why", tmp_path / "g", "MESH:D002945").stdout.split())
    assert "by rule 'name'" in shown
    assert "other terms that came up: PUBCHEM.COMPOUND:441203" in shown
