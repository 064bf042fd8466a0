"""What curators decided, laid over what the rules decided.

`apply` is asked for each mention after the rules. The narrowest decision about a mention wins: of a mention before
a document's, that before one of a surface form, that before one of an identifier; of two of one scope the one that names
more. Two that are on a par and differ hold each other: neither is applied, and that is a finding. So is a decision
that was applied nowhere. Several processes gather what they saw in `Uses`, which add up in any order.

An accepted identifier is linked as asserted; a rejected one is not linked; a remapped one is linked to the target. Rule
and verdict are ``curated``, the confidence is high, and the first reasons credit the curators: every row that says the
same of the mention, of those on a par. Findings of the mention are settled: they keep their code and become ``info``,
with the same reasons. Links and findings name the rows, which `decision_rows` turns into a table of the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kg.curies import association_id, prefix_of
from kg.linking.context import KIND_OF_PREFIX, compatible
from kg.linking.curators import read_curators
from kg.linking.decisionsfile import CuratorDecision, DecisionsFile
from kg.model import Candidate, Document, Finding, Link, Mention, Reason
from kg.terms.index import TermIndex
from kg.wording import counted

Decision = tuple[tuple[Link, ...], tuple[Finding, ...]]
#: Check of the reason that credits a curator; it marks a finding as settled.
CHECK: Final = "decision"
_RANK: Final = {"identifier": 0, "surface": 1, "document": 2, "mention": 3}
#: Letters of a form in capitals up to which its case counts: "AIDS" is not "aids".
_ABBREVIATION: Final = 6
_PAST: Final = {"accept": "accepted", "reject": "rejected", "remap": "remapped"}


def form_key(text: str) -> str:
    """Return what two surface forms share where they are one: case and white space do not count.

    >>> form_key("Lung  cancer") == form_key("lung cancer"), form_key("AIDS") == form_key("aids")
    (True, False)
    """
    flat = " ".join(text.split())
    return flat if len(flat) <= _ABBREVIATION and flat.isupper() else flat.casefold()


@dataclass(frozen=True, slots=True)
class Credit:
    """Rows that were obeyed, and the reasons that say so."""

    decisions: tuple[CuratorDecision, ...]
    reasons: tuple[Reason, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Identifiers of the rows; of equal rows there is one."""
        return tuple(dict.fromkeys(decision.id for decision in self.decisions))


@dataclass(slots=True)
class Uses:
    """What became of the decisions in the documents that were told; lines stand for decisions.

    Attributes:
        applied: those that hold of a mention, or yield there to a narrower one.
        missed: why one does not apply where it nearly does, with how near that is.
        opposed: pairs that contradict each other.
        documents: identifier that a decision gives -> the document that has it.
        credits: mention of the document at hand -> who decided about it, not known of other documents.
    """

    applied: set[int] = field(default_factory=set)
    missed: dict[int, tuple[int, str]] = field(default_factory=dict)
    opposed: set[tuple[int, int]] = field(default_factory=set)
    documents: dict[str, str] = field(default_factory=dict)
    credits: dict[str, Credit] = field(default_factory=dict)

    def miss(self, decision: CuratorDecision, near: int, why: str) -> None:
        """Note why a decision does not apply; the nearest miss is told, of equal ones the first by its words."""
        known = self.missed.get(decision.line)
        if known is None or (-near, why) < (-known[0], known[1]):
            self.missed[decision.line] = (near, why)

    def add(self, other: Uses) -> None:
        """Add what other documents saw.

        >>> one, other = Uses({2}), Uses({3})
        >>> one.add(other)
        >>> sorted(one.applied)
        [2, 3]
        """
        self.applied |= other.applied
        self.opposed |= other.opposed
        self.documents |= other.documents
        for line, (near, why) in other.missed.items():
            known = self.missed.get(line)
            if known is None or (-near, why) < (-known[0], known[1]):
                self.missed[line] = (near, why)


