"""What the commands share: arguments, printing, wrapping."""

from __future__ import annotations

import json
import math
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.graph.store import GraphFolder

F = TypeVar("F", bound=Callable[..., Any])


def graph_argument(function: F) -> F:
    """Add the argument DIR: a graph folder, opened as `folder`."""
    return click.argument("folder", metavar="DIR", type=click.Path(path_type=Path), callback=_open)(function)


def json_option(function: F) -> F:
    """Add the flag `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(function)


class Seconds(click.FloatRange):
    """Seconds: a number from 0 to a year. No "nan" and no "inf", which compare as no number does."""

    name = "seconds"

    def __init__(self) -> None:
        super().__init__(0.0, 366 * 86_400.0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds that a value says."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return float(number)


def neo4j_options(function: F) -> F:
    """Add the options that say which database of which Neo4j server: uri, user, password_file, database."""
    for option in (
        click.option("--database", metavar="NAME", help="Name of the database; else NEO4J_DATABASE, else neo4j."),
        click.option(
            "--password-file",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help="File whose first line is the password; else NEO4J_PASSWORD holds it.",
        ),
        click.option("--user", metavar="NAME", help="User name; else NEO4J_USERNAME, else neo4j."),
        click.option("--uri", metavar="URI", help="Address of the server; else NEO4J_URI, else bolt://localhost:7687."),
    ):
        function = option(function)
    return function


def _open(_ctx: click.Context, _param: click.Parameter, value: Path) -> GraphFolder:
    return GraphFolder(value)


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def width() -> int:
    """Return the width to wrap at: the terminal's, 100 where there is none."""
    return min(shutil.get_terminal_size((100, 24)).columns, 140) if sys.stdout.isatty() else 100


def wrapped(text: str, indent: str = "", hang: str = "  ") -> str:
    """Return text wrapped to the terminal.

    >>> wrapped("a b", indent="> ")
    '> a b'
    """
    below = " " * len(indent) + ("" if indent.endswith("- ") else hang)
    return textwrap.fill(text, width(), initial_indent=indent, subsequent_indent=below, break_long_words=False,
                         break_on_hyphens=False)  # fmt: skip


def heading(text: str) -> None:
    """Print a heading, bold on a terminal."""
    click.echo()
    click.secho(text, bold=True)


def print_table(rows: Iterable[Sequence[object]], header: Sequence[str]) -> None:
    """Print a small table with aligned columns; the last column may run on."""
    cells = [[str(h) for h in header], *([("" if c is None else str(c)) for c in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for i, row in enumerate(cells):
        line = "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        click.secho(line, bold=i == 0)


def read_reasons(text: str) -> list[dict[str, str]]:
    """Return the reasons of a link or finding row."""
    loaded: list[dict[str, str]] = json.loads(text or "[]")
    return loaded
