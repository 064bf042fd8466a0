"""Intake: from paths to decoded lines, with every file and every line accounted for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.model import LedgerEntry

#: A page larger than this is not a page; it is set aside unread.
MAX_PAGE_BYTES = 16 * 1024 * 1024
#: What a folder is searched for. A file named outright is read whatever it is called.
SUFFIXES = (".md", ".markdown", ".txt")


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read.

    Attributes:
        name: how the graph calls it: relative to the folder that was named, else the file's own name.
        path: where it is.
        problem: why it cannot be read, "" where it can.
    """

    name: str
    path: Path
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page with its 1-based number; ``problem`` is set where it cannot be decoded."""

    number: int
    text: str
    problem: str = ""


def find_inputs(paths: Iterable[str | Path]) -> list[Input]:
    """Return the files behind ``paths``, sorted by name whatever the order of ``paths``.

    A folder is searched for pages; hidden files, and a README at any level, are not pages. The same
    file named twice is one input. Two different files of one name are told apart by their parents' names.
    """
    found: dict[Path, Input] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for file in _walk(path):
                found.setdefault(file.resolve(), Input(file.relative_to(path).as_posix(), file))
        else:
            problem = "" if path.is_file() else "no such file" if not path.exists() else "not a regular file"
            found.setdefault(path.resolve(), Input(path.name, path, problem))
    return sorted(_distinct(list(found.values())), key=lambda i: (i.name, str(i.path)))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            page = path.suffix.lower() in SUFFIXES and not name.startswith(".") and path.stem.upper() != "README"
            # A pipe or a device would be read for ever.
            if page and path.is_file():
                yield path


def _distinct(inputs: list[Input]) -> list[Input]:
    """Lengthen names that clash by parent folders, until each is its own or there is no more to add."""
    for depth in range(1, 8):
        seen: dict[str, int] = {}
        for item in inputs:
            seen[item.name] = seen.get(item.name, 0) + 1
        if max(seen.values(), default=1) == 1:
            break
        inputs = [
            item
            if seen[item.name] == 1
            else Input(_longer(item, depth), item.path, item.problem)
            for item in inputs
        ]  # fmt: skip
    return inputs


def _longer(item: Input, depth: int) -> str:
    parts = item.path.resolve().parts
    keep = min(len(parts) - 1, item.name.count("/") + 1 + depth)
    return "/".join(parts[-keep:])


def read_lines(item: Input) -> tuple[list[Line], str, list[LedgerEntry]]:
    """Read a file into lines.

    Byte order mark, CRLF and lone CR are taken off. A line that is not UTF-8 or holds a NUL byte is
    marked with its problem; a file that is mostly so is set aside as a whole.

    Returns:
        The non-blank and blank lines in order, the SHA-256 of the bytes, and the ledger entries of the
        file (one received, one kept or set aside). Where the file is set aside there are no lines.
    """
    received = LedgerEntry(item.name, "file", "received")

    def aside(reason: str) -> tuple[list[Line], str, list[LedgerEntry]]:
        return [], "", [received, LedgerEntry(item.name, "file", "set_aside", reason=reason)]

    if item.problem:
        return aside(item.problem)
    try:
        size = item.path.stat().st_size
        if size > MAX_PAGE_BYTES:
            return aside(f"{size} bytes; a page holds at most {MAX_PAGE_BYTES}")
        data = item.path.read_bytes()
    except OSError as error:
        return aside(f"cannot be read: {error.strerror}")
    if not data.strip():
        return aside("empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return aside("not UTF-8 (it begins as UTF-16); convert it first")
    if data.startswith((b"\x1f\x8b", b"PK\x03\x04", b"%PDF")):
        return aside("a compressed or binary file, not a page")
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")
    lines = [_line(i, t) for i, t in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)]
    bad, filled = sum(bool(line.problem) for line in lines), sum(bool(line.text.strip()) for line in lines)
    if bad and (bad == filled or (bad > 2 and bad * 4 > filled)):
        return aside("not text: most of it is not UTF-8 or holds NUL bytes")
    return lines, hashlib.sha256(data).hexdigest(), [received, LedgerEntry(item.name, "file", "kept")]


def _line(number: int, text: str) -> Line:
    if "\x00" in text:
        return Line(number, text, "holds a NUL byte")
    if any("\udc80" <= char <= "\udcff" for char in text):
        return Line(number, text, "not UTF-8")
    return Line(number, text)


def printable(text: str, limit: int = 120) -> str:
    """Return ``text`` fit for a table cell: no surrogates, no control characters, cut to ``limit``.

    >>> printable("a\\x00b" + "c" * 9, limit=5)
    'a\ufffdbc…'
    """
    clean = "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "\ufffd" for c in text.strip())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
