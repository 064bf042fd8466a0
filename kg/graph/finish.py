"""From spooled rows to the final tables: sorting, de-duplication and grouping, out of core.

DuckDB sorts, and spills to disk; edges are added up from the sorted evidence as it streams by, one edge in memory at
a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kg.graph.duplicates import cluster_cases, write_findings
from kg.graph.tables import ROW_GROUP, SCHEMAS, SORT_KEYS, TableWriter
from kg.model import Finding

_FROM_ONTOLOGIES: Final = frozenset(
    {"biolink:subclass_of", "biolink:broad_match", "biolink:close_match", "biolink:chemically_similar_to"}
)
_COMPUTED: Final = frozenset({"biolink:chemically_similar_to", "biolink:has_part"})
#: Rows that DuckDB hands over at a time.
_BATCH: Final = 10_000
#: Rows that are sorted at a time, about.
_PART: Final = 500_000
_TOGETHER: Final = "biolink:occurs_together_in_literature_with"

# In how many documents, and by how many patients' evidence, each node is named.
_COUNTS = """
SELECT id, count(DISTINCT document) AS documents, count(DISTINCT "case") AS cases FROM (
  SELECT object AS id, document, "case" FROM read_parquet($evidence) WHERE predicate = 'biolink:mentions'
  UNION ALL SELECT subject, document, "case" FROM read_parquet($evidence) WHERE document IS NOT NULL
  UNION ALL SELECT object, document, "case" FROM read_parquet($evidence) WHERE document IS NOT NULL
) GROUP BY id
"""

_QUERIES = {
    "nodes": "SELECT n.* EXCLUDE (documents, cases), coalesce(c.documents, 0) AS documents, coalesce(c.cases, 0) AS cases"
    " FROM spooled n LEFT JOIN counts c USING (id)",
    "cases": "SELECT s.* EXCLUDE (cluster), c.cluster FROM spooled s LEFT JOIN clusters c USING (id)",
    "edges": """
      SELECT e.* EXCLUDE (subject_documents, object_documents, lift),
        CASE WHEN together THEN s.documents END AS subject_documents,
        CASE WHEN together THEN o.documents END AS object_documents,
        CASE WHEN together THEN e.documents * (SELECT n FROM total)::DOUBLE / (s.documents * o.documents) END AS lift
      FROM (SELECT *, predicate = 'biolink:occurs_together_in_literature_with' AS together FROM spooled) e
      LEFT JOIN counts s ON s.id = e.subject LEFT JOIN counts o ON o.id = e.object
    """,
}
#: Tables whose key tells any two rows apart; the rows of others are ordered by everything that is in them.
_UNIQUE: Final = frozenset(
    {"nodes", "edges", "evidence", "documents", "passages", "cases", "facts", "mentions", "mappings"}
)


def finish_tables(
    spool: Path,
    out: Path,
    *,
    memory_limit: str = "384MB",
    curate: Callable[[Iterable[Finding]], Iterable[Finding]] = iter,
) -> dict[str, int]:
    """Write every final table from the spooled ones.

    Args:
        spool: folder with Parquet files, one or more a table (all but ``edges``), rows in any order.
        out: folder to write to.
        memory_limit: what DuckDB may hold before it spills to ``spool``.
        curate: what curators say to the findings that several documents make together.

    Returns:
        Rows by table.
    """
    db = duckdb.connect(":memory:")
    try:
        db.execute("SET memory_limit = ?", [memory_limit])
        db.execute("SET temp_directory = ?", [str(spool / "spill")])
        db.execute("SET threads = 2")
        db.execute("SET preserve_insertion_order = false")
        # Evidence first: its edges are spooled while it is written.
        with TableWriter(spool / "edges.parquet", SCHEMAS["edges"], batch=5_000) as writer:
            edges = _Edges(writer)
            rows = {
                "evidence": _write(db, "evidence", spool, out, lambda table: edges.take(_first_of_each(table, edges)))
            }
            edges.close()
        documents = _files(spool, "documents")
        db.execute("CREATE TABLE total AS SELECT count(*) AS n FROM read_parquet(?)", [documents])
        db.execute(f"CREATE TABLE counts AS {_COUNTS}", {"evidence": str(out / "evidence.parquet")})
        clusters = cluster_cases(db, _files(spool, "cases"), str(out / "evidence.parquet"), documents)
        write_findings(curate(clusters.findings()), spool / "findings.clusters.parquet")
        members = [{"id": case, "cluster": cluster} for case, cluster in clusters.members()]
        schema = pa.schema([("id", pa.string()), ("cluster", pa.string())])
        db.register("clusters", pa.Table.from_pylist(members, schema=schema))
        rows |= {name: _write(db, name, spool, out) for name in SCHEMAS if name != "evidence"}
        return {name: rows[name] for name in SCHEMAS}
    finally:
        db.close()


def _write(
    db: duckdb.DuckDBPyConnection,
    name: str,
    spool: Path,
    out: Path,
    through: Callable[[pa.Table], pa.Table] | None = None,
) -> int:
    """Write a table in its order; return its rows.

    Args:
        db: the database.
        name: the table.
        spool: where its rows are.
        out: where to write it.
        through: is given each batch of rows, and gives back what is written.
    """
    schema = SCHEMAS[name]
    names = ", ".join(_quoted(c) for c in schema.names)
    columns = dict.fromkeys(SORT_KEYS[name] if name in _UNIQUE else (*SORT_KEYS[name], *_scalars(schema)))
    order = ", ".join(f"{_quoted(c)} NULLS FIRST" for c in columns)
    if name == "evidence":
        # The spool holds equal evidence once for each list that names a place; the one with the first mentions is kept.
        order += ", subject_mention NULLS LAST, object_mention NULLS LAST"
    inner = _QUERIES.get(name, "SELECT * FROM spooled")
    first, files = SORT_KEYS[name][0], _files(spool, name)

    def batches() -> Iterator[pa.RecordBatch]:
        # Part by part: what one sort holds does not grow with the table.
        for where, bounds in _parts(db, files, first):
            source = f"WITH spooled AS (SELECT * FROM read_parquet(?) {where}) {inner}"  # noqa: S608 - our own queries
            query = f"SELECT {names} FROM ({source}) ORDER BY {order}"  # noqa: S608 - column names of our own schemas
            yield from db.sql(query, params=[files, *bounds]).to_arrow_reader(_BATCH)

    rows = 0
    with pq.ParquetWriter(out / f"{name}.parquet", schema, compression="zstd") as writer:
        for table in _rechunked(batches(), schema, through or (lambda table: table)):
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _files(spool: Path, name: str) -> list[str]:
    """Return the files of a spooled table: one of the build, one of each batch of documents."""
    return [str(path) for path in sorted(spool.glob(f"{name}*.parquet")) if path.name.partition(".")[0] == name]


def _parts(db: duckdb.DuckDBPyConnection, files: list[str], column: str) -> Iterator[tuple[str, list[str]]]:
    """Yield conditions, with their values, that part a spooled table by the column that orders it, in its order.

    The bounds are values of a sample. They decide how much is sorted at a time, and nothing else.
    """
    several = sum(pq.read_metadata(file).num_rows for file in files) // _PART
    if not several:
        yield "", []
        return
    name = _quoted(column)
    sample = f"SELECT {name} FROM read_parquet(?) USING SAMPLE reservoir(10000 ROWS) REPEATABLE (1)"  # noqa: S608
    values = sorted(value for (value,) in db.execute(sample, [files]).fetchall() if value is not None)
    bounds = sorted({values[len(values) * i // (several + 1)] for i in range(1, several + 1)}) if values else []
    if not bounds:
        yield "", []
        return
    yield f"WHERE {name} IS NULL OR {name} < ?", [bounds[0]]
    for low, high in pairwise(bounds):
        yield f"WHERE {name} >= ? AND {name} < ?", [low, high]
    yield f"WHERE {name} >= ?", [bounds[-1]]


def _rechunked(
    batches: Iterator[pa.RecordBatch], schema: pa.Schema, through: Callable[[pa.Table], pa.Table]
) -> Iterator[pa.Table]:
    """Yield tables of ROW_GROUP rows whatever batches arrive, so that the file's bytes depend on the rows alone."""
    held = schema.empty_table()
    for batch in batches:
        held = pa.concat_tables([held, through(pa.Table.from_batches([batch]).cast(schema))])
        while held.num_rows >= ROW_GROUP:
            yield held.slice(0, ROW_GROUP).combine_chunks()
            held = held.slice(ROW_GROUP)
    if held.num_rows:
        yield held.combine_chunks()


