"""`kg audit`: what the audit found about the source's annotations, and what curators say to it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.audit_decide import Wishes, decide
from kg.commands.common import graph_argument, json_option, wrapped
from kg.errors import InputError
from kg.graph.store import GraphFolder
from kg.wording import counted, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.views.audit.report import Item, Report

_RANK = ("error", "warning", "info")
_COLOUR = {"error": "red", "warning": "yellow", "info": "blue"}
_FORMATS = ("text", "json", "tsv", "sarif", "html")
#: Documents of one group that the text names.
_NAMED = 3


@click.command()
@graph_argument
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Only findings of this code; may be repeated.")
@click.option("--severity", type=click.Choice(_RANK), help="Only findings this severe or more.")
@click.option("--document", metavar="ID", help="Only findings of this document: its identifier or the input's name.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Show so many at most (html: 10000); text counts equal findings as one.",
)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="text without it.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.option("--base", metavar="PATH", default="", help="sarif: what stands before the names of inputs.")
@click.option(
    "--sources",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="sarif: the folder that was built, for columns and fixes; --base, or this folder, without it.",
)
@click.option(
    "--fail-on", type=click.Choice(_RANK),
    help="Exit with 1 where a finding of the codes and the document asked for is this severe or more.",
)  # fmt: skip
@click.option("--accept", multiple=True, metavar="SELECTOR", help="Decide that the asserted identifier stands.")
@click.option("--reject", multiple=True, metavar="SELECTOR", help="Decide that nothing is linked.")
@click.option("--remap", multiple=True, metavar="SELECTOR=CURIE", help="Decide which term is meant.")
@click.option("--accept-all", is_flag=True, help="Accept all findings that --code, --severity, --document leave.")
@click.option("--remap-all", is_flag=True, help="Take what is suggested for all of those that suggest something.")
@click.option("--scope", type=click.Choice(["mention", "document", "surface", "identifier"]), default="mention",
              show_default=True, help="How far a decision about a finding reaches.")  # fmt: skip
@click.option("--decisions", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The curators' file to add decisions to; kg build --decisions reads it.")  # fmt: skip
@click.option(
    "--terms",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The term index that the graph was built with, which knows what --remap names; the bundled slices without it.",
)
@click.option("--curator", metavar="NAME", default="", help="Who decides: a name or an ORCID.")
@click.option("--comment", metavar="TEXT", default="", help="Why.")
@click.option("--date", metavar="YYYY-MM-DD", type=click.DateTime(["%Y-%m-%d"]), help="When; today without it.")
@json_option
def audit(folder: GraphFolder, codes: tuple[str, ...], severity: str | None, document: str | None, limit: int | None,
          form: str | None, output: Path | None, base: str, sources: Path | None, fail_on: str | None, as_json: bool,
          decisions: Path | None, **wishes: object) -> None:  # fmt: skip
    """Show what does not hold about the source's identifiers, why, and what is suggested instead.

    Equal findings of several documents are shown once. With --accept, --reject, --remap a decision is written to a file
    (docs/audit.md). A SELECTOR is a finding's identifier or its beginning, as shown in brackets; or surface:TEXT,
    identifier:CURIE.

    \b
    Examples:
      kg audit graph --severity error
      kg audit graph --format html -o audit.html
      kg audit graph --remap 91cf98b9=MONDO:0009807 --curator "A. Name" --decisions decisions.tsv
    """
    from kg.views.audit.report import Report, Selection

    if as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json and --format {form} contradict each other")
    report = Report(folder, Selection(codes, severity, document))
    asked = Wishes.of(wishes)
    if asked:
        decide(report, asked, decisions, filtered=bool(codes or severity or document))
    elif decisions:
        raise click.UsageError("--decisions is for --accept, --reject and --remap; kg build --decisions applies it")
    else:
        show(report, "json" if as_json else form or "text", output, limit, base, sources)
    if fail_on and report.fails(fail_on):
        sys.exit(1)


def show(report: Report, form: str, output: Path | None, limit: int | None, base: str, sources: Path | None) -> None:
    """Print a report or write it to a file."""
    if form == "text" and output is None:
        _print_all(report, limit)
        return
    text = _rendered(report, form, limit, base, sources)
    if output is None:
        click.echo(text, nl=False)
        return
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        part.write_bytes(text.encode("utf-8", "replace"))
        part.replace(output)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}", value=str(output)) from error
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"{output}: {counted(len(report), 'finding')}", err=True)


def _rendered(report: Report, form: str, limit: int | None, base: str, sources: Path | None) -> str:
    items = report.items[:limit]
    if form == "json":
        from kg.views.audit.tables import json_text

        return json_text(items)
    if form == "tsv":
        from kg.views.audit.tables import tsv_lines

        return "".join(tsv_lines(items))
    if form == "sarif":
        from kg.views.audit.sarif import sarif_text
        from kg.views.audit.sources import find_places

        manifest = report.folder.manifest
        return sarif_text(items, manifest, base, find_places(items, sources or Path(base), manifest))
    if form == "html":
        from kg.views.audit.page import LIMIT, page_text

        return page_text(report.groups(), report.folder.manifest, limit=limit or LIMIT)
    return "".join(f"{line}\n" for group in report.groups()[:limit] for line in (*_lines(group), ""))


def _print_all(report: Report, limit: int | None) -> None:
    groups = report.groups()
    for group in groups[:limit]:
        first, *lines = _lines(group)
        words = first.split(" ", 2)
        click.secho(" ".join(words[:2]), fg=_COLOUR[words[0]], bold=True, nl=False)
        click.echo(" " + words[2])
        click.echo("\n".join(lines) + "\n")
    if left := sum(map(len, groups[limit:] if limit else ())):
        click.echo(f"… {left} more; see them with a higher --limit\n")
    counts = report.counts
    click.echo(f"{counted(len(report), 'finding')}: " + ", ".join(f"{n} {s}" for s, n in counts.items()))


def _lines(group: Sequence[Item]) -> list[str]:
    """Return the lines of one group: what, where, why, and what is suggested."""
    item = group[0]
    row = item.finding
    documents = list(dict.fromkeys(i.finding["document"] for i in group if i.finding["document"]))
    where = ", ".join(documents[:_NAMED]) or "ontologies"
    if row["code"].startswith("decision"):
        where = "curators' file"
    if len(documents) > _NAMED:
        where += f" and {len(documents) - _NAMED} more"
    if len(documents) > 1:
        where = f"× {len(documents)} documents: {where}"
    elif len(group) > 1:
        where += f" × {len(group)} {plural('mention', len(group))}"
    at = f" {item.input}:{item.line}" if item.line and len(documents) == 1 and len(group) == 1 else ""
    lines = [f"{row['severity']} {row['code']}  {where}{at} [{item.short}]", wrapped(row["message"], "  ")]
    lines += [wrapped(f"{reason['check']}: {reason['statement']}", "    - ") for reason in row["reasons"]]
    if row["suggested"]:
        name = f" ({row['suggested_name']})" if row["suggested_name"] else ""
        sure = f", {item.confidence} confidence" if item.confidence else ""
        lines.append(wrapped(f"suggested: {row['suggested']}{name}{sure}", "    "))
    return lines
