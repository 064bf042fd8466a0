"""Subjects of phenopackets are patients, and no patient is counted twice."""

from __future__ import annotations

import pytest

from kg.model import (
    DISEASE,
    PHENOTYPE,
    Age,
    Case,
    Concept,
    Document,
    Passage,
    Relation,
    Subject,
    SubjectCondition,
    SubjectTreatment,
)
from kg.statements.patients import Patients, read_patients
from kg.statements.subjects import Subjects, cases_of, join_subjects, read_conditions_of_subjects

FEVER = Concept("HP:0001945", "Fever", "HP:0001945")
TUMOUR = Concept("MONDO:0009807", "osteosarcoma", "MONDO:0009807")
DRUG = Concept("CHEBI:44185", "methotrexate", "CHEBI:44185")
NODES = {"HP:0001945": ("HP:0001945", PHENOTYPE), "MONDO:0009807": ("MONDO:0009807", DISEASE)}


def years(number: float) -> Age:
    return Age(f"P{number:g}Y", number, "year")


def joined(text: str, *subjects: Subject) -> Subjects:
    document = Document("PMID:7", "p", "bioc", "", "A case", passages=(Passage("abstract", text),), subjects=subjects)
    return join_subjects(document, read_patients(document))


def test_the_subject_is_the_patient_of_the_text() -> None:
    subject = Subject("a", "p", sex="male", age=years(37.2), vital_status="deceased")
    found = joined("A 37-year-old man was seen. He had a fever.", subject)
    (case,) = found.patients.cases
    assert (case.age, case.sex, case.outcome) == (37.0, "male", "died")
    assert found.cases == ((subject, case.id),)
    assert found.findings == ()
    assert {(f.kind, f.rule == "phenopacket") for f in found.patients.facts} >= {("age", True), ("age", False)}


def test_each_subject_of_a_series_finds_its_patient() -> None:
    text = "Patient 1, a 30-year-old woman, was seen. Patient 2, a 60-year-old man, was seen."
    old, young, third = (
        Subject(n, n, sex=s, age=years(a)) for n, s, a in (("o", "male", 60), ("y", "female", 30), ("t", "male", 5))
    )
    found = joined(text, old, young, third)
    assert [(s.id, c.rpartition("-")[2]) for s, c in found.cases] == [("o", "2"), ("y", "1"), ("t", "3")]
    assert [c.name for c in found.patients.cases] == [
        "case 1 of PMID-7: female, 30 years".replace("PMID-", ""),
        "case 2 of 7: male, 60 years",
        "case 3 of 7: male, 5 years",
    ]


def test_one_and_one_are_one_patient_though_they_differ_and_it_is_told() -> None:
    found = joined("A 37-year-old man was seen.", Subject("a", "p", sex="male", age=years(45)))
    (case,) = found.patients.cases
    assert case.age == 37.0
    (finding,) = found.findings
    assert (finding.code, finding.severity) == ("sources-disagree", "warning")
    assert "male, 37 years" in finding.message
    assert "male, P45Y" in finding.message


def test_nothing_differs_where_the_text_says_nothing() -> None:
    found = joined("The patient was seen.", Subject("a", "p", sex="male", age=years(45)))
    assert [(c.age, c.sex) for c in found.patients.cases] == [(45.0, "male")]
    assert found.findings == ()


def test_ages_in_other_units_agree() -> None:
    found = joined("An 18-month-old girl was seen.", Subject("a", "p", sex="female", age=Age("P1Y6M", 1.5, "year")))
    assert len(found.patients.cases) == 1
    assert found.findings == ()


@pytest.mark.parametrize(
    ("subject", "counted"),
    [
        (Subject("m", "p", taxon="NCBITaxon:10090"), False),
        (Subject("h", "p", taxon="NCBITaxon:9606"), True),
        (Subject("r", "p", role="relative"), False),
        (Subject("r", "p", role="relative", conditions=(SubjectCondition(FEVER, "phenotype", True),)), False),
        (Subject("r", "p", role="relative", conditions=(SubjectCondition(FEVER, "phenotype", False),)), True),
        (Subject("r", "p", role="member"), True),
    ],
)
def test_who_is_a_patient(subject: Subject, counted: bool) -> None:
    document = Document("PMID:7", "p", "phenopacket", "", "p", subjects=(subject,))
    assert len(join_subjects(document, Patients((), ())).patients.cases) == counted


def test_what_was_found_is_evidence_and_what_was_not_is_a_fact() -> None:
    conditions = (
        SubjectCondition(FEVER, "phenotype", False, years(3)),
        SubjectCondition(TUMOUR, "disease", False),
        SubjectCondition(Concept("HP:0001250", "Seizure", "HP:0001250"), "phenotype", True),
        SubjectCondition(Concept("X:1", "unlinked", None), "disease", False),
    )
    found = joined("", Subject("a", "p", conditions=conditions))
    told = list(read_conditions_of_subjects("PMID:7", found, NODES))
    assert [(e.predicate, e.object, e.polarity, e.case) for e in told] == [
        ("biolink:has_phenotype", "HP:0001945", "support", "casegraph:PMID-7-case-1"),
        ("biolink:associated_with", "MONDO:0009807", "support", "casegraph:PMID-7-case-1"),
    ]
    assert {(f.kind, f.value, f.number) for f in found.patients.facts} == {
        ("onset", "Fever (HP:0001945): P3Y", 3),
        ("excluded", "Seizure (HP:0001250)", None),
    }


def test_a_treatment_is_of_its_subject() -> None:
    treatment = SubjectTreatment(
        DRUG, TUMOUR, response=Concept("NCIT:C1", "Favorable", "NCIT:C1"), adverse_events=(FEVER,)
    )
    found = joined("", Subject("a", "p", treatments=(treatment,)), Subject("b", "q"))
    first = "casegraph:PMID-7-case-1"

    def relation(obj: str) -> Relation:
        return Relation("PMID:7", 1, "treatmentTarget", "CHEBI:44185", obj, "CHEBI:44185", obj)

    assert cases_of(relation("MONDO:0009807"), found) == [(first, "Favorable")]
    assert cases_of(relation("HP:0001945"), found) == [(first, "Favorable")]
    assert cases_of(relation("HP:0000001"), found) == []
    (fact,) = [f for f in found.patients.facts if f.kind == "treatment"]
    assert (fact.case, fact.value) == (
        first,
        "methotrexate (CHEBI:44185); for osteosarcoma (MONDO:0009807); response: Favorable (NCIT:C1)",
    )


def test_cases_of_the_text_stay_as_they_are_without_subjects() -> None:
    told = Patients((Case("casegraph:a-case-1", "d", 1, "x", 3.0, "year"),), ())
    document = Document("d", "p", "bioc", "", "A case")
    assert join_subjects(document, told).patients is told
