"""What the commands of `kg fetch` share: options, a bar, the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.commands.common import json_option, print_json, wrapped
from kg.wording import counted

if TYPE_CHECKING:
    from kg.live.report import FetchReport
    from kg.live.searching import Progress
    from kg.live.service import Service

F = TypeVar("F", bound=Callable[..., Any])

#: So many missing documents are listed for a reader; `--json` and the manifest list all.
_LISTED = 50


def service_options(rate: float, variable: str) -> Callable[[F], F]:
    """Add the options of how a service is asked.

    Args:
        rate: requests a second that its owner allows; slower is always possible.
        variable: of the environment, names a mirror.
    """

    def add(function: F) -> F:
        for option in reversed((
            click.option("--refresh", is_flag=True, help="Ask also for what is there, or was not to be had."),
            click.option("--rate", type=click.FloatRange(0, rate, min_open=True), default=rate, show_default=True,
                         help="Requests a second."),
            click.option("--timeout", type=click.FloatRange(0, min_open=True), default=60.0, show_default=True,
                         help="Seconds to wait for the next byte."),
            click.option("--attempts", type=click.IntRange(1, 20), default=6, show_default=True,
                         help="How often one answer is asked for."),
            click.option("--url", default="", metavar="URL", help=f"A mirror of the service; else ${variable}."),
        )):  # fmt: skip
            function = option(function)
        return json_option(function)

    return add


def open_asked_service(
    url: str, variable: str, owners: str, *, rate: float, timeout: float, attempts: int
) -> Service:  # fmt: skip
    """Return the service that a command asks.

    Raises:
        InputError: if its address is none.
    """
    from dataclasses import replace

    from kg.live.service import ANSWERS, address, open_service

    limits = replace(ANSWERS, read=timeout, connect=min(timeout, ANSWERS.connect), attempts=attempts)
    watched = sys.stderr.isatty()
    return open_service(address(url, variable, owners), rate, limits=limits, tell=_tell if watched else None)


def _tell(text: str) -> None:
    click.echo(f"\nkg: {text}", err=True)


@contextmanager
def fetch_bar() -> Iterator[Progress]:
    """Yield what draws a bar on a terminal; an interruption ends the program in an orderly way."""
    bar = click.progressbar(length=1, label="Fetching", file=sys.stderr, hidden=not sys.stderr.isatty())

    def progress(done: int, everything: int, label: str) -> None:
        if label != bar.label or done < bar.pos:
            # From searching to fetching: the bar begins anew.
            bar.label, bar.pos, bar.finished = label, 0, False
        bar.length = max(everything, 1)
        bar.update(done - bar.pos)

    try:
        with bar:
            yield progress
    except KeyboardInterrupt:
        click.echo("kg: interrupted; what has come is kept, and the same command goes on with it", err=True)
        sys.exit(130)


def show(report: FetchReport, place: Path, as_json: bool) -> None:
    """Print a report and exit: with 1 where something is missing."""
    if as_json:
        print_json({**report.as_dict(), "output": str(place)})
    else:
        _print(report, place)
    for note in report.notes:
        click.echo(wrapped(f"kg: note: {note}"), err=True)
    if report.aside:
        click.echo(wrapped(f"kg: came unasked and was set aside: {', '.join(report.aside)}"), err=True)
    for one in report.missing[:_LISTED]:
        click.echo(f"kg: missing: {one.id}: {one.reason}: {one.message}", err=True)
    if len(report.missing) > _LISTED:
        more = len(report.missing) - _LISTED
        click.echo(f"kg: and {more:,} more are missing; {report.folder / 'fetch.manifest'} lists all", err=True)
    if not report.whole:
        sys.exit(1)


def _print(report: FetchReport, place: Path) -> None:
    counts = f"{len(report.fetched):,} fetched, {len(report.kept):,} there already, {len(report.missing):,} missing"
    asked = counted(report.asked, "document", separate=True)
    click.echo(f"{place}: {asked} asked for: {counts} ({counted(report.requests, 'request', separate=True)})")
    if report.found is not None:
        click.echo(f"  the search finds {counted(report.found, 'document', separate=True)}")
    if report.twice:
        click.echo(f"  came twice in one answer, kept once: {', '.join(report.twice)}")
    for licence, count in report.licences.items():
        click.echo(f"  licence {licence}: {count:,}")
