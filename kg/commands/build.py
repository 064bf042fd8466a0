"""`kg build`: pages to a graph folder."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.commands.common import json_option, print_json, print_table


@click.command()
@click.argument("paths", metavar="PAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The graph folder to make or replace."
)
@click.option("--terms", type=click.Path(path_type=Path), help="A compiled term index; the bundled slices without it.")
@click.option(
    "--strict", is_flag=True, help="Exit with 1 where any record was set aside (for findings: kg audit --fail-on)."
)
@click.option("--force", is_flag=True, help="Build though nothing changed.")
@click.option("--co-mention-limit", type=click.IntRange(1), default=200, show_default=True,
              help="A document with more entities makes no co-mentions.")  # fmt: skip
@click.option("--all-cases", is_flag=True, help="Read every document for patients, not the case reports alone.")
@json_option
def build(paths: tuple[Path, ...], output: Path, terms: Path | None, strict: bool, force: bool, co_mention_limit: int,
          all_cases: bool, as_json: bool) -> None:  # fmt: skip
    """Build a graph from annotated documents: files, folders that are searched, or - for standard input.

    Read are case pages, PubTator, BioC (XML, JSON), JATS and PubMed XML, phenopackets and tables of annotations, told
    by content; plain, compressed or in tar archives.

    The graph is written beside the output folder and renamed into place. Where nothing changed since the
    last build, nothing is run.
    """
    from kg.graph.build import build as run
    from kg.model import BuildConfig
    from kg.terms.bundled import open_index

    config = BuildConfig(co_mention_limit=co_mention_limit, all_cases=all_cases)
    bar = click.progressbar(length=1, label="Building", file=sys.stderr, hidden=not sys.stderr.isatty())

    def progress(done: int, everything: int) -> None:
        bar.length = everything
        bar.update(done - bar.pos)

    with open_index(terms) as index, bar:
        result = run(paths, output, index=index, config=config, force=force, progress=progress)
    folder = result.folder
    if as_json:
        print_json({"graph": str(output), "unchanged": result.unchanged, "build": folder.manifest["build"],
                    "counts": folder.manifest["counts"], "ledger": result.totals})  # fmt: skip
    else:
        click.echo(f"{output}: up to date, nothing to do" if result.unchanged else f"{output}: built")
        counts = folder.manifest["counts"]
        shown = ("documents", "cases", "mentions", "nodes", "edges", "evidence", "findings")
        click.echo("  " + ", ".join(f"{counts[name]} {name}" for name in shown))
        print_table(
            [(f"  {kind}", *(outcomes[o] for o in ("received", "kept", "merged", "set_aside")))
             for kind, outcomes in result.totals.items() if outcomes["received"]],
            ("  ledger", "received", "kept", "merged", "set aside"),
        )  # fmt: skip
    for row in folder.rows("ledger"):
        if row["outcome"] == "set_aside" and row["kind"] == "file":
            click.echo(f"kg: warning: {row['input']} set aside: {row['reason']}", err=True)
    if result.set_aside:
        click.echo(f"kg: {result.set_aside} records were set aside; see: kg ledger {output} --set-aside", err=True)
        if strict:
            sys.exit(1)
