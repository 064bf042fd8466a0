"""`kg terms status`: which releases the index holds, how old they are, and what else is at hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from kg.commands.common import heading, json_option, print_json, print_table
from kg.commands.terms import print_files, release_date, terms_option, version_name


@click.command()
@terms_option
@json_option
def status(index_path: Path | None, as_json: bool) -> None:
    """Show the releases that the term index holds, their age, and the files they were made of.

    The age is counted from the owner's date in the version (of MeSH, from the first day of its year).
    """
    from kg.terms.bundled import open_index

    with open_index(index_path) as index:
        releases, files, path = index.releases(), index.files(), index.path
        problems = len(index.problems())
    today = date.today()
    days = {r.source: (today - day).days if (day := release_date(r.version)) else None for r in releases}
    cached = _cached()
    if as_json:
        print_json({
            "index": str(path),
            "releases": [
                {
                    **asdict(r),
                    "date": str(release_date(r.version) or ""),
                    "age_days": days[r.source],
                    "files": [asdict(f) for f in files if f.source == r.source],
                }
                for r in releases
            ],
            "problems": problems,
            "cached": cached,
        })  # fmt: skip
        return
    click.echo(f"{path}" + ("" if index_path else " (the slices that ship with casegraph)"))
    print_table(
        [
            (
                r.source, version_name(r.version), "" if (age := days[r.source]) is None else f"{age:,} days",
                f"{r.terms:,}", "all" if r.complete else "slice", r.licence, r.owner,
            )
            for r in releases
        ],
        ("source", "release", "age", "terms", "extent", "licence", "owner"),
    )  # fmt: skip
    heading("Files")
    print_files(files)
    if problems:
        where = f" --terms {index_path}" if index_path else ""
        click.echo(f"\n{problems:,} problems were found in them; see: kg terms problems{where}")
    if cached:
        heading("Fetched releases")
        print_table(
            [
                (
                    r["source"], version_name(r["version"]), "" if r["age_days"] is None else f"{r['age_days']:,} days",
                    len(r["files"]), r["problem"] or r["folder"],
                )
                for r in cached
            ],
            ("source", "release", "age", "files", "folder"),
        )  # fmt: skip


def _cached() -> list[dict[str, Any]]:
    """Return the releases that `kg terms fetch` keeps, as JSON has them."""
    from kg.terms.releases import cached_releases

    found: list[dict[str, Any]] = [json.loads(json.dumps(asdict(r), default=str)) for r in cached_releases()]
    today = date.today()
    for release in found:
        day = release_date(release["date"][:10])
        release["age_days"] = (today - day).days if day else None
    return found
