"""How right the adverse-effect statements are, against a corpus with relations of a drug and a condition.

The corpus's own mentions are linked and read as a build does; its relations are the gold answers. Per document the set of
pairs is compared, so that a pair counts once in a document however often it is said.

A drug that caused a condition was seldom given for it: supported treatment pairs that are gold pairs of their document are
counted as contradicted. That is no precision; a corpus of causes says nothing of the other treatments.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.documents.uniting import unite
from kg.errors import InputError
from kg.evaluation.scores import Scores, score
from kg.evaluation.statementpairs import BASELINES, GOLD_KINDS, DocumentPairs, Pair, read_pairs
from kg.graph.assemble import Assembler, Seen
from kg.graph.spool import Spool
from kg.linking.equivalence import Entities
from kg.model import BuildConfig, Document
from kg.terms.index import TermIndex

#: What counts as said -> the reasons of evidence: what the text says of its patients, what it says of drugs at large,
#: what follows from the document as a whole, and what may be.
READINGS: Final = {
    "support": frozenset({"stated"}),
    "support + general": frozenset({"stated", "general"}),
    "support + general + implied": frozenset({"stated", "general", "implied"}),
    "support + general + implied + hypothetical": frozenset({"stated", "general", "implied", "hypothetical"}),
}
#: The reading that rules and errors are told of: a relation of the corpus may be of drugs at large.
COMPARED: Final = "support + general"
#: Columns of the file of errors.
ERROR_COLUMNS: Final = (
    "document", "error", "drug", "drug_name", "condition", "condition_name", "rule", "reason", "section", "start", "end", "sentence",
)  # fmt: skip
ErrorRow = tuple[str, ...]


@dataclass(slots=True)
class RuleCount:
    """How many pairs a rule gives: right and wrong, and how many of them no other rule gives."""

    right: int = 0
    wrong: int = 0
    right_alone: int = 0
    wrong_alone: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in ("right", "wrong", "right_alone", "wrong_alone")}


@dataclass(slots=True)
class TreatmentCount:
    """How many supported treatment pairs there are, and how many of them the corpus tells as cause and harm."""

    pairs: int = 0
    contradicted: int = 0

    def as_dict(self) -> dict[str, int | float]:
        """Return the counts and the share by name.

        >>> TreatmentCount(4, 1).as_dict()
        {'pairs': 4, 'contradicted': 1, 'rate': 0.25}
        """
        rate = round(self.contradicted / self.pairs, 4) if self.pairs else 0.0
        return {"pairs": self.pairs, "contradicted": self.contradicted, "rate": rate}

    def add(self, pairs: frozenset[Pair], gold: frozenset[Pair]) -> None:
        """Count the pairs of a document."""
        self.pairs += len(pairs)
        self.contradicted += len(pairs & gold)


@dataclass(slots=True)
class StatementReport:
    """What was compared and how it came out.

    Attributes:
        documents: documents that were read.
        gold: gold pairs.
        apart: gold pairs whose two ends never share a sentence; no rule for sentences can find them.
        unlinked: gold pairs that could not be compared, for no node stands for one of their ends; they count as missed.
        relinked: gold pairs an end of which linking gives another term than the corpus; they are compared all the same.
        readings: what counts as said -> scores.
        baselines: name -> scores.
        rules: rule -> counts, over all reasons.
        reasons: reason -> counts.
        treatments: supported treatment pairs and the contradicted ones of them.
        treatment_rules: the same by rule.
        set_aside: files that were not read, with the reason.
    """

    documents: int = 0
    gold: int = 0
    apart: int = 0
    unlinked: int = 0
    relinked: int = 0
    readings: dict[str, Scores] = field(default_factory=lambda: dict.fromkeys(READINGS, Scores()))
    baselines: dict[str, Scores] = field(default_factory=lambda: dict.fromkeys(BASELINES, Scores()))
    rules: dict[str, RuleCount] = field(default_factory=lambda: defaultdict(RuleCount))
    reasons: dict[str, RuleCount] = field(default_factory=lambda: defaultdict(RuleCount))
    treatments: TreatmentCount = field(default_factory=TreatmentCount)
    treatment_rules: dict[str, TreatmentCount] = field(default_factory=lambda: defaultdict(TreatmentCount))
    set_aside: list[tuple[str, str]] = field(default_factory=list)

    def add(self, pairs: DocumentPairs) -> None:
        """Add what a document holds."""
        self.documents += 1
        self.gold += len(pairs.gold)
        self.apart += len(pairs.gold - pairs.baselines["sentence"])
        self.unlinked += len(pairs.unlinked)
        self.relinked += len(pairs.relinked)
        for name, reasons in READINGS.items():
            self.readings[name] += score(pairs.stated(reasons), pairs.gold)
        for name in BASELINES:
            self.baselines[name] += score(pairs.baselines[name], pairs.gold)
        by_rule: dict[str, frozenset[Pair]] = defaultdict(frozenset)
        for s in pairs.treatments:
            by_rule[s.rule] |= s.pairs
        self.treatments.add(frozenset().union(*by_rule.values()), pairs.gold)
        for rule, of_rule in by_rule.items():
            self.treatment_rules[rule].add(of_rule, pairs.gold)
        _count(self.rules, ((s.rule, s.pairs) for s in pairs.statements), pairs.gold)
        _count(self.reasons, ((s.reason, s.pairs) for s in pairs.statements), pairs.gold)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON would have it."""
        return {
            "documents": self.documents,
            "gold": {
                "pairs": self.gold, "never_in_one_sentence": self.apart, "not_comparable": self.unlinked,
                "linked_to_another_term": self.relinked,
            },
            "statements": {name: scores.as_dict() for name, scores in self.readings.items()},
            "baselines": {name: scores.as_dict() for name, scores in self.baselines.items()},
            "rules": {name: self.rules[name].as_dict() for name in sorted(self.rules)},
            "reasons": {name: self.reasons[name].as_dict() for name in sorted(self.reasons)},
            "treatments": {
                **self.treatments.as_dict(),
                "rules": {name: self.treatment_rules[name].as_dict() for name in sorted(self.treatment_rules)},
            },
            "set_aside": [{"input": name, "reason": reason} for name, reason in self.set_aside],
        }  # fmt: skip


