"""`kg load`: put a graph into a database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.common import graph_argument, json_option, print_json, print_table
from kg.graph.store import GraphFolder


@click.group()
def load() -> None:
    """Load a graph into a database."""


@load.command("neo4j")
@graph_argument
@click.option("--uri", metavar="URI", help="Address of the server; else NEO4J_URI, else bolt://localhost:7687.")
@click.option("--user", metavar="NAME", help="User name; else NEO4J_USERNAME, else neo4j.")
@click.option(
    "--password-file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File whose first line is the password; else NEO4J_PASSWORD holds it.",
)
@click.option("--database", metavar="NAME", help="Name of the database; else NEO4J_DATABASE, else neo4j.")
@click.option("--batch", type=click.IntRange(1), default=5_000, show_default=True, help="Rows of one transaction.")
@json_option
def neo4j(
    folder: GraphFolder,
    *,
    uri: str | None,
    user: str | None,
    password_file: Path | None,
    database: str | None,
    batch: int,
    as_json: bool,
) -> None:
    """Load the graph DIR into a Neo4j database.

    The database then holds this graph exactly once: loading twice changes nothing, and what an earlier build
    had and this one has not is removed. Other data in the database is left alone.
    """
    from dataclasses import asdict

    from kg.views.neo4j import Neo4jTarget
    from kg.views.neo4j import load as load_graph

    with Neo4jTarget.from_environment(uri, user, password_file, database) as target, _Bar() as bar:
        report = load_graph(folder, target, batch=batch, progress=bar.show)
    if as_json:
        print_json(asdict(report))
        return
    print_table(sorted(report.nodes.items()), ("label", "nodes"))
    click.echo()
    print_table(sorted(report.relationships.items()), ("type", "relationships"))
    click.echo()
    click.echo(f"The database {report.database} at {report.uri} holds the graph {report.stamp}.")
    if report.removed_nodes or report.removed_relationships:
        click.echo(
            f"Removed of the earlier build: {report.removed_nodes} nodes, {report.removed_relationships} relationships."
        )
    if report.released_nodes:
        click.echo(
            f"{report.released_nodes} nodes of the earlier build have relationships of others; they were left to them."
        )


class _Bar:
    """Progress on standard error, only where that is a terminal."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._last = ""

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._on and self._last:
            click.echo("\r" + " " * len(self._last) + "\r", err=True, nl=False)

    def show(self, what: str, done: int, total: int) -> None:
        """Show how much is done."""
        if self._on:
            text = f"{what}: {done:,}" + (f" of {total:,}" if total else "")
            click.echo("\r" + text.ljust(len(self._last)), err=True, nl=False)
            self._last = text
