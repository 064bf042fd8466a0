"""The spool of a build: every document that was read, on disk, until all are there and can be grouped.

A SQLite file in the build's own stage folder. The records are pickles of this package's own classes, written and read
by the processes of one build; the file is removed with the stage, and nothing else is ever unpickled.
"""

from __future__ import annotations

import pickle
import sqlite3
import zlib
from array import array
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import quote

from kg.model import Document

#: What identifies a document, the identifier that names it first; the digit is its rank in the sort order.
_RANKS: Final = {"PMID": "0", "PMCID": "1", "doi": "2"}
_OTHER: Final = "3"

_SCHEMA: Final = """
CREATE TABLE documents (ordinal INTEGER PRIMARY KEY, canonical TEXT NOT NULL, id TEXT NOT NULL, input TEXT NOT NULL,
                        place INTEGER NOT NULL, sha256 TEXT NOT NULL, record BLOB NOT NULL);
CREATE TABLE keys (key TEXT NOT NULL, ordinal INTEGER NOT NULL);
"""


class Packed(NamedTuple):
    """A document as the spool holds it: made where it was read, by whatever process.

    Attributes:
        keys: what identifies it, see `document_keys`.
        id: its identifier.
        input: the name of its input.
        sha256: the hash of its content.
        record: the document itself.
    """

    keys: tuple[str, ...]
    id: str
    input: str
    sha256: str
    record: bytes


def pack(document: Document) -> Packed:
    """Return what the spool keeps of a document.

    >>> pack(Document("PMID:7", "i", "f", "s", "t", pmid="7"))[:4]
    (('0PMID:7',), 'PMID:7', 'i', 's')
    """
    record = zlib.compress(pickle.dumps(document, protocol=5), 1)
    return Packed(tuple(document_keys(document)), document.id, document.input, document.sha256, record)


