"""Linkers of the vocabularies of a compiled term index, made once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kg.linking.matching.confidence import Calibration
from kg.linking.matching.learning import names_of
from kg.linking.matching.linker import Linker
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.taught import LEAST, Placed, Taught, teach
from kg.linking.matching.trained import Example
from kg.linking.matching.vocabulary import Concept, Vocabulary, vocabulary_of
from kg.linking.matching.weights import CALIBRATION_OPEN
from kg.model import Term
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
        vocabulary = vocabulary_of(index, [prefix], [category])
        if taught:
            vocabulary = with_taught(vocabulary, index, taught.examples)
            made = taught.linker(NameTable(vocabulary, names_of(taught.examples)))
        else:
            made = Linker(NameTable(vocabulary), calibration=Calibration(CALIBRATION_OPEN), least=LEAST)
        linker = _keep(key, made)
    return linker


def with_taught(vocabulary: Vocabulary, index: TermIndex, examples: Iterable[Example]) -> Vocabulary:
    """Add the terms of other vocabularies that examples are linked to, with their labels and exact names."""
    more = sorted({curie for example in examples for curie in example.concepts if curie not in vocabulary})
    terms = [term for curie in more if (term := index.term(curie)) is not None]
    return Vocabulary.of((*vocabulary.concepts, *(_concept(term) for term in terms))) if terms else vocabulary


def _concept(term: Term) -> Concept:
    names = dict.fromkeys((name.text, name.scope) for name in term.names if name.scope in {"label", "exact"})
    return Concept(term.curie, tuple(sorted(names, key=lambda name: (name[1] != "label", name))))


def teach_linker(
    index: TermIndex, category: str, vocabulary: Vocabulary, prefix: str, examples: Iterable[Placed], beside: Sequence[Placed] = (),
) -> Taught:  # fmt: skip
    """Teach the linker that `linker_of` gives, and keep it.

    Args:
        index: the compiled ontologies.
        category: Biolink category of the terms.
        vocabulary: the terms, as `vocabulary_of` reads them.
        prefix: their CURIE prefix.
        examples: what people linked, to these terms or to others of the index.
        beside: what people linked to something else.
    """
    given = list(examples)
    taught, linker = teach(with_taught(vocabulary, index, (one for one, _ in given)), prefix, given, beside)
    _keep((index.fingerprint, category, prefix, taught.digest), linker)
    return taught


def _keep(key: tuple[str, str, str, str], linker: Linker) -> Linker:
    while len(_MADE) >= _KEPT:
        del _MADE[next(iter(_MADE))]
    _MADE[key] = linker
    return linker
