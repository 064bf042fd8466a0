"""Linkers of the vocabularies of a compiled term index, made once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kg.linking.matching.confidence import Calibration
from kg.linking.matching.learning import names_of
from kg.linking.matching.linker import Linker
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.taught import LEAST, Placed, Taught, teach
from kg.linking.matching.vocabulary import Vocabulary, vocabulary_of
from kg.linking.matching.weights import CALIBRATION_OPEN
from kg.terms.index import TermIndex

#: The linkers that were made, by the content of the index, category, prefix and what was taught: a process that is
#: forked has those of its parent, though it opens the index for itself.
_MADE: Final[dict[tuple[str, str, str, str], Linker]] = {}
_KEPT: Final = 4


def linker_of(index: TermIndex, category: str, prefix: str, taught: Taught | None = None) -> Linker:
    """Return a linker of the current terms of a category with a prefix.

    The names are read and learnt from at the first call (`docs/linking.md` says how long that takes).

    Args:
        index: the compiled ontologies.
        category: Biolink category of the terms.
        prefix: their CURIE prefix.
        taught: what people linked, if anything.

    >>> from kg.linking.matching.surroundings import Surroundings
    >>> from kg.model import DISEASE, Passage
    >>> from kg.terms.bundled import default_index
    >>> text = "Osteosarcoma (OS) came back. OS of the femur was seen."
    >>> with default_index() as index:
    ...     decision = linker_of(index, DISEASE, "MONDO").link("OS", Surroundings.of([Passage("abstract", text)]))
    >>> decision.concepts, decision.rule, decision.confidence > 0.9
    (('MONDO:0009807',), 'abbreviation', True)
    """
    key = (index.fingerprint, category, prefix, taught.digest if taught else "")
    if (linker := _MADE.get(key)) is None:
        table = NameTable(vocabulary_of(index, [prefix], [category]), names_of(taught.examples) if taught else None)
        made = taught.linker(table) if taught else Linker(table, calibration=Calibration(CALIBRATION_OPEN), least=LEAST)
        linker = _keep(key, made)
    return linker


def teach_linker(
    index: TermIndex, category: str, vocabulary: Vocabulary, prefix: str, examples: Iterable[Placed], beside: Sequence[Placed] = (),
) -> Taught:  # fmt: skip
    """Teach the linker that `linker_of` gives, and keep it.

    Args:
        index: the compiled ontologies.
        category: Biolink category of the terms.
        vocabulary: the terms, as `vocabulary_of` reads them.
        prefix: their CURIE prefix.
        examples: what people linked, to these terms.
        beside: what people linked to something else.
    """
    taught, linker = teach(vocabulary, prefix, examples, beside)
    _keep((index.fingerprint, category, prefix, taught.digest), linker)
    return taught


def _keep(key: tuple[str, str, str, str], linker: Linker) -> Linker:
    while len(_MADE) >= _KEPT:
        del _MADE[next(iter(_MADE))]
    _MADE[key] = linker
    return linker
