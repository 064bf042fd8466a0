"""Pairs of a drug and a condition that a document holds: the corpus's own, those we state, those of simple baselines.

Everything is told in the corpus's identifiers. A node stands for the identifiers that the corpus gives to the document's
mentions that are linked to it, so that a linking that prefers another term is no error of a statement.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

from kg.graph.assemble import Assembler
from kg.model import APPLIED_TO_TREAT, CHEMICAL, DISEASE, HAS_ADVERSE_EVENT, MENTIONS, OCCURS_TOGETHER, Document

#: A drug's and a condition's identifier.
Pair = tuple[str, str]
#: What a relation must be called to be a gold one: BC5CDR's "chemical-induced disease".
GOLD_KINDS: Final = ("CID",)
#: The baselines, with the words of a report.
BASELINES: Final = {
    "document": "both in one document",
    "sentence": "both in one sentence",
    "title": "both in the title",
    "main drug": "the drug named most often, with every condition",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a document and the pairs that it stands for."""

    pairs: frozenset[Pair]
    rule: str
    reason: str
    section: str
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True)
class DocumentPairs:
    """What a document holds.

    Attributes:
        document: its identifier.
        gold: the corpus's relations of a drug and a condition.
        unlinked: gold pairs an end of which none of our nodes stands for; they count as missed.
        relinked: gold pairs an end of which is linked to another term than the one that the corpus gives.
        statements: our adverse-effect statements, in order.
        treatments: our treatment statements that are support, in order.
        baselines: name of a baseline -> its pairs.
        together: pair -> (section, start, end, text) of the first sentence that names both.
    """

    document: str
    gold: frozenset[Pair]
    unlinked: frozenset[Pair]
    relinked: frozenset[Pair]
    statements: tuple[Statement, ...]
    treatments: tuple[Statement, ...]
    baselines: dict[str, frozenset[Pair]]
    together: dict[Pair, tuple[str, int, int, str]]

    def stated(self, reasons: Collection[str]) -> frozenset[Pair]:
        """Return the pairs that are stated for one of some reasons."""
        return frozenset(pair for s in self.statements if s.reason in reasons for pair in s.pairs)


class _Nodes:
    """The nodes of a document in the corpus's identifiers."""

    def __init__(self, document: Document, links: Iterable[dict[str, Any]]) -> None:
        self.kinds: dict[str, str] = {}
        self._ids: dict[str, set[str]] = defaultdict(set)
        self.linked: dict[str, set[str]] = defaultdict(set)
        mentions = {mention.id: mention for mention in document.mentions}
        for link in links:
            mention = mentions[link["mention"]]
            # The same identifiers speak for statements in a build: `Assembler.rows`.
            if link["node"] is None or (link["verdict"], link["rule"]) == ("ambiguous", "asserted"):
                continue
            self.kinds[link["node"]] = mention.category
            identifier = link["term"] if link["rule"] == "composite" else mention.asserted
            if identifier is not None:
                self._ids[link["node"]].add(identifier)
                self.linked[identifier].add(link["node"])

    def pairs(self, nodes: Iterable[Pair]) -> frozenset[Pair]:
        """Return pairs of nodes as pairs of the corpus's identifiers."""
        return frozenset(pair for one, other in nodes for pair in product(self._ids[one], self._ids[other]))

    def of(self, kind: str) -> list[str]:
        """Return the nodes of a kind."""
        return sorted(node for node, of in self.kinds.items() if of == kind)


def read_pairs(document: Document, assembler: Assembler, kinds: Collection[str] = GOLD_KINDS) -> DocumentPairs:
    """Link a document, read its statements as a build does, and tell its pairs.

    The corpus's relations are taken off before: they must not speak for themselves.

    Args:
        document: of any format, with mentions and relations.
        assembler: links and reads; its limit of co-mentions must be above the document's entities.
        kinds: what gold relations are called.
    """
    links: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    for table, row in assembler.rows(replace(document, relations=())):
        if table == "links":
            links.append(row)
        elif table == "evidence":
            evidence.append(row)
    nodes = _Nodes(document, links)
    gold = frozenset(_gold(document, kinds))
    by_predicate: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in evidence:
        by_predicate[row["predicate"]].append(row)
    near = [
        row
        for row in by_predicate[OCCURS_TOGETHER]
        if nodes.kinds.get(row["subject"]) == CHEMICAL and nodes.kinds.get(row["object"]) == DISEASE
    ]
    together: dict[Pair, tuple[str, int, int, str]] = {}
    for row in near:
        if row["method"] == "same-sentence":
            place = (row["section"], row["sentence_start"], row["sentence_end"], row["sentence"])
            for pair in nodes.pairs([(row["subject"], row["object"])]):
                together.setdefault(pair, place)
    return DocumentPairs(
        document=document.id, gold=gold,
        unlinked=frozenset(pair for pair in gold if not all(nodes.linked[end] for end in pair)),
        relinked=frozenset(pair for pair in gold if any(_is_elsewhere(end, nodes, assembler) for end in pair)),
        statements=tuple(_statement(nodes, row) for row in by_predicate[HAS_ADVERSE_EVENT]),
        treatments=tuple(
            _statement(nodes, row) for row in by_predicate[APPLIED_TO_TREAT] if row["polarity"] == "support"
        ),
        baselines={
            "document": nodes.pairs(product(nodes.of(CHEMICAL), nodes.of(DISEASE))),
            "sentence": frozenset(together),
            "title": nodes.pairs((r["subject"], r["object"]) for r in near if r["section"] == "title"),
            "main drug": nodes.pairs(product(_named_most(by_predicate[MENTIONS], nodes), nodes.of(DISEASE))),
        },
        together=together,
    )  # fmt: skip


def _statement(nodes: _Nodes, row: dict[str, Any]) -> Statement:
    return Statement(
        nodes.pairs([(row["subject"], row["object"])]), row["method"], row["polarity_reason"], row["section"],
        row["sentence_start"], row["sentence_end"], row["sentence"],
    )  # fmt: skip


def _gold(document: Document, kinds: Collection[str]) -> Iterator[Pair]:
    """Yield the gold relations between a chemical and a disease, the chemical first."""
    categories: dict[str, str] = {}
    for mention in document.mentions:
        for identifier in mention.identifiers:
            categories.setdefault(identifier, mention.category)
    for relation in document.relations:
        if relation.kind in kinds:
            ends = {categories.get(end): end for end in (relation.subject, relation.object)}
            if CHEMICAL in ends and DISEASE in ends:
                yield ends[CHEMICAL], ends[DISEASE]


def _is_elsewhere(identifier: str, nodes: _Nodes, assembler: Assembler) -> bool:
    here = nodes.linked[identifier]
    return bool(here) and here != {assembler.entities.of(identifier).id}


def _named_most(mentions: Iterable[dict[str, Any]], nodes: _Nodes) -> list[str]:
    counts = Counter(
        row["object"]
        for row in mentions
        if row["method"] == "annotation" and nodes.kinds.get(row["object"]) == CHEMICAL
    )
    return sorted(counts, key=lambda node: (-counts[node], node))[:1]
