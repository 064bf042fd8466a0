"""`kg ledger`: what became of every record that came in."""

from __future__ import annotations

import click

from kg.commands.common import graph_argument, json_option, print_json, print_table
from kg.graph.store import GraphFolder

_BY_INPUT = ("input", "kind", "outcome", "reason")


@click.command()
@graph_argument
@click.option("--set-aside", is_flag=True, help="List the records that were set aside.")
@click.option("--merged", is_flag=True, help="List the records that were merged into others.")
@json_option
def ledger(folder: GraphFolder, set_aside: bool, merged: bool, as_json: bool) -> None:
    """Show what came in, was kept, merged and set aside, by input and kind of record."""
    from kg.graph.ledger import OUTCOMES, total

    only = {name for name, asked in (("set_aside", set_aside), ("merged", merged)) if asked}
    wanted = only or {"merged", "set_aside"}
    if only and not as_json:
        print_table(
            [(f"{row['input']}:{row['line'] or ''}".rstrip(":"), row["kind"], row["count"], row["reason"], row["text"])
             for row in folder.rows("ledger") if row["outcome"] in wanted],
            ("where", "kind", "count", "reason", "text"),
        )  # fmt: skip
        return
    reasons: dict[tuple[str, ...], int] = {}
    for row in folder.rows("ledger"):
        if row["outcome"] in wanted:
            # By input for scripts; a reader is shown the whole.
            key = (row["outcome"], row["kind"], row["reason"]) if not as_json else tuple(row[c] for c in _BY_INPUT)
            reasons[key] = reasons.get(key, 0) + row["count"]
    totals = total(folder.rows("ledger"))
    if as_json:
        by_input: dict[str, dict[str, dict[str, int]]] = {}
        for row in folder.rows("ledger"):
            kinds = by_input.setdefault(row["input"], {})
            counts = kinds.setdefault(row["kind"], dict.fromkeys(OUTCOMES, 0))
            counts[row["outcome"]] += row["count"]
        told = [{**dict(zip(_BY_INPUT, key, strict=True)), "count": count} for key, count in sorted(reasons.items())]
        details = [row for row in folder.rows("ledger") if row["outcome"] in wanted]
        print_json({"totals": totals, "inputs": by_input, "reasons": told, "records": details})
        return
    print_table(
        [(kind, *counts.values()) for kind, counts in totals.items() if counts["received"]],
        ("kind", *(o.replace("_", " ") for o in OUTCOMES)),
    )
    if reasons:
        click.echo()
        print_table(
            [(outcome.replace("_", " "), *key, count) for (outcome, *key), count in sorted(reasons.items())],
            ("outcome", "kind", "reason", "count"),
        )
