"""Telling formats: by content whatever the name says, and words for what is not read."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.formats import PLAIN_TEXT, Format, detect, looks_like
from kg.documents.tablecolumns import TableColumns
from tests.pages import CASES, SEED, page
from tests.terms.full_data import full_data

BIOC = '<?xml version="1.0"?><!DOCTYPE collection SYSTEM "BioC.dtd"><collection><source>s</source><document><id>1</id>'
TOLD: list[tuple[Format, str]] = [
    ("casepage", page()),
    ("casepage", page().replace("\n", "\r\n")),
    ("casepage", page().replace("\n", "\r")),
    ("casepage", page(title="[Osteosarcoma and anlotinib]").replace("# ", "", 1)),
    ("casepage", page(abstract="123|t|is a line of another format")),
    ("pubtator", "123|t|A title\n123|a|An abstract\n123\t0\t1\tA\tGene\t7\n"),
    ("pubtator", "\n\n\ufeff123|t|A title\r\n123|a|An abstract"),
    ("pubtator", "case|t|A title\ncase|a|An abstract"),
    ("pubtator", "123\t0\t1\tA\tGene\t7\n123|t|A title\n123|a|Abstract\n"),
    ("pubtator", "1|t|A title\n1|a|Background\nAbstract\n\nIt goes on.\n"),
    ("bioc-xml", BIOC),
    ("bioc-xml", "<collection>\n<!-- a > comment --><document><id>1</id><passage>"),
    ("bioc-xml", "<document><id>1</id><passage><offset>0</offset></passage></document>"),
    ("bioc-xml", "<answer><passage><offset>0</offset></passage></answer>"),
    ("bioc-xml", f"{BIOC}<infon key='article'>a</infon><passage><text>see article </text></passage>"),
    ("jats", "<article xmlns:xlink='http://www.w3.org/1999/xlink'><front/></article>"),
    ("jats", "<?xml version='1.0'?><!DOCTYPE article PUBLIC '-//NLM//DTD X//EN' 'a.dtd' [<!ENTITY a 'b'>]><article>"),
    ("jats", "<pmc-articleset><article><front/>"),
    ("jats", "<PubmedArticleSet></PubmedArticleSet>"),
    ("jats", "<OAI-PMH><record><metadata><pmc:article xmlns:pmc='x'><pmc:front/>"),
    ("jats", "<article><front/><body><title>\nAbstract\n</title></body></article>"),
    ("bioc-json", '{"source": "x", "date": "", "documents": []}'),
    ("bioc-json", '{"PubTator3": [{"_id": "1|None", "id": "1", "infons": {}, "passages": []}]}'),
    ("bioc-json", '[{"source": "x", "documents": [{"id": "1", "passages": [{"offset": 0}]}]}]'),
    ("bioc-json", '{"id": "1", "passages": []}\n{"id": "2", "passages": []}\n'),
    ("bioc-json", '{"pmid": "1", "title": "a", "abstract": "b", "annotations": []}'),
    ("phenopacket", '{"id": "p", "subject": {"id": "a"}, "phenotypicFeatures": []}'),
    ("phenopacket", '{"id": "p", "subject": {"id": "a"}, "meta_data": {}}'),
    ("phenopacket", '[{"id": "p", "phenotypic_features": []}]'),
    ("phenopacket", '{"id": "f", "proband": {"id": "p"}, "relatives": []}'),
    ("phenopacket", '{"id": "c", "members": [{"id": "p", "subject": {}, "phenotypicFeatures": []}]}'),
    ("table", "pmid,start,end,mention,type,id\n"),
    ("table", "PMID\ttitle\tabstract\n1\ta\tb\n"),
    ("table", 'pmid;mention\n1;"\nAbstract\n"\n'),
    ("table", '{"pmid": "1", "title": "a", "abstract": "b"}\n{"pmid": "2"}'),
    ("table", '[{"pmid": 1, "mention": "a"}]'),
    ("", "Just a note, with a comma; and\tmore."),
    ("", "| a |t| c |\n|---|---|---|\n"),
    ("", "gene|t|p\nTP53|3.1|0.05\n"),
    ("", '{"name": "x", "version": "1"}'),
    ("", "{}"),
    ("", "[]"),
    ("", "<rdf:RDF xmlns:rdf='x'/>"),
    ("", "<html><body><article><p>a</p></article></body></html>"),
    ("", "<collection xmlns='http://www.loc.gov/MARC21/slim'><record/></collection>"),
    ("", ""),
]


@pytest.mark.parametrize(("told", "text"), TOLD, ids=lambda v: repr(v)[:50])
def test_formats_are_told_by_content_whatever_the_name(told: Format, text: str) -> None:
    for name in ("a", "a.md", "a.xml", "a.json.gz", "a.pubtator"):
        assert detect(text.encode(), name) == told


def test_real_pages() -> None:
    for path in (SEED, *CASES.glob("SYN*.md")):
        assert detect(path.read_bytes(), "x.csv") == "casepage"


def test_xml_in_utf16_is_told_without_a_byte_order_mark() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        assert detect('<?xml version="1.0"?><article><front/>'.encode(encoding), "a") == "jats"


def test_the_name_counts_where_content_cannot_tell() -> None:
    text = b"article number,what,where\n1,fever,title\n"
    assert [detect(text, name) for name in ("a.csv", "a.tsv.gz", "a.txt")] == ["table", "table", ""]
    assert detect(page().encode(), "a.csv") == "casepage"


def test_columns_that_the_user_names_make_a_table() -> None:
    columns = TableColumns(document="Nr", mention="Was")
    assert detect(b"Nr;Was\n1;Fieber\n", "a.txt") == ""
    assert detect(b"Nr;Was\n1;Fieber\n", "a.txt", columns) == "table"
    assert detect(b'{"Nr": 1, "Was": "Fieber"}', "a.txt", columns) == "table"
    # A key that a row does not have may come in the next.
    assert detect(b'{"Nr": 1}', "a.txt", columns) == "table"
    assert detect(b'{"Number": 1}', "a.txt", columns) == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04", "Word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word"),
        (b"{\\rtf1 {a}", "RTF"),
        (b"\x89PNG\r\n", "an image"),
        (b"format-version: 1.2\n\n[Term]\n", "OBO"),
        (b'{"graphs": [{"nodes": []}]}', "OBO Graphs"),
        (b"<?xml version='1.0'?>\n<rdf:RDF xmlns:owl='x'>", "OWL"),
        (b"@prefix a: <http://example.org/> .", "Turtle"),
        (b"PMID- 123\nTI  - A title", "MEDLINE"),
        (b"TY  - JOUR\n", "RIS"),
        (b"@article{a,\n", "BibTeX"),
        (b"T1\tDisease 0 5\tFever\n", "brat"),
        (b"1\tGene\t7\tTP53\n", "no header"),
        (b"<feed/>", "root feed"),
        (b"< 5", "XML without an element"),
        (b'{"a": 1}', "JSON of another kind, with a"),
        (b"a note", PLAIN_TEXT),
        (bytes(99), "NUL"),
    ],
)
def test_words_for_what_is_not_read(data: bytes, words: str) -> None:
    assert detect(data, "a") == ""
    assert words in looks_like(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<!-- a -->" * 6_000,
        b'{"a": "' + b'\\"' * 32_000,
        b'{"a": "' + b"\\" * 65_001,
        b"<!DOCTYPE a [" * 5_000,
        b"<!DOCTYPE a '" * 5_000,
        b"<document " * 6_000,
        b"a|t|b\n" * 10_000,
        b"".join(b"%x|t|b\n" % i for i in range(8_000)).translate(bytes.maketrans(b"0123456789", b"ghijklmnop")),
        b'{"' * 30_000,
        b"[" * 65_000,
        b'"' * 65_000,
        b"a," * 32_000,
        b"\n" * 65_000,
    ],
)
def test_no_start_takes_long(data: bytes) -> None:
    begin = time.process_time()
    detect(data, "a")
    looks_like(data)
    assert time.process_time() - begin < 2


@given(st.binary(max_size=600) | st.text(alphabet='{}[]<>"|t\t\n,;:-!?/ab1', max_size=200).map(str.encode))
def test_anything_has_a_format_or_words(data: bytes) -> None:
    if not detect(data, "a.csv"):
        assert looks_like(data)


def test_json_of_which_only_the_begin_is_there() -> None:
    whole = json.dumps({"source": "x", "documents": [{"id": "1", "passages": [{"text": 'a "b" \\ {' * 9_000}]}]})
    assert detect(whole.encode()[:65_536], "a") == "bioc-json"


@pytest.mark.parametrize(
    ("folder", "name", "told"),
    [
        ("corpora", "bc5cdr/CDR_TrainingSet.BioC.xml.gz", "bioc-xml"),
        ("corpora", "bc5cdr/CDR_TrainingSet.PubTator.txt.gz", "pubtator"),
        ("corpora", "biored/Dev.BioC.JSON.gz", "bioc-json"),
        ("corpora", "biored/Train.BioC.XML.gz", "bioc-xml"),
        ("corpora", "ncbi_disease/train.PubTator.txt.gz", "pubtator"),
        ("mondo", "mondo.obo.gz", ""),
        ("mesh", "desc2025.xml.gz", ""),
    ],
)
def test_real_files(folder: str, name: str, told: Format) -> None:
    with gzip.open(full_data(folder, *name.split("/"))) as file:
        assert detect(file.read(65_536), "x") == told
