"""Learning what features are worth: from a vocabulary alone, or from what people linked.

From a vocabulary alone, a name is held out and must be found again by the other names of its concept. From what people
linked, an example must be found without what its own document says. Both go through examples in a fixed order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.linking.matching.confidence import Calibration, calibrate
from kg.linking.matching.forms import form_of, forms_of
from kg.linking.matching.linker import Linker, Ranked
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.ranker import Question, fit
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.trained import Example, Memory
from kg.linking.matching.vocabulary import Vocabulary

# More candidates say little more, and take longer.
_CANDIDATES = 16


def questions_of_names(linker: Linker, count: int) -> list[Question]:
    """Hold names out and ask for their concepts.

    Args:
        linker: with the weights by which candidates are chosen.
        count: about how many names, spread evenly over the vocabulary.
    """
    table = linker.table
    stride = max(1, len(table) // count)
    questions = []
    for name in range(stride // 2, len(table), stride):
        concept = table.concepts[name]
        own = table.names[concept]
        bag = sorted(table.words[name])
        alike: frozenset[int] = frozenset(other for other in own if sorted(table.words[other]) == bag)
        if len(alike) == len(own):
            continue
        forms = [form_of(table.texts[name])]
        # Held out, and as it is: that a name is the same must not be what never counted.
        for without, times in ((alike, 1.0), (frozenset((name,)), 0.5), (frozenset(), 0.5)):
            candidates = linker.candidates(forms, without=without, everything=True)
            if question := _question(candidates, (table.vocabulary.concepts[concept].curie,), times):
                questions.append(question)
    return questions


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


def learn_weights(vocabulary: Vocabulary, *, count: int = 3000, rounds: int = 2) -> list[float]:
    """Learn weights from a vocabulary alone."""
    linker = Linker(NameTable(vocabulary))
    for _ in range(rounds):
        linker = Linker(linker.table, weights=fit(questions_of_names(linker, count), linker.weights))
    return list(linker.weights)


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
    more: dict[str, dict[str, None]] = {}
    for example, _ in ordered:
        if len(example.concepts) == 1:
            more.setdefault(example.concepts[0], {})[example.text] = None
    table = NameTable(vocabulary, {curie: sorted(texts) for curie, texts in more.items()})
    linker = Linker(table, Memory.of(example for example, _ in ordered))
    for _ in range(2):
        weights = fit(questions_of_examples(linker, ordered), linker.weights)
        linker = Linker(table, linker.memory, weights=weights)
    return Linker(
        table, linker.memory, weights=linker.weights, calibration=calibration_of(linker, ordered), least=least
    )


def calibration_of(linker: Linker, examples: Iterable[tuple[Example, Surroundings]]) -> Calibration:
    """Learn how often a linker's decisions are right, each example without what its own document says."""
    bare = Linker(linker.table, linker.memory, weights=linker.weights, calibration=Calibration({}))
    seen = []
    for example, surroundings in examples:
        decision = bare.link(example.text, surroundings)
        seen.append((decision.rule, decision.confidence, decision.concepts == example.concepts, float(example.times)))
    return calibrate(seen)
