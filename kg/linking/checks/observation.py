"""What a check saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.model import Severity


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


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding of its own, beside the decision: it changes no link.

    Attributes:
        code: of the finding.
        severity: of the finding.
        message: what is doubted, as a sentence.
        seen: what was seen.
        suggested: what to take instead.
    """

    code: str
    severity: Severity
    message: str
    seen: tuple[Observation, ...] = ()
    suggested: str | None = None
