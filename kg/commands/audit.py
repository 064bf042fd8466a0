"""`kg audit`: what the audit found about the source's annotations."""

from __future__ import annotations

import sys

import click

from kg.commands.common import graph_argument, json_option, print_json, read_reasons, wrapped
from kg.graph.store import GraphFolder

_RANK = {"error": 0, "warning": 1, "info": 2}
_COLOUR = {"error": "red", "warning": "yellow", "info": "blue"}


@click.command()
@graph_argument
@click.option("--code", help="Only findings of this code.")
@click.option("--severity", type=click.Choice(list(_RANK)), help="Only findings this severe or more.")
@click.option("--fail-on", type=click.Choice(list(_RANK)), help="Exit with 1 where a finding is this severe or more.")
@json_option
def audit(folder: GraphFolder, code: str | None, severity: str | None, fail_on: str | None, as_json: bool) -> None:
    """Show what does not hold about the source's identifiers, why, and what is suggested instead."""
    from kg.errors import UnknownNameError

    findings = sorted(
        folder.rows("findings"), key=lambda f: (_RANK[f["severity"]], f["document"] or "", f["code"], f["id"])
    )
    if code and findings and code not in {f["code"] for f in findings}:
        raise UnknownNameError("code", code, {f["code"] for f in findings})
    shown = [
        f for f in findings
        if (not code or f["code"] == code) and (not severity or _RANK[f["severity"]] <= _RANK[severity])
    ]  # fmt: skip
    if as_json:
        print_json([{**f, "reasons": read_reasons(f["reasons"])} for f in shown])
    else:
        for finding in shown:
            _print(finding)
        counts = {s: sum(f["severity"] == s for f in shown) for s in _RANK}
        click.echo(f"{len(shown)} findings: " + ", ".join(f"{n} {s}" for s, n in counts.items()))
    if fail_on and any(_RANK[f["severity"]] <= _RANK[fail_on] for f in findings):
        sys.exit(1)


def _print(finding: dict[str, str]) -> None:
    click.secho(f"{finding['severity']} {finding['code']}", fg=_COLOUR[finding["severity"]], bold=True, nl=False)
    click.echo(f"  {finding['document'] or 'ontologies'}")
    click.echo(wrapped(finding["message"], "  "))
    for reason in read_reasons(finding["reasons"]):
        click.echo(wrapped(f"{reason['check']}: {reason['statement']}", "    - "))
    if finding["suggested"]:
        click.echo(wrapped(f"suggested: {finding['suggested']} ({finding['suggested_name']})", "    "))
    click.echo()
