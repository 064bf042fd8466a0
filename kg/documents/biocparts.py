"""The parts of a BioC document, whatever it is written in: a neutral structure for the XML and the JSON reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

# Characters that no text has and that later formats (XML, Arrow, Neo4j) refuse; each becomes one U+FFFD.
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: No offset of this world has more digits.
_DIGITS: Final = 16


@dataclass(slots=True)
class RawRelation:
    """A relation: infons and the (refid, role) of its nodes."""

    id: str
    infons: dict[str, str]
    nodes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class RawAnnotation:
    """An annotation; a location that cannot be read is (-1, -1)."""

    id: str
    infons: dict[str, str]
    text: str
    locations: list[tuple[int, int]]


@dataclass(slots=True)
class RawPassage:
    """A passage or a sentence; ``offset`` is None where there is none that can be read."""

    infons: dict[str, str]
    offset: int | None
    text: str
    annotations: list[RawAnnotation] = field(default_factory=list)
    relations: list[RawRelation] = field(default_factory=list)
    sentences: list[RawPassage] = field(default_factory=list)


@dataclass(slots=True)
class RawDocument:
    """A document as BioC has it; ``source`` is the collection's, ``authors`` are those listed outside the infons.

    ``mended`` says what was mended in it, "" where nothing was.
    """

    id: str
    infons: dict[str, str] = field(default_factory=dict)
    passages: list[RawPassage] = field(default_factory=list)
    annotations: list[RawAnnotation] = field(default_factory=list)
    relations: list[RawRelation] = field(default_factory=list)
    authors: tuple[str, ...] = ()
    source: str = ""
    mended: str = ""

    def parts(self) -> Iterator[RawDocument | RawPassage]:
        """Yield what may hold annotations and relations: the document, its passages, their sentences.

        >>> sentence = RawPassage({}, 0, "Fever.")
        >>> passage = RawPassage({}, 0, "", sentences=[sentence])
        >>> document = RawDocument("1", passages=[passage])
        >>> list(document.parts()) == [document, passage, sentence]
        True
        """
        yield self
        for passage in self.passages:
            yield passage
            yield from passage.sentences


def clean(text: str) -> str:
    """Return ``text`` of the same length without control characters and lone surrogates.

    >>> clean("a\\x00b\\tc")
    'a\ufffdb\\tc'
    """
    return text if text.isprintable() else _UNFIT.sub("\ufffd", text)


def whole_number(value: object) -> int | None:
    """Return a number that may be written as text, None where it is no whole number.

    >>> whole_number("12"), whole_number(3.0), whole_number(" -1 "), whole_number("x"), whole_number(True)
    (12, 3, -1, None, None)
    """
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) < _DIGITS:
            return int(value)
        written = value.strip()
        value = int(written) if len(written) <= _DIGITS and re.fullmatch(r"[+-]?[0-9]+", written) else None
    elif isinstance(value, float):
        value = int(value) if value.is_integer() else None
    sound = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10 ** (_DIGITS - 1)
    return value if sound and isinstance(value, int) else None
