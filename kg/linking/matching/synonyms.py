"""What a vocabulary itself says of words: which stand for one another, and which can be left out.

The names of one concept are compared in pairs. Where two differ in one place ("hepatic failure", "liver failure"), what
stands there may mean the same; where one has a word more ("Marfan disease", "Marfan"), that word may be left out. How
often a word is left out within a concept, against how often the name without it is another concept's, tells how much the
word says. Nothing is learnt from text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# Concepts with many names (chemicals) would give millions of pairs; the first names are the preferred ones.
_NAMES: Final = 24
_LONGEST: Final = 3

#: Words of which the names of one concept are given side by side, though they are opposites or kinds of their own.
_OPPOSITES: Final = tuple(
    frozenset(group.split())
    for group in (
        "hereditary sporadic acquired", "familial sporadic acquired", "congenital acquired", "acute chronic subacute", "dominant recessive",
        "primary secondary tertiary", "benign malignant", "male female", "infantile juvenile adult neonatal childhood",
        "proximal distal", "upper lower", "early late", "left right bilateral unilateral", "partial complete total",
        "mild moderate severe", "hypertension hypotension", "increased decreased", "anterior posterior",
        "systolic diastolic", "central peripheral", "localized generalized diffuse focal",
    )
)  # fmt: skip

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the words of a vocabulary are worth.

    Attributes:
        weights: word -> how much it says: the logarithm of how rare it is among concepts, less where it can be left out.
        synonyms: word -> {other word: how near, between 0 and 1}.
        unknown: weight of a word that the vocabulary has not.
        phrases: run of words -> {other run of words: how near}, where one of the two has more than one word.
    """

    weights: Mapping[str, float]
    synonyms: Mapping[str, Mapping[str, float]]
    unknown: float
    phrases: Mapping[Words, Mapping[Words, float]]

    def weight(self, word: str) -> float:
        """Return how much a word says."""
        return self.weights.get(word, self.unknown)


def learn_lexicon(names: Sequence[Sequence[Words]]) -> Lexicon:
    """Learn what words are worth.

    Args:
        names: of each concept, the words of its names.

    >>> lexicon = learn_lexicon([[("liver", "cancer"), ("liver", "tumor")], [("bone", "cancer"), ("bone", "tumor")],
    ...                          [("eye", "cancer"), ("eye", "tumor")], [("marfan", "disease"), ("marfan",)]])
    >>> sorted(lexicon.synonyms["cancer"]), lexicon.weight("disease") < lexicon.weight("marfan")
    (['tumor'], True)
    """
    holders: Counter[str] = Counter()
    for own in names:
        holders.update({word for words in own for word in words})
    swaps: Counter[tuple[Words, Words]] = Counter()
    dropped: Counter[str] = Counter()
    owners: dict[frozenset[str], set[int]] = {}
    for concept, own in enumerate(names):
        for words in own:
            owners.setdefault(frozenset(words), set()).add(concept)
        distinct = list(dict.fromkeys(own))[:_NAMES]
        found: set[tuple[Words, Words]] = set()
        for place, first in enumerate(distinct):
            for second in distinct[place + 1 :]:
                found |= _differences(first, second)
        for one, other in found:
            if one and other:
                swaps[one, other] += 1
            elif len(one) == 1:
                dropped[one[0]] += 1
    told = _telling(names, owners)
    count = max(len(names), 1)
    weights = {}
    for word, held in holders.items():
        rarity = math.log(1 + count / held)
        free = dropped[word] / (dropped[word] + told[word] + 2.0)
        weights[word] = rarity * (1 - 0.8 * free)
    synonyms, phrases = _nearness(swaps, holders)
    return Lexicon(weights, synonyms, math.log(1 + count), phrases)


def _differences(first: Words, second: Words) -> set[tuple[Words, Words]]:
    """Return the two runs of words in which two names differ, both ways; the order of words does not count."""
    left, right = Counter(first), Counter(second)
    ours = [word for word in first if left[word] > right[word]]
    theirs = [word for word in second if right[word] > left[word]]
    if len(ours) > _LONGEST or len(theirs) > _LONGEST or len(ours) == len(first) or len(theirs) == len(second):
        return set()
    if not ours and not theirs:
        return set()
    one, other = tuple(ours), tuple(theirs)
    return {(one, other), (other, one)} if one and other else {(one or other, ())}


def _telling(names: Sequence[Sequence[Words]], owners: Mapping[frozenset[str], set[int]]) -> Counter[str]:
    """Count for each word the concepts of which a name without the word is another concept's alone."""
    told: Counter[str] = Counter()
    for concept, own in enumerate(names):
        seen: set[str] = set()
        for words in own[:_NAMES]:
            whole = frozenset(words)
            if len(whole) < 2:
                continue
            for word in whole - seen:
                others = owners.get(whole - {word})
                if others and concept not in others:
                    seen.add(word)
        told.update(seen)
    return told


def _nearness(
    swaps: Mapping[tuple[Words, Words], int], holders: Mapping[str, int]
) -> tuple[dict[str, dict[str, float]], dict[Words, dict[Words, float]]]:
    synonyms: dict[str, dict[str, float]] = {}
    phrases: dict[Words, dict[Words, float]] = {}
    for (one, other), count in sorted(swaps.items()):
        if count < 2 or _numeric(one) or _numeric(other) or _opposite(one, other):
            continue
        rarest = min(holders[word] for word in (*one, *other))
        near = count / (rarest + 1.0) if rarest else 0.0
        # Seen in several concepts, or in most that have the rarer word.
        if near < 0.08 and count < 12:
            continue
        value = min(0.95, 0.55 + 0.2 * math.log10(count) + 0.4 * min(near, 1.0))
        if len(one) == len(other) == 1:
            synonyms.setdefault(one[0], {})[other[0]] = value
        else:
            phrases.setdefault(one, {})[other] = value
    return synonyms, phrases


def _opposite(one: Words, other: Words) -> bool:
    return any(not group.isdisjoint(one) and not group.isdisjoint(other) for group in _OPPOSITES)


def _numeric(words: Iterable[str]) -> bool:
    return any(len(word) == 1 or any(c.isdigit() for c in word) for word in words)
