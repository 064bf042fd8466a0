"""A graph as Python sees it: `kg.open(DIR)`."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kg.graph.store import GraphFolder

if TYPE_CHECKING:
    import networkx as nx
    import pyarrow as pa
    import rdflib

    from kg.queries.run import Engines, QueryResult


class Graph:
    """One built graph and its views.

    Args:
        path: the folder that `kg build` wrote.

    Raises:
        GraphError: if it is not a graph.

    Attributes:
        folder: the tables (`kg.graph.store.GraphFolder`).
    """

    def __init__(self, path: str | Path) -> None:
        self.folder = GraphFolder(path)

    def __repr__(self) -> str:
        return f"kg.open({str(self.folder.path)!r})"

    def __enter__(self) -> Graph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @cached_property
    def _engines(self) -> Engines:
        from kg.queries.run import Engines

        return Engines(self.folder)

    @property
    def manifest(self) -> dict[str, Any]:
        """What the graph was made of."""
        return self.folder.manifest

    def tables(self) -> dict[str, pa.Table]:
        """Return every table as Arrow, by name."""
        return self.folder.tables()

    def rdf(self) -> rdflib.Dataset:
        """Return the graph as an rdflib Dataset on Oxigraph, named graphs as in the data model."""
        from kg.views.rdf import rdf_dataset

        return rdf_dataset(self.folder)

    def networkx(self, *, trail: bool = False) -> nx.MultiDiGraph:
        """Return the graph as a networkx MultiDiGraph; edge keys are edge identifiers.

        Args:
            trail: also hold mentions, evidence, findings, mappings and decisions as nodes.
        """
        from kg.views.network import to_networkx

        return to_networkx(self.folder, trail=trail)

    def query(
        self, name: str, *, engine: str = "sparql", limit: int | None = None, **parameters: object
    ) -> QueryResult:
        """Run a prepared query.

        Args:
            name: a query of the catalogue; a dash may be written as an underscore.
            engine: ``sparql`` or ``cypher`` (both embedded), or ``neo4j``.
            limit: return no more rows than this.
            parameters: the query's parameters.

        Raises:
            UnknownNameError: if there is no such query or parameter.
            ParameterError: if a parameter is missing or not of its type.
        """
        return self._engines.run(name.replace("_", "-"), parameters, engine=engine, limit=limit)


def open_graph(path: str | Path) -> Graph:
    """Open a graph folder (`kg.open`)."""
    return Graph(path)