class Curation:
    """The decisions of a file, ready to be asked.

    Args:
        file: what was read.
        index: the term index, which knows the targets.
    """

    def __init__(self, file: DecisionsFile, index: TermIndex) -> None:
        self.file = file
        self._index = index
        self._by_document: dict[str, list[CuratorDecision]] = {}
        self._by_form: dict[str, list[CuratorDecision]] = {}
        self._by_identifier: dict[str, list[CuratorDecision]] = {}
        self._targets: dict[tuple[str, str], str] = {}
        for decision in file.decisions:
            if decision.scope in {"mention", "document"}:
                self._by_document.setdefault(decision.document, []).append(decision)
            elif decision.scope == "surface":
                self._by_form.setdefault(form_key(decision.text), []).append(decision)
            else:
                self._by_identifier.setdefault(decision.asserted, []).append(decision)

    def of_document(self, document: Document) -> tuple[CuratorDecision, ...]:
        """Return the decisions that name a document, by whatever identifier of it."""
        if not self._by_document:
            return ()
        known = [document.id]
        for prefix, local in (("PMID", document.pmid), ("PMCID", document.pmcid), ("doi", document.doi)):
            known += [f"{prefix}:{local}"] if local else []
        return tuple(d for identifier in dict.fromkeys(known) for d in self._by_document.get(identifier, ()))

    def near(self, mention: Mention, here: Iterable[CuratorDecision]) -> Iterator[CuratorDecision]:
        """Yield every decision that may be about a mention: those of its document, its form, its identifiers."""
        yield from here
        yield from self._by_form.get(form_key(mention.text), ())
        for identifier in dict.fromkeys((mention.asserted, *mention.further, mention.asserted_as)):
            if identifier:
                yield from self._by_identifier.get(identifier, ())

    def credits(self, decisions: Iterable[CuratorDecision]) -> Credit:
        """Return the credit of rows that say the same."""
        told = tuple(decisions)
        return Credit(told, tuple(map(self.credit, told)))

    def credit(self, decision: CuratorDecision) -> Reason:
        """Return the reason that names who decided, when, why, and where it is written."""
        what = _PAST[decision.decision] + (f" to {decision.target}" if decision.target else "")
        if decision.target and (label := self._index.label(decision.target)):
            what += f" ({label})"
        date = f" on {decision.date}" if decision.date else ""
        comment = f": {decision.comment}" if decision.comment else ""
        where = f"{self.file.name}:{decision.line}"
        return Reason(CHECK, f"{what} by {decision.curator or 'a curator'}{date}{comment} [{where}]")

    def refused(self, target: str, category: str) -> str:
        """Return why a mention of a category cannot be linked to a target, "" where it can."""
        key = (target, category)
        if key not in self._targets:
            self._targets[key] = refusal(self._index, target, category)
        return self._targets[key]


def refusal(index: TermIndex, target: str, category: str) -> str:
    """Return why a mention cannot be linked to the target of a decision, "" where it can.

    A vocabulary of which the index holds nothing is the curator's word, where it can be of the mention's kind at all.

    Args:
        index: the term index.
        target: the identifier, normalised.
        category: Biolink category of the mention.

    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     refusal(index, "MESH:D002945", "biolink:Disease"), refusal(index, "OMIM:1", "biolink:Disease")
    ('the target MESH:D002945 (Cisplatin) is a ChemicalEntity, and the mention a Disease', '')
    """
    term, release = index.term(target), index.source_of_prefix(prefix_of(target))
    if term is None and release:
        if index.holds_part(target):
            return f"the target {target} is not in {release.title} {release.version}"
        part = f"the part of {release.title} {release.version} that this build has ({counted(release.terms, 'term')})"
        return f"the target {target} is not in {part}; compile the whole release (kg terms compile)"
    kind = term.category if term else KIND_OF_PREFIX.get(prefix_of(target), category)
    if not compatible(kind, category):
        have, want = (name.partition(":")[2] for name in (kind, category))
        return f"the target {target}{f' ({term.label})' if term else ''} is a {have}, and the mention a {want}"
    if term is None or not term.obsolete:
        return ""
    later = [curie for curie in index.resolve(target) if curie != target]
    hint = f"; its successor is {' or '.join(f'{c} ({index.label(c)})' for c in later)}" if later else ""
    return f"the target {target} ({term.label}) is obsolete{hint}"


