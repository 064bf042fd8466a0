"""`kg evaluate linking`: the linking of given mentions against a corpus with identifiers."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import heading, json_option, print_table
from kg.commands.evaluating import gold_option, print_report, table_file

if TYPE_CHECKING:
    from kg.evaluation.linking import LinkingReport


@click.command()
@gold_option("mentions")
@click.option("--kind", type=click.Choice(["disease", "chemical"]), default="disease", show_default=True,
              help="The kind of the mentions.")  # fmt: skip
@click.option("--dictionary", type=click.Path(path_type=Path), metavar="FILE",
              help="A table of diseases (MEDIC), to which mentions are linked.")  # fmt: skip
@click.option("--terms", type=click.Path(path_type=Path), metavar="INDEX",
              help="A compiled term index: mentions are linked to its terms of the kind; with --dictionary, its names of "
              "the dictionary's concepts, also by exact mappings, are added. The bundled one without either.")  # fmt: skip
@click.option("--vocabulary", "prefix", default="MESH", show_default=True, metavar="PREFIX",
              help="Prefix of the index's terms that are linked to.")  # fmt: skip
@click.option("--train", multiple=True, metavar="CORPUS",
              help="A file or folder with mentions to learn from. Can be repeated.")  # fmt: skip
@click.option("--least", type=click.FloatRange(0, 1), default=0.0, show_default=True,
              help="Answers with less confidence are no answers.")  # fmt: skip
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the mentions that are not right to a tab-separated file.")  # fmt: skip
@json_option
def linking(
    paths: tuple[str, ...],
    kind: str,
    dictionary: Path | None,
    terms: Path | None,
    prefix: str,
    train: tuple[str, ...],
    least: float,
    errors: Path | None,
    as_json: bool,
) -> None:
    """Link the mentions of a corpus and compare with the identifiers that the corpus gives them.

    The places of the mentions are given. Strict: the same set of identifiers; lenient: one in common. Other identifiers
    of a concept, and withdrawn ones, count as the concept's own. Where the vocabulary has none of a mention's identifiers
    no answer is right.
    """
    from kg.evaluation.linking import ERROR_COLUMNS, KINDS, evaluate_linking
    from kg.linking.matching.dictionary import read_dictionary
    from kg.linking.matching.vocabulary import vocabulary_of, with_mapped_names
    from kg.terms.bundled import open_index

    with ExitStack() as stack:
        write = stack.enter_context(table_file(errors, ERROR_COLUMNS))
        vocabulary = read_dictionary(dictionary) if dictionary else None
        if vocabulary is None or terms:
            index = stack.enter_context(open_index(terms))
            if vocabulary is None:
                vocabulary = vocabulary_of(index, [prefix], [KINDS[kind]])
            else:
                vocabulary = with_mapped_names(vocabulary, index)
        report = evaluate_linking(
            paths, vocabulary, kind, train=train, least=least, errors=write
        )  # fmt: skip
    print_report(report, _show, as_json)


def _show(report: LinkingReport) -> None:
    from kg.evaluation.linking import PARTS

    learnt = f", {report.trained} mentions learnt from" if report.trained else ""
    click.echo(f"{report.documents} documents, {report.concepts} concepts{learnt}")
    heading(f"{report.kind}: right answers")
    rows = []
    for part in PARTS:
        if part in report.counts:
            count = report.counts[part]
            total = count.total or 1
            rows.append((part, round(count.total), f"{count.strict / total:.1%}", f"{count.lenient / total:.1%}"))
    print_table(rows, ("", "number", "strict", "lenient"))
    click.echo()
    click.echo(f"coverage at 95 % precision: {report.coverage:.1%}; calibration error: {report.calibration_error:.3f}")
    heading("rules")
    print_table(
        [
            (rule, round(count.total), f"{count.strict / (count.total or 1):.1%}")
            for rule, count in sorted(report.rules.items())
        ],
        ("rule", "mentions", "strict"),
    )  # fmt: skip
