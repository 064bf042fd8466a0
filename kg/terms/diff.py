"""What changed between two compiled term indexes: terms, labels, places in the hierarchy, mappings.

Both files are attached read-only and compared by SQLite, out of core; changes come as iterators in the order
of identifiers. A part of a vocabulary (descriptors and supplementary records of MeSH are two) that one side
does not hold at all is said to be absent, and none of its terms is listed as new or gone. The same holds for
the hierarchy and for every set of mappings: a file of labels alone takes no parents away.

The counts of a part balance: ``old + added + revived - gone - obsoleted == new``.
"""

# ruff: noqa: S608 - only the words of this module are pasted into statements; values are bound.
from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self
from urllib.parse import quote

from kg.errors import TermsError
from kg.terms.accounts import Release
from kg.terms.history import PART
from kg.terms.index import TermIndex

# What a release itself says of an identifier; other statuses come from the releases before it.
_HELD: Final = "('current', 'obsolete', 'alternative')"
_WITHDRAWN: Final = "('obsolete', 'alternative')"
_NEW_SIDE: Final = "new.terms n LEFT JOIN old.terms o ON o.curie = n.curie"
_OLD_SIDE: Final = "old.terms o LEFT JOIN new.terms n ON n.curie = o.curie"
#: Kind of change -> (the table that leads, from, where); the changes of a part are counted and listed by the same words.
_CHANGES: Final = {
    "added": ("n", _NEW_SIDE, f"n.status = 'current' AND (o.id IS NULL OR o.status NOT IN {_HELD})"),
    "gone": ("o", _OLD_SIDE, f"o.status = 'current' AND (n.id IS NULL OR n.status NOT IN {_HELD})"),
    "renamed": (
        "o", _OLD_SIDE, "o.status = 'current' AND n.status = 'current' AND coalesce(o.label, '') <> coalesce(n.label, '')",
    ),
    "obsoleted": ("o", _OLD_SIDE, f"o.status = 'current' AND n.status IN {_WITHDRAWN}"),
    "revived": ("n", _NEW_SIDE, f"n.status = 'current' AND o.status IN {_WITHDRAWN}"),
    "reparented": ("o", "moved JOIN old.terms o ON o.curie = moved.child", "TRUE"),
}  # fmt: skip
_EDGES: Final = (
    "SELECT c.curie, p.curie FROM {0}.parents e JOIN {0}.terms c ON c.id = e.child JOIN {0}.terms p ON p.id = e.parent"
)
_ROWS: Final = (
    "SELECT DISTINCT subject_id, predicate_id, object_id, mapping_source FROM {0}.mappings "
    "WHERE predicate_id LIKE 'skos:%Match'"
)
_PARTS: Final = {"MESH:D": "MESH descriptors", "MESH:C": "MESH supplementary"}
Side = Literal["", "old", "new"]