def apply(
    curation: Curation | None, document: Document, decided: Iterable[tuple[Mention, Decision]], uses: Uses
) -> Iterator[tuple[Mention, Decision]]:
    """Yield every mention of a document with its decision, the curators' in the place of the rules' where there is one.

    Args:
        curation: the decisions; None where there are none.
        document: the document.
        decided: its mentions with what the rules decided.
        uses: what became of the decisions is noted here.
    """
    if curation is None:
        yield from decided
        return
    here = curation.of_document(document)
    for decision in here:
        uses.documents[decision.document] = document.id
        uses.miss(decision, 1, _not_here(decision))
    read: dict[str, set[str]] = {}
    for finding in document.findings:
        if finding.mention:
            read.setdefault(finding.mention, set()).add(finding.code)
    for mention, (links, findings) in decided:
        codes = {finding.code for finding in findings} | read.get(mention.id, set())
        yield mention, _judge(curation, here, mention, links, findings, codes, uses)


def settle(curation: Curation | None, document: Document, findings: Iterable[Finding], uses: Uses) -> Iterator[Finding]:
    """Yield the findings of a document that its readers made, and those about it as a whole, settled where curators decided.

    Asked after `apply` has told every mention of the document.
    """
    if curation is None:
        yield from findings
        return
    for finding in _settle(curation, curation.of_document(document), findings, uses):
        credit = uses.credits.get(finding.mention or "")
        yield _settled(finding, credit) if credit and credit.reasons[0] not in finding.reasons else finding
    uses.credits.clear()


def settle_graph(curation: Curation, findings: Iterable[Finding], uses: Uses) -> Iterator[Finding]:
    """Yield the findings that several documents make together, settled like `settle`, when every document is told."""
    here: dict[str, list[CuratorDecision]] = {}
    for decision in curation.file.decisions:
        if known := uses.documents.get(decision.document):
            here.setdefault(known, []).append(decision)
    for finding in findings:
        yield from _settle(curation, here.get(finding.document or "", ()), [finding], uses)


def _settle(
    curation: Curation, here: Iterable[CuratorDecision], findings: Iterable[Finding], uses: Uses
) -> Iterator[Finding]:
    for finding in findings:
        accepted = [] if finding.mention else [d for d in here if _accepts(d, finding)]
        if accepted:
            uses.applied.update(decision.line for decision in accepted)
            yield _settled(finding, curation.credits(accepted))
        else:
            yield finding


def _accepts(decision: CuratorDecision, finding: Finding) -> bool:
    """Tell whether a decision about a document accepts a finding of the document as a whole."""
    return (
        (decision.scope, decision.decision) == ("document", "accept")
        and (not decision.text or form_key(decision.text) == form_key(finding.text))
        and (not decision.asserted or decision.asserted == finding.asserted)
        and decision.code in {"", finding.code}
    )


def _judge(
    curation: Curation,
    here: tuple[CuratorDecision, ...],
    mention: Mention,
    links: tuple[Link, ...],
    findings: tuple[Finding, ...],
    codes: set[str],
    uses: Uses,
) -> Decision:
    about: dict[str | None, list[CuratorDecision]] = {}
    for decision in dict.fromkeys(curation.near(mention, here)):
        near, why = _misses(decision, mention, codes)
        if not why:
            # One of a further identifier is about that one alone, every other about the mention.
            own = decision.asserted if decision.asserted in mention.further else None
            own = None if own == mention.asserted else own
            near, why = _impossible(curation, decision, mention)
            if not why:
                about.setdefault(own, []).append(decision)
        if why:
            uses.miss(decision, near, why)
    for identifier, decisions in about.items():
        winners = _winners(decisions, uses)
        if not winners:
            continue
        winner, credit = winners[0], curation.credits(winners)
        if identifier is None:
            links = _relinked(curation, winner, mention, links, credit)
            findings = tuple(_settled(finding, credit) for finding in findings)
            uses.credits[mention.id] = credit
        else:
            links = tuple(_further(curation, winner, mention, identifier, links, credit))
    return links, findings


