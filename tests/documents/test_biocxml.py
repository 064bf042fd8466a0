"""BioC XML: cutting, dirt, and the genuine corpora."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import xmlrecords
from kg.documents.biocxml import read_biocxml
from kg.documents.pubtator import read_pubtator
from kg.documents.tally import Tally
from kg.model import CHEMICAL, DISEASE, Document, LedgerEntry
from tests.terms.full_data import full_data

HEAD = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE collection SYSTEM "BioC.dtd">\n<collection><source>PubTator</source>'
TAIL = "</collection>"


def document(number: int = 12345, text: str = "Fever after aspirin.", inside: str = "") -> str:
    return (
        f"<document><id>{number}</id><passage><infon key='type'>title</infon><offset>0</offset><text>{text}</text>"
        "<annotation id='0'><infon key='type'>Disease</infon><infon key='MESH'>D005334</infon>"
        f"<location offset='0' length='5'/><text>Fever</text></annotation></passage>{inside}</document>\n"
    )


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time and cannot be searched."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size, self._at = data, size, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._data[self._at : self._at + self._size]
        self._at += len(piece)
        return piece


def read(data: str | bytes | IO[bytes]) -> tuple[list[Document], list[LedgerEntry]]:
    tally = Tally("x.xml")
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data) if isinstance(data, str | bytes) else data
    documents = list(read_biocxml(stream, "x.xml", tally))
    assert tally.balanced()
    for made in documents:
        texts = {p.section: p.text for p in made.passages}
        for mention in made.mentions:
            for o in mention.occurrences:
                assert texts[o.section][o.start : o.end] == o.text != ""
    return documents, list(tally.entries())


def aside(ledger: list[LedgerEntry], kind: str = "document") -> list[tuple[str, int]]:
    return [(e.reason, e.count) for e in ledger if e.kind == kind and e.outcome == "set_aside"]


def received(ledger: list[LedgerEntry], kind: str) -> int:
    return sum(e.count for e in ledger if e.kind == kind and e.outcome == "received")


def test_a_collection() -> None:
    documents, ledger = read(HEAD + document() + document(12346) + TAIL)
    assert [d.id for d in documents] == ["PMID:12345", "PMID:12346"]
    first = documents[0]
    assert (first.format, first.input, first.title) == ("bioc", "x.xml", "Fever after aspirin.")
    assert [(m.asserted, m.category, m.source_list) for m in first.mentions] == [("MESH:D005334", DISEASE, "PubTator")]
    assert aside(ledger) == []


def test_one_document_without_a_collection() -> None:
    assert [d.id for d in read(document())[0]] == ["PMID:12345"]


def test_the_same_document_has_the_same_hash() -> None:
    spread = document().replace("><", ">\n  <")
    hashes = {d.sha256 for d in read(HEAD + document() + spread + TAIL)[0]}
    assert len(hashes) == 1
    assert {d.sha256 for d in read(document(text="Fever after asperin."))[0]}.isdisjoint(hashes)


def test_everything_that_bioc_has() -> None:
    """Sentences, annotations of sentences and of the document, infons at every level, relations at every level."""
    text = """<collection><source>s</source><date>d</date><key>k</key><infon key="a">b</infon>
      <document><id>12345</id><infon key="article-id_doi">10.1000/X</infon><infon key="year">2020</infon>
        <passage><infon key="section_type">CASE</infon><offset>20</offset>
          <sentence><offset>20</offset><text>She had fever.</text>
            <annotation id="1"><infon key="type">Disease</infon><infon key="MESH">D005334</infon>
              <location offset="28" length="5"/><text>fever</text></annotation></sentence>
          <sentence><offset>35</offset><text>It went.</text></sentence>
          <relation id="R1"><infon key="type">x</infon><node refid="1" role="a"/><node refid="2" role="b"/></relation>
        </passage>
        <annotation id="2"><infon key="type">Disease</infon><infon key="MESH">D006311</infon>
          <location offset="38" length="4"/><text>went</text></annotation>
        <relation id="R2"><infon key="type">y</infon><node refid="R1" role="a"/><node refid="2" role="b"/></relation>
      </document></collection>"""
    (made,), ledger = read(text)
    assert made.passages[0].text == "She had fever. It went."
    assert [(m.text, [(o.start, o.end) for o in m.occurrences]) for m in made.mentions] == [
        ("fever", [(8, 13)]), ("went", [(18, 22)]),
    ]  # fmt: skip
    assert (made.doi, made.date, made.passages[0].section) == ("10.1000/x", "2020", "case")
    assert [(r.kind, r.subject, r.object) for r in made.relations] == [("x", "MESH:D005334", "MESH:D006311")]
    assert aside(ledger, "relation") == [("it refers to a relation; relations between relations are not read", 1)]


# --- dirt


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("<document><id>7</id><passage><text>a</passage></document>", "not well-formed XML: mismatched tag"),
        ("<document><id>7</id><annotation id='1'/><text>a < b</text></document>", "not well-formed XML: not well-formed (invalid token)"),
        ("<document><id>7</id>", "cut in the middle: another one begins inside it"),
        ("<document><id>7</id></document>", "neither text nor annotations"),
        ("<document/>", "neither text nor annotations"),
        ("<document><id>7</id><passage><text>&nosuch;</text></passage></document>", "not well-formed XML: undefined entity"),
        ("<passage><text>a</text></passage></document>", "text of a document outside of any document"),
    ],
)  # fmt: skip
def test_a_broken_document_costs_only_itself(broken: str, reason: str) -> None:
    documents, ledger = read(HEAD + document() + broken + document(12346) + TAIL)
    assert [d.id for d in documents] == ["PMID:12345", "PMID:12346"]
    assert aside(ledger) == [(reason, 1)]


def test_annotations_of_a_broken_document_are_accounted_for() -> None:
    broken = document(7, inside="<relation id='R'/><annotation id='1'>").replace("</annotation>", "")
    documents, ledger = read(HEAD + broken + TAIL)
    assert documents == []
    assert (received(ledger, "mention"), received(ledger, "relation")) == (2, 1)


@pytest.mark.parametrize("cut", [1, 40, 150, 250, -3])
def test_the_input_ends_in_the_middle(cut: int) -> None:
    whole = HEAD + document()
    documents, ledger = read(whole + document(12346)[:cut])
    assert [d.id for d in documents] == ["PMID:12345"]
    assert len(aside(ledger)) == 1
    assert "the input ends inside" in aside(ledger)[0][0]


def test_the_input_ends_between_documents() -> None:
    documents, ledger = read(HEAD + document())
    assert len(documents) == 1
    assert aside(ledger) == [("the input ends inside its collection: documents may be missing", 1)]


def test_a_damaged_archive() -> None:
    data = gzip.compress((HEAD + "".join(document(10000 + i) for i in range(3000)) + TAIL).encode(), mtime=0)
    documents, ledger = read(gzip.GzipFile(fileobj=io.BytesIO(data[: len(data) // 2])))  # type: ignore[arg-type]
    assert 100 < len(documents) < 3000
    assert aside(ledger) == [("the input cannot be read any further; it is cut or damaged", 1)]


@pytest.mark.parametrize("text", ["", "  \n", HEAD + TAIL])
def test_nothing_in_it(text: str) -> None:
    assert read(text) == ([], [])


def test_no_bioc() -> None:
    documents, ledger = read("<html><body>Not found</body></html>")
    assert documents == []
    assert aside(ledger) == [("an HTML page", 1)]
    assert aside(read("just text")[1]) == [("no document in the input", 1)]


@pytest.mark.parametrize("bad", ["\x00", "\x01", "\x0b", "\x1f", "&#0;", "&#x1;", "&#xD800;", "&#x110000;"])
def test_characters_that_xml_forbids(bad: str) -> None:
    (made,), _ = read(HEAD + document(text=f"Fever{bad} after aspirin.") + TAIL)
    assert made.title == "Fever\ufffd after aspirin."
    assert [f.code for f in made.findings] == ["text-damaged"]


def test_references_that_xml_allows() -> None:
    (made,), _ = read(document(text="Fever &lt; &#945;&#x3b2; &amp; it&apos;s"))
    assert made.title == "Fever < αβ & it's"
    assert not made.findings


def test_ampersands_and_names_of_characters_are_mended() -> None:
    documents, _ = read(HEAD + document(text="Fever &nbsp;&alpha;") + document(12346, text="Fever AT&T &amp; b") + TAIL)
    assert [d.title for d in documents] == ["Fever \u00a0α", "Fever AT&T & b"]
    assert [[f.code for f in d.findings] for d in documents] == [[], ["characters-mended"]]


def test_name_spaces() -> None:
    (made,), _ = read(document().replace("<document>", '<document xmlns="urn:bioc" xmlns:x="urn:x" x:a="1">'))
    assert [m.asserted for m in made.mentions] == ["MESH:D005334"]


def test_bytes_that_are_not_utf8() -> None:
    data = (
        (HEAD + document(text="Fever BAD after aspirin.") + document(12346) + TAIL)
        .encode()
        .replace(b"BAD", b"\xe9\xff")
    )
    documents, _ = read(data)
    assert [d.title for d in documents] == ["Fever \ufffd\ufffd after aspirin.", "Fever after aspirin."]
    assert [len(d.findings) for d in documents] == [1, 0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_other_encodings(encoding: str) -> None:
    declared = encoding if encoding.startswith("iso") else "UTF-8"
    text = HEAD.replace("UTF-8", declared) + document(text="Fever après café.") + TAIL
    assert [d.title for d in read(text.encode(encoding))[0]] == ["Fever après café."]


def test_an_encoding_that_nobody_knows() -> None:
    assert len(read(HEAD.replace("UTF-8", "klingon") + document() + TAIL)[0]) == 1
    assert len(read(HEAD.replace("UTF-8", "base64") + document() + TAIL)[0]) == 1


# --- attacks


def test_entities_are_never_declared() -> None:
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE collection [<!ENTITY l0 "lol">{lines}]><collection>'
    documents, ledger = read(head + document(text="Fever &l9;") + document(12346) + TAIL)
    assert [d.id for d in documents] == ["PMID:12346"]
    assert aside(ledger) == [("uses XML entities that the input declares; they are refused", 1)]


def test_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Fever of the secret")
    head = f'<!DOCTYPE collection [<!ENTITY x SYSTEM "{secret.as_uri()}">]><collection>'
    documents, ledger = read(head + document(text="Fever &x;") + TAIL)
    assert documents == []
    assert len(aside(ledger)) == 1
    inner = f'<document><!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]><id>1</id>&x;</document>'
    assert read(inner)[0] == []


def test_the_document_type_is_not_fetched() -> None:
    head = '<!DOCTYPE collection PUBLIC "x" "http://127.0.0.1:9/BioC.dtd"><collection>'
    assert len(read(head + document() + TAIL)[0]) == 1


def test_deep_nesting() -> None:
    deep = "<a>" * 200_000 + "</a>" * 200_000
    documents, _ = read(HEAD + document(inside=deep) + document(12346) + TAIL)
    assert [d.id for d in documents] == ["PMID:12345", "PMID:12346"]


def test_sentences_inside_of_sentences() -> None:
    annotation = "<annotation id='{}'><infon key='type'>Disease</infon><location offset='0' length='5'/><text>Fever</text></annotation>"
    inner = f"<sentence><offset>20</offset><text>Inner.</text>{annotation.format(2)}</sentence>"
    text = f"<sentence><offset>0</offset><text>Fever came.</text>{annotation.format(1)}{inner}</sentence>"
    (made,), ledger = read(f"<document><id>12345</id><passage><offset>0</offset>{text}</passage></document>")
    assert made.passages[0].text == "Fever came.         Inner."
    assert received(ledger, "mention") == 2
    deep = "<sentence>" * 5000 + annotation.format(1) + "</sentence>" * 5000
    (made,), _ = read(f"<document><id>12345</id><passage><text>Fever</text>{deep}</passage></document>")
    assert len(made.mentions) == 1


def test_a_document_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlrecords, "LONGEST_RECORD", 1 << 20)
    endless = document(7).replace("</document>", "") + "<annotation id='1'><text>x</text></annotation>" * 60_000
    documents, ledger = read(HEAD + document() + endless + "</document>" + document(12346) + TAIL)
    assert [d.id for d in documents] == ["PMID:12345", "PMID:12346"]
    assert aside(ledger) == [(f"longer than {1 << 20} bytes", 1)]
    # Tags that a cut goes through are not counted.
    assert 59_990 <= received(ledger, "mention") - 2 <= 60_001


# --- properties


@given(st.integers(1, 400), st.integers(1, 4))
def test_pieces_do_not_matter(size: int, count: int) -> None:
    text = HEAD + "".join(document(10000 + i, text=f"Fever &#945;&amp;é😀 {i}&#1;.") for i in range(count)) + TAIL
    assert read(Dribble(text.encode(), size)) == read(text)  # type: ignore[arg-type]


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes(noise: bytes, at: int) -> None:
    data = (HEAD + document() + document(12346) + TAIL).encode()
    read(data[:at] + noise + data[at:])
    read(noise)


def test_memory_does_not_grow_with_documents() -> None:
    def peak(count: int) -> int:
        data = (
            HEAD + "".join(document(10000 + i, text="Fever after aspirin. " * 20) for i in range(count)) + TAIL
        ).encode()
        tracemalloc.start()
        for _ in read_biocxml(io.BytesIO(data), "x", Tally("x")):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    few, many = peak(1000), peak(3000)
    assert many < few * 1.3 + 200_000


# --- genuine files


def read_full(*parts: str) -> tuple[list[Document], list[LedgerEntry]]:
    with gzip.open(full_data(*parts), "rb") as stream:
        return read(stream)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "chemicals", "diseases", "relations"),
    [("Training", 5203, 4182, 1038), ("Development", 5347, 4244, 1012)],
)
def test_bc5cdr_has_the_published_counts(name: str, chemicals: int, diseases: int, relations: int) -> None:
    documents, ledger = read_full("corpora", "bc5cdr", f"CDR_{name}Set.BioC.xml.gz")
    assert len(documents) == 500
    assert Counter(m.category for d in documents for m in d.mentions) == {CHEMICAL: chemicals, DISEASE: diseases}
    assert received(ledger, "relation") == relations
    assert {r.kind for d in documents for r in d.relations} == {"CID"}
    # All that is not a mention is a part of a composite one.
    assert {e.reason for e in ledger if e.kind == "mention" and e.outcome in {"merged", "set_aside"}} == {
        "part of a composite mention"
    }
    assert all(m.occurrences for d in documents for m in d.mentions)


def content(made: Document) -> tuple[object, ...]:
    """What the PubTator and the BioC form of a document must have in common: all but order, names of lists, lines."""
    mentions = {
        (
            m.category,
            m.text,
            m.asserted_as,
            m.asserted,
            m.further,
            tuple((o.section, o.start, o.end) for o in m.occurrences),
        )
        for m in made.mentions
    }
    relations = {(r.kind, r.subject, r.object, r.subject_as, r.object_as) for r in made.relations}
    return made.id, made.title, made.passages, mentions, relations, len(made.mentions), len(made.relations)


@pytest.mark.parametrize(
    ("bioc", "pubtator", "count"),
    [
        (("bc5cdr", "CDR_TrainingSet.BioC.xml.gz"), ("bc5cdr", "CDR_TrainingSet.PubTator.txt.gz"), 500),
        (("bc5cdr", "CDR_DevelopmentSet.BioC.xml.gz"), ("bc5cdr", "CDR_DevelopmentSet.PubTator.txt.gz"), 500),
        (("biored", "Train.BioC.XML.gz"), ("biored", "Train.PubTator.gz"), 400),
    ],
)
def test_both_forms_of_a_corpus_give_the_same_documents(
    bioc: tuple[str, str], pubtator: tuple[str, str], count: int
) -> None:
    """No difference is left: composites are one mention, and offsets that count ``&apos;`` as six are put right."""
    documents, _ = read_full("corpora", *bioc)
    with gzip.open(full_data("corpora", *pubtator), "rb") as stream:
        others = list(read_pubtator(stream, "x", Tally("x")))
    assert len(documents) == len(others) == count
    assert [content(d) for d in documents] == [content(d) for d in others]


def test_passages_with_wrong_offsets_in_bc5cdr_are_told() -> None:
    found = []
    for name in ("Training", "Development"):
        documents, _ = read_full("corpora", "bc5cdr", f"CDR_{name}Set.BioC.xml.gz")
        found += [(d, f) for d in documents for f in d.findings]
    assert {f.code for _, f in found} == {"span-repaired"}
    # Their titles have an apostrophe, which the source's offset counts as "&apos;".
    assert all("'" in d.title or '"' in d.title or "<" in d.title or ">" in d.title for d, _ in found)
    assert len(found) == 31
