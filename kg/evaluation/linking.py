"""How right the linking of given mentions is, against the identifiers that people gave them in a corpus.

The spans of the corpus are given; what is compared is the set of identifiers of each mention:

- *strict*: the set that is given back is the gold set;
- *lenient*: the two share an identifier, or both are empty.

Identifiers are compared as concepts: an identifier that the vocabulary lists as another one of a concept, or as
withdrawn in favour of it, is the concept's own. Where the corpus gives no identifier, or none that the vocabulary has,
the gold set is empty: no answer is right, and any answer is wrong (*unanswerable*; the figures are also given without
these). Of several gold identifiers of which the vocabulary has some, all stay in the gold set.

Each place of a mention in the text counts (*mentions*); beside it, each different name of the corpus counts once
(*names*), by the share of its places that are right. A document that a corpus has twice is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.errors import InputError
from kg.linking.lessons import read_corpus
from kg.linking.matching.learning import trained_linker
from kg.linking.matching.linker import Decision, Linker, Ranked
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.trained import Example
from kg.linking.matching.vocabulary import Vocabulary
from kg.model import CHEMICAL, DISEASE, Document
from kg.terms.names import normalize_name

#: Kind as the command line calls it -> category.
KINDS: Final = {"disease": DISEASE, "chemical": CHEMICAL}
#: Parts of the mentions for which figures are given.
PARTS: Final = ("mentions", "answerable", "unseen", "names", "unseen names")
#: Precision at which the coverage is told.
PRECISION: Final = 0.95
#: Columns of the file of errors.
ERROR_COLUMNS: Final = ("document", "text", "places", "expansion", "rule", "confidence", "given", "gold", "rank of gold",
                        "evidence", "runner_up", "candidates")  # fmt: skip
#: Candidates that a row names.
_SHOWN: Final = 5
ErrorRow = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A mention of a corpus.

    Attributes:
        text: the mention as the document writes it.
        surroundings: its document.
        gold: what it means, as concepts of the vocabulary; identifiers that it has not stay as they are.
        answerable: whether the vocabulary has one of them.
        times: how many places it has.
        given: the identifiers as the corpus gives them.
    """

    text: str
    surroundings: Surroundings
    gold: frozenset[str]
    answerable: bool
    times: int
    given: tuple[str, ...] = ()


@dataclass(slots=True)
class Count:
    """Right answers among mentions.

    >>> count = Count()
    >>> count.add(True, True, 3)
    >>> count.add(False, True, 1)
    >>> count.as_dict()
    {'mentions': 4, 'strict': 0.75, 'lenient': 1.0}
    """

    total: float = 0
    strict: float = 0
    lenient: float = 0

    def add(self, strict: bool, lenient: bool, times: float) -> None:
        """Count a mention."""
        self.total += times
        self.strict += times * strict
        self.lenient += times * lenient

    def as_dict(self) -> dict[str, float]:
        """Return the figures as JSON would have them."""
        total = self.total or 1
        return {
            "mentions": round(self.total),
            "strict": round(self.strict / total, 4),
            "lenient": round(self.lenient / total, 4),
        }


