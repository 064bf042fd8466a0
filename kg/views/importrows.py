"""Rows of CSV as Neo4j's importer reads them, with the places and reasons where it would stop.

The rules are the importer's own, tried against version 5.26: a field is quoted where its first character is the quote;
a quote inside is doubled; after the closing quote comes a delimiter or the end of the line; a line ends with LF, CR or
both, empty lines are nothing; a quote inside an unquoted field is a character like any other.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from kg.views.importscript import ImportScript

#: Bytes that are read at a time.
BLOCK: Final = 1 << 20
_LINE_ENDS: Final = re.compile(r"[\r\n]+")
_BOM: Final = codecs.BOM_UTF8


class Field(NamedTuple):
    """A field: its text without quotes, whether it had them, and the line on which it begins."""

    text: str
    quoted: bool
    line: int


class Row(NamedTuple):
    """A row in fields: ``line`` is where it begins."""

    line: int
    fields: list[Field]


class Fault(NamedTuple):
    """A place at which the importer stops reading: the line, the number of the field (from 0), what is wrong.

    ``code`` is one of ``unbalanced-quote``, ``text-after-quote``, ``line-end-in-field``, ``too-long``, ``encoding``.
    """

    code: str
    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Quick:
    """A row that matched the pattern of flawless rows: the line, and the groups that the pattern caught."""

    line: int
    groups: tuple[str | None, ...]


class RowReader:
    """Reads one file; memory holds a block, or one row where that is longer.

    Args:
        path: the file.
        script: how it is to be read.
    """

    def __init__(self, path: Path, script: ImportScript) -> None:
        self._script = script
        self._path = path
        # What lies between two special characters is skipped in one step.
        stop = re.escape(script.delimiter)
        self._plain = re.compile(rf"[^{stop}\r\n]*")
        self._text = ""
        self._at = 0
        self._line = 1
        self._lines_read = 0
        self._rest = b""
        self._ended = False
        # Characters of the row that was read last.
        self._width = 0
        self._stream = path.open("rb")
        self._faults: list[Fault] = []
        if (start := self._stream.read(len(_BOM))) != _BOM:
            self._rest = start

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def __enter__(self) -> RowReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def first_line(self) -> str:
        """Return the first line without its end, whatever it holds: the importer takes it for the header."""
        while (end := _LINE_ENDS.search(self._text)) is None and self._more():
            pass
        if end is None:
            line, self._at = self._text, len(self._text)
            return line
        line, self._at = self._text[: end.start()], end.start() + 1
        self._line += self._text[end.start()] == "\n"
        return line

    def rows(self, quick: re.Pattern[str] | None = None) -> Iterator[Row | Quick | Fault]:
        """Yield the rows that are left, and the faults between them.

        After a fault reading goes on with the next line.

        Args:
            quick: a pattern of a whole row with its line end (or the end of the text); rows that it matches come as
                `Quick`, without being looked at further.
        """
        half = self._script.buffer // 2
        while self._skip_empty_lines():
            text, at = self._text, self._at
            if quick is not None and (found := quick.match(text, at)) is not None:
                end = found.end()
                if (text[end - 1] in "\r\n" or self._ended) and end - at < half:
                    yield Quick(self._line, found.groups())
                    self._line += text.count("\n", at, end)
                    self._at = end
                    continue
            made = self._row()
            if isinstance(made, Row) and self._too_wide(made):
                made = Fault("too-long", made.line, 0, made.fields[0].text[:60])
            # A fault of the encoding is noticed when its block is read, a little before its row.
            yield from self._noticed()
            yield made
        yield from self._noticed()

    def _noticed(self) -> list[Fault]:
        faults, self._faults = self._faults, []
        return faults

    def _skip_empty_lines(self) -> bool:
        """Go to the first character of a row; tell whether there is one."""
        while True:
            if found := _LINE_ENDS.match(self._text, self._at):
                self._line += found[0].count("\n")
                self._at = found.end()
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def _row(self) -> Row | Fault:
        """Read one row character by character where it matters."""
        begun, at, line = self._line, 0, self._line
        fields: list[Field] = []
        while True:
            # `at` counts from the beginning of the row, which stays the first character that is kept.
            end = self._field(at, line, fields)
            if isinstance(end, Fault):
                self._to_next_line(at)
                return end
            line += self._text.count("\n", self._at + at, self._at + end)
            mark = self._peek(end)
            at = end + 1
            if mark != self._script.delimiter:
                self._width = end
                self._at += at if mark else end
                self._line = line + (mark == "\n")
                return Row(begun, fields)

    def _field(self, at: int, line: int, fields: list[Field]) -> int | Fault:
        """Read the field that begins ``at``; return where it ends."""
        quote, number = self._script.quote, len(fields)
        if self._peek(at) != quote:
            raw = self._unquoted(at)
            end = at + len(raw)
            if self._long(raw):
                return Fault("too-long", line, number, raw[:60])
            fields.append(Field(raw, quoted=False, line=line))
            return end
        end = at + 1
        while True:
            found_at = self._text.find(quote, self._at + end)
            stop = found_at if found_at >= 0 else len(self._text)
            if not self._script.multiline and (broken := _LINE_ENDS.search(self._text, self._at + end, stop)):
                text = self._text[self._at + at : broken.start()]
                return Fault("line-end-in-field", line, number, text)
            end = stop - self._at
            if found_at < 0:
                if self._long(self._text[self._at + at : self._at + end]):
                    return Fault("too-long", line, number, self._text[self._at + at : self._at + at + 60])
                if not self._more():
                    text = self._text[self._at + at : self._at + at + 60]
                    return Fault("unbalanced-quote", line, number, text)
                continue
            if self._peek(end + 1) == quote:
                end += 2
                continue
            break
        raw = self._text[self._at + at : self._at + end + 1]
        if self._long(raw):
            return Fault("too-long", line, number, raw[:60])
        if (after := self._peek(end + 1)) not in ("", self._script.delimiter, "\r", "\n"):
            return Fault("text-after-quote", line, number, (raw + after)[-60:])
        fields.append(Field(raw[1:-1].replace(quote * 2, quote), quoted=True, line=line))
        return end + 1

    def _unquoted(self, at: int) -> str:
        while True:
            found = self._plain.match(self._text, self._at + at)
            raw = found[0] if found else ""
            if self._at + at + len(raw) < len(self._text) or not self._more():
                return raw

    def _long(self, raw: str) -> bool:
        """Tell whether a field does not fit the buffer, whose unit is that of UTF-16."""
        size = self._script.buffer
        return len(raw) * 2 >= size and len(raw) + sum(c > "\uffff" for c in raw) >= size

    def _too_wide(self, row: Row) -> bool:
        """Tell whether a row does not fit the buffer, as it must where fields cannot hold line ends."""
        width = sum(len(field.text) + 1 for field in row.fields)
        return not self._script.multiline and width * 4 >= self._script.buffer and self._width >= self._script.buffer

    def _to_next_line(self, at: int) -> None:
        while (found := _LINE_ENDS.search(self._text, self._at + at)) is None:
            if not self._more():
                self._at = len(self._text)
                return
        self._line += self._text.count("\n", self._at, found.start())
        self._at = found.start()

    def _peek(self, at: int) -> str:
        """Return the character ``at`` (counted from the row's beginning), or "" at the end of the file."""
        while self._at + at >= len(self._text):
            if not self._more():
                return ""
        return self._text[self._at + at]

    def _more(self) -> bool:
        """Read another block behind what is not yet consumed; tell whether there was one."""
        if self._ended:
            return False
        block = self._stream.read(BLOCK)
        data = self._rest + block
        self._ended = not block
        try:
            text, used = codecs.utf_8_decode(data, "strict", self._ended)
        except UnicodeDecodeError as error:
            line = 1 + self._lines_read + data.count(b"\n", 0, error.start)
            shown = data[max(error.start - 20, 0) : error.end + 20].decode("utf-8", "backslashreplace")
            self._faults.append(Fault("encoding", line, 0, shown))
            text, used = codecs.utf_8_decode(data, "replace", self._ended)
        self._rest = data[used:]
        self._lines_read += data.count(b"\n", 0, used)
        if text:
            # Offsets of the caller count from `_at`, and stay true.
            self._text = self._text[self._at :] + text
            self._at = 0
        return bool(text) or not self._ended
