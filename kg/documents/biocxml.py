"""BioC XML: documents one at a time, and one bad document costs only itself.

The stream is cut at the tags of its documents; what stands between them (declaration, DOCTYPE, the collection's source)
is looked at and never parsed, so that no document type is read, nothing is fetched and no entity is ever declared.
References to entities that a document type declares are therefore not well-formed, and their document is set aside.

Bytes that are not UTF-8, control characters and references to characters that XML forbids become U+FFFD, one for each.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Final
from xml.etree import ElementTree
from xml.parsers import expat

from kg.documents.bioc import set_aside, tell_lost, to_document
from kg.documents.biocparts import RawAnnotation, RawDocument, RawPassage, RawRelation, whole_number
from kg.documents.tally import Tally
from kg.model import Document

#: A longer document is none; it is set aside and not held.
LONGEST_DOCUMENT: Final = 1 << 26
_CHUNK: Final = 1 << 18
_TAG: Final = 16

#: What a block of the stream is, other than a document or a lost one: the space between documents, and more of one
#: that is too long.
_BETWEEN: Final = "between"
_REST: Final = "rest"
_OPEN: Final = "another document begins inside of it: it was never closed"
_CUT: Final = "the input ends inside the document"

_BEGIN: Final = re.compile(r"<document(?=[\s>/])")
_END: Final = "</document>"
_SOURCE: Final = re.compile(r"<source>([^<]{0,200})</source>")
_ENCODING: Final = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CHARACTER: Final = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_ENTITY: Final = re.compile(r"<!ENTITY\s")


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
    source = ""
    entities = False
    open_collections, kind = 0, ""
    for kind, block in _blocks(stream):
        if kind == _REST:
            mentions, relations = _held(block)
            tell_lost(tally, "its document is set aside: it is too long", "", mentions, relations)
        elif kind == _BETWEEN:
            if found := _SOURCE.search(block):
                source = found.group(1).strip()
            entities = entities or bool(_ENTITY.search(block))
            open_collections += block.count("<collection") - block.count("</collection")
            if _stray(block):
                _lost(tally, "text of a document outside of any document", block)
        elif kind:
            _lost(tally, kind, block)
        else:
            try:
                element = _parsed(block)
            except ElementTree.ParseError as error:
                reason = f"not well-formed XML: {expat.ErrorString(error.code)}"
                if entities and "entity" in reason:
                    reason += " (entities that the input declares are refused)"
                _lost(tally, reason, block)
                continue
            raw = _document(element, source)
            if document := to_document(raw, name, tally):
                yield document
    if open_collections > 0 and kind in {"", _BETWEEN}:
        set_aside(tally, "the input ends inside its collection: documents may be missing", "", 0, 0)


def _blocks(stream: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Yield what the stream holds: ("", a document), (`_BETWEEN`, what is before it), (a reason, a lost document)."""
    buffer = ""
    searched = 0
    seen = long = False
    ended = ""
    for piece in _text(stream):
        if piece is None:
            ended = "the input cannot be read any further; it is cut or damaged"
            break
        buffer += piece
        done = 0
        while (end := buffer.find(_END, max(done, searched))) >= 0:
            end += len(_END)
            begins = [found.start() for found in _BEGIN.finditer(buffer, done, end)]
            yield _REST if long else _BETWEEN, buffer[done : begins[0] if begins else end]
            # Documents hold no documents: one that another begins in was never closed, or is an empty tag.
            for begin, following in pairwise(begins):
                yield _unclosed(buffer[begin:following], _OPEN)
            if begins:
                yield "", buffer[begins[-1] : end]
            seen, long = seen or bool(begins), False
            done = end
        buffer = buffer[done:]
        searched = max(0, len(buffer) - _TAG)
        if len(buffer) > LONGEST_DOCUMENT:
            yield _REST if long else f"longer than {LONGEST_DOCUMENT} characters", buffer
            buffer, searched, seen, long = "", 0, True, True
    begins = [found.start() for found in _BEGIN.finditer(buffer)]
    between = buffer[: begins[0]] if begins else buffer
    if long:
        yield _REST, between
    elif begins or seen or "<collection" in between:
        yield _BETWEEN, between
    elif between.strip() and not ended:
        yield "no document in the input", between
    for begin, following in pairwise([*begins, len(buffer)]):
        yield _unclosed(buffer[begin:following], _OPEN if following < len(buffer) else ended or _CUT)
    if ended and not begins:
        yield ended, ""


def _unclosed(block: str, reason: str) -> tuple[str, str]:
    """Return a block that no end tag closes with the reason, or without one where it is an empty tag."""
    tag, _, behind = block.partition(">")
    return ("", f"{tag}>") if tag.endswith("/") and "<" not in behind.replace("</collection", "") else (reason, block)


def _text(stream: IO[bytes]) -> Iterator[str | None]:
    """Yield the stream as text in pieces, without what XML forbids; None where it cannot be read any further."""
    try:
        # One read of what lies below: what comes before a damage is not lost with it.
        read = getattr(stream, "read1", stream.read)
        data = read(_CHUNK)
        decoder = codecs.getincrementaldecoder(_encoding(data))("replace")
        rest = ""
        while data:
            text = rest + decoder.decode(data)
            # A reference that is cut in two by the piece waits for the next one.
            cut = text.rfind("&", max(0, len(text) - _TAG))
            rest = text[cut:] if cut >= 0 and ";" not in text[cut:] else ""
            yield _without_forbidden(text[: len(text) - len(rest)])
            data = read(_CHUNK)
        yield _without_forbidden(rest + decoder.decode(b"", True))
    except (OSError, EOFError, zlib.error):
        yield None


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if head.startswith(b"<") else "utf-16-be"
    declared = _ENCODING.search(head[:400])
    named = declared.group(1).decode().lower() if declared else "utf-8"
    try:
        codecs.getincrementaldecoder(named)
        "".encode(named)
    except (LookupError, TypeError):
        named = "utf-8"
    return "utf-8-sig" if named.startswith(("utf", "us-ascii", "ascii")) else named


def _without_forbidden(text: str) -> str:
    if _CONTROL.search(text):
        text = _CONTROL.sub("\ufffd", text)
    return _CHARACTER.sub(_character, text) if "&#" in text else text


def _character(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    sound = code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return reference[0] if sound else "\ufffd"


def _stray(block: str) -> bool:
    """Tell whether parts of a document stand between documents."""
    return "<passage" in block or "<annotation" in block


def _lost(tally: Tally, reason: str, block: str) -> None:
    """Account for a document that cannot be read, and for what its tags say that it holds."""
    found = re.search(r"<id>([^<]{1,100})</id>", block[:2000])
    set_aside(tally, reason, found.group(1) if found else block[:120], *_held(block))


def _held(block: str) -> tuple[int, int]:
    """Return how many annotations and relations the tags of a block say that it holds."""
    return len(re.findall(r"<annotation[\s>]", block)), len(re.findall(r"<relation[\s>]", block))


def _parsed(block: str) -> ElementTree.Element:
    """Parse a document. No document type comes this far, so there is no entity to expand and nothing to fetch."""
    parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314
    parser.feed(block)
    root: ElementTree.Element = parser.close()
    return root


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
    """Return the parts of a passage or a sentence."""
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
        elif tag == "sentence":
            raw.sentences.append(_passage(child))
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
