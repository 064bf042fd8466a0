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
    if term is not None and (form := other_form(mention, term, context)):
        yield _doubt(mention, term, *form)


def other_form(mention: Mention, term: Term, context: Context) -> tuple[Term, str] | None:
    """Return the form of an asserted compound that bears the name in its place, and how the two stand; None where none does."""
    if mention.category != CHEMICAL or term.category != CHEMICAL or bears_name(term, mention.text):
        return None
    for parent in (value for name, value in term.properties if name == "parent_compound"):
        base = context.index.term(parent)
        if base is not None and base.curie != term.curie and bears_name(base, mention.text):
            return base, "a salt or hydrate of"
    for hit in context.hits(mention):
        salt = context.index.term(hit.curie)
        if salt is not None and ("parent_compound", term.curie) in salt.properties:
            return salt, "the parent compound of"
    return None


def _doubt(mention: Mention, term: Term, other: Term, how: str) -> Doubt:
    message = f"{mention.text!r} is asserted as {term.curie} ({term.label}), {how} {other.curie} ({other.label})"
    seen = Observation("name", "other", f"{mention.text!r} is a name of {other.curie} ({other.label})", other.curie)
    return Doubt("salt-or-parent", "info", message, (seen,), other.curie)
