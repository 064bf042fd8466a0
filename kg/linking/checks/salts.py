"""Is the identifier that of a salt where the name is that of its parent compound, or the other way round?"""

from __future__ import annotations

from collections.abc import Iterator

from kg.linking.checks.names import bears_name
from kg.linking.checks.observation import Doubt, Observation
from kg.linking.context import Context
from kg.model import CHEMICAL, Mention, Term


def look(mention: Mention, term: Term | None, context: Context) -> Iterator[Doubt]:
    """Yield a doubt of a salt (or hydrate) whose parent compound bears the name, and of a parent for a salt's name.

    The parents are PubChem's (property ``parent_compound``). It is an info: in a case report they are one drug.
    """
    if term is None or mention.category != CHEMICAL or term.category != CHEMICAL or bears_name(term, mention.text):
        return
    for parent in (value for name, value in term.properties if name == "parent_compound"):
        base = context.index.term(parent)
        if base is not None and base.curie != term.curie and bears_name(base, mention.text):
            yield _doubt(mention, term, base, "a salt or hydrate of")
            return
    for hit in context.hits(mention):
        salt = context.index.term(hit.curie)
        if salt is not None and ("parent_compound", term.curie) in salt.properties:
            yield _doubt(mention, term, salt, "the parent compound of")
            return


def _doubt(mention: Mention, term: Term, other: Term, how: str) -> Doubt:
    message = f"{mention.text!r} is asserted as {term.curie} ({term.label}), {how} {other.curie} ({other.label})"
    seen = Observation("name", "other", f"{mention.text!r} is a name of {other.curie} ({other.label})", other.curie)
    return Doubt("salt-or-parent", "info", message, (seen,), other.curie)
