"""Tables of identifiers: with their labels, and with the identifiers that replaced them.

CSV or TSV with a header, as libraries and annual reports of changes give them. The columns are found by their names.
An identifier is a CURIE, an IRI, or a local part beside a column that names its vocabulary.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kg.curies import compress, normalize
from kg.errors import TermsError
from kg.model import OTHER, Name, Term
from kg.terms.reading import Problems, Rows, split_tabs

_IDENTIFIER: Final = ("curie", "identifier", "id", "iri", "uri", "term id", "class id")
_LABEL: Final = ("label", "preferred label", "name", "subject", "title")
_SCHEME: Final = ("scheme", "prefix", "vocabulary", "ontology")
_OLD: Final = ("old", "old id", "from", "replaced", "obsolete", "obsolete id", *_IDENTIFIER)
_NEW: Final = ("new", "new id", "to", "replaced by", "replacedby", "replacement", "replacement id", "successor")
#: A quoted cell may hold line ends; one that runs on further was never closed.
_LONGEST_ROW: Final = 100
_SEPARATOR: Final = re.compile(r"\s*[|;]\s*")
_RESOLVER: Final = re.compile(r"(?:www\.)?(?:identifiers|n2t|bioregistry)\.(?:org|net|io)/([^/:]+)[/:](.+)")
_DELIMITERS: Final = "\t,;"


@dataclass(frozen=True, slots=True)
class Replacement:
    """An identifier and the one that replaced it, both as CURIEs; ``line`` is that of the row."""

    old: str
    new: str
    line: int


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Sequence[str]
    line: int


def read_labels(path: Path, problems: Problems) -> Iterator[Term]:
    """Yield a term with its label alone for each row of a table of labels.

    The category is ``OTHER``: a table of labels says nothing about it.

    Args:
        path: CSV or TSV, plain or gzip, with a header. Columns: an identifier (``id``, ``curie``, ``iri``, ...), a
            label (``label``, ``name``, ``subject``, ``title``), and for bare identifiers their vocabulary (``scheme``).
        problems: the account of the file: rows without a known identifier or without a label are dropped.

    Raises:
        TermsError: if the file cannot be read, or its header names no such columns.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels.csv")
    ...     _ = path.write_text("id,label\\nMONDO:0009807,osteosarcoma\\n")
    ...     [(term.curie, term.label) for term in read_labels(path, Problems("mondo", path.name))]
    [('MONDO:0009807', 'osteosarcoma')]
    """
    table = _Table(path, problems, "a label", (_IDENTIFIER, _LABEL))
    for row in table.rows():
        written, label = (table.cell(row, column) for column in table.found)
        curie = curie_of(written, table.cell(row, table.scheme))
        if curie is None:
            problems.drop("unknown-prefix", written, "the identifier is of no known vocabulary", line=row.line)
        elif not label:
            problems.drop("malformed-row", curie, "the row has no label", line=row.line)
        else:
            yield Term(curie, OTHER, (Name(label, "label"),), source=problems.source)


def read_replacements(path: Path, problems: Problems) -> Iterator[Replacement]:
    """Yield the replaced identifiers of a table; the rows that give one are kept here, as no term is yielded.

    A cell may hold several successors, separated by ``|`` or ``;``.

    Args:
        path: CSV or TSV, plain or gzip, with a header. Columns: the old identifier (``old``, ``from``, ``id``, ...)
            and the new one (``new``, ``to``, ``replaced_by``, ...).
        problems: the account of the file: rows with an unknown identifier, or that replace one by itself, are
            dropped; rows without a successor are left out without fault (``no-successor``).

    Raises:
        TermsError: if the file cannot be read, or its header names no such columns.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "replaced.tsv")
    ...     _ = path.write_text("old\\tnew\\nMONDO:0002393\\tMONDO:0003061\\n")
    ...     list(read_replacements(path, Problems("mondo", path.name)))
    [Replacement(old='MONDO:0002393', new='MONDO:0003061', line=2)]
    """
    table = _Table(path, problems, "the identifier that replaced it", (_OLD, _NEW))
    for row in table.rows():
        written, successors = (table.cell(row, column) for column in table.found)
        scheme = table.cell(row, table.scheme)
        if not successors:
            problems.skip("no-successor")
            continue
        old = curie_of(written, scheme)
        news = {text: curie_of(text, scheme) for text in _SEPARATOR.split(successors) if text}
        known = [new for new in dict.fromkeys(news.values()) if new and new != old]
        unknown = [text for text, new in news.items() if new is None]
        if old is None or (unknown and not known):
            value = written if old is None else unknown[0]
            problems.drop("unknown-prefix", value, "the identifier is of no known vocabulary", line=row.line)
        elif not known:
            problems.drop("malformed-row", old, "the row replaces an identifier by itself", line=row.line)
        else:
            for text in unknown:
                problems.add("unknown-prefix", text, f"a successor of {old} is of no known vocabulary", line=row.line)
            problems.keep()
            for new in known:
                yield Replacement(old, new, row.line)


class _Table:
    """A table whose columns are found by name; its rows are begun in the account of the file."""

    def __init__(self, path: Path, problems: Problems, what: str, wanted: tuple[Sequence[str], ...]) -> None:
        self._problems = problems
        self._rows = Rows(path, problems)
        self._lines = (pair for pair in self._rows if pair[1].strip())
        # A line of an SSSOM-like preface is no header.
        header = next((line for _, line in self._lines if line[0] != "#"), "")
        self._rows.begun = True
        if header.lstrip().lower().startswith(("<!doctype html", "<html")):
            raise TermsError(f"{path} is a web page (HTML), not a table: fetch it again", value=str(path))
        self.delimiter = max(_DELIMITERS, key=header.count)
        names = [_column(cell) for cell in self._split(header) or ()]
        self.found: list[int] = []
        for choices in wanted:
            places = [names.index(name) for name in choices if name in names]
            self.found += [place for place in places if place not in self.found][:1]
        if len(self.found) != len(wanted):
            first, second = (", ".join(choices[:4]) for choices in wanted)
            raise TermsError(
                f"{path} is no table of identifiers, each with {what}: its header must name a column for the one "
                f"({first}, ...) and for the other ({second}, ...), and names {', '.join(filter(None, names)) or 'none'}",
                value=header[:200],
            )
        self._columns = len(names)
        self.scheme = next((names.index(name) for name in _SCHEME if name in names), -1)

    def cell(self, row: _Row, column: int) -> str:
        """Return a cell without white space around it; "" where the row has no such column."""
        if not 0 <= column < len(row.cells):
            return ""
        return " ".join(row.cells[column].split())

    def rows(self) -> Iterator[_Row]:
        """Yield the rows that can be read; the others are dropped."""
        pending: list[tuple[int, str]] = []
        lost = self._rows.lost
        for number, line in self._lines:
            if self._rows.lost > lost:
                # A quoted cell that lacks a line is none.
                lost = self._rows.lost
                yield from self._apart(pending)
                pending = []
            pending.append((number, line))
            # In CSV a row ends where the number of quotes is even (RFC 4180, section 2).
            odd = self.delimiter != "\t" and sum(text.count('"') for _, text in pending) % 2
            if not odd or len(pending) > _LONGEST_ROW:
                yield from self._row(pending)
                pending = []
        yield from self._row(pending) if self._rows.lost == lost else self._apart(pending)

    def _apart(self, lines: list[tuple[int, str]]) -> Iterator[_Row]:
        for line in lines:
            yield from self._row([line])

    def _row(self, lines: list[tuple[int, str]]) -> Iterator[_Row]:
        if not lines:
            return
        cells = self._split("\n".join(text for _, text in lines))
        if cells is None and len(lines) > 1:
            # A quote that is never closed must not take the rows behind it with it.
            yield from self._apart(lines)
            return
        number, line = lines[0]
        self._problems.begin()
        if line.startswith("#"):
            self._problems.drop("malformed-row", line, "a comment stands below the header, among the rows", line=number)
        elif lines[-1][0] == self._rows.unended and len(cells or ()) < self._columns:
            self._problems.drop("cut-short", line, "the file ends within the row; it is left out", line=number)
        elif cells is None:
            self._problems.drop("malformed-row", line, "the row is not CSV: a quote is not closed", line=number)
        else:
            yield _Row(cells, number)

    def _split(self, row: str) -> list[str] | None:
        if self.delimiter == "\t":
            return split_tabs(row)
        try:
            rows = list(csv.reader(io.StringIO(row, newline=""), delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None


def _column(name: str) -> str:
    return re.sub(r"[_\-\s]+", " ", name).strip().casefold()


@lru_cache(maxsize=1 << 12)
def curie_of(written: str, scheme: str = "") -> str | None:
    """Return the CURIE of an identifier as a table writes it, None where its vocabulary is not known.

    >>> curie_of("https://id.nlm.nih.gov/mesh/D000001", "MeSH"), curie_of("D000001", "MeSH"), curie_of("D000001", "")
    ('MESH:D000001', 'MESH:D000001', None)
    >>> curie_of("https://identifiers.org/mesh:D000001", ""), curie_of("MONDO:0005148", "MONDO")
    ('MESH:D000001', 'MONDO:0005148')
    """
    if "://" not in written:
        return normalize(written) or (normalize(f"{scheme}:{written}") if scheme else None)
    address = written.strip("<>").partition("://")[2]
    if resolved := _RESOLVER.fullmatch(address):
        return normalize(f"{resolved[1]}:{resolved[2]}")
    for protocol in ("http", "https"):
        compact = compress(f"{protocol}://{address}")
        if "://" not in compact:
            return normalize(compact)
    return None
