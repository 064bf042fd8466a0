"""Parameters: typed, resolved, and clear about what is wrong."""

from __future__ import annotations

import pytest

from kg.errors import ParameterError, UnknownNameError
from kg.graph.store import GraphFolder
from kg.queries.parameters import Parameter, ParameterType, bind, convert, resolve_node


@pytest.mark.parametrize(
    ("kind", "value", "result"),
    [("boolean", "yes", True), ("boolean", "FALSE", False), ("boolean", True, True), ("integer", "7", 7), ("number", "0.5", 0.5),
     ("string", "a b", "a b")],
)  # fmt: skip
def test_values(generated: GraphFolder, kind: ParameterType, value: object, result: object) -> None:
    converted = convert(Parameter("p", kind, None, ""), value, generated)
    assert (converted, type(converted)) == (result, type(result))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("boolean", "perhaps"), ("integer", "7.5"), ("integer", True), ("number", "x"), ("string", "a\x00")],
)
def test_wrong_values(generated: GraphFolder, kind: ParameterType, value: object) -> None:
    with pytest.raises(ParameterError, match="'p' must be"):
        convert(Parameter("p", kind, None, ""), value, generated)


def test_nodes_by_any_spelling(generated: GraphFolder) -> None:
    for spelling in ("MONDO:9000003", "mondo:9000003", "mesh:D900003", "disease 3", "DISEASE 3", "alias 3"):
        assert resolve_node(generated, spelling) == "MONDO:9000003"


def test_nodes_that_are_not_there(generated: GraphFolder) -> None:
    with pytest.raises(UnknownNameError, match="did you mean disease 3"):
        resolve_node(generated, "diseese 3")
    with pytest.raises(UnknownNameError, match="no identifier and no name"):
        resolve_node(generated, "zzzz")


def test_bind(generated: GraphFolder) -> None:
    declared = {"a": Parameter("a", "integer", None, "first"), "b": Parameter("b", "string", "x", "second")}
    assert bind(declared, {"a": "1"}, generated) == {"a": 1, "b": "x"}
    with pytest.raises(ParameterError, match="'a' is missing"):
        bind(declared, {}, generated)
    with pytest.raises(UnknownNameError, match="unknown parameter 'c'"):
        bind(declared, {"a": 1, "c": 2}, generated)
