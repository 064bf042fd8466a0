"""Does the asserted term fit the patients' ages and sexes?

The words are those that Mondo and MeSH put into names of terms for one stage of life or one sex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kg.linking.checks.observation import Observation
from kg.linking.context import Context
from kg.model import Mention, Term
from kg.terms.index import TermIndex

Stage = tuple[re.Pattern[str], float, float, str]
#: (what names say, the least age in years, the age in years below which it fits, in words).
STAGES: tuple[Stage, ...] = (
    (re.compile(r"\b(?:neonatal|newborn)\b", re.I), 0.0, 29 / 365.25, "of the newborn (under 29 days)"),
    (re.compile(r"\binfantile\b", re.I), 0.0, 3.0, "of infants (under 3 years)"),
    (re.compile(r"\b(?:p(?:a)?ediatric|childhood)\b", re.I), 0.0, 18.0, "of childhood (under 18 years)"),
    (re.compile(r"\bjuvenile\b", re.I), 0.0, 21.0, "of the young (under 21 years)"),
    (re.compile(r"\badult(?:hood)?\b", re.I), 15.0, 200.0, "of adults (15 years or older)"),
)
#: Onset in childhood says nothing of the age when the report was written.
_CHILDHOOD = re.compile(r"(?:p(?:a)?ediatric|childhood)\b", re.I)
_NOT_A_STAGE = re.compile(r"\b(?:onset|adult-onset|childhood-onset|adult form|adult type|infantile type)\b", re.I)
_SEXES = (
    ("male", re.compile(r"\b(?:prostat\w+|testicular|testis|penile|penis|epididym\w+|scrot\w+)\b", re.I)),
    ("female", re.compile(
        r"\b(?:ovarian|ovary|uterine|uterus|endometri\w+|vagina\w*|vulva\w*|cervix|uterine cervi\w+|placent\w+|fallopian|gestational)\b",
        re.I)),
)  # fmt: skip


def check(mention: Mention, term: Term, context: Context) -> Iterator[Observation]:
    """Yield an observation against a term that fits none of the document's patients."""
    del mention
    found = _stage(context.index, term.curie) if context.ages else None
    if found:
        (_, least, below, words), label, curie = found
        if any(least <= age < below for age in context.ages):
            yield Observation("age", "for", f"{term.curie} ({term.label}) is {words}, and a patient is")
        else:
            ages = " and ".join(f"{age:g}" for age in sorted({round(a, 2) for a in context.ages}))
            own = "" if curie == term.curie else f", a kind of {curie} ({label})"
            statement = f"{term.curie} ({term.label}){own} is {words}; the patient is {ages} years old"
            yield Observation("age", "against", statement)
    for sex, pattern in _SEXES if context.sexes else ():
        if pattern.search(term.label) and sex not in context.sexes:
            statement = f"{term.curie} ({term.label}) is {sex}; the patient is {context.sexes[0]}"
            yield Observation("sex", "against", statement)


@lru_cache(maxsize=65_536)
def _stage(index: TermIndex, curie: str) -> tuple[Stage, str, str] | None:
    """Return the stage of life that a term is of, and the term that says so: itself or an ancestor."""
    label = index.label(curie) or ""
    stage = next((s for s in STAGES if s[0].search(label) and not _NOT_A_STAGE.search(label)), None)
    if stage:
        return stage, label, curie
    # Of the ancestors only those that are named for childhood ("childhood malignant neoplasm") pass it on;
    # a heading such as "Congenital, Hereditary, and Neonatal Diseases" groups, and says nothing of its members.
    for origin in index.ancestors(curie):
        label = index.label(origin) or ""
        if _CHILDHOOD.match(label):
            return next(s for s in STAGES if s[0].search(label)), label, origin
    return None
