"""`kg load`: put a graph into a database."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import Seconds, graph_argument, json_option, neo4j_options, print_json, print_table, wrapped
from kg.graph.store import GraphFolder
from kg.wording import counted, plural

if TYPE_CHECKING:
    from kg.views.neo4j import LoadReport, Progress


@click.group()
def load() -> None:
    """Load a graph into a database."""


@load.command("neo4j")
@graph_argument
@neo4j_options
@click.option("--prune", is_flag=True, help="Remove what an earlier build had and this one has not.")
@click.option("--full", is_flag=True, help="Write every record anew, also those that seem to be there.")
@click.option("--batch", type=click.IntRange(1), default=2_000, show_default=True, help="Rows of one transaction.")
@click.option(
    "--sessions",
    type=click.IntRange(1, 32),
    default=2,
    show_default=True,
    help="Sessions that write at the same time.",
)
@click.option(
    "--patience",
    type=Seconds(),
    default=120.0,
    show_default=True,
    help="Seconds for which a step is tried again while the server is away or busy.",
)
@json_option
def neo4j(
    folder: GraphFolder,
    *,
    uri: str | None,
    user: str | None,
    password_file: Path | None,
    database: str | None,
    prune: bool,
    full: bool,
    batch: int,
    sessions: int,
    patience: float,
    as_json: bool,
) -> None:
    """Load the graph DIR into a Neo4j database.

    What the database has already is not written again: loading twice changes nothing, and a load that was cut
    off is gone on with. What an earlier build had and this one has not stands still until --prune removes it.
    Other data in the database is left alone.
    """
    from dataclasses import asdict

    from kg.views.neo4j import Neo4jTarget
    from kg.views.neo4j import load as load_graph

    with Neo4jTarget.from_environment(uri, user, password_file, database) as target, load_bar() as progress:
        report = load_graph(
            folder, target, batch=batch, sessions=sessions, prune=prune, full=full, patience=patience, progress=progress
        )
    if as_json:
        print_json(asdict(report))
    else:
        _print(report)
    _note_foreign(report)
    if report.stale_nodes or report.stale_relationships:
        number = report.stale_nodes + report.stale_relationships
        click.echo(
            wrapped(
                f"kg: note: the database also holds {_records(report.stale_nodes, report.stale_relationships)} of an "
                f"earlier build, which {plural('is', number)} no part of this graph any more; --prune removes "
                f"{'it' if number == 1 else 'them'}, and until then no prepared query runs there"
            ),
            err=True,
        )


def _note_foreign(report: LoadReport) -> None:
    number = report.foreign_relationships
    if number > 0:
        click.echo(
            wrapped(
                f"kg: note: {counted(number, 'relationship', separate=True)} of its types at its nodes "
                f"{plural('is', number)} of others: left alone, and seen by queries. "
                "`kg verify DIR --neo4j` names those between two of its nodes"
            ),
            err=True,
        )


def _print(report: LoadReport) -> None:
    print_table(
        [(k, f"{n:,}", f"{report.node_properties.get(k, 0) or '':,}" if k in report.node_properties else "")
         for k, n in sorted(report.nodes.items())],
        ("label", "nodes", "values"),
    )  # fmt: skip
    click.echo()
    print_table(
        [(k, f"{n:,}", f"{report.relationship_properties[k]:,}") for k, n in sorted(report.relationships.items())],
        ("type", "relationships", "values"),
    )
    click.echo()
    click.echo(f"The database {report.database} at {report.uri} holds the graph {report.stamp}.")
    if report.unchanged:
        click.echo(
            "It did so before, by its counts: nothing was written. `kg verify` compares every property, --full writes all anew."
        )
        return
    before = "A load that was cut off was gone on with. " if report.resumed else ""
    click.echo(f"{before}Written: {_records(report.written_nodes, report.written_relationships)}.")
    if report.removed_nodes or report.removed_relationships:
        click.echo(f"Removed of the earlier build: {_records(report.removed_nodes, report.removed_relationships)}.")
    if report.released_nodes:
        click.echo(
            f"{counted(report.released_nodes, 'node', separate=True)} of the earlier build "
            f"{plural('has', report.released_nodes)} relationships of others; left to them."
        )


def _records(nodes: int, relationships: int) -> str:
    return f"{counted(nodes, 'node', separate=True)}, {counted(relationships, 'relationship', separate=True)}"


@contextmanager
def load_bar() -> Iterator[Progress]:
    """Yield what draws a bar on a terminal, with rate and time left; an interruption is no failure."""
    # Every step shows a number, so that the steps of the bar are numbers for it.
    steps: Iterable[int] = range(1)
    bar = click.progressbar(
        steps,
        length=1,
        label="loading",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda rate: f"{rate:,}/s" if rate else "",
    )

    def progress(what: str, done: int, total: int) -> None:
        now = time.time()
        if what != bar.label or done < bar.pos:
            # The next stage: the bar and its clock begin anew.
            bar.label, bar.pos, bar.finished = what, 0, False
            bar.start, bar.last_eta, bar.avg, bar.eta_known = now, now, [], False
        bar.length = max(total, 1)
        bar.update(done - bar.pos, int(done / max(now - bar.start, 0.001)))

    try:
        with bar:
            yield progress
    except KeyboardInterrupt:
        click.echo("kg: interrupted; what is written stays, and the same command goes on with it", err=True)
        sys.exit(130)
