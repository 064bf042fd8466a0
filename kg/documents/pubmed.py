"""PubMed's article records (https://dtd.nlm.nih.gov/ncbi/pubmed/), and the draft that readers of articles fill."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from kg.curies import normalize
from kg.documents.annotationtypes import UNKNOWN
from kg.documents.jatstext import text_of
from kg.model import CHEMICAL, DISEASE, TAXON

_DOI_HEAD: Final = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
#: Labels that PubMed gives a part of an abstract that has none.
_NO_LABEL: Final = frozenset({"", "UNLABELLED", "UNASSIGNED"})
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
_SUPPLEMENTARY: Final = {"Disease": DISEASE, "Chemical": CHEMICAL, "Organism": TAXON}


@dataclass(frozen=True, slots=True)
class Heading:
    """What an indexer says of an article: a name of MeSH with its identifier ("" where the record has none)."""

    source_list: str
    category: str
    text: str
    identifier: str


@dataclass(slots=True)
class Draft:
    """What is read of an article, before it is a document. ``passages`` are (section, text), not yet numbered."""

    title: str = ""
    pmid: str | None = None
    pmcid: str | None = None
    doi: str | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    date: str | None = None
    license: str | None = None
    figure_count: int | None = None
    publication_types: tuple[str, ...] = ()
    passages: list[tuple[str, str]] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def add_id(self, kind: str, written: str) -> None:
        """Take an identifier: ``pmid``, ``pmc``, ``pmcid`` or ``doi``; the first of each that can be read.

        Others (publishers' numbers) are passed over; one that cannot be read is kept in ``unreadable``.

        >>> draft = Draft()
        >>> draft.add_id("pmc", "3166277"); draft.add_id("doi", "https://doi.org/10.5555/ABC"); draft.add_id("pmid", "n/a")
        >>> draft.pmcid, draft.doi, draft.unreadable
        ('PMC3166277', '10.5555/abc', ['n/a'])
        """
        written = " ".join(written.split())
        kind = {"pubmed": "pmid", "pmc": "pmcid"}.get(kind.casefold(), kind.casefold())
        if not written or kind not in {"pmid", "pmcid", "doi"}:
            return
        if kind == "doi":
            local = _DOI_HEAD.sub("", written).rstrip(".,;").lower()
            sound = normalize(f"doi:{local}") is not None
            self.doi = self.doi or (local if sound else None)
        elif kind == "pmid":
            local = written.lstrip("0")
            sound = local.isascii() and local.isdigit() and len(local) < 10
            self.pmid = self.pmid or (local if sound else None)
        else:
            digits = re.fullmatch(r"(?:PMC)?([0-9]+)(?:\.[0-9]+)?", written, re.IGNORECASE)
            sound = digits is not None
            self.pmcid = self.pmcid or (f"PMC{digits[1]}" if digits else None)
        if not sound:
            self.unreadable.append(written)


def pubmed_draft(record: Element) -> Draft:
    """Return what is read of a ``PubmedArticle``: its abstract with the labels of its parts, and its headings.

    MeSH headings, chemicals and supplementary concepts are asserted of the article and of no place in its text.

    >>> from xml.etree.ElementTree import fromstring
    >>> record = (
    ...     "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>Fever.</ArticleTitle>"
    ...     "<Abstract><AbstractText Label='CASE'>It fell.</AbstractText></Abstract></Article>"
    ...     "</MedlineCitation></PubmedArticle>")
    >>> pubmed_draft(fromstring(record)).passages
    [('title', 'Fever.'), ('abstract', 'CASE: It fell.')]
    """
    draft = Draft()
    citation = record.find("MedlineCitation")
    article = record.find("MedlineCitation/Article")
    if citation is None or article is None:
        return draft
    draft.add_id("pmid", citation.findtext("PMID") or "")
    # Only the record's own list: each of its references has one as well.
    for element in record.findall("PubmedData/ArticleIdList/ArticleId"):
        draft.add_id(element.get("IdType", ""), element.text or "")
    for element in article.findall("ELocationID"):
        if element.get("ValidYN", "Y") == "Y":
            draft.add_id(element.get("EIdType", ""), element.text or "")
    draft.title = text_of(article.find("ArticleTitle"))
    if draft.title:
        draft.passages.append(("title", draft.title))
    for part in article.findall("Abstract/AbstractText"):
        if text := text_of(part):
            label = (part.get("Label") or "").strip(" :")
            draft.passages.append(("abstract", text if label.upper() in _NO_LABEL else f"{label}: {text}"))
    draft.authors = tuple(_authors(article))
    draft.journal = text_of(article.find("Journal/Title")) or None
    dates = [d for e in (*article.findall("ArticleDate"), *article.findall("Journal/JournalIssue/PubDate"))
             if (d := _date(e))]  # fmt: skip
    draft.date = min((d for d in dates if len(d) == 10), default=min(dates, default=None))
    draft.publication_types = tuple(
        dict.fromkeys(filter(None, map(text_of, article.findall("PublicationTypeList/PublicationType"))))
    )
    draft.headings = list(_headings(citation))
    return draft


def _authors(article: Element) -> Iterator[str]:
    for author in article.findall("AuthorList/Author"):
        parts = [text_of(author.find(part)) for part in ("ForeName", "LastName", "Suffix")]
        if not parts[0]:
            parts[0] = text_of(author.find("Initials"))
        if name := " ".join(filter(None, parts)) or text_of(author.find("CollectiveName")):
            yield name


def _date(element: Element) -> str | None:
    """Return a date of PubMed, as far as it goes; of ``MedlineDate`` ("2018 May-Jun") the year."""
    medline = re.match(r"(?:1[89]|20)[0-9][0-9]", (element.findtext("MedlineDate") or "").strip())
    year = medline[0] if medline else element.findtext("Year") or ""
    return iso_date(year, element.findtext("Month") or "", element.findtext("Day") or "")


def iso_date(year: str, month: str, day: str) -> str | None:
    """Return a date as ISO 8601 writes it, as far as its parts are sound; None without a year.

    >>> iso_date("2021", "Mar", "4"), iso_date("2021", "13", "4"), iso_date("21", "1", "1")
    ('2021-03-04', '2021', None)
    """
    year, month, day = year.strip(), month.strip(), day.strip()
    if not re.fullmatch(r"(?:1[89]|20)[0-9]{2}", year):
        return None
    ascii_number = month.isascii() and month.isdecimal()
    number = int(month[:3]) if ascii_number else _MONTHS.get(month[:3].casefold(), 0)
    if not 1 <= number <= 12:
        return year
    try:
        return datetime.date(int(year), number, int(day[:3])).isoformat()
    except ValueError:
        return f"{year}-{number:02}"


def license_in(text: str) -> str:
    """Return the address of a licence that stands in a text, "" where none does.

    >>> license_in("Open access under https://creativecommons.org/licenses/by/4.0/, which permits use.")
    'https://creativecommons.org/licenses/by/4.0/'
    """
    found = (address.rstrip(".,;)") for address in _ADDRESS.findall(text))
    return next((a for a in found if "licen" in a or "creativecommons" in a), "")


def _headings(citation: Element) -> Iterator[Heading]:
    for element in citation.findall("MeshHeadingList/MeshHeading/DescriptorName"):
        # Whether a descriptor is a disease or a chemical is for MeSH's tree to say.
        yield Heading("MeSH headings", UNKNOWN, text_of(element), element.get("UI", ""))
    for element in citation.findall("ChemicalList/Chemical/NameOfSubstance"):
        yield Heading("Chemicals", CHEMICAL, text_of(element), element.get("UI", ""))
    for element in citation.findall("SupplMeshList/SupplMeshName"):
        category = _SUPPLEMENTARY.get(element.get("Type", ""), UNKNOWN)
        yield Heading("Supplementary concepts", category, text_of(element), element.get("UI", ""))
