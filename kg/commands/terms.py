"""`kg terms`: what the ontologies say, and what casegraph makes of their owners' files."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.common import print_table
from kg.commands.lazy import LazyGroup
from kg.errors import UnknownNameError

if TYPE_CHECKING:
    from kg.terms.accounts import FileAccount, Release
    from kg.terms.compile import CompileReport
    from kg.terms.reading import Problem

#: Command -> (module in `kg.commands`, name of the click command in it), in the order of the help text.
COMMANDS = {
    "status": ("terms_status", "status"),
    "search": ("terms_show", "search"),
    "show": ("terms_show", "show"),
    "lookup": ("terms_lookup", "lookup"),
    "link": ("terms_link", "link"),
    "fetch": ("terms_fetch", "fetch"),
    "compile": ("terms_compile", "compile_"),
    "problems": ("terms_compile", "problems"),
    "diff": ("terms_diff", "diff"),
    "slice": ("terms_slice", "slice_"),
    "export": ("terms_slice", "export"),
}
_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_YEAR = re.compile(r"\d{4}")


@click.group(cls=LazyGroup, commands_from=COMMANDS)
def terms() -> None:
    """Look into the ontologies that a build links to; compile releases of your own.

    Without --terms the commands read the slices that ship with casegraph. `kg terms compile FILE... -o INDEX`
    makes an index of full releases; `kg build PAGES -o GRAPH --terms INDEX` uses it.
    """


def terms_option(function: click.decorators.FC) -> click.decorators.FC:
    """Add the option `--terms`: a compiled index in place of the bundled one."""
    return click.option(
        "--terms",
        "index_path",
        type=click.Path(path_type=Path),
        help="A compiled term index; the bundled slices without it.",
    )(function)


def progress() -> Callable[[str], object]:
    """Return what shows the stage of a compilation: on a terminal only, and gone when it is over."""
    if not sys.stderr.isatty():
        return lambda _: None

    def show(stage: str) -> None:
        click.echo(f"\r\x1b[K{stage}" + (" ..." if stage else ""), nl=False, err=True)

    return show


def compiled(files: Iterable[str], output: Path, **options: Any) -> CompileReport:
    """Compile files that the user names, showing the stages on a terminal; ``options`` are those of ``Options``.

    Raises:
        TermsError: if a file is missing, or nothing can be read from any.
    """
    from kg.terms.compile import Options, compile_index
    from kg.terms.kinds import gather

    gathered = gather(files)
    show = progress()
    try:
        return compile_index(gathered.sources, output, Options(refused=gathered.refused, **options), show)
    finally:
        show("")


def spelled(prefixes: Iterable[str], held: Iterable[str]) -> frozenset[str]:
    """Return CURIE prefixes in the spelling of ``held``.

    Raises:
        UnknownNameError: if ``held`` has no such prefix.

    >>> spelled(["mesh", "MONDO:"], ["MESH", "MONDO"]) == {"MESH", "MONDO"}
    True
    """
    spellings = {prefix.casefold(): prefix for prefix in held}
    for prefix in prefixes:
        if prefix.casefold().removesuffix(":") not in spellings:
            raise UnknownNameError("prefix", prefix, spellings.values())
    return frozenset(spellings[prefix.casefold().removesuffix(":")] for prefix in prefixes)


def release_date(version: str) -> date | None:
    """Return the day of a release, as far as its version tells: a date in it, or a MeSH year's first day.

    >>> release_date("releases/2026-05-05"), release_date("2025"), release_date("undated")
    (datetime.date(2026, 5, 5), datetime.date(2025, 1, 1), None)
    """
    try:
        if found := _DAY.search(version):
            return date(*map(int, found.groups()))
        return date(int(version), 1, 1) if _YEAR.fullmatch(version) else None
    except ValueError:
        return None


def version_name(version: str) -> str:
    """Return a version as people say it: its date where it holds one, else its last part.

    >>> version_name("http://purl.obolibrary.org/obo/mondo/releases/2026-08-04/mondo.owl"), version_name("2025")
    ('2026-08-04', '2025')
    """
    if found := _DAY.search(version):
        return found.group()
    return version.rstrip("/").rsplit("/", 1)[-1]


def release_name(release: Release | None) -> str:
    """Return a release in words: its key, its version, and whether it is a slice."""
    if release is None:
        return ""
    return " ".join(
        filter(None, (release.source, version_name(release.version), "" if release.complete else "(slice)"))
    )


def print_files(accounts: Iterable[FileAccount]) -> None:
    """Print what every file held, what was taken and why the rest was not."""
    print_table(
        [
            (a.source, a.file, a.kind, f"{a.records:,}", f"{a.kept:,}", reasons(a.set_aside))
            for a in sorted(accounts, key=lambda a: (a.source, a.file))
        ],
        ("source", "file", "kind", "records", "taken", "set aside"),
    )


def reasons(set_aside: dict[str, int]) -> str:
    """Return the reasons for which records were set aside, with their counts.

    >>> reasons({"duplicate-id": 1200})
    '1,200 duplicate-id'
    """
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(set_aside.items()) if count)


def place(problem: Problem) -> str:
    """Return where a problem stands."""
    return f"{problem.file or problem.source}:{problem.line}" if problem.line else problem.file or problem.source


def print_problems(problems: Sequence[Problem], examples: int) -> None:
    """Print problems by code: the count, and the first examples of each."""
    counts = Counter(problem.code for problem in problems)
    for code in sorted(counts):
        click.secho(f"{code}: {counts[code]:,}", bold=True)
        mine = [problem for problem in problems if problem.code == code]
        for problem in mine[:examples] if examples else mine:
            click.echo(f"  {place(problem)}  {problem.value}: {problem.message}")
