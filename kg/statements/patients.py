"""Patients and their facts: age, sex, follow-up time, outcome, each with its sentence.

Only what the text says. A relative, a population or an earlier patient in the literature is no patient
of the document, and a page that introduces nobody yields no facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.curies import association_id, prefix_of
from kg.documents.sentences import sentence_at
from kg.model import Case, Document, Fact, Passage
from kg.statements.cues import KIN, clause_bounds, is_family, is_general, is_hypothetical, is_negated
from kg.statements.quantities import NUMBER, UNIT, in_years, number, unit

_MALE, _FEMALE = r"man|male|boy|gentleman", r"woman|female|girl|lady"
_PERSON = (
    rf"{_MALE}|{_FEMALE}|patient|infant|baby|child|toddler|newborn|neonate|adolescent|teenager|adult|person|individual"
)
_OLD = re.compile(rf"\b{NUMBER}[\s-]*{UNIT}[\s-]*(?:old|of\s+age)\b", re.IGNORECASE)
_AGED = re.compile(
    rf"\baged\s+{NUMBER}(?:\s+{UNIT})?\b(?!\s*(?:to|-|–|or\s+(?:older|more|over|younger))\b)", re.IGNORECASE
)
_SEX = re.compile(
    rf"\b(?:(?P<male>{_MALE})|(?P<female>{_FEMALE}))\b(?!\s*(?:sex|gender)?\s*(?:breast|hormone|pattern))", re.I
)
_NOUN_AFTER = re.compile(rf"^[\s,-]*(?:[\w'’/-]+[\s,]+){{0,5}}?({_PERSON}|{KIN})\b", re.IGNORECASE)
_NOUN_BEFORE = re.compile(rf"\b({_PERSON}|{KIN}|he|she)\b[^.;]{{0,40}}$", re.IGNORECASE)
_PLURAL = re.compile(
    r"\b(?:patients|children|adults|men|women|people|individuals|boys|girls)\b[^.;,]{0,30}$", re.IGNORECASE
)
_OWNED = re.compile(r"\b(?:his|her|their|whose|['’]s)\s+(?:[\w-]+\s+)?$", re.IGNORECASE)
_KIN_WORD = re.compile(rf"^(?:{KIN})$", re.IGNORECASE)
_SEX_ALONE = re.compile(
    rf"\b(?:an?|the|this|our)\s+(?:[\w-]+\s+){{0,3}}?(?P<noun>{_MALE}|{_FEMALE})(?:\s+patient)?\b", re.I
)
_PATIENT = re.compile(
    r"\b(?:the|this|our|a|one)\s+(?:[\w-]+\s+){0,2}patient\b(?!['’]s\s+(?:father|mother))|\bcase\s+report\b", re.I
)

_FOLLOW_UP = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{NUMBER}[\s-]*{UNIT}[\s-]+(?:of\s+)?(?:[a-z]+\s+)?follow[\s-]*up\b",
        rf"\bfollow[\s-]*up\s*(?:period|time|duration|interval)?\s*(?:of|was|for|at|lasted)\s+(?:[a-z]+\s+)?{NUMBER}[\s-]*{UNIT}\b",
        rf"\bfollowed(?:\s+up)?\s+(?:for|over)\s+(?:[a-z]+\s+)?{NUMBER}[\s-]*{UNIT}\b",
        rf"\bover\s+(?:a\s+period\s+of\s+)?{NUMBER}[\s-]*{UNIT}\s+of\s+(?:observation|surveillance)\b",
    )
)
_RESPONSE = (
    r"(?:(?:complete|partial|near-complete|sustained|durable|long-term|major|minor|excellent)\s+)?"
    r"(?:(?:clinical|radiological|radiographic|radiologic|pathological|pathologic|metabolic|molecular|hematologic|haematologic|"
    r"cytogenetic|tumou?r|morphological)\s+)*(?:remission|response)"
)
_OUTCOME = re.compile(
    rf"\b(?:{_RESPONSE}|stable\s+disease|progressive\s+disease|disease\s+progression|no\s+evidence\s+of\s+(?:disease|recurrence)|"
    r"disease[\s-]free|recurrence[\s-]free|(?:died|death)\s+(?:of|from)\s+(?:the\s+|his\s+|her\s+)?[a-z-]+(?:\s+(?:progression|failure))?|"
    r"(?:full|complete)\s+recovery)\b",
    re.IGNORECASE,
)
# A response only says how it ended where it is qualified, or was reached.
_QUALIFIED = re.compile(
    r"\b(?:complete|partial|near-complete|sustained|durable|long-term|major|minor|excellent|clinical|radiolog\w+|radiograph\w+|"
    r"pathologic\w*|metabolic|molecular|stable|progress\w+|evidence|free|died|death|recovery)\b", re.I,
)  # fmt: skip
_REACHED = re.compile(
    r"\b(?:achiev\w+|reach\w+|attain\w+|obtain\w+|result\w+\s+in|led\s+to|show\w+|in|had)\s+(?:an?\s+)?(?:[\w-]+\s+)?$",
    re.I,
)
_RATE = re.compile(r"^\s+rates?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Patients:
    """The cases of a document and every fact that was read."""

    cases: tuple[Case, ...]
    facts: tuple[Fact, ...]

    def case_at(self, section: str, offset: int) -> str | None:
        """Return the case that a place in the text speaks of, None where that is not said.

        A document's one case is spoken of everywhere. Of several, a passage speaks of the one that it
        introduced last, unless that sentence introduced two at once.
        """
        if len(self.cases) < 2:
            return self.cases[0].id if self.cases else None
        before = [
            f for f in self.facts
            if f.kind in {"age", "sex"} and f.case and f.section == section and f.sentence_start <= offset
        ]  # fmt: skip
        last = max((f.sentence_start for f in before), default=None)
        spoken = {f.case for f in before if f.sentence_start == last}
        return spoken.pop() if len(spoken) == 1 else None

    @property
    def ages(self) -> tuple[float, ...]:
        """Ages in years of the cases that have one."""
        return tuple(in_years(c.age, c.age_unit) for c in self.cases if c.age is not None and c.age_unit)

    @property
    def sexes(self) -> tuple[str, ...]:
        """Sexes of the cases that have one."""
        return tuple(c.sex for c in self.cases if c.sex)


def read_patients(document: Document) -> Patients:
    """Read the patients of a document.

    One introduction ("a 37-year-old man") makes one case; introductions of one age and no other sex are
    one patient. Where several patients are described, follow-up and outcome belong to the one that their
    passage introduced last; where it introduced none, the facts stand and no case is given.

    Example:
        >>> text = "A 37-year-old male was seen. He was followed for 48 months."
        >>> page = Document("d", "i", "f", "s", "t", passages=(Passage("abstract.1", text),))
        >>> case, = read_patients(page).cases
        >>> case.age, case.age_unit, case.sex, case.follow_up, case.follow_up_unit
        (37.0, 'year', 'male', 48.0, 'month')
    """
    introductions = _one_a_patient(list(_introductions(document)))
    if not introductions and not _describes_a_patient(document):
        return Patients((), ())
    cases = [Case(case_id(document.id, 1), document.id, 1, "")]
    facts: list[Fact] = []
    if introductions:
        cases = [Case(case_id(document.id, i), document.id, i, "") for i in range(1, len(introductions) + 1)]
        for i, group in enumerate(introductions):
            for fact in group:
                facts.append(replace(fact, case=cases[i].id))
                if fact.kind == "age" and cases[i].age is None:
                    cases[i] = replace(cases[i], age=fact.number, age_unit=fact.unit)
                elif fact.kind == "sex" and cases[i].sex is None:
                    cases[i] = replace(cases[i], sex=fact.value)
    known = Patients(tuple(cases), tuple(facts))
    times = [replace(f, case=known.case_at(f.section, f.start)) for f in _follow_ups(document)]
    outcomes = [replace(f, case=known.case_at(f.section, f.start)) for f in _outcomes(document)]
    for i, case in enumerate(cases):
        mine = [f for f in times if f.case == case.id]
        ends = [f for f in outcomes if f.case == case.id]
        if mine:
            # Several times in one report are visits; the longest is how long the patient was followed.
            longest = max(mine, key=lambda f: in_years(f.number or 0, f.unit or "day"))
            cases[i] = replace(cases[i], follow_up=longest.number, follow_up_unit=longest.unit)
        if ends:
            cases[i] = replace(cases[i], outcome=max(ends, key=_weight).value)
    named = tuple(replace(c, name=case_name(c)) for c in cases)
    return Patients(named, tuple(sorted({f.id: f for f in [*facts, *times, *outcomes]}.values(), key=lambda f: f.id)))


def case_id(document: str, ordinal: int) -> str:
    """Return the identifier of a document's n-th case.

    >>> case_id("PMCID:PMC13003748", 1), case_id("doi:10.5555/a.b", 2)
    ('casegraph:PMC13003748-case-1', 'casegraph:doi-10.5555-a.b-case-2')
    """
    local = document.partition(":")[2]
    stem = local if prefix_of(document) in {"PMCID", "casegraph"} else f"{prefix_of(document)}-{local}"
    return f"casegraph:{re.sub(r'[^A-Za-z0-9.-]+', '-', stem)}-case-{ordinal}"


def case_name(case: Case) -> str:
    """Return a readable name of a case.

    >>> case_name(Case("casegraph:PMC1-case-1", "PMCID:PMC1", 1, "", 37.0, "year", "male"))
    'case 1 of PMC1: male, 37 years'
    """
    parts = [case.sex] if case.sex else []
    if case.age is not None and case.age_unit:
        parts.append(f"{case.age:g} {case.age_unit}{'' if case.age == 1 else 's'}")
    local = case.document.partition(":")[2]
    return f"case {case.ordinal} of {local}" + (f": {', '.join(parts)}" if parts else "")


def _fact(document: Document, passage: Passage, kind: str, value: str, span: tuple[int, int], rule: str,
          quantity: tuple[float, str] | None = None) -> Fact:  # fmt: skip
    first, last = sentence_at(passage.text, span[0])
    return Fact(
        id=association_id("fact", document.id, kind, value, passage.section, str(span[0])), document=document.id,
        case=None, kind=kind, value=value, number=quantity[0] if quantity else None,
        unit=quantity[1] if quantity else None, section=passage.section, start=span[0], end=span[1],
        sentence_start=first, sentence_end=last, sentence=passage.text[first:last], rule=rule,
    )  # fmt: skip


def _introductions(document: Document) -> Iterator[tuple[Fact, ...]]:
    """Yield the facts of each introduction of a patient, in reading order; abstract before summaries."""
    ordered = sorted(document.passages, key=lambda p: not p.section.startswith("abstract"))
    for passage in ordered:
        found = [(m, "aged") for m in _AGED.finditer(passage.text)] + [(m, "old") for m in _OLD.finditer(passage.text)]
        for match, rule in sorted(found, key=lambda f: f[0].start()):
            if facts := _introduction(document, passage, match, rule):
                yield facts
    for passage in ordered:
        for match in _SEX_ALONE.finditer(passage.text):
            first, last = sentence_at(passage.text, match.start())
            if not is_family(passage.text[first:last]) and not is_general(passage.text[first:last]):
                span = match.span("noun")
                yield (_fact(document, passage, "sex", _sex(match.group("noun")) or "", span, "patient-noun"),)


def _introduction(document: Document, passage: Passage, match: re.Match[str], rule: str) -> tuple[Fact, ...]:
    text = passage.text
    first, last = sentence_at(text, match.start())
    before, after = text[first : match.start()], text[match.end() : last]
    if _OWNED.search(before) or _PLURAL.search(before) or re.search(r"(?:[<>≥≤]|than|from|between|least)\s*$", before):
        return ()
    value = number(match.group(1))
    if value is None:
        return ()
    noun_after = _NOUN_AFTER.match(after) if rule == "old" else None
    noun_before = _NOUN_BEFORE.search(before)
    noun = noun_after or noun_before
    if noun is None or _KIN_WORD.match(noun.group(1)):
        return ()
    # "patients": the noun is matched as a whole word, so a plural never gets here; a population may.
    clause = text[
        slice(*(first + b for b in clause_bounds(text[first:last], match.start() - first, match.end() - first)))
    ]
    if is_family(clause) and not noun_after:
        return ()
    of = unit(match.group(2)) if match.group(2) else "year"
    age = _fact(
        document, passage, "age", f"{value:g} {of}{'' if value == 1 else 's'}", match.span(), f"age-{rule}", (value, of)
    )
    found = None
    if sex := _sex(noun.group(1)):
        offset = (match.end() if noun_after else first) + noun.start(1)
        found = (sex, (offset, offset + len(noun.group(1))))
    elif rule == "old" and noun_after and (near := _SEX.search(after[: noun_after.end() + 12])):
        found = (_sex(near.group()) or "", (match.end() + near.start(), match.end() + near.end()))
    if not found:
        return (age,)
    return (age, _fact(document, passage, "sex", found[0], found[1], "patient-noun"))


def _sex(noun: str) -> str | None:
    word = noun.casefold()
    if re.fullmatch(rf"{_MALE}|he", word):
        return "male"
    return "female" if re.fullmatch(rf"{_FEMALE}|she", word) else None


def _one_a_patient(introductions: list[tuple[Fact, ...]]) -> list[list[Fact]]:
    """Group introductions by patient: one age and no contradicting sex is one patient."""
    groups: list[list[Fact]] = []
    for facts in introductions:
        age = next((f for f in facts if f.kind == "age"), None)
        sex = next((f for f in facts if f.kind == "sex"), None)
        for group in groups:
            ages = {(f.number, f.unit) for f in group if f.kind == "age"}
            sexes = {f.value for f in group if f.kind == "sex"}
            if (not age or not ages or (age.number, age.unit) in ages) and (not sex or not sexes or sex.value in sexes):
                group.extend(facts)
                break
        else:
            # A sex alone never makes a further patient: "the woman" may be anybody in the story.
            if age or not groups:
                groups.append(list(facts))
    return groups


def _describes_a_patient(document: Document) -> bool:
    return any(_PATIENT.search(p.text) for p in document.passages)


def _follow_ups(document: Document) -> Iterator[Fact]:
    for passage in document.passages:
        for i, pattern in enumerate(_FOLLOW_UP):
            for match in pattern.finditer(passage.text):
                value = number(match.group(1))
                first, last = sentence_at(passage.text, match.start())
                sentence = passage.text[first:last]
                if value is None or is_family(sentence) or is_hypothetical(passage.text[first : match.start()]):
                    continue
                of = unit(match.group(2))
                text = f"{value:g} {of}{'' if value == 1 else 's'}"
                yield _fact(document, passage, "follow_up", text, match.span(), f"follow-up-{i + 1}", (value, of))
        # "remission over 48 months": a time in the sentence of an outcome is not a follow-up; it is left alone.


def _outcomes(document: Document) -> Iterator[Fact]:
    for passage in document.passages:
        for match in _OUTCOME.finditer(passage.text):
            first, last = sentence_at(passage.text, match.start())
            sentence = passage.text[first:last]
            left, right = clause_bounds(sentence, match.start() - first, match.end() - first)
            before, clause = sentence[left : match.start() - first], sentence[left:right]
            reached = _QUALIFIED.search(match.group()) or _REACHED.search(before)
            if not reached or _RATE.match(passage.text[match.end() :]) or is_family(sentence):
                continue
            if is_negated(before) or is_hypothetical(clause) or is_general(clause):
                continue
            yield _fact(
                document, passage, "outcome", " ".join(match.group().casefold().split()), match.span(), "outcome-phrase"
            )


def _weight(fact: Fact) -> tuple[int, str, int]:
    """The abstract tells how it ended, and tells it last; then the findings, then title and summary."""
    section, _, ordinal = fact.section.partition(".")
    rank = {"abstract": 3, "findings": 2, "tldr": 1}.get(section, 0)
    return rank, ordinal.zfill(6), fact.start