@dataclass(slots=True)
class LinkingReport:
    """What was compared and how it came out.

    Attributes:
        kind: kind of the mentions.
        documents: documents that were read.
        concepts: how many the vocabulary has.
        taught: how many more what was learnt from has.
        trained: mentions that were learnt from.
        counts: part (`PARTS`) -> right answers.
        rules: rule -> right answers.
        coverage: share of the mentions that can be answered at a precision of `PRECISION`, strict, by taking the surest.
        calibration_error: mean difference between confidence and how often answers are right, in ten steps.
        set_aside: files that were not read, with the reason.
    """

    kind: str
    documents: int = 0
    concepts: int = 0
    taught: int = 0
    trained: int = 0
    counts: dict[str, Count] = field(default_factory=dict)
    rules: dict[str, Count] = field(default_factory=dict)
    coverage: float = 0.0
    calibration_error: float = 0.0
    set_aside: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON would have it."""
        return {
            "kind": self.kind,
            "documents": self.documents,
            "concepts": self.concepts,
            "taught": self.taught,
            "trained": self.trained,
            "parts": {part: self.counts[part].as_dict() for part in PARTS if part in self.counts},
            "coverage_at_95_precision": round(self.coverage, 4),
            "calibration_error": round(self.calibration_error, 4),
            "rules": {rule: count.as_dict() for rule, count in sorted(self.rules.items())},
            "set_aside": [{"input": name, "reason": reason} for name, reason in self.set_aside],
        }


def evaluate_linking(
    paths: Iterable[str | Path],
    vocabulary: Vocabulary,
    kind: str,
    *,
    train: Iterable[str | Path] = (),
    least: float = 0.0,
    errors: Callable[[ErrorRow], None] | None = None,
) -> LinkingReport:
    """Link the mentions of a corpus and compare.

    Args:
        paths: files and folders that a build reads, with mentions.
        vocabulary: what mentions are linked to.
        kind: the kind of the mentions (`KINDS`).
        train: files and folders with mentions to learn from; documents that the corpus has are left out of them.
        least: the confidence below which a mention is called not in the vocabulary.
        errors: called with a row (`ERROR_COLUMNS`) for each mention that is not right in the strict sense.

    Raises:
        InputError: if the corpus has no mention of the kind, or what to learn from has none.
    """
    report = LinkingReport(kind, concepts=len(vocabulary))
    corpus = list(read_corpus(paths, report.set_aside))
    report.documents = len(corpus)
    held = {document.id for document in corpus}
    train = list(train)
    lessons = [d for d in read_corpus(train, report.set_aside) if d.id not in held] if train else []
    # What people linked to an identifier that the vocabulary lacks teaches the linker that concept.
    vocabulary = vocabulary.taught(
        curie for d in lessons for m in d.mentions if m.category == KINDS[kind] for curie in m.identifiers
    )
    report.taught = len(vocabulary) - report.concepts
    gold = [mention for document in corpus for mention in gold_mentions(document, vocabulary, kind)]
    if not gold:
        raise InputError(f"the corpus has no mention of the kind {kind}", value=kind)
    if train:
        learnt = [mention for document in lessons for mention in gold_mentions(document, vocabulary, kind)]
        linker, seen = _taught_linker(vocabulary, kind, learnt, report, least)
        compare(report, linker, gold, seen, errors)
    else:
        compare(report, Linker(NameTable(vocabulary), least=least), gold, None, errors)
    return report


def _taught_linker(
    vocabulary: Vocabulary, kind: str, learnt: Iterable[GoldMention], report: LinkingReport, least: float
) -> tuple[Linker, set[str]]:
    examples = [
        (Example(m.text, m.surroundings.document, tuple(sorted(m.gold)), m.times), m.surroundings) for m in learnt
    ]
    if not examples:
        raise InputError(f"what is to be learnt from has no mention of the kind {kind}", value=kind)
    report.trained = sum(example.times for example, _ in examples)
    linker = trained_linker(vocabulary, examples, least=least)
    return linker, {normalize_name(example.text) for example, _ in examples}


def gold_mentions(document: Document, vocabulary: Vocabulary, kind: str) -> Iterator[GoldMention]:
    """Yield the mentions of a kind of one document with what they mean.

    >>> from kg.linking.matching.vocabulary import Concept
    >>> from kg.model import Mention
    >>> flu = Vocabulary.of([Concept("MESH:D1", (("flu", "label"),), ("MESH:C1",))])
    >>> mention = Mention("urn:1", "PMID:1", 1, "", DISEASE, "flu", "C1", "MESH:C1")
    >>> document = Document("PMID:1", "a", "pubtator", "0", "", mentions=(mention,))
    >>> [(sorted(gold.gold), gold.answerable, gold.times) for gold in gold_mentions(document, flu, "disease")]
    [(['MESH:D1'], True, 1)]
    """
    category = KINDS[kind]
    surroundings = Surroundings.of_document(document, category)
    for mention in document.mentions:
        if mention.category == category:
            given = mention.identifiers
            known = [vocabulary.primary(curie) for curie in given]
            answerable = any(known)
            gold = (
                frozenset(own or curie for own, curie in zip(known, given, strict=True)) if answerable else frozenset()
            )
            yield GoldMention(mention.text, surroundings, gold, answerable, max(1, len(mention.occurrences)), given)


def compare(
    report: LinkingReport,
    linker: Linker,
    mentions: Iterable[GoldMention],
    seen: set[str] | None = None,
    errors: Callable[[ErrorRow], None] | None = None,
) -> None:
    """Link mentions and count what is right.

    Args:
        report: where it is counted.
        linker: what links.
        mentions: the mentions with what they mean.
        seen: the normalised names of the mentions that were learnt from, None where nothing was.
        errors: called with a row for each mention that is not right.
    """
    names: dict[str, list[tuple[bool, bool, int]]] = {}
    answers: list[tuple[float, bool, int]] = []
    for mention in mentions:
        decision = linker.link(mention.text, mention.surroundings)
        given = frozenset(decision.concepts)
        strict = given == mention.gold
        lenient = strict or bool(given & mention.gold)
        key = normalize_name(mention.text)
        parts = ["mentions"]
        parts += ["answerable"] * mention.answerable
        parts += ["unseen"] * (seen is not None and key not in seen)
        for part in parts:
            report.counts.setdefault(part, Count()).add(strict, lenient, mention.times)
        report.rules.setdefault(decision.rule, Count()).add(strict, lenient, mention.times)
        names.setdefault(key, []).append((strict, lenient, mention.times))
        answers.append((decision.confidence if decision.concepts else 0.0, strict, mention.times))
        if errors and not strict:
            errors(_error_row(mention, linker.explain(mention.text, mention.surroundings)))
    for key, rows in names.items():
        total = sum(times for *_, times in rows)
        for part in ["names"] + ["unseen names"] * (seen is not None and key not in seen):
            count = report.counts.setdefault(part, Count())
            count.total += 1
            count.strict += sum(times for strict, _, times in rows if strict) / total
            count.lenient += sum(times for _, lenient, times in rows if lenient) / total
    report.coverage = coverage(answers, PRECISION)
    report.calibration_error = calibration_error(answers)


def coverage(answers: Iterable[tuple[float, bool, int]], precision: float) -> float:
    """Return the largest share of mentions that can be answered, the surest first, at a precision.

    Args:
        answers: confidence, whether right, how often it counts. Answers of equal confidence go together; a confidence of
            0 is no answer.
        precision: how many of those answered must be right.

    >>> coverage([(0.9, True, 1), (0.8, True, 1), (0.7, False, 1), (0.0, False, 1)], 0.95)
    0.5
    """
    steps: dict[float, list[int]] = {}
    total = 0
    for confidence, right, times in answers:
        total += times
        step = steps.setdefault(confidence, [0, 0])
        step[0] += times * right
        step[1] += times
    best = good = count = 0
    for confidence in sorted(steps, reverse=True):
        if not confidence:
            break
        good += steps[confidence][0]
        count += steps[confidence][1]
        if good >= precision * count:
            best = count
    return best / total if total else 0.0


def calibration_error(answers: Iterable[tuple[float, bool, int]]) -> float:
    """Return the expected calibration error in ten steps of equal width (Naeini, Cooper and Hauskrecht, 2015).

    >>> calibration_error([(0.95, True, 1), (0.95, True, 1)])
    0.05...
    """
    bins: dict[int, list[float]] = {}
    for confidence, right, times in answers:
        own = bins.setdefault(min(int(confidence * 10), 9), [0.0, 0.0, 0.0])
        own[0] += times * confidence
        own[1] += times * right
        own[2] += times
    total = sum(own[2] for own in bins.values())
    return sum(abs(own[0] - own[1]) for own in bins.values()) / total if total else 0.0


def _error_row(mention: GoldMention, decision: Decision) -> ErrorRow:
    rank = next((n for n, one in enumerate(decision.candidates, 1) if one.curie in mention.gold), 0)
    return (
        mention.surroundings.document,
        mention.text,
        str(mention.times),
        mention.surroundings.abbreviations.get(mention.text, ""),
        decision.rule,
        f"{decision.confidence:.3f}",
        "|".join(decision.concepts),
        "|".join(sorted(mention.gold)),
        str(rank) if rank else "",
        "; ".join(decision.evidence),
        _shown(decision.runner_up) if decision.runner_up else "",
        "; ".join(map(_shown, decision.candidates[:_SHOWN])),
    )


def _shown(candidate: Ranked) -> str:
    """Return a candidate as a table of errors has it: term, label, share."""
    return f"{candidate.curie} {candidate.label} {candidate.share:.3f}"
