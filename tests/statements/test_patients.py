"""Patients and their facts: only what the text says."""

from __future__ import annotations

import pytest

from kg.documents.intake import Input
from kg.documents.reading import read_input
from kg.model import Case, Document, Passage
from kg.statements.patients import read_patients
from tests.pages import SEED


def cases(*abstract: str, title: str = "t") -> tuple[Case, ...]:
    passages = [Passage("title", title), *(Passage(f"abstract.{i}", t) for i, t in enumerate(abstract, 1))]
    return read_patients(Document("doi:10.5555/x", "x.md", "casepage", "0", title, passages=tuple(passages))).cases


def test_seed() -> None:
    (document,) = read_input(Input(SEED.name, SEED)).documents
    patients = read_patients(document)
    (case,) = patients.cases
    assert (case.id, case.age, case.age_unit, case.sex) == ("casegraph:PMC13003748-case-1", 37, "year", "male")
    assert (case.follow_up, case.follow_up_unit) == (48, "month")
    assert case.outcome == "complete radiological remission"
    for fact in patients.facts:
        text = document.passage(fact.section)
        assert text[fact.sentence_start : fact.sentence_end] == fact.sentence
        assert fact.sentence_start <= fact.start < fact.end <= fact.sentence_end


@pytest.mark.parametrize(
    ("text", "age", "unit", "sex"),
    [
        ("A 37-year-old male underwent surgery.", 37, "year", "male"),
        ("A 64 year old woman was seen.", 64, "year", "female"),
        ("A woman aged 52 years was seen.", 52, "year", "female"),
        ("An 8-month-old girl was brought in.", 8, "month", "female"),
        ("A thirty-seven-year-old man was seen.", 37, "year", "male"),
        ("A 6-week-old male infant was seen.", 6, "week", "male"),
        ("The patient was 45 years old.", 45, "year", None),
        ("A 12-year-old previously healthy Japanese boy was seen.", 12, "year", "male"),
        ("A man in his sixties was seen.", None, None, "male"),
        ("The patient was seen.", None, None, None),
    ],
)
def test_age_and_sex(text: str, age: float | None, unit: str | None, sex: str | None) -> None:
    (case,) = cases(text)
    assert (case.age, case.age_unit, case.sex) == (age, unit, sex)


@pytest.mark.parametrize(
    "text",
    [
        "Gout is common in people aged 60 years or older.",
        "Patients aged 50 years were enrolled.",
        "A previous report described a 70-year-old man with thymoma.",
        "His 60-year-old father had gout.",
        "Gout is a disease of joints.",
        "The drug has been on the market for 37 years.",
    ],
)
def test_what_says_nothing_of_a_patient_yields_nothing(text: str) -> None:
    assert cases(text) == ()


def test_a_relative_is_no_patient() -> None:
    (case,) = cases("A 37-year-old man was seen. His 60-year-old father and her 5-year-old sister were well.")
    assert case.age == 37


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("Over a 48-month follow-up period, all was well.", 48, "month"),
        ("At the 12-month follow-up, all was well.", 12, "month"),
        ("After two years of follow-up, all was well.", 2, "year"),
        ("She was followed up for 18 months.", 18, "month"),
        ("The follow-up was 6 weeks.", 6, "week"),
        ("At the 6-month follow-up and at the 2-year follow-up all was well.", 2, "year"),
        ("He was well.", None, None),
    ],
)
def test_follow_up(text: str, number: float | None, unit: str | None) -> None:
    (case,) = cases("A 37-year-old man was seen.", text)
    assert (case.follow_up, case.follow_up_unit) == (number, unit)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("He achieved complete radiological remission.", "complete radiological remission"),
        ("The best result was a partial response.", "partial response"),
        ("He had stable disease.", "stable disease"),
        ("He died of sepsis.", "died of sepsis"),
        ("He did not achieve a complete response.", None),
        ("A complete response may be reached.", None),
        ("The complete response rate in trials is 10%.", None),
        ("The immune response was measured.", None),
    ],
)
def test_outcome(text: str, outcome: str | None) -> None:
    assert cases("A 37-year-old man was seen.", text)[0].outcome == outcome


def test_several_patients_keep_their_own_facts() -> None:
    one, two = cases(
        "We saw two patients.",
        "Patient 1, a 47-year-old woman, had a partial response. She was followed up for 16 months.",
        "Patient 2, a 63-year-old man, had stable disease. He was followed up for 5 months.",
        "Overall follow-up was 9 months.",
    )
    assert (one.age, one.sex, one.follow_up, one.outcome) == (47, "female", 16, "partial response")
    assert (two.age, two.sex, two.follow_up, two.outcome) == (63, "male", 5, "stable disease")


def test_two_in_one_sentence_share_nothing() -> None:
    one, two = cases("A 47-year-old woman and a 63-year-old man were seen. Follow-up was 5 months.")
    assert (one.follow_up, two.follow_up) == (None, None)


def told(*texts: str, title: str = "t") -> list[tuple[float | None, str | None, str | None]]:
    return [(c.age, c.age_unit, c.sex) for c in cases(*texts, title=title)]


