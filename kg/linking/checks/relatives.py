"""How two terms stand to each other, and which relative of a term bears a name better than the term itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

from kg.curies import prefix_of
from kg.linking.checks.meanings import exact_targets
from kg.linking.checks.wordings import closeness
from kg.model import Term
from kg.terms.index import TermIndex

Relation = Literal["broader", "narrower", "sibling", "unrelated"]

#: A relative bears a name where it is this much alike, and this much more than the asserted term is.
LEAST: Final = 0.5
MARGIN: Final = 0.2
#: Below a parent with more children than this no sibling is looked for: a group, not a kind.
_CROWD: Final = 400
#: The vocabulary by whose hierarchy terms of another one are compared as well.
_BRIDGE: Final = {"MESH": "MONDO"}


def above(index: TermIndex, curie: str) -> tuple[str, ...]:
    """Return the direct parents of a term; of a supplementary record of MeSH the headings that it maps to."""
    term = index.term(curie)
    return (term.parents or term.mapped_to) if term else ()


@lru_cache(maxsize=16_384)
def relation(index: TermIndex, asserted: str, other: str) -> Relation:
    """Return what ``other`` is to ``asserted``: a term above it, below it, with a parent or grandparent in common.

    A root of the hierarchy is no grandparent in this sense.

    Terms of MeSH are compared by MeSH, and where that tells nothing, by the terms of Mondo that they map to.

    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     relation(index, "MONDO:0002623", "MONDO:0009807"), relation(index, "MONDO:0005089", "MONDO:0009807")
    ('broader', 'narrower')
    """
    pairs = [(asserted, other)]
    if bridge := _BRIDGE.get(prefix_of(asserted)):
        pairs += [(a, b) for a in exact_targets(index, asserted, bridge) for b in exact_targets(index, other, bridge)]
    told = [_relation(index, a, b) for a, b in pairs]
    ranked: tuple[Relation, ...] = ("broader", "narrower", "sibling")
    return next((word for word in ranked if word in told), "unrelated")


def _relation(index: TermIndex, asserted: str, other: str) -> Relation:
    if _is_above(index, other, asserted):
        return "broader"
    if _is_above(index, asserted, other):
        return "narrower"
    own, theirs = set(above(index, asserted)), set(above(index, other))
    near = (own | _next(index, own)) & (theirs | _next(index, theirs))
    # At a root ("disease") everything meets.
    return "sibling" if own & theirs or any(above(index, curie) for curie in near) else "unrelated"


def _is_above(index: TermIndex, upper: str, lower: str) -> bool:
    if index.is_ancestor(upper, lower):
        return True
    term = index.term(lower)
    headings = term.mapped_to if term else ()
    return any(upper == heading or index.is_ancestor(upper, heading) for heading in headings)


def _next(index: TermIndex, terms: set[str]) -> set[str]:
    return {parent for term in terms for parent in above(index, term)}


@lru_cache(maxsize=8_192)
def relatives(index: TermIndex, curie: str) -> tuple[str, ...]:
    """Return parents, grandparents, children, grandchildren and siblings of a term, sorted.

    Of a term of MeSH also those that Mondo's relatives map to.
    """
    found = set(_family(index, curie))
    if bridge := _BRIDGE.get(prefix_of(curie)):
        for twin in exact_targets(index, curie, bridge):
            for relative in _family(index, twin):
                found.update(exact_targets(index, relative, prefix_of(curie)))
    return tuple(sorted(found - {curie}))


def _family(index: TermIndex, curie: str) -> Iterator[str]:
    parents = above(index, curie)
    yield from parents
    for parent in parents:
        yield from above(index, parent)
        siblings = index.children(parent)
        if len(siblings) <= _CROWD:
            yield from siblings
    for child in index.children(curie)[:_CROWD]:
        yield child
        yield from index.children(child)[:_CROWD]


def better_relative(index: TermIndex, text: str, term: Term) -> tuple[str, float, float] | None:
    """Return the one relative of a term whose names are much more alike a text, None where there is none.

    Returns:
        The relative, how alike its most alike name is, and how alike the term's is.
    """
    # By its identifier: the hash of a term is that of all its names.
    return _better_relative(index, text, term.curie)


@lru_cache(maxsize=16_384)
def _better_relative(index: TermIndex, text: str, curie: str) -> tuple[str, float, float] | None:
    term = index.term(curie)
    if term is None or (own := closeness(text, term)) > 1.0 - MARGIN:
        return None
    best: list[str] = []
    most = max(LEAST, own + MARGIN)
    upper = _next(index, {curie})
    for relative in relatives(index, curie):
        other = index.term(relative)
        if other is None or other.obsolete or other.category != term.category:
            continue
        # A better name below or beside keeps to the words of the text: "nephropathy" is no "AIDS-associated nephropathy".
        near = closeness(text, other, within=relative not in upper)
        if near > most:
            best, most = [relative], near
        elif near == most:
            best.append(relative)
    return (best[0], most, own) if len(best) == 1 else None
