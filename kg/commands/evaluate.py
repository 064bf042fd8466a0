"""`kg evaluate`: how right casegraph is on a corpus with annotations of people."""

from __future__ import annotations

import click

from kg.commands.lazy import LazyGroup

#: Command -> (module in `kg.commands`, name of the click command in it), in the order of the help text.
COMMANDS = {
    "statements": ("evaluate_statements", "statements"),
    "recognition": ("evaluate_recognition", "recognition"),
    "audit": ("evaluate_audit", "audit"),
    "linking": ("evaluate_linking", "linking"),
}


@click.group(cls=LazyGroup, commands_from=COMMANDS)
def evaluate() -> None:
    """Compare what casegraph makes of a corpus with the corpus's own annotations.

    A corpus is any file that `kg build` reads.
    """
