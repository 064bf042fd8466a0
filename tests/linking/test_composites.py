"""Mentions with several identifiers, each audited by its part of the name, on the bundled ontologies."""

from __future__ import annotations

from itertools import permutations

import pytest

from kg.linking.composites import parts_of
from kg.linking.context import Context
from kg.linking.decision import decide, decide_all
from kg.model import DISEASE, Finding, Link, Mention
from tests.bundled import index

TEXT = "Breast and ovarian cancer"
BREAST, OVARIAN, LUNG = "MESH:D001943", "MESH:D010051", "MESH:D008175"


def composite(text: str, *curies: str, key: str = "m") -> Mention:
    return Mention(key, "PMID:1", 1, "list", DISEASE, text, "|".join(curies), curies[0], (), tuple(curies[1:]))


def decided(one: Mention) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    return decide(one, Context.of(index(), (one,)))


@pytest.mark.parametrize("order", list(permutations((BREAST, OVARIAN))))
def test_right_identifiers_are_confirmed_in_any_order(order: tuple[str, str]) -> None:
    links, findings = decided(composite(TEXT, *order))
    assert findings == ()
    assert [(link.term, link.rule, link.verdict) for link in links] == [
        (order[0], "asserted", "confirmed"), (order[1], "composite", "confirmed"),
    ]  # fmt: skip


@pytest.mark.parametrize(("curies", "wrong", "right"), [((BREAST, LUNG), LUNG, OVARIAN), ((LUNG, BREAST), LUNG, OVARIAN), ((LUNG, OVARIAN), LUNG, BREAST)])  # fmt: skip
def test_the_wrong_one_is_told_and_no_other(curies: tuple[str, str], wrong: str, right: str) -> None:
    links, (finding,) = decided(composite(TEXT, *curies))
    assert (finding.asserted, finding.suggested, finding.severity, finding.text) == (wrong, right, "warning", TEXT)
    verdicts = {link.term: link.verdict for link in links}
    assert verdicts[wrong] != "confirmed"
    assert all(verdict == "confirmed" for term, verdict in verdicts.items() if term in curies and term != wrong)


def test_findings_of_two_parts_are_two_findings() -> None:
    first, second = (composite(TEXT, "MESH:D012516", LUNG, key=key) for key in "ab")
    decisions = dict(decide_all(Context.of(index(), (first, second))))
    ids = [finding.id for _, findings in decisions.values() for finding in findings]
    assert len(ids) == len(set(ids)) >= 2
    assert all(decision == decide(m, Context.of(index(), (first, second))) for m, decision in decisions.items())


def test_parts_that_cannot_be_told_are_no_warning() -> None:
    links, findings = decided(composite("Lynch syndrome", BREAST, OVARIAN))
    assert {finding.severity for finding in findings} <= {"info"}
    assert [link.term for link in links] == [BREAST, OVARIAN]


def test_a_part_is_of_one_identifier() -> None:
    one = composite("breast, ovarian and lung cancer", LUNG, BREAST, OVARIAN)
    found = {part.curie: part.text for part in parts_of(one, Context.of(index(), (one,)))}
    assert found == {LUNG: "lung cancer", BREAST: "breast cancer", OVARIAN: "ovarian cancer"}


def test_the_same_identifier_twice_is_one() -> None:
    one = composite("sensory and motor dysfunction", LUNG, LUNG)
    assert [part.curie for part in parts_of(one, Context.of(index(), (one,)))] == [LUNG]
    assert len(decided(one)[0]) == 1
