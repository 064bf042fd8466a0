"""Every code that a finding can have: how severe it is, what it means, when it fires, what to do.

The one place where codes are explained; ``docs/audit-checks.md`` holds the same table (`markdown`), and reports take
their words from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kg.model import Severity

#: What a finding is about.
About = Literal["identifier", "span", "document", "ontologies", "decision"]


@dataclass(frozen=True, slots=True)
class FindingCode:
    """A code of findings.

    Attributes:
        code: the code; it never changes its meaning.
        about: what a finding of it is about.
        severities: what it can be, the usual one first.
        summary: what is wrong, in a sentence.
        fires: when it fires.
        repair: what to do.
    """

    code: str
    about: About
    severities: tuple[Severity, ...]
    summary: str
    fires: str
    repair: str


_ALL: Final = (
    FindingCode(
        "unknown-identifier", "identifier", ("error", "warning"),
        "The identifier is not in the ontology of its prefix.",
        "The index holds the whole release of that vocabulary and not the identifier; of a slice, where the name and another "
        "vocabulary both tell another term.",
        "Take the suggested term, which bears the name; without one, look the name up. An identifier newer than the release "
        "is known to a newer one.",
    ),
    FindingCode(
        "unverified-identifier", "identifier", ("info",),
        "The identifier is not in the part of the ontology that the build had.",
        "Only a slice of that vocabulary is loaded.",
        "Compile the whole release (`kg terms compile`) and build again.",
    ),
    FindingCode(
        "obsolete", "identifier", ("warning", "error"),
        "The identifier's owner has withdrawn it.",
        "The release marks it as obsolete, alternative, replaced or merged; an error where no successor is known.",
        "Take the suggested successor; where the owner only advises what to consider, choose by the name.",
    ),
    FindingCode(
        "wrong-kind", "identifier", ("error", "warning"),
        "The identifier, or the only term of that name, is of another kind of thing than the mention.",
        "The term's category, or its vocabulary, cannot be what the source says the mention is: a drug on a disease, a "
        "species, a gene. A warning where the source gives no identifier and all terms of the name are of no kind that is "
        "linked (\"hospitals\" as a disease).",
        "Take the suggested term of the right kind, or correct the kind.",
    ),
    FindingCode(
        "name-mismatch", "identifier", ("warning", "info", "error"),
        "No name of the identifier's term matches what the mention says.",
        "A term that is no relative of the asserted one bears the name (warning; an error where a second reason agrees), or "
        "no term of the ontologies does (info: no ontology has all names).",
        "Compare the suggested term with the sentence; without a suggestion, read the sentence only if in doubt.",
    ),
    FindingCode(
        "too-specific", "identifier", ("warning", "error"),
        "The identifier is of a more specific term than the mention.",
        "The mention's text, or a form of it, names an ancestor of the asserted term and not the term itself.",
        "Take the suggested ancestor, unless the document says the narrower thing elsewhere.",
    ),
    FindingCode(
        "too-general", "identifier", ("warning", "error"),
        "The identifier is of a more general term than the mention.",
        "The mention's text, or a form of it, or its last words, name a descendant of the asserted term.",
        "Take the suggested descendant.",
    ),
    FindingCode(
        "sibling", "identifier", ("warning", "error"),
        "The identifier is of a term beside the one that the mention names.",
        "The mention's text, or a form of it, names a term that has a parent or grandparent with the asserted one in common.",
        "Take the suggested term.",
    ),
    FindingCode(
        "abbreviation-mismatch", "identifier", ("warning", "error"),
        "The document says that the abbreviation stands for something else.",
        "The document writes \"long form (SF)\"; the long form names another term than the one asserted for SF.",
        "Take the suggested term; the abbreviation has another meaning in other documents.",
    ),
    FindingCode(
        "several-identifiers", "identifier", ("warning",),
        "One name has several identifiers of one vocabulary in the document.",
        "Mentions of the same name differ; the one that does not bear the name, or the rarer one, is doubted.",
        "Give all mentions of the name one identifier, unless the document means two things by it.",
    ),
    FindingCode(
        "contradicts-vocabulary", "identifier", ("warning", "info", "error"),
        "Another vocabulary's identifier of the same name in the document maps to another term.",
        "The document gives the name identifiers of two vocabularies, and no exact mapping joins them; an info where the "
        "asserted term bears the name itself.",
        "Decide which of the two is right; the other is the mapping's, or the annotator's, error.",
    ),
    FindingCode(
        "contradicts-age", "identifier", ("warning", "info"),
        "The term is of another stage of life than the patient's.",
        "The term or an ancestor is named for newborns, infants, childhood, youth, adults or the second half of life, and no patient of the "
        "document is of that age; an info where the mention says so itself.",
        "Take the term without the stage of life, or read whose disease it is.",
    ),
    FindingCode(
        "contradicts-sex", "identifier", ("warning", "info"),
        "The term is of another sex than the patient's.",
        "The term's name has an organ or a state of one sex (prostate, ovary, pregnancy), and no patient is of it; an info "
        "where the mention says so itself.",
        "Read whose disease it is: a relative's, or the identifier is wrong.",
    ),
    FindingCode(
        "salt-or-parent", "identifier", ("info",),
        "The identifier is of a salt or hydrate and the name of its parent compound, or the other way round.",
        "PubChem names a parent compound, and it bears the name that the asserted one does not.",
        "Take the compound that bears the name where the form matters; in a case report both are one drug.",
    ),
    FindingCode(
        "malformed-identifier", "identifier", ("warning",),
        "The identifier has a known prefix and cannot be one of that vocabulary.",
        "What follows the prefix has not the form of the vocabulary's identifiers.",
        "Correct the identifier; the suggested term bears the name.",
    ),
    FindingCode(
        "unknown-prefix", "identifier", ("warning",),
        "The identifier's prefix is not known.",
        "No vocabulary that casegraph knows has that prefix or writes it so.",
        "Write the CURIE with the prefix of the Bioregistry.",
    ),
    FindingCode(
        "prefix-alias", "identifier", ("info",),
        "The identifier is written otherwise than the CURIE that it is read as.",
        "A prefix has an alias (`ORPHA:`, `MSH:`), stands twice, or is joined by another sign, and no format prescribes that.",
        "Nothing need be done; write the CURIE if you write the source.",
    ),
    FindingCode(
        "span-mismatch", "span", ("warning",),
        "The mention's text does not stand where the source says.",
        "Neither at the offsets nor near them does the text have the mention's words.",
        "Correct the offsets or the words; the mention counts for the document and has no place.",
    ),
    FindingCode(
        "span-repaired", "span", ("info",),
        "The mention's offsets or text did not fit and were repaired.",
        "Offsets count bytes or UTF-16 units, are shifted, or the annotator rewrote letters.",
        "Nothing need be done; correct the source if it is yours.",
    ),
    FindingCode(
        "annotators-disagree", "document", ("warning",),
        "Two sources annotate one place with another kind or another term of one vocabulary.",
        "Several inputs tell of one document.",
        "Choose one; a curator's decision settles it.",
    ),
    FindingCode(
        "sources-disagree", "document", ("warning", "info"),
        "Sources of one document disagree about it.",
        "Title, authors, date, or a patient's age or sex differ between inputs.",
        "Read the publication; the first source's value was taken.",
    ),
    FindingCode(
        "near-duplicate-case", "document", ("warning",),
        "Cases of several documents may be one patient.",
        "Age, sex, drug, disease and authors are alike.",
        "Count the cases once if they are one patient.",
    ),
    FindingCode(
        "relation-without-edge", "document", ("info",),
        "A relation that the source asserts makes no edge.",
        "An end of it is not linked, both ends are one term, or the relation says nothing of two entities.",
        "Link the end, or leave it.",
    ),
    FindingCode(
        "co-mention-limit", "document", ("info",),
        "The document names so many entities that no co-mentions are drawn from it.",
        "More linked entities than the limit of the build.",
        "Raise the limit if the document is about all of them.",
    ),
    FindingCode(
        "document-id", "document", ("info",),
        "The document has no PMID, PMCID or DOI.",
        "Nothing in the input identifies the publication.",
        "Add an identifier to the source, so that records of one publication are united.",
    ),
    FindingCode(
        "identifier-unreadable", "document", ("warning",),
        "What stands for an identifier of the document is none.",
        "A PMID, PMCID or DOI has not the form of one.",
        "Correct it in the source.",
    ),
    FindingCode(
        "several-publications", "document", ("warning",),
        "A phenopacket names several publications as its own.",
        "Several PMIDs; the first is taken.",
        "Keep the one that describes the patient.",
    ),
    FindingCode(
        "rows-differ", "document", ("warning",),
        "Rows of a table give one document different facts.",
        "Title, date or another field of the document differs from row to row.",
        "Correct the rows; the first one's value was taken.",
    ),
    FindingCode(
        "text-damaged", "document", ("warning",),
        "A part of the document's text or annotations cannot be read.",
        "A line or passage is cut off or not of the format.",
        "Get the file again.",
    ),
    FindingCode(
        "characters-mended", "document", ("warning",),
        "Characters that XML forbids were mended.",
        "Control characters, or ampersands that stand alone.",
        "Nothing need be done; get a sound file if the text matters.",
    ),
    FindingCode(
        "encoding-mended", "document", ("warning",),
        "Characters that are not of the file's encoding were mended.",
        "Bytes that are no UTF-8.",
        "Save the file as UTF-8.",
    ),
    FindingCode(
        "equivalence-conflict", "ontologies", ("info",),
        "A mapping would make two terms of one vocabulary the same; it is left out.",
        "A chain of exact mappings joins two terms of one ontology; it is cut at its weakest link, or, where several are as "
        "weak, at one of them, which is then said.",
        "Report the mapping to its publisher.",
    ),
    FindingCode(
        "mapping-conflict", "ontologies", ("warning", "info"),
        "One mapping calls two terms the same, another one denies it or calls one of them broader, narrower or related.",
        "Rows of one pair contradict each other. The surer one counts (info where the two are joined); where both are as sure, "
        "they are not joined.",
        "Read the rows at their publishers; leave out the set that is wrong (`kg terms compile`).",
    ),
    FindingCode(
        "weak-mapping", "ontologies", ("info",),
        "An exact mapping is too unsure to join two terms.",
        "The confidence of the row is below 0.5, and no surer row says the same.",
        "Nothing need be done; a surer row joins them.",
    ),
    FindingCode(
        "decision-unreadable", "decision", ("warning",),
        "A row of the curators' file cannot be read.",
        "A column is missing or a value is none that the file may have.",
        "Correct the row.",
    ),
    FindingCode(
        "decisions-contradict", "decision", ("warning",),
        "Two decisions of curators about one mention differ; neither is applied.",
        "Both are of one scope, and they say different things.",
        "Take one out, or make one narrower.",
    ),
    FindingCode(
        "decision-not-applied", "decision", ("warning",),
        "A curator's decision was applied nowhere.",
        "No mention of the build is what it is about.",
        "Take it out, or correct what it names.",
    ),
)  # fmt: skip

#: Code -> what it means, in the order in which they are explained.
CODES: Final[dict[str, FindingCode]] = {entry.code: entry for entry in _ALL}


def markdown() -> Iterator[str]:
    """Yield the lines of the table of codes, as ``docs/audit-checks.md`` has it.

    >>> next(markdown())
    '| code | severity | what it means | fires when | what to do |'
    """
    yield "| code | severity | what it means | fires when | what to do |"
    yield "| --- | --- | --- | --- | --- |"
    for entry in _ALL:
        cells = (f"`{entry.code}`", ", ".join(entry.severities), entry.summary, entry.fires, entry.repair)
        yield f"| {' | '.join(cells)} |"


def meaning(code: str) -> str:
    """Return what a code means, in a sentence; a code that is not here speaks for itself.

    >>> meaning("wrong-kind"), meaning("some-new-thing")
    ('...', 'Some new thing.')
    """
    known = CODES.get(code)
    return known.summary if known else code.replace("-", " ").capitalize() + "."
