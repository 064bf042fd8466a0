"""`kg export`: the graph as a file of another format."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import json_option, print_json
from kg.graph.store import MANIFEST, GraphFolder
from kg.wording import counted

if TYPE_CHECKING:
    from kg.views.importcheck import CheckReport

_FORMATS = ("turtle", "nquads", "jsonld", "graphml", "networkx-json", "neo4j-csv")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("form", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.option(
    "-o",
    "--output",
    default="-",
    show_default="standard output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="File to write; for neo4j-csv a folder.",
)
@click.option(
    "--trail", is_flag=True, help="GraphML and networkx: mentions, evidence, findings, mappings as nodes too."
)
@click.option(
    "--check",
    is_flag=True,
    help="neo4j-csv: read the files as Neo4j's importer will, and say where it fails. DIR may be such files too.",
)
@json_option
def export(folder: Path, *, form: str, output: Path, trail: bool, check: bool, as_json: bool) -> None:
    """Write the graph DIR as FORMAT.

    \b
    turtle         RDF, readable; the named graphs merged into one
    nquads         RDF with named graphs, sorted: fit for diff
    jsonld         RDF with named graphs, as JSON
    graphml        for Gephi, Cytoscape, yEd; lists are joined by |
    networkx-json  node-link JSON, read by networkx.node_link_graph
    neo4j-csv      a folder for neo4j-admin database import
    """
    if form == "neo4j-csv":
        _neo4j_csv(folder, output, check=check, as_json=as_json)
        return
    if check or as_json:
        raise click.UsageError("--check and --json belong to neo4j-csv")
    graph = GraphFolder(folder)
    from kg.views.files import export as write

    if str(output) == "-":
        write(graph, form, sys.stdout.buffer, trail=trail)
        return
    write(graph, form, output, trail=trail)
    click.echo(f"wrote {output} ({output.stat().st_size:,} bytes)", err=True)


def _neo4j_csv(folder: Path, output: Path, *, check: bool, as_json: bool) -> None:
    """Write the files, check them, or both; with no folder to write to, they are checked and thrown away."""
    from kg.views.importcheck import check_folder
    from kg.views.importscript import is_import_folder
    from kg.views.neo4jcsv import write_csv

    if str(output) != "-":
        report = write_csv(GraphFolder(folder), output)
        if not as_json:
            click.echo(f"wrote {counted(len(report.files), 'file')} to {output}", err=True)
        if check:
            _tell(check_folder(output), as_json=as_json)
        elif as_json:
            print_json({"files": report.files, "nodes": report.nodes, "relationships": report.relationships})
    elif not check:
        raise click.UsageError("neo4j-csv makes a folder; name it with -o")
    elif is_import_folder(folder) and not (folder / MANIFEST).is_file():
        _tell(check_folder(folder), as_json=as_json)
    else:
        graph = GraphFolder(folder)
        with tempfile.TemporaryDirectory() as made:
            write_csv(graph, made)
            _tell(check_folder(made), as_json=as_json)


def _tell(report: CheckReport, *, as_json: bool) -> None:
    """Print what the check found; exit with 1 where it found anything."""
    from dataclasses import asdict

    from kg.views.importcheck import CODES, EFFECTS

    if as_json:
        print_json(
            {
                "passed": report.passed,
                "nodes": report.nodes,
                "relationships": report.relationships,
                "found": dict(sorted(report.found.items())),
                "problems": [asdict(problem) for problem in report.problems],
                "unchecked": report.unchecked,
            }
        )
    else:
        for problem in report.problems:
            place = f"{problem.file}:{problem.line}" if problem.line else problem.file
            column = f", column {problem.column}" if problem.column else ""
            click.secho(f"{place}{column}: {problem.code}", bold=True)
            click.echo(f"  {problem.message}")
            click.echo(f"  {EFFECTS[problem.effect]}; {problem.step}")
        for code, count in sorted(report.found.items()):
            click.echo(f"{code}: {counted(count, 'place')}, {EFFECTS[CODES[code][0]]}")
        for words in report.unchecked:
            click.echo(f"not checked: {words}")
        rows = f"{counted(report.nodes, 'node', separate=True)} and "
        rows += counted(report.relationships, "relationship", separate=True)
        click.echo(f"{rows}: {'no problem' if report.passed else 'Neo4j will not hold what the files say'}")
    if not report.passed:
        sys.exit(1)
