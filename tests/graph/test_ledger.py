"""The ledger's sums."""

from __future__ import annotations

import pytest

from kg.errors import BalanceError
from kg.graph.ledger import Ledger, total, without_document
from kg.model import LedgerEntry, Reading


def test_what_was_kept_is_checked_against_the_tables() -> None:
    ledger = Ledger()
    ledger.add([LedgerEntry("a", "mention", "received", 2), LedgerEntry("a", "mention", "kept", 2)])
    ledger.check({"mention": 2})
    with pytest.raises(BalanceError, match="tables hold 1"):
        ledger.check({"mention": 1})


def test_one_input_cannot_pay_for_another() -> None:
    ledger = Ledger()
    ledger.add([LedgerEntry("a", "line", "received", 1), LedgerEntry("a", "line", "set_aside", 1, "why")])
    with pytest.raises(BalanceError, match="b: -1 of kind line"):
        ledger.add([LedgerEntry("b", "line", "kept", 1)])


@pytest.mark.parametrize(("same", "outcome"), [(True, "merged"), (False, "set_aside")])
def test_without_document(same: bool, outcome: str) -> None:
    entries = (
        LedgerEntry("b", "file", "received"), LedgerEntry("b", "file", "kept"),
        LedgerEntry("b", "mention", "received", 3), LedgerEntry("b", "mention", "kept", 3),
    )  # fmt: skip
    changed = without_document(Reading((), entries), "doi:10.5555/x", "a", same=same)
    Ledger().add(changed)
    rows = [{"kind": e.kind, "outcome": e.outcome, "count": e.count} for e in changed]
    assert total(rows)["mention"] == {"received": 3, "kept": 0, "merged": 0, "set_aside": 0} | {outcome: 3}
    assert total(rows)["file"]["kept"] == 1
