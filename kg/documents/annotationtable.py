"""Tables of annotations: CSV, TSV or JSON lines, a row for each mention or a row for each document.

Rows of one document that follow each other are one document; where it comes back later, it is another record of it, so
that memory is bounded by the largest document and not by the table.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Final, Literal

from kg.curies import association_id
from kg.documents.annotationtypes import category_of
from kg.documents.biocheader import authors_in
from kg.documents.biocparts import clean
from kg.documents.casepage import document_id
from kg.documents.contenthash import content_hash
from kg.documents.identifiers import identifiers
from kg.documents.occurrences import find_occurrences
from kg.documents.pubmed import Draft, iso_date
from kg.documents.referencelist import without_references
from kg.documents.sentences import sentence_at
from kg.documents.spans import Placement, SpanReader, span_finding
from kg.documents.tablecolumns import TableColumns, plain
from kg.documents.tablerows import Row, table_rows
from kg.documents.tally import Tally
from kg.model import Document, Finding, LedgerEntry, Mention, Occurrence, Passage, Severity

FORMAT: Final = "table"
#: Why a table is not read, and why some of it may not be: the columns that the user named are not there.
NOT_READ: Final = "the header is not that of a table that is read"
NO_ROW: Final = "a column that was named is in no row"
#: What a mention is listed in where no column says who annotated it.
SOURCE_LIST: Final = "table"

#: Why a word in the column for it does not say what offsets count in.
NO_BASE: Final = "what offsets count in is 'document' or 'passage'; as if nothing stood there"
#: What a table calls the two passages, in plain letters.
_SECTIONS: Final = {
    **dict.fromkeys(("t", "ti", "title", "articletitle", "documenttitle"), "title"),
    **dict.fromkeys(("a", "ab", "abs", "abstract", "abstracttext", "text", "body"), "abstract"),
}
_SEVERAL: Final = re.compile(r"\s*[;|]\s*")
#: Sets of keys of JSON lines whose columns are remembered.
_REMEMBERED: Final = 1000


@dataclass(frozen=True, slots=True)
class _Span:
    """A row's mention before its document is known.

    ``section`` is the passage that the row names, ``base`` what it or the user says that offsets count in ("" where
    neither does).
    """

    row: Row
    section: str
    text: str
    type: str
    written: str
    annotator: str
    start: int | None
    end: int | None
    offsets_as: str
    base: str


@dataclass(slots=True)
class _Group:
    """The rows of one document so far."""

    key: tuple[str, ...]
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    spans: list[_Span] = field(default_factory=list)
    differing: dict[str, int] = field(default_factory=dict)


def read_table(stream: IO[bytes], name: str, tally: Tally, columns: TableColumns | None = None) -> Iterator[Document]:
    """Read a table, one document at a time.

    Args:
        stream: bytes of CSV, TSV or JSON lines in UTF-8.
        name: the input's name.
        tally: told of every document and mention; a row that cannot be read is a ``line``.
        columns: the columns that the user has named; others are recognised by their names.

    Example:
        >>> import io
        >>> table = b"pmid,title,start,end,mention,type,id\\n7,Fever after aspirin,0,5,Fever,Disease,D005334\\n"
        >>> document, = read_table(io.BytesIO(table), "a.csv", Tally("a.csv"))
        >>> [(m.asserted, m.occurrences[0].section) for m in document.mentions]
        [('MESH:D005334', 'title')]
    """
    asked = columns or TableColumns()
    known: dict[tuple[str, ...], TableColumns] = {}
    group: _Group | None = None
    mapped: TableColumns | None = None
    unseen = set(asked.named)
    seen: dict[str, None] = {}
    empty = True
    for row in table_rows(stream, asked.named):
        empty = False
        if row.problem:
            tally.receive("line")
            tally.set_aside("line", row.problem, line=row.line, text=row.text)
            continue
        if row.header:
            mapped, unseen = asked.within(row.cells), set()
            if problem := asked.missing(row.cells) or mapped.problem:
                tally.receive("line")
                tally.set_aside("line", f"{NOT_READ}: {problem}", line=row.line, text=row.text)
                return
            continue
        names = mapped or known.get(keys := tuple(row.cells))
        if names is None:
            names = asked.within(row.cells)
            unseen.difference_update(row.cells)
            if len(known) < _REMEMBERED:
                known[keys] = names
                seen |= dict.fromkeys(keys)
        key = _key(row, names)
        if problem := names.problem or ("" if key else "no document that it belongs to"):
            kind: Literal["mention", "document"] = "mention" if names.mention else "document"
            tally.receive(kind)
            tally.set_aside(kind, problem, line=row.line, text=row.text)
            continue
        if group is None or group.key != key:
            if group:
                yield _document(group, name, tally)
            group = _Group(key, row.line)
            tally.receive("document")
        elif not names.mention:
            tally.receive("document")
            tally.merge("document", "a further row of the document before", line=row.line, text=row.text)
        _add(group, row, names, tally)
    if group:
        yield _document(group, name, tally)
    if empty:
        tally.receive("line")
        tally.set_aside("line", "empty")
    elif unseen:
        tally.receive("line")
        tally.set_aside("line", f"{NO_ROW}: {asked.missing(seen)}")


def misfit(ledger: Iterable[LedgerEntry]) -> str:
    """Return why the columns that the user named are not those of a table, "" where they are.

    Args:
        ledger: of the table, once it has been read.

    >>> import io
    >>> tally = Tally("a.csv")
    >>> list(read_table(io.BytesIO(b"pmid,Word\\n"), "a.csv", tally, TableColumns(mention="Words")))
    []
    >>> misfit(tally.entries())
    "a.csv: the header is not that of a table that is read: no column 'Words'; did you mean 'Word'?"
    """
    found = (f"{e.input}: {e.reason}" for e in ledger if e.reason.startswith((NOT_READ, NO_ROW)))
    return next(found, "")


def _key(row: Row, columns: TableColumns) -> tuple[str, ...]:
    """Return what tells documents apart: identifiers, and without any the text."""
    for names in ((columns.document, columns.pmid, columns.pmcid, columns.doi), (columns.title, columns.abstract)):
        values = tuple(clean(row.cells.get(n, "")).strip() if n else "" for n in names)
        if any(values):
            return values
    return ()


_FIELDS: Final = ("document", "pmid", "pmcid", "doi", "title", "abstract", "journal", "date", "authors",
                  "publication_type", "license")  # fmt: skip


def _add(group: _Group, row: Row, columns: TableColumns, tally: Tally) -> None:
    """Add a row to its document."""

    def cell(of: str) -> str:
        column = getattr(columns, of)
        return clean(row.cells.get(column, "")).strip() if column else ""

    for of in _FIELDS:
        if (value := cell(of)) and group.fields.setdefault(of, value) != value:
            group.differing.setdefault(of, row.line)
    mention, written = cell("mention"), cell("identifier")
    given = (cell("start"), cell("end"))
    if not columns.mention or not (mention or written or any(given)):
        # A document without mentions has a row of its own in such tables.
        return
    tally.receive("mention")
    start, end = (int(g) if g.isascii() and g.isdigit() and len(g) < 10 else None for g in given)
    if start is not None and end is None and mention and not given[1]:
        end = start + len(mention)
    base = cell("offsets_in").casefold()
    if base not in {"", "document", "passage"}:
        tally.receive("line")
        tally.set_aside("line", NO_BASE, line=row.line, text=cell("offsets_in"))
        base = ""
    base = base or ("passage" if columns.offsets == "passage" else "")
    section = _SECTIONS.get(plain(cell("section")), "abstract" if base == "passage" else "")
    group.spans.append(
        _Span(
            row, section, mention, cell("type"), written, cell("annotator"), start, end, "-".join(filter(None, given)),
            base,
        )
    )  # fmt: skip


def _document(group: _Group, name: str, tally: Tally) -> Document:
    fields = group.fields
    draft = Draft()
    for kind in ("pmid", "pmcid", "doi"):
        draft.add_id(kind, _without_prefix(fields.get(kind, "")))
    local = _any_id(draft, fields.get("document", ""))
    title = " ".join(fields.get("title", "").split())
    passages = tuple(Passage(s, t) for s in ("title", "abstract") if (t := fields.get(s, "")))
    numbers = (draft.pmid, draft.pmcid, draft.doi)
    sha256 = content_hash(
        (*numbers, local), passages,
        [(s.section, s.base, s.start, s.end, s.text, s.type, s.written, s.annotator) for s in group.spans],
    )  # fmt: skip
    # A name of the table's own is one document only within this input.
    own = hashlib.sha256(f"{name}\x1f{local}".encode("utf-8", "replace")).hexdigest() if local else sha256
    identifier = document_id(*numbers, own)
    findings = [
        _finding(identifier, "identifier-unreadable", f"{i!r} is no identifier of a document") for i in draft.unreadable
    ]
    findings += [
        _finding(identifier, "rows-differ", f"line {line} gives another {of} than the first row of the document")
        for of, line in group.differing.items()
    ]
    mentions = list(_mentions(group, identifier, passages, findings, tally))
    tally.keep("document")
    date = iso_date(*(*fields.get("date", "").replace("/", "-").split("-"), "", "", "")[:3])
    document = Document(
        id=identifier, input=name, format=FORMAT, sha256=sha256, title=title or local,
        authors=authors_in(fields.get("authors", "")), pmcid=draft.pmcid, pmid=draft.pmid,
        doi=draft.doi, journal=fields.get("journal"), date=date, license=fields.get("license"),
        passages=passages, mentions=tuple(mentions),
        publication_types=tuple(filter(None, _SEVERAL.split(fields.get("publication_type", "")))),
        findings=tuple(findings),
    )  # fmt: skip
    return without_references(document)


def _without_prefix(written: str) -> str:
    """Return an identifier without its prefix, and a number without the ``.0`` that a column of floats gives it.

    >>> _without_prefix("PMID:123"), _without_prefix("PMCID: PMC7"), _without_prefix("123.0")
    ('123', 'PMC7', '123')
    """
    return re.sub(r"^(?:PMID|PMCID|PubMed)\s*:?\s*(?=\S)|(?<=\d)\.0$", "", written, flags=re.IGNORECASE)


def _any_id(draft: Draft, written: str) -> str:
    """Take an identifier of any kind into the draft; return what is left of it: a name of the table's own.

    A bare number is a PMID only where it has seven or eight digits; shorter ones count rows.

    >>> draft = Draft()
    >>> [_any_id(draft, w) for w in ("PMC7654321", "12345678", "17", "doc-1")], draft.pmcid, draft.pmid
    (['', '', '17', 'doc-1'], 'PMC7654321', '12345678')
    """
    if re.fullmatch(r"(?:PMID|PubMed)\s*:?\s*[0-9]{1,8}(?:\.0)?|[0-9]{7,8}(?:\.0)?", written, re.IGNORECASE):
        draft.add_id("pmid", _without_prefix(written))
    elif re.fullmatch(r"(?:PMCID\s*:?\s*)?PMC\s*:?\s*[0-9]+", written, re.IGNORECASE):
        draft.add_id("pmcid", re.sub(r"\D", "", written))
    elif re.match(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?10\.[0-9]{4,9}/\S+$", written, re.IGNORECASE):
        draft.add_id("doi", written)
    else:
        return written
    return ""


def _mentions(
    group: _Group, document: str, passages: tuple[Passage, ...], findings: list[Finding], tally: Tally
) -> Iterator[Mention]:
    bases, counted = _bases(group.spans, passages)
    if counted:
        message = f"the offsets of {counted} mentions count from the begin of the section that their rows name"
        findings.append(_finding(document, "span-repaired", message, "info"))
    placed = _placed(group.spans, bases, passages)
    seen: set[str] = set()
    for span, base, found in zip(group.spans, bases, placed, strict=True):
        row = span.row
        text = span.text or (found[0].text if found else "")
        category = category_of(span.type)
        curies, unread = identifiers(span.written, category)
        if not text and not curies and not unread:
            tally.set_aside("mention", "neither a surface form nor an identifier", line=row.line, text=row.text)
            continue
        listed = span.annotator or SOURCE_LIST
        key = association_id(
            "mention", document, FORMAT, listed, base and span.section, span.offsets_as, category, text, span.written
        )
        if key in seen:
            tally.merge("mention", "given twice", line=row.line, text=row.text, target=key)
            continue
        seen.add(key)
        tally.keep("mention")
        placement = found[1] if found else None
        mention = Mention(
            key, document, row.line, listed, category, text or span.written, span.written if curies or unread else "",
            curies[0] if curies else None,
            _occurrences(text, found, passages) if found or not span.offsets_as else (), curies[1:],
        )  # fmt: skip
        if passages and span.offsets_as:
            why = "" if span.start is not None and span.end is not None else "the offsets are no numbers"
            finding = span_finding(
                mention, placement or Placement(-1, -1, "unplaced", why), span.start or 0 if not why else span.offsets_as,
                span.end or 0 if not why else "",
            )  # fmt: skip
            findings += [finding] if finding else []
        yield mention


@dataclass(frozen=True, slots=True)
class _Found:
    """A place in a passage."""

    passage: Passage
    text: str


def _bases(spans: list[_Span], passages: tuple[Passage, ...]) -> tuple[list[str], int]:
    """Return what each span's offsets count in, "" for the document, and how many nobody has said to count in a passage.

    A row that names its section and does not say what its offsets count in is asked: a span that is exact in its own
    section counts there, unless it is exact in the document as well, and in that section. Where it is both, what more
    rows of the document say counts.
    """
    texts = {p.section: p.text for p in passages}
    whole = "\n".join(p.text for p in passages)
    begin = len(texts["title"]) + 1 if "title" in texts else 0
    exact: dict[int, tuple[bool, bool]] = {}
    for i, span in enumerate(spans):
        if span.base or not span.text or span.section not in texts or span.start is None or span.end is None:
            continue
        of_title = span.start < begin
        here = texts[span.section][span.start : span.end] == span.text
        there = whole[span.start : span.end] == span.text and of_title == (span.section == "title" and begin > 0)
        # In the title both are one.
        if span.section != "title":
            exact[i] = here, there
    by_section = sum(here and not there for here, there in exact.values())
    by_document = sum(there and not here for here, there in exact.values())
    bases = []
    counted = 0
    for i, span in enumerate(spans):
        here, there = exact.get(i, (False, False))
        found = here and (not there or by_section > by_document)
        counted += found
        bases.append("passage" if span.base == "passage" or found else "")
    return bases, counted


def _placed(
    spans: list[_Span], based: list[str], passages: tuple[Passage, ...]
) -> list[tuple[_Found, Placement] | None]:
    """Return where each span stands, verified against the text; None where it is nowhere or has no offsets."""
    by_name = {p.section: p for p in passages}
    bases = {"title": 0, "abstract": len(by_name["title"].text) + 1 if "title" in by_name else 0}
    home: dict[str, list[int]] = {p.section: [] for p in passages}
    for i, span in enumerate(spans):
        if span.start is None or span.end is None or not passages:
            continue
        section = "abstract" if "title" not in by_name or span.start >= bases["abstract"] else "title"
        if based[i]:
            section = span.section
        home.get(section, home[passages[-1].section]).append(i)
    result: list[tuple[_Found, Placement] | None] = [None] * len(spans)
    reader = SpanReader()
    for passage in passages:
        given = []
        for i in home[passage.section]:
            base = 0 if based[i] else bases[passage.section]
            start, end = (spans[i].start or 0) - base, (spans[i].end or 0) - base
            given.append((start, end, spans[i].text or passage.text[max(0, start) : max(0, end)]))
        for i, place in zip(home[passage.section], reader.place_all(passage.text, given), strict=True):
            # A word that was moved within another section than its row names is not the one that is meant.
            if place.how == "moved" and spans[i].section in by_name and spans[i].section != passage.section:
                continue
            if place.how != "unplaced":
                result[i] = (_Found(passage, passage.text[place.start : place.end]), place)
    return result


def _occurrences(
    text: str, found: tuple[_Found, Placement] | None, passages: tuple[Passage, ...]
) -> tuple[Occurrence, ...]:
    """Return the place of a span; without offsets every place where its name stands."""
    if found is None:
        return tuple(find_occurrences(text, passages))
    passage, place = found[0].passage, found[1]
    bounds = sentence_at(passage.text, place.start)
    return (Occurrence(passage.section, place.start, place.end, found[0].text, *bounds),)


def _finding(document: str, code: str, message: str, severity: Severity = "warning") -> Finding:
    return Finding(
        association_id("finding", document, code, message), code, severity, document, None, "", None, None, None, None,
        message,
    )  # fmt: skip
