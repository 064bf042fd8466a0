"""Opening ontology files, plain or compressed, and keeping account of what is in them and what is wrong.

Every reader counts the records that it meets (stanzas, XML records, rows) and says of each that is not
taken why: the account of a file balances, or the compilation fails. A damaged file gives what is sound in
it, and a problem.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, NamedTuple, cast

from kg.errors import TermsError
from kg.unpacking import GZIP_MAGIC, Unpacked

#: A longer line is set aside: no fact of an ontology needs it, and a file without line ends must not fill the memory.
LONGEST_LINE: Final = 1 << 24
_CHUNK: Final = 1 << 16
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*+)"(?=\t|\Z)')
#: Why a line is lost, as the end of a sentence about it.
_FAULTS: Final = {
    "overlong-line": "is too long", "not-utf8": "is not UTF-8", "cut-short": "is cut by the end of the damaged file",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in an ontology file: reported, never dropped silently.

    Attributes:
        source: key of the source.
        file: name of the file.
        code: what kind of problem (``dangling-parent``, ``duplicate-id``, ``malformed-row``, ...).
        line: 1-based line, 0 where it is not known.
        value: the offending identifier or text.
        message: one sentence.
    """

    source: str
    file: str
    code: str
    line: int
    value: str
    message: str


class Problems:
    """Collects the problems of one file of one source, and keeps its account.

    Attributes:
        found: the problems, in the order in which they were met.
        records: records that the file holds.
        kept: records that were taken.
        set_aside: records that were not taken, by reason; a reason is the code of a problem, or a plain
            word where leaving the record out is no fault of the file (``not-named``).

    >>> problems = Problems("mondo", "mondo.obo")
    >>> problems.begin(); problems.keep()
    >>> problems.begin(); problems.drop("duplicate-id", "MONDO:1", "seen before", line=3)
    >>> [p.code for p in problems.found], problems.balanced
    (['duplicate-id'], True)
    """

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self.found: list[Problem] = []
        self.records = 0
        self.kept = 0
        self.set_aside: Counter[str] = Counter()

    def add(self, code: str, value: str, message: str, *, line: int = 0) -> None:
        """Record one problem.

        >>> problems = Problems("mondo", "mondo.obo")
        >>> problems.add("dangling-parent", "MONDO:7", "no term has this identifier", line=3)
        >>> [(problem.file, problem.code, problem.line) for problem in problems.found]
        [('mondo.obo', 'dangling-parent', 3)]
        """
        self.found.append(Problem(self.source, self.file, code, line, value[:500], message))

    def begin(self, records: int = 1) -> None:
        """Count records that the file holds.

        >>> problems = Problems("mondo", "mondo.obo")
        >>> problems.begin()
        >>> problems.records, problems.balanced
        (1, False)
        """
        self.records += records

    def keep(self, records: int = 1) -> None:
        """Count records that were taken.

        >>> problems = Problems("mondo", "mondo.obo")
        >>> problems.begin(2)
        >>> problems.keep(2)
        >>> problems.kept, problems.balanced
        (2, True)
        """
        self.kept += records

    def drop(self, code: str, value: str, message: str, *, line: int = 0) -> None:
        """Record a problem for which a whole record is set aside.

        >>> problems = Problems("mondo", "mondo.obo")
        >>> problems.begin()
        >>> problems.drop("malformed-record", "", "the stanza has no id", line=3)
        >>> problems.set_aside, problems.balanced
        (Counter({'malformed-record': 1}), True)
        """
        self.set_aside[code] += 1
        self.add(code, value, message, line=line)

    def skip(self, reason: str, records: int = 1) -> None:
        """Count records that are left out without fault, such as compounds that nothing names.

        >>> problems = Problems("pubchem", "CID-Title")
        >>> problems.begin(3)
        >>> problems.skip("not-named", 3)
        >>> problems.set_aside, problems.found
        (Counter({'not-named': 3}), [])
        """
        self.set_aside[reason] += records

    @property
    def balanced(self) -> bool:
        """Whether every record was either taken or set aside with a reason.

        >>> problems = Problems("mondo", "mondo.obo")
        >>> problems.begin()
        >>> problems.balanced
        False
        """
        return self.records == self.kept + sum(self.set_aside.values())


