"""Is it a case report? Each rule on sentences of the kinds that it is for, and of the kinds that it must not take."""

from __future__ import annotations

import gzip
import io
import json

import pytest

from kg.documents.casereport import _RULES, Verdict, is_case_report
from kg.documents.jats import read_jats
from kg.documents.tally import Tally
from kg.model import Document, Passage
from tests.terms.full_data import full_data


def verdict(
    title: str = "Drug A and disease B",
    text: str = "",
    *,
    types: tuple[str, ...] = (),
    form: str = "pubtator",
    section: str = "abstract",
) -> Verdict:
    passages = (Passage("title", title), *([Passage(section, text)] if text else []))
    return is_case_report(Document("d", "i", form, "", title, passages=passages, publication_types=types))


@pytest.mark.parametrize(
    "kind",
    ["case-report", "Case Reports", "Case Report", "CASE REPORTS", "Clinical Case Report", "Case Report and Review", "Case study",
     "Case Report/Case Series"],
)  # fmt: skip
def test_publication_type_says_so(kind: str) -> None:
    found = verdict(types=("Journal Article", kind))
    assert (found.is_case, found.rule) == (True, "publication-type")
    assert kind in found.reason


@pytest.mark.parametrize(
    "kind",
    ["Randomized Controlled Trial", "Clinical Trial, Phase II", "review-article", "Systematic Review", "Meta-Analysis", "Editorial",
     "Practice Guideline", "retraction", "Observational Study"],
)  # fmt: skip
def test_publication_type_says_otherwise(kind: str) -> None:
    found = verdict(text="We report a 37-year-old man.", types=(kind,))
    assert (found.is_case, found.rule) == (False, "other-type")


@pytest.mark.parametrize(
    "kind", ["research-article", "Journal Article", "letter", "brief-report", "Case-Control Studies"]
)
def test_publication_types_that_decide_nothing(kind: str) -> None:
    assert verdict(types=(kind,)).rule == "no-sign"
    assert verdict(text="We report a 37-year-old man.", types=(kind,)).is_case


@pytest.mark.parametrize(
    "title",
    [
        "Remission of B under A: a case report",
        "Remission of B under A. Case report",
        "B after A: report of two cases and review of the literature",
        "B after A: report of a case",
        "A rare case of B",
        "Case of B mistaken for C",
        "Two cases of B after A",
        "B in pregnancy: case presentation",
        "An unusual case with B",
        "Case reports: B in siblings",
    ],
)
def test_titles_of_case_reports(title: str) -> None:
    found = verdict(title, types=("review-article",))
    assert (found.is_case, found.rule) == (True, "title-case-report")


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("A and B: a case-control study", "title-study"),
        ("A case-cohort study of B", "title-study"),
        ("A for B: a randomised trial", "title-study"),
        ("A in B: a systematic review", "title-study"),
        ("B in the north: prevalence and risk factors", "title-study"),
        ("B after A: a case series of 120 patients", "title-many"),
        ("B after A: report of 35 cases", "title-many"),
        ("B in a dog: a case report", "title-animal"),
        ("Effect of A on B in rats", "title-animal"),
        ("A in a mouse model of B", "title-animal"),
        ("Quality of published case reports on B", "title-about-reports"),
        ("A systematic review of case reports of B", "title-about-reports"),
        ("Guidelines for writing case reports", "title-about-reports"),
    ],
)
def test_titles_of_other_work(title: str, rule: str) -> None:
    found = verdict(title, "A 40-year-old man was seen.", types=("research-article",))
    assert (found.is_case, found.rule) == (False, rule)


@pytest.mark.parametrize("title", ["B after a dog bite", "Cat scratch disease and A", "Horse-riding injuries"])
def test_animals_that_only_bite(title: str) -> None:
    assert verdict(title, "We report a 40-year-old man.").is_case


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("B in a patient with C", "title-patient"),
        ("B in an elderly woman taking A", "title-patient"),
        ("B in two patients on dialysis", "title-patient"),
        ("A 5-year-old girl with B", "title-patient"),
        ("B in a patient population", "no-sign"),
        ("B in patients with C", "no-sign"),
    ],
)
def test_titles_that_name_a_patient(title: str, rule: str) -> None:
    assert verdict(title).rule == rule
    assert not verdict(title, "Thirty-two patients were enrolled.").is_case


@pytest.mark.parametrize(
    "text",
    [
        "B is rare. We report a 37-year-old man with B.",
        "We describe the case of a woman who took A.",
        "Herein, we present a rare case of B.",
        "We have reported a case of B after A.",
        "The authors describe two male patients who developed B.",
        "OBJECTIVE: To report a case of B caused by A.",
        "This report describes a patient with B.",
        "We describe three episodes of B in two transplant recipients.",
        "Only four cases are known. We describe a 5th case.",
        "We studied a 37-year-old man who developed B.",
    ],
)
def test_texts_that_report(text: str) -> None:
    found = verdict(text=text + " The cohorts of others were compared (P < 0.05).")
    assert (found.is_case, found.rule) == (True, "text-reports-case")


