"""Lists of references: told from prose, cut off with the mentions that stand in them."""

from __future__ import annotations

import gzip
import io
from typing import IO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.bioc import to_document
from kg.documents.biocjson import read_biocjson
from kg.documents.biocparts import RawAnnotation, RawDocument, RawPassage
from kg.documents.casereport import is_case_report
from kg.documents.jats import read_jats
from kg.documents.pubtator import read_pubtator
from kg.documents.referencelist import begin_of_references, is_references
from kg.documents.sentences import sentence_at
from kg.documents.tally import Tally
from tests.terms.full_data import full_data

PROSE = "The drug was given and the fever fell within a day. " * 30
CITED = (
    "1. Doe J. Fever in a 9-year-old boy after aspirin. Lancet. 1999;353:120-4. "
    "2. Roe B, et al. A case of pain. BMJ 2001;322:7-9. 3. Poe C (2004) On fever. Ann Med 3: 14-18. "
)


@pytest.mark.parametrize(
    "heading",
    ["References", "REFERENCES", "5. REFERENCES", "Reference List", "Literature Cited", "Bibliography", "References\n"],
)
def test_a_heading_before_citations_begins_the_list(heading: str) -> None:
    text = f"{PROSE}{heading} {CITED}"
    assert begin_of_references(text) == len(PROSE)


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}References were taken from the register. {PROSE}",
        f"{PROSE}See the references {CITED}",
        f"{PROSE}{CITED}",
        f"References {CITED}",
        PROSE,
    ],
)
def test_what_is_no_list_is_left(text: str) -> None:
    assert begin_of_references(text) is None


@given(st.text(max_size=60))
def test_a_cut_is_a_place_in_the_text(more: str) -> None:
    text = f"{PROSE}{more} References {CITED}"
    cut = begin_of_references(text)
    assert cut is not None
    assert text[cut:].startswith(("References", *"0123456789"))


def test_mentions_go_with_their_text() -> None:
    text = f"{PROSE}References {CITED}"
    spots = [text.index("fever"), text.index("Fever in a")]
    passage = RawPassage(
        {"type": "document"},
        0,
        text,
        [RawAnnotation(str(i), {"type": "Disease"}, text[s : s + 5], [(s, 5)]) for i, s in enumerate(spots)],
    )
    tally = Tally("x")
    document = to_document(RawDocument("1234567", {}, [passage]), "x", tally)
    assert document is not None
    assert tally.balanced()
    assert [p.section for p in document.passages] == ["text", "references"]
    assert "".join(p.text for p in document.passages) == text
    places = [o for m in document.mentions for o in m.occurrences]
    assert [(o.section, o.text) for o in places] == [("text", "fever"), ("references", "Fever")]
    for o in places:
        assert document.passage(o.section)[o.start : o.end] == o.text
        assert (o.sentence_start, o.sentence_end) == sentence_at(document.passage(o.section), o.start)
    # The patient is that of a cited paper.
    assert not is_case_report(document).is_case


def test_bioc_names_the_list_itself() -> None:
    passages = [RawPassage({"type": "title"}, 0, "Fever"), RawPassage({"type": "abstract"}, 6, "It fell.")]
    passages += [
        RawPassage({"section_type": "REF", "type": "ref"}, 15, "Fever in a boy."),
        RawPassage({"type": "ref"}, 31, "Pain in a girl."),
    ]
    document = to_document(RawDocument("1234567", {}, passages), "x", Tally("x"))
    assert document is not None
    assert [is_references(p.section) for p in document.passages] == [False, False, True, True]


def test_a_full_text_in_pubtator() -> None:
    lines = f"12345|t|Fever after aspirin\n12345|a|{PROSE}References {CITED}\n"
    (document,) = read_pubtator(io.BytesIO(lines.encode()), "x", Tally("x"))
    assert [p.section for p in document.passages] == ["title", "abstract", "references"]


def test_a_section_of_references_in_jats_is_no_text() -> None:
    xml = (
        "<article><front><article-meta><title-group><article-title>Fever</article-title></title-group></article-meta>"
        "</front><body><sec><title>Case</title><p>He had fever.</p></sec><sec><title>References</title>"
        "<p>Doe J. Fever in a boy.</p></sec></body></article>"
    )
    (document,) = read_jats(io.BytesIO(xml.encode()), "x", Tally("x"))
    assert [(p.section, p.text) for p in document.passages] == [("title", "Fever"), ("case", "He had fever.")]


def test_the_pages_of_a_published_set_of_case_reports() -> None:
    tally = Tally("x")
    with gzip.open(full_data("case_reports", "adahealth_bioc.json.gz")) as stream:
        documents = list(read_biocjson(cast("IO[bytes]", stream), "x", tally))
    cut = [d for d in documents if any(is_references(p.section) for p in d.passages)]
    # The other eleven are PubMed's pages, which have no references, or lists without a heading.
    assert (len(documents), len(cut)) == (53, 42)
    assert all(d.passage(o.section)[o.start : o.end] == o.text for d in cut for m in d.mentions for o in m.occurrences)