def _first_of_each(table: pa.Table, edges: _Edges) -> pa.Table:
    """Return the rows of sorted evidence whose identifier is not that of the row before."""
    ids = table.column("id").combine_chunks()
    if not len(ids):
        return table
    before = pa.concat_arrays([pa.array([edges.last], pa.string()), ids.slice(0, len(ids) - 1)])
    edges.last = ids[-1].as_py()
    return table.filter(pc.not_equal(ids, before))


@dataclass(slots=True)
class _Edge:
    """One edge while its evidence streams by."""

    id: str
    subject: str
    predicate: str
    object: str
    source: str
    original: str
    asserted: bool = True
    polarities: dict[str, int] = field(default_factory=dict)
    publications: list[str] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)

    def row(self) -> dict[str, Any]:
        told = [self.polarities.get(p, 0) for p in ("support", "contradiction", "unknown")]
        knowledge, agent = _levels(self.predicate)
        if self.asserted:
            # Nobody says whether people or programs made a source's relations.
            knowledge = agent = "not_provided"
        return {
            "id": self.id, "subject": self.subject, "predicate": self.predicate, "object": self.object,
            "support": told[0], "contradiction": told[1], "unknown": told[2], "evidence": sum(told),
            "documents": len(self.publications), "cases": len(self.cases), "publications": self.publications,
            "knowledge_level": knowledge, "agent_type": agent, "primary_knowledge_source": self.source,
            "original_predicate": self.original,
        }  # fmt: skip


