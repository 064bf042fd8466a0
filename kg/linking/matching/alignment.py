"""Which words of a mention stand for which words of a name, and what is left over on either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.linking.matching.nametable import NameTable

# Two words less near than this are two words.
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two names, word by word.

    Attributes:
        pairs: (place in the mention, place in the name, how near), in the order of the mention.
        left: places of the mention's words that the name has not.
        extra: places of the name's words that the mention has not.
    """

    pairs: tuple[tuple[int, int, float], ...]
    left: tuple[int, ...]
    extra: tuple[int, ...]


def align(mention: Sequence[str], name: Sequence[str], table: NameTable) -> Alignment:
    """Pair the words of a mention with those of a name: the same words first, then the nearest ones.

    >>> from kg.linking.matching.vocabulary import Concept, Vocabulary
    >>> table = NameTable(Vocabulary.of([Concept("X:1", (("renal tumors", "label"),))]))
    >>> align(("big", "tumor"), ("kidney", "tumor"), table)
    Alignment(pairs=((1, 1, 1.0),), left=(0,), extra=(0,))
    """
    free = list(range(len(name)))
    pairs: list[tuple[int, int, float]] = []
    rest: list[int] = []
    for place, word in enumerate(mention):
        for other in free:
            if name[other] == word:
                pairs.append((place, other, 1.0))
                free.remove(other)
                break
        else:
            rest.append(place)
    if rest and free:
        near: list[tuple[float, int, int]] = []
        for place in rest:
            known = dict(table.near(mention[place]))
            for other in free:
                value = known.get(name[other], 0.0)
                if value >= _LEAST:
                    near.append((-value, place, other))
        for value, place, other in sorted(near):
            if place in rest and other in free:
                pairs.append((place, other, -value))
                rest.remove(place)
                free.remove(other)
    return Alignment(tuple(sorted(pairs)), tuple(rest), tuple(free))
