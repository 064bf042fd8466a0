"""Many names at once, where only an exact name counts: one hash table of texts, and no reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kg.linking.matching.nametable import NameTable
from kg.terms.names import normalize_name

# Texts that are no name as they stand are kept with their answer, as many as this.
_KEPT: Final = 1 << 20


class ExactNames(dict[str, str | None]):
    """Text -> the one concept that bears it as a name once normalised, None where none or several do.

    Args:
        table: the names.

    >>> from kg.linking.matching.vocabulary import Concept, Vocabulary
    >>> names = ExactNames(NameTable(Vocabulary.of([Concept("X:1", (("Gout", "label"),))])))
    >>> names.link(["gout", "GOUT.", "rash"])
    ['X:1', 'X:1', None]
    """

    def __init__(self, table: NameTable) -> None:
        super().__init__()
        self._table = table
        for text, key in zip(table.texts, table.keys, strict=True):
            concept = self._concept(key)
            self[text] = self[key] = concept
            self[text.lower()] = concept

    def __missing__(self, text: str) -> str | None:
        concept = self._concept(normalize_name(text))
        if len(self) < _KEPT:
            self[text] = concept
        return concept

    def link(self, texts: Iterable[str]) -> list[str | None]:
        """Return the concepts of texts, in their order."""
        return list(map(self.__getitem__, texts))

    def _concept(self, key: str) -> str | None:
        concepts = {self._table.concepts[name] for name in self._table.by_key.get(key, ())}
        return self._table.vocabulary.concepts[concepts.pop()].curie if len(concepts) == 1 else None
