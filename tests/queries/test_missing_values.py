"""A value that is null or empty in the tables is the same row in every engine: text "", number None."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS, write_table
from kg.queries.run import Engines
from tests.generated import generate
from tests.queries.questions import questions

#: Table -> columns that may be missing.
OPTIONAL = {
    "nodes": ("name", "status", "source", "release"),
    "documents": ("title", "journal", "date", "doi", "pmid"),
    "cases": ("age", "age_unit", "sex", "outcome"),
    "evidence": ("polarity_reason", "method", "document", "case", "section", "sentence", "outcome"),
    "mappings": ("mapping_source", "mapping_justification", "mapping_set_version"),
    "findings": ("document", "mention", "text", "asserted", "asserted_name", "suggested", "suggested_name", "message"),
}
#: Columns that point at a row: they hold an identifier or null, never an empty text.
POINTERS = {"document", "case", "mention"}


def missing() -> Iterator[tuple[str, str, str | None]]:
    """Yield table, column and what stands for no value."""
    for table, columns in OPTIONAL.items():
        for column in columns:
            yield table, column, None
            if SCHEMAS[table].field(column).type == pa.string() and column not in POINTERS:
                yield table, column, ""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("missing") / "graph", documents=12, diseases=10, chemicals=6)


@pytest.mark.parametrize(("table", "column", "nothing"), list(missing()))
def test_engines_agree_on_what_is_missing(
    table: str, column: str, nothing: str | None, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEGRAPH_CACHE", str(tmp_path))
    rows = list(GraphFolder(path).rows(table))
    # Every other row, so that what is there and what is not stand side by side.
    write_table(path / f"{table}.parquet", table, [r | {column: nothing} if i % 2 else r for i, r in enumerate(rows)])
    try:
        engines = Engines(GraphFolder(path))
        for name, parameters in questions(engines.folder, 3):
            sparql, cypher = (engines.run(name, parameters, engine=e) for e in ("sparql", "cypher"))
            assert sparql == cypher, name
            assert {c for row in sparql for c, value in row.items() if value is None} <= {"age"}, name
    finally:
        write_table(path / f"{table}.parquet", table, rows)
