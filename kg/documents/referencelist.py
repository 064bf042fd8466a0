"""A list of references at the end of a text: cut off into a section of its own.

Text that was taken from a web page or a PDF holds its list of references as if it were prose, and titles such as
"fever in a boy after aspirin" would tell of patients that are others'. A list is one only where a heading stands before
it and what follows looks like citations, so that no prose is lost by a word alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from kg.documents.sentences import sentence_at
from kg.model import Document, Mention, Occurrence, Passage

#: The section that such a list is.
REFERENCES: Final = "references"
#: Shorter passages hold no article with its references.
SHORTEST: Final = 1000
#: Characters behind the heading that are looked at.
WINDOW: Final = 1500
#: One sign of a citation in so many characters makes a list; two at the least.
DENSITY: Final = 250
#: A heading in the first quarter is one of a page's table of contents.
EARLIEST: Final = 4

_HEADING: Final = re.compile(
    r"(?:(?<=[.!?:;)\]\d])|(?<=\s)|^)\s*(?:\d{1,2}\.?\s+)?"
    r"(?:REFERENCES?(?:\s+LIST)?|References?(?:\s+(?:List|list))?|Bibliography|BIBLIOGRAPHY|"
    r"Literature\s+[Cc]ited|LITERATURE\s+CITED|Works\s+[Cc]ited)\s*:?\s+(?=[\[(]?[\w\"“])"
)
# Year and volume, volume and pages, a year in parentheses, an identifier: what a citation has and prose seldom.
_CITED: Final = re.compile(
    r"\b(?:19|20)\d\d[a-z]?\s*(?:[A-Z][a-z]{2}\.?\s*\d{0,2})?\s*[;,:]\s*\d|\b\d{1,4}\s*(?:\([^()\s]{1,9}\))?\s*:\s*[A-Za-z]?\d{1,6}\s*[-–]|"
    r"\((?:19|20)\d\d[a-z]?\)|\bdoi\s*:|\bPMID\s*:|\bet\s+al\.|\bGoogle\s+Scholar\b|\[(?:PubMed|Cross\s?Ref|PMC free article)\]"
)
_NUMBER: Final = re.compile(r" \d+$")


def begin_of_references(text: str) -> int | None:
    """Return where the list of references of a text begins, with its heading; None where there is none.

    >>> cited = "1. Doe J. Fever in a boy. Lancet. 1999;353:120-4. 2. Roe B, et al. Pain. BMJ 2001;322:7-9. "
    >>> text = f"{'He had fever. ' * 90}References {cited}"
    >>> text[begin_of_references(text):][:14]
    'References 1. '
    >>> begin_of_references(f"{'He had fever. ' * 90}References were asked for. {'He had pain. ' * 30}") is None
    True
    """
    if len(text) < SHORTEST:
        return None
    for found in _HEADING.finditer(text):
        after = text[found.end() : found.end() + WINDOW]
        signs = sum(1 for _ in _CITED.finditer(after))
        if found.start() >= len(text) // EARLIEST and signs >= max(2, len(after) // DENSITY):
            return found.start() + len(found[0]) - len(found[0].lstrip())
    return None


def without_references(document: Document) -> Document:
    """Return a document whose lists of references are passages of their own, with the mentions that stand in them.

    What is no list, and what is in such a section already, stays as it is.

    >>> cited = "1. Doe J. Fever in a boy. Lancet. 1999;353:120-4. 2. Roe B, et al. Pain. BMJ 2001;322:7-9. "
    >>> text = f"{'He had fever. ' * 90}References {cited}"
    >>> document = without_references(Document("d", "i", "bioc", "", "A", passages=(Passage("text", text),)))
    >>> [(passage.section, len(passage.text)) for passage in document.passages]
    [('text', 1260), ('references', 102)]
    """
    cuts = {
        passage.section: cut
        for passage in document.passages
        if not is_references(passage.section) and (cut := begin_of_references(passage.text)) is not None
        if not any(o.section == passage.section and o.start < cut < o.end for m in document.mentions for o in m.occurrences)
    }  # fmt: skip
    if not cuts:
        return document
    names = _names(document.passages, cuts)
    texts: dict[str, str] = {}
    for passage in document.passages:
        cut = cuts.get(passage.section, len(passage.text))
        texts[passage.section] = passage.text[:cut]
        if passage.section in cuts:
            texts[names[passage.section]] = passage.text[cut:]

    def moved(occurrence: Occurrence) -> Occurrence:
        if occurrence.section not in cuts:
            return occurrence
        cut = cuts[occurrence.section]
        section, by = (names[occurrence.section], cut) if occurrence.start >= cut else (occurrence.section, 0)
        start = occurrence.start - by
        begin, end = sentence_at(texts[section], start)
        return replace(
            occurrence, section=section, start=start, end=occurrence.end - by, sentence_start=begin, sentence_end=end
        )

    def with_places(mention: Mention) -> Mention:
        return replace(mention, occurrences=tuple(map(moved, mention.occurrences)))

    passages = tuple(Passage(section, text) for section, text in texts.items() if text.strip())
    return replace(document, passages=passages, mentions=tuple(map(with_places, document.mentions)))


def is_references(section: str) -> bool:
    """Tell whether a section is a list of references, numbered or not.

    >>> is_references("references"), is_references("references 12"), is_references("results")
    (True, True, False)
    """
    return _NUMBER.sub("", section) == REFERENCES


def _names(passages: Iterable[Passage], cuts: Iterable[str]) -> dict[str, str]:
    """Return a section for each list that is cut off; numbers go on behind those that are there."""
    there = {passage.section for passage in passages}
    names: dict[str, str] = {}
    number = 1
    for section in cuts:
        while (name := REFERENCES if number == 1 else f"{REFERENCES} {number}") in there:
            number += 1
        there.add(name)
        names[section] = name
    return names
