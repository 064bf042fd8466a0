"""Making evidence records from sentences: one shape for all rules."""

from __future__ import annotations

from kg.model import Evidence, Polarity
from kg.statements.places import Place, Sentence, Story

#: Polarity of each reason. Support, contradiction and unknown are counted apart and never netted.
POLARITY: dict[str, Polarity] = {
    "stated": "support",
    "asserted": "support",
    "failed": "contradiction",
    "negated": "contradiction",
    "refuted": "contradiction",
    "hypothetical": "unknown",
    "general": "unknown",
    "family": "unknown",
    "history": "unknown",
    "implied": "unknown",
}


def from_sentence(story: Story, sentence: Sentence, subject: str, predicate: str, obj: str, *, reason: str, method: str,
                  subject_place: Place | None = None, object_place: Place | None = None,
                  outcome: str | None = None, of_case: bool = True) -> Evidence:  # fmt: skip
    """Return the evidence that a sentence gives for a pair.

    Args:
        story: the document.
        sentence: the sentence.
        subject: node, predicate and object of the statement.
        predicate: Biolink predicate.
        obj: node.
        reason: a key of `POLARITY`.
        method: name of the rule.
        subject_place: where the subject stands in the sentence, None where it was taken from elsewhere.
        object_place: the same of the object.
        outcome: how it ended.
        of_case: whether the sentence speaks of the document's patient.

    Raises:
        KeyError: if ``reason`` is not one that has a polarity.
    """
    return Evidence(
        subject=subject, predicate=predicate, object=obj, polarity=POLARITY[reason], polarity_reason=reason,
        document=story.document, case=sentence.case if of_case else None, section=sentence.section,
        sentence_start=sentence.start, sentence_end=sentence.end, sentence=sentence.text, method=method,
        subject_mention=subject_place.mention if subject_place else None,
        object_mention=object_place.mention if object_place else None, outcome=outcome,
    )  # fmt: skip
