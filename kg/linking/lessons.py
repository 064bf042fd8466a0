"""Lessons for the linker: a user's own curated pairs of a mention and an identifier, read from any corpus.

What the pairs assert is brought to the vocabulary that the linker links to: withdrawn identifiers by their one successor,
those of other vocabularies by the exact mappings that join (`kg.linking.equivalence`, with its guard). Where that
vocabulary has none, a term of another one that names are linked to will do: Mondo lacks symptoms that MeSH has. A pair
that leads to no term is not learnt; it is counted and told. So are pairs of documents that are linked themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.curies import prefix_of
from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.errors import InputError
from kg.linking.context import VOCABULARIES, compatible
from kg.linking.equivalence import Entities
from kg.linking.matching.indexed import teach_linker
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.taught import Placed, Taught
from kg.linking.matching.trained import Example
from kg.linking.matching.vocabulary import Vocabulary, vocabulary_of
from kg.linking.nearest import vocabulary_for
from kg.model import Document, Mention
from kg.terms.index import TermIndex

#: Identifiers that lead nowhere, as many as an account names.
_NAMED: Final = 10


@dataclass(slots=True)
class Account:
    """What became of the pairs of one category, in mentions.

    Attributes:
        vocabulary: prefix of what is linked to.
        learnt: pairs that the linker was taught.
        elsewhere: those of them with a term of another vocabulary, as this one has none.
        unresolved: pairs with an identifier that leads to no term.
        unidentified: mentions without an identifier.
        left_out: pairs of documents that are linked themselves.
        nowhere: identifiers that lead to no term -> pairs.
    """

    vocabulary: str
    learnt: int = 0
    elsewhere: int = 0
    unresolved: int = 0
    unidentified: int = 0
    left_out: int = 0
    nowhere: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """Return it as a manifest has it; of the identifiers those that came most often."""
        often = sorted(self.nowhere.items(), key=lambda item: (-item[1], item[0]))[:_NAMED]
        return {
            "vocabulary": self.vocabulary, "learnt": self.learnt, "elsewhere": self.elsewhere, "unresolved": self.unresolved,
            "unidentified": self.unidentified, "left_out": self.left_out, "nowhere": dict(often),
        }  # fmt: skip


@dataclass(frozen=True)
class Lessons:
    """What the linkers were taught, by category.

    Attributes:
        taught: category -> what its linker learnt.
        accounts: category -> what became of the pairs.
        documents: documents that were learnt from.
        left_out: documents that are linked themselves.
        set_aside: files that were not read, with the reason.
    """

    taught: Mapping[str, Taught] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    documents: int = 0
    left_out: int = 0
    set_aside: tuple[tuple[str, str], ...] = ()

    def write(self, path: Path) -> None:
        """Write what was taught to a file, for other processes."""
        path.write_text(json.dumps({kind: taught.to_json() for kind, taught in self.taught.items()}), encoding="utf-8")

    def as_dict(self) -> dict[str, Any]:
        """Return the account as a manifest has it."""
        return {
            "documents": self.documents, "left_out": self.left_out,
            "pairs": {kind: account.as_dict() for kind, account in self.accounts.items()},
            "set_aside": [{"input": name, "reason": reason} for name, reason in self.set_aside],
        }  # fmt: skip


def read_taught(path: Path) -> dict[str, Taught]:
    """Read what `Lessons.write` wrote: category -> what its linker learnt."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return {kind: Taught.from_json(text) for kind, text in told.items()}


