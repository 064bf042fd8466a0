"""Does any name of the asserted term match the mention, and whose name is it otherwise?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from kg.curies import prefix_of
from kg.documents.occurrences import name_pattern
from kg.linking.checks.meanings import Meaning, exact_targets, long_form, of_text
from kg.linking.checks.observation import Observation
from kg.linking.checks.relatives import better_relative, relation
from kg.linking.checks.wordings import bears_form, bears_reading
from kg.linking.context import Context, name_key, unique_hit
from kg.model import CHEMICAL, OTHER, Mention, Passage, Term
from kg.terms.index import TermIndex
from kg.terms.names import normalize_name

_CACHED: Final = 50_000


def bears_name(term: Term, text: str) -> bool:
    """Tell whether a term bears a name, after normalisation.

    >>> from kg.model import Name
    >>> bears_name(Term("X:1", "biolink:Disease", (Name("Osteo-sarcoma", "label"),)), "osteo sarcoma")
    True
    """
    return name_key(text) in _names(term)


#: The normalised names of terms that were asked for, with the term: an index may have another one of that identifier.
_NAMES: Final[dict[str, tuple[Term, frozenset[str]]]] = {}


def _names(term: Term) -> frozenset[str]:
    known = _NAMES.get(term.curie)
    if known is None or known[0] is not term:
        if len(_NAMES) >= _CACHED:
            _NAMES.clear()
        _NAMES[term.curie] = known = (term, frozenset(normalize_name(name.text) for name in term.names))
    return known[1]


def _stands_in_text(term: Term, context: Context) -> str | None:
    """Return a name of the term that the document's text uses, None where it uses none."""
    folded = _folded(context.passages)
    for name in term.names:
        # A pattern is dear; most names have a word that stands nowhere.
        if len(name.text) > 3 and all(any(word in text for text in folded) for word in name.text.casefold().split()):
            pattern = name_pattern(name.text)
            if any(pattern.search(passage.text) for passage in context.passages):
                return name.text
    return None


@lru_cache(maxsize=8)
def _folded(passages: tuple[Passage, ...]) -> tuple[str, ...]:
    return tuple(passage.text.casefold() for passage in passages)


def check(mention: Mention, term: Term, context: Context) -> Iterator[Observation]:
    """Yield whether the asserted term bears the mention's name, and the term of its vocabulary that does.

    A term that bears the name letter by letter (check ``name``) is a reason of its own; one that bears a form of it
    (``form``), or is merely more alike, is a hint: it is told, and changes no link. ``likeness`` is a
    warning by itself, ``relative`` an info.
    """
    vocabulary = prefix_of(term.curie)
    if bears_name(term, mention.text):
        yield Observation("name", "for", f"{mention.text!r} is a name of {term.curie} ({term.label})")
        return
    for other in context.hits(mention):
        # The name may be missing from this vocabulary and stand in one that maps to it.
        if any(target == term.curie for target, _ in context.exact_mappings(other.curie, vocabulary)):
            statement = (
                f"{mention.text!r} is a name of {other.curie} ({other.label}), which maps exactly to {term.curie}"
            )
            yield Observation("name", "for", statement)
            return
    long = long_form(mention, context)
    if long and stands_for(context.index, long, mention.category, term):
        # What the abbreviation means in other documents does not matter.
        return
    hit = unique_hit(context.hits(mention, vocabulary))
    if hit and hit.category == OTHER != term.category:
        # "HIV" of an infection: what is of no kind at all is no better term than one of the right kind.
        hit = None
    if hit is None and stands_for(context.index, mention.text, mention.category, term):
        yield Observation("form", "for", f"{mention.text!r} is a form of a name of {term.curie} ({term.label})")
        return
    count = len(term.names)
    yield Observation(
        "name-mismatch", "against",
        f"none of the {count} names of {term.curie} ({term.label!r}) matches {mention.text!r}",
    )  # fmt: skip
    if name := _stands_in_text(term, context):
        yield Observation("text", "for", f"{name!r}, a name of {term.curie}, stands in the text")
    if hit and hit.curie != term.curie:
        what = "the label" if hit.scope == "label" else "an exact synonym"
        statement = f"{mention.text!r} is {what} of {hit.curie} ({hit.label!r})"
        yield Observation("name", "other", statement, hit.curie)
    elif hit is None:
        yield from _hints(mention, term, long, context)


