"""Which condition the text blames on which drug.

A pair that shares a sentence is no adverse event; the text must say so by one of the named patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import CHEMICAL, DISEASE, HAS_ADVERSE_EVENT, Evidence
from kg.statements.cues import clause_bounds, is_family, is_general, is_hypothetical, is_negated
from kg.statements.evidence import from_sentence
from kg.statements.places import Place, Sentence, Story

_ADJ = r"(?:[\w-]+\s+){0,4}?"
_DRUG = r"(?:(?:the|his|her|treatment|therapy|with|of|to|[\w-]+)\s+){0,5}?"
_LATER = r"(?:after|during|while|on|following|upon|under|with)"
_STOP = r"(?:stopp\w+|discontinu\w+|withdr\w+|interrupt\w+|withheld|held|suspend\w+|reduc\w+|cessation)"

#: (rule, pattern): `⟦C…` is the drug, `⟦D…` the condition, in the masked sentence.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("drug-induced", rf"⟦C+[-\s](?i:induced|related|associated|triggered|mediated)\s+{_ADJ}⟦D"),
        ("due-to-drug",
         rf"⟦D+\W+(?:[\w-]+\W+){{0,6}}?(?i:induced\s+by|caused\s+by|due\s+to|secondary\s+to|attribut\w+\s+to|related\s+to|owing\s+to|"
         rf"ascribed\s+to|associated\s+with|triggered\s+by|blamed\s+on|from)\s+{_DRUG}⟦C"),
        ("drug-caused", rf"⟦C+[^.;]{{0,40}}?\b(?i:caused|induced|triggered|precipitated|provoked|was\s+complicated\s+by|blamed\s+for)\s+{_ADJ}⟦D"),
        ("developed-on-drug",
         rf"\b(?i:developed|experienced|suffered|complicated\s+by|onset\s+of|new)\s+{_ADJ}⟦D+[^.;]{{0,60}}?\b(?i:{_LATER})\s+{_DRUG}⟦C"),
        ("on-drug-developed",
         rf"\b(?i:{_LATER})\s+(?:[\w-]+\s+){{0,6}}?⟦C+[^.;]{{0,60}}?\b(?i:developed|experienced|suffered)\s+{_ADJ}⟦D"),
        ("disease-on-drug", rf"⟦D+\s+(?i:developed|occurred|appeared|arose|emerged)\s+[^.;]{{0,50}}?\b(?i:{_LATER})\s+{_DRUG}⟦C"),
        ("stopped-for", rf"⟦C+[^.;]{{0,40}}?\b(?i:{_STOP})[^.;]{{0,40}}?\b(?i:because\s+of|due\s+to|owing\s+to|for|after|on\s+account\s+of)\s+{_ADJ}⟦D"),
        ("led-to-stopping", rf"⟦D+[^.;]{{0,60}}?\b(?i:{_STOP})\s+(?:of\s+)?{_DRUG}⟦C"),
    )
)  # fmt: skip
_COORDINATED = re.compile(r"^(?:\s*,)?\s*(?:and|or|,|with)\s+(?:[\w-]+\s+){0,3}$")


def read_adverse_events(story: Story) -> Iterator[Evidence]:
    """Yield the adverse-event evidence of a document."""
    for sentence in story.sentences:
        seen: set[tuple[str, str]] = set()
        for drug in sentence.of(CHEMICAL):
            for condition in sentence.of(DISEASE):
                pair = (drug.node, condition.node)
                rule = _rule(sentence, drug, condition)
                if rule is None or pair in seen:
                    continue
                seen.add(pair)
                reason = _reason(sentence, condition)
                yield from_sentence(
                    story, sentence, drug.node, HAS_ADVERSE_EVENT, condition.node, reason=reason, method=rule,
                    subject_place=drug, object_place=condition, of_case=reason in {"stated", "negated"},
                )  # fmt: skip


def _rule(sentence: Sentence, drug: Place, condition: Place) -> str | None:
    text = _two_marked(sentence, drug, condition)
    return next((name for name, pattern in RULES if pattern.search(text)), None)


def _two_marked(sentence: Sentence, drug: Place, condition: Place) -> str:
    text = list(sentence.masked(drug))
    first, last = condition.start - sentence.start, condition.end - sentence.start
    text[first:last] = ["⟦", *"D" * (last - first - 1)]
    return "".join(text)


def _reason(sentence: Sentence, condition: Place) -> str:
    text = sentence.masked()
    start, end = condition.start - sentence.start, condition.end - sentence.start
    left, right = clause_bounds(text, start, end)
    if is_family(text[:start]):
        return "family"
    if is_negated(text[left:start]):
        return "negated"
    if is_hypothetical(text[left:right]):
        return "hypothetical"
    return "general" if is_general(text[left:right]) else "stated"
