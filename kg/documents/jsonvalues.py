"""JSON records from a stream, one at a time, whatever holds them.

A stream may hold one record, several one after the other (JSON lines), a list, or objects that hold a list of records
under one of some keys. Lists and holders are opened and never held; a record is decoded whole. What cannot be decoded
is passed over by its brackets, or to the next line where records stand in lines, so that reading goes on behind it.
"""

from __future__ import annotations

import codecs
import json
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import IO, Any, Final

#: A longer record is none; it is passed over and not held.
LONGEST_RECORD: Final = 1 << 26
_CHUNK: Final = 1 << 18
#: Characters at the end of what is there where an error may only mean that more is to come.
_EDGE: Final = 32
#: Deeper lists and holders are not opened.
_DEEPEST: Final = 16

#: The stream cannot be read any further.
DAMAGED: Final = "the input cannot be read any further; it is cut or damaged"
CUT: Final = "the input ends inside the document"
OPEN: Final = "the input ends inside its list of documents: some may be missing"

_BETWEEN: Final = re.compile(r"[\s,\ufeff\x1e\x00]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]"]', re.DOTALL)
_NEXT_LINE: Final = re.compile(r"\n(?=\{)")
_SCALAR: Final = re.compile(r'[^\s,"{}\[\]]*')
_BEGIN: Final = 200
_DECODER: Final = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One record of a stream.

    Attributes:
        value: what it is, None where it cannot be decoded.
        holder: the strings of the objects that hold it, by key, as far as they stand before it.
        path: the keys of the lists that hold it.
        problem: why it cannot be decoded, "" where it can.
        text: the begin of what cannot be decoded.
        counted: how often each of the sought strings stands in what cannot be decoded.
    """

    value: Any
    holder: dict[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    problem: str = ""
    text: str = ""
    counted: tuple[int, ...] = ()


def json_records(stream: IO[bytes], holders: Collection[str], sought: Collection[str] = ()) -> Iterator[JsonRecord]:
    """Yield the records of a stream in their order, and in their places what was to be one and cannot be decoded.

    Args:
        stream: the bytes of JSON or JSON lines, read forwards, once. UTF-8, or UTF-16 with a byte order mark.
        holders: keys under which an object holds a list of records.
        sought: strings that are counted in what cannot be decoded.

    >>> import io
    >>> data = b'{"source": "x", "documents": [{"id": 1}, {"id": }, {"id": 3}]}'
    >>> [(r.value, r.holder, r.problem) for r in json_records(io.BytesIO(data), {"documents"})]
    [({'id': 1}, {'source': 'x'}, ''), (None, {'source': 'x'}, 'not JSON: Expecting value'),
    ({'id': 3}, {'source': 'x'}, '')]
    """
    return _Records(stream, frozenset(holders), tuple(sought)).root()


class _BrokenError(Exception):
    """A value cannot be decoded."""


class _Records:
    """The state of reading one stream: a window of its text, and the place in it."""

    def __init__(self, stream: IO[bytes], holders: frozenset[str], sought: tuple[str, ...]) -> None:
        self._pieces = _text(stream)
        self._holders = holders
        self._sought = sought
        self._text = ""
        self._at = 0
        self._open = True
        self._damaged = False
        self._unclosed = False

    def root(self) -> Iterator[JsonRecord]:
        """Yield the records, and what is wrong with the end of the stream, once."""
        problem = ""
        while self._next():
            for record in self._value({}, (), 0):
                problem = record.problem
                if self._damaged and problem == CUT:
                    problem = DAMAGED
                    yield replace(record, problem=problem)
                else:
                    yield record
        if self._damaged and problem != DAMAGED:
            yield JsonRecord(None, problem=DAMAGED)
        elif self._unclosed and not problem:
            yield JsonRecord(None, problem=OPEN)

    def _more(self, least: int = _CHUNK) -> bool:
        """Read on; False at the end of the stream."""
        if not self._open:
            return False
        pieces = [self._text[self._at :]]
        size = 0
        for piece in self._pieces:
            if piece is None:
                self._damaged = True
                break
            pieces.append(piece)
            size += len(piece)
            if size >= least:
                break
        self._open = size >= least
        self._text, self._at = "".join(pieces), 0
        return size > 0

    def _next(self) -> str:
        """Return the next character that is neither space nor comma, "" at the end."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _value(self, holder: dict[str, str], path: tuple[str, ...], depth: int) -> Iterator[JsonRecord]:
        """Yield the records at the present place: of a list and of a holder all that they hold."""
        first = self._next()
        if first == "{":
            yield from self._object(holder, path, depth)
        elif first == "[" and depth < _DEEPEST:
            self._at += 1
            yield from self._list(holder, path, depth)
        else:
            yield self._decoded(holder, path, depth)

    def _list(self, holder: dict[str, str], path: tuple[str, ...], depth: int) -> Iterator[JsonRecord]:
        while following := self._next():
            if following in "]}":
                self._at += 1
                return
            yield from self._value(holder, path, depth + 1)
        self._unclosed = True

    def _decoded(self, holder: dict[str, str], path: tuple[str, ...], depth: int) -> JsonRecord:
        try:
            return JsonRecord(self._decode(), holder, path)
        except _BrokenError as error:
            start = self._text[self._at : self._at + _BEGIN]
            counted = self._pass_value(lines=depth == 0)
            return JsonRecord(None, holder, path, str(error), start, counted)

    def _object(self, holder: dict[str, str], path: tuple[str, ...], depth: int) -> Iterator[JsonRecord]:
        """Yield an object, or what it holds."""
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except (ValueError, RecursionError):
            # More is to come, or it cannot be decoded, or it holds something that cannot be.
            yield from self._members(holder, path, depth)
            return
        self._at = end
        yield from self._opened(value, holder, path, depth)

    def _opened(self, value: Any, holder: dict[str, str], path: tuple[str, ...], depth: int) -> Iterator[JsonRecord]:
        """Yield what an object that is there as a whole holds, or the object itself."""
        held = (
            [key for key in value if key in self._holders and isinstance(value[key], list)]
            if isinstance(value, dict) and depth < _DEEPEST
            else []
        )
        if not held:
            yield JsonRecord(value, holder, path)
            return
        said = holder | {key: item for key, item in value.items() if isinstance(item, str)}
        for key in held:
            for item in value[key]:
                yield from self._opened(item, said, (*path, key), depth + 1)

    def _members(self, holder: dict[str, str], path: tuple[str, ...], depth: int) -> Iterator[JsonRecord]:
        """Yield an object that is read member by member, or what it holds where one of them is a list of records."""
        members: dict[str, Any] = {}
        holds = False
        start = self._text[self._at : self._at + _BEGIN]
        self._at += 1
        try:
            while (following := self._next()) != "}":
                if following != '"':
                    raise _BrokenError("not JSON: a name was expected" if following else CUT)  # noqa: TRY301
                key = self._decode()
                if self._next() != ":":
                    raise _BrokenError("not JSON: no value behind a name" if self._next() else CUT)  # noqa: TRY301
                self._at += 1
                if self._next() == "[" and key in self._holders and depth < _DEEPEST:
                    self._at += 1
                    holds = True
                    said = holder | {k: v for k, v in members.items() if isinstance(v, str)}
                    yield from self._list(said, (*path, key), depth)
                else:
                    members[key] = self._decode()
        except _BrokenError as error:
            counted = self._pass_brackets(1, lines=depth == 0)
            if holds and str(error) == CUT:
                # The records are told; only the end of their holder is not there.
                self._unclosed = True
                return
            known = json.dumps(members)
            counted = tuple(n + known.count(string) for n, string in zip(counted, self._sought, strict=True))
            yield JsonRecord(None, holder, path, str(error), start, counted)
            return
        self._at += 1
        if not holds:
            yield JsonRecord(members, holder, path)

    def _decode(self) -> Any:
        """Return the value at the present place and go behind it; on failure the place stays.

        Raises:
            _BrokenError: if it cannot be decoded.
        """
        if not self._next():
            raise _BrokenError(CUT)
        while True:
            size = len(self._text) - self._at
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                behind = self._text[error.pos :]
                unterminated = error.msg.startswith("Unterminated string")
                if unterminated or len(behind) <= _EDGE:
                    if size > LONGEST_RECORD:
                        raise _BrokenError(f"longer than {LONGEST_RECORD} characters") from None
                    # Twice as much each time, so that decoding again costs no more than reading.
                    if self._more(max(_CHUNK, size)):
                        continue
                    if unterminated or not behind.strip():
                        raise _BrokenError(CUT) from None
                raise _BrokenError(f"not JSON: {error.msg}") from None
            except RecursionError:
                raise _BrokenError("nested too deep") from None
            except ValueError as error:
                raise _BrokenError(f"not JSON: {str(error)[:60]}") from None
            # A number may go on.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value

    def _pass_value(self, *, lines: bool) -> tuple[int, ...]:
        """Go behind a value that cannot be decoded; return how often the sought strings stand in it."""
        if self._next() in {"{", "["}:
            return self._pass_brackets(0, lines=lines)
        if lines:
            # Text that is no JSON: one for all of it, up to a line that may be.
            return self._pass_brackets(1 << 60, lines=True)
        found = _SCALAR.match(self._text, self._at + 1)
        self._at = min(len(self._text), found.end() if found else self._at + 1)
        return (0,) * len(self._sought)

    def _pass_brackets(self, depth: int, *, lines: bool) -> tuple[int, ...]:
        """Go to where the brackets that are open are closed, or to the next line where records stand in lines.

        Returns:
            How often the sought strings stand in what is passed over.
        """
        counted = [0] * len(self._sought)

        def go(to: int) -> None:
            for index, string in enumerate(self._sought):
                counted[index] += self._text.count(string, self._at, to)
            self._at = to

        while True:
            line = _NEXT_LINE.search(self._text, self._at) if lines else None
            limit = line.end() if line else len(self._text)
            resume = limit
            for token in _TOKEN.finditer(self._text, self._at, limit):
                char = token.group()
                if char == '"' and not line:
                    # A string that goes on, or that never ends.
                    resume = token.start() if len(self._text) - token.start() <= LONGEST_RECORD else token.end()
                    break
                depth += (char in "{[") - (char in "}]")
                if char in "}]" and depth <= 0:
                    go(token.end())
                    return tuple(counted)
            if resume == len(self._text) and self._text.endswith("\n"):
                resume -= 1
            go(resume)
            if line:
                return tuple(counted)
            if not self._more():
                go(len(self._text))
                return tuple(counted)


def _text(stream: IO[bytes]) -> Iterator[str | None]:
    """Yield the stream as text in pieces; None where it cannot be read any further."""
    try:
        # One read of what lies below: what comes before a damage is not lost with it.
        read = getattr(stream, "read1", stream.read)
        data = read(_CHUNK)
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")("replace")
        while data:
            yield decoder.decode(data)
            data = read(_CHUNK)
        yield decoder.decode(b"", True)
    except (OSError, EOFError, zlib.error):
        yield None
