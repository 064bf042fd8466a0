"""What the commands of `kg evaluate` share: the corpus, the file of errors, the end of the report."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from kg.commands.common import print_json
from kg.errors import InputError

F = TypeVar("F", bound=Callable[..., Any])

Write = Callable[[tuple[str, ...]], None]


class Report(Protocol):
    """A report of an evaluation, as far as every one is shown alike."""

    @property
    def set_aside(self) -> Sequence[tuple[str, str]]:
        """Inputs that could not be read, and why."""

    def as_dict(self) -> dict[str, Any]:
        """Return the report for scripts."""


R = TypeVar("R", bound=Report)


def gold_option(holds: str) -> Callable[[F], F]:
    """Add the option `--gold`, given to the command as ``paths``.

    Args:
        holds: what a corpus must hold.
    """
    text = f"A file or folder with {holds}, of any format that `kg build` reads. Can be repeated."
    return click.option("--gold", "paths", metavar="CORPUS", multiple=True, required=True, help=text)


@contextmanager
def table_file(path: Path | None, columns: Sequence[str]) -> Iterator[Write | None]:
    """Open a tab-separated file and give what writes a row to it; None where no file is wanted.

    Raises:
        InputError: if it cannot be written.
    """
    if path is None:
        yield None
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}", value=str(path)) from error
    with file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        writer.writerow(columns)
        yield writer.writerow


def print_report(report: R, show: Callable[[R], object], as_json: bool) -> None:
    """Print a report as JSON or as its command shows it, and warn of what could not be read."""
    if as_json:
        print_json(report.as_dict())
    else:
        show(report)
    for name, reason in report.set_aside:
        click.echo(f"kg: warning: {name} set aside: {reason}", err=True)
