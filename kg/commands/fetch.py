"""`kg fetch`: annotated documents from the services that have them."""

from __future__ import annotations

import click

from kg.commands.lazy import LazyGroup

#: Command -> (module in `kg.commands`, name of the click command in it), in the order of the help text.
COMMANDS = {
    "pubtator": ("fetch_pubtator", "pubtator"),
    "europepmc": ("fetch_europepmc", "europepmc"),
}


@click.group(cls=LazyGroup, commands_from=COMMANDS)
def fetch() -> None:
    """Get documents from the services that have them, as files that `kg build` reads."""