def read_lessons(
    paths: Iterable[str | Path],
    index: TermIndex,
    categories: Sequence[str],
    linked: Callable[[Document], bool] = lambda _: False,
) -> Lessons:
    """Teach the linkers of categories what people linked.

    Args:
        paths: files and folders of any format that a build reads.
        index: the ontologies.
        categories: the kinds of mentions.
        linked: tells whether a document is linked itself, and so left out.

    Raises:
        InputError: if there is no file, or no document in any.
    """
    set_aside: list[tuple[str, str]] = []
    gathered = {category: _Gathered(index, category) for category in categories}
    documents = left_out = 0
    for document in read_corpus(paths, set_aside):
        own = linked(document)
        documents, left_out = documents + (not own), left_out + own
        for gathering in gathered.values():
            gathering.take(document, own)
    if not documents + left_out:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in set_aside[:3])
        raise InputError(f"nothing to learn from: {reasons or 'no document'}", value=[str(path) for path in paths])
    return Lessons(
        {category: gathering.taught() for category, gathering in gathered.items()},
        {category: gathering.account for category, gathering in gathered.items()},
        documents, left_out, tuple(set_aside),
    )  # fmt: skip


def read_corpus(paths: Iterable[str | Path], set_aside: list[tuple[str, str]]) -> Iterator[Document]:
    """Yield every document of a corpus once.

    Args:
        paths: files and folders of any format that a build reads.
        set_aside: filled with the files that are not read, and why.
    """
    seen: set[str] = set()
    for item in find_inputs(paths):
        for stream in read_streams(item):
            for document in stream.documents:
                if document.id not in seen:
                    seen.add(document.id)
                    yield document
            set_aside += [
                (entry.input, entry.reason)
                for entry in stream.entries()
                if entry.kind == "file" and entry.outcome == "set_aside"
            ]


class _Gathered:
    """The pairs of one category, as they come."""

    def __init__(self, index: TermIndex, category: str) -> None:
        self.prefix = vocabulary_for(index, category)
        self.account = Account(self.prefix)
        self._index = index
        self._category = category
        self._vocabulary: Vocabulary = vocabulary_of(index, [self.prefix], [category])
        self._entities = Entities(index)
        self._known: dict[str, str | None] = {}
        self._examples: list[Placed] = []
        self._beside: list[Placed] = []

    def take(self, document: Document, linked: bool) -> None:
        """Take the pairs of a document."""
        surroundings: Surroundings | None = None
        for mention in document.mentions:
            if mention.category != self._category:
                continue
            times = max(1, len(mention.occurrences))
            given = mention.identifiers
            if not given:
                self.account.unidentified += times
                continue
            if linked:
                self.account.left_out += times
                continue
            surroundings = surroundings or Surroundings.of_document(document, self._category)
            self._add(mention, given, times, document, surroundings)

    def _add(self, mention: Mention, given: Sequence[str], times: int, document: Document, where: Surroundings) -> None:
        meant = [self._resolved(curie) for curie in given]
        if nowhere := [curie for curie, own in zip(given, meant, strict=True) if own is None]:
            self.account.unresolved += times
            self.account.nowhere.update(dict.fromkeys(nowhere, times))
            # Half of what a mention means is not what it means.
            self._beside.append((Example(mention.text, document.id, (), times), where))
            return
        self.account.learnt += times
        concepts = tuple(sorted({own for own in meant if own}))
        self.account.elsewhere += times * any(own not in self._vocabulary for own in concepts)
        self._examples.append((Example(mention.text, document.id, concepts, times, document.input), where))

    def _resolved(self, curie: str) -> str | None:
        if curie not in self._known:
            self._known[curie] = self._find(curie)
        return self._known[curie]

    def _find(self, curie: str) -> str | None:
        """Return the term that an identifier stands for, None where it stands for none, or several.

        It is one of the vocabulary; where that has none, one of another vocabulary that names are linked to.
        """
        current = self._index.resolve(curie) or (curie,)
        if len(current) > 1:
            return None
        same = {prefix_of(one): one for one in self._entities.of(current[0]).identifiers}
        if (own := self._vocabulary.primary(same.get(self.prefix, ""))) is not None:
            return own
        terms = (self._index.term(same[prefix]) for prefix in VOCABULARIES[self._category] if prefix in same)
        fitting = (one.curie for one in terms if one and not one.obsolete and compatible(one.category, self._category))
        return next(fitting, None)

    def taught(self) -> Taught:
        return teach_linker(self._index, self._category, self._vocabulary, self.prefix, self._examples, self._beside)
