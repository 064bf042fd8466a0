"""`kg evaluate statements`: the adverse-effect statements against a corpus with relations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import heading, json_option, print_table
from kg.commands.evaluating import gold_option, print_report, table_file

if TYPE_CHECKING:
    from kg.evaluation.scores import Scores
    from kg.evaluation.statements import RuleCount, StatementReport


@click.command()
@gold_option("mentions and relations")
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    multiple=True,
    default=("CID",),
    show_default=True,
    help="What the relations are called that say that the drug caused the condition. Can be repeated.",
)
@click.option("--terms", type=click.Path(path_type=Path), help="A compiled term index; the bundled one without it.")
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write wrong and missed pairs and contradicted treatments, with their sentences, to a tab-separated file.")  # fmt: skip
@json_option
def statements(
    paths: tuple[str, ...], kinds: tuple[str, ...], terms: Path | None, errors: Path | None, as_json: bool
) -> None:
    """Compare the adverse-effect statements with the relations of a corpus.

    The corpus's mentions are linked and its text is read as `kg build` does; its relations of a chemical and a disease
    are the gold answers. A pair counts once in a document.
    """
    from kg.evaluation.statements import ERROR_COLUMNS, evaluate_statements
    from kg.terms.bundled import open_index

    with table_file(errors, ERROR_COLUMNS) as write, open_index(terms) as index:
        report = evaluate_statements(paths, index, kinds=kinds, errors=write)
    print_report(report, _show, as_json)


def _show(report: StatementReport) -> None:
    from kg.evaluation.statementpairs import BASELINES

    click.echo(f"{report.documents} documents, {report.gold} pairs of a drug and a condition that it caused")
    click.echo(f"  {report.apart} of them never share a sentence")
    click.echo(
        f"  {report.relinked} of them have an end that linking gives another term than the corpus; they are compared"
    )
    click.echo(f"  {report.unlinked} of them could not be compared and count as missed: an end is linked to nothing")
    heading("Statements and baselines")
    rows = [_figures(name, scores) for name, scores in report.readings.items()]
    rows += [_figures(f"baseline: {BASELINES[name]}", scores) for name, scores in report.baselines.items()]
    print_table(rows, ("", "precision", "recall", "F1", "right", "wrong", "missed"))
    heading("Supported treatments that the corpus contradicts: the drug caused the condition")
    print_table(
        [
            (name, *count.as_dict().values())
            for name, count in [("all", report.treatments), *sorted(report.treatment_rules.items())]
        ],
        ("rule", "pairs", "contradicted", "rate"),
    )
    header = ("right", "wrong", "right alone", "wrong alone")
    heading("Reasons")
    print_table(_counts(report.reasons), ("reason", *header))
    heading("Rules, over all reasons")
    print_table(_counts(report.rules), ("rule", *header))


def _figures(name: str, scores: Scores) -> tuple[object, ...]:
    shown = (f"{value:.3f}" for value in (scores.precision, scores.recall, scores.f1))
    return name, *shown, scores.right, scores.wrong, scores.missed


def _counts(counts: dict[str, RuleCount]) -> list[tuple[object, ...]]:
    return [(name, *counts[name].as_dict().values()) for name in sorted(counts)]
