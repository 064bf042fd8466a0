"""`kg build`: pages to a graph folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from kg.commands.common import json_option, print_json, print_table
from kg.wording import counted, plural


def size(text: str) -> int:
    """Return a number of bytes that may have a suffix K, M, G or T (powers of 1024).

    >>> size("20G"), size("1500")
    (21474836480, 1500)
    """
    found = re.fullmatch(r"(\d{1,15})\s*([kmgt]?)(?:i?b)?", text.strip().casefold())
    if found is None or not int(found[1]):
        raise click.BadParameter(f"{text!r} is no size; write 500M, 20G or 2T")
    return int(found[1]) << 10 * " kmgt".index(found[2] or " ")


#: What names are looked for, or linked to the nearest term.
_KINDS = ("diseases", "chemicals", "all")


class _Build(click.Command):
    """The command, of which one option has a kind behind it or none."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # A page behind `--nearest` is a page: only a kind is the option's own.
        spelled, own = [], args[: args.index("--")] if "--" in args else args
        for place, word in enumerate(own):
            bare = word == "--nearest" and own[place + 1 : place + 2] not in [[kind] for kind in _KINDS]
            spelled.append("--nearest=diseases" if bare else word)
        return super().parse_args(ctx, [*spelled, *args[len(own) :]])


@click.command(cls=_Build)
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
@click.option("--recognise", "--recognize", type=click.Choice(_KINDS),
              help="Look for names in the text where the source has no annotation (docs/recognition.md).")  # fmt: skip
@click.option("--nearest", type=click.Choice(_KINDS), metavar="[diseases|chemicals|all]",
              help="Link names without an identifier to the nearest term where none bears the name (docs/linking.md); those "
                   "of diseases where no kind is named. Learning from the names takes a second with the slices; with full "
                   "releases some 5 seconds for diseases (Mondo), half a minute and 1.5 GB of memory for chemicals (MeSH).")  # fmt: skip
@click.option("--train", multiple=True, metavar="CORPUS", type=click.Path(path_type=Path),
              help="A file or folder with mentions that people linked: --nearest learns from it (docs/linking.md). "
                   "Can be repeated.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), metavar="N",
              help="Processes that read and tell; one for each processor without it. The graph is the same with any.")  # fmt: skip
@click.option("--columns", metavar="FIELD=COLUMN,…|FILE",
              help="What the columns of tables of annotations are, where their names do not tell; or a TOML file that "
                   "says so.")  # fmt: skip
@click.option("--max-bytes", type=size, metavar="SIZE", default="1T", show_default=True,
              help="What a compressed file or a member of an archive may unpack to.")  # fmt: skip
@click.option("--max-ratio", type=click.IntRange(1), default=500, show_default=True,
              help="How many times its own size a compressed file may unpack to, beyond its first 64 MiB.")  # fmt: skip
@click.option("--decisions", type=click.Path(path_type=Path), metavar="FILE",
              help="What curators decided (decisions.tsv, docs/audit.md); kg audit writes it.")  # fmt: skip
