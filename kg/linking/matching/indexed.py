"""Linkers of the vocabularies of a compiled term index, made once and kept."""

from __future__ import annotations

from functools import lru_cache

from kg.linking.matching.linker import Linker
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.vocabulary import vocabulary_of
from kg.terms.index import TermIndex


@lru_cache(maxsize=4)
def linker_of(index: TermIndex, category: str, prefix: str, least: float = 0.5) -> Linker:
    """Return a linker of the current terms of a category with a prefix.

    The names are read and learnt from at the first call (`docs/linking.md` says how long that takes).

    Args:
        index: the compiled ontologies.
        category: Biolink category of the terms.
        prefix: their CURIE prefix.
        least: the confidence below which a mention is called not in the vocabulary.

    >>> from kg.linking.matching.surroundings import Surroundings
    >>> from kg.model import DISEASE, Passage
    >>> from kg.terms.bundled import default_index
    >>> text = "Osteosarcoma (OS) came back. OS of the femur was seen."
    >>> with default_index() as index:
    ...     decision = linker_of(index, DISEASE, "MONDO").link("OS", Surroundings.of([Passage("abstract", text)]))
    >>> decision.concepts, decision.rule, decision.confidence > 0.9
    (('MONDO:0009807',), 'abbreviation', True)
    """
    return Linker(NameTable(vocabulary_of(index, [prefix], [category])), least=least)
