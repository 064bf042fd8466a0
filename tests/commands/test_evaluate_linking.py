"""`kg evaluate linking` on a corpus and a dictionary written for it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.commands import cli
from kg.errors import InputError
from kg.terms.bundled import default_index

TEXT = "Breast cancer and gout. Gout hurts; zugzwang does not. Osteosarcoma is rare."
MENTIONS = (("Breast cancer", "D001943"), ("gout", "D006073"), ("Gout", "D006073"), ("zugzwang", "D006073"),
            ("Osteosarcoma", "D012516"))  # fmt: skip


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    lines = [f"1|t|{TEXT}", "1|a|"]
    for text, identifier in MENTIONS:
        start = TEXT.index(text)
        lines.append(f"1\t{start}\t{start + len(text)}\t{text}\tDisease\t{identifier}")
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


@pytest.fixture
def dictionary(tmp_path: Path) -> Path:
    path = tmp_path / "medic.txt"
    path.write_text(
        "D001943|114480||Breast Neoplasms|Breast Cancer\nD006073||Gout\nD012516||Bone Sarcoma\n", encoding="utf-8"
    )
    return path


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["evaluate", "linking", *map(str, arguments)])
    return result.exit_code, result.output


def test_table(corpus: Path, dictionary: Path) -> None:
    code, output = run("--gold", corpus, "--dictionary", dictionary)
    assert code == 0
    assert "1 documents, 3 concepts" in output
    assert "60.0%" in output
    assert "coverage at 95 % precision: 60.0%" in output


def test_json_and_errors(corpus: Path, dictionary: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors.tsv"
    code, output = run("--gold", corpus, "--dictionary", dictionary, "--errors", errors, "--json")
    assert code == 0
    found = json.loads(output)
    assert found["parts"]["mentions"] == {"mentions": 5, "strict": 0.6, "lenient": 0.6}
    assert found["rules"]["name"] == {"mentions": 3, "strict": 1.0, "lenient": 1.0}
    with errors.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [(row["text"], row["gold"]) for row in rows] == [
        ("zugzwang", "MESH:D006073"),
        ("Osteosarcoma", "MESH:D012516"),
    ]


def test_an_index_adds_its_names_to_a_dictionary(corpus: Path, dictionary: Path) -> None:
    with default_index() as index:
        path = index.path
    _, output = run("--gold", corpus, "--dictionary", dictionary, "--terms", path, "--json")
    assert json.loads(output)["parts"]["mentions"]["strict"] == 0.8
    _, output = run("--gold", corpus, "--terms", path, "--json")
    assert json.loads(output)["rules"]["name"]["strict"] == 1.0


def test_examples(corpus: Path, dictionary: Path, tmp_path: Path) -> None:
    train = tmp_path / "train.txt"
    train.write_text("2|t|zugzwang\n2|a|\n2\t0\t8\tzugzwang\tDisease\tD006073\n", encoding="utf-8")
    _, output = run("--gold", corpus, "--dictionary", dictionary, "--train", train, "--json")
    found = json.loads(output)
    assert (found["trained"], found["rules"]["trained"]["mentions"]) == (1, 1)
    assert found["parts"]["unseen"]["mentions"] == 4


def test_a_file_that_is_no_dictionary_is_refused(corpus: Path) -> None:
    arguments = ["evaluate", "linking", "--gold", str(corpus), "--dictionary", str(corpus.parent / "absent.txt")]
    result = CliRunner().invoke(cli, arguments)
    assert isinstance(result.exception, InputError)
    assert "cannot be read" in str(result.exception)
