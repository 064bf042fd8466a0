"""The linking of one name, with all that speaks for it: as a build decides it, and by the nearest names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.errors import InputError
from kg.linking.context import Context
from kg.linking.decision import decide
from kg.linking.lessons import read_corpus
from kg.linking.matching.linker import Decision, Linker, Ranked
from kg.linking.matching.taught import Taught
from kg.linking.nearest import linker_for, surroundings_of, vocabulary_for, word_of
from kg.model import Document, Link, Mention, Passage
from kg.terms.index import TermIndex

#: Candidates that are told.
_SHOWN: Final = 10
#: A document of nothing but the name.
ALONE: Final = Document("", "", "", "", "")


@dataclass(frozen=True)
class Explained:
    """How one name is linked.

    Attributes:
        text: the name.
        category: its Biolink category.
        document: the document that it stands in.
        vocabulary: prefix of the terms that it is compared with.
        plain: what a build without ``--nearest`` decides.
        decision: what the nearest names say.
        linker: what decided that.
        labels: of the terms that are named.
    """

    text: str
    category: str
    document: Document
    vocabulary: str
    plain: tuple[Link, ...]
    decision: Decision
    linker: Linker
    labels: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON would have it."""
        decision, runner_up = self.decision, self.decision.runner_up
        return {
            "text": self.text, "category": self.category, "document": self.document.id or None,
            "vocabulary": self.vocabulary,
            "concepts": [{"curie": curie, "label": self.labels[curie]} for curie in decision.concepts],
            "rule": decision.rule, "confidence": round(decision.confidence, 4), "sureness": word_of(decision.confidence),
            "evidence": list(decision.evidence),
            "candidates": [self._candidate(one) for one in decision.candidates[:_SHOWN]],
            "runner_up": self._candidate(runner_up) if runner_up else None,
            "plain": [
                {"term": link.term, "label": self.labels.get(link.term or ""), "rule": link.rule,
                 "confidence": link.confidence, "reasons": [reason.statement for reason in link.reasons]}
                for link in self.plain
            ],
        }  # fmt: skip

    def _candidate(self, one: Ranked) -> dict[str, Any]:
        moved = [{"feature": name, "by": round(value, 2)} for name, value in one.spoken(self.linker.weights)]
        return {
            "curie": one.curie, "label": one.label, "name": one.name, "form": one.form, "share": round(one.share, 4),
            "score": round(one.score, 2), "moved": moved,
        }  # fmt: skip


def explain_name(
    text: str, category: str, index: TermIndex, document: Document = ALONE, taught: Mapping[str, Taught] | None = None
) -> Explained:
    """Link a name as if it stood without an identifier in a document, and explain it.

    Args:
        text: the name.
        category: Biolink category of what it names.
        index: the ontologies.
        document: where it stands.
        taught: what the linkers were taught, by category.

    >>> from kg.model import DISEASE
    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     found = explain_name("hypertensive disorders", DISEASE, index)
    >>> found.decision.concepts, found.decision.rule, found.plain[0].rule
    (('MONDO:0005044',), 'form', 'form')
    """
    mention = Mention("explained", document.id, 0, "", category, text, "", None)
    taught = taught or {}
    everything = (mention, *document.mentions)
    context = Context.of(index, everything, passages=document.passages, nearest=(category,), taught=taught)
    linker = linker_for(index, category, taught)
    decision = linker.explain(text, surroundings_of(mention, context))
    plain, _ = decide(mention, Context.of(index, everything, passages=document.passages))
    named = {*decision.concepts, *(link.term for link in plain if link.term)}
    labels = {curie: index.label(curie) or "" for curie in sorted(named)}
    return Explained(text, category, document, vocabulary_for(index, category), plain, decision, linker, labels)


def document_around(text: str, path: Path) -> Document:
    """Return the document of a file that a name stands in: the first one that holds the name, else the first.

    Args:
        text: the name.
        path: a file of any format that a build reads, or plain text, which is one document.

    Raises:
        InputError: if it cannot be read.
    """
    if not path.is_file():
        raise InputError(f"no such file: {path}", value=str(path))
    first: Document | None = None
    for document in read_corpus([path], []):
        first = first or document
        if any(text in passage.text for passage in document.passages):
            return document
    if first is not None:
        return first
    try:
        return Document("", path.name, "text", "", "", passages=(Passage("text", path.read_text("utf-8")),))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is neither a document that is read nor plain text", value=str(path)) from error
