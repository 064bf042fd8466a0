"""PubTator: text lines ``ID|t|...`` and ``ID|a|...``, mention lines and relation lines with tabs.

A mention line is ``ID start end text type identifier [individual mentions]``, a relation line ``ID kind id1 id2 ...``
(https://www.ncbi.nlm.nih.gov/research/pubtator3/tutorial, "PubTator format"; BC5CDR: Li et al. 2016,
doi:10.1093/database/baw068; BioRED, with a further column for novelty: Luo et al. 2022, doi:10.1093/bib/bbac282).
Offsets count in title and abstract joined by one character. Columns behind the identifier repeat what the text and
the identifiers say (BC5CDR's individual mentions, BioRED's novelty); they are not read.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import IO, Final

from kg.curies import association_id, normalize
from kg.documents.annotationtypes import category_of
from kg.documents.casepage import document_id
from kg.documents.identifiers import identifiers
from kg.documents.pubtatorlines import Draft, Stray, gather
from kg.documents.referencelist import without_references
from kg.documents.relationends import Ends
from kg.documents.sentences import sentence_spans
from kg.documents.spans import Placement, SpanReader, span_finding
from kg.documents.streamlines import NOT_UTF8, NUL
from kg.documents.tally import Tally
from kg.model import Document, Finding, Mention, Occurrence, Passage, Relation, Severity

FORMAT: Final = "pubtator"
#: Sections by their mark; another mark names its section itself.
SECTIONS: Final = {"t": "title", "a": "abstract"}
# A PMID, a PMC identifier or a DOI.
_PMID: Final = re.compile(r"(?:PMID:?)?\s*([0-9]{1,9})", re.IGNORECASE)

#: Number and columns of a line.
_Row = tuple[int, list[str]]
#: Start and end of a mention in the joined text, and how it was found where that is not where the source says.
_Place = tuple[int, int, Placement | None]

_NO_TEXT: Final = "the input has no text of its document near by"


def read_pubtator(stream: IO[bytes], name: str, tally: Tally) -> Iterator[Document]:
    """Read documents in PubTator's format.

    Args:
        stream: the bytes, not compressed; read forwards, once.
        name: the input's name.
        tally: is told of every document, mention and relation, and of lines that belong to nothing.

    Yields:
        The documents in the order of their first lines. A PMID that the input has twice is two documents.

    >>> import io
    >>> text = b"1|t|Fever after aspirin.\\n1|a|It fell.\\n1\\t0\\t5\\tFever\\tDisease\\tD005334\\n"
    >>> tally = Tally("a.txt")
    >>> [(d.id, m.asserted, m.occurrences[0].end) for d in read_pubtator(io.BytesIO(text), "a.txt", tally)
    ...  for m in d.mentions]
    [('PMID:1', 'MESH:D005334', 5)]
    >>> tally.balanced()
    True
    """
    reader = DraftReader(name, tally)
    for draft in gather(stream):
        if document := reader.read(draft):
            yield document


class DraftReader:
    """Makes documents of what `gather` yields.

    Args:
        name: the input's name.
        tally: is told of every document, mention and relation, and of stray lines.
        gap: how many characters stand between title and abstract in the input's last document with a fault.

    Attributes:
        gap: the same, as documents are read.
        faulty: whether a document was read on which ``gap`` had a say: one with a span that is not exact.
    """

    def __init__(self, name: str, tally: Tally, gap: int = 1) -> None:
        self.name = name
        self.tally = tally
        self.gap = gap
        self.faulty = False

    def read(self, draft: Draft | Stray) -> Document | None:
        """Make a document; None where it has no text or is a stray line, and the tally says so.

        >>> tally = Tally("a.txt")
        >>> document = DraftReader("a.txt", tally).read(Draft("7", [("t", "Fever")]))
        >>> document and document.id, DraftReader("a.txt", tally).read(Stray(3, "x", "no tab"))
        ('PMID:7', None)
        """
        if isinstance(draft, Stray):
            self.tally.receive("line")
            self.tally.set_aside("line", draft.reason, line=draft.number, text=draft.text)
            return None
        mentions, relations = self._sorted_rows(draft)
        reason = _NO_TEXT
        if draft.sections:
            self.tally.receive("document")
            if any(text.strip() for _, text in draft.sections):
                return self._document(draft, mentions, relations)
            self.tally.set_aside("document", "neither title nor abstract", line=draft.line, text=draft.key)
            reason = "its document has neither title nor abstract"
        for number, columns in mentions:
            self.tally.set_aside("mention", reason, line=number, text=" ".join(columns))
        for number, columns in relations:
            self.tally.set_aside("relation", reason, line=number, text=" ".join(columns))
        return None

    def _sorted_rows(self, draft: Draft) -> tuple[list[_Row], list[_Row]]:
        """Return mention and relation rows; what is neither, or too short, goes to the tally."""
        mentions: list[_Row] = []
        relations: list[_Row] = []
        received = 0
        for number, line in draft.rows:
            columns = line.split("\t")
            # Without the white space that may stand around it.
            columns[0] = draft.key
            first = columns[1][:1]
            if number == draft.cut_row:
                received += 1
                self.tally.set_aside("mention", "the input is cut off in its line", line=number, text=" ".join(columns))
            elif len(columns) >= 5 and not first.isalpha():
                received += 1
                if columns[3].strip():
                    mentions.append((number, columns))
                else:
                    self.tally.set_aside("mention", "no text", line=number, text=" ".join(columns))
            elif first.isdigit():
                received += 1
                self.tally.set_aside("mention", "fewer columns than a mention has", line=number, text=" ".join(columns))
            elif first.isalpha() and len(columns) >= 4:
                relations.append((number, columns))
            else:
                self.tally.receive("line")
                self.tally.set_aside("line", "neither a mention nor a relation", line=number, text=" ".join(columns))
        if received:
            self.tally.receive("mention", received)
        if relations:
            self.tally.receive("relation", len(relations))
        return mentions, relations

    def _document(self, draft: Draft, rows: list[_Row], relation_rows: list[_Row]) -> Document:
        draft.sections.sort(key=lambda section: section[0] != "t")
        if not draft.has("t"):
            draft.sections.insert(0, ("t", ""))
        sections = _named(draft.sections)
        sha256 = hashlib.sha256("\n".join(draft.lines).encode("utf-8", "surrogatepass")).hexdigest()
        pmid, pmcid, doi = _ids(draft.key)
        identifier = document_id(pmid, pmcid, doi, sha256)
        findings: list[Finding] = []
        for problem, count in sorted(draft.notes.items()):
            findings.append(_text_finding(identifier, problem, count))
        if draft.cut:
            findings.append(_text_finding(identifier, "ends in the middle: the input is cut off", 1))
        mentions = self._mentions(identifier, sections, rows, findings)
        relations = self._relations(identifier, mentions, relation_rows) if relation_rows else ()
        self.tally.keep("document")
        document = Document(
            id=identifier, input=self.name, format=FORMAT, sha256=sha256, title=sections[0][1].strip(), pmcid=pmcid,
            pmid=pmid, doi=doi, abstract_truncated=draft.cut and not draft.cut_row and draft.has("a"),
            passages=tuple(Passage(section, text) for section, text in sections if text.strip()), mentions=mentions,
            relations=relations, findings=tuple(findings),
        )  # fmt: skip
        return without_references(document)

    def _mentions(
        self, document: str, sections: Sequence[tuple[str, str]], rows: list[_Row], findings: list[Finding]
    ) -> tuple[Mention, ...]:
        """Make the mentions of a document, with their places in its passages."""
        texts = [text for _, text in sections]
        gap, places = self._placed(texts, rows)
        if gap != 1:
            message = f"the offsets count {gap or 'no'} characters between title and abstract"
            findings.append(_finding(document, "span-repaired", "info", message))
        starts = [0]
        for text in texts[:-1]:
            starts.append(starts[-1] + len(text) + gap)
        bounds = [sentence_spans(text) or ((0, len(text)),) for text in texts]
        begins = [[begin for begin, _ in spans] for spans in bounds]
        mentions: dict[str, Mention] = {}
        for (number, columns), (low, high, found_as) in zip(rows, places, strict=True):
            start, end, surface = columns[1:4]
            category = category_of(columns[4])
            written = columns[5].strip() if len(columns) > 5 else ""
            curies, unread = identifiers(written, category)
            repair = found_as
            section = ""
            occurrences: tuple[Occurrence, ...] = ()
            if low >= 0:
                rank = bisect_right(starts, low) - 1
                at, to = low - starts[rank], high - starts[rank]
                if to > len(texts[rank]):
                    repair = Placement(-1, -1, "unplaced", "it stands across two passages")
                else:
                    section, text = sections[rank]
                    start, end = str(at), str(to)
                    # What stands before the first sentence is white space at most.
                    sentence = bounds[rank][max(0, bisect_right(begins[rank], at) - 1)]
                    occurrences = (Occurrence(section, at, to, text[at:to], *sentence),)
                    if repair:
                        repair = Placement(at, to, repair.how)
            key = association_id("mention", document, FORMAT, section, start, end, category, surface, written)
            if key in mentions:
                self.tally.merge("mention", "given twice", line=number, text=" ".join(columns), target=key)
                continue
            mentions[key] = mention = Mention(
                key, document, number, FORMAT, category, surface, written if curies or unread else "",
                curies[0] if curies else None, occurrences, curies[1:],
            )  # fmt: skip
            if repair and (finding := span_finding(mention, repair, columns[1], columns[2])):
                findings.append(finding)
        if mentions:
            self.tally.keep("mention", len(mentions))
        return tuple(mentions.values())

    def _placed(self, texts: list[str], rows: list[_Row]) -> tuple[int, list[_Place]]:
        """Place the mentions in the joined text; return how many characters stand between its sections, and the places.

        One by the format; none or two where the mentions say so, and say so more than once.
        """
        whole = " ".join(texts)
        exact: list[_Place] = []
        try:
            for _, columns in rows:
                start, end, surface = int(columns[1]), int(columns[2]), columns[3]
                if whole[start:end] != surface or not 0 <= start < end == start + len(surface):
                    break
                exact.append((start, end, None))
        except ValueError:
            exact.clear()
        # Nearly every document is without fault; only the others need objects.
        if len(exact) == len(rows):
            return 1, exact
        self.faulty = True
        spans = [(_offset(columns[1]), _offset(columns[2]), columns[3]) for _, columns in rows]
        best = (1, SpanReader().place_all(whole, spans))
        most = _verbatim(best[1])
        for gap in (0, 2):
            least = most + (1 if gap == self.gap else 2)
            text = (" " * gap).join(texts)
            if sum(text[start:end] == surface for start, end, surface in spans) < least:
                continue
            places = SpanReader().place_all(text, spans)
            if (count := _verbatim(places)) >= least:
                best, most = (gap, places), count
        self.gap = best[0]
        return best[0], [(p.start, p.end, None if p.how == "exact" else p) for p in best[1]]

    def _relations(self, document: str, mentions: Sequence[Mention], rows: list[_Row]) -> tuple[Relation, ...]:
        # A document says the same of many places; the ends need it once, in the order of the first ones.
        told: dict[tuple[str, str], Mention] = {}
        for mention in mentions:
            told.setdefault((mention.asserted_as, mention.category), mention)
        ends = Ends(told.values())
        relations: dict[tuple[str, str, str], tuple[Relation, ...]] = {}
        for number, columns in rows:
            kind, first, second = (column.strip() for column in columns[1:4])
            text = " ".join(columns)
            if (kind, first, second) in relations:
                self.tally.merge("relation", "given twice", line=number, text=text, target=document)
                continue
            found, reason = ends.relations(document, number, kind, first, second)
            if reason:
                self.tally.set_aside("relation", reason, line=number, text=text)
                continue
            relations[kind, first, second] = found
            self.tally.keep("relation")
        return tuple(relation for found in relations.values() for relation in found)


def _named(sections: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (section, text) of each; several of one section are numbered."""
    seen: dict[str, int] = {}
    named = []
    for mark, text in sections:
        section = SECTIONS.get(mark, mark)
        seen[section] = seen.get(section, 0) + 1
        named.append((section if seen[section] == 1 else f"{section} {seen[section]}", text))
    return named


