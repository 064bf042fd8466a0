"""What docs/statements.md says of each rule and reason holds, and it names them all."""

from __future__ import annotations

import pytest

from kg.model import Evidence
from kg.statements.adverse import read_adverse_events
from kg.statements.blame import FURTHER, RULES
from kg.statements.evidence import POLARITY
from kg.statements.treatment import RULES as TREATMENT_RULES
from tests.statements.documented import Example, examples
from tests.statements.stories import story, treatment_evidence

EXAMPLES = examples()
ADVERSE = [e for e in EXAMPLES if e.section.startswith("Adverse")]
TREATMENTS = [e for e in EXAMPLES if e.section == "Treatments"]
REASONS = [e for e in EXAMPLES if e.polarity]
#: Reasons of evidence that no sentence gives: a document's and a source's; and one that nothing gives yet.
ELSEWHERE = {"implied", "asserted", "refuted"}


def told(text: str) -> list[Evidence]:
    """Return all the evidence of a sentence; one without a stop is a title."""
    passages, title = ((text,), "") if text.endswith(".") else ((), text)
    told_story = story(*passages, title=title)
    return [*read_adverse_events(told_story), *treatment_evidence(*passages, title=title)]


def by_name(example: Example) -> str:
    return example.name


@pytest.mark.parametrize("example", [*ADVERSE, *TREATMENTS], ids=by_name)
def test_the_example_of_a_rule(example: Example) -> None:
    assert example.name in {e.method for e in told(example.text)}


@pytest.mark.parametrize("example", ADVERSE, ids=by_name)
def test_what_an_adverse_rule_finds_is_support(example: Example) -> None:
    assert {e.polarity for e in told(example.text) if e.method == example.name} == {"support"}


@pytest.mark.parametrize("example", REASONS, ids=by_name)
def test_the_example_of_a_reason(example: Example) -> None:
    assert {(e.polarity_reason, e.polarity) for e in told(example.text)} == {(example.name, example.polarity)}


def test_every_adverse_rule_is_documented() -> None:
    assert {e.name for e in ADVERSE} == {rule.name for rule in RULES} | {FURTHER}


def test_every_treatment_rule_is_documented() -> None:
    said_otherwise = {"without-effect", "then-progressed", "treated-in-history"}
    assert {e.name for e in TREATMENTS} == {name for name, *_ in TREATMENT_RULES} | said_otherwise


def test_every_reason_is_documented() -> None:
    assert {e.name for e in REASONS} == POLARITY.keys() - ELSEWHERE
