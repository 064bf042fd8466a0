"""Query parameters: declared types, and values made of what a user wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kg.curies import normalize
from kg.errors import ParameterError, UnknownNameError, close_matches
from kg.graph.store import GraphFolder
from kg.wording import counted

ParameterType = Literal["node", "string", "integer", "number", "boolean"]
TYPES: tuple[ParameterType, ...] = ("node", "string", "integer", "number", "boolean")
Value = str | int | float | bool

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a prepared query.

    Attributes:
        name: as the query writes it behind ``$``.
        type: ``node`` (an entity, document or case of the graph), ``string``, ``integer``, ``number``, ``boolean``.
        default: its value where the caller gives none; None where it must be given.
        description: what it is.
    """

    name: str
    type: ParameterType
    default: Value | None
    description: str


def convert(parameter: Parameter, value: object, folder: GraphFolder) -> Value:
    """Return a value of the parameter's type, made of what the caller gave.

    Args:
        parameter: its declaration.
        value: text, or a value of the type.
        folder: the graph in which nodes are looked up.

    Raises:
        ParameterError: if the value is not of the type.
        UnknownNameError: if no node has the identifier or name.
    """
    if parameter.type == "boolean":
        if isinstance(value, bool):
            return value
        known = _BOOLEANS.get(str(value).strip().casefold())
        if known is None:
            raise _wrong(parameter, value, "true or false")
        return known
    if parameter.type in {"integer", "number"}:
        # A Python True is no 1 here: it is a value of another type.
        text = "" if isinstance(value, bool) else str(value)
        try:
            return int(text) if parameter.type == "integer" else float(text)
        except ValueError as error:
            raise _wrong(parameter, value, f"a{'n integer' if parameter.type == 'integer' else ' number'}") from error
    text = str(value)
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise _wrong(parameter, value, "text without NUL and lone surrogates")
    if parameter.type == "node":
        return "" if text == "" and parameter.default == "" else resolve_node(folder, text)
    return text


def bind(parameters: Mapping[str, Parameter], given: Mapping[str, object], folder: GraphFolder) -> dict[str, Value]:
    """Return the value of every parameter of a query, in the order of their declaration.

    Args:
        parameters: the query's declarations.
        given: what the caller gave, by name.
        folder: the graph.

    Raises:
        UnknownNameError: if the query has no such parameter.
        ParameterError: if one is missing or not of its type.
    """
    for name in given:
        if name not in parameters:
            raise UnknownNameError("parameter", name, parameters)
    values: dict[str, Value] = {}
    for parameter in parameters.values():
        value = given.get(parameter.name, parameter.default)
        if value is None:
            raise ParameterError(
                f"the parameter {parameter.name!r} is missing ({parameter.type}: {parameter.description}); "
                f"give it with -p {parameter.name}=...",
                value=parameter.name,
            )
        values[parameter.name] = convert(parameter, value, folder)
    return values


def resolve_node(folder: GraphFolder, text: str) -> str:
    """Return the identifier of the node that a CURIE (any spelling, any equivalent) or a name stands for.

    Args:
        folder: the graph.
        text: ``MONDO:0009807``, ``mesh:D012516``, ``PubChem CID 25017411``, ``osteosarcoma``, ...

    Raises:
        UnknownNameError: if no node has it; with the close matches.
        ParameterError: if several nodes that documents name have the name.
    """
    text = text.strip()
    for spelling in (text, normalize(text) or text):
        if spelling in folder.identifiers:
            return folder.identifiers[spelling]
    named = folder.named(text)
    if len(named) == 1:
        return str(named[0]["id"])
    if named:
        listed = ", ".join(f"{row['id']} ({row['name']}, {counted(row['documents'], 'document')})" for row in named)
        raise ParameterError(f"{text!r} names several nodes: {listed}; give the identifier", value=text)
    known = {**{i.casefold(): i for i in folder.identifiers}, **{name: name for name in folder.names}}
    error = UnknownNameError("node", text, ())
    error.matches = [known[match] for match in close_matches(text.casefold(), known)]
    near = (
        f"; did you mean {' or '.join(error.matches)}?"
        if error.matches
        else " (no identifier and no name of this graph)"
    )
    error.args = (f"unknown node {text!r}{near}",)
    raise error


def _wrong(parameter: Parameter, value: object, wanted: str) -> ParameterError:
    return ParameterError(f"the parameter {parameter.name!r} must be {wanted}, not {value!r}", value=value)
