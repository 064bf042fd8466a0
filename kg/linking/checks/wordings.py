"""Forms of a name, and how alike a text and a name are: plurals, spelling, word order, words that mean the same.

A name is compared as a bag of words, each in the one spelling of its forms (`canonical`), without function words: of
"cancers of the breast" and "Breast Neoplasms" the bags are equal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from kg.linking.context import name_key
from kg.linking.matching.forms import forms_of
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.synonyms import Lexicon
from kg.linking.wordforms import american, canonical, nouns, spellings
from kg.model import CHEMICAL, Term

#: Words that change nothing of which term is meant.
_EMPTY: Final = frozenset(
    {"of", "the", "in", "and", "with", "to", "a", "an", "by", "due", "from", "for", "on", "s", "or"}
)
#: Words that most names have; they count half.
_GENERAL: Final = frozenset({"disease", "syndrome", "type", "familial", "acid", "disorder"})
#: Those of them that say of a name that it is a disease's, and no more.
_NOUNS: Final = frozenset({"disease", "syndrome", "disorder"})
#: Two words are alike from this ratio of `difflib.SequenceMatcher` on.
_ALIKE: Final = 0.8
_CACHED: Final = 50_000

Bag = tuple[str, ...]


@lru_cache(maxsize=1 << 16)
def bag(text: str) -> Bag:
    """Return the words of a name, sorted, in the spelling that their forms share.

    >>> bag("tumours of the lung") == bag("Lung Neoplasm") == ("lung", "tumor")
    True
    """
    words = name_key(text).split()
    kept = [word for word in words if word not in _EMPTY] or words
    return tuple(sorted(canonical(word.encode()).decode() for word in kept))


#: The bags of terms that were asked for, with the term: an index may have another one of that identifier.
_BAGS: Final[dict[str, tuple[Term, frozenset[Bag]]]] = {}


def bags(term: Term) -> frozenset[Bag]:
    """Return the bags of all names of a term."""
    known = _BAGS.get(term.curie)
    if known is None or known[0] is not term:
        if len(_BAGS) >= _CACHED:
            _BAGS.clear()
        _BAGS[term.curie] = known = (term, frozenset(bag(name.text) for name in term.names))
    return known[1]


#: The names of terms that were asked for, as letters and digits alone.
_SQUASHED: Final[dict[str, tuple[Term, frozenset[str]]]] = {}


def _squashed(term: Term) -> frozenset[str]:
    known = _SQUASHED.get(term.curie)
    if known is None or known[0] is not term:
        if len(_SQUASHED) >= _CACHED:
            _SQUASHED.clear()
        _SQUASHED[term.curie] = known = (term, frozenset(_squash(name.text) for name in term.names))
    return known[1]


@lru_cache(maxsize=1 << 16)
def _squash(text: str) -> str:
    """Return the letters and digits of a name: where hyphens and spaces stand is the writer's taste."""
    return "".join(name_key(text).split())


def bears_reading(term: Term, text: str) -> bool:
    """Tell whether a term bears what a text stands for by the rules of English and medicine (`matching.forms`).

    >>> from kg.model import Name
    >>> bears_reading(Term("X:1", "biolink:Disease", (Name("Kidney Diseases", "label"),)), "nephropathy")
    True
    """
    own = bags(term)
    return any(bag(name) in own for name in _readings(text))


@lru_cache(maxsize=1 << 14)
def _readings(text: str) -> tuple[str, ...]:
    # Of one word alone: "renal dysfunction" may be a kidney disease, and is the better told of a kind of it.
    if " " in name_key(text):
        return ()
    found = forms_of(text, Surroundings(), Lexicon({}, {}, 1.0, {}))
    return tuple(form.text for form in found if form.origin == "reading")


def bears_form(term: Term, text: str) -> bool:
    """Tell whether a term bears a name in some form of it, or with other hyphens.

    >>> from kg.model import Name
    >>> term = Term("X:1", "biolink:Disease", (Name("Breast Neoplasms", "label"),))
    >>> bears_form(term, "cancer of the breast"), bears_form(term, "breast")
    (True, False)
    >>> bears_form(Term("X:2", "biolink:Disease", (Name("Thromboembolism", "label"),)), "thrombo-embolism")
    True
    """
    own = bags(term)
    if any(bag(form) in own for form in (text, *_of_adjective(text))) or _squash(text) in _squashed(term):
        return True
    # "Nephrotic" of the nephrotic syndrome: the text leaves out what every name may have.
    words = bag(text)
    return _NOUNS.isdisjoint(words) and any(tuple(w for w in name if w not in _NOUNS) == words for name in own)


def forms(text: str, category: str) -> Iterator[str]:
    """Yield the names that a text may be written for besides itself, the nearest first.

    The plural of a chemical's name is the name of a class ("alcohols"), so of chemicals there is only spelling.

    >>> list(forms("lung tumours", "biolink:Disease"))[:2], list(forms("sulphate", CHEMICAL))
    (['lung tumour', 'lung tumors'], ['sulfate'])
    """
    words = name_key(text).split()
    if not words or len(words) > 8:
        return
    if category == CHEMICAL:
        if (spelled := american(" ".join(words))) != " ".join(words):
            yield spelled
        return
    seen = {" ".join(words)}
    for name in (*(name for name, _ in spellings(words)), *_of_adjective(text)):
        if name not in seen:
            seen.add(name)
            yield name


def _of_adjective(text: str) -> Iterator[str]:
    word = name_key(text)
    if " " not in word and len(word) > 5:
        yield from nouns(word)


def likeness(text: Bag, name: Bag, fuzzy: bool = True) -> tuple[float, bool]:
    """Return how alike two bags are, from 0 to 1, and whether the text has all words of the name.

    It is Dice's coefficient over words, long words counting for more. A word is matched with the most alike word that
    is left; below a ratio of 0.8 it is matched with none, and where the match is not ``fuzzy`` only with itself.

    >>> likeness(("lung", "tumor"), ("lung", "tumor")), likeness(("lung",), ("heart", "lung"))
    ((1.0, True), (0.6153846153846154, False))
    """
    if _beginnings(text).isdisjoint(_beginnings(name)):
        return 0.0, False
    left = list(name)
    shared = 0.0
    for word in text:
        best, ratio = None, _ALIKE
        for other in left:
            if word == other:
                best, ratio = other, 1.0
                break
            if fuzzy and len(word) > 4 and len(other) > 4 and word[:2] == other[:2]:
                found = difflib.SequenceMatcher(None, word, other, autojunk=False).ratio()
                if found > ratio:
                    best, ratio = other, found
        if best is not None:
            left.remove(best)
            shared += ratio * (_weight(word) + _weight(best))
    whole = sum(map(_weight, text)) + sum(map(_weight, name))
    return shared / whole if whole else 0.0, not any(word not in _GENERAL for word in left)


@lru_cache(maxsize=1 << 16)
def _beginnings(words: Bag) -> frozenset[str]:
    return frozenset(word[:2] for word in words)


def closeness(text: str, term: Term, *, within: bool = False) -> float:
    """Return how alike a text and the most alike name of a term are.

    Args:
        text: the text.
        term: whose names it is compared with.
        within: only names that add no word to the text. In chemistry near words are other substances: there a word is
            matched with itself alone.
    """
    own = bag(text)
    fuzzy = term.category != CHEMICAL
    told = (likeness(own, other, fuzzy) for other in bags(term))
    return max((value for value, inside in told if inside or not within), default=0.0)


def _weight(word: str) -> float:
    return (0.5 if word in _GENERAL else 1.0) * min(len(word), 8)
