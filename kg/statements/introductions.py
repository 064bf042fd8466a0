"""Introductions of patients: "a 37-year-old man", "a woman aged 52 years", "the patient was 45 years old".

An age counts only if it is a person's, and the person only if he or she is the document's patient: no
relative, donor, animal, population, nor a patient of somebody else's report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kg.model import Document, Fact, Passage
from kg.statements.cues import KIN, is_family, is_general
from kg.statements.facts import MOST, around, make_fact, quantity_text
from kg.statements.quantities import NUMBER, UNIT, in_years, number, unit
from kg.statements.setting import in_reference, is_cited

_MALE, _FEMALE = r"man|male|boy|gentleman", r"woman|female|girl|lady"
_PERSON = (
    rf"{_MALE}|{_FEMALE}|patient|infant|baby|child|toddler|newborn|neonate|adolescent|teenager|adult|person|individual"
)
_OLDEST = 120
_END = r"[\s-]{0,3}(?:old|of\s+age)\b"
_OLD = re.compile(
    rf"\b(?:(?P<y>{NUMBER[1:-1]})[\s-]{{0,3}}(?:years?|yrs?)[\s-]{{0,3}}(?:and[\s-]{{1,3}})?(?P<m>{NUMBER[1:-1]})[\s-]{{0,3}}months?{_END}"
    rf"|(?P<whole>\d{{1,2}})(?:[\s-]+(?P<half>1/2)|\s?(?P<sign>½))[\s-]{{0,3}}(?P<half_unit>years?|months?){_END}"
    rf"|(?P<n>{NUMBER[1:-1]})[\s-]{{0,3}}(?:(?P<u>{UNIT[1:-1]}){_END}|(?:y/o|yo|y\.o\.)(?!\w)))",
    re.IGNORECASE,
)
_AGED = re.compile(
    rf"\baged\s+(?P<n>{NUMBER[1:-1]})(?![\d.]*\d)(?:\s+(?P<u>{UNIT[1:-1]}))?\b"
    rf"(?!(?:\s+{UNIT[1:-1]})?\s*(?:to|and|-|–|or\s+(?:older|more|over|younger))\s*(?:\d|older|more|over|younger|above)|"
    rf"(?:\s+{UNIT[1:-1]})?\s*(?:or\s+(?:older|more|over|younger)|-|–))",
    re.IGNORECASE,
)
_MAN_OF = re.compile(
    rf"\b(?P<noun>{_MALE}|{_FEMALE})\s+of\s+(?P<n>\d{{1,3}})(?:\s+(?P<u>years?))?(?=\s*[,;]|\.(?!\d)|\s+(?:with|was|who|had|presented|came|"
    r"underwent|developed)\b)",
    re.IGNORECASE,
)
_MODIFIER = (
    r"(?:(?!(?:in|of|with|and|or|who|whom|was|were|is|from|an?|the|had|has|for|to|on|by|that|which|at|after|presented|underwent|"
    r"his|her|implant|prosthesis|lesion|transplant|tumou?r|graft|scar|mass)\b)[\w'’/-]+(?:\s+|\s*,\s*))"
)
_NOUN_AFTER = re.compile(rf"^[\s,-]*{_MODIFIER}{{0,6}}?(?P<noun>{_PERSON}|{KIN})(?![\w-])", re.IGNORECASE)
_CAME = re.compile(r"^\s+(?:presented|was\s+(?:admitted|referred|seen|hospitali[sz]ed))\b", re.IGNORECASE)
_NOUN_BEFORE = re.compile(
    rf"\b(?P<noun>{_PERSON}|{KIN}|he|she)\b(?:\s*[,(]\s*|\s+)(?:(?:who\s+)?(?:was|is)\s+)?(?:an?\s+)?$", re.IGNORECASE
)
_PLURAL = re.compile(
    r"\b(?:patients|children|adults|men|women|people|individuals|boys|girls|those)\b[^.;,:]{0,30}$", re.IGNORECASE
)
_ARTICLE = re.compile(r"\ban?\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_KIN_WORD = re.compile(rf"^(?:{KIN})$", re.IGNORECASE)
_RANGE = re.compile(
    r"(?:[<>≥≤~]|\b(?:than|from|between|least|over|under|above|below|until|till|to|or)|[\d½][\s-]*(?:to|or|and)?[\s-]*|[-–/])\s*$",
    re.I,
)
_WHEN = re.compile(r"\b(?:when|since|until|once|before|after|while|as)\s+(?:[\w-]+\s+){0,4}$", re.IGNORECASE)
_KNOWN = re.compile(r"\b(?:the|this|that|now)\s+(?:an?\s+)?(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_SOMEBODY_ELSE = re.compile(
    rf"\b(?:his|her|their|whose|['’]s)\s+(?:[\w-]+\s+){{0,2}}$|"
    rf"\b(?:his|her|their|whose|[\w-]+['’]s)\s+(?:[\w-]+\s+){{0,3}}(?:{KIN})\b[^.;]{{0,25}}$|"
    rf"\b(?:{KIN}|born|birth|delivered|married)\s+(?:[\w-]+\s+){{0,2}}?(?:of|to|by|from)\s+(?:[\w-]+\s+){{0,3}}$|"
    r"\b(?:kidney|liver|heart|organ|marrow|graft|allograft|transplant\w*|transfusion|stem\s+cells)\s+from\s+(?:[\w-]+\s+){0,3}$|"
    r"\b(?:donors?|donated|volunteers?|nurses?|controls?|caregivers?|physicians?|surgeons?|witness)\b[^.;]{0,30}$",
    re.IGNORECASE,
)
_NOT_A_PATIENT = re.compile(
    r"\b(?:donors?|volunteers?|nurses?|controls?|caregivers?|physicians?|surgeons?|cadavers?|dogs?|cats?|mouse|mice|rats?|horses?|mares?|"
    r"stallions?|cows?|pigs?|sheep|goats?|rabbits?|ferrets?|monkeys?|macaques?|labradors?|retrievers?|terriers?|poodles?|spaniels?|beagles?|"
    r"bulldogs?|boxers?|shorthairs?|neutered|spayed|castrated|intact|sprague|wistar|canine|feline|equine|bovine)\b",
    re.IGNORECASE,
)
_ANIMAL_TITLE = re.compile(
    r"\bin\s+(?:[\w-]+\s+){0,4}?(?:dogs?|cats?|horses?|mares?|cows?|pigs?|mice|mouse|rats?|rabbits?|ferrets?)\b(?![\s-]*(?:bite|scratch|eye))|"
    r"\bveterinary\b",
    re.IGNORECASE,
)
_LITERATURE = re.compile(
    r"\bet\s+al\b|\b(?:reported|described|published)\s+(?:by|in\s+\d{4})|\bpreviously\b[^.;]{0,120}\b(?:reported|described|published)\b|"
    r"\b(?:was|were)\s+(?:first\s+)?(?:reported|described)\b(?!\s+(?:to|as|here))|"
    r"\b(?:previous|earlier|prior|published)\s+(?:case\s+)?(?:reports?|authors?|papers?|publications?|stud(?:y|ies))\b",
    re.IGNORECASE,
)
# The same, of the words before the patient and the first clause only: "…, a case that has not been reported".
_LITERATURE_NEAR = re.compile(
    r"\bin\s+the\s+literature\b|\b(?:previously|earlier|already)\s+(?:reported|described|published)\b|\bhas\s+been\s+(?:reported|described)\b",
    re.IGNORECASE,
)
# "Doe and Roe reported the case of", and a citation beside the patient: "(Doe, 2004)".
_NAME = r"[A-Z][a-z\u00c0-\u024f][\w'’\u00c0-\u024f-]*"
_AUTHORS = re.compile(
    rf"\b(?!(?:We|He|She|They|It|This|Here|Our|The|These|Who|Case|Cases|Patient|Patients|Doctors|Physicians|Parents?)\b){_NAME}"
    rf"(?:\s+(?:and|&)\s+(?:{_NAME}|(?:co-?workers|colleagues|associates|others))|,\s+{_NAME},?\s+(?:and|&)\s+{_NAME})?(?:\s*[\[(][^\])]{{1,20}}[\])])?\s+"
    r"(?:have\s+|has\s+|had\s+|also\s+|first\s+|recently\s+|previously\s+)*(?:reported|described|published|documented|observed|presented|reports|describes)\b"
    r"(?!\s+(?:with|to|at|by|as|in)\b)"
)
_CITATION = re.compile(
    rf"[(\[](?:[^()\[\]]{{0,60}}\s)?{_NAME}(?:\s+et\s+al\.?|\s+(?:and|&)\s+{_NAME}|\s+and\s+colleagues)?,?\s+(?:18|19|20)\d\d[a-z]?\b"
)
_NEAR_CITATION = 160
_OURS = re.compile(r"\b(?:we|our|here|herein)\b", re.IGNORECASE)
_TYPICAL = re.compile(
    r"^[^.;]{0,60}?\b(?:is|are)\s+(?:the\s+)?(?:typical|usual|common|commonly|usually|typically)\b", re.I
)
_TRANS = re.compile(
    r"\b(?:male[\s-]to[\s-]female|female[\s-]to[\s-]male|transgender|trans(?:sexual|[\s-]?(?:man|woman)))\b", re.I
)
_SEX = re.compile(
    rf"\b(?:(?P<male>{_MALE})|(?P<female>{_FEMALE}))\b(?!\s*(?:sex|gender)?\s*(?:breast|hormone|pattern))(?!-)", re.I
)
_SEX_ALONE = re.compile(
    rf"\b(?:an?|the|this|our)\s+(?P<words>(?:[\w-]+\s+){{0,3}}?)(?P<noun>{_MALE}|{_FEMALE})(?![\w-])(?:\s+patient)?",
    re.I,
)
_COUNTED = {"one": "1", "two": "2", "three": "3", "four": "4", "first": "1", "second": "2", "third": "3", "fourth": "4"}
_ORDINAL = re.compile(
    r"\b(?:case|patient)\s+(?:no\.?\s*|#\s*)?(?P<n>\d{1,2}|one|two|three|four)\b(?!\s*(?:report|who|with))|"
    r"\bthe\s+(?P<word>first|second|third|fourth)\s+(?:patient|case)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What one place says of a patient.

    Attributes:
        facts: age, sex or both.
        label: the ordinal that the text gives the patient ("Case 2"), if any.
        opens: whether the words can bring in a further patient; "she", "the patient" and "now" cannot.
    """

    facts: tuple[Fact, ...]
    label: str | None
    opens: bool


