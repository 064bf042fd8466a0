"""The drug that a document suspects, and what sentences that do not name it say of it.

A report names the drug, blames it, and goes on with "the drug", "the treatment" or no word for it at all. Words that
stand for the drug are read as its name where the document suspects one drug only. A sentence that has not even such a
word and tells of something that befell patients is no blame: its evidence has the reason `implied`, and is neither for nor
against.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from kg.model import CHEMICAL
from kg.statements.blame import is_underlying
from kg.statements.denial import is_denied, is_doubted
from kg.statements.places import Place, Story
from kg.statements.skeleton import DRUG, Group, Skeleton

#: What the method of evidence ends in where words such as "the drug" stand for the drug.
STANDS_FOR = "+same-drug"
#: Rule of what befell patients in a sentence that names no drug.
IMPLIED = "event-in-report"
#: Rule of what befell patients in the sentence after one that gives them one drug.
THEN = "given-then-befell"

_KIND = (
    r"(?:drugs?|agents?|medications?|medicines?|compounds?|treatments?|therap(?:y|ies)|infusions?|injections?|antibiotics?|antidepressants?|"
    r"antipsychotics?|anticonvulsants?|anesthetics?|anaesthetics?|chemotherapy|regimen|substance|inhibitors?|vaccine|overdose|ingestion)"
)
_FOR_THE_DRUG = re.compile(
    rf"\b(?:the|this|these|that|such)\s+(?:(?:offending|same|above|study|causative|new|suspected|responsible|culprit|incriminated)\s+)?{_KIND}\b|"
    r"\bdrug(?=-(?:induced|related|associated)\b)|"
    rf"\b(?:drug|treatment|therapy|medication|infusion|its\s+use|its\s+(?:administration|withdrawal))(?=\s+(?:(?:was|were|had\s+to\s+be|has\s+been)\s+)?(?:stopp|discontin|withdr|interrup|cessation))",
    re.IGNORECASE,
)
_BEFELL = re.compile(
    r"\b(?:develop(?:ed|s|ing)|experienc(?:ed|es|ing)|suffer(?:ed|ing)|presented\s+with|exhibited|displayed|complicated\s+by|had|onset\s+of|episodes?\s+of|"
    r"cases?\s+of|signs?\s+of|incidence\s+of|occurrence\s+of|(?:side|adverse|toxic)\s+(?:effects?|events?|reactions?)\s+(?:[\w-]+\s+){0,3}?(?:were|was|included|including|are|include))\s+"
    r"(?:(?!(?:no|not|without)\b)[\w-]+\s+){0,4}?$",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"\s*(?:(?:also|then|subsequently|have|has|had|been|was|were)\s+){0,3}(?:occurr\w+|developed|appeared|observed|seen|noted|reported|recurred|ensued|"
    r"resolved|disappeared|subsided)\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(?:receiv(?:ed|ing)|given|treated\s+with|started\s+on|administered|took|taking|prescribed|injected|infused|initiated|ingested|"
    r"(?:after|following)\s+(?:[\w-]+\s+){0,6}⟦c)",
    re.IGNORECASE,
)
# Titles that are about harm.
_HARM = re.compile(
    r"\b(?:\w*toxic\w*|adverse|side[\s-]effects?|safety|\w*induced|complications?|overdos\w+|intoxication|poisoning|abuse\w*|reactions?|effects?|risks?|"
    r"syndrome|following|after|during|associated|related|exposure|withdrawal|caus\w+|users?)\b",
    re.IGNORECASE,
)
_REACH = 160


def suspect(story: Story, blamed: Iterable[str]) -> str | None:
    """Return the one drug that a document suspects, None where there is none or more than one.

    Args:
        story: the document.
        blamed: the drugs that its sentences blame, one entry a sentence and condition.
    """
    counts = Counter(blamed).most_common(2)
    if counts:
        return counts[0][0] if len(counts) == 1 or counts[0][1] > 2 * counts[1][1] else None
    named = Counter(p.node for s in story.sentences for p in s.of(CHEMICAL))
    if not named:
        return None
    titles = [s for s in story.sentences if s.section == "title" and _HARM.search(s.masked())]
    title = next((p.node for s in titles for p in s.of(CHEMICAL)), None)
    return title if title and named[title] == max(named.values()) else None


def with_drug(skeleton: Skeleton) -> Skeleton | None:
    """Return the bones of a sentence that names no drug with tokens for words such as "the drug"; None without such words.

    >>> with_drug(Skeleton("the ⟦d was due to this agent", (), (Group(4, 6, ()),))).text
    'the ⟦d was due to ⟦c'
    """
    words = [found.span() for found in _FOR_THE_DRUG.finditer(skeleton.text)]
    if not words:
        return None
    out, last, drugs = "", 0, []
    for start, end in words:
        out += skeleton.text[last:start] + DRUG
        drugs.append(Group(len(out) - len(DRUG), len(out), ()))
        last = end
    moved = []
    for group in skeleton.conditions:
        shift = sum(len(DRUG) - (end - start) for start, end in words if end <= group.start)
        moved.append(Group(group.start + shift, group.end + shift, group.places))
    return Skeleton(out + skeleton.text[last:], tuple(drugs), tuple(moved))


def befallen(skeleton: Skeleton) -> list[Place]:
    """Return the conditions that a sentence says befell patients."""
    text = skeleton.text
    found: list[Place] = []
    for group in skeleton.conditions:
        before = text[max(0, group.start - _REACH) : group.start]
        if not (_BEFELL.search(before) or _HAPPENED.match(text, group.end)):
            continue
        if (
            is_underlying(text, group)
            or is_denied(text, group.start, group.end)
            or is_doubted(text, group.start, group.end)
        ):
            continue
        found += group.places
    return found


def given_before(story: Story, at: int) -> str | None:
    """Return the one drug that the sentence before says was given, None where it names none or several."""
    before, sentence = story.sentences[at - 1], story.sentences[at]
    drugs = {p.node for p in before.of(CHEMICAL)}
    if len(drugs) != 1 or before.section != sentence.section or not _GIVEN.search(before.masked()):
        return None
    return min(drugs)
