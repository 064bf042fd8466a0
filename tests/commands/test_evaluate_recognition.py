"""`kg evaluate recognition`: figures as a table and as JSON, errors as a file."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from click.testing import CliRunner

from kg.commands import cli
from tests.evaluation.corpora import pubtator


def test_table(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["evaluate", "recognition", "--gold", str(pubtator(tmp_path / "c.txt"))])
    assert done.exit_code == 0, done.output
    lines = [line.split() for line in done.output.splitlines()]
    assert ["3", "documents,"] in [line[:2] for line in lines]
    assert "disease: 4 mentions, 0 of them without an identifier" in done.output
    assert "chemical: 5 mentions, 0 of them without an identifier" in done.output
    assert [line[1] for line in lines if line[:1] == ["strict"]] == ["recognition", "baseline"] * 2
    assert ["measure", "precision", "recall", "F1", "right", "wrong", "missed"] in lines


def test_json_one_kind_and_errors(tmp_path: Path) -> None:
    errors = tmp_path / "errors.tsv"
    corpus = str(pubtator(tmp_path / "c.txt", (("Fever and zyxitis.", "Fever.", ()),)))
    corpus_path = Path(corpus)
    lines = corpus_path.read_text("utf-8").rstrip("\n")
    corpus_path.write_text(f"{lines}\n1\t10\t17\tzyxitis\tDisease\tD000001\n", encoding="utf-8")
    arguments = ["evaluate", "recognition", "--gold", corpus, "--kind", "disease", "--errors", str(errors), "--json"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert list(told["kinds"]) == ["disease"]
    strict = told["kinds"]["disease"]["recognition"]["strict"]
    assert (strict["right"], strict["wrong"], strict["missed"]) == (2, 0, 1)
    with errors.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [(row["error"], row["text"], row["start"]) for row in rows] == [("missed", "zyxitis", "10")]


def test_no_such_mentions_is_an_error_in_words(tmp_path: Path) -> None:
    corpus = pubtator(tmp_path / "c.txt", (("Fever.", "Fever.", ()),))
    done = CliRunner().invoke(cli, ["evaluate", "recognition", "--gold", str(corpus), "--kind", "chemical"])
    assert done.exit_code != 0
    assert "no mention" in str(done.exception) + done.output


def test_a_file_that_is_not_read_is_told(tmp_path: Path) -> None:
    other = tmp_path / "x.txt"
    other.write_text("plain words\n", encoding="utf-8")
    corpus = pubtator(tmp_path / "c.txt")
    done = CliRunner().invoke(cli, ["evaluate", "recognition", "--gold", str(corpus), "--gold", str(other)])
    assert done.exit_code == 0, done.output
    assert "x.txt set aside" in done.output


def test_errors_that_cannot_be_written(tmp_path: Path) -> None:
    corpus = pubtator(tmp_path / "c.txt")
    where = tmp_path / "no" / "e.tsv"
    done = CliRunner().invoke(cli, ["evaluate", "recognition", "--gold", str(corpus), "--errors", str(where)])
    assert done.exit_code != 0
