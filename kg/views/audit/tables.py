"""The audit as JSON and as a table with tabs, for programs and spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from kg.views.audit.report import Item

#: Columns of the table.
COLUMNS: Final = (
    "id", "severity", "code", "document", "input", "line", "section", "start", "end", "text", "asserted",
    "asserted_name", "suggested", "suggested_name", "confidence", "linked", "message", "reasons", "settled", "sentence",
)  # fmt: skip


def record(item: Item) -> dict[str, Any]:
    """Return a finding with its place as a flat record: the columns of the table `findings` first."""
    place = item.place
    return {
        **item.finding,
        "confidence": item.confidence,
        "input": item.input or None, "line": item.line or None, "section": place.section if place else None,
        "start": place.start if place else None, "end": place.end if place else None,
        "sentence": place.sentence if place else None, "linked": [term for term, *_ in item.linked],
        "settled": item.settled or None,
    }  # fmt: skip


def json_text(items: Iterable[Item]) -> str:
    """Return the findings as a JSON list."""
    return json.dumps([record(item) for item in items], indent=2, ensure_ascii=False) + "\n"


def tsv_lines(items: Iterable[Item]) -> Iterator[str]:
    """Yield the lines of a table with tabs: a header, one finding a line; white space in a value is one blank."""
    yield "\t".join(COLUMNS) + "\n"
    for item in items:
        row = record(item)
        row["linked"] = " | ".join(row["linked"])
        row["reasons"] = " | ".join(f"{r['check']}: {r['statement']}" for r in row["reasons"])
        yield "\t".join(_cell(row[name]) for name in COLUMNS) + "\n"


def _cell(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
