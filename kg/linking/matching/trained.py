"""What people linked before: mentions of a user's own corpora with the identifiers that they were given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kg.linking.matching.words import words_of_key
from kg.terms.names import normalize_name
from kg.wording import counted

#: Files that a reason names.
_FILES: Final = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A mention that somebody linked.

    Attributes:
        text: the mention.
        document: its document.
        concepts: primary identifiers of what it means, sorted; several for a composite mention, none where the
            vocabulary has nothing for it.
        times: how often the document has it.
        source: the file that the document is from, "" where nobody asks.
    """

    text: str
    document: str
    concepts: tuple[str, ...]
    times: int = 1
    source: str = ""


@dataclass(slots=True)
class Memory:
    """The examples by their normalised text and by what they mean.

    What a document's own examples say can be left out, so that an example is no evidence for itself.
    """

    by_key: dict[str, dict[tuple[str, ...], Counter[str]]] = field(default_factory=dict)
    by_concept: dict[str, Counter[str]] = field(default_factory=dict)
    by_word: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    words: dict[str, Counter[str]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Memory:
        """Remember examples.

        >>> memory = Memory.of([Example("Flu", "PMID:1", ("MESH:D007251",), 3), Example("flu", "PMID:2", ())])
        >>> memory.meanings("flu"), memory.meanings("flu", but="PMID:1"), memory.seen("MESH:D007251")
        ({('MESH:D007251',): 3, (): 1}, {(): 1}, 3)
        """
        memory = cls()
        for example in examples:
            if example.source:
                memory.sources[example.document] = example.source
            key = normalize_name(example.text)
            meanings = memory.by_key.setdefault(key, {})
            meanings.setdefault(example.concepts, Counter())[example.document] += example.times
            for word in set(words_of_key(key)):
                # Different names of a document count, not places: a document repeats itself.
                memory.words.setdefault(word, Counter())[example.document] += 1
                for concept in example.concepts:
                    memory.by_word.setdefault(word, {}).setdefault(concept, Counter())[example.document] += 1
            for concept in example.concepts:
                memory.by_concept.setdefault(concept, Counter())[example.document] += example.times
        return memory

    def meanings(self, key: str, *, but: str = "") -> dict[tuple[str, ...], int]:
        """Return what a normalised name was linked to, with how often.

        Args:
            key: the normalised name.
            but: a document the examples of which do not count.
        """
        found = {}
        for concepts, documents in self.by_key.get(key, {}).items():
            count = documents.total() - documents[but]
            if count > 0:
                found[concepts] = count
        return found

    def told(self, text: str, concepts: tuple[str, ...], *, but: str = "") -> str:
        """Say how often a name was linked so, and by which files.

        Args:
            text: the name.
            concepts: what it was linked to.
            but: a document the examples of which do not count.

        >>> memory = Memory.of([Example("Flu", "PMID:1", ("MESH:D007251",), 3, "a.txt"), Example("flu", "PMID:2", ())])
        >>> memory.told("flu", ("MESH:D007251",))
        "'flu' was linked so 3 times of 4 by a.txt"
        """
        key = normalize_name(text)
        meanings = self.meanings(key, but=but)
        count, total = meanings.get(concepts, 0), sum(meanings.values())
        documents = self.by_key.get(key, {}).get(concepts, ())
        files = sorted({self.sources[one] for one in documents if one != but and one in self.sources})
        more = f" and {len(files) - _FILES} more" if len(files) > _FILES else ""
        by = f" by {', '.join(files[:_FILES])}{more}" if files else ""
        return f"{text!r} was linked so {counted(count, 'time')} of {total}{by}"

    def said(self, word: str, concept: str, *, but: str = "") -> float:
        """Return in which share of the linked names with a word the concept was meant, half a name taken off.

        Args:
            word: a word of a name in shared spelling.
            concept: the concept.
            but: a document the examples of which do not count.
        """
        meant = self.by_word.get(word, {}).get(concept)
        if not meant or (count := meant.total() - meant[but]) <= 0:
            return 0.0
        return (count - 0.5) / (self.words[word].total() - self.words[word][but])

    def seen(self, concept: str, *, but: str = "") -> int:
        """Return how often a concept was what a mention meant."""
        documents = self.by_concept.get(concept)
        return documents.total() - documents[but] if documents else 0
