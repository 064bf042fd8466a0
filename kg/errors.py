"""The errors that casegraph raises on purpose.

One base class, few subclasses by intent. Each carries the offending value as an attribute, so that a
caller can react without reading the message. Bad *data* is never an error: it is a ledger row.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CasegraphError(Exception):
    """Base of every error that casegraph raises on purpose.

    Args:
        message: what happened and what to do next, in one or two sentences.
        value: the value that was at fault.

    >>> CasegraphError("no such thing", value=3).value
    3
    """

    #: What the command line exits with: 2 where the call was wrong, 1 where it was right and failed.
    exit_code = 1

    def __init__(self, message: str, *, value: object = None) -> None:
        super().__init__(message)
        self.value = value


class InputError(CasegraphError):
    """An input the user named cannot be used at all (missing, a folder of the wrong kind)."""

    exit_code = 2


class GraphError(CasegraphError):
    """A graph folder is missing, incomplete or of another version."""


class NoGraphError(GraphError):
    """A path that was named is no graph folder: the call was wrong."""

    exit_code = 2


class TermsError(CasegraphError):
    """An ontology file or a term index cannot be used."""


class NoIndexError(TermsError):
    """A path that was named holds no term index: the call was wrong."""

    exit_code = 2


class DownloadError(TermsError):
    """A file could not be fetched; ``reason`` is one of the words in :data:`kg.transfer.REASONS`."""

    def __init__(self, message: str, *, reason: str, value: object = None) -> None:
        super().__init__(message, value=value)
        self.reason = reason


class UnknownNameError(CasegraphError):
    """A name that is not there (query, parameter, entity), with the close matches in ``matches``."""

    exit_code = 2

    def __init__(self, kind: str, name: str, known: Iterable[str], *, hint: str = "") -> None:
        choices = sorted(set(known))
        self.matches = close_matches(name, choices)
        message = f"unknown {kind} {name!r}"
        if self.matches:
            message += f"; did you mean {' or '.join(self.matches)}?"
        elif choices and len(choices) <= 30:
            message += f"; known: {', '.join(choices)}"
        if hint:
            message += f" {hint}"
        super().__init__(message, value=name)


class ParameterError(CasegraphError):
    """A query parameter is missing or not of its type."""

    exit_code = 2


class QueryError(CasegraphError):
    """A query that cannot be run: wrong syntax, a write, an error or too much time while it ran."""


class ServerError(CasegraphError):
    """A server (Neo4j) cannot be reached, refuses, or holds something other than what was sent."""


class BalanceError(CasegraphError):
    """The ledger does not balance: a record was lost. Always a defect of the program."""


def close_matches(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return up to ``limit`` of ``known`` that look like ``name``, best first.

    >>> close_matches("drugs-for-desease", ["drugs-for-disease", "entity"])
    ['drugs-for-disease']
    """
    return difflib.get_close_matches(name, list(known), n=limit, cutoff=0.6)
