"""From spooled rows to the final tables: sorting, de-duplication and grouping, out of core, in DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kg.graph.tables import ROW_GROUP, SCHEMAS, SORT_KEYS

# Edges are aggregates of evidence. `first` values are over the whole group's minimum, never "any".
_EDGES = """
SELECT edge AS id, subject, predicate, object,
  count(*) FILTER (polarity = 'support') AS support,
  count(*) FILTER (polarity = 'contradiction') AS contradiction,
  count(*) FILTER (polarity = 'unknown') AS unknown,
  count(*) AS evidence,
  count(DISTINCT document) AS documents,
  count(DISTINCT "case") AS cases,
  coalesce(list_sort(list(DISTINCT document) FILTER (document IS NOT NULL)), []) AS publications,
  CASE WHEN predicate IN ('biolink:subclass_of', 'biolink:broad_match', 'biolink:close_match', 'biolink:chemically_similar_to')
       THEN 'knowledge_assertion'
       WHEN predicate = 'biolink:has_part' THEN 'logical_entailment'
       WHEN predicate = 'biolink:occurs_together_in_literature_with' THEN 'text_co_occurrence'
       ELSE 'not_provided' END AS knowledge_level,
  CASE WHEN predicate IN ('biolink:subclass_of', 'biolink:broad_match', 'biolink:close_match') THEN 'manual_agent'
       WHEN predicate IN ('biolink:chemically_similar_to', 'biolink:has_part') THEN 'automated_agent'
       ELSE 'text_mining_agent' END AS agent_type,
  min(source) AS primary_knowledge_source,
  min(original_predicate) AS original_predicate
FROM evidence GROUP BY edge, subject, predicate, object
"""

# In how many documents, and by how many patients' evidence, each node is named.
_COUNTS = """
SELECT id, count(DISTINCT document) AS documents, count(DISTINCT "case") AS cases FROM (
  SELECT object AS id, document, "case" FROM evidence WHERE predicate = 'biolink:mentions'
  UNION ALL SELECT subject, document, "case" FROM evidence WHERE document IS NOT NULL
  UNION ALL SELECT object, document, "case" FROM evidence WHERE document IS NOT NULL
) GROUP BY id
"""

_QUERIES = {
    "nodes": "SELECT n.* EXCLUDE (documents, cases), coalesce(c.documents, 0) AS documents, coalesce(c.cases, 0) AS cases"
    " FROM spooled n LEFT JOIN counts c USING (id)",
    # The spool holds equal evidence once for each list that names a place; one is kept, with the first mentions.
    "evidence": "SELECT * FROM evidence",
    "edges": """
      SELECT e.*,
        CASE WHEN together THEN s.documents END AS subject_documents,
        CASE WHEN together THEN o.documents END AS object_documents,
        CASE WHEN together THEN e.documents * (SELECT count(*) FROM documents)::DOUBLE / (s.documents * o.documents) END AS lift
      FROM (SELECT *, predicate = 'biolink:occurs_together_in_literature_with' AS together FROM edges) e
      LEFT JOIN counts s ON s.id = e.subject LEFT JOIN counts o ON o.id = e.object
    """,
}


def finish_tables(spool: Path, out: Path, *, memory_limit: str = "1GB") -> dict[str, int]:
    """Write every final table from the spooled ones.

    Args:
        spool: folder with one Parquet file a table (all but ``edges``), rows in any order.
        out: folder to write to.
        memory_limit: what DuckDB may hold before it spills to ``spool``.

    Returns:
        Rows by table.
    """
    db = duckdb.connect(":memory:")
    try:
        db.execute("SET memory_limit = ?", [memory_limit])
        db.execute("SET temp_directory = ?", [str(spool / "spill")])
        db.execute("SET threads = 2")
        db.execute("SET preserve_insertion_order = false")
        parquet = "read_parquet(?)"
        columns = ", ".join(
            f"min({_quoted(c)}) AS {_quoted(c)}"
            if c.endswith("_mention")
            else f"any_value({_quoted(c)}) AS {_quoted(c)}"
            for c in SCHEMAS["evidence"].names
            if c != "id"
        )
        grouped = f"SELECT id, {columns} FROM {parquet} GROUP BY id"  # noqa: S608 - names of our own columns
        db.execute(f"CREATE TABLE evidence AS {grouped}", [str(spool / "evidence.parquet")])
        db.execute("CREATE TABLE documents AS SELECT id FROM read_parquet(?)", [str(spool / "documents.parquet")])
        db.execute(f"CREATE TABLE edges AS {_EDGES}")
        db.execute(f"CREATE TABLE counts AS {_COUNTS}")
        return {name: _write(db, name, spool, out) for name in SCHEMAS}
    finally:
        db.close()


def _write(db: duckdb.DuckDBPyConnection, name: str, spool: Path, out: Path) -> int:
    schema = SCHEMAS[name]
    names = ", ".join(_quoted(c) for c in schema.names)
    order = ", ".join(f"{_quoted(c)} NULLS FIRST" for c in dict.fromkeys((*SORT_KEYS[name], *_scalars(schema))))
    inner = _QUERIES.get(name, "SELECT * FROM spooled")
    spooled = "SELECT * FROM read_parquet(?)"
    parameters = [str(spool / f"{name}.parquet")] if "spooled" in inner else []
    source = f"WITH spooled AS ({spooled}) {inner}" if parameters else inner
    query = f"SELECT {names} FROM ({source}) ORDER BY {order}"  # noqa: S608 - column names of our own schemas
    reader = db.sql(query, params=parameters).to_arrow_reader(ROW_GROUP)
    rows = 0
    with pq.ParquetWriter(out / f"{name}.parquet", schema, compression="zstd") as writer:
        for table in _rechunked(reader, schema):
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _rechunked(reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield tables of ROW_GROUP rows whatever batches arrive, so that the file's bytes depend on the rows alone."""
    held = schema.empty_table()
    for batch in reader:
        held = pa.concat_tables([held, pa.Table.from_batches([batch]).cast(schema)])
        while held.num_rows >= ROW_GROUP:
            yield held.slice(0, ROW_GROUP).combine_chunks()
            held = held.slice(ROW_GROUP)
    if held.num_rows:
        yield held.combine_chunks()


def _scalars(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if not pa.types.is_list(field.type)]


def _quoted(column: str) -> str:
    return f'"{column}"'