@dataclass(frozen=True, slots=True)
class Appeared:
    """A current term that the old release does not hold (``added``), or holds as withdrawn (``revived``)."""

    curie: str
    label: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A current term of the old release that the new one lacks (``gone``) or calls obsolete (``obsoleted``).

    Attributes:
        curie: the term.
        label: its label in the old release.
        successors: terms that take its place, as far as the new index knows them.
        consider: terms that the owner advises to look at.
    """

    curie: str
    label: str
    successors: tuple[str, ...] = ()
    consider: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Renamed:
    """A term whose label changed."""

    curie: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Reparented:
    """A term, current in both releases, whose direct parents changed."""

    curie: str
    label: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappingChange:
    """A row of a mapping set that only one side holds; ``record`` is the file and line where it stands."""

    change: Literal["added", "removed"]
    subject_id: str
    predicate_id: str
    object_id: str
    mapping_source: str
    record: str


@dataclass(frozen=True, slots=True)
class PartCounts:
    """The changes of one part of a vocabulary.

    Attributes:
        part: its name, such as ``MONDO`` or ``MESH descriptors``.
        old_version: the old release.
        new_version: the new one.
        old: current terms of the old release.
        new: current terms of the new one.
        added, gone, renamed, obsoleted, revived, reparented: changes; all 0 where a side is absent.
        absent: the side that does not hold the part at all.
        hierarchy_absent: the side that holds no parents for it; then none is compared.
        slice_of: the sides that hold only a slice; there, new and gone say little of the release.
    """

    part: str
    old_version: str
    new_version: str
    old: int
    new: int
    added: int = 0
    gone: int = 0
    renamed: int = 0
    obsoleted: int = 0
    revived: int = 0
    reparented: int = 0
    absent: Side = ""
    hierarchy_absent: Side = ""
    slice_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MappingCounts:
    """The changes of one set of mappings; all 0 where one side does not hold the set at all (``absent``)."""

    mapping_source: str
    old: int
    new: int
    added: int = 0
    removed: int = 0
    absent: Side = ""


class Diff:
    """The changes between two indexes.

    Args:
        old: the index of the earlier release.
        new: the index of the later one.
        prefixes: compare only terms with these CURIE prefixes, and mappings with one of them on a side.

    Raises:
        TermsError: if a file is no term index of this version.
    """

    def __init__(self, old: Path, new: Path, prefixes: Collection[str] = ()) -> None:
        self._releases = {"old": _releases(old), "new": _releases(new)}
        self._prefixes = tuple(sorted(prefixes))
        # What is compared is kept on disk by SQLite, not in memory.
        self._db = sqlite3.connect("", uri=True)
        try:
            for name, path in (("old", old), ("new", new)):
                uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
                self._db.execute(f"ATTACH ? AS {name}", (uri,))
            self._db.execute("PRAGMA temp_store = FILE")
            self._held = {name: self._count_terms(name) for name in ("old", "new")}
            self._placed = {name: self._count_edges(name) for name in ("old", "new")}
            self._compare()
        except sqlite3.Error as error:
            self._db.close()
            raise TermsError(f"{old} and {new} cannot be compared: {error}", value=str(new)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    # -- counts --------------------------------------------------------------------------------------------------

    def parts(self) -> tuple[PartCounts, ...]:
        """Return the counts of every part that a side holds, by name.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> old = "[Term]\\nid: MONDO:0000001\\nname: disease\\n"
        >>> new = old + "\\n[Term]\\nid: MONDO:0005812\\nname: influenza\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         [(part.part, part.old, part.added, part.new) for part in diff.parts()]
        [('MONDO', 1, 1, 2)]
        """
        counts = {change: self._count(change) for change in _CHANGES}
        found = []
        for part in sorted(self._held["old"].keys() | self._held["new"].keys()):
            old, new = (self._held[side].get(part, (0, "")) for side in ("old", "new"))
            slices = [
                side
                for side, (_, source) in (("old", old), ("new", new))
                if (release := self._releases[side].get(source)) and not release.complete
            ]
            absent = _absent(old[0], new[0])
            found.append(PartCounts(
                part_name(part), self._version("old", old[1]), self._version("new", new[1]), old[0], new[0],
                **{change: counts[change].get(part, 0) for change in _CHANGES}, absent=absent,
                hierarchy_absent="" if absent else _absent(
                    self._placed["old"].get(part, 0), self._placed["new"].get(part, 0)
                ),
                slice_of=tuple(slices),
            ))  # fmt: skip
        return tuple(found)

    def mapping_sets(self) -> tuple[MappingCounts, ...]:
        """Return the counts of every set of mappings that a side holds, by name.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> old = "[Term]\\nid: MONDO:0000001\\nname: disease\\n"
        >>> new = old + "property_value: skos:exactMatch MESH:D004194\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         [(one.mapping_source, one.old, one.new, one.absent) for one in diff.mapping_sets()]
        [('obo:mondo', 0, 1, 'old')]
        """
        where, values = self._mapping_filter("m")
        held: dict[str, dict[str, int]] = {}
        for side in ("old", "new"):
            rows = self._db.execute(
                f"SELECT mapping_source, count(*) FROM ({_ROWS.format(side)}) m WHERE {where} GROUP BY 1",
                values,
            )
            held[side] = dict(rows.fetchall())
        changed = {
            (source, change): count
            for source, change, count in self._db.execute(
                "SELECT mapping_source, change, count(*) FROM rows_changed GROUP BY 1, 2"
            )
        }
        return tuple(
            MappingCounts(
                source, held["old"].get(source, 0), held["new"].get(source, 0), changed.get((source, "added"), 0),
                changed.get((source, "removed"), 0), _absent(held["old"].get(source, 0), held["new"].get(source, 0)),
            )
            for source in sorted(held["old"].keys() | held["new"].keys())
        )  # fmt: skip

    @property
    def differ(self) -> bool:
        """Whether anything differs that both sides hold, or a side lacks what the other holds.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> old = "[Term]\\nid: MONDO:0005812\\nname: influenza\\n"
        >>> new = old.replace("influenza", "flu")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         diff.differ
        True
        """
        parts = any(
            p.absent or p.hierarchy_absent or any(getattr(p, change) for change in _CHANGES) for p in self.parts()
        )
        return parts or any(s.absent or s.added or s.removed for s in self.mapping_sets())

    # -- changes -------------------------------------------------------------------------------------------------

    def added(self) -> Iterator[Appeared]:
        """Yield the current terms of the new release that the old one does not hold.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> old = "[Term]\\nid: MONDO:0000001\\nname: disease\\n"
        >>> new = old + "\\n[Term]\\nid: MONDO:0005812\\nname: influenza\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         list(diff.added())
        [Appeared(curie='MONDO:0005812', label='influenza')]
        """
        for curie, label in self._rows("added", "n.curie, coalesce(n.label, '')"):
            yield Appeared(curie, label)

    def revived(self) -> Iterator[Appeared]:
        """Yield the current terms of the new release that the old one held as withdrawn.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> terms = "[Term]\\nid: MONDO:0000001\\nname: disease\\n\\n[Term]\\nid: MONDO:0005812\\n"
        >>> old, new = terms + "name: obsolete flu\\nis_obsolete: true\\n", terms + "name: influenza\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         list(diff.revived())
        [Appeared(curie='MONDO:0005812', label='influenza')]
        """
        for curie, label in self._rows("revived", "n.curie, coalesce(n.label, '')"):
            yield Appeared(curie, label)

    def gone(self) -> Iterator[Withdrawn]:
        """Yield the current terms of the old release that the new one does not hold.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> new = "[Term]\\nid: MONDO:0000001\\nname: disease\\n"
        >>> old = new + "\\n[Term]\\nid: MONDO:0005812\\nname: influenza\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         [(term.curie, term.label) for term in diff.gone()]
        [('MONDO:0005812', 'influenza')]
        """
        yield from self._withdrawn("gone")

    def obsoleted(self) -> Iterator[Withdrawn]:
        """Yield the current terms of the old release that the new one withdrew.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> terms = "[Term]\\nid: MONDO:0000001\\nname: disease\\n\\n[Term]\\nid: MONDO:0005812\\n"
        >>> old, new = terms + "name: influenza\\n", terms + "name: obsolete influenza\\nis_obsolete: true\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         [(term.curie, term.label, term.successors) for term in diff.obsoleted()]
        [('MONDO:0005812', 'influenza', ())]
        """
        yield from self._withdrawn("obsoleted")

    def renamed(self) -> Iterator[Renamed]:
        """Yield the terms whose label changed.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> old = "[Term]\\nid: MONDO:0005812\\nname: influenza\\n"
        >>> new = old.replace("influenza", "flu")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         list(diff.renamed())
        [Renamed(curie='MONDO:0005812', before='influenza', after='flu')]
        """
        for curie, before, after in self._rows("renamed", "o.curie, coalesce(o.label, ''), coalesce(n.label, '')"):
            yield Renamed(curie, before, after)

    def reparented(self) -> Iterator[Reparented]:
        """Yield the terms whose direct parents changed.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> terms = (
        ...     "[Term]\\nid: MONDO:0000001\\nname: disease\\n\\n"
        ...     "[Term]\\nid: MONDO:0005550\\nname: infectious disease\\nis_a: MONDO:0000001\\n\\n"
        ...     "[Term]\\nid: MONDO:0005812\\nname: influenza\\nis_a: ")
        >>> old, new = (terms + parent for parent in ("MONDO:0000001", "MONDO:0005550"))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         [(term.label, term.added, term.removed) for term in diff.reparented()]
        [('influenza', ('MONDO:0005550',), ('MONDO:0000001',))]
        """
        rows = self._db.execute(
            "SELECT m.child, coalesce(n.label, ''), m.parent, m.change FROM edges_changed m "
            "JOIN new.terms n ON n.curie = m.child ORDER BY m.child, m.parent"
        )
        for (child, label), group in groupby(rows, key=lambda row: (row[0], row[1])):
            edges = list(group)
            added, removed = (tuple(e[2] for e in edges if e[3] == change) for change in ("added", "removed"))
            yield Reparented(child, label, added, removed)

    def mappings(self) -> Iterator[MappingChange]:
        """Yield the rows of match predicates that one side adds or lacks, by set.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> old = "[Term]\\nid: MONDO:0000001\\nname: disease\\nproperty_value: skos:exactMatch MESH:D004194\\n"
        >>> new = old.replace("exactMatch", "closeMatch")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, *paths = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for text, path in zip((old, new), paths, strict=True):
        ...         _ = source.write_text(text)
        ...         _ = compile_index(gather([source]).sources, path)
        ...     with Diff(*paths) as diff:
        ...         [(row.change, row.predicate_id, row.object_id) for row in diff.mappings()]
        [('added', 'skos:closeMatch', 'MESH:D004194'), ('removed', 'skos:exactMatch', 'MESH:D004194')]
        """
        rows = self._db.execute(
            "SELECT change, subject_id, predicate_id, object_id, mapping_source FROM rows_changed "
            "ORDER BY mapping_source, subject_id, predicate_id, object_id, change"
        )
        for change, subject, predicate, target, source in rows:
            key = (subject, predicate, target, source)
            side = "new" if change == "added" else "old"
            (record,) = self._db.execute(
                f"SELECT min(record) FROM {side}.mappings WHERE subject_id = ? AND predicate_id = ? "
                "AND object_id = ? AND mapping_source = ?",
                key,
            ).fetchone()
            yield MappingChange(change, subject, predicate, target, source, record)

    # -- inside --------------------------------------------------------------------------------------------------

    def _count_terms(self, side: str) -> dict[str, tuple[int, str]]:
        """Return the current terms of every part with the source that holds most of them."""
        where, values = self._filter("t.curie")
        rows = self._db.execute(
            f"SELECT {PART.format('t.curie')}, count(*), t.source FROM {side}.terms t "
            f"WHERE t.status = 'current' AND {where} GROUP BY 1, 3 ORDER BY 1, 2 DESC, 3",
            values,
        )
        held: dict[str, tuple[int, str]] = {}
        for part, count, source in rows:
            before = held.get(part, (0, source))
            held[part] = (before[0] + count, before[1])
        return held

    def _count_edges(self, side: str) -> dict[str, int]:
        part = PART.format("t.curie")
        rows = self._db.execute(
            f"SELECT {part}, count(*) FROM {side}.parents e JOIN {side}.terms t ON t.id = e.child GROUP BY 1"
        )
        return dict(rows.fetchall())

    def _compare(self) -> None:
        """Note the parts that both sides hold, and what changed in hierarchy and mappings."""
        both = self._held["old"].keys() & self._held["new"].keys()
        placed = both & self._placed["old"].keys() & self._placed["new"].keys()
        for table, parts in (("compared", both), ("placed", placed)):
            self._db.execute(f"CREATE TEMP TABLE {table} (part TEXT PRIMARY KEY) WITHOUT ROWID")
            self._db.executemany(f"INSERT INTO {table} VALUES (?)", ((part,) for part in sorted(parts)))
        where, values = self._filter("x.child")
        self._db.execute("CREATE TEMP TABLE edges_changed (child TEXT, parent TEXT, change TEXT)")
        for change, one, other in (("added", "new", "old"), ("removed", "old", "new")):
            self._db.execute(
                "INSERT INTO edges_changed "
                f"WITH x(child, parent) AS ({_EDGES.format(one)} EXCEPT {_EDGES.format(other)}) "
                f"SELECT x.child, x.parent, '{change}' FROM x JOIN old.terms o ON o.curie = x.child "
                "JOIN new.terms n ON n.curie = x.child WHERE o.status = 'current' AND n.status = 'current' "
                f"AND {PART.format('x.child')} IN (SELECT part FROM placed) AND {where}",
                values,
            )
        self._db.execute("CREATE TEMP TABLE moved AS SELECT DISTINCT child FROM edges_changed")
        where, values = self._mapping_filter("x")
        self._db.execute(
            "CREATE TEMP TABLE rows_changed "
            "(subject_id TEXT, predicate_id TEXT, object_id TEXT, mapping_source TEXT, change TEXT)"
        )
        for change, one, other in (("added", "new", "old"), ("removed", "old", "new")):
            self._db.execute(
                f"INSERT INTO rows_changed SELECT x.*, '{change}' FROM ({_ROWS.format(one)} EXCEPT {_ROWS.format(other)}) x "
                f"WHERE x.mapping_source IN (SELECT mapping_source FROM {other}.mappings) AND {where}",
                values,
            )

    def _filter(self, column: str) -> tuple[str, tuple[str, ...]]:
        if not self._prefixes:
            return "TRUE", ()
        marks = ",".join("?" * len(self._prefixes))
        return f"substr({column}, 1, instr({column}, ':') - 1) IN ({marks})", self._prefixes

    def _mapping_filter(self, table: str) -> tuple[str, tuple[str, ...]]:
        (one, values), (other, _) = self._filter(f"{table}.subject_id"), self._filter(f"{table}.object_id")
        return f"({one} OR {other})", (*values, *values)

    def _clause(self, change: str) -> tuple[str, str, tuple[str, ...]]:
        leads, tables, where = _CHANGES[change]
        only, values = self._filter(f"{leads}.curie")
        part = PART.format(f"{leads}.curie")
        return part, f"{tables} WHERE {where} AND {part} IN (SELECT part FROM compared) AND {only}", values

    def _count(self, change: str) -> dict[str, int]:
        part, clause, values = self._clause(change)
        return dict(self._db.execute(f"SELECT {part}, count(*) FROM {clause} GROUP BY 1", values).fetchall())

    def _rows(self, change: str, columns: str) -> Iterator[tuple[Any, ...]]:
        _, clause, values = self._clause(change)
        leads = _CHANGES[change][0]
        yield from self._db.execute(f"SELECT {columns} FROM {clause} ORDER BY {leads}.curie", values)

    def _withdrawn(self, change: str) -> Iterator[Withdrawn]:
        columns = "o.curie, coalesce(o.label, ''), coalesce(n.replaced_by, ''), coalesce(n.consider, '')"
        for curie, label, successors, consider in self._rows(change, columns):
            yield Withdrawn(curie, label, tuple(successors.split()), tuple(consider.split()))

    def _version(self, side: str, source: str) -> str:
        release = self._releases[side].get(source)
        return release.version if release else ""


def part_name(part: str) -> str:
    """Return how a part of a vocabulary is called.

    >>> part_name("MESH:D"), part_name("MONDO:")
    ('MESH descriptors', 'MONDO')
    """
    return _PARTS.get(part, part.removesuffix(":"))


def _releases(path: Path) -> dict[str, Release]:
    with TermIndex(path) as index:
        return {release.source: release for release in index.releases()}


def _absent(old: int, new: int) -> Side:
    return "" if bool(old) == bool(new) else "new" if old else "old"
