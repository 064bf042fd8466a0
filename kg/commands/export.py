"""`kg export`: the graph as a file of another format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.common import graph_argument
from kg.graph.store import GraphFolder
from kg.wording import counted

_FORMATS = ("turtle", "nquads", "jsonld", "graphml", "networkx-json", "neo4j-csv")


@click.command()
@graph_argument
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
def export(folder: GraphFolder, *, form: str, output: Path, trail: bool) -> None:
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
        if str(output) == "-":
            raise click.UsageError("neo4j-csv makes a folder; name it with -o")
        from kg.views.neo4jcsv import write_csv

        report = write_csv(folder, output)
        click.echo(f"wrote {counted(len(report.files), 'file')} to {output}", err=True)
        return
    from kg.views.files import export as write

    if str(output) == "-":
        write(folder, form, sys.stdout.buffer, trail=trail)
        return
    write(folder, form, output, trail=trail)
    click.echo(f"wrote {output} ({output.stat().st_size:,} bytes)", err=True)
