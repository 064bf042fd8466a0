"""RDF/XML files as pyoxigraph may read them: looked at before, in UTF-8, and with the lines of their classes.

A document type may name entities, as Protégé does for its name spaces; any other declaration is refused before the
parser sees it, and nothing is fetched. Triples have no lines: a class's line is noted where the text is handed over.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final, cast
from xml.parsers import expat

import pyoxigraph

from kg.errors import TermsError
from kg.terms.reading import Problems, open_bytes, reads_ascii

_CHUNK: Final = 1 << 16
#: What expat says of a file that ends too early: no element found, unclosed token, partial character, unclosed CDATA.
_CUT: Final = (3, 5, 6, 20)
#: A longer prologue is none of an ontology.
_LONGEST_PROLOGUE: Final = 1 << 20
_LONGEST_ENTITY: Final = 1_000
_PROLOGUE: Final = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE: Final = re.compile(
    rb"""<!DOCTYPE\s+[\w:.-]+\s*(?:\[(?P<subset>(?:<!--.*?-->|<(?!!--)|"[^"]*"|'[^']*'|[^\]"'<])*+)\]\s*)?>""",
    re.DOTALL,
)
_ENTITY: Final = re.compile(rb"""\s*<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>|\s*<!--.*?-->|\s+""", re.DOTALL)
_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)[\s>/]")
_REFERENCE: Final = re.compile(rb"&([\w.:-]+);")
_ENCODING: Final = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_CLASS: Final = re.compile(rb"""<owl:Class\s+rdf:about\s*=\s*["']([^"']+)["']""")
_END: Final = re.compile(rb"</(?:[\w.-]+:)?RDF\s*>\s*(?:<!--.*?-->\s*)*+\Z", re.DOTALL)


def fault_of(path: Path) -> str:
    """Return where and why a file is cut short or not well-formed, "" where XML's own grammar finds nothing.

    The parser of RDF/XML names no place, so the file is read once more.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".owl") as file:
    ...     _ = file.write(b'<rdf:RDF xmlns:rdf="x">\\n<rdf:a>this & that</rdf:a></rdf:RDF>')
    ...     file.flush()
    ...     fault_of(Path(file.name))
    'it is not well-formed XML (line 2: not well-formed (invalid token))'
    """
    parser = expat.ParserCreate("UTF-8", " ")
    unheard = Problems("", path.name)
    with open_bytes(path, unheard) as file:
        # Its entities are short and hold no others, and nothing is fetched.
        text = RdfXmlText(path, file, unheard)
        try:
            while data := text.read(_CHUNK):
                parser.Parse(data, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if error.code in _CUT:
                return f"it is cut short: it ends in line {error.lineno}, within an element"
            return f"it is not well-formed XML (line {error.lineno}: {expat.ErrorString(error.code)})"
    return ""


class RdfXmlText:
    """An RDF/XML file as its parser reads it: as UTF-8, and after a look at what it declares.

    Args:
        path: the file, for messages.
        file: the file, opened for reading bytes.
        problems: where a wrong encoding is recorded.

    Attributes:
        lines: 1-based line of the first ``owl:Class`` element of each class, by IRI.
        ended: whether the end of the root element was read.

    Raises:
        TermsError: if the file is no RDF/XML, or declares anything but short entities without markup.
    """

    def __init__(self, path: Path, file: IO[bytes], problems: Problems) -> None:
        self.lines: dict[str, int] = {}
        self.ended = False
        self._file = file
        self._path = path
        self._problems = problems
        self._line = 1
        self._tail = b""
        self._lost = False
        head = self._lines_of_file()
        encoding = "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
            problems.add("wrong-encoding", "UTF-16", "the file is UTF-16, not UTF-8; it was read as such")
        elif declared := _ENCODING.match(head):
            name = declared[1].decode()
            if not reads_ascii(name):
                message = f"the file says that its encoding is {name}, which is unknown or wrong; it was read as UTF-8"
                problems.add("wrong-encoding", name, message)
            elif name.lower().replace("-", "") != "utf8":
                encoding = name
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        data = self._decoded(head)
        while (prologue := _prologue(path, data)) is None:
            more = self._lines_of_file()
            if not more:
                raise TermsError(f"{path} is cut short within its first lines; fetch it again", value=str(path))
            data += self._decoded(more)
        self._entities, root = prologue
        # The parser refuses a declared encoding that is not UTF-8, and stumbles over comments in a document type: it
        # gets a prologue of our own, as many lines long.
        declarations = b"".join(b'<!ENTITY %b "%b">' % pair for pair in self._entities.items())
        doctype = b"<!DOCTYPE rdf:RDF [%b]>" % declarations if declarations else b""
        self._ready = doctype + b"\n" * data.count(b"\n", 0, root) + data[root:]
        self._note(self._ready)

    def triples(self) -> Iterator[Any]:
        """Yield the triples in the order of the file.

        Raises:
            SyntaxError: where the file is not well-formed.

        >>> import io
        >>> text = (
        ...     '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="https://x.example/">'
        ...     '<rdf:Description rdf:about="https://x.example/a"><x:says>b</x:says></rdf:Description></rdf:RDF>')
        >>> file = io.BytesIO(text.encode())
        >>> [str(triple) for triple in RdfXmlText(Path("x.owl"), file, Problems("x", "x.owl")).triples()]
        ['<https://x.example/a> <https://x.example/says> "b"']
        """
        # Lenient: one odd IRI is no reason to give up the file.
        source = cast("IO[bytes]", self)
        return iter(pyoxigraph.parse(input=source, format=pyoxigraph.RdfFormat.RDF_XML, lenient=True))

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, b"" at the end.

        >>> import io
        >>> text = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>'
        >>> file = io.BytesIO(b'<?xml version="1.0" encoding="iso-8859-1"?>' + text.encode())
        >>> RdfXmlText(Path("x.owl"), file, Problems("x", "x.owl")).read().decode() == text
        True
        """
        while not self._ready:
            data = self._lines_of_file()
            text = self._decoded(data)
            if not data and not text:
                return b""
            self._ready = text
            self._note(text)
        if size < 0 or size >= len(self._ready):
            found, self._ready = self._ready, b""
        else:
            found, self._ready = self._ready[:size], self._ready[size:]
        return found

    def _lines_of_file(self) -> bytes:
        """Read on, in whole lines where they are not too long, so that no tag is cut."""
        data = self._file.read(_CHUNK)
        return data + self._file.readline(_CHUNK) if data else data

    def _decoded(self, data: bytes) -> bytes:
        text = self._decoder.decode(data, final=not data)
        if not self._lost and "\ufffd" in text and b"\xef\xbf\xbd" not in data:
            self._lost = True
            message = "what is not in the file's encoding was read as the replacement character"
            self._problems.add("not-utf8", self._path.name, message, line=self._line)
        return text.encode("utf-8", "replace")

    def _note(self, data: bytes) -> None:
        place = 0
        for match in _CLASS.finditer(data):
            self._line += data.count(b"\n", place, match.start())
            place = match.start()
            iri = _REFERENCE.sub(lambda found: self._entities.get(found[1], found[0]), match[1])
            self.lines.setdefault(iri.decode(), self._line)
        self._line += data.count(b"\n", place)
        self._tail = (self._tail + data)[-4096:]
        self.ended = _END.search(self._tail) is not None


def _prologue(path: Path, data: bytes) -> tuple[dict[bytes, bytes], int] | None:
    """Return the entities that a document type names and where the root begins; None where more is needed to tell.

    Raises:
        TermsError: if the file is no RDF/XML, or declares anything that could fill the memory or read other files.
    """
    entities: dict[bytes, bytes] = {}
    place = 0
    if not data.strip():
        raise TermsError(f"{path} is empty, or nothing of it can be decompressed; fetch it again", value=str(path))
    while place < len(data):
        if skipped := _PROLOGUE.match(data, place):
            place = skipped.end()
        elif data.startswith(b"<!DOCTYPE", place):
            if data[place : place + 15].lower().startswith(b"<!doctype html"):
                raise TermsError(_not_owl(path, b"html"), value=str(path))
            declared = _DOCTYPE.match(data, place)
            if declared is None:
                # An outer document type is refused at once; else the declaration may end further on.
                if re.match(rb"<!DOCTYPE\s+[\w:.-]+\s+(?:SYSTEM|PUBLIC)\b", data[place:]):
                    raise TermsError(_refused(path, "an outer document type"), value=str(path))
                break
            entities = _declared(path, declared["subset"] or b"")
            place = declared.end()
        elif root := _ROOT.match(data, place):
            if root[1] != b"RDF":
                raise TermsError(_not_owl(path, root[1]), value=str(path))
            return entities, place
        elif data[place : place + 1] != b"<":
            raise TermsError(_not_owl(path, b""), value=str(path))
        else:
            break
    if len(data) > _LONGEST_PROLOGUE:
        raise TermsError(_refused(path, "more than a megabyte before its first element"), value=str(path))
    return None


def _declared(path: Path, subset: bytes) -> dict[bytes, bytes]:
    entities: dict[bytes, bytes] = {}
    place = 0
    while place < len(subset):
        match = _ENTITY.match(subset, place)
        if match is None:
            raise TermsError(
                _refused(path, repr(subset[place : place + 60].strip().decode("utf-8", "replace"))), value=str(path)
            )
        if match[1]:
            value = match[2] if match[2] is not None else match[3]
            if b"&" in value or b"%" in value or b"<" in value or b'"' in value or len(value) >= _LONGEST_ENTITY:
                raise TermsError(_refused(path, f"the XML entity {match[1].decode()!r}"), value=match[1].decode())
            entities[match[1]] = value
        place = match.end()
    return entities


def _refused(path: Path, what: str) -> str:
    return (
        f"{path} declares {what}; such a file is refused, for it can be made to fill the memory or to read other "
        "files: fetch it from its owner"
    )


def _not_owl(path: Path, root: bytes) -> str:
    if root.lower() in {b"html", b"head", b"body"}:
        return f"{path} is a web page (HTML), not OWL: the download went wrong; fetch it again, from its owner"
    what = f"XML, but its root is <{root.decode()}>" if root else "no XML"
    return f"{path} is {what}, not RDF/XML; name an OWL file in RDF/XML such as mondo.owl"
