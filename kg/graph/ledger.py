"""The ledger: received = kept + merged + set aside, for every input and kind, or the build fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from kg.errors import BalanceError
from kg.model import LedgerEntry, Outcome, Reading

OUTCOMES = ("received", "kept", "merged", "set_aside")
KINDS = ("file", "document", "line", "mention")

#: kind -> outcome -> count.
Totals = dict[str, dict[str, int]]


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
    """Adds up a build's ledger in constant memory; every input is balanced as it comes in.

    >>> ledger = Ledger()
    >>> ledger.add([LedgerEntry("a.md", "file", "received"), LedgerEntry("a.md", "file", "kept")])
    >>> ledger.add([LedgerEntry("b.md", "file", "received")])
    Traceback (most recent call last):
    kg.errors.BalanceError: the ledger does not balance: b.md: +1 of kind file unaccounted for
    """

    def __init__(self) -> None:
        self.totals: Totals = total(())

    def add(self, entries: Iterable[LedgerEntry]) -> None:
        """Add all the entries of one input.

        Raises:
            BalanceError: if what was received is not what was kept, merged and set aside.
        """
        sums: dict[tuple[str, str], int] = {}
        for entry in entries:
            sign = 1 if entry.outcome == "received" else -1
            key = (entry.input, entry.kind)
            sums[key] = sums.get(key, 0) + sign * entry.count
            self.totals[entry.kind][entry.outcome] += entry.count
        if wrong := {key: value for key, value in sums.items() if value}:
            (name, kind), value = min(wrong.items())
            message = f"the ledger does not balance: {name}: {value:+d} of kind {kind} unaccounted for"
            raise BalanceError(message, value=wrong)

    def check(self, kept: Mapping[str, int]) -> None:
        """Check what the ledger says was kept against the tables.

        Args:
            kept: rows that stand in the tables, by kind (``document``, ``mention``).

        Raises:
            BalanceError: if a record was lost or made up.
        """
        for kind, count in kept.items():
            if self.totals[kind]["kept"] != count:
                said = self.totals[kind]["kept"]
                raise BalanceError(f"the ledger says {said} {kind}s were kept, the tables hold {count}", value=kind)


def without_document(reading: Reading, kept_as: str, first_input: str, *, same: bool) -> tuple[LedgerEntry, ...]:
    """Return a reading's ledger where its document is in the graph already, from another input.

    Args:
        reading: the second reading of the document.
        kept_as: the document's identifier.
        first_input: the input that the graph holds it from.
        same: whether the two inputs are equal byte for byte; then everything is merged, else set aside.
    """
    outcome: Outcome = "merged" if same else "set_aside"
    reason = f"the same page as {first_input}" if same else f"{first_input} is another page of the same document"

    def changed(entry: LedgerEntry) -> LedgerEntry:
        if entry.outcome == "kept" and entry.kind != "file":
            return replace(entry, outcome=outcome, reason=reason, target=kept_as)
        return entry

    return tuple(changed(entry) for entry in reading.ledger)
