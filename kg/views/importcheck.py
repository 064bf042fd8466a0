"""A pre-flight for `neo4j-admin database import full`: reads the files as the importer will, and says where it fails.

Memory is bounded: a file is read a block at a time, and identifiers are compared by DuckDB, out of core. What the
importer refuses, what it changes without a word, and what only the schema afterwards refuses are told apart
(:data:`EFFECTS`).
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import duckdb
import pyarrow as pa

from kg.views.importheader import Column, quick_pattern, read_header
from kg.views.importrows import Fault, Field, Quick, Row, RowReader
from kg.views.importscript import ImportScript, Source, read_script
from kg.views.importvalues import UNJUDGED, judge

Effect = Literal["refused", "altered", "schema", "unjudged"]
#: What comes of a problem.
EFFECTS: Final[dict[Effect, str]] = {
    "refused": "the import stops",
    "altered": "the import goes on and stores something else",
    "schema": "the import ends well, and the constraint on the identifiers cannot be made",
    "unjudged": "the check cannot tell",
}
#: Code of a problem -> what comes of it, and what to do.
CODES: Final[dict[str, tuple[Effect, str]]] = {
    "compressed": ("unjudged", "unpack the file"),
    "dangling-end": ("refused", "add the node, or leave the relationship out"),
    "duplicate-id": ("refused", "leave all but one of the nodes out"),
    "encoding": ("altered", "write the file in UTF-8"),
    "extra-column": ("refused", "quote the field that holds the delimiter, or name the column in the header"),
    "header": ("refused", "write the header again"),
    "line-end-in-field": ("refused", "add --multiline-fields=true to the script"),
    "long-id": ("schema", "give the node a shorter identifier"),
    "missing-column": ("altered", "end the row with the delimiters that it lacks"),
    "missing-end": ("refused", "give the relationship both its ends"),
    "missing-file": ("refused", "export again, or name the file that is there in the script"),
    "no-id": ("altered", "give the node an identifier"),
    "no-id-column": ("altered", "give the header a column :ID"),
    "no-label": ("altered", "name the labels in the script"),
    "no-type": ("altered", "name the type in the script"),
    "not-a-boolean": ("altered", "write true or false"),
    "not-a-number": ("refused", "write the number in digits, or make the column a :string"),
    "option": ("unjudged", "take the option out of the script, or check without it"),
    "overflow": ("altered", "make the column a :string"),
    "text-after-quote": ("refused", "double the quote inside the field"),
    "too-long": ("refused", "raise --read-buffer-size in the script beyond the longest field"),
    "unbalanced-quote": ("refused", "close the quote"),
    "unjudged": ("unjudged", "check these values by hand"),
    "unknown-id-space": ("refused", "write the space in the header of relationships as in that of nodes"),
}
#: Bytes of UTF-8 beyond which Neo4j's range index takes no text, and so no constraint stands.
LONGEST_ID: Final = 8_164
#: Rows of identifiers that are handed to DuckDB at a time.
_BATCH: Final = 50_000
_NODES: Final = pa.schema({"space": pa.string(), "id": pa.string(), "file": pa.int32(), "line": pa.int64()})
_ENDS: Final = pa.schema([*_NODES, pa.field("part", pa.string())])


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where an import goes wrong.

    Attributes:
        code: kind of the problem, a key of :data:`CODES`.
        effect: what comes of it, a key of :data:`EFFECTS`.
        file: name of the file.
        line: in the file, from 1; 0 where the whole file is meant.
        column: as the header writes it, or "".
        message: what is wrong.
        step: what to do.
    """

    code: str
    effect: Effect
    file: str
    line: int
    column: str
    message: str
    step: str