@pytest.mark.parametrize(
    "text",
    [
        "We report our findings on B in patients of all ages.",
        "We report the results of a trial of A.",
        "We describe an outbreak of B.",
        "We report a new method for the assay of A.",
        "We report mutations found in 3 families.",
        "We studied the effect of A in 60 adult patients.",
        "We present data from a patient population with B.",
    ],
)
def test_texts_that_report_something_else(text: str) -> None:
    assert not verdict(text=text).is_case


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("A case of B is described.", "text-case-reported"),
        ("Two patients with B after A are presented.", "text-case-reported"),
        ("A newborn with B and a high level of A is described.", "text-case-reported"),
        ("The occurrence of B is reported after A in a man without risk factors.", "text-case-reported"),
        ("B is rare. CASE SUMMARY: B was seen after A.", "text-case-heading"),
        ("Case presentation: B was seen after A.", "text-case-heading"),
        ("A 54-year-old woman presented with B. The risk was compared in a cohort.", "text-opens-with-patient"),
        ("B is rare. A 54-year-old woman presented with it.", "text-aged-patient"),
        ("B came on in a 23-yr-old man under A.", "text-aged-patient"),
        ("B is rare. A woman aged 60 had it.", "text-aged-patient"),
        ("B may follow A. This case illustrates the danger.", "text-this-case"),
        ("In the present case, B came on late.", "text-this-case"),
        ("A Cambodian woman with C developed B while taking A.", "text-one-patient"),
        ("Forty minutes after A, a patient developed B.", "text-one-patient"),
        ("A was used in a patient with B.", "text-one-patient"),
        ("Two patients developed B under A.", "text-few-patients"),
        ("B developed after a long course of A in 2 patients who had C.", "text-few-patients"),
        ("B came late. The patient was given A. The patient recovered.", "text-the-patient"),
    ],
)
def test_texts_that_tell_of_patients(text: str, rule: str) -> None:
    found = verdict(text=text)
    assert (found.is_case, found.rule) == (True, rule)


@pytest.mark.parametrize(
    "text",
    [
        "Sixty patients were randomly assigned to A or placebo. One patient developed B.",
        "In this retrospective cohort a 60-year-old man had B.",
        "Male Wistar rats were given A. The patient of the future was born.",
        "Two groups of patients developed B (n = 23).",
        "Twenty women with B were studied. The patient was seen twice. The patient had A.",
        "A case-control study of A; two patients had B.",
    ],
)
def test_studies(text: str) -> None:
    found = verdict(text=text)
    assert (found.is_case, found.rule) == (False, "text-study")


def test_the_section_of_the_case() -> None:
    passages = (
        Passage("title", "A and B"),
        Passage("introduction", "B is rare."),
        Passage("case 2", "He was given A."),
    )
    found = is_case_report(Document("d", "i", "jats", "", "A and B", passages=passages))
    assert (found.is_case, found.rule) == (True, "case-section")


def test_pages_count_unless_they_say_otherwise() -> None:
    assert verdict(form="casepage").rule == "case-page"
    assert verdict(form="casepage", text="Sixty patients were enrolled.").is_case
    assert not verdict("A for B: a randomised trial", form="casepage").is_case
    assert not verdict(form="casepage", types=("Meta-Analysis",)).is_case


def test_a_discussion_introduces_nobody() -> None:
    """What stands far behind in a study's text is not looked at."""
    passages = (
        Passage("title", "A and B"), Passage("abstract", "Sixty patients were enrolled."),
        Passage("discussion", "We report a 37-year-old man."),
    )  # fmt: skip
    assert not is_case_report(Document("d", "i", "jats", "", "A and B", passages=passages)).is_case


def test_a_document_without_a_title_begins_with_it() -> None:
    document = Document(
        "d", "i", "bioc", "", "d", passages=(Passage("text", "B after A: report of 4 cases. We saw B."),)
    )
    assert is_case_report(document).rule == "title-case-report"


def test_nothing() -> None:
    assert is_case_report(Document("d", "i", "bioc", "", "d")) == Verdict(
        False, "nothing in publication type, title or text says that it describes single patients", "no-sign"
    )


def test_a_woman_of_an_age_in_a_paper_with_a_trial() -> None:
    text = "First a randomised trial, later care of 60 women. Another patient had seizures. This 22-year-old epileptic woman was treated."
    found = verdict(text=text)
    assert (found.is_case, found.rule) == (True, "text-this-aged-patient")
    assert not verdict(
        text="A randomised trial of 60 women aged 22 years. This group of 22-year-old people fared well."
    ).is_case


@pytest.mark.parametrize(
    "text",
    [
        "Biopsy showed hepatitis. We concluded that this patient had hepatotoxicity.",
        "Biopsy showed hepatitis. This is the first case reported with a biopsy.",
    ],
)
def test_a_short_report_that_speaks_of_its_patient(text: str) -> None:
    found = verdict("Drug hepatitis.", text)
    assert (found.is_case, found.rule) == (True, "text-this-case")
    assert not verdict("Drug hepatitis.", f"We studied 40 patients. {text}").is_case


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [name for name, _, _ in _RULES]
    assert len(set(names)) == len(names)


def test_long_and_odd_texts_take_no_time() -> None:
    for text in ("a patient with " * 5000, "We report " * 5000, "in a " * 5000, "one " * 20000, "(" * 20000):
        verdict(text * 2, text)


def test_genuine_articles_are_no_case_reports() -> None:
    for path in sorted(full_data("jats").glob("*ml")):
        with path.open("rb") as stream:
            for document in read_jats(stream, path.name, Tally(path.name)):
                assert not is_case_report(document).is_case, path.name


def test_genuine_case_reports() -> None:
    """Of the 53 annotated case reports at least 50 are known for such; their titles stand in their text."""
    with gzip.open(full_data("case_reports", "adahealth_bioc.json.gz")) as stream:
        collection = json.load(io.TextIOWrapper(stream, "utf-8"))
    found = []
    for record in collection["documents"]:
        passages = tuple(Passage("text", p["text"]) for p in record["passages"])
        found.append(is_case_report(Document(record["id"], "i", "bioc", "", record["id"], passages=passages)).is_case)
    assert len(found) == 53
    assert sum(found) >= 50
