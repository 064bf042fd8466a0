"""`kg terms link`: one name, linked and explained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import heading, json_option, print_json, print_table, wrapped
from kg.commands.terms import terms_option

if TYPE_CHECKING:
    from kg.linking.explained import Explained


@click.command()
@click.argument("text")
@click.option("--kind", type=click.Choice(["disease", "chemical"]), default="disease", show_default=True,
              help="What the text names.")  # fmt: skip
@click.option("--context", type=click.Path(path_type=Path), metavar="FILE",
              help="The document that it stands in: a file that `kg build` reads, or plain text. Of several documents the "
                   "first one with the text.")  # fmt: skip
@terms_option
@click.option("--train", multiple=True, metavar="CORPUS", type=click.Path(path_type=Path),
              help="A file or folder with mentions that people linked, to learn from. Can be repeated.")  # fmt: skip
@json_option
def link(
    text: str, kind: str, context: Path | None, index_path: Path | None, train: tuple[Path, ...], as_json: bool
) -> None:
    """Link one name as `kg build` would, and explain it: rule, confidence, evidence, candidates, runner-up.

    The names of the vocabulary are read first: a second with the slices, some 10 with all of Mondo; for chemicals with
    all of MeSH half a minute and more than a gigabyte of memory.
    """
    from kg.evaluation.linking import KINDS
    from kg.linking.explained import ALONE, document_around, explain_name
    from kg.linking.lessons import read_lessons
    from kg.terms.bundled import open_index

    category = KINDS[kind]
    document = document_around(text, context) if context else ALONE
    with open_index(index_path) as index:
        lessons = read_lessons(train, index, [category], lambda other: other.id == document.id) if train else None
        explained = explain_name(text, category, index, document, lessons.taught if lessons else None)
    if as_json:
        print_json(explained.as_dict() | {"training": lessons.as_dict() if lessons else None})
    else:
        _show(explained)
    for name, reason in lessons.set_aside if lessons else ():
        click.echo(f"kg: warning: {name} set aside: {reason}", err=True)


def _show(explained: Explained) -> None:
    told = explained.as_dict()
    meant = (
        ", ".join(f"{one['curie']} ({one['label']})" for one in told["concepts"]) or f"no term of {told['vocabulary']}"
    )
    click.secho(f"{told['text']!r} is {meant}", bold=True)
    click.echo(f"  by rule {told['rule']!r}, confidence {told['confidence']:.2f} ({told['sureness']})")
    if told["document"]:
        click.echo(f"  in {told['document']}")
    for line in told["evidence"]:
        click.echo(wrapped(line, "    - "))
    for link_ in told["plain"]:
        term = f"{link_['term']} ({link_['label']})" if link_["term"] else "nothing"
        click.echo(
            f"  a build without --nearest links it to {term}, by rule {link_['rule']!r}, confidence {link_['confidence']}"
        )
        for line in link_["reasons"]:
            click.echo(wrapped(line, "    - "))
    if told["candidates"]:
        heading("Candidates")
        print_table(
            [
                (one["curie"], one["label"], one["name"], f"{one['share']:.3f}", f"{one['score']:+.2f}",
                 ", ".join(f"{moved['feature']} {moved['by']:+.2f}" for moved in one["moved"]))
                for one in told["candidates"]
            ],
            ("term", "label", "nearest name", "share", "score", "what moved it most"),
        )  # fmt: skip
    if runner_up := told["runner_up"]:
        click.echo()
        click.echo(f"runner-up: {runner_up['curie']} ({runner_up['label']}), share {runner_up['share']:.3f}")