@dataclass(slots=True)
class CheckReport:
    """What the check found.

    Attributes:
        folder: of the files.
        nodes: rows of nodes.
        relationships: rows of relationships.
        found: how many problems there are of each code.
        problems: the first of each code and file.
        unchecked: what could not be looked at because of these problems.
    """

    folder: Path
    nodes: int = 0
    relationships: int = 0
    found: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether there is no problem."""
        return not self.found


def check_folder(folder: str | Path, *, shown: int = 5) -> CheckReport:
    """Read a folder of import files as Neo4j's importer will, and predict where it fails.

    Args:
        folder: holds ``import.sh`` and the files.
        shown: most problems of one code and file that are listed; all are counted.

    Returns:
        The problems, and the numbers of rows.

    Raises:
        InputError: if the folder holds no script, or it cannot be read.
    """
    return _Check(read_script(Path(folder)), shown).run()


class _Check:
    """The state of one check."""

    def __init__(self, script: ImportScript, shown: int) -> None:
        self._script = script
        self._report = CheckReport(script.folder)
        self._shown = shown
        self._listed: Counter[tuple[str, str]] = Counter()
        self._names: list[str] = []
        # Whether rows of nodes stayed hidden behind a fault.
        self._unread = False

    def run(self) -> CheckReport:
        for doubt in self._script.doubts:
            self._note("option", "import.sh", 0, "", doubt)
        with ExitStack() as stack:
            self._ids = stack.enter_context(_Identifiers())
            spaces: set[str] = set()
            # The importer reads every header of nodes before any of relationships.
            for source in sorted(self._script.sources, key=lambda source: source.kind):
                self._source(source, spaces)
            self._duplicates()
            if self._unread:
                self._report.unchecked.append("ends of relationships, since some nodes could not be read")
            else:
                self._dangling()
        self._report.problems.sort(key=lambda p: (p.file, p.line, p.code, p.column))
        return self._report

    def _note(self, code: str, file: str, line: int, column: str, message: str) -> None:
        self._report.found[code] += 1
        self._listed[code, file] += 1
        if self._listed[code, file] <= self._shown:
            effect, step = CODES[code]
            self._report.problems.append(Problem(code, effect, file, line, column, message, step))

    def _source(self, source: Source, spaces: set[str]) -> None:
        """Check the files of a source; stop where the importer could not go on to the next."""
        columns: list[Column] | None = None
        for path in source.files:
            if not self._readable(path):
                self._unread |= source.kind == "nodes"
                return
            self._names.append(path.name)
            with RowReader(path, self._script) as reader:
                if columns is None:
                    columns = self._header(reader.first_line(), source, path.name, spaces)
                if columns is None:
                    self._unread |= source.kind == "nodes"
                    return
                self._rows(reader, columns, source)

    def _readable(self, path: Path) -> bool:
        if not path.is_file():
            self._note("missing-file", path.name, 0, "", "there is no such file")
            return False
        with path.open("rb") as stream:
            if stream.read(4).startswith((b"\x1f\x8b", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")):
                self._note("compressed", path.name, 0, "", "the file is compressed, or not in UTF-8")
                return False
        return True

    def _header(self, line: str, source: Source, name: str, spaces: set[str]) -> list[Column] | None:
        """Return the columns, or None where the importer would stop at the header."""
        texts = _split(line, self._script)
        if texts is None:
            self._note("header", name, 1, "", "a quote in the header is not closed, or text follows it")
            return None
        columns, wrong = read_header(texts, source.kind, frozenset(spaces))
        for code, text, message in wrong:
            # A header of nodes that could not be read may have named the space.
            if code != "unknown-id-space" or not self._unread:
                self._note(code, name, 1, text, message)
        for column in columns:
            if column.kind == "PROPERTY" and column.element in UNJUDGED:
                self._note("unjudged", name, 1, column.text, f"values of type {column.type} are not checked")
        spaces.update(column.space for column in columns if column.kind == "ID")
        if source.kind == "nodes" and not source.words and all(column.kind != "LABEL" for column in columns):
            self._note("no-label", name, 1, "", "nodes get no label")
        if source.kind == "relationships" and not source.words and all(column.kind != "TYPE" for column in columns):
            self._note("no-type", name, 1, "", "relationships get a type without a name")
        return None if any(CODES[code][0] == "refused" for code, _, _ in wrong) else columns

    def _rows(self, reader: RowReader, columns: list[Column], source: Source) -> None:
        number = len(self._names) - 1
        caught = [column for column in columns if column.kind in ("ID", "START_ID", "END_ID")]
        quote = self._script.quote
        count = 0
        for row in reader.rows(quick_pattern(columns, self._script)):
            if isinstance(row, Fault):
                named = row.code != "encoding" and row.column < len(columns)
                text = columns[row.column].text if named else ""
                self._note(row.code, self._names[number], row.line, text, _SAID[row.code].format(row.text))
                self._unread |= source.kind == "nodes" and row.code != "encoding"
                continue
            count += 1
            if isinstance(row, Quick):
                for column, group in zip(caught, row.groups, strict=True):
                    text = group or ""
                    text = text[1:-1].replace(quote * 2, quote) if text.startswith(quote) else text
                    self._identifier(column, text, number, row.line)
            else:
                self._fields(row, columns, number)
        if source.kind == "nodes":
            self._report.nodes += count
        else:
            self._report.relationships += count

    def _fields(self, row: Row, columns: list[Column], number: int) -> None:
        """Look at a row field by field."""
        name = self._names[number]
        if len(row.fields) < len(columns):
            lacking = columns[len(row.fields)]
            message = f"the row ends before this column: {len(row.fields)} of {len(columns)} are there"
            if lacking.kind not in ("START_ID", "END_ID"):
                self._note("missing-column", name, row.line, lacking.text, message)
        if len(row.fields) > len(columns) and not self._script.ignore_extra_columns:
            extra = row.fields[len(columns)]
            self._note("extra-column", name, extra.line, "", f"the header has no column for {extra.text[:60]!r}")
        none = Field("", quoted=False, line=row.line)
        for i, column in enumerate(columns):
            entry = row.fields[i] if i < len(row.fields) else none
            if column.kind in ("ID", "START_ID", "END_ID"):
                if entry.text or entry.quoted:
                    self._identifier(column, entry.text, number, entry.line)
                elif column.kind == "ID":
                    self._note("no-id", name, row.line, column.text, "the node has no identifier")
                elif not self._script.skip_bad_relationships:
                    self._note("missing-end", name, row.line, column.text, "the relationship has no such end")
            elif column.kind == "TYPE" and not entry.text:
                self._note("no-type", name, row.line, column.text, "the relationship gets a type without a name")
            elif column.kind == "PROPERTY" and (found := judge(column, entry.text, self._script.array_delimiter)):
                self._note(found[0], name, entry.line, column.text, found[1])

    def _identifier(self, column: Column, text: str, number: int, line: int) -> None:
        if column.kind == "ID":
            if len(text) * 4 > LONGEST_ID and len(text.encode()) > LONGEST_ID:
                message = f"an identifier of {len(text.encode())} bytes is too long for an index"
                self._note("long-id", self._names[number], line, column.text, message)
            self._ids.node(column.space, text, number, line)
        else:
            self._ids.end(column.space, text, number, line, column.text)

    def _duplicates(self) -> None:
        if self._script.skip_duplicates:
            return
        for space, identifier, file, line, first_file, first_line in self._ids.duplicates():
            message = f"{identifier[:80]!r} of the space {space!r} is at {self._names[first_file]}:{first_line} already"
            self._note("duplicate-id", self._names[file], line, "", message)

    def _dangling(self) -> None:
        if self._script.skip_bad_relationships:
            return
        for space, identifier, file, line, part in self._ids.dangling():
            message = f"{identifier[:80]!r} is no node of the space {space!r}"
            self._note("dangling-end", self._names[file], line, part, message)


_SAID: Final = {
    "unbalanced-quote": "the quote of {!r} is not closed up to the end of the file",
    "text-after-quote": "text follows the closing quote of {!r}",
    "line-end-in-field": "the field {!r} goes on in the next line",
    "too-long": "the field {!r} and so on is longer than the buffer",
    "encoding": "bytes of {!r} are no UTF-8, and become U+FFFD",
}


def _split(line: str, script: ImportScript) -> list[str] | None:
    """Return the fields of a header line, or None where it is malformed."""
    quote, stop = script.quote, script.delimiter
    texts: list[str] = []
    rest = line
    while True:
        if rest.startswith(quote):
            end = 1
            while (end := rest.find(quote, end)) >= 0 and rest[end + 1 : end + 2] == quote:
                end += 2
            if end < 0 or rest[end + 1 : end + 2] not in ("", stop):
                return None
            texts.append(rest[1:end].replace(quote * 2, quote))
            rest, more = rest[end + 2 :], rest[end + 1 : end + 2]
        else:
            text, more, rest = rest.partition(stop)
            texts.append(text)
        if not more:
            return texts


class _Identifiers:
    """Identifiers of nodes and of the ends of relationships, compared out of core; a context manager."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        spill = self._stack.enter_context(tempfile.TemporaryDirectory())
        self._database = self._stack.enter_context(duckdb.connect(str(Path(spill) / "identifiers")))
        for setting, value in (("temp_directory", spill), ("threads", 2), ("memory_limit", "1GB")):
            self._database.execute(f"SET {setting} = ?", [value])
        self._database.execute("CREATE TABLE node (space TEXT, id TEXT, file INT, line BIGINT)")
        self._database.execute("CREATE TABLE edge (space TEXT, id TEXT, file INT, line BIGINT, part TEXT)")
        self._nodes: list[tuple[str, str, int, int]] = []
        self._ends: list[tuple[str, str, int, int, str]] = []

    def __enter__(self) -> _Identifiers:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def node(self, space: str, identifier: str, file: int, line: int) -> None:
        """Add the identifier of a node."""
        self._nodes.append((space, identifier, file, line))
        if len(self._nodes) >= _BATCH:
            self._flush()

    def end(self, space: str, identifier: str, file: int, line: int, part: str) -> None:
        """Add an end of a relationship."""
        self._ends.append((space, identifier, file, line, part))
        if len(self._ends) >= _BATCH:
            self._flush()

    def duplicates(self) -> Iterator[tuple[str, str, int, int, int, int]]:
        """Yield space, identifier, file and line of each node but the first of its identifier, and the first's place."""
        self._flush()
        yield from self._rows(
            "WITH twice AS (SELECT space, id FROM node GROUP BY ALL HAVING count(*) > 1), "
            "placed AS (SELECT node.*, first(file) OVER place AS first_file, first(line) OVER place AS first_line "
            "FROM node SEMI JOIN twice USING (space, id) WINDOW place AS (PARTITION BY space, id ORDER BY file, line)) "
            "SELECT * FROM placed WHERE (file, line) <> (first_file, first_line) ORDER BY file, line"
        )

    def dangling(self) -> Iterator[tuple[str, str, int, int, str]]:
        """Yield space, identifier, file, line and column of each end that is no node."""
        self._flush()
        yield from self._rows("SELECT * FROM edge ANTI JOIN node USING (space, id) ORDER BY file, line, part")

    def _rows(self, query: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        found = self._database.execute(query)
        while batch := found.fetchmany(1_000):
            yield from batch

    def _flush(self) -> None:
        for rows, schema, table in ((self._nodes, _NODES, "node"), (self._ends, _ENDS, "edge")):
            if rows:
                columns = [list(column) for column in zip(*rows, strict=True)]
                self._database.register("batch", pa.table(columns, schema=schema))
                self._database.execute(f"INSERT INTO {table} SELECT * FROM batch")  # noqa: S608 - two fixed names
                self._database.unregister("batch")
                rows.clear()
