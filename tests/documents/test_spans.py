"""Spans: what is exact stays, what is wrong is repaired only where one repair fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.spans import NEAR, CodePoints, Placement, SpanReader, fold, span_finding
from kg.model import DISEASE, Mention

TEXT = "Fever and rash came after aspirin; the fever fell, the rash stayed for weeks."


def spans_of(text: str, *words: str) -> list[tuple[int, int, str]]:
    """Return the exact spans of the words, each behind the one before."""
    spans, at = [], 0
    for word in words:
        at = text.index(word, at)
        spans.append((at, at + len(word), word))
        at += len(word)
    return spans


def moved_by(spans: list[tuple[int, int, str]], drift: int) -> list[tuple[int, int, str]]:
    return [(start + drift, end + drift, word) for start, end, word in spans]


def test_exact_spans_stay() -> None:
    spans = spans_of(TEXT, "Fever", "rash", "aspirin")
    assert SpanReader().place_all(TEXT, spans) == [Placement(s, e, "exact") for s, e, _ in spans]


@pytest.mark.parametrize(
    ("text", "surface", "how"),
    [
        ("FEVER", "fever", "case"),
        ("IL-1α", "IL-1a", "rewritten"),
        ("TNF‐α", "TNF-a", "rewritten"),
        ("5 µm", "5 um", "rewritten"),
        ("γ-ray", "g-ray", "rewritten"),
        ("café", "cafe", "rewritten"),
        ("5′ end", "5' end", "rewritten"),
        ("a\u00a0b", "a b", "rewritten"),
        ("β-cell", "?-cell", "rewritten"),
        ("IL 2", "IL-2", "rewritten"),
    ],
)
def test_the_place_is_right_and_the_text_is_written_otherwise(text: str, surface: str, how: str) -> None:
    whole = f"The {text} was seen."
    place = SpanReader().place(whole, 4, 4 + len(text), surface)
    assert (whole[place.start : place.end], place.how) == (text, how)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("IL-1β", "IL-1beta"),
        ("a < b", "a &lt; b"),
        ("ﬁbrosis", "fibrosis"),
        ("λ chain", "lambda chain"),
    ],
)
def test_rewritten_with_another_length(text: str, surface: str) -> None:
    place = SpanReader().place(f"x {text}; y", 2, 2 + len(text), surface)
    assert place == Placement(2, 2 + len(text), "rewritten")


def test_other_words_at_the_place_are_no_rewriting() -> None:
    assert SpanReader().place("The asthma was seen.", 4, 10, "stroke").how == "unplaced"
    assert SpanReader().place("a ?- b", 2, 4, "αβ").how == "unplaced"


def test_offsets_that_count_bytes() -> None:
    text = "α-Blockers and β-blockers: rash, then fever. Δ rash."
    spans = spans_of(text, "rash", "fever", "rash")
    in_bytes = [(len(text[:s].encode()), len(text[:e].encode()), word) for s, e, word in spans]
    assert in_bytes != spans
    places = SpanReader().place_all(text, in_bytes)
    assert [(p.start, p.end, p.how) for p in places] == [(s, e, "bytes") for s, e, _ in spans]


def test_offsets_that_count_utf16_units() -> None:
    text = "😀😀 rash and fever"
    spans = spans_of(text, "rash", "fever")
    places = SpanReader().place_all(text, moved_by(spans, 2))
    assert [(p.start, p.end, p.how) for p in places] == [(s, e, "utf16") for s, e, _ in spans]


@pytest.mark.parametrize("drift", [-4, -1, 1, 3, 60])
def test_a_drift_that_neighbours_share(drift: int) -> None:
    text = "x" * 70 + " " + TEXT + " " + "y" * 70
    # "fever" and "rash" stand twice: only the neighbours tell which is meant.
    spans = spans_of(text, "rash", "aspirin", "fever", "rash")
    places = SpanReader().place_all(text, moved_by(spans, drift))
    assert [(p.start, p.end) for p in places] == [(s, e) for s, e, _ in spans]
    assert {p.how for p in places} == {"shifted"}


def test_a_drift_that_begins_in_the_middle_and_goes_on_in_the_next_passage() -> None:
    spans = spans_of(TEXT, "Fever", "rash", "aspirin", "fever", "rash")
    reader = SpanReader()
    places = reader.place_all(TEXT, [*spans[:2], *moved_by(spans[2:], 2)])
    assert [p.how for p in places] == ["exact", "exact", "shifted", "shifted", "shifted"]
    assert reader.drift == -2
    after = "No rash, no rash, no rash."
    assert reader.place(after, 14, 18, "rash") == Placement(12, 16, "shifted")
    assert SpanReader().place(after, 14, 18, "rash").how == "unplaced"


def test_moved_where_it_stands_once_near_by_and_unplaced_where_several_fit() -> None:
    assert SpanReader().place(TEXT, 20, 27, "aspirin") == Placement(26, 33, "moved")
    place = SpanReader().place(TEXT, 12, 16, "rash")
    assert (place.how, place.why) == ("unplaced", "it stands at several places near by")
    far = TEXT + " " * (NEAR + 100) + "end"
    assert SpanReader().place(far, len(far) - 10, len(far) - 3, "aspirin").how == "unplaced"


def test_a_part_of_a_word_is_not_the_place_of_a_moved_span() -> None:
    assert SpanReader().place("He had hyperkalemia.", 2, 8, "kalemi").how == "unplaced"


def test_short_surface_forms_are_not_found_inside_of_words() -> None:
    assert SpanReader().place("Increase of creatinine", 12, 14, "CR").how == "unplaced"
    assert SpanReader().place("Increase of cr alone", 12, 14, "CR") == Placement(12, 14, "case")


def test_offsets_that_count_bytes_of_a_text_that_was_rewritten() -> None:
    text = "ααα rash and IL-1α, then fever"
    spans = [
        (len(text[:s].encode()), len(text[:e].encode()), w) for s, e, w in spans_of(text, "rash", "IL-1α", "fever")
    ]
    rewritten = [(s, e, w.replace("α", "a")) for s, e, w in spans]
    places = SpanReader().place_all(text, rewritten)
    assert [text[p.start : p.end] for p in places] == ["rash", "IL-1α", "fever"]
    assert [p.how for p in places] == ["bytes", "rewritten", "bytes"]


def test_an_end_that_is_wrong() -> None:
    assert SpanReader().place("A rash; then", 2, 7, "rash") == Placement(2, 6, "moved")
    assert SpanReader().place(TEXT, 0, 4, "Fever") == Placement(0, 5, "moved")


@pytest.mark.parametrize("span", [(-1, -1), (5, 5), (9, 3), (10**9, 10**9 + 4), (0, 10**9), (-3, 2)])
def test_offsets_out_of_their_senses_make_no_crash_and_no_guess(span: tuple[int, int]) -> None:
    place = SpanReader().place(TEXT, *span, "rash")
    assert place.how == "unplaced"
    assert place.why


def test_behind_the_end_of_the_text_is_said() -> None:
    # The text may be a title whose abstract is missing: what stands near by is another occurrence.
    assert SpanReader().place("Fever", 30, 35, "fever").how == "unplaced"
    assert SpanReader().place(TEXT, 900, 904, "rash").why == "it is given behind the end of the text"


def test_findings() -> None:
    mention = Mention("urn:m", "PMID:1", 3, "pubtator", DISEASE, "rash", "D005076", "MESH:D005076")
    assert span_finding(mention, Placement(1, 5, "exact"), 1, 5) is None
    lost = span_finding(mention, Placement(-1, -1, "unplaced", "why not"), 7, 11)
    assert lost is not None
    assert (lost.code, lost.severity, lost.mention, lost.document) == ("span-mismatch", "warning", "urn:m", "PMID:1")
    assert "7-11" in lost.message
    assert "why not" in lost.message
    for how in ("case", "rewritten", "bytes", "utf16", "shifted", "moved"):
        found = span_finding(mention, Placement(2, 6, how), 7, 11)  # type: ignore[arg-type]
        assert found is not None
        assert (found.code, found.severity, found.reasons[0].check) == ("span-repaired", "info", how)


@given(st.text(max_size=60))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), st.sampled_from(["bytes", "utf16"]))
def test_offsets_in_units_go_there_and_back(text: str, unit: str) -> None:
    points = CodePoints(text, unit)  # type: ignore[arg-type]
    coding, width = ("utf-8", 1) if unit == "bytes" else ("utf-16-le", 2)
    valid = {len(text[:i].encode(coding)) // width: i for i in range(len(text) + 1)}
    for offset in range(max(valid) + 3):
        assert points.of(offset) == valid.get(offset)


@given(st.text("ab α-", max_size=30), st.integers(-5, 40), st.integers(-5, 40), st.text("abα -?", max_size=6))
def test_a_placed_span_is_in_the_text_and_holds_its_letters(text: str, start: int, end: int, surface: str) -> None:
    place = SpanReader().place(text, start, end, surface)
    if place.how == "unplaced":
        assert (place.start, place.end) == (-1, -1)
    else:
        assert 0 <= place.start < place.end <= len(text)
        if place.how != "rewritten":
            assert fold(text[place.start : place.end]) == fold(surface)
