"""Exports are cut into documents and put together again, and what is damaged is seen."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.biocjson import read_biocjson
from kg.documents.biocxml import read_biocxml
from kg.documents.pubtator import read_pubtator
from kg.documents.tally import Tally
from kg.errors import DownloadError
from kg.live.exports import Form, join, split
from kg.transfer import BrokenError
from tests.live.service_server import abstract, as_pubtator, as_xml, full_text

FORMS: tuple[Form, ...] = ("biocjson", "biocxml", "pubtator")
READERS = {"biocjson": read_biocjson, "biocxml": read_biocxml, "pubtator": read_pubtator}
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


def export(documents: list[dict[str, object]], form: Form) -> bytes:
    if form == "biocjson":
        return json.dumps({"PubTator3": documents}).encode()
    return (as_xml(documents, "PubTator3") if form == "biocxml" else as_pubtator(documents)).encode()


@pytest.mark.parametrize("form", FORMS)
@given(st.lists(st.integers(10_000, 40_000_000), min_size=1, max_size=6, unique=True), texts)
def test_what_is_put_together_is_what_was_cut(form: Form, numbers: list[int], words: str) -> None:
    body = export([abstract(n, f"It was fever and aspirin. {words} End.") for n in numbers], form)
    parts = split(body, form)
    assert [part.ids for part in parts] == [frozenset({f"PMID:{n}"}) for n in numbers]
    whole = join(parts, form)
    assert split(whole, form) == parts
    tally, before = Tally("x"), Tally("x")
    told = list(READERS[form](io.BytesIO(whole), "x", tally))
    assert told == list(READERS[form](io.BytesIO(body), "x", before))
    assert [document.id for document in told] == [f"PMID:{n}" for n in numbers]
    assert tally.balanced()


@pytest.mark.parametrize("form", FORMS)
def test_a_full_text_is_known_by_both_identifiers(form: Form) -> None:
    (part,) = split(export([full_text(33, 7)], form), form)
    assert part.ids == ({"PMID:7"} if form == "pubtator" else {"PMID:7", "PMC33"})


@pytest.mark.parametrize(("document", "ids"), [
    ({"_id": "7|None", "id": "7"}, {"PMID:7"}),
    ({"_id": "None|PMC33", "id": "33"}, {"PMC33"}),
    ({"_id": "7|PMC33", "id": "33", "pmid": 7, "pmcid": "PMC33"}, {"PMID:7", "PMC33"}),
    ({"id": "7"}, {"PMID:7"}),
    ({"id": "PMC33"}, {"PMC33"}),
    ({"id": 7, "passages": [{"infons": {"article-id_pmc": "PMC33"}}]}, {"PMID:7", "PMC33"}),
    ({"id": "33", "passages": [{"infons": {"article-id_pmc": "33", "article-id_pmid": "7"}}]}, {"PMID:7", "PMC33"}),
    ({"id": None, "passages": None, "_id": None}, set()),
    ({"id": ["x"], "passages": [3]}, set()),
])  # fmt: skip
def test_where_identifiers_stand(document: dict[str, object], ids: set[str]) -> None:
    (part,) = split(json.dumps({"PubTator3": [document]}).encode(), "biocjson")
    assert part.ids == ids


@pytest.mark.parametrize("form", ["biocjson", "biocxml"])
@given(st.data())
def test_every_cut_is_seen(form: Form, data: st.DataObject) -> None:
    body = export([abstract(7), abstract(8)], form).rstrip()
    end = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(BrokenError):
        split(body[:end], form)


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'{"error": "x"}', b'{"PubTator3": {}}', b"<a/>", b"[" * 100_000,
                                  b'{"PubTator3": [7]}', b"9" * 5000, b"\xff\xfe{}", b"not json"])  # fmt: skip
def test_no_export(body: bytes) -> None:
    with pytest.raises(BrokenError):
        split(body, "biocjson")


@pytest.mark.parametrize("body", [b"", b"{}", b"<article/>", b"<collection><document></collection>", b"\xff"])
def test_no_collection(body: bytes) -> None:
    with pytest.raises(BrokenError):
        split(body, "biocxml")


def test_entities_are_not_read() -> None:
    body = b'<!DOCTYPE collection [<!ENTITY a "b">]><collection><document><id>&a;</id></document></collection>'
    with pytest.raises(DownloadError, match="entities"):
        split(body, "biocxml")


@pytest.mark.parametrize("body", [b"[Warning] : busy\n", b"{}\n", b"7|t|cut in a li", b"junk\n7|t|A\n7|a|B\n"])
def test_no_pubtator(body: bytes) -> None:
    with pytest.raises(BrokenError):
        split(body, "pubtator")


def test_nothing_is_nothing() -> None:
    assert split(b'{"PubTator3": []}', "biocjson") == []
    assert split(b"<collection><source/></collection>", "biocxml") == []
    assert split(b"\n", "pubtator") == []


def test_pubtator_without_blank_lines_between() -> None:
    parts = split(b"7|t|A\r\n7|a|B\r\n8|t|C\r\n8|a|D\r\n", "pubtator")
    assert [(part.label, part.data) for part in parts] == [("PMID:7", b"7|t|A\n7|a|B"), ("PMID:8", b"8|t|C\n8|a|D")]


def test_half_a_surrogate_is_kept() -> None:
    (part,) = split(b'{"PubTator3": [{"id": "7", "x": "\\ud800\\u00e4"}]}', "biocjson")
    assert json.loads(part.data)["x"] == "\ud800ä"
