"""Which reader reads which kind of file."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.model import Mapping, Term
from kg.terms.reading import Problems

TERM_READERS: Final = {
    "obo": ("obo", "read_terms"), "obographs": ("obographs", "read_terms"), "owl": ("owl", "read_terms"),
    "mesh-descriptors": ("mesh", "read_descriptors"), "mesh-supplementary": ("mesh", "read_supplementary"),
    "mesh-rdf": ("mesh_rdf", "read_terms"), "labels": ("labels", "read_labels"),
}


def read_terms(path: Path, kind: str, problems: Problems) -> Iterator[Term | Mapping]:
    module, name = TERM_READERS[kind]
    yield from getattr(importlib.import_module(f"kg.terms.{module}"), name)(path, problems)


def read_header(path: Path, kind: str) -> tuple[str, str]:
    module = importlib.import_module(f"kg.terms.{kind}")
    if not hasattr(module, "read_header"):
        return "mondo", module.read_version(path)
    return module.read_header(path)
