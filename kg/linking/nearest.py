"""Mentions that no name fits letter by letter, linked to the nearest term (`kg.linking.matching`): an optional step.

It takes a while to learn from the names of a large index, so a build does it only where it is asked to.
"""

from __future__ import annotations

from typing import Final

from kg.linking.checks import Observation
from kg.linking.context import VOCABULARIES, Context
from kg.linking.matching.indexed import linker_of
from kg.linking.matching.linker import Decision
from kg.linking.matching.surroundings import Surroundings
from kg.model import Candidate, Confidence, Mention

#: How often decisions of a confidence are right, at least, by its word; docs/linking.md tells how it was measured.
WORDS: Final[tuple[tuple[float, Confidence], ...]] = ((0.9, "high"), (0.7, "medium"), (0.0, "low"))
#: Candidates that a link keeps.
_SHOWN: Final = 10


def nearest(mention: Mention, context: Context) -> Decision | None:
    """Return what a mention means by the nearest names of its kind's preferred vocabulary.

    Args:
        mention: the mention.
        context: its document; `Context.nearest` has the categories that are wanted.

    Returns:
        The decision; None where the category is not wanted.

    >>> from kg.model import DISEASE
    >>> from kg.terms.bundled import default_index
    >>> mention = Mention("m", "d", 0, "x", DISEASE, "hypertensive disorders", "", None)
    >>> with default_index() as index:
    ...     context = Context.of(index, (mention,), nearest=(DISEASE,))
    ...     decision = nearest(mention, context)
    >>> decision.concepts, decision.rule
    (('MONDO:0005044',), 'form')
    """
    if mention.category not in context.nearest or mention.category not in VOCABULARIES:
        return None
    if (surroundings := context.surroundings.get(mention.category)) is None:
        texts = [other.text for other in context.mentions if other.category == mention.category]
        surroundings = Surroundings.of(context.passages, texts, mention.document)
        context.surroundings[mention.category] = surroundings
    linker = linker_of(context.index, mention.category, VOCABULARIES[mention.category][0])
    return linker.link(mention.text, surroundings)


def word_of(confidence: float) -> Confidence:
    """Return the word of a confidence.

    >>> word_of(0.97), word_of(0.8), word_of(0.5)
    ('high', 'medium', 'low')
    """
    return next(word for least, word in WORDS if confidence >= least)


def reasons_of(decision: Decision) -> tuple[Observation, ...]:
    """Return why a decision was made: what was compared, what counted, and the runner-up."""
    told = [Observation("nearest", "other", text) for text in decision.evidence]
    told.append(Observation("nearest", "other", f"by the rule {decision.rule!r}, confidence {decision.confidence:.2f}"))
    if runner_up := decision.runner_up:
        text = f"runner-up: {runner_up.curie} ({runner_up.label!r}), share {runner_up.share:.2f}"
        told.append(Observation("nearest", "other", text))
    return tuple(told)


def candidates_of(decision: Decision) -> tuple[Candidate, ...]:
    """Return what was weighed, the best first."""
    return tuple(Candidate(c.curie, c.label, "nearest", c.name) for c in decision.candidates[:_SHOWN])