def read_introductions(document: Document) -> Iterator[Introduction]:
    """Yield the introductions of patients, in reading order; the abstract before titles and summaries.

    Args:
        document: the document. One about an animal introduces nobody.
    """
    if any(p.section == "title" and _ANIMAL_TITLE.search(p.text) for p in document.passages):
        return
    ordered = sorted(
        (p for p in document.passages if not is_cited(p.section)), key=lambda p: not p.section.startswith("abstract")
    )
    no_sex = any(_TRANS.search(p.text) for p in ordered)
    for passage in ordered:
        labels = [(m.end(), _label(m)) for m in islice(_ORDINAL.finditer(passage.text), MOST)]
        rules = (("aged", _AGED), ("old", _OLD), ("man-of", _MAN_OF))
        found = [(m, rule) for rule, pattern in rules for m in islice(pattern.finditer(passage.text), MOST)]
        for match, rule in sorted(found, key=lambda f: f[0].start()):
            if said := _introduction(document, passage, match, rule):
                facts, opens = said
                label = next((name for end, name in reversed(labels) if end <= match.start()), None)
                kept = tuple(f for f in facts if not (no_sex and f.kind == "sex"))
                yield Introduction(kept, label, opens or label is not None)
    for passage in ordered if not no_sex else ():
        for match in islice(_SEX_ALONE.finditer(passage.text), MOST):
            before, after = around(passage.text, *match.span())
            if re.search(r"\bold\b|\bye?a?rs?\b", match.group("words")) or _is_else(
                before + match.group("words"), after[:30]
            ):
                continue
            sentence = before + match.group() + after
            if (
                in_reference(passage.text, match.start())
                or is_family(sentence)
                or is_general(sentence)
                or is_literature(before, match.group() + after)
            ):
                continue
            sex = _sex(match.group("noun")) or ""
            yield Introduction(
                (make_fact(document, passage, "sex", sex, match.span("noun"), "patient-noun"),), None, False
            )


