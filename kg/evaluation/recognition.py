"""How right recognition in plain text is, against the mentions that people marked in a corpus.

The corpus's mentions are taken off its documents, the documents are recognised as a build does it, and what is found is
compared with what was taken off, kind by kind, in three measures:

- *strict*: the places with the same bounds; a place counts once, whatever identifiers it has;
- *overlapping*: the places that share a character; each place is matched with one place at most, in the order of the text;
- *concepts*: the identifiers of a document, each once. What is recognised is linked as a build does it; identifiers that
  exact mappings of the index join are one; a withdrawn one counts as its one successor.

A composite mention ("breast and ovarian cancer", with two identifiers) is one place and two concepts. Of a discontinuous
mention each piece is a place. A mention without an identifier counts in the measures of places alone. A document that a
corpus has twice is read once, its first record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from kg.curies import association_id
from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.errors import InputError
from kg.evaluation.scores import Scores, score
from kg.linking.context import Context
from kg.linking.decision import decide_all
from kg.linking.equivalence import Entities
from kg.linking.nametable import NameTable, Spelled, table_of
from kg.linking.plaintext import read_plain
from kg.linking.recognition import Options, Recogniser
from kg.model import CHEMICAL, DISEASE, Document, Mention, Occurrence
from kg.terms.index import TermIndex

#: Kind as the command line calls it -> category.
KINDS: Final = {"disease": DISEASE, "chemical": CHEMICAL}
#: Measures, in the order in which they are told.
MEASURES: Final = ("strict", "overlapping", "concepts")
#: What is measured: recognition, and the baseline beside it.
SYSTEMS: Final = ("recognition", "baseline")
#: Columns of the file of errors.
ERROR_COLUMNS: Final = ("document", "kind", "error", "section", "start", "end", "text", "rule", "name")
ErrorRow = tuple[str, ...]
#: A place: section, start, end.
Place = tuple[str, int, int]


@dataclass(slots=True)
class RecognitionReport:
    """What was compared and how it came out.

    Attributes:
        documents: documents that were compared.
        repeated: records of documents that were read before, which were passed over.
        characters: how long the compared text is.
        gold: gold mentions by kind.
        without_identifier: gold mentions that have none, by kind.
        scores: (system, kind, measure) -> scores.
        rules: (kind, rule) -> places that the rule found: right and wrong bounds.
        set_aside: files that were not read, with the reason.
    """

    documents: int = 0
    repeated: int = 0
    characters: int = 0
    gold: dict[str, int] = field(default_factory=dict)
    without_identifier: dict[str, int] = field(default_factory=dict)
    scores: dict[tuple[str, str, str], Scores] = field(default_factory=dict)
    rules: dict[tuple[str, str], Scores] = field(default_factory=dict)
    set_aside: list[tuple[str, str]] = field(default_factory=list)

    def kinds(self) -> list[str]:
        """Return the kinds that the corpus has mentions of, in the order of `KINDS`."""
        return [kind for kind in KINDS if self.gold.get(kind)]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON would have it."""
        return {
            "documents": self.documents,
            "repeated": self.repeated,
            "characters": self.characters,
            "kinds": {
                kind: {
                    "mentions": self.gold[kind],
                    "without_identifier": self.without_identifier.get(kind, 0),
                    **{
                        system: {measure: self.scores[system, kind, measure].as_dict() for measure in MEASURES}
                        for system in SYSTEMS
                    },
                    "rules": {
                        rule: {"right": found.right, "wrong": found.wrong}
                        for (of, rule), found in sorted(self.rules.items())
                        if of == kind
                    },
                }
                for kind in self.kinds()
            },
            "set_aside": [{"input": name, "reason": reason} for name, reason in self.set_aside],
        }


