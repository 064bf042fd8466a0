"""Text of JATS elements: inline markup flattened, and the section that a heading or a type names.

Element names are those of the Journal Article Tag Suite (https://jats.nlm.nih.gov/, NISO Z39.96) and of the NLM
document types before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

#: No article nests its elements deeper; what does was made to break a reader.
DEEPEST: Final = 100

#: What stands inside a paragraph and is no prose of it. Captions of floats are read by themselves.
SKIPPED: Final = frozenset(
    (
        "alternatives", "array", "boxed-text", "chem-struct", "chem-struct-wrap", "code", "disp-formula",
        "disp-formula-group", "fig", "fig-group", "fn", "graphic", "inline-formula", "inline-graphic",
        "inline-supplementary-material", "label", "media", "object-id", "preformat", "sec", "supplementary-material",
        "table", "table-wrap", "table-wrap-foot", "table-wrap-group", "tex-math",
    )
)  # fmt: skip
#: What begins a line of its own inside a paragraph.
_BLOCKS: Final = frozenset(
    {"list", "list-item", "def-list", "def-item", "disp-quote", "p", "statement", "verse-group", "verse-line", "speech"}
)
# What a skipped formula or a dropped number of a reference leaves.
_GAP: Final = re.compile("\x00+")
# Nothing in them is tried twice: an article may be made to cost time.
_BEFORE_STOP: Final = re.compile(r"(?<![ \n\x00])[ \n]*+\x00[ \n\x00]*+(?=[,.;:)\]])")
_EMPTY: Final = re.compile(r"\s?[(\[](?:[\s,;–-]*+\x00)++[\s,;–-]*+[)\]]")
_CITED: Final = re.compile(r"(?!.*\d{4})[\d\s,;–—*-]*[a-z]?")
_SEPARATORS: Final = " ,;-–—[]()\u2009"
_RAISED_NUMBER: Final = re.compile(r"[+\-−–]?\d")
_CITATION: Final = frozenset({"bibr", "fn", "table-fn", "aff", "corresp", "author-notes", "ref"})


class TooDeepError(ValueError):
    """An article nests its elements deeper than `DEEPEST`."""


def text_of(element: Element | None) -> str:
    """Return an element's text as one reads it: markup gone, white space single, blocks on lines of their own.

    Formulas, floats and footnotes are skipped, as are numbers of references that stand raised; those in brackets stay.
    A raised number behind a digit is written with ``^``, for 10⁹ is not 109.

    Raises:
        TooDeepError: if the elements nest deeper than `DEEPEST`.

    >>> from xml.etree.ElementTree import fromstring as parse
    >>> text_of(parse('<p>H<sub>2</sub>O, 5 x 10<sup>9</sup>/L<sup><xref ref-type="bibr">7</xref></sup>, m<sup>2</sup></p>'))
    'H2O, 5 x 10^9/L, m2'
    >>> text_of(parse('<p>Seen <italic>in vivo</italic> [<xref ref-type="bibr">1</xref>] (<xref>Fig. 1</xref>).</p>'))
    'Seen in vivo [1] (Fig. 1).'
    """
    if element is None:
        return ""
    if not len(element):
        return " ".join((element.text or "").split())
    parts: list[str] = []
    _gather(element, parts, 0)
    text = "".join(parts)
    if "\x00" in text:
        text = _GAP.sub(" ", _BEFORE_STOP.sub("", _EMPTY.sub("", text)))
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _gather(element: Element, parts: list[str], depth: int) -> None:
    if depth > DEEPEST:
        raise TooDeepError(f"elements nested deeper than {DEEPEST}")
    # A line end of the source is white space; those that part blocks are put in below.
    if element.text:
        parts.append(element.text.replace("\n", " "))
    for child in element:
        tag = child.tag
        if tag in SKIPPED or tag[0] == "{":
            parts.append("\x00")
        elif tag == "break":
            parts.append(" ")
        elif tag in _BLOCKS:
            parts.append("\n")
            _gather(child, parts, depth + 1)
            parts.append("\n")
        elif tag == "sup":
            _raised(child, parts, depth)
        elif tag == "xref" and _is_bare_number(child, parts):
            parts.append("\x00")
        else:
            _gather(child, parts, depth + 1)
        if child.tail:
            parts.append(child.tail.replace("\n", " "))


def _raised(element: Element, parts: list[str], depth: int) -> None:
    """Add what stands raised: nothing where it is numbers of references only, ``^`` before an exponent."""
    inside: list[str] = []
    _gather(element, inside, depth + 1)
    raised = "".join(inside)
    references = element.findall("xref")
    if references and all(x.get("ref-type") in _CITATION for x in references):
        between = f"{element.text or ''}{''.join(x.tail or '' for x in element)}"
        if not between.strip(_SEPARATORS):
            parts.append("\x00")
            return
    if not raised.strip(_SEPARATORS) and parts and parts[-1] == "\x00":
        return
    before = parts[-1][-1:] if parts else ""
    if before.isdigit() and _RAISED_NUMBER.match(raised):
        parts.append("^")
    parts += inside


def _is_bare_number(reference: Element, parts: list[str]) -> bool:
    """Tell whether a reference is a number that sticks to the word before it: a style sheet raises it."""
    if reference.get("ref-type") not in _CITATION:
        return False
    before = parts[-1][-1:] if parts else ""
    number = "".join(reference.itertext()).strip()
    if reference.find("sup") is not None:
        return bool(_CITED.fullmatch(number))
    if not number or not (before.isalpha() or before in {".", ",", "\x00"}) or not _CITED.fullmatch(number):
        return False
    near = "".join(parts[-8:])
    return near.rfind("[") <= near.rfind("]") and near.rfind("(") <= near.rfind(")")


#: Section by the words of its type (``sec-type``, ``|`` between several); the first that is known counts.
_TYPES: Final = {
    "case": "case", "cases": "case", "case-report": "case", "case report": "case", "intro": "introduction",
    "introduction": "introduction", "background": "introduction", "methods": "methods", "materials": "methods",
    "subjects": "methods", "results": "results", "discussion": "discussion", "conclusion": "conclusion",
    "conclusions": "conclusion", "supplementary-material": "supplement", "supplementary material": "supplement",
}  # fmt: skip
_NUMBERING: Final = re.compile(r"^(?:(?:\d{1,2}|[ivx]{1,4}|[a-h])(?:\.\d{1,2})*\s*[.):|]\s*|\d{1,2}(?:\.\d{1,2})*\s+)")
_OF_CASE: Final = (
    r"(?:(?:clinical|illustrative|our|index|the)\s+)*case(?:s|\s*\d+)?(?:\s+(?:reports?|presentations?|descriptions?|histor(?:y|ies)|"
    r"summar(?:y|ies)|series|details|illustrations?|vignettes?|stud(?:y|ies)|examples?|records?|narratives?|no\.?\s*\d+|\d+))*"
)
_PATIENT: Final = (
    r"(?:the\s+)?patients?(?:['’]s?)?\s*(?:\d+|information|presentations?|descriptions?|histor(?:y|ies)|characteristics\s+and\s+history)|"
    r"clinical\s+(?:presentations?|summar(?:y|ies)|histor(?:y|ies)|reports?|descriptions?|vignettes?|course)|"
    r"(?:presentation|report|description|history)\s+of\s+(?:the\s+|a\s+)?(?:case|patient)s?|history\s+of\s+present(?:ing)?\s+illness"
)
_HEADINGS: Final = tuple(
    (re.compile(pattern), section)
    for pattern, section in (
        (rf"(?:{_OF_CASE}|{_PATIENT})(?:\s*(?:[:(/,–-]|and\b(?!.*\bcontrols?\b)|with\b).*)?", "case"),
        (r"(?:patients?|subjects?|materials?|data)?\s*(?:(?:and|&)\s*)?(?:materials?\s*(?:and|&)\s*)?methods?\b.*|"
         r"methodolog(?:y|ies)|experimental(?:\s+(?:section|procedures?|design|methods?))?|study\s+design.*|"
         r"(?:materials?|patients?|subjects)\s*(?:and|&)\s*(?:materials?|patients?|subjects|design)?\s*.*", "methods"),
        (r"introduction\b.*|background\b.*|objectives?|aims?(?:\s+.*)?|purpose", "introduction"),
        (r"(?:main\s+)?(?:results?|findings)\b.*", "results"),
        (r"(?:general\s+)?discussions?\b.*|comments?|commentary", "discussion"),
        (r"conclu(?:sions?|ding\s+remarks)\b.*|summary|take[- ]home\s+messages?|learning\s+points?", "conclusion"),
        (r"(?:list\s+of\s+)?references(?:\s+(?:list|cited))?|reference\s+list|bibliography|(?:literature|works)\s+cited", "references"),
        (r"support(?:ing|ive)\s+information|supplementary.*|additional\s+files?|electronic\s+supplementary.*", "supplement"),
        (r"(?:informed\s+)?consent\b.*|ethic.*|(?:competing|conflicts?\s+of)\s+interests?.*|disclosures?.*|funding.*|acknowledge?ments?|"
         r"abbreviations?.*|authors?['’]?s?\s+contributions?.*|(?:data\s+)?availability.*|declarations?.*|financial\s+support.*|"
         r"pre-?publication\s+history|author\s+disclosure.*|source\s+of\s+support.*", "notes"),
    )
)  # fmt: skip


def section_of(sec_type: str, heading: str) -> str:
    """Return the section that a type or, without one, a heading names; "" where it names none.

    >>> section_of("materials|methods", "What we did"), section_of("", "2. Case presentation"), section_of("", "CASE 2")
    ('methods', 'case', 'case')
    >>> section_of("", "Patients and methods"), section_of("", "Results and Discussion"), section_of("", "A stage set")
    ('methods', 'results', '')
    """
    for word in sec_type.casefold().split("|"):
        if section := _TYPES.get(word.strip()):
            return section
    plain = _NUMBERING.sub("", " ".join(heading.split()).casefold()).strip(" .:*")
    if not plain or len(plain) > 80:
        return ""
    return next((section for pattern, section in _HEADINGS if pattern.fullmatch(plain)), "")


def paragraphs_of(element: Element, depth: int = 0) -> Iterator[tuple[str, Element]]:
    """Yield what a section, an abstract or a body holds, in order, as (kind, element).

    The kinds are ``text`` (a paragraph or a block that stands outside of one), ``sec``, ``fig`` and ``table``
    (floats, also those inside a paragraph, behind it).

    Raises:
        TooDeepError: if the elements nest deeper than `DEEPEST`.

    >>> from xml.etree.ElementTree import fromstring
    >>> body = fromstring("<body><p/><sec/><boxed-text><p/></boxed-text></body>")
    >>> [(kind, element.tag) for kind, element in paragraphs_of(body)]
    [('text', 'p'), ('sec', 'sec'), ('text', 'p')]
    """
    if depth > DEEPEST:
        raise TooDeepError(f"elements nested deeper than {DEEPEST}")
    for child in element:
        tag = child.tag
        if tag == "sec":
            yield "sec", child
        elif tag in {"p", "list", "disp-quote", "def-list", "verse-group", "speech", "statement"}:
            yield "text", child
            if len(child):
                yield from _floats(child)
        elif tag in {"fig", "table-wrap"}:
            yield ("fig" if tag == "fig" else "table"), child
        elif tag in {"boxed-text", "fig-group", "table-wrap-group", "floats-group", "app", "app-group"}:
            yield from paragraphs_of(child, depth + 1)


def _floats(element: Element) -> Iterator[tuple[str, Element]]:
    for inner in element.iter():
        if inner.tag in {"fig", "table-wrap"}:
            yield ("fig" if inner.tag == "fig" else "table"), inner
        elif inner.tag == "boxed-text":
            for paragraph in inner.findall("p"):
                yield "text", paragraph