def _winners(decisions: list[CuratorDecision], uses: Uses) -> list[CuratorDecision]:
    """Return the narrowest decisions, which say the same, by their lines; none where two that are on a par differ."""
    highest = max(map(_narrowness, decisions))
    best = [d for d in decisions if _narrowness(d) == highest]
    others = [d for d in best if d.verdict != best[0].verdict]
    if others:
        uses.opposed.update((min(best[0].line, d.line), max(best[0].line, d.line)) for d in others)
        # A wider one does not step in: the curators do not agree, and the rules' answer is kept.
        return []
    uses.applied.update(d.line for d in decisions)
    return sorted(best, key=lambda d: d.line)


def _narrowness(decision: CuratorDecision) -> tuple[int, int]:
    told = (decision.place or decision.mention, decision.text, decision.asserted, decision.code)
    return _RANK[decision.scope], sum(bool(value) for value in told)


def _misses(decision: CuratorDecision, mention: Mention, codes: set[str]) -> tuple[int, str]:
    """Return why a decision is not about a mention and how near that is; ("" where it is)."""
    if decision.scope == "mention" and (missed := _elsewhere(decision, mention)):
        return missed
    if decision.text and form_key(decision.text) != form_key(mention.text):
        if decision.scope == "mention":
            return 3, f"{mention.text!r} stands there, not {decision.text!r}"
        return 1, _not_here(decision)
    asserted = (mention.asserted, mention.asserted_as, *mention.further)
    if decision.asserted and decision.asserted not in asserted:
        now = f"{mention.asserted or mention.asserted_as or 'no identifier'}"
        return 2, f"{mention.text!r} is asserted as {now} now, not {decision.asserted}"
    if decision.code and decision.code not in codes:
        return 4, f"there is no finding {decision.code} any more"
    if decision.scope == "document" and not (decision.text or decision.asserted) and not codes:
        return 1, "the document has no finding"
    return 0, ""


def _elsewhere(decision: CuratorDecision, mention: Mention) -> tuple[int, str] | None:
    """Return why a decision about one mention is about another one, None where it is about this."""
    if decision.place:
        if any((o.section, o.start, o.end) == decision.place for o in mention.occurrences):
            return None
        return 1, _not_here(decision)
    if decision.mention and decision.mention != mention.id:
        return 1, _not_here(decision)
    return None


def _not_here(decision: CuratorDecision) -> str:
    what = []
    if decision.scope == "mention":
        what = [f"{decision.section}:{decision.start}-{decision.end}" if decision.place else decision.mention]
    what += [repr(decision.text)] if decision.text else []
    what += [decision.asserted] if decision.asserted else []
    told = " ".join(filter(None, what))
    if not told:
        return f"the document has no finding {decision.code}" if decision.code else "the document has no finding"
    return f"the document has no mention {told}"


def _impossible(curation: Curation, decision: CuratorDecision, mention: Mention) -> tuple[int, str]:
    """Return why a decision that is about a mention cannot be carried out; ("" where it can)."""
    if decision.decision == "accept" and mention.asserted is None:
        return 5, f"{mention.text!r} has no identifier that can be read, so none can be accepted; remap it"
    return 6, curation.refused(decision.target, mention.category) if decision.target else ""


def _relinked(
    curation: Curation, decision: CuratorDecision, mention: Mention, links: tuple[Link, ...], credit: Credit
) -> tuple[Link, ...]:
    """Return a mention's links with that of its own identifier as the curator decided it."""
    others = [link for link in links if link.rule == "composite"]
    main = next((link for link in links if link.rule != "composite"), links[0])
    term = {"accept": mention.asserted, "reject": None, "remap": decision.target}[decision.decision]
    if decision.decision != "accept" and not decision.asserted:
        # Said of the mention and of no identifier: all that it is linked to is meant.
        others = []
    return (_curated(curation, main, term, credit), *(link for link in others if link.term != term))


def _further(
    curation: Curation,
    decision: CuratorDecision,
    mention: Mention,
    identifier: str,
    links: tuple[Link, ...],
    credit: Credit,
) -> Iterator[Link]:
    """Yield a mention's links with that of one of its further identifiers as the curator decided it."""
    kept = [link for link in links if link.rule != "composite" or link.term != identifier]
    yield from kept
    term = {"accept": identifier, "reject": None, "remap": decision.target}[decision.decision]
    if term is not None and term not in {link.term for link in kept}:
        known = next((link for link in links if link.term == identifier), replace(links[0], reasons=()))
        yield replace(_curated(curation, known, term, credit), rule="composite", mention=mention.id)