class Spool:
    """Documents on disk; written once, then read in groups that are one document each.

    Memory is bounded by the largest group, but for eight bytes a document where documents share an identifier.

    Args:
        path: the file to make.

    >>> with Spool(":memory:") as spool:
    ...     for name, pmid, doi in (("a", "2", None), ("b", "1", None), ("c", "2", "10.5555/x")):
    ...         spool.add(Document(f"PMID:{pmid}", name, "f", name, "t", pmid=pmid, doi=doi), 0)
    ...     [[document.input for document in group] for group in spool.groups()]
    [['b'], ['a', 'c']]
    """

    def __init__(self, path: str | Path) -> None:
        self._db = sqlite3.connect(str(path), isolation_level=None)
        # A build that dies starts anew: nothing of this file is worth a journal.
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16384", "locking_mode = EXCLUSIVE"):
            self._db.execute(f"PRAGMA {setting}")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._settled = False
        self.documents = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def add(self, document: Document, place: int) -> None:
        """Put a document in.

        Args:
            document: the document.
            place: its number among the documents of its input.
        """
        self.put(pack(document), place)

    def put(self, packed: Packed, place: int) -> None:
        """Put a document in that was packed where it was read.

        Args:
            packed: the document, from `pack`.
            place: its number among the documents of its input.

        >>> with Spool(":memory:") as spool:
        ...     spool.put(pack(Document("PMID:7", "i", "f", "s", "t", pmid="7")), 0)
        ...     [document.id for document, in spool.groups()]
        ['PMID:7']
        """
        ordinal, self.documents = self.documents, self.documents + 1
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
            (ordinal, packed.keys[0], packed.id, packed.input, place, packed.sha256, packed.record),
        )
        self._db.executemany("INSERT INTO keys VALUES (?, ?)", [(key, ordinal) for key in packed.keys])

    @classmethod
    def of(cls, path: str | Path) -> Self:
        """Open the file of a spool that is settled, to read it."""
        spool = cls.__new__(cls)
        uri = f"file:{quote(str(Path(path).resolve()))}?mode=ro"
        spool._db = sqlite3.connect(uri, uri=True, isolation_level=None)
        spool.documents = 0
        spool._settled = True
        return spool

    def settle(self) -> None:
        """Group the documents, once all are there; others may read the file from now on."""
        if self._settled:
            return
        self._unite_keys()
        self._db.execute("CREATE INDEX IF NOT EXISTS by_canonical ON documents (canonical, input, place, sha256)")
        self._db.execute("COMMIT")
        # The lock is let go at the first reading after this.
        self._db.execute("PRAGMA locking_mode = NORMAL")
        self._db.execute("SELECT 1 FROM documents LIMIT 1").fetchone()
        self._settled = True

    def holds(self, document: Document) -> bool:
        """Tell whether a document that shares an identifier is in the spool.

        >>> with Spool(":memory:") as spool:
        ...     spool.add(Document("PMID:7", "i", "f", "s", "t", pmid="7"), 0)
        ...     [spool.holds(Document(f"PMID:{pmid}", "j", "f", "s", "t", pmid=pmid)) for pmid in "78"]
        [True, False]
        """
        self.settle()
        return any(
            self._db.execute("SELECT 1 FROM keys WHERE key = ? LIMIT 1", (key,)).fetchone()
            for key in document_keys(document)
        )

    def parts(self, size: int) -> Iterator[tuple[str, str]]:
        """Yield the bounds of batches of about ``size`` documents, in order; no group is cut.

        >>> with Spool(":memory:") as spool:
        ...     for pmid in "12345":
        ...         spool.add(Document(f"PMID:{pmid}", "i", "f", pmid, "t", pmid=pmid), 0)
        ...     list(spool.parts(2))
        [('0PMID:1', '0PMID:2'), ('0PMID:3', '0PMID:4'), ('0PMID:5', '0PMID:5')]
        """
        self.settle()
        first, last, held = "", "", 0
        for canonical, count in self._db.execute("SELECT canonical, count(*) FROM documents GROUP BY canonical"):
            first, last, held = first or canonical, canonical, held + count
            if held >= size:
                yield first, last
                first, held = "", 0
        if held:
            yield first, last

    def groups(self, first: str = "", last: str | None = None) -> Iterator[tuple[Document, ...]]:
        """Yield the documents that share an identifier, directly or through others, as one group each.

        Groups come in the order of the identifiers that name them, documents of a group by input and place:
        the order in which the inputs were read changes nothing.

        Args:
            first: bounds of the identifiers, see `parts`; everything without them.
            last: the same.
        """
        self.settle()
        found = self._db.execute(
            "SELECT canonical, record FROM documents WHERE canonical >= ? AND (? IS NULL OR canonical <= ?) "
            "ORDER BY canonical, input, place, sha256",
            (first, last, last),
        )
        for _, rows in groupby(found, itemgetter(0)):
            # Written by `pack`, in this build.
            yield tuple(pickle.loads(zlib.decompress(record)) for _, record in rows)  # noqa: S301

    def _unite_keys(self) -> None:
        """Give the documents of a group one canonical identifier: the first of all that they have."""
        self._db.execute("CREATE INDEX IF NOT EXISTS by_key ON keys (key, ordinal)")
        shared = "SELECT key FROM keys GROUP BY key HAVING count(*) > 1"
        if self._db.execute(f"{shared} LIMIT 1").fetchone() is None:
            return
        parent = array("q", range(self.documents))

        def root(ordinal: int) -> int:
            while parent[ordinal] != ordinal:
                parent[ordinal] = parent[parent[ordinal]]
                ordinal = parent[ordinal]
            return ordinal

        last, first = "", 0
        query = f"SELECT key, ordinal FROM keys WHERE key IN ({shared}) ORDER BY key, ordinal"  # noqa: S608
        for key, ordinal in self._db.execute(query):
            if key != last:
                last, first = key, ordinal
            one, other = sorted((root(first), root(ordinal)))
            parent[other] = one
        self._db.execute("CREATE TEMP TABLE members (ordinal INTEGER PRIMARY KEY, root INTEGER NOT NULL)")
        members = self._db.execute(f"SELECT DISTINCT ordinal FROM keys WHERE key IN ({shared})")  # noqa: S608
        self._db.executemany("INSERT INTO members VALUES (?, ?)", ((o, root(o)) for (o,) in members))
        self._db.execute(
            "CREATE TEMP TABLE names AS SELECT root, min(canonical) AS canonical "
            "FROM members JOIN documents USING (ordinal) GROUP BY root"
        )
        self._db.execute("CREATE UNIQUE INDEX temp.by_root ON names (root)")
        self._db.execute(
            "UPDATE documents SET canonical = (SELECT n.canonical FROM members m JOIN names n ON n.root = m.root "
            "WHERE m.ordinal = documents.ordinal) WHERE ordinal IN (SELECT ordinal FROM members)"
        )


def document_keys(document: Document) -> list[str]:
    """Return what identifies a document, as sort keys: PMID, then PMCID, then DOI, then any other identifier.

    >>> document_keys(Document("PMID:7", "i", "f", "s", "t", pmid="7", doi="10.5555/X"))
    ['0PMID:7', '2doi:10.5555/x']
    """
    told = {"PMID": document.pmid, "PMCID": document.pmcid and document.pmcid.upper(), "doi": document.doi}
    keys = {f"{_RANKS[prefix]}{prefix}:{local.lower() if prefix == 'doi' else local}" for prefix, local in told.items() if local}  # fmt: skip
    prefix, _, local = document.id.partition(":")
    rank = _RANKS.get(prefix, _OTHER)
    if rank == _OTHER and keys:
        # A name of our own is no identifier beside an owner's.
        return sorted(keys)
    return sorted({*keys, f"{rank}{prefix}:{local.lower() if prefix == 'doi' else local}"})
