"""Views of the property graph read back from themselves: networkx, Neo4j, and the CSV of its importer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import neo4j

from kg.errors import InputError
from kg.graph.store import GraphFolder
from kg.views.importheader import Column, read_header
from kg.views.importrows import Field, Row, RowReader
from kg.views.importscript import ImportScript, Source, read_script
from kg.views.neo4jaccount import read_account
from kg.views.neo4jstamp import STALE, stamp
from kg.views.neo4jtarget import STAMP, Neo4jTarget
from kg.views.network import to_networkx
from kg.views.propertygraph import (
    ALL_LABELS,
    LABELS,
    MARKER,
    TRAIL_LABELS,
    property_keys,
    relationship_keys,
)
from kg.views.verification import END, LABELS_KEY, START, Kinds, Record
from kg.wording import counted

if TYPE_CHECKING:
    import networkx as nx

#: Labels that stand first, by which a node's kind is told.
_FIRST: Final = frozenset(labels[0] for labels in (*LABELS.values(), *TRAIL_LABELS.values()))
#: Kind of a node of ours that has lost its label.
NO_LABEL: Final = "(no label)"


class WholeView:
    """A view that holds all of every record of the property graph, and nothing else."""

    name = ""

    def expected(self, record: Record) -> Record | None:
        """Return the record as it is."""
        return record

    def further(self) -> Iterator[Record]:
        """Yield nothing."""
        yield from ()

    def notes(self) -> list[str]:
        """Return nothing."""
        return []


class NetworkxView(WholeView):
    """The networkx graph with its trail; it is held in memory.

    Args:
        folder: the graph.
        graph: what stands in for the networkx graph that is made of it.
    """

    name = "networkx"

    def __init__(self, folder: GraphFolder, graph: nx.MultiDiGraph | None = None) -> None:
        self._folder = folder
        self._graph = graph

    def held(self, _kinds: Kinds = None, /) -> Iterator[Record]:
        """Yield the nodes and edges of the networkx graph."""
        if self._graph is None:
            self._graph = to_networkx(self._folder, trail=True)
        for identifier, attributes in self._graph.nodes(data=True):
            values = dict(attributes)
            labels = values.pop("labels", [])
            yield Record(_kind(labels), str(identifier), {**values, LABELS_KEY: sorted(labels)})
        for start, end, key, attributes in self._graph.edges(keys=True, data=True):
            values = dict(attributes)
            kind = str(values.pop("type", ""))
            # Edges of the graph say their predicate as a CURIE too, which is their type.
            of_trail = str(key).startswith(f"{kind}|")
            if values.get("predicate") == (None if of_trail else f"biolink:{kind.lower()}"):
                values.pop("predicate", None)
            yield Record(kind, str(key), {**values, START: start, END: end})


class Neo4jView(WholeView):
    """What a Neo4j database holds of ours, read over Bolt in read-only transactions.

    Labels, types, properties and whole records that others have added are none of ours, and are not looked at; but a
    relationship of one of our types between nodes of ours is, whoever made it, since the prepared queries see it.

    Args:
        target: the database.
        folder: the graph that it should hold.
    """

    name = "Neo4j"

    def __init__(self, target: Neo4jTarget, folder: GraphFolder) -> None:
        self._target = target
        self._folder = folder
        self._types: set[str] = set()

    def expected(self, record: Record) -> Record | None:
        """Return the record as it is; its type is one of those that are read."""
        if START in record.values:
            self._types.add(record.kind)
        return record

    def notes(self) -> list[str]:
        """Return what the database says that it holds, where that is not this graph, and what is left of another."""
        account, ours = read_account(self._target), stamp(self._folder)
        said = []
        if account is None:
            said.append("no load has told what the database holds: `kg load neo4j` has never ended there")
        elif account.loading:
            said.append("a load of the database has begun and has not ended; `kg load neo4j` goes on with it")
        elif account.build != ours:
            said.append(f"the database was loaded with another graph ({account.build}, not {ours})")
        rows = self._target.run_read(
            f"MATCH (n:`{MARKER}`) WHERE n.{STAMP} = $stale RETURN count(n) AS n "
            f"UNION ALL MATCH (:`{MARKER}`)-[r]->() WHERE r.{STAMP} = $stale RETURN count(r) AS n",
            {"stale": STALE},
            timeout=0,
        )
        nodes, links = (row["n"] for row in rows)
        if nodes or links:
            said.append(
                f"{counted(nodes, 'node')} and {counted(links, 'relationship')} of an earlier build are in the "
                "database, and were not compared; `kg load neo4j --prune` removes them"
            )
        return said

    def held(self, kinds: Kinds = None, /) -> Iterator[Record]:
        """Yield our nodes and relationships, as they come from the server."""
        for label in sorted(_FIRST if kinds is None else _FIRST & kinds):
            # A node of two kinds is told once, under the first of them.
            earlier = "".join(f" AND NOT n:`{name}`" for name in sorted(_FIRST) if name < label)
            yield from map(
                self._node, self._read(f"MATCH (n:`{label}`:`{MARKER}`) WHERE true{earlier} AND {_FRESH} {_NODE}")
            )
        if kinds is None or NO_LABEL in kinds:
            none = "".join(f" AND NOT n:`{name}`" for name in sorted(_FIRST))
            yield from map(self._node, self._read(f"MATCH (n:`{MARKER}`) WHERE true{none} AND {_FRESH} {_NODE}"))
        held = self._target.run_read(
            f"MATCH (:`{MARKER}`)-[x]->(:`{MARKER}`) WHERE x.{STAMP} IS NOT NULL RETURN DISTINCT type(x) AS t",
            timeout=0,
        )
        types = self._types | {row["t"] for row in held}
        for kind in sorted(types if kinds is None else types & kinds):
            query = f"MATCH (a:`{MARKER}`)-[n:`{kind.replace('`', '``')}`]->(b:`{MARKER}`) WHERE {_FRESH} {_LINK}"
            for row in self._read(query):
                values = {key: value for key, value in row["p"].items() if key in relationship_keys(kind)}
                identifier = values.get("id") or f"(no id) {row['a']} -> {row['b']}"
                yield Record(kind, str(identifier), {**values, START: row["a"], END: row["b"]})

    def _node(self, row: neo4j.Record) -> Record:
        labels = sorted(label for label in row["l"] if label in ALL_LABELS)
        kind = _kind(labels)
        known = property_keys(kind) if kind in _FIRST else ("id", "name")
        values = {key: value for key, value in row["p"].items() if key in known}
        identifier = values.get("id") or f"(no id) {row['e']}"
        return Record(kind, str(identifier), {**values, LABELS_KEY: labels})

    def _read(self, query: str) -> Iterator[neo4j.Record]:
        # No managed transaction: that would hold all rows before the first is seen.
        with (
            self._target.explained(),
            self._target.session() as session,
            session.begin_transaction() as transaction,
        ):
            yield from transaction.run(query, stale=STALE)


_FRESH: Final = f"coalesce(n.{STAMP}, 1) <> $stale"
_NODE: Final = "RETURN labels(n) AS l, properties(n) AS p, elementId(n) AS e"
_LINK: Final = "RETURN a.id AS a, b.id AS b, properties(n) AS p"


class CsvView(WholeView):
    """A folder of files for Neo4j's importer, read as the importer reads it.

    Args:
        folder: what ``kg export GRAPH neo4j-csv`` wrote.

    Raises:
        InputError: if it holds no script.
    """

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self._script = read_script(folder)

    def held(self, _kinds: Kinds = None, /) -> Iterator[Record]:
        """Yield the nodes and relationships of the files.

        Raises:
            InputError: if a file is missing, or the importer could not read it.
        """
        spaces: set[str] = set()
        for source in self._script.sources:
            columns: list[Column] = []
            for path in source.files:
                if not path.is_file():
                    raise _unreadable(path)
                with RowReader(path, self._script) as reader:
                    if not columns:
                        texts = reader.first_line().split(self._script.delimiter)
                        columns, wrong = read_header(texts, source.kind, frozenset(spaces))
                        spaces.update(column.space for column in columns if column.kind == "ID")
                        if wrong:
                            raise _unreadable(path)
                    for row in reader.rows():
                        if not isinstance(row, Row) or len(row.fields) != len(columns):
                            raise _unreadable(path)
                        yield _csv_record(self._script, source, columns, row)


def _unreadable(path: Path) -> InputError:
    return InputError(f"{path} cannot be imported; kg export {path.parent} neo4j-csv --check says why", value=str(path))


def _csv_record(script: ImportScript, source: Source, columns: list[Column], row: Row) -> Record:
    values: dict[str, Any] = {}
    for column, entry in zip(columns, row.fields, strict=True):
        if column.kind in ("START_ID", "END_ID"):
            values[START if column.kind == "START_ID" else END] = entry.text
        elif column.name != STAMP and (value := _value(column, entry, script)) is not None:
            values[column.name] = value
    if source.kind == "relationships":
        return Record(source.words[0], str(values.get("id", "")), values)
    labels = sorted(label for label in source.words if label in ALL_LABELS)
    return Record(_kind(labels), str(values.get("id", "")), {**values, LABELS_KEY: labels})


def _value(column: Column, entry: Field, script: ImportScript) -> Any:
    if not entry.text:
        # Quoted it is an empty text; a list is never empty, but not there.
        return "" if entry.quoted and column.type == "string" else None
    if column.is_list:
        return entry.text.split(script.array_delimiter)
    if column.element == "long":
        return int(entry.text)
    if column.element == "double":
        return float(entry.text)
    return entry.text == "true" if column.element == "boolean" else entry.text


def _kind(labels: list[str]) -> str:
    return next((label for label in sorted(labels) if label in _FIRST), NO_LABEL)