@pytest.mark.parametrize(
    ("text", "age", "unit", "sex"),
    [
        ("A 3-year follow-up of a 51-year-old man is told.", 51, "year", "male"),
        ("A 2-year-old nodule was seen in a 61-year-old woman.", 61, "year", "female"),
        ("A 1-year-and-3-month-old girl was seen.", 15, "month", "female"),
        ("A 2-year 3-month-old boy was seen.", 27, "month", "male"),
        ("A 2 1/2-year-old boy was seen.", 2.5, "year", "male"),
        ("A 45-year-old patient, mother of a 3-year-old boy, was seen.", 45, "year", None),
        ("A 70-year-old woman was seen; her son, a 41-year-old man, was well.", 70, "year", "female"),
        ("A boy born to a 31-year-old woman was seen.", None, None, "male"),
        ("A 10-year-old girl was seen. When she was 15 years old it came back.", 10, "year", "female"),
        ("A 12-year-old child was treated. The patient is now a 40-year-old man.", 12, "year", None),
        ("A 35-year-old male-to-female transgender patient was seen.", 35, "year", None),
        ("A 50 y/o man was seen.", 50, "year", "male"),
        ("A 50 yo woman was seen.", 50, "year", "female"),
        ("A man of 37 was seen.", 37, "year", "male"),
        ("A 62-year-old presented with pain.", 62, "year", None),
        ("The patient, a 33-year-old woman, was seen.", 33, "year", "female"),
        ("A 64-year-old man was seen. The donor was his sister, a 60-year-old woman.", 64, "year", "male"),
        ("A 64-year-old man received a kidney from a 50-year-old woman.", 64, "year", "male"),
        ("The 5-year-old boy's father, a 40-year-old man, was well.", 5, "year", "male"),
        ("A 64-year-old man was seen; similar cases have been reported.", 64, "year", "male"),
        ("We saw a 64-year-old man, the second case in the literature.", 64, "year", "male"),
        ("A 64-year-old man was seen. Previously, a 30-year-old woman was reported.", 64, "year", "male"),
        ("A 64-year-old man was seen. Smith et al. reported a 30-year-old woman.", 64, "year", "male"),
        ("A 64-year-old man was seen. The kidney came from a 20-year-old male donor.", 64, "year", "male"),
    ],
)
def test_one_patient_with_the_right_age(text: str, age: float | None, unit: str | None, sex: str | None) -> None:
    assert told(text) == [(age, unit, sex)]


@pytest.mark.parametrize("thing", ["implant", "prosthesis", "lesion", "transplant", "hip replacement", "burn scar"])
def test_the_age_of_a_thing_is_no_age_of_a_patient(thing: str) -> None:
    assert told(f"A man with a 10-year-old {thing} was seen.") == [(None, None, "male")]


@pytest.mark.parametrize(
    "text",
    [
        "A 20-year-old healthy volunteer gave blood.",
        "A 7-year-old female dog was brought in.",
        "A 5-year-old neutered male cat was brought in.",
        "A 41-year-old nurse was stung. Blood of a 30-year-old male control was used.",
        "Wistar rats aged 2 months were used.",
    ],
)
def test_volunteers_animals_and_controls_are_no_patients(text: str) -> None:
    assert cases(text) == ()


def test_an_animal_in_the_title_means_no_patient() -> None:
    assert cases("A 7-year-old female was brought in.", title="A rare tumor in a mixed-breed dog") == ()


@pytest.mark.parametrize(
    "text", ["A 55- to 60-year-old man is typical.", "A 437-year-old man was seen.", "A 20-30 year-old man was seen."]
)
def test_no_age_from_a_range_or_a_slip(text: str) -> None:
    assert {age for age, _, _ in told(text)} <= {None}


@pytest.mark.parametrize("word", ["Case", "Patient"])
def test_explicit_ordinals_are_honoured(word: str) -> None:
    one, two = cases(
        f"{word} 1: A 65-year-old man had a partial response. {word} 2: A 65-year-old man had stable disease."
    )
    assert (one.age, two.age) == (65, 65)
    assert len(cases("The first patient was a 65-year-old man.", "The second patient was a 65-year-old man.")) == 2


def test_a_list_of_patients() -> None:
    text = "We saw 3 patients: a 4-year-old girl, a 6-year-old boy and a 9-year-old girl."
    assert told(text) == [(4, "year", "female"), (6, "year", "male"), (9, "year", "female")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A 5-year follow-up of a 40-year-old man.", 5),
        ("A follow-up of 12 months is recommended.", None),
        ("In a study with a median follow-up of 36 months it was rare.", None),
        ("The mean follow-up was 20 months.", None),
    ],
)
def test_follow_up_of_this_patient_only(text: str, number: float | None) -> None:
    assert cases("A 40-year-old man was seen.", text)[0].follow_up == number


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("She failed to achieve a complete response.", None),
        ("Complete remission was not achieved.", None),
        ("The aim was complete remission.", None),
        ("Achieving complete remission is difficult.", None),
        ("The patient died two weeks later.", "died"),
        ("She eventually succumbed.", "died"),
        ("Complete remission was reached. She relapsed soon and died.", "died"),
        ("She died of a myocardial infarction.", "died of a myocardial infarction"),
        ("Her father died two weeks later.", None),
        ("A previous patient died.", None),
    ],
)
def test_outcomes_that_were_reached(text: str, outcome: str | None) -> None:
    assert cases("A 40-year-old woman was seen.", text)[0].outcome == outcome
