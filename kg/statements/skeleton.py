"""The bones of a sentence: names as short tokens, lists of names as one, asides in brackets left out.

A rule that says "drug caused condition" then fits "amiodarone (5 mg/kg) and quinidine caused nausea, severe vomiting and
ataxia" as well: it reads `⟦c caused ⟦d`, and both drugs and all three conditions are meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.model import CHEMICAL, DISEASE
from kg.statements.places import Place, Sentence

#: What stands for a name: of a chemical, of a disease, of anything else.
DRUG, CONDITION, OTHER = "⟦c", "⟦d", "⟦x"
_TOKEN = {CHEMICAL: DRUG, DISEASE: CONDITION}
#: Names farther apart than this are of no one list.
_LONGEST_LINK = 60

_WORD = (
    r"(?:(?!(?:in|of|with|after|during|on|for|by|from|to|was|were|is|are|had|has|have|who|which|that|than|but|not|no|without|"
    r"developed|following|induced|caused|associated|due|secondary|while|when|received|treated|given|both|between|against)\b)"
    r"[\w'’/-]+\s+)"
)
_LINK = (
    r"(?:\s*(?:,\s*(?:and/or|and|or|but\s+also|as\s+well\s+as|including)?|;\s*and|/|\+|&|\band/or\b|\band\b|\bor\b|\bplus\b|"
    r"\bas\s+well\s+as\b)\s*)"
)
_OPEN = r"\s*[(\[]\s*(?:e\.g\.,?\s*|i\.e\.,?\s*|such\s+as\s+|including\s+)?"
# "severe nausea, muscle weakness, and vomiting": an item of the list that no name covers.
_UNNAMED = rf"\s*,\s*{_WORD}{{0,2}}[\w-]+\s*,?\s+(?:and|or)\s+{_WORD}{{0,2}}?|\s*,\s*{_WORD}{{0,2}}[\w-]+\s*,\s*(?:(?:and|or)\s+)?{_WORD}{{0,2}}?"
_JOINS = {
    DRUG: re.compile(
        rf"\s*-?{_LINK}{_WORD}{{0,2}}?|{_OPEN}|\s*[-–]\s*|\s+(?:in\s+combination|combined|together|along)\s+with\s+",
        re.IGNORECASE,
    ),
    CONDITION: re.compile(
        rf"{_LINK}{_WORD}{{0,3}}?|{_UNNAMED}|{_OPEN}|\s*,?\s*(?:such\s+as|including|especially|particularly|accompanied\s+by|"
        rf"(?:together\s+|along\s+)?with)\s+{_WORD}{{0,3}}?",
        re.IGNORECASE,
    ),
}
_ASIDE = re.compile(r"\s*(?:\([^()⟦]{0,90}\)|\[[^\[\]⟦]{0,90}\])")
_CLOSES = re.compile(r"\s*[)\]]")


@dataclass(frozen=True, slots=True)
class Group:
    """Names of one kind that a list joins, and where their token stands in the bones."""

    start: int
    end: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The bones of a sentence.

    Attributes:
        text: the sentence with tokens for names.
        drugs: groups of chemicals, in reading order.
        conditions: groups of diseases.
    """

    text: str
    drugs: tuple[Group, ...]
    conditions: tuple[Group, ...]


def bones(sentence: Sentence) -> Skeleton:
    """Return the bones of a sentence.

    >>> text = "Aspirin (5 mg) caused nausea and severe vomiting"
    >>> names = (("c", CHEMICAL, 0, 7), ("d", DISEASE, 22, 28), ("e", DISEASE, 40, 48))
    >>> places = tuple(Place(node, kind, "t", start, end, "m") for node, kind, start, end in names)
    >>> found = bones(Sentence("t", 0, 48, text, places))
    >>> found.text, [place.node for place in found.conditions[0].places]
    ('⟦c caused ⟦d', ['d', 'e'])
    """
    out: list[str] = []
    length = 0
    groups: list[tuple[str, int, list[Place]]] = []
    last, opened = 0, False
    for place in sentence.places:
        start, end = place.start - sentence.start, place.end - sentence.start
        if groups and start < last:
            # One name that stands for several terms.
            groups[-1][2].append(place)
            continue
        gap = _plain(sentence.text[last:start])
        last = end
        if opened and (closed := _CLOSES.match(gap)):
            gap, opened = gap[closed.end() :], False
        token = _TOKEN.get(place.category, OTHER)
        if (
            groups
            and groups[-1][0] == token
            and token in _JOINS
            and len(gap) <= _LONGEST_LINK
            and _JOINS[token].fullmatch(gap)
        ):
            groups[-1][2].append(place)
            opened = opened or gap.lstrip().startswith(("(", "["))
            continue
        out += (gap, token)
        groups.append((token, length + len(gap), [place]))
        length += len(gap) + len(token)
        opened = False
    tail = _plain(sentence.text[last:])
    if opened and (closed := _CLOSES.match(tail)):
        tail = tail[closed.end() :]
    out.append(tail)
    made = [(token, Group(start, start + len(token), tuple(places))) for token, start, places in groups]
    return Skeleton(
        "".join(out),
        tuple(g for token, g in made if token == DRUG),
        tuple(g for token, g in made if token == CONDITION),
    )


def _plain(gap: str) -> str:
    """Return the words between two names without asides, and without anything that looks like a token."""
    if "(" in gap or "[" in gap:
        gap = _ASIDE.sub("", gap)
    return gap.replace("⟦", "[")
