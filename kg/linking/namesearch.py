"""Names in one stretch of plain text: the longest that means something at each place, by the term index.

The text is spelled as the index spells names (`plaintext`), the places where a name may begin are found (`nametable`),
and of the names that begin at a place the longest that means something is taken (`namerules`). What the text looks like
at the place then decides whether it is meant there: an acronym must be written as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from kg.linking.namerules import Meaning
from kg.linking.nametable import NameTable, Spelled
from kg.linking.namewords import COUNTER_IONS, MODIFIERS, SALT_WORDS
from kg.linking.plaintext import PlainText, read_plain
from kg.model import CHEMICAL, DISEASE

_CACHED: Final = 100_000
_CONJUNCTIONS: Final = (" and or ", " and ", " or ")
_LOOK_BACK: Final = 60
_POSSESSIVE: Final = re.compile("['\u2019]s$")
_WORD: Final = re.compile(r"(?<![\w-])[\w-]+(?= )")
_LAST_MODIFIERS: Final = frozenset(words.rpartition(" ")[2] for words in MODIFIERS)
_SALT_BEHIND: Final = re.compile(rf" (?:{'|'.join(sorted(SALT_WORDS))})\b(?!-)", re.IGNORECASE)
#: Characters of an acronym that needs no definition in the text.
_LEAST_ALONE: Final = 4
#: Rule of an acronym that counts only where the document names its term in full.
ACRONYM: Final = "acronym"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A name in a text.

    Attributes:
        start: where it begins, in code points.
        end: the place behind it.
        meanings: what it means; several where it names several things ("breast and ovarian cancer").
        rule: the rule that found it.
    """

    start: int
    end: int
    meanings: tuple[Meaning, ...] = field(compare=False)
    rule: str = field(default="name", compare=False)

    @property
    def category(self) -> str:
        """The category of what it means; one text means things of one category."""
        return self.meanings[0].category

    def overlaps(self, start: int, end: int) -> bool:
        """Tell whether it has a character of a stretch of text.

        >>> Found(3, 7, ()).overlaps(6, 9), Found(3, 7, ()).overlaps(7, 9)
        (True, False)
        """
        return self.start < end and start < self.end


class NameSearch:
    """Finds names in text.

    Args:
        table: where names may stand.
        meaning: what normalised words mean, None where they mean nothing that is looked for.
        coordinations: whether "breast and ovarian cancer" names both.
    """

    def __init__(
        self, table: NameTable, meaning: Callable[[list[str]], Meaning | None], *, coordinations: bool = True
    ) -> None:
        self._table = table
        self._rule = meaning
        self._coordinations = coordinations
        self._known: dict[str, Meaning | None] = {}
        self._spelled = Spelled()

    def find(self, text: str) -> list[Found]:
        """Return the names in a text in their order; none overlaps another.

        >>> from kg.terms.bundled import default_index
        >>> from kg.linking.namerules import NameRules
        >>> from kg.linking.nametable import table_of
        >>> with default_index() as index:
        ...     search = NameSearch(table_of(index), NameRules(index).meaning)
        ...     [(found.start, found.end, found.rule) for found in search.find("Hypertensive patients with osteosarcoma")]
        [(0, 12, 'adjective'), (27, 39, 'name')]
        """
        plain = read_plain(text)
        return list(_completed(list(self._names(plain)), text))

    def means(self, surface: str) -> Meaning | None:
        """Return what normalised text means as a whole; remembered, for texts repeat themselves."""
        try:
            return self._known[surface]
        except KeyError:
            pass
        if len(self._known) >= _CACHED:
            self._known.clear()
        found = self._known[surface] = self._rule(surface.split(" "))
        return found

    def _names(self, plain: PlainText) -> Iterator[Found]:
        norm, ends, spelled, known = plain.norm, self._table.ends, self._spelled, self._known
        done = 0
        for start in self._table.starts(norm):
            if start < done:
                continue
            for end in ends(norm, start, spelled):
                surface = norm[start:end]
                meaning = known[surface] if surface in known else self.means(surface)
                if meaning and (found := self._place(plain, start, surface, meaning, done)):
                    done = end
                    yield found
                    break

    def _place(self, plain: PlainText, start: int, surface: str, meaning: Meaning, done: int) -> Found | None:
        first, last = plain.span(start, start + len(surface))
        written = plain.text[first:last]
        how = how_meant(meaning, written)
        if not how:
            return None
        if possessive := _POSSESSIVE.search(written):
            last -= len(possessive.group())
        if self._coordinations and meaning.category == DISEASE and " " in surface:
            joined = self._coordinated(plain, start, surface, done)
            if joined:
                return Found(plain.span(*joined[0])[0], last, (joined[1], meaning), "coordination")
        return Found(first, last, (meaning,), how)

    def _coordinated(
        self, plain: PlainText, start: int, surface: str, done: int
    ) -> tuple[tuple[int, int], Meaning] | None:
        """Return the place and the meaning of words before a name that share its last words: "breast and ...".

        Args:
            plain: the text.
            start: where the name begins.
            surface: the name.
            done: the place behind the name before; words that belong to it are not shared.
        """
        low = max(done, start - _LOOK_BACK)
        head = plain.norm[low:start]
        conjunction = next((word for word in _CONJUNCTIONS if head.endswith(word)), "")
        if not conjunction and plain.text[plain.span(start - 1, start)[0]] not in "/-":
            return None
        end = start - len(conjunction or " ")
        head = head[: len(head) - (start - end)]
        if head.endswith(" "):
            return None
        words = head.rpartition("  ")[2].split(" ")
        # The first word of a window may be the end of a longer one.
        words = words[1 if low > done else 0 :][-2:]
        heads = surface.split(" ")
        for shared in range(1, len(heads)):
            for count in range(len(words), 0, -1):
                own = " ".join(words[-count:])
                meaning = self.means(f"{own} {' '.join(heads[shared:])}") if own else None
                if meaning and meaning.category == DISEASE and not meaning.acronym:
                    return (end - len(own), end), meaning
        return None


