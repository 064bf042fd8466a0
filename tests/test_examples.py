"""The README's example of a PubTator file says what it prints."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from kg.commands import cli

ROOT = Path(__file__).resolve().parent.parent


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_the_readme_prints_of_the_abstracts(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    example = readme[readme.index("$ kg build examples/abstracts.PubTator -o graph") :].partition("```")[0]
    _, build, query = example.split("$ kg ")
    graph = str(tmp_path / "graph")
    told = printed("build", str(ROOT / "examples" / "abstracts.PubTator"), "-o", graph)
    assert told.splitlines()[1:] == build.splitlines()[2:]
    rows = printed("query", graph, "adverse-events", "-p", "drug=anlotinib", "--format", "csv")
    assert rows.splitlines() == query.splitlines()[1:]
