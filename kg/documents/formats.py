"""Which format a stream is in, told by its first bytes; by its name only where these cannot tell."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from itertools import islice
from typing import Final, Literal

from kg.documents.casepage import is_case_page
from kg.documents.intake import page_lines
from kg.documents.tablecolumns import KNOWN, TableColumns, plain
from kg.documents.tablerows import separator_of

Format = Literal["casepage", "pubtator", "bioc-xml", "bioc-json", "jats", "phenopacket", "table", ""]

#: What is said of text that nothing tells; a case page may still show itself further down.
PLAIN_TEXT: Final = "text without a heading such as Abstract, Key findings or Linked entities"

_MAGIC: Final = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive, or a Word, Excel or PowerPoint file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel file"),
    (b"{\\rtf", "a rich text file (RTF)"),
    (b"\x89PNG", "an image"), (b"\xff\xd8\xff", "an image"), (b"GIF8", "an image"), (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"\x1f\x8b", "a compressed file"), (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)"), (b"Rar!", "an archive (RAR)"),
    (b"PAR1", "a Parquet file"), (b"SQLite format 3\x00", "an SQLite database"), (b"\x93NUMPY", "an array of numbers"),
)  # fmt: skip

_SPACE: Final = "\ufeff\x1e\x00 \t\r\n"
_PUBTATOR: Final = re.compile(r"^[ \t]*([^\s|]{1,200})\|[ta]\|", re.MULTILINE)
_JSON: Final = re.compile(r'\{\s*["}]|\[\s*[\[\]{"]')
# Nothing in them is tried twice: what comes from elsewhere may be made to cost time.
_JSON_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"(\s*+:)?|\\?\Z)|[{}\[\]]', re.DOTALL)
_ROOT: Final = re.compile(
    r"""(?:\s++|<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE(?:[^>\["']++|"[^"]*+"|'[^']*+'|\[(?>.*?\]))*+>)*+"""
    r"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]*)",
    re.DOTALL,
)
_HTML: Final = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"<(?:\w+:)?(?:article|PubmedArticle|PubmedBookArticle|DeleteCitation)[\s>]")
_BIOC: Final = re.compile(r"<(?:document|passage)[\s>]")
_BIOC_DTD: Final = re.compile(r"<!DOCTYPE\s+collection[^>]*BioC", re.IGNORECASE)

_TABLE_NAME: Final = re.compile(r"\.(?:csv|tsv|tab)(?:\.(?:gz|bz2|xz))?$", re.IGNORECASE)

#: A key of a phenopacket, a family or a cohort that nothing else has.
_PACKET: Final = frozenset({"phenotypicFeatures", "medicalActions", "phenopacket", "proband", "phenopackets"})
_PACKET_PARTS: Final = frozenset(
    {"diseases", "measurements", "biosamples", "interpretations", "genes", "variants", "metaData"}
)
_SNAKE: Final = re.compile(r"_([a-z])")

_WORDS: Final = (
    (re.compile(r"format-version\s*:|\[Term\]"), "an ontology in OBO"),
    (re.compile(r"@prefix\s|PREFIX\s+\S*:\s*<|(?:Prefix\(|Ontology\()"), "an ontology or a graph (Turtle or OWL)"),
    (re.compile(r"PMID- ?\d"), "PubMed's MEDLINE format"),
    (re.compile(r"TY  - "), "references in RIS"),
    (re.compile(r"@[A-Za-z]+\s*\{"), "references in BibTeX"),
    (re.compile(r"[TREAN#]\d+\t\S+ \S"), "stand-off annotations of brat"),
)  # fmt: skip


def detect(start: bytes, name: str, columns: TableColumns | None = None) -> Format:
    """Return the format of a stream.

    Args:
        start: its first bytes, as many as there are up to some ten thousands; UTF-8, or XML in UTF-16.
        name: its name, for what its content leaves open.
        columns: the columns of tables, where the user has named them.

    Returns:
        The format, "" where it is none that is read; then `looks_like` has words for it.

    >>> detect(b"123|t|A title\\n123|a|An abstract", "x"), detect(b"%PDF-1.4", "x.txt")
    ('pubtator', '')
    >>> detect(b"pmid,mention,type\\n", "x"), detect(b'{"id": "p", "subject": {}, "phenotypicFeatures": []}', "x")
    ('table', 'phenopacket')
    """
    if any(start.startswith(magic) for magic, _ in _MAGIC):
        return ""
    text = _text(start)
    if text.startswith("<"):
        return _xml(text)
    if _JSON.match(text):
        return _json(text, columns)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = _head(text)
    if _PUBTATOR.match(head) and _is_pubtator(text):
        return "pubtator"
    if _is_table(head, columns):
        return "table"
    lines, _ = page_lines(start)
    if is_case_page(lines):
        return "casepage"
    if _is_pubtator(text):
        return "pubtator"
    return "table" if _TABLE_NAME.search(name) and separator_of(head) else ""


def looks_like(start: bytes) -> str:
    """Return words for what a stream seems to be that is in no format that is read.

    >>> looks_like(b"<!DOCTYPE html><html>"), looks_like(b"format-version: 1.2")
    ('an HTML page', 'an ontology in OBO')
    """
    for magic, words in _MAGIC:
        if start.startswith(magic):
            return words
    text = _text(start)
    if text.startswith("<"):
        if _HTML.search(text[:2000]):
            return "an HTML page"
        root = _root(text)
        if root in {"RDF", "Ontology"}:
            return "an ontology or a graph (OWL or RDF/XML)"
        return f"XML of another kind, with the root {root[:60]}" if root else "XML without an element"
    if _JSON.match(text):
        every, first = _keys(text)
        if "graphs" in every:
            return "an ontology as OBO Graphs (JSON)"
        return f"JSON of another kind{', with ' + ', '.join(first[:5])[:100] if first else ''}"
    for pattern, words in _WORDS:
        if pattern.match(text):
            return words
    sample = start[:4096]
    if b"\0" in sample and sample.count(b"\0") * 10 > len(sample):
        return "no text: it holds NUL bytes"
    if _head(text).count("\t") >= 2:
        return "a table whose first line is no header with names that are known"
    return PLAIN_TEXT


def _text(start: bytes) -> str:
    # With a byte order mark it is UTF-8 by now.
    if start[:4] in {b"<\0?\0", b"\0<\0?"}:
        return start.decode("utf-16-le" if start[:1] == b"<" else "utf-16-be", "replace").lstrip(_SPACE)
    return start.decode("utf-8", "replace").lstrip(_SPACE)


def _head(text: str) -> str:
    """Return the first line, as much of it as a header may take; csv refuses cells that are longer."""
    return re.split(r"[\r\n]", text, maxsplit=1)[0][: 1 << 15]


def _root(text: str) -> str:
    found = _ROOT.match(text)
    return found.group(1) if found else ""


def _xml(text: str) -> Format:
    """Return the format of XML: by its root, or by what a wrapper of another name holds."""
    if _HTML.search(text[:2000]):
        return ""
    article, bioc = _ARTICLE.search(text), _BIOC.search(text)
    told = bioc or _BIOC_DTD.search(text[:2000]) or "<source>" in text[:2000]
    if _root(text) == "collection" and not article and told:
        return "bioc-xml"
    if article and (not bioc or article.start() < bioc.start()):
        return "jats"
    if _root(text) in {"PubmedArticleSet", "pmc-articleset"}:
        return "jats"
    return "bioc-xml" if bioc and "<passage" in text else ""


def _json(text: str, columns: TableColumns | None) -> Format:
    """Return the format of JSON by the keys of its first objects."""
    every, first = _keys(text)
    if "passages" in every or "PubTator3" in first:
        return "bioc-json"
    if "documents" in first and {"source", "key", "infons"} & set(first):
        return "bioc-json"
    if {"pmid", "abstract", "annotations"} <= set(first):
        return "bioc-json"
    camel = {_SNAKE.sub(lambda m: m[1].upper(), key) for key in every}
    top = {_SNAKE.sub(lambda m: m[1].upper(), key) for key in first}
    if camel & _PACKET or ("subject" in top and top & _PACKET_PARTS) or {"diseases", "metaData"} <= top:
        return "phenopacket"
    return "table" if _are_columns(first, columns) else ""


def _keys(text: str) -> tuple[set[str], list[str]]:
    """Return the keys of objects that are nested up to three deep, and those of the first object in their order.

    >>> every, first = _keys('[{"a": {"b": [{"c": {"d": 1}}]}, "e": "f"}, {"g": 1}]')
    >>> sorted(every), first
    (['a', 'b', 'c', 'e', 'g'], ['a', 'e'])
    """
    every: set[str] = set()
    first: list[str] = []
    depth = 0
    objects = 0
    for token in _JSON_TOKEN.finditer(text):
        mark = token.group()
        if mark == "{":
            objects += not depth
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
        elif token.group(2) and depth <= 3:
            every.add(token.group(1))
            if depth == 1 and objects == 1:
                first.append(token.group(1))
    return every, first


def _is_table(head: str, columns: TableColumns | None) -> bool:
    """Tell whether a line is the header of a table: two names that are known at least, and enough of them."""
    separator = separator_of(head, columns.named if columns else ())
    cells = next(csv.reader([head], delimiter=separator), []) if separator else []
    return _are_columns([cell.strip() for cell in cells], columns)


def _are_columns(names: Iterable[str], columns: TableColumns | None) -> bool:
    names = list(names)
    if columns and not set(columns.named).isdisjoint(names):
        # Where another of them is missing, its reader says so.
        return True
    known = sum(plain(name) in KNOWN for name in names)
    return known >= 2 and not TableColumns.recognise(names).problem


def _is_pubtator(text: str) -> bool:
    """Tell whether lines of PubTator stand somewhere in a text: one with a number, or two of one document."""
    for found in islice(_PUBTATOR.finditer(text), 20):
        key = found.group(1)
        if any(c.isdigit() for c in key) or re.search(rf"^{re.escape(key)}[|\t]", text[found.end() :], re.MULTILINE):
            return True
    return False
