"""Loading a graph into Neo4j over Bolt with the official driver.

A load is idempotent and leaves other data alone. Every node of ours carries the label ``Casegraph`` beside its
own labels, and it alone has a uniqueness constraint; nodes and relationships carry the stamp
``casegraph_build``. What has no such label or stamp is never read, changed or deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import neo4j

from kg.errors import ServerError
from kg.graph.store import GraphFolder
from kg.views.neo4jtarget import DEFAULT_DATABASE, STAMP, Neo4jTarget
from kg.views.propertygraph import (
    ALL_LABELS,
    MARKER,
    fingerprint,
    node_groups,
    property_keys,
    relationship_groups,
    relationship_keys,
)

__all__ = ["LoadReport", "Neo4jTarget", "load", "load_neo4j", "schema_statements", "stamp"]

BATCH = 5_000
#: Stale records that one scan collects before they are deleted.
STALE = 100_000
#: The full-text index of names and synonyms, and the labels whose nodes are in it.
NAMES = "casegraph_names"
NAMED = ("CaseReport", "Entity", "Publication")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did; ``nodes`` by label and ``relationships`` by type, as counted in the database.

    Attributes:
        uri: address of the server.
        database: name of the database.
        stamp: value of ``casegraph_build``: the build's identifier and a hash of the tables.
        nodes: label -> number of nodes.
        relationships: type -> number of relationships.
        removed_nodes: nodes of an earlier build that this one no longer has.
        removed_relationships: relationships of an earlier build that this one no longer has.
        released_nodes: nodes of an earlier build on which relationships of others hang; they are left to
            their owner without the label ``Casegraph`` and the stamp.
    """

    uri: str
    database: str
    stamp: str
    nodes: dict[str, int]
    relationships: dict[str, int]
    removed_nodes: int = 0
    removed_relationships: int = 0
    released_nodes: int = 0


