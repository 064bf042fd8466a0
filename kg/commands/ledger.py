"""`kg ledger`: what became of every record that came in."""

from __future__ import annotations

import click

from kg.commands.common import graph_argument, json_option, print_json, print_table
from kg.graph.store import GraphFolder


@click.command()
@graph_argument
@click.option("--set-aside", "only", flag_value="set_aside", help="List the records that were set aside.")
@click.option("--merged", "only", flag_value="merged", help="List the records that were merged into others.")
@json_option
def ledger(folder: GraphFolder, only: str | None, as_json: bool) -> None:
    """Show what came in, was kept, merged and set aside, by input and kind of record."""
    from kg.graph.ledger import OUTCOMES, total

    rows = list(folder.rows("ledger"))
    details = [row for row in rows if row["outcome"] in ({only} if only else {"merged", "set_aside"})]
    if as_json:
        by_input: dict[str, dict[str, dict[str, int]]] = {}
        for row in rows:
            kinds = by_input.setdefault(row["input"], {})
            counts = kinds.setdefault(row["kind"], dict.fromkeys(OUTCOMES, 0))
            counts[row["outcome"]] += row["count"]
        print_json({"totals": total(rows), "inputs": by_input, "records": details})
        return
    if only:
        print_table(
            [(f"{row['input']}:{row['line'] or ''}".rstrip(":"), row["kind"], row["count"], row["reason"], row["text"])
             for row in details],
            ("where", "kind", "count", "reason", "text"),
        )  # fmt: skip
        return
    totals = total(rows)
    print_table(
        [(kind, *counts.values()) for kind, counts in totals.items()],
        ("kind", *(o.replace("_", " ") for o in OUTCOMES)),
    )
    reasons: dict[tuple[str, str, str], int] = {}
    for row in details:
        key = (row["outcome"].replace("_", " "), row["kind"], row["reason"])
        reasons[key] = reasons.get(key, 0) + row["count"]
    if reasons:
        click.echo()
        print_table([(*key, count) for key, count in sorted(reasons.items())], ("outcome", "kind", "reason", "count"))
