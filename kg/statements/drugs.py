"""What a document says of its drugs: treatments and adverse events, weighed against each other.

A title leaves out what a drug did: "gout and colchicine" may be the cause or the remedy. Where a sentence says that the
drug was given for the condition, the title blames nothing.
"""

from __future__ import annotations

from kg.model import Evidence
from kg.statements.adverse import read_adverse_events
from kg.statements.blame import WITHOUT_VERB
from kg.statements.places import Story
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
    blamed = {(e.subject, e.object) for e in told if e.polarity == "support" or e.section == "title"}
    return list(read_treatments(story, blamed, {(e.subject, e.object) for e in told}))
