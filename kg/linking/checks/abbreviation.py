"""Does the document say what the abbreviation stands for, and is that the asserted term?"""

from __future__ import annotations

from collections.abc import Iterator

from kg.curies import prefix_of
from kg.linking.checks.meanings import long_form, of_text
from kg.linking.checks.names import comparable, stands_for
from kg.linking.checks.observation import Observation
from kg.linking.checks.relatives import better_relative
from kg.linking.context import Context
from kg.model import Mention, Term


def check(mention: Mention, term: Term, context: Context) -> Iterator[Observation]:
    """Yield whether the long form that the document gives for a short one is a name of the asserted term, or whose."""
    long = long_form(mention, context)
    if long is None:
        return
    told = f"the document says that {mention.text!r} stands for {long!r}"
    if stands_for(context.index, long, mention.category, term):
        yield Observation("abbreviation", "for", f"{told}, which names {term.curie} ({term.label})")
        return
    for meaning in of_text(context.index, long, mention.category, prefix_of(term.curie)):
        if curie := comparable(context.index, meaning, term):
            yield Observation("abbreviation", "other", f"{told}; {meaning.statement}", curie)
            return
    if better := better_relative(context.index, long, term):
        curie, near, own = better
        label = context.index.label(curie)
        statement = f"{told}, more like {curie} ({label!r}; {near:.2f}) than {term.curie} ({term.label!r}; {own:.2f})"
        yield Observation("abbreviation", "other", statement, curie)
