"""The catalogue: one question a file, in SPARQL and in Cypher, with its metadata in the leading comment.

The layout follows grlc's habit (https://github.com/CLARIAH/grlc): lines that begin with ``#+`` in SPARQL
and with ``//+`` in Cypher hold ``summary``, ``description`` and ``parameters``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from kg.errors import QueryError, UnknownNameError
from kg.queries.parameters import TYPES, Parameter, ParameterType, Value
from kg.resources import data_folder

Language = Literal["sparql", "cypher"]
_FILES: dict[Language, tuple[str, str]] = {"sparql": (".rq", "#+"), "cypher": (".cypher", "//+")}


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """One question in one language.

    Attributes:
        name: the file's name without its suffix.
        language: ``sparql`` or ``cypher``.
        summary: one line.
        description: more, or "".
        parameters: by name, in the order of their declaration.
        text: the whole file.
    """

    name: str
    language: Language
    summary: str
    description: str
    parameters: dict[str, Parameter]
    text: str


def catalogue(language: Language, folder: Path | None = None) -> dict[str, PreparedQuery]:
    """Return the prepared queries of a language by name.

    Args:
        language: ``sparql`` or ``cypher``.
        folder: a folder with ``sparql/`` and ``cypher/``; the catalogue that ships with casegraph without it.

    Raises:
        QueryError: if a file's comment is malformed.
    """
    return dict(_read(language, folder or data_folder("queries")))


def find(name: str, language: Language, folder: Path | None = None) -> PreparedQuery:
    """Return a query by name.

    Raises:
        UnknownNameError: if there is none, with close matches.
    """
    known = catalogue(language, folder)
    if name not in known:
        raise UnknownNameError("query", name, known)
    return known[name]


@lru_cache(maxsize=8)
def _read(language: Language, folder: Path) -> tuple[tuple[str, PreparedQuery], ...]:
    suffix, _ = _FILES[language]
    files = sorted((folder / language).glob(f"*{suffix}"))
    return tuple((f.stem, parse(f.stem, language, f.read_text(encoding="utf-8"))) for f in files)


def parse(name: str, language: Language, text: str) -> PreparedQuery:
    """Read a query's metadata from its text.

    Raises:
        QueryError: if the comment is malformed: which line, and what is wrong.

    >>> query = parse("q", "cypher", "//+ summary: All\\n//+ parameters:\\n//+   - name: n\\n//+     type: integer\\nRETURN $n")
    >>> query.summary, query.parameters["n"].type, query.parameters["n"].default
    ('All', 'integer', None)
    """
    fields: dict[str, str] = {}
    entries: list[dict[str, str]] = []
    within = False
    for number, line in _comment(text, _FILES[language][1]):
        item = line.strip()
        if not item:
            continue
        key, colon, value = item.removeprefix("- ").partition(":")
        key, value = key.strip(), value.strip()
        if not colon:
            raise QueryError(f"{language} query {name}, line {number}: no colon in {item!r}", value=name)
        if not within or not line.startswith(" "):
            within = key == "parameters"
            if not within:
                fields[key] = value
        elif item.startswith("- "):
            entries.append({key: value})
        elif entries:
            entries[-1][key] = value
        else:
            raise QueryError(f"{language} query {name}, line {number}: a parameter begins with '- name:'", value=name)
    if unknown := fields.keys() - {"summary", "description"}:
        raise QueryError(f"{language} query {name}: unknown field {min(unknown)!r}", value=name)
    if not fields.get("summary"):
        raise QueryError(f"{language} query {name}: no summary", value=name)
    declared = [_parameter(name, entry) for entry in entries]
    return PreparedQuery(
        name, language, fields["summary"], fields.get("description", ""), {p.name: p for p in declared}, text
    )


def _comment(text: str, mark: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(mark):
            yield number, line[len(mark) :].removeprefix(" ")


def _parameter(query: str, entry: dict[str, str]) -> Parameter:
    name, kind = entry.get("name", ""), entry.get("type", "")
    if not name.isidentifier() or kind not in TYPES:
        raise QueryError(
            f"query {query}: parameter {name!r} of type {kind!r}; a name is a word, a type one of {', '.join(TYPES)}",
            value=query,
        )
    if unknown := entry.keys() - {"name", "type", "default", "description"}:
        raise QueryError(f"query {query}, parameter {name}: unknown field {min(unknown)!r}", value=query)
    known: ParameterType = next(t for t in TYPES if t == kind)
    return Parameter(name, known, _default(query, known, entry.get("default")), entry.get("description", ""))


def _default(query: str, kind: ParameterType, written: str | None) -> Value | None:
    if written is None:
        return None
    text = written[1:-1] if len(written) > 1 and written[0] == written[-1] == '"' else written
    try:
        if kind == "boolean":
            return {"true": True, "false": False}[text]
        if kind == "integer":
            return int(text)
        return float(text) if kind == "number" else text
    except (KeyError, ValueError) as error:
        raise QueryError(f"query {query}: {written!r} is no default of type {kind}", value=query) from error
