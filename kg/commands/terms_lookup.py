"""`kg terms lookup`: single compounds, asked of PubChem itself."""

from __future__ import annotations

from dataclasses import asdict

import click

from kg.commands.common import json_option, print_json, wrapped


@click.command()
@click.argument("text")
@click.option("--most", type=click.IntRange(1), default=10, show_default=True,
              help="Of a name with more compounds only the first so many.")  # fmt: skip
@click.option("--offline", is_flag=True, help="Ask nobody; give what earlier look-ups have kept.")
@json_option
def lookup(text: str, most: int, offline: bool, as_json: bool) -> None:
    """Ask PubChem (PUG REST) for a compound: by CID, InChIKey or name.

    For a look at single compounds that no index holds; a build never asks a service. Answers are kept in the cache.
    CASEGRAPH_PUG_REST names another address of the service.
    """
    from kg.errors import UnknownNameError
    from kg.resources import cache_folder
    from kg.terms.pugrest import PugRest, look_up

    client = PugRest(cache=cache_folder() / "pugrest", offline=offline)
    terms = look_up(text, client, most=most)
    if not terms:
        raise UnknownNameError("compound", text, (), hint="(PubChem has none of this number, key or name)")
    if as_json:
        print_json([asdict(term) for term in terms])
        return
    for term in terms:
        click.secho(f"{term.curie}  {term.label}", bold=True)
        for key, value in term.properties:
            click.echo(wrapped(f"{key.replace('_', ' ')}: {value}", "  "))
        others = [name.text for name in term.names[1:]]
        shown = "; ".join(others[:12]) + (f"; and {len(others) - 12} more" if len(others) > 12 else "")
        if others:
            click.echo(wrapped(f"also: {shown}", "  "))
