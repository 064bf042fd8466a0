"""`kg evaluate audit`: what the audit finds of errors that are planted into a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.common import heading, json_option, print_table
from kg.commands.evaluating import gold_option, print_report, table_file

if TYPE_CHECKING:
    from kg.evaluation.audit import AuditReport


@click.command()
@gold_option("mentions and identifiers")
@click.option("--terms", type=click.Path(path_type=Path), help="A compiled term index; the bundled one without it.")
@click.option("--rate", type=click.FloatRange(0, 1, min_open=True), default=0.05, show_default=True,
              help="Share of the names of a document that are given a wrong identifier, of each kind.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Another number strikes other names.")
@click.option("--missed", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the planted errors that were not found to a tab-separated file.")  # fmt: skip
@json_option
def audit(
    paths: tuple[str, ...], terms: Path | None, rate: float, seed: int, missed: Path | None, as_json: bool
) -> None:
    """Plant wrong identifiers into a corpus and count what the audit finds of them.

    Each kind of error is planted by itself; the rest of the corpus is the clean part, of which the share without a
    warning or an error is told. A corpus has errors of its own: see the share before anything was planted. The
    baselines ask whether the identifier exists and is current, and whether the name is the label of its term.
    """
    from kg.evaluation.audit import MISSED_COLUMNS, evaluate_audit
    from kg.terms.bundled import open_index

    with table_file(missed, MISSED_COLUMNS) as write, open_index(terms) as index:
        report = evaluate_audit(paths, index, rate=rate, seed=seed, missed=write)
    print_report(report, _show, as_json)


def _show(report: AuditReport) -> None:
    from kg.evaluation.audit import GOALS

    click.echo(
        f"{report.documents} documents ({report.patients} with a patient), {report.mentions} mentions with an identifier; "
        f"rate {report.rate:g}, seed {report.seed}"
    )
    quiet = (report.quiet, report.identifiers_quiet, report.labels_quiet)
    ours, identifiers, labels = (f"{count / report.mentions:.3f}" for count in quiet)
    click.echo(f"without a warning before planting: {ours} (baselines: identifiers {identifiers}, labels {labels})")
    heading("planted errors")
    rows = []
    for kind, told in report.kinds.items():
        if not told.planted:
            rows.append((kind, 0, *[""] * 7))
            continue
        shares = (
            told.recall, told.told / told.planted, told.precision, told.quiet / told.clean if told.clean else 0.0,
            told.identifiers / told.planted, told.labels / told.planted,
        )  # fmt: skip
        rows.append((kind, told.planted, *(f"{share:.3f}" for share in shares), GOALS.get(kind, "")))
    print_table(
        rows, ("kind", "planted", "recall", "by its code", "precision", "clean part", "identifiers", "labels", "goal")
    )
    heading("suggestions on planted errors")
    print_table(
        [
            (word, given, right, f"{right / given:.3f}")
            for word, (given, right) in report.suggestions().items()
            if given
        ],
        ("confidence", "given", "right", "precision"),
    )