def _curated(curation: Curation, link: Link, term: str | None, credit: Credit) -> Link:
    candidates = link.candidates
    if term and term not in {c.term for c in candidates}:
        candidates = (*candidates, Candidate(term, curation._index.label(term) or "", "curated"))
    return replace(
        link, term=term, rule="curated", verdict="curated", confidence="high", reasons=(*credit.reasons, *link.reasons),
        candidates=candidates, decisions=credit.ids,
    )  # fmt: skip


def _settled(finding: Finding, credit: Credit) -> Finding:
    reasons = (*credit.reasons, *finding.reasons)
    return replace(finding, severity="info", reasons=reasons, decisions=credit.ids)


def findings_of(curation: Curation, uses: Uses) -> Iterator[Finding]:
    """Yield what is to be told about the decisions themselves, when every document is told.

    ``decision-unreadable``: a row that cannot be read. ``decisions-contradict``: two that differ about one mention.
    ``decision-not-applied``: one that was applied nowhere, and why.
    """
    file = curation.file
    for problem in file.problems:
        message = f"{file.name}:{problem.line}: {problem.reason}"
        yield _told(file, problem.line, "decision-unreadable", message, Reason("row", problem.text))
    by_line = {decision.line: decision for decision in file.decisions}
    for one, other in sorted(uses.opposed):
        first, second = (f"{_PAST[by_line[n].decision]} {by_line[n].target}".strip() for n in (one, other))
        message = f"{file.name}:{other}: {second}, yet line {one} says {first} of the same mention; neither is applied"
        reasons = [curation.credit(by_line[n]) for n in (one, other)]
        yield _told(file, other, "decisions-contradict", message, *reasons, decision=by_line[other], part=str(one))
    opposed = {line for pair in uses.opposed for line in pair}
    for line, decision in by_line.items():
        if line in uses.applied or line in opposed:
            continue
        _, why = uses.missed.get(line, (0, _nowhere(decision)))
        message = f"{file.name}:{line}: {decision.decision} is not applied: {why}"
        yield _told(file, line, "decision-not-applied", message, curation.credit(decision), decision=decision)


def decision_rows(file: DecisionsFile, uses: Uses) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table `decisions`, when every document is told: who decided what, and whether it was applied.

    Rows that say the same by the same curator, to the word, are one; the first line is told.
    """
    rows: dict[str, dict[str, Any]] = {}
    for decision in file.decisions:
        values: dict[str, Any] = {name: value or None for name, value in decision.row().items()}
        row = rows.setdefault(decision.id, {
            **values, "id": decision.id, "start": decision.start, "end": decision.end,
            "orcids": [curator.orcid for curator in read_curators(decision.curator) if curator.orcid],
            "file": file.name, "line": decision.line, "applied": False,
        })  # fmt: skip
        row["applied"] = row["applied"] or decision.line in uses.applied
    yield from rows.values()


def _nowhere(decision: CuratorDecision) -> str:
    if decision.document and decision.scope in {"mention", "document"}:
        return f"no document {decision.document} is in this graph"
    if decision.scope == "surface":
        return f"no mention is written {decision.text!r}"
    return f"no mention is asserted as {decision.asserted}"


def _told(
    file: DecisionsFile,
    line: int,
    code: str,
    message: str,
    *reasons: Reason,
    decision: CuratorDecision | None = None,
    part: str = "",
) -> Finding:
    # The text is where the decision stands, as other findings' is what a mention says: reports point there. What
    # credits a curator here settles nothing, so it is told under another name.
    told = tuple(replace(r, check="written") if r.check == CHECK else r for r in reasons)
    return Finding(
        id=association_id("finding", code, file.name, str(line), part, message), code=code, severity="warning",
        document=None, mention=None, text=f"{file.name}:{line}", asserted=(decision.asserted or None) if decision else None,
        asserted_name=None, suggested=(decision.target or None) if decision else None, suggested_name=None,
        message=message, reasons=told,
    )  # fmt: skip
