"""What each treatment rule leaves alone, and a treatment of the past."""

from __future__ import annotations

import pytest

from kg.statements.treatment import RULES
from tests.statements.stories import story, treatment_evidence, treatments

#: rule -> a sentence near to its pattern in which it must not be the one that speaks of the drug.
NEAR = {
    "no-response": "The {d:gout} responded to {c:colchicine}.",
    "progressed-on": "The {d:gout} progressed and {c:colchicine} was started.",
    "failed": "After rest had failed, {c:colchicine} was given for {d:gout}.",
    "was-ineffective": "{c:Colchicine} was effective against {d:gout}.",
    "not-given": "She was then given {c:colchicine} for {d:gout}.",
    "was-not-given": "{c:Colchicine} was given for {d:gout}.",
    "treated-with": "{c:Colchicine} levels were high in {d:gout}.",
    "received": "{c:Colchicine} levels were received late in {d:gout}.",
    "response-to": "The {d:gout} did not respond to {c:colchicine}.",
    "using": "The {d:gout} was found by use of {c:urate}.",
    "was-given": "{c:Colchicine} was never given for {d:gout}.",
    "was-effective": "{c:Colchicine} was not effective against {d:gout}.",
    "considered": "{c:Colchicine} was given for {d:gout}.",
    "drug-for-disease": "{c:Colchicine} toxicity in {d:gout}.",
    "without-effect": "The {d:gout} was treated with {c:colchicine}, with effect.",
    "then-progressed": "The {d:gout} was treated with {c:colchicine}, but she was tired.",
    "treated-in-history": "A man with a three-month history of {d:gout} treated with {c:colchicine} came.",
}


def test_every_rule_has_a_sentence_that_it_leaves_alone() -> None:
    assert NEAR.keys() == {name for name, *_ in RULES} | {"without-effect", "then-progressed", "treated-in-history"}


@pytest.mark.parametrize("rule", sorted(NEAR))
def test_what_a_rule_leaves_alone(rule: str) -> None:
    assert rule not in {e.method for e in treatment_evidence(NEAR[rule])}


@pytest.mark.parametrize(
    "sentence",
    [
        "A man with a history of {d:osteosarcoma} treated with {c:cisplatin} ten years earlier was seen.",
        "Her past medical history included {d:osteosarcoma}, for which she received {c:cisplatin}.",
        "He had received {c:cisplatin} for {d:osteosarcoma} ten years earlier.",
        "In childhood the {d:osteosarcoma} was treated with {c:cisplatin}.",
    ],
)
def test_a_treatment_of_the_past(sentence: str) -> None:
    assert treatments(sentence) == [("cisplatin", "osteosarcoma", "history")]


def test_what_was_given_in_the_past_is_of_the_case_and_neither_for_nor_against() -> None:
    text = "A 40-year-old man with a history of {d:gout} treated with {c:colchicine} was seen."
    (evidence,) = treatment_evidence(text)
    assert (evidence.polarity, evidence.case) == ("unknown", story(text).case)
    assert evidence.case is not None


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("Two months earlier the {d:gout} was treated with {c:colchicine}.", ""),
        # The disease of the report itself: an earlier line of its treatment.
        ("Ten years earlier she had received {c:colchicine} for {d:gout}.", "A long story of {d:gout}"),
        ("A man with a history of {d:gout} received {c:colchicine} for {d:gout}.", ""),
    ],
)
def test_what_is_no_past_history(sentence: str, title: str) -> None:
    assert treatments(sentence, title=title) == [("colchicine", "gout", "stated")]


def test_a_history_of_a_relative_is_none_of_the_patient() -> None:
    assert treatments("Her mother had a history of {d:gout} treated with {c:colchicine}.") == [
        ("colchicine", "gout", "family")
    ]
