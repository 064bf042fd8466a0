"""The ledger: received = kept + merged + set aside, for every input and kind, or the build fails.

The entries of all inputs stand in a SQLite file and are added up there: a million inputs fill no memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from kg.documents.tally import EXAMPLES
from kg.errors import BalanceError
from kg.model import LedgerEntry

OUTCOMES = ("received", "kept", "merged", "set_aside")
#: Why a mention was received that no source asserts.
RECOGNISED: Final = "recognised in the text"
KINDS = ("file", "document", "line", "mention", "relation")

#: kind -> outcome -> count.
Totals = dict[str, dict[str, int]]

_COLUMNS: Final = ("input", "kind", "outcome", "count", "reason", "line", "text", "target")
_LIST: Final = ", ".join(_COLUMNS)
_TABLE: Final = (
    "(input TEXT, kind TEXT, outcome TEXT, count INTEGER, reason TEXT, line INTEGER, text TEXT, target TEXT)"
)


def total(rows: Iterable[Mapping[str, Any]]) -> Totals:
    """Return the counts of ledger rows by kind and outcome.

    >>> total([{"kind": "file", "outcome": "received", "count": 2}])["file"]["received"]
    2
    """
    totals = {kind: dict.fromkeys(OUTCOMES, 0) for kind in KINDS}
    for row in rows:
        totals[row["kind"]][row["outcome"]] += row["count"]
    return totals


class Ledger:
    """Adds up a build's ledger on disk; every input is balanced as it comes in.

    Args:
        path: the file to keep it in; a temporary one without it.

    >>> ledger = Ledger()
    >>> ledger.add([LedgerEntry("a.md", "file", "received"), LedgerEntry("a.md", "file", "kept")])
    >>> ledger.add([LedgerEntry("b.md", "file", "received")])
    Traceback (most recent call last):
    kg.errors.BalanceError: the ledger does not balance: b.md: +1 of kind file unaccounted for
    """

    def __init__(self, path: str | Path = "") -> None:
        self.totals: Totals = total(())
        # SQLite's empty name is a temporary file of its own, removed when it is closed.
        self._db = sqlite3.connect(str(path), isolation_level=None)
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -4096"):
            self._db.execute(f"PRAGMA {setting}")
        self._db.execute(f"CREATE TABLE entries {_TABLE}")
        self._db.execute(f"CREATE TABLE later {_TABLE}")
        self._db.execute("CREATE TABLE recognised (input TEXT, count INTEGER)")
        self._db.execute("BEGIN")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the totals stay."""
        self._db.close()

    def add(self, entries: Iterable[LedgerEntry]) -> None:
        """Add all the entries of one input.

        Raises:
            BalanceError: if what was received is not what was kept, merged and set aside.
        """
        sums: dict[tuple[str, str], int] = {}
        rows = []
        for entry in entries:
            sign = 1 if entry.outcome == "received" else -1
            key = (entry.input, entry.kind)
            sums[key] = sums.get(key, 0) + sign * entry.count
            self.totals[entry.kind][entry.outcome] += entry.count
            rows.append(_row(entry))
        if wrong := {key: value for key, value in sums.items() if value}:
            (name, kind), value = min(wrong.items())
            message = f"the ledger does not balance: {name}: {value:+d} of kind {kind} unaccounted for"
            raise BalanceError(message, value=wrong)
        self._db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def merge(self, entries: Iterable[LedgerEntry]) -> None:
        """Take note that records which a reader kept are in other ones now.

        Args:
            entries: of outcome ``merged``; what they count no longer counts as kept.
        """
        rows = []
        for entry in entries:
            counts = self.totals[entry.kind]
            counts["kept"] -= entry.count
            counts["merged"] += entry.count
            rows.append(_row(entry))
        self._db.executemany("INSERT INTO later VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def recognise(self, counts: Mapping[str, int]) -> None:
        """Take note of mentions that no source asserts: they were found in the text, and are kept.

        Args:
            counts: input -> how many.
        """
        self.totals["mention"]["received"] += sum(counts.values())
        self.totals["mention"]["kept"] += sum(counts.values())
        self._db.executemany("INSERT INTO recognised VALUES (?, ?)", counts.items())

    def settle(self) -> None:
        """Close the books once every document has been united.

        The lines of an input go where its documents went: where none of them stands for itself, its lines are merged.

        Raises:
            BalanceError: if more was merged than was kept.
        """
        for outcome in ("received", "kept"):
            self._db.execute(
                "INSERT INTO entries SELECT input, 'mention', ?, sum(count), ?, 0, '', '' FROM recognised GROUP BY input",
                (outcome, RECOGNISED),
            )
        self._db.execute("CREATE TABLE sums AS SELECT input, kind, sum(count) AS moved FROM later GROUP BY input, kind")
        self._db.execute("CREATE UNIQUE INDEX sums_key ON sums (input, kind)")
        lines = self._db.execute(
            "SELECT e.input, 'line', 'merged', sum(e.count), (SELECT min(l.reason) FROM later l WHERE l.input = e.input "
            "AND l.kind = 'document'), 0, '', (SELECT min(l.target) FROM later l WHERE l.input = e.input AND "
            "l.kind = 'document') FROM entries e JOIN sums s ON s.input = e.input AND s.kind = 'document' "
            "WHERE e.kind = 'line' AND e.outcome = 'kept' AND s.moved = (SELECT sum(d.count) FROM entries d WHERE "
            "d.input = e.input AND d.kind = 'document' AND d.outcome = 'kept') GROUP BY e.input"
        ).fetchall() if self._indexed() else []  # fmt: skip
        self.merge(LedgerEntry(*row) for row in lines)
        self._db.executemany("INSERT INTO sums VALUES (?, 'line', ?)", [(row[0], row[3]) for row in lines])
        over = self._db.execute(
            "SELECT s.input, s.kind, s.moved, coalesce(sum(e.count), 0) AS kept FROM sums s LEFT JOIN entries e "
            "ON e.input = s.input AND e.kind = s.kind AND e.outcome = 'kept' GROUP BY s.input, s.kind HAVING kept < s.moved"
        ).fetchone() if self._indexed() else None  # fmt: skip
        if over:
            name, kind, moved, kept = over
            raise BalanceError(f"{name}: {moved} of kind {kind} were merged where {kept} were kept", value=over)

    def _indexed(self) -> bool:
        """Index the entries where anything was merged; most builds merge nothing."""
        if self._db.execute("SELECT 1 FROM later LIMIT 1").fetchone() is None:
            return False
        self._db.execute("CREATE INDEX IF NOT EXISTS entries_key ON entries (input, kind, outcome)")
        self._db.execute("CREATE INDEX IF NOT EXISTS later_key ON later (input, kind)")
        return True

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of the ledger's table, after `settle`.

        Of records that were merged for one reason the first `EXAMPLES` have a row each; the rest are one row.
        """
        untouched = (
            f"SELECT {_LIST} FROM entries e WHERE outcome != 'kept' OR NOT EXISTS "  # noqa: S608 - our own columns
            "(SELECT 1 FROM sums s WHERE s.input = e.input AND s.kind = e.kind)"
        )
        for row in self._db.execute(untouched):
            yield dict(zip(_COLUMNS, row, strict=True))
        left = (
            "SELECT e.input, e.kind, sum(e.count) - s.moved FROM entries e JOIN sums s ON s.input = e.input "
            "AND s.kind = e.kind WHERE e.outcome = 'kept' GROUP BY e.input, e.kind"
        )
        for name, kind, count in self._db.execute(left):
            if count:
                yield _as_dict(LedgerEntry(name, kind, "kept", count))
        merged = f"SELECT {_LIST} FROM later ORDER BY input, kind, reason, line, text, target, count"  # noqa: S608
        for (name, kind, reason), group in groupby(self._db.execute(merged), itemgetter(0, 1, 4)):
            more = 0
            for number, row in enumerate(group):
                if number < EXAMPLES:
                    yield dict(zip(_COLUMNS, row, strict=True))
                else:
                    more += row[3]
            if more:
                yield _as_dict(LedgerEntry(name, kind, "merged", more, reason))


def check_kept(totals: Totals, stored: Mapping[str, int]) -> None:
    """Check what the ledger says was kept against the tables.

    Args:
        totals: the ledger by kind and outcome.
        stored: rows that stand in the tables, by kind (``document``, ``mention``).

    Raises:
        BalanceError: if a record was lost or made up.
    """
    for kind, count in stored.items():
        if (said := totals[kind]["kept"]) != count:
            raise BalanceError(f"the ledger says {said} {kind}s were kept, the tables hold {count}", value=kind)


def count_relations(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return how many relations of the sources stand in their table; one with composite ends has several rows.

    Args:
        rows: the rows of the table ``relations``, in its order.

    >>> row = dict(document="d", input="a", line=0, kind="CID", subject_as="D1|D2", object_as="D3")
    >>> count_relations([row, row, {**row, "subject_as": "D1"}])
    2
    """
    told_apart = itemgetter("input", "line", "kind", "subject_as", "object_as")
    return sum(len(set(map(told_apart, group))) for _, group in groupby(rows, itemgetter("document")))


def _row(entry: LedgerEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, column) for column in _COLUMNS)


def _as_dict(entry: LedgerEntry) -> dict[str, Any]:
    return dict(zip(_COLUMNS, _row(entry), strict=True))
