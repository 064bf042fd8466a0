"""What a document says of its drugs: treatments and adverse events, weighed against each other.

A title leaves out what a drug did: "gout and colchicine" may be the cause or the remedy. Where a sentence says that the
drug was given for the condition, the title blames nothing.
"""

from __future__ import annotations

from kg.model import Evidence
from kg.statements.adverse import read_adverse_events
from kg.statements.blame import WITHOUT_VERB, blames, may_be_remedy
from kg.statements.places import Story
from kg.statements.skeleton import bones
from kg.statements.treatment import read_treatments

_DENIED = frozenset({"negated"})
_GIVEN = frozenset({"stated", "general", "failed", "history"})


def read_drug_statements(story: Story) -> tuple[list[Evidence], list[Evidence]]:
    """Return the adverse-event evidence and the treatment evidence of a document.

    Args:
        story: the document.
    """
    adverse = list(read_adverse_events(story))
    by_title = {(e.subject, e.object) for e in adverse if e.method in WITHOUT_VERB}
    if by_title:
        others = [e for e in adverse if e.method not in WITHOUT_VERB]
        given = {
            (e.subject, e.object)
            for e in _treatments(story, others)
            if e.polarity_reason in _GIVEN and "+" not in e.method
        }
        if by_title & given:
            adverse = list(read_adverse_events(story, treated=given))
    return adverse, _treatments(story, adverse)


def _treatments(story: Story, adverse: list[Evidence]) -> list[Evidence]:
    told = [e for e in adverse if e.polarity_reason not in _DENIED]
    by_title = _blamed_by_title(story)
    blamed = by_title | {(e.subject, e.object) for e in told if e.polarity == "support" or e.section == "title"}
    doubted = {(e.subject, e.object) for e in told}
    return list(read_treatments(story, blamed, doubted, {drug for drug, _ in by_title}))


def _blamed_by_title(story: Story) -> set[tuple[str, str]]:
    """Return the pairs that the title joins as cause and harm, also where the text has a more telling name of the harm."""
    return {
        (drug.node, condition.node)
        for sentence in story.sentences
        if sentence.section == "title" and sentence.is_prose
        for drugs, conditions, rule in blames(bones(sentence), title=True)
        if rule.name not in WITHOUT_VERB
        for drug in drugs.places
        for condition in conditions.places
        if not may_be_remedy(
            sentence.masked(), sentence.text[condition.start - sentence.start : condition.end - sentence.start]
        )
    }