@json_option
def build(paths: tuple[Path, ...], output: Path, terms: Path | None, strict: bool, force: bool, co_mention_limit: int,
          all_cases: bool, recognise: str | None, nearest: str | None, train: tuple[Path, ...], jobs: int | None, columns: str | None, max_bytes: int, max_ratio: int,
          decisions: Path | None, as_json: bool) -> None:  # fmt: skip
    """Build a graph from annotated documents: files, folders that are searched, or - for standard input.

    Read are case pages, PubTator, BioC (XML, JSON), JATS and PubMed XML, phenopackets and tables of annotations, told
    by content; plain, compressed or in tar archives (docs/documents.md).

    The graph is written beside the output folder and renamed into place. Where nothing changed since the
    last build, nothing is run.

    \b
    Example for a table whose names are not known:
      kg build notes.csv -o graph --columns "pmid=Article,mention=Surface form,type=Entity,identifier=CUI"
    """
    from kg.documents.tablecolumns import TableColumns
    from kg.documents.workers import processors
    from kg.graph.build import build as run
    from kg.model import CHEMICAL, DISEASE, BuildConfig
    from kg.terms.bundled import open_index

    kinds = {None: (), "diseases": (DISEASE,), "chemicals": (CHEMICAL,), "all": (CHEMICAL, DISEASE)}
    config = BuildConfig(
        co_mention_limit=co_mention_limit, all_cases=all_cases, recognise=kinds[recognise], nearest=kinds[nearest], max_bytes=max_bytes, max_ratio=max_ratio,
        columns=TableColumns.parse(columns).pairs if columns is not None else (),
    )  # fmt: skip
    if train and not nearest:
        raise click.UsageError("--train teaches the linker of --nearest; give that, too")
    bar = click.progressbar(length=1, label="Building", file=sys.stderr, hidden=not sys.stderr.isatty())

    def progress(done: int, everything: int) -> None:
        bar.length = everything
        bar.update(done - bar.pos)

    def stage(text: str) -> None:
        bar.label = text or "Building"
        bar.render_progress()

    try:
        with open_index(terms) as index, bar:
            result = run(
                paths, output, index=index, config=config, force=force, jobs=jobs or processors(), progress=progress,
                decisions=decisions, train=train, stage=stage,
            )  # fmt: skip
    except KeyboardInterrupt:
        stands = "the old graph stands" if output.exists() else "nothing was made"
        click.echo(f"kg: stopped; {stands}", err=True)
        sys.exit(130)
    folder = result.folder
    if as_json:
        print_json({"graph": str(output), "unchanged": result.unchanged, "build": folder.manifest["build"],
                    "counts": folder.manifest["counts"], "ledger": result.totals,
                    "decisions": folder.manifest.get("decisions"), "training": folder.manifest.get("training")})  # fmt: skip
    else:
        click.echo(f"{output}: up to date, nothing to do" if result.unchanged else f"{output}: built")
        counts = folder.manifest["counts"]
        shown = ("document", "case", "mention", "node", "edge", "evidence", "finding")
        click.echo("  " + ", ".join(counted(counts[plural(name)], name) for name in shown))
        print_table(
            [(f"  {kind}", *(outcomes[o] for o in ("received", "kept", "merged", "set_aside")))
             for kind, outcomes in result.totals.items() if outcomes["received"]],
            ("  ledger", "received", "kept", "merged", "set aside"),
        )  # fmt: skip
        if told := folder.manifest.get("decisions"):
            rows = counted(told["rows"], "decision")
            click.echo(
                f"  {told['name']}: {rows}, {told['applied']} applied"
                + (f", {told['unreadable']} unreadable" if told["unreadable"] else "")
            )
    if learnt := folder.manifest.get("training"):
        _tell_training(learnt, quiet=as_json)
    for row in folder.rows("ledger"):
        if row["outcome"] == "set_aside" and row["kind"] == "file":
            click.echo(f"kg: warning: {row['input']} set aside: {row['reason']}", err=True)
    if result.set_aside:
        records = f"{counted(result.set_aside, 'record')} {plural('was', result.set_aside)}"
        click.echo(f"kg: {records} set aside; see: kg ledger {output} --set-aside", err=True)
        if strict:
            sys.exit(1)


def _tell_training(told: dict[str, Any], *, quiet: bool) -> None:
    """Print what was learnt, and warn of what was not; without the first where ``quiet``."""
    from kg.linking.nearest import KIND_NAMES

    if not quiet:
        own = f", {counted(told['left_out'], 'document')} of the build left out" if told["left_out"] else ""
        click.echo(f"  learnt from {counted(told['documents'], 'document')}{own}")
    for kind, account in told["pairs"].items():
        name, vocabulary = KIND_NAMES[kind], account["vocabulary"]
        if not quiet:
            elsewhere = (
                f", {account['elsewhere']} of them with a term that {vocabulary} lacks" if account["elsewhere"] else ""
            )
            click.echo(f"    {name}: {counted(account['learnt'], 'mention')}{elsewhere}")
        if not account["learnt"]:
            click.echo(f"kg: warning: nothing was learnt of {name}", err=True)
        if account["unresolved"]:
            pairs = f"{counted(account['unresolved'], 'mention')} {plural('was', account['unresolved'])}"
            shown = ", ".join(list(account["nowhere"])[:5]) + (", …" if len(account["nowhere"]) > 5 else "")
            click.echo(
                f"kg: warning: {pairs} not learnt from: their identifiers lead to no term ({shown})",
                err=True,
            )
    for row in told["set_aside"]:
        click.echo(f"kg: warning: {row['input']} set aside: {row['reason']}", err=True)
