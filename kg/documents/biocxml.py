"""BioC XML: documents one at a time, and one bad document costs only itself.

The stream is cut at the tags of its documents (`kg.documents.xmlrecords`); of what stands between them only the
collection's source is read. Bytes that are not of the encoding, control characters and references to characters that
XML forbids become U+FFFD, one for each, so that offsets hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final
from xml.etree import ElementTree

from kg.documents.bioc import set_aside, tell_lost, to_document
from kg.documents.biocparts import RawAnnotation, RawDocument, RawPassage, RawRelation, whole_number
from kg.documents.tally import Tally
from kg.documents.xmlrecords import XmlNames, xml_records
from kg.model import Document

DOCUMENTS: Final = XmlNames("document")
_SOURCE: Final = re.compile(rb"<source>([^<]{0,200})</source>")
_ID: Final = re.compile(rb"<id>([^<]{1,100})</id>")


def read_biocxml(stream: IO[bytes], name: str, tally: Tally) -> Iterator[Document]:
    """Read documents in BioC XML.

    Args:
        stream: the bytes, not compressed; read forwards, once.
        name: the input's name.
        tally: is told of every document, annotation and relation.

    Yields:
        The documents in their order.

    >>> import io
    >>> text = b"<document><id>12345</id><passage><offset>0</offset><text>Fever</text></passage></document>"
    >>> tally = Tally("a.xml")
    >>> [(d.id, d.passages[0].text) for d in read_biocxml(io.BytesIO(text), "a.xml", tally)], tally.balanced()
    ([('PMID:12345', 'Fever')], True)
    """
    collection = _Collection(tally)
    record = None
    for record in xml_records(stream, DOCUMENTS, mend=False, between=collection.told):
        if record.element is None:
            _lost(tally, record.problem, record.lost)
            continue
        raw = _document(record.element, collection.source)
        if "ampersands" in record.mended:
            raw.mended = "ampersands that stand alone were read as such"
        if document := to_document(raw, name, tally):
            yield document
    if record is None and not collection.seen and collection.text:
        set_aside(tally, "no document in the input", collection.text, 0, 0)
    if collection.open > 0 and (record is None or not record.problem):
        set_aside(tally, "the input ends inside its collection: documents may be missing", "", 0, 0)


class _Collection:
    """What stands between the documents.

    Args:
        tally: is told of what belongs to a document and stands in none.

    Attributes:
        source: the collection's source.
        open: how many collections are begun and not ended.
        seen: whether there is any.
        text: the first characters.
    """

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.source = ""
        self.open = 0
        self.seen = False
        self.text = ""

    def told(self, block: bytes, rest: bool) -> None:
        """Take what stands between two documents, or the rest of one that is too long."""
        if rest:
            tell_lost(self.tally, "its document is set aside: it is too long", "", *_held(block))
            return
        self.text = self.text or block[:300].decode("utf-8", "replace").strip()
        if found := _SOURCE.search(block):
            self.source = found.group(1).decode("utf-8", "replace").strip()
        begun = block.count(b"<collection")
        self.seen = self.seen or begun > 0
        self.open += begun - block.count(b"</collection")
        if b"<passage" in block or b"<annotation" in block:
            _lost(self.tally, "text of a document outside of any document", block)


def _lost(tally: Tally, reason: str, block: bytes) -> None:
    """Account for a document that cannot be read, and for what its tags say that it holds."""
    found = _ID.search(block[:2000])
    set_aside(tally, reason, (found.group(1) if found else block[:120]).decode("utf-8", "replace"), *_held(block))


def _held(block: bytes) -> tuple[int, int]:
    """Return how many annotations and relations the tags of a block say that it holds."""
    return len(re.findall(rb"<annotation[\s>]", block)), len(re.findall(rb"<relation[\s>]", block))


def _document(element: ElementTree.Element, source: str) -> RawDocument:
    """Return the parts of a document."""
    raw = RawDocument("", source=source)
    for child in element:
        tag = child.tag
        if tag == "id":
            raw.id = (child.text or "").strip()
        elif tag == "infon":
            raw.infons[child.get("key", "")] = child.text or ""
        elif tag == "passage":
            raw.passages.append(_passage(child))
        elif tag == "annotation":
            raw.annotations.append(_annotation(child))
        elif tag == "relation":
            raw.relations.append(_relation(child))
    return raw


def _passage(element: ElementTree.Element) -> RawPassage:
    """Return the parts of a passage; sentences inside of sentences, which BioC does not have, are its own."""
    raw = _part(element)
    raw.sentences = [_part(sentence) for sentence in element.iter("sentence")]
    return raw


def _part(element: ElementTree.Element) -> RawPassage:
    """Return what a passage or a sentence holds itself."""
    raw = RawPassage({}, None, "")
    for child in element:
        tag = child.tag
        if tag == "annotation":
            raw.annotations.append(_annotation(child))
        elif tag == "infon":
            raw.infons[child.get("key", "")] = child.text or ""
        elif tag == "offset":
            raw.offset = whole_number(child.text or "")
        elif tag == "text":
            raw.text += child.text or ""
        elif tag == "relation":
            raw.relations.append(_relation(child))
    return raw


def _annotation(element: ElementTree.Element) -> RawAnnotation:
    raw = RawAnnotation(element.get("id", ""), {}, "", [])
    for child in element:
        tag = child.tag
        if tag == "infon":
            raw.infons[child.get("key", "")] = child.text or ""
        elif tag == "location":
            offset, length = whole_number(child.get("offset", "")), whole_number(child.get("length", ""))
            raw.locations.append((-1 if offset is None else offset, 0 if length is None else length))
        elif tag == "text":
            raw.text = child.text or ""
    return raw


def _relation(element: ElementTree.Element) -> RawRelation:
    raw = RawRelation(element.get("id", ""), {})
    for child in element:
        if child.tag == "infon":
            raw.infons[child.get("key", "")] = child.text or ""
        elif child.tag == "node":
            raw.nodes.append((child.get("refid", ""), child.get("role", "")))
    return raw
