"""Patients that a structured source describes (phenopackets), brought together with those that the text tells of.

A subject that agrees with a patient of the text in age and sex is that patient: an article and its phenopacket do not
count a patient twice. What a subject has, and what it was given, is evidence of its case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.curies import association_id
from kg.model import (
    ASSOCIATED_WITH,
    DISEASE,
    HAS_PHENOTYPE,
    PHENOTYPE,
    Case,
    Concept,
    Document,
    Evidence,
    Fact,
    Finding,
    Relation,
    Subject,
)
from kg.statements.patients import Patients, case_id, case_name
from kg.statements.quantities import in_years

#: The section that facts of a subject name, and the rule that read them.
SECTION: Final = "phenopacket"
METHOD: Final = "phenopacket"
_HUMAN: Final = "NCBITaxon:9606"


@dataclass(frozen=True, slots=True)
class Subjects:
    """The patients of a document, subjects among them.

    Attributes:
        patients: every case with its facts.
        cases: each subject that is a patient, with the identifier of its case.
        findings: where a subject and the text say different things of one patient.
    """

    patients: Patients
    cases: tuple[tuple[Subject, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def is_patient(subject: Subject) -> bool:
    """Tell whether a subject is a human patient; a relative is one if something was found in it.

    >>> is_patient(Subject("a", "p")), is_patient(Subject("b", "p", role="relative")), is_patient(Subject("m", "p", taxon="NCBITaxon:10090"))
    (True, False, False)
    """
    if subject.taxon not in {None, _HUMAN}:
        return False
    return subject.role != "relative" or any(not condition.excluded for condition in subject.conditions)


def join_subjects(document: Document, told: Patients) -> Subjects:
    """Return the patients of a document: those of its text, and its subjects.

    A subject is the first patient of the text that agrees with it in age (to the year) and sex, where neither is
    known to differ and something is known of both, or the only one where there is one of each; every other one is a
    case of its own.

    Args:
        document: its subjects are looked at.
        told: the patients that its text tells of.

    Example:
        >>> from kg.model import Age
        >>> subject = Subject("a", "p", sex="male", age=Age("P37Y", 37.0, "year"))
        >>> document = Document("PMID:7", "p.json", "phenopacket", "", "p", subjects=(subject,))
        >>> [case.name for case in join_subjects(document, Patients((), ())).patients.cases]
        ['case 1 of 7: male, 37 years']
    """
    subjects = [subject for subject in document.subjects if is_patient(subject)]
    if not subjects:
        return Subjects(told)
    cases = {case.id: case for case in told.cases}
    free = list(cases)
    joined: list[tuple[Subject, str]] = []
    facts: list[Fact] = []
    findings: list[Finding] = []
    for subject in subjects:
        same = next((case for case in free if _same(cases[case], subject)), None)
        if same is None and len(subjects) == len(told.cases) == 1:
            # One patient in the text and one in the packet are one, though the sources differ.
            same = free[0]
            if _differs(cases[same], subject):
                findings.append(_difference(document, cases[same], subject))
        if same is None:
            same = case_id(document.id, len(cases) + 1)
            cases[same] = Case(same, document.id, len(cases) + 1, "")
        else:
            free.remove(same)
        cases[same] = _completed(cases[same], subject)
        joined.append((subject, same))
        facts += _facts(document, subject, same)
    named = tuple(replace(case, name=case_name(case)) for case in cases.values())
    every = {fact.id: fact for fact in (*told.facts, *facts)}
    ordered = tuple(sorted(every.values(), key=lambda fact: fact.id))
    return Subjects(Patients(named, ordered), tuple(joined), tuple(findings))


def read_conditions_of_subjects(
    document: str, subjects: Subjects, nodes: Mapping[str, tuple[str, str]]
) -> Iterator[Evidence]:
    """Yield the evidence that subjects have the diseases and features that were found in them.

    What was looked for and is not there makes no evidence; it is a fact of the case.

    Args:
        document: identifier of the document.
        subjects: its patients.
        nodes: identifier that the source asserts -> the node that its mentions are linked to, and its category.
    """
    predicates = {DISEASE: ASSOCIATED_WITH, PHENOTYPE: HAS_PHENOTYPE}
    for subject, case in subjects.cases:
        for condition in subject.conditions:
            node = nodes.get(condition.concept.curie or "")
            if condition.excluded or node is None or node[1] not in predicates:
                continue
            yield Evidence(
                subject=case, predicate=predicates[node[1]], object=node[0], polarity="support",
                polarity_reason="asserted", document=document, case=case, section=SECTION, sentence_start=None,
                sentence_end=None, sentence=None, method=METHOD,
            )  # fmt: skip


def cases_of(relation: Relation, subjects: Subjects) -> Sequence[tuple[str, str | None]]:
    """Return the cases that a relation of a phenopacket was asserted of, with how the treatment ended.

    >>> relation = Relation("d", 1, "treatmentTarget", "CHEBI:1", "MONDO:1", "CHEBI:1", "MONDO:1")
    >>> cases_of(relation, Subjects(Patients((), ())))
    []
    """
    found: list[tuple[str, str | None]] = []
    for subject, case in subjects.cases:
        for treatment in subject.treatments:
            ends = (treatment.target, *treatment.adverse_events)
            if treatment.agent.curie == relation.subject and any(c and c.curie == relation.object for c in ends):
                outcome = treatment.response.label or treatment.response.written if treatment.response else None
                if (case, outcome) not in found:
                    found.append((case, outcome))
    return found


def _same(case: Case, subject: Subject) -> bool:
    known = case.age is not None and _age(subject)[0] is not None
    return not _differs(case, subject) and (known or bool(case.sex and subject.sex))


def _differs(case: Case, subject: Subject) -> bool:
    """Tell whether age, to the year, or sex are known of both and are not the same."""
    ages = _years(case.age, case.age_unit), _years(*_age(subject))
    if ages[0] is not None and ages[1] is not None and int(ages[0]) != int(ages[1]):
        return True
    return bool(case.sex and subject.sex and case.sex != subject.sex)


def _age(subject: Subject) -> tuple[float | None, str | None]:
    return (subject.age.number, subject.age.unit) if subject.age else (None, None)


def _years(age: float | None, unit: str | None) -> float | None:
    return in_years(age, unit) if age is not None and unit else None


def _completed(case: Case, subject: Subject) -> Case:
    """Fill what the text leaves open."""
    age, unit = _age(subject)
    if case.age is None and age is not None:
        case = replace(case, age=age, age_unit=unit)
    if case.sex is None and subject.sex:
        case = replace(case, sex=subject.sex)
    if case.outcome is None and subject.vital_status == "deceased":
        case = replace(case, outcome="died")
    return case


def _facts(document: Document, subject: Subject, case: str) -> Iterator[Fact]:
    age, unit = _age(subject)
    if subject.age:
        yield _fact(document, case, subject, "age", _age_text(subject), age, unit)
    if subject.sex:
        yield _fact(document, case, subject, "sex", subject.sex)
    if subject.vital_status == "deceased":
        yield _fact(document, case, subject, "outcome", "died")
    if subject.cause_of_death:
        yield _fact(document, case, subject, "cause_of_death", _named(subject.cause_of_death))
    for treatment in subject.treatments:
        # Without a target there is no statement of it; that the patient had it is a fact all the same.
        parts = [_named(treatment.agent)]
        parts += [f"for {_named(treatment.target)}"] if treatment.target else []
        parts += [f"response: {_named(treatment.response)}"] if treatment.response else []
        yield _fact(document, case, subject, "treatment", "; ".join(parts))
    for condition in subject.conditions:
        if condition.excluded:
            yield _fact(document, case, subject, "excluded", _named(condition.concept))
        elif condition.onset:
            onset = condition.onset
            text = f"{_named(condition.concept)}: {_named(onset.concept) if onset.concept else onset.text}"
            yield _fact(document, case, subject, "onset", text, onset.number, onset.unit)


def _fact(
    document: Document, case: str, subject: Subject, kind: str, value: str, number: float | None = None,
    unit: str | None = None,
) -> Fact:  # fmt: skip
    """Return a fact; it stands in no text, so its place is the begin of nothing."""
    identifier = association_id("fact", document.id, subject.packet, subject.id, kind, value)
    return Fact(
        id=identifier, document=document.id, case=case, kind=kind, value=value, number=number, unit=unit,
        section=SECTION, start=0, end=0, sentence_start=0, sentence_end=0, sentence="", rule=METHOD,
    )  # fmt: skip


def _age_text(subject: Subject) -> str:
    age = subject.age
    if age is None:
        return ""
    return _named(age.concept) if age.concept else age.text


def _named(concept: Concept) -> str:
    """Return a concept as `label (identifier)`.

    >>> _named(Concept("HP:1", "Seizure", "HP:1")), _named(Concept("x", "", None))
    ('Seizure (HP:1)', 'x')
    """
    return (
        f"{concept.label} ({concept.written})"
        if concept.label and concept.written
        else concept.label or concept.written
    )


def _difference(document: Document, case: Case, subject: Subject) -> Finding:
    said = case_name(case).partition(": ")[2]
    packet = ", ".join(filter(None, (subject.sex, _age_text(subject))))
    message = f"the text tells of a patient ({said}), phenopacket {subject.packet} of {packet}: taken for one patient"
    return Finding(
        id=association_id("finding", document.id, "sources-disagree", "patient", subject.packet),
        code="sources-disagree", severity="warning", document=document.id, mention=None, text=subject.packet,
        asserted=None, asserted_name=None, suggested=None, suggested_name=None, message=message,
    )  # fmt: skip
