"""Opening a graph folder: its tables and its manifest, read when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kg.errors import GraphError, NoGraphError
from kg.graph.tables import LATER, SCHEMAS

MANIFEST = "manifest.json"
#: Version of the folder's layout; raised when a reader of the older one would go wrong.
LAYOUT = 1


class GraphFolder:
    """The tables and the manifest of one graph folder.

    Args:
        path: the folder that `kg build` wrote.

    Raises:
        NoGraphError: if the folder is not a graph.
        GraphError: if it is incomplete, damaged, or has a newer layout.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        file = self.path / MANIFEST
        if not file.is_file():
            what = "is not a graph folder" if self.path.exists() else "does not exist"
            raise NoGraphError(f"{self.path} {what}; make one with: kg build PAGES -o {self.path}", value=str(path))
        try:
            self.manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            layout = int(self.manifest["layout"])
        except (ValueError, KeyError, TypeError) as error:
            raise GraphError(f"{file} is damaged ({error}); build the graph again", value=str(path)) from error
        if layout > LAYOUT:
            raise GraphError(
                f"{self.path} has layout {layout}, this casegraph reads up to {LAYOUT}; upgrade casegraph",
                value=layout,
            )
        if missing := [n for n in SCHEMAS if n not in LATER and not self.file(n).is_file()]:
            raise GraphError(f"{self.path} lacks the tables {', '.join(missing)}; build it again", value=missing)

    def __repr__(self) -> str:
        return f"GraphFolder({str(self.path)!r})"

    def file(self, name: str) -> Path:
        """Return the path of a table's Parquet file."""
        return self.path / f"{name}.parquet"

    def holds(self, name: str) -> bool:
        """Tell whether the graph has a table: one that was built before the table came has not, and reads as empty."""
        return name not in LATER or self.file(name).is_file()

    def table(self, name: str) -> pa.Table:
        """Return a whole table as Arrow.

        Raises:
            GraphError: if there is no such table.
        """
        schema = _schema(name)
        return pq.read_table(self.file(name), schema=schema) if self.holds(name) else schema.empty_table()

    def tables(self) -> dict[str, pa.Table]:
        """Return every table as Arrow, by name."""
        return {name: self.table(name) for name in SCHEMAS}

    def rows(self, name: str, batch: int = 10_000) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table as dicts, reading a batch at a time."""
        _schema(name)
        if self.holds(name):
            yield from read_rows(self.file(name), batch)

    def select(self, name: str, column: str, values: Iterable[str]) -> list[dict[str, Any]]:
        """Return the rows of a table whose ``column`` is one of ``values``, in the table's order."""
        wanted = sorted(set(values))
        if not wanted or not self.holds(name):
            return []
        table = pq.read_table(self.file(name), schema=_schema(name), filters=[(column, "in", wanted)])
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows

    def count(self, name: str) -> int:
        """Return the number of rows of a table, from its footer."""
        return int(pq.read_metadata(self.file(name)).num_rows) if self.holds(name) else 0

    def named(self, text: str, category: str | None = None) -> list[dict[str, Any]]:
        """Return the rows of the nodes that have a name or synonym, by identifier.

        Where documents name one of several, it alone is meant: the others are there as ancestors, or because
        a source asserted them in vain.

        Args:
            text: the name, in any case.
            category: keep to nodes of this category.
        """
        rows = self.select("nodes", "id", self.names.get(text.casefold(), ()))
        rows = [row for row in rows if category is None or row["category"] == category]
        met = [row for row in rows if row["documents"]]
        return met if len(met) == 1 else rows

    @cached_property
    def identifiers(self) -> dict[str, str]:
        """Every identifier of every node (its equivalents too) -> the node's own identifier."""
        table = pq.read_table(self.file("nodes"), columns=["id", "equivalent_identifiers"])
        known: dict[str, str] = {}
        for row in table.to_pylist():
            for identifier in row["equivalent_identifiers"] or ():
                known.setdefault(identifier, row["id"])
        for identifier in table.column("id").to_pylist():
            known[identifier] = identifier
        return known

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """Case-folded name or synonym -> node identifiers, sorted; a label beats a synonym."""
        table = pq.read_table(self.file("nodes"), columns=["id", "name", "synonyms"])
        labels: dict[str, set[str]] = {}
        synonyms: dict[str, set[str]] = {}
        for row in table.to_pylist():
            labels.setdefault((row["name"] or "").casefold(), set()).add(row["id"])
            for synonym in row["synonyms"] or ():
                synonyms.setdefault(synonym.casefold(), set()).add(row["id"])
        return {k: sorted(v) for k, v in (synonyms | labels).items()}


def read_rows(path: Path, batch: int = 10_000) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file as dicts, reading a batch at a time."""
    with pq.ParquetFile(path) as file:
        for chunk in file.iter_batches(batch_size=batch):
            yield from chunk.to_pylist()


def _schema(name: str) -> pa.Schema:
    if name not in SCHEMAS:
        raise GraphError(f"no table {name!r}; there are {', '.join(SCHEMAS)}", value=name)
    return SCHEMAS[name]
