"""Reading an input of any known format, told by its content."""

from __future__ import annotations

from kg.documents.casepage import is_case_page, read_case_page
from kg.documents.intake import Input, Line, printable, read_lines
from kg.model import LedgerEntry, Reading


def read_input(item: Input) -> Reading:
    """Read one input: intake, format told by content, reader.

    An input in a format that is not read makes a reading without documents whose ledger says why.
    """
    lines, sha256, ledger = read_lines(item)
    if not lines:
        return Reading((), tuple(ledger))
    if not is_case_page(lines):
        first = next((line for line in lines if line.text.strip()), Line(0, ""))
        reason = f"not a case page{_looks_like(lines)}"
        aside = LedgerEntry(item.name, "file", "set_aside", 1, reason, first.number, printable(first.text))
        return Reading((), (ledger[0], aside))
    reading = read_case_page(item.name, sha256, lines)
    return Reading(reading.documents, (*ledger, *reading.ledger))


def _looks_like(lines: list[Line]) -> str:
    head = "\n".join(line.text for line in lines[:50]).lstrip()
    for found, name in (
        ("|t|" in head, "PubTator"),
        (head.startswith(("{", "[")), "JSON"),
        (head.lower().startswith(("<!doctype html", "<html")), "an HTML page"),
        (head.startswith("<"), "XML"),
    ):
        if found:
            return f" (it looks like {name}, which this version does not read)"
    return " (no heading such as Abstract, Key findings or Linked entities)"
