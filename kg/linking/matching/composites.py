"""Mentions of several things at once: "breast and ovarian cancer", "cancer of the breast and ovary", "ataxia/tremor"."""

from __future__ import annotations

import re
from typing import Final

_JOINTS: Final = re.compile(
    r"\s*(?:,\s*(?:and|or|and/or)\s|\s(?:and/or|and|or|as well as|plus)\s|,\s|\s?/\s?|;\s|\s&\s)\s*"
)
_PREPOSITION: Final = re.compile(r"\s(?:of the|of|in the|in|with|to)\s")


def split_composite(text: str) -> list[tuple[str, ...]]:
    """Return the ways to take a mention apart, the likeliest first; none where nothing joins its parts.

    What stands behind the last part ("cancer") may belong to every part, and so may what stands before the first one
    ("cancer of the").

    >>> split_composite("breast and ovarian cancer")
    [('breast cancer', 'ovarian cancer'), ('breast', 'ovarian cancer')]
    >>> split_composite("carcinoma of the breast and ovary")[0]
    ('carcinoma of the breast', 'carcinoma of the ovary')
    >>> split_composite("gout")
    []
    """
    parts = [part for part in _JOINTS.split(text.strip()) if part and part.strip()]
    if not 2 <= len(parts) <= 6:
        return []
    ways: list[tuple[str, ...]] = []
    first, last = parts[0], parts[-1]
    preposition = None
    for found in _PREPOSITION.finditer(first):
        preposition = found
    if preposition:
        lead = first[: preposition.end()]
        ways.append((first, *(lead + part for part in parts[1:])))
    words = last.split()
    for count in range(1, len(words)):
        # Behind "and", "hepatic failure": the head is what stands last, of one word or more.
        tail = " ".join(words[count:])
        shared = tuple(f"{part} {tail}" for part in parts[:-1])
        ways.append((*shared, last))
    ways.append(tuple(parts))
    opening = first.split()
    for count in range(1, len(opening)):
        lead = " ".join(opening[:count])
        ways.append((first, *(f"{lead} {part}" for part in parts[1:])))
    return list(dict.fromkeys(ways))
