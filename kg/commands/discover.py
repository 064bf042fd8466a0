"""`kg discover`: drug-disease pairs that no document states, with the paths behind each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kg.commands.common import graph_argument, heading, json_option, print_json, print_table, wrapped
from kg.graph.store import GraphFolder

if TYPE_CHECKING:
    from kg.discovery import Evaluation, Prediction, StatedPair
    from kg.discovery.explanation import PathEdge


@click.command()
@graph_argument
@click.option("--disease", metavar="NAME-OR-CURIE", help="Only pairs with this disease.")
@click.option("--drug", metavar="NAME-OR-CURIE", help="Only pairs with this drug.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Number of pairs.")
@click.option("--paths", type=click.IntRange(0), default=1, show_default=True, help="Number of paths with each pair.")
@click.option("--damping", type=click.FloatRange(0), default=0.4, show_default=True, help="How much hubs are damped.")
@click.option("--evaluate", is_flag=True, help="Hide each stated pair in turn and tell how well it is found again.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@json_option
def discover(
    folder: GraphFolder, *, disease: str | None, drug: str | None, limit: int, paths: int, damping: float,
    evaluate: bool, form: str, as_json: bool,
) -> None:  # fmt: skip
    """Rank drug-disease pairs that no document states yet.

    The score counts paths through the graph, those through hubs less. The column "baseline" is the place that
    the pair would have if only the number of stated treatments of drug and disease counted: a pair that is
    high in both says little. A prediction is a question for a researcher, not a finding.
    """
    from dataclasses import asdict

    from kg.discovery import leave_one_out, rank_links, stated_links

    as_json = as_json or form == "json"
    if evaluate:
        if disease or drug:
            raise click.UsageError("--evaluate looks at the whole graph; leave --disease and --drug out")
        found = leave_one_out(folder, damping=damping)
        if as_json:
            print_json(asdict(found) if found else None)
        else:
            _show_evaluation(found)
        return
    predictions = rank_links(folder, disease=disease, drug=drug, limit=limit, paths=paths, damping=damping)
    # Without a drug or a disease, the stated pairs are the whole treatment table: `kg query` is for that.
    stated = stated_links(folder, disease=disease, drug=drug) if disease or drug else []
    if as_json:
        print_json({"predictions": [p.as_dict() for p in predictions], "stated": [asdict(s) for s in stated]})
    else:
        _show(predictions, stated)


def _show(predictions: Sequence[Prediction], stated: Sequence[StatedPair]) -> None:
    if stated:
        heading("Stated by documents, so not predicted")
        counts = ("support", "contradiction", "unknown")
        rows = [(*(getattr(s, c) for c in counts), s.drug_name, s.disease_name) for s in stated]
        print_table(rows, (*counts, "drug", "disease"))
    heading("Not stated by any document")
    if not predictions:
        click.echo("No unstated pair is connected by any path.")
        return
    header = ("rank", "score", "baseline", "drug", "disease", "remarks")
    print_table(
        [(p.rank, f"{p.score:.4f}", p.baseline_rank, p.drug_name, p.disease_name, _remarks(p)) for p in predictions],
        header,
    )
    if any(p.paths for p in predictions):
        heading("Why")
    for p in predictions:
        for path in p.paths:
            click.echo(f"{p.rank:>4}  {path.metapath}, {path.product:.4f} of {p.score:.4f}")
            for edge in path.edges:
                click.echo(wrapped(f"{edge.words} [{_sources(edge)}]", indent=" " * 6))


def _remarks(prediction: Prediction) -> str:
    remarks = [f"stated for {name}" for _, name in prediction.stated_nearby]
    if prediction.adverse_event:
        remarks.insert(0, "ADVERSE EVENT: documents blame the drug for it")
    return "; ".join(remarks)


def _sources(edge: PathEdge) -> str:
    named = ", ".join(dict.fromkeys(str(source) for source in edge.sources))
    if not any(source.document for source in edge.sources):
        return named
    # Evidence is counted in places: one document may say it in its title and twice in its abstract.
    return (
        f"evidence {edge.support} for"
        + (f", {edge.contradiction} against" if edge.contradiction else "")
        + f": {named}"
    )


def _show_evaluation(found: Evaluation | None) -> None:
    if found is None:
        click.echo("Nothing to evaluate: the graph states too few treatments.")
        return
    click.echo(f"{found.pairs} stated pairs were hidden in turn; {found.unreachable} are reached by no path then.")
    rows = [
        ("mean AUROC", f"{found.auroc:.3f}", f"{found.baseline_auroc:.3f}"),
        ("median rank of the drug", f"{found.median_rank:g}", f"{found.baseline_median_rank:g}"),
        ("ranked 10 or better", f"{found.hits_at_10:.1%}", f"{found.baseline_hits_at_10:.1%}"),
    ]
    print_table(rows, ("", "paths", "degree only"))
