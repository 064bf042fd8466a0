"""CSV for `neo4j-admin database import full`: the quickest way to fill an empty Neo4j database.

Format: https://neo4j.com/docs/operations-manual/5/tools/neo4j-admin/neo4j-admin-import/. Headers and data stand
in files of their own; all nodes share one identifier space; strings are always quoted, so that an empty
string (``""``) and a null (nothing) differ; quotes inside are doubled, newlines stand as they are. What no such
file can say is an error here, never another value in the database; :mod:`kg.views.importcheck` reads files back.
"""

from __future__ import annotations

import math
import re
import shlex
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc

from kg.errors import GraphError, InputError
from kg.graph.store import GraphFolder
from kg.graph.tables import SCHEMAS
from kg.views.importscript import SCRIPT
from kg.views.neo4jaccount import imported_statement
from kg.views.neo4jschema import schema_statements
from kg.views.neo4jstamp import node_stamp, relationship_stamp, stamp
from kg.views.neo4jtarget import STAMP
from kg.views.propertygraph import (
    MARKER,
    TABLES,
    TRAIL_LABELS,
    iter_nodes,
    iter_relationships,
    property_keys,
    relationship_keys,
)

#: Name of the identifier space that all nodes share.
SPACE = "casegraph"
SCHEMA = "schema.cypher"
# Separators of information (ASCII 31 to 28); the first that no list element contains divides the elements.
_DELIMITERS = ("\x1f", "\x1e", "\x1d", "\x1c")
#: Characters of the importer's buffer unless a row is longer.
_BUFFER = 4 << 20
_LINE_END = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class CsvReport:
    """What was written: files in the order of the script, ``nodes`` by first label, ``relationships`` by type."""

    folder: Path
    files: tuple[str, ...]
    nodes: dict[str, int]
    relationships: dict[str, int]


