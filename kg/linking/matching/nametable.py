"""The names of a vocabulary, compiled: hash tables of exact forms, and an inverted index from words to names.

A mention's words find the names that hold them, words that mean the same, or words spelled alike (by the groups of
three characters that two words share). A name's score is the cosine of the two bags of weighted words, where two words
that are not the same count for as much as they are near (soft TF-IDF: Cohen, Ravikumar and Fienberg, A comparison of
string distance metrics for name-matching tasks, 2003). The search leaves out what cannot come among the best, and
finds what scoring every name finds.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

from kg.linking.matching.synonyms import Lexicon, Words, learn_lexicon
from kg.linking.matching.vocabulary import Vocabulary
from kg.linking.matching.words import COMPOUND, trigrams, words_of_key
from kg.terms.names import normalize_name

# Words spelled alike share as much of their groups of three characters as this (Dice's coefficient).
_ALIKE: Final = 0.55
_MISSPELT: Final = 0.72
# Of a word that no name has, less will do where one slip tells the two apart; what it is then worth.
_HALF: Final = 0.5
_SLIP: Final = 0.9
_MOST_ALIKE: Final = 6
_SHORTEST: Final = 5
# What a word spelled alike is worth beside one that is the same.
_SPELLING: Final = 0.9

_Key = TypeVar("_Key")


class Scored(NamedTuple):
    """A name of the table by its number, and its score."""

    score: float
    name: int


class NameTable:
    """All names of a vocabulary.

    Args:
        vocabulary: the concepts.
        more: further names of concepts by their identifiers, such as those that people linked; nothing is learnt
            of words from them.
    """

    def __init__(self, vocabulary: Vocabulary, more: Mapping[str, Sequence[str]] | None = None) -> None:
        self.vocabulary = vocabulary
        more = more or {}
        self.texts: list[str] = []
        self.keys: list[str] = []
        self.kinds: list[str] = []
        self.words: list[Words] = []
        self.concepts = array("l")
        #: The names of each concept.
        self.names: list[range] = []
        shared: dict[Words, Words] = {}
        by_concept: list[list[Words]] = []
        for place, concept in enumerate(vocabulary.concepts):
            first = len(self.texts)
            seen: set[str] = set()
            named = (*concept.names, *((text, "trained") for text in more.get(concept.curie, ())))
            for text, kind in named:
                key = normalize_name(text)
                if not _telling(key) or key in seen:
                    continue
                seen.add(key)
                words = words_of_key(key)
                self.texts.append(text)
                self.keys.append(key)
                self.kinds.append(kind)
                self.words.append(shared.setdefault(words, words))
                self.concepts.append(place)
            self.names.append(range(first, len(self.texts)))
            by_concept.append([self.words[name] for name in self.names[-1] if self.kinds[name] != "trained"])
        self.lexicon: Lexicon = learn_lexicon(by_concept)
        self.by_key = _grouped(self.keys)
        self.by_words = _grouped(self.words)
        self.by_letters = _grouped([key.replace(" ", "") for key in self.keys])
        self.by_bag = _grouped([tuple(sorted(words)) for words in self.words])
        self._index()
        self._near: dict[str, tuple[tuple[str, float], ...]] = {}

    def _index(self) -> None:
        weight = self.lexicon.weight
        #: The length of each name's vector.
        self.norms = array("d", (_length(words, weight) for words in self.words))
        self.postings: dict[str, array[int]] = {}
        for name, words in enumerate(self.words):
            for word in dict.fromkeys(words):
                if (row := self.postings.get(word)) is None:
                    row = self.postings[word] = array("l")
                row.append(name)
        # Of each word, the shortest vector in which it stands: bounds what the word can add to a score.
        self._ceiling = {
            word: weight(word) / min(self.norms[name] for name in row) for word, row in self.postings.items()
        }
        self._grams: dict[str, list[int]] = {}
        self._spelled = sorted(word for word in self.postings if len(word) >= _SHORTEST and word.isalpha())
        self._sizes = [len(word) + 2 for word in self._spelled]
        for place, word in enumerate(self._spelled):
            for gram in dict.fromkeys(trigrams(word)):
                self._grams.setdefault(gram, []).append(place)

    def __len__(self) -> int:
        return len(self.texts)

    def near(self, word: str) -> tuple[tuple[str, float], ...]:
        """Return the words of the table that a word may stand for, with how near each is, the nearest first.

        >>> from kg.linking.matching.vocabulary import Concept
        >>> table = NameTable(Vocabulary.of([Concept("X:1", (("epilepsies", "label"), ("fits", "exact")))]))
        >>> [word for word, _ in table.near("epilepsi")]
        ['epilepsy']
        """
        found = self._near.get(word)
        if found is None:
            found = self._near[word] = self._find_near(word)
        return found

    def _find_near(self, word: str) -> tuple[tuple[str, float], ...]:
        near: dict[str, float] = dict(self.lexicon.synonyms.get(word, {}))
        if word in self.postings:
            near[word] = 1.0
        if len(word) >= _SHORTEST and word.isalpha():
            for other, alike in self._spelled_alike(word):
                if alike * _SPELLING > near.get(other, 0.0):
                    near[other] = alike * _SPELLING
        return tuple(
            sorted(((w, s) for w, s in near.items() if w in self.postings), key=lambda pair: (-pair[1], pair[0]))
        )

    def _spelled_alike(self, word: str) -> list[tuple[str, float]]:
        shared: dict[int, int] = {}
        grams = dict.fromkeys(trigrams(word))
        for gram in grams:
            for place in self._grams.get(gram, ()):
                shared[place] = shared.get(place, 0) + 1
        size = len(grams)
        sizes = self._sizes
        known = word in self.postings
        # What is another word with a slip; a compound of known parts is none: hematotoxicity, hepatotoxicity.
        slips = not known and not COMPOUND.fullmatch(word)
        found = []
        for place, count in shared.items():
            alike = 2 * count / (size + sizes[place])
            if alike < (_ALIKE if known else _HALF) or (other := self._spelled[place]) == word:
                continue
            # Forms of a word differ at its end; what differs at its beginning ("hypo", "hyper", "photo") is another
            # word, unless it is one letter of a word that no name has.
            if (alike >= _ALIKE and _same_stem(word, other)) or (alike >= _MISSPELT and slips):
                found.append((alike, other))
            elif slips and word[0] == other[0] and one_slip(word, other):
                found.append((_SLIP, other))
        found.sort(key=lambda pair: (-pair[0], pair[1]))
        return [(other, alike) for alike, other in found[:_MOST_ALIKE]]

    def search(self, words: Sequence[str], limit: int) -> list[Scored]:
        """Return the names with the best scores, the best first; the lower number first among equals.

        Args:
            words: the words of a mention (`kg.linking.matching.words.name_words`).
            limit: how many.
        """
        terms = self._terms(words)
        if not terms:
            return []
        # The words that can add most first; a list of names is opened only while a new name can come among the best.
        terms.sort(key=lambda term: (-term[2], term[0]))
        left = [0.0] * (len(terms) + 1)
        for place in range(len(terms) - 1, -1, -1):
            left[place] = left[place + 1] + terms[place][2]
        scores: dict[int, float] = {}
        norms, postings = self.norms, self.postings
        for place, (word, value, _) in enumerate(terms):
            row = postings[word]
            if len(scores) >= limit and len(row) > 64:
                # Every score so far is a lower bound of the name's own; what a new name can reach is `left`.
                least = heapq.nlargest(limit, scores.values())[-1]
                if left[place] < least - 1e-12:
                    for rest, amount, _ in terms[place:]:
                        held = postings[rest]
                        if len(held) < 4 * len(scores):
                            for name in held:
                                if name in scores:
                                    scores[name] += amount / norms[name]
                        else:
                            all_words = self.words
                            for name in scores:
                                if rest in all_words[name]:
                                    scores[name] += amount / norms[name]
                    break
            for name in row:
                scores[name] = scores.get(name, 0.0) + value / norms[name]
        least = heapq.nlargest(limit, scores.values())[-1] - 1e-8 if len(scores) > limit else 0.0
        best = [(-round(score, 9), name) for name, score in scores.items() if score >= least]
        best.sort()
        return [Scored(-score, name) for score, name in best[:limit]]

    def search_all(self, words: Sequence[str], limit: int) -> list[Scored]:
        """Return what `search` does, by the score of every name."""
        values = {word: value for word, value, _ in self._terms(words)}
        scores = []
        for name, own in enumerate(self.words):
            score = sum(values[word] / self.norms[name] for word in dict.fromkeys(own) if word in values)
            if score:
                scores.append((name, score))
        scores.sort(key=lambda item: (-round(item[1], 9), item[0]))
        return [Scored(round(score, 9), name) for name, score in scores[:limit]]

    def _terms(self, words: Sequence[str]) -> list[tuple[str, float, float]]:
        """Return the words to look for: word, what it adds to the score of a name of length 1, the most it can add."""
        weight = self.lexicon.weight
        length = _length(words, weight)
        values: dict[str, float] = {}
        for word in dict.fromkeys(words):
            own = weight(word) / length
            for other, near in self.near(word):
                value = near * own * weight(other)
                if value > values.get(other, 0.0):
                    values[other] = value
        return [(word, value, value * self._ceiling[word] / weight(word)) for word, value in values.items()]


def _same_stem(one: str, other: str) -> bool:
    """Tell whether two words differ at their ends alone."""
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= 4 and shared >= 0.6 * max(len(one), len(other))


def one_slip(one: str, other: str) -> bool:
    """Tell whether two words differ by one slip: a letter more, less or another, or two neighbours changed over.

    >>> [one_slip("osteosarcoma", word) for word in ("osteosacroma", "osteosrcoma", "osteosarkoma", "osteoma")]
    [True, True, True, False]
    """
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    first, second = one[start:], other[start:]
    shared = 0
    while shared < min(len(first), len(second)) and first[-1 - shared] == second[-1 - shared]:
        shared += 1
    first, second = first[: len(first) - shared], second[: len(second) - shared]
    return max(len(first), len(second)) == 1 or (len(first) == 2 and first == second[::-1])


def _telling(key: str) -> bool:
    """Tell whether a name is more than a number or a letter, which tables have from names that were cut at commas."""
    return len(key) > 1 and not key.replace(" ", "").isdigit()


def _length(words: Iterable[str], weight: Callable[[str], float]) -> float:
    return math.sqrt(sum(weight(word) ** 2 for word in dict.fromkeys(words))) or 1.0


def _grouped(keys: Iterable[_Key]) -> dict[_Key, tuple[int, ...]]:
    found: dict[_Key, list[int]] = {}
    for name, key in enumerate(keys):
        found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}
