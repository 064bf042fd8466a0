"""Does the asserted term fit the patients' ages and sexes?

The words are those that Mondo and MeSH put into names of terms for one stage of life or one sex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kg.linking.checks.observation import Observation
from kg.linking.context import Context
from kg.model import Mention, Term
from kg.terms.index import TermIndex

Stage = tuple[re.Pattern[str], float, float, str]
#: (what names say, the least age in years, the age in years below which it fits, in words).
STAGES: tuple[Stage, ...] = (
    (re.compile(r"\b(?:neonatal|newborn)\b", re.I), 0.0, 29 / 365.25, "of the newborn (under 29 days)"),
    (re.compile(r"\b(?:infantile|infants?)\b", re.I), 0.0, 3.0, "of infants (under 3 years)"),
    (re.compile(r"\b(?:p(?:a)?ediatric|childhood)\b", re.I), 0.0, 18.0, "of childhood (under 18 years)"),
    (re.compile(r"\bjuvenile\b", re.I), 0.0, 21.0, "of the young (under 21 years)"),
    (re.compile(r"\badult[- ]onset\b", re.I), 15.0, 200.0, "not met before 15 years of age"),
    (re.compile(r"\badult(?:hood)?\b", re.I), 15.0, 200.0, "of adults (15 years or older)"),
    (re.compile(r"\b(?:post-?menopausal|senile)\b", re.I), 35.0, 200.0, "of the second half of life (35 years or older)"),
)  # fmt: skip
#: Onset in childhood says nothing of the age when the report was written; what is congenital stays for life.
_CHILDHOOD = re.compile(r"(?:p(?:a)?ediatric|childhood)\b", re.I)
_NOT_A_STAGE = re.compile(
    # What begins in adult life is no child's; what begins early in life may stay.
    r"(?<!\badult.)\bonset\b|\b(?:adult form|adult type|infantile type|pseudo-?infantile)\b",
    re.I,
)
SEXES = (
    ("male", re.compile(
        r"\b(?:prostat\w+|testicular|testis|penile|penis|epididym\w+|scrot\w+|male|hypospadias|cryptorchidism|azoospermia)\b",
        re.I)),
    ("female", re.compile(
        r"\b(?:ovarian|ovary|uterine|uterus|endometri\w+|vagina\w*|vulva\w*|cervix|uterine cervi\w+|placent\w+|fallopian|gestational"
        r"|female|pregnan\w+|(?:pre-?)?eclampsia|puerperal|post-?partum|menorrhagia|dysmenorrhea|amenorrhea|post-?menopausal)\b",
        re.I)),
)  # fmt: skip


def check(mention: Mention, term: Term, context: Context) -> Iterator[Observation]:
    """Yield an observation against a term that fits none of the document's patients."""
    del mention
    if context.ages and (found := _stage(context.index, term.curie)) and _fits(found[0], context.ages):
        yield Observation("age", "for", f"{term.curie} ({term.label}) is {found[0][3]}, and a patient is")
    for of, statement in contradictions(context.index, term.curie, context.ages, context.sexes):
        yield Observation(of, "against", statement)


def contradictions(
    index: TermIndex, curie: str, ages: Sequence[float], sexes: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield what of the patients a term contradicts (``age``, ``sex``) and how, as a sentence part.

    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     [of for of, _ in contradictions(index, "MONDO:0002623", (37.0,), ("male",))]
    ['age']
    """
    term_label = index.label(curie) or curie
    if ages and (found := _stage(index, curie)) and not _fits(found[0], ages):
        (_, _, _, words), label, origin = found
        told = " and ".join(f"{age:g}" for age in sorted({round(a, 2) for a in ages}))
        own = "" if origin == curie else f", a kind of {origin} ({label})"
        yield "age", f"{curie} ({term_label}){own} is {words}; the patient is {told} years old"
    for sex, pattern in SEXES if sexes else ():
        if pattern.search(term_label) and sex not in sexes:
            yield "sex", f"{curie} ({term_label}) is {sex}; the patient is {sexes[0]}"


def fitting(index: TermIndex, curie: str, ages: Sequence[float], sexes: Sequence[str]) -> Iterator[str]:
    """Yield what of the patients a term is made for, as sentence parts: a term of their stage of life or their sex.

    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     list(fitting(index, "MONDO:0002623", (5.0,), ("female",)))
    ['MONDO:0002623 (pediatric osteosarcoma) is of childhood (under 18 years), and a patient is']
    """
    label = index.label(curie) or curie
    if ages and (found := _stage(index, curie)) and _fits(found[0], ages):
        yield f"{curie} ({label}) is {found[0][3]}, and a patient is"
    for sex, pattern in SEXES:
        if sex in sexes and pattern.search(label):
            yield f"{curie} ({label}) is {sex}, and a patient is"


def says_so(text: str, of: str) -> bool:
    """Tell whether a name itself speaks of a stage of life (``age``) or of one sex (``sex``).

    >>> says_so("pediatric osteosarcoma", "age"), says_so("osteosarcoma", "age"), says_so("prostate cancer", "sex")
    (True, False, True)
    """
    patterns = [stage[0] for stage in STAGES] if of == "age" else [pattern for _, pattern in SEXES]
    return any(pattern.search(text) for pattern in patterns)


def _fits(stage: Stage, ages: Sequence[float]) -> bool:
    return any(stage[1] <= age < stage[2] for age in ages)


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
