"""Rows of tables that are sorted by compound identifier, read in blocks of bytes.

A block is checked as a whole: the CIDs are numbers in order, every row has its columns. Rows are looked at one by
one only where a block is not plain. Of a plain block only the wanted rows are decoded, found by bisection.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from kg.errors import TermsError
from kg.terms.reading import LONGEST_LINE, Problems, open_bytes

_DIGITS: Final = 12
CID: Final = re.compile(rb"[1-9][0-9]{0,%d}" % (_DIGITS - 1))
INCHIKEY: Final = re.compile(rb"[A-Z]{14}-[A-Z]{10}-[A-Z]")
#: A block of 256 KiB holds some 8,000 rows; larger ones are no faster.
_BLOCK: Final = 1 << 18
#: So many faults of one kind are told one by one; a file that is wrong throughout must not fill the memory.
MOST_FAULTS: Final = 100
_NO_SEPARATOR: Final = bytes(byte for byte in range(256) if byte not in b"\t\n")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: compound, last column, 1-based line."""

    cid: int
    text: str
    line: int


class Faults:
    """Tells of what is wrong in a file: the first of each kind one by one, the rest as a number, by ``close``.

    >>> faults = Faults(Problems("pubchem", "CID-Title"))
    >>> for line in range(1000):
    ...     faults.drop("malformed-row", "x", "no row", line)
    >>> faults.close()
    >>> len(faults.problems.found), faults.problems.set_aside["malformed-row"]
    (101, 1000)
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.found: Counter[str] = Counter()

    def drop(self, code: str, value: str, message: str, line: int) -> None:
        """Set a row aside for a fault.

        >>> faults = Faults(Problems("pubchem", "CID-Title"))
        >>> faults.drop("malformed-row", "x", "no row", 1)
        >>> faults.problems.set_aside
        Counter({'malformed-row': 1})
        """
        self.problems.skip(code)
        self.add(code, value, message, line)

    def add(self, code: str, value: str, message: str, line: int = 0) -> None:
        """Tell of a fault in a row that stays.

        >>> faults = Faults(Problems("pubchem", "CID-Title"))
        >>> faults.add("unsorted-row", "x", "out of order", 1)
        >>> faults.found, faults.problems.set_aside
        (Counter({'unsorted-row': 1}), Counter())
        """
        self.found[code] += 1
        if self.found[code] <= MOST_FAULTS:
            self.problems.add(code, value, message, line=line)

    def close(self) -> None:
        """Tell of the rows that were not told one by one.

        >>> faults = Faults(Problems("pubchem", "CID-Title"))
        >>> for line in range(MOST_FAULTS + 7):
        ...     faults.add("malformed-row", "x", "no row", line)
        >>> faults.close()
        >>> faults.problems.found[-1].message
        'the file has 7 more such rows'
        """
        for code, count in sorted(self.found.items()):
            if count > MOST_FAULTS:
                more = count - MOST_FAULTS
                advice = "; sort it by number (sort -n)" if code == "unsorted-row" else ""
                self.problems.add(code, str(more), f"the file has {more} more such rows{advice}")
        self.found.clear()


def read_blocks(path: Path, problems: Problems) -> Iterator[bytes]:
    """Yield a file in blocks of whole lines.

    A line longer than ``LONGEST_LINE`` is a problem and leaves an empty line in its place. A file in UTF-16 is
    read as such, with a problem. The row in which a damaged file ends is left out.

    Raises:
        TermsError: if the file cannot be read or is a page of markup.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "CID-Title")
    ...     _ = path.write_text("2244\\tAspirin\\n126941\\tMethotrexate")
    ...     list(read_blocks(path, Problems("pubchem", path.name)))
    [b'2244\\tAspirin\\n', b'126941\\tMethotrexate\\n']
    """
    damaged = sum(problem.code == "damaged-gzip" for problem in problems.found)
    rest = b""
    with open_bytes(path, problems) as file:
        first, overlong = True, False
        for data in _decoded(file, problems):
            if first and data.lstrip().startswith((b"<", b"{")):
                message = f"{path} is no table of PubChem but a page or a document; fetch it again"
                raise TermsError(message, value=str(path))
            first = False
            end = data.rfind(b"\n") + 1
            if not end:
                rest = b"" if overlong else rest + data
                if len(rest) > LONGEST_LINE:
                    problems.add("overlong-line", repr(rest[:80]), "the line is too long and is left out")
                    rest, overlong = b"", True
                continue
            yield data[data.index(b"\n") : end] if overlong else rest + data[:end]
            rest, overlong = data[end:], False
    if rest and sum(problem.code == "damaged-gzip" for problem in problems.found) > damaged:
        # Half a name is a wrong name.
        problems.begin()
        problems.drop("cut-short", rest[:80].decode("utf-8", "replace"), "the file ends within the row; it is left out")
    elif rest:
        yield rest + b"\n"


def _decoded(file: IO[bytes], problems: Problems) -> Iterator[bytes]:
    data = file.read(_BLOCK)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problems.add("wrong-encoding", "UTF-16", "the file is UTF-16, not UTF-8; it was read as such")
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        while data:
            yield decoder.decode(data).encode("utf-8", "replace")
            data = file.read(_BLOCK)
        return
    data = data.removeprefix(codecs.BOM_UTF8)
    while data:
        yield data
        data = file.read(_BLOCK)


def read_rows(path: Path, faults: Faults, columns: int, wanted: Sequence[int] | None, otherwise: str) -> Iterator[Row]:
    """Yield the rows of wanted compounds from a table that is sorted by CID.

    Every row is begun. Rows that are malformed, out of order or not UTF-8 are dropped, rows of other compounds are
    skipped; the caller accounts for those that it is given. Only the last column is needed; it is decoded, and so
    checked, in wanted rows only. Columns between may be empty: a table cut out by us has no InChI.

    Args:
        path: the table, plain or gzip.
        faults: where bad rows are told, and the file's account; the caller closes it.
        columns: how many columns a row has; more stay in the last one.
        wanted: sorted CIDs; None for all.
        otherwise: what rows of other compounds are counted as.

    Raises:
        TermsError: if the file cannot be read, or not one row of it is sound.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "CID-Title")
    ...     _ = path.write_text("2244\\tAspirin\\n126941\\tMethotrexate\\n")
    ...     faults = Faults(Problems("pubchem", path.name))
    ...     list(read_rows(path, faults, 2, [126941], "not-named"))
    ...     faults.problems.set_aside
    [Row(cid=126941, text='Methotrexate', line=2)]
    Counter({'not-named': 1})
    """
    problems = faults.problems
    last, line, sound = 0, 1, False
    for block in read_blocks(path, problems):
        plain = _plain(block, columns, last)
        if plain is None:
            rows = list(_checked(block, columns, last, line, faults))
            cids = [row[0] for row in rows]
        else:
            cids, cells = plain
            problems.begin(len(cids))
        places = _among(cids, wanted)
        if len(places) < len(cids):
            problems.skip(otherwise, len(cids) - len(places))
        for place in places:
            if plain is None:
                _, value, number = rows[place]
            else:
                value, number = cells[(place + 1) * columns - 1], line + place
            try:
                text = value.decode().strip()
            except UnicodeDecodeError:
                faults.drop("not-utf8", repr(value[:80]), "the row is not UTF-8 and is left out", number)
                continue
            if text:
                yield Row(cids[place], text, number)
            else:
                faults.drop("malformed-row", str(cids[place]), "the row's last column is empty", number)
        if cids:
            last, sound = cids[-1], True
        line += block.count(b"\n")
    if faults.found and not sound:
        raise TermsError(f"no row of {path} is a CID and {columns - 1} more columns; fetch it again", value=str(path))


def _plain(block: bytes, columns: int, last: int) -> tuple[list[int], list[bytes]] | None:
    """Return the CIDs and all cells of a block in which every row is as it should be, else None."""
    lines = block.count(b"\n")
    if block.translate(None, _NO_SEPARATOR) != (b"\t" * (columns - 1) + b"\n") * lines:
        return None
    cells = block.replace(b"\n", b"\t").split(b"\t")
    heads = cells[:-1:columns]
    digits = b"".join(heads)
    # No cell but the one after the last line end is empty.
    if cells.index(b"") != len(cells) - 1 or not digits.isdigit():
        return None
    cids = list(map(int, heads))
    if cids[0] < last or cids != sorted(cids):
        return None
    # Without leading zeros there are as many digits as the numbers have.
    if len(digits) != sum(lines - bisect_left(cids, 10**place) for place in range(_DIGITS)):
        return None
    return cids, cells


def _checked(block: bytes, columns: int, last: int, line: int, faults: Faults) -> Iterator[tuple[int, bytes, int]]:
    """Yield the sound rows of a block, row by row: CID, last column, line."""
    for number, ended in enumerate(block.split(b"\n")[:-1], start=line):
        text = ended.rstrip(b"\r")
        if not text:
            continue
        faults.problems.begin()
        cid, *cells = text.split(b"\t", columns - 1)
        if not CID.fullmatch(cid) or len(cells) != columns - 1 or not cells[-1].strip():
            message = f"the row is not a CID and {columns - 1} more column{'s' if columns > 2 else ''}"
            faults.drop("malformed-row", text.decode("utf-8", "replace"), message, number)
        elif int(cid) < last:
            message = "the row is out of CID order and is left out"
            faults.drop("unsorted-row", text.decode("utf-8", "replace"), message, number)
        else:
            last = int(cid)
            yield last, cells[-1], number


def _among(cids: Sequence[int], wanted: Sequence[int] | None) -> Sequence[int]:
    """Return the places of the wanted CIDs in a sorted list.

    >>> _among([1, 2, 2, 5, 9], [2, 3, 9, 11])
    [1, 2, 4]
    """
    if wanted is None:
        return range(len(cids))
    if not cids:
        return []
    places: list[int] = []
    at = 0
    for number in range(bisect_left(wanted, cids[0]), len(wanted)):
        cid = wanted[number]
        at = bisect_left(cids, cid, at)
        if at == len(cids):
            break
        while at < len(cids) and cids[at] == cid:
            places.append(at)
            at += 1
    return places
