"""Where in a text a name of a term index may begin, and how far it may reach.

Looking for a million names means to ask at every word whether a name begins there. Two structures answer:

- *beginnings*: the first characters of every name, as few of them as tell all places, found by an Aho-Corasick automaton (Aho and Corasick 1975,
  doi:10.1145/360825.360855; the library is ahocorasick_rs) that marks the first letter of each word by a capital, so
  that a match begins where a word does. An automaton of whole names finds no more, is many times as large, and takes
  many times as long to make;
- two bitmaps found by CRC-32, one of every beginning of a name word by word ("non", "non small", "non small cell"),
  one of every whole name, both in `canonical` spelling. A bitmap may say yes to what is no name (a Bloom filter with
  one hash function, Bloom 1970, doi:10.1145/362686.362692), never no to what is one; a yes is looked up in the index.

Both are kept in the user's cache, by the fingerprint of the index.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zlib import crc32

import ahocorasick_rs

from kg.linking.namerules import harm_words, is_eponym, without_salt
from kg.linking.namewords import EPONYM_HEADS, FUNCTION_WORDS
from kg.linking.wordforms import adjectives, alike, british, canonical, plural, singular
from kg.model import CHEMICAL, DISEASE
from kg.resources import cache_folder
from kg.terms.index import TermIndex

#: Raised whenever `canonical`, or what is kept of a name, changes.
VERSION: Final = 4
#: Characters of a name by which its place is found; longer ones cost memory and find little less.
DEPTH: Final = 12
#: Shorter names say too little.
SHORTEST: Final = 2
# Indexes of fewer terms are read faster than a file is looked for.
_WORTH_A_FILE: Final = 50_000
_SLOTS_PER_NAME: Final = 32
_CACHED: Final = 100_000
_MAGIC: Final = b"casegraph names\n"
_LINE: Final = re.compile(r"[^\n]+")


@dataclass(slots=True)
class NameTable:
    """What tells where names may stand.

    Attributes:
        flags: the two bitmaps, two bits for each checksum: 1 where a name ends, 2 where a longer one goes on.
        beginnings: the first characters of the names, as `beginning` writes them, one a line; none begins with another.
    """

    flags: bytes
    beginnings: str
    _automaton: ahocorasick_rs.AhoCorasick = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lines = (found.group() for found in _LINE.finditer(self.beginnings))
        self._automaton = ahocorasick_rs.AhoCorasick(
            lines, implementation=ahocorasick_rs.Implementation.ContiguousNFA, store_patterns=False
        )

    def starts(self, norm: str) -> list[int]:
        """Return the places of a normalised text where names may begin, in order.

        >>> build_table([("lung cancer", DISEASE)]).starts("a lung cancer of alung ")
        [2]
        """
        found = self._automaton.find_matches_as_indexes(norm.title(), overlapping=True)
        # A capital marks the first letter of a word; a digit has none.
        return sorted([start for _, start, _ in found if not start or norm[start - 1] == " "])

    def ends(self, norm: str, start: int, spelled: Mapping[str, bytes]) -> list[int]:
        """Return where names that begin at a place may end, the longest first.

        Args:
            norm: the normalised text, with a blank at its end.
            start: where a word begins.
            spelled: gives the canonical spelling of a word, such as `Spelled`.

        >>> table = build_table([(name, DISEASE) for name in ("lung", "lung cancer", "lung cancer of the cell")])
        >>> table.ends("lung tumours  cell ", 0, Spelled())
        [12, 4]
        """
        flags, last = self.flags, (len(self.flags) << 2) - 1
        found: list[int] = []
        crc = 0
        while True:
            end = norm.find(" ", start)
            # Two blanks: a gap. A name is not looked for beyond it.
            if end <= start:
                return found
            crc = crc32(spelled[norm[start:end]], crc)
            slot = crc & last
            told = flags[slot >> 2] >> ((slot & 3) << 1)
            if told & 1:
                found.insert(0, end)
            if not told & 2:
                return found
            start = end + 1


class Spelled(dict[str, bytes]):
    """The canonical spelling of words, each with a blank behind it; what was asked for is remembered.

    >>> Spelled()["tumours"]
    b'tumor '
    """

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _CACHED:
            self.clear()
        form = self[word] = canonical(word.encode()) + b" "
        return form


def beginning(name: str) -> str:
    """Return what of a normalised name is searched for: each word capitalised, a blank behind, cut.

    >>> beginning("lung cancer"), beginning("flu")
    ('Lung Cancer ', 'Flu ')
    """
    return f"{name} "[:DEPTH].title()


def build_table(names: Iterable[tuple[str, str]], count: int = 0) -> NameTable:
    """Make the table of names.

    Args:
        names: normalised names with the category of a term that bears each; quickest in order.
        count: how many there are, about.
    """
    slots = 1 << max(12, (count * _SLOTS_PER_NAME).bit_length())
    last = slots - 1
    flags = bytearray(slots >> 2)
    starts: set[str] = set()
    spelled = Spelled()
    # The checksums of the beginnings of the name before: sorted names share most of them.
    before: list[str] = []
    sums: list[int] = []
    for name, category in names:
        if len(name) < SHORTEST or not name.isascii() or name in FUNCTION_WORDS or singular(name) in FUNCTION_WORDS:
            continue
        starts |= {beginning(form) for form in _forms(name, category)}
        words = name.split(" ")
        shared = 0
        for one, other in zip(words, before, strict=False):
            if one != other:
                break
            shared += 1
        del sums[shared:]
        for word in words[shared:]:
            sums.append(crc32(spelled[word], sums[-1] if sums else 0))
        for crc in sums[max(0, shared - 1) : -1]:
            slot = crc & last
            flags[slot >> 2] |= 2 << ((slot & 3) << 1)
        before = words
        whole = [sums[-1]]
        if category == DISEASE and len(words) == 1:
            whole += [crc32(spelled[form]) for form in adjectives(name)]
        for crc in whole:
            slot = crc & last
            flags[slot >> 2] |= 1 << ((slot & 3) << 1)
    return NameTable(bytes(flags), "\n".join(_shortest(sorted(starts))))


def _shortest(beginnings: Iterable[str]) -> Iterator[str]:
    """Yield, of sorted beginnings, those that do not begin with another: that one finds their places too.

    >>> list(_shortest(["Bone ", "Lung ", "Lung Cancer ", "Lungworm "]))
    ['Bone ', 'Lung ', 'Lungworm ']
    """
    kept = "\n"
    for one in beginnings:
        if not one.startswith(kept):
            kept = one
            yield one


def _forms(name: str, category: str) -> Iterator[str]:
    """Yield the forms of a name, of which some begin differently: number, spelling, adjective, words alike."""
    forms = {name}
    words = name.split(" ")
    for place, word in enumerate(words):
        if place > 1:
            break
        if not word.isalpha():
            continue
        if category != DISEASE and place < len(words) - 1:
            # Chemicals have another number in their last word alone.
            continue
        one = singular(word)
        others = {one, plural(one), british(one), british(plural(one))}
        if category == DISEASE:
            others |= {
                form for other in alike(one) for form in (other, plural(other), british(other), british(plural(other)))
            }
        forms |= {
            " ".join([*form.split(" ")[:place], other, *words[place + 1 :]]) for form in forms for other in others
        }
    if category == DISEASE and len(words) == 1:
        forms.update(adjectives(name))
        forms.update(adjectives(british(name)))
    yield from forms


def table_of(index: TermIndex) -> NameTable:
    """Return the table of the current diseases and chemicals of an index, from the user's cache where it is there.

    The file's name holds the fingerprint of the index, so that none is ever stale. Where the cache cannot be written
    the table is made anew each time.
    """
    if (count := len(index)) < _WORTH_A_FILE:
        return build_table(_names(index), 4 * count)
    path = cache_folder() / f"names-{VERSION}-{index.fingerprint[:32]}.table"
    if table := _read(path):
        return table
    table = build_table(_names(index), 2 * count)
    _write(path, table)
    return table


def _names(index: TermIndex, kinds: Collection[str] = (DISEASE, CHEMICAL)) -> Iterator[tuple[str, str]]:
    yield from ((name, DISEASE) for name in sorted(harm_words()))
    before = ("", "")
    for key, hit in index.names():
        if hit.category in kinds and (key, hit.category) != before:
            before = (key, hit.category)
            yield before
            if hit.category == CHEMICAL and (base := without_salt(key)):
                yield base, CHEMICAL
        if hit.category == DISEASE and key.endswith(EPONYM_HEADS) and is_eponym(hit.name):
            yield key.rpartition(" ")[0], DISEASE


def _read(path: Path) -> NameTable | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    start = len(_MAGIC) + 8
    size = int.from_bytes(data[len(_MAGIC) : start], "little")
    # The end mark tells a whole file from one that was cut off.
    if not data.startswith(_MAGIC) or not data.endswith(_MAGIC) or not size or len(data) < start + size + len(_MAGIC):
        return None
    return NameTable(data[start : start + size], data[start + size : -len(_MAGIC)].decode("ascii", "replace"))


def _write(path: Path, table: NameTable) -> None:
    """Write the table beside its place and rename it: another process finds all of it or none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + len(table.flags).to_bytes(8, "little") + table.flags)
            file.write(table.beginnings.encode("ascii") + _MAGIC)
        Path(partial).replace(path)
    except OSError:
        return
