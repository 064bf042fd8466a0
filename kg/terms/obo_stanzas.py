"""Lines of an OBO file cut into stanzas, whatever became of the lines between them.

A stanza begins with a line such as ``[Term]``. Where that line is damaged or was left out, the facts of one term must
not go to the term before it: a second ``id`` begins a stanza too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.terms.reading import LONGEST_LINE, Problems, open_bytes, read_lines, read_start

#: A line with its 1-based number.
Line = tuple[int, str]
_TERM: Final = "Term"
_STANZAS: Final = frozenset({_TERM, "Typedef", "Instance"})
_UNKNOWN: Final = "unknown"
_HEADER_TAGS: Final = frozenset({
    "format-version", "data-version", "ontology", "default-namespace", "version", "date", "saved-by",
    "auto-generated-by", "subsetdef", "synonymtypedef", "idspace", "import", "remark",
})  # fmt: skip
_STANZA: Final = re.compile(r"\[(\w+)\]\s*(?:!.*)?\Z")
_DAMAGED_STANZA: Final = re.compile(r"\[\s*(\w+)\s*\]?\s*(?:!.*)?\Z")
_ID: Final = re.compile(r"id\s*:")
#: How a line may begin that is more than a clause of its stanza; "" is in it too.
_MARKS: Final = "![i \t\v\f\xa0"
_CHUNK: Final = 1 << 18
_BYTE_ORDER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def read_obo_lines(path: Path, problems: Problems) -> Iterator[Line]:
    """Yield the lines of a file as ``read_lines`` does, and also those that end with a carriage return alone.

    Such line ends (``wrong-line-ends``) are those of old Macintosh programs.

    Raises:
        TermsError: if the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_bytes(b"[Term]\\rid: MONDO:0009807\\r")
    ...     list(read_obo_lines(path, Problems("mondo", path.name)))
    [(1, '[Term]'), (2, 'id: MONDO:0009807')]
    """
    start = read_start(path)
    if b"\r" in start and b"\n" not in start and not start.startswith(_BYTE_ORDER_MARKS):
        problems.add("wrong-line-ends", "CR", "the lines end with a carriage return alone; they were read as such")
        yield from _carriage_return_lines(path, problems)
        return
    for number, line in read_lines(path, problems):
        # A carriage return elsewhere is a control character in a text.
        if "\r[" in line:
            message = "carriage returns stand for line ends; they were read as such"
            problems.add("wrong-line-ends", "CR", message, line=number)
            for part in line.split("\r"):
                yield number, part
        else:
            yield number, line


def _carriage_return_lines(path: Path, problems: Problems) -> Iterator[Line]:
    number, rest = 0, b""
    with open_bytes(path, problems) as file:
        while True:
            data = file.read(_CHUNK)
            *lines, rest = (rest + data).replace(b"\n", b"").split(b"\r")
            if not data and rest:
                lines.append(rest)
            for line in lines:
                number += 1
                try:
                    yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError:
                    problems.add("not-utf8", repr(line[:80]), "the line is not UTF-8 and is left out", line=number)
            if not data:
                return
            if len(rest) > LONGEST_LINE:
                # What follows is then read as a line of its own.
                number += 1
                message = "the line is too long and its beginning is left out"
                problems.add("overlong-line", repr(rest[:80]), message, line=number)
                rest = b""


class Stanzas:
    """Cuts the lines of one file.

    Args:
        problems: the account. A stanza that does not say what it is (``unknown-stanza``) is a record that is dropped.

    Attributes:
        known: whether something was met that only OBO files hold.

    >>> lines = ["ontology: x", "", "[Term]", "id: X:1", "", "id: X:2", "[Typedef]", "id: part_of"]
    >>> problems = Problems("x", "x.obo")
    >>> for stanza in Stanzas(problems).terms(iter(enumerate(lines, start=1))):
    ...     print(stanza)
    [(3, '[Term]'), (4, 'id: X:1')]
    [(5, ''), (6, 'id: X:2')]
    >>> [(problem.code, problem.line) for problem in problems.found]
    [('malformed-clause', 6)]
    """

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.known = False

    def terms(self, lines: Iterator[Line]) -> Iterator[list[Line]]:
        """Yield the lines of each term's stanza, its first line among them ("" where that was lost).

        >>> lines = ["ontology: mondo", "", "[Term]", "id: MONDO:0009807", "", "[Typedef]", "id: part_of"]
        >>> list(Stanzas(Problems("mondo", "mondo.obo")).terms(enumerate(lines, start=1)))
        [[(3, '[Term]'), (4, 'id: MONDO:0009807')]]
        """
        kind = ""
        body: list[Line] = []
        # Where in the body stands the id, and what follows the last empty line; the number of an empty line just met.
        place = start = empty = 0
        for number, line in lines:
            if kind and not empty and line[:1] not in _MARKS and line[-1] != "\\":
                # Most lines of a file.
                body.append((number, line))
                continue
            if line.endswith("\\"):
                line = self._joined(number, line, lines)  # noqa: PLW2901
            line = line.lstrip()  # noqa: PLW2901
            if not line:
                start, empty = len(body), number
                continue
            if line[0] == "!":
                continue
            if line[0] == "[":
                if kind == _TERM:
                    yield body
                kind, body = self._kind(number, line), [(number, line)]
                place = start = empty = 0
                continue
            is_id = _ID.match(line) is not None
            if (is_id and (place or (self.known and not kind))) or (kind and self._lost(empty, number)):
                # What stands between the last empty line and the id goes with the id.
                cut = start if place < start else len(body)
                if kind == _TERM:
                    yield body[:cut]
                kind = self._headless(kind, number, line)
                moved = body[cut:]
                body = [((moved[0][0] if moved else number) - 1, ""), *moved]
                place = start = 0
            empty = 0
            if kind:
                if is_id:
                    place = len(body)
                body.append((number, line))
            else:
                self.known = self.known or line.partition(":")[0] in _HEADER_TAGS
        if kind == _TERM:
            yield body

    @staticmethod
    def _lost(empty: int, number: int) -> bool:
        """Tell whether lines behind an empty one were left out: the first line of a stanza must be among them."""
        return empty > 0 and number > empty + 1

    def _kind(self, number: int, line: str) -> str:
        """Return what a stanza is by its first line."""
        if (match := _STANZA.match(line)) and match[1] in _STANZAS:
            self.known = True
            return match[1]
        if (match := _DAMAGED_STANZA.match(line)) and (kind := match[1].capitalize()) in _STANZAS:
            self._problems.add("malformed-clause", line, f"the line is read as [{kind}]", line=number)
            self.known = True
            return kind
        self._drop(line, "the stanza is none of OBO 1.4; it is left out", number)
        return _UNKNOWN

    def _headless(self, before: str, number: int, line: str) -> str:
        """Return what a stanza is whose first line was lost, by the stanza before."""
        if before in {"", _TERM}:
            message = "here begins a stanza whose first line is lost; it is read as a term of its own"
            self._problems.add("malformed-clause", line, message, line=number)
            return _TERM
        self._drop(line, "the first line of the stanza is lost, and with it what it is; it is left out", number)
        return _UNKNOWN

    def _drop(self, line: str, message: str, number: int) -> None:
        self._problems.begin()
        self._problems.drop("unknown-stanza", line, message, line=number)

    def _joined(self, number: int, line: str, lines: Iterator[Line]) -> str:
        """Return a line with those that continue it; a comment in place of a clause that is too long."""
        parts: list[str] = []
        size = 0
        # An odd number of backslashes at the end of a line continues it.
        while (len(line) - len(line.rstrip("\\"))) % 2:
            size += len(line)
            if size <= LONGEST_LINE:
                parts.append(line[:-1])
            line = next(lines, (0, ""))[1]
        if size + len(line) > LONGEST_LINE:
            message = "the clause goes on over too many lines and is left out"
            self._problems.add("overlong-line", repr(parts[0][:80] if parts else ""), message, line=number)
            return "!"
        return " ".join([*parts, line]).strip() or "!"