def evaluate_recognition(
    paths: Iterable[str | Path],
    index: TermIndex,
    *,
    kinds: Collection[str] = tuple(KINDS),
    errors: Callable[[ErrorRow], None] | None = None,
) -> RecognitionReport:
    """Compare what is recognised in the text of a corpus with the corpus's mentions.

    Args:
        paths: files and folders that a build reads, with mentions.
        index: the ontologies to recognise and link by.
        kinds: names of kinds (`KINDS`); one that the corpus has no mention of is not told.
        errors: called with a row (`ERROR_COLUMNS`) for each wrong and each missed place.

    Raises:
        InputError: if the corpus has no mention of these kinds.
    """
    report = RecognitionReport()
    wanted = {kind: category for kind, category in KINDS.items() if kind in kinds}
    table = table_of(index)
    recogniser = Recogniser(index, Options(kinds=tuple(wanted.values())), table)
    plain = PlainNames(index, table, tuple(wanted.values()))
    concepts = _Concepts(index)
    for document in _documents(paths, report):
        bare = replace(document, mentions=(), findings=(), relations=())
        systems = {"recognition": recogniser.recognise(bare), "baseline": plain.mentions(bare)}
        for kind, category in wanted.items():
            gold = [mention for mention in document.mentions if mention.category == category]
            _count_gold(report, kind, gold)
            for system, found in systems.items():
                own = [mention for mention in found if mention.category == category]
                _compare(report, (system, kind), own, gold, (concepts.linked(bare, own), concepts.asserted(gold)))
            own = [mention for mention in systems["recognition"] if mention.category == category]
            _count_rules(report, kind, own, gold)
            if errors:
                for row in _error_rows(document.id, kind, own, gold):
                    errors(row)
    if not report.kinds():
        raise InputError("the corpus has no mention of these kinds", value=sorted(kinds))
    return report


class PlainNames:
    """The baseline: the longest name at each place, without regard to case, between word bounds, and nothing else.

    No guards, no forms of words, no abbreviations; each category by itself. Words of grammar and units of measurement are
    no names here either ("AND", "HAD"), for the table leaves them out: the baseline is the stronger for it.

    Args:
        index: the term index.
        table: where its names may stand.
        categories: what is looked for.
    """

    def __init__(self, index: TermIndex, table: NameTable, categories: Sequence[str]) -> None:
        self._index = index
        self._table = table
        self._categories = categories
        self._spelled = Spelled()
        self._known: dict[str, frozenset[str]] = {}

    def mentions(self, document: Document) -> tuple[Mention, ...]:
        """Return a mention for each name that stands in a document.

        >>> from kg.model import Passage
        >>> from kg.terms.bundled import default_index
        >>> document = Document("PMID:1", "a", "jats", "0", "", passages=(Passage("title", "A disease, osteosarcoma"),))
        >>> with default_index() as index:
        ...     plain = PlainNames(index, table_of(index), [DISEASE])
        ...     [mention.text for mention in plain.mentions(document)]
        ['disease', 'osteosarcoma']
        """
        places: dict[tuple[str, str], list[Occurrence]] = {}
        for passage in document.passages:
            for category in self._categories:
                for start, end in self._find(passage.text, category):
                    text = passage.text[start:end]
                    place = Occurrence(passage.section, start, end, text, start, end)
                    places.setdefault((category, text), []).append(place)
        return tuple(
            Mention(association_id("mention", document.id, category, text), document.id, 0, "baseline", category, text,
                    "", None, tuple(found))
            for (category, text), found in places.items()
        )  # fmt: skip

    def _find(self, text: str, category: str) -> Iterator[tuple[int, int]]:
        plain = read_plain(text)
        done = 0
        for start in self._table.starts(plain.norm):
            if start < done:
                continue
            for end in self._table.ends(plain.norm, start, self._spelled):
                if category in self._borne(plain.norm[start:end]):
                    done = end
                    yield plain.span(start, end)
                    break

    def _borne(self, name: str) -> frozenset[str]:
        if (known := self._known.get(name)) is None:
            hits = self._index.lookup(name)
            known = self._known[name] = frozenset(hit.category for hit in hits if not hit.obsolete)
        return known


class _Concepts:
    """The concepts of mentions, each by the identifier that names its class."""

    def __init__(self, index: TermIndex) -> None:
        self._index = index
        self._entities = Entities(index)

    def asserted(self, mentions: Iterable[Mention]) -> set[str]:
        """Return the concepts that a corpus gives its mentions."""
        return {self._entity(curie) for mention in mentions for curie in mention.identifiers}

    def linked(self, document: Document, mentions: Sequence[Mention]) -> set[str]:
        """Return the concepts that mentions are linked to."""
        context = Context.of(self._index, mentions, passages=document.passages)
        return {
            self._entity(link.term) for _, (links, _) in decide_all(context) for link in links if link.term is not None
        }

    def _entity(self, curie: str) -> str:
        current = self._index.resolve(curie)
        return self._entities.of(current[0] if len(current) == 1 else curie).id


