"""Intake: from paths to files, and from the bytes of a page to its lines."""

from __future__ import annotations

import glob
import os
import shutil
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: A page larger than this is not a page; it is set aside unread.
MAX_PAGE_BYTES = 16 * 1024 * 1024
#: What a folder is searched for, each also compressed. A file named outright is read whatever it is called.
SUFFIXES: Final = frozenset(
    {
        ".md",
        ".markdown",
        ".txt",
        ".pubtator",
        ".xml",
        ".nxml",
        ".bioc",
        ".json",
        ".jsonl",
        ".ndjson",
        ".csv",
        ".tsv",
        ".tar",
    }
)
#: Suffixes of compressed files.
COMPRESSED: Final = frozenset({".gz", ".bz2", ".xz"})
#: Suffixes of compressed archives.
_ARCHIVES: Final = frozenset({".tgz", ".tbz", ".tbz2", ".txz"})
#: A folder that holds both is a graph, and no input.
_OF_A_GRAPH: Final = frozenset({"manifest.json", "ledger.parquet"})
#: Categories of characters that part lines or steer terminals.
_NO_TEXT: Final = frozenset({"Cc", "Zl", "Zp"})
#: How standard input is named.
STANDARD_INPUT: Final = "-"
#: Folders of what standard input held; they go when the program ends.
_SPOOLED: Final[list[tempfile.TemporaryDirectory[str]]] = []


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

    A folder is searched for files of a known suffix; hidden files, a README at any level and folders that are graphs
    are not searched. A path that is not there and holds ``*``, ``?`` or ``[`` is a pattern, as the shell has it
    (``**``: any folders). ``-`` is standard input: it is kept in a temporary file, for it is read more than once. The
    same file named twice is one input. Two different files of one name are told apart by their parents' names.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("b.txt", "a.xml", "README.md", "x.exe"):
    ...         Path(folder, name).touch()
    ...     [item.name for item in find_inputs([folder])]
    ['a.xml', 'b.txt']
    """
    found: dict[Path, Input] = {}
    for given in paths:
        for path in _matches(given):
            if _is_folder(path):
                for file, problem in _walk(path):
                    name = file.relative_to(path).as_posix()
                    found.setdefault(
                        _identity(file), Input(readable(name if name != "." else path.name), file, problem)
                    )
            elif str(given) == STANDARD_INPUT:
                found.setdefault(path, _standard_input())
            else:
                found.setdefault(_identity(path), Input(readable(path.name), path, _problem_of(path)))
    return sorted(_distinct(list(found.values())), key=lambda i: (i.name, str(i.path)))


def _identity(path: Path) -> Path:
    """Return what is the same for every path to a file."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        # A link that leads in a circle is its own.
        return Path(os.path.realpath(path.parent), path.name)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def _problem_of(path: Path) -> str:
    """Say why a path is no file to read, "" where it is one. A pipe or a device would be read for ever."""
    try:
        return "" if stat.S_ISREG(path.stat().st_mode) else "not a regular file"
    except (FileNotFoundError, NotADirectoryError):
        return "a link that leads nowhere" if path.is_symlink() else "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def searched_for() -> str:
    """Say what a folder is searched for, for messages.

    >>> searched_for()[:50], searched_for()[-38:]
    ('a folder is searched for files whose names end in ', 'named by itself is read whatever it is')
    """
    endings = ", ".join(sorted(SUFFIXES | _ARCHIVES))
    packed = ", ".join(sorted(COMPRESSED))
    return (
        f"a folder is searched for files whose names end in {endings}, or in these with {packed}, but for hidden files "
        f"and READMEs; a file that is named by itself is read whatever it is"
    )


def _matches(given: str | Path) -> list[Path]:
    """Return the path, or what it matches where it is a pattern that the shell has left."""
    path = Path(given)
    if not any(sign in str(given) for sign in "*?[") or _problem_of(path) in {"", "not a regular file"}:
        return [path]
    return [Path(match) for match in sorted(_found(str(given)))] or [path]


def _found(pattern: str) -> Iterator[str]:
    """Yield what a pattern matches; its ``**/`` follows no links, which may lead in circles."""
    head, several, tail = pattern.partition("**/")
    if not several or head[-1:] not in {"", "/"}:
        yield from glob.iglob(pattern)  # noqa: PTH207
        return
    for base in glob.iglob(head) if head else ["."]:  # noqa: PTH207
        for root, folders, _ in os.walk(base):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            yield from _found(f"{glob.escape(root)}/{tail}")


def _standard_input() -> Input:
    """Keep standard input in a file."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="casegraph-")
        _SPOOLED.append(folder)
        path = Path(folder.name, "standard-input")
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
    except (AttributeError, ValueError):
        return Input(
            STANDARD_INPUT, Path(STANDARD_INPUT), "cannot be read: there is no standard input, or it is closed"
        )
    except OSError as error:
        return Input(STANDARD_INPUT, Path(STANDARD_INPUT), f"cannot be read: {error.strerror}")
    return Input(STANDARD_INPUT, path)


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the inputs in a folder, and what cannot be searched or read, with the problem."""
    closed: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=closed.append):
        if set(files) >= _OF_A_GRAPH:
            folders.clear()
            continue
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            if is_searched(name):
                path = Path(root, name)
                yield path, _problem_of(path)
    for error in closed:
        yield Path(error.filename), f"the folder cannot be searched: {error.strerror}"


