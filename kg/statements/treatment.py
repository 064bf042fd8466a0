"""Which drug was given for which disease, with polarity and the sentence.

Each rule is a named pattern on the masked sentence, before or after the drug. A statement needs a rule:
a drug and a disease that merely share a sentence are a co-mention, nothing more. Where the sentence does
not name the disease, the title's one disease (or the document's one disease) is meant, and the method
says so (`received+title-disease`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from kg.model import APPLIED_TO_TREAT, CHEMICAL, DISEASE, Evidence
from kg.statements.cues import clause_bounds, is_family, is_general, is_hypothetical
from kg.statements.evidence import from_sentence
from kg.statements.places import Place, Sentence, Story

# What may stand between a trigger and the drug: other drugs and therapies of a list, doses, short phrases,
# but no verb that begins another statement.
_GAP = (
    r"(?:(?!\b(?:developed|was|were|had|has|have|attributed|caused|due|induced|because|following|secondary|to\s+treat|despite|"
    r"without|instead|not|after|before|until|whom|who|which|that|made)\b)[^.;:()]|\([^()]*\)){0,90}"
)
_FORM = r"(?:[-\s](?:based|containing|targeted|alone|monotherapy|therapy|treatment|chemotherapy|\w+))*?"
_THERAPY = r"(?:(?:\s*[-–]\s*|\s+)(?:[\w-]+\s+){0,5}?)?"


def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern}){_GAP}$", re.IGNORECASE)


def _after(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^{_THERAPY}(?:{pattern})", re.IGNORECASE)


#: (rule, reason, where, pattern): tried in order, the first that fits decides.
RULES: tuple[tuple[str, str, str, re.Pattern[str]], ...] = (
    ("no-response", "failed", "before", _before(
        r"(?:did\s+not|failed\s+to|does\s+not)\s+respond\s+to|(?:no|without|poor|lack\s+of)\s+response\s+to|"
        r"(?:unresponsive|non-?responsive|not\s+responsive|refractory|resistant|resistance)\s+to|no\s+benefit\s+from")),
    ("progressed-on", "failed", "before", _before(
        r"(?:progress(?:ed|ion|ing|ive\s+disease)|relapsed?|recurred|worsen(?:ed|ing)|grew|recurrence)\s+(?:[\w-]+\s+){0,4}?"
        r"(?:on|despite|after|during|under|following|while\s+(?:on|receiving))")),
    ("failed", "failed", "before", _before(r"failed(?:\s+(?:treatment|therapy)\s+with)?|failure\s+of|despite(?:\s+treatment\s+with)?")),
    ("was-ineffective", "failed", "after", _after(
        r"(?:was|were|proved|proving)\s+(?:ineffective|unsuccessful|not\s+effective|of\s+no\s+benefit)|failed\b|"
        r"(?:had|showed|produced|brought)\s+no\s+(?:effect|response|benefit|improvement)|without\s+(?:response|benefit|effect|success)|"
        r"did\s+not\s+(?:help|control|work|halt|stop|prevent\s+progression|respond)")),
    ("not-given", "negated", "before", _before(
        r"(?:was|were|is)\s+(?:not|never)\s+(?:\w+\s+)?(?:treated\s+with|given|started\s+on|offered|administered)|"
        r"(?:did|had|has)\s+(?:not|never)\s+(?:\w+\s+)?(?:receiv\w+|tak\w+|been\s+(?:given|treated\s+with))|never\s+received|"
        r"(?:received|had)\s+no|without|instead\s+of|rather\s+than|declined|refused")),
    ("was-not-given", "negated", "after", _after(
        r"(?:was|were|had)\s+(?:not|never)\s+(?:been\s+)?(?:\w+\s+)?(?:given|administered|used|started|offered|available|prescribed)|"
        r"(?:was|were)\s+(?:withheld|declined|refused|contraindicated|avoided|omitted)")),
    ("treated-with", "stated", "before", _before(
        r"(?:treat(?:ed|ment|ing)?|manag(?:ed|ement|ing)|therap(?:y|ies)|controlled|salvaged)\s+(?:[\w-]+\s+){0,3}?(?:with|by|using|of|"
        r"comprising|consisting\s+of|including|was|consisted\s+of)")),
    ("received", "stated", "before", _before(
        r"receiv(?:ed|ing)|was\s+given|given|started(?:\s+on)?|began|begun|commenced(?:\s+on)?|initiated(?:\s+on)?|took|taking|prescribed|"
        r"switched\s+(?:to|from)|maintained\s+on|continued(?:\s+on)?|put\s+on|placed\s+on|administered|administration\s+of|"
        r"introduction\s+of|addition\s+of|course\s+of|courses\s+of|cycles\s+of|dose\s+of|doses\s+of|underwent")),
    ("response-to", "stated", "before", _before(r"respon(?:se|ded)\s+(?:[\w-]+\s+){0,2}?to|(?:remission|response)\s+(?:with|on|after|to|under)")),
    ("using", "stated", "before", _before(r"using|combin(?:ed|ation|ing)\s+(?:of|with)|plus|integrating|comprising|consisting\s+of")),
    ("was-given", "stated", "after", _after(
        r"(?:was|were)\s+(?:then\s+|subsequently\s+|also\s+|therefore\s+)?(?:started|given|administered|initiated|added|commenced|begun|"
        r"introduced|continued|prescribed|chosen|used|resumed|offered\s+and\s+accepted)")),
    ("was-effective", "stated", "after", _after(
        r"(?:was|were|proved)\s+(?:[\w-]+ly\s+)?(?:effective|successful|beneficial|well\s+tolerated)|"
        r"(?:led\s+to|resulted\s+in|achieved|induced|produced|yielded|brought|gave|controlled|stabili[sz]ed)\b")),
    ("considered", "hypothetical", "after", _after(
        r"(?:may|might|could|should|can|is|was)\s+(?:also\s+)?(?:be\s+)?(?:considered|planned|tried|an\s+option|worth)")),
    ("drug-for-disease", "stated", "after", _after(r"(?:for|in|in\s+the\s+treatment\s+of|as\s+treatment\s+(?:for|of))\s+(?:[\w-]+\s+){0,4}?⟦d")),
)  # fmt: skip
_FOR_DISEASE = re.compile(r"^[^.;]{0,80}?\b(?:for|in|of|against)\s+(?:(?:an?|the|his|her|[\w-]+)\s+){0,5}?(⟦d)")
_ADVERSE_NEAR = re.compile(r"[-\s](?:induced|related|associated|triggered)\b", re.IGNORECASE)
#: Names of outcomes that failed treatments end in, by rule.
_OUTCOME = {
    "no-response": "no response",
    "progressed-on": "progression",
    "failed": "failure",
    "was-ineffective": "no response",
}


def read_treatments(story: Story, adverse: Collection[tuple[str, str]] = frozenset()) -> Iterator[Evidence]:
    """Yield the treatment evidence of a document.

    Args:
        story: the document as sentences with linked places.
        adverse: (chemical, disease) pairs that the text blames on the drug: such a disease is not what
            the drug was given for, unless the sentence says so.
    """
    for sentence in story.sentences:
        for drug in sentence.of(CHEMICAL):
            rule = _rule(sentence, drug)
            if rule is None:
                continue
            name, reason = rule
            for disease, place, how in _diseases(story, sentence, drug, adverse):
                ended = story.outcomes.get(sentence.case or "") if reason == "stated" else _OUTCOME.get(name)
                yield from_sentence(
                    story, sentence, drug.node, APPLIED_TO_TREAT, disease, reason=reason, method=f"{name}{how}",
                    subject_place=drug, object_place=place, outcome=ended, of_case=reason in {"stated", "failed", "negated"},
                )  # fmt: skip


def _rule(sentence: Sentence, drug: Place) -> tuple[str, str] | None:
    """Return (rule, reason) of the first rule that fits the drug's place, None where none does."""
    text = sentence.masked(drug)
    start, end = drug.start - sentence.start, drug.end - sentence.start
    left, right = clause_bounds(text, start, end)
    before, after = text[left:start], text[end:right]
    if _ADVERSE_NEAR.match(after):
        return None
    for name, reason, where, pattern in RULES:
        if not pattern.search(before if where == "before" else after):
            continue
        if is_family(text[:start]):
            return name, "family"
        clause = text[left:right]
        if reason == "stated" and is_hypothetical(clause):
            return name, "hypothetical"
        return name, "general" if is_general(clause) else reason
    return None


