"""Recognition: mentions of diseases and chemicals in plain text, by the names of the term index.

Names are found passage by passage (`kg.linking.namesearch`). Then what the document itself says is heeded: a short form
that it defines means its long form everywhere in it, and nothing else; a name may reach over the parentheses in which
its short form stands; a place that the source has annotated is left alone.

A mention is one name in one document with all its places. Nothing is asserted: the linking decides by the name, and its
reasons give it. `Mention.source_list` tells the rule that found the mention: ``recognised`` where the text has the name
itself, ``recognised: abbreviation`` and the like (the rules of `kg.linking.namerules`) where it has a form of it; the
mention's text is then the name that is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.curies import association_id
from kg.documents.sentences import sentence_at
from kg.linking.abbreviations import Abbreviation, find_abbreviations, short_form_behind
from kg.linking.namerules import Meaning, NameRules
from kg.linking.namesearch import ACRONYM, Found, NameSearch
from kg.linking.nametable import NameTable, table_of
from kg.model import CHEMICAL, DISEASE, Document, Mention, Occurrence, Passage
from kg.terms.index import TermIndex
from kg.terms.names import normalize_name

#: `Mention.source_list` of what is recognised.
RECOGNISED: Final = "recognised"
# How far a name reaches before and behind the parentheses that stand in it.
_REACH: Final = 120


@dataclass(frozen=True, slots=True)
class Options:
    """What is recognised.

    Attributes:
        kinds: categories; diseases and chemicals are known.
        abbreviations: whether short forms that the document defines are followed.
        coordinations: whether "breast and ovarian cancer" names both.
        classes: whether proteins, mixtures and classes of drugs are chemicals too.
    """

    kinds: tuple[str, ...] = (DISEASE, CHEMICAL)
    abbreviations: bool = True
    coordinations: bool = True
    classes: bool = False


class Recogniser:
    """Finds mentions in documents.

    Args:
        index: the term index.
        options: what is recognised; the default without it.
        table: the table of the index's names, where it is at hand.

    >>> from kg.terms.bundled import default_index
    >>> text = "Osteosarcoma (OS) was treated with methotrexate. OS came back."
    >>> document = Document("PMID:1", "a", "jats", "0", "", passages=(Passage("abstract", text),))
    >>> with default_index() as index:
    ...     mentions = Recogniser(index).recognise(document)
    >>> [(m.text, m.source_list, [o.text for o in m.occurrences]) for m in mentions]
    [('Osteosarcoma', 'recognised', ['Osteosarcoma']),
     ('osteosarcoma', 'recognised: abbreviation', ['OS', 'OS']),
     ('methotrexate', 'recognised', ['methotrexate'])]
    """

    def __init__(self, index: TermIndex, options: Options | None = None, table: NameTable | None = None) -> None:
        self.options = options or Options()
        self._index = index
        rules = NameRules(index, self.options.kinds, self.options.classes)
        self._names = NameSearch(
            table or table_of(index), rules.meaning, coordinations=self.options.coordinations
        )  # fmt: skip

    def recognise(self, document: Document) -> tuple[Mention, ...]:
        """Return the mentions of a document that its source has not annotated, in the order of their first places.

        Args:
            document: its passages are read, and its mentions for the places that they have.
        """
        covered: dict[str, list[tuple[int, int]]] = {}
        for mention in document.mentions:
            for place in mention.occurrences:
                covered.setdefault(place.section, []).append((place.start, place.end))
        gathered: dict[tuple[str, str, str], tuple[str, list[Occurrence]]] = {}
        for passage, names in zip(document.passages, self.places(document.passages), strict=True):
            taken = covered.get(passage.section, ())
            for found in names:
                if not any(found.overlaps(start, end) for start, end in taken):
                    _note(gathered, passage, found)
        return tuple(
            Mention(
                id=association_id("mention", document.id, source_list, category, text, ""), document=document.id,
                line=0, source_list=source_list, category=category, text=text, asserted_as="", asserted=None,
                occurrences=tuple(places),
            )
            for (source_list, category, _), (text, places) in gathered.items()
        )  # fmt: skip

    def places(self, passages: Sequence[Passage]) -> list[list[Found]]:
        """Return what each passage of one document names, in order; nothing overlaps.

        Args:
            passages: all passages, for a short form that one defines stands in others too.
        """
        found = [self._names.find(passage.text) for passage in passages]
        defined = self._definitions(passages, found) if self.options.abbreviations else {}
        if defined:
            shorts = "|".join(re.escape(short) for short in sorted(defined, key=lambda short: (-len(short), short)))
            pattern = re.compile(rf"(?<![^\W_])({shorts})s?(?![^\W_])")
            found = [
                _with_short_forms(passage.text, names, pattern, defined)
                for passage, names in zip(passages, found, strict=True)
            ]
        if any(name.rule == ACRONYM for names in found for name in names):
            found = _with_known_acronyms(found)
        return found

    def _definitions(self, passages: Sequence[Passage], found: list[list[Found]]) -> dict[str, tuple[Meaning, ...]]:
        """Return what the short forms that a document defines mean, () where that is no disease and no chemical.

        Names that a short form in parentheses interrupts are added to ``found``.
        """
        defined: dict[str, tuple[Meaning, ...]] = {}
        for place, passage in enumerate(passages):
            # Every definition needs parentheses.
            if "(" not in passage.text:
                continue
            for one in find_abbreviations(passage.text):
                found[place] = self._over_parentheses(passage.text, one, found[place])
                if meanings := self._meanings(one, found[place]):
                    defined[one.short] = defined.get(one.short) or meanings
                else:
                    defined.setdefault(one.short, ())
            for name in found[place]:
                short = short_form_behind(passage.text, name.start, name.end)
                if short and not defined.get(short):
                    defined[short] = name.meanings
        return defined

    def _over_parentheses(self, text: str, one: Abbreviation, found: list[Found]) -> list[Found]:
        """Add a name that the short form in parentheses interrupts: "von Hippel-Lindau (VHL) disease"."""
        opening, closing = text.rfind("(", 0, one.short_start), text.find(")", one.short_start)
        if opening < one.long_end or closing < 0 or text[closing + 1 : closing + 2] != " ":
            return found
        first = max(0, opening - _REACH)
        if first:
            # A window that begins inside a word would show a part of it as a word.
            first = text.find(" ", first, opening) + 1 or opening
        head = text[first:opening].rstrip()
        cut = len(head)
        tail = text[closing + 1 : closing + _REACH]
        shift = closing + 1 - cut
        for name in self._names.find(head + tail):
            if name.start < cut < name.end:
                whole = Found(first + name.start, shift + name.end, name.meanings, "parentheses")
                return sorted([*(other for other in found if not whole.overlaps(other.start, other.end)), whole])
        return found

    def _meanings(self, one: Abbreviation, found: list[Found]) -> tuple[Meaning, ...]:
        """Return what a short form means: what the name at the end of its long form means."""
        for name in found:
            if name.end == one.long_end or (name.start <= one.long_start and one.long_end <= name.end):
                # The long form of an enzyme is no disease, though its deficiency is named over the short form.
                over = name.start < one.short_start < name.end
                return () if over and self._index.lookup(one.long) else name.meanings
        return ()


def _with_short_forms(
    text: str, names: list[Found], pattern: re.Pattern[str], defined: dict[str, tuple[Meaning, ...]]
) -> list[Found]:
    """Add the places of short forms; where a short form stands, no other name does that is not longer."""
    shorts = [(place.start(), place.end(), defined[place.group(1)]) for place in pattern.finditer(text)]
    kept = [
        name for name in names if not any(start <= name.start and name.end <= end for start, end, _ in shorts)
    ]  # fmt: skip
    own = [
        Found(start, end, meanings, "abbreviation")
        for start, end, meanings in shorts
        if meanings and not any(name.overlaps(start, end) for name in kept)
    ]
    return sorted([*kept, *own])


def _with_known_acronyms(found: list[list[Found]]) -> list[list[Found]]:
    """Keep the acronyms of the index whose term the document names in full; they mean what the full name means."""
    full: dict[str, Meaning] = {}
    for names in found:
        for name in names:
            for meaning in name.meanings if name.rule != ACRONYM else ():
                for term in meaning.terms:
                    full.setdefault(term, meaning)
    kept: list[list[Found]] = []
    for names in found:
        own = []
        for name in names:
            if name.rule != ACRONYM:
                own.append(name)
            elif term := next((term for term in name.meanings[0].terms if term in full), ""):
                own.append(replace(name, meanings=(full[term],)))
        kept.append(own)
    return kept


def _note(gathered: dict[tuple[str, str, str], tuple[str, list[Occurrence]]], passage: Passage, found: Found) -> None:
    """Add a place to each thing that it names."""
    written = passage.text[found.start : found.end]
    bounds = sentence_at(passage.text, found.start)
    place = Occurrence(passage.section, found.start, found.end, written, *bounds)
    source_list = RECOGNISED if found.rule == "name" else f"{RECOGNISED}: {found.rule}"
    for meaning in found.meanings:
        text = written if found.rule == "name" else meaning.name
        key = (source_list, meaning.category, normalize_name(text))
        gathered.setdefault(key, (text, []))[1].append(place)
