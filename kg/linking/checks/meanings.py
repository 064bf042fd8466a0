"""Which term a text names, in the vocabulary of the asserted one: by its own names, by a form of them, by another
vocabulary's, and by the long form that the document gives for an abbreviation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.curies import prefix_of
from kg.linking.abbreviations import find_abbreviations
from kg.linking.checks.wordings import forms
from kg.linking.context import VOCABULARIES, Context, lookup_names, unique_hit
from kg.model import Mention, Passage
from kg.terms.index import TermIndex
from kg.terms.keys import Hit

_SHORT = 6


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text names.

    Attributes:
        terms: terms of the vocabulary that was asked for; several where the text does not tell them apart.
        statement: how they come up, as a sentence part.
        exact: whether the terms are named themselves; else they are the nearest that the vocabulary has.
        form: whether a form of the text is the name, and not the text.
        named: the term that is named, of whichever vocabulary; "" where there are several.
    """

    terms: frozenset[str]
    statement: str
    exact: bool
    form: bool
    named: str


@lru_cache(maxsize=32_768)
def of_text(index: TermIndex, text: str, category: str, vocabulary: str) -> tuple[Meaning, ...]:
    """Return what a text names in a vocabulary, from the surest to the least sure."""
    return tuple(_of_text(index, text, category, vocabulary))


def _of_text(index: TermIndex, text: str, category: str, vocabulary: str) -> Iterator[Meaning]:
    others = [v for v in VOCABULARIES.get(category, ()) if v != vocabulary]
    names = [(text, False), *((form, True) for form in forms(text, category))]
    for name, form in names:
        told = repr(text) if not form else f"{text!r}, as {name!r},"
        hits = lookup_names(index, name, category, vocabulary)
        if chosen := _best(hits, category):
            shown = ", ".join(f"{hit.curie} ({hit.label!r})" for hit in chosen)
            yield Meaning(frozenset(h.curie for h in chosen), f"{told} is a name of {shown}", True, form, "")
    for name, form in names:
        told = repr(text) if not form else f"{text!r}, as {name!r},"
        for other in others:
            hit = unique_hit(lookup_names(index, name, category, other))
            if hit is None:
                continue
            same = exact_targets(index, hit.curie, vocabulary)
            if same:
                shown = f"{told} is a name of {hit.curie} ({hit.label!r}), which maps exactly to {', '.join(same)}"
                yield Meaning(frozenset(same), shown, True, form, hit.curie)
            elif near := nearest_mapped(index, hit.curie, vocabulary):
                shown = f"{told} is a name of {hit.curie} ({hit.label!r}), a kind of what {', '.join(near)} maps to"
                yield Meaning(frozenset(near), shown, False, form, hit.curie)


def _best(hits: tuple[Hit, ...], category: str) -> list[Hit]:
    for scope in ("label", "exact"):
        if found := [hit for hit in hits if hit.scope == scope and hit.category == category]:
            return found
    return []


def exact_targets(index: TermIndex, curie: str, vocabulary: str) -> tuple[str, ...]:
    """Return the current terms of a vocabulary that a term maps to exactly, sorted."""
    rows = (row for row in index.mappings(curie) if row.predicate_id == "skos:exactMatch")
    found = {row.object_id if row.subject_id == curie else row.subject_id for row in rows}
    current = (c for c in sorted(found) if prefix_of(c) == vocabulary)
    return tuple(c for c in current if (term := index.term(c)) is not None and not term.obsolete)


@lru_cache(maxsize=16_384)
def nearest_mapped(index: TermIndex, curie: str, vocabulary: str) -> tuple[str, ...]:
    """Return the terms of a vocabulary that the nearest ancestors map to exactly, sorted; four levels up at most."""
    level = set(index.parents(curie))
    for _ in range(4):
        if found := {target for parent in level for target in exact_targets(index, parent, vocabulary)}:
            return tuple(sorted(found))
        level = {above for parent in level for above in index.parents(parent)}
    return ()


def long_form(mention: Mention, context: Context) -> str | None:
    """Return what the document says that an abbreviation stands for, None where it does not say."""
    return long_forms(context.passages).get(mention.text) if len(mention.text) <= 2 * _SHORT else None


@lru_cache(maxsize=8)
def long_forms(passages: tuple[Passage, ...]) -> dict[str, str]:
    """Return short form -> long form of a document; a short form with two long ones is left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for passage in passages:
        if "(" not in passage.text:
            continue
        for pair in find_abbreviations(passage.text):
            if found.setdefault(pair.short, pair.long).casefold() != pair.long.casefold():
                twice.add(pair.short)
    return {short: long for short, long in found.items() if short not in twice}
