"""Cutting a stream of XML into its articles: bounded memory, and one bad article costs only itself.

A stream may hold one article, many one after the other (each with its own declaration), or many inside a wrapper
(``pmc-articleset``, ``PubmedArticleSet``, an answer of OAI-PMH). It is cut at the end tags of the articles; what stands
between them is looked at and never parsed, so that no document type is read and nothing is fetched. An article that
stands behind declared entities is refused.

Known dirt is mended, each with a name: bytes that are not of the encoding, control characters, references to
characters that XML forbids, stray ampersands, names of characters that only a document type knows (``&nbsp;``),
prefixes that were declared on a wrapper.
"""

from __future__ import annotations

import codecs
import html.entities
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final
from xml.etree import ElementTree
from xml.parsers import expat

#: A longer article is none; it is set aside.
LONGEST_ARTICLE: Final = 1 << 25
_CHUNK: Final = 1 << 18
_LONGEST_TAG: Final = 4096

_NAME: Final = r"(?:[A-Za-z_][\w.-]{0,40}:)?(?:article|PubmedArticle|PubmedBookArticle|DeleteCitation)"
_BEGIN: Final = re.compile(rf"<{_NAME}(?=[\s>])".encode())
_END: Final = re.compile(rf"</{_NAME}\s*>".encode())
_WEB_PAGE: Final = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_PROLOGUE: Final = re.compile(rb"<\?xml\s|<!DOCTYPE\s")
_ENTITY: Final = re.compile(rb"<!ENTITY\s")
_DECLARED: Final = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_UTF8: Final = frozenset({"utf-8", "utf8", "ascii", "us-ascii", "utf-16", "utf-16le", "utf-16be"})

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CHARACTER: Final = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_NAMED: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_STRAY: Final = re.compile(r"&(?!#\d+;|#x[0-9A-Fa-f]+;|[A-Za-z_][\w.-]*;)")
_PREFIX: Final = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_ESCAPED: Final = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class XmlArticle:
    """One article of a stream.

    Attributes:
        element: its root, None where the article cannot be read.
        line: 1-based line of the stream where it begins.
        mended: what was mended in it, by name: ``encoding``, ``control-characters``, ``ampersands``.
        problem: why it cannot be read, "" where it can.
        text: its first characters, for the ledger.
    """

    element: ElementTree.Element | None
    line: int
    mended: tuple[str, ...] = ()
    problem: str = ""
    text: str = ""


@dataclass(slots=True)
class _Place:
    """Where the cutting stands: line, encoding in force, what the space between articles said."""

    line: int = 1
    encoding: str = "utf-8"
    entities: bool = False
    broken: str = "cut short: the input ends inside the article"


def xml_articles(stream: IO[bytes]) -> Iterator[XmlArticle]:
    """Yield the articles of a stream in their order, and in their places what was to be one and cannot be read.

    Articles are the elements ``article`` (JATS and its forerunner, the NLM document type), ``PubmedArticle``,
    ``PubmedBookArticle`` and ``DeleteCitation``. A stream without any yields one problem.

    Args:
        stream: bytes of XML; UTF-8, UTF-16 with a byte order mark, or what its declaration names.

    Example:
        >>> import io
        >>> articles = list(xml_articles(io.BytesIO(b"<set><article><p/></article>\\n<article><p></article></set>")))
        >>> [(a.line, a.element is not None, a.problem) for a in articles]
        [(1, True, ''), (2, False, 'not well-formed XML: mismatched tag')]
    """
    place = _Place()
    pieces = _pieces(stream, place)
    buffer = b""
    searched = 0
    found = False
    for piece in pieces:
        buffer += piece
        if not found and _WEB_PAGE.search(buffer[:_LONGEST_TAG]):
            yield XmlArticle(None, 1, problem="an HTML page, no article's XML", text=_head(buffer))
            return
        done = 0
        for end in _END.finditer(buffer, searched):
            begin = _BEGIN.search(buffer, done, end.start())
            if begin:
                _pass_over(place, buffer[done : begin.start()])
                yield from _articles(buffer[begin.start() : end.end()], place)
                place.line += buffer.count(b"\n", begin.start(), end.end())
                found = True
            else:
                _pass_over(place, buffer[done : end.end()])
            done = end.end()
        buffer = buffer[done:]
        searched = max(0, len(buffer) - _LONGEST_TAG)
        if len(buffer) > LONGEST_ARTICLE:
            begin = _BEGIN.search(buffer)
            start = begin.start() if begin else len(buffer)
            _pass_over(place, buffer[:start])
            buffer, searched = buffer[start:], 0
            if begin and not start:
                problem = f"longer than {LONGEST_ARTICLE} bytes"
                yield XmlArticle(None, place.line, problem=problem, text=_head(buffer))
                found = True
                place.line += buffer.count(b"\n")
                buffer = b""
    begin = _BEGIN.search(buffer)
    if begin:
        _pass_over(place, buffer[: begin.start()])
        yield from _cut(buffer[begin.start() :], place, place.broken)
    elif not found:
        problem = "declares XML entities and is refused" if _ENTITY.search(buffer) else "no article in the input"
        yield XmlArticle(None, 1, problem=problem, text=_head(buffer))


