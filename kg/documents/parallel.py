"""Many inputs read in several processes, to the same documents, in the same order, with the same ledger as in one.

The parent opens, unpacks and cuts; workers read. A stream that is small goes to a worker as a whole, several at a
time; a large one in PubTator's format goes in blocks. A large stream in another format is read by the parent: nothing
tells where to cut it. At any time a bounded number of groups and blocks is in memory.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

from kg.documents.intake import Input
from kg.documents.pubtatorblocks import read_blocks
from kg.documents.reading import Stream, read_streams
from kg.documents.streams import Source, begin, open_streams
from kg.documents.tablecolumns import TableColumns
from kg.documents.workers import Workers
from kg.model import Document, LedgerEntry
from kg.unpacking import Limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

T = TypeVar("T")

#: A stream of at most so many bytes is read as a whole by one worker.
SMALL: Final = 1 << 20
#: Bytes and streams that go to a worker at once.
GROUP: Final = (1 << 20, 256)
#: Documents of a large stream that come at once.
BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """Some of the documents of one stream, or all of them.

    Attributes:
        number: of the input, from 0.
        name: the stream's name in the ledger.
        first: place of the first document among those of the stream, from 0.
        made: what was made of the documents.
        entries: the ledger of the stream, with its last batch.
        last: whether it is the stream's last.
        format: the stream's, with its last batch.
    """

    number: int
    name: str
    first: int
    made: list[T]
    entries: tuple[LedgerEntry, ...] = ()
    last: bool = False
    format: str = ""


def read_batches(
    inputs: Iterable[Input], pack: Callable[[Document], T], *, jobs: int = 1, columns: TableColumns | None = None,
    limits: Limits | None = None,
) -> Iterator[Batch[T]]:  # fmt: skip
    """Read every stream of every input.

    Args:
        inputs: the inputs.
        pack: what is made of each document where it is read: a function of a module, so that workers find it. What it
            returns is pickled; small things come back faster than documents.
        jobs: how many processes read beside this one; 1 for none.
        columns: the columns of tables; without it they are recognised by their names.
        limits: what compressed files may unpack to.

    Yields:
        Batches in the order of the inputs, their streams and their documents. The last batch of a stream holds its
        ledger, and no document where there is none.

    Raises:
        CasegraphError: if a worker has died.

    >>> import tempfile, pathlib
    >>> from kg.documents.pubtatorblocks import document_id
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.txt")
    ...     _ = path.write_text("1|t|Fever after aspirin.\\n2|t|Rash\\n")
    ...     for jobs in (1, 2):
    ...         for batch in read_batches([Input("a.txt", path)], document_id, jobs=jobs):
    ...             batch.name, batch.first, batch.made, len(batch.entries)
    ('a.txt', 0, ['PMID:1', 'PMID:2'], 4)
    ('a.txt', 0, ['PMID:1', 'PMID:2'], 4)
    """
    if jobs > 1:
        yield from _distributed(inputs, pack, jobs, columns, limits)
        return
    for number, item in enumerate(inputs):
        for stream in read_streams(item, columns, limits):
            yield from _batches(number, stream, map(pack, stream.documents))


def read_documents(
    inputs: Iterable[Input], *, jobs: int = 1, columns: TableColumns | None = None, limits: Limits | None = None
) -> Iterator[Document]:
    """Yield every document of every input; see `read_batches`, which tells the ledger as well.

    Whole documents come back from the processes at the price of reading them once more: several jobs pay where reading
    is dear (full text), and not for abstracts. There let ``pack`` of `read_batches` make something smaller.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.txt")
    ...     _ = path.write_text("1|t|Fever after aspirin.\\n2|t|Rash\\n")
    ...     [document.title for document in read_documents([Input("a.txt", path)], jobs=2)]
    ['Fever after aspirin.', 'Rash']
    """
    for batch in read_batches(inputs, _itself, jobs=jobs, columns=columns, limits=limits):
        yield from batch.made


def _itself(document: Document) -> Document:
    return document


def _batches(number: int, stream: Stream, made: Iterator[T]) -> Iterator[Batch[T]]:
    first = 0
    while len(some := list(islice(made, BATCH))) == BATCH:
        yield Batch(number, stream.name, first, some)
        first += BATCH
    yield Batch(number, stream.name, first, some, tuple(stream.entries()), last=True, format=stream.format)


@dataclass(frozen=True, slots=True)
class _Whole:
    """All that there is of a small stream, or of one without bytes."""

    number: int
    name: str
    problem: str
    data: bytes | None
    size: int | None
    members: int | None
    damage: str


def _distributed(
    inputs: Iterable[Input], pack: Callable[[Document], T], jobs: int, columns: TableColumns | None,
    limits: Limits | None,
) -> Iterator[Batch[T]]:  # fmt: skip
    group: list[_Whole] = []
    held = 0
    flying: deque[Future[list[Batch[T]]]] = deque()
    with Workers(jobs) as workers:
        for number, item in enumerate(inputs):
            for source in open_streams(item, limits):
                data = None
                if source.stream is not None:
                    data, source.stream = begin(cast("io.BufferedReader", source.stream), SMALL + 1)
                if data is None or len(data) <= SMALL:
                    whole = _Whole(
                        number, source.name, source.problem, data, source.size, source.members, source.damage
                    )
                    group.append(whole)
                    held += len(data or b"")
                    if held >= GROUP[0] or len(group) >= GROUP[1]:
                        flying.append(workers.submit(_read_group, group, pack, columns))
                        group, held = [], 0
                        if len(flying) >= workers.most:
                            yield from workers.result(flying.popleft())
                    continue
                if group:
                    flying.append(workers.submit(_read_group, group, pack, columns))
                    group, held = [], 0
                while flying:
                    yield from workers.result(flying.popleft())
                stream = Stream(source, columns)
                if stream.format == "pubtator":
                    made = stream.through(partial(read_blocks, workers=workers, pack=pack))
                else:
                    made = map(pack, stream.documents)
                yield from _batches(number, stream, made)
                stream.leave()
        while flying:
            yield from workers.result(flying.popleft())
        # What is left is little, and all there is where there was never more.
        yield from _read_group(group, pack, columns)


def _read_group(group: list[_Whole], pack: Callable[[Document], T], columns: TableColumns | None) -> list[Batch[T]]:
    return [batch for whole in group for batch in _read_whole(whole, pack, columns)]


def _read_whole(whole: _Whole, pack: Callable[[Document], T], columns: TableColumns | None) -> Iterator[Batch[T]]:
    layer = _Bytes(whole.data or b"", whole.damage)
    start, stream = (b"", None) if whole.data is None else begin(layer)
    if whole.data is None:
        layer.ended = True
    source = Source(whole.name, whole.problem, start, stream, whole.size, whole.members, (layer,))
    opened = Stream(source, columns)
    yield from _batches(whole.number, opened, map(pack, opened.documents))


class _Bytes(io.RawIOBase):
    """Bytes as a layer of a source: their damage is seen where they end, as by who unpacks a file while it is read."""

    def __init__(self, data: bytes, damage: str) -> None:
        super().__init__()
        self._data = memoryview(data)
        self._damage = damage
        self.ended = False

    @property
    def damage(self) -> str:
        return self._damage if self.ended else ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        size = min(len(view), len(self._data))
        view[:size] = self._data[:size]
        self._data = self._data[size:]
        self.ended = self.ended or not size
        return size
