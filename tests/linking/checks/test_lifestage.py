"""Stages of life and sexes that a term is of."""

from __future__ import annotations

import pytest

from kg.linking.checks.lifestage import contradictions, says_so
from tests.linking.checks.checks_index import index, mention, told


def test_a_childhood_disease_of_a_man() -> None:
    (link,), findings = told(mention("lung cancer", "MONDO:0000014"), ages=(50.0,), sexes=("male",))
    assert (link.term, findings["too-specific"].severity) == ("MONDO:0000011", "error")
    assert {r.check for r in findings["too-specific"].reasons} == {"name", "name-mismatch", "age"}
    assert findings["too-specific"].confidence == "high"
    _, findings = told(mention("lung cancer", "MONDO:0000014"))
    assert findings["too-specific"].severity == "warning"


@pytest.mark.parametrize(
    ("text", "curie", "ages", "sexes"),
    [("lung cancer", "MONDO:0000014", (9.0,), ()), ("breast cancer", "MONDO:0000034", (70.0,), ("male",))],
)
def test_a_narrower_term_that_fits_the_patient_is_an_info(
    text: str, curie: str, ages: tuple[float, ...], sexes: tuple[str, ...]
) -> None:
    links, findings = told(mention(text, curie), ages=ages, sexes=sexes)
    assert (findings["too-specific"].severity, findings["too-specific"].confidence) == ("info", "medium")
    assert "fits the patient" in findings["too-specific"].message
    assert curie in {link.term for link in links}
    _, findings = told(mention(text, curie), ages=(40.0,), sexes=("female",))
    assert findings["too-specific"].severity != "info"


def test_no_better_name_is_a_warning_of_its_own() -> None:
    _, findings = told(mention("zyxitis", "MONDO:0000014"), ages=(50.0,))
    assert (findings["contradicts-age"].severity, findings["contradicts-age"].suggested) == ("warning", None)
    _, findings = told(mention("zyxitis", "MONDO:0000030"), sexes=("female",))
    assert findings["contradicts-sex"].severity == "warning"


def test_a_mention_that_says_so_itself_is_an_info() -> None:
    _, findings = told(mention("prostate cancer", "MONDO:0000030"), sexes=("female",))
    assert findings["contradicts-sex"].severity == "info"


@pytest.mark.parametrize(("curie", "ages", "sexes"), [("MONDO:0000014", (9.0,), ()), ("MONDO:0000030", (), ("male",)),
                                                      ("MONDO:0000011", (50.0,), ("female",))])  # fmt: skip
def test_what_fits(curie: str, ages: tuple[float, ...], sexes: tuple[str, ...]) -> None:
    assert list(contradictions(index(), curie, ages, sexes)) == []


@pytest.mark.parametrize(
    ("curie", "age", "against"),
    [("MONDO:0000035", 6.0, True), ("MONDO:0000035", 30.0, False), ("MONDO:0000036", 70.0, True),
     ("MONDO:0000036", 0.5, False), ("MONDO:0000037", 40.0, False)],
)  # fmt: skip
def test_stages_by_onset_and_for_infants(curie: str, age: float, against: bool) -> None:
    """What begins in adult life is no child's; what begins in childhood may stay."""
    assert bool(list(contradictions(index(), curie, (age,), ()))) is against


def test_words_of_the_mention() -> None:
    assert says_so("pregnancy toxemia", "sex")
    assert not says_so("lung cancer", "age")
