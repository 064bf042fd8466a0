"""`kg audit` as a user meets it: formats, exit codes, and from a finding to a decision to another graph."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.commands.test_commands import kg
from tests.pages import CASES, ROOT, SEED
from tests.views.audited import several


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return several(tmp_path_factory.mktemp("audit")).path


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("seed") / "graph"
    kg("build", SEED, "-o", out)
    return out


def test_text_shows_equal_findings_once(graph: Path) -> None:
    text = kg("audit", graph, "--code", "wrong-kind").stdout
    assert text.count("error wrong-kind") == 1
    assert "× 3 documents: PMID:101, PMID:102, PMID:103" in text
    assert "3 findings: 3 error" in text
    assert "PMC13003748.md:32 [" in kg("audit", graph, "--document", "PMC13003748.md").stdout
    cut = kg("audit", graph, "--limit", 1).stdout
    assert cut.count("\n    - ") < kg("audit", graph).stdout.count("\n    - ")
    assert "more; see them with a higher --limit" in cut


@pytest.mark.parametrize("form", ["text", "json", "tsv", "sarif", "html"])
def test_a_file_and_standard_output_hold_the_same(form: str, graph: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    done = kg("audit", graph, "--format", form, "-o", out)
    assert done.stdout == ""
    assert "findings" in done.stderr
    shown = kg("audit", graph, "--format", form).stdout
    if form == "text":
        assert shown.startswith(out.read_text("utf-8"))
    else:
        assert out.read_text("utf-8") == shown
    assert [p.name for p in tmp_path.iterdir()] == ["report"]
    if form in {"json", "sarif"}:
        json.loads(shown)


def test_exit_codes(graph: Path, seed: Path, tmp_path: Path) -> None:
    kg("audit", graph, "--fail-on", "error", code=1)
    kg("audit", graph, "--fail-on", "error", "--format", "sarif", "-o", tmp_path / "a.sarif", code=1)
    assert (tmp_path / "a.sarif").exists()
    kg("audit", graph, "--fail-on", "error", "--document", "PMC13003748.md", code=1)
    kg("audit", graph, "--fail-on", "error", "--code", "unknown-prefix")
    # A code that this graph has no finding of is a code all the same.
    assert "0 findings" in kg("audit", graph, "--fail-on", "error", "--code", "contradicts-sex").stdout
    kg("audit", graph, "--fail-on", "info", "--code", "contradicts-sex", "--code", "salt-or-parent")
    assert "did you mean contradicts-sex" in kg("audit", graph, "--code", "contradict-sex", code=2).stderr
    kg("audit", graph, "--json", "--format", "html", code=2)
    kg("audit", graph, "--format", "html", "-o", tmp_path / "none" / "a.html", code=2)
    assert "did you mean PMID:101" in kg("audit", graph, "--document", "PMID:1011", code=2).stderr
    assert "kg build --decisions applies it" in kg("audit", seed, "--decisions", "d.tsv", code=2).stderr


def test_from_a_finding_to_a_decision_to_a_graph(seed: Path, tmp_path: Path) -> None:
    decisions = tmp_path / "decisions.tsv"
    (finding,) = json.loads(kg("audit", seed, "--json").stdout)
    short = finding["id"].removeprefix("urn:uuid:")[:8]
    who = ("--curator", "A. Name", "--date", "2026-05-01", "--comment", "adult", "--decisions", decisions)
    done = kg("audit", seed, "--remap", f"{short}=MONDO:0009807", *who)
    assert "1 decision added" in done.stdout
    assert decisions.read_text().splitlines()[1].split("\t") == [
        "mention", "remap", "PMCID:PMC13003748", "abstract.1", "0", "12", "", "osteosarcoma", "MONDO:0002623", "",
        "MONDO:0009807", "A. Name", "2026-05-01", "adult",
    ]  # fmt: skip
    before = decisions.read_bytes()
    assert "0 decisions added, 1 already there" in kg("audit", seed, "--remap", f"{short}=MONDO:0009807", *who).stdout
    assert decisions.read_bytes() == before
    out = tmp_path / "curated"
    built = kg("build", SEED, "-o", out, "--decisions", decisions)
    assert "decisions.tsv: 1 decision, 1 applied" in built.stdout
    told = " ".join(kg("audit", out, "--fail-on", "error").stdout.split())
    assert "remapped to MONDO:0009807 (osteosarcoma) by A. Name on 2026-05-01: adult [decisions.tsv:2]" in told
    assert "curated" in kg("why", out, "osteosarcoma").stdout
    assert "up to date" in kg("build", SEED, "-o", out, "--decisions", decisions).stdout
    # The opposite is written, and said.
    against = kg("audit", seed, "--accept", short, *who)
    assert "decisions.tsv:2 says remap MONDO:0009807 of the same" in against.stderr
    kg("build", SEED, "-o", out, "--decisions", decisions)
    assert "decisions-contradict" in kg("audit", out).stdout


@pytest.mark.parametrize(
    ("scope", "row"),
    [
        ("document", ["document", "reject", "PMCID:PMC13003748", "", "", "", "", "osteosarcoma", "MONDO:0002623"]),
        ("surface", ["surface", "reject", "", "", "", "", "", "osteosarcoma", "MONDO:0002623"]),
        ("identifier", ["identifier", "reject", "", "", "", "", "", "", "MONDO:0002623"]),
    ],
)
def test_scopes(scope: str, row: list[str], seed: Path, tmp_path: Path) -> None:
    decisions = tmp_path / "d.tsv"
    (finding,) = json.loads(kg("audit", seed, "--json").stdout)
    kg("audit", seed, "--reject", finding["id"], "--scope", scope, "--decisions", decisions)
    assert decisions.read_text().splitlines()[1].split("\t")[:9] == row
    kg("build", SEED, "-o", tmp_path / "g", "--decisions", decisions)
    (settled,) = json.loads(kg("audit", tmp_path / "g", "--json").stdout)
    assert settled["severity"] == "info"
    assert settled["linked"] == []


def test_selectors_without_a_finding(seed: Path, tmp_path: Path) -> None:
    decisions = tmp_path / "d.tsv"
    kg(
        "audit",
        seed,
        "--reject",
        "surface:Lung  cancer",
        "--accept",
        "identifier:mesh:D012516",
        "--decisions",
        decisions,
    )
    rows = [line.split("\t") for line in decisions.read_text().splitlines()[1:]]
    assert [(r[0], r[1], r[7], r[8]) for r in rows] == [
        ("identifier", "accept", "", "MESH:D012516"), ("surface", "reject", "Lung cancer", ""),
    ]  # fmt: skip


def test_a_target_that_a_build_would_not_link_is_refused(seed: Path, tmp_path: Path) -> None:
    decisions = ("--decisions", tmp_path / "d.tsv")
    (finding,) = json.loads(kg("audit", seed, "--json").stdout)
    short = finding["id"].removeprefix("urn:uuid:")[:8]

    def told(target: str, selector: str = short) -> str:
        return kg("audit", seed, "--remap", f"{selector}={target}", *decisions, code=2).stderr

    for selector in (short, "surface:Osteosarcoma", "identifier:MONDO:0002623"):
        assert "MESH:D002945 (Cisplatin) is a ChemicalEntity, and the mention a Disease" in told(
            "MESH:D002945", selector
        )
    assert "MONDO:0009870 is not in the part" in told("MONDO:0009870")
    assert "did you mean MONDO:0009807 (osteosarcoma)" in told("MONDO:0009870")
    assert not (tmp_path / "d.tsv").exists()
    kg("audit", seed, "--remap", "surface:osteosarcoma=MONDO:0009807", *decisions)


def test_a_target_that_only_another_index_may_know_is_written_with_a_warning(seed: Path, tmp_path: Path) -> None:
    out = shutil.copytree(seed, tmp_path / "other")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    manifest["ontologies"][0]["version"] = "another"
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    decisions = ("--decisions", tmp_path / "d.tsv")
    done = kg("audit", out, "--remap", "surface:osteosarcoma=MONDO:9999999", *decisions)
    assert "not the one that the graph was built with" in done.stderr
    assert "1 decision added" in done.stdout


def test_a_name_that_no_mention_has_is_written_with_a_warning(seed: Path, tmp_path: Path) -> None:
    decisions = ("--decisions", tmp_path / "d.tsv")
    done = kg("audit", seed, "--reject", "surface:osteosarcomaa", *decisions)
    assert "no mention of this graph is written 'osteosarcomaa' (did you mean 'osteosarcoma'?)" in done.stderr
    done = kg("audit", seed, "--reject", "identifier:MONDO:0002632", *decisions)
    assert "is asserted as 'MONDO:0002632' (did you mean 'MONDO:0002623'" in done.stderr
    assert "warning" not in kg("audit", seed, "--reject", "surface:Osteosarcoma", *decisions).stderr


def test_batches(graph: Path, tmp_path: Path) -> None:
    decisions = tmp_path / "d.tsv"
    assert "say which findings" in kg("audit", graph, "--accept-all", "--decisions", decisions, code=2).stderr
    done = kg("audit", graph, "--accept-all", "--code", "wrong-kind", "--scope", "surface", "--decisions", decisions)
    assert "1 decision added" in done.stdout
    done = kg("audit", graph, "--remap-all", "--code", "too-specific", "--decisions", decisions)
    assert "1 decision added" in done.stdout
    done = kg("audit", graph, "--accept-all", "--code", "unknown-prefix", "--decisions", decisions)
    assert "1 finding passed over: no identifier that can stand" in done.stderr
    assert "0 decisions added" in done.stdout


def test_errors_of_decisions(seed: Path, graph: Path, tmp_path: Path) -> None:
    decisions = ("--decisions", tmp_path / "d.tsv")
    (finding,) = json.loads(kg("audit", seed, "--json").stdout)
    short = finding["id"].removeprefix("urn:uuid:")[:8]
    other = short[:7] + ("0" if short[7] != "0" else "1")
    assert f"did you mean {short}?" in kg("audit", seed, "--accept", other, *decisions, code=2).stderr
    assert "name the file" in kg("audit", seed, "--accept", short, code=2).stderr
    assert "write SELECTOR=CURIE" in kg("audit", seed, "--remap", short, *decisions, code=2).stderr
    assert "write SELECTOR=CURIE" in kg("audit", seed, "--remap", f"{short}=nonsense", *decisions, code=2).stderr
    unread = json.loads(kg("audit", graph, "--code", "unknown-prefix", "--json").stdout)[0]["id"]
    assert "cannot be accepted" in kg("audit", graph, "--accept", unread, *decisions, code=2).stderr
    assert not (tmp_path / "d.tsv").exists()


def test_a_document_as_a_whole_is_accepted(tmp_path: Path) -> None:
    out = tmp_path / "g"
    kg("build", CASES, "-o", out, "--co-mention-limit", 1)
    found = json.loads(kg("audit", out, "--code", "co-mention-limit", "--json").stdout)
    decisions = tmp_path / "d.tsv"
    kg("audit", out, "--accept", found[0]["id"], "--decisions", decisions)
    assert (
        "can only be accepted" in kg("audit", out, "--reject", found[0]["id"], "--decisions", decisions, code=2).stderr
    )
    kg("build", CASES, "-o", out, "--co-mention-limit", 1, "--decisions", decisions)
    again = {f["id"]: f for f in json.loads(kg("audit", out, "--json").stdout)}
    assert again[found[0]["id"]]["settled"].startswith("accepted by a curator")
    assert not [f for f in again.values() if f["code"] == "decision-not-applied"]


def test_the_example_of_the_documentation(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "audit.md").read_text("utf-8")
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    steps = text.partition("```console\n")[2].partition("```")[0].split("$ kg ")[1:]
    assert len(steps) == 5
    for step in steps:
        command, _, expected = step.partition("\n")
        assert kg(*shlex.split(command), cwd=tmp_path).stdout == expected
    table = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines() if line[:1] == "|"]
    written = [line.split("\t") for line in (tmp_path / "decisions.tsv").read_text("utf-8").splitlines()]
    assert [table[-3], table[-1]] == written


def test_every_column_and_format_is_documented() -> None:
    from kg.commands.audit import _FORMATS
    from kg.linking.decisionsfile import COLUMNS

    text = (ROOT / "docs" / "audit.md").read_text("utf-8")
    assert [word for word in (*COLUMNS, *_FORMATS) if f"`{word}`" not in text] == []
