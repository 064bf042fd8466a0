"""Counting what a reader meets: received = kept + merged + set aside, in memory that does not grow with the input.

A reader of a stream tells the tally of every record; the tally makes ledger entries of it. Of equal reasons
the first ``EXAMPLES`` keep their own entry, with line and text; the rest are one entry with a count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal

from kg.documents.intake import printable
from kg.model import LedgerEntry, Outcome

Kind = Literal["file", "document", "line", "mention", "relation"]
#: Entries of their own for each reason; what comes after is counted.
EXAMPLES: Final = 20


class Tally:
    """The ledger of one input while it is read.

    Args:
        name: the input's name in the ledger.

    >>> tally = Tally("a.txt")
    >>> tally.receive("mention", 3); tally.keep("mention", 2)
    >>> tally.set_aside("mention", "no such span", line=7, text="7\\\\t9\\\\tx")
    >>> [(e.outcome, e.count, e.reason) for e in tally.entries()]
    [('received', 3, ''), ('kept', 2, ''), ('set_aside', 1, 'no such span')]
    >>> tally.balanced()
    True
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._received: Counter[Kind] = Counter()
        self._kept: Counter[Kind] = Counter()
        self._reasons: dict[tuple[Kind, Outcome, str], int] = {}
        self._examples: list[LedgerEntry] = []

    def receive(self, kind: Kind, count: int = 1) -> None:
        """Count records that the input holds.

        >>> tally = Tally("a.txt")
        >>> tally.receive("mention", 3)
        >>> [(entry.kind, entry.outcome, entry.count) for entry in tally.entries()]
        [('mention', 'received', 3)]
        """
        self._received[kind] += count

    def keep(self, kind: Kind, count: int = 1) -> None:
        """Count records that were kept.

        >>> tally = Tally("a.txt")
        >>> tally.keep("mention")
        >>> [(entry.kind, entry.outcome, entry.count) for entry in tally.entries()]
        [('mention', 'kept', 1)]
        """
        self._kept[kind] += count

    def merge(
        self, kind: Kind, reason: str, *, count: int = 1, line: int = 0, text: str = "", target: str = ""
    ) -> None:
        """Count records that are in another one now.

        >>> tally = Tally("a.txt")
        >>> tally.merge("relation", "given twice", line=7)
        >>> [(entry.kind, entry.outcome, entry.reason, entry.line) for entry in tally.entries()]
        [('relation', 'merged', 'given twice', 7)]
        """
        self._other("merged", kind, reason, count, line, text, target)

    def set_aside(
        self, kind: Kind, reason: str, *, count: int = 1, line: int = 0, text: str = "", target: str = ""
    ) -> None:
        """Count records that were not taken, and say why.

        >>> tally = Tally("a.txt")
        >>> tally.set_aside("mention", "no such span", line=7, text="7\\t9\\tx")
        >>> [(entry.kind, entry.outcome, entry.reason, entry.line) for entry in tally.entries()]
        [('mention', 'set_aside', 'no such span', 7)]
        """
        self._other("set_aside", kind, reason, count, line, text, target)

    def _other(self, outcome: Outcome, kind: Kind, reason: str, count: int, line: int, text: str, target: str) -> None:
        key = (kind, outcome, reason)
        seen = self._reasons.get(key, 0)
        self._reasons[key] = seen + count
        if seen < EXAMPLES:
            self._examples.append(LedgerEntry(self.name, kind, outcome, count, reason, line, printable(text), target))

    def absorb(self, other: Tally) -> None:
        """Count all that another tally of the same input has counted, as if it had been told here, now.

        >>> tally, more = Tally("a.txt"), Tally("a.txt")
        >>> for line, one in enumerate((tally, more), 1):
        ...     one.receive("line"); one.set_aside("line", "blank", line=line)
        >>> tally.absorb(more)
        >>> [(entry.outcome, entry.count, entry.line) for entry in tally.entries()]
        [('received', 2, 0), ('set_aside', 1, 1), ('set_aside', 1, 2)]
        """
        self._received.update(other._received)
        self._kept.update(other._kept)
        # The other's examples are the first records of each reason there; those that are early enough here stay.
        seen = dict(self._reasons)
        for entry in other._examples:
            key = (entry.kind, entry.outcome, entry.reason)
            if seen.get(key, 0) < EXAMPLES:
                self._examples.append(entry)
            seen[key] = seen.get(key, 0) + entry.count
        for key, count in other._reasons.items():
            self._reasons[key] = self._reasons.get(key, 0) + count

    def balanced(self) -> bool:
        """Tell whether every record that was received is accounted for.

        >>> tally = Tally("a.txt")
        >>> tally.receive("mention")
        >>> tally.balanced()
        False
        """
        told: Counter[Kind] = Counter(self._kept)
        for (kind, _, _), count in self._reasons.items():
            told[kind] += count
        return all(self._received[kind] == told[kind] for kind in {*self._received, *told})

    def entries(self) -> Iterator[LedgerEntry]:
        """Yield the ledger entries: what was received and kept by kind, then everything else with its reason.

        >>> tally = Tally("a.txt")
        >>> tally.receive("document")
        >>> tally.keep("document")
        >>> [(entry.outcome, entry.count) for entry in tally.entries()]
        [('received', 1), ('kept', 1)]
        """
        for kind, count in self._received.items():
            yield LedgerEntry(self.name, kind, "received", count)
        for kind, count in self._kept.items():
            yield LedgerEntry(self.name, kind, "kept", count)
        yield from self._examples
        shown: Counter[tuple[Kind, Outcome, str]] = Counter()
        for entry in self._examples:
            shown[entry.kind, entry.outcome, entry.reason] += entry.count
        for (kind, outcome, reason), count in self._reasons.items():
            if more := count - shown[kind, outcome, reason]:
                yield LedgerEntry(self.name, kind, outcome, more, reason)
