"""Weights of features, learnt so that the right candidate comes first: a conditional logit model.

The probability of a candidate among those of its mention is proportional to exp(weights . features) (McFadden,
Conditional logit analysis of qualitative choice behavior, 1974). Fitted by gradient steps with a step size for each
weight (AdaGrad; Duchi, Hazan and Singer, 2011), always in the same order, so that the same mentions give the same weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A mention with its candidates.

    Attributes:
        candidates: the features of each.
        right: places of the right ones.
        times: how often the mention counts.
    """

    candidates: Sequence[Sequence[float]]
    right: frozenset[int]
    times: float = 1.0


def score(weights: Sequence[float], features: Sequence[float]) -> float:
    """Return the score of a candidate.

    >>> score([1.0, 2.0], [3.0, 0.5])
    4.0
    """
    return sum([weight * value for weight, value in zip(weights, features, strict=True) if value])


def shares(scores: Sequence[float], nothing: float | None = None) -> list[float]:
    """Return the probability of each candidate from the scores of all.

    Args:
        scores: of the candidates.
        nothing: the score of there being none among them, None where one must be right.

    >>> shares([0.0, 0.0]), shares([0.0], 0.0)
    ([0.5, 0.5], [0.5])
    """
    if not scores:
        return []
    top = max(scores)
    powers = [math.exp(value - top) for value in scores]
    total = sum(powers)
    if nothing is not None:
        # Far below nothing, a share is nothing; the exponent must not overflow.
        total += math.exp(min(nothing - top, 700.0))
    return [power / total for power in powers]


def fit(questions: Sequence[Question], start: Sequence[float], *, rounds: int = 10, step: float = 0.05,
        keep: float = 1e-3) -> list[float]:  # fmt: skip
    """Fit weights.

    Args:
        questions: mentions with candidates of which one or more are right.
        start: the weights to begin with, towards which the fit is drawn.
        rounds: passes through the questions.
        step: size of the steps.
        keep: how strongly the fit is drawn back.

    >>> weights = fit([Question([[1.0], [0.0]], frozenset({0}))], [0.0])
    >>> weights[0] > 0
    True
    """
    weights = list(start)
    squares = [1e-2] * len(weights)
    useful = [q for q in questions if q.right and len(q.right) < len(q.candidates)]
    sparse = [[[(place, value) for place, value in enumerate(row) if value] for row in q.candidates] for q in useful]
    for _ in range(rounds):
        for question, rows in zip(useful, sparse, strict=True):
            chances = shares([sum([weights[place] * value for place, value in row]) for row in rows])
            right = sum(chances[place] for place in question.right)
            if right > 0.9999:
                continue
            slope: dict[int, float] = {}
            for number, row in enumerate(rows):
                pull = (chances[number] / right if number in question.right else 0.0) - chances[number]
                if abs(pull) > 1e-6:
                    for place, value in row:
                        slope[place] = slope.get(place, 0.0) + pull * value
            for place, value in slope.items():
                change = question.times * value - keep * (weights[place] - start[place])
                squares[place] += change * change
                weights[place] += step * change / math.sqrt(squares[place])
    return weights
