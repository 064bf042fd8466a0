"""Words that depend on a number."""

from __future__ import annotations

import pytest

from kg.wording import counted, plural


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "document", "0 documents"), (1, "document", "1 document"), (2, "entity", "2 entities"), (2, "day", "2 days"),
        (3, "evidence", "3 evidence"), (2, "match", "2 matches"), (1, "entity", "1 entity"),
    ],
)  # fmt: skip
def test_a_noun_goes_with_its_number(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said


def test_thousands_and_verbs() -> None:
    assert counted(1_234_567, "case", separate=True) == "1,234,567 cases"
    assert [plural(word, n) for n in (1, 2) for word in ("was", "is", "has")] == [
        "was",
        "is",
        "has",
        "were",
        "are",
        "have",
    ]
