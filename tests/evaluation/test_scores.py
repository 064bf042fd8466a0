"""Scores add up whatever way the documents are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.evaluation.scores import Scores, score

SETS = st.sets(st.integers(0, 20))


@given(SETS, SETS)
def test_counts_are_those_of_the_sets(answers: set[int], gold: set[int]) -> None:
    scores = score(answers, gold)
    assert scores.right + scores.wrong == len(answers)
    assert scores.right + scores.missed == len(gold)
    assert 0 <= scores.f1 <= 1


@given(st.lists(st.tuples(SETS, SETS), max_size=4))
def test_the_sum_over_documents_is_the_score_of_all(documents: list[tuple[set[int], set[int]]]) -> None:
    total = sum((score(*pair) for pair in documents), Scores())
    answers = {(i, x) for i, (a, _) in enumerate(documents) for x in a}
    gold = {(i, x) for i, (_, g) in enumerate(documents) for x in g}
    assert total == score(answers, gold)


def test_nothing_given_and_nothing_to_find_is_no_division() -> None:
    assert (Scores().precision, Scores().recall, Scores().f1) == (0.0, 0.0, 0.0)
