"""Does any name of the asserted term match the mention, and whose name is it otherwise?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from kg.curies import prefix_of
from kg.documents.occurrences import name_pattern
from kg.linking.checks.observation import Observation
from kg.linking.context import Context, name_key, unique_hit
from kg.model import Mention, Passage, Term
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
    """Yield whether the asserted term bears the mention's name, and the term of its vocabulary that does."""
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
    count = len(term.names)
    yield Observation(
        "name-mismatch", "against",
        f"none of the {count} names of {term.curie} ({term.label!r}) matches {mention.text!r}",
    )  # fmt: skip
    if name := _stands_in_text(term, context):
        yield Observation("text", "for", f"{name!r}, a name of {term.curie}, stands in the text")
    hit = unique_hit(context.hits(mention, vocabulary))
    if hit and hit.curie != term.curie:
        what = "the label" if hit.scope == "label" else "an exact synonym"
        statement = f"{mention.text!r} is {what} of {hit.curie} ({hit.label!r})"
        yield Observation("name", "other", statement, hit.curie)
