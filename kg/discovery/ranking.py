"""Ranking drug-disease pairs that nobody has stated yet, each with what speaks for it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kg.discovery.entities import find_entity
from kg.discovery.explanation import ExplainedPath, Explainer
from kg.discovery.metapaths import METAPATHS, Metapath
from kg.discovery.network import Network, diseases, drugs
from kg.discovery.pathcount import DAMPING, count_from, reversed_steps
from kg.errors import ParameterError
from kg.graph.store import GraphFolder
from kg.model import CHEMICAL, DISEASE

# Scores that differ by less are equal: the ulp that a platform's pow() may differ by must not order pairs.
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one metapath adds to a score: ``score == weight * dwpc``."""

    metapath: str
    dwpc: float
    weight: float
    score: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A pair with its score, before it is explained."""

    drug: str
    disease: str
    score: float
    contributions: tuple[Contribution, ...]

    @property
    def key(self) -> tuple[float, str, str]:
        """Best score first, ties by identifier."""
        return (-round(self.score, _DIGITS), self.drug, self.disease)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A drug-disease pair that no treatment edge states, with what speaks for it.

    Attributes:
        rank: place among the pairs asked about, from 1.
        drug, drug_name, disease, disease_name: the pair.
        score: sum of the contributions.
        contributions: what each metapath adds, those that add nothing left out, the largest first.
        paths: the paths with the largest path degree products over all metapaths, weighted.
        degree_product: stated treatments of the drug times those of the disease.
        baseline_rank: the place that the pair would have by ``degree_product`` alone, among all unstated
            pairs asked about; pairs with equal products share the best place.
        adverse_event: identifier of the edge in which the text blames the drug for this very condition, or None.
        stated_nearby: (identifier, name) of parents and children of the disease for which the drug is stated.
    """

    rank: int
    drug: str
    drug_name: str
    disease: str
    disease_name: str
    score: float
    contributions: tuple[Contribution, ...]
    paths: tuple[ExplainedPath, ...]
    degree_product: int
    baseline_rank: int
    adverse_event: str | None
    stated_nearby: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class StatedPair:
    """A pair that some document states, for or against, with the counts of its edge."""

    edge: str
    drug: str
    drug_name: str
    disease: str
    disease_name: str
    support: int
    contradiction: int
    unknown: int


def rank_links(
    folder: GraphFolder,
    *,
    disease: str | None = None,
    drug: str | None = None,
    limit: int = 20,
    paths: int = 3,
    damping: float = DAMPING,
    metapaths: Sequence[Metapath] = METAPATHS,
) -> list[Prediction]:
    """Rank pairs that no ``biolink:applied_to_treat`` edge states, by degree-weighted paths.

    The score of a pair is the sum over the metapaths of weight * DWPC; :mod:`kg.discovery.pathcount` has the
    formula and its source. A pair without any path is not listed.

    Args:
        folder: the graph.
        disease: only pairs with this disease, a CURIE or a name.
        drug: only pairs with this drug, a CURIE or a name. Without either, all pairs are ranked.
        limit: the number of pairs.
        paths: the number of paths to give with each pair.
        damping: the exponent w of the path count.
        metapaths: the kinds of path to count.

    Returns:
        Predictions, best first; ties by identifier.

    Raises:
        UnknownNameError: if the graph has no such drug or disease.
        ParameterError: if a name means more than one entity, or a number is out of its range.
    """
    if limit < 0 or paths < 0 or damping < 0:
        raise ParameterError("limit, paths and damping cannot be negative", value=min(limit, paths, damping))
    network = Network.load(folder)
    scope = Scope(
        network,
        drugs=[find_entity(folder, network, drug, CHEMICAL)] if drug else drugs(network),
        diseases=[find_entity(folder, network, disease, DISEASE)] if disease else diseases(network),
    )
    best = heapq.nsmallest(limit, score_pairs(scope, damping, metapaths), key=lambda pair: pair.key)
    explainer = Explainer(network, folder, metapaths, damping)
    explained = explainer.explain([(p.drug, p.disease) for p in best], paths)
    return [
        _prediction(scope, pair, rank, explained[pair.drug, pair.disease]) for rank, pair in enumerate(best, start=1)
    ]


