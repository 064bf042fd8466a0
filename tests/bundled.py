"""The bundled term index, opened once for all tests that read it."""

from __future__ import annotations

from functools import cache

from kg.terms.bundled import default_index
from kg.terms.index import TermIndex


@cache
def index() -> TermIndex:
    """Return the compiled bundled slices."""
    return default_index()
