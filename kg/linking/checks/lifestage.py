"""Does the asserted term fit the patients' ages and sexes?

The words are those that Mondo and MeSH put into names of terms for one stage of life or one sex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.linking.checks.observation import Observation
from kg.linking.context import Context
from kg.model import Mention, Term

#: (what names say, the least age in years, the age in years below which it fits, in words).
STAGES: tuple[tuple[re.Pattern[str], float, float, str], ...] = (
    (re.compile(r"\b(?:neonatal|newborn)\b", re.I), 0.0, 29 / 365.25, "of the newborn (under 29 days)"),
    (re.compile(r"\binfantile\b", re.I), 0.0, 3.0, "of infants (under 3 years)"),
    (re.compile(r"\b(?:p(?:a)?ediatric|childhood)\b", re.I), 0.0, 18.0, "of childhood (under 18 years)"),
    (re.compile(r"\bjuvenile\b", re.I), 0.0, 21.0, "of the young (under 21 years)"),
    (re.compile(r"\badult(?:hood)?\b", re.I), 15.0, 200.0, "of adults (15 years or older)"),
)
#: Onset in childhood says nothing of the age when the report was written.
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
    if context.ages:
        for label, curie in _labels(term, context):
            stage = next((s for s in STAGES if s[0].search(label) and not _NOT_A_STAGE.search(label)), None)
            if stage is None:
                continue
            _, least, below, words = stage
            if not any(least <= age < below for age in context.ages):
                ages = " and ".join(f"{age:g}" for age in sorted({round(a, 2) for a in context.ages}))
                own = "" if curie == term.curie else f", a kind of {curie} ({label})"
                yield Observation(
                    "age", "against", f"{term.curie} ({term.label}){own} is {words}; the patient is {ages} years old"
                )
            return
    if context.sexes:
        for sex, pattern in _SEXES:
            if pattern.search(term.label) and sex not in context.sexes:
                yield Observation(
                    "sex", "against", f"{term.curie} ({term.label}) is {sex}; the patient is {context.sexes[0]}"
                )


def _labels(term: Term, context: Context) -> Iterator[tuple[str, str]]:
    yield term.label, term.curie
    for curie in context.index.ancestors(term.curie):
        yield context.index.label(curie) or "", curie
