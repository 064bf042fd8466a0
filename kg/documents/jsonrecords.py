"""The objects of a stream of JSON, one at a time: JSON lines, an array, one object, or several in a row.

The text is cut at brackets, so that memory is bounded by the largest object and one broken object costs only itself:
in JSON lines the next one begins on the next line, elsewhere behind the bracket that closes it.
"""

from __future__ import annotations

import codecs
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

#: No record of this world is longer (in characters) or nests deeper.
LONGEST_RECORD: Final = 1 << 26
DEEPEST: Final = 64
_CHUNK: Final = 1 << 18
#: Strings of JSON hold no line end, so one that is not closed ends with its line.
_TOKEN: Final = re.compile(r'"(?:[^"\\\n]++|\\[^\n])*+"|["{}\[\]\n]')
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_WEB_PAGE: Final = re.compile(r"\s*<(?:!doctype\s+html|html)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One object of a stream.

    Attributes:
        value: the object, None where it cannot be read.
        line: 1-based line where it begins.
        problem: why it cannot be read, "" where it can.
        mended: what was mended in it, by name: ``encoding``, ``control-characters``.
        text: its first characters, for the ledger.
    """

    value: dict[str, Any] | None
    line: int
    problem: str = ""
    mended: tuple[str, ...] = ()
    text: str = ""


def json_records(stream: IO[bytes]) -> Iterator[JsonRecord]:
    """Yield the objects of a stream in their order, and in their places what was to be one and cannot be read.

    A stream without any yields one problem.

    Args:
        stream: bytes of JSON in UTF-8, or in UTF-16 with a byte order mark.

    >>> import io
    >>> [(r.line, r.value, r.problem) for r in json_records(io.BytesIO(b'{"a": 1}\\n{"a": \\n{"a": 3}'))]
    [(1, {'a': 1}, ''), (2, None, 'not JSON: its line ends before it does'), (3, {'a': 3}, '')]
    """
    cutter = _Cutter()
    for piece in _pieces(stream, cutter):
        if not cutter.head and _WEB_PAGE.match(piece):
            # Braces of a script are no JSON of the page.
            yield JsonRecord(None, 1, "an HTML page, no JSON", text=piece[:300])
            return
        yield from cutter.take(piece, last=False)
    yield from cutter.take("", last=True)


def _pieces(stream: IO[bytes], cutter: _Cutter) -> Iterator[str]:
    try:
        # One read of what lies below: what comes before a damage is not lost with it.
        read = getattr(stream, "read1", stream.read)
        head = read(_CHUNK)
        wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8")("replace" if wide else "surrogateescape")
        head = head.removeprefix(codecs.BOM_UTF8)
        while head:
            yield decoder.decode(head)
            head = read(_CHUNK)
        yield decoder.decode(b"", final=True)
    except (OSError, EOFError, zlib.error):
        cutter.broken = "the input breaks off inside it: it is cut or damaged"


class _Cutter:
    """Cuts text into objects while it comes."""

    def __init__(self) -> None:
        self.buffer = ""
        self.at = 0
        self.line = 1
        self.begin = -1
        self.begin_line = 1
        # Brackets that are open, and how many more than are of interest.
        self.open: list[str] = []
        self.deeper = 0
        self.array = False
        # Whether every object so far ended on the line where it began.
        self.one_line: bool | None = None
        self.skipping = False
        self.problem = ""
        self.broken = "cut short: the input ends inside it"
        self.found = False
        self.head = ""

    def take(self, text: str, *, last: bool) -> Iterator[JsonRecord]:
        """Yield the objects that end in a further piece of the text."""
        self.head = self.head or text[:300]
        self.buffer += text
        for token in _TOKEN.finditer(self.buffer, self.at):
            mark = token.group()
            if mark == '"' and not last and self._may_close_yet(token):
                self.at = token.start()
                break
            yield from self._token(mark, token)
            self.at = token.end()
        else:
            # What stands behind the last token may be the begin of none.
            self.at = len(self.buffer)
        if last:
            yield from self._end()
        self._forget()

    def _may_close_yet(self, quote: re.Match[str]) -> bool:
        """Tell whether a string that is not closed may be so by what comes."""
        waiting = len(self.buffer) - quote.start() <= LONGEST_RECORD
        return waiting and not self.skipping and self.buffer.find("\n", quote.end()) < 0

    def _token(self, mark: str, token: re.Match[str]) -> Iterator[JsonRecord]:
        if mark == "\n":
            self.line += 1
            if self.open and self.one_line and not self.array:
                yield self._lost(token.start(), "not JSON: its line ends before it does")
            self.skipping = False
        elif self.skipping:
            return
        elif mark == '"':
            if self.open:
                yield self._lost(token.start(), "not JSON: a string that is not closed")
            self.skipping = True
        elif mark in "{[":
            if self.open and mark == "{" and self._begins_anew(token.start()):
                yield self._lost(token.start(), "not JSON: another object begins inside it")
            if not self.open:
                if mark == "[" and not self.array:
                    self.array = True
                    return
                self.begin, self.begin_line, self.problem = token.start(), self.line, ""
            if len(self.open) == DEEPEST:
                self.problem = f"nested deeper than {DEEPEST}"
                self.deeper += 1
            else:
                self.open.append(mark)
        elif mark in "}]":
            if not self.open:
                self.array = self.array and mark != "]"
                return
            if self.deeper:
                self.deeper -= 1
                return
            self.open.pop()
            if not self.open:
                yield self._object(token.end())

    def _begins_anew(self, at: int) -> bool:
        """Tell whether a bracket at the begin of a line cannot belong to the object that is open: no key is before it."""
        if self.open[-1] != "{" or (at and self.buffer[at - 1] != "\n"):
            return False
        return not self.buffer[max(self.begin, at - 200) : at].rstrip().endswith(":")

    def _object(self, end: int) -> JsonRecord:
        text = self.buffer[self.begin : end]
        if not self.array:
            # One that takes several lines shows that lines mean nothing here.
            self.one_line = self.one_line is not False and self.begin_line == self.line
        problem, self.begin, self.found = self.problem, -1, True
        if problem:
            return JsonRecord(None, self.begin_line, problem, text=text[:300])
        return _record(text, self.begin_line)

    def _lost(self, end: int, problem: str) -> JsonRecord:
        text = self.buffer[self.begin : end][:300]
        self.open.clear()
        self.deeper = 0
        self.begin, self.found = -1, True
        return JsonRecord(None, self.begin_line, self.problem or problem, text=text)

    def _end(self) -> Iterator[JsonRecord]:
        if self.open:
            yield self._lost(len(self.buffer), self.broken)
        elif not self.found:
            yield JsonRecord(None, 1, "no JSON object", text=self.head)

    def _forget(self) -> None:
        """Drop the text that is behind."""
        keep = self.begin if self.begin >= 0 else max(0, self.at - 1)
        if self.begin >= 0 and len(self.buffer) - self.begin > LONGEST_RECORD:
            self.problem = f"longer than {LONGEST_RECORD} characters"
            keep = max(0, self.at - 1)
            self.begin = keep
        self.buffer = self.buffer[keep:]
        self.at -= keep
        self.begin = self.begin - keep if self.begin >= 0 else -1


def _record(text: str, line: int) -> JsonRecord:
    mended: list[str] = []
    if not text.isascii() and _ESCAPED.search(text):
        text = _ESCAPED.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text)
        mended.append("encoding")
    if "\x00" in text:
        text = text.replace("\x00", "")
        mended.append("control-characters")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return JsonRecord(None, line, f"not JSON: {error.msg}", text=text[:300])
    except ValueError:
        # The one other thing that Python's reader refuses.
        return JsonRecord(None, line, "not JSON that is read: a number of thousands of digits", text=text[:300])
    if not isinstance(value, dict):
        return JsonRecord(None, line, "a list, no object", text=text[:300])
    return JsonRecord(value, line, mended=tuple(mended), text=text[:300])
