"""Is the asserted term of the kind that the source says the mention is?"""

from __future__ import annotations

from collections.abc import Iterator

from kg.linking.checks.observation import Observation
from kg.linking.context import Context, compatible
from kg.model import Mention, Term


def check(mention: Mention, term: Term, context: Context) -> Iterator[Observation]:
    """Yield an observation against a term whose category cannot be the mention's."""
    del context
    if not compatible(term.category, mention.category):
        have, want = (c.partition(":")[2] for c in (term.category, mention.category))
        yield Observation("kind", "against", f"{term.curie} ({term.label}) is a {have}, the source says {want}")
