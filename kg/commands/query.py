"""`kg query`: prepared questions to a graph."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from kg.commands.common import Seconds, graph_argument, json_option, neo4j_options, print_json, width
from kg.graph.store import GraphFolder

if TYPE_CHECKING:
    from kg.queries.run import QueryResult


def _complete_name(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from kg.queries.catalogue import catalogue

    return [CompletionItem(n, help=q.summary) for n, q in catalogue("sparql").items() if n.startswith(incomplete)]


@click.command()
@graph_argument
@click.argument("name", required=False, shell_complete=_complete_name)
@click.option("-p", "--parameter", "given", metavar="KEY=VALUE", multiple=True, help="A parameter; may be repeated.")
@click.option("--engine", type=click.Choice(["sparql", "cypher", "neo4j"]), default="sparql", show_default=True,
              help="Two embedded engines, or a Neo4j server that holds the graph.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--limit", type=click.IntRange(0), help="No more rows than this.")
@click.option("--timeout", metavar="SECONDS", type=Seconds(), default=60.0, show_default=True,
              help="Give the query up after so long; 0 never does.")  # fmt: skip
@click.option("--list", "listing", is_flag=True, help="List the queries with their parameters.")
@click.option("--show", is_flag=True, help="Print the query's text and do not run it.")
@neo4j_options
@json_option
def query(folder: GraphFolder, *, name: str | None, given: tuple[str, ...], engine: str, form: str, limit: int | None,
          timeout: float, listing: bool, show: bool, uri: str | None, user: str | None, password_file: Path | None,
          database: str | None, as_json: bool) -> None:  # fmt: skip
    """Ask a prepared question of the catalogue.

    For example: kg query DIR drugs-for-disease -p disease=osteosarcoma
    """
    from kg.queries.catalogue import find
    from kg.queries.run import run_query

    form = "json" if as_json else form
    if listing:
        _list(form)
        return
    if name is None:
        raise click.UsageError("give the name of a query; --list shows them all")
    if show:
        click.echo(find(name, "sparql" if engine == "sparql" else "cypher").text, nl=False)
        return
    parameters: dict[str, str] = {}
    for text in given:
        key, value = _pair(text)
        if key in parameters:
            raise click.UsageError(f"the parameter {key!r} is given twice")
        parameters[key] = value
    if engine == "neo4j":
        from kg.views.neo4jtarget import Neo4jTarget

        with Neo4jTarget.from_environment(uri=uri, user=user, password_file=password_file, database=database) as target:
            result = run_query(folder, name, parameters, engine=engine, limit=limit, timeout=timeout, neo4j=target)
    else:
        result = run_query(folder, name, parameters, engine=engine, limit=limit, timeout=timeout)
    print_result(result, form)
    if not result.rows and form != "json":
        click.echo("kg: no rows", err=True)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"-p takes KEY=VALUE, not {text!r}")
    return key.strip(), value


def _list(form: str) -> None:
    from kg.queries.catalogue import catalogue

    queries = catalogue("sparql").values()
    if form == "json":
        print_json([
            {"name": q.name, "summary": q.summary, "description": q.description,
             "parameters": [{"name": p.name, "type": p.type, "default": p.default, "description": p.description}
                            for p in q.parameters.values()]}
            for q in queries
        ])  # fmt: skip
        return
    for q in queries:
        click.secho(q.name, bold=True, nl=False)
        click.echo(f"  {q.summary}")
        for p in q.parameters.values():
            default = "" if p.default is None else f", default {p.default!r}" if p.default != "" else ", optional"
            click.echo(f"    {p.name} ({p.type}{default}): {p.description}")


def print_result(result: QueryResult, form: str) -> None:
    """Print a result as ``table``, ``csv`` or ``json``."""
    if form == "json":
        print_json(result.rows)
    elif form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows([["" if row[c] is None else _plain(row[c]) for c in result.columns] for row in result.rows])
        click.echo(out.getvalue(), nl=False)
    elif result.rows:
        _print_table(result)


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _print_table(result: QueryResult) -> None:
    """Print aligned columns; on a terminal the widest give way until a line fits."""
    cells = [[*result.columns], *([_cell(row[c]) for c in result.columns] for row in result.rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(result.columns))]
    room = (width() if sys.stdout.isatty() else 160) - 2 * len(widths) - 2
    while sum(widths) > room and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    for i, line in enumerate(cells):
        shown = (cell if len(cell) <= w else cell[: w - 1] + "…" for cell, w in zip(line, widths, strict=True))
        text = "  ".join(cell.ljust(w) for cell, w in zip(shown, widths, strict=True)).rstrip()
        click.secho(f"  {text}", bold=i == 0)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    return " ".join(str(_plain(value)).split())
