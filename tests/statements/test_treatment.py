"""Each treatment rule, on sentences written for it; and what must yield nothing."""

from __future__ import annotations

import time

import pytest

from kg.statements.conditions import read_conditions
from kg.statements.evidence import POLARITY
from kg.statements.treatment import RULES
from tests.statements.stories import adverse, story, treatment_evidence, treatments

STATED, FAILED, NEGATED, MAYBE = "stated", "failed", "negated", "hypothetical"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The {d:gout} was treated with {c:colchicine}.", [("colchicine", "gout", STATED)]),
        ("{d:Pneumonia} was treated with {c:dexamethasone} in a patient with {d:gout}.", [("dexamethasone", "pneumonia", STATED)]),
        ("{c:Dabrafenib} plus {c:trametinib} was commenced for {d:gout}.",
         [("dabrafenib", "gout", STATED), ("trametinib", "gout", STATED)]),
        ("{c:Warfarin} interaction in a man with {d:gout}.", []),
        ("{c:Crizotinib} monitoring in a woman with {d:gout}.", []),
        ("Among 20 patients, eleven with {d:gout} responded to {c:colchicine}.", [("colchicine", "gout", "general")]),
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


@pytest.mark.parametrize(
    "sentence",
    [
        "A woman with no history of {d:asthma} was treated with {c:colchicine}.",
        "A woman without {d:asthma} or {d:eczema} was treated with {c:colchicine}.",
        "{d:Asthma} was excluded and {c:colchicine} was given.",
        "{d:Asthma} was ruled out, and {c:colchicine} was started.",
        "Her {d:asthma} was well controlled, and {c:colchicine} was started.",
        "There was no evidence of {d:asthma}, and she received {c:colchicine}.",
        "With a past history of {d:asthma} she was given {c:colchicine}.",
        "She received {c:colchicine} for prevention of {d:asthma}.",
        "She was given {c:colchicine} for prophylaxis of {d:asthma}.",
    ],
)
def test_a_disease_that_is_denied_or_set_aside_is_not_what_was_treated(sentence: str) -> None:
    assert treatments(sentence) == []
    titled = treatments(sentence, title="{d:Gout} of the knee")
    assert {row[1] for row in titled} <= {"gout"}


@pytest.mark.parametrize(
    "title",
    [
        "{d:Gout} mimicking {d:asthma}",
        "{d:Gout} masquerading as {d:asthma}",
        "{d:Gout} misdiagnosed as {d:asthma}",
        "A case of {d:gout} and its differential diagnosis of {d:asthma}",
    ],
)
def test_what_was_only_mimicked_is_no_condition_and_is_not_treated(title: str) -> None:
    text = "A 40-year-old man received {c:colchicine}."
    assert treatments(text, title=title) == [("colchicine", "gout", STATED)]
    told = story(text, title=title)
    assert {e.object for e in read_conditions(told, [])} == {"d:gout"}


def test_an_excluded_disease_is_no_condition() -> None:
    told = story(
        "A 40-year-old man was seen. Imaging revealed a {d:melanoma}. {d:Asthma} was excluded.",
        title="{d:Gout} was ruled out",
    )
    assert {e.object for e in read_conditions(told, [])} == {"d:melanoma"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("After failure of {c:febuxostat}, {c:colchicine} was started.", {"febuxostat": FAILED, "colchicine": STATED}),
        ("After failure of {c:febuxostat}, {c:colchicine} and {c:anakinra} were started.",
         {"febuxostat": FAILED, "colchicine": STATED, "anakinra": STATED}),
        ("It did not respond to {c:febuxostat} and {c:colchicine} was given.", {"febuxostat": FAILED, "colchicine": STATED}),
        ("It did not respond to {c:febuxostat}, {c:colchicine}, or {c:anakinra}.",
         {"febuxostat": FAILED, "colchicine": FAILED, "anakinra": FAILED}),
        ("Without {c:febuxostat}, he was given {c:colchicine}.", {"febuxostat": NEGATED, "colchicine": STATED}),
        ("No further {c:colchicine} was given.", {"colchicine": NEGATED}),
        ("Neither {c:colchicine} nor {c:febuxostat} was given.", {"colchicine": NEGATED, "febuxostat": NEGATED}),
        ("He responded to neither {c:colchicine} nor {c:febuxostat}.", {"colchicine": FAILED, "febuxostat": FAILED}),
        ("He received {c:colchicine}, without effect.", {"colchicine": FAILED}),
        ("He received {c:colchicine}, but the disease progressed.", {"colchicine": FAILED}),
        ("He was treated with {c:colchicine} and {c:febuxostat}, but the tumor grew.", {"colchicine": FAILED, "febuxostat": FAILED}),
        ("He received {c:colchicine}, and {c:febuxostat} was refused.", {"colchicine": STATED, "febuxostat": NEGATED}),
    ],
)  # fmt: skip
def test_each_drug_has_its_own_fate(sentence: str, expected: dict[str, str]) -> None:
    assert {row[0]: row[2] for row in treatments(sentence, title="{d:Gout} of the knee")} == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "{c:Colchicine} is the standard of care for {d:gout}.",
        "{c:Colchicine} has shown activity in {d:gout}.",
        "{c:Colchicine} remains the backbone of treatment for {d:gout}.",
        "Treatment with {c:colchicine} is the mainstay in {d:gout}.",
        "Treatment of {d:gout} with {c:colchicine} requires care.",
        "The use of {c:colchicine} in {d:gout} remains controversial.",
        "{c:Colchicine} was effective against {d:gout} in earlier reports.",
        "Resistance to {c:colchicine} is common in {d:gout}.",
        "Mice with {d:gout} were treated with {c:colchicine}.",
        "A previous patient treated with {c:colchicine} died.",
        "No patient has ever been treated with {c:colchicine}.",
        "He did well, unlike patients given {c:colchicine}.",
        "In a large cohort {c:colchicine} was given.",
    ],
)
def test_what_is_known_is_no_treatment_of_this_patient(sentence: str) -> None:
    found = treatment_evidence("A 40-year-old man was seen.", sentence, title="{d:Gout} of the knee")
    assert {e.polarity_reason for e in found} <= {"general"}
    assert {e.case for e in found} <= {None}


