"""Where sentences end: abbreviations, initials, units, numbers, line ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.sentences import sentence_at, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["A rash came.", "It went away."],
        ["It was given by Dr. Smith, e.g. Monday."],
        ["See Fig. 2 and ref. A1."],
        ["J. Smith, A. Jones et al. 2 years later vs. Controls."],
        ["He had hepatitis C.", "She had none."],
        ["We gave vitamin D.", "It helped."],
        ["Doses were 3.5 mg.", "Five died."],
        ["Did it help?", "No.", "It did not!", "(Never.)", '"Quite so."', "End"],
        ["Case no. 3 was mild."],
        ["The answer was no.", "It stayed so."],
        ["pain, fever etc.", "Then it went."],
        ["Title\n", "Text"],
        ["β-blockers were stopped.", "β-blockers came back."],
        ["x" * 50 + ".", "Next."],
        ["it fell. then it rose."],
        ["  Spaces around.  ", "Two."],
    ],
)
def test_sentences(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == [part.strip() for part in parts]


def test_nothing_is_no_sentence() -> None:
    assert sentence_spans("") == sentence_spans(" \n ") == ()
    assert sentence_at(" \n ", 1) == (0, 3)


@given(
    st.lists(
        st.sampled_from(["word", " ", ". ", ".", "! ", "\n", "no", "e.g", "A", "Dr", "C", "3", '"', ")", "(", "β"])
    )
)
def test_spans_hold_every_letter_once_and_in_order(pieces: list[str]) -> None:
    text = "".join(pieces)
    spans = sentence_spans(text)
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    ends = [0, *(at for span in spans for at in span)]
    assert ends == sorted(ends)
    for start, end in spans:
        assert text[start:end].strip() == text[start:end] != ""
        assert sentence_at(text, start) == (start, end)