def write_csv(folder: GraphFolder, out: str | Path) -> CsvReport:
    """Write the graph as CSV for Neo4j's importer, with the script that runs it.

    Args:
        folder: the graph.
        out: folder to write into; made where it is missing.

    Returns:
        The files and the counts. Same graph, same bytes.

    Raises:
        InputError: if ``out`` is a file, or the graph's own folder.
        GraphError: if the graph is damaged, or holds what CSV cannot say (a list of one empty text).
    """
    out = Path(out)
    if out.resolve() == folder.path.resolve() or out.is_file():
        raise InputError(f"{out} cannot take the CSV files; name a folder of their own", value=str(out))
    if out.is_dir() and any(out.iterdir()) and not (out / SCRIPT).is_file():
        raise InputError(f"{out} holds other things; name a folder of its own for the CSV files", value=str(out))
    out.mkdir(parents=True, exist_ok=True)
    # What an earlier export left would lie beside this one; nothing else is ours to remove.
    for old in [*out.glob("nodes-*.csv"), *out.glob("relationships-*.csv")]:
        old.unlink()
    delimiter = _array_delimiter(folder)
    nodes: Counter[str] = Counter()
    relationships: Counter[str] = Counter()
    options: list[str] = []
    files: list[str] = []
    widest, multiline = 0, False
    with ExitStack() as stack:
        streams: dict[str, TextIO] = {}

        def stream(name: str, header: list[str], option: str) -> TextIO:
            if name not in streams:
                (out / f"{name}-header.csv").write_text(",".join(header) + "\n", encoding="utf-8")
                files.extend((f"{name}-header.csv", f"{name}.csv"))
                options.append(f"{option}={name}-header.csv,{name}.csv")
                streams[name] = stack.enter_context((out / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            return streams[name]

        def write(target: TextIO, values: Iterable[Any]) -> None:
            nonlocal widest, multiline
            line = ",".join(_field(value, delimiter) for value in values)
            # The buffer counts characters of UTF-16, of which one of ours has two at most.
            widest = max(widest, 2 * len(line))
            multiline = multiline or _LINE_END.search(line) is not None
            target.write(line + "\n")

        for node in iter_nodes(folder):
            label = node.labels[0]
            keys = property_keys(label)
            header = [f"id:ID({SPACE})", *(_typed(key, label) for key in keys if key != "id"), f"{STAMP}:long"]
            target = stream(f"nodes-{label}", header, f"--nodes={':'.join((*node.labels, MARKER))}")
            write(target, (*(node.properties.get(key) for key in keys), node_stamp(node)))
            nodes[label] += 1
        for link in iter_relationships(folder):
            keys = relationship_keys(link.type)
            header = [
                f":START_ID({SPACE})", f":END_ID({SPACE})", *(_typed(key, "") for key in keys), f"{STAMP}:long"
            ]  # fmt: skip
            target = stream(f"relationships-{link.type}", header, f"--relationships={link.type}")
            values = (link.properties.get(key) for key in keys)
            write(target, (link.start, link.end, *values, relationship_stamp(link)))
            relationships[link.type] += 1
    statements = (*schema_statements(), imported_statement(stamp(folder)))
    (out / SCHEMA).write_text("".join(f"{statement};\n" for statement in statements), encoding="utf-8")
    (out / SCRIPT).write_text(_script(options, delimiter, widest, multiline=multiline), encoding="utf-8")
    return CsvReport(
        folder=out,
        files=(*files, SCHEMA, SCRIPT),
        nodes=dict(sorted(nodes.items())),
        relationships=dict(sorted(relationships.items())),
    )


def _field(value: Any, delimiter: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int | float):
        return repr(value)
    if value == [""]:
        raise GraphError(
            "a list of this graph holds one empty text and nothing else, which CSV for Neo4j cannot say; load it "
            "over Bolt: kg load neo4j",
            value=value,
        )
    text = delimiter.join(value) if isinstance(value, list) else str(value)
    return '"' + text.replace('"', '""') + '"'


def _typed(key: str, label: str) -> str:
    """Return the header of a column: its name with the importer's type."""
    own = next((table for table, labels in TRAIL_LABELS.items() if labels[0] == label), None)
    tables = [own] if own else ["nodes", "documents", "cases"] if label else ["edges", "links"]
    for table in tables:
        if key in SCHEMAS[table].names:
            kind = SCHEMAS[table].field(key).type
            return f"{key}:{_TYPES[str(kind)]}"
    return f"{key}:string"


_TYPES = {"string": "string", "int64": "long", "double": "double", "bool": "boolean"} | {
    str(pa.list_(pa.string())): "string[]"
}


def _array_delimiter(folder: GraphFolder) -> str:
    used = ""
    for table in TABLES:
        for field in SCHEMAS[table]:
            if pa.types.is_list(field.type):
                texts = pc.list_flatten(folder.table(table).column(field.name))
                used += "".join(d for d in _DELIMITERS if pc.any(pc.match_substring(texts, d)).as_py())
    for delimiter in _DELIMITERS:
        if delimiter not in used:
            return delimiter
    raise GraphError("names in this graph hold every control character that could divide a list", value=used)


def _script(options: list[str], delimiter: str, widest: int, *, multiline: bool) -> str:
    lines = " \\\n  ".join(shlex.quote(option) for option in options)
    # A field, and where none holds a line end also a row, must be shorter than the buffer. Files without line ends in
    # their fields are read by several threads.
    buffer = max(_BUFFER, 1 << (widest + 1).bit_length())
    return f"""#!/bin/sh
# Import these files into a database of a stopped Neo4j 5 server:
#   sh {SCRIPT} [DATABASE] [OPTION...]      for example: sh {SCRIPT} neo4j --overwrite-destination
# NEO4J_ADMIN names the program where it is not on the path. Start the server afterwards and run {SCHEMA}.
set -eu
cd "$(dirname "$0")"
database=${{1:-neo4j}}
[ $# -eq 0 ] || shift
"${{NEO4J_ADMIN:-neo4j-admin}}" database import full "$database" "$@" \\
  --multiline-fields={"true" if multiline else "false"} --array-delimiter=U+{ord(delimiter):04X} --read-buffer-size={buffer >> 20}m \\
  --ignore-empty-strings=false --trim-strings=false --legacy-style-quoting=false \\
  {lines} || {{
    status=$?
    echo "The import failed. Where, tells: kg export $PWD neo4j-csv --check; why, the option --verbose." >&2
    exit $status
  }}
"""
