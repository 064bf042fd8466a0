"""Running a prepared query on any engine through one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

from kg.errors import ParameterError, ServerError, UnknownNameError
from kg.graph.store import GraphFolder
from kg.queries.catalogue import Language, find
from kg.queries.parameters import bind

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.views.cypherstore import CypherStore
    from kg.views.neo4jtarget import Neo4jTarget

Engine = Literal["sparql", "cypher", "neo4j"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
#: Seconds that a query may take on any engine unless the caller says otherwise.
TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The answer of a query; iterate over it for its rows.

    Attributes:
        columns: names, in the query's order.
        rows: one dict a row, in the query's order.
    """

    columns: list[str]
    rows: list[dict[str, Any]]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class Engines:
    """The engines over one graph, each opened when it is first asked and kept.

    Args:
        folder: the graph. Names and identifiers are looked up in it, whatever the engine.
        neo4j: the server for the engine ``neo4j``; the one that the environment names without it.
    """

    def __init__(self, folder: GraphFolder, neo4j: Neo4jTarget | None = None) -> None:
        self.folder = folder
        self._neo4j = neo4j
        self._checked = False

    @cached_property
    def _sparql(self) -> ox.Store:
        from kg.views.rdf import load_store

        return load_store(self.folder)

    @cached_property
    def _cypher(self) -> CypherStore:
        from kg.views.cypherstore import open_cypher

        return open_cypher(self.folder)

    def run(
        self,
        name: str,
        parameters: Mapping[str, object] | None = None,
        *,
        engine: str = "sparql",
        limit: int | None = None,
        timeout: float = TIMEOUT,
    ) -> QueryResult:
        """Run a prepared query of the catalogue.

        Args:
            name: the query.
            parameters: its parameters, by name.
            engine: ``sparql`` (Oxigraph), ``cypher`` (kglite), both embedded, or ``neo4j`` (a server that
                holds this graph, see `kg load neo4j`).
            limit: return no more rows than this.
            timeout: seconds that the query may take, opening the engine not counted; 0 is no limit.

        Raises:
            UnknownNameError: if there is no such engine, query or parameter.
            ParameterError: if a parameter is missing or not of its type.
            QueryError: if the query fails or takes too long.
            ServerError: if the server cannot be reached or refuses.
        """
        if limit is not None and limit < 0:
            raise ParameterError(f"limit must be 0 or more, not {limit}", value=limit)
        if engine not in ENGINES:
            raise UnknownNameError("engine", engine, ENGINES)
        language: Language = "sparql" if engine == "sparql" else "cypher"
        query = find(name, language)
        values = bind(query.parameters, parameters or {}, self.folder)
        if engine == "sparql":
            from kg.queries.sparql import run_sparql

            columns, rows = run_sparql(self._sparql, query, values, timeout=timeout)
        else:
            ask = self._cypher.run if engine == "cypher" else self._ask_neo4j
            rows = ask(query.text, values, timeout=timeout)
            columns = list(rows[0]) if rows else _columns(query.text)
        return QueryResult(columns, rows if limit is None else rows[:limit])

    def _ask_neo4j(self, text: str, values: Mapping[str, Any], *, timeout: float) -> list[dict[str, Any]]:
        from kg.views.neo4jtarget import Neo4jTarget

        if self._neo4j is not None:
            return self._ask_server(self._neo4j, text, values, timeout)
        with Neo4jTarget.from_environment() as found:
            return self._ask_server(found, text, values, timeout)

    def _ask_server(
        self, target: Neo4jTarget, text: str, values: Mapping[str, Any], timeout: float
    ) -> list[dict[str, Any]]:
        if not self._checked:
            check_loaded(self.folder, target)
            self._checked = True
        return target.run_read(text, values, timeout=timeout)


def check_loaded(folder: GraphFolder, target: Neo4jTarget) -> None:
    """Make sure that a server holds this graph and no other.

    Raises:
        ServerError: if it holds none of ours, another graph, one whose load was cut off, or besides what an
            earlier build had.
    """
    from kg.views.neo4jaccount import nodes_as_counted, read_account
    from kg.views.neo4jstamp import stamp

    account = read_account(target)
    command = f"kg load neo4j {folder.path}"
    if account is None:
        what, way = "no casegraph data", f"load it first: {command}"
    elif account.loading:
        what, way = "part of a load that has not ended", f"load again, it goes on: {command}"
    elif account.build != stamp(folder):
        what, way = f"another graph than {folder.path}", f"load it first: {command}"
    elif account.stale_nodes or account.stale_relationships:
        what, way = f"{folder.path}, and what an earlier build had", f"remove that: {command} --prune"
    elif not nodes_as_counted(target, account):
        what, way = f"not all of {folder.path} any more", f"load it again: {command}"
    else:
        return
    raise ServerError(f"the database holds {what}; {way}", value=str(folder.path))


def run_query(
    folder: GraphFolder,
    name: str,
    parameters: Mapping[str, object] | None = None,
    *,
    engine: str = "sparql",
    limit: int | None = None,
    timeout: float = TIMEOUT,
    neo4j: Neo4jTarget | None = None,
) -> QueryResult:
    """Run one prepared query; to run several on one graph, keep an `Engines`.

    Arguments and errors are those of `Engines` and `Engines.run`.
    """
    return Engines(folder, neo4j).run(name, parameters, engine=engine, limit=limit, timeout=timeout)


def _columns(text: str) -> list[str]:
    """Return the columns that a Cypher query without rows would have: the names behind AS in its last RETURN."""
    returned = text.rpartition("RETURN")[2].partition("ORDER BY")[0]
    return [part.rpartition(" AS ")[2].strip().strip("`") for part in returned.split(",\n")] if returned else []
