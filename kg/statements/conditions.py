"""Which diseases the document's patient has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.model import ASSOCIATED_WITH, DISEASE, HAS_ADVERSE_EVENT, Evidence
from kg.statements.cues import clause_bounds, is_family, is_general, is_hypothetical, is_negated
from kg.statements.denial import is_denied, is_doubted
from kg.statements.evidence import from_sentence
from kg.statements.places import Place, Sentence, Story

_DIAGNOSED = re.compile(
    r"\b(?:diagnos(?:ed\s+(?:with|as)|is\s+of)|patient\s+with|(?:man|woman|male|female|boy|girl|infant|child|patient|he|she)\s+"
    r"(?:[\w,-]+\s+){0,6}?(?:with|had|has|was\s+found\s+to\s+have)|confirmed|revealed|consistent\s+with)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,5}$",
    re.IGNORECASE,
)


def read_conditions(story: Story, statements: Iterable[Evidence]) -> Iterator[Evidence]:
    """Yield the evidence that a patient of the document has a disease.

    Where a document describes several patients, only sentences that belong to one of them count.

    Args:
        story: the document.
        statements: its treatment and adverse-event evidence; what the patient was treated for, or
            suffered, the patient has.
    """
    for sentence in story.sentences:
        for place in sentence.of(DISEASE) if sentence.is_prose else ():
            rule = _rule(sentence, place) if sentence.case else None
            if rule and sentence.case:
                yield from_sentence(
                    story,
                    sentence,
                    sentence.case,
                    ASSOCIATED_WITH,
                    place.node,
                    reason="stated",
                    method=rule,
                    object_place=place,
                )
    by_span = {(s.section, s.start): s for s in story.sentences}
    for statement in statements:
        if statement.case is None or statement.polarity_reason not in {"stated", "failed"}:
            continue
        sentence = by_span[statement.section or "", statement.sentence_start or 0]
        method = "suffered" if statement.predicate == HAS_ADVERSE_EVENT else "treated-for"
        yield from_sentence(
            story, sentence, statement.case, ASSOCIATED_WITH, statement.object, reason="stated", method=method
        )


def _rule(sentence: Sentence, place: Place) -> str | None:
    text, offset = sentence.window(place)
    start, end = place.start - offset, place.end - offset
    left, right = clause_bounds(text, start, end)
    before, clause = text[left:start], text[left:right]
    if is_denied(text, start, end) or is_doubted(text, start, end):
        return None
    if is_negated(before) or is_family(text[:start]):
        return None
    if sentence.section == "title":
        return "title"
    if is_hypothetical(clause) or is_general(clause):
        return None
    return "diagnosed" if _DIAGNOSED.search(text[:start]) else None
