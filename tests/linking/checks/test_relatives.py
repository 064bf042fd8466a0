"""How terms stand to each other."""

from __future__ import annotations

import pytest

from kg.linking.checks.relatives import better_relative, relation, relatives
from tests.linking.checks.checks_index import index


@pytest.mark.parametrize(
    ("asserted", "other", "word"),
    [
        ("MONDO:0000012", "MONDO:0000010", "broader"), ("MONDO:0000010", "MONDO:0000012", "narrower"),
        ("MONDO:0000012", "MONDO:0000013", "sibling"), ("MESH:D000012", "MESH:D000010", "broader"),
        ("MONDO:0000012", "MONDO:0000021", "unrelated"),
    ],
)  # fmt: skip
def test_relation(asserted: str, other: str, word: str) -> None:
    assert relation(index(), asserted, other) == word


def test_relatives_are_the_family_without_the_term() -> None:
    found = relatives(index(), "MONDO:0000012")
    assert {"MONDO:0000011", "MONDO:0000010", "MONDO:0000013"} <= set(found)
    assert "MONDO:0000012" not in found
    assert "MONDO:0000021" not in found


def test_a_better_relative_is_much_more_alike() -> None:
    wrong, right = index().term("MONDO:0000012"), index().term("MONDO:0000013")
    assert wrong is not None and right is not None
    found = better_relative(index(), "advanced squamous cell lung carcinoma", wrong)
    assert found is not None and found[0] == right.curie and found[1] > found[2]
    assert better_relative(index(), "advanced squamous cell lung carcinoma", right) is None
