"""The identifiers that a user asks for: from the command line, a file or standard input, checked and each once."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kg.errors import InputError

#: How standard input is named, and how a file is.
STANDARD_INPUT: Final = "-"
FILE: Final = "@"
_PMID: Final = re.compile(r"(?:PMID\s*:?\s*)?0*([1-9]\d{0,7})", re.IGNORECASE | re.ASCII)
#: JATS files of before 2025 write a PMCID without its letters; a version (PMC123.2) means the same article.
_PMCID: Final = re.compile(r"(?:PMCID\s*:?\s*)?(?:PMC)?0*([1-9]\d{0,8})(?:\.\d{1,3})?", re.IGNORECASE | re.ASCII)
_BETWEEN: Final = re.compile(r"[\s,;]+")
_PREFIX: Final = re.compile(r"\b(PMID|PMCID)\s*:\s*", re.IGNORECASE)
_SHOWN: Final = 5
_LARGEST: Final = 64 << 20


def read_pmids(given: Iterable[str]) -> tuple[str, ...]:
    """Return the PMIDs that are named, each once, by number.

    Args:
        given: lists parted by commas or spaces, ``@FILE`` or ``-``; ``#`` begins a comment in a file.

    Raises:
        InputError: if a file cannot be read or something is no PMID; all that is wrong is counted, some is shown.

    >>> read_pmids(["33, 7", "PMID:7"])
    ('7', '33')
    >>> read_pmids(["7,x12"])
    Traceback (most recent call last):
        ...
    kg.errors.InputError: not a PMID (a number of up to 8 digits): 'x12'
    """
    return _read(given, _PMID, "a PMID (a number of up to 8 digits)", "")


def read_pmcids(given: Iterable[str]) -> tuple[str, ...]:
    """Return the PMCIDs that are named, each once, by number.

    Args:
        given: as for ``read_pmids``.

    Raises:
        InputError: as ``read_pmids``.

    >>> read_pmcids(["PMC33,pmc7.2 12"])
    ('PMC7', 'PMC12', 'PMC33')
    """
    return _read(given, _PMCID, "a PMCID (PMC and a number)", "PMC")


def _read(given: Iterable[str], pattern: re.Pattern[str], kind: str, prefix: str) -> tuple[str, ...]:
    numbers: set[int] = set()
    wrong: list[str] = []
    for text, place in _texts(given):
        for word in _BETWEEN.split(_PREFIX.sub("", text)):
            if found := pattern.fullmatch(word):
                numbers.add(int(found.group(1)))
            elif word:
                wrong.append(f"{word[:40]!r}{place}")
    if wrong:
        more = f" and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
        raise InputError(f"not {kind}: {', '.join(wrong[:_SHOWN])}{more}", value=wrong[0])
    return tuple(f"{prefix}{number}" for number in sorted(numbers))


def _texts(given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pieces of text, and words for where they stand."""
    for item in given:
        if item.strip() == STANDARD_INPUT:
            yield from _lines(sys.stdin.buffer.read(_LARGEST + 1), "standard input")
        elif item.startswith(FILE):
            path = Path(item[1:])
            try:
                with path.open("rb") as file:
                    data = file.read(_LARGEST + 1)
            except OSError as error:
                raise InputError(f"{path} cannot be read: {error.strerror or error}", value=str(path)) from error
            yield from _lines(data, path.name)
        else:
            yield item, ""


def _lines(data: bytes, name: str) -> Iterator[tuple[str, str]]:
    if len(data) > _LARGEST:
        raise InputError(f"{name} is too large for a list of identifiers", value=name)
    for number, line in enumerate(data.decode("utf-8-sig", "replace").splitlines(), 1):
        yield line.partition("#")[0], f" ({name}, line {number})"
