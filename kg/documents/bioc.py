"""BioC, whatever it is written in: from the parts that a reader found to a document.

Everything that is the same for XML and JSON is here and in the modules it calls: places of annotations verified against
the text, identifiers and types from infons, relations by infons or nodes, and the account of every annotation and
relation (Comeau et al. 2013, doi:10.1093/database/bat064).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.documents.biocheader import read_header, section_of
from kg.documents.biocmentions import MentionReader, note, said_of
from kg.documents.biocparts import RawDocument, RawPassage, clean
from kg.documents.biocrelations import RelationReader
from kg.documents.biocspans import Home
from kg.documents.casepage import document_id
from kg.documents.contenthash import content_hash
from kg.documents.referencelist import without_references
from kg.documents.tally import Tally
from kg.model import Document, Finding, Passage

FORMAT: Final = "bioc"


def set_aside(tally: Tally, reason: str, text: str, mentions: int, relations: int, documents: int = 1) -> None:
    """Account for a document that makes none, with what it holds.

    Args:
        tally: the input's.
        reason: why.
        text: the begin of it, or its id.
        mentions: annotations in it.
        relations: relations in it.
        documents: how many it is.

    >>> tally = Tally("a.xml")
    >>> set_aside(tally, "no text", "1", 2, 0)
    >>> [(entry.kind, entry.count) for entry in tally.entries() if entry.outcome == "set_aside"], tally.balanced()
    ([('document', 1), ('mention', 2)], True)
    """
    tally.receive("document", documents)
    tally.set_aside("document", reason, count=documents, text=text)
    tell_lost(tally, f"its document is set aside: {reason}", text, mentions, relations)


def tell_lost(tally: Tally, reason: str, text: str, mentions: int, relations: int) -> None:
    """Account for annotations and relations that are lost with their document.

    Args:
        tally: the input's.
        reason: why.
        text: the begin of the document, or its id.
        mentions: annotations in it.
        relations: relations in it.

    >>> tally = Tally("a.xml")
    >>> tell_lost(tally, "its document is set aside", "1", 2, 1)
    >>> [(entry.kind, entry.count) for entry in tally.entries() if entry.outcome == "set_aside"]
    [('mention', 2), ('relation', 1)]
    """
    if mentions:
        tally.receive("mention", mentions)
        tally.set_aside("mention", reason, count=mentions, text=text)
    if relations:
        tally.receive("relation", relations)
        tally.set_aside("relation", reason, count=relations, text=text)


def to_document(raw: RawDocument, name: str, tally: Tally) -> Document | None:
    """Make a document, and tell the tally of it and of everything in it.

    Args:
        raw: what the input holds.
        name: the input's name.
        tally: the input's.

    Returns:
        The document, None where it has neither text nor annotation.

    >>> from kg.documents.biocparts import RawAnnotation
    >>> raw = RawDocument("12345", {}, [RawPassage({"type": "title"}, 0, "Fever after aspirin.", [
    ...     RawAnnotation("1", {"type": "Disease", "MESH": "D005334"}, "Fever", [(0, 5)])])])
    >>> document = to_document(raw, "a.xml", Tally("a.xml"))
    >>> document.id, document.mentions[0].asserted, document.mentions[0].occurrences[0].text
    ('PMID:12345', 'MESH:D005334', 'Fever')
    """
    parts = list(raw.parts())
    mentions, relations = sum(len(p.annotations) for p in parts), sum(len(p.relations) for p in parts)
    homes = _homes(raw)
    if not mentions and not any(home.text.strip() for home in homes):
        set_aside(tally, "neither text nor annotations", raw.id, 0, relations)
        return None
    tally.receive("document")
    if mentions:
        tally.receive("mention", mentions)
    if relations:
        tally.receive("relation", relations)
    first = raw.passages[0].infons if raw.passages else {}
    # PubTator3 has the journal's name in the document and the citation in the first passage.
    infons = {**first, "citation": first.get("journal", ""), **raw.infons}
    sha256 = _hash(raw, homes)
    header = read_header(raw.id, infons, raw.authors)
    identifier = document_id(header.pmid, header.pmcid, header.doi, sha256)
    findings: list[Finding] = []
    if identifier.startswith("casegraph:"):
        called = f"the source calls it {clean(raw.id)[:120]!r}" if raw.id else "the source has no id for it"
        findings.append(note(identifier, "document-id", "info", f"no PMID, PMCID or DOI; {called}"))
    if raw.mended:
        findings.append(note(identifier, "characters-mended", "warning", raw.mended))
    if any("\ufffd" in home.text for home in homes):
        message = "the text holds replacement characters: bytes or control characters that could not be read"
        findings.append(note(identifier, "text-damaged", "warning", message))
    reader = MentionReader(identifier, FORMAT, raw.source, tally, findings)
    reader.read(raw, homes)
    made = RelationReader(identifier, raw.source, reader.mentions.values(), reader.by_id, tally).read(
        [relation for part in parts for relation in part.relations]
    )
    tally.keep("document")
    document = Document(
        id=identifier, input=name, format=FORMAT, sha256=sha256,
        title=next((h.text.strip() for h in homes if h.section == "title"), "") or clean(header.title),
        authors=header.authors, pmcid=header.pmcid, pmid=header.pmid, doi=header.doi, journal=header.journal,
        date=header.date, source_url=header.source_url, license=header.license,
        publication_types=header.publication_types,
        passages=tuple(Passage(home.section, home.text) for home in homes if home.text.strip()),
        mentions=tuple(reader.mentions.values()), relations=made, findings=tuple(findings),
    )  # fmt: skip
    return without_references(document)


def _homes(raw: RawDocument) -> list[Home]:
    """Return the passages with section, offset and whole text."""
    homes: list[Home] = []
    seen: dict[str, int] = {}
    at = 0
    for index, passage in enumerate(raw.passages):
        offset = at if passage.offset is None else passage.offset
        text, begins = clean(passage.text), [0] * len(passage.sentences)
        if passage.sentences and not text:
            # Without a passage's offset, that of its first sentence is it.
            if passage.offset is None and passage.sentences[0].offset is not None:
                offset = passage.sentences[0].offset
            text, begins = _joined(passage.sentences, offset)
        elif passage.sentences:
            begins = [max(0, (s.offset or offset) - offset) for s in passage.sentences]
        section = section_of(passage.infons, index, len(raw.passages), len(text))
        seen[section] = seen.get(section, 0) + 1
        home = Home(section if seen[section] == 1 else f"{section} {seen[section]}", offset, text, begins)
        homes.append(home)
        at = offset + len(text) + 1
    return homes


def _joined(sentences: Sequence[RawPassage], offset: int) -> tuple[str, list[int]]:
    """Return the text of sentences, each where its offset puts it, and where each begins."""
    text, begins = "", []
    for sentence in sentences:
        gap = (sentence.offset if sentence.offset is not None else offset + len(text) + 1) - offset - len(text)
        # An offset that does not fit (overlap, other units) parts sentences by one space, none before the first.
        text += " " * (gap if 0 <= gap <= 100 else bool(text))
        begins.append(len(text))
        text += clean(sentence.text)
    return text, begins


def _hash(raw: RawDocument, homes: Sequence[Home]) -> str:
    """Return the SHA-256 of what is read of a document, the same whether it came as XML or as JSON."""
    parts = list(raw.parts())
    return content_hash(
        [clean(raw.id)],
        [Passage(home.section, home.text) for home in homes],
        [home.offset for home in homes],
        [[a.id, said_of(tuple(a.infons.items())).canonical, a.text, a.locations] for p in parts for a in p.annotations],
        [[r.id, r.infons, r.nodes] for p in parts for r in p.relations],
    )