@pytest.mark.parametrize(
    "sentence",
    [
        "He had been taking {c:colchicine}.",
        "Since then he had been taking {c:warfarin}.",
        "His regular medication included taking {c:colchicine}.",
        "He was on {c:colchicine} and was given {c:morphine}.",
        "He was started on {c:prednisone}.",
        "He developed {d:pain} and was given {c:morphine}.",
    ],
)
def test_home_and_supportive_drugs_are_not_for_the_disease_of_the_title(sentence: str) -> None:
    assert treatments(sentence, title="{d:Gout} of the knee") == []


def test_a_home_drug_is_for_what_the_sentence_says() -> None:
    text = "He had been taking {c:warfarin} for {d:thrombosis}."
    assert treatments(text, title="{d:Gout} of the knee") == [("warfarin", "thrombosis", STATED)]


def test_two_drugs_for_two_diseases_are_kept_apart() -> None:
    text = "He received {c:colchicine}, and {c:warfarin} for {d:thrombosis}."
    assert ("colchicine", "thrombosis", STATED) not in treatments(text, title="{d:Gout} of the knee")


@pytest.mark.parametrize(
    "piece",
    [
        "{c:b}, {d:a}, ",
        "a man ",
        "5-year-old ",
        "A man of 37 with {d:a} was given {c:b}. ",
        "followed up for 5 months ",
        "not ",
    ],
)
def test_cost_grows_with_the_text_only(piece: str) -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        treatments(piece * times)
        adverse(piece * times)
        return time.process_time() - begun

    # A quadratic rule takes minutes here.
    assert seconds(100_000 // len(piece)) < 10


def test_a_sentence_that_is_a_list_says_nothing() -> None:
    assert treatments("The {d:a} was treated with " + ", ".join(f"{{c:b{i}}}" for i in range(60)) + ".") == []


@pytest.mark.parametrize(
    "text",
    [
        "She developed {d:colitis}. {c:Infliximab} was given.",
        "A woman with suspected {d:colitis} was given {c:infliximab}.",
        "She developed {d:colitis}. It was treated with {c:infliximab}.",
        "Severe {d:colitis} occurred. She received {c:infliximab}.",
        "She developed {d:colitis} and was treated with {c:infliximab}.",
    ],
)
def test_what_follows_an_event_or_a_suspicion_is_not_for_the_disease_of_the_title(text: str) -> None:
    assert treatments(text, title="{d:Gout} of the knee") == []


def test_a_man_with_another_disease_is_treated_for_that_of_the_title() -> None:
    text = "A man with {d:asthma} was treated with {c:colchicine}."
    assert treatments(text, title="{d:Gout} of the knee") == [("colchicine", "gout", STATED)]


def test_treated_for_a_disease_with_a_drug() -> None:
    assert treatments("He was treated for acute {d:gout} with {c:colchicine}.") == [("colchicine", "gout", STATED)]


def test_outcome_is_of_what_the_report_is_about() -> None:
    title = "A case report of {d:gout}"
    text = ("The {d:hepatitis} was treated with {c:dexamethasone}.", "A 40-year-old man died of sepsis.")
    (evidence,) = treatment_evidence(*text, title=title)
    assert (evidence.object, evidence.outcome) == ("d:hepatitis", None)
