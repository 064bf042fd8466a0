"""Loading a graph into Neo4j over Bolt with the official driver.

A load is idempotent, goes on where another was cut off, writes what has changed only, and leaves other data
alone. Every node of ours carries the label ``Casegraph`` beside its own labels, and it alone has a uniqueness
constraint; nodes and relationships carry the property ``casegraph_hash``. What has no such label or property is never
read, changed or deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import pyarrow.compute as pc
import pyarrow.parquet as pq

from kg.graph.store import GraphFolder
from kg.views.neo4jaccount import (
    Account,
    Ownership,
    forget_earlier_form,
    holds_earlier_form,
    read_account,
    stored_counts,
)
from kg.views.neo4jbatches import Batches, survey
from kg.views.neo4jcompare import Comparison
from kg.views.neo4jpatience import Patience
from kg.views.neo4jschema import NAMED, NAMES, make_schema, schema_statements
from kg.views.neo4jstale import Removed, mark_stale, remove_stale
from kg.views.neo4jstamp import stamp
from kg.views.neo4jtally import Tally, check
from kg.views.neo4jtarget import DEFAULT_DATABASE, Neo4jTarget
from kg.views.neo4jwriter import Writers
from kg.views.propertygraph import TRAIL_LABELS

__all__ = ["NAMED", "NAMES", "LoadReport", "Neo4jTarget", "load", "load_neo4j", "schema_statements", "stamp"]

#: Rows of one transaction, sessions that write at the same time, and seconds for which a failing step is tried again.
BATCH = 2_000
SESSIONS = 2
PATIENCE = 120.0

_AFTERWARDS = "; then load again: it goes on with what is missing"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, and what the database holds, as counted there.

    Attributes:
        uri: address of the server.
        database: name of the database.
        stamp: the graph that the database holds: the build's identifier and a hash of the tables.
        nodes: label -> number of nodes.
        relationships: type -> number of relationships.
        node_properties: label -> number of property values of its nodes.
        relationship_properties: type -> number of property values of its relationships.
        unchanged: whether the database held this graph already, so that nothing was written.
        resumed: whether a load of this graph that was cut off was gone on with.
        written_nodes: nodes that the database lacked, or had in an older form.
        written_relationships: the same of relationships.
        stale_nodes: nodes of an earlier build that this one no longer has; they stand still, with the hash 0.
        stale_relationships: the same of relationships.
        removed_nodes: such nodes that were removed, on request.
        removed_relationships: such relationships that were removed, on request.
        released_nodes: nodes that would have been removed but for relationships of others; they are left to
            their owner without the label ``Casegraph`` and the hash.
        foreign_relationships: relationships of types of ours that begin at our nodes and are others'; they are left alone,
            and queries see them. Not counted where something of an earlier build stands still.
        repeated: how often a step was tried again, since the server was away or two were in each other's way.
    """

    uri: str
    database: str
    stamp: str
    nodes: dict[str, int]
    relationships: dict[str, int]
    node_properties: dict[str, int] = field(default_factory=dict)
    relationship_properties: dict[str, int] = field(default_factory=dict)
    unchanged: bool = False
    resumed: bool = False
    written_nodes: int = 0
    written_relationships: int = 0
    stale_nodes: int = 0
    stale_relationships: int = 0
    removed_nodes: int = 0
    removed_relationships: int = 0
    released_nodes: int = 0
    foreign_relationships: int = 0
    repeated: int = 0


def load_neo4j(
    folder: GraphFolder,
    *,
    uri: str,
    user: str,
    password: str,
    database: str = DEFAULT_DATABASE,
    batch: int = BATCH,
    sessions: int = SESSIONS,
    prune: bool = False,
    full: bool = False,
    patience: float = PATIENCE,
    progress: Progress | None = None,
) -> LoadReport:
    """Load a graph into a Neo4j database, so that it holds this graph once, and other data as before.

    Args:
        folder: the graph.
        uri: address of the server.
        user: user name.
        password: password.
        database: name of the database.
        batch: rows of one transaction.
        sessions: sessions that write at the same time.
        prune: remove what an earlier build had and this one has not.
        full: write every record anew, also those that seem to be there.
        patience: seconds for which a step that fails in passing is tried again.
        progress: called with what is being done, how much of it is done, and how much there is.

    Returns:
        The counts, as the database gave them.

    Raises:
        ServerError: if the server cannot be reached, refuses, or in the end holds something else.
        GraphError: if the graph is damaged.
    """
    with Neo4jTarget(uri, user, password, database) as target:
        return load(
            folder,
            target,
            batch=batch,
            sessions=sessions,
            prune=prune,
            full=full,
            patience=patience,
            progress=progress,
        )


def load(
    folder: GraphFolder,
    target: Neo4jTarget,
    *,
    batch: int = BATCH,
    sessions: int = SESSIONS,
    prune: bool = False,
    full: bool = False,
    patience: float = PATIENCE,
    progress: Progress | None = None,
) -> LoadReport:
    """Load a graph into an open target; as :func:`load_neo4j`."""
    waiting = Patience(patience)
    job = _Load(folder, target, batch, sessions, waiting, progress or (lambda _what, _done, _all: None))
    with target.explained():
        target.connect()
        # A server that has just started may be busy with mending its database.
        waiting.run(lambda: make_schema(target), away=False)
        account = read_account(target) or Account()
        if not full and (found := job.unchanged(account, prune=prune)):
            return found
    return job.run(account, prune=prune, full=full)


