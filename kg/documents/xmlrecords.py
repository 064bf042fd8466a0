"""Cutting a stream of XML into its records: bounded memory, and one bad record costs only itself.

A stream may hold one record, many one after the other (each with its own declaration), or many inside a wrapper
(``pmc-articleset``, ``collection``, an answer of OAI-PMH). It is cut at the end tags of the records; what stands
between them is looked at and never parsed, so that no document type is read, nothing is fetched and no entity is ever
declared. A record that uses an entity which the input declares is set aside.

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
from itertools import pairwise
from typing import IO, Final
from xml.etree import ElementTree
from xml.parsers import expat

#: A longer record (in bytes) is none; it is set aside and not held.
LONGEST_RECORD: Final = 1 << 26
_CHUNK: Final = 1 << 18
_LONGEST_TAG: Final = 4096

CUT: Final = "cut short: the input ends inside it"
OPEN: Final = "cut in the middle: another one begins inside it"
DAMAGED: Final = "the input cannot be read any further; it is cut or damaged"
WEB_PAGE: Final = "an HTML page"
REFUSED: Final = "uses XML entities that the input declares; they are refused"

_WEB_PAGE: Final = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_PROLOGUE: Final = re.compile(rb"<\?xml\s|<!DOCTYPE\s")
_ENTITY: Final = re.compile(rb"<!ENTITY\s")
_DECLARED: Final = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
#: Encodings that are read as UTF-8: a stream that is truly UTF-16 says so by its first bytes, and is UTF-8 by then.
_UTF8: Final = ("utf", "ascii", "us-ascii")

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_CHARACTER: Final = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_NAMED: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31});")
_STRAY: Final = re.compile(r"&(?!#\d+;|#x[0-9A-Fa-f]+;|[A-Za-z_][\w.-]*;)")
_PREFIX: Final = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_ESCAPED: Final = re.compile("[\udc80-\udcff]")

Between = Callable[[bytes, bool], object]


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """One record of a stream.

    Attributes:
        element: its root, without its own name space; None where the record cannot be read.
        line: 1-based line of the stream where it begins.
        mended: what was mended in it, by name: ``encoding``, ``control-characters``, ``ampersands``.
        problem: why it cannot be read, "" where it can.
        lost: what cannot be read.
    """

    element: ElementTree.Element | None
    line: int
    mended: tuple[str, ...] = ()
    problem: str = ""
    lost: bytes = b""

    @property
    def text(self) -> str:
        """The first characters of what cannot be read, for the ledger.

        >>> XmlRecord(None, 1, problem="cut", lost=b"<article><p>").text
        '<article><p>'
        """
        return self.lost[:300].decode("utf-8", "replace")


class XmlNames:
    """The elements that are records.

    Args:
        names: their names, which hold no record of these names inside.
        prefix: whether a name may have a prefix (``jats:article``).
    """

    def __init__(self, *names: str, prefix: bool = False) -> None:
        name = (r"(?:[A-Za-z_][\w.-]{0,40}:)?" if prefix else "") + f"(?:{'|'.join(names)})"
        self.begin = re.compile(rf"<{name}(?=[\s/>])".encode())
        self.end = re.compile(rf"</{name}\s*>".encode())


def xml_records(
    stream: IO[bytes], names: XmlNames, *, mend: bool = True, between: Between | None = None
) -> Iterator[XmlRecord]:
    """Yield the records of a stream in their order, and in their places what was to be one and cannot be read.

    Args:
        stream: bytes of XML; UTF-8, UTF-16 with a byte order mark, or what its declaration names.
        names: the elements that are records.
        mend: read bytes that are not of the encoding as Windows-1252 and take control characters out; without it each
            is U+FFFD, so that offsets hold. Ampersands and names of characters are mended in either case.
        between: is told what stands between the records, in order with them; its second argument says that it is the
            rest of a record that is too long.

    Example:
        >>> import io
        >>> stream = io.BytesIO(b"<set><article><p/></article>\\n<article><p></article></set>")
        >>> [(r.line, r.element is not None, r.problem) for r in xml_records(stream, XmlNames("article"))]
        [(1, True, ''), (2, False, 'not well-formed XML: mismatched tag')]
    """
    return _Cutter(names, mend, between or (lambda _between, _rest: None)).records(stream)


class _Cutter:
    """The state of cutting one stream: what is not cut yet, its line, and what the space between records said."""

    def __init__(self, names: XmlNames, mend: bool, between: Between) -> None:
        self.names = names
        self.mend = mend
        self.between = between
        self.buffer = b""
        self.line = 1
        self.encoding = "utf-8"
        self.entities = False
        # Whether what comes is the rest of a record that is too long.
        self.long = False
        self.damaged = False

    def records(self, stream: IO[bytes]) -> Iterator[XmlRecord]:
        """Yield the records of a stream."""
        searched = 0
        first = True
        for piece in self._pieces(stream):
            self.buffer += piece
            if first and _WEB_PAGE.search(self.buffer[:_LONGEST_TAG]):
                yield XmlRecord(None, 1, problem=WEB_PAGE, lost=self.buffer)
                return
            first = first and len(self.buffer) < _LONGEST_TAG
            done = 0
            for end in self.names.end.finditer(self.buffer, searched):
                begin = self.names.begin.search(self.buffer, done, end.start())
                self._pass_over(self.buffer[done : begin.start() if begin else end.end()])
                if begin:
                    yield from self._block(self.buffer[begin.start() : end.end()])
                done = end.end()
                self.long = False
            self.buffer = self.buffer[done:]
            searched = max(0, len(self.buffer) - _LONGEST_TAG)
            if len(self.buffer) > LONGEST_RECORD:
                yield from self._too_long()
                searched = 0
        yield from self._rest()

    def _too_long(self) -> Iterator[XmlRecord]:
        """Let go of what is in the buffer: it is too long to be a record."""
        begin = self.names.begin.search(self.buffer)
        start = begin.start() if begin else len(self.buffer)
        self._pass_over(self.buffer[:start])
        self.buffer = self.buffer[start:]
        if len(self.buffer) > LONGEST_RECORD:
            yield XmlRecord(None, self.line, problem=f"longer than {LONGEST_RECORD} bytes", lost=self.buffer)
            self.line += self.buffer.count(b"\n")
            self.buffer, self.long = b"", True

    def _rest(self) -> Iterator[XmlRecord]:
        """Yield what the end of the stream leaves open."""
        begin = self.names.begin.search(self.buffer)
        self._pass_over(self.buffer[: begin.start()] if begin else self.buffer)
        if begin:
            yield from self._unclosed(self.buffer[begin.start() :], DAMAGED if self.damaged else CUT)
        elif self.damaged:
            yield XmlRecord(None, self.line, problem=DAMAGED)

    def _pass_over(self, between: bytes) -> None:
        """Learn from what stands between records: their encoding, and whether entities are declared."""
        self.between(between, self.long)
        self.line += between.count(b"\n")
        if declared := _DECLARED.search(between):
            self.encoding = declared[1].decode().lower()
        if _PROLOGUE.search(between):
            self.entities = False
        if _ENTITY.search(between):
            self.entities = True

    def _block(self, block: bytes) -> Iterator[XmlRecord]:
        """Yield the record of a block, after those that were cut off inside it by the begin of the next."""
        record = self._record(block)
        if record.element is None:
            begins = [found.start() for found in self.names.begin.finditer(block)]
            if len(begins) > 1:
                yield from self._unclosed(block[: begins[-1]], OPEN)
                block = block[begins[-1] :]
                record = self._record(block)
        yield record
        self.line += block.count(b"\n")

    def _unclosed(self, block: bytes, problem: str) -> Iterator[XmlRecord]:
        """Yield what begins in a block and is not closed there: a problem each, or an empty tag."""
        begins = [found.start() for found in self.names.begin.finditer(block)]
        for begin, end in pairwise([*begins, len(block)]):
            piece = block[begin:end]
            tag, _, behind = piece.partition(b">")
            if tag.endswith(b"/"):
                yield self._record(tag + b">")
                self._pass_over(behind)
            else:
                yield XmlRecord(None, self.line, problem=problem if end == len(block) else OPEN, lost=piece)
                # What was cut off may have gone over into the declaration of the next.
                self.line += piece.count(b"\n")
                if declared := _DECLARED.search(piece):
                    self.encoding = declared[1].decode().lower()
                self.entities = bool(_ENTITY.search(piece)) or (self.entities and not _PROLOGUE.search(piece))

    # From bytes to an element

    def _record(self, block: bytes) -> XmlRecord:
        if self.encoding.startswith(_UTF8):
            try:
                return XmlRecord(_parsed(block), self.line)
            except ElementTree.ParseError:
                pass
        text, mended = self._decoded(block)
        text, more = self._mended(text)
        try:
            return XmlRecord(_parsed(text), self.line, mended + more)
        except ElementTree.ParseError as error:
            what = "several elements" if isinstance(error, _SeveralError) else expat.ErrorString(error.code)
            problem = REFUSED if self.entities and what == "undefined entity" else f"not well-formed XML: {what}"
            return XmlRecord(None, self.line, problem=problem, lost=block)

    def _decoded(self, block: bytes) -> tuple[str, tuple[str, ...]]:
        """Decode a record; what is not of its encoding is read as Windows-1252, the usual culprit, or as U+FFFD."""
        try:
            return block.decode("utf-8" if self.encoding.startswith(_UTF8) else self.encoding), ()
        except (UnicodeError, LookupError):
            if not self.mend:
                return block.decode("utf-8", "replace"), ()
            text = block.decode("utf-8", "surrogateescape")
        return _ESCAPED.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text), ("encoding",)

    def _mended(self, text: str) -> tuple[str, tuple[str, ...]]:
        mended: list[str] = []
        clean = _CHARACTER.sub(_character, _FORBIDDEN.sub("" if self.mend else "\ufffd", text))
        if clean != text:
            mended.append("control-characters")
        with_stray = _STRAY.sub("&amp;", clean)
        if with_stray != clean:
            mended.append("ampersands")
        # A name that the input declares means what it says there, and that is not read.
        names: dict[str, str] = {} if self.entities else html.entities.html5
        named = _NAMED.sub(lambda m: names.get(f"{m[1]};", m[0]), with_stray)
        # A wrapper that declared a prefix is not here; any name does, for names are compared without their space.
        prefixes = sorted({p for p in _PREFIX.findall(named) if p not in {"xml", "xmlns"}})
        spaces = "".join(f' xmlns:{p}="urn:prefix:{p}"' for p in prefixes)
        return f"<wrapper{spaces}>{named}</wrapper>", tuple(mended)

    def _pieces(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Yield the stream in pieces; UTF-16 becomes UTF-8."""
        # One read of what lies below: what comes before a damage is not lost with it.
        read = getattr(stream, "read1", stream.read)
        try:
            yield from _decoded_pieces(read)
        except (OSError, EOFError, zlib.error):
            self.damaged = True


def _decoded_pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    head = read(_CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")):
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


def _character(reference: re.Match[str]) -> str:
    """Return a character reference as it is, or U+FFFD where XML forbids the character."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    sound = code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return reference[0] if sound else "\ufffd"


class _SeveralError(ElementTree.ParseError):
    """What was cut out as one record is several elements."""


def _parsed(record: bytes | str) -> ElementTree.Element:
    """Parse a record as it stands, or mended and in a wrapper as `_Cutter` makes it.

    No document type comes this far, so there is no entity to expand and nothing to fetch. The root loses its own name
    space; elements of other ones (MathML) keep theirs.
    """
    parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314
    parser.feed(record)
    root: ElementTree.Element = parser.close()
    if isinstance(record, str):
        if len(root) != 1:
            raise _SeveralError
        root = root[0]
        root.tail = None
    if root.tag.startswith("{"):
        space = root.tag[: root.tag.index("}") + 1]
        for element in root.iter():
            element.tag = element.tag.removeprefix(space)
    return root
