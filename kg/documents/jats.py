"""JATS and NLM article XML, and PubMed's article sets, as a stream of documents.

JATS is NISO Z39.96 (https://jats.nlm.nih.gov/). One article, many one after the other, or many inside a wrapper are
read article by article. A table's cells and formulas are no prose and are left out; captions stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import IO, Final
from xml.etree.ElementTree import Element

from kg.curies import association_id, normalize
from kg.documents.casepage import document_id
from kg.documents.contenthash import content_hash
from kg.documents.jatstext import DEEPEST, TooDeepError, paragraphs_of, section_of, text_of
from kg.documents.pubmed import Draft, iso_date, license_in, pubmed_draft
from kg.documents.tally import Tally
from kg.documents.xmlrecords import XmlNames, XmlRecord, xml_records
from kg.model import Document, Finding, Mention, Passage

FORMAT: Final = "jats"
#: Elements that are articles, in JATS and its forerunner and in PubMed's sets.
ARTICLES: Final = XmlNames("article", "PubmedArticle", "PubmedBookArticle", "DeleteCitation", prefix=True)

_MENDED: Final = {
    "encoding": ("encoding-mended", "bytes that are not of the file's encoding were read as Windows-1252"),
    "control-characters": ("characters-mended", "characters that XML forbids were taken out"),
    "ampersands": ("characters-mended", "ampersands that stand alone were read as such"),
}
_NO_ARTICLE: Final = {"PubmedBookArticle": "a book, no article", "DeleteCitation": "a list of deleted records"}
#: Kinds of abstract: those that are the abstract, and those that sum the article up beside it; others are no text.
_ABSTRACTS: Final = frozenset({"", "abstract", "full", "normal", "section", "structured", "structured-abstract"})
_SUMMARIES: Final = frozenset(
    {
        "author-highlights", "executive-summary", "highlights", "key-points", "lay-summary", "plain-language-summary",
        "precis", "short", "summary", "synopsis", "teaser", "web-summary",
    }
)  # fmt: skip
#: Groups of subjects that say of what type an article is; others are disciplines and collections.
_TYPE_GROUPS: Final = frozenset({"", "article-type", "articletype", "category", "heading", "publication-type", "type"})
#: Dates of a record, not of its publication.
_NO_PUBLICATION: Final = frozenset({"pmc-release", "nihms-submitted", "received", "accepted", "retracted", "corrected"})


def read_jats(stream: IO[bytes], name: str, tally: Tally) -> Iterator[Document]:
    """Read the articles of a stream, one document at a time.

    Args:
        stream: bytes of XML.
        name: the input's name.
        tally: told of every article and of every heading that PubMed's indexers gave it.

    Example:
        >>> import io
        >>> xml = b'<article article-type="case-report"><front><article-meta><title-group><article-title>A case' \\
        ...       b'</article-title></title-group></article-meta></front><body><p>It ended well.</p></body></article>'
        >>> document, = read_jats(io.BytesIO(xml), "a.xml", Tally("a.xml"))
        >>> document.publication_types, [p.section for p in document.passages]
        (('case-report',), ['title', 'body'])
    """
    article = None
    for article in xml_records(stream, ARTICLES):
        tally.receive("document")
        if article.element is None:
            tally.set_aside("document", article.problem, line=article.line, text=article.text)
            continue
        if reason := _NO_ARTICLE.get(article.element.tag.rpartition(":")[2]):
            tally.set_aside("document", reason, line=article.line)
            continue
        inner = [e for tag in ("sub-article", "response") for e in article.element.findall(tag)]
        for element in inner:
            # Letters, reviewers' reports and translations that travel inside the article.
            tally.receive("document")
            kind = element.get("article-type") or element.get("response-type") or "no type"
            tally.set_aside("document", f"a part of another article ({element.tag}, {kind})", line=article.line)
        try:
            pubmed = article.element.tag == "PubmedArticle"
            draft = pubmed_draft(article.element) if pubmed else _jats_draft(article.element)
        except TooDeepError as error:
            tally.set_aside("document", str(error), line=article.line, text=article.text)
            continue
        if not draft.passages:
            tally.receive("mention", len(draft.headings))
            if draft.headings:
                tally.set_aside("mention", "its article has no text", count=len(draft.headings), line=article.line)
            tally.set_aside("document", "neither title nor text", line=article.line, text=" ".join(_ids(draft)))
            continue
        document = _document(draft, article, name, tally)
        tally.keep("document")
        yield document
    if article is None:
        tally.receive("document")
        tally.set_aside("document", "no article in the input")


def license_of(article: Element) -> str | None:
    """Return the licence of a JATS article: its address, else its type, else what is said of it; None without any.

    >>> from xml.etree.ElementTree import fromstring as parse
    >>> meta = "<article><front><article-meta><permissions>%s</permissions></article-meta></front></article>"
    >>> license_of(parse(meta % '<license license-type="open-access"/>'))
    'open-access'
    """
    for found in article.iterfind("front/article-meta//license"):
        addresses = [value for e in found.iter() for key, value in e.attrib.items() if key.endswith("}href")]
        addresses += [(e.text or "").strip() for e in found.iter() if e.tag.endswith("license_ref")]
        text = text_of(found)
        said = (*map(license_in, (*addresses, text)), found.get("license-type", ""), text)
        if license_ := next(filter(None, said), ""):
            return license_
    return None


def _ids(draft: Draft) -> list[str]:
    return [i for i in (draft.pmid, draft.pmcid, draft.doi) if i]


def _document(draft: Draft, article: XmlRecord, name: str, tally: Tally) -> Document:
    passages = _numbered(draft.passages)
    sha256 = content_hash(
        (draft.pmid, draft.pmcid, draft.doi), passages, draft.authors, draft.date, draft.publication_types,
        [(h.source_list, h.text, h.identifier) for h in draft.headings],
    )  # fmt: skip
    identifier = document_id(draft.pmid, draft.pmcid, draft.doi, sha256)
    problems = [_MENDED[m] for m in article.mended]
    problems += [("identifier-unreadable", f"{i!r} is no identifier of an article") for i in draft.unreadable]
    findings = tuple(
        Finding(association_id("finding", identifier, code, message), code, "warning", identifier, None, "", None, None,
                None, None, message)
        for code, message in dict.fromkeys(problems)
    )  # fmt: skip
    return Document(
        id=identifier, input=name, format=FORMAT, sha256=sha256, title=draft.title, authors=draft.authors,
        pmcid=draft.pmcid, pmid=draft.pmid, doi=draft.doi, journal=draft.journal, date=draft.date,
        figure_count=draft.figure_count, license=draft.license, passages=passages,
        mentions=tuple(_mentions(draft, identifier, tally)),
        publication_types=draft.publication_types, findings=findings,
    )  # fmt: skip


def _mentions(draft: Draft, document: str, tally: Tally) -> Iterator[Mention]:
    """Yield the headings as mentions that stand nowhere in the text: the indexers assert them of the article."""
    seen: set[str] = set()
    for heading in draft.headings:
        tally.receive("mention")
        mention = association_id("mention", document, heading.source_list, heading.text, heading.identifier)
        if mention in seen:
            tally.merge("mention", "listed twice", text=heading.text, target=mention)
            continue
        seen.add(mention)
        tally.keep("mention")
        yield Mention(
            mention, document, 0, heading.source_list, heading.category, heading.text, heading.identifier,
            normalize(f"MESH:{heading.identifier}") if heading.identifier else None,
        )  # fmt: skip


def _numbered(passages: list[tuple[str, str]]) -> tuple[Passage, ...]:
    """Number the sections that come several times, the first of them left as it is."""
    seen: Counter[str] = Counter()
    numbered = []
    for section, text in passages:
        seen[section] += 1
        numbered.append(Passage(section if seen[section] == 1 else f"{section} {seen[section]}", text))
    return tuple(numbered)


def _jats_draft(article: Element) -> Draft:
    """Return what is read of a JATS article."""
    draft = Draft()
    meta = article.find("front/article-meta")
    if meta is not None:
        for element in meta.findall("article-id"):
            draft.add_id(element.get("pub-id-type", ""), "".join(element.itertext()))
        draft.title = _title(meta)
        draft.authors = tuple(_authors(meta))
        draft.date = _earliest(meta)
        draft.license = license_of(article)
    if draft.title:
        draft.passages.append(("title", draft.title))
    for abstract in article.findall("front/article-meta/abstract"):
        kind = (abstract.get("abstract-type") or "").casefold()
        if kind in _ABSTRACTS or kind in _SUMMARIES:
            section = "abstract" if kind in _ABSTRACTS else "summary"
            draft.passages += [(section, text) for text in _labelled(abstract, "", 0)]
    for path, section in (
        ("body", "body"),
        ("floats-group", "body"),
        ("floats-wrap", "body"),
        ("back/app-group", "appendix"),
    ):
        for part in article.findall(path):
            draft.passages += _body(part, section, 0)
    journal = "front/journal-meta/journal-title-group/journal-title", "front/journal-meta/journal-title"
    draft.journal = next((text for path in journal if (text := text_of(article.find(path)))), None)
    draft.publication_types = tuple(dict.fromkeys(_publication_types(article)))
    draft.figure_count = sum(1 for part in article if part.tag != "sub-article" for _ in part.iter("fig")) or None
    return draft


def _title(meta: Element) -> str:
    parts = [text_of(meta.find(f"title-group/{part}")) for part in ("article-title", "subtitle")]
    first = parts[0].rstrip(" :") if parts[1] else parts[0]
    stop = " " if first.endswith((".", "?", "!")) else ": "
    return " ".join(stop.join(filter(None, (first, parts[1]))).split())


def _authors(meta: Element) -> Iterator[str]:
    for contributor in meta.findall("contrib-group/contrib"):
        if contributor.get("contrib-type", "author") != "author":
            continue
        name = next((e for path in ("name", "name-alternatives/name", "string-name", "name-alternatives/string-name")
                     if (e := contributor.find(path)) is not None), None)  # fmt: skip
        collaboration = contributor.find("collab")
        if name is not None:
            parts = [text_of(name.find(part)) for part in ("given-names", "surname", "suffix")]
            yield " ".join(filter(None, parts)) or text_of(name)
        elif collaboration is not None:
            # A group may list its members inside; its name is what stands before them.
            inside = " ".join([collaboration.text or "", *(
                f"{text_of(e) if e.tag in {'institution', 'italic', 'bold', 'named-content'} else ''} {e.tail or ''}"
                for e in collaboration
            )])  # fmt: skip
            if group := " ".join(inside.split()):
                yield group


def _earliest(meta: Element) -> str | None:
    """Return the earliest date of publication that has a day; without one, the earliest that is there."""
    dates: list[str] = []
    for element in meta.findall("pub-date"):
        kinds = {element.get("pub-type", ""), element.get("date-type", "")}
        if kinds & _NO_PUBLICATION:
            continue
        written = element.get("iso-8601-date", "")[:10]
        parts = [text_of(element.find(part)) for part in ("year", "month", "day")]
        if date := iso_date(*parts) or iso_date(*(*written.split("-"), "", "")[:3]):
            dates.append(date)
    return min((d for d in dates if len(d) == 10), default=min(dates, default=None))


def _publication_types(article: Element) -> Iterator[str]:
    if kind := article.get("article-type", "").strip():
        yield kind
    for group in article.findall("front/article-meta/article-categories/subj-group"):
        if group.get("subj-group-type", "").casefold() in _TYPE_GROUPS:
            yield from filter(None, map(text_of, group.findall("subject")))


def _labelled(part: Element, label: str, depth: int) -> Iterator[str]:
    """Yield the paragraphs of an abstract; the first of each part behind its heading, as PubMed writes it."""
    if depth > DEEPEST:
        raise TooDeepError(f"elements nested deeper than {DEEPEST}")
    for kind, element in paragraphs_of(part):
        if kind == "sec":
            yield from _labelled(element, text_of(element.find("title")).strip(" :."), depth + 1)
        elif kind == "text" and (text := text_of(element)):
            yield f"{label}: {text}" if label else text
            label = ""


def _says_no_more(heading: str, section: str) -> bool:
    """Tell whether a heading only names its section; "Case 2" and "Case report: a boy" say more.

    >>> _says_no_more("3. Results", "results"), _says_no_more("Case 2", "case")
    (True, False)
    """
    more = heading.lstrip("0123456789. ").rstrip(" :")
    return section_of("", heading) == section and ":" not in more and not any(c.isdigit() for c in more)


def _body(part: Element, section: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the passages of a body or of a section of it."""
    if depth > DEEPEST:
        raise TooDeepError(f"elements nested deeper than {DEEPEST}")
    for kind, element in paragraphs_of(part):
        if kind == "sec":
            heading = text_of(element.find("title"))
            named = section_of(element.get("sec-type", ""), heading)
            if named in {"supplement", "references"}:
                continue
            # A part of a named section stays in it, unless it is the case or the conclusion.
            inner = named if named and (section in {"body", "appendix"} or named in {"case", "conclusion"}) else section
            if heading and not _says_no_more(heading, inner):
                yield inner, heading
            yield from _body(element, inner, depth + 1)
        elif kind == "text":
            if text := text_of(element):
                yield section, text
        else:
            caption = element.find("caption")
            lines = [text_of(e) for e in caption if e.tag in {"title", "p"}] if caption is not None else []
            if text := "\n".join(filter(None, lines)):
                yield ("figure" if kind == "fig" else "table"), text
