"""The audit's checks: one module each, all of one shape.

A check looks at one mention with an asserted identifier and says what it saw: for the asserted term,
against it, or in favour of another. Checks are independent of one another; the decision weighs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.linking.checks import kind, lifestage, names, vocabularies
from kg.linking.checks.observation import Observation
from kg.linking.context import Context
from kg.model import Mention, Term

Check = Callable[[Mention, Term, Context], Iterator[Observation]]

#: The checks of a mention whose asserted term is known, in the order in which reasons are told.
CHECKS: tuple[Check, ...] = (kind.check, names.check, vocabularies.check, lifestage.check)

__all__ = ["CHECKS", "Check", "Observation", "observe"]


def observe(mention: Mention, term: Term, context: Context) -> tuple[Observation, ...]:
    """Return what every check saw, in the order of the checks."""
    return tuple(seen for check in CHECKS for seen in check(mention, term, context))
