"""Small graph folders for the tests of discovery, written as tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kg.curies import association_id
from kg.graph.store import LAYOUT, GraphFolder
from kg.graph.tables import SCHEMAS, write_table
from kg.model import (
    APPLIED_TO_TREAT,
    BROAD_MATCH,
    CHEMICAL,
    CLOSE_MATCH,
    DISEASE,
    HAS_ADVERSE_EVENT,
    OCCURS_TOGETHER,
    OTHER,
    SUBCLASS_OF,
)

#: (subject, predicate, polarity, object)
Statement = tuple[str, str, str, str]

PREDICATES = {
    "treats": (APPLIED_TO_TREAT, "support"),
    "failed": (APPLIED_TO_TREAT, "contradiction"),
    "maybe": (APPLIED_TO_TREAT, "unknown"),
    "harms": (HAS_ADVERSE_EVENT, "support"),
    "with": (OCCURS_TOGETHER, "support"),
    "isa": (SUBCLASS_OF, "support"),
    "heading": (BROAD_MATCH, "support"),
    "close": (CLOSE_MATCH, "support"),
}


def statements(text: str) -> list[Statement]:
    """Return the statements that lines such as ``a treats X`` spell.

    >>> statements("a treats X")
    [('a', 'biolink:applied_to_treat', 'support', 'X')]
    """
    lines = (line.split() for line in text.splitlines() if line.strip())
    return [(s, *PREDICATES[verb], o) for s, verb, o in lines]


def category(node: str) -> str:
    """Lower case is a drug, upper case a disease, a leading underscore a heading."""
    return OTHER if node.startswith("_") else DISEASE if node[0].isupper() else CHEMICAL


def write_world(folder: Path, made: Iterable[Statement], names: dict[str, str] | None = None) -> GraphFolder:
    """Write a graph folder whose edges aggregate ``made``, each statement its own document; return it."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    edges: dict[str, dict[str, Any]] = {}
    nodes: set[str] = set()
    for number, (subject, predicate, polarity, obj) in enumerate(made):
        edge = association_id(subject, predicate, obj)
        curated = predicate in {SUBCLASS_OF, BROAD_MATCH}
        document = None if curated else f"PMCID:PMC{number + 1}"
        rows["evidence"].append(
            {
                "id": association_id("evidence", str(number)),
                "edge": edge,
                "subject": subject,
                "predicate": predicate,
                "object": obj,
                "polarity": polarity,
                "polarity_reason": "stated",
                "document": document,
                "sentence": None if curated else f"{subject} {obj}.",
                "method": "test",
                "source": "infores:mondo" if curated else "infores:casegraph",
                "release": "test",
            }
        )
        row = edges.setdefault(
            edge,
            {
                "id": edge,
                "subject": subject,
                "predicate": predicate,
                "object": obj,
                "support": 0,
                "contradiction": 0,
                "unknown": 0,
                "evidence": 0,
            },
        )
        row[polarity] += 1
        row["evidence"] += 1
        nodes |= {subject, obj}
    named = names or {}
    rows["nodes"] = [
        {
            "id": n,
            "category": category(named.get(n, n)),
            "name": named.get(n, n),
            "equivalent_identifiers": [n],
            "synonyms": [f"alias of {n}"],
            "status": "current",
            "documents": 0 if n.startswith("_") else 1,
            "cases": 0,
        }
        for n in sorted(nodes)
    ]
    rows["edges"] = list(edges.values())
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in rows.items():
        write_table(folder / f"{name}.parquet", name, table)
    (folder / "manifest.json").write_text(json.dumps({"layout": LAYOUT}), "utf-8")
    return GraphFolder(folder)