def _hints(mention: Mention, term: Term, long: str | None, context: Context) -> Iterator[Observation]:
    vocabulary = prefix_of(term.curie)
    if long:
        # The other check speaks of what the document says that an abbreviation stands for.
        return
    for meaning in of_text(context.index, mention.text, mention.category, vocabulary):
        if curie := comparable(context.index, meaning, term):
            yield Observation("form", "other", meaning.statement, curie)
            return
    if bears_reading(term, mention.text):
        yield Observation(
            "reading", "for", f"{mention.text!r} stands for {term.curie} ({term.label}) by the rules of its words"
        )
        return
    if better := better_relative(context.index, mention.text, term):
        curie, near, own = better
        label = context.index.label(curie)
        statement = (
            f"{mention.text!r} is more like the names of {curie} ({label!r}; {near:.2f}) than the others ({own:.2f})"
        )
        yield Observation(_weight(context.index, term, curie, own), "other", statement, curie)
    elif head := head_of(context.index, mention.text, mention.category, term):
        statement = f"the head of {mention.text!r} names {head} ({context.index.label(head)!r}), a kind of {term.curie}"
        yield Observation("relative" if term.category == CHEMICAL else "likeness", "other", statement, head)


def _weight(index: TermIndex, term: Term, relative: str, own: float) -> str:
    """Return the check that a more alike relative is seen by: ``likeness``, a warning, or ``relative``, an info.

    It is an info where the relative is none in that hierarchy, and of chemicals where the asserted term has words of the text
    as well: "glutamates" and "glutamic acid" are alike, and so are other substances.
    """
    if relation(index, term.curie, relative) == "unrelated" or (term.category == CHEMICAL and own > 0.0):
        return "relative"
    return "likeness"


def head_of(index: TermIndex, text: str, category: str, term: Term) -> str | None:
    """Return the one term below an asserted one that the last words of a text name, None where they name none.

    What has the name of a kind and more words is a thing of that kind, or of one below it: a term above is too general.
    """
    words = name_key(text).split()
    for start in range(1, min(len(words), 6)):
        head = " ".join(words[start:])
        found = {c for m in of_text(index, head, category, prefix_of(term.curie)) if m.exact for c in m.terms}
        if term.curie in found:
            return None
        if found:
            below = {curie for curie in found if relation(index, term.curie, curie) == "narrower"}
            return below.pop() if len(below) == 1 else None
    return None


def comparable(index: TermIndex, meaning: Meaning, term: Term) -> str | None:
    """Return the one term that a text means in place of another, None where it cannot be told.

    A term that is only near (what an ancestor of the named one maps to) stands against one whose own place in that
    ontology is known, and is not above the named one.
    """
    if len(meaning.terms) != 1:
        return None
    (curie,) = meaning.terms
    if meaning.exact:
        return curie
    twins = exact_targets(index, term.curie, prefix_of(meaning.named))
    return curie if twins and not any(index.is_ancestor(twin, meaning.named) for twin in twins) else None


def stands_for(index: TermIndex, text: str, category: str, term: Term) -> bool:
    """Tell whether a text stands for a term: by a form of its names, or by another vocabulary's names.

    A term that is merely the nearest above the named one stands for it where no relative of it is named more alike.
    """
    if bears_form(term, text):
        return True
    for meaning in of_text(index, text, category, prefix_of(term.curie)):
        if term.curie in meaning.terms:
            return meaning.exact or better_relative(index, text, term) is None
    return False


def kinship(text: str, term: Term) -> str:
    """Tell how a name and a term that does not bear it are akin.

    Returns:
        ``qualified`` where the text is a name of the term and more words ("relapsed osteosarcoma"),
        ``partial`` where it is a part of one, "" where neither holds.
    """
    words = _words(text)
    names = [_words(name.text) for name in term.names]
    if any(name and name < words for name in names):
        return "qualified"
    return "partial" if any(words and words < name for name in names) else ""


@lru_cache(maxsize=65_536)
def _words(text: str) -> frozenset[str]:
    return frozenset(w.removesuffix("s") for w in normalize_name(text).split() if len(w) > 1)
