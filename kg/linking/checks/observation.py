"""What a check saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that one check saw.

    Attributes:
        check: name of the check.
        stance: ``for`` or ``against`` the asserted term, or ``other``: in favour of ``suggests``.
        statement: what was seen, as a sentence part.
        suggests: the term that is spoken for, where ``stance`` is ``other``.
    """

    check: str
    stance: Literal["for", "against", "other"]
    statement: str
    suggests: str | None = None
