"""Annotations of BioC -> mentions: types, identifiers, composites, doubles, and what their places say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.curies import association_id
from kg.documents.annotationtypes import UNKNOWN, category_of, plain
from kg.documents.biocparts import RawDocument, clean
from kg.documents.biocspans import Home, Span, place_spans
from kg.documents.identifiers import DATABASES, NOTHING, identifiers
from kg.documents.spans import Placement, span_finding
from kg.documents.tally import Tally
from kg.model import Finding, Mention, Occurrence, Severity

#: Keys of annotations' infons in plain letters -> what they hold, the identifiers of one database by its name.
_ROLES: Final = {
    **dict.fromkeys(("type", "entitytype", "semantictype", "entity", "class", "category", "label"), "type"),
    **dict.fromkeys(("identifier", "identifiers", "conceptid", "normalizedid", "normid", "entityid", "termid"), "id"),
    **dict.fromkeys(("database", "terminology", "ontology", "vocabulary"), "database"),
    **dict.fromkeys(("annotator", "annotatedby", "tagger"), "annotator"),
    "compositerole": "composite",
    **{f"{key}{tail}": f"={prefix}" for key, prefix in DATABASES.items() for tail in ("", "id")},
    **dict.fromkeys(("geneid", "entrezid", "gene"), "=NCBIGene"),
    **dict.fromkeys(("taxid", "taxonid", "taxonomy", "taxonomyid"), "=NCBITaxon"),
    **dict.fromkeys(("rsid", "snp", "rs"), "=DBSNP"),
    **dict.fromkeys(("cid", "pubchemcid"), "=PUBCHEM.COMPOUND"),
}  # fmt: skip
_PART: Final = "individualmention"


@lru_cache(maxsize=1024)
def role_of(key: str) -> str:
    """Return what an infon of an annotation holds, "" where it is not read.

    >>> role_of("Concept ID"), role_of("type"), role_of("colour")
    ('id', 'type', '')
    """
    return _ROLES.get(plain(key), "")


@dataclass(frozen=True, slots=True)
class Said:
    """What the infons of an annotation say; ``kind`` is the type as written, ``canonical`` all that is read of them."""

    canonical: str
    kind: str
    category: str
    written: str
    curies: tuple[str, ...]
    unread: str
    annotator: str
    composite: str


@lru_cache(maxsize=8192)
def said_of(infons: tuple[tuple[str, str], ...]) -> Said:
    """Read the infons of an annotation.

    >>> said = said_of((("type", "Gene"), ("NCBI Gene", "672;675"), ("annotator", "GNormPlus")))
    >>> said.category, said.written, said.curies, said.annotator
    ('biolink:Gene', '672;675', ('NCBIGene:672', 'NCBIGene:675'), 'GNormPlus')
    """
    kind, category, database, annotator, composite = "", UNKNOWN, "", "", ""
    canonical = str(sorted((key, value) for key, value in infons if role_of(key)))
    general: list[str] = []
    keyed: list[tuple[str, str]] = []
    for key, value in infons:
        role = role_of(key)
        if not role:
            continue
        if role == "type":
            if category == UNKNOWN:
                kind, category = f"{kind}/{value}", category_of(value)
        elif role == "id":
            general.append(value.strip())
        elif role == "database":
            database = database or value.strip()
        elif role == "annotator":
            annotator = annotator or value.strip()
        elif role == "composite":
            composite = plain(value)
        else:
            keyed.append((value.strip(), role[1:]))
    # The general key says all there is to say; keys of databases count where it is silent.
    for written in general:
        if written.casefold() not in NOTHING:
            return Said(
                canonical, kind, category, written, *identifiers(written, category, database), annotator, composite
            )
    found: list[str] = []
    unread: list[str] = []
    told = [(written, source) for written, source in keyed if written.casefold() not in NOTHING]
    for written, source in told:
        curies, rest = identifiers(written, category, source)
        found += [curie for curie in curies if curie not in found]
        unread += [rest] if rest else []
    written = ";".join(written for written, _ in told)
    return Said(canonical, kind, category, written, tuple(found), ";".join(unread), annotator, composite)


class MentionReader:
    """Makes the mentions of one document.

    Args:
        document: its identifier.
        form: name of the format, for the mentions' identifiers and where nobody is named as the annotator.
        source: name of the collection.
        tally: the input's; it has received the annotations.
        findings: takes what the places say against the source.

    Attributes:
        mentions: by their identifiers, in order.
        by_id: the mentions of each annotation id of the source; several where it gave an id twice.
    """

    def __init__(self, document: str, form: str, source: str, tally: Tally, findings: list[Finding]) -> None:
        self.document = document
        self.form = form
        self.source = source or form
        self.tally = tally
        self.findings = findings
        self.mentions: dict[str, Mention] = {}
        self.by_id: dict[str, list[Mention]] = {}

    def read(self, raw: RawDocument, homes: Sequence[Home]) -> None:
        """Read every annotation: those of the passages in their order, then those of the document.

        >>> from kg.documents.biocparts import RawAnnotation, RawPassage
        >>> fever = RawAnnotation("T1", {"type": "Disease", "identifier": "D005334"}, "Fever", [(0, 5)])
        >>> raw = RawDocument("1", passages=[RawPassage({}, 0, "Fever.", [fever])])
        >>> tally = Tally("a.xml")
        >>> tally.receive("mention")
        >>> reader = MentionReader("PMID:1", "bioc-xml", "", tally, [])
        >>> reader.read(raw, [Home("title", 0, "Fever.")])
        >>> [(m.text, m.asserted, m.occurrences[0].end) for m in reader.mentions.values()]
        [('Fever', 'MESH:D005334', 5)]
        """
        spans = [
            Span(annotation, index, sentence)
            for index, passage in enumerate(raw.passages)
            for sentence, part in enumerate([passage, *passage.sentences], -1)
            for annotation in part.annotations
        ]
        spans += [Span(annotation, -1, -1) for annotation in raw.annotations]
        for message in place_spans(homes, spans):
            self.findings.append(note(self.document, "span-repaired", "info", message))
        parts: list[tuple[Span, Said]] = []
        composites: list[tuple[Span, Mention]] = []
        kept = 0
        for span in spans:
            said = said_of(tuple(span.annotation.infons.items()))
            if said.composite == _PART:
                parts.append((span, said))
            elif mention := self._take(span, said, homes):
                kept += 1
                if said.composite:
                    composites.append((span, mention))
        # BC5CDR writes a composite mention, then each mention that it is made of; the composite has all identifiers.
        for span, said in parts:
            if whole := next((m for composite, m in composites if _covers(composite, span)), None):
                self._refer(span.annotation.id, whole)
                text = clean(span.annotation.text)
                self.tally.merge("mention", "part of a composite mention", text=text, target=whole.id)
            elif self._take(span, said, homes):
                kept += 1
        if kept:
            self.tally.keep("mention", kept)

    def _take(self, span: Span, said: Said, homes: Sequence[Home]) -> Mention | None:
        """Make a mention of an annotation; None where the tally has it as something else."""
        annotation = span.annotation
        occurrences: tuple[Occurrence, ...] = ()
        section = ""
        if span.places:
            home = homes[span.passage]
            section = home.section
            for start, end in dict.fromkeys([(place.start, place.end) for place in span.places if place.start >= 0]):
                occurrences += (Occurrence(section, start, end, home.text[start:end], *home.sentence(start)),)
        text = clean(annotation.text)
        if not text.strip():
            text = " ".join(occurrence.text for occurrence in occurrences)
        if not text.strip():
            self.tally.set_aside("mention", "no text, and no place in the text", text=str(annotation.locations))
            return None
        spot = [(o.start, o.end) for o in occurrences] or annotation.locations
        key = association_id(
            "mention",
            self.document,
            self.form,
            section,
            str(spot),
            said.category,
            said.kind,
            text,
            said.written,
            said.annotator,
        )
        if same := self.mentions.get(key):
            self._refer(annotation.id, same)
            self.tally.merge("mention", "given twice", text=text, target=key)
            return None
        mention = Mention(
            id=key, document=self.document, line=0, source_list=said.annotator or self.source, category=said.category,
            text=text, asserted_as=said.written if said.curies or said.unread else "",
            asserted=said.curies[0] if said.curies else None, occurrences=occurrences, further=said.curies[1:],
        )  # fmt: skip
        self.mentions[key] = mention
        self._refer(annotation.id, mention)
        self._check(span, mention)
        return mention

    def _check(self, span: Span, mention: Mention) -> None:
        """Tell what the place of a mention says against the source: one finding at most for each mention."""
        locations = span.annotation.locations
        if span.places:
            wrong = [(p, at) for p, at in zip(span.places, locations, strict=True) if p.how != "exact"]
        else:
            why = "the document has no passage" if locations else "the source gives no location"
            wrong = [(Placement(-1, -1, "unplaced", why), locations[0] if locations else (-1, 0))]
        if not wrong:
            return
        place, (offset, length) = next((pair for pair in wrong if pair[0].how == "unplaced"), wrong[0])
        if finding := span_finding(mention, place, offset, offset + length):
            self.findings.append(finding)

    def _refer(self, identifier: str, mention: Mention) -> None:
        if identifier:
            same = self.by_id.setdefault(identifier, [])
            if mention not in same:
                same.append(mention)


def _covers(composite: Span, part: Span) -> bool:
    """Tell whether a composite mention has a part, by the source's own offsets."""
    if composite.annotation is part.annotation or not (composite.annotation.locations and part.annotation.locations):
        return False
    (start, length), *_ = composite.annotation.locations
    return any(start <= offset < start + length for offset, _ in part.annotation.locations)


def note(document: str, code: str, severity: Severity, message: str) -> Finding:
    """Return a finding about a document as a whole.

    >>> finding = note("PMID:1", "span-repaired", "info", "offsets count bytes")
    >>> finding.document, finding.code, finding.mention
    ('PMID:1', 'span-repaired', None)
    """
    return Finding(
        id=association_id("finding", document, code, message), code=code, severity=severity, document=document,
        mention=None, text="", asserted=None, asserted_name=None, suggested=None, suggested_name=None, message=message,
    )  # fmt: skip
