"""`kg evaluate statements`: figures as a table and as JSON, errors as a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from click.testing import CliRunner

from kg.commands import cli
from tests.evaluation.corpora import pubtator


def test_table(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["evaluate", "statements", "--gold", str(pubtator(tmp_path / "c.txt"))])
    assert done.exit_code == 0, done.output
    assert "3 documents, 2 pairs" in done.output
    line = next(line for line in done.output.splitlines() if line.startswith("support "))
    assert line.split()[1:] == ["0.500", "0.500", "0.500", "1", "1", "1"]
    assert "baseline: both in one sentence" in done.output
    assert any(line.split()[:1] == ["drug-caused"] for line in done.output.splitlines())


def test_json_and_errors(tmp_path: Path) -> None:
    errors = tmp_path / "errors.tsv"
    corpus = str(pubtator(tmp_path / "c.txt"))
    done = CliRunner().invoke(cli, ["evaluate", "statements", "--gold", corpus, "--errors", str(errors), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["statements"]["support"]["f1"] == 0.5
    # The corpus calls hepatitis by the identifier of drug-induced liver injury; linking prefers hepatitis.
    assert told["gold"] == {"pairs": 2, "never_in_one_sentence": 1, "not_comparable": 0, "linked_to_another_term": 1}
    with errors.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [row["error"] for row in rows] == ["wrong", "missed"]


def test_no_relations_is_an_error_in_words(tmp_path: Path) -> None:
    corpus = pubtator(tmp_path / "c.txt")
    done = CliRunner().invoke(cli, ["evaluate", "statements", "--gold", str(corpus), "--kind", "Treats"])
    assert done.exit_code != 0
    assert "no relation Treats" in str(done.exception) + done.output


def test_errors_that_cannot_be_written(tmp_path: Path) -> None:
    corpus = pubtator(tmp_path / "c.txt")
    where = tmp_path / "no" / "e.tsv"
    done = CliRunner().invoke(cli, ["evaluate", "statements", "--gold", str(corpus), "--errors", str(where)])
    assert done.exit_code != 0
    assert "cannot be written" in str(done.exception) + done.output
