"""Rows of a table in CSV, TSV or JSON lines, as names and values, with the line where each begins."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import IO, Final

from kg.documents.jsonrecords import json_records
from kg.documents.streamlines import OPEN, stream_lines
from kg.documents.tablecolumns import KNOWN, plain

#: Signs that part cells; the one that gives most names that are known, then most names at all, is the table's.
SEPARATORS: Final = ("\t", ",", ";")
#: Lines that one row of CSV may take; a longer one has a quote that is not closed.
MOST_LINES: Final = 200
_Line = tuple[int, str, str]
# Python's own limit, 128 Ki characters, is less than an article; lines have a limit of their own.
csv.field_size_limit(max(csv.field_size_limit(), 1 << 28))


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        line: 1-based line where it begins.
        cells: value by name of the column.
        problem: why it cannot be read, "" where it can.
        text: the row as it stands, for the ledger.
        header: whether it is the header of CSV or TSV; JSON lines have none.
    """

    line: int
    cells: dict[str, str]
    problem: str = ""
    text: str = ""
    header: bool = False


def separator_of(header: str, named: Collection[str] = ()) -> str:
    """Return the sign that parts the cells of a table with this header, "" where none does.

    Args:
        header: the line of names.
        named: names of columns that the user has told.

    >>> separator_of("pmid,start,end,mention"), separator_of("a, b\\tpmid\\tmention"), separator_of("a title")
    (',', '\\t', '')
    """
    best, most = "", (0, 1)
    for separator in SEPARATORS:
        names = next(csv.reader([header], delimiter=separator), [])
        worth = (sum(plain(name) in KNOWN or name.strip() in named for name in names), len(names))
        if len(names) > 1 and worth > most:
            best, most = separator, worth
    return best


def table_rows(stream: IO[bytes], named: Collection[str] = ()) -> Iterator[Row]:
    """Yield the rows of a table; of CSV and TSV the first is the header, as cells that equal their names.

    In TSV a quote is a character like another unless it surrounds a cell. In CSV a quote that is not closed within
    `MOST_LINES` lines costs its own line only.

    Args:
        stream: bytes in UTF-8.
        named: names of columns that the user has told.

    >>> rows = list(table_rows(io.BytesIO(b'pmid,mention\\n1,"a, b"\\n2\\n')))
    >>> [(r.line, r.cells, r.problem) for r in rows[1:]]
    [(2, {'pmid': '1', 'mention': 'a, b'}, ''), (3, {}, '1 cells where the header has 2')]
    """
    head = stream.read(1)
    while head and head in b" \t\r\n\xef\xbb\xbf":
        head = stream.read(1)
    rest = _Rejoined(head, stream)
    if head in {b"{", b"["}:
        yield from _json_rows(rest)
    elif head:
        yield from _lines_to_rows(rest, named)


class _Rejoined(io.RawIOBase):
    """A stream with its first bytes put back."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        super().__init__()
        self._head = head
        self._read = getattr(stream, "read1", stream.read)

    def read(self, size: int = -1) -> bytes:
        # With more behind it: line ends are told by the first bytes.
        head, self._head = self._head, b""
        data: bytes = self._read(size)
        return head + data


def _json_rows(stream: _Rejoined) -> Iterator[Row]:
    for record in json_records(stream):  # type: ignore[arg-type]
        if record.value is None:
            yield Row(record.line, {}, record.problem, record.text)
        else:
            cells = {key: _cell(value) for key, value in record.value.items()}
            yield Row(record.line, cells, text=record.text)


def _cell(value: object) -> str:
    """Return a JSON value as a cell: lists of texts joined by ``;``, what is nested as nothing."""
    if isinstance(value, list):
        return ";".join(filter(None, map(_cell, value)))
    if value is None or isinstance(value, dict | bool):
        return ""
    return str(value)


def _lines_to_rows(stream: _Rejoined, named: Collection[str]) -> Iterator[Row]:
    lines = ((n, text, "" if problem == OPEN else problem) for n, text, problem in stream_lines(stream))  # type: ignore[arg-type]
    number, header, problem = next(((n, t, p) for n, t, p in lines if t.strip() or p), (1, "", ""))
    header = header.replace("\r", " ")
    separator = separator_of(header, named)
    if problem or not separator:
        reason = (
            f"the header {problem}" if problem else "no header of a table: a line of names parted by tab, comma or ;"
        )
        yield Row(number, {}, reason, header)
        return
    names = [name.strip() for name in _cells(header, separator)]
    if len(set(filter(None, names))) < len([n for n in names if n]):
        yield Row(number, {}, "two columns have one name", header)
        return
    yield Row(number, {n: n for n in names if n}, text=header, header=True)
    source = _Lines(lines)
    while line := source.next():
        number, text, problem = line
        if not text.strip() and not problem:
            continue
        if problem:
            yield Row(number, {}, problem, text)
            continue
        cells, problem = (_cells(text, separator), "") if separator == "\t" else _quoted(text, separator, source)
        if not problem and len(cells) != len(names) and any(cells[len(names) :] or ["short"]):
            problem = f"{len(cells)} cells where the header has {len(names)}"
        if problem:
            yield Row(number, {}, problem, text)
        else:
            yield Row(number, {n: c for n, c in zip(names, cells, strict=False) if n}, text=text)


class _Lines:
    """Lines that can be put back."""

    def __init__(self, lines: Iterator[_Line]) -> None:
        self._lines = lines
        self._waiting: deque[_Line] = deque()

    def next(self) -> _Line | None:
        """Return the next line, None behind the last."""
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def put_back(self, lines: list[_Line]) -> None:
        """Put lines back, to come again in their order."""
        self._waiting.extendleft(reversed(lines))


def _cells(text: str, separator: str) -> list[str]:
    if separator != "\t":
        return next(csv.reader([text], delimiter=separator), [])
    cells = text.split("\t")
    if '"' not in text:
        return cells
    return [_unquoted(cell) for cell in cells]


def _unquoted(cell: str) -> str:
    """Return a cell of TSV without the quotes around it, where they are such.

    >>> _unquoted('"a ""b"" c"'), _unquoted('"hot" flush')
    ('a "b" c', '"hot" flush')
    """
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"':
        return cell
    inside = cell[1:-1].replace('""', "\x00")
    return cell if '"' in inside else inside.replace("\x00", '"')


def _quoted(text: str, separator: str, source: _Lines) -> tuple[list[str], str]:
    """Return the cells of a row of CSV that begins with ``text``, and why they cannot be read ("" where they can).

    A cell in quotes may take several lines. Where its quote is never closed, those lines are put back.
    """
    if '"' not in text:
        return text.split(separator), ""
    parts = [text]
    taken: list[_Line] = []
    if _is_open(text, separator):
        # Quotes inside a quoted cell are doubled, so their number is odd while it is open.
        odd = text.count('"') % 2
        while odd or not taken:
            line = source.next() if len(taken) < MOST_LINES else None
            taken += [line] if line else []
            if line is None or line[2]:
                source.put_back(taken)
                return [], "a quote that is not closed"
            parts.append(line[1])
            odd = (odd + line[1].count('"')) % 2
    try:
        return next(csv.reader(["\n".join(parts)], delimiter=separator), []), ""
    except csv.Error as error:
        source.put_back(taken)
        return [], f"not CSV: {error}"


def _is_open(text: str, separator: str) -> bool:
    """Tell whether a quoted cell goes on behind a line."""
    try:
        next(csv.reader([text], delimiter=separator, strict=True), None)
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False
