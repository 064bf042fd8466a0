"""Walking through a large JSON file value by value, in bounded memory.

The walker reads the brackets of the outer levels itself and gives each value that is asked for to the C decoder of
the standard library. That is as fast as loading the whole file, needs no library, and tells the line of each value.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from kg.terms.reading import Problems

#: A longer value is no record of an ontology.
LONGEST_VALUE: Final = 1 << 26
_CHUNK: Final = 1 << 18
#: So near to the end of what was read, an error may only mean that the value goes on.
_MARGIN: Final = 16
_SPACE: Final = " \t\n\r"
#: Python refuses to make an integer of more digits than some 4,000, for the time that it takes.
_MOST_DIGITS: Final = 1_000


class JsonError(ValueError):
    """The file breaks off, or is no JSON from here on.

    Attributes:
        cut: whether the file ends where more must follow.
    """

    def __init__(self, message: str, *, cut: bool) -> None:
        super().__init__(message)
        self.cut = cut


class JsonStream:
    """A position in a JSON file, which moves forward only.

    Args:
        file: the file, opened for reading bytes.
        path: its name, for messages.
        problems: where a wrong encoding is recorded.

    >>> import io
    >>> stream = JsonStream(io.BytesIO(b'{"a": [1, {"b": 2}], "c": null}'), Path("x.json"), Problems("s", "x.json"))
    >>> [(key, list(stream.elements()) if key == "a" else stream.value()) for key in stream.members()]
    [('a', [1, {'b': 2}]), ('c', None)]
    """

    def __init__(self, file: IO[bytes], path: Path, problems: Problems) -> None:
        self._file = file
        self._path = path
        self._problems = problems
        self._raw_decode = json.JSONDecoder(parse_int=_number).raw_decode
        self._text = ""
        self._at = 0
        self._lines = 1
        self._counted = 0
        self._lost = False
        first = file.read(_CHUNK)
        self._encoding = "utf-8-sig"
        if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._encoding = "utf-16"
            message = "the file is UTF-16, not UTF-8; it was read as such"
            problems.add("wrong-encoding", "UTF-16", message)
        self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
        self._over = False
        self._take(first)

    @property
    def line(self) -> int:
        """The 1-based line of the value that comes next.

        >>> import io
        >>> stream = JsonStream(io.BytesIO(b"\\n\\n[1]"), Path("x.json"), Problems("s", "x.json"))
        >>> stream.line
        3
        """
        self._skip_space()
        self._lines += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._lines

    def peek(self) -> str:
        """Return the next character that is no space, "" at the end of the file.

        >>> import io
        >>> stream = JsonStream(io.BytesIO(b'  {"a": 1}'), Path("x.json"), Problems("s", "x.json"))
        >>> stream.peek()
        '{'
        """
        self._skip_space()
        return self._text[self._at : self._at + 1]

    def members(self) -> Iterator[str]:
        """Yield the keys of the object that comes next; after each, its value must be taken or skipped.

        Raises:
            JsonError: if the file breaks off or is no JSON.

        >>> import io
        >>> stream = JsonStream(io.BytesIO(b'{"a": 1, "b": 2}'), Path("x.json"), Problems("s", "x.json"))
        >>> {key: stream.value() for key in stream.members()}
        {'a': 1, 'b': 2}
        """
        self._expect("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            if self.peek() != '"':
                raise self._error("a key must follow")
            key = self.value()
            self._expect(":")
            yield key
            if self._expect(",}") == "}":
                return

    def elements(self) -> Iterator[Any]:
        """Yield the elements of the array that comes next.

        Raises:
            JsonError: if the file breaks off or is no JSON.

        >>> import io
        >>> stream = JsonStream(io.BytesIO(b'[1, {"b": 2}]'), Path("x.json"), Problems("s", "x.json"))
        >>> list(stream.elements())
        [1, {'b': 2}]
        """
        for _ in self.places():
            yield self.value()

    def places(self) -> Iterator[None]:
        """Stop before each element of the array that comes next; the element must be taken or skipped.

        Raises:
            JsonError: if the file breaks off or is no JSON.

        >>> import io
        >>> stream = JsonStream(io.BytesIO(b'[1,\\n2]'), Path("x.json"), Problems("s", "x.json"))
        >>> [(stream.line, stream.value()) for _ in stream.places()]
        [(1, 1), (2, 2)]
        """
        self._expect("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield None
            if self._expect(",]") == "]":
                return

    def value(self) -> Any:
        """Return the value that comes next.

        Raises:
            JsonError: if the file breaks off or is no JSON.

        >>> import io
        >>> JsonStream(io.BytesIO(b'{"a": [1.5, null]}'), Path("x.json"), Problems("s", "x.json")).value()
        {'a': [1.5, None]}
        """
        self._skip_space()
        while True:
            try:
                value, end = self._raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                open_ended = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _MARGIN
                if not open_ended:
                    raise self._error(error.msg) from None
                if not self._more():
                    raise self._error(error.msg, cut=True) from None
            except RecursionError:
                raise self._error("it is nested too deeply") from None
            else:
                # A number at the end of what was read may go on: 1.5, 1e+5.
                if not isinstance(value, int | float) or end + 3 < len(self._text) or not self._more():
                    self._at = end
                    return value
            if len(self._text) - self._at > LONGEST_VALUE:
                raise self._error("a value is too long")

    def skip(self) -> None:
        """Pass over the value that comes next; of an array or object, element by element.

        Raises:
            JsonError: if the file breaks off or is no JSON.

        >>> import io
        >>> stream = JsonStream(io.BytesIO(b'[[1, 2], 3]'), Path("x.json"), Problems("s", "x.json"))
        >>> [stream.skip() if stream.peek() == "[" else stream.value() for _ in stream.places()]
        [None, 3]
        """
        if (opening := self.peek()) == "[":
            for _ in self.elements():
                pass
        elif opening == "{":
            for _ in self.members():
                self.value()
        else:
            self.value()

    def _expect(self, wanted: str) -> str:
        found = self.peek()
        if not found:
            raise self._error(f"{' or '.join(wanted)} must follow", cut=True)
        if found not in wanted:
            raise self._error(f"{' or '.join(wanted)} must follow, not {found!r}")
        self._at += 1
        return found

    def _skip_space(self) -> None:
        text, at = self._text, self._at
        while True:
            while at < len(text) and text[at] in _SPACE:
                at += 1
            self._at = at
            if at < len(text) or not self._more():
                return
            text, at = self._text, self._at

    def _more(self) -> bool:
        """Read on; forget what was passed. False at the end of the file."""
        if self._over:
            return False
        # A long value is read in growing steps, so that it is not decoded again and again.
        self._take(self._file.read(max(_CHUNK, len(self._text) - self._at)))
        return True

    def _take(self, data: bytes) -> None:
        self._over = not data
        added = self._decoder.decode(data, final=self._over)
        self._lines += self._text.count("\n", self._counted, self._at)
        if not self._lost and "\ufffd" in added and (self._encoding == "utf-16" or b"\xef\xbf\xbd" not in data):
            self._lost = True
            message = "what is not in the file's encoding was read as the replacement character"
            self._problems.add("not-utf8", self._path.name, message, line=self._lines)
        self._text = self._text[self._at :] + added
        self._at = self._counted = 0

    def _error(self, message: str, *, cut: bool = False) -> JsonError:
        return JsonError(f"line {self.line}: {message}", cut=cut)


def _number(digits: str) -> int | float:
    """Return an integer; one that is too long to be meant is only about right."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)
