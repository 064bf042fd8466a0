"""Several identifiers of one name."""

from __future__ import annotations

from dataclasses import replace

from tests.linking.checks.checks_index import mention, told


def test_the_one_that_bears_the_name_is_right() -> None:
    wrong, right = mention("lung cancer", "MONDO:0000021"), mention("lung cancer", "MONDO:0000011")
    _, findings = told(wrong, right)
    assert findings["several-identifiers"].suggested == "MONDO:0000011"
    _, findings = told(right, wrong)
    assert findings == {}


def test_the_rarer_is_doubted() -> None:
    rare = mention("zyxitis", "MONDO:0000021")
    often = [mention("zyxitis", "MONDO:0000011", key=str(number)) for number in range(3)]
    _, findings = told(rare, *often)
    assert findings["several-identifiers"].suggested == "MONDO:0000011"
    _, findings = told(often[0], *often[1:], rare)
    assert "several-identifiers" not in findings


def test_equal_ones_are_both_doubted_without_a_suggestion() -> None:
    one, other = mention("zyxitis", "MONDO:0000021"), mention("zyxitis", "MONDO:0000011")
    for first, second in ((one, other), (other, one)):
        _, findings = told(first, second)
        assert findings["several-identifiers"].suggested is None


def test_two_vocabularies_are_no_contradiction() -> None:
    _, findings = told(mention("lung cancer", "MONDO:0000011"), mention("lung cancer", "MESH:D000011"))
    assert findings == {}


def test_a_composite_mention_is_left_alone() -> None:
    composite = replace(mention("zyxitis", "MONDO:0000021"), further=("MONDO:0000011",))
    _, findings = told(composite, mention("zyxitis", "MONDO:0000011"))
    assert "several-identifiers" not in findings
