"""Where in the inputs findings stand, to the column: the inputs are read again, if they are still what was built.

The graph keeps the line at which an identifier is asserted, and passages of its own making; columns are in the file
alone. A file whose hash is not that of the build says nothing, nor does one that is packed, not UTF-8, or large.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.curies import prefix_of
from kg.views.audit.report import Item

#: Bytes of the largest file that is read again.
_MOST: Final = 64 << 20
#: What parts the identifiers of a composite mention.
_PARTS: Final = re.compile(r"[|;,+]")
#: What may stand between a name and its identifier: ``osteosarcoma (MONDO:0002623)``.
_BETWEEN: Final = r"[^\w\n]{0,8}(?:\w+\t)?"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line: 1-based line and columns (the end is excluded), offset in the file, in code points."""

    line: int
    start: int
    end: int
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says of a finding.

    Attributes:
        span: the identifier that is asserted; the name where the source gives none; None where neither is found once.
        is_identifier: whether it is the identifier, so that another can stand in its place.
        words: the mention in its sentence; None where the sentence is not found once.
    """

    span: Span | None = None
    is_identifier: bool = False
    words: Span | None = None


def find_places(items: Iterable[Item], folder: Path, manifest: Mapping[str, Any]) -> dict[str, Found]:
    """Return finding -> what its input says.

    Args:
        items: the findings.
        folder: where the inputs are, by their names.
        manifest: the graph's; it knows the hashes of the inputs.
    """
    hashes = {item["name"]: item["sha256"] for item in manifest.get("inputs") or ()}
    by_input: dict[str, list[Item]] = {}
    for item in items:
        if hashes.get(item.input) and item.mention and not item.united:
            by_input.setdefault(item.input, []).append(item)
    found: dict[str, Found] = {}
    for name, here in by_input.items():
        text = _read(folder / name, hashes[name])
        if text is not None:
            starts = [0, *(match.end() for match in re.finditer("\n", text))]
            found |= {item.finding["id"]: _find(item, text, starts) for item in here}
    return found


def _read(path: Path, sha256: str) -> str | None:
    try:
        if path.stat().st_size > _MOST:
            return None
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            return None
        # A mark of the byte order is no character of the text.
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError):
        return None


def _find(item: Item, text: str, starts: list[int]) -> Found:
    span, is_identifier = None, False
    if 0 < item.line <= len(starts):
        start = starts[item.line - 1]
        end = starts[item.line] if item.line < len(starts) else len(text)
        line = text[start:end]
        words = str(item.mention["text"])
        identifier = written(item)
        place = _once(line, identifier, words) if identifier else None
        if place:
            is_identifier = True
        else:
            place = _once(line, words, "")
        if place:
            span = Span(item.line, place[0] + 1, place[1] + 1, start + place[0], line[place[0] : place[1]])
    return Found(span, is_identifier, _in_sentence(item, text, starts))


def written(item: Item) -> str:
    """Return the identifier that a finding is about as the source writes it, "" where the source gives none.

    Of a composite mention it is the part that is meant (``D001943`` of ``D001943|D008175``).
    """
    whole = str(item.mention["asserted_as"] or "")
    parts = [part.strip() for part in _PARTS.split(whole)]
    if len(parts) < 2 or not item.finding["asserted"]:
        return whole
    local = item.finding["asserted"].partition(":")[2]
    return next((part for part in parts if part.casefold().endswith(local.casefold())), "")


def repaired(item: Item) -> str:
    """Return what stands in the place of the identifier if the suggestion is taken, written as the source writes."""
    old, asserted, suggested = written(item), item.finding["asserted"] or "", str(item.finding["suggested"])
    local = asserted.partition(":")[2]
    if local and prefix_of(asserted) == prefix_of(suggested) and old.casefold().endswith(local.casefold()):
        return old[: len(old) - len(local)] + suggested.partition(":")[2]
    return suggested


def _once(line: str, wanted: str, before: str) -> tuple[int, int] | None:
    """Return where something stands in a line, if once; where it is there often, the one behind the words that are its."""
    bounded = rf"(?<![\w:]){re.escape(wanted)}(?!\w)"
    places = [match.span() for match in re.finditer(bounded, line)]
    if len(places) > 1 and before:
        behind = re.compile(rf"(?<!\w){re.escape(before)}{_BETWEEN}({bounded})", re.IGNORECASE)
        places = [match.span(1) for match in behind.finditer(line)]
    return places[0] if len(places) == 1 else None


def _in_sentence(item: Item, text: str, starts: list[int]) -> Span | None:
    if item.place is None:
        return None
    before, after = item.place.before.removeprefix("…"), item.place.after.removesuffix("…")
    sentence = before + item.place.words + after
    at = text.find(sentence)
    if at < 0 or text.find(sentence, at + 1) >= 0 or "\n" in item.place.words:
        return None
    offset = at + len(before)
    line = bisect_right(starts, offset)
    column = offset - starts[line - 1] + 1
    return Span(line, column, column + len(item.place.words), offset, item.place.words)
