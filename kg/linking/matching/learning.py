"""Learning from what people linked: names, what features are worth, and how often decisions are right.

An example is asked without what its own document says, so that it is no evidence for itself. Examples are gone through
in a fixed order: the same ones give the same linker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.linking.matching.confidence import Calibration, calibrate
from kg.linking.matching.forms import forms_of
from kg.linking.matching.linker import Linker, Ranked
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.ranker import Question, fit
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.trained import Example, Memory
from kg.linking.matching.vocabulary import Vocabulary
from kg.linking.matching.weights import WEIGHTS

# More candidates say little more, and take longer.
_CANDIDATES = 16


def _question(candidates: Sequence[Ranked], concepts: Sequence[str], times: float) -> Question | None:
    kept = [c for number, c in enumerate(candidates) if number < _CANDIDATES or c.curie in concepts]
    right = frozenset(number for number, c in enumerate(kept) if c.curie in concepts)
    return Question([c.features for c in kept], right, times) if right else None


def questions_of_examples(linker: Linker, examples: Iterable[tuple[Example, Surroundings]]) -> list[Question]:
    """Ask for the concepts of examples, each without what its own document says."""
    questions = []
    for example, surroundings in examples:
        if len(example.concepts) == 1:
            forms = forms_of(example.text, surroundings, linker.table.lexicon)
            if question := _question(linker.candidates(forms, surroundings), example.concepts, example.times**0.5):
                questions.append(question)
    return questions


def trained_linker(
    vocabulary: Vocabulary, examples: Sequence[tuple[Example, Surroundings]], *, least: float = 0.0
) -> Linker:
    """Make a linker of a vocabulary and of what people linked.

    Args:
        vocabulary: the concepts.
        examples: what people linked, with the surroundings.
        least: the confidence below which a mention is called not in the vocabulary.
    """
    ordered = sorted(examples, key=lambda pair: (pair[0].document, pair[0].text, pair[0].concepts))
    table = NameTable(vocabulary, names_of(example for example, _ in ordered))
    memory = Memory.of(example for example, _ in ordered)
    weights = fitted_weights(table, memory, ordered)
    calibration = calibrate(answers(table, memory, weights, ordered))
    return Linker(table, memory, weights=weights, calibration=calibration, least=least)


def fitted_weights(
    table: NameTable, memory: Memory, examples: Sequence[tuple[Example, Surroundings]]
) -> tuple[float, ...]:
    """Return weights fitted to examples, from those that were learnt without: twice, as the first fit finds better rivals.

    Args:
        table: the names of the vocabulary, and those of the examples.
        memory: the examples.
        examples: the same with their surroundings, in a fixed order.
    """
    weights = WEIGHTS
    for _ in range(2):
        asked = questions_of_examples(Linker(table, memory, weights=weights), examples)
        weights = tuple(fit(asked, weights))
    return weights


def names_of(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Return the names that examples give to concepts.

    >>> names_of([Example("flu", "PMID:1", ("X:1",)), Example("a and b", "PMID:1", ("X:2", "X:3"))])
    {'X:1': ['flu']}
    """
    more: dict[str, dict[str, None]] = {}
    for example in examples:
        if len(example.concepts) == 1:
            more.setdefault(example.concepts[0], {})[example.text] = None
    return {curie: sorted(texts) for curie, texts in more.items()}


def answers(
    table: NameTable, memory: Memory, weights: Sequence[float], examples: Iterable[tuple[Example, Surroundings]]
) -> Iterator[tuple[str, float, bool, float]]:
    """Yield what `calibrate` learns from: of each example the rule, the share, whether it is right, how often it counts.

    Each example is asked for without what its own document says.
    """
    bare = Linker(table, memory, weights=weights, calibration=Calibration({}))
    for example, surroundings in examples:
        decision = bare.link(example.text, surroundings)
        yield decision.rule, decision.confidence, decision.concepts == example.concepts, float(example.times)