@contextmanager
def open_bytes(path: Path, problems: Problems | None = None) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes; a gzip file, told by its first bytes, is decompressed on the way.

    Args:
        path: the file.
        problems: where a damaged compressed stream is recorded (``damaged-gzip``), once the reading is over; the
            file then ends where the damage begins. Without it, damage is an error.

    Raises:
        TermsError: if the file cannot be read, or is damaged and nobody is there to record it.

    >>> import gzip, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo.gz")
    ...     _ = path.write_bytes(gzip.compress(b"[Term]"))
    ...     with open_bytes(path) as file:
    ...         file.read()
    b'[Term]'
    """
    try:
        with path.open("rb") as raw:
            if raw.peek(2)[:2] != GZIP_MAGIC:
                yield raw
                return
            unpacked = Unpacked(raw)
            yield cast("IO[bytes]", io.BufferedReader(unpacked, _CHUNK))
            if unpacked.damage:
                message = f"the compressed file is damaged ({unpacked.damage}); what comes before is read"
                if problems is None:
                    raise TermsError(
                        f"{path} is damaged or cut short ({unpacked.damage}); fetch it again", value=str(path)
                    )
                problems.add("damaged-gzip", path.name, message)
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error


def read_lines(path: Path, problems: Problems) -> Iterator[tuple[int, str]]:
    """Yield the lines of a UTF-8 text file with their numbers, without line ends.

    A line that is not UTF-8, or is longer than ``LONGEST_LINE``, is a problem and is left out; a file in
    UTF-16, told by its byte order mark, is read, with a problem.

    Raises:
        TermsError: if the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_bytes(b"[Term]\\r\\nid: \\xff\\nname: flu\\n")
    ...     problems = Problems("mondo", path.name)
    ...     list(read_lines(path, problems))
    ...     [(problem.code, problem.line) for problem in problems.found]
    [(1, '[Term]'), (3, 'name: flu')]
    [('not-utf8', 2)]
    """
    for line in _lines(path, problems):
        if line.fault:
            message = f"the line {_FAULTS[line.fault]} and is left out"
            problems.add(line.fault, line.text, message, line=line.number)
        else:
            yield line.number, line.text.rstrip("\r\n")


class Rows:
    """The lines of a table, numbered, without line ends; a line that is lost is a record that is dropped.

    Lines are lost that are not UTF-8, or too long, or in which a damaged file ends (``cut-short``: half a value
    is a wrong value). Until the reader says that the rows have begun they are problems, not records.

    Args:
        path: the file.
        problems: its account.
        drop: records the loss of a row, as ``Problems.drop`` does without it.

    Attributes:
        begun: whether the header has been read; set by the reader.
        unended: the number of the last line where it has no line end, else 0.
        lost: how many lines were lost.
    """

    def __init__(
        self, path: Path, problems: Problems, drop: Callable[[str, str, str, int], object] | None = None
    ) -> None:
        self.begun = False
        self.unended = 0
        self.lost = 0
        self._path = path
        self._problems = problems
        self._drop = drop or (lambda code, value, message, line: problems.drop(code, value, message, line=line))

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield number and text of each line.

        Raises:
            TermsError: if the file cannot be read.
        """
        damaged = _damages(self._problems)
        last: _Line | None = None
        for line in _lines(self._path, self._problems):
            if line.ended:
                yield from self._given(line)
            else:
                # Whether the file is damaged is known when it has been closed.
                last = line
        if last:
            if _damages(self._problems) > damaged:
                last = _Line(last.number, last.text, ended=False, fault="cut-short")
            yield from self._given(last)

    def _given(self, line: _Line) -> Iterator[tuple[int, str]]:
        if not line.fault:
            self.unended = 0 if line.ended else line.number
            yield line.number, line.text.rstrip("\r\n")
            return
        self.lost += 1
        message = f"the line {_FAULTS[line.fault]} and is left out"
        if self.begun:
            self._problems.begin()
            self._drop(line.fault, line.text, message, line.number)
        else:
            self._problems.add(line.fault, line.text, message, line=line.number)


