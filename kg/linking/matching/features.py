"""What speaks for and against a name as the name of a mention, as numbers that a decision can weigh."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from kg.linking.matching.alignment import align
from kg.linking.matching.forms import Form
from kg.linking.matching.nametable import NameTable, one_slip
from kg.linking.matching.words import COMPOUND, head_place, name_words, trigrams

#: The features of a pair of a form and a name, in their order.
NAMES: Final = (
    "same key", "same words", "same bag", "all words near", "left over", "left over, sum", "extra", "extra, sum",
    "softness", "trigrams", "label", "mapped", "head left over", "heads differ", "extra number", "left-over number",
    "extra words", "left-over words", "search", "expanded", "text beside expansion", "reading", "first words differ",
    "left-over unknown", "same case", "short form", "several concepts", "rank of name",
    "omim", "supplementary", "leaf", "broader than another", "narrower than another", "names that match",
    "elsewhere in the document",
    "trained", "trained, share", "trained, count", "prior", "never trained", "trained otherwise", "before the comma", "extra, broader", "extra, label", "joined, left over", "left over and extra", "same letters", "induced",
    "beside", "trained name", "trained name, extra", "trained name, left over", "words trained", "words trained, head", "misspelt",
)  # fmt: skip
PLACE: Final = {name: place for place, name in enumerate(NAMES)}
_COUNT: Final = len(NAMES)


def compare(form: Form, name: int, score: float, table: NameTable, beside_expansion: bool) -> list[float]:
    """Return the features of a form of a mention and a name that do not hang on other candidates.

    Args:
        form: a form of the mention.
        name: a name of the table.
        score: its score in the search.
        table: the names.
        beside_expansion: whether the form is the bare text where its abbreviation is spelled out in another form.
    """
    values = [0.0] * _COUNT
    weight = table.lexicon.weight
    words = table.words[name]
    mention = form.words
    if form.key == table.keys[name]:
        values[0 if form.origin in {"text", "abbreviation", "induced"} else 1] = 1.0
        left: tuple[int, ...] = ()
        extra: tuple[int, ...] = ()
        pairs: Sequence[tuple[int, int, float]] = ()
        values[9] = 1.0
    elif mention == words:
        values[1] = 1.0
        left = extra = ()
        pairs = ()
        values[9] = 1.0
    else:
        aligned = align(mention, words, table)
        left, extra, pairs = aligned.left, aligned.extra, aligned.pairs
        if not left and not extra:
            values[2 if all(near == 1.0 for *_, near in pairs) else 3] = 1.0
        values[9] = _dice(form.key, table.keys[name])
        if (left or extra) and form.key.replace(" ", "") == table.keys[name].replace(" ", ""):
            values[PLACE["same letters"]] = 1.0
            left = extra = ()
    total = sum(weight(word) for word in mention) or 1.0
    lost = sum(weight(mention[place]) for place in left)
    values[4] = lost / total
    values[5] = min(lost, 20.0) / 10
    whole = sum(weight(word) for word in words) or 1.0
    added = sum(weight(words[place]) for place in extra)
    values[6] = added / whole
    values[7] = min(added, 20.0) / 10
    if pairs:
        values[8] = sum(weight(mention[place]) * (1 - near) for place, _, near in pairs) / total
        values[PLACE["misspelt"]] = float(
            any(
                near < 1
                and mention[own] not in table.postings
                and one_slip(mention[own], words[other])
                and not COMPOUND.fullmatch(mention[own])
                for own, other, near in pairs
            )
        )
    kind = table.kinds[name]
    values[10] = float(kind == "label")
    values[11] = float(kind == "mapped")
    if left:
        values[12] = float(form.head in left)
        values[15] = float(any(_counts(mention[place]) for place in left))
        values[17] = min(len(left), 4) / 4
        values[PLACE["joined, left over"]] = float(form.joined)
        values[23] = sum(mention[place] not in table.postings for place in left) / len(left)
    if extra:
        head = min(head_place(table.keys[name]), len(words) - 1)
        values[13] = float(head in extra)
        values[14] = float(any(_counts(words[place]) for place in extra))
        values[16] = min(len(extra), 4) / 4
        if not left:
            values[PLACE["before the comma"]] = float(_before_comma(table.texts[name]) == mention)
        values[PLACE["extra, label"]] = values[10]
    values[PLACE["left over and extra"]] = float(bool(left) and bool(extra))
    values[18] = score
    values[19] = float(form.origin == "abbreviation")
    values[PLACE["induced"]] = float(form.origin == "induced")
    values[PLACE["beside"]] = float(form.origin == "beside")
    if kind == "trained" and not values[0]:
        values[PLACE["trained name"]] = 1.0
        values[PLACE["trained name, extra"]] = values[6]
        values[PLACE["trained name, left over"]] = values[4]
    values[20] = float(beside_expansion)
    values[21] = 1 - form.near
    values[22] = float(bool(mention) and bool(words) and mention[0] not in words)
    if values[0]:
        values[24] = float(form.text == table.texts[name])
    values[25] = float(len(form.key) <= 5 and form.text.isupper() and not beside_expansion)
    values[27] = min(name - table.names[table.concepts[name]].start, 20) / 20
    return values


def _counts(word: str) -> bool:
    return len(word) == 1 or any(c.isdigit() for c in word)


@lru_cache(maxsize=1 << 16)
def _before_comma(text: str) -> tuple[str, ...]:
    """Return the words before the first comma of a name, where inverted names have what is qualified."""
    before, comma, _ = text.partition(", ")
    return name_words(before) if comma else ()


def _dice(one: str, other: str) -> float:
    first, second = set(trigrams(one)), set(trigrams(other))
    return 2 * len(first & second) / (len(first) + len(second))


def squashed(count: float) -> float:
    """Return a count on a scale that grows ever more slowly.

    >>> squashed(0), round(squashed(7), 2)
    (0.0, 0.6)
    """
    return math.log1p(count) / 3.4657
