"""What a drug was given for: the disease that the sentence joins to it, or the one disease of the title.

A disease that merely stands before the drug is taken only if it is said to be there and shares the drug's
clause, or if its own clause speaks of treatment. Otherwise the title's one disease is meant, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from kg.model import DISEASE
from kg.statements.blame import is_neoplasm
from kg.statements.denial import is_denied, is_doubted, is_target
from kg.statements.places import Place, Sentence, Story

_ITEM = r"(?:[\w-]+\s+){0,2}?⟦c+"
_LIST = rf"(?:(?:\s*,\s*{_ITEM})+\s*,?\s*(?:and|or)\s+{_ITEM}|\s+(?:and|or|plus|with)\s+{_ITEM}|\s*[/+]\s*{_ITEM})?"
_FAR = (
    r"(?:(?!\b(?:because|due|despite|spite|instead|absence|risk|history|developed|died|whereas|without|view|until|although|"
    r"incidence|occurrence|affect\w*|threshold|responses?|caused?|induced|measured|levels?|concentrations?|versus)\b)"
    r"(?:[^.;,⟦]|⟦x+)){0,80}?"
)
_FOR_DISEASE = re.compile(
    rf"^{_LIST}{_FAR}\b(?<!resulted\s)(?<!resulting\s)(?<!results\s)(?P<word>for|in|of|against)\s+(?P<gap>(?:(?!(?:prevent\w*|prophylaxis|risk|initiat\w+|induc\w+|detect\w+|diagnos\w+)\b)[\w’'-]+\s+){{0,5}})(?P<disease>⟦d)",
    re.IGNORECASE,
)
# A new statement begins: the disease before it is not of the drug's clause.
_BREAK = re.compile(
    r"[;:]|\b(?:but|however|although|though|whereas|while|yet)\b|,\s+(?:and|so|then)\s+(?:(?:he|she|it|the\s+patient)\b|"
    r"(?:[\w-]+\s+){0,3}⟦C+[^,;⟦]{0,20}\s(?:was|were)\s)|\band\s+⟦C+[^,;⟦]{0,20}\s(?:was|were)\s",
    re.IGNORECASE,
)
_TREATED_CLAUSE = re.compile(
    r"\b(?:surger\w+|treat\w*|cured?|respon\w+|therap\w+|chemotherap\w+|resect\w+|progress\w+|relaps\w+|recur\w+|fail\w+|diagnos\w+|"
    r"confirmed)\b",
    re.IGNORECASE,
)
_STRONG_AFTER = re.compile(
    r"^[^.;,⟦]{0,30}?\s(?:(?:was|were|had\s+been)\s+(?:\w+\s+){0,2}?(?:treated|managed|controlled)|(?:had\s+)?progressed|(?:had\s+)?relapsed|"
    r"(?:had\s+)?responded|did\s+not\s+respond)\b",
    re.IGNORECASE,
)
# "A man with gout was treated": he was, and not yet the gout.
_OF_SOMEBODY = re.compile(r"\b(?:with|and|or|has|had|having|of)\s+(?:[\w-]+\s+){0,4}$|⟦[dx]+\s*,\s*$", re.IGNORECASE)
_TREATED_WITH = re.compile(
    r"\s+(?:was|were|had\s+been)\s+(?:\w+\s+){0,2}?(?:treated|managed|controlled)\s+(?:with|by)\s+(?:[\w-]+\s+){0,3}",
    re.IGNORECASE,
)
_PREVENTS = re.compile(
    r"^[^.;,⟦]{0,60}?\b(?:prophyla\w+|prevent\w*)\b(?!\s+(?:further\s+)?(?:progression|relapse|recurrence))",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:developed|experienced|suffered|complicated\s+by|family\s+history\s+of|onset\s+of)\s+(?:⟦c+-\w+\s+)?(?:[\w-]+\s+){0,3}$",
    re.I,
)
_BEFELL = re.compile(
    r"^\s+(?:had\s+)?(?:developed|occurred|appeared|arose|emerged|ensued|was\s+diagnosed)\b", re.IGNORECASE
)
#: Drugs that are given beside a treatment, for something that often goes unsaid.
_SUPPORTIVE = re.compile(
    r"(?:methyl)?predniso(?:ne|lone)|dexamethasone|hydrocortisone|(?:cortico|glucocortico)?steroids?|warfarin|(?:\w+)?heparin|enoxaparin|"
    r"aspirin|acetylsalicylic acid|apixaban|rivaroxaban|dabigatran|clopidogrel|morphine|oxycodone|fentanyl|tramadol|paracetamol|"
    r"acetaminophen|ibuprofen|ondansetron|granisetron|metoclopramide|aprepitant|leucovorin|folinic acid|mesna|filgrastim|pegfilgrastim|"
    r"furosemide|amlodipine|lisinopril|losartan|bisoprolol|metoprolol|omeprazole|pantoprazole|insulin|metformin|levothyroxine|"
    r"(?:\w+)?statins?|\w+vastatin|oxygen|saline|glucose|potassium(?: chloride)?|calcium(?: gluconate)?|magnesium|vitamin .*|"
    r"vancomycin|meropenem|piperacillin|ceftriaxone|fluconazole|lorazepam|midazolam|propofol|gadolinium|water",
    re.IGNORECASE,
)

# The sentence names another reason.
_ELSEWHERE = re.compile(
    r"\b(?:because\s+of|due\s+to|owing\s+to|in\s+view\s+of|for)\s+(?:[\w-]+\s+){0,5}?⟦d", re.IGNORECASE
)
# A harm of drugs by its name: only words such as "for" make it what a drug was given for.
_HARM = re.compile(
    r"toxic|\b(?:overdos\w+|poison\w*|intoxicat\w*|side effects?|adverse \w+|death|damage|drug.induced)\b",
    re.IGNORECASE,
)
# "The hypotensive response": what the drug does.
_DOING = re.compile(r"\s+(?:responses?|effects?|actions?|activity|potency)\b", re.IGNORECASE)

#: Where the disease may be taken from: what follows the drug, the whole sentence, or also the title.
WITHIN, SENTENCE, SUSPECTED, DOCUMENT = "within", "sentence", "suspected", "document"


def treated_diseases(
    story: Story,
    sentence: Sentence,
    drug: Place,
    adverse: Collection[tuple[str, str]],
    where: str = DOCUMENT,
    doubted: Collection[tuple[str, str]] = frozenset(),
) -> Iterator[tuple[str, Place | None, str]]:
    """Yield the disease that the drug was given for, with its place and how it was found.

    Args:
        story: the document.
        sentence: the sentence that says that the drug was given.
        drug: the drug's place in it.
        adverse: (chemical, disease) pairs that the text blames on the drug.
        where: `WITHIN` takes only what "for" and the like name after the drug, `SENTENCE` also what stands
            before it, `DOCUMENT` also the one disease of the title or of the document; `SUSPECTED` that one only where
            it is a tumour, or the sentence names it as the patient's.
        doubted: pairs that the text blames in any way; only words that name the disease as treated join them.
    """
    text, offset = sentence.window(drug)
    near = [p for p in sentence.of(DISEASE) if offset <= p.start and p.end <= offset + len(text)]
    here = [p for p in near if is_target(text, p.start - offset, p.end - offset) and (drug.node, p.node) not in adverse]
    here = [p for p in here if not _DOING.match(text, p.end - offset)]
    if place := _treated_subject(here, text, offset, drug):
        yield place.node, place, ""
        return
    if place := _stated_after(story, here, text[drug.end - offset :], drug.end):
        yield place.node, place, ""
        return
    if where == WITHIN or _PREVENTS.match(text[drug.end - offset :]):
        return
    if any(p.end <= drug.start and is_doubted(text, p.start - offset, p.end - offset) for p in near):
        # Given for what was suspected, perhaps; it is not said.
        return
    before = [
        p
        for p in here
        if p.end <= drug.start and (drug.node, p.node) not in doubted and not _names_harm(_words(sentence, p))
    ]
    if before and _begins_event(text[: before[-1].start - offset]):
        # What developed and then a drug: given for that, or for something else. It is not said.
        if not any(p.node in story.title_diseases for p in before):
            return
        before = before[:-1]
    joined = [p for p in before if _is_joined(story, p, text, offset, drug)]
    titled = [p for p in joined if p.node in story.title_diseases]
    if nearest := (titled or joined)[-1:]:
        yield nearest[0].node, nearest[0], ""
        return
    if where == SENTENCE or _SUPPORTIVE.fullmatch(
        sentence.text[drug.start - sentence.start : drug.end - sentence.start]
    ):
        return
    if _ELSEWHERE.search(text):
        return
    blamed = {disease for pairs in (adverse, doubted) for _, disease in pairs}
    for how, diseases in (("+title-disease", story.title_diseases), ("+only-disease", story.diseases)):
        left = [d for d in diseases if d not in blamed]
        if where == SUSPECTED:
            here_before = {p.node for p in before}
            left = [d for d in left if d in here_before or is_neoplasm(_first_name(story, d))]
        if len(left) == 1 and not _names_harm(_first_name(story, left[0])):
            yield left[0], None, how
            return
        if left:
            return


def _words(sentence: Sentence, place: Place) -> str:
    return sentence.text[place.start - sentence.start : place.end - sentence.start]


def _first_name(story: Story, disease: str) -> str:
    """Return what the document first calls a disease, "" where it only lists it."""
    return next((_words(s, p) for s in story.sentences for p in s.places if p.node == disease), "")


def _names_harm(words: str) -> bool:
    return bool(_HARM.search(words))


def _treated_subject(here: list[Place], text: str, offset: int, drug: Place) -> Place | None:
    """Return the disease that "was treated with" the drug: it is meant, whatever the patient has besides."""
    for place in here:
        first, last = place.start - offset, place.end - offset
        between = text[last : drug.start - offset] if place.end <= drug.start else ""
        if _TREATED_WITH.fullmatch(between) and not _OF_SOMEBODY.search(text[:first]):
            return place
    return None


def tells_event(story: Story, sentence: Sentence, following: Sentence) -> bool:
    """Tell whether a sentence says that something new befell the patient, which the next one may treat.

    Args:
        story: the document.
        sentence: the sentence.
        following: the one after it.
    """
    if sentence.section != following.section or not sentence.is_prose:
        return False
    text = sentence.masked()
    for place in sentence.of(DISEASE):
        start, end = place.start - sentence.start, place.end - sentence.start
        if place.node in story.title_diseases or is_denied(text, start, end):
            continue
        if _begins_event(text[max(0, start - 80) : start]) or _BEFELL.match(text[end : end + 40]):
            return True
    return False


def _stated_after(story: Story, here: list[Place], after: str, end: int) -> Place | None:
    said = _FOR_DISEASE.match(after)
    if said is None:
        return None
    place = next((p for p in here if p.start == end + said.start("disease")), None)
    # "in a man with gout": whom it was given to, and not yet what for.
    of_whom = said.group("word").casefold() == "in" and re.search(r"\bwith\s", said.group("gap"))
    if place and of_whom and story.title_diseases and place.node not in story.title_diseases:
        return None
    return place


def _is_joined(story: Story, disease: Place, text: str, offset: int, drug: Place) -> bool:
    """Tell whether the drug may be meant for a disease that stands before it."""
    first, last = disease.start - offset, disease.end - offset
    subject = not _OF_SOMEBODY.search(text[:first])
    strong = bool(subject and _STRONG_AFTER.match(text[last:])) or bool(
        re.search(r"\bfor\s+(?:[\w-]+\s+){0,2}$", text[:first])
    )
    if story.title_diseases and disease.node not in story.title_diseases and not strong:
        return False
    rest = text[last:]
    found = next((b for b in _BREAK.finditer(rest) if b.start() < drug.start - offset - last), None)
    if found is None:
        return True
    clause = max((b.end() for b in _BREAK.finditer(text, 0, first)), default=0)
    return bool(_TREATED_CLAUSE.search(text[clause : last + found.start()]))


def _begins_event(before: str) -> bool:
    return bool(_EVENT.search(before))
