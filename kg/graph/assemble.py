"""From one document to the rows of the tables: link, audit, read statements, keep everything."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.curies import association_id
from kg.documents.casereport import Verdict, is_case_report
from kg.documents.intake import printable
from kg.linking.context import Context
from kg.linking.curation import Curation, Uses, apply, settle
from kg.linking.decision import decide_all
from kg.linking.equivalence import Entities, Entity
from kg.linking.matching.taught import Taught
from kg.model import (
    CASE,
    DISEASE,
    DOCUMENT,
    MENTIONS,
    BuildConfig,
    Case,
    Document,
    Evidence,
    Finding,
    Link,
    Mention,
    Passage,
    as_row,
)
from kg.statements.asserted import Told, read_relations
from kg.statements.comention import read_co_mentions
from kg.statements.conditions import read_conditions
from kg.statements.drugs import read_drug_statements
from kg.statements.patients import Patients, read_patients
from kg.statements.places import Place, Story, place_of, tell_story
from kg.statements.subjects import cases_of, join_subjects, read_conditions_of_subjects
from kg.terms.index import TermIndex

Row = tuple[str, dict[str, Any]]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class Seen:
    """What the documents brought in: every entity, and what the mentions call it (for unknown terms)."""

    entities: dict[str, Entity] = field(default_factory=dict)
    names: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(self, entity: Entity, name: str | None = None) -> None:
        """Remember an entity, and a name that a mention gives it."""
        self.entities[entity.id] = entity
        if name:
            names = self.names.setdefault(entity.id, {})
            names[name] = names.get(name, 0) + 1


@dataclass(frozen=True, slots=True)
class Assembler:
    """Turns documents into table rows.

    Args:
        index: the term index.
        config: the build's knobs.
        entities: finds the equivalence class of a term.
        seen: filled on the way.
        curation: what curators decided.
        uses: what became of their decisions, filled on the way.
        taught: what the linkers were taught, by category.
    """

    index: TermIndex
    config: BuildConfig
    entities: Entities
    seen: Seen
    curation: Curation | None = None
    uses: Uses = field(default_factory=Uses)
    taught: Mapping[str, Taught] = field(default_factory=dict)

    def rows(self, document: Document) -> Iterator[Row]:
        """Yield (table, row) for everything that a document holds and says."""
        verdict = is_case_report(document)
        told = read_patients(document) if verdict.is_case or self.config.all_cases else Patients((), ())
        subjects = join_subjects(document, told)
        patients = subjects.patients
        context = Context.of(
            self.index, document.mentions, patients.ages, patients.sexes, document.passages, self.config.nearest,
            self.taught,
        )  # fmt: skip
        links: list[tuple[Mention, Link, Entity | None]] = []
        findings: list[Finding] = [*document.findings, *subjects.findings]
        for mention, (decided, found) in apply(self.curation, document, decide_all(context), self.uses):
            findings += found
            links += [(mention, link, self._entity(mention, link)) for link in decided]
        yield from _document_rows(document, verdict)
        yield from _patient_rows(patients)
        yield from _mention_rows(document.mentions)
        for mention, link, entity in links:
            yield "links", _link_row(link, entity)
            if mention.asserted and self.index.term(mention.asserted):
                # What the source asserted stays visible as a node, linked or not.
                self.seen.note(self.entities.of(mention.asserted))
        # An identifier that may be wrong does not speak for a statement; the term that bears the name does.
        spoken = [(m, e) for m, link, e in links if e and (link.verdict, link.rule) != ("ambiguous", "asserted")]
        places = _places(spoken)
        diseases = {entity.id for _, entity in spoken if entity.category == DISEASE}
        story = tell_story(document, places, diseases, patients)
        for evidence in self._statements(document, story, patients, spoken, places):
            yield "evidence", evidence_row(evidence)
        ends = _ends(links)
        for evidence in read_conditions_of_subjects(document.id, subjects, ends):
            yield "evidence", evidence_row(evidence)
        for asserted in read_relations(story, document.relations, ends):
            if asserted.evidence is None:
                findings.append(_without_edge(asserted))
            yield from _relation_rows(asserted, cases_of(asserted.relation, subjects))
        linked = {e.id for _, _, e in links if e}
        if len(linked) > self.config.co_mention_limit:
            findings.append(self._crowded(document, len(linked)))
        for finding in settle(self.curation, document, findings, self.uses):
            yield "findings", finding_row(finding)

    def _entity(self, mention: Mention, link: Link) -> Entity | None:
        if link.term is None:
            return None
        entity = self.entities.of(link.term, mention.category)
        self.seen.note(entity, mention.text)
        return entity

    def _statements(
        self,
        document: Document,
        story: Story,
        patients: Patients,
        linked: list[tuple[Mention, Entity]],
        places: Sequence[Place],
    ) -> Iterator[Evidence]:
        adverse, treatments = read_drug_statements(story)
        yield from _mention_evidence(document, story, linked, places)
        yield from (_case_evidence(document, case) for case in patients.cases)
        yield from adverse
        yield from treatments
        yield from read_conditions(story, [*adverse, *treatments])
        kinds = {entity.id: entity.category for _, entity in linked}
        yield from read_co_mentions(story, kinds, self.config.co_mention_limit)

    def _crowded(self, document: Document, count: int) -> Finding:
        message = (
            f"{count} entities in one document: no co-mentions are drawn from it (limit {self.config.co_mention_limit})"
        )
        return Finding(
            id=association_id("finding", document.id, "co-mention-limit"), code="co-mention-limit", severity="info",
            document=document.id, mention=None, text=document.title, asserted=None, asserted_name=None,
            suggested=None, suggested_name=None, message=message,
        )  # fmt: skip


def _document_rows(document: Document, verdict: Verdict) -> Iterator[Row]:
    row = as_row(document)
    passages = row.pop("passages")
    for told_elsewhere in ("mentions", "relations", "findings", "subjects"):
        del row[told_elsewhere]
    yield "documents", {**row, "case_report": verdict.is_case, "case_report_reason": verdict.reason}
    for i, passage in enumerate(passages):
        yield "passages", {"document": document.id, "ordinal": i, **as_row(passage)}
    yield "nodes", _plain_node(document.id, DOCUMENT, name_of(document))


def name_of(document: Document) -> str:
    """Return a name that can be read: the title, else an owner's identifier, else how the text begins.

    >>> passage = Passage("abstract", "A man of 40 had fever after aspirin.")
    >>> name_of(Document("casegraph:document-1", "a.txt", "pubtator", "0", "", passages=(passage,)))
    'A man of 40 had fever after aspirin.'
    >>> name_of(Document("PMID:7", "a.txt", "pubtator", "0", "", passages=(passage,)))
    'PMID:7'
    """
    if document.title or not document.id.startswith("casegraph:"):
        return document.title or document.id
    text = next((p.text for p in document.passages if p.text.strip()), "")
    return printable(" ".join(text.split()), 80) if text else f"{document.input}: {document.id}"


def _patient_rows(patients: Patients) -> Iterator[Row]:
    for case in patients.cases:
        yield "cases", as_row(case)
        yield "nodes", _plain_node(case.id, CASE, case.name)
    for fact in patients.facts:
        yield "facts", as_row(fact)


def _mention_rows(mentions: Iterable[Mention]) -> Iterator[Row]:
    for mention in mentions:
        row = as_row(mention)
        places = row.pop("occurrences")
        yield "mentions", {**row, "occurrences": len(places)}
        for place in places:
            yield "occurrences", {"mention": mention.id, **as_row(place)}


def _places(linked: Iterable[tuple[Mention, Entity]]) -> tuple[Place, ...]:
    """Return every place of every linked entity; of equal ones that of the first mention."""
    every = (
        place_of(entity.id, entity.category, mention.id, occurrence)
        for mention, entity in linked
        for occurrence in mention.occurrences
    )
    ordered = sorted(every, key=lambda p: p.mention, reverse=True)
    return tuple({(p.node, p.section, p.start, p.end): p for p in ordered}.values())


def _ends(links: Iterable[tuple[Mention, Link, Entity | None]]) -> dict[str, tuple[str, str]]:
    """Return what the identifiers that the source asserts are linked to: a node and its category.

    Mentions of one identifier may be linked to several nodes. The node that bears the identifier itself is meant where
    one mention is linked to it; else the one that most are linked to.
    """
    counts: dict[str, Counter[tuple[bool, str, str]]] = {}
    for mention, link, entity in links:
        if entity is None or mention.asserted is None:
            continue
        # A composite mention links each of its further identifiers for itself.
        asserted = link.term if link.rule == "composite" else mention.asserted
        if asserted is not None:
            end = (asserted in entity.identifiers, entity.id, entity.category)
            counts.setdefault(asserted, Counter())[end] += 1
    best = {curie: min(ends, key=lambda e: (not e[0], -ends[e], e[1])) for curie, ends in counts.items()}
    return {curie: (node, category) for curie, (_, node, category) in best.items()}


def _relation_rows(told: Told, cases: Sequence[tuple[str, str | None]]) -> Iterator[Row]:
    """Yield a relation of the sources as it was asserted, and the evidence that it gives, of each case that it is of."""
    row = {
        **as_row(told.relation), "predicate": told.predicate, "subject_node": told.subject, "object_node": told.object,
        "reason": told.reason,
    }  # fmt: skip
    if told.evidence:
        of_cases = [replace(told.evidence, case=case, outcome=outcome) for case, outcome in cases]
        rows = [evidence_row(evidence) for evidence in of_cases or [told.evidence]]
        yield from (("evidence", evidence) for evidence in rows)
        row |= {"edge": rows[0]["edge"], "evidence": rows[0]["id"]}
    yield "relations", row


def _without_edge(told: Told) -> Finding:
    relation = told.relation
    text = f"{relation.kind} {relation.subject_as} {relation.object_as}"
    return Finding(
        id=association_id("finding", relation.document, "relation-without-edge", relation.input, str(relation.line), text,
                          relation.subject, relation.object),
        code="relation-without-edge", severity="info", document=relation.document, mention=None, text=text,
        asserted=None, asserted_name=None, suggested=None, suggested_name=None,
        message=f"the source's relation {text} makes no edge: {told.reason}",
    )  # fmt: skip


def _plain_node(identifier: str, category: str, name: str) -> dict[str, Any]:
    return {
        "id": identifier, "category": category, "name": name, "equivalent_identifiers": [identifier], "synonyms": [],
        "source": "infores:casegraph", "release": "", "status": "current", "replaced_by": [],
    }  # fmt: skip


def _link_row(link: Link, entity: Entity | None) -> dict[str, Any]:
    chain = [as_row(row) for row in entity.told(link.term)] if entity else []
    mapped = entity.chain(link.term)[1] if entity and link.term and link.term != entity.id else None
    return {
        "mention": link.mention, "document": link.document, "term": link.term, "node": entity.id if entity else None,
        "rule": link.rule, "verdict": link.verdict, "confidence": link.confidence,
        "mapping_confidence": mapped, "reasons": to_json([as_row(r) for r in link.reasons]), "chain": to_json(chain),
        "candidates": to_json([as_row(c) for c in link.candidates]), "decisions": link.decisions,
    }  # fmt: skip


def finding_row(finding: Finding) -> dict[str, Any]:
    """Return the table row of a finding; its reasons are JSON."""
    return {**as_row(finding), "reasons": to_json([as_row(r) for r in finding.reasons])}


def evidence_row(evidence: Evidence) -> dict[str, Any]:
    """Return the table row of an evidence record: identified by its content, and its edge by the triple.

    The mentions are left out of the identity: a document that lists one name twice says a thing once.
    """
    row = as_row(evidence)
    places = ("subject_mention", "object_mention")
    content = (f"{key}={value}" for key, value in row.items() if key not in places and value is not None)
    row["id"] = association_id("evidence", *content)
    row["edge"] = association_id(evidence.subject, evidence.predicate, evidence.object)
    return row


def to_json(value: object) -> str:
    """Return compact JSON with the keys in their order."""
    return "[]" if value == [] else _ENCODER.encode(value)


def _mention_evidence(
    document: Document, story: Story, linked: list[tuple[Mention, Entity]], places: Iterable[Place]
) -> Iterator[Evidence]:
    """One record a place; an entity that is listed and stands nowhere has its list as evidence."""
    texts = {p.section: p for p in document.passages}
    placed: set[str] = set()
    for place in sorted(places, key=lambda p: (p.node, p.section, p.start)):
        placed.add(place.node)
        yield _naming(story, place.node, place.mention, "annotation", texts[place.section], place)
    for mention, entity in sorted(linked, key=lambda pair: (pair[1].id, pair[0].id)):
        if entity.id not in placed:
            placed.add(entity.id)
            yield _naming(story, entity.id, mention.id, "listed", Passage(mention.source_list, ""), None)


def _naming(story: Story, node: str, mention: str, method: str, passage: Passage, place: Place | None) -> Evidence:
    span = None
    if place:
        span = next((s for s in story.sentences if s.section == place.section and s.start <= place.start < s.end), None)
    return Evidence(
        subject=story.document, predicate=MENTIONS, object=node, polarity="support", polarity_reason="stated",
        document=story.document, case=span.case if span else story.case, section=passage.section,
        sentence_start=span.start if span else None,
        sentence_end=span.end if span else None, sentence=span.text if span else None, method=method,
        object_mention=mention,
    )  # fmt: skip


def _case_evidence(document: Document, case: Case) -> Evidence:
    return Evidence(
        subject=document.id, predicate=MENTIONS, object=case.id, polarity="support", polarity_reason="stated",
        document=document.id, case=case.id, section=None, sentence_start=None, sentence_end=None, sentence=None,
        method="patient-described",
    )  # fmt: skip
