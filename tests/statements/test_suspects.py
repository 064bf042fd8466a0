"""What is said of the one drug that a document suspects; and where there is no such drug."""

from __future__ import annotations

import pytest

from kg.statements.adverse import read_adverse_events
from kg.statements.skeleton import bones
from kg.statements.suspects import with_drug
from tests.statements.stories import story

BLAME = "He developed {d:hepatitis} after {c:pazopanib}."


def methods(*passages: str, title: str = "") -> list[tuple[str, str, str, str]]:
    """Return (drug, condition, rule, reason) in reading order."""
    found = read_adverse_events(story(*passages, title=title))
    return [(e.subject[2:], e.object[2:], e.method, e.polarity_reason) for e in found]


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("The {d:fever} was due to the drug.", "due-to-drug+same-drug"),
        ("The {d:fever} was drug-induced, and drug-induced {d:fever} is rare.", "drug-induced+same-drug"),
        ("Treatment was stopped because of {d:fever}.", "stopped-for+same-drug"),
        ("The {d:fever} disappeared after withdrawal of this agent.", "dechallenge+same-drug"),
    ],
)
def test_words_that_stand_for_the_drug(sentence: str, rule: str) -> None:
    found = {(drug, condition, name) for drug, condition, name, _ in methods(f"{BLAME} {sentence}")}
    assert ("pazopanib", "fever", rule) in found


def test_such_a_statement_has_no_place_for_the_drug() -> None:
    found = list(read_adverse_events(story(f"{BLAME} The {{d:fever}} was due to the drug.")))
    assert [(e.subject_mention, e.object_mention) for e in found] == [("m:pazopanib", "m:hepatitis"), (None, "m:fever")]


def test_two_suspects_are_none() -> None:
    text = f"{BLAME} {{c:Lithium}} caused {{d:tremor}}. The {{d:fever}} was due to the drug."
    assert "fever" not in {condition for _, condition, *_ in methods(text)}


def test_what_befell_the_patient_is_implied() -> None:
    assert ("pazopanib", "fever", "event-in-report", "implied") in methods(
        f"{BLAME} A week later he developed {{d:fever}}."
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "He was a man with {d:gout}.",
        "He had no {d:fever}.",
        "He was treated for {d:gout}.",
        "The {d:gout} was treated with {c:colchicine}.",
    ],
)
def test_what_is_not_implied(sentence: str) -> None:
    assert {condition for _, condition, *_ in methods(f"{BLAME} {sentence}")} == {"hepatitis"}


def test_a_title_about_harm_makes_a_suspect() -> None:
    text = "She was given {c:lithium}. She was tired. {d:Tremor} occurred."
    assert methods(text, title="Adverse effects of {c:lithium}") == [
        ("lithium", "tremor", "event-in-report", "implied")
    ]
    assert methods(text, title="{c:Lithium} in practice") == []


def test_given_and_then() -> None:
    text = "She received {c:lithium}. She developed {d:tremor}."
    assert methods(text) == [("lithium", "tremor", "given-then-befell", "implied")]
    assert methods("She received {c:lithium}. She rested. She developed {d:tremor}.") == []
    assert methods("She received {c:lithium} and {c:valproate}. She developed {d:tremor}.") == []


def test_the_more_telling_condition_is_meant() -> None:
    general, telling = "{c:Gentamicin} caused {d:nephrotoxicity}.", "{c:Gentamicin} caused {d:tubular necrosis}."
    assert [condition for _, condition, *_ in methods(general)] == ["nephrotoxicity"]
    assert [condition for _, condition, *_ in methods(f"{general} {telling}")] == ["tubular necrosis"]
    # Of another drug it says nothing.
    other = "{c:Cisplatin} caused {d:deafness}."
    assert [condition for _, condition, *_ in methods(f"{general} {other}")] == ["nephrotoxicity", "deafness"]


def test_a_companion_of_the_cause_is_not_blamed() -> None:
    together, cause = (
        "He developed {d:fever} under {c:dabrafenib} and {c:trametinib}.",
        "{c:Dabrafenib}-induced {d:fever} came back.",
    )
    assert {drug for drug, *_ in methods(together)} == {"dabrafenib", "trametinib"}
    assert {drug for drug, *_ in methods(f"{together} {cause}")} == {"dabrafenib"}


def test_places_move_with_the_words() -> None:
    sentence = story("The {d:rash} and the {d:fever} were due to the drug, and the {d:pain} was not.").sentences[-1]
    read = with_drug(bones(sentence))
    assert read is not None
    assert [read.text[g.start : g.end] for g in read.conditions] == ["⟦d"] * len(read.conditions)
    assert [read.text[g.start : g.end] for g in read.drugs] == ["⟦c"]
