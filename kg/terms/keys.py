"""The look-up table of a compiled index: every normalised name with all that a look-up answers.

A hash table inside the SQLite file, in two blobs that are read in place (https://www.sqlite.org/c3ref/blob_open.html):
a look-up costs two reads at known offsets and no SQL. Row 1 of ``lookup`` holds the slots, 64-bit integers in
little-endian order: the CRC-32 of a key above, the place of its record below, in units of 8 bytes and one more,
0 where the slot is free; a key stands at the first free slot from its CRC on. Row 2 holds the records, in the order
of the keys: key, hits, an end mark. Building it needs no memory beyond SQLite's sorter and 16 bytes a name.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from typing import IO, Final, NamedTuple, cast
from zlib import crc32

from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, OTHER, TAXON, VARIANT, Scope
from kg.terms.names import RANK, SCOPES

_CATEGORIES: Final = (DISEASE, CHEMICAL, OTHER, GENE, TAXON, VARIANT, CELL_LINE)
_FLAGS: Final = {
    f"{rank}{code}{obsolete}": (scope, category, bool(obsolete))
    for rank, scope in enumerate(SCOPES)
    for code, category in enumerate(_CATEGORIES)
    for obsolete in (0, 1)
}
_CODES: Final = {flags: code for code, flags in _FLAGS.items()}
_FIELD: Final = "\x1f"
_HIT: Final = "\x1e"
_END: Final = b"\x1d"
_AFTER_KEY: Final = 0x1E
_UNIT: Final = 8
# Most records are shorter; a longer one takes another read.
_FIRST_READ: Final = 192
_CHUNK: Final = 1 << 20


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


_new: Final = tuple.__new__


def pack(hits: Iterable[tuple[str, str, str, str, str, bool]]) -> str:
    """Write the hits of one name: rows of curie, label, name, scope, category, obsolete.

    >>> unpack(pack([("MONDO:1", "flu", "influenza", "exact", "biolink:Disease", False)]), "influenza")[0].label
    'flu'
    """
    return _HIT.join(
        _FIELD.join((curie, label, "" if name == label else name, _CODES[cast(Scope, scope), category, obsolete]))
        for curie, label, name, scope, category, obsolete in hits
    )


def unpack(packed: str, text: str) -> list[Hit]:
    """Read the hits of one name.

    Args:
        packed: what ``pack`` wrote.
        text: the text that was looked up, for ``exact``.

    >>> unpack(pack([("MONDO:1", "a", "A", "exact", "biolink:Disease", False)]), "a")[0].exact
    True
    """
    hits = []
    for row in packed.split(_HIT):
        curie, label, name, flags = row.split(_FIELD)
        scope, category, obsolete = _FLAGS[flags]
        name = name or label
        exact = name == text or name.casefold() == text.strip().casefold()
        # Twice as fast as calling the class, for the same tuple.
        hits.append(_new(Hit, (curie, label, name, scope, category, exact, obsolete)))
    return hits


def build_keys(db: sqlite3.Connection) -> None:
    """Fill the tables ``keys`` and ``lookup`` from the temporary table ``staged`` (key, term, ordinal, text, scope).

    Raises:
        sqlite3.Error: if the index cannot be written.

    >>> from contextlib import closing
    >>> from kg.terms.schema import TABLES
    >>> term = (1, "MONDO:0005812", "mondo", "biolink:Disease", "influenza", "current", "", "", "", "")
    >>> with closing(sqlite3.connect(":memory:")) as db:
    ...     _ = db.executescript(TABLES)
    ...     _ = db.execute("CREATE TEMP TABLE staged (key, term, ordinal, text, scope)")
    ...     _ = db.execute("INSERT INTO terms VALUES (?,?,?,?,?,?,?,?,?,?)", term)
    ...     _ = db.execute("INSERT INTO staged VALUES ('influenza', 1, 0, 'influenza', 'label')")
    ...     build_keys(db)
    ...     keys = Keys(db)
    ...     unpack(keys.find(b"influenza"), "influenza")[0].curie
    ...     keys.close()
    'MONDO:0005812'
    """
    ranks = " ".join(f"WHEN '{scope}' THEN {rank}" for scope, rank in RANK.items())
    codes = " ".join(f"WHEN '{category}' THEN {code}" for code, category in enumerate(_CATEGORIES))
    # The hits are packed by SQLite, as `pack` does it: a million rows would take Python several times as long.
    staged = db.execute(
        f"SELECT key, curie || char(31) || label || char(31) || CASE text WHEN label THEN '' ELSE text END "  # noqa: S608
        "|| char(31) || rank || code || obsolete "
        "FROM (SELECT s.key, t.curie, coalesce(t.label, t.curie) AS label, s.text, "
        f"CASE s.scope {ranks} END AS rank, CASE t.category {codes} END AS code, t.status <> 'current' AS obsolete "
        "FROM staged s JOIN terms t ON t.id = s.term WHERE s.key <> '') "
        "ORDER BY key, obsolete, rank, curie, text"
    )
    checksums, places = array("I"), array("I")
    with tempfile.TemporaryFile(prefix="casegraph-keys-") as records:
        db.executemany("INSERT INTO keys VALUES (?,?)", _write_records(staged, records, checksums, places))
        _insert(db, 1, _little(_slots(checksums, places)).tobytes())
        size = records.tell()
        db.execute("INSERT INTO lookup VALUES (2, zeroblob(?))", (size,))
        records.seek(0)
        with db.blobopen("lookup", "data", 2) as blob:
            while chunk := records.read(_CHUNK):
                blob.write(chunk)


def _write_records(
    staged: Iterable[tuple[str, str]], records: IO[bytes], checksums: array[int], places: array[int]
) -> Iterator[tuple[str, int]]:
    """Write a record for every key; yield the keys with their places."""
    place = 0
    for key, hits in _grouped(staged):
        record = f"{key}{_HIT}{_HIT.join(hits)}".encode() + _END
        padded = len(record) + -len(record) % _UNIT
        records.write(record.ljust(padded, b"\0"))
        checksums.append(crc32(key.encode()))
        places.append(place)
        yield key, place
        place += padded // _UNIT


def _grouped(staged: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    key, hits = "", cast("list[str]", [])
    for row_key, hit in staged:
        if row_key != key:
            if hits:
                yield key, hits
            key, hits = row_key, []
        hits.append(hit)
    if hits:
        yield key, hits


def _slots(checksums: array[int], places: array[int]) -> array[int]:
    """Return the slots, twice as many as keys or more, a power of two."""
    count = 1 << max(3, (2 * len(places)).bit_length())
    slots = array("Q", bytes(8 * count))
    for checksum, place in zip(checksums, places, strict=True):
        slot = checksum & (count - 1)
        while slots[slot]:
            slot = (slot + 1) & (count - 1)
        slots[slot] = checksum << 32 | (place + 1)
    return slots


def _little(slots: array[int]) -> array[int]:
    if sys.byteorder == "big":
        slots.byteswap()
    return slots


def _insert(db: sqlite3.Connection, row: int, data: bytes) -> None:
    db.execute("INSERT INTO lookup VALUES (?,?)", (row, data))


class Keys:
    """Finds keys in a compiled index. The slots are read at the first look-up, 16 bytes a name or a little more.

    Args:
        db: the index.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._slots: array[int] | None = None
        self._records: sqlite3.Blob | None = None

    def close(self) -> None:
        """Let go of the file; the object finds nothing afterwards.

        >>> from contextlib import closing
        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index, closing(sqlite3.connect(index.path)) as db:
        ...     keys = Keys(db)
        ...     _ = keys.find(b"osteosarcoma")
        ...     keys.close()
        ...     keys.find(b"osteosarcoma")
        Traceback (most recent call last):
            ...
        sqlite3.ProgrammingError: Cannot operate on a closed blob.
        """
        if self._records is not None:
            self._records.close()

    def find(self, key: bytes) -> str:
        """Return the packed hits of a normalised name in UTF-8, "" where no term bears it.

        >>> from contextlib import closing
        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index, closing(sqlite3.connect(index.path)) as db:
        ...     keys = Keys(db)
        ...     [hit.curie for hit in unpack(keys.find(b"osteosarcoma"), "osteosarcoma")], keys.find(b"no such name")
        ...     keys.close()
        (['MESH:D012516', 'MONDO:0009807'], '')
        """
        slots = self._slots
        if slots is None:
            slots = self._load()
        checksum = crc32(key)
        last = len(slots) - 1
        slot = checksum & last
        while value := slots[slot]:
            if value >> 32 == checksum:
                data = self._read((value & 0xFFFFFFFF) - 1)
                size = len(key)
                if data.startswith(key) and data[size] == _AFTER_KEY:
                    return data[size + 1 :].decode()
            slot = (slot + 1) & last
        return ""

    def record(self, place: int) -> str:
        """Return the record at a place: key and hits.

        >>> from contextlib import closing
        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index, closing(sqlite3.connect(index.path)) as db:
        ...     (place,) = db.execute("SELECT place FROM keys WHERE key = 'osteosarcoma'").fetchone()
        ...     keys = Keys(db)
        ...     keys.record(place).partition(_HIT)[0]
        ...     keys.close()
        'osteosarcoma'
        """
        return self._read(place).decode()

    def _read(self, place: int) -> bytes:
        if self._records is None:
            self._load()
        records = cast(sqlite3.Blob, self._records)
        start, size = place * _UNIT, _FIRST_READ
        data = cast(bytes, records[start : start + size])
        while (end := data.find(_END)) < 0:
            size *= 4
            data = cast(bytes, records[start : start + size])
        return data[:end]

    def _load(self) -> array[int]:
        slots = array("Q")
        with self._db.blobopen("lookup", "data", 1, readonly=True) as blob:
            slots.frombytes(blob.read())
        self._records = self._db.blobopen("lookup", "data", 2, readonly=True)
        # Last, so that another thread finds all of it or none.
        self._slots = _little(slots)
        return self._slots
