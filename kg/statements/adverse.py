"""Which condition the text blames on which drug.

A pair that shares a sentence is no adverse event; the text must say so by one of the named patterns (`kg.statements.blame`),
or speak of the one drug that it suspects (`kg.statements.suspects`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from kg.model import CHEMICAL, DISEASE, HAS_ADVERSE_EVENT, Evidence
from kg.statements.blame import NAMED_HARM, WITHOUT_VERB, Rule, blames, may_be_remedy
from kg.statements.cues import clause_bounds, is_background, is_family, is_history, is_hypothetical, is_negated, is_past
from kg.statements.denial import is_denied
from kg.statements.evidence import from_sentence
from kg.statements.places import REACH, Place, Sentence, Story
from kg.statements.setting import is_cited, speaks_of_patient
from kg.statements.skeleton import Group, Skeleton, bones
from kg.statements.suspects import IMPLIED, STANDS_FOR, THEN, befallen, given_before, suspect, with_drug

_UNRELATED = re.compile(
    r"^[^.;⟦]{0,40}?\b(?:unrelated\s+to|not\s+(?:\w+\s+)?(?:related|attribut\w+|caused|due|ascribed|blamed|linked|associated)|"
    r"independent\s+of|unlikely\s+(?:\w+\s+){0,2}(?:related|due|caused))\b",
    re.IGNORECASE,
)
# The disease itself going on is no harm of the drug.
_COURSE = re.compile(r"\b(?:metasta\w*|recurren\w*|relapse\w*|progress\w*)\b", re.IGNORECASE)
# A word for harm that names no condition says nothing of the drug.
_NO_CONDITION = re.compile(
    r"(?:(?:acute|chronic|severe|serious|fatal|drug|systemic|dose-limiting)[\s-]+)*(?:toxic(?:ity|ities)?|toxic\s+\w+|side\s+effects?|adverse\s+\w+|overdos\w+|"
    r"poison\w*|intoxicat\w*|carcinogen\w*)",
    re.IGNORECASE,
)
# A harm that is told by the organ or in general; where the drug is blamed for something more telling, that is meant.
_ORGAN = (
    r"(?:acute|chronic|severe|mild|organ|tissue|cell(?:ular)?|liver|hepatic|hepatocellular|renal|kidney|cardiac|heart|myocardial|cardiovascular|vascular|lung|"
    r"pulmonary|skin|cutaneous|eye|ocular|retinal|nerve|neuronal|neurologic(?:al)?|axonal|brain|cerebral|cns|psychiatric|mental|behaviou?ral|movement|muscle|"
    r"gastrointestinal|gastric|hematologic(?:al)?|bone|bladder|bowel|systolic|diastolic|ventricular|left|right|and|or|arterial|endothelial)"
)
_IN_GENERAL = re.compile(
    rf"(?:{_ORGAN}[\s/-]+)*(?:[\w-]*toxic(?:ity|ities)?|injur(?:y|ies)|damage|deaths?|dysfunctions?|insufficiency|impairment|diseases?|disorders?|"
    r"abnormalit(?:y|ies)|deficits?|lesions?|symptoms?|complications?|(?:drug\s+)?(?:hypersensitivity|allerg(?:y|ic|ies))(?:\s+reactions?)?|nephropathy|"
    r"adverse\s+reactions?)",
    re.IGNORECASE,
)
_BLAMING = frozenset({"stated", "general"})
_OF_CASE = frozenset({"stated", "negated", "history"})


@dataclass(frozen=True, slots=True)
class _Blame:
    """One pair that a sentence speaks of."""

    sentence: Sentence
    drug: str
    drug_place: Place | None
    condition: Place
    method: str
    reason: str
    timing: bool = False


def read_adverse_events(story: Story, treated: Collection[tuple[str, str]] = frozenset()) -> Iterator[Evidence]:
    """Yield the adverse-event evidence of a document, in reading order.

    A condition that is told in general ("liver injury") is left out where the document blames the same drug for a more
    telling one. What is said of animals, or stands in a list of references, is of no patient: its reason is `general`.

    Args:
        story: the document.
        treated: (chemical, disease) pairs of which a sentence says that the one was given for the other: a title that
            leaves the verb out does not blame them.
    """
    told: list[list[_Blame]] = []
    for sentence in story.sentences:
        telling = sentence.is_prose and sentence.has(CHEMICAL, DISEASE)
        told.append([_at_large(story, b) for b in _in_sentence(sentence, treated)] if telling else [])
    culprit = suspect(story, (b.drug for found in told for b in found if b.reason in _BLAMING))
    for i, sentence in enumerate(story.sentences):
        if sentence.is_prose and sentence.has(DISEASE) and not sentence.has(CHEMICAL):
            told[i] += [_at_large(story, b) for b in _of_unnamed(story, i, culprit)]
    blamed = _Blamed.of([blame for found in told for blame in found])
    for found in told:
        for b in found:
            if not blamed.outweighs(b):
                yield from_sentence(
                    story, b.sentence, b.drug, HAS_ADVERSE_EVENT, b.condition.node, reason=b.reason, method=b.method,
                    subject_place=b.drug_place, object_place=b.condition, of_case=b.reason in _OF_CASE,
                )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Blamed:
    """What a document blames on what, to weigh single sentences by.

    Attributes:
        telling: drug -> the conditions that it is blamed for and that are more than a word for harm.
        caused: condition -> the drugs that are said to have caused it, and not merely to have come before it.
    """

    telling: dict[str, set[str]]
    caused: dict[str, set[str]]

    @classmethod
    def of(cls, blames_: list[_Blame]) -> _Blamed:
        telling: dict[str, set[str]] = defaultdict(set)
        caused: dict[str, set[str]] = defaultdict(set)
        for blame in blames_:
            if blame.reason in _BLAMING:
                if not _IN_GENERAL.fullmatch(_words(blame.sentence, blame.condition)):
                    telling[blame.drug].add(blame.condition.node)
                if not blame.timing:
                    caused[blame.condition.node].add(blame.drug)
        return cls(telling, caused)

    def outweighs(self, blame: _Blame) -> bool:
        """Tell whether the document says something that makes a blame of one sentence void."""
        node = blame.condition.node
        if self.telling.get(blame.drug, set()) - {node} and _IN_GENERAL.fullmatch(
            _words(blame.sentence, blame.condition)
        ):
            return True
        # "Fever under a and b", and elsewhere "a-induced fever": b was given too.
        causes = self.caused.get(node, set())
        if not blame.timing or not causes or blame.drug in causes or blame.drug_place is None:
            return False
        return any(
            p.node in causes and not _is_apposed(blame.sentence, p, blame.drug_place)
            for p in blame.sentence.of(CHEMICAL)
        )


def _is_apposed(sentence: Sentence, one: Place, other: Place) -> bool:
    """Tell whether of two names one stands in brackets after the other: both name one drug."""
    first, second = sorted((one, other), key=lambda p: p.start)
    return sentence.text[first.end - sentence.start : second.start - sentence.start].strip() in {"(", "["}


def _at_large(story: Story, blame: _Blame) -> _Blame:
    """Return a blame of animals, or of the patients of other papers, as one of drugs at large."""
    sentence = blame.sentence
    if blame.reason != "stated":
        return blame
    of_animals = story.of_animals and not speaks_of_patient(sentence.masked())
    return replace(blame, reason="general") if of_animals or is_cited(sentence.section) else blame


def _in_sentence(sentence: Sentence, treated: Collection[tuple[str, str]]) -> Iterator[_Blame]:
    """Yield the pairs that a sentence joins by a rule, each once."""
    skeleton = bones(sentence)
    seen: set[tuple[str, str]] = set()
    for drugs, conditions, rule in blames(skeleton, sentence.section == "title"):
        reason = ""
        for condition in conditions.places:
            if not _may_be_harm(sentence, condition, rule):
                continue
            if rule.name in WITHOUT_VERB and may_be_remedy(sentence.masked(), _words(sentence, condition)):
                continue
            for drug in drugs.places:
                if rule.name in WITHOUT_VERB and (drug.node, condition.node) in treated:
                    continue
                if (pair := (drug.node, condition.node)) not in seen:
                    seen.add(pair)
                    reason = reason or _reason(skeleton, drugs, conditions, rule)
                    yield _Blame(sentence, drug.node, drug, condition, rule.name, reason, rule.timing)


def _of_unnamed(story: Story, at: int, culprit: str | None) -> Iterator[_Blame]:
    """Yield what a sentence that names no drug says of the one that the document suspects, or that was given just before."""
    sentence = story.sentences[at]
    given = given_before(story, at) if at else None
    if culprit is None and given is None:
        return
    seen: set[str] = set()
    skeleton = bones(sentence)
    if culprit is not None and (read := with_drug(skeleton)):
        for drugs, conditions, rule in blames(read, title=False):
            if rule.name == NAMED_HARM:
                # "The drug toxicity" is no compound word of a drug's name.
                continue
            reason = _reason(read, drugs, conditions, rule)
            for condition in conditions.places:
                if condition.node not in seen and _may_be_harm(sentence, condition, rule):
                    seen.add(condition.node)
                    yield _Blame(sentence, culprit, None, condition, f"{rule.name}{STANDS_FOR}", reason, rule.timing)
    for condition in befallen(skeleton):
        if condition.node not in seen and _may_be_harm(sentence, condition):
            seen.add(condition.node)
            if culprit is not None:
                yield _Blame(sentence, culprit, None, condition, IMPLIED, "implied")
            elif given is not None:
                yield _Blame(sentence, given, None, condition, THEN, "implied", timing=True)


def _words(sentence: Sentence, place: Place) -> str:
    return sentence.text[place.start - sentence.start : place.end - sentence.start]


def _may_be_harm(sentence: Sentence, condition: Place, rule: Rule | None = None) -> bool:
    words = _words(sentence, condition)
    if _COURSE.search(words) or _NO_CONDITION.fullmatch(words):
        return False
    return rule is None or not rule.harm_word or bool(_IN_GENERAL.fullmatch(words))


def _reason(skeleton: Skeleton, drug: Group, condition: Group, rule: Rule) -> str:
    """Return why the blame is for, against or neither; only words near the two are looked at."""
    first, last = sorted((drug, condition), key=lambda p: p.start)
    cut = max(0, first.start - REACH)
    text = skeleton.text[cut : last.end + REACH]
    start, end = condition.start - cut, condition.end - cut
    opens, between, closes = first.start - cut, skeleton.text[first.end : last.start], last.end - cut
    left, right = clause_bounds(text, start, end)
    if is_family(text[:start]):
        return "family"
    # What a rule takes for granted ("drug-induced") is denied or doubted by the words just before it alone.
    before = " ".join(text[left:opens].split()[-4:]) if rule.presupposed else text[left:start]
    if is_negated(before) or is_negated(between) or _UNRELATED.match(text[end:]) or is_denied(text, start, end):
        return "negated"
    # What comes after "and" is another matter.
    tail = re.split(r"\band\b|,", text[closes:right], maxsplit=1)[0]
    if is_hypothetical(before if rule.presupposed else text[left:closes] + tail):
        return "hypothetical"
    if is_history(text[:opens]) or is_past(text[left:right]):
        return "history"
    return "general" if is_background(text[left:right]) else "stated"