def _diseases(story: Story, sentence: Sentence, drug: Place,
              adverse: Collection[tuple[str, str]]) -> Iterator[tuple[str, Place | None, str]]:  # fmt: skip
    """Yield the disease that the drug was given for, with its place and how it was found."""
    here = [p for p in sentence.of(DISEASE) if (drug.node, p.node) not in adverse]
    text = sentence.masked(drug)
    if said := _FOR_DISEASE.match(text[drug.end - sentence.start :]):
        offset = drug.end + said.start(1)
        place = next((p for p in here if p.start == offset), None)
        if place:
            yield place.node, place, ""
            return
    before = [p for p in here if p.end <= drug.start]
    titled = [p for p in before if p.node in story.title_diseases]
    nearest = (titled or before)[-1:]
    if nearest and not _begins_event(text[: nearest[0].start - sentence.start]):
        yield nearest[0].node, nearest[0], ""
        return
    blamed = {disease for _, disease in adverse}
    for how, diseases in (("+title-disease", story.title_diseases), ("+only-disease", story.diseases)):
        left = [d for d in diseases if d not in blamed]
        if len(left) == 1:
            yield left[0], None, how
            return
        if left:
            return


_EVENT = re.compile(
    r"\b(?:developed|experienced|complicated\s+by|family\s+history\s+of|no\s+evidence\s+of)\s+(?:[\w-]+\s+){0,3}$", re.I
)


def _begins_event(before: str) -> bool:
    return bool(_EVENT.search(before))