def stated_links(folder: GraphFolder, *, disease: str | None = None, drug: str | None = None) -> list[StatedPair]:
    """List the pairs that documents state already, for or against: those that are never predicted.

    Args:
        folder: the graph.
        disease: only pairs with this disease, a CURIE or a name.
        drug: only pairs with this drug, a CURIE or a name.

    Returns:
        The pairs, those with most support first; ties by identifier.
    """
    network = Network.load(folder)
    of_drug = find_entity(folder, network, drug, CHEMICAL) if drug else None
    of_disease = find_entity(folder, network, disease, DISEASE) if disease else None
    found = []
    for one, others in network.stated.items():
        for other, identifier in others.items():
            if of_drug not in (None, one) or of_disease not in (None, other):
                continue
            edge = network.edges[identifier]
            names = network.nodes[one].name, network.nodes[other].name
            found.append(
                StatedPair(identifier, one, names[0], other, names[1], edge.support, edge.contradiction, edge.unknown)
            )
    return sorted(found, key=lambda s: (-s.support, s.contradiction, s.drug, s.disease))


class Scope:
    """The pairs that a ranking is about: some drugs, some diseases, without the pairs that are stated.

    Args:
        network: where the pairs come from.
        drugs: their drugs.
        diseases: their diseases.
    """

    def __init__(self, network: Network, drugs: Sequence[str], diseases: Sequence[str]) -> None:
        self.network = network
        self.drugs = frozenset(drugs)
        self.diseases = frozenset(diseases)
        self._larger: dict[int, int] = {}

    def unstated(self, drug: str, disease: str) -> bool:
        """Tell whether the pair belongs here and no treatment edge states it, for no form of the drug."""
        return drug in self.drugs and disease in self.diseases and disease not in self.network.known(drug)

    def degree_product(self, drug: str, disease: str) -> int:
        """Return the number of the drug's stated treatments times that of the disease's."""
        return self.network.treatments(drug) * self.network.treatments(disease)

    def baseline_rank(self, drug: str, disease: str) -> int:
        """Return 1 + the number of unstated pairs here whose degree product is larger."""
        product = self.degree_product(drug, disease)
        if product not in self._larger:
            of_drugs = Counter(self.network.treatments(d) for d in self.drugs)
            of_diseases = Counter(self.network.treatments(d) for d in self.diseases)
            every = sum(n * m for a, n in of_drugs.items() for b, m in of_diseases.items() if a * b > product)
            stated = sum(
                self.degree_product(one, other) > product
                for one in self.drugs & (self.network.stated.keys() | self.network.close.keys())
                for other in self.network.known(one)
                if other in self.diseases
            )
            self._larger[product] = every - stated
        return 1 + self._larger[product]


def score_pairs(scope: Scope, damping: float = DAMPING, metapaths: Sequence[Metapath] = METAPATHS) -> Iterator[Scored]:
    """Yield every unstated pair of a scope that some metapath connects.

    The walk starts from the smaller side of the scope: one disease and all drugs is one walk.

    Args:
        scope: the pairs.
        damping: the exponent w of the path count.
        metapaths: the kinds of path to count.
    """
    from_drugs = len(scope.drugs) < len(scope.diseases)
    for start in sorted(scope.drugs if from_drugs else scope.diseases):
        found: dict[tuple[str, str], list[Contribution]] = {}
        for metapath in metapaths:
            steps = metapath.steps if from_drugs else reversed_steps(metapath)
            for end, dwpc in count_from(scope.network, start, steps, damping).items():
                pair = (start, end) if from_drugs else (end, start)
                if scope.unstated(*pair):
                    added = Contribution(metapath.name, dwpc, metapath.weight, metapath.weight * dwpc)
                    found.setdefault(pair, []).append(added)
        for (drug, disease), parts in found.items():
            ordered = tuple(sorted(parts, key=lambda c: (-round(c.score, _DIGITS), c.metapath)))
            yield Scored(drug, disease, sum(c.score for c in ordered), ordered)


def _prediction(scope: Scope, pair: Scored, rank: int, paths: tuple[ExplainedPath, ...]) -> Prediction:
    network, drug, disease = scope.network, pair.drug, pair.disease
    near = sorted(network.relatives(disease) & network.stated.get(drug, {}).keys())
    return Prediction(
        rank=rank, drug=drug, drug_name=network.nodes[drug].name, disease=disease,
        disease_name=network.nodes[disease].name, score=pair.score, contributions=pair.contributions, paths=paths,
        degree_product=scope.degree_product(drug, disease), baseline_rank=scope.baseline_rank(drug, disease),
        adverse_event=network.adverse.get(drug, {}).get(disease),
        stated_nearby=tuple((n, network.nodes[n].name) for n in near),
    )  # fmt: skip
