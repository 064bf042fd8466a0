"""Each treatment rule, on sentences written for it; and what must yield nothing."""

from __future__ import annotations

import pytest

from kg.statements.evidence import POLARITY
from kg.statements.treatment import RULES
from tests.statements.stories import treatment_evidence, treatments

STATED, FAILED, NEGATED, MAYBE = "stated", "failed", "negated", "hypothetical"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The {d:gout} was treated with {c:colchicine}.", [("colchicine", "gout", STATED)]),
        ("A man with {d:gout} received rest, ice, and {c:colchicine}.", [("colchicine", "gout", STATED)]),
        ("{c:Colchicine} was started for the acute {d:gout}.", [("colchicine", "gout", STATED)]),
        ("{c:Colchicine}-based therapy was effective in this {d:gout}.", [("colchicine", "gout", STATED)]),
        ("Relapsed {d:gout} managed by {c:colchicine} and {c:aspirin}.",
         [("colchicine", "gout", STATED), ("aspirin", "gout", STATED)]),
        ("She had {d:gout} and a complete response to {c:colchicine}.", [("colchicine", "gout", STATED)]),
        ("The {d:gout} did not respond to {c:colchicine}.", [("colchicine", "gout", FAILED)]),
        ("The {d:gout} progressed on {c:colchicine}.", [("colchicine", "gout", FAILED)]),
        ("{c:Colchicine} was ineffective against the {d:gout}.", [("colchicine", "gout", FAILED)]),
        ("The {d:gout} relapsed despite {c:colchicine}.", [("colchicine", "gout", FAILED)]),
        ("The {d:gout} was not treated with {c:colchicine}.", [("colchicine", "gout", NEGATED)]),
        ("For the {d:gout} {c:colchicine} was never given.", [("colchicine", "gout", NEGATED)]),
        ("She declined {c:colchicine} for {d:gout}.", [("colchicine", "gout", NEGATED)]),
        ("{c:Colchicine} may be considered for {d:gout}.", [("colchicine", "gout", MAYBE)]),
        ("Treatment with {c:colchicine} could help in {d:gout}.", [("colchicine", "gout", MAYBE)]),
        ("The {d:gout} could not be cured by rest; he was then given {c:colchicine}.", [("colchicine", "gout", STATED)]),
        ("No surgery was done for the {d:gout}, but {c:colchicine} was given.", [("colchicine", "gout", STATED)]),
        ("{d:Gout} was first treated with {c:aspirin}, but it did not respond to {c:aspirin}.",
         [("aspirin", "gout", STATED), ("aspirin", "gout", FAILED)]),
        ("Her father had received {c:colchicine} for {d:gout}.", [("colchicine", "gout", "family")]),
        ("{c:Colchicine} is commonly used for {d:gout} in patients with kidney stones.", [("colchicine", "gout", "general")]),
    ],
)  # fmt: skip
def test_rules(sentence: str, expected: list[tuple[str, str, str]]) -> None:
    assert treatments(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "{c:Uric acid} was high and {d:gout} was suspected.",
        "The patient had {d:gout}. Levels of {c:urate} were measured.",
        "{c:Colchicine}-induced {d:diarrhea} was seen.",
        "The family had no {d:gout}.",
    ],
)
def test_what_says_no_treatment_yields_nothing(sentence: str) -> None:
    assert treatments(sentence) == []


def test_disease_of_the_title_where_the_sentence_names_none() -> None:
    (evidence,) = treatment_evidence("The patient received {c:colchicine}.", title="A case report of {d:gout}")
    assert (evidence.object, evidence.method) == ("d:gout", "received+title-disease")
    assert evidence.object_mention is None


def test_two_title_diseases_are_no_guess() -> None:
    assert treatments("The patient received {c:colchicine}.", title="{d:Gout} and {d:asthma}: a case report") == []


def test_an_adverse_event_is_not_what_the_drug_was_given_for() -> None:
    text = "A man with {d:gout} received {c:colchicine} and developed {d:diarrhea} on {c:colchicine}."
    assert {row[1] for row in treatments(text)} == {"gout"}


def test_outcome_goes_with_support_only() -> None:
    text = "A 40-year-old man with {d:gout} was treated with {c:colchicine}. He achieved complete remission."
    (stated,) = treatment_evidence(text)
    assert stated.outcome == "complete remission"
    (failed,) = treatment_evidence("The {d:gout} of a 40-year-old man did not respond to {c:aspirin}.")
    assert failed.outcome == "no response"


def test_every_reason_has_a_polarity_and_every_rule_a_name_of_its_own() -> None:
    assert {reason for _, reason, _, _ in RULES} <= POLARITY.keys()
    assert len({name for name, _, _, _ in RULES}) == len(RULES)


@pytest.mark.parametrize(
    "text", ["The {d:a} " + "was treated with x, " * 400 + "{c:b}.", "{c:b} " + "-based " * 2000 + "{d:a}"]
)
def test_long_sentences_end(text: str) -> None:
    assert isinstance(treatments(text), list)
