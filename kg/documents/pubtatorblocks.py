"""PubTator on several processors: one stream in blocks of documents, to the same documents and the same ledger.

The parent gathers the lines of each document, a twentieth of the work, for what belongs together is only seen in
the stream's own order. Workers make the documents. One thing goes from document to document: whether the input has
shown that its offsets count another gap between title and abstract. A block is begun with what is known when it is
cut; where that was wrong and had a say, the block is read again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import IO, Final, Generic, TypeVar

from kg.documents.pubtator import DraftReader
from kg.documents.pubtatorlines import Draft, Stray, gather
from kg.documents.tally import Tally
from kg.documents.workers import Workers
from kg.model import Document

T = TypeVar("T")
Block = list[Draft | Stray]

#: Characters of a block: some hundred abstracts, a fraction of a second's work.
BLOCK_CHARACTERS: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class BlockReading(Generic[T]):
    """What a worker made of a block.

    Attributes:
        made: what was made of its documents.
        tally: what it counted.
        gap: the gap that the block's last faulty document showed.
        faulty: whether there was one.
    """

    made: list[T]
    tally: Tally
    gap: int
    faulty: bool


def cut(stream: IO[bytes], size: int = BLOCK_CHARACTERS) -> Iterator[Block]:
    """Yield the documents of a stream in blocks.

    >>> import io
    >>> [len(block) for block in cut(io.BytesIO(b"1|t|A\\n2|t|B\\n3|t|C\\n"), 10)]
    [2, 1]
    """
    block: Block = []
    held = 0
    for draft in gather(stream):
        block.append(draft)
        held += len(draft.text) if isinstance(draft, Stray) else sum(map(len, draft.lines))
        if held >= size:
            yield block
            block, held = [], 0
    if block:
        yield block


def read_block(name: str, block: Block, gap: int, pack: Callable[[Document], T]) -> BlockReading[T]:
    """Read a block of an input.

    Args:
        name: the input's name.
        block: what `cut` yielded.
        gap: what the documents before it have shown.
        pack: what is made of each document.

    >>> read_block("a.txt", [Draft("7", [("t", "Fever")])], 1, document_id).made
    ['PMID:7']
    """
    tally = Tally(name)
    reader = DraftReader(name, tally, gap)
    made = [pack(document) for draft in block if (document := reader.read(draft))]
    return BlockReading(made, tally, reader.gap, reader.faulty)


def document_id(document: Document) -> str:
    """Return the identifier of a document: the least that can be made of one."""
    return document.id


def read_blocks(
    stream: IO[bytes], name: str, tally: Tally, workers: Workers, pack: Callable[[Document], T],
    size: int = BLOCK_CHARACTERS,
) -> Iterator[T]:  # fmt: skip
    """Read documents in PubTator's format, in several processes; as `kg.documents.pubtator.read_pubtator` does in one.

    Memory is bounded by the blocks in flight.

    Args:
        stream: the bytes, not compressed; read forwards, once.
        name: the input's name.
        tally: is told of every document, mention and relation, and of lines that belong to nothing.
        workers: the processes.
        pack: a function of a module that makes of a document what is to come back.
        size: characters of a block.

    Yields:
        What ``pack`` made of the documents, in their order.

    Raises:
        CasegraphError: if a worker has died.

    >>> import io
    >>> tally = Tally("a.txt")
    >>> with Workers(2) as workers:
    ...     list(read_blocks(io.BytesIO(b"1|t|A\\n2|t|B\\n3|t|C\\n"), "a.txt", tally, workers, document_id, 10))
    ['PMID:1', 'PMID:2', 'PMID:3']
    >>> tally.balanced()
    True
    """
    gap = 1
    flying: deque[tuple[Block, int, Future[BlockReading[T]]]] = deque()

    def land() -> Iterator[T]:
        nonlocal gap
        block, begun, task = flying.popleft()
        reading = workers.result(task)
        if reading.faulty:
            if begun != gap:
                reading = read_block(name, block, gap, pack)
            gap = reading.gap
        tally.absorb(reading.tally)
        yield from reading.made

    for block in cut(stream, size):
        flying.append((block, gap, workers.submit(read_block, name, block, gap, pack)))
        if len(flying) >= workers.most:
            yield from land()
    while flying:
        yield from land()
