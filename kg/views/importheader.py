"""Headers of import files: what a column is, and what the importer says to one that it cannot take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.views.importscript import ImportScript, Kind

_INTEGERS: Final = ("byte", "short", "int", "long")
_NUMBERS: Final = ("float", "double")
#: Types of which only the name is checked, not the values.
_OTHERS: Final = (
    "point", "date", "time", "datetime", "localtime", "localdatetime", "duration",
)  # fmt: skip
_SIMPLE: Final = (*_INTEGERS, *_NUMBERS, *_OTHERS, "boolean", "string")
#: Every type that a property can have, in lower case.
PROPERTY_TYPES: Final = frozenset(("char", "textvalue", *_SIMPLE, *(f"{name}[]" for name in _SIMPLE)))
_WORDS: Final = {"nodes": ("ID", "LABEL"), "relationships": ("START_ID", "END_ID", "TYPE")}
_ALL_WORDS: Final = ("ID", "LABEL", "PROPERTY", "TYPE", "START_ID", "END_ID")
#: What lets the pattern of flawless rows pass: numbers that surely fit, texts of any kind.
_LONG: Final = r"(?:-?(?:(?:[0-8][0-9]|9[01])[0-9]{17}|[0-9]{1,18}))?"
_DOUBLE: Final = r"(?:-?[0-9]{1,17}(?:\.[0-9]{1,20})?(?:[eE][-+]?[0-9]{1,2})?)?"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        text: as it stands in the header.
        name: of the property, or "".
        kind: ``ID``, ``LABEL``, ``START_ID``, ``END_ID``, ``TYPE``, ``IGNORE`` or ``PROPERTY``.
        type: of the property, in lower case.
        space: of the identifiers, "" for the one without a name.
    """

    text: str
    name: str
    kind: str
    type: str = "string"
    space: str = ""

    @property
    def element(self) -> str:
        """The type of a value, or of an element of a list; every integer is a long, every float a double."""
        name = self.type.removesuffix("[]")
        return "long" if name in _INTEGERS else "double" if name in _NUMBERS else name

    @property
    def is_list(self) -> bool:
        """Whether the property is a list."""
        return self.type.endswith("[]")


def read_header(
    texts: list[str], kind: Kind, spaces: frozenset[str]
) -> tuple[list[Column], list[tuple[str, str, str]]]:
    """Read a header.

    Args:
        texts: its fields.
        kind: whether it is one of nodes or of relationships.
        spaces: identifier spaces that headers of nodes have named; a header of relationships must keep to them.

    Returns:
        The columns, and what is wrong: code, column, message.

    >>> columns, wrong = read_header(["id:ID(x)", "n:long", "n:int", "k:nonsense"], "nodes", frozenset())
    >>> [(c.kind, c.type, c.space) for c in columns]
    [('ID', 'string', 'x'), ('PROPERTY', 'long', ''), ('PROPERTY', 'int', ''), ('PROPERTY', 'nonsense', '')]
    >>> [(column, message) for _, column, message in wrong]
    [('k:nonsense', 'there is no type nonsense'), ('n:int', 'the name n stands in the header twice')]
    """
    wrong: list[tuple[str, str, str]] = []
    columns: list[Column] = []
    for text in texts:
        column, fault = _column(text, kind)
        columns.append(column)
        if fault:
            wrong.append(("header", text, fault))
        elif column.kind in ("START_ID", "END_ID") and column.space not in spaces:
            known = ", ".join(sorted(spaces)) or "none"
            wrong.append(("unknown-id-space", text, f"no header of nodes names the space {column.space!r} ({known})"))
    names: set[str] = set()
    for column in columns:
        if column.name and column.kind in ("ID", "PROPERTY"):
            if column.name in names:
                wrong.append(("header", column.text, f"the name {column.name} stands in the header twice"))
            names.add(column.name)
    kinds = [column.kind for column in columns]
    for needed in ("START_ID", "END_ID") if kind == "relationships" else ():
        if needed not in kinds:
            wrong.append(("header", "", f"no column is :{needed}"))
    for single in ("START_ID", "END_ID", "TYPE"):
        if kinds.count(single) > 1:
            wrong.append(("header", "", f"two columns are :{single}"))
    if kind == "nodes" and "ID" not in kinds:
        wrong.append(("no-id-column", "", "no column is :ID, so that no relationship can reach these nodes"))
    if kinds.count("ID") > 1:
        wrong.append(("unjudged", "", "identifiers of several columns are not checked"))
    return columns, wrong


def _column(text: str, kind: Kind) -> tuple[Column, str]:
    """Return a column, and what is wrong with it or ""."""
    if not text:
        return Column("", "", "IGNORE"), ""
    rest, space, options = text, "", False
    for opened, closed in ("{}", "()"):
        if (start := rest.find(opened)) < 0:
            continue
        end = rest.rfind(closed)
        if end < start:
            return Column(text, "", "IGNORE"), f"{opened} is not closed"
        if opened == "(":
            space = rest[start + 1 : end]
        else:
            options = True
        rest = rest[:start] + rest[end + 1 :]
    name, colon, word = rest.rpartition(":")
    if not colon:
        return Column(text, rest, "PROPERTY"), ""
    if word == "IGNORE":
        return Column(text, name, "IGNORE"), ""
    upper = word.upper()
    if upper in _WORDS[kind]:
        fault = "options of an identifier are not checked" if options else ""
        return Column(text, name, upper, space=space), fault
    if upper in _ALL_WORDS:
        return Column(text, name, "IGNORE"), f"a header of {kind} cannot have a column :{upper}"
    fault = "" if word.lower() in PROPERTY_TYPES else f"there is no type {word}"
    return Column(text, name, "PROPERTY", word.lower()), fault


def quick_pattern(columns: list[Column], script: ImportScript) -> re.Pattern[str]:
    """Return the pattern of rows that are surely flawless; its groups are the identifiers of the columns.

    What it does not match is looked at field by field, so it may be narrower than the importer's rules.
    """
    quote, stop = re.escape(script.quote), re.escape(script.delimiter)
    inside = rf"[^{quote}]*+" if script.multiline else rf"[^{quote}\r\n]*+"
    text = rf"(?:{quote}{inside}(?:{quote}{quote}{inside})*+{quote}|[^{quote}{stop}\r\n][^{stop}\r\n]*+)"
    parts = []
    for column in columns:
        if column.kind in ("ID", "START_ID", "END_ID"):
            parts.append(f"({text})")
        elif column.kind != "PROPERTY" or column.element in ("string", "char", "textvalue"):
            parts.append(f"{text}?")
        elif column.type == "boolean":
            parts.append("(?:true|false)?")
        elif not column.is_list and column.element in ("long", "double"):
            parts.append(_LONG if column.element == "long" else _DOUBLE)
        else:
            # Nothing but an empty field passes unseen.
            parts.append("")
    return re.compile(stop.join(parts) + r"(?:[\r\n]|\Z)")
