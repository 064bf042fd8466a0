"""The script of a folder of import files, read back: which files go where, and how they will be read.

Only the options that the pre-flight check understands are taken; any other one is told of, since what the importer
then does is not predicted. Defaults are those of `neo4j-admin database import full` of Neo4j 5.26:
https://neo4j.com/docs/operations-manual/5/tools/neo4j-admin/neo4j-admin-import/
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from kg.errors import InputError

SCRIPT: Final = "import.sh"
Kind = Literal["nodes", "relationships"]

_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SIZE: Final = re.compile(r"(\d+)\s*([kmg]?)(?:i?b)?", re.IGNORECASE)
#: Options that change nothing of what is checked.
_HARMLESS: Final = frozenset(
    {
        "bad-tolerance", "force", "format", "high-parallel-io", "max-off-heap-memory", "overwrite-destination",
        "report-file", "skip-bad-entries-logging", "strict", "threads", "verbose",
    }
)  # fmt: skip
#: Options that are understood with one value only: that of the scripts that casegraph writes.
_FIXED: Final = {
    "auto-skip-subsequent-headers": "false",
    "id-type": "string",
    "ignore-empty-strings": "false",
    "input-encoding": "utf-8",
    "input-type": "csv",
    "legacy-style-quoting": "false",
    "multiline-fields-format": "v1",
    "normalize-types": "true",
    "trim-strings": "false",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One ``--nodes`` or ``--relationships`` option: labels or type, and the files, the first with the header."""

    kind: Kind
    words: tuple[str, ...]
    files: tuple[Path, ...]


@dataclass(slots=True)
class ImportScript:
    """What the importer is told.

    Attributes:
        folder: where the files lie.
        sources: the groups of files, in the order of the script.
        delimiter: between fields.
        array_delimiter: between the elements of a list.
        quote: around fields.
        multiline: whether a quoted field may hold line ends.
        buffer: characters (UTF-16) that one field must be shorter than.
        skip_duplicates: whether a node whose identifier was there already is left out.
        skip_bad_relationships: whether a relationship without its ends is left out.
        ignore_extra_columns: whether fields beyond the header are left out.
        doubts: options that the check does not understand, with what is wrong.
    """

    folder: Path
    sources: list[Source] = field(default_factory=list)
    delimiter: str = ","
    array_delimiter: str = ";"
    quote: str = '"'
    multiline: bool = False
    buffer: int = 4 << 20
    skip_duplicates: bool = False
    skip_bad_relationships: bool = False
    ignore_extra_columns: bool = False
    doubts: list[str] = field(default_factory=list)


def is_import_folder(folder: Path) -> bool:
    """Tell whether a folder holds the script of an import."""
    return (folder / SCRIPT).is_file()


def read_script(folder: Path) -> ImportScript:
    """Read the script of a folder of import files.

    Args:
        folder: holds ``import.sh``, which calls ``database import full``.

    Raises:
        InputError: if there is no such script, or it imports nothing.
    """
    file = folder / SCRIPT
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{folder} holds no readable {SCRIPT}; write the files with: kg export GRAPH neo4j-csv -o {folder}",
            value=str(folder),
        ) from error
    found = re.search(r"database import full((?:\\\n|[^\n])*)", text)
    if found is None:
        raise InputError(f"{file} does not call `database import full`; write it again", value=str(file))
    script = ImportScript(folder)
    try:
        words = shlex.split(found[1].replace("\\\n", " "), comments=True)
    except ValueError as error:
        raise InputError(f"{file} cannot be read: {error}; write it again", value=str(file)) from error
    for word in words:
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            _take(script, name, value if equals else "true")
    if not any(source.kind == "nodes" for source in script.sources):
        raise InputError(f"{file} imports no nodes; write it again", value=str(file))
    marks = (script.delimiter, script.array_delimiter, script.quote)
    if len(set(marks)) < len(marks):
        script.doubts.append("delimiter, array delimiter and quote must be three different characters")
    return script


def _take(script: ImportScript, name: str, value: str) -> None:
    if name in ("nodes", "relationships"):
        script.sources.append(_source(script.folder, "nodes" if name == "nodes" else "relationships", value))
    elif name in ("delimiter", "array-delimiter", "quote"):
        setattr(script, name.replace("-", "_"), _character(script, name, value))
    elif name == "multiline-fields" and value in ("true", "false"):
        script.multiline = value == "true"
    elif name == "read-buffer-size" and (size := _SIZE.fullmatch(value)):
        script.buffer = int(size[1]) * _UNITS[size[2].lower()]
    elif name == "skip-duplicate-nodes":
        script.skip_duplicates = value == "true"
    elif name == "skip-bad-relationships":
        script.skip_bad_relationships = value == "true"
    elif name == "ignore-extra-columns":
        script.ignore_extra_columns = value == "true"
    elif name not in _HARMLESS and _FIXED.get(name) != value.lower():
        script.doubts.append(f"the check cannot tell what --{name}={value} does")


def _source(folder: Path, kind: Kind, value: str) -> Source:
    words, equals, files = value.partition("=")
    if not equals:
        words, files = "", value
    parts = words.split(":") if kind == "nodes" else [words]
    named = tuple(word.strip() for word in parts if word.strip())
    return Source(kind, named, tuple(folder / name.strip() for name in files.split(",") if name.strip()))


def _character(script: ImportScript, name: str, value: str) -> str:
    """Return the character that an option names: itself, ``TAB``, ``\\t``, ``\\31`` or ``U+001F``."""
    if len(value) == 1:
        return value
    if value in ("TAB", r"\t"):
        return "\t"
    if code := re.fullmatch(r"(?:U\+|\\u)([0-9A-F]{4})", value, re.IGNORECASE):
        return chr(int(code[1], 16))
    if code := re.fullmatch(r"\\(\d{1,5})", value):
        return chr(int(code[1]))
    script.doubts.append(f"--{name}={value} names no character")
    return str(getattr(script, name.replace("-", "_")))
