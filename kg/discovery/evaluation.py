"""How well the ranking finds pairs that are known, beside the degree-only baseline.

Leave one out: each stated and supported pair is hidden in turn, treatment and co-mention both, and the drugs
that are not stated for its disease are ranked for it. The hidden drug should come out high.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from kg.discovery.metapaths import METAPATHS, Metapath, Step
from kg.discovery.network import Network, drugs
from kg.discovery.pathcount import DAMPING
from kg.discovery.ranking import Scope, score_pairs
from kg.graph.store import GraphFolder


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Results over the hidden pairs, for the path score and for the product of degrees.

    Attributes:
        pairs: hidden pairs that were ranked.
        unreachable: those of them that no path reaches any more (ranked last, among equals).
        auroc, baseline_auroc: mean chance that the hidden drug scores above a drug that is not stated for
            the disease, ties counting one half.
        median_rank, baseline_median_rank: of the hidden drug; among equals the middle place.
        hits_at_10, baseline_hits_at_10: part of the hidden pairs that rank 10 or better.
    """

    pairs: int
    unreachable: int
    auroc: float
    baseline_auroc: float
    median_rank: float
    baseline_median_rank: float
    hits_at_10: float
    baseline_hits_at_10: float


def leave_one_out(
    folder: GraphFolder | Network, *, damping: float = DAMPING, metapaths: Sequence[Metapath] = METAPATHS
) -> Evaluation | None:
    """Hide each supported treatment edge in turn and rank its drug for its disease.

    A drug that is stated for the disease by another edge takes no part; every other drug counts as a
    negative, though some of them may be treatments that nobody has reported: the figures are lower bounds.

    Args:
        folder: the graph.
        damping: the exponent w of the path count.
        metapaths: the kinds of path to count.

    Returns:
        The figures; None where no pair can be ranked (none is stated, or there is one drug only).
    """
    network = folder if isinstance(folder, Network) else Network.load(folder)
    candidates = drugs(network)
    pairs = sorted((drug, disease) for drug in network.stated for disease in network.neighbours(drug, Step("treats")))
    by_paths: list[tuple[float, float]] = []
    by_degree: list[tuple[float, float]] = []
    unreachable = 0
    for drug, disease in pairs:
        with network.hidden(drug, disease):
            scope = Scope(network, candidates, [disease])
            others = [c for c in candidates if c != drug and scope.unstated(c, disease)]
            if not others:
                continue
            scores = {p.drug: p.score for p in score_pairs(scope, damping, metapaths)}
            unreachable += drug not in scores
            by_paths.append(_place(drug, others, scores))
            by_degree.append(_place(drug, others, {c: network.treatments(c) for c in candidates}))
    if not by_paths:
        return None
    return Evaluation(
        pairs=len(by_paths), unreachable=unreachable,
        auroc=fmean(a for _, a in by_paths), baseline_auroc=fmean(a for _, a in by_degree),
        median_rank=median(r for r, _ in by_paths), baseline_median_rank=median(r for r, _ in by_degree),
        hits_at_10=fmean(r <= 10 for r, _ in by_paths), baseline_hits_at_10=fmean(r <= 10 for r, _ in by_degree),
    )  # fmt: skip


def _place(drug: str, others: list[str], score: Mapping[str, float]) -> tuple[float, float]:
    """Return (rank, AUROC) of one drug among others; those that score the same share a place."""
    own = round(score.get(drug, 0.0), 12)
    scores = [round(score.get(other, 0.0), 12) for other in others]
    above = sum(s > own for s in scores)
    equal = sum(s == own for s in scores)
    return 1 + above + equal / 2, (len(scores) - above - equal / 2) / len(scores)
