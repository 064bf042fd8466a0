"""Documents -> rows of unsorted tables, some at a time, by one process or several.

Each batch of documents has files of its own in the spool, so that processes share nothing but the disk. What they
return is small: which entities were seen, what was merged, what was recognised. The final sort makes one order of all
the files: how the documents were shared out changes no byte.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from kg.documents.uniting import unite
from kg.documents.workers import Workers
from kg.graph.assemble import Assembler, Row, Seen
from kg.graph.spool import Spool
from kg.graph.tables import SCHEMAS, TableWriter
from kg.linking.curation import Curation, Uses
from kg.linking.decisionsfile import read_decisions
from kg.linking.equivalence import Entities
from kg.linking.lessons import read_taught
from kg.linking.recognition import Options, Recogniser
from kg.model import BuildConfig, Document, LedgerEntry
from kg.terms.index import TermIndex

#: Documents of one batch.
BATCH: Final = 500
#: Rows of a table that are held before they are written out.
_ROWS: Final = 5_000
#: Tables that are told; edges are added up from evidence.
TOLD: Final = tuple(name for name in SCHEMAS if name != "edges")


@dataclass(slots=True)
class Told:
    """What the documents of a batch brought in beside their rows.

    Attributes:
        documents: how many records they were made of.
        seen: the entities.
        merged: entries of records that are a part of other ones now.
        recognised: input -> mentions that were found in its text.
        uses: what became of the curators' decisions.
    """

    documents: int = 0
    seen: Seen = field(default_factory=Seen)
    merged: list[LedgerEntry] = field(default_factory=list)
    recognised: Counter[str] = field(default_factory=Counter)
    uses: Uses = field(default_factory=Uses)


class Writers:
    """One file a table in a folder, made when its first row comes; use as a context manager.

    Args:
        folder: where the files go.
        part: what their names have before the suffix, such as ``.3``.
    """

    def __init__(self, folder: Path, part: str = "") -> None:
        self._folder = folder
        self._part = part
        self._stack = ExitStack()
        self._writers: dict[str, TableWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def write(self, rows: Iterable[Row]) -> None:
        """Write rows to their tables."""
        for table, row in rows:
            writer = self._writers.get(table) or self.open(table)
            writer.write(row)

    def open(self, table: str) -> TableWriter:
        """Make the file of a table, which is empty where no row comes."""
        path = self._folder / f"{table}{self._part}.parquet"
        writer = self._stack.enter_context(TableWriter(path, SCHEMAS[table], batch=_ROWS))
        self._writers[table] = writer
        return writer


class Teller:
    """Tells documents into files.

    Args:
        index: the term index.
        config: the build's knobs.
        decisions: the curators' file.
        lessons: the file of what the linkers were taught (`kg.linking.lessons.Lessons.write`).
    """

    def __init__(
        self, index: TermIndex, config: BuildConfig, decisions: Path | None = None, lessons: Path | None = None
    ) -> None:
        self.index = index
        self.config = config
        self.curation = Curation(read_decisions(decisions), index) if decisions else None
        self.entities = Entities(index)
        self.taught = read_taught(lessons) if lessons else {}
        self._recogniser = Recogniser(index, Options(kinds=config.recognise)) if config.recognise else None

    def tell(self, groups: Iterable[tuple[Document, ...]], folder: Path, number: int) -> Told:
        """Unite, link and tell documents.

        Args:
            groups: the records of each document.
            folder: where the files of rows go.
            number: of the batch; it is part of the files' names.
        """
        told = Told()
        assembler = Assembler(
            self.index, self.config, self.entities, told.seen, self.curation, told.uses, self.taught
        )  # fmt: skip
        with Writers(folder, f".{number:06d}") as writers:
            for group in groups:
                document, merged = unite(group)
                told.documents += len(group)
                told.merged += merged
                writers.write(assembler.rows(self._recognised(document, told)))
        return told

    def _recognised(self, document: Document, told: Told) -> Document:
        """Return a document with the mentions that its source has not annotated, where they are wanted."""
        found = self._recogniser.recognise(document) if self._recogniser else ()
        if not found:
            return document
        told.recognised[document.input] += len(found)
        return replace(document, mentions=(*document.mentions, *found))


def tell_all(
    spool: Spool,
    path: Path,
    folder: Path,
    index: TermIndex,
    config: BuildConfig,
    jobs: int,
    decisions: Path | None = None,
    lessons: Path | None = None,
) -> Iterator[Told]:
    """Tell all documents of a spool into files; yield what each batch brought in.

    Args:
        spool: the documents; nothing is added any more.
        path: its file, for other processes.
        folder: where the files go.
        index: the term index.
        config: the build's knobs.
        jobs: how many processes tell; 1 for none but this one.
        decisions: the curators' file.
        lessons: the file of what the linkers were taught.

    Raises:
        CasegraphError: if a process has died.
    """
    parts = list(spool.parts(BATCH))
    if jobs < 2 or len(parts) < 2:
        teller = Teller(index, config, decisions, lessons)
        for number, part in enumerate(parts):
            yield teller.tell(spool.groups(*part), folder, number)
        return
    flying: deque[Future[Told]] = deque()
    with Workers(jobs) as workers:
        for number, part in enumerate(parts):
            flying.append(
                workers.submit(_tell_part, index.path, config, (decisions, lessons), path, part, folder, number)
            )
            if len(flying) >= workers.most:
                yield workers.result(flying.popleft())
        while flying:
            yield workers.result(flying.popleft())


#: The teller of a worker process, which it keeps from batch to batch.
_TELLERS: Final[dict[tuple[Path, BuildConfig, tuple[Path | None, Path | None]], Teller]] = {}


def _tell_part(
    index: Path,
    config: BuildConfig,
    files: tuple[Path | None, Path | None],
    spool: Path,
    part: tuple[str, str],
    folder: Path,
    number: int,
) -> Told:
    """Tell a batch in a worker process; ``files`` are the curators' and that of the lessons."""
    key = (index, config, files)
    if key not in _TELLERS:
        _TELLERS[key] = Teller(TermIndex(index), config, *files)
    with Spool.of(spool) as documents:
        return _TELLERS[key].tell(documents.groups(*part), folder, number)


def add_up(seen: Seen, more: Seen) -> None:
    """Add what a batch saw to what others saw.

    >>> from kg.linking.equivalence import Entity
    >>> entity = Entity("MONDO:1", "biolink:Disease", ("MONDO:1",))
    >>> one, other = Seen(), Seen()
    >>> one.note(entity, "a")
    >>> other.note(entity, "a")
    >>> add_up(one, other)
    >>> one.names
    {'MONDO:1': {'a': 2}}
    """
    seen.entities.update(more.entities)
    for identifier, names in more.names.items():
        _add(seen.names.setdefault(identifier, {}), names)


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count
