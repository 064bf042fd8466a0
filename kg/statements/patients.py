"""Patients and their facts: age, sex, follow-up time, outcome, each with its sentence.

Only what the text says. A relative, a population or an earlier patient in the literature is no patient
of the document, and a page that introduces nobody yields no facts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace

from kg.curies import prefix_of
from kg.model import Case, Document, Fact
from kg.statements.course import read_follow_ups, read_outcomes
from kg.statements.introductions import Introduction, read_introductions
from kg.statements.quantities import in_years
from kg.statements.setting import is_cited

_PATIENT = re.compile(
    r"\b(?:the|this|our|a|one)\s+(?:[\w-]+\s+){0,2}patient\b(?!['’]s\s+(?:father|mother))|\bcase\s+report\b", re.I
)


@dataclass(frozen=True, slots=True)
class Patients:
    """The cases of a document and every fact that was read."""

    cases: tuple[Case, ...]
    facts: tuple[Fact, ...]
    _spoken: dict[str, tuple[list[int], list[set[str]]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        spoken: dict[str, tuple[list[int], list[set[str]]]] = {}
        for fact in sorted(self.facts, key=lambda f: f.sentence_start):
            if fact.kind not in {"age", "sex"} or not fact.case:
                continue
            starts, of = spoken.setdefault(fact.section, ([], []))
            if not starts or starts[-1] != fact.sentence_start:
                starts.append(fact.sentence_start)
                of.append(set())
            of[-1].add(fact.case)
        object.__setattr__(self, "_spoken", spoken)

    def case_at(self, section: str, offset: int) -> str | None:
        """Return the case that a place in the text speaks of, None where that is not said.

        A document's one case is spoken of everywhere. Of several, a passage speaks of the one that it
        introduced last, unless that sentence introduced two at once.
        """
        if len(self.cases) < 2:
            return self.cases[0].id if self.cases else None
        starts, of = self._spoken.get(section, ([], []))
        at = bisect_right(starts, offset) - 1
        return min(of[at]) if at >= 0 and len(of[at]) == 1 else None

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
        >>> from kg.model import Passage
        >>> text = "A 37-year-old male was seen. He was followed for 48 months."
        >>> page = Document("d", "i", "f", "s", "t", passages=(Passage("abstract.1", text),))
        >>> case, = read_patients(page).cases
        >>> case.age, case.age_unit, case.sex, case.follow_up, case.follow_up_unit
        (37.0, 'year', 'male', 48.0, 'month')
    """
    introductions = _one_a_patient(list(read_introductions(document)))
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
    times = [replace(f, case=known.case_at(f.section, f.start)) for f in read_follow_ups(document)]
    outcomes = [replace(f, case=known.case_at(f.section, f.start)) for f in read_outcomes(document)]
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


@dataclass(slots=True)
class _Group:
    """The introductions of one patient so far."""

    facts: list[Fact]
    label: str | None
    age: tuple[float | None, str | None] | None = None
    sex: str | None = None

    def add(self, facts: tuple[Fact, ...]) -> None:
        self.facts.extend(facts)
        for fact in facts:
            if fact.kind == "age" and self.age is None:
                self.age = (fact.number, fact.unit)
            elif fact.kind == "sex" and self.sex is None:
                self.sex = fact.value


def _one_a_patient(introductions: list[Introduction]) -> list[list[Fact]]:
    """Group introductions by patient: one ordinal is one patient, else one age and no contradicting sex."""
    groups: list[_Group] = []
    alone = {f.value for i in introductions if all(f.kind == "sex" for f in i.facts) for f in i.facts}
    for said in introductions:
        age = next(((f.number, f.unit) for f in said.facts if f.kind == "age"), None)
        sex = next((f.value for f in said.facts if f.kind == "sex"), None)
        if age is None and len(alone) > 1 and not any(g.sex for g in groups):
            # "the man" and "the woman" of one story: which of them is the patient is not said.
            continue
        known = next((g for g in groups if said.label and g.label == said.label), None)
        if known is None:
            known = next((g for g in groups if _may_be(g, said, age, sex)), None)
        elif not (_agrees(known.age, age) and _agrees(known.sex, sex)):
            continue
        if known is None and (not groups or (age and said.opens)):
            # A sex alone never makes a further patient: "the woman" may be anybody in the story.
            known = _Group([], said.label)
            groups.append(known)
        if known is not None:
            known.add(said.facts)
            known.label = known.label or said.label
    return [g.facts for g in groups]


def _agrees(known: object, said: object) -> bool:
    return known is None or said is None or known == said


def _may_be(group: _Group, said: Introduction, age: object, sex: object) -> bool:
    if said.label and group.label:
        return False
    return _agrees(group.age, age) and _agrees(group.sex, sex)


def _describes_a_patient(document: Document) -> bool:
    return any(_PATIENT.search(p.text) for p in document.passages if not is_cited(p.section))


def _weight(fact: Fact) -> tuple[int, str, int]:
    """The abstract tells how it ended, and tells it last; then the findings, then title and summary."""
    section, _, ordinal = fact.section.partition(".")
    rank = {"abstract": 3, "findings": 2, "tldr": 1}.get(section, 0)
    return rank, ordinal.zfill(6), fact.start