def _pieces(stream: IO[bytes], place: _Place) -> Iterator[bytes]:
    """Yield the stream in pieces; UTF-16 becomes UTF-8."""
    # One read of what lies below: what comes before a damage is not lost with it.
    read = getattr(stream, "read1", stream.read)
    try:
        yield from _decoded_pieces(read)
    except (OSError, EOFError, zlib.error):
        place.broken = "cut short: the input is damaged inside the article"


def _decoded_pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    head = read(_CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head[:4] in {b"<\0?\0", b"\0<\0?"}:
        name = "utf-16" if not head.startswith((b"<", b"\0")) else "utf-16-le" if head[:1] == b"<" else "utf-16-be"
        decoder = codecs.getincrementaldecoder(name)("replace")
        while head:
            yield decoder.decode(head).encode("utf-8", "replace")
            head = read(_CHUNK)
        return
    head = head.removeprefix(codecs.BOM_UTF8)
    while head:
        yield head
        head = read(_CHUNK)


def _pass_over(place: _Place, between: bytes) -> None:
    """Learn from what stands before an article: its encoding, and whether entities are declared."""
    place.line += between.count(b"\n")
    if declared := _DECLARED.search(between):
        place.encoding = declared[1].decode().lower()
    if _PROLOGUE.search(between):
        place.entities = False
    if _ENTITY.search(between):
        place.entities = True


def _articles(block: bytes, place: _Place) -> Iterator[XmlArticle]:
    """Yield the article of a block, after those that were cut off inside it by the begin of the next."""
    article = _article(block, place)
    if article.element is None and not place.entities:
        begins = [m.start() for m in _BEGIN.finditer(block)]
        if len(begins) > 1:
            yield from _cut(block[: begins[-1]], place, "cut in the middle: another article begins inside it")
            line = place.line + block.count(b"\n", 0, begins[-1])
            last = _Place(line, place.encoding, bool(_ENTITY.search(block[: begins[-1]])))
            if declared := list(_DECLARED.finditer(block, 0, begins[-1])):
                last.encoding = declared[-1][1].decode().lower()
            yield _article(block[begins[-1] :], last)
            return
    yield article


def _cut(block: bytes, place: _Place, problem: str) -> Iterator[XmlArticle]:
    """Yield a problem for each article that begins in a block and does not end there."""
    for begin in _BEGIN.finditer(block):
        line = place.line + block.count(b"\n", 0, begin.start())
        yield XmlArticle(None, line, problem=problem, text=_head(block[begin.start() :]))


def _article(block: bytes, place: _Place) -> XmlArticle:
    if place.entities or _ENTITY.search(block):
        return XmlArticle(None, place.line, problem="declares XML entities and is refused", text=_head(block))
    if place.encoding in _UTF8:
        try:
            return XmlArticle(_parsed(block), place.line)
        except ElementTree.ParseError:
            pass
    text, mended = _decoded(block, place.encoding)
    try:
        return XmlArticle(_parsed(text), place.line, mended)
    except ElementTree.ParseError:
        pass
    text, more = _mended(text)
    try:
        return XmlArticle(_parsed(text), place.line, (*mended, *more))
    except ElementTree.ParseError as error:
        problem = f"not well-formed XML: {expat.ErrorString(error.code)}"
        return XmlArticle(None, place.line, problem=problem, text=_head(block))


def _decoded(block: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    """Decode an article; what is not of its encoding is read as Windows-1252, the usual culprit."""
    try:
        return block.decode("utf-8" if encoding in _UTF8 else encoding), ()
    except (UnicodeDecodeError, LookupError):
        text = block.decode("utf-8", "surrogateescape")
    return _ESCAPED.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text), ("encoding",)


def _mended(text: str) -> tuple[str, tuple[str, ...]]:
    mended: list[str] = []
    clean = _CHARACTER.sub(_character, _FORBIDDEN.sub("", text))
    if clean != text:
        mended.append("control-characters")
    with_stray = _STRAY.sub("&amp;", clean)
    if with_stray != clean:
        mended.append("ampersands")
    named = _NAMED.sub(lambda m: html.entities.html5.get(f"{m[1]};", m[0]), with_stray)
    # A wrapper that declared a prefix is not here; any name does, for names are compared without their space.
    prefixes = sorted({p for p in _PREFIX.findall(named) if p not in {"xml", "xmlns"}})
    spaces = "".join(f' xmlns:{p}="urn:prefix:{p}"' for p in prefixes)
    return f"<wrapper{spaces}>{named}</wrapper>", tuple(mended)


def _character(reference: re.Match[str]) -> str:
    """Return a character reference as it is, or U+FFFD where XML forbids the character."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    sound = code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return reference[0] if sound else "\ufffd"


def _parsed(article: bytes | str) -> ElementTree.Element:
    """Parse an article; no document type comes this far, so there is no entity to expand and nothing to fetch.

    It loses its own name space; elements of other ones (MathML) keep theirs.
    """
    parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314
    parser.feed(article)
    root: ElementTree.Element = parser.close()
    if root.tag == "wrapper" and len(root) == 1:
        root = root[0]
        root.tail = None
    if root.tag.startswith("{"):
        space = root.tag[: root.tag.index("}") + 1]
        for element in root.iter():
            element.tag = element.tag.removeprefix(space)
    return root


def _head(data: bytes) -> str:
    return data[:300].decode("utf-8", "replace")
