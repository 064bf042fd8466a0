"""Finding where a name stands in the passages of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kg.documents.sentences import sentence_at
from kg.model import Occurrence, Passage

#: Names of at most this many characters, all upper case, are matched with their case: "AML", not "aml".
SHORT = 4


@lru_cache(maxsize=8192)
def name_pattern(name: str) -> re.Pattern[str]:
    """Return the pattern that finds ``name`` as a whole word: white space flexible, case free.

    >>> bool(name_pattern("Anlotinib").search("an anlotinib-based therapy"))
    True
    >>> bool(name_pattern("ALL").search("all patients"))
    False
    """
    body = r"\s+".join(re.escape(part) for part in name.split())
    acronym = len(name) <= SHORT and name.upper() == name and any(c.isalpha() for c in name)
    flags = re.NOFLAG if acronym else re.IGNORECASE
    return re.compile(rf"(?<![^\W_]){body}(?![^\W_])", flags)


def find_occurrences(name: str, passages: Iterable[Passage]) -> Iterator[Occurrence]:
    """Yield every place where ``name`` stands in ``passages``, with the bounds of its sentence.

    Args:
        name: a surface form; an empty one is nowhere.
        passages: the passages of one document, in order.

    >>> [o.start for o in find_occurrences("b", [Passage("title", "a b. B")])]
    [2, 5]
    """
    if not name.strip():
        return
    pattern = name_pattern(name)
    for passage in passages:
        for found in pattern.finditer(passage.text):
            start, end = sentence_at(passage.text, found.start())
            yield Occurrence(passage.section, found.start(), found.end(), found.group(), start, end)
