"""What came of a fetch: every identifier that was asked for is fetched, kept or missing with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.errors import BalanceError

#: Reasons that stand: such a document is not asked for again, unless with ``refresh``.
FINAL_REASONS: Final = frozenset({"not-found", "not-open-access", "no-full-text"})


@dataclass(frozen=True, slots=True)
class Missing:
    """A document that did not come.

    Attributes:
        id: the identifier that was asked for.
        reason: one of ``FINAL_REASONS`` or ``kg.transfer.REASONS``, or ``not-asked`` where the run ended before.
        message: the reason in words.
    """

    id: str
    reason: str
    message: str


@dataclass(slots=True)
class FetchReport:
    """What came of a fetch.

    Attributes:
        service: its name.
        folder: where the documents lie.
        asked: identifiers, as many as were asked for.
        fetched: those that came now.
        kept: those that were there already.
        missing: those that did not come.
        aside: identifiers of documents that came unasked; they are not kept.
        twice: identifiers of documents that came twice in one answer; the first is kept.
        notes: what else the user should know.
        found: what a search says it has; None without a search.
        requests: requests that were sent.
        licences: licence -> articles that are in the folder under it.
    """

    service: str
    folder: Path
    asked: int = 0
    fetched: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    found: int | None = None
    requests: int = 0
    licences: dict[str, int] = field(default_factory=dict)
    complete: bool = True

    def check(self) -> None:
        """See that no identifier got lost.

        Raises:
            BalanceError: if one did.

        >>> FetchReport("s", Path("f"), asked=2, fetched=["PMID:1"]).check()
        Traceback (most recent call last):
            ...
        kg.errors.BalanceError: 2 documents were asked for; 1 came, 0 were there and 0 are missing
        """
        if self.asked != len(self.fetched) + len(self.kept) + len(self.missing):
            raise BalanceError(
                f"{self.asked} documents were asked for; {len(self.fetched)} came, {len(self.kept)} were there "
                f"and {len(self.missing)} are missing"
            )

    @property
    def whole(self) -> bool:
        """Whether everything that was asked for is there.

        >>> FetchReport("s", Path("f")).whole
        True
        """
        return self.complete and not self.missing

    def as_dict(self) -> dict[str, Any]:
        """Return the report for scripts.

        >>> report = FetchReport("pubtator", Path("f"), asked=1, missing=[Missing("PMID:1", "not-found", "unknown")])
        >>> report.as_dict()["missing"]
        [{'id': 'PMID:1', 'reason': 'not-found', 'message': 'unknown'}]
        """
        return {
            "service": self.service,
            "folder": str(self.folder),
            "complete": self.whole,
            "search_read": self.complete,
            "asked": self.asked,
            "fetched": self.fetched,
            "kept": self.kept,
            "missing": [{"id": m.id, "reason": m.reason, "message": m.message} for m in self.missing],
            "set_aside": self.aside,
            "twice": self.twice,
            "found_by_search": self.found,
            "licences": self.licences,
            "notes": self.notes,
            "requests": self.requests,
        }
