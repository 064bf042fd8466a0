"""The records that flow through a build: immutable, slotted, no input or output here.

Words are those of ``docs/data-model.md``; categories and predicates are those of the Biolink Model.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, Literal

Scope = Literal["label", "exact", "narrow", "broad", "related"]
Outcome = Literal["received", "kept", "merged", "set_aside"]
Polarity = Literal["support", "contradiction", "unknown"]
Severity = Literal["error", "warning", "info"]
Confidence = Literal["high", "medium", "low"]

DISEASE = "biolink:Disease"
CHEMICAL = "biolink:ChemicalEntity"
GENE = "biolink:Gene"
TAXON = "biolink:OrganismTaxon"
VARIANT = "biolink:SequenceVariant"
CELL_LINE = "biolink:CellLine"
#: A sign or symptom; it is no disease.
PHENOTYPE = "biolink:PhenotypicFeature"
DOCUMENT = "biolink:JournalArticle"
CASE = "biolink:Case"
#: Of what kind it is the source does not say.
NAMED_THING = "biolink:NamedThing"
#: A term that is neither a disease nor a chemical: the upper branches of MeSH.
OTHER = "biolink:OntologyClass"

MENTIONS = "biolink:mentions"
APPLIED_TO_TREAT = "biolink:applied_to_treat"
HAS_ADVERSE_EVENT = "biolink:has_adverse_event"
OCCURS_TOGETHER = "biolink:occurs_together_in_literature_with"
SUBCLASS_OF = "biolink:subclass_of"
BROAD_MATCH = "biolink:broad_match"
CLOSE_MATCH = "biolink:close_match"
CHEMICALLY_SIMILAR_TO = "biolink:chemically_similar_to"
HAS_PART = "biolink:has_part"
ASSOCIATED_WITH = "biolink:associated_with"
HAS_PHENOTYPE = "biolink:has_phenotype"


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a term with its scope (``label`` is the preferred one)."""

    text: str
    scope: Scope


