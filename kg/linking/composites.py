"""Mentions that the source gives several identifiers: which part of the name each identifier is of.

"Breast and ovarian cancer" (``D001943|D010051``) is taken apart (`split_composite`) in the way by which most identifiers
are named by a part of their own. What is left over on both sides is paired in the order in which it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.linking.checks.names import bears_name, stands_for
from kg.linking.context import Context
from kg.linking.equivalence import joined_term
from kg.linking.matching.composites import split_composite
from kg.model import Mention, Term


@dataclass(frozen=True, slots=True)
class Part:
    """One identifier of a composite mention.

    Attributes:
        curie: the identifier.
        text: the part of the name that it is of; the whole name where the parts cannot be told.
        told: whether the parts can be told: by at least one of them an identifier is named.
    """

    curie: str
    text: str
    told: bool


def parts_of(mention: Mention, context: Context) -> tuple[Part, ...]:
    """Return the identifiers of a mention, each once, with the part of the name that it is of.

    >>> from kg.model import DISEASE
    >>> from kg.terms.bundled import default_index
    >>> mention = Mention("m", "d", 1, "", DISEASE, "breast and ovarian cancer", "", "MESH:D010051", (), ("MESH:D001943",))
    >>> with default_index() as index:
    ...     [(part.curie, part.text) for part in parts_of(mention, Context.of(index, (mention,)))]
    [('MESH:D010051', 'ovarian cancer'), ('MESH:D001943', 'breast cancer')]
    """
    curies = tuple(dict.fromkeys(mention.identifiers))
    terms = [context.index.term(c) or joined_term(context.index, c) for c in curies]
    best: dict[int, int] = {}
    chosen: tuple[str, ...] = ()
    for way in split_composite(mention.text):
        if len(way) == len(curies) and len(found := _named(way, terms, mention.category, context)) > len(best):
            best, chosen = found, way
    if not best:
        return tuple(Part(curie, mention.text, False) for curie in curies)
    left = [place for place in range(len(chosen)) if place not in best.values()]
    return tuple(
        Part(curie, chosen[best[number] if number in best else left.pop(0)], True)
        for number, curie in enumerate(curies)
    )


def _named(way: Sequence[str], terms: Sequence[Term | None], category: str, context: Context) -> dict[int, int]:
    """Return the place of an identifier -> the place of the part that names it, each part for one identifier."""
    found: dict[int, int] = {}
    for exactly in (True, False):
        for number, term in enumerate(terms):
            if term is None or number in found:
                continue
            for place, text in enumerate(way):
                if place in found.values():
                    continue
                if bears_name(term, text) or (not exactly and stands_for(context.index, text, category, term)):
                    found[number] = place
                    break
    return found
