"""Saved queries for Neo4j Browser: the catalogue and the pictures, as the archive that Browser imports.

Browser takes a ``.zip`` dropped on its window: a folder of it becomes a folder of saved queries, a file that ends in
``.cypher`` a query, and the first line, a comment, its name.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from kg.views.browser.pictures import pictures

Value = str | int | float | bool
#: Folders in Browser's list.
TABLES: Final = "casegraph tables"
PICTURES: Final = "casegraph pictures"
# The first moment that an archive can hold: same queries, same bytes.
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


class Parameter(Protocol):
    """A parameter's declaration, as in :mod:`kg.queries.parameters`, a room that comes after this one."""

    @property
    def type(self) -> str: ...
    @property
    def default(self) -> Value | None: ...
    @property
    def description(self) -> str: ...


class Prepared(Protocol):
    """A query of the catalogue, as in :mod:`kg.queries.catalogue`."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, Parameter]: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query as Browser gets it.

    Attributes:
        name: of its file.
        folder: in Browser's list.
        summary: its name there.
        description: more, or "".
        cypher: the query alone.
        parameters: value of each parameter that it has, for a first try.
    """

    name: str
    folder: str
    summary: str
    description: str
    cypher: str
    parameters: Mapping[str, Value]

    @property
    def text(self) -> str:
        """The file: its name, what must be set, the query."""
        lines = [f"// {self.summary}"]
        if self.description:
            lines.append(f"// {self.description}")
        if self.parameters:
            lines.append("// Set first, on a line of its own (the values are examples of this graph):")
            lines.append(f"// {params_command(self.parameters)}")
        return "\n".join(lines) + f"\n{self.cypher}"


def params_command(values: Mapping[str, Value], *, indent: int | None = None) -> str:
    """Return Browser's command that sets parameters, and forgets others.

    Args:
        values: by name.
        indent: of each value on a line of its own; all on one line if None.

    >>> params_command({"drug": "MESH:C1", "include_descendants": True})
    ':params {"drug": "MESH:C1", "include_descendants": true}'
    """
    return f":params {json.dumps(dict(sorted(values.items())), indent=indent)}"


def saved_queries(catalogue: Iterable[Prepared], examples: Mapping[str, Value]) -> dict[str, SavedQuery]:
    """Return every query for Browser by name: the catalogue's, and those that draw or search.

    Args:
        catalogue: the prepared Cypher queries.
        examples: values for parameters, by name. A parameter that is not among them has its default; a node
            without one that of ``entity``.
    """
    found = {
        query.name: SavedQuery(
            query.name,
            TABLES,
            query.summary,
            query.description,
            _bare(query.text),
            {name: _example(name, parameter, examples) for name, parameter in query.parameters.items()},
        )
        for query in catalogue
    }
    for picture in pictures().values():
        values = {name: examples.get(name, "") for name in picture.parameters}
        found[picture.name] = SavedQuery(picture.name, PICTURES, picture.summary, "", picture.text, values)
    return found


def archive(queries: Iterable[SavedQuery]) -> bytes:
    """Return the archive that Browser imports: same queries, same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for query in sorted(queries, key=lambda query: (query.folder, query.name)):
            member = zipfile.ZipInfo(f"{query.folder}/{query.name}.cypher", _MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(member, query.text)
    return stream.getvalue()


def _example(name: str, parameter: Parameter, examples: Mapping[str, Value]) -> Value:
    if name in examples:
        return examples[name]
    if parameter.default is not None:
        return parameter.default
    return examples.get("entity", "") if parameter.type == "node" else ""


def _bare(text: str) -> str:
    """Return a query of the catalogue without its metadata.

    >>> _bare("//+ summary: All\\nMATCH (n)\\nRETURN n\\n")
    'MATCH (n)\\nRETURN n\\n'
    """
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("//+"))
