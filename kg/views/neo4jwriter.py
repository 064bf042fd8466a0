"""Writing batches into Neo4j with several sessions, each batch exactly once.

Every writer has a node in the database with the number of its last batch. A batch and that number are written
in one transaction, so that a batch of which nobody knows whether it came through can be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any

import neo4j
from neo4j import exceptions as failures

from kg.errors import ServerError
from kg.views.neo4jaccount import Ownership, taken, writer
from kg.views.neo4jpatience import Patience
from kg.views.neo4jschema import ACCOUNT
from kg.views.neo4jtarget import Neo4jTarget

#: Seconds after which a thread that waits looks whether it is to stop.
_LOOK = 0.2

# The first write takes the lock of the writer's node, so that the two conditions hold until the end.
_ONCE = (
    f"MATCH (m:`{ACCOUNT}` {{id: $writer}}) SET m.batch = $number "
    "WITH m WHERE m.owner = $owner AND m.done = $number - 1 SET m.done = $number "
)
_STATE = f"MATCH (m:`{ACCOUNT}` {{id: $writer}}) RETURN m.owner AS owner, m.done AS done"


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one kind and what is done with each.

    Attributes:
        query: clauses that follow ``UNWIND $rows AS r``; of our own making, never with a value in it.
        rows: one list of values a row.
        what: what the rows are, in words.
    """

    query: str
    rows: list[list[Any]]
    what: str


class Writers:
    """Several sessions that write batches at the same time.

    Args:
        target: the database, connected already.
        ownership: the load's hold on it.
        sessions: number of writers.
        patience: how long a batch is tried again.
    """

    def __init__(self, target: Neo4jTarget, ownership: Ownership, sessions: int, patience: Patience) -> None:
        self._target = target
        self._ownership = ownership
        self._sessions = sessions
        self._patience = patience
        self._numbers = [0] * sessions

    def write(self, batches: Iterable[Batch], told: Callable[[int], object]) -> None:
        """Write batches, in any order; return when all are in.

        Args:
            batches: what to write; two of them may be written at the same time.
            told: called from several threads with the number of rows that are in.

        Raises:
            ServerError: if another load has taken the database, or an end of a relationship is not there.
            neo4j.exceptions.GqlError: if the server refuses, or cannot be reached for too long.
        """
        queue: Queue[Batch | None] = Queue(maxsize=self._sessions)
        errors: list[BaseException] = []
        stop = self._patience.stop

        def work(number: int) -> None:
            try:
                while (batch := _take(queue, stop)) is not None:
                    self._one(number, batch)
                    told(len(batch.rows))
            except BaseException as error:
                errors.append(error)
                stop.set()

        threads = [Thread(target=work, args=(k,), daemon=True) for k in range(self._sessions)]
        for thread in threads:
            thread.start()
        try:
            for batch in batches:
                if not _put(queue, batch, stop):
                    break
            for _ in threads:
                _put(queue, None, stop)
            for thread in threads:
                thread.join()
        except BaseException:
            # An interruption, or a table that is damaged: the batches that are under way come to their end.
            stop.set()
            for thread in threads:
                thread.join()
            raise
        if errors:
            raise errors[0]

    def _one(self, number: int, batch: Batch) -> None:
        self._numbers[number] += 1
        share = number / self._sessions
        self._patience.run(lambda: self._attempt(number, batch), share=share)

    def _attempt(self, number: int, batch: Batch) -> None:
        own = {"writer": writer(number), "owner": self._ownership.owner, "number": self._numbers[number]}
        query = f"{_ONCE}WITH m UNWIND $rows AS r {batch.query} RETURN count(*) AS n"
        with self._target.session(write=True) as session, session.begin_transaction() as transaction:
            try:
                written = transaction.run(query, {"rows": batch.rows, **own}).single(strict=True)["n"]
            except failures.ClientError as error:
                if "EntityNotFound" in (error.code or ""):
                    # The writer's node went while its lock was waited for.
                    raise taken(self._target) from error
                raise
            if not written and self._applied(transaction, own):
                return
            if written < len(batch.rows):
                raise ServerError(
                    f"{len(batch.rows) - written} of {len(batch.rows)} {batch.what} have an end that is not in the "
                    f"database {self._target.database} any more; load again while nobody else writes",
                    value=batch.what,
                )
            transaction.commit()

    def _applied(self, transaction: neo4j.Transaction, own: dict[str, Any]) -> bool:
        """Tell whether a batch that did nothing was in already.

        Raises:
            ServerError: if the database is another load's.
        """
        state = transaction.run(_STATE, writer=own["writer"]).single()
        if state is None or state["owner"] != own["owner"]:
            raise taken(self._target)
        return bool(state["done"] >= own["number"])


def _take(queue: Queue[Batch | None], stop: Event) -> Batch | None:
    while not stop.is_set():
        try:
            return queue.get(timeout=_LOOK)
        except Empty:
            continue
    return None


def _put(queue: Queue[Batch | None], batch: Batch | None, stop: Event) -> bool:
    while not stop.is_set():
        try:
            queue.put(batch, timeout=_LOOK)
        except Full:
            continue
        return True
    return False
