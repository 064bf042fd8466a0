"""`kg verify`: do the views of a graph hold the same nodes, edges and properties?"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.common import graph_argument, heading, json_option, neo4j_options, print_json, print_table
from kg.graph.store import GraphFolder
from kg.wording import counted, plural

if TYPE_CHECKING:
    from kg.views.verification import Difference, View, ViewReport

_LONG = 70


@click.command()
@graph_argument
@click.option(
    "--view",
    "chosen",
    type=click.Choice(["networkx", "rdf"]),
    multiple=True,
    help="Only these of the views that are made in memory or on disk; both without it.",
)
@click.option(
    "--file",
    "files",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="A view in a file: N-Quads, TriG or JSON-LD, or a folder of neo4j-csv; may be repeated.",
)
@click.option("--neo4j", "server", is_flag=True, help="What a Neo4j database holds, too.")
@neo4j_options
@click.option(
    "--first", metavar="N", type=click.IntRange(0), default=10, show_default=True, help="Name so many records a view."
)
@json_option
def verify(
    folder: GraphFolder,
    *,
    chosen: tuple[str, ...],
    files: tuple[Path, ...],
    server: bool,
    uri: str | None,
    user: str | None,
    password_file: Path | None,
    database: str | None,
    first: int,
    as_json: bool,
) -> None:
    """Compare the views of the graph DIR with its tables, by counts and by hashes of each kind.

    Each view is read back from itself: RDF from its quads, networkx from the graph object, Neo4j from the
    database. What differs is named; the exit status is 1 then.

    \b
    kg verify GRAPH
    kg verify GRAPH --neo4j --uri bolt://localhost:7687
    kg verify GRAPH --view rdf --file graph.nq --file IMPORT
    """
    from kg.views.verification import verify as compare

    if not server and (uri or user or password_file or database):
        raise click.UsageError("--uri, --user, --password-file and --database go with --neo4j")
    with ExitStack() as stack:
        views = _views(folder, chosen or (() if files or server else ("networkx", "rdf")), files)
        if server:
            from kg.views.neo4jtarget import Neo4jTarget
            from kg.views.readback import Neo4jView

            target = stack.enter_context(Neo4jTarget.from_environment(uri, user, password_file, database))
            views.append(Neo4jView(target, folder))
        reports = compare(folder, views, shown=first, progress=_progress)
    _progress("")
    equal = all(report.equal for report in reports)
    if as_json:
        print_json({"equal": equal, "views": [_view(report) for report in reports]})
    else:
        _tell(reports)
    if not equal:
        sys.exit(1)


def _views(folder: GraphFolder, chosen: tuple[str, ...], files: tuple[Path, ...]) -> list[View]:
    from kg.views.rdfreadback import RdfView
    from kg.views.readback import CsvView, NetworkxView

    views: list[View] = []
    if "networkx" in chosen:
        views.append(NetworkxView(folder))
    if "rdf" in chosen:
        views.append(RdfView(folder))
    views += [CsvView(file) if file.is_dir() else RdfView(folder, file) for file in files]
    return views


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{f'reading {what} ...' if what else ''}", err=True, nl=False)


def _tell(reports: list[ViewReport]) -> None:
    kinds = sorted({kind.kind for report in reports for kind in report.kinds})
    rows = []
    for name in kinds:
        found = [next((kind for kind in report.kinds if kind.kind == name), None) for report in reports]
        expected = max(kind.expected for kind in found if kind)
        cells = ["-" if kind is None else f"{kind.held:,}" + ("" if kind.equal else " differs") for kind in found]
        rows.append((name, f"{expected:,}", *cells))
    print_table(rows, ("kind", "graph", *(report.name for report in reports)))
    for report in reports:
        heading(report.name)
        for note in report.notes:
            click.echo(f"  {note}")
        if report.equal:
            click.echo("  holds what the graph holds")
            continue
        click.echo(
            f"  {counted(report.records, 'record', separate=True)} {plural('has', report.records)} a difference:"
        )
        for difference in report.differences:
            click.echo(f"  {difference.kind} {difference.id}: {_words(difference, report.name)}")
        named = len({(d.kind, d.id) for d in report.differences})
        if report.records > named:
            click.echo(f"  and {counted(report.records - named, 'record', separate=True)} more; --first names more")
        if report.name == "Neo4j":
            click.echo(
                "  `kg load neo4j DIR --full` writes anew what is missing or changed, --prune removes what an earlier build "
                "had; what others added between our nodes stays until it is deleted by its id"
            )


def _words(difference: Difference, view: str) -> str:
    """Say what differs; of lists only the elements that do."""
    if difference.what == "missing":
        return f"not in {view}"
    if difference.what == "extra":
        return f"only in {view}"
    if difference.what == "repeated":
        return f"{difference.held} times in {view}, {difference.expected} times in the graph"
    ours, theirs = difference.expected, difference.held
    if isinstance(ours, list) and isinstance(theirs, list):
        lost = [item for item in ours if item not in theirs]
        added = [item for item in theirs if item not in ours]
        if lost or added:
            parts = [f"lacks {_short(lost)}" if lost else "", f"has {_short(added)} too" if added else ""]
            return f"{difference.property} {' and '.join(part for part in parts if part)}"
    return f"{difference.property} is {_short(theirs)} and not {_short(ours)}"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _view(report: ViewReport) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": report.name,
        "equal": report.equal,
        "kinds": [{**asdict(kind), "equal": kind.equal} for kind in report.kinds],
        "records": report.records,
        "differences": [asdict(difference) for difference in report.differences],
        "notes": report.notes,
    }