def split_tabs(line: str) -> list[str]:
    """Return the cells of a line of a tab-separated table, without the quotes that writers of CSV put around them.

    Only a cell that begins and ends with a quote is quoted: names are full of single ones.

    >>> split_tabs('a\\t"b ""c""\\td"\\t5" pipe\\t"open')
    ['a', 'b "c"\\td', '5" pipe', '"open']
    """
    if '"' not in line:
        return line.split("\t")
    cells, place = [], 0
    while True:
        if quoted := _QUOTED.match(line, place):
            cells.append(quoted[1].replace('""', '"'))
            end = quoted.end()
        else:
            end = line.find("\t", place)
            end = len(line) if end < 0 else end
            cells.append(line[place:end])
        if end == len(line):
            return cells
        place = end + 1


class _Line(NamedTuple):
    number: int
    text: str
    ended: bool
    fault: str = ""


def _damages(problems: Problems) -> int:
    return sum(problem.code == "damaged-gzip" for problem in problems.found)


def _lines(path: Path, problems: Problems) -> Iterator[_Line]:
    """Yield the lines with their ends; of one that is lost, its begin."""
    with open_bytes(path, problems) as file:
        head = file.peek(2)[:2] if isinstance(file, io.BufferedReader) else b""
        if head in _UTF16:
            problems.add("wrong-encoding", "UTF-16", "the file is UTF-16, not UTF-8; it was read as such")
            text = io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="\n")
            number = 0
            while wide := text.readline(LONGEST_LINE):
                number += 1
                ended, overlong = wide.endswith("\n"), False
                while not ended and (rest := text.readline(LONGEST_LINE)):
                    ended, overlong = rest.endswith("\n"), True
                yield _Line(number, wide[:80] if overlong else wide, ended, "overlong-line" if overlong else "")
            text.detach()
            return
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            ended, overlong = line.endswith(b"\n"), False
            while not ended and (more := file.readline(LONGEST_LINE)):
                ended, overlong = more.endswith(b"\n"), True
            if overlong:
                yield _Line(number, repr(line[:80]), ended, "overlong-line")
                continue
            try:
                yield _Line(number, line.decode("utf-8-sig" if number == 1 else "utf-8"), ended)
            except UnicodeDecodeError:
                yield _Line(number, repr(line[:80]), ended, "not-utf8")


def read_start(path: Path, size: int = _CHUNK) -> bytes:
    """Return the first bytes of a file, decompressed; as many as a damaged file gives.

    Raises:
        TermsError: if the file cannot be read.

    >>> import gzip, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo.gz")
    ...     _ = path.write_bytes(gzip.compress(b"format-version: 1.4"))
    ...     read_start(path, 6)
    b'format'
    """
    with open_bytes(path, Problems("", path.name)) as file:
        return file.read(size)


def reads_ascii(encoding: str) -> bool:
    """Tell whether an encoding is known, and one in which a file can say its own name in ASCII.

    >>> [reads_ascii(name) for name in ("iso-8859-1", "utf-16", "idna", "hex", "no-such")]
    [True, False, False, False, False]
    """
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        return decoder.decode(b"<?xml", final=True) == "<?xml"
    except (LookupError, ValueError, AssertionError, TypeError):
        # Some codecs are no encodings of text; some cannot replace what they do not know.
        return False


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as hexadecimal.

    Raises:
        TermsError: if the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "empty")
    ...     path.touch()
    ...     sha256_file(path)[:16]
    'e3b0c44298fc1c14'
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error
