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

#: A longer record (in characters) is none; it is passed over and not held.
LONGEST_RECORD: Final = 1 << 26
#: No record of this world nests deeper, and readers may go through one as deep as it is.
DEEPEST: Final = 64
_CHUNK: Final = 1 << 18
#: Characters at the end of what is there where an error may only mean that more is to come.
_EDGE: Final = 32
#: Deeper lists and holders are not opened.
_DEEPEST_LIST: Final = 16

#: The stream cannot be read any further.
DAMAGED: Final = "the input cannot be read any further; it is cut or damaged"
CUT: Final = "cut short: the input ends inside it"
OPEN: Final = "the input ends inside its list of documents: some may be missing"
#: What stands where an object was to be: a number, a text, no JSON at all.
NO_OBJECT: Final = "no JSON object"
_LINE_ENDS: Final = "not JSON: its line ends before it does"
_TOO_DEEP: Final = f"nested deeper than {DEEPEST}"

_BETWEEN: Final = re.compile(r"[\s,\ufeff\x1e\x00]*")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]"]', re.DOTALL)
_NEXT_LINE: Final = re.compile(r"\n(?=\{)")
_SCALAR: Final = re.compile(r'[^\s,"{}\[\]]*')
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
_BEGIN: Final = 300
_DECODER: Final = json.JSONDecoder(strict=False)
_CONTAINERS: Final = frozenset({dict, list})


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One record of a stream.

    Attributes:
        value: the object, None where it cannot be decoded or is none.
        line: 1-based line where it begins, or where what holds it does.
        problem: why it cannot be decoded, "" where it can.
        text: its first characters, for the ledger; "" where it stands in a holder.
        mended: what was mended in it, by name: ``encoding``, ``control-characters``.
        holder: the strings of the objects that hold it, by key, as far as they stand before it.
        path: the keys of the lists that hold it.
        counted: how often each of the sought strings stands in what cannot be decoded.
    """

    value: dict[str, Any] | None
    line: int
    problem: str = ""
    text: str = ""
    mended: tuple[str, ...] = ()
    holder: dict[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    counted: tuple[int, ...] = ()


def json_records(
    stream: IO[bytes], holders: Collection[str] = (), sought: Collection[str] = (), *, mend: bool = True
) -> Iterator[JsonRecord]:
    """Yield the records of a stream in their order, and in their places what was to be one and cannot be decoded.

    Args:
        stream: the bytes of JSON or JSON lines, read forwards, once. UTF-8, or UTF-16 with a byte order mark.
        holders: keys under which an object holds a list of records.
        sought: strings that are counted in what cannot be decoded.
        mend: read bytes that are not UTF-8 as Windows-1252 and take NUL characters out, and say so; without it such
            bytes are one U+FFFD each, and NUL characters stay, so that whoever made the record can be told of them.

    >>> import io
    >>> [(r.line, r.value, r.problem) for r in json_records(io.BytesIO(b'{"a": 1}\\n{"a": \\n{"a": 3}'))]
    [(1, {'a': 1}, ''), (2, None, 'not JSON: its line ends before it does'), (3, {'a': 3}, '')]
    >>> data = b'{"source": "x", "documents": [{"id": 1}, {"id": }, {"id": 3}]}'
    >>> [(r.value, r.holder, r.problem) for r in json_records(io.BytesIO(data), {"documents"})]
    [({'id': 1}, {'source': 'x'}, ''), (None, {'source': 'x'}, 'not JSON: Expecting value'),
    ({'id': 3}, {'source': 'x'}, '')]
    """
    return _Records(stream, frozenset(holders), tuple(sought), mend=mend).root()


class _BrokenError(Exception):
    """A value cannot be decoded."""


@dataclass(frozen=True, slots=True)
class _Where:
    """What holds the records at a place, and how deep it is."""

    holder: dict[str, str]
    path: tuple[str, ...] = ()
    depth: int = 0


class _Records:
    """The state of reading one stream: a window of its text, and the place in it."""

    def __init__(self, stream: IO[bytes], holders: frozenset[str], sought: tuple[str, ...], *, mend: bool) -> None:
        self._pieces = self._text_of(stream)
        self._holders = holders
        self._sought = sought
        self._mend = mend
        self._text = ""
        self._at = 0
        # Where the record that is read begins, while reading may have to begin anew behind it; -1: nowhere.
        self._anchor = -1
        self._passed = 0
        self._lines = 1
        self._counted = 0
        self._dirty = False
        self._mended: dict[str, None] = {}
        self._open = True
        self._damaged = False
        self._unclosed = False

    def root(self) -> Iterator[JsonRecord]:
        """Yield the records, and what is wrong with the end of the stream, once."""
        problem = ""
        while self._next():
            for record in self._value(_Where({})):
                problem = record.problem
                if self._damaged and problem == CUT:
                    problem = DAMAGED
                    yield replace(record, problem=problem)
                else:
                    yield record
        if self._damaged and problem != DAMAGED:
            yield JsonRecord(None, self._line(), DAMAGED)
        elif self._unclosed and not problem:
            yield JsonRecord(None, self._line(), OPEN)

    # The window

    def _text_of(self, stream: IO[bytes]) -> Iterator[str]:
        """Yield the stream as text in pieces."""
        try:
            # One read of what lies below: what comes before a damage is not lost with it.
            read = getattr(stream, "read1", stream.read)
            data = read(_CHUNK)
            wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            errors = "surrogateescape" if self._mend and not wide else "replace"
            decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")(errors)
            while data:
                piece = decoder.decode(data)
                self._dirty = self._dirty or (self._mend and _is_dirty(piece))
                yield piece
                data = read(_CHUNK)
            yield decoder.decode(b"", True)
        except (OSError, EOFError, zlib.error):
            self._damaged = True

    def _more(self, least: int = 0) -> bool:
        """Read on; False at the end of the stream."""
        if not self._open:
            return False
        keep = self._at
        if self._anchor >= 0:
            if self._at - self._anchor <= LONGEST_RECORD:
                keep, self._anchor = self._anchor, 0
            else:
                self._anchor = -1
        self._count(keep)
        self._passed += keep
        self._at -= keep
        self._counted -= keep
        # Twice as much each time that text is kept, so that copying it costs no more than reading.
        least = max(_CHUNK, least, self._at)
        pieces = [self._text[keep:]]
        size = 0
        for piece in self._pieces:
            pieces.append(piece)
            size += len(piece)
            if size >= least:
                break
        self._open = size >= least
        self._text = "".join(pieces)
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

    def _line(self) -> int:
        """Return the 1-based line of the present place."""
        self._count(self._at)
        return self._lines

    def _count(self, to: int) -> None:
        self._lines += self._text.count("\n", self._counted, to)
        self._counted = to

    # Values

    def _value(self, where: _Where) -> Iterator[JsonRecord]:
        """Yield the records at the present place: of a list and of a holder all that they hold."""
        first = self._next()
        line = self._line()
        if first == "{":
            yield from self._object(where, line)
        elif first == "[" and where.depth < _DEEPEST_LIST:
            self._at += 1
            yield from self._list(_Where(where.holder, where.path, where.depth + 1))
        else:
            text = self._text[self._at : self._at + _BEGIN]
            try:
                value = self._decode()
                problem = _TOO_DEEP if isinstance(value, list) else NO_OBJECT
                counted: tuple[int, ...] = ()
            except _BrokenError as error:
                problem = str(error) if first == "[" or str(error) == CUT else NO_OBJECT
                counted = self._pass_value(lines=where.depth == 0)
            yield JsonRecord(None, line, problem, text, (), where.holder, where.path, counted)

    def _list(self, where: _Where) -> Iterator[JsonRecord]:
        """Yield the records of a list whose bracket is behind."""
        while following := self._next():
            if following in "]}":
                self._at += 1
                return
            yield from self._value(where)
        self._unclosed = True

    def _object(self, where: _Where, line: int) -> Iterator[JsonRecord]:
        """Yield an object, or what it holds."""
        self._mended.clear()
        text = self._text[self._at : self._at + _BEGIN]
        try:
            value, end = self._raw_decode()
        except (ValueError, RecursionError):
            # More is to come, or it cannot be decoded, or it holds something that cannot be.
            yield from self._members(where, line, text)
            return
        self._at = end
        yield from self._opened(value, where, line, text)

    def _opened(self, value: object, where: _Where, line: int, text: str = "") -> Iterator[JsonRecord]:
        """Yield what an object that is there as a whole holds, or the object itself."""
        if not isinstance(value, dict):
            # The characters of a number may be thousands, and a list may be too deep to be written.
            text = value[:_BEGIN] if isinstance(value, str) else ""
            yield JsonRecord(None, line, NO_OBJECT, text, (), where.holder, where.path)
            return
        held = [key for key in value if key in self._holders and isinstance(value[key], list)]
        if not held or where.depth >= _DEEPEST_LIST:
            if _is_too_deep(value):
                yield JsonRecord(None, line, _TOO_DEEP, text, (), where.holder, where.path, self._sought_in(value))
            else:
                yield JsonRecord(value, line, "", text, tuple(self._mended), where.holder, where.path)
            return
        said = where.holder | {key: item for key, item in value.items() if isinstance(item, str)}
        for key in held:
            inner = _Where(said, (*where.path, key), where.depth + 1)
            for item in value[key]:
                yield from self._opened(item, inner, line)

    def _members(self, where: _Where, line: int, text: str) -> Iterator[JsonRecord]:
        """Yield an object that is read member by member, or what it holds where one of them is a list of records."""
        members: dict[str, Any] = {}
        holds = False
        # In lines a record that is not closed ends where the next one begins, and that may be behind already.
        lines = where.depth == 0
        self._anchor = self._at if lines else -1
        begin = self._passed + self._at
        self._at += 1
        try:
            while (following := self._next()) != "}":
                if following != '"':
                    raise _BrokenError("not JSON: a name was expected" if following else CUT)  # noqa: TRY301
                key = self._decode()
                if self._next() != ":":
                    raise _BrokenError("not JSON: no value behind a name" if self._next() else CUT)  # noqa: TRY301
                self._at += 1
                if self._next() == "[" and key in self._holders and where.depth < _DEEPEST_LIST:
                    self._at += 1
                    holds, self._anchor = True, -1
                    said = where.holder | {k: v for k, v in members.items() if isinstance(v, str)}
                    yield from self._list(_Where(said, (*where.path, key), where.depth + 1))
                    begin = self._passed + self._at
                else:
                    members[key] = self._decode()
                    if self._passed + self._at - begin > LONGEST_RECORD:
                        raise _BrokenError(f"longer than {LONGEST_RECORD} characters")  # noqa: TRY301
        except _BrokenError as error:
            problem = str(error)
            back = self._anchor >= 0 and not holds
            if back:
                self._at = self._anchor + 1
            self._anchor = -1
            counted = self._pass_brackets(1, lines=lines)
            if holds and problem == CUT:
                # The records are told; only the end of their holder is not there.
                self._unclosed = True
                return
            if back and not problem.startswith("longer") and self._text[self._at - 1 : self._at + 1] == "\n{":
                problem = _LINE_ENDS
            if not back:
                counted = tuple(map(sum, zip(counted, self._sought_in(members), strict=True)))
            yield JsonRecord(None, line, problem, text, (), where.holder, where.path, counted)
            return
        self._at += 1
        self._anchor = -1
        if not holds:
            yield from self._opened(members, where, line, text)

    def _raw_decode(self) -> tuple[Any, int]:
        """Return the value at the present place, mended, and where it ends."""
        value, end = _DECODER.raw_decode(self._text, self._at)
        if self._dirty:
            text = self._text[self._at : end]
            mended = _ESCAPED.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), text)
            self._mended |= {"encoding": None} if mended != text else {}
            self._mended |= {"control-characters": None} if "\x00" in mended else {}
            value = _DECODER.decode(mended.replace("\x00", ""))
        return value, end

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
                value, end = self._raw_decode()
            except json.JSONDecodeError as error:
                behind = self._text[error.pos :]
                unterminated = error.msg.startswith("Unterminated string")
                if unterminated or len(behind) <= _EDGE:
                    if size > LONGEST_RECORD:
                        raise _BrokenError(f"longer than {LONGEST_RECORD} characters") from None
                    # Twice as much each time, so that decoding again costs no more than reading.
                    if self._more(size):
                        continue
                    if unterminated or not behind.strip():
                        raise _BrokenError(CUT) from None
                raise _BrokenError(f"not JSON: {error.msg}") from None
            except RecursionError:
                raise _BrokenError(_TOO_DEEP) from None
            except ValueError:
                # The one other thing that Python's reader refuses.
                raise _BrokenError("not JSON that is read: a number of thousands of digits") from None
            # A number may go on.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value

    # What cannot be decoded

    def _sought_in(self, value: object) -> tuple[int, ...]:
        """Return how often the sought strings stand in a value; 0 where it is too deep to be written again."""
        try:
            text = json.dumps(value)
        except RecursionError:
            text = ""
        return tuple(map(text.count, self._sought))

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
                if char == '"':
                    # A string that is not closed on its line, that goes on, or that never ends.
                    if not line:
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


def _is_dirty(piece: str) -> bool:
    """Tell whether a piece of text holds bytes that were not UTF-8, or NUL."""
    if "\x00" in piece:
        return True
    return not piece.isascii() and _ESCAPED.search(piece) is not None


def _is_too_deep(value: dict[str, Any]) -> bool:
    """Tell whether a value nests deeper than `DEEPEST`."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _CONTAINERS
        ]
        if not level:
            return False
    return True
