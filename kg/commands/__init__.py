"""The command line: one click module a command group, each thin.

Heavy libraries are imported by the command that needs them, so that help and completion stay quick.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from kg import __version__
from kg.errors import CasegraphError, close_matches

#: Command -> (module in `kg.commands`, name of the click command in it), in the order of the help text.
COMMANDS = {
    "build": ("build", "build"),
    "query": ("query", "query"),
    "audit": ("audit", "audit"),
    "why": ("why", "why"),
    "ledger": ("ledger", "ledger"),
    "discover": ("discover", "discover"),
    "export": ("export", "export"),
    "load": ("load", "load"),
    "terms": ("terms", "terms"),
    "demo": ("demo", "demo"),
    "completion": ("completion", "completion"),
}


class _Group(click.Group):
    """A group that imports a command when it is called, and knows near misses."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"kg.commands.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = close_matches(args[0], COMMANDS)
            if not near or "No such command" not in error.message:
                raise
            message = f"No such command {args[0]!r}. Did you mean {' or '.join(near)}?"
            raise click.UsageError(message, ctx=ctx) from error


@click.command(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kg")
def cli() -> None:
    """Turn annotated clinical case reports into a knowledge graph that can be trusted.

    Start with `kg build PAGES -o GRAPH`, then ask with `kg query GRAPH --list`.
    """


def main(argv: list[str] | None = None) -> Any:
    """Run the command line; the entry point of `kg`.

    Errors that casegraph raises on purpose are printed in one line and exit with 2 (the call was wrong) or
    1 (it was right, and failed). A defect of the program is not caught: its traceback is wanted.
    """
    try:
        return cli.main(args=argv, prog_name="kg")
    except CasegraphError as error:
        click.echo(f"kg: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is no error of ours.
        sys.stderr.close()
        sys.exit(0)
