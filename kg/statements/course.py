"""How long the patient was followed, and how it ended: facts that the text states as reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from kg.model import Document, Fact, Passage
from kg.statements.cues import clause_bounds, is_family, is_general, is_hypothetical, is_negated
from kg.statements.facts import MOST, around, make_fact, quantity_text
from kg.statements.introductions import is_literature
from kg.statements.quantities import NUMBER, UNIT, number, unit
from kg.statements.setting import in_reference, is_cited

_FOLLOW_UP = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{NUMBER}[\s-]*{UNIT}[\s-]+(?:of\s+)?(?:[a-z]+\s+)?follow[\s-]*up\b",
        rf"\bfollow[\s-]*up\s*(?:period|time|duration|interval)?\s*(?:of|was|for|at|lasted)\s+(?:[a-z]+\s+)?{NUMBER}[\s-]*{UNIT}\b(?![\s-]*(?:old|of\s+age))",
        rf"\bfollowed(?:\s+up)?\s+(?:for|over)\s+(?:[a-z]+\s+)?{NUMBER}[\s-]*{UNIT}\b",
        rf"\bover\s+(?:a\s+period\s+of\s+)?{NUMBER}[\s-]*{UNIT}\s+of\s+(?:observation|surveillance)\b",
    )
)
_RESPONSE = (
    r"(?:(?:complete|partial|near-complete|sustained|durable|long-term|major|minor|excellent)\s+)?"
    r"(?:(?:clinical|radiological|radiographic|radiologic|pathological|pathologic|metabolic|molecular|hematologic|haematologic|"
    r"cytogenetic|tumou?r|morphological)\s+)*(?:remission|response)"
)
_SUBJECT = (
    r"\b(?:he|she|(?:the|this|our)\s+(?:\w+\s+)?(?:patient|man|woman|boy|girl|male|female|infant|child|baby))\s+"
    r"(?:(?:subsequently|eventually|finally|ultimately|then|later|unfortunately|sadly|had|also)\s+){0,3}"
)
_OUTCOME = re.compile(
    rf"\b(?:{_RESPONSE}|stable\s+disease|progressive\s+disease|disease\s+progression|no\s+evidence\s+of\s+(?:disease|recurrence)|"
    r"disease[\s-]free|recurrence[\s-]free|(?:died|death)\s+(?:of|from)\s+(?:an?\s+|the\s+|his\s+|her\s+)?(?:(?:acute|sudden|massive)\s+)?[a-z-]+(?:\s+(?:progression|failure|infarction|embolism|ha?emorrhage|shock|arrest|bleeding|infection|disease|syndrome))?|"
    rf"(?:full|complete)\s+recovery)\b|{_SUBJECT}(?:(?:[\w-]+\s+){{0,8}}?(?:and|but)\s+(?:\w+\s+)?)?(?:died|succumbed|passed\s+away)\b(?!\s+(?:of|from)\b)",
    re.IGNORECASE,
)
# A response only says how it ended where it is qualified, or was reached.
_QUALIFIED = re.compile(
    r"\b(?:complete|partial|near-complete|sustained|durable|long-term|major|minor|excellent|clinical|radiolog\w+|radiograph\w+|"
    r"pathologic\w*|metabolic|molecular|stable|progress\w+|evidence|free|died|death|succumbed|passed|recovery)\b", re.I,
)  # fmt: skip
_REACHED = re.compile(
    r"\b(?:achiev\w+|reach\w+|attain\w+|obtain\w+|result\w+\s+in|led\s+to|show\w+|in|had)\s+(?:an?\s+)?(?:[\w-]+\s+)?$",
    re.I,
)
_RATE = re.compile(r"^\s+rates?\b", re.IGNORECASE)


# Named, but not reached: "failed to achieve", "the aim was", "achieving … is difficult", "… was not achieved".
_NOT_REACHED = re.compile(
    r"\b(?:fail\w*|unable|inability|aim\w*|goals?|objectives?|targets?|intent\w*|intend\w*|hop(?:e|ed|ing)|expect\w*|defin\w+|in\s+order|"
    r"chances?|likelihood|probabilit\w+|prospects?|attempt\w*|instead\s+of|rather\s+than|far\s+from|risk)\b[^.;,]{0,60}$",
    re.IGNORECASE,
)
_GERUND = re.compile(r"\b(?:achiev|reach|attain|obtain)ing\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_IS = re.compile(r"^\s+(?:is|are|remains?|can|depends?|requires?)\b", re.IGNORECASE)
_NOT_AFTER = re.compile(
    r"^\s+(?:[\w-]+\s+){0,3}?(?:(?:was|were|is|has|had|could|can|did)\s+(?:not|never)\b|cannot\b|(?:was|is|remains?|are)\s+(?:\w+\s+)?"
    r"(?:difficult|rare|unlikely|uncommon|impossible|the\s+(?:aim|goal)|defined|expected))",
    re.IGNORECASE,
)
_POOLED = re.compile(
    r"\b(?:median|mean|average|minimum|recommended|lifelong|planned|required)\s+(?:\w+\s+)?$|\b(?:median|mean|average)\b",
    re.I,
)


def read_follow_ups(document: Document) -> Iterator[Fact]:
    """Yield the follow-up times that the text states of a patient; no advice and no average."""
    for passage in _own(document):
        for i, pattern in enumerate(_FOLLOW_UP):
            for match in islice(pattern.finditer(passage.text), MOST):
                value = number(match.group(1))
                before, after = around(passage.text, *match.span())
                if _of_others(passage, match, before, after):
                    continue
                sentence = before + match.group() + after
                clause = _clause(before, match.group(), after)
                if value is None or is_family(sentence) or is_hypothetical(before) or is_hypothetical(clause):
                    continue
                if is_general(clause) or _POOLED.search(before[-40:] + match.group()):
                    continue
                of = unit(match.group(2))
                yield make_fact(
                    document,
                    passage,
                    "follow_up",
                    quantity_text(value, of),
                    match.span(),
                    f"follow-up-{i + 1}",
                    (value, of),
                )


def read_outcomes(document: Document) -> Iterator[Fact]:
    """Yield how it ended, where the text says that this was reached."""
    for passage in _own(document):
        for match in islice(_OUTCOME.finditer(passage.text), MOST):
            before, after = around(passage.text, *match.span())
            if _of_others(passage, match, before, after):
                continue
            left, right = clause_bounds(before + match.group() + after, len(before), len(before) + len(match.group()))
            clause = (before + match.group() + after)[left:right]
            said = before[left:]
            reached = _QUALIFIED.search(match.group()) or _REACHED.search(said)
            if not reached or _RATE.match(after) or is_family(before + match.group() + after):
                continue
            if is_negated(said) or is_hypothetical(clause) or is_general(clause):
                continue
            if _NOT_REACHED.search(said) or _NOT_AFTER.match(after) or (_GERUND.search(said) and _IS.match(after)):
                continue
            words = " ".join(match.group().casefold().split())
            if re.search(r"\b(?:died|succumbed|passed away)$", words):
                words = "died"
            yield make_fact(document, passage, "outcome", words, match.span(), "outcome-phrase")


def _own(document: Document) -> Iterator[Passage]:
    """Yield the passages that are not the titles of the papers of others."""
    return (passage for passage in document.passages if not is_cited(passage.section))


def _of_others(passage: Passage, match: re.Match[str], before: str, after: str) -> bool:
    return in_reference(passage.text, match.start()) or is_literature(before, match.group() + after)


def _clause(before: str, said: str, after: str) -> str:
    text = before + said + after
    left, right = clause_bounds(text, len(before), len(before) + len(said))
    return text[left:right]
