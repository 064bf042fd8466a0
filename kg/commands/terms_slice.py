"""`kg terms slice`, `kg terms export`: a part of the ontologies as files of the owners' formats."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from kg.commands.common import json_option, print_json
from kg.commands.terms import compiled, spelled, terms_option
from kg.curies import prefixes as known_prefixes

_SHOWN = 10


@click.command("slice")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--for", "choice_path", type=click.Path(path_type=Path), metavar="CHOICE",
              help="What to slice for: a TOML file such as ontologies/slice.toml (the default), a folder of case "
              "pages, or a text file with a name or identifier in each line.")  # fmt: skip
@click.option("--terms", "index_path", type=click.Path(path_type=Path), help="A compiled term index in place of FILEs.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="The folder to write the slice to."
)
@json_option
def slice_(files: tuple[str, ...], choice_path: Path | None, index_path: Path | None, output: Path,
           as_json: bool) -> None:  # fmt: skip
    """Cut a slice out of full releases: FILEs, or the index that was compiled of them.

    The slice holds what is chosen, all ancestors, and what the chosen terms refer to; identifiers, names,
    hierarchy, successors and mappings, no definitions. The same files and choice give the same slice.
    """
    from kg.resources import data_folder
    from kg.terms.choices import read_choice
    from kg.terms.index import TermIndex
    from kg.terms.slices import slice_index

    if bool(files) == bool(index_path):
        raise click.UsageError("Name the full FILEs, or with --terms the index that was compiled of them.")
    choice = read_choice(choice_path or data_folder("ontologies") / "slice.toml")
    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder:
        made = index_path or _compiled(files, Path(folder) / "full.sqlite")
        with TermIndex(made) as index:
            report = slice_index(index, output, choice)
    if as_json:
        print_json({"folder": str(output), **asdict(report)})
    else:
        counts = ", ".join(f"{count:,} {source}" for source, count in report.terms.items())
        click.echo(f"{output}: {counts} terms, {report.mappings:,} mappings")
        click.echo(f"use it: kg terms compile {output} -o INDEX")
    if report.unknown:
        shown = ", ".join(report.unknown[:_SHOWN]) + (", ..." if len(report.unknown) > _SHOWN else "")
        click.echo(f"kg: warning: {len(report.unknown)} of the names and identifiers are not in the releases: {shown}",
                   err=True)  # fmt: skip


@click.command()
@click.option("--prefix", required=True, help="Prefix of the terms, such as MONDO.")
@click.option("--format", "kind", type=click.Choice(["obo", "json"]), default="obo", show_default=True,
              help="OBO 1.4, or OBO Graphs JSON.")  # fmt: skip
@click.option("-o", "--output", default="-", show_default=True, metavar="FILE", help="The file to write; - prints it.")
@terms_option
def export(prefix: str, kind: str, output: str, index_path: Path | None) -> None:
    """Write the terms of one prefix as an ontology file: names, hierarchy, status, mappings."""
    from kg.errors import InputError, TermsError
    from kg.terms.bundled import open_index
    from kg.terms.ontology import export_terms

    with open_index(index_path) as index:
        (held,) = spelled([prefix], filter(index.source_of_prefix, known_prefixes()))
        if output == "-":
            export_terms(index, held, sys.stdout.buffer, kind)
            return
        target = Path(output)
        if target.exists() and (not target.is_file() or target.samefile(index.path)):
            raise InputError(f"{output} is the index itself or no file; give another place with -o", value=output)
        partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
        try:
            with partial.open("wb") as file:
                export_terms(index, held, file, kind)
            partial.replace(target)
        except OSError as error:
            raise TermsError(f"{output} cannot be written: {error.strerror or error}", value=output) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        click.echo(f"{output}: {sum(1 for _ in index.curies(held)):,} terms")


def _compiled(files: tuple[str, ...], path: Path) -> Path:
    from kg.errors import TermsError

    report = compiled(files, path)
    if report.damaged:
        raise TermsError(f"{report.damaged[0].file}: {report.damaged[0].message}; a slice needs sound files",
                         value=report.damaged[0].file)  # fmt: skip
    return path