def readable(name: str) -> str:
    """Return the name of a file as text that every table can hold: bytes that are none and controls as escapes.

    >>> readable("a\\nb"), readable("a\\udcffb"), readable("a b")
    ('a\\\\nb', 'a\\\\xffb', 'a b')
    """
    if name.isprintable():
        return name
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c.encode("unicode_escape").decode() if unicodedata.category(c) in _NO_TEXT else c for c in text)


def is_searched(name: str) -> bool:
    """Tell by its name whether a file of a folder is an input.

    >>> [is_searched(n) for n in ("a.md", "b.XML.gz", "c.tar.gz", "d.tgz", "README.md", ".a.md", "e.pdf", "f.gz")]
    [True, True, True, True, False, False, False, False]
    """
    suffix = Path(_unpacked_name(name)).suffix.lower()
    known = suffix in SUFFIXES or Path(name).suffix.lower() in _ARCHIVES
    return known and not is_hidden_or_readme(name)


def is_hidden_or_readme(name: str) -> bool:
    """Tell whether a file is hidden, in a hidden folder, or a README.

    >>> [is_hidden_or_readme(n) for n in ("a/.b/c.md", "a/readme.txt.gz", "a/readme-1.txt")]
    [True, True, False]
    """
    path = Path(_unpacked_name(name))
    return path.stem.upper() == "README" or any(part.startswith(".") for part in path.parts)


def _unpacked_name(name: str) -> str:
    return name[: -len(suffix)] if (suffix := Path(name).suffix).lower() in COMPRESSED else name


def _distinct(inputs: list[Input]) -> list[Input]:
    """Lengthen names that clash by parent folders, until each is its own or there is no more to add."""
    for depth in range(1, 8):
        seen: dict[str, int] = {}
        for item in inputs:
            if item.name != STANDARD_INPUT:
                seen[item.name] = seen.get(item.name, 0) + 1
        if max(seen.values(), default=1) == 1:
            break
        inputs = [
            item
            if seen.get(item.name, 1) == 1
            else Input(_longer(item, depth), item.path, item.problem)
            for item in inputs
        ]  # fmt: skip
    return inputs


def _longer(item: Input, depth: int) -> str:
    parts = _identity(item.path).parts
    keep = min(len(parts) - 1, item.name.count("/") + 1 + depth)
    return readable("/".join(parts[-keep:]))


def page_lines(data: bytes) -> tuple[list[Line], str]:
    """Return the lines of a page, blank ones too, and why there are none ("" where there are).

    Byte order mark, CRLF and lone CR are taken off. A line that is not UTF-8 or holds a NUL byte is marked with its
    problem; a page that is mostly so is none.

    >>> [(line.number, line.text) for line in page_lines(b"one\\r\\ntwo")[0]]
    [(1, 'one'), (2, 'two')]
    """
    if not data.strip():
        return [], "empty"
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")
    lines = [_line(i, t) for i, t in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1)]
    bad, filled = sum(bool(line.problem) for line in lines), sum(bool(line.text.strip()) for line in lines)
    if bad and (bad == filled or (bad > 2 and bad * 4 > filled)):
        return [], "not text: most of it is not UTF-8 or holds NUL bytes"
    return lines, ""


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
