"""`kg evaluate audit`: the table, JSON, and the file of missed errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from click.testing import CliRunner

from kg.commands import cli
from kg.evaluation.planting import KINDS
from tests.evaluation.audit_corpus import corpus
from tests.linking.checks.checks_index import index


def run(path: Path, *more: str) -> str:
    arguments = ["evaluate", "audit", "--gold", str(corpus(path / "c.PubTator")), "--terms", str(index().path), *more]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_table(tmp_path: Path) -> None:
    lines = [line.split() for line in run(tmp_path, "--rate", "1").splitlines()]
    assert [line[0] for line in lines if line and line[0] in KINDS] == list(KINDS)
    (sibling,) = [line for line in lines if line[:1] == ["sibling"]]
    assert sibling[2] == "1.000" and sibling[-1] == "0.7"


def test_json_and_missed(tmp_path: Path) -> None:
    missed = tmp_path / "missed.tsv"
    told = json.loads(run(tmp_path, "--rate", "1", "--json", "--missed", str(missed)))
    assert told["kinds"]["too-general"]["recall"] == 1.0
    assert (told["rate"], told["seed"]) == (1.0, 1)
    with missed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == sum(kind["planted"] - kind["found"] for kind in told["kinds"].values())


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    arguments = [
        "evaluate",
        "audit",
        "--gold",
        str(corpus(tmp_path / "c.PubTator")),
        "--missed",
        str(tmp_path / "no" / "f"),
    ]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code != 0 and "cannot be written" in str(done.exception) + done.output
