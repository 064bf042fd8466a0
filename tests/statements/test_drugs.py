"""Treatments and adverse events weighed against each other: titles without a verb, and what a drug was not given for."""

from __future__ import annotations

import pytest

from kg.statements.blame import WITHOUT_VERB
from kg.statements.drugs import read_drug_statements
from tests.statements.stories import adverse, story, treatments


@pytest.mark.parametrize(
    "title",
    [
        "{d:Osteosarcoma} and {c:anlotinib}: a case report",
        "Remission of {d:melanoma} with {c:pembrolizumab}",
        "{d:Osteosarcoma} healed by {c:methotrexate}",
        "{d:Osteosarcoma} helped by {c:anlotinib}",
        "{d:Gout} cured by {c:colchicine}",
        "{d:Psoriasis} and {c:methotrexate}: twenty years of good results",
        "{d:Hyperkalemia} and {c:salbutamol}: a new remedy",
        "Good response of {d:gout} with {c:colchicine}",
        "Effective treatment of {d:gout} with {c:colchicine}",
        "{d:Acute myeloid leukemia} and {c:venetoclax}",
    ],
)
def test_a_title_about_a_remedy_blames_nothing(title: str) -> None:
    assert not {e.method for e in read_drug_statements(story(title=title))[0]} & WITHOUT_VERB


def test_a_title_yields_to_a_sentence_that_says_that_the_drug_was_given_for_it() -> None:
    title = "{d:Psoriasis} and {c:lithium}: a case report"
    assert adverse(title=title) == [("lithium", "psoriasis", "stated")]
    text = "A 37-year-old man with {d:psoriasis} was treated with {c:lithium}."
    assert adverse(text, title=title) == []
    assert treatments(text, title=title) == [("lithium", "psoriasis", "stated")]


def test_the_treatment_of_a_page_of_a_cured_disease() -> None:
    title = "{d:Osteosarcoma} and {c:anlotinib}: a case report"
    text = "A 37-year-old man with {d:osteosarcoma} was treated with {c:anlotinib}."
    assert adverse(text, title=title) == []
    assert treatments(text, title=title) == [("anlotinib", "osteosarcoma", "stated")]


@pytest.mark.parametrize(
    "text",
    [
        "A woman with {d:parkinsonism} taking {c:valproate} for {d:epilepsy} was seen.",
        "The {c:valproate} was stopped and the {d:parkinsonism} went away.",
    ],
)
def test_a_title_stands_where_nothing_says_that_the_drug_was_given_for_the_condition(text: str) -> None:
    assert ("valproate", "parkinsonism", "stated") in adverse(
        text, title="Reversible {d:parkinsonism} with {c:valproate}"
    )


def test_a_title_with_a_verb_stands() -> None:
    title = "{c:Lithium}-induced {d:psoriasis}"
    text = "A man with {d:psoriasis} was treated with {c:lithium}."
    assert adverse(text, title=title) == [("lithium", "psoriasis", "stated")]
    assert treatments(text, title=title) == []


@pytest.mark.parametrize(
    "text",
    [
        "She moved less in response to {c:colchicine} after the {d:gout}.",
        "The {d:gout} response to {c:colchicine} was seen.",
        "The {d:hypotensive} response to {c:propofol} was seen.",
        "A {d:hypothyroid} man taking {c:simvastatin} was seen.",
        "A man with {d:gout} had a contraindication to receiving {c:colchicine}.",
        "The role of {c:nicotine} in {d:gout} was told.",
        "Inappropriate use of {c:vigabatrin} in {d:absence seizures}.",
        "{c:Nimodipine} resulted in a clear {d:hypotension}.",
        "{c:Colchicine} did not change the incidence of {d:gout}.",
    ],
)
def test_what_says_no_treatment(text: str) -> None:
    assert treatments(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Two patients developed jaundice after receiving {c:ticlopidine}.",
        "The hands swelled, which occurred during treatment with {c:ticlopidine}.",
        "Because of a new {d:hepatitis}, {c:lamivudine} was given.",
    ],
)
def test_what_came_after_a_drug_is_not_what_it_was_given_for(text: str) -> None:
    assert ("gout") not in {row[1] for row in treatments(text, title="{d:Gout}: a case report")}


def test_a_condition_that_may_be_of_the_drug_is_treated_by_it_only_where_that_is_said() -> None:
    maybe = "{c:Colchicine} may have caused the {d:gout}."
    assert treatments("A man with {d:gout} was given {c:colchicine}.", maybe) == []
    assert treatments("A man was given {c:colchicine} for {d:gout}.", maybe) == [("colchicine", "gout", "stated")]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("{c:Triazolam}-induced {d:mania} in a {d:depressed} woman", "She received {c:triazolam}."),
        ("{d:Liver disease} caused by {c:ticlopidine}", "She had {d:hepatitis} caused by {c:ticlopidine}. She received {c:ticlopidine}."),
        ("{d:Nephrotoxicity} in a woman", "She received {c:gentamicin}."),
        ("Late {d:overdose}: a case report", "She took an {d:overdose} of {c:colchicine}."),
    ],
)  # fmt: skip
def test_a_drug_that_the_title_blames_and_a_harm_by_name(title: str, text: str) -> None:
    assert treatments(text, title=title) == []


def test_an_antidote_is_given_for_a_harm() -> None:
    assert treatments("She received {c:naloxone} for {d:morphine overdose}.") == [
        ("naloxone", "morphine overdose", "stated")
    ]


def test_a_drug_that_the_title_blames_is_given_for_the_tumour_all_the_same() -> None:
    title = "{d:Fever} caused by {c:dabrafenib} in {d:melanoma}"
    told = treatments("The patient received {c:dabrafenib}.", title=title)
    assert set(told[1:]) == {("dabrafenib", "melanoma", "stated")}
