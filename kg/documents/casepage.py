"""The seed's case pages: title, head line, summaries, abstract, entity lists, figures, source.

Every non-blank line of a page is received by the ledger and either kept (it became part of the document)
or set aside with a reason. Nothing is guessed: what has no place is a ledger row.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from kg.curies import association_id, normalize
from kg.documents.entitylist import Entry, parse_entries, split_line
from kg.documents.intake import Line, printable
from kg.documents.occurrences import find_occurrences, name_pattern
from kg.model import Document, LedgerEntry, Mention, Passage, Reading

FORMAT = "casepage"

#: Heading as written, case-folded -> section.
SECTIONS = {
    "tl;dr": "tldr", "tldr": "tldr", "contribution": "contribution", "contributions": "contribution",
    "key findings": "findings", "findings": "findings", "abstract": "abstract",
    "linked entities": "Linked entities", "full-text entities": "Full-text entities",
    "full text entities": "Full-text entities", "figures": "figures",
}  # fmt: skip
_TEXT = frozenset({"tldr", "contribution", "findings", "abstract"})
_LISTS = frozenset({"Linked entities", "Full-text entities"})
#: A page must have one of these to be told from any other text.
_TELLING = frozenset({"abstract", "Linked entities", "Full-text entities", "findings", "tldr"})

_HEADING = re.compile(r"^(#{1,6})\s+([^#\n].*)$")
_RULE = re.compile(r"^\s*([-*_])(?:\s*\1){2,}\s*$")
_LABELLED = re.compile(r"^\s*(?:\*\*|__)?\s*(Authors?|Source)\s*:\s*(?:\*\*|__)?\s*(.*)$", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[-*•+]\s+")
_DOI = re.compile(r"(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_PMCID = re.compile(r"\bPMC[0-9]{4,}\b")
_PMID = re.compile(r"\bPMID:?\s*([0-9]{4,9})\b", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}(?:[-/][0-9]{2}(?:[-/][0-9]{2})?)?")
_NO_VALUE = re.compile(r"(?:doi|pmid|pmcid)?\s*:?\s*(?:n/?a|none|-|–)?", re.IGNORECASE)
_NO_AUTHOR = re.compile(r"et al\.?|M\.?D\.?|Ph\.?D\.?|M\.?Sc\.?|B\.?Sc\.?|MBBS|Jr\.?|Sr\.?", re.IGNORECASE)
#: Where a second page of one file is set aside.
_SECOND = "second page"
_FIGURES = re.compile(r"([0-9]+)\s+figures?\b", re.IGNORECASE)
_URL = re.compile(r"https?://\S+")


def section_of(text: str) -> str | None:
    """Return the section that a heading names, or None.

    >>> section_of("Findings:"), section_of("Conclusion")
    ('findings', None)
    """
    return SECTIONS.get(" ".join(text.strip().strip("*_").rstrip(":").casefold().split()))


def is_case_page(lines: list[Line]) -> bool:
    """Tell by content whether the lines are a case page: a heading of its own, on a line of its own.

    >>> is_case_page([Line(1, "## Abstract")]), is_case_page([Line(1, "An abstract of what was found.")])
    (True, False)
    """
    sections = (section_of(_heading_text(line.text)) for line in lines if len(line.text) < 40)
    return any(s in _TELLING for s in sections)


def read_case_page(name: str, sha256: str, lines: list[Line]) -> Reading:
    """Read one case page.

    Args:
        name: the input's name, for the ledger.
        sha256: hash of the input's bytes.
        lines: every line of the page in order.

    Returns:
        A reading with one document, or none where the page has no title (then the ledger says so).

    Example:
        >>> page = "# A case\\n\\nPMC · DOI: 10.5555/x · 2026-01-02\\n\\n## Abstract\\n\\nIt went well."
        >>> reading = read_case_page("a.md", "0", [Line(i, t) for i, t in enumerate(page.split("\\n"), 1)])
        >>> reading.documents[0].doi, reading.documents[0].date
        ('10.5555/x', '2026-01-02')
    """
    page = _Page(name)
    page.read(lines)
    document = page.document(sha256)
    # A page without a title makes no document: none of its lines or entries is kept, and each says why.
    lost = "" if document else f"its page is set aside: {page.problem}"
    ledger = [
        LedgerEntry(name, "document", "received"),
        LedgerEntry(name, "document", "kept", target=document.id)
        if document
        else LedgerEntry(name, "document", "set_aside", reason=page.problem),
        LedgerEntry(name, "line", "received", count=sum(bool(line.text.strip()) for line in lines)),
    ]
    if page.kept:
        outcome = LedgerEntry(name, "line", "set_aside" if lost else "kept", count=page.kept, reason=lost)
        ledger.append(outcome)
    ledger += page.aside
    if page.entries:
        ledger.append(LedgerEntry(name, "mention", "received", count=page.entries))
    if lost and page.listed:
        ledger.append(LedgerEntry(name, "mention", "set_aside", count=len(page.listed), reason=lost))
    elif document:
        ledger += page.merged
        if document.mentions:
            ledger.append(LedgerEntry(name, "mention", "kept", count=len(document.mentions)))
    return Reading((document,) if document else (), tuple(ledger))


@dataclass(slots=True)
class _Page:
    """The state of reading one page; `read` fills it, `document` makes the record."""

    name: str
    title: str = ""
    head: dict[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    text: dict[str, list[list[str]]] = field(default_factory=dict)
    lists: list[tuple[str, Line]] = field(default_factory=list)
    listed: list[tuple[str, int, str, Entry]] = field(default_factory=list)
    figures: tuple[int | None, str | None] = (None, None)
    figures_cut: bool = False
    source: str | None = None
    kept: int = 0
    entries: int = 0
    aside: list[LedgerEntry] = field(default_factory=list)
    merged: list[LedgerEntry] = field(default_factory=list)
    problem: str = ""

    def read(self, lines: list[Line]) -> None:
        section = "head"
        last = max((line.number for line in lines if line.text.strip()), default=0)
        broken = True  # whether a blank line or heading came just before: a new paragraph
        for line in lines:
            if not line.text.strip():
                broken = True
                continue
            if line.problem:
                self.set_aside(line, line.problem)
                continue
            if section == _SECOND:
                self.set_aside(line, "a second page in one file")
                continue
            heading = self.heading(line.text, after_break=broken)
            if heading is not None:
                section = self.begin(line, heading, section)
                broken = True
                continue
            if section != "source" and _RULE.match(line.text):
                section, broken = "source", True
                self.kept += 1
                continue
            self.place(line, section, broken=broken)
            # A page that ends in its figures' link is cut off, and so may be the link.
            self.figures_cut = section == "figures" and line.number == last
            broken = False

    def heading(self, text: str, *, after_break: bool) -> str | None:
        """Return what a heading line says, None where the line is no heading."""
        marked = _HEADING.match(text)
        if marked:
            return marked.group(2).rstrip("# ")
        # Pages without marks: a known heading alone on its line, after a blank one.
        return text.strip() if after_break and self.title and section_of(text) else None

    def begin(self, line: Line, heading: str, current: str) -> str:
        """Enter the section of a heading; return its name."""
        section = section_of(heading)
        if section:
            self.kept += 1
            return section
        level = len(line.text) - len(line.text.lstrip("#"))
        if level >= 3 and current in _TEXT:
            # A heading inside the abstract ("### Background") parts paragraphs and is no text of its own.
            self.kept += 1
            return current
        if level == 1 and self.title and current != "head":
            self.set_aside(line, "a second page in one file")
            return _SECOND
        if not self.title and heading:
            self.title = _unmarked(heading)
            self.kept += 1
            return "head"
        self.set_aside(line, "a heading that case pages do not have")
        return "unknown"

    def place(self, line: Line, section: str, *, broken: bool) -> None:
        """Put a line where it belongs, or set it aside."""
        labelled = _LABELLED.match(line.text)
        if labelled and labelled.group(1).casefold() == "source" and section != "abstract":
            self.source = self.source or _first_url(labelled.group(2)) or labelled.group(2).strip() or None
            self.kept += 1
        elif section == "head":
            self.place_head(line, labelled)
        elif section in _TEXT:
            self.place_text(line.text, section, broken=broken)
        elif section in _LISTS:
            self.lists.append((section, line))
            if split_line(line.text):
                self.kept += 1
            else:
                self.set_aside(line, f"not an entity list with a kind that is read ({section})")
        elif section == "figures":
            self.place_figures(line)
        else:
            reason = "text after the end of the page" if section == "source" else "text under an unknown heading"
            self.set_aside(line, reason)

    def place_head(self, line: Line, labelled: re.Match[str] | None) -> None:
        if labelled and labelled.group(1).casefold().startswith("author"):
            names = re.split(r"\s*[,;]\s*|\s+and\s+", labelled.group(2).strip().strip("*"))
            self.authors = tuple(n for n in names if n and not _NO_AUTHOR.fullmatch(n))
        elif not self.title:
            self.title = _unmarked(line.text)
        elif " · " in line.text or _DOI.search(line.text):
            if not self.place_head_parts(line):
                return
        else:
            self.set_aside(line, "text before the first heading")
            return
        self.kept += 1

    def place_head_parts(self, line: Line) -> bool:
        """Read the head line `PMC · DOI: … · [journal ·] date`; False where a part has no place."""
        rest: list[str] = []
        for index, part in enumerate(p.strip().strip("*") for p in line.text.split("·")):
            for key, pattern in (("doi", _DOI), ("pmcid", _PMCID), ("pmid", _PMID)):
                if found := pattern.search(part):
                    self.head.setdefault(key, found.group(found.lastindex or 0))
                    break
            else:
                if date := _date(part):
                    self.head.setdefault("date", date)
                elif index and part and not _NO_VALUE.fullmatch(part):
                    rest.append(part)
        # The first part names the site that the page was taken from (PMC); the one before the date is the journal.
        if rest:
            self.head.setdefault("journal", rest[0])
        if len(rest) > 1:
            self.set_aside(line, f"head line with parts that have no place: {', '.join(rest[1:])}")
            return False
        return True

    def place_text(self, text: str, section: str, *, broken: bool) -> None:
        paragraphs = self.text.setdefault(section, [])
        bullet = _BULLET.match(text) if section == "findings" else None
        if bullet or broken or not paragraphs:
            paragraphs.append([])
        paragraphs[-1].append(text[bullet.end() :] if bullet else text)
        self.kept += 1

    def place_figures(self, line: Line) -> None:
        count, url = _FIGURES.search(line.text), _first_url(line.text)
        if not count and not url:
            self.set_aside(line, "no figure count and no link")
            return
        self.figures = (int(count.group(1)) if count else self.figures[0], url or self.figures[1])
        self.kept += 1

    def set_aside(self, line: Line, reason: str) -> None:
        self.aside.append(
            LedgerEntry(self.name, "line", "set_aside", reason=reason, line=line.number, text=printable(line.text))
        )

    def document(self, sha256: str) -> Document | None:
        """Make the document; None (and `problem`) where the page has no title."""
        passages = tuple(self.passages())
        self.parse_lists(passages)
        if not self.title:
            self.problem = "no title"
            return None
        if not passages[1:] and not self.listed:
            self.problem = "a title and nothing else that is read"
            return None
        pmcid = self.head.get("pmcid")
        # The figures' link stands before the source, and is whole where a page is cut off in its last line.
        for address in ("" if self.figures_cut else self.figures[1], self.source):
            found = _PMCID.search(address or "")
            pmcid = pmcid or (found.group() if found else None)
        doi = self.head.get("doi", "").rstrip(".,;)").lower() or None
        identifier = document_id(self.head.get("pmid"), pmcid, doi, sha256)
        abstract = [p.text for p in passages if p.section.startswith("abstract.")]
        return Document(
            id=identifier, input=self.name, format=FORMAT, sha256=sha256, title=self.title, authors=self.authors,
            pmcid=pmcid, pmid=self.head.get("pmid"), doi=doi, journal=self.head.get("journal"),
            date=self.head.get("date"), figure_count=self.figures[0], figure_url=self.figures[1],
            source_url=self.source, passages=passages, mentions=tuple(self.mentions(identifier, passages)),
            abstract_truncated=bool(abstract) and abstract[-1].rstrip("])").endswith(("…", "...")),
        )  # fmt: skip

    def passages(self) -> Iterator[Passage]:
        yield Passage("title", self.title)
        for section in ("tldr", "contribution", "findings", "abstract"):
            paragraphs = [" ".join(" ".join(p).split()) for p in self.text.get(section, [])]
            numbered = section in {"findings", "abstract"} or len(paragraphs) > 1
            for i, text in enumerate(filter(None, paragraphs), 1):
                yield Passage(f"{section}.{i}" if numbered else section, text)

    def parse_lists(self, passages: tuple[Passage, ...]) -> None:
        occurs = _occurs_in(passages)
        for section, line in self.lists:
            parts = split_line(line.text)
            if not parts:
                continue
            for entry in parse_entries(parts[1], occurs, parts[0]):
                self.entries += 1
                if entry.problem:
                    text = printable(f"{entry.name} ({entry.asserted_as})" if entry.asserted_as else entry.name)
                    self.aside.append(
                        LedgerEntry(self.name, "mention", "set_aside", 1, entry.problem, line.number, text)
                    )
                else:
                    self.listed.append((section, line.number, parts[0], entry))

    def mentions(self, document: str, passages: tuple[Passage, ...]) -> Iterator[Mention]:
        seen: set[str] = set()
        for section, number, category, entry in self.listed:
            key = (document, section, category, entry.name, entry.asserted_as)
            identifier = association_id("mention", *key)
            if identifier in seen:
                row = LedgerEntry(
                    self.name, "mention", "merged", 1, "listed twice", number, printable(entry.name), identifier
                )
                self.merged.append(row)
                continue
            seen.add(identifier)
            yield Mention(
                id=identifier, document=document, line=number, source_list=section, category=category,
                text=entry.name, asserted_as=entry.asserted_as, asserted=entry.asserted,
                occurrences=tuple(find_occurrences(entry.name, passages)),
            )  # fmt: skip


def document_id(pmid: str | None, pmcid: str | None, doi: str | None, sha256: str) -> str:
    """Return a document's identifier: PMID, else PMCID, else DOI, else a URN of its content.

    >>> document_id(None, "PMC13003748", "10.1186/s12903-026-08027-w", "")
    'PMCID:PMC13003748'
    """
    for prefix, local in (("PMID", pmid), ("PMCID", pmcid), ("doi", doi)):
        if local and (curie := normalize(f"{prefix}:{local}")):
            return curie
    return f"casegraph:document-{sha256[:16]}"


def _occurs_in(passages: tuple[Passage, ...]) -> Callable[[str], bool]:
    return cache(lambda name: any(name_pattern(name).search(p.text) for p in passages))


def _heading_text(text: str) -> str:
    marked = _HEADING.match(text)
    return marked.group(2) if marked else text


def _unmarked(text: str) -> str:
    """Return a title without bold marks and doubled spaces.

    >>> _unmarked("**A  case**")
    'A case'
    """
    return " ".join(text.strip().strip("*_").split())


def _date(text: str) -> str | None:
    """Return a date as ISO 8601 writes it; a year or a month alone will do. None where it is no date.

    >>> _date("2026/03/06"), _date("2026-03"), _date("2026-13-45")
    ('2026-03-06', '2026-03', None)
    """
    if not _DATE.fullmatch(text):
        return None
    iso = text.replace("/", "-")
    try:
        datetime.date.fromisoformat(iso + "-01-01"[3 * iso.count("-") :])
    except ValueError:
        return None
    return iso


def _first_url(text: str) -> str | None:
    found = _URL.search(text)
    return found.group().rstrip(".,;)>]") if found else None
