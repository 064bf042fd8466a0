"""`kg terms fetch`: the owners' full releases."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.common import json_option, print_json, print_table, wrapped

if TYPE_CHECKING:
    from kg.terms.releases import FetchReport
    from kg.terms.transfer import Progress


@click.command()
@click.argument("names", metavar="[mondo|mesh|pubchem|mappings|all|FILE]...", nargs=-1)
@click.option("--release", "releases", multiple=True, metavar="[SOURCE=]RELEASE",
              help="A release: a date for Mondo (2026-05-05), a year for MeSH (2026). The newest without.")  # fmt: skip
@click.option("--mirror", default="", metavar="URL|FOLDER",
              help="Ask this address in place of the owners' hosts, or take the files from a folder.")  # fmt: skip
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False),
              help="One folder for the files and their sources.toml; without it each release has its own in the cache.")  # fmt: skip
@click.option("--format", "formats", multiple=True, type=click.Choice(["obo", "json", "owl", "xml", "rdf"]),
              help="obo, json or owl for Mondo (obo without); xml or rdf for MeSH (xml without).")  # fmt: skip
@click.option("--all-files", is_flag=True,
              help="Also the files that are fetched by name only: PubChem's synonyms, SMILES and InChI keys (gigabytes).")  # fmt: skip
@click.option("--max-size", type=click.FloatRange(min=0, min_open=True), default=20.0, show_default=True, metavar="GB",
              help="Refuse a file that is larger.")  # fmt: skip
@click.option("--offline", is_flag=True, help="Ask nobody; take what the cache, --to or a --mirror folder has.")
@click.option("--list", "list_files", is_flag=True, help="List the files, their owners and sizes, and fetch nothing.")
@json_option
def fetch(
    names: tuple[str, ...],
    releases: tuple[str, ...],
    mirror: str,
    folder: Path | None,
    formats: tuple[str, ...],
    all_files: bool,
    max_size: float,
    offline: bool,
    list_files: bool,
    as_json: bool,
) -> None:
    """Fetch the owners' full releases, whole and checked, and pin them in a sources.toml.

    What was interrupted goes on with the next call. Where an owner cannot be reached, the release in the cache takes
    its place. Exits with 1 if something that is asked for is not to be had at all.
    """
    if list_files:
        _list(as_json)
        return
    from kg.terms.releases import fetch as fetch_releases
    from kg.transfer import Limits

    try:
        with _bars() as progress:
            report = fetch_releases(names, folder, releases=releases, mirror=mirror, formats=formats,
                                    all_files=all_files, offline=offline, progress=progress,
                                    limits=Limits(max_bytes=int(max_size * 1e9)))  # fmt: skip
    except KeyboardInterrupt:
        click.echo("kg: interrupted; what has come is kept, and the same command goes on with it", err=True)
        sys.exit(130)
    if as_json:
        print_json(report.as_dict())
    else:
        _print(report)
    if report.missing:
        sys.exit(1)


def _print(report: FetchReport) -> None:
    print_table(
        [(f.source, f.file, f.version, f.status, megabytes(f.size) if f.status != "missing" else "",
          f.checked_by or "") for f in report.files],
        ("source", "file", "release", "status", "size", "checked by"),
    )  # fmt: skip
    for file in report.files:
        if file.status == "cached":
            click.echo(wrapped(f"{file.file} is the cache's: {file.reason}"), err=True)
        elif file.status == "missing":
            click.echo(wrapped(f"missing: {file.file}: {file.reason}" + (f"; {file.advice}" if file.advice else "")),
                       err=True)  # fmt: skip
    for folder in report.folders:
        click.echo(f"in {folder}")


def _list(as_json: bool) -> None:
    from dataclasses import asdict

    from kg.terms.release_catalogue import read_catalogue

    catalogue = read_catalogue()
    if as_json:
        print_json([asdict(publisher) for publisher in catalogue])
        return
    print_table(
        [(p.key, f.name, f.format, f"{f.mb} MB" if f.mb else "", "" if f.default else "by name", p.licence, p.owner)
         for p in catalogue for f in p.files],
        ("source", "file", "format", "about", "fetched", "licence", "owner"),
    )  # fmt: skip


def megabytes(size: int) -> str:
    """Return a size for people.

    >>> megabytes(16_300_000), megabytes(300)
    ('16.3 MB', '300 B')
    """
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size:,} B"


@contextmanager
def _bars() -> Iterator[Progress | None]:
    """Yield what draws one bar a file on a terminal; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    with contextlib.ExitStack() as stack:
        state: dict[str, Any] = {"file": None, "bar": None, "at": 0}

        def draw(file: str, received: int, total: int, /) -> None:
            if file != state["file"]:
                stack.close()
                label = f"{file} {megabytes(total)}" if total else file
                bar = click.progressbar(
                    length=max(total, received, 1), label=label, file=sys.stderr, show_percent=bool(total)
                )
                state.update(file=file, bar=stack.enter_context(bar), at=0)
            if received < state["at"]:
                # The server began again from the start.
                state["bar"].pos = 0
                state["at"] = 0
            state["bar"].update(received - state["at"])
            state["at"] = received

        yield draw
