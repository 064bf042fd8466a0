"""Whether a decision of `kg audit` makes sense, before it is written: is there such a term, such a name, such an identifier?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import ParameterError, close_matches
from kg.graph.store import GraphFolder

if TYPE_CHECKING:
    from kg.terms.index import TermIndex


def check_target(folder: GraphFolder, target: str, categories: Iterable[str], terms: Path | None) -> None:
    """Refuse a target that `kg build` would not link the mentions to.

    Args:
        folder: the graph.
        target: the identifier that is meant.
        categories: of the mentions that are to be linked to it; one that it fits is enough.
        terms: the term index that the graph was built with; the bundled slices where it is None.

    Raises:
        ParameterError: if there is no such term, it is obsolete, or it is of another kind; with close matches.
    """
    from kg.linking.curation import refusal
    from kg.model import NAMED_THING
    from kg.terms.bundled import open_index

    with open_index(terms) as index:
        reasons = [refusal(index, target, category) for category in sorted(set(categories)) or [NAMED_THING]]
        if not all(reasons):
            return
        if index.term(target) is None and not _is_of(folder, index):
            if target in folder.identifiers:
                return
            _warn(
                f"{target} is neither in the graph nor in this term index, which is not the one that the graph was built "
                "with (name that with --terms); kg build may refuse it"
            )
            return
        known = [curie for curie in folder.identifiers if curie.partition(":")[0] == target.partition(":")[0]]
        near = [] if index.term(target) else close_matches(target, known)
        names = {
            row["id"]: row["name"]
            for row in folder.select("nodes", "id", [folder.identifiers[curie] for curie in near])
        }
        told = [f"{curie} ({names[folder.identifiers[curie]]})" for curie in near]
        hint = f"; did you mean {' or '.join(told)}?" if told else ""
    raise ParameterError(reasons[0] + hint, value=target)


def _is_of(folder: GraphFolder, index: TermIndex) -> bool:
    """Tell whether an index holds the releases that the graph was built with."""
    own = json.loads(json.dumps([asdict(release) for release in index.releases()]))
    return bool(own == folder.manifest.get("ontologies"))


def mentions_of(folder: GraphFolder, kind: str, value: str) -> list[Mapping[str, Any]]:
    """Return the mentions that a selector ``surface:TEXT`` or ``identifier:CURIE`` is about; warn where there are none.

    Args:
        folder: the graph.
        kind: ``surface`` or ``identifier``.
        value: what stands behind the colon.
    """
    from kg.linking.curation import form_key

    rows = list(folder.rows("mentions"))
    if kind == "surface":
        found = [row for row in rows if form_key(row["text"]) == form_key(value)]
        known, what = {row["text"] for row in rows}, "is written"
    else:
        names = {row["id"]: _identifiers(row) for row in rows}
        found = [row for row in rows if value in names[row["id"]]]
        known, what = {name for some in names.values() for name in some}, "is asserted as"
    if not found:
        near = close_matches(value, sorted(known))
        hint = f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
        _warn(f"no mention of this graph {what} {value!r}{hint}; the decision is about other documents alone")
    return list(found)


def _identifiers(row: Mapping[str, Any]) -> set[str]:
    return {name for name in (row["asserted"], row["asserted_as"], *(row.get("further") or ())) if name}


def _warn(text: str) -> None:
    click.echo(f"kg: warning: {text}", err=True)
