"""What a BioC document says about itself, and what its passages are called.

BioC leaves both to infons (Comeau et al. 2013, doi:10.1093/database/bat064); the keys read here are those of the
BioC API of PubMed Central (Comeau et al. 2019, doi:10.1093/bioinformatics/btz070), of PubTator3's exports and of the
common corpora.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.documents.annotationtypes import plain
from kg.documents.pubmed import license_in

#: Section of a passage by its type in plain letters, in BioC of PubMed Central, PubTator3 and JATS.
SECTIONS: Final = {
    "title": "title", "front": "title", "articletitle": "title", "abstract": "abstract", "abs": "abstract",
    "intro": "introduction", "introduction": "introduction", "background": "introduction", "methods": "methods",
    "method": "methods", "materialsandmethods": "methods", "materialsmethods": "methods", "results": "results",
    "result": "results", "discuss": "discussion", "discussion": "discussion", "concl": "conclusion",
    "conclusion": "conclusion", "conclusions": "conclusion", "case": "case", "cases": "case", "casereport": "case",
    "casepresentation": "case", "fig": "figure", "figure": "figure", "figcaption": "figure", "figtitlecaption": "figure",
    "table": "table", "tablecaption": "table", "tabletitlecaption": "table", "tablefootnote": "table",
    "ref": "references", "references": "references", "reference": "references", "suppl": "supplement",
    "supplement": "supplement", "ackfund": "acknowledgements", "authcont": "author contributions",
    "compint": "competing interests", "abbr": "abbreviations", "keyword": "keywords", "keywords": "keywords",
    "reviewinfo": "review information", "appendix": "appendix",
}  # fmt: skip
#: Types that say how a passage is made and not which section it is of.
_SHAPES: Final = frozenset({"", "paragraph", "document", "text", "passage", "body", "p", "main", "fulltext", "none"})
#: Where nothing names the section.
TEXT: Final = "text"
#: A first passage without a type is the title where it is shorter than this and another follows.
_TITLE_LENGTH: Final = 600

_PMID: Final = re.compile(r"[1-9][0-9]{3,7}")
_PMC: Final = re.compile(r"PMC[0-9]+", re.IGNORECASE)
_DOI_AT: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_PMID_URL: Final = re.compile(r"(?:/pubmed/|pubmed\.ncbi\.nlm\.nih\.gov/|PMID:?\s*)([0-9]{1,9})\b", re.IGNORECASE)
_PMC_URL: Final = re.compile(r"\b(PMC[0-9]+)\b", re.IGNORECASE)
# `Breast Cancer Res. 2012 Mar 19;14(2):R50. doi: 10.1186/bcr3151.`; PubTator cuts it at 80 characters.
_CITATION: Final = re.compile(r"(.{2,}?)\.\s+(?:18|19|20)[0-9][0-9]\b")
_CITED_DOI: Final = re.compile(r"\bdoi:\s*(10\.[0-9]{4,9}/\S+?)\.?(?:\s|$)", re.IGNORECASE)
_CITATION_CUT: Final = 79
_DATE: Final = re.compile(r"(?:18|19|20)[0-9][0-9](?:-[0-9][0-9](?:-[0-9][0-9])?)?(?![0-9])")
_NAME: Final = re.compile(r"surname:([^;]*)(?:;given-names:(.*))?")


@dataclass(frozen=True, slots=True)
class Header:
    """Identity and bibliography of a document; every field as `kg.model.Document` has it."""

    pmid: str | None
    pmcid: str | None
    doi: str | None
    title: str
    journal: str | None
    date: str | None
    authors: tuple[str, ...]
    publication_types: tuple[str, ...]
    source_url: str | None
    license: str | None = None


def read_header(written: str, infons: Mapping[str, str], authors: Sequence[str] = ()) -> Header:
    """Read what a document says about itself.

    Args:
        written: the document's id. A number of four to eight digits is a PMID unless the infons say otherwise: that is
            what BioC's corpora and PubTator write.
        infons: those of the document, and of its first passage where the document does not have them.
        authors: the authors, where the source lists them.

    >>> header = read_header("3446384", {"article-id_pmc": "3446384", "article-id_pmid": "22429397", "year": "2012"})
    >>> header.pmid, header.pmcid, header.date
    ('22429397', 'PMC3446384', '2012')
    >>> read_header("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4079404/", {}).pmcid
    'PMC4079404'
    """
    said: dict[str, str] = {}
    for key, value in infons.items():
        if value.strip():
            said.setdefault(plain(key), value.strip())
    written = written.strip()
    pmid = _first(_number, said, "pmid", "articleidpmid", "pubmed", "pubmedid")
    pmcid = _first(_pmc, said, "pmcid", "pmc", "articleidpmc", "articleidpmcid")
    doi = _first(_doi, said, "doi", "articleiddoi")
    if _PMID.fullmatch(written):
        if pmcid != f"PMC{written}":
            pmid = pmid or written
    elif found := _PMC_URL.search(written):
        pmcid = pmcid or found.group(1).upper()
    elif found := _PMID_URL.search(written):
        pmid = pmid or found.group(1)
    elif found := _DOI_AT.match(written):
        doi = doi or _doi(found.group(1))
    journal = said.get("journal", "")
    cited = said.get("citation", journal)
    if not doi and (found := _CITED_DOI.search(cited)) and (found.end() < len(cited) or len(cited) < _CITATION_CUT):
        doi = _doi(found.group(1))
    citation = _CITATION.match(journal)
    date = next((d.group() for k in ("date", "year", "pubdate") if (d := _DATE.match(said.get(k, "")))), None)
    types = said.get("articletype") or said.get("publicationtype") or said.get("publicationtypes") or ""
    return Header(
        pmid=pmid, pmcid=pmcid, doi=doi, title=said.get("title", ""),
        journal=(citation.group(1) if citation else journal) or said.get("journaltitle"), date=date,
        authors=tuple(a.strip() for a in authors if a.strip()) or _authors(infons, said),
        publication_types=tuple(t.strip() for t in re.split(r"[;|]", types) if t.strip()),
        source_url=written if written.startswith(("http://", "https://")) else said.get("url"),
        license=license_in(said.get("license", "")) or said.get("license"),
    )  # fmt: skip


def section_of(infons: Mapping[str, str], index: int, passages: int, length: int) -> str:
    """Return a passage's section, not numbered.

    Args:
        infons: those of the passage.
        index: its place among the passages, from 0.
        passages: how many there are.
        length: characters of its text.

    >>> section_of({"section_type": "INTRO", "type": "paragraph"}, 3, 9, 900), section_of({}, 0, 2, 80)
    ('introduction', 'title')
    >>> section_of({"type": "Clinical course"}, 3, 9, 900), section_of({"type": "document"}, 0, 1, 900)
    ('clinical course', 'text')
    """
    named = ""
    for key in ("section_type", "section", "section_title", "type"):
        written = infons.get(key, "").strip()
        word = plain(written)
        if word in _SHAPES:
            continue
        if found := SECTIONS.get(word) or SECTIONS.get(word.rstrip("0123456789").removesuffix("title")):
            return found
        named = named or " ".join(written.casefold().replace("_", " ").split())[:80]
    if named:
        return named
    # BioRED's JSON has no types: title and abstract, by their order.
    if any(infons.get(key) for key in ("section_type", "section", "type")) or passages < 2:
        return TEXT
    if index == 0:
        return "title" if length < _TITLE_LENGTH else TEXT
    return "abstract" if passages == 2 else TEXT


def _first(read: Callable[[str], str | None], said: Mapping[str, str], *keys: str) -> str | None:
    return next((value for key in keys if (value := read(said.get(key, "")))), None)


def _number(text: str) -> str | None:
    return text if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


def _pmc(text: str) -> str | None:
    if _PMC.fullmatch(text):
        return text.upper()
    return f"PMC{text}" if re.fullmatch(r"[1-9][0-9]{2,}", text) else None


def _doi(text: str) -> str | None:
    found = _DOI_AT.fullmatch(text)
    return found.group(1).rstrip(".,;)").lower() if found else None


def _authors(infons: Mapping[str, str], said: Mapping[str, str]) -> tuple[str, ...]:
    """Return the authors of infons ``name_0``, ``name_1`` ... (as in PubMed Central's BioC), else of ``authors``.

    >>> _authors({"name_0": "surname:Abalsamo;given-names:Laura"}, {})
    ('Laura Abalsamo',)
    """
    named: list[tuple[int, str]] = []
    for key, value in infons.items():
        head, _, number = key.rpartition("_")
        if head == "name" and number.isdecimal() and (found := _NAME.fullmatch(value)):
            named.append((int(number), " ".join(p for p in (found.group(2), found.group(1)) if p)))
    if named:
        return tuple(name for _, name in sorted(named))
    return authors_in(said.get("authors", ""))


def authors_in(written: str) -> tuple[str, ...]:
    """Return the authors that a cell or an infon lists.

    They are parted by ``;`` or ``|``; without these by commas, unless the one comma parts a surname from what is given.

    >>> authors_in("Smith, John; Doe, Anna"), authors_in("Smith, John"), authors_in("Smith J, Doe A, Roe B")
    (('Smith, John', 'Doe, Anna'), ('Smith, John',), ('Smith J', 'Doe A', 'Roe B'))
    """
    parts = re.split(r"[;|]", written)
    if len(parts) == 1:
        parts = list(filter(None, map(str.strip, written.split(","))))
        if len(parts) == 2 and not all(" " in part for part in parts):
            parts = [written.strip(" ,")]
    return tuple(part.strip() for part in parts if part.strip(" ,"))
