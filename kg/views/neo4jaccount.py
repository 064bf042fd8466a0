"""The account that a load keeps in the database: whose it is, what it holds, and which batches are in.

One node ``(:CasegraphLoad {id: 'graph'})`` says which build the database holds and what was counted then; while a
load is under way it names the build that is coming and the load that owns the database, and each writer has
a node ``(:CasegraphLoad {id: 'writer N'})`` with the number of its last batch. These are no part of the graph.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import neo4j

from kg.errors import ServerError
from kg.views.neo4jschema import ACCOUNT
from kg.views.neo4jstamp import STALE
from kg.views.neo4jtarget import STAMP, Neo4jTarget
from kg.views.propertygraph import MARKER

_SUMMARY = "graph"
# Records of an earlier form that one transaction changes.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Account:
    """What the database says of itself.

    Attributes:
        build: stamp of the graph that it holds, whole and counted; "" where a load was cut off or failed.
        loading: stamp of the graph whose load has begun and has not ended, or "".
        counted: what :class:`~kg.views.neo4jtally.Tally` counted at the end of the last load.
        stored: what the count store said then (:func:`stored_counts`).
        stale_nodes: nodes that an earlier build had and this one has not, which nobody asked to remove.
        stale_relationships: the same of relationships.
    """

    build: str = ""
    loading: str = ""
    counted: dict[str, Any] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    stale_nodes: int = 0
    stale_relationships: int = 0


def read_account(target: Neo4jTarget) -> Account | None:
    """Return the account of a database, or None where no load has begun one.

    Raises:
        ServerError: if the server cannot be reached or refuses.
    """
    rows = target.run_read(f"MATCH (m:`{ACCOUNT}` {{id: $id}}) RETURN properties(m) AS m", {"id": _SUMMARY})
    if not rows:
        return None
    held = rows[0]["m"]
    return Account(
        build=held.get("build", ""),
        loading=held.get("loading", ""),
        counted=json.loads(held.get("counted", "{}")),
        stored=json.loads(held.get("stored", "{}")),
        stale_nodes=held.get("stale_nodes", 0),
        stale_relationships=held.get("stale_relationships", 0),
    )


def nodes_as_counted(target: Neo4jTarget, account: Account) -> bool:
    """Tell whether there are as many nodes of ours as at the end of the load that an account tells of.

    Raises:
        ServerError: if the server cannot be reached or refuses.
    """
    held: int = stored_counts(target, ())[""]
    return held == account.stored[""] if account.stored else held > 0


def imported_statement(build: str) -> str:
    """Return the statement that writes down which graph an import has brought; nothing of it has been counted.

    Args:
        build: the graph's stamp.

    >>> imported_statement("it's")
    "MERGE (m:`CasegraphLoad` {id: 'graph'}) SET m.build = 'it\\\\'s'"
    """
    quoted = build.replace("\\", "\\\\").replace("'", "\\'")
    return f"MERGE (m:`{ACCOUNT}` {{id: '{_SUMMARY}'}}) SET m.build = '{quoted}'"


def stored_counts(target: Neo4jTarget, types: Iterable[str]) -> dict[str, int]:
    """Return what the database's count store says of our data, at once whatever its size.

    Args:
        target: the database.
        types: the relationship types that are asked for; types of ours only.

    Returns:
        The number of nodes with our label under "", and by type that of relationships which begin at one.

    Raises:
        ServerError: if the server cannot be reached or refuses.
    """
    parts = [f"MATCH (n:`{MARKER}`) RETURN '' AS k, count(n) AS n"]
    parts += [f"MATCH (:`{MARKER}`)-[x:`{name}`]->() RETURN '{name}' AS k, count(x) AS n" for name in sorted(types)]
    return {row["k"]: row["n"] for row in target.run_read(" UNION ALL ".join(parts))}


def holds_earlier_form(target: Neo4jTarget) -> bool:
    """Tell whether the data of ours are those of a casegraph that wrote the property ``casegraph_build``."""
    query = f"MATCH (n:`{MARKER}`) WHERE n.{STAMP} IS NULL AND n.casegraph_build IS NOT NULL RETURN 1 LIMIT 1"
    return bool(target.run_read(query))


def forget_earlier_form(target: Neo4jTarget) -> None:
    """Give the data of ours that a casegraph before this form wrote the hash of what is stale.

    They are written anew then where the graph has them, and are told of as stale where it has not.

    Raises:
        neo4j.exceptions.GqlError: if the server refuses.
    """
    for match in (f"MATCH (:`{MARKER}`)-[x]->()", f"MATCH (x:`{MARKER}`)"):
        query = (
            f"{match} WHERE x.casegraph_build IS NOT NULL WITH x LIMIT $limit "
            f"SET x.{STAMP} = $stale REMOVE x.casegraph_build RETURN count(*) AS n"
        )
        while _changed(target, query) == _AT_ONCE:
            continue


def _changed(target: Neo4jTarget, query: str) -> int:
    def work(transaction: neo4j.ManagedTransaction) -> int:
        number: int = transaction.run(query, limit=_AT_ONCE, stale=STALE).single(strict=True)["n"]
        return number

    with target.session(write=True) as session:
        return session.execute_write(work)


class Ownership:
    """A load's hold on the database, while it lasts.

    Args:
        target: the database.
        owner: a word that no other load has.
        writers: number of writers.
    """

    def __init__(self, target: Neo4jTarget, owner: str, writers: int) -> None:
        self._target = target
        self.owner = owner
        self._writers = writers

    def take(self, loading: str) -> int:
        """Take the database for one load; another that is under way ends with its next batch.

        The nodes of the writers are made anew: what a killed client left in the server's hands is waited
        for by this, since it holds the lock of its writer's node.

        Args:
            loading: stamp of the graph that is coming.

        Returns:
            How many nodes of ours there are.
        """

        def work(transaction: neo4j.ManagedTransaction) -> int:
            transaction.run(
                f"MERGE (m:`{ACCOUNT}` {{id: $id}}) SET m.owner = $owner, m.loading = $loading "
                "REMOVE m.build, m.counted, m.stored, m.stale_nodes, m.stale_relationships",
                id=_SUMMARY, owner=self.owner, loading=loading,
            ).consume()  # fmt: skip
            transaction.run(f"MATCH (m:`{ACCOUNT}`) WHERE m.id <> $id DELETE m", id=_SUMMARY).consume()
            transaction.run(
                f"UNWIND $ids AS i CREATE (:`{ACCOUNT}` {{id: i, owner: $owner, done: 0}})",
                ids=[writer(k) for k in range(self._writers)], owner=self.owner,
            ).consume()  # fmt: skip
            held: int = transaction.run(f"MATCH (n:`{MARKER}`) RETURN count(n) AS n").single(strict=True)["n"]
            return held

        with self._target.session(write=True) as session:
            return session.execute_write(work)

    def close(self, account: Account) -> None:
        """Write down that the database holds a graph, and give it free.

        Raises:
            ServerError: if another load has taken the database.
        """

        def work(transaction: neo4j.ManagedTransaction) -> None:
            done = transaction.run(
                f"MATCH (m:`{ACCOUNT}` {{id: $id}}) SET m.ending = true WITH m "
                # Done already, where the first attempt came through and its answer did not.
                "WHERE m.owner = $owner OR m.build = $build "
                "SET m.build = $build, m.counted = $counted, m.stored = $stored, "
                "m.stale_nodes = $stale_nodes, m.stale_relationships = $stale_relationships "
                "REMOVE m.owner, m.loading, m.ending RETURN count(*) AS n",
                id=_SUMMARY,
                owner=self.owner,
                build=account.build,
                counted=json.dumps(account.counted, sort_keys=True),
                stored=json.dumps(account.stored, sort_keys=True),
                stale_nodes=account.stale_nodes,
                stale_relationships=account.stale_relationships,
            ).single(strict=True)["n"]
            if not done:
                raise taken(self._target)
            transaction.run(
                f"MATCH (m:`{ACCOUNT}`) WHERE m.owner = $owner DELETE m",
                owner=self.owner,
            ).consume()

        with self._target.session(write=True) as session:
            session.execute_write(work)


def writer(number: int) -> str:
    """Return the identifier of a writer's node.

    >>> writer(0)
    'writer 0'
    """
    return f"writer {number}"


def taken(target: Neo4jTarget) -> ServerError:
    """Return the error of a load whose database another load has taken."""
    return ServerError(
        f"another load has taken the database {target.database} at {target.uri}; wait until that one has ended, "
        "then load again",
        value=target.database,
    )
