"""The ledger's sums."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.documents.tally import EXAMPLES
from kg.errors import BalanceError
from kg.graph.ledger import Ledger, check_kept, total
from kg.model import LedgerEntry


def sums(ledger: Ledger) -> dict[tuple[str, str, str], int]:
    """Return the counts by input, kind and outcome, of the ledger's own rows."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in ledger.rows():
        found[row["input"], row["kind"], row["outcome"]] += row["count"]
    return dict(found)


def page(name: str, mentions: int = 3, lines: int = 5) -> list[LedgerEntry]:
    """Return the entries of a page with one document."""
    counts = {"file": 1, "document": 1, "mention": mentions, "line": lines}
    return [LedgerEntry(name, k, o, c) for k, c in counts.items() for o in ("received", "kept")]  # type: ignore[arg-type]


def test_what_was_kept_is_checked_against_the_tables() -> None:
    ledger = Ledger()
    ledger.add([LedgerEntry("a", "mention", "received", 2), LedgerEntry("a", "mention", "kept", 2)])
    check_kept(ledger.totals, {"mention": 2})
    with pytest.raises(BalanceError, match="tables hold 1"):
        check_kept(ledger.totals, {"mention": 1})


def test_one_input_cannot_pay_for_another() -> None:
    ledger = Ledger()
    ledger.add([LedgerEntry("a", "line", "received", 1), LedgerEntry("a", "line", "set_aside", 1, "why")])
    with pytest.raises(BalanceError, match="b: -1 of kind line"):
        ledger.add([LedgerEntry("b", "line", "kept", 1)])


def test_a_merged_document_takes_its_lines_along(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(page("a"))
        ledger.add(page("b"))
        ledger.merge([LedgerEntry("b", "document", "merged", 1, "as in a", target="doi:10.5555/x"),
                      LedgerEntry("b", "mention", "merged", 2, "as in a")])  # fmt: skip
        ledger.settle()
        assert sums(ledger) == {
            **{("a", k, o): c for k, c in (("file", 1), ("document", 1), ("mention", 3), ("line", 5)) for o in ("received", "kept")},
            ("b", "file", "received"): 1, ("b", "file", "kept"): 1, ("b", "document", "received"): 1, ("b", "document", "merged"): 1,
            ("b", "mention", "received"): 3, ("b", "mention", "kept"): 1, ("b", "mention", "merged"): 2,
            ("b", "line", "received"): 5, ("b", "line", "merged"): 5,
        }  # fmt: skip
        (line,) = (row for row in ledger.rows() if (row["kind"], row["outcome"]) == ("line", "merged"))
        assert (line["reason"], line["target"]) == ("as in a", "doi:10.5555/x")
        assert ledger.totals == total(ledger.rows())


def test_lines_stay_where_one_document_of_the_input_does() -> None:
    ledger = Ledger()
    two = [LedgerEntry("b", "document", o, 2) for o in ("received", "kept")]  # type: ignore[arg-type]
    ledger.add([*two, LedgerEntry("b", "line", "received", 4), LedgerEntry("b", "line", "kept", 4)])
    ledger.merge([LedgerEntry("b", "document", "merged", 1, "as in a")])
    ledger.settle()
    assert sums(ledger)["b", "line", "kept"] == 4


def test_of_many_records_merged_for_one_reason_some_are_shown() -> None:
    ledger = Ledger()
    ledger.add([LedgerEntry("a", "mention", "received", 100), LedgerEntry("a", "mention", "kept", 100)])
    ledger.merge(LedgerEntry("a", "mention", "merged", 1, "also in b", line, "gout", "m") for line in range(90, 0, -1))
    ledger.settle()
    rows = [row for row in ledger.rows() if row["outcome"] == "merged"]
    assert [row["line"] for row in rows] == [*range(1, EXAMPLES + 1), 0]
    assert rows[-1]["count"] == 90 - EXAMPLES
    assert sums(ledger) == {
        ("a", "mention", "received"): 100,
        ("a", "mention", "kept"): 10,
        ("a", "mention", "merged"): 90,
    }


def test_no_more_is_merged_than_was_kept() -> None:
    ledger = Ledger()
    ledger.add(page("a", mentions=1))
    ledger.merge([LedgerEntry("a", "mention", "merged", 2, "twice")])
    with pytest.raises(BalanceError, match="2 of kind mention were merged where 1 were kept"):
        ledger.settle()
    ledger = Ledger()
    ledger.merge([LedgerEntry("nowhere", "relation", "merged", 1, "made up")])
    with pytest.raises(BalanceError, match="nowhere"):
        ledger.settle()
