"""The tables of a graph: their columns, their order, and how they are written.

Parquet through Arrow with fixed schemas, sorted by a full key, fixed row groups: same rows, same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_S = pa.string()
_L = pa.list_(pa.string())
_I = pa.int64()
_F = pa.float64()
_B = pa.bool_()


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


#: Table name -> columns, in the order in which they are written.
SCHEMAS: dict[str, pa.Schema] = {
    "nodes": _schema(
        id=_S,
        category=_S,
        name=_S,
        equivalent_identifiers=_L,
        synonyms=_L,
        source=_S,
        release=_S,
        status=_S,
        replaced_by=_L,
        documents=_I,
        cases=_I,
    ),
    "edges": _schema(
        id=_S,
        subject=_S,
        predicate=_S,
        object=_S,
        support=_I,
        contradiction=_I,
        unknown=_I,
        evidence=_I,
        documents=_I,
        cases=_I,
        publications=_L,
        knowledge_level=_S,
        agent_type=_S,
        primary_knowledge_source=_S,
        original_predicate=_S,
        subject_documents=_I,
        object_documents=_I,
        lift=_F,
    ),
    "evidence": _schema(
        id=_S,
        edge=_S,
        subject=_S,
        predicate=_S,
        object=_S,
        polarity=_S,
        polarity_reason=_S,
        document=_S,
        case=_S,
        section=_S,
        sentence_start=_I,
        sentence_end=_I,
        sentence=_S,
        method=_S,
        subject_mention=_S,
        object_mention=_S,
        outcome=_S,
        source=_S,
        release=_S,
        original_predicate=_S,
    ),
    "documents": _schema(
        id=_S,
        input=_S,
        format=_S,
        sha256=_S,
        title=_S,
        authors=_L,
        pmcid=_S,
        pmid=_S,
        doi=_S,
        journal=_S,
        date=_S,
        abstract_truncated=_B,
        figure_count=_I,
        figure_url=_S,
        source_url=_S,
        license=_S,
        publication_types=_L,
        case_report=_B,
        case_report_reason=_S,
    ),
    "passages": _schema(document=_S, ordinal=_I, section=_S, text=_S),
    "cases": _schema(
        id=_S,
        document=_S,
        ordinal=_I,
        name=_S,
        age=_F,
        age_unit=_S,
        sex=_S,
        follow_up=_F,
        follow_up_unit=_S,
        outcome=_S,
        cluster=_S,
    ),
    "facts": _schema(
        id=_S,
        document=_S,
        case=_S,
        kind=_S,
        value=_S,
        number=_F,
        unit=_S,
        section=_S,
        start=_I,
        end=_I,
        sentence_start=_I,
        sentence_end=_I,
        sentence=_S,
        rule=_S,
    ),
    "mentions": _schema(
        id=_S,
        document=_S,
        line=_I,
        source_list=_S,
        category=_S,
        text=_S,
        asserted_as=_S,
        asserted=_S,
        further=_L,
        occurrences=_I,
    ),
    "occurrences": _schema(
        mention=_S,
        section=_S,
        start=_I,
        end=_I,
        text=_S,
        sentence_start=_I,
        sentence_end=_I,
    ),
    "relations": _schema(
        document=_S,
        input=_S,
        line=_I,
        kind=_S,
        subject=_S,
        object=_S,
        subject_as=_S,
        object_as=_S,
        annotator=_S,
        predicate=_S,
        subject_node=_S,
        object_node=_S,
        edge=_S,
        evidence=_S,
        reason=_S,
    ),
    "links": _schema(
        mention=_S,
        document=_S,
        term=_S,
        node=_S,
        rule=_S,
        verdict=_S,
        confidence=_S,
        mapping_confidence=_F,
        reasons=_S,
        candidates=_S,
        chain=_S,
        decisions=_L,
    ),
    "mappings": _schema(
        id=_S,
        subject_id=_S,
        subject_label=_S,
        predicate_id=_S,
        object_id=_S,
        object_label=_S,
        mapping_justification=_S,
        mapping_source=_S,
        mapping_set_version=_S,
        confidence=_S,
        author_id=_S,
        mapping_date=_S,
        comment=_S,
        record=_S,
        node=_S,
        used=_B,
    ),
    "findings": _schema(
        id=_S,
        code=_S,
        severity=_S,
        document=_S,
        mention=_S,
        text=_S,
        asserted=_S,
        asserted_name=_S,
        suggested=_S,
        suggested_name=_S,
        message=_S,
        reasons=_S,
        confidence=_S,
        decisions=_L,
    ),
    "decisions": _schema(
        id=_S,
        scope=_S,
        decision=_S,
        document=_S,
        section=_S,
        start=_I,
        end=_I,
        mention=_S,
        text=_S,
        asserted=_S,
        code=_S,
        target=_S,
        curator=_S,
        orcids=_L,
        date=_S,
        comment=_S,
        file=_S,
        line=_I,
        applied=_B,
    ),
    "ledger": _schema(
        input=_S,
        kind=_S,
        outcome=_S,
        count=_I,
        reason=_S,
        line=_I,
        text=_S,
        target=_S,
    ),
}

#: The columns that order a table: together they are unique, or the rows are wholly equal.
SORT_KEYS: dict[str, tuple[str, ...]] = {
    "nodes": ("id",),
    "edges": ("subject", "predicate", "object"),
    "evidence": ("subject", "predicate", "object", "document", "section", "sentence_start", "id"),
    "documents": ("id",),
    "passages": ("document", "ordinal"),
    "cases": ("id",),
    "facts": ("document", "section", "start", "kind", "id"),
    "mentions": ("document", "line", "id"),
    "occurrences": ("mention", "section", "start", "end"),
    "relations": ("document", "input", "line", "kind", "subject", "object"),
    "links": ("document", "mention", "term"),
    "mappings": ("subject_id", "predicate_id", "object_id", "id"),
    "findings": ("document", "mention", "code", "id"),
    "decisions": ("file", "line", "id"),
    "ledger": ("input", "kind", "outcome", "line", "reason", "text", "target"),
}

#: Tables that came after graphs of this layout were built: an older graph lacks them, and they are empty.
LATER: frozenset[str] = frozenset({"decisions"})

ROW_GROUP = 20_000


class TableWriter:
    """Writes rows of one table to a Parquet file in constant memory; use as a context manager.

    Args:
        path: the file to write.
        schema: the columns.
        batch: rows held before they are written out as one row group.
    """

    def __init__(self, path: Path, schema: pa.Schema, *, batch: int = ROW_GROUP) -> None:
        self.schema = schema
        self.rows = 0
        self._batch = batch
        self._names = frozenset(schema.names)
        self._waiting: list[Mapping[str, Any]] = []
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def write(self, row: Mapping[str, Any]) -> None:
        """Add one row, which is held as it is until it is written; a column that is missing is null.

        Raises:
            KeyError: if the row has a column that the table lacks.
        """
        if not row.keys() <= self._names:
            raise KeyError(f"unknown columns {sorted(row.keys() - self._names)}")
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) == self._batch:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            columns = {name: [row.get(name) for row in self._waiting] for name in self.schema.names}
            self._waiting.clear()
            self._writer.write_table(pa.table(columns, schema=self.schema))


def write_table(path: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write the rows of table ``name``, sorted by its key, to ``path``; for tables that fit in memory.

    Returns:
        The number of rows.
    """
    key = SORT_KEYS[name]
    ordered = sorted(rows, key=lambda row: [(row.get(c) is not None, row.get(c)) for c in key])
    with TableWriter(path, SCHEMAS[name]) as writer:
        for row in ordered:
            writer.write(row)
    return len(ordered)
