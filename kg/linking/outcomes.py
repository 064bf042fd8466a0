"""Links and findings as a decision writes them: with their reasons, candidates, and how sure a suggestion is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kg.curies import association_id
from kg.linking.checks import Observation
from kg.linking.context import Context
from kg.model import Candidate, Confidence, Finding, Link, Mention, Reason, Severity

#: Checks of what no name can outweigh.
HARD: Final = frozenset({"age", "sex"})
#: Checks by which a term is merely more alike.
HINTS: Final = frozenset({"relative", "likeness"})


def finding_id(mention: Mention, code: str, part: str = "") -> str:
    """Return the identifier of a finding of a mention; of one of its further identifiers that one tells it apart."""
    return association_id("finding", mention.id, code, *([part] if part in mention.further else []))


def _candidates(mention: Mention, context: Context, linked: str | None) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    if mention.asserted:
        label = context.index.label(mention.asserted) or ""
        found[mention.asserted] = Candidate(mention.asserted, label, "asserted")
    for hit in context.hits(mention)[:10]:
        found.setdefault(hit.curie, Candidate(hit.curie, hit.label, "name", hit.name))
    if linked:
        found.setdefault(linked, Candidate(linked, context.index.label(linked) or "", "mapping"))
    return tuple(found.values())


def link_of(mention: Mention, context: Context, term: str | None, rule: str, verdict: str, confidence: Confidence,
            seen: Iterable[Observation]) -> Link:  # fmt: skip
    """Return the link of a mention to a term."""
    return Link(
        mention=mention.id, document=mention.document, term=term, rule=rule, verdict=verdict, confidence=confidence,
        reasons=told_reasons(seen), candidates=_candidates(mention, context, term),
    )  # fmt: skip


def finding_of(mention: Mention, code: str, severity: Severity, context: Context, asserted: str | None,
               suggested: str | None, message: str, seen: Sequence[Observation]) -> Finding:  # fmt: skip
    """Return a finding about a mention's identifier."""
    label = context.index.label
    return Finding(
        id=finding_id(mention, code, asserted or ""), code=code, severity=severity, document=mention.document,
        mention=mention.id, text=mention.text, asserted=asserted or mention.asserted_as or None,
        asserted_name=label(asserted) if asserted else None, suggested=suggested,
        suggested_name=label(suggested) if suggested else None, message=message, reasons=told_reasons(seen),
        confidence=_sureness(suggested, seen) if suggested else None,
    )  # fmt: skip


def _sureness(suggested: str, seen: Sequence[Observation]) -> Confidence:
    """Return how sure a suggestion is: two reasons, one by the name, or a hint.

    A successor of an obsolete term that does not bear the name is a hint: the wrong term may have been withdrawn.
    """
    backing = {o.check for o in seen if o.suggests == suggested}
    hard = {o.check for o in seen if o.stance == "against" and o.check in HARD}
    if len((backing | hard) - HINTS) > 1:
        return "high"
    return "medium" if backing & {"name", "vocabulary", "abbreviation", "form"} else "low"


def told_reasons(seen: Iterable[Observation]) -> tuple[Reason, ...]:
    """Return what was seen as reasons of a link or a finding."""
    return tuple(Reason(o.check, o.statement) for o in seen)
