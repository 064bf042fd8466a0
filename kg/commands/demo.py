"""`kg demo`: the main job on the shipped seed, shown step by step."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any

import click

from kg.commands.common import heading, print_table, read_reasons, wrapped

#: The queries that the demo asks, each through both embedded engines.
QUESTIONS: tuple[tuple[str, dict[str, object]], ...] = (
    ("drugs-for-disease", {"disease": "MONDO:0009807"}),
    ("mapping-chain", {"entity": "MONDO:0009807"}),
    ("audit-findings", {}),
)


@click.command()
@click.option("-o", "--output", default="demo", show_default=True, type=click.Path(path_type=Path),
              help="The graph folder to make.")  # fmt: skip
def demo(output: Path) -> None:
    """Build the graph of the shipped seed page and show what it says, in a few seconds, without any server."""
    from kg.graph.build import build
    from kg.resources import data_folder
    from kg.terms.bundled import default_index

    began = time.monotonic()
    with default_index() as index:
        heading("1. Ontologies")
        print_table(
            [
                (
                    f"  {r.title}",
                    r.version.rsplit("/", 1)[-1] if "sssom" not in r.source else "",
                    r.terms or "",
                    r.licence,
                )
                for r in index.releases()
            ],
            ("  source", "release", "terms", "licence"),
        )
        result = build([data_folder("seeds")], output, index=index)
    folder = result.folder
    _show_documents(folder)
    _show_links(folder)
    _show_findings(folder)
    _show_statements(folder)
    _show_answers(folder)
    counts = folder.manifest["counts"]
    heading("7. The graph")
    click.echo(f"  {output}/: {counts['nodes']} nodes, {counts['edges']} edges, {counts['evidence']} pieces of evidence; "
               f"{time.monotonic() - began:.1f} s in all")  # fmt: skip
    click.echo("  Go on with:")
    # Where `kg` is not on the path (make demo), the way it was called is.
    kg = "kg" if shutil.which("kg") else sys.argv[0]
    for line in (
        f"why {output} anlotinib osteosarcoma",
        f"query {output} --list",
        f"export {output} turtle -o graph.ttl",
        f"load neo4j {output} --uri bolt://localhost:7687",
    ):
        click.echo(f"    {kg} {line}")


def _show_documents(folder: Any) -> None:
    heading("2. What was read")
    for row in folder.rows("documents"):
        click.echo(wrapped(row["title"], "  "))
        click.echo(
            f"  {row['id']}, doi:{row['doi']}, {row['date']}, {len(row['authors'])} authors, {row['figure_count']} figures"
        )
    for row in folder.rows("cases"):
        click.echo(
            f"  {row['name']}; followed up {row['follow_up']:g} {row['follow_up_unit']}s; outcome: {row['outcome']}"
        )
    totals = folder.manifest["ledger"]
    parts = (
        f"{kind}s {o['received']} received, {o['kept']} kept, {o['merged'] + o['set_aside']} not"
        for kind, o in totals.items()
        if o["received"]
    )
    click.echo(wrapped(f"ledger: {'; '.join(parts)}", "  "))


def _show_links(folder: Any) -> None:
    heading("3. What was linked to what, and why")
    mentions = {row["id"]: row for row in folder.rows("mentions")}
    names = {row["id"]: row["name"] for row in folder.rows("nodes")}
    for link in folder.rows("links"):
        mention = mentions[link["mention"]]
        click.secho(f"  {mention['text']} ({mention['asserted_as']})", bold=True, nl=False)
        click.echo(
            f" -> {link['node']} ({names.get(link['node'])})  {link['verdict']}, confidence {link['confidence']}"
        )
        for reason in read_reasons(link["reasons"]):
            click.echo(wrapped(f"{reason['check']}: {reason['statement']}", "    - "))
        for row in read_reasons(link["chain"]):
            if link["term"] != link["node"]:
                text = (
                    f"mapping: {row['subject_id']} {row['predicate_id']} {row['object_id']} ({row['mapping_source']})"
                )
                click.echo(wrapped(text, "    - "))


def _show_findings(folder: Any) -> None:
    heading("4. What the audit found")
    for finding in folder.rows("findings"):
        click.secho(f"  {finding['severity']} {finding['code']}: ", fg="red", bold=True, nl=False)
        click.echo(
            f"asserted {finding['asserted']} ({finding['asserted_name']}), suggested {finding['suggested']} ({finding['suggested_name']})"
        )
        for i, reason in enumerate(read_reasons(finding["reasons"]), 1):
            click.echo(wrapped(f"{i}. {reason['statement']}", "    "))


def _show_statements(folder: Any) -> None:
    heading("5. What the text says of the drug and the disease")
    for row in folder.rows("evidence"):
        if row["predicate"] == "biolink:applied_to_treat":
            outcome = f"; outcome: {row['outcome']}" if row["outcome"] else ""
            click.echo(f"  {row['polarity']} ({row['polarity_reason']}, rule {row['method']}{outcome})")
            click.echo(wrapped(f"“{row['sentence']}” [{row['section']}]", "    ", ""))


def _show_answers(folder: Any) -> None:
    from kg.commands.query import print_result
    from kg.errors import QueryError
    from kg.queries.run import Engines

    heading("6. Prepared queries, through SPARQL and through Cypher")
    engines = Engines(folder)
    for name, parameters in QUESTIONS:
        answers = {engine: engines.run(name, parameters, engine=engine) for engine in ("sparql", "cypher")}
        shown = "".join(f" -p {key}={value}" for key, value in parameters.items())
        click.echo()
        for engine, answer in answers.items():
            click.secho(f"  kg query {folder.path} {name}{shown} --engine {engine}", bold=True)
            print_result(answer, "table")
        if answers["sparql"].rows != answers["cypher"].rows:
            raise QueryError(f"the engines differ on {name}: a defect of casegraph", value=name)
        count = len(answers["sparql"].rows)
        click.echo(f"  both engines give the same {count} row{'' if count == 1 else 's'}")