def _ids(key: str) -> tuple[str | None, str | None, str | None]:
    """Return PMID, PMCID and DOI of a document's identifier; one of them at most.

    >>> _ids("123"), _ids("PMC45"), _ids("case-1")
    (('123', None, None), (None, 'PMC45', None), (None, None, None))
    """
    if found := _PMID.fullmatch(key):
        return found.group(1), None, None
    curie = normalize(key) or normalize(f"doi:{key}") or ""
    prefix, _, local = curie.partition(":")
    return None, local if prefix == "PMCID" else None, local.lower() if prefix == "doi" else None


def _offset(written: str) -> int:
    """Return an offset, -1 where it is no number."""
    try:
        return int(written)
    except ValueError:
        return -1


def _verbatim(places: Sequence[Placement]) -> int:
    return sum(place.how in {"exact", "bytes", "utf16"} for place in places)


def _finding(document: str, code: str, severity: Severity, message: str) -> Finding:
    return Finding(
        id=association_id("finding", document, code, message), code=code, severity=severity, document=document,
        mention=None, text="", asserted=None, asserted_name=None, suggested=None, suggested_name=None, message=message,
    )  # fmt: skip


def _text_finding(document: str, problem: str, count: int) -> Finding:
    times = f" ({count} times)" if count > 1 else ""
    severity: Severity = "warning" if problem in {NUL, NOT_UTF8} or "cut off" in problem else "info"
    return _finding(document, "text-damaged", severity, f"a line of the document {problem}{times}")
