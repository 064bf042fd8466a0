"""Running a prepared query on any engine through one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from kg.errors import UnknownNameError
from kg.graph.store import GraphFolder
from kg.queries.catalogue import Language, find
from kg.queries.parameters import bind

if TYPE_CHECKING:
    from kg.views.neo4jtarget import Neo4jTarget

Engine = Literal["sparql", "cypher", "neo4j"]
ENGINES: tuple[Engine, ...] = get_args(Engine)


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


def run_query(
    folder: GraphFolder,
    name: str,
    parameters: Mapping[str, object] | None = None,
    *,
    engine: str = "sparql",
    limit: int | None = None,
    neo4j: Neo4jTarget | None = None,
) -> QueryResult:
    """Run a prepared query of the catalogue.

    Args:
        folder: the graph. Names and identifiers are looked up in it, whatever the engine.
        name: the query.
        parameters: its parameters, by name.
        engine: ``sparql`` (Oxigraph), ``cypher`` (kglite), both embedded, or ``neo4j`` (a server that holds
            this graph, see `kg load neo4j`).
        limit: return no more rows than this.
        neo4j: the server; the one that the environment names without it.

    Raises:
        UnknownNameError: if there is no such engine, query or parameter.
        ParameterError: if a parameter is missing or not of its type.
        QueryError: if the query fails.
        ServerError: if the server cannot be reached or refuses.
    """
    if engine not in ENGINES:
        raise UnknownNameError("engine", engine, ENGINES)
    language: Language = "sparql" if engine == "sparql" else "cypher"
    query = find(name, language)
    values = bind(query.parameters, parameters or {}, folder)
    if engine == "sparql":
        from kg.queries.sparql import run_sparql
        from kg.views.rdf import load_store

        columns, rows = run_sparql(load_store(folder), query, values)
    else:
        rows = _run_cypher(folder, query.text, values, engine, neo4j)
        columns = list(rows[0]) if rows else _columns(query.text)
    return QueryResult(columns, rows if limit is None else rows[:limit])


def _run_cypher(
    folder: GraphFolder, text: str, values: Mapping[str, Any], engine: str, target: Neo4jTarget | None
) -> list[dict[str, Any]]:
    if engine == "cypher":
        from kg.views.cypherstore import open_cypher

        return open_cypher(folder).run(text, values)
    from kg.views.neo4jtarget import Neo4jTarget

    if target is not None:
        return target.run_read(text, values)
    with Neo4jTarget.from_environment() as found:
        return found.run_read(text, values)


def _columns(text: str) -> list[str]:
    """Return the columns that a Cypher query without rows would have: the names behind AS in its last RETURN."""
    returned = text.rpartition("RETURN")[2].partition("ORDER BY")[0]
    return [part.rpartition(" AS ")[2].strip().strip("`") for part in returned.split(",\n")] if returned else []
