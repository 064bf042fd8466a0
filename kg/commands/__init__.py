"""The command line: one click module a command group, each thin.

Heavy libraries are imported by the command that needs them, so that help and completion stay quick.
"""

from __future__ import annotations

import signal
import sqlite3
import sys
from typing import Any

import click

from kg import __version__
from kg.commands.lazy import LazyGroup
from kg.errors import CasegraphError

#: Command -> (module in `kg.commands`, name of the click command in it), in the order of the help text.
COMMANDS = {
    "fetch": ("fetch", "fetch"),
    "build": ("build", "build"),
    "query": ("query", "query"),
    "audit": ("audit", "audit"),
    "why": ("why", "why"),
    "ledger": ("ledger", "ledger"),
    "discover": ("discover", "discover"),
    "export": ("export", "export"),
    "load": ("load", "load"),
    "neo4j": ("neo4j", "neo4j"),
    "verify": ("verify", "verify"),
    "terms": ("terms", "terms"),
    "evaluate": ("evaluate", "evaluate"),
    "demo": ("demo", "demo"),
    "completion": ("completion", "completion"),
}


@click.group(
    cls=LazyGroup,
    commands_from=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="kg")
def cli() -> None:
    """Turn annotated clinical case reports into a knowledge graph that can be trusted.

    Start with `kg build PAGES -o GRAPH`, then ask with `kg query GRAPH --list`.
    """


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def main(argv: list[str] | None = None) -> Any:
    """Run the command line; the entry point of `kg`.

    Errors that casegraph raises on purpose are printed in one line and exit with 2 (the call was wrong) or
    1 (it was right, and failed). A defect of the program is not caught: its traceback is wanted.
    """
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            # Ended from outside, a command still clears away what it was at.
            signal.signal(getattr(signal, name), _end)
    try:
        return cli.main(args=argv, prog_name="kg")
    except CasegraphError as error:
        click.echo(f"kg: {error}", err=True)
        sys.exit(error.exit_code)
    except sqlite3.DatabaseError as error:
        # An index or a cache of ours whose pages were damaged from outside.
        click.echo(f"kg: a term index is damaged ({error}); compile it again, or empty the cache", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is no error of ours.
        sys.stderr.close()
        sys.exit(0)
