"""Whether a view holds what the graph holds: counts and hashes of each kind of record, and the names of what differs.

A view is read back from itself into :class:`Record` and compared with the tables' records, as far as that view can hold
them. The hash of a kind does not depend on the order of its records: it is the sum of theirs. Records themselves are
compared only where a hash differs, and out of core.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Protocol

import duckdb
import pyarrow as pa

from kg.graph.store import GraphFolder
from kg.views.propertygraph import PNode, PRelationship, iter_nodes, iter_relationships

#: Keys of values that are no properties.
LABELS_KEY, START, END = ":labels", ":start", ":end"
_BATCH: Final = 50_000
_MODULUS: Final = 1 << 128

Kinds = frozenset[str] | None
What = Literal["missing", "extra", "changed", "repeated"]


class Record(NamedTuple):
    """A node or an edge: its kind (first label, or type), its identifier, its values by name."""

    kind: str
    id: str
    values: dict[str, Any]


class View(Protocol):
    """Something that should hold the graph.

    Attributes:
        name: for people.
    """

    name: str

    def expected(self, record: Record) -> Record | None:
        """Return what the view should hold of a record of the property graph; None where nothing of its own."""
        ...

    def further(self) -> Iterator[Record]:
        """Yield what the view should hold besides the property graph, from the tables."""
        ...

    def held(self, kinds: Kinds = None, /) -> Iterator[Record]:
        """Yield what the view holds, or of it at least the records of the kinds."""
        ...

    def notes(self) -> list[str]:
        """Return what is to be said of the view besides."""
        ...


@dataclass(slots=True)
class Tally:
    """How many records there are of a kind, and the sum of their hashes."""

    records: int = 0
    total: int = 0

    def add(self, number: int) -> None:
        """Count a record that has this hash."""
        self.records += 1
        self.total = (self.total + number) % _MODULUS

    @property
    def hash(self) -> str:
        """The hash of the kind, in hexadecimal digits."""
        return f"{self.total:032x}"


@dataclass(frozen=True, slots=True)
class KindReport:
    """One kind in one view: the numbers of records and the hashes, of the graph and of the view."""

    kind: str
    expected: int
    held: int
    expected_hash: str
    held_hash: str

    @property
    def equal(self) -> bool:
        """Whether the view holds the kind as the graph does."""
        return (self.expected, self.expected_hash) == (self.held, self.held_hash)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        kind: label or type.
        id: of the node or edge.
        what: ``missing`` from the view, ``extra`` in it, ``repeated`` in it, or ``changed``.
        property: that has changed, or "".
        expected: its value in the graph, None where it has none.
        held: its value in the view.
    """

    kind: str
    id: str
    what: What
    property: str = ""
    expected: Any = None
    held: Any = None


@dataclass(slots=True)
class ViewReport:
    """What was found in one view.

    Attributes:
        name: of the view.
        kinds: every kind of the graph or the view, sorted.
        differences: those of the first records that differ.
        records: how many records differ in all.
        notes: what is to be said besides.
    """

    name: str
    kinds: list[KindReport] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    records: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether the view holds what the graph holds."""
        return all(kind.equal for kind in self.kinds)


def digest(record: Record) -> int:
    """Return the hash of a record: of its kind, its identifier and its values, whatever their order; 128 bits.

    >>> digest(Record("A", "1", {"x": 1, "y": 2})) == digest(Record("A", "1", {"y": 2, "x": 1}))
    True
    >>> digest(Record("A", "1", {"x": 1})) == digest(Record("A", "1", {"x": 1.0}))
    False
    """
    return int.from_bytes(blake2b(_json(record).encode(), digest_size=16).digest(), "big")


_json = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def node_record(node: PNode) -> Record:
    """Return the record of a node; labels are a set."""
    return Record(node.labels[0], node.id, {**node.properties, LABELS_KEY: sorted(node.labels)})


def relationship_record(link: PRelationship) -> Record:
    """Return the record of a relationship, its ends among the values."""
    return Record(link.type, link.id, {**link.properties, START: link.start, END: link.end})


def graph_records(folder: GraphFolder) -> Iterator[Record]:
    """Yield the records of the property graph, straight from the tables."""
    yield from map(node_record, iter_nodes(folder))
    yield from map(relationship_record, iter_relationships(folder))


def verify(
    folder: GraphFolder,
    views: Sequence[View],
    *,
    shown: int = 10,
    progress: Callable[[str], object] = lambda _: None,
) -> list[ViewReport]:
    """Compare views with a graph.

    Args:
        folder: the graph.
        views: what should hold it.
        shown: records of one view whose differences are listed; all are counted.
        progress: called with what is being done.

    Returns:
        One report a view.

    Raises:
        GraphError: if the graph is damaged.
    """
    progress("the tables")
    wanted: list[dict[str, Tally]] = [{} for _ in views]
    for record in graph_records(folder):
        # Views that hold all of a record share the work of its hash.
        last, number = None, 0
        for view, tallies in zip(views, wanted, strict=True):
            if (seen := view.expected(record)) is None:
                continue
            if seen is not last:
                last, number = seen, digest(seen)
            tallies.setdefault(seen.kind, Tally()).add(number)
    reports = []
    for view, tallies in zip(views, wanted, strict=True):
        progress(view.name)
        _count(view.further(), tallies)
        held: dict[str, Tally] = {}
        _count(view.held(), held)
        report = ViewReport(view.name, notes=view.notes())
        for kind in sorted({*tallies, *held}):
            ours, theirs = tallies.get(kind, Tally()), held.get(kind, Tally())
            report.kinds.append(KindReport(kind, ours.records, theirs.records, ours.hash, theirs.hash))
        unequal = frozenset(kind.kind for kind in report.kinds if not kind.equal)
        if unequal:
            progress(f"what differs in {view.name}")
            with _Differences(folder, view, unequal) as differences:
                report.records = differences.count()
                report.differences = differences.first(shown)
        reports.append(report)
    return reports


def _count(records: Iterable[Record], tallies: dict[str, Tally]) -> None:
    for record in records:
        tallies.setdefault(record.kind, Tally()).add(digest(record))


def _wanted(folder: GraphFolder, view: View, kinds: frozenset[str]) -> Iterator[Record]:
    for record in graph_records(folder):
        seen = view.expected(record)
        if seen is not None and seen.kind in kinds:
            yield seen
    yield from (record for record in view.further() if record.kind in kinds)


# A record that comes twice is compared with its copies, as one text of their hashes.
_ONCE: Final = (
    "(SELECT kind, id, count(*) AS n, string_agg(hash, ' ' ORDER BY hash) AS hashes FROM {} GROUP BY kind, id)"
)
_UNEQUAL: Final = """
    CREATE TABLE unequal AS
    WITH a AS (
        SELECT kind, id, count(*) AS n, string_agg(hash, ' ' ORDER BY hash) AS hashes FROM ours GROUP BY kind, id
    ), b AS (
        SELECT kind, id, count(*) AS n, string_agg(hash, ' ' ORDER BY hash) AS hashes FROM theirs GROUP BY kind, id
    )
    SELECT kind, id, coalesce(a.n, 0) AS ours, coalesce(b.n, 0) AS theirs
    FROM a FULL JOIN b USING (kind, id) WHERE a.hashes IS DISTINCT FROM b.hashes
