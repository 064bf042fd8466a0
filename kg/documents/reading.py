"""One door for every format: the streams of an input, each with its documents and its ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import IO, Final, Protocol, TypeVar

from kg.documents import intake
from kg.documents.annotationtable import read_table
from kg.documents.biocjson import read_biocjson
from kg.documents.biocxml import read_biocxml
from kg.documents.casepage import is_case_page, read_case_page
from kg.documents.formats import PLAIN_TEXT, detect, looks_like
from kg.documents.intake import Input, Line, page_lines, printable
from kg.documents.jats import read_jats
from kg.documents.phenopacket import read_phenopackets
from kg.documents.pubtator import read_pubtator
from kg.documents.streams import Source, open_streams
from kg.documents.tablecolumns import TableColumns
from kg.documents.tally import Tally
from kg.model import Document, LedgerEntry, Reading
from kg.unpacking import Limits

T = TypeVar("T")


class _Reader(Protocol):
    def __call__(self, stream: IO[bytes], name: str, tally: Tally, /) -> Iterator[Document]: ...


#: Readers of formats that need no more than a stream.
_READERS: Final[dict[str, _Reader]] = {
    "pubtator": read_pubtator,
    "bioc-xml": read_biocxml,
    "bioc-json": read_biocjson,
    "jats": read_jats,
    "phenopacket": read_phenopackets,
}


class Stream:
    """One stream of an input, read while its documents are asked for.

    Attributes:
        name: its name in the ledger.
        format: what `detect` said; "" where it is in no format that is read.
        documents: yields each document once; when it is exhausted, the ledger is complete.
    """

    def __init__(self, source: Source, columns: TableColumns | None = None) -> None:
        self.name = source.name
        self.format = "" if source.stream is None else detect(source.start, source.name, columns)
        self.documents: Iterator[Document] = self._read(self._documents())
        self._source = source
        self._columns = columns
        self._tally = Tally(source.name)
        # Entries of a reader that keeps its own account.
        self._page: tuple[LedgerEntry, ...] = ()
        self._aside: LedgerEntry | None = None
        self._over = False
        self._left = False

    def through(self, reader: Callable[[IO[bytes], str, Tally], Iterator[T]]) -> Iterator[T]:
        """Read the stream with another reader of its format, in place of ``documents``.

        Args:
            reader: is given the bytes, the name and the tally, as the readers of formats are.

        >>> import io
        >>> stream = Stream(Source("a.txt", start=b"1|t|Fever\\n", stream=io.BytesIO(b"1|t|Fever\\n")))
        >>> list(stream.through(lambda stream, name, tally: iter([len(stream.read())])))
        [10]
        """
        if self._source.stream is None:
            raise ValueError(f"{self.name} has no bytes to read")
        return self._read(reader(self._source.stream, self.name, self._tally))

    def leave(self) -> None:
        """Let go of what is not read: the input goes on to its next stream.

        >>> import io
        >>> stream = Stream(Source("a.txt", start=b"1|t|Fever\\n", stream=io.BytesIO(b"1|t|Fever\\n")))
        >>> stream.leave()
        >>> list(stream.documents)
        Traceback (most recent call last):
            ...
        ValueError: the documents of a.txt must be read before the next stream is asked for
        """
        self._left = True

    def entries(self) -> Iterator[LedgerEntry]:
        """Yield the ledger: the file first, then everything in it; it balances.

        Raises:
            ValueError: if not all documents have been read.

        >>> stream = Stream(Source("a.txt", problem="no such file"))
        >>> list(stream.documents), [(entry.kind, entry.outcome, entry.reason) for entry in stream.entries()]
        ([], [('file', 'received', ''), ('file', 'set_aside', 'no such file')])
        """
        if not self._over:
            raise ValueError(f"the documents of {self.name} are not all read yet")
        yield LedgerEntry(self.name, "file", "received")
        yield self._aside or LedgerEntry(self.name, "file", "kept")
        yield from self._page
        yield from self._tally.entries()

    def _read(self, documents: Iterator[T]) -> Iterator[T]:
        self._check()
        for document in documents:
            yield document
            self._check()
        damage = self._source.damage
        told = list(self._tally.entries())
        if self._aside is None and self._source.stream is not None and not self._page and _only_lines(told):
            reasons = [entry.reason for entry in told if entry.reason]
            self._set_aside(damage or next(iter(reasons), "no document in it"))
        elif damage and (self._aside is None or not self._aside.reason.startswith(damage)):
            self._tally.receive("line")
            self._tally.set_aside("line", f"{damage}; what comes before is read")
        self._over = True

    def _check(self) -> None:
        if self._left and self._source.stream is not None:
            raise ValueError(f"the documents of {self.name} must be read before the next stream is asked for")

    def _documents(self) -> Iterator[Document]:
        source = self._source
        if source.problem or source.stream is None:
            if source.problem or not source.members:
                self._set_aside(source.problem or source.damage or "an archive without a file")
        elif not source.start:
            self._set_aside(source.damage or "empty")
        elif self.format == "casepage" or (not self.format and looks_like(source.start) == PLAIN_TEXT):
            yield from self._case_page(source.stream)
        elif not self.format:
            self._set_aside(_not_read(looks_like(source.start)))
        elif self.format == "table":
            yield from read_table(source.stream, self.name, self._tally, self._columns)
        else:
            yield from _READERS[self.format](source.stream, self.name, self._tally)

    def _case_page(self, stream: IO[bytes]) -> Iterator[Document]:
        """Read a case page, the one format whose file is one document and is held whole."""
        most = intake.MAX_PAGE_BYTES
        if self._source.size is not None and self._source.size > most:
            self._set_aside(f"{self._source.size} bytes; a page holds at most {most}")
            return
        data = stream.read(most + 1)
        if len(data) > most:
            self._set_aside(f"more than {most} bytes; a page holds at most {most}")
            return
        lines, problem = page_lines(data)
        if problem:
            self._set_aside(problem)
        elif self.format or is_case_page(lines):
            reading = read_case_page(self.name, hashlib.sha256(data).hexdigest(), lines)
            self.format, self._page = "casepage", reading.ledger
            yield from reading.documents
        else:
            first = next((line for line in lines if line.text.strip()), Line(0, ""))
            self._set_aside(_not_read(PLAIN_TEXT), first)

    def _set_aside(self, reason: str, first: Line | None = None) -> None:
        line, text = (first.number, printable(first.text)) if first else (0, "")
        if not first and self._source.start and not self.format:
            text = printable(self._source.start[:300].decode("utf-8", "replace").partition("\n")[0])
        self._aside = LedgerEntry(self.name, "file", "set_aside", 1, reason, line, text)


def read_streams(item: Input, columns: TableColumns | None = None, limits: Limits | None = None) -> Iterator[Stream]:
    """Yield the streams of an input: one of a file, one for each member of an archive and one for the archive itself.

    The documents of a stream must be exhausted before the next stream is asked for. Memory is bounded by the largest
    document.

    Args:
        item: the input.
        columns: the columns of tables; without it they are recognised by their names.
        limits: what compressed files may unpack to.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp(), "a.txt")
        >>> _ = path.write_text("1|t|Fever after aspirin.\\n1|a|It fell.\\n1\\t0\\t5\\tFever\\tDisease\\tD005334\\n")
        >>> for stream in read_streams(Input("a.txt", path)):
        ...     print(stream.format, [d.id for d in stream.documents])
        ...     print([(e.kind, e.outcome, e.count) for e in stream.entries() if e.outcome != "received"])
        pubtator ['PMID:1']
        [('file', 'kept', 1), ('mention', 'kept', 1), ('document', 'kept', 1)]
    """
    for source in open_streams(item, limits):
        stream = Stream(source, columns)
        try:
            yield stream
        finally:
            stream.leave()


def read_input(item: Input) -> Reading:
    """Read an input as a whole: all its documents, and the ledger of all its streams.

    An input in a format that is not read makes a reading without documents whose ledger says why.

    >>> import pathlib
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.txt")
    ...     _ = path.write_text("1|t|Fever after aspirin.\\n1|a|It fell.\\n1\\t0\\t5\\tFever\\tDisease\\tD005334\\n")
    ...     reading = read_input(Input("a.txt", path))
    >>> [(document.id, len(document.mentions)) for document in reading.documents]
    [('PMID:1', 1)]
    """
    documents: list[Document] = []
    ledger: list[LedgerEntry] = []
    for stream in read_streams(item):
        documents += stream.documents
        ledger += stream.entries()
    return Reading(tuple(documents), tuple(ledger))


def _not_read(words: str) -> str:
    return f"in no format that is read: {words}"


def _only_lines(entries: list[LedgerEntry]) -> bool:
    """Tell whether a ledger knows of nothing but lines that belong to nothing, or of nothing at all."""
    return all(entry.kind == "line" for entry in entries)
