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
    _, findings = told(mention("lung cancer", "MONDO:0000014"), ages=(9.0,))
    assert findings["too-specific"].severity == "warning"


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


def test_words_of_the_mention() -> None:
    assert says_so("pregnancy toxemia", "sex")
    assert not says_so("lung cancer", "age")
