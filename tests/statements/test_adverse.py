"""Each adverse-event rule, on sentences written for it; and what must yield nothing."""

from __future__ import annotations

import pytest

from tests.statements.stories import adverse


@pytest.mark.parametrize(
    "sentence",
    [
        "{c:Pazopanib}-induced severe {d:hepatitis} was diagnosed.",
        "The {d:hepatitis} was attributed to {c:pazopanib}.",
        "{d:Hepatitis} due to treatment with {c:pazopanib} resolved.",
        "{c:Pazopanib} caused acute {d:hepatitis}.",
        "He developed {d:hepatitis} after two weeks of {c:pazopanib}.",
        "During treatment with {c:pazopanib} he developed {d:hepatitis}.",
        "{d:Hepatitis} occurred while on {c:pazopanib}.",
        "{c:Pazopanib} was stopped because of {d:hepatitis}.",
        "{d:Hepatitis} led to discontinuation of {c:pazopanib}.",
        "Other causes were excluded, and {c:pazopanib}-related {d:hepatitis} was likely.",
    ],
)
def test_rules(sentence: str) -> None:
    assert adverse(sentence) == [("pazopanib", "hepatitis", "stated")]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("There was no {c:pazopanib}-induced {d:hepatitis}.", "negated"),
        ("The {d:hepatitis} was not related to {c:pazopanib}.", "negated"),
        ("During treatment with {c:pazopanib} he developed {d:hepatitis} unrelated to the drug.", "negated"),
        ("He developed {d:hepatitis} during {c:pazopanib}, but {d:hepatitis} was not due to {c:pazopanib}.", "stated"),
        ("{d:Hepatitis} is caused by {c:pazopanib} in one of ten.", "general"),
        ("{c:Pazopanib} may have caused {d:hepatitis}.", "hypothetical"),
        ("{c:Pazopanib}-induced {d:hepatitis} has been reported in trials.", "general"),
    ],
)
def test_polarity(sentence: str, reason: str) -> None:
    assert adverse(sentence) == [("pazopanib", "hepatitis", reason)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The {d:hepatitis} was treated with {c:entecavir}.",
        "A man with {d:melanoma} developed pneumonia two weeks after starting {c:trametinib}.",
        "A woman with {d:hepatitis} received {c:entecavir}.",
        "{c:Entecavir} and {d:hepatitis} are mentioned.",
    ],
)
def test_treatment_is_no_adverse_event(sentence: str) -> None:
    assert adverse(sentence) == []


def test_what_a_condition_resolved_with_did_not_cause_it() -> None:
    text = "Under {c:pazopanib} she developed {d:hepatitis}, which resolved with {c:prednisone}."
    assert adverse(text) == [("pazopanib", "hepatitis", "stated")]


@pytest.mark.parametrize(
    "sentence",
    [
        "{c:Prednisone} was tapered and stopped after {d:hepatitis} resolved.",
        "{c:Morphine} was stopped after {d:pain} resolved.",
        "{d:Pain} resolved and she stopped {c:morphine}.",
        "She developed {d:hepatitis}, which improved on {c:prednisone}.",
        "She developed {d:lung metastases} after {c:pazopanib}.",
        "She developed {d:hepatitis} due to {d:hepatitis B} during {c:pazopanib}.",
        "She developed {d:hepatitis} and was treated with {c:prednisone}.",
    ],
)
def test_a_drug_that_is_no_longer_needed_is_not_blamed(sentence: str) -> None:
    assert adverse(sentence) == []


def test_a_drug_stopped_after_the_onset_of_a_condition_is_blamed() -> None:
    assert adverse("{c:Pazopanib} was stopped after the onset of {d:hepatitis}.") == [
        ("pazopanib", "hepatitis", "stated")
    ]
