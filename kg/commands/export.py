"""`kg export`: a graph as files for other tools."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.common import graph_argument
from kg.graph.store import GraphFolder

FORMATS = ("turtle", "nquads", "jsonld", "graphml", "networkx-json", "neo4j-csv")


@click.command()
@graph_argument
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.option("-o", "--output", required=True, help="File to write (a folder for neo4j-csv); - for standard output.")
def export(folder: GraphFolder, form: str, output: str) -> None:
    """Write a graph in another FORMAT: turtle, nquads, jsonld, graphml, networkx-json or neo4j-csv.

    Turtle is the union of the named graphs, nquads and jsonld keep them. GraphML joins lists with "|".
    """
    if form == "neo4j-csv":
        from kg.views.neo4jcsv import write_csv

        if output == "-":
            raise click.UsageError("neo4j-csv is a folder of files; give its name with -o")
        write_csv(folder, Path(output))
    else:
        from kg.views import files

        if output == "-":
            files.export(folder, form, sys.stdout.buffer)
            return
        files.export(folder, form, Path(output))
    click.echo(f"{output}: written", err=True)