"""


class _Differences:
    """The records that differ between a graph and a view, found out of core; a context manager."""

    def __init__(self, folder: GraphFolder, view: View, kinds: frozenset[str]) -> None:
        self._folder = folder
        self._view = view
        self._kinds = kinds
        self._stack = ExitStack()
        spill = self._stack.enter_context(tempfile.TemporaryDirectory())
        self._database = self._stack.enter_context(closing(duckdb.connect(str(Path(spill) / "records"))))
        for setting, value in (("temp_directory", spill), ("threads", 2), ("memory_limit", "1GB")):
            self._database.execute(f"SET {setting} = ?", [value])
        for table, records in (("ours", _wanted(folder, view, kinds)), ("theirs", self._held())):
            self._fill(table, records)
        self._database.execute(_UNEQUAL)

    def __enter__(self) -> _Differences:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def count(self) -> int:
        """Return how many records differ."""
        (number,) = self._database.execute("SELECT count(*) FROM unequal").fetchone() or (0,)
        return int(number)

    def first(self, shown: int) -> list[Difference]:
        """Return the differences of the first records, with the values of both sides."""
        rows = self._database.execute("SELECT * FROM unequal ORDER BY kind, id LIMIT ?", [shown]).fetchall()
        keys = {(kind, identifier) for kind, identifier, _, _ in rows}
        ours = _pick(_wanted(self._folder, self._view, self._kinds), keys)
        theirs = _pick(self._held(), keys)
        found: list[Difference] = []
        for kind, identifier, expected, held in rows:
            mine, yours = ours.get((kind, identifier), {}), theirs.get((kind, identifier), {})
            if not held:
                found.append(Difference(kind, identifier, "missing"))
            elif not expected:
                found.append(Difference(kind, identifier, "extra"))
            elif held != expected:
                found.append(Difference(kind, identifier, "repeated", "", expected, held))
            else:
                found += [
                    Difference(kind, identifier, "changed", key, mine.get(key), yours.get(key))
                    for key in sorted({*mine, *yours})
                    if _json(mine.get(key)) != _json(yours.get(key))
                ]
        return found

    def _held(self) -> Iterator[Record]:
        return (record for record in self._view.held(self._kinds) if record.kind in self._kinds)

    def _fill(self, table: str, records: Iterable[Record]) -> None:
        self._database.execute(f"CREATE TABLE {table} (kind TEXT, id TEXT, hash TEXT)")
        rows: list[tuple[str, str, str]] = []
        for record in records:
            rows.append((record.kind, record.id, f"{digest(record):032x}"))
            if len(rows) >= _BATCH:
                self._flush(table, rows)
        self._flush(table, rows)

    def _flush(self, table: str, rows: list[tuple[str, str, str]]) -> None:
        if rows:
            batch = pa.table([list(column) for column in zip(*rows, strict=True)], names=["kind", "id", "hash"])
            self._database.register("batch", batch)
            self._database.execute(f"INSERT INTO {table} SELECT * FROM batch")  # noqa: S608 - one of two names
            self._database.unregister("batch")
            rows.clear()


def _pick(records: Iterable[Record], keys: set[tuple[str, str]]) -> Mapping[tuple[str, str], dict[str, Any]]:
    return {(r.kind, r.id): r.values for r in records if (r.kind, r.id) in keys}