def _documents(paths: Iterable[str | Path], report: RecognitionReport) -> Iterator[Document]:
    """Yield every document of a corpus once; what is not read goes to the report."""
    seen: set[str] = set()
    for item in find_inputs(paths):
        for stream in read_streams(item):
            for document in stream.documents:
                if document.id in seen:
                    report.repeated += 1
                    continue
                seen.add(document.id)
                report.documents += 1
                report.characters += sum(len(passage.text) for passage in document.passages)
                yield document
            report.set_aside += [
                (entry.input, entry.reason)
                for entry in stream.entries()
                if entry.kind == "file" and entry.outcome == "set_aside"
            ]


def _count_gold(report: RecognitionReport, kind: str, gold: Sequence[Mention]) -> None:
    report.gold[kind] = report.gold.get(kind, 0) + len(gold)
    missing = sum(mention.asserted is None for mention in gold)
    report.without_identifier[kind] = report.without_identifier.get(kind, 0) + missing


def _compare(
    report: RecognitionReport,
    of: tuple[str, str],
    found: Sequence[Mention],
    gold: Sequence[Mention],
    concepts: tuple[set[str], set[str]],
) -> None:
    given, truth = places_of(found), places_of(gold)
    results = {"strict": score(given, truth), "overlapping": overlap_score(given, truth), "concepts": score(*concepts)}
    for measure, result in results.items():
        key = (*of, measure)
        report.scores[key] = report.scores.get(key, Scores()) + result


def places_of(mentions: Iterable[Mention]) -> set[Place]:
    """Return the places of mentions, each once.

    >>> place = Occurrence("title", 0, 4, "Gout", 0, 4)
    >>> mention = Mention("urn:1", "PMID:1", 1, "", DISEASE, "Gout", "D006073", "MESH:D006073", (place,))
    >>> places_of([mention, mention])
    {('title', 0, 4)}
    """
    return {(place.section, place.start, place.end) for mention in mentions for place in mention.occurrences}


def overlap_score(given: Collection[Place], gold: Collection[Place]) -> Scores:
    """Compare places by overlap: each is matched with one of the other side at most, the first that is left.

    >>> overlap_score([("t", 0, 4), ("t", 5, 9)], [("t", 2, 7)])
    Scores(right=1, wrong=1, missed=0)
    """
    right = 0
    left = sorted(gold, key=lambda place: (place[0], place[2], place[1]))
    for section, start, end in sorted(given, key=lambda place: (place[0], place[2], place[1])):
        for place in left:
            if place[0] == section and place[1] < end and start < place[2]:
                left.remove(place)
                right += 1
                break
    return Scores(right, len(set(given)) - right, len(set(gold)) - right)


def _count_rules(report: RecognitionReport, kind: str, found: Sequence[Mention], gold: Sequence[Mention]) -> None:
    truth = places_of(gold)
    by_rule: dict[str, set[Place]] = {}
    for mention in found:
        by_rule.setdefault(rule_of(mention), set()).update(places_of([mention]))
    for rule, places in by_rule.items():
        right = len(places & truth)
        report.rules[kind, rule] = report.rules.get((kind, rule), Scores()) + Scores(right, len(places) - right)


def rule_of(mention: Mention) -> str:
    """Return the rule that found a recognised mention.

    >>> rule_of(Mention("urn:1", "PMID:1", 0, "recognised: salt", CHEMICAL, "", "", None))
    'salt'
    """
    return mention.source_list.partition(": ")[2] or "name"


def _error_rows(document: str, kind: str, found: Sequence[Mention], gold: Sequence[Mention]) -> Iterator[ErrorRow]:
    """Yield the places of one document that are wrong or missed, in order; "bounds" where one overlaps the other side."""
    given = {place: mention for mention in found for place in mention.occurrences}
    truth = {place: mention for mention in gold for place in mention.occurrences}
    spots = {(place.section, place.start, place.end) for place in given}
    true_spots = {(place.section, place.start, place.end) for place in truth}
    rows: list[tuple[Place, ErrorRow]] = []
    for own, others, word in ((given, true_spots, "wrong"), (truth, spots, "missed")):
        for place, mention in own.items():
            spot = (place.section, place.start, place.end)
            if spot in others:
                continue
            touches = any(s == spot[0] and start < spot[2] and spot[1] < end for s, start, end in others)
            rule = rule_of(mention) if word == "wrong" else ""
            cells = (*map(str, spot), place.text, rule, mention.text if word == "wrong" else "")
            rows.append((spot, (document, kind, f"{word} bounds" if touches else word, *cells)))
    yield from (row for _, row in sorted(rows))
