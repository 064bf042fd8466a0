"""Whose name it is: the term's, a form of it, or that of a term above, below or beside it."""

from __future__ import annotations

import pytest

from kg.linking.context import lookup_names
from kg.model import DISEASE
from tests.linking.checks.checks_index import drug, index, mention, told


@pytest.mark.parametrize(
    ("text", "asserted", "code", "suggested"),
    [
        ("lung cancers", "MONDO:0000012", "too-specific", "MONDO:0000011"),
        ("nephrotic syndrome", "MONDO:0000020", "too-general", "MONDO:0000021"),
        ("Nephrotic syndromes", "MESH:D000022", "sibling", "MESH:D000021"),
        ("squamous cell lung carcinomas", "MONDO:0000012", "sibling", "MONDO:0000013"),
        # The head names a term below the asserted one.
        ("relapsing nephrotic syndrome", "MONDO:0000020", "too-general", "MONDO:0000021"),
        # Named in Mondo only, by the term that maps to it.
        ("cancer of lung", "MESH:D000020", "name-mismatch", "MESH:D000011"),
    ],
)
def test_another_term_is_named(text: str, asserted: str, code: str, suggested: str) -> None:
    _, findings = told(mention(text, asserted))
    assert [(f.code, f.suggested, f.severity) for f in findings.values()] == [(code, suggested, "warning")]


@pytest.mark.parametrize(
    ("text", "asserted"),
    [
        ("Lung Cancer", "MONDO:0000011"), ("lung cancers", "MONDO:0000011"), ("cancer of the lung", "MONDO:0000011"),
        ("tumours of the lung", "MONDO:0000010"), ("kidney disorders", "MESH:D000020"), ("SCLC", "MESH:D000012"),
        ("stage four small cell lung carcinoma", "MONDO:0000012"), ("squamous lung carcinoma", "MESH:D000013"),
    ],
)  # fmt: skip
def test_a_form_of_its_name_is_its_name(text: str, asserted: str) -> None:
    links, findings = told(mention(text, asserted))
    assert findings == {}
    assert [link.term for link in links] == [asserted]


def test_a_form_is_a_hint_and_changes_no_link() -> None:
    (link,), findings = told(mention("lung cancers", "MONDO:0000012"))
    assert (link.term, link.verdict, link.confidence) == ("MONDO:0000012", "unconfirmed", "low")
    assert findings["too-specific"].confidence == "medium"


def test_what_names_nothing_is_no_warning() -> None:
    _, findings = told(mention("zyxitis", "MONDO:0000011"))
    assert [(f.code, f.severity, f.suggested) for f in findings.values()] == [("name-mismatch", "info", None)]


def test_the_plural_of_a_chemical_is_a_class() -> None:
    _, findings = told(drug("alcohol", "MESH:D000030"))
    assert findings["name-mismatch"].suggested is None


def test_a_relative_adds_no_words_to_the_text() -> None:
    # "polycystic" is not in the text: the relative that has it is no better.
    _, findings = told(mention("chronic kidney damage", "MONDO:0000020"))
    assert all(f.severity == "info" for f in findings.values())


def test_children_of_the_index() -> None:
    assert index().children("MONDO:0000020") == ("MONDO:0000021", "MONDO:0000022")
    assert index().children("MONDO:9999999") == ()


@pytest.mark.parametrize(
    ("text", "asserted"),
    [
        # By the rules of words, with another hyphen, and without the noun that every name may have.
        ("nephropathy", "MONDO:0000020"), ("nephropathy", "MESH:D000020"), ("nephrotic", "MONDO:0000021"),
        ("poly-cystic kidney disease", "MONDO:0000022"), ("small-cell lung-carcinoma", "MONDO:0000012"),
    ],
)  # fmt: skip
def test_what_a_text_stands_for_is_no_false_alarm(text: str, asserted: str) -> None:
    _, findings = told(mention(text, asserted))
    assert findings == {}


def test_a_head_that_names_a_narrower_term_is_a_warning_of_low_confidence() -> None:
    _, findings = told(mention("relapsing steroid resistant idiopathic nephrotic syndrome", "MONDO:0000020"))
    assert [(f.code, f.severity, f.suggested, f.confidence) for f in findings.values()] == [
        ("too-general", "warning", "MONDO:0000021", "low")
    ]


def test_of_chemicals_likeness_is_an_info_where_the_asserted_one_is_alike_too() -> None:
    _, findings = told(drug("zyxic quorate salts", "MESH:D000041"))
    assert [(f.code, f.severity, f.suggested) for f in findings.values()] == [("too-specific", "info", "MESH:D000040")]


def test_a_more_alike_relative_is_a_warning_of_low_confidence() -> None:
    _, findings = told(mention("advanced squamous cell lung carcinoma", "MONDO:0000012"))
    assert [(f.code, f.severity, f.confidence) for f in findings.values()] == [("sibling", "warning", "low")]


def test_a_bare_name_is_not_that_of_an_animals_disease() -> None:
    assert [hit.curie for hit in lookup_names(index(), "ringworm", DISEASE, None)] == ["MONDO:0000041"]


def test_a_dead_identifier_of_an_abbreviation_is_repaired_by_the_long_form() -> None:
    _, findings = told(mention("SSc", "MONDO:0009999"), text="A man had systemic sclerosis (SSc).")
    (finding,) = findings.values()
    assert finding.suggested == "MONDO:0000031"
    assert "systemic sclerosis" in " ".join(reason.statement for reason in finding.reasons)