#: Properties of terms. MeSH: ``preferred_concept`` and ``concept`` (identifiers M...), ``registry_number`` (CAS, UNII or
#: EC number; "0" where the owner says there is none), ``pharmacological_action`` (CURIE of a descriptor),
#: ``heading`` (CURIE of a mapped heading that is not preferred). PubChem: ``inchikey``, ``smiles``,
#: ``parent_compound`` (CURIE).
PROPERTIES: Final = (
    "concept", "heading", "inchikey", "parent_compound", "pharmacological_action", "preferred_concept",
    "registry_number", "smiles",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A concept of an ontology.

    Attributes:
        curie: normalised identifier, such as ``MONDO:0009807``.
        category: Biolink category.
        names: every name, the label first.
        parents: CURIEs of direct ``is_a`` (or broader) terms, sorted.
        tree_numbers: MeSH tree numbers, sorted; empty elsewhere.
        mapped_to: MeSH headings a supplementary record maps to, the starred (preferred) ones only.
        obsolete: whether the owner withdrew it.
        replaced_by: successors that the owner names.
        source: key of the release in the term index (``mondo``, ``mesh``, ``pubchem``).
        consider: terms that the owner advises to look at in place of an obsolete one; no successors.
        properties: further facts as pairs (property, value), sorted; the properties are ``PROPERTIES``.
    """

    curie: str
    category: str
    names: tuple[Name, ...]
    parents: tuple[str, ...] = ()
    tree_numbers: tuple[str, ...] = ()
    mapped_to: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    source: str = ""
    consider: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The preferred name, or the CURIE where there is none."""
        return self.names[0].text if self.names else self.curie


@dataclass(frozen=True, slots=True)
class Mapping:
    """A SSSOM row between two terms (https://mapping-commons.github.io/sssom/).

    Attributes are SSSOM's slots, ``""`` where the row has none, and ``record``: the file and 1-based line
    where the row stands (``mondo.obo:120``).
    """

    subject_id: str
    predicate_id: str
    object_id: str
    mapping_justification: str
    mapping_source: str
    mapping_set_version: str = ""
    subject_label: str = ""
    object_label: str = ""
    confidence: str = ""
    author_id: str = ""
    mapping_date: str = ""
    comment: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One stretch of a document's text. Offsets everywhere count code points within one passage."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a mention's surface form stands: ``text == passage.text[start:end]``."""

    section: str
    start: int
    end: int
    text: str
    sentence_start: int
    sentence_end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A surface form in a document, with what the source asserted about it.

    Attributes:
        id: UUIDv5 URN.
        document: identifier of the document.
        line: 1-based line of the input where it was asserted, 0 where the format has no lines.
        source_list: where the source asserts it (``Linked entities``, ``Full-text entities``, ...).
        category: Biolink category that the source claims.
        text: the name as the source writes it.
        asserted_as: the identifier as the source writes it, or "".
        asserted: the identifier as a CURIE, or None where there is none or it cannot be read.
        occurrences: its places in the passages.
        further: the other identifiers where the source gives several (``D001|D002``), as CURIEs.
    """

    id: str
    document: str
    line: int
    source_list: str
    category: str
    text: str
    asserted_as: str
    asserted: str | None
    occurrences: tuple[Occurrence, ...] = ()
    further: tuple[str, ...] = ()

    @property
    def identifiers(self) -> tuple[str, ...]:
        """All identifiers that the source asserts, as CURIEs in its order.

        >>> Mention("m", "d", 1, "", "biolink:Disease", "x", "1|2", "MESH:D1", (), ("MESH:D2",)).identifiers
        ('MESH:D1', 'MESH:D2')
        """
        return tuple(filter(None, (self.asserted, *self.further)))


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between two identifiers that the source asserts of a document.

    Attributes:
        document: identifier of the document.
        line: 1-based line of the input, 0 where the format has no lines.
        kind: the relation as the source writes it (``CID``, ``Positive_Correlation``).
        subject: CURIE of its first end.
        object: CURIE of its second end.
        subject_as: the first end as the source writes it.
        object_as: the second end as the source writes it.
        annotator: who asserts it, "" where the source does not say.
        input: name of the input that asserts it; readers leave it to the document.
    """

    document: str
    line: int
    kind: str
    subject: str
    object: str
    subject_as: str
    object_as: str
    annotator: str = ""
    input: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """An ontology class as the packet writes it, and its CURIE (None where it cannot be read)."""

    written: str
    label: str
    curie: str | None


@dataclass(frozen=True, slots=True)
class Age:
    """A point in a life: ``number`` and ``unit`` (year, month, week, day) where it is one, else text or a concept."""

    text: str
    number: float | None = None
    unit: str | None = None
    concept: Concept | None = None


@dataclass(frozen=True, slots=True)
class SubjectCondition:
    """A disease or a phenotypic feature that was found in the subject, or was looked for and is not there."""

    concept: Concept
    kind: str
    excluded: bool
    onset: Age | None = None


@dataclass(frozen=True, slots=True)
class SubjectTreatment:
    """What the subject was given, against what, to what end, and what came of it."""

    agent: Concept
    target: Concept | None = None
    intent: Concept | None = None
    response: Concept | None = None
    termination: Concept | None = None
    adverse_events: tuple[Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a phenopacket says of its subject.

    Attributes:
        id: identifier within the packet, "" where it has none.
        packet: identifier of the phenopacket.
        role: ``proband``, ``relative`` or ``member``; "" for a packet that stands alone.
        taxon: CURIE of the species, None where the packet does not say.
        sex: ``female``, ``male`` or ``other``, None where it is not known.
        age: at the last encounter.
        vital_status: ``alive`` or ``deceased``, None where it is not known.
        cause_of_death: as asserted.
        conditions: in the order of the packet, excluded ones among them.
        treatments: in the order of the packet.
    """

    id: str
    packet: str
    role: str = ""
    taxon: str | None = None
    sex: str | None = None
    age: Age | None = None
    vital_status: str | None = None
    cause_of_death: Concept | None = None
    conditions: tuple[SubjectCondition, ...] = ()
    treatments: tuple[SubjectTreatment, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One publication or page. ``passages`` hold title, TL;DR, findings, abstract paragraphs in order.

    A section names one passage: where a section of the source has several, they are numbered (``results 2``).
    ``license`` is the address of the licence of the text, or its name, as the source states it.
    ``subjects`` are the patients that a structured source describes.
    """

    id: str
    input: str
    format: str
    sha256: str
    title: str
    authors: tuple[str, ...] = ()
    pmcid: str | None = None
    pmid: str | None = None
    doi: str | None = None
    journal: str | None = None
    date: str | None = None
    abstract_truncated: bool = False
    figure_count: int | None = None
    figure_url: str | None = None
    source_url: str | None = None
    license: str | None = None
    passages: tuple[Passage, ...] = ()
    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    publication_types: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    subjects: tuple[Subject, ...] = ()

    def passage(self, section: str) -> str:
        """Return the text of a section, "" where there is none."""
        return next((p.text for p in self.passages if p.section == section), "")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of records of one kind of one input. ``received`` rows are counted at intake."""

    input: str
    kind: Literal["file", "document", "line", "mention", "relation"]
    outcome: Outcome
    count: int = 1
    reason: str = ""
    line: int = 0
    text: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of one input: documents, and the ledger entries of everything in it."""

    documents: tuple[Document, ...]
    ledger: tuple[LedgerEntry, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One independent reason behind a decision: a check's name and what it saw."""

    check: str
    statement: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A term that a mention could mean, and how it came up (``name``, ``asserted``, ``mapping``)."""

    term: str
    name: str
    origin: str
    matched: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The decision mention -> term. ``term`` is None where nothing could be linked.

    ``decisions`` are the identifiers of the curators' decisions that made it.
    """

    mention: str
    document: str
    term: str | None
    rule: str
    verdict: str
    confidence: Confidence
    reasons: tuple[Reason, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the audit says about a source annotation, with a suggested repair and how sure that is.

    ``confidence`` is of the suggestion; None where there is none, or no rule tells how sure it is. ``decisions`` are the
    identifiers of the curators' decisions that settled it.
    """

    id: str
    code: str
    severity: Severity
    document: str | None
    mention: str | None
    text: str
    asserted: str | None
    asserted_name: str | None
    suggested: str | None
    suggested_name: str | None
    message: str
    reasons: tuple[Reason, ...] = ()
    confidence: Confidence | None = None
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A case fact with its sentence. ``value`` is text; ``number`` and ``unit`` where it is a quantity."""

    id: str
    document: str
    case: str | None
    kind: str
    value: str
    number: float | None
    unit: str | None
    section: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    sentence: str
    rule: str


@dataclass(frozen=True, slots=True)
class Case:
    """One patient described in a document; the unit that is counted."""

    id: str
    document: str
    ordinal: int
    name: str
    age: float | None = None
    age_unit: str | None = None
    sex: str | None = None
    follow_up: float | None = None
    follow_up_unit: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The base record: one place that says something about a pair. Edges are aggregates of it."""

    subject: str
    predicate: str
    object: str
    polarity: Polarity
    polarity_reason: str
    document: str | None
    case: str | None
    section: str | None
    sentence_start: int | None
    sentence_end: int | None
    sentence: str | None
    method: str
    subject_mention: str | None = None
    object_mention: str | None = None
    outcome: str | None = None
    source: str = "infores:casegraph"
    release: str = ""
    original_predicate: str = ""


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """Every knob of a build; part of the build id.

    Attributes:
        co_mention_limit: documents that link more distinct entities than this make no co-mention
            evidence (a page with hundreds of entities says little about any pair); the ledger says so.
        ancestors: whether the linked terms' ancestors become nodes.
        all_cases: whether every document is read for patients, not the case reports alone.
        recognise: categories of which names are looked for in the text where the source has no annotation.
        nearest: categories whose mentions without an identifier are linked to the nearest term where none bears the name.
        columns: fields of tables of annotations and the columns that hold them, sorted.
        max_bytes: bytes that a compressed file or a member of an archive may unpack to.
        max_ratio: bytes that it may unpack to for each of its own.
    """

    co_mention_limit: int = 200
    ancestors: bool = True
    all_cases: bool = False
    recognise: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    max_bytes: int = 1 << 40
    max_ratio: int = 500


def as_row(record: Any) -> dict[str, Any]:
    """Return the fields of a record as a dict, values as they are (`dataclasses.asdict` copies deeply).

    >>> as_row(Name("a", "label"))
    {'text': 'a', 'scope': 'label'}
    """
    kind = type(record)
    if (values := _VALUES.get(kind)) is None:
        _VALUES[kind] = values = attrgetter(*kind.__slots__)
    return dict(zip(kind.__slots__, values(record), strict=True))


#: The getter of all fields of a kind of record; every kind has two or more.
_VALUES: Final[dict[type[Any], attrgetter[Any]]] = {}