def how_meant(meaning: Meaning, written: str) -> str:
    """Tell by the way in which a text writes a name by what rule it is that name, "" where it is not.

    An acronym is written as the index writes it. It is a name by itself where it has four characters or more and one
    term alone bears it; else it is one (``acronym``) only where the document names the term in full too. A code
    ("A 10") has a capital.

    >>> cold = Meaning("COLD", DISEASE, "name", ("MONDO:1",), acronym=True)
    >>> code = Meaning("A 10", CHEMICAL, "name", code=True)
    >>> how_meant(cold, "COLD"), how_meant(cold, "cold"), how_meant(code, "a 10")
    ('name', '', '')
    """
    if meaning.acronym:
        if written != meaning.name:
            return ""
        if meaning.category == DISEASE and not written.isalpha():
            # Genes have names of letters and digits, and the index calls their diseases by them.
            return ""
        alone = meaning.unambiguous and len(written) >= _LEAST_ALONE
        return meaning.rule if alone and (written.isupper() or meaning.category != DISEASE) else ACRONYM
    return meaning.rule if not meaning.code or any(char.isupper() for char in written) else ""


def _completed(found: list[Found], text: str) -> Iterator[Found]:
    """Let names reach over the words beside them that are a part of them: what kind of salt, which organ."""
    done = 0
    held: Found | None = None
    for one in found:
        if held and held.category == one.category == CHEMICAL and _is_salt_of(held, one, text):
            named = one if text[held.start : held.end].lower() in COUNTER_IONS else held
            held = Found(held.start, one.end, named.meanings, "salt")
            continue
        if held:
            yield (whole := _extended(held, text, done, one.start))
            done = whole.end
        held = one
    if held:
        yield _extended(held, text, done, len(text))


def _is_salt_of(before: Found, behind: Found, text: str) -> bool:
    """Tell whether one of two chemicals side by side is the counter-ion of the other: "divalproex sodium"."""
    if behind.start != before.end + 1 or text[before.end] != " ":
        return False
    ions = {text[one.start : one.end].lower() in COUNTER_IONS for one in (before, behind)}
    return ions == {True, False}


def _extended(one: Found, text: str, low: int, high: int) -> Found:
    """Return a name with the words beside it that belong to it, between the names around it."""
    if one.rule == ACRONYM:
        return one
    if one.category == CHEMICAL:
        behind = _SALT_BEHIND.match(text, one.end, high)
        return Found(one.start, behind.end(), one.meanings, "salt") if behind else one
    start = _modified(text, one.start, low)
    return Found(start, one.end, one.meanings, "modifier") if start < one.start else one


def _modified(text: str, start: int, low: int) -> int:
    """Return where the modifiers before a place begin, the place itself where there is none.

    >>> _modified("a familial X-linked recessive ataxia", 30, 0), _modified("no ataxia", 3, 0)
    (2, 3)
    """
    if text[start - 1 : start] != " ":
        return start
    last = text[text.rfind(" ", low, start - 1) + 1 : start - 1]
    if last.lstrip("([").lower() not in _LAST_MODIFIERS:
        return start
    words = [
        (found.start(), found.group().lower()) for found in _WORD.finditer(text, max(low, start - _LOOK_BACK), start)
    ]
    while words and words[-1][0] + len(words[-1][1]) + 1 == start:
        at, word = words.pop()
        if words and f"{words[-1][1]} {word}" in MODIFIERS and words[-1][0] + len(words[-1][1]) + 1 == at:
            at, word = words.pop()
        elif word not in MODIFIERS:
            break
        start = at
    return start