def load_neo4j(
    folder: GraphFolder,
    *,
    uri: str,
    user: str,
    password: str,
    database: str = DEFAULT_DATABASE,
    batch: int = BATCH,
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
        progress: called with what is being done, how much of it is done, and how much there is.

    Returns:
        The counts, as the database gave them.

    Raises:
        ServerError: if the server cannot be reached, refuses, or in the end holds something else.
        GraphError: if the graph is damaged.
    """
    with Neo4jTarget(uri, user, password, database) as target:
        return load(folder, target, batch=batch, progress=progress)


def load(
    folder: GraphFolder, target: Neo4jTarget, *, batch: int = BATCH, progress: Progress | None = None
) -> LoadReport:
    """Load a graph into an open target; as :func:`load_neo4j`."""
    return _Load(folder, target, batch, progress or (lambda _what, _done, _total: None)).run()


def schema_statements() -> list[str]:
    """Return the statements of the schema: one uniqueness constraint, indexes on ``id``, one of the names.

    The labels ``Disease`` or ``Mention`` may be in use for other data of the database, so nothing is demanded
    of them. The index of names is the full-text one that the queries for Neo4j Browser search; accents and
    upper case make no difference to it.

    >>> schema_statements()[0]
    'CREATE CONSTRAINT casegraph_id IF NOT EXISTS FOR (n:`Casegraph`) REQUIRE n.id IS UNIQUE'
    """
    return [
        f"CREATE CONSTRAINT casegraph_id IF NOT EXISTS FOR (n:`{MARKER}`) REQUIRE n.id IS UNIQUE",
        *(
            f"CREATE INDEX casegraph_{label.lower()}_id IF NOT EXISTS FOR (n:`{label}`) ON (n.id)"
            for label in ALL_LABELS
        ),
        f"CREATE FULLTEXT INDEX {NAMES} IF NOT EXISTS FOR (n:{'|'.join(NAMED)}) ON EACH [n.name, n.synonyms] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}",
    ]


def stamp(folder: GraphFolder) -> str:
    """Return the stamp of a graph's nodes and relationships: the build's identifier and a hash of its tables."""
    return f"{folder.manifest.get('build', 'unknown')}+{fingerprint(folder)[:16]}"


class _Load:
    """The steps of one load."""

    def __init__(self, folder: GraphFolder, target: Neo4jTarget, batch: int, progress: Progress) -> None:
        self._folder = folder
        self._target = target
        self._batch = batch
        self._progress = progress
        self._stamp = stamp(folder)
        self._labels: Counter[str] = Counter()
        self._types: Counter[str] = Counter()

    def run(self) -> LoadReport:
        with self._target.explained():
            for statement in schema_statements():
                self._write(statement)
            with self._target.session() as session:
                session.run("CALL db.awaitIndexes(300)").consume()
            self._nodes()
            self._relationships()
            relationships, _ = self._remove(
                f"MATCH (:`{MARKER}`)-[x]->() WHERE x.{STAMP} <> $stamp RETURN elementId(x) AS id LIMIT $limit",
                "UNWIND $ids AS i MATCH ()-[x]->() WHERE elementId(x) = i DELETE x RETURN count(*) AS n, 0 AS kept",
            )
            nodes, released = self._remove(
                f"MATCH (n:`{MARKER}`) WHERE n.{STAMP} <> $stamp RETURN elementId(n) AS id LIMIT $limit",
                # All our relationships of it are gone: one that is left is another's, and keeps the node.
                f"UNWIND $ids AS i MATCH (n) WHERE elementId(n) = i WITH n, EXISTS {{ (n)--() }} AS held "
                f"FOREACH (m IN CASE WHEN held THEN [n] ELSE [] END | REMOVE m:`{MARKER}`, m.{STAMP}) "
                "FOREACH (m IN CASE WHEN held THEN [] ELSE [n] END | DELETE m) "
                "RETURN sum(CASE WHEN held THEN 0 ELSE 1 END) AS n, sum(CASE WHEN held THEN 1 ELSE 0 END) AS kept",
            )
            self._verify()
        return LoadReport(
            uri=self._target.uri,
            database=self._target.database,
            stamp=self._stamp,
            nodes=dict(sorted(self._labels.items())),
            relationships=dict(sorted(self._types.items())),
            removed_nodes=nodes,
            removed_relationships=relationships,
            released_nodes=released,
        )

    def _nodes(self) -> None:
        total = sum(self._folder.count(t) for t in ("nodes", "mentions", "evidence", "findings", "mappings"))
        done = 0
        for labels, nodes in node_groups(self._folder, self._batch):
            # An entity that has changed its category must lose the older label.
            others = "".join(f":`{label}`" for label in ALL_LABELS if label not in labels)
            own = "".join(f":`{label}`" for label in labels)
            keys = property_keys(labels[0])
            self._write(
                f"UNWIND $rows AS r MERGE (n:`{MARKER}` {{id: r.id}}) REMOVE n{others} SET n{own} SET n += r",
                [self._row(node.properties, keys) for node in nodes],
            )
            self._labels.update(dict.fromkeys(labels, len(nodes)))
            done += len(nodes)
            self._progress("nodes", done, total)

    def _relationships(self) -> None:
        done = 0
        for group, links in relationship_groups(self._folder, self._batch):
            keys = relationship_keys(group.type)
            self._write(
                f"UNWIND $rows AS r MATCH (a:`{MARKER}` {{id: r.s}}) MATCH (b:`{MARKER}` {{id: r.e}}) "
                f"MERGE (a)-[x:`{group.type}` {{id: r.p.id}}]->(b) SET x += r.p",
                [{"s": link.start, "e": link.end, "p": self._row(link.properties, keys)} for link in links],
            )
            self._types[group.type] += len(links)
            done += len(links)
            self._progress("relationships", done, 0)

    def _row(self, properties: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
        # `+=` with a null takes the property away: what an earlier build said goes, what others added stays.
        return {**dict.fromkeys(keys), **properties, STAMP: self._stamp}

    def _write(self, query: str, rows: list[dict[str, Any]] | None = None) -> None:
        def work(transaction: neo4j.ManagedTransaction) -> None:
            transaction.run(query, {"rows": rows} if rows is not None else {}).consume()

        with self._target.session(write=True) as session:
            session.execute_write(work)

    def _remove(self, find: str, delete: str) -> tuple[int, int]:
        """Delete what ``find`` finds, a batch a transaction; return the numbers of deleted and kept."""
        removed = kept = 0
        while True:
            with self._target.session() as session:
                stale = session.execute_read(lambda t: t.run(find, {"stamp": self._stamp, "limit": STALE}).value("id"))
            for start in range(0, len(stale), self._batch):
                record = self._delete(delete, stale[start : start + self._batch])
                removed += record["n"]
                kept += record["kept"]
                self._progress("removed", removed, 0)
            if len(stale) < STALE:
                return removed, kept

    def _delete(self, query: str, ids: list[str]) -> neo4j.Record:
        with self._target.session(write=True) as session:
            return session.execute_write(lambda t: t.run(query, {"ids": ids}).single(strict=True))

    def _verify(self) -> None:
        """Compare the database with what was sent.

        Raises:
            ServerError: if any count differs.
        """
        labels = self._counts(
            f"MATCH (n:`{MARKER}`) WHERE n.{STAMP} = $stamp UNWIND labels(n) AS k RETURN k, count(*) AS n"
        )
        types = self._counts(
            f"MATCH (:`{MARKER}`)-[x]->(:`{MARKER}`) WHERE x.{STAMP} = $stamp RETURN type(x) AS k, count(*) AS n"
        )
        wrong = [
            f"{held} {kind} in place of {expected}"
            for kind, expected, held in (
                *((label, self._labels[label], labels.get(label, 0)) for label in ALL_LABELS),
                *((kind, self._types[kind], types.get(kind, 0)) for kind in sorted({*self._types, *types})),
            )
            if expected != held
        ]
        if wrong:
            raise ServerError(
                f"the database {self._target.database} holds {'; '.join(wrong)}; load again while nobody else writes",
                value=wrong,
            )

    def _counts(self, query: str) -> dict[str, int]:
        with self._target.session() as session:
            rows: Iterable[neo4j.Record] = session.execute_read(lambda t: list(t.run(query, {"stamp": self._stamp})))
        return {row["k"]: row["n"] for row in rows}
