"""Opening ontology files, plain or compressed, and keeping account of what is in them and what is wrong.

Every reader counts the records that it meets (stanzas, XML records, rows) and says of each that is not
taken why: the account of a file balances, or the compilation fails. A damaged file gives what is sound in
it, and a problem.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from kg.errors import TermsError
from kg.unpacking import GZIP_MAGIC, Unpacked

#: A longer line is set aside: no fact of an ontology needs it, and a file without line ends must not fill the memory.
LONGEST_LINE: Final = 1 << 24
_CHUNK: Final = 1 << 16
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


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
        """Record one problem."""
        self.found.append(Problem(self.source, self.file, code, line, value[:500], message))

    def begin(self, records: int = 1) -> None:
        """Count records that the file holds."""
        self.records += records

    def keep(self, records: int = 1) -> None:
        """Count records that were taken."""
        self.kept += records

    def drop(self, code: str, value: str, message: str, *, line: int = 0) -> None:
        """Record a problem for which a whole record is set aside."""
        self.set_aside[code] += 1
        self.add(code, value, message, line=line)

    def skip(self, reason: str, records: int = 1) -> None:
        """Count records that are left out without fault, such as compounds that nothing names."""
        self.set_aside[reason] += records

    @property
    def balanced(self) -> bool:
        """Whether every record was either taken or set aside with a reason."""
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
    """
    with open_bytes(path, problems) as file:
        head = file.peek(2)[:2] if isinstance(file, io.BufferedReader) else b""
        if head in _UTF16:
            problems.add("wrong-encoding", "UTF-16", "the file is UTF-16, not UTF-8; it was read as such")
            text = io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="")
            for number, wide in enumerate(text, start=1):
                yield number, wide.rstrip("\r\n")
            text.detach()
            return
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                problems.add("overlong-line", repr(line[:80]), "the line is too long and is left out", line=number)
                while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                continue
            try:
                decoded = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                problems.add("not-utf8", repr(line[:80]), "the line is not UTF-8 and is left out", line=number)
                continue
            yield number, decoded.rstrip("\r\n")


def read_start(path: Path, size: int = _CHUNK) -> bytes:
    """Return the first bytes of a file, decompressed; as many as a damaged file gives.

    Raises:
        TermsError: if the file cannot be read.
    """
    with open_bytes(path, Problems("", path.name)) as file:
        return file.read(size)


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as hexadecimal.

    Raises:
        TermsError: if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error