def evaluate_statements(
    paths: Iterable[str | Path],
    index: TermIndex,
    *,
    kinds: Collection[str] = GOLD_KINDS,
    errors: Callable[[ErrorRow], None] | None = None,
) -> StatementReport:
    """Compare the adverse-effect statements with the relations of a corpus.

    Args:
        paths: files and folders that a build reads, with mentions and relations.
        index: the ontologies to link by.
        kinds: what the relations are called that say "this drug caused this condition".
        errors: called with a row (`ERROR_COLUMNS`) for each wrong statement and each missed pair.

    Raises:
        InputError: if the corpus has no such relation.
    """
    report = StatementReport()
    # Documents that link more entities make no co-mentions, and the baselines are co-mentions.
    assembler = Assembler(index, BuildConfig(co_mention_limit=1_000_000), Entities(index), Seen())
    known: Counter[str] = Counter()
    for document in _documents(paths, report):
        known.update(relation.kind for relation in document.relations)
        pairs = read_pairs(document, assembler, kinds)
        report.add(pairs)
        if errors is not None:
            for row in error_rows(document, pairs):
                errors(row)
    if not report.gold:
        has = f"; its relations are {', '.join(sorted(known))}" if known else "; it has no relations"
        why = "".join(f"; {name}: {reason}" for name, reason in report.set_aside)
        raise InputError(
            f"no relation {' or '.join(sorted(kinds))} of a chemical and a disease in the corpus{has}{why}"
        )
    return report


def error_rows(document: Document, pairs: DocumentPairs) -> Iterator[ErrorRow]:
    """Yield a row for each wrong statement and each contradicted treatment, and one for each missed pair with a sentence that names both.

    Args:
        document: the document.
        pairs: what it holds.
    """
    names = _names(document)
    for s in pairs.statements:
        if s.reason in READINGS[COMPARED] and s.pairs and not s.pairs & pairs.gold:
            yield _row(
                document, "wrong", min(s.pairs), names, (s.rule, s.reason), (s.section, s.start, s.end, s.sentence)
            )
    for s in pairs.treatments:
        if contradicted := s.pairs & pairs.gold:
            place = (s.section, s.start, s.end, s.sentence)
            yield _row(document, "treatment", min(contradicted), names, (s.rule, s.reason), place)
    for pair in sorted(pairs.gold - pairs.stated(READINGS[COMPARED])):
        why = next(((s.rule, s.reason) for s in pairs.statements if pair in s.pairs), ("", ""))
        yield _row(document, "missed", pair, names, why, pairs.together.get(pair))


def _row(document: Document, error: str, pair: Pair, names: dict[str, str], why: tuple[str, str],
         place: tuple[str, int, int, str] | None) -> ErrorRow:  # fmt: skip
    where = tuple(map(str, place)) if place else ("", "", "", "")
    cells = (document.id, error, pair[0], names.get(pair[0], ""), pair[1], names.get(pair[1], ""), *why, *where)
    return tuple(" ".join(cell.split()) for cell in cells)


def _names(document: Document) -> dict[str, str]:
    """Return what the document first calls each identifier."""
    names: dict[str, str] = {}
    for mention in document.mentions:
        for identifier in mention.identifiers:
            names.setdefault(identifier, mention.text)
    return names


def _documents(paths: Iterable[str | Path], report: StatementReport) -> Iterator[Document]:
    """Yield the documents of a corpus, those that several files hold united, as a build has them."""
    with tempfile.TemporaryDirectory(prefix="casegraph-") as folder, Spool(Path(folder, "documents.sqlite")) as spool:
        for item in find_inputs(paths):
            for stream in read_streams(item):
                for place, document in enumerate(stream.documents):
                    spool.add(document, place)
                report.set_aside += [
                    (entry.input, entry.reason)
                    for entry in stream.entries()
                    if (entry.kind, entry.outcome) == ("file", "set_aside")
                ]
        for group in spool.groups():
            yield unite(group)[0]


def _count(counts: dict[str, RuleCount], given: Iterable[tuple[str, frozenset[Pair]]], gold: frozenset[Pair]) -> None:
    """Count the pairs that each rule (or reason) gives a document, each once."""
    by_name: dict[str, set[Pair]] = defaultdict(set)
    for name, pairs in given:
        by_name[name] |= pairs
    givers = Counter(pair for pairs in by_name.values() for pair in pairs)
    for name, of_name in by_name.items():
        count = counts[name]
        for pair in of_name:
            alone = givers[pair] == 1
            if pair in gold:
                count.right += 1
                count.right_alone += alone
            else:
                count.wrong += 1
                count.wrong_alone += alone
