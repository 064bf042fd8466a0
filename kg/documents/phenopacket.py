"""GA4GH Phenopackets (https://phenopacket-schema.readthedocs.io/, version 2; version 1 where it says the same).

A phenopacket is structured: it has no text, so its mentions stand nowhere. What it says of its subject - age, sex,
what was found and what was looked for and not found, what was given and to what end - is the document's `Subject`. What is excluded is no mention of the document: it would read as if the subject had it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Final

from kg.curies import association_id
from kg.documents.casepage import document_id
from kg.documents.contenthash import content_hash
from kg.documents.jsonrecords import json_records
from kg.documents.subjects import get, name_of, read_age, read_concept, text_of
from kg.documents.tally import Tally
from kg.model import (
    CHEMICAL,
    DISEASE,
    PHENOTYPE,
    Concept,
    Document,
    Finding,
    Mention,
    Relation,
    Subject,
    SubjectCondition,
    SubjectTreatment,
)

FORMAT: Final = "phenopacket"
#: Relations that a medical action asserts, agent first.
TARGETS: Final = "treatmentTarget"
ADVERSE: Final = "adverseEvents"

_SEXES: Final = {"FEMALE": "female", "MALE": "male", "OTHER_SEX": "other"}
# Numbers of the enumerations, for packets that were written with them.
_SEX_NUMBERS: Final = ("UNKNOWN_SEX", "FEMALE", "MALE", "OTHER_SEX")
_STATUS_NUMBERS: Final = ("UNKNOWN_STATUS", "ALIVE", "DECEASED")
_PARTS: Final = ("phenotypicFeatures", "diseases", "medicalActions", "measurements", "biosamples", "interpretations",
                 "genes", "variants")  # fmt: skip


def read_phenopackets(stream: IO[bytes], name: str, tally: Tally) -> Iterator[Document]:
    """Read the phenopackets of a stream: one, a list, JSON lines, the members of families and cohorts.

    Args:
        stream: bytes of JSON, keys in camel case or in protobuf's snake case.
        name: the input's name.
        tally: told of every packet (``document``), of every disease, feature, action, measurement, sample and
            interpretation (``mention``), and of every target and adverse event of a treatment (``relation``).

    Yields:
        The document, with its subject. Packets of one publication give documents of one identifier.

    Example:
        >>> import io
        >>> packet = b'''{"id": "p1", "subject": {"id": "a", "sex": "MALE"}, "diseases": [
        ...   {"term": {"id": "MONDO:0009807", "label": "osteosarcoma"}, "onset": {"age": {"iso8601duration": "P37Y"}}},
        ...   {"term": {"id": "MONDO:0005148", "label": "type 2 diabetes mellitus"}, "excluded": true}]}'''
        >>> document, = read_phenopackets(io.BytesIO(packet), "p.json", Tally("p.json"))
        >>> subject, = document.subjects
        >>> [m.asserted for m in document.mentions], [(c.concept.curie, c.excluded) for c in subject.conditions]
        (['MONDO:0009807'], [('MONDO:0009807', False), ('MONDO:0005148', True)])
    """
    for record in json_records(stream):
        if record.value is None:
            tally.receive("document")
            tally.set_aside("document", record.problem, line=record.line, text=record.text)
            continue
        for packet, role, of in _packets(record.value):
            tally.receive("document")
            if not isinstance(packet, dict) or not _is_packet(packet):
                reason = "no phenopacket: it has no subject, disease, phenotypic feature or medical action"
                tally.set_aside("document", reason, line=record.line, text=record.text)
                continue
            reader = _PacketReader(packet, role, of, record.line, tally)
            yield reader.read(name, record.mended)


def _packets(value: dict[str, Any]) -> Iterator[tuple[object, str, dict[str, Any]]]:
    """Yield (packet, role, what holds it) of a packet, a family or a cohort."""
    members = get(value, "members")
    if isinstance(members, list) and not _is_packet(value):
        yield from ((m, "member", value) for m in members)
    elif (proband := get(value, "proband")) is not None:
        relatives = get(value, "relatives")
        yield proband, "proband", value
        yield from ((r, "relative", value) for r in (relatives if isinstance(relatives, list) else ()))
    elif isinstance(inner := get(value, "phenopacket"), dict):
        yield inner, "", value
    else:
        yield value, "", value


def _is_packet(value: dict[str, Any]) -> bool:
    return isinstance(get(value, "subject"), dict) or any(isinstance(get(value, part), list) for part in _PARTS)


class _PacketReader:
    """Reads one packet."""

    def __init__(self, packet: dict[str, Any], role: str, of: dict[str, Any], line: int, tally: Tally) -> None:
        self.packet = packet
        self.role = role
        self.id = text_of(packet, "id") or text_of(of, "id")
        meta = get(packet, "metaData")
        self.meta: dict[str, Any] = meta if isinstance(meta, dict) else {}
        outer = get(of, "metaData")
        self.references = list(_references(self.meta)) or list(_references(outer if isinstance(outer, dict) else {}))
        self.line = line
        self.tally = tally
        self.document = ""
        self.mentions: dict[str, Mention] = {}
        self.relations: list[Relation] = []

    def read(self, name: str, mended: tuple[str, ...]) -> Document:
        """Return the document."""
        numbers: dict[str, list[str]] = {"pmid": [], "pmcid": [], "doi": []}
        titles: dict[str, str] = {}
        for kind, number, title in self.references:
            if number not in numbers[kind]:
                numbers[kind].append(number)
            titles.setdefault(number, title)
        pmid, pmcid, doi = (next(iter(found), None) for found in numbers.values())
        sha256 = content_hash((pmid, pmcid, doi), (), self.role, self.packet)
        self.document = document_id(pmid, pmcid, doi, sha256)
        conditions = (*self.conditions("phenotypicFeatures", "type"), *self.conditions("diseases", "term"))
        treatments = tuple(self.treatments())
        self.unread()
        title = next((titles[n] for n in (pmid, pmcid, doi) if n and titles.get(n)), "") or self.id or self.document
        problems = [("encoding-mended", "characters that are not of the file's encoding were mended")] if mended else []
        if len(numbers["pmid"]) > 1:
            message = f"names several publications ({', '.join(numbers['pmid'])}); the first is taken for its own"
            problems.append(("several-publications", message))
        document = Document(
            id=self.document, input=name, format=FORMAT, sha256=sha256, title=title, pmid=pmid, pmcid=pmcid, doi=doi,
            mentions=tuple(self.mentions.values()), relations=tuple(self.relations),
            findings=tuple(
                Finding(association_id("finding", self.document, self.id, code), code, "warning", self.document, None,
                        self.id, None, None, None, None, message)
                for code, message in problems
            ),
            subjects=(self.subject(conditions, treatments),),
        )  # fmt: skip
        self.tally.keep("document")
        return document

    def subject(self, conditions: tuple[SubjectCondition, ...], treatments: tuple[SubjectTreatment, ...]) -> Subject:
        """Return the subject with what was read of it."""
        value = get(self.packet, "subject")
        who: dict[str, Any] = value if isinstance(value, dict) else {}
        status = get(who, "vitalStatus")
        status = status if isinstance(status, dict) else {}
        alive = name_of(get(status, "status"), _STATUS_NUMBERS)
        taxon = read_concept(get(who, "taxonomy"))
        met = get(who, "timeAtLastEncounter")
        return Subject(
            id=text_of(who, "id"), packet=self.id, role=self.role,
            taxon=taxon.curie if taxon else None, sex=_SEXES.get(name_of(get(who, "sex"), _SEX_NUMBERS)),
            age=read_age(met if met is not None else get(who, "ageAtCollection"), text_of(who, "dateOfBirth")),
            vital_status=alive.lower() if alive in _STATUS_NUMBERS[1:] else None,
            cause_of_death=read_concept(get(status, "causeOfDeath")), conditions=conditions, treatments=treatments,
        )  # fmt: skip

    def conditions(self, part: str, key: str) -> Iterator[SubjectCondition]:
        """Yield the diseases or the features; those that are not excluded become mentions."""
        category = DISEASE if part == "diseases" else PHENOTYPE
        for element in self.elements(part):
            concept = read_concept(get(element, key))
            if concept is None:
                self.aside("names nothing", element)
                continue
            excluded = any(get(element, k) in (True, "true") for k in ("excluded", "negated"))
            onset = next((o for k in ("onset", "ageOfOnset", "classOfOnset") if (o := read_age(get(element, k)))), None)
            yield SubjectCondition(concept, "disease" if part == "diseases" else "phenotype", excluded, onset)
            if excluded:
                self.aside("excluded: the subject does not have it; kept with the subject, no mention", element)
            else:
                self.mention(part, category, concept)

    def treatments(self) -> Iterator[SubjectTreatment]:
        """Yield the treatments; agents and adverse events become mentions, targets and events relations."""
        for element in self.elements("medicalActions"):
            treatment = get(element, "treatment")
            agent = read_concept(get(treatment, "agent")) if isinstance(treatment, dict) else None
            events = get(element, "adverseEvents")
            adverse = tuple(c for c in map(read_concept, events if isinstance(events, list) else ()) if c)
            if agent is None:
                kind = next((k for k in ("procedure", "radiationTherapy", "therapeuticRegimen") if get(element, k)), "")
                self.aside(f"a {kind}, which is not read" if kind else "a treatment without an agent", element)
            else:
                target = read_concept(get(element, "treatmentTarget"))
                self.mention("medicalActions", CHEMICAL, agent)
                self.relate(TARGETS, agent, (target,) if target else ())
                self.relate(ADVERSE, agent, adverse)
                yield SubjectTreatment(
                    agent, target, read_concept(get(element, "treatmentIntent")), read_concept(get(element, "responseToTreatment")),
                    read_concept(get(element, "treatmentTerminationReason")), adverse,
                )  # fmt: skip
            for event in adverse:
                self.tally.receive("mention")
                self.mention(ADVERSE, PHENOTYPE if (event.curie or "").startswith("HP:") else DISEASE, event)

    def unread(self) -> None:
        """Count what phenopackets hold beside and is not read."""
        for part in ("measurements", "biosamples", "interpretations", "genes", "variants"):
            for element in self.elements(part):
                self.aside(f"one of the {part}, which are not read", element)

    def elements(self, part: str) -> Iterator[dict[str, Any]]:
        """Yield the elements of a part; every one is received as a mention."""
        value = get(self.packet, part)
        for element in value if isinstance(value, list) else ():
            self.tally.receive("mention")
            if isinstance(element, dict):
                yield element
            else:
                self.aside(f"no object in {part}", {"label": str(element)[:100]})

    def mention(self, source_list: str, category: str, concept: Concept) -> None:
        """Keep a mention; the same one twice in a list is one."""
        key = association_id(
            "mention", self.document, self.id, self.role, source_list, category, concept.label, concept.written
        )
        text = concept.label or concept.written
        if key in self.mentions:
            self.tally.merge("mention", "listed twice", line=self.line, text=text, target=key)
            return
        self.tally.keep("mention")
        self.mentions[key] = Mention(
            key, self.document, self.line, source_list, category, text, concept.written, concept.curie
        )

    def relate(self, kind: str, agent: Concept, ends: Iterable[Concept]) -> None:
        """Keep a relation of a treatment to each of ``ends``."""
        for end in ends:
            self.tally.receive("relation")
            text = f"{agent.label or agent.written} {kind} {end.label or end.written}"
            relation = Relation(
                self.document, self.line, kind, agent.curie or "", end.curie or "", agent.written, end.written, FORMAT
            )
            if not (agent.curie and end.curie):
                reason = "an end whose identifier cannot be read; kept with the subject"
                self.tally.set_aside("relation", reason, line=self.line, text=text)
            elif relation in self.relations:
                self.tally.merge("relation", "listed twice", line=self.line, text=text)
            else:
                self.tally.keep("relation")
                self.relations.append(relation)

    def aside(self, reason: str, element: Mapping[str, Any]) -> None:
        """Set an annotation aside."""
        named = next(filter(None, map(read_concept, (element, *element.values()))), None)
        text = f"{named.written} {named.label}" if named else ""
        self.tally.set_aside("mention", reason, line=self.line, text=text)


_REFERENCE: Final = re.compile(
    r"\b(?:PMID:?\s*|pubmed(?:\.ncbi\.nlm\.nih\.gov|/)/?)(?P<pmid>[0-9]{1,9})\b|\b(?P<pmcid>PMC[0-9]{3,})\b|"
    r"(?:\bdoi:?\s*|doi\.org/)(?P<doi>10\.[0-9]{4,9}/[^\s\"<>]+)",
    re.IGNORECASE,
)


def _references(meta: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (``pmid``, ``pmcid`` or ``doi``; number; description) of the publications that a packet names."""
    references = get(meta, "externalReferences")
    for reference in references if isinstance(references, list) else ():
        if not isinstance(reference, dict):
            continue
        said = (_REFERENCE.search(text_of(reference, key)) for key in ("id", "reference"))
        if found := next(filter(None, said), None):
            kind = found.lastgroup or ""
            number = found[kind].rstrip(".,;)")
            number = (
                number.upper() if kind == "pmcid" else number.lower().lstrip("0") if kind == "pmid" else number.lower()
            )
            yield kind, number, text_of(reference, "description")
