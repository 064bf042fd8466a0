"""`kg terms`: what the ontologies say."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import json_option, print_json, print_table, wrapped

if TYPE_CHECKING:
    from kg.terms.index import TermIndex


def terms_option(function: click.decorators.FC) -> click.decorators.FC:
    """Add the option `--terms`: a compiled index in place of the bundled one."""
    return click.option(
        "--terms",
        "index_path",
        type=click.Path(path_type=Path),
        help="A compiled term index; the bundled slices without it.",
    )(function)


@click.group()
def terms() -> None:
    """Look into the ontologies that a build links to."""


@terms.command()
@terms_option
@json_option
def status(index_path: Path | None, as_json: bool) -> None:
    """Show the releases that the term index holds."""
    from kg.terms.bundled import open_index

    with open_index(index_path) as index:
        releases = index.releases()
    if as_json:
        print_json([asdict(release) for release in releases])
        return
    print_table(
        [
            (r.source, r.version.rsplit("/", 1)[-1], r.terms, "all" if r.complete else "slice", r.licence, r.owner)
            for r in releases
        ],
        ("source", "release", "terms", "extent", "licence", "owner"),
    )


@terms.command()
@click.argument("text")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Number of terms.")
@terms_option
@json_option
def search(text: str, limit: int, index_path: Path | None, as_json: bool) -> None:
    """Find the terms that bear a name, else those with a name that begins so."""
    from kg.errors import UnknownNameError
    from kg.terms.bundled import open_index

    with open_index(index_path) as index:
        hits = index.lookup(text) or index.names_by_prefix(text, limit)
        if not hits:
            raise UnknownNameError("name", text, index.suggest(text))
    if as_json:
        print_json([asdict(hit) for hit in hits[:limit]])
        return
    print_table([(h.curie, h.label, h.scope, h.name if h.name != h.label else "") for h in hits[:limit]],
                ("term", "label", "scope", "matched"))  # fmt: skip


@terms.command()
@click.argument("curie")
@terms_option
@json_option
def show(curie: str, index_path: Path | None, as_json: bool) -> None:
    """Show a term: names, parents and ancestors, mappings with their source, status."""
    from kg.curies import normalize
    from kg.errors import UnknownNameError
    from kg.terms.bundled import open_index

    with open_index(index_path) as index:
        term = index.term(normalize(curie) or curie)
        if term is None:
            raise UnknownNameError("term", curie, [], hint="(not in the term index; see: kg terms status)")
        ancestors = index.ancestors(term.curie)
        labels = {c: index.label(c) for c in (*ancestors, *term.mapped_to, *term.replaced_by)}
        mappings = index.mappings(term.curie)
        if as_json:
            print_json({**asdict(term), "ancestors": [{"curie": c, "label": labels[c]} for c in ancestors],
                        "mappings": [asdict(m) for m in mappings]})  # fmt: skip
            return
        click.secho(f"{term.curie}  {term.label}", bold=True)
        click.echo(f"  {term.category}" + ("  obsolete" if term.obsolete else ""))
        for successor in term.replaced_by:
            click.echo(f"  replaced by {successor} ({labels[successor]})")
        for name in term.names[1:]:
            click.echo(f"  {name.scope}: {name.text}")
        for heading in term.mapped_to:
            click.echo(f"  MeSH heading: {heading} ({labels[heading]})")
        for row in mappings:
            click.echo(wrapped(f"{row.subject_id} {row.predicate_id} {row.object_id} ({row.mapping_source})", "  "))
        if ancestors:
            click.echo("  ancestors:")
            _print_tree(index, term.curie, 2, set())


def _print_tree(index: TermIndex, curie: str, depth: int, shown: set[str]) -> None:
    """Print the parents of a term, each below its child; a branch that was shown already is not repeated."""
    for parent in index.parents(curie):
        again = parent in shown
        click.echo(
            f"{'  ' * depth}{parent}  {index.label(parent)}{'  (above)' if again and index.parents(parent) else ''}"
        )
        if not again:
            shown.add(parent)
            _print_tree(index, parent, depth + 1, shown)
