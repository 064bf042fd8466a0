"""Opening ontology files, plain or compressed, and recording what is wrong in them."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from kg.errors import TermsError

GZIP_MAGIC = b"\x1f\x8b"


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
    """Collects the problems of one file of one source.

    >>> problems = Problems("mondo", "mondo.obo")
    >>> problems.add("duplicate-id", "MONDO:1", "seen before", line=3)
    >>> [p.code for p in problems.found]
    ['duplicate-id']
    """

    def __init__(self, source: str, file: str) -> None:
        self.source = source
        self.file = file
        self.found: list[Problem] = []

    def add(self, code: str, value: str, message: str, *, line: int = 0) -> None:
        """Record one problem."""
        self.found.append(Problem(self.source, self.file, code, line, value[:500], message))


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes; a gzip file, told by its first bytes, is decompressed on the way.

    Raises:
        TermsError: if the file cannot be read, or its compressed stream is damaged or cut short; also
            when that shows only while the body of the ``with`` statement reads.
    """
    try:
        with path.open("rb") as raw:
            magic = raw.read(2)
            raw.seek(0)
            if magic == GZIP_MAGIC:
                with gzip.open(raw, "rb") as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TermsError(f"{path} is damaged or cut short ({error}); fetch it again", value=str(path)) from error
    except OSError as error:
        raise TermsError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error


def read_lines(path: Path, problems: Problems) -> Iterator[tuple[int, str]]:
    """Yield the lines of a UTF-8 text file with their numbers, without line ends.

    A line that is not UTF-8 is a problem and is left out.

    Raises:
        TermsError: as ``open_bytes``.
    """
    with open_bytes(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                problems.add("not-utf8", repr(line[:80]), "the line is not UTF-8", line=number)
                continue
            yield number, text.rstrip("\r\n")


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