def _label(match: re.Match[str]) -> str:
    word = (match.group("n") or match.group("word")).casefold()
    return _COUNTED.get(word, word)


def _is_else(before: str, phrase: str) -> bool:
    """Tell whether words before a person, or the phrase of the person, speak of another than the patient."""
    return bool(_SOMEBODY_ELSE.search(before) or _NOT_A_PATIENT.search(phrase))


def is_literature(before: str, said: str) -> bool:
    """Tell whether the sentence tells of somebody else's report.

    Args:
        before: the words before the patient, or what is said of one.
        said: the words from there on.

    >>> is_literature("Doe and Roe reported the case of ", "a 14-year-old boy"), is_literature("We saw ", "a boy (Doe, 2004)")
    (True, False)
    >>> is_literature("", "A 14-year-old boy recovered (Doe et al., 2004)"), is_literature("", "A boy presented")
    (True, False)
    """
    if _OURS.search(before):
        return False
    return bool(
        _AUTHORS.search(before[-_NEAR_CITATION:])
        or _CITATION.search(before[-_NEAR_CITATION:] + said[:_NEAR_CITATION])
        or _LITERATURE.search(before + said)
        or _LITERATURE_NEAR.search(before + re.split("[,;]", said, maxsplit=1)[0])
    )


def _value(match: re.Match[str]) -> tuple[float, str] | None:
    """Return (number, unit) of a matched age, None where it is no age of a human."""
    group = match.groupdict()
    quantity: tuple[float, str] | None = None
    if group.get("y"):
        years, months = number(group["y"]), number(group["m"])
        quantity = (years * 12 + months, "month") if years is not None and months is not None and months < 12 else None
    elif group.get("whole"):
        quantity = (float(group["whole"]) + 0.5, unit(group["half_unit"]))
    elif (value := number(group["n"])) is not None:
        quantity = (value, unit(group["u"]) if group["u"] else "year")
    return quantity if quantity and in_years(*quantity) <= _OLDEST else None


