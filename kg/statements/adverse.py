"""Which condition the text blames on which drug.

A pair that shares a sentence is no adverse event; the text must say so by one of the named patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import CHEMICAL, DISEASE, HAS_ADVERSE_EVENT, Evidence
from kg.statements.cues import clause_bounds, is_background, is_family, is_hypothetical, is_negated
from kg.statements.denial import is_denied
from kg.statements.evidence import from_sentence
from kg.statements.places import Place, Sentence, Story

_ADJ = r"(?:[\w-]+\s+){0,4}?"
_DRUG = r"(?:(?:the|his|her|treatment|therapy|with|of|to|[\w-]+)\s+){0,5}?"
_LATER = r"(?:after|during|while|on|following|upon|under)"
# Between a condition and a drug: nothing that tells how the condition went away.
_GAP = (
    r"(?:(?!\b(?:resolv|improv|recover|subsid|settl|abat|treat|manag|respond|disappear|controlled|relie[fv]|(?:due|secondary)\s+to|"
    r"attributed|because\s+of|caused\s+by))[^.;])"
)
_STOP = r"(?:stopp\w+|discontinu\w+|withdr\w+|interrupt\w+|withheld|held|suspend\w+|reduc\w+|cessation)"

_TIME = (
    r"(?:(?i:about|only|just|soon|shortly|early|late|again|twice|suddenly|a|few|several|\d+|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|twelve|hours?|days?|weeks?|months?|years?)\s+){0,5}"
)
#: (rule, pattern): `⟦C…` is the drug, `⟦D…` the condition, in the masked sentence.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("drug-induced", rf"⟦C+[-\s](?i:induced|related|associated|triggered|mediated)\s+{_ADJ}⟦D"),
        ("due-to-drug",
         rf"⟦D+\W+(?:[\w-]+\W+){{0,6}}?(?i:induced\s+by|caused\s+by|due\s+to|secondary\s+to|attribut\w+\s+to|related\s+to|owing\s+to|"
         rf"ascribed\s+to|associated\s+with|triggered\s+by|blamed\s+on|from)\s+{_DRUG}⟦C"),
        ("drug-caused", rf"⟦C+{_GAP}{{0,40}}?\b(?i:caused|induced|triggered|precipitated|provoked|was\s+complicated\s+by|blamed\s+for)\s+{_ADJ}⟦D"),
        ("developed-on-drug",
         rf"\b(?i:developed|experienced|suffered|complicated\s+by|onset\s+of|new)\s+{_ADJ}⟦D+{_GAP}{{0,60}}?\b(?i:{_LATER})\s+{_DRUG}⟦C"),
        ("on-drug-developed",
         rf"\b(?i:{_LATER})\s+(?:[\w-]+\s+){{0,6}}?⟦C+{_GAP}{{0,60}}?\b(?i:developed|experienced|suffered)\s+{_ADJ}⟦D"),
        # Only a time may stand between: "melanoma developed pneumonia after" is of a patient with melanoma.
        ("disease-on-drug", rf"⟦D+\s+(?i:developed|occurred|appeared|arose|emerged)\s+{_TIME}(?i:{_LATER})\s+{_DRUG}⟦C"),
        ("stopped-for", rf"⟦C+{_GAP}{{0,40}}?\b(?i:{_STOP}){_GAP}{{0,40}}?\b(?i:because\s+of|due\s+to|owing\s+to|for|on\s+account\s+of|after(?:\s+the)?\s+(?:developing|onset\s+of|occurrence\s+of|development\s+of|appearance\s+of))\s+{_ADJ}⟦D"
         r"(?!\w*\s+(?:had\s+|has\s+|was\s+|were\s+)?(?:resolv|improv|recover|subsid|disappear|controlled|relie))"),
        ("led-to-stopping", rf"⟦D+{_GAP}{{0,60}}?\b(?i:{_STOP})\s+(?:of\s+)?{_DRUG}⟦C"),
    )
)  # fmt: skip
# No rule can fit a sentence without one of these.
_CUE = re.compile(
    rf"{_STOP}|induced|related|associated|triggered|mediated|caused|due\s|secondary|attribut|owing|ascribed|blamed|from|precipitated|"
    r"provoked|complicated|developed|experienced|suffered|onset|new|occurred|appeared|arose|emerged",
    re.IGNORECASE,
)
_UNRELATED = re.compile(
    r"^[^.;⟦]{0,40}?\b(?:unrelated\s+to|not\s+(?:\w+\s+)?(?:related|attribut\w+|caused|due|ascribed|blamed|linked|associated)|"
    r"independent\s+of|unlikely\s+(?:\w+\s+){0,2}(?:related|due|caused))\b",
    re.IGNORECASE,
)
# The disease itself going on is no harm of the drug.
_COURSE = re.compile(r"\b(?:metasta\w*|recurren\w*|relapse\w*|progress\w*)\b", re.IGNORECASE)
#: Farther apart in a sentence than this, nothing joins a drug and a condition.
_FARTHEST = 180


def read_adverse_events(story: Story) -> Iterator[Evidence]:
    """Yield the adverse-event evidence of a document."""
    for sentence in story.sentences:
        if not sentence.is_prose or not _CUE.search(sentence.masked()):
            continue
        seen: set[tuple[str, str]] = set()
        for drug in sentence.of(CHEMICAL):
            for condition in sentence.of(DISEASE):
                if _COURSE.search(sentence.text[condition.start - sentence.start : condition.end - sentence.start]):
                    continue
                pair = (drug.node, condition.node)
                if pair in seen or (rule := _rule(sentence, drug, condition)) is None:
                    continue
                seen.add(pair)
                reason = _reason(sentence, drug, condition)
                yield from_sentence(
                    story, sentence, drug.node, HAS_ADVERSE_EVENT, condition.node, reason=reason, method=rule,
                    subject_place=drug, object_place=condition, of_case=reason in {"stated", "negated"},
                )  # fmt: skip


def _rule(sentence: Sentence, drug: Place, condition: Place) -> str | None:
    if max(drug.start, condition.start) - min(drug.end, condition.end) > _FARTHEST:
        return None
    text, _ = sentence.window(drug, condition, reach=100)
    return next((name for name, pattern in RULES if pattern.search(text)), None)


def _reason(sentence: Sentence, drug: Place, condition: Place) -> str:
    text, offset = sentence.window(drug, condition)
    start, end = condition.start - offset, condition.end - offset
    left, right = clause_bounds(text, start, end)
    if is_family(text[:start]):
        return "family"
    first, last = sorted((drug, condition), key=lambda p: p.start)
    between = text[first.end - offset : last.start - offset]
    if (
        is_negated(text[left:start])
        or is_negated(between)
        or _UNRELATED.match(text[end:])
        or is_denied(text, start, end)
    ):
        return "negated"
    if is_hypothetical(text[left:right]):
        return "hypothetical"
    return "general" if is_background(text[left:right]) else "stated"
