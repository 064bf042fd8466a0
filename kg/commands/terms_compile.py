"""`kg terms compile`, `kg terms problems`: the owners' files to one index, and what was wrong in them."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import heading, json_option, print_json, print_table
from kg.commands.terms import compiled, print_files, print_problems, terms_option, version_name

if TYPE_CHECKING:
    from kg.terms.compile import CompileReport

_EXAMPLES = 3
_SEPARATORS = re.compile(r"[\s,;]+")


@click.command("compile")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The index to make or replace.")
@click.option("--previous", multiple=True, type=click.Path(path_type=Path),
              help="A compiled index of an earlier release; its identifiers fall forward. May be repeated.")  # fmt: skip
@click.option(
    "--compounds", metavar="FILE|CIDS", help="PubChem compounds to keep beside those that the other files name."
)
@click.option("--all-compounds", is_flag=True, help="Keep every compound of the PubChem files.")
@click.option("--forms", type=click.Path(path_type=Path), metavar="FILE.toml",
              help="Which compound a MeSH name stands for: salts, hydrates, combinations.")  # fmt: skip
@json_option
def compile_(files: tuple[str, ...], output: Path, previous: tuple[Path, ...], compounds: str | None,
             all_compounds: bool, forms: Path | None, as_json: bool) -> None:  # fmt: skip
    """Compile ontology files, or folders of them, into one term index.

    Kinds are told by content, and the order does not matter; write KIND=FILE where content cannot tell.
    Files may be gzipped. What is wrong in them is reported, and what is sound is in the index.
    """
    from kg.terms.forms import FormsPolicy
    from kg.terms.index import TermIndex

    report = compiled(
        files, output, previous=previous, compounds=read_compounds(compounds) if compounds else (),
        all_compounds=all_compounds, forms=FormsPolicy.from_toml(forms) if forms else FormsPolicy(),
    )  # fmt: skip
    with TermIndex(output) as index:
        versions = {release.source: release.version for release in index.releases()}
    if as_json:
        print_json(_as_json(report, versions))
    else:
        _print(report, versions)
    if report.damaged:
        names = sorted({problem.file for problem in report.damaged})
        other = sorted({problem.file for problem in report.damaged if problem.code == "checksum-mismatch"})
        cut = [name for name in names if name not in other]
        if cut:
            click.echo(
                f"kg: {len(cut)} of the files could not be read whole: {', '.join(cut)}; "
                f"{output} holds what is sound. Fetch them again",
                err=True,
            )
        if other:
            click.echo(
                f"kg: {', '.join(other)}: the content is not what sources.toml pins, and was compiled as it is. "
                "Fetch it again, or pin it anew",
                err=True,
            )
        sys.exit(1)


@click.command()
@click.option("--code", help="Only problems of this code, all of them.")
@click.option("--limit", type=click.IntRange(0), default=_EXAMPLES, show_default=True,
              help="Number of examples of each code; 0 shows all.")  # fmt: skip
@terms_option
@json_option
def problems(code: str | None, limit: int, index_path: Path | None, as_json: bool) -> None:
    """Show what the compiler found wrong in the files of an index."""
    from kg.errors import UnknownNameError
    from kg.terms.bundled import open_index

    with open_index(index_path) as index:
        found = index.problems()
    if code is not None:
        known = {problem.code for problem in found}
        if code not in known:
            raise UnknownNameError("code", code, known, hint="" if known else "(there are no problems)")
        found = tuple(problem for problem in found if problem.code == code)
    if as_json:
        print_json([asdict(problem) for problem in found])
    elif not found:
        click.echo("nothing was wrong in the files")
    else:
        print_problems(found, 0 if code else limit)


def read_compounds(text: str) -> frozenset[int]:
    """Return the PubChem compounds that the user names: identifiers, or a file with identifiers.

    Raises:
        InputError: if a word is no identifier.

    >>> sorted(read_compounds("25017411, CID4")) == sorted(read_compounds("PUBCHEM.COMPOUND:4 25017411"))
    True
    """
    from kg.curies import normalize
    from kg.errors import InputError

    path = Path(text)
    try:
        written = path.read_text(encoding="utf-8") if path.is_file() else text
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", value=text) from error
    found = set()
    for word in filter(None, _SEPARATORS.split(written)):
        number = word.upper().removeprefix("CID").removeprefix(":")
        curie = f"PUBCHEM.COMPOUND:{number}" if number.isdecimal() else normalize(word)
        if not curie or not curie.startswith("PUBCHEM.COMPOUND:"):
            raise InputError(
                f"{word!r} is no PubChem compound; write CIDs such as 25017411, or name a file with one a line",
                value=word,
            )
        found.add(int(curie.partition(":")[2]))
    return frozenset(found)


def _as_json(report: CompileReport, versions: dict[str, str]) -> dict[str, object]:
    return {
        "index": str(report.path),
        "fingerprint": report.fingerprint,
        "sources": [{**asdict(count), "version": versions[count.source]} for count in report.counts],
        "files": [asdict(account) for account in report.files],
        "problem_counts": report.problem_counts(),
        "problems": [asdict(problem) for problem in report.problems],
        "damaged": sorted({problem.file for problem in report.damaged}),
    }


def _print(report: CompileReport, versions: dict[str, str]) -> None:
    print_files(report.files)
    click.echo()
    print_table(
        [
            (c.source, version_name(versions[c.source]), f"{c.terms:,}", f"{c.names:,}", f"{c.mappings:,}")
            for c in report.counts
        ],
        ("source", "release", "terms", "names", "mappings"),
    )
    if report.problems:
        heading("Problems")
        print_problems(report.problems, _EXAMPLES)
        click.echo(f"see all of a code: kg terms problems --terms {report.path} --code CODE")
    click.echo(f"\n{report.path}: {report.path.stat().st_size / 1e6:,.1f} MB")
    click.echo(f"use it: kg build PAGES -o GRAPH --terms {report.path}")
