"""Linkers of the vocabularies of a compiled term index, made once and kept."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kg.linking.matching.confidence import Calibration
from kg.linking.matching.linker import Linker
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.vocabulary import vocabulary_of
from kg.linking.matching.weights import CALIBRATION_OPEN
from kg.terms.index import TermIndex

#: The confidence below which nothing is linked, by rule. Of what is taken apart every part is a name: it is linked, and
#: its confidence says how seldom people take mentions apart in the same way.
LEAST: Final = {"": 0.75, "broader": 0.7, "composite": 0.5}


@lru_cache(maxsize=4)
def linker_of(index: TermIndex, category: str, prefix: str) -> Linker:
    """Return a linker of the current terms of a category with a prefix.

    The names are read and learnt from at the first call (`docs/linking.md` says how long that takes).

    Args:
        index: the compiled ontologies.
        category: Biolink category of the terms.
        prefix: their CURIE prefix.

    >>> from kg.linking.matching.surroundings import Surroundings
    >>> from kg.model import DISEASE, Passage
    >>> from kg.terms.bundled import default_index
    >>> text = "Osteosarcoma (OS) came back. OS of the femur was seen."
    >>> with default_index() as index:
    ...     decision = linker_of(index, DISEASE, "MONDO").link("OS", Surroundings.of([Passage("abstract", text)]))
    >>> decision.concepts, decision.rule, decision.confidence > 0.9
    (('MONDO:0009807',), 'abbreviation', True)
    """
    table = NameTable(vocabulary_of(index, [prefix], [category]))
    return Linker(table, calibration=Calibration(CALIBRATION_OPEN), least=LEAST)