def _introduction(
    document: Document, passage: Passage, match: re.Match[str], rule: str
) -> tuple[tuple[Fact, ...], bool] | None:
    before, after = around(passage.text, *match.span())
    quantity = _value(match)
    if in_reference(passage.text, match.start()):
        return None
    if quantity is None or _RANGE.search(before) or _WHEN.search(before):
        return None
    if _PLURAL.search(before) and not _ARTICLE.search(before):
        return None
    noun_after = _NOUN_AFTER.match(after) if rule == "old" else None
    noun_before = _NOUN_BEFORE.search(before) if rule != "man-of" else None
    if rule == "aged" and noun_before is None:
        noun_before = re.search(rf"\b(?P<noun>{_PERSON}|{KIN})\b[^.;]{{0,25}}$", before, re.IGNORECASE)
    noun = match if rule == "man-of" else noun_after or noun_before
    came = noun is None and rule == "old" and _CAME.match(after) and re.search(r"\ban?\s+$", before, re.I)
    if (noun is None and not came) or (noun and _KIN_WORD.match(noun.group("noun"))):
        return None
    phrase = after[: noun_after.end() + 25 if noun_after else 30]
    if _is_else(before, re.split(r"[.;,]|\b(?:who|was|with|and|by)\b", phrase, maxsplit=1)[0]):
        return None
    if is_literature(before, match.group() + after) or _TYPICAL.match(after):
        return None
    if is_family(before[-60:]) and not noun_after:
        return None
    opens = not (_KNOWN.search(before) or (noun is noun_before and noun is not None and _is_known(before, noun)))
    text = quantity_text(*quantity)
    facts = [make_fact(document, passage, "age", text, match.span(), f"age-{rule}", quantity)]
    origin = match.end() if noun is noun_after else match.start() - len(before)
    if noun and (sex := _sex(noun.group("noun"))):
        start = match.start("noun") if rule == "man-of" else origin + noun.start("noun")
        facts.append(make_fact(document, passage, "sex", sex, (start, start + len(noun.group("noun"))), "patient-noun"))
    elif noun_after and (near := _SEX.search(after[: noun_after.end() + 12])):
        span = (match.end() + near.start(), match.end() + near.end())
        facts.append(make_fact(document, passage, "sex", _sex(near.group()) or "", span, "patient-noun"))
    return tuple(facts), opens


def _is_known(before: str, noun: re.Match[str]) -> bool:
    pronoun = noun.group("noun").casefold() in {"he", "she"}
    return pronoun or bool(re.search(r"\b(?:the|this|our)\s+(?:[\w-]+\s+)?$", before[: noun.start()], re.I))


def _sex(noun: str) -> str | None:
    word = noun.casefold()
    if re.fullmatch(rf"{_MALE}|he", word):
        return "male"
    return "female" if re.fullmatch(rf"{_FEMALE}|she", word) else None