class _Edges:
    """Adds up edges from evidence that is sorted by subject, predicate, object and document."""

    #: The columns that are looked at.
    COLUMNS: Final = (
        "edge",
        "subject",
        "predicate",
        "object",
        "source",
        "original_predicate",
        "method",
        "polarity",
        "document",
        "case",
    )

    def __init__(self, writer: TableWriter) -> None:
        self.last = ""
        self._writer = writer
        self._edge: _Edge | None = None

    def take(self, evidence: pa.Table) -> pa.Table:
        """Add a batch up, and return it."""
        columns = (evidence.column(name).to_pylist() for name in self.COLUMNS)
        edge = self._edge
        for identifier, subject, predicate, obj, source, original, method, polarity, document, case in zip(
            *columns, strict=True
        ):
            if edge is None or edge.id != identifier:
                self.close()
                edge = self._edge = _Edge(identifier, subject, predicate, obj, source, original)
            elif source != edge.source or original != edge.original:
                # `first` values are the whole group's minimum, never "any"; a word of a source's before none.
                edge.source = min(edge.source, source)
                edge.original = min(filter(None, (edge.original, original)), default="")
            edge.asserted = edge.asserted and method.startswith("source-relation")
            edge.polarities[polarity] = edge.polarities.get(polarity, 0) + 1
            if document is not None and (not edge.publications or edge.publications[-1] != document):
                edge.publications.append(document)
            if case is not None:
                edge.cases.add(case)
        return evidence

    def close(self) -> None:
        """Write the edge that was added up last."""
        if self._edge:
            self._writer.write(self._edge.row())
        self._edge = None


def _levels(predicate: str) -> tuple[str, str]:
    """Return Biolink's knowledge level and agent type of the edges of a predicate.

    >>> _levels("biolink:subclass_of"), _levels("biolink:has_part")
    (('knowledge_assertion', 'manual_agent'), ('logical_entailment', 'automated_agent'))
    """
    if predicate in _FROM_ONTOLOGIES:
        knowledge = "knowledge_assertion"
    elif predicate == "biolink:has_part":
        knowledge = "logical_entailment"
    else:
        knowledge = "text_co_occurrence" if predicate == _TOGETHER else "not_provided"
    if predicate in _COMPUTED:
        return knowledge, "automated_agent"
    return knowledge, "manual_agent" if predicate in _FROM_ONTOLOGIES else "text_mining_agent"


def _scalars(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if not pa.types.is_list(field.type)]


def _quoted(column: str) -> str:
    return f'"{column}"'
