"""Precision, recall and F1 of a set of answers against a gold set."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """How many answers are right, wrong and missing.

    Attributes:
        right: answers that the gold set holds (true positives).
        wrong: answers that it does not hold (false positives).
        missed: gold answers that were not given (false negatives).

    >>> scores = Scores(right=3, wrong=1, missed=2)
    >>> scores.precision, scores.recall, round(scores.f1, 3)
    (0.75, 0.6, 0.667)
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Right answers among those given; 0 where none was given."""
        return self.right / (self.right + self.wrong) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Right answers among the gold ones; 0 where there is none."""
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: 2 PR / (P + R) = 2 TP / (2 TP + FP + FN)."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0

    def __add__(self, other: Scores) -> Scores:
        """Add the counts of two sets of answers, such as two documents'."""
        return Scores(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def as_dict(self) -> dict[str, float]:
        """Return the counts and the three figures, rounded to four places.

        >>> Scores(1, 0, 1).as_dict()
        {'right': 1, 'wrong': 0, 'missed': 1, 'precision': 1.0, 'recall': 0.5, 'f1': 0.6667}
        """
        figures = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        counts = {"right": self.right, "wrong": self.wrong, "missed": self.missed}
        return {**counts, **{name: round(value, 4) for name, value in figures.items()}}


def score(given: Collection[Hashable], gold: Collection[Hashable]) -> Scores:
    """Compare the answers given for a document with the gold ones; each counts once.

    >>> score(["a", "b"], ["b", "c"])
    Scores(right=1, wrong=1, missed=1)
    """
    answers, truth = set(given), set(gold)
    return Scores(len(answers & truth), len(answers - truth), len(truth - answers))
