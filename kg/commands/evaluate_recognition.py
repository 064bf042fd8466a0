"""`kg evaluate recognition`: what is recognised in plain text against a corpus with mentions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import heading, json_option, print_table
from kg.commands.evaluating import gold_option, print_report, table_file

if TYPE_CHECKING:
    from kg.evaluation.recognition import RecognitionReport


@click.command()
@gold_option("mentions")
@click.option("--kind", "kinds", type=click.Choice(["disease", "chemical"]), multiple=True,
              help="Only mentions of this kind. Can be repeated; all that the corpus has without it.")  # fmt: skip
@click.option("--terms", type=click.Path(path_type=Path), help="A compiled term index; the bundled one without it.")
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write wrong and missed places to a tab-separated file.")  # fmt: skip
@json_option
def recognition(
    paths: tuple[str, ...], kinds: tuple[str, ...], terms: Path | None, errors: Path | None, as_json: bool
) -> None:
    """Compare what is recognised in the text of a corpus with the corpus's mentions.

    The mentions are taken off; the text is recognised and what is found is linked as `kg build --recognise` does it.
    Places are compared by their bounds (strict) and by overlap, identifiers document by document (concepts). The
    baseline takes every name of the index that stands in the text.
    """
    from kg.evaluation.recognition import ERROR_COLUMNS, KINDS, evaluate_recognition
    from kg.terms.bundled import open_index

    with table_file(errors, ERROR_COLUMNS) as write, open_index(terms) as index:
        report = evaluate_recognition(
            paths, index, kinds=kinds or tuple(KINDS), errors=write
        )  # fmt: skip
    print_report(report, _show, as_json)


def _show(report: RecognitionReport) -> None:
    from kg.evaluation.recognition import MEASURES, SYSTEMS

    again = f" ({report.repeated} more records of documents that were read before)" if report.repeated else ""
    click.echo(f"{report.documents} documents, {report.characters} characters{again}")
    for kind in report.kinds():
        without = report.without_identifier.get(kind, 0)
        heading(f"{kind}: {report.gold[kind]} mentions, {without} of them without an identifier")
        rows = []
        for measure in MEASURES:
            for system in SYSTEMS:
                scores = report.scores[system, kind, measure]
                shown = (f"{value:.3f}" for value in (scores.precision, scores.recall, scores.f1))
                rows.append((measure, system, *shown, scores.right, scores.wrong, scores.missed))
        print_table(rows, ("measure", "", "precision", "recall", "F1", "right", "wrong", "missed"))
        found = sorted((rule, scores) for (of, rule), scores in report.rules.items() if of == kind)
        click.echo()
        print_table(
            [(rule, s.right, s.wrong, f"{s.precision:.3f}") for rule, s in found],
            ("rule", "right", "wrong", "precision (strict)"),
        )  # fmt: skip
