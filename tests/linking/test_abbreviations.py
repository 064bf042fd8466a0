"""Abbreviations that a text defines, by the algorithm of Schwartz and Hearst."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking.abbreviations import find_abbreviations, is_short_form, long_form, short_form_behind

PAIRS = [
    ("Deep vein thrombosis (DVT) occurred.", [("DVT", "Deep vein thrombosis")]),
    ("The drug 5-fluorouracil (5-FU) was given.", [("5-FU", "5-fluorouracil")]),
    ("Interleukin 2 (IL-2), tumor necrosis factor alpha (TNF-a).",
     [("IL-2", "Interleukin 2"), ("TNF-a", "tumor necrosis factor alpha")]),
    ("DVT (deep vein thrombosis) occurred.", [("DVT", "deep vein thrombosis")]),
    ("Deep vein thrombosis (DVT; n = 12), pulmonary embolism (PE, 4%).",
     [("DVT", "Deep vein thrombosis"), ("PE", "pulmonary embolism")]),
    # The first letter begins a word.
    ("The indeep vein thrombosis (DVT) occurred.", []),
    # Not over the end of a sentence.
    ("It was deep. Vein thrombosis (DVT) occurred.", []),
    ("twelve mice (see Table), three (3) or many (n = 4) came (mice).", []),
    ("unclosed deep vein thrombosis (DVT", []),
    ("() (a) (  )", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PAIRS, ids=[text[:25] for text, _ in PAIRS])
def test_pairs(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.short, one.long) for one in find_abbreviations(text)] == expected


@given(st.text(alphabet="abcDEF12 ()-;,.'’é", max_size=60))
def test_offsets_are_those_of_the_text(text: str) -> None:
    for one in find_abbreviations(text):
        assert text[one.short_start : one.short_start + len(one.short)] == one.short
        assert text[one.long_start : one.long_end] == one.long
        assert len(one.long) > len(one.short)
        assert is_short_form(one.short)


@given(st.lists(st.text(alphabet="abcdefgh", min_size=2, max_size=8), min_size=2, max_size=6))
def test_initials_are_always_found(words: list[str]) -> None:
    short = "".join(word[0] for word in words).upper()
    text = " ".join(words)
    start = long_form(short, text)
    assert start is not None
    assert start == 0 or text[start - 1] == " "


def test_initials_in_another_order() -> None:
    text = "with myotonic dystrophy (DM) now"
    assert short_form_behind(text, 5, 23) == "DM"
    assert short_form_behind(text, 5, 13) == ""
    assert short_form_behind("myotonic dystrophy", 0, 18) == ""
