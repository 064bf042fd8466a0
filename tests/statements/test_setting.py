"""Patients, animals, samples and the patients of other papers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.model import Document, Passage
from kg.statements.drugs import read_drug_statements
from kg.statements.patients import read_patients
from kg.statements.places import Story
from kg.statements.setting import in_reference, is_cited, is_laboratory, is_of_samples
from tests.statements.stories import adverse, story, treatments

TITLE = "The biology of {d:gout}"


def study(text: str) -> Story:
    """Return the story of a document that is no report of a case."""
    return replace(story(text, title=TITLE), is_case=False)


@pytest.mark.parametrize(
    "text",
    [
        "Gels were run using {c:SDS}.",
        "Lysates were treated with {c:DTT}.",
        "Blood samples of the patients were treated with {c:DTT}.",
        "Cells were then treated with {c:DTT}.",
        "Mice were given {c:colchicine}.",
        "The buffer was made using {c:SDS}, and she received it.",
    ],
)
def test_a_reagent_is_no_treatment_of_the_disease_of_the_title(text: str) -> None:
    assert read_drug_statements(study(text))[1] == []


@pytest.mark.parametrize(
    "text", ["Samples of the patient were treated with {c:DTT}.", "The mice were given {c:colchicine}."]
)
def test_nor_is_it_in_a_report_of_a_case(text: str) -> None:
    assert treatments(text, title="{d:Gout} of the knee") == []


@pytest.mark.parametrize(
    "text",
    [
        "The band was seen using {c:SDS}.",
        "The effect was due to administration of {c:colchicine}.",
        "Patients were examined using {c:xenon}.",
        "Patients had a response to {c:acetylcholine}.",
        "Doses of {c:colchicine} were measured in patients.",
    ],
)
def test_a_study_that_gives_no_patient_the_drug_treats_nothing(text: str) -> None:
    assert read_drug_statements(study(text))[1] == []


def test_patients_of_a_study_are_treated_for_the_disease_of_the_title() -> None:
    (evidence,) = read_drug_statements(study("Twenty patients received {c:colchicine}."))[1]
    assert (evidence.subject, evidence.object, evidence.method) == ("c:colchicine", "d:gout", "received+title-disease")


@pytest.mark.parametrize(
    "section", ["methods", "methods 2", "Materials and methods", "table", "figure 3", "Experimental"]
)
def test_sections_of_the_laboratory(section: str) -> None:
    assert is_laboratory(section)


@pytest.mark.parametrize("section", ["results", "case", "abstract.1", "title", "discussion", "text"])
def test_other_sections(section: str) -> None:
    assert not is_laboratory(section)
    assert not is_cited(section)


@pytest.mark.parametrize("before", ["Rats were treated with ", "Membranes from patients were incubated with "])
def test_samples(before: str) -> None:
    assert is_of_samples(before)


def test_a_cancer_of_cells_is_no_sample() -> None:
    assert not is_of_samples("A man with small cells lung cancer was treated with ")


@pytest.mark.parametrize(
    ("title", "before"),
    [
        ("{c:Colchicine} in rats", "The drug was injected."),
        ("{c:Colchicine} and the kidney", "Twelve rabbits were used."),
    ],
)
def test_what_is_said_of_animals_is_general(title: str, before: str) -> None:
    text = "{c:Colchicine} caused {d:hepatitis}."
    assert adverse(before, text, title=title) == [("colchicine", "hepatitis", "general")]
    text = "The {d:hepatitis} was treated with {c:colchicine}."
    assert treatments(before, text, title=title) == [("colchicine", "hepatitis", "general")]


@pytest.mark.parametrize(
    "before",
    ["A patient was seen.", "The man had been bitten by a dog.", "A 40-year-old man who kept two rats was seen."],
)
def test_a_patient_is_no_animal(before: str) -> None:
    assert adverse(before, "{c:Colchicine} caused {d:hepatitis}.") == [("colchicine", "hepatitis", "stated")]


def page(*passages: tuple[str, str]) -> Document:
    return Document("d", "i", "f", "s", "t", passages=tuple(Passage(*passage) for passage in passages))


OWN = ("abstract.1", "A 37-year-old man was seen.")


@pytest.mark.parametrize(
    "text",
    [
        "Doe and Kellermann reported the case of a 14-year-old girl who recovered.",
        "Doe and colleagues described a 14-year-old girl.",
        "Doe et al. reported a 14-year-old girl.",
        "A 14-year-old girl recovered at once (Doe, 2004).",
        "A 14-year-old girl recovered at once [Doe and Roe 2004].",
        "Doe J, Roe K. Gout in a 14-year-old girl. J Invent Med. 2004;12:33-5.",
    ],
)
def test_patients_of_other_papers_are_none_of_the_document(text: str) -> None:
    assert [case.age for case in read_patients(page(OWN, ("discussion", text))).cases] == [37.0]


def test_a_list_of_references_has_no_patients_and_no_outcomes() -> None:
    text = "Gout in a 14-year-old girl: complete remission, followed for 9 years."
    for passages in ((OWN, ("references 2", text)), (OWN, ("text", f"{text} J Invent Med. 2004;12(2):33-5."))):
        told = read_patients(page(*passages))
        assert [(case.age, case.outcome, case.follow_up) for case in told.cases] == [(37.0, None, None)]
    assert read_patients(page(("references", text))).cases == ()


@pytest.mark.parametrize(
    "text",
    [
        "We report a 14-year-old girl.",
        "Gout reported in a 14-year-old girl.",
        "The Department presents a 14-year-old girl.",
        "A 14-year-old girl presented in 2004.",
    ],
)
def test_own_patients_stay(text: str) -> None:
    assert [case.age for case in read_patients(page(("abstract.1", text))).cases] == [14.0]


def test_an_outcome_in_somebody_elses_report_is_not_the_patients() -> None:
    told = read_patients(page(OWN, ("discussion", "Doe et al. described complete remission in their patient.")))
    assert [case.outcome for case in told.cases] == [None]


def test_where_a_year_is_no_reference() -> None:
    assert not in_reference("A 14-year-old boy was seen in 2004; he recovered.", 2)


def moved(told: Story, section: str) -> Story:
    """Return a story whose text stands in another section."""
    sentences = tuple(s if s.section == "title" else replace(s, section=section) for s in told.sentences)
    return replace(told, sentences=sentences)


@pytest.mark.parametrize(
    ("section", "count"), [("results", 1), ("methods 2", 0), ("table", 0), ("figure", 0), ("references", 0)]
)
def test_the_disease_of_the_title_is_not_meant_in_methods_tables_and_references(section: str, count: int) -> None:
    told = study("Twenty patients received {c:colchicine}.")
    assert len(read_drug_statements(moved(told, section))[1]) == count


def test_a_report_of_a_case_may_tell_it_in_any_section_of_its_own() -> None:
    told = story("A 40-year-old man received {c:colchicine}.", title="{d:Gout}: a case report")
    assert told.is_case
    assert len(read_drug_statements(moved(told, "methods"))[1]) == 1
    assert read_drug_statements(moved(told, "references"))[1] == []


def test_what_a_list_of_references_says_is_general() -> None:
    told = moved(
        story("{c:Colchicine} caused {d:hepatitis}. The {d:gout} was treated with {c:colchicine}."), "references"
    )
    assert {e.polarity_reason for found in read_drug_statements(told) for e in found} == {"general"}
