"""What a document says besides the mention: the abbreviations that it defines, its other mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.linking.abbreviations import find_abbreviations, short_form_behind
from kg.model import Document, Passage
from kg.terms.names import normalize_name

# Texts in which something is said to come of something else.
_BY: Final = re.compile(r" (?:caused|provoked|precipitated) by ")


@dataclass(frozen=True)
class Surroundings:
    """The document of a mention, as far as its linking needs it.

    Attributes:
        document: its identifier, "" for none.
        abbreviations: short form -> long form; where a document defines a short form twice, the first counts.
        keys: the normalised names of the mentions of the document.
        induced: those of them of which the document says once or more that something induced them.
    """

    document: str = ""
    abbreviations: dict[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    induced: frozenset[str] = frozenset()

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
        initials: dict[str, str] = {}
        for text in texts:
            if len(words := re.findall(r"\w+", text)) > 1:
                initials.setdefault("".join(word[0] for word in words).lower(), text)
        for text in texts:
            # A short form that the document does not define where another mention is spelled out.
            short = text.rstrip("s") if text[:-1].isupper() else text
            if short.isalpha() and short.isupper() and 2 < len(short) < 7 and short.lower() in initials:
                found.setdefault(short, initials[short.lower()])
        told = [text for passage in passages if "duced" in (text := normalize_name(passage.text)) or _BY.search(text)]
        keys = frozenset(map(normalize_name, texts))
        return cls(document, found, keys, frozenset(key for key in keys if _is_induced(key, told)))

    @classmethod
    def of_document(cls, document: Document, category: str) -> Surroundings:
        """Read the surroundings of a document's mentions of one category."""
        return cls.of(document.passages, (m.text for m in document.mentions if m.category == category), document.id)


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
