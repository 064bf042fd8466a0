"""`kg terms diff`: what changed between two releases."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.common import heading, json_option, print_table
from kg.commands.terms import compiled, spelled, version_name
from kg.curies import prefixes as known_prefixes
from kg.errors import TermsError

if TYPE_CHECKING:
    from kg.terms.diff import Diff

_TITLES = {
    "added": "New", "gone": "Gone", "renamed": "Renamed", "obsoleted": "Obsoleted", "revived": "Revived",
    "reparented": "Other parents", "mappings": "Mappings",
}  # fmt: skip


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--prefix", "prefixes", multiple=True, help="Only terms with this prefix, such as MESH. May be repeated.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    help="Number of changes of each kind that are listed; 0 lists all.  [default: 10; with --json all]",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 where they differ, as other diff programs do.")
@json_option
def diff(old: str, new: str, prefixes: tuple[str, ...], limit: int | None, exit_code: bool, as_json: bool) -> None:
    """Show what changed between two releases: terms, labels, parents, mappings.

    OLD and NEW are compiled indexes, ontology files or folders of them; files are compiled on the fly, and
    identifiers of OLD that NEW lacks then fall forward where a fact allows it.
    """
    from kg.terms.diff import Diff
    from kg.terms.index import TermIndex

    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder:
        first = _as_index(old, Path(folder) / "old.sqlite", ())
        second = _as_index(new, Path(folder) / "new.sqlite", (first,))
        with TermIndex(first) as one, TermIndex(second) as other:
            held = [p for p in known_prefixes() if one.source_of_prefix(p) or other.source_of_prefix(p)]
        with Diff(first, second, spelled(prefixes, held)) as changes:
            if as_json:
                _print_json(changes, old, new, limit or None)
            else:
                _print(changes, old, new, 10 if limit is None else limit)
            differ = changes.differ
    if exit_code and differ:
        sys.exit(1)


def _as_index(path: str, made: Path, previous: tuple[Path, ...]) -> Path:
    """Return a compiled index, or compile the file or folder into ``made``."""
    given = Path(path)
    if given.is_file():
        with given.open("rb") as file:
            if file.read(15) == b"SQLite format 3":
                return given
    report = compiled([path], made, previous=previous)
    if report.damaged:
        raise TermsError(f"{path} cannot be compared, it is damaged: {report.damaged[0].message}", value=path)
    return made


def _kinds(changes: Diff) -> dict[str, Iterator[Any]]:
    return {kind: getattr(changes, kind)() for kind in _TITLES}


def _print_json(changes: Diff, old: str, new: str, limit: int | None) -> None:
    """Print JSON change by change: a diff may be as long as a release."""
    head = {"old": old, "new": new, "parts": [asdict(p) for p in changes.parts()],
            "mapping_sets": [asdict(s) for s in changes.mapping_sets()]}  # fmt: skip
    click.echo(json.dumps(head, indent=2, ensure_ascii=False)[:-2], nl=False)
    for kind, found in _kinds(changes).items():
        click.echo(f',\n  "{kind}": [', nl=False)
        comma = ""
        for change in islice(found, limit):
            click.echo(f"{comma}\n    {json.dumps(asdict(change), ensure_ascii=False)}", nl=False)
            comma = ","
        click.echo("\n  ]" if comma else "]", nl=False)
    click.echo("\n}")


def _print(changes: Diff, old: str, new: str, limit: int) -> None:
    parts, sets = changes.parts(), changes.mapping_sets()
    click.echo(f"from {old}\n  to {new}\n")
    columns = ("added", "gone", "renamed", "obsoleted", "revived", "reparented")
    print_table(
        [
            (
                p.part, version_name(p.old_version), version_name(p.new_version), f"{p.old:,}", f"{p.new:,}",
                *(_count(p, column) for column in columns),
            )
            for p in parts
        ],
        ("part", "old", "new", "terms old", "terms new", "new", "gone", "renamed", "obsoleted", "revived", "other parents"),
    )  # fmt: skip
    for part in parts:
        if part.absent:
            click.echo(f"{part.part}: absent from the {part.absent} release, so nothing of it is compared")
        elif part.hierarchy_absent:
            click.echo(f"{part.part}: the {part.hierarchy_absent} release holds no parents, so none are compared")
        for side in part.slice_of:
            click.echo(f"{part.part}: the {side} release is a slice; what is new or gone may only be outside it")
    if sets:
        click.echo()
        print_table(
            [(s.mapping_source, f"{s.old:,}", f"{s.new:,}",
              *(("-", "-") if s.absent else (f"{s.added:,}", f"{s.removed:,}"))) for s in sets],
            ("mappings", "rows old", "rows new", "added", "removed"),
        )  # fmt: skip
        for rows in sets:
            if rows.absent:
                click.echo(f"{rows.mapping_source}: absent from the {rows.absent} release, so it is not compared")
    totals = {column: sum(getattr(p, column) for p in parts) for column in columns}
    totals["mappings"] = sum(s.added + s.removed for s in sets)
    for kind, found in _kinds(changes).items():
        if not totals[kind]:
            continue
        heading(f"{_TITLES[kind]} ({totals[kind]:,})")
        for change in islice(found, limit or None):
            click.echo(f"  {_line(kind, change)}")
        if limit and totals[kind] > limit:
            click.echo(f"  ... and {totals[kind] - limit:,} more; all of them: --limit 0")
    if not any(totals.values()):
        click.echo("\nNothing that both hold differs.")


def _count(part: Any, column: str) -> str:
    if part.absent or (column == "reparented" and part.hierarchy_absent):
        return "-"
    return f"{getattr(part, column):,}"


def _line(kind: str, change: Any) -> str:
    if kind == "renamed":
        return f"{change.curie}  {change.before} -> {change.after}"
    if kind == "reparented":
        moves = [f"+{curie}" for curie in change.added] + [f"-{curie}" for curie in change.removed]
        return f"{change.curie}  {change.label}: {' '.join(moves)}"
    if kind == "mappings":
        sign = "+" if change.change == "added" else "-"
        return f"{sign} {change.subject_id} {change.predicate_id} {change.object_id}  ({change.record})"
    line = f"{change.curie}  {change.label}"
    if kind in {"gone", "obsoleted"}:
        line += f"  -> {' '.join(change.successors)}" if change.successors else ""
        line += f"  consider {' '.join(change.consider)}" if change.consider else ""
    return line
