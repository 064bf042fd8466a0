"""The audit's checks: one module each, all of one shape.

A check looks at one mention with an asserted identifier and says what it saw: for the asserted term,
against it, or in favour of another. Checks are independent of one another; the decision weighs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.linking.checks import abbreviation, alias, kind, lifestage, names, salts, surface, vocabularies
from kg.linking.checks.observation import Doubt, Observation
from kg.linking.context import Context
from kg.model import Mention, Term

Check = Callable[[Mention, Term, Context], Iterator[Observation]]

#: The checks of a mention whose asserted term is known, in the order in which reasons are told.
CHECKS: tuple[Check, ...] = (kind.check, names.check, abbreviation.check, vocabularies.check, lifestage.check)

#: Checks with findings of their own, of any mention with an identifier; the term is None where it is not held.
LOOKS: tuple[Callable[[Mention, Term | None, Context], Iterator[Doubt]], ...] = (surface.look, salts.look, alias.look)

__all__ = ["CHECKS", "LOOKS", "Check", "Doubt", "Observation", "look_beside", "observe"]


def observe(mention: Mention, term: Term, context: Context) -> tuple[Observation, ...]:
    """Return what every check saw, in the order of the checks."""
    return tuple(seen for check in CHECKS for seen in check(mention, term, context))


def look_beside(mention: Mention, term: Term | None, context: Context) -> Iterator[Doubt]:
    """Yield what is doubted of a mention besides the decision about it; the term is None where it is not held."""
    for look in LOOKS:
        yield from look(mention, term, context)
