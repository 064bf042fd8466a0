"""What a document says besides the mention: the abbreviations that it defines, its other mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.linking.abbreviations import find_abbreviations, short_form_behind
from kg.model import Document, Passage
from kg.terms.names import normalize_name

_OPENING: Final = re.compile(r"[(\[]")
# The longest chemical names in parentheses.
_WIDEST: Final = 200
_CUT: Final = re.compile(r"[,;:]\s")
# Texts in which something is said to come of something else.
_BY: Final = re.compile(r" (?:caused|provoked|precipitated) by ")


@dataclass(frozen=True)
class Surroundings:
    """The document of a mention, as far as its linking needs it.

    Attributes:
        document: its identifier, "" for none.
        abbreviations: short form -> long form; where a document defines a short form twice, the first counts.
        beside: normalised name -> the mention that stands before it where it is given in parentheses ("eserine
            (physostigmine)"), or behind it in parentheses: two names of one thing, as a rule.
        keys: the normalised names of the mentions of the document.
        induced: those of them of which the document says once or more that something induced them.
    """

    document: str = ""
    abbreviations: dict[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    induced: frozenset[str] = frozenset()
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, passages: Sequence[Passage], mentions: Iterable[str] = (), document: str = "") -> Surroundings:
        """Read the surroundings off a document's passages.

        >>> text = "In Duchenne muscular dystrophy (DMD), boys fall ill."
        >>> Surroundings.of([Passage("title", text)]).abbreviations
        {'DMD': 'Duchenne muscular dystrophy'}
        """
        found: dict[str, str] = {}
        for passage in passages:
            if "(" in passage.text:
                for abbreviation in find_abbreviations(passage.text):
                    found.setdefault(abbreviation.short, abbreviation.long)
        texts = tuple(mentions)
        for text in sorted({text for text in texts if " " in text}):
            for passage in passages:
                # Initials in another order: myotonic dystrophy (DM).
                start = passage.text.find(f"{text} (")
                if start >= 0 and (short := short_form_behind(passage.text, start, start + len(text))):
                    found.setdefault(short, text)
        apposed = _apposed(passages, texts)
        for outer, inner in apposed:
            long = found.get(inner, "")
            # What people marked before the parentheses may be longer than what the letters need: "triphenyl tetrazolium
            # chloride (TTC)". One letter is a short form of a marked name alone: "testosterone (T)".
            if (long and outer.endswith(long)) or (
                not long and len(inner) == 1 and inner.isupper() and outer[0].upper() == inner
            ):
                found[inner] = outer
        _spell_out(found, texts)
        told = [text for passage in passages if "duced" in (text := normalize_name(passage.text)) or _BY.search(text)]
        keys = frozenset(map(normalize_name, texts))
        induced = frozenset(key for key in keys if _is_induced(key, told))
        return cls(document, found, keys, induced, _beside(apposed, texts))

    @classmethod
    def of_document(cls, document: Document, category: str) -> Surroundings:
        """Read the surroundings of a document's mentions of one category."""
        return cls.of(document.passages, (m.text for m in document.mentions if m.category == category), document.id)


def _spell_out(found: dict[str, str], texts: Sequence[str]) -> None:
    """Add short forms that the document does not define where one other mention is spelled out for them."""
    longer = {normalize_name(text): text for text in reversed(texts) if len(text.split()) > 1 or "-" in text}
    for text in texts:
        short = text.rstrip("s") if text[:-1].isupper() else text
        if not (short.isalpha() and short.isupper() and 2 < len(short) < 7) or short in found or text in found:
            continue
        spelled = {key for key in longer if _has_initials(short.lower(), key)}
        whole = {key for key in spelled if "".join(word[0] for word in key.split()) == short.lower()}
        if spelled and len(whole or spelled) == 1:
            found[short] = longer[min(whole or spelled)]


def _has_initials(short: str, key: str) -> bool:
    """Tell whether a short form has the first letter of each word of a name in their order, and besides letters of them.

    >>> _has_initials("oab", "overactive bladder"), _has_initials("oab", "bladder overactivity")
    (True, False)
    """
    words = key.split()
    if not words or len(words) > len(short):
        return False
    places: set[int] = {0}  # letters of the short form that can be used up so far
    for word in words:
        reached: set[int] = set()
        for place in places:
            if place < len(short) and short[place] == word[0]:
                used, at = place + 1, 1
                reached.add(used)
                while used < len(short) and (at := word.find(short[used], at) + 1):
                    used += 1
                    reached.add(used)
        places = reached
    return len(short) in places


def _apposed(passages: Sequence[Passage], texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return the mentions that stand before parentheses, with what these hold before their first colon or comma."""
    found: dict[tuple[str, str], None] = {}
    known = sorted(set(texts), key=lambda text: (-len(text), text))
    for passage in passages:
        for start, inner in _bracketed(passage.text):
            before = passage.text[:start].rstrip(" [(")
            outer = next((text for text in known if before.endswith(text)), None)
            if outer and outer != inner:
                found[outer, inner if inner in known else _CUT.split(inner, maxsplit=1)[0]] = None
    return list(found)


def _bracketed(text: str) -> Iterator[tuple[int, str]]:
    """Yield where parentheses or brackets open, with what they hold; those within others too.

    >>> list(_bracketed("AB (1-(2-C)-D) was"))
    [(3, '1-(2-C)-D'), (6, '2-C')]
    """
    for found in _OPENING.finditer(text):
        depth = 0
        for place in range(found.start(), min(len(text), found.start() + _WIDEST)):
            depth += (text[place] in "([") - (text[place] in ")]")
            if not depth:
                yield found.start(), text[found.end() : place].strip()
                break


def _beside(apposed: Iterable[tuple[str, str]], texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return which mentions stand before another's parentheses, and which in them."""
    found: dict[str, dict[str, None]] = {}
    for outer, inner in apposed:
        one, other = normalize_name(outer), normalize_name(inner)
        if inner in texts and one != other:
            found.setdefault(other, {})[outer] = None
            if " " not in outer:
                # Behind a phrase stands as a rule an example of it.
                found.setdefault(one, {})[inner] = None
    # A short form of one word that no text defines: DVP where one mention alone, divalproex, has its letters.
    for text in texts:
        if text.isalpha() and text.isupper() and 2 < len(text) < 7 and (key := normalize_name(text)) not in found:
            words = {
                normalize_name(other): other for other in reversed(texts) if other.isalpha() and not other.isupper()
            }
            spelled = [word for word in sorted(words) if len(word) >= 2 * len(key) and _has_initials(key, word)]
            if len(spelled) == 1:
                found[key] = {words[spelled[0]]: None}
    return {key: tuple(others) for key, others in found.items() if len(others) == 1}


def _is_induced(key: str, texts: Sequence[str]) -> bool:
    """Tell whether one of the texts says that something induced what a name stands for."""
    if not texts:
        return False
    name = re.escape(key.removesuffix("s"))
    said = re.compile(
        rf"\binduced (?:\S+ ){{0,2}}{name}s?\b|\b{name}s?(?: \S+)? (?:in|pro|)(?:duced|caused|provoked|precipitated) by\b"
    )
    return any(said.search(text) for text in texts)


#: A mention without a document.
NOWHERE = Surroundings()
