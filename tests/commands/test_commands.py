"""The command line as a user meets it: real processes, exit codes, messages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.commands.query import query
from tests.pages import CASES, RELATED, SEED, page


def kg(*words: object, code: int = 0, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `kg` and check its exit code; a traceback is never an answer."""
    done = subprocess.run(
        [sys.executable, "-m", "kg", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("commands") / "graph"
    kg("build", SEED, "-o", out)
    return out


def test_help_of_every_command() -> None:
    names = [line.split()[0] for line in kg("--help").stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert names[:4] == ["fetch", "build", "query", "audit"]
    for name in names:
        text = kg(name, "--help").stdout
        assert text.startswith(f"Usage: kg {name}")
    assert kg("--version").stdout.startswith("kg, version 0.")


def test_misspelt_command_has_close_matches() -> None:
    assert "Did you mean audit?" in kg("audt", code=2).stderr


def test_build_says_what_it_did(tmp_path: Path) -> None:
    done = kg("build", SEED, "-o", tmp_path / "g")
    assert "1 document, 1 case, 4 mentions" in done.stdout
    assert done.stderr == ""
    again = json.loads(kg("build", SEED, "-o", tmp_path / "g", "--json").stdout)
    assert again["unchanged"] is True
    assert again["ledger"]["mention"] == {"received": 4, "kept": 4, "merged": 0, "set_aside": 0}


def test_strict_exits_with_1_where_a_record_was_set_aside(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(page())
    (tmp_path / "bad.md").write_text("")
    done = kg("build", tmp_path, "-o", tmp_path / "g")
    assert "warning: bad.md set aside: empty" in done.stderr
    kg("build", tmp_path, "-o", tmp_path / "g", "--strict", code=1)
    kg("build", tmp_path / "good.md", "-o", tmp_path / "h", "--strict")
    aside = kg("ledger", tmp_path / "g", "--set-aside").stdout
    assert "bad.md" in aside
    assert "empty" in aside


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("build", "nowhere.md", "-o", "g"), "no such file or folder: nowhere.md"),
        (("query", "nowhere", "entity"), "nowhere does not exist"),
        (("audit", "."), "not a graph folder"),
    ],
)
def test_missing_things(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    assert message in kg(*words, code=2, cwd=tmp_path).stderr


def test_audit(graph: Path) -> None:
    (finding,) = json.loads(kg("audit", graph, "--json").stdout)
    assert (finding["asserted"], finding["suggested"]) == ("MONDO:0002623", "MONDO:0009807")
    assert len(finding["reasons"]) >= 3
    kg("audit", graph, "--fail-on", "error", code=1)
    assert "did you mean too-specific" in kg("audit", graph, "--code", "to-specific", code=2).stderr
    assert "1 finding:" in kg("audit", graph).stdout


def test_query(graph: Path) -> None:
    words = ("query", graph, "drugs-for-disease", "-p", "disease=MONDO:0009807")
    sparql, cypher = (json.loads(kg(*words, "--engine", e, "--format", "json").stdout) for e in ("sparql", "cypher"))
    assert sparql == cypher
    assert sparql[0]["drug"] == "PUBCHEM.COMPOUND:25017411"
    lines = kg(*words, "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("drug,drug_name,treated")
    assert len(lines) == 2
    assert "anlotinib" in kg(*words).stdout
    assert "did you mean disease" in kg("query", graph, "drugs-for-disease", "-p", "desease=x", code=2).stderr
    assert "is missing" in kg("query", graph, "drugs-for-disease", code=2).stderr
    assert (
        "did you mean osteosarcoma"
        in kg("query", graph, "drugs-for-disease", "-p", "disease=osteosarcma", code=2).stderr
    )
    assert "KEY=VALUE" in kg("query", graph, "entity", "-p", "x", code=2).stderr
    assert "no rows" in kg("query", graph, "adverse-events", "-p", "drug=anlotinib").stderr
    names = {q["name"] for q in json.loads(kg("query", graph, "--list", "--json").stdout)}
    assert {"entity", "graph-summary"} <= names
    assert "MATCH" in kg("query", graph, "entity", "--show", "--engine", "cypher").stdout


def test_why(graph: Path) -> None:
    text = kg("why", graph, "MONDO:0009807").stdout
    for words in ("MESH:D012516", "corrected", "too-specific", "the patient is"):
        assert words in text
    node = json.loads(kg("why", graph, "osteosarcoma", "--json").stdout)
    mention = next(m for m in node["mentions"] if m["asserted"] == "MONDO:0002623")
    assert "suggested MONDO:0009807" in kg("why", graph, mention["id"]).stdout
    edges = json.loads(kg("why", graph, "anlotinib", "osteosarcoma", "--json").stdout)
    assert edges[0]["predicate"] == "biolink:applied_to_treat"
    assert "Anlotinib" in kg("why", graph, edges[0]["id"]).stdout
    assert "unknown identifier" in kg("why", graph, "urn:uuid:00000000-0000-0000-0000-000000000000", code=2).stderr


def test_terms() -> None:
    shown = json.loads(kg("terms", "show", "mondo:0009807", "--json").stdout)
    assert ("MESH:D012516" in {m["object_id"] for m in shown["mappings"]}, shown["curie"]) == (True, "MONDO:0009807")
    assert "MONDO:0009807" in kg("terms", "search", "osteosarcoma").stdout
    assert "did you mean" in kg("terms", "search", "osteosarcma", code=2).stderr
    assert "mondo" in kg("terms", "status").stdout


def test_export(graph: Path, tmp_path: Path) -> None:
    kg("export", graph, "nquads", "-o", tmp_path / "g.nq")
    assert kg("export", graph, "nquads", "-o", "-").stdout == (tmp_path / "g.nq").read_text("utf-8")
    kg("export", graph, "neo4j-csv", "-o", tmp_path / "csv")
    assert (tmp_path / "csv" / "import.sh").is_file()
    kg("export", graph, "pdf", "-o", "x", code=2)


def test_discover_over_seeds_and_cases(tmp_path: Path) -> None:
    kg("build", SEED.parent, CASES, "-o", tmp_path / "g")
    found = json.loads(kg("discover", tmp_path / "g", "--disease", "osteosarcoma", "--json").stdout)
    assert found["predictions"]
    stated = {s["drug"] for s in found["stated"]}
    assert "PUBCHEM.COMPOUND:25017411" in stated
    assert not stated & {p["drug"] for p in found["predictions"]}
    assert "Not stated by any document" in kg("discover", tmp_path / "g", "--drug", "anlotinib").stdout
    # Two nodes are called so; documents name one of them.
    named = json.loads(kg("discover", tmp_path / "g", "--drug", "sunitinib", "--json").stdout)
    assert {s["drug"] for s in named["stated"]} == {"PUBCHEM.COMPOUND:5329102"}


def test_completion() -> None:
    assert "_KG_COMPLETE" in kg("completion", "bash").stdout
    done = subprocess.run(
        [sys.executable, "-m", "kg"], capture_output=True, text=True, check=False,
        env={**os.environ, "_KG_COMPLETE": "bash_complete", "COMP_WORDS": "kg aud", "COMP_CWORD": "1"},
    )  # fmt: skip
    assert "audit" in done.stdout


def test_output_into_a_closed_pipe(graph: Path) -> None:
    shell = f"{sys.executable} -m kg export {graph} nquads -o - | head -n 1"
    done = subprocess.run(shell, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_the_ledger_lists_what_is_asked_for(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(RELATED if name == "a.txt" else RELATED.replace("given for", "given against"))
    kg("build", str(tmp_path), "-o", str(tmp_path / "g"))
    both = kg("ledger", str(tmp_path / "g"), "--merged", "--set-aside").stdout
    assert "another record of the document" in both
    assert "no mention carries the identifier of an end" in both
    merged = json.loads(kg("ledger", str(tmp_path / "g"), "--merged", "--json").stdout)
    assert {row["outcome"] for row in merged["records"]} == {"merged"}


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "1e300", "soon"])
def test_seconds_are_a_number(value: str) -> None:
    result = CliRunner().invoke(query, [".", "graph-summary", f"--timeout={value}"])
    assert result.exit_code == 2
    assert "--timeout" in result.output
