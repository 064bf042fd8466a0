"""Mentions that no name fits letter by letter, linked to the nearest term (`kg.linking.matching`): an optional step.

It takes a while to learn from the names of a large index, so a build does it only where it is asked to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kg.linking.checks import Observation
from kg.linking.context import Context
from kg.linking.matching.indexed import linker_of
from kg.linking.matching.linker import Decision, Linker
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.taught import Taught
from kg.linking.outcomes import told_reasons
from kg.model import CHEMICAL, DISEASE, Candidate, Confidence, Link, Mention
from kg.terms.index import TermIndex

#: The vocabularies that names are compared with, the first one first. MeSH names substances as texts do; PubChem's names
#: tell apart the salts and stereoisomers of a substance, which texts do not.
PREFERRED: Final = {DISEASE: ("MONDO", "MESH"), CHEMICAL: ("MESH", "PUBCHEM.COMPOUND")}
#: What the categories are called, as the options of commands call them.
KIND_NAMES: Final = {DISEASE: "diseases", CHEMICAL: "chemicals"}

#: How often decisions of a confidence are right, at least, by its word; docs/linking.md tells how it was measured.
WORDS: Final[tuple[tuple[float, Confidence], ...]] = ((0.9, "high"), (0.7, "medium"), (0.0, "low"))
#: Candidates that a link keeps.
_SHOWN: Final = 10


def nearest(mention: Mention, context: Context, *, named: bool = False) -> Decision | None:
    """Return what a mention means by the nearest names of its kind's vocabulary (`vocabulary_for`).

    Args:
        mention: the mention.
        context: its document; `Context.nearest` has the categories that are wanted.
        named: whether a term bears the name: then only what people linked it to counts.

    Returns:
        The decision; None where the category is not wanted, or what is named stands.

    >>> from kg.model import DISEASE
    >>> from kg.terms.bundled import default_index
    >>> mention = Mention("m", "d", 0, "x", DISEASE, "hypertensive disorders", "", None)
    >>> with default_index() as index:
    ...     context = Context.of(index, (mention,), nearest=(DISEASE,))
    ...     decision = nearest(mention, context)
    >>> decision.concepts, decision.rule
    (('MONDO:0005044',), 'form')
    """
    if mention.category not in context.nearest or mention.category not in PREFERRED:
        return None
    if named and mention.category not in context.taught:
        return None
    linker = linker_for(context.index, mention.category, context.taught)
    decision = linker.link(mention.text, surroundings_of(mention, context))
    # What people linked outweighs what a name says; what is merely near does not.
    return None if named and not (decision.rule == "trained" and decision.concepts) else decision


def surroundings_of(mention: Mention, context: Context) -> Surroundings:
    """Return what the document says besides the mentions of one category; read when it is first asked for."""
    if (surroundings := context.surroundings.get(mention.category)) is None:
        texts = [other.text for other in context.mentions if other.category == mention.category]
        surroundings = Surroundings.of(context.passages, texts, mention.document)
        context.surroundings[mention.category] = surroundings
    return surroundings


def vocabulary_for(index: TermIndex, category: str) -> str:
    """Return the prefix of the vocabulary that a category's mentions are linked to: the first of `PREFERRED` that is held.

    >>> from kg.model import CHEMICAL, DISEASE
    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     vocabulary_for(index, DISEASE), vocabulary_for(index, CHEMICAL)
    ('MONDO', 'MESH')
    """
    order = PREFERRED[category]
    return next((prefix for prefix in order if index.source_of_prefix(prefix)), order[0])


def linker_for(index: TermIndex, category: str, taught: Mapping[str, Taught]) -> Linker:
    """Return the linker of a category, made at the first call.

    Args:
        index: the ontologies.
        category: of the mentions.
        taught: what the linkers of categories were taught.
    """
    return linker_of(index, category, vocabulary_for(index, category), taught.get(category))


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


def nearest_links(mention: Mention, verdict: str, decision: Decision, seen: Sequence[Observation]) -> tuple[Link, ...]:
    """Return a link for each term that the nearest names mean; one without a term where none is near enough.

    Args:
        mention: the mention.
        verdict: what became of the source's identifier.
        decision: what the mention means.
        seen: what was seen before that.
    """
    reasons = told_reasons((*seen, *reasons_of(decision)))
    return tuple(
        Link(
            mention=mention.id, document=mention.document, term=term, rule=f"nearest: {decision.rule}", verdict=verdict,
            confidence=word_of(decision.confidence) if term else "low", reasons=reasons, candidates=candidates_of(decision),
        )
        for term in decision.concepts or (None,)
    )  # fmt: skip