class _Load:
    """The steps of one load."""

    def __init__(
        self,
        folder: GraphFolder,
        target: Neo4jTarget,
        batch: int,
        sessions: int,
        patience: Patience,
        progress: Progress,
    ) -> None:
        self._folder = folder
        self._target = target
        self._batch = batch
        self._patience = patience
        self._progress = progress
        self._stamp = stamp(folder)
        # A word of this load alone; nothing of it remains.
        self._ownership = Ownership(target, secrets.token_hex(8), sessions)
        self._writers = Writers(target, self._ownership, sessions, patience)
        self._nodes = sum(folder.count(table) for table in ("nodes", *TRAIL_LABELS))

    def unchanged(self, account: Account, *, prune: bool) -> LoadReport | None:
        """Return the report if the database holds this graph and nobody added or removed anything since."""
        stale = account.stale_nodes or account.stale_relationships
        if account.build != self._stamp or not account.counted or (prune and stale):
            return None
        if stored_counts(self._target, account.counted["relationships"]) != account.stored:
            return None
        return self._report(account, unchanged=True)

    def run(self, account: Account, *, prune: bool, full: bool) -> LoadReport:
        with self._target.explained(then=_AFTERWARDS):
            held = self._patience.run(lambda: self._ownership.take(self._stamp))
            if held and holds_earlier_form(self._target):
                self._patience.run(lambda: forget_earlier_form(self._target))
            tally = Tally()
            comparison = None
            if held:
                marks, tally = survey(self._folder, self._meter("comparing", self._nodes + self._relationships()))
                comparison = Comparison(self._target, marks)
            batches = Batches(self._folder, self._batch, comparison, None if held else tally, full=full)
            nodes = self._meter("nodes", self._nodes if full or not comparison else comparison.lacking_nodes())
            self._writers.write(batches.nodes(), nodes)
            relationships = self._meter(
                "relationships",
                self._relationships() if full or not comparison else comparison.lacking_relationships(),
            )
            self._writers.write(batches.relationships(), relationships)
            removed, stale = Removed(), (0, 0)
            if comparison:
                total = sum(map(len, comparison.stale.values()))
                if prune:
                    told = self._meter("removing", total)
                    removed = remove_stale(self._target, comparison.stale, self._batch, self._patience, told)
                else:
                    told = self._meter("marking", total)
                    stale = mark_stale(self._target, comparison.stale, self._batch, self._patience, told)
            check(tally, self._target)
            done = Account(
                build=self._stamp,
                counted=tally.summary(),
                stored=stored_counts(self._target, tally.relationships),
                stale_nodes=stale[0],
                stale_relationships=stale[1],
            )
            self._patience.run(lambda: self._ownership.close(done))
        return self._report(
            done,
            resumed=account.loading == self._stamp,
            written_nodes=nodes.done,
            written_relationships=relationships.done,
            removed=removed,
        )

    def _report(
        self,
        account: Account,
        *,
        unchanged: bool = False,
        resumed: bool = False,
        written_nodes: int = 0,
        written_relationships: int = 0,
        removed: Removed | None = None,
    ) -> LoadReport:
        removed = removed or Removed()
        foreign = 0
        if not account.stale_relationships:
            ours = account.counted["relationships"]
            foreign = sum(account.stored.get(name, 0) - count for name, count in ours.items())
        return LoadReport(
            uri=self._target.uri,
            database=self._target.database,
            stamp=self._stamp,
            **account.counted,
            unchanged=unchanged,
            resumed=resumed,
            written_nodes=written_nodes,
            written_relationships=written_relationships,
            stale_nodes=account.stale_nodes,
            stale_relationships=account.stale_relationships,
            removed_nodes=removed.nodes,
            removed_relationships=removed.relationships,
            released_nodes=removed.released,
            foreign_relationships=foreign,
            repeated=self._patience.repeated,
        )

    def _meter(self, what: str, total: int) -> _Meter:
        return _Meter(what, total, self._progress)

    def _relationships(self) -> int:
        """Return about how many relationships there are, by a few columns of the tables: for the bar alone."""
        columns = {
            "edges": ("id",),
            "cases": ("document",),
            "mentions": ("document",),
            "evidence": ("document", "subject", "object", "case"),
            "findings": ("document", "mention"),
            "links": ("node",),
            "mappings": ("node",),
        }
        count = 0
        for table, names in columns.items():
            held = pq.read_table(self._folder.file(table), columns=list(names))
            count += sum(pc.count(held.column(name)).as_py() for name in names)
        return count


class _Meter:
    """Counts what several threads have done and tells of it."""

    def __init__(self, what: str, total: int, progress: Progress) -> None:
        self._what = what
        self._total = total
        self._progress = progress
        self._lock = Lock()
        self.done = 0

    def __call__(self, count: int) -> None:
        with self._lock:
            self.done += count
            self._progress(self._what, self.done, max(self._total, self.done))
