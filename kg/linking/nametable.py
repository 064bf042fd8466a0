"""Where in a text a name of a term index may begin, and how far it may reach.

Looking for a million names means to ask at every word whether a name begins there. Two structures answer:

- *beginnings*: the first characters of every name, found by an Aho-Corasick automaton (Aho and Corasick 1975,
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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from zlib import crc32

import ahocorasick_rs

from kg.linking.namerules import harm_words, is_eponym, without_salt
from kg.linking.namewords import EPONYM_HEADS
from kg.linking.wordforms import adjectives, alike, british, canonical, plural, singular
from kg.model import CHEMICAL, DISEASE
from kg.resources import cache_folder
from kg.terms.index import TermIndex

#: Raised whenever `canonical`, or what is kept of a name, changes.
VERSION: Final = 1
#: Characters of a name by which its place is found; longer ones cost memory and find little less.
DEPTH: Final = 12
#: Shorter names say too little.
SHORTEST: Final = 2
# Indexes of fewer terms are read faster than a file is looked for.
_WORTH_A_FILE: Final = 50_000
_BITS_PER_NAME: Final = 32
_CACHED: Final = 100_000
_MAGIC: Final = b"casegraph names\n"
_LINE: Final = re.compile(r"[^\n]+")


@dataclass(slots=True)
class NameTable:
    """What tells where names may stand.

    Attributes:
        begins: bit of every beginning of a name that another word follows.
        whole: bit of every name.
        beginnings: the first characters of the names, as `beginning` writes them, one a line.
    """

    begins: bytes
    whole: bytes
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
        places = sorted({start for _, start, _ in found})
        # A capital marks the first letter of a word; a digit has none.
        return [place for place in places if not place or norm[place - 1] == " "]

    def ends(self, words: Sequence[str], spelled: Mapping[str, bytes]) -> list[int]:
        """Return how many of the words may be a name, the fewest first.

        Args:
            words: the words of a normalised text from a place on.
            spelled: gives the canonical spelling of a word, such as `Spelled`.

        >>> table = build_table([(name, DISEASE) for name in ("lung", "lung cancer", "lung cancer of the cell")])
        >>> table.ends(["lung", "tumours", "cell"], Spelled())
        [1, 2]
        """
        begins, whole = self.begins, self.whole
        mask = (len(begins) << 3) - 1
        found = []
        crc = 0
        for count, word in enumerate(words, 1):
            crc = crc32(spelled[word], crc32(b" ", crc)) if crc else crc32(spelled[word])
            bit = crc & mask
            if whole[bit >> 3] >> (bit & 7) & 1:
                found.append(count)
            if not begins[bit >> 3] >> (bit & 7) & 1:
                break
        return found


class Spelled(dict[str, bytes]):
    """The canonical spelling of words; what was asked for is remembered.

    >>> Spelled()["tumours"]
    b'tumor'
    """

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _CACHED:
            self.clear()
        form = self[word] = canonical(word.encode())
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
    bits = 1 << max(12, (count * _BITS_PER_NAME).bit_length())
    mask = bits - 1
    begins, whole = bytearray(bits >> 3), bytearray(bits >> 3)
    starts: set[str] = set()
    # The checksums of the beginnings of the name before: sorted names share most of them.
    before: list[bytes] = []
    sums: list[int] = []
    for name, category in names:
        if len(name) < SHORTEST or not name.isascii():
            continue
        starts |= {beginning(form) for form in _forms(name, category)}
        words = name.encode().split(b" ")
        shared = 0
        for one, other in zip(words, before, strict=False):
            if one != other:
                break
            shared += 1
        del sums[shared:]
        for place in range(shared, len(words)):
            word = canonical(words[place])
            sums.append(crc32(word, crc32(b" ", sums[-1])) if place else crc32(word))
        for crc in sums[max(0, shared - 1) : -1]:
            bit = crc & mask
            begins[bit >> 3] |= 1 << (bit & 7)
        bit = sums[-1] & mask
        whole[bit >> 3] |= 1 << (bit & 7)
        before = words
        if category == DISEASE and len(words) == 1:
            for form in adjectives(name):
                bit = crc32(canonical(form.encode())) & mask
                whole[bit >> 3] |= 1 << (bit & 7)
    return NameTable(bytes(begins), bytes(whole), "\n".join(sorted(starts)))


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
    if not data.startswith(_MAGIC) or not data.endswith(_MAGIC) or not size or len(data) < start + 2 * size:
        return None
    text = data[start + 2 * size : -len(_MAGIC)].decode("ascii", "replace")
    return NameTable(data[start : start + size], data[start + size : start + 2 * size], text)


def _write(path: Path, table: NameTable) -> None:
    """Write the table beside its place and rename it: another process finds all of it or none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + len(table.begins).to_bytes(8, "little") + table.begins + table.whole)
            file.write(table.beginnings.encode("ascii") + _MAGIC)
        Path(partial).replace(path)
    except OSError:
        return
