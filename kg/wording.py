"""Words of messages that depend on a number."""

from __future__ import annotations

from typing import Final

_IRREGULAR: Final = {"evidence": "evidence", "has": "have", "is": "are", "was": "were"}


def counted(number: int, noun: str, *, separate: bool = False) -> str:
    """Return a number with its noun, in the singular where it is one.

    Args:
        number: how many.
        noun: in the singular.
        separate: whether thousands are parted by commas.

    >>> counted(1, "document"), counted(2, "entity"), counted(0, "match"), counted(12345, "case", separate=True)
    ('1 document', '2 entities', '0 matches', '12,345 cases')
    """
    return f"{number:,} {plural(noun, number)}" if separate else f"{number} {plural(noun, number)}"


def plural(word: str, number: int = 2) -> str:
    """Return the form of a noun, or of ``is``, ``was`` and ``has``, that goes with a number.

    >>> plural("was", 1), plural("was", 3), plural("evidence"), plural("key"), plural("index")
    ('was', 'were', 'evidence', 'keys', 'indexes')
    """
    if number == 1:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
