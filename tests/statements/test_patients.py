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
