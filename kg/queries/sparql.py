"""Running SPARQL on the graph's own Oxigraph store, with typed parameters.

A parameter is written ``$name`` and is bound by substituting the token with an RDF term that the RDF
library itself wrote out. (Oxigraph's own substitutions reach only projected variables, and give wrong rows
under GROUP BY.) Strings, IRIs and comments of the query are left alone.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pyoxigraph as ox

from kg.curies import compress
from kg.errors import QueryError
from kg.queries.catalogue import PreparedQuery
from kg.queries.parameters import Value
from kg.views.rdfvocabulary import XSD, all_prefixes, iri

T = TypeVar("T")

# What may hide a `$name` that is no parameter: comments, IRIs, strings (SPARQL 1.1 grammar, rules 139, 156-159).
_TOKEN = re.compile(
    r"(?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)"
    r"|(?P<string>'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''|\"\"\"(?:(?:\"|\"\")?(?:[^\"\\]|\\.))*\"\"\""
    r"|'(?:[^'\\\n\r]|\\.)*'|\"(?:[^\"\\\n\r]|\\.)*\")"
    r"|(?P<comment>\#[^\n]*)"
    r"|\$(?P<name>\w+)",
    re.DOTALL,
)
_NUMBERS = {
    f"{XSD}integer": int,
    f"{XSD}int": int,
    f"{XSD}long": int,
    f"{XSD}double": float,
    f"{XSD}decimal": float,
    f"{XSD}float": float,
}


def substitute(text: str, terms: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    """Return a query with each ``$name`` replaced by its term, as the RDF library writes it.

    Args:
        text: SPARQL.
        terms: term by parameter name.

    Raises:
        QueryError: if the query has a ``$name`` without a term.

    >>> substitute("SELECT ?x { ?x ?p $v . FILTER(?x != '$v') } # $v", {"v": ox.Literal('a" .')})
    'SELECT ?x { ?x ?p "a\\\\" ." . FILTER(?x != \\'$v\\') } # $v'
    """

    def replace(found: re.Match[str]) -> str:
        name = found.group("name")
        if name is None:
            return found.group()
        if name not in terms:
            raise QueryError(f"the query uses ${name}, which its comment does not declare", value=name)
        return str(terms[name])

    return _TOKEN.sub(replace, text)


def run_sparql(
    store: ox.Store, query: PreparedQuery, values: Mapping[str, Value], *, timeout: float = 0.0
) -> tuple[list[str], list[dict[str, Any]]]:
    """Run a prepared SPARQL query.

    Args:
        store: the graph's store.
        query: the query.
        values: the value of every parameter.
        timeout: seconds after which the query is given up; 0 is no limit. Oxigraph cannot be stopped: a query that is
            given up runs on in a thread of its own, until it ends or the process does.

    Returns:
        The columns, and one dict a row. IRIs become CURIEs, numbers and booleans Python's own; what is
        unbound is None.

    Raises:
        QueryError: if the query is wrong, no SELECT, or takes too long.
    """
    terms = {name: _term(query, name, value) for name, value in values.items()}
    text = substitute(query.text, terms)

    def ask() -> tuple[list[str], list[dict[str, Any]]]:
        solutions = store.query(text, prefixes=all_prefixes(), use_default_graph_as_union=True)
        if not isinstance(solutions, ox.QuerySolutions):
            raise QueryError(f"{query.name}: only SELECT queries are run", value=query.name)
        columns = [variable.value for variable in solutions.variables]
        return columns, [dict(zip(columns, map(_plain, solution), strict=True)) for solution in solutions]

    try:
        return _within(ask, timeout)
    except TimeoutError as error:
        raise QueryError(f"the query took longer than {timeout:g} s; allow it more with --timeout") from error
    except (SyntaxError, ValueError, RuntimeError, OSError) as error:
        raise QueryError(f"{query.name}: {error}", value=query.name) from error


def _within(work: Callable[[], T], seconds: float) -> T:
    """Return what ``work`` returns.

    Raises:
        TimeoutError: if it takes longer; it is left to itself then.
    """
    if not seconds:
        return work()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    # A thread that does not keep the process alive; the engine lets the others run while it works.
    thread = threading.Thread(target=run, daemon=True, name="sparql")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError
    if errors:
        raise errors[0]
    return results[0]


def _term(query: PreparedQuery, name: str, value: Value) -> ox.NamedNode | ox.Literal:
    if query.parameters[name].type == "node" and value != "":
        return iri(str(value))
    return ox.Literal(value)


def _plain(term: Any) -> Any:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return compress(term.value)
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        if datatype == f"{XSD}boolean":
            return term.value in {"true", "1"}
        return _NUMBERS[datatype](term.value) if datatype in _NUMBERS else term.value
    return str(term)
