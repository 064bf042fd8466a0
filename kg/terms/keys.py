"""The look-up table of a compiled index: every normalised name with all that a look-up answers, in one row.

A row is found by an integer, a hash of the name, which SQLite finds several times faster than text; names
that share a hash stand on the next free integers. Building it needs no memory beyond SQLite's sorter.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple, cast

from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, OTHER, TAXON, VARIANT, Scope

SCOPES: Final[tuple[Scope, ...]] = ("label", "exact", "narrow", "broad", "related")
#: Rank of a scope: the closer to the term, the lower.
RANK: Final[dict[str, int]] = {scope: rank for rank, scope in enumerate(SCOPES)}
_CATEGORIES: Final = (DISEASE, CHEMICAL, OTHER, GENE, TAXON, VARIANT, CELL_LINE)
_CODES: Final = {category: code for code, category in enumerate(_CATEGORIES)}
_FIELD: Final = "\x1f"
_HIT: Final = "\x1e"


class Hit(NamedTuple):
    """A term that bears a name.

    Attributes:
        curie: the term.
        label: its preferred name.
        name: the name that matched, as the ontology writes it.
        scope: what that name is to the term.
        category: Biolink category of the term.
        exact: whether the looked-up text is this name but for case, not only after normalisation.
        obsolete: whether the owner withdrew the term.
    """

    curie: str
    label: str
    name: str
    scope: Scope
    category: str
    exact: bool
    obsolete: bool = False


def name_hash(key: str) -> int:
    """Return the integer under which a normalised name is first looked for (below 2**48).

    >>> name_hash("osteosarcoma") == name_hash("osteosarcoma") < 2**48
    True
    """
    data = key.encode()
    return zlib.crc32(data) << 16 | zlib.adler32(data) & 0xFFFF


def pack(rows: Iterable[tuple[str, str, str, str, str, bool]]) -> str:
    """Write the hits of one name: rows of curie, label, name, scope, category, obsolete."""
    return _HIT.join(
        _FIELD.join((curie, label, name, f"{RANK[scope]}{_CODES[category]}{int(obsolete)}"))
        for curie, label, name, scope, category, obsolete in rows
    )


def unpack(packed: str, surface: str) -> list[Hit]:
    """Read the hits of one name.

    Args:
        packed: what ``pack`` wrote.
        surface: the text that was looked up, stripped and case-folded.

    >>> unpack(pack([("MONDO:1", "a", "A", "exact", "biolink:Disease", False)]), "a")[0].exact
    True
    """
    hits = []
    for row in packed.split(_HIT):
        curie, label, name, flags = row.split(_FIELD)
        hits.append(Hit(
            curie, label, name, SCOPES[int(flags[0])], _CATEGORIES[int(flags[1])],
            name.casefold() == surface, flags[2] == "1",
        ))  # fmt: skip
    return hits


def build_keys(db: sqlite3.Connection) -> None:
    """Fill the table ``keys`` from the temporary table ``staged`` (hash, key, term, ordinal, text, scope).

    Raises:
        sqlite3.Error: if the index cannot be written.
    """
    staged = db.execute(
        "SELECT s.hash, s.key, t.curie, coalesce(t.label, t.curie), s.text, s.scope, t.category, t.status <> 'current' "
        "FROM staged s JOIN terms t ON t.id = s.term WHERE s.key <> '' ORDER BY s.hash, s.key, t.curie, s.ordinal"
    )
    db.executemany("INSERT INTO keys VALUES (?,?,?)", _rows(staged))


def _rows(staged: Iterable[tuple[object, ...]]) -> Iterator[tuple[int, str, str]]:
    last = -1
    for (number, key), group in groupby(staged, key=lambda row: (cast(int, row[0]), cast(str, row[1]))):
        # Two names of one hash: the second takes the next integer; those after it move on where they must.
        last = max(number, last + 1)
        rows = sorted(
            (cast("tuple[str, str, str, str, str, bool]", row[2:]) for row in group),
            key=lambda row: (row[5], RANK[row[3]], row[0], row[2]),
        )
        yield last, key, pack(rows)


def find(db: sqlite3.Connection, key: str) -> str | None:
    """Return the packed hits of a normalised name, or None where no term bears it."""
    number = name_hash(key)
    while row := db.execute("SELECT key, hits FROM keys WHERE hash = ?", (number,)).fetchone():
        if row[0] == key:
            return cast(str, row[1])
        number += 1
    return None
