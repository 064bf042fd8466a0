"""Reading a large XML file record by record: bounded memory, and one bad record costs only itself.

The file is cut at the end tags of its records into blocks of some ten thousand bytes; each block is parsed as a
document of its own. That is faster than asking a parser for events (nothing in Python runs for the elements inside
a record), and what is wrong in one record does not reach the next. Nothing is fetched: an external document type is
not read, and a file that declares entities is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree
from xml.parsers import expat

from kg.errors import TermsError
from kg.terms.reading import Problems, open_bytes, reads_ascii

#: A longer record, or prologue, is no record of an ontology.
LONGEST_RECORD: Final = 1 << 22
_LONGEST_TAG: Final = 256
_BLOCK: Final = 1 << 14
_ENCODING: Final = re.compile(rb"""^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_UTF8: Final = frozenset({"utf-8", "utf8", "ascii", "us-ascii"})
#: Bytes that only a file in that encoding begins with: marks, or the first characters of XML.
_STARTS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
#: What may follow the name in the root's end tag: comments and processing instructions.
#: What is matched is not matched again another way: two ways a blank are 2^n ways for n blanks.
_AFTER: Final = re.compile(rb"(?:\s*+>)?+(?:\s++|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_WEB_PAGE: Final = (b"<!doctype html", b"<html", b"<head", b"<body")


class XmlRecords:
    """The records of one XML file, each as an element; every record is begun in the account of the file.

    A record that cannot be parsed is dropped (``not-well-formed``), as is one that is cut by the end of the file
    (``cut-short``).

    Args:
        path: the file, plain or gzip.
        root: tag of the file's root element.
        tag: tag of a record; a file whose root is a record holds one record.
        problems: the account.
        advice: what to do with a file of another kind, ends the message of the error.
    """

    def __init__(self, path: Path, root: str, tag: str, problems: Problems, advice: str) -> None:
        self._path = path
        self._root = root
        self._tag = tag
        self._problems = problems
        self._advice = advice
        self._end = f"</{tag}>".encode()
        self._any_end = re.compile(rf"</{tag}\s*>".encode())
        self._begin = re.compile(rf"<{tag}(?=[\s/>])".encode())
        self._line = 1
        self._block = b""
        self._index = 0
        self._sound = 0
        self._lost = 0
        self._open = True

    @property
    def line(self) -> int:
        """The 1-based line where the record that was yielded last begins.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "x.xml")
        ...     _ = path.write_text("<Set>\\n<Record>a</Record>\\n<Record>b</Record>\\n</Set>")
        ...     records = XmlRecords(path, "Set", "Record", Problems("x", path.name), "")
        ...     [(records.line, record.text) for record in records]
        [(2, 'a'), (3, 'b')]
        """
        for index, begin in enumerate(self._begin.finditer(self._block)):
            if index == self._index:
                return self._line + self._block.count(b"\n", 0, begin.start())
        return 0

    def __iter__(self) -> Iterator[ElementTree.Element]:
        """Yield the records in the order of the file.

        Raises:
            TermsError: if the file cannot be read, is not such a file, declares entities, or ends or breaks before
                the first whole record.
        """
        with open_bytes(self._path, self._problems) as file:
            pieces = self._pieces(file)
            pending = self._prologue(pieces)
            searched = 0
            while True:
                if end := self._last_end(pending, searched):
                    block, pending = pending[:end], pending[end:]
                    yield from self._parse(block)
                searched = max(0, len(pending) - _LONGEST_TAG)
                piece = next(pieces, b"")
                if not piece or len(pending) > LONGEST_RECORD:
                    break
                pending += piece
            yield from self._tail(pending)

    def _pieces(self, file: IO[bytes]) -> Iterator[bytes]:
        """Yield the file as UTF-8, whatever its encoding."""
        head = file.read(_BLOCK)
        encoding = self._encoding(head)
        if encoding in _UTF8:
            head = head.removeprefix(codecs.BOM_UTF8)
            while head:
                yield head
                head = file.read(_BLOCK)
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        lost = False
        while head:
            text = decoder.decode(head)
            if "\ufffd" in text and not lost:
                lost = True
                message = f"what is not {encoding} was read as the replacement character"
                self._problems.add("wrong-encoding", encoding, message)
            yield text.encode("utf-8", "replace")
            head = file.read(_BLOCK)

    def _encoding(self, head: bytes) -> str:
        """Return the encoding in which a file is written; a declaration of another is a problem."""
        # A file that begins with its encoding's own bytes is in that encoding, whatever it declares.
        true = next((encoding for start, encoding in _STARTS if head.startswith(start)), "")
        text = head.decode(true, "ignore").encode() if true else head
        declared = _ENCODING.match(text.lstrip())
        name = declared[1].decode().lower() if declared else ""
        if true:
            fits = not name or (true == "utf-8" and name in _UTF8) or name[:6] == true[:6]
        else:
            fits = not name or reads_ascii(name)
            true = name if name and fits and name not in _UTF8 else "utf-8"
        if not fits:
            message = f"the file says that its encoding is {name}, which is unknown or wrong; it was read as {true}"
            self._problems.add("wrong-encoding", name, message)
        return true

    def _prologue(self, pieces: Iterator[bytes]) -> bytes:
        """Return the first bytes behind the root's start tag; refuse a file of another kind."""
        parser = expat.ParserCreate("utf-8")
        found: list[tuple[str, int]] = []

        def declared(name: str, *_: object) -> None:
            raise TermsError(
                f"{self._path} declares the XML entity {name!r}; such a file is refused, for it can be made to fill "
                f"the memory or to read other files: fetch it from its owner",
                value=name,
            )

        def started(name: str, _: object) -> None:
            found.append((name, parser.CurrentByteIndex))
            parser.StartElementHandler = None

        parser.EntityDeclHandler = declared
        parser.StartElementHandler = started
        data = b""
        try:
            while not found:
                piece = next(pieces, b"")
                data += piece
                if len(data) > LONGEST_RECORD:
                    raise TermsError(f"{self._path} holds no element in its first {len(data):,} bytes")
                parser.Parse(piece, not piece)
        except expat.ExpatError as error:
            # What is wrong behind the root's start tag is found, and told, where the records are read.
            if not found:
                self._refuse(data, f"is not well-formed XML ({error})")
        name, place = found[0]
        if name == self._tag:
            self._open = False
            self._line += data.count(b"\n", 0, place)
            return data[place:]
        if name != self._root:
            self._refuse(data[place:], f"holds <{name}>, not <{self._root}>")
        start = re.compile(rf"""<{self._root}(?:[^>"']|"[^"]*"|'[^']*')*+>""".encode())
        while (tag := start.match(data, place)) is None:
            piece = next(pieces, b"")
            if not piece:
                self._refuse(data, f"ends within <{self._root}>")
            data += piece
        self._line += data.count(b"\n", 0, tag.end())
        self._open = not tag[0].endswith(b"/>")
        return data[tag.end() :]

    def _refuse(self, data: bytes, what: str) -> None:
        if data.lstrip()[:20].lower().startswith(_WEB_PAGE):
            what = "is a web page (HTML), not XML: the download went wrong"
        raise TermsError(f"{self._path} {what}; {self._advice}", value=str(self._path))

    def _last_end(self, data: bytes, start: int) -> int:
        """Return where the last record that ends behind ``start`` ends, 0 where there is none."""
        place = data.rfind(self._end, start)
        if place >= 0:
            return place + len(self._end)
        return max((match.end() for match in self._any_end.finditer(data, start)), default=0)

    def _parse(self, block: bytes) -> Iterator[ElementTree.Element]:
        self._block = block
        try:
            records = _document(block)
        except ElementTree.ParseError:
            yield from self._parse_each(block)
            return
        yield from self._records(records)
        self._line += block.count(b"\n")

    def _records(self, parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
        tag, begin = self._tag, self._problems.begin
        self._index = -1
        for record in parent:
            if record.tag != tag:
                message = f"an element that is no <{tag}> is passed over"
                self._problems.add("unknown-element", record.tag, message, line=self._line)
                continue
            self._index += 1
            self._sound += 1
            begin()
            yield record

    def _parse_each(self, block: bytes) -> Iterator[ElementTree.Element]:
        place = 0
        for end in self._any_end.finditer(block):
            piece, place = block[place : end.end()], end.end()
            self._block = piece
            try:
                records = _document(piece)
            except ElementTree.ParseError as error:
                self._problems.begin()
                self._lost += 1
                self._index = 0
                message = f"a record is not well-formed XML ({error.msg.partition(':')[0]}) and is left out"
                self._problems.drop("not-well-formed", _identifier(piece), message, line=self.line)
            else:
                yield from self._records(records)
            self._line += piece.count(b"\n")

    def _tail(self, rest: bytes) -> Iterator[ElementTree.Element]:
        """Read what follows the last end tag of a record: normally the root's end tag and nothing else."""
        # Records without content (`<Record/>`) have no end tag; they stand here if no other record follows.
        inside, closed, after = rest.partition(f"</{self._root}".encode()) if self._open else (rest, b"", b"")
        damage = ""
        if self._open and not closed:
            damage = "a record is too long" if len(rest) > LONGEST_RECORD else "the file ends within its root element"
        elif _AFTER.fullmatch(after) is None:
            damage = "the file goes on after the end of its root element"
        self._block = inside
        try:
            records = _document(inside)
        except ElementTree.ParseError as error:
            damage = damage or f"the end of the file is not well-formed ({error})"
            if begin := self._begin.search(inside):
                line = self._line + inside.count(b"\n", 0, begin.start())
                self._problems.begin()
                message = "a record is cut by the end of the file and is left out"
                self._problems.drop("cut-short", _identifier(inside[begin.start() :]), message, line=line)
        else:
            yield from self._records(records)
        if damage:
            message = f"{damage}; {self._sound} whole records were read before"
            self._problems.add("not-well-formed", self._path.name, message)
        if not self._sound and (damage or self._lost):
            raise TermsError(
                f"{self._path} is cut short or damaged: it holds not one whole <{self._tag}>; fetch it again",
                value=str(self._path),
            )


def _document(block: bytes) -> ElementTree.Element:
    # No entity can be declared inside a root element; the prologue is read by a parser of its own.
    return ElementTree.XML(b"<r>" + block + b"</r>")


def _identifier(record: bytes) -> str:
    """Return the first identifier in a record that cannot be parsed, for the message."""
    found = re.search(rb"<\w+UI>([^<]{0,40})", record)
    return (found[1] if found else record.strip()[:80]).decode("utf-8", "replace")
