"""How much the audit finds of errors that were planted into a corpus, and how often it speaks without one.

Errors of one kind at a time are planted at a known rate (`kg.evaluation.planting`), the documents are linked and audited
as a build does it, and a planted error counts as

- *found* where a finding of its family, a warning or an error, stands on one of its mentions;
- *told* where the finding has the very code of its kind (a too specific identifier may be found as a sibling's).

The rest of the corpus is the clean part: the share of its mentions that bear no warning and no error. It is no more than
a lower bound of precision, for corpora have errors of their own; it is told without any planted error as well.

The baselines do what today's tools do: does the identifier exist and is it current; and besides, is the name the
term's label.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.documents.casereport import is_case_report
from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.errors import InputError
from kg.evaluation.planting import KINDS, Patient, Plant, Planter
from kg.linking.context import EXACT_MATCH, Context, name_key
from kg.linking.decision import decide_all
from kg.model import Document, Finding, Mention
from kg.statements.patients import read_patients
from kg.terms.index import TermIndex

_NAMING: Final = frozenset({"too-specific", "too-general", "sibling", "name-mismatch"})
_CONTEXT: Final = _NAMING | {"contradicts-vocabulary", "several-identifiers", "abbreviation-mismatch"}
#: Kind -> the code that tells it, and the codes of its family.
FAMILIES: Final = {
    "obsolete": ("obsolete", frozenset({"obsolete"})),
    "unknown": ("unknown-identifier", frozenset({"unknown-identifier"})),
    "wrong-kind": ("wrong-kind", frozenset({"wrong-kind"})),
    "cross-vocabulary": ("contradicts-vocabulary", _CONTEXT),
    "too-specific": ("too-specific", _CONTEXT),
    "too-general": ("too-general", _CONTEXT),
    "sibling": ("sibling", _CONTEXT),
    "several-identifiers": ("several-identifiers", _CONTEXT),
    "abbreviation": ("abbreviation-mismatch", _CONTEXT),
    "life-stage": ("contradicts-age", _CONTEXT | {"contradicts-age", "contradicts-sex"}),
    "malformed": ("malformed-identifier", frozenset({"malformed-identifier", "unknown-prefix"})),
    "span": ("span-repaired", frozenset({"span-repaired", "span-mismatch"})),
}  # fmt: skip
#: Recall that each kind is to reach, where there is a goal.
GOALS: Final = {
    "obsolete": 0.9, "unknown": 0.9, "wrong-kind": 0.9, "cross-vocabulary": 0.9, "too-specific": 0.7,
    "too-general": 0.7, "sibling": 0.7,
}  # fmt: skip
#: Share of the clean part without a warning or an error.
CLEAN_GOAL: Final = 0.9
CONFIDENCES: Final = ("high", "medium", "low")
#: Columns of the file of missed errors.
MISSED_COLUMNS: Final = ("kind", "document", "text", "original", "original_name", "planted", "planted_name", "findings")
MissedRow = tuple[str, ...]


@dataclass(slots=True)
class KindReport:
    """What became of the planted errors of one kind.

    Attributes:
        planted: errors.
        found: of them found by a finding of the family.
        told: of them found by the code of the kind.
        identifiers: of them found by asking whether the identifier exists and is current.
        labels: of them found by asking, besides, whether the name is the term's label.
        nameable: errors whose right term bears the mention's name letter by letter.
        nameable_found: of them found.
        suggested: found errors with a suggestion, by its confidence.
        right: of them those whose suggestion is the right term, or one that an exact mapping joins with it.
        clean: mentions of the clean part.
        quiet: of them those without a warning or an error.
        alarms: mentions of the clean part with a finding of the family, that the corpus itself does not have.
    """

    planted: int = 0
    found: int = 0
    told: int = 0
    identifiers: int = 0
    labels: int = 0
    nameable: int = 0
    nameable_found: int = 0
    suggested: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    quiet: int = 0
    alarms: int = 0
    struck: int = 0

    @property
    def recall(self) -> float:
        """Found errors among the planted ones; 0 where none was planted."""
        return self.found / self.planted if self.planted else 0.0

    @property
    def precision(self) -> float:
        """Mentions with a planted error among those that a finding of the family stands on since the planting."""
        return self.struck / (self.struck + self.alarms) if self.struck else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return counts and shares by name."""
        return {
            "planted": self.planted, "found": self.found, "told": self.told, "recall": _share(self.found, self.planted),
            "precision": round(self.precision, 4), "clean_part": _share(self.quiet, self.clean),
            "baseline_identifiers": _share(self.identifiers, self.planted),
            "baseline_labels": _share(self.labels, self.planted),
            "nameable": self.nameable, "nameable_recall": _share(self.nameable_found, self.nameable),
            "suggestions": {
                word: {"given": self.suggested[word], "right": self.right[word]}
                for word in CONFIDENCES if self.suggested[word]
            },
        }  # fmt: skip


@dataclass(slots=True)
class AuditReport:
    """What was planted into a corpus and what was found.

    Attributes:
        rate: share of the units that were struck.
        seed: of the choice.
        documents: documents of the corpus.
        patients: of them documents with a patient of known age or sex.
        mentions: mentions with an identifier.
        quiet: of them those without a warning or an error before anything was planted.
        identifiers_quiet: those of which the baseline of identifiers says nothing.
        labels_quiet: those of which the baseline of labels says nothing.
        before: code and severity -> mentions, before anything was planted.
        kinds: kind -> what became of it.
        set_aside: files that were not read, with the reason.
    """

    rate: float
    seed: int
    documents: int = 0
    patients: int = 0
    mentions: int = 0
    quiet: int = 0
    identifiers_quiet: int = 0
    labels_quiet: int = 0
    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: dict[str, KindReport] = field(default_factory=dict)
    set_aside: list[tuple[str, str]] = field(default_factory=list)

    def suggestions(self) -> dict[str, tuple[int, int]]:
        """Return confidence -> (suggestions on planted errors, of them right), over all kinds."""
        return {
            word: (sum(k.suggested[word] for k in self.kinds.values()), sum(k.right[word] for k in self.kinds.values()))
            for word in CONFIDENCES
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON would have it."""
        return {
            "rate": self.rate, "seed": self.seed, "documents": self.documents, "with_patients": self.patients,
            "mentions": self.mentions,
            "clean_part_before": _share(self.quiet, self.mentions),
            "baseline_identifiers_clean_part": _share(self.identifiers_quiet, self.mentions),
            "baseline_labels_clean_part": _share(self.labels_quiet, self.mentions),
            "findings_before": [
                {"code": code, "severity": severity, "mentions": count}
                for (code, severity), count in sorted(self.before.items())
            ],
            "kinds": {
                kind: {**told.as_dict(), **({"goal": GOALS[kind]} if kind in GOALS else {})}
                for kind, told in self.kinds.items()
            },
            "suggestions": {
                word: {"given": given, "right": right, "precision": _share(right, given)}
                for word, (given, right) in self.suggestions().items()
            },
            "set_aside": [{"input": name, "reason": reason} for name, reason in self.set_aside],
        }  # fmt: skip


def evaluate_audit(
    paths: Iterable[str | Path],
    index: TermIndex,
    *,
    rate: float = 0.05,
    seed: int = 1,
    kinds: Sequence[str] = KINDS,
    missed: Callable[[MissedRow], None] | None = None,
) -> AuditReport:
    """Plant errors into the annotations of a corpus and count what the audit finds.

    Args:
        paths: files and folders that a build reads, with mentions and identifiers.
        index: the ontologies; slices prove nothing of identifiers that they do not hold.
        rate: share of the units (a name and its identifier in a document) that are struck, of each kind.
        seed: any number; another one strikes others.
        kinds: of errors (`KINDS`).
        missed: called with a row (`MISSED_COLUMNS`) for each error that was not found.

    Raises:
        InputError: if the corpus has no mention with an identifier.
    """
    report = AuditReport(rate, seed)
    documents = tuple(_documents(paths, report))
    planter = Planter(index, documents, rate=rate, seed=seed)
    patients = {document.id: _patient(document) for document in documents}
    report.patients = sum(bool(p.ages or p.sexes) for p in patients.values())
    before: dict[str, dict[str, set[str]]] = {}
    for document in documents:
        context = _context(index, document, patients[document.id])
        audited = list(_audited(context, document))
        before[document.id] = _codes(audited)
        for mention, findings in audited:
            report.mentions += 1
            report.quiet += not any(_speaks(f) for f in findings)
            report.identifiers_quiet += identifier_holds(mention, index)
            report.labels_quiet += label_holds(mention, index)
            report.before.update((f.code, f.severity) for f in findings)
    if not report.mentions:
        raise InputError("the corpus has no mention with an identifier", value=[str(path) for path in paths])
    for kind in kinds:
        told = report.kinds[kind] = KindReport()
        for document in documents:
            if kind == "span":
                _spans(told, planter, document, missed)
                continue
            clean = planter.with_twins(document) if kind == "cross-vocabulary" else document
            struck, plants = planter.plant(clean, kind, patients[document.id])
            known = before[document.id]
            if clean is not document:
                known = _codes(_audited(_context(index, clean, patients[document.id]), clean))
            context = _context(index, struck, patients[document.id])
            _count(told, kind, plants, list(_audited(context, struck)), known, index, missed)
    return report


def _documents(paths: Iterable[str | Path], report: AuditReport) -> Iterator[Document]:
    """Yield every document of a corpus once; what is not read goes to the report."""
    seen: set[str] = set()
    for item in find_inputs(paths):
        for stream in read_streams(item):
            for document in stream.documents:
                if document.id not in seen:
                    seen.add(document.id)
                    report.documents += 1
                    yield document
            report.set_aside += [
                (entry.input, entry.reason)
                for entry in stream.entries()
                if entry.kind == "file" and entry.outcome == "set_aside"
            ]


def _patient(document: Document) -> Patient:
    if not is_case_report(document).is_case:
        return Patient()
    told = read_patients(document)
    return Patient(tuple(told.ages), tuple(told.sexes))


def _context(index: TermIndex, document: Document, patient: Patient) -> Context:
    return Context.of(index, document.mentions, patient.ages, patient.sexes, document.passages)


def _audited(context: Context, document: Document) -> Iterator[tuple[Mention, list[Finding]]]:
    """Yield each mention that has an identifier, or what was meant for one, with its findings."""
    read: dict[str | None, list[Finding]] = {}
    for finding in document.findings:
        read.setdefault(finding.mention, []).append(finding)
    for mention, (_, findings) in decide_all(context):
        if mention.asserted_as:
            yield mention, [*read.get(mention.id, ()), *findings]


def _codes(audited: Iterable[tuple[Mention, list[Finding]]]) -> dict[str, set[str]]:
    return {mention.id: {f.code for f in findings if _speaks(f)} for mention, findings in audited}


def _speaks(finding: Finding) -> bool:
    return finding.severity != "info"


def identifier_holds(mention: Mention, index: TermIndex) -> bool:
    """Tell whether the first baseline is content: the identifier exists and is current.

    >>> from kg.model import DISEASE
    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     identifier_holds(Mention("m", "d", 1, "", DISEASE, "gout", "", "MONDO:0009807"), index)
    True
    """
    term = index.term(mention.asserted) if mention.asserted else None
    return term is not None and not term.obsolete


def label_holds(mention: Mention, index: TermIndex) -> bool:
    """Tell whether the second baseline is content: the identifier holds, and the name is the label of its term.

    >>> from dataclasses import replace
    >>> from kg.model import DISEASE
    >>> from kg.terms.bundled import default_index
    >>> mention = Mention("m", "d", 1, "", DISEASE, "Osteosarcoma", "", "MONDO:0009807")
    >>> with default_index() as index:
    ...     label_holds(mention, index), label_holds(replace(mention, text="osteosarcomas"), index)
    (True, False)
    """
    term = index.term(mention.asserted) if mention.asserted else None
    return term is not None and not term.obsolete and name_key(term.label) == name_key(mention.text)


def _count(
    told: KindReport,
    kind: str,
    plants: Sequence[Plant],
    audited: Sequence[tuple[Mention, list[Finding]]],
    before: dict[str, set[str]],
    index: TermIndex,
    missed: Callable[[MissedRow], None] | None,
) -> None:
    code, family = FAMILIES[kind]
    owner = {mention: plant for plant in plants for mention in plant.mentions}
    told.planted += len(plants)
    told.nameable += sum(plant.nameable for plant in plants)
    on: dict[int, list[Finding]] = {}
    mentions: dict[int, Mention] = {}
    for mention, findings in audited:
        speaking = [f for f in findings if _speaks(f)]
        of_family = [f for f in speaking if f.code in family]
        plant = owner.get(mention.id)
        if plant is None:
            told.clean += 1
            told.quiet += not speaking
            told.alarms += any(f.code not in before.get(mention.id, ()) for f in of_family)
            continue
        told.struck += bool(of_family)
        on.setdefault(id(plant), []).extend(of_family)
        mentions[id(plant)] = mention
    for plant in plants:
        findings = on.get(id(plant), [])
        told.identifiers += not identifier_holds(mentions[id(plant)], index)
        told.labels += not label_holds(mentions[id(plant)], index)
        if not findings:
            if missed:
                names = [index.label(plant.original) or "", plant.planted, index.label(plant.planted) or ""]
                missed((kind, plant.document, plant.text, plant.original, *names, ""))
            continue
        told.found += 1
        told.told += any(f.code == code for f in findings)
        told.nameable_found += plant.nameable
        if suggesting := next((f for f in findings if f.suggested), None):
            word = suggesting.confidence or "low"
            told.suggested[word] += 1
            told.right[word] += same_term(suggesting.suggested or "", plant.original, index)


def same_term(first: str, second: str, index: TermIndex) -> bool:
    """Tell whether two identifiers are one, or an exact mapping joins them."""
    rows = (row for row in index.mappings(first) if row.predicate_id == EXACT_MATCH)
    return first == second or any(second in {row.subject_id, row.object_id} for row in rows)


def _spans(told: KindReport, planter: Planter, document: Document, missed: Callable[[MissedRow], None] | None) -> None:
    """Shift spans in a file of the document, read it, and count those that the reader tells of."""
    text, plants = planter.shifted_spans(document)
    if not plants:
        return
    rows = {line: plant for plant in plants for line in plant.mentions}
    told.planted += len(plants)
    before = _span_findings(planter.shifted_spans(document, move=False)[0])
    found: set[str] = set()
    for line, finding in _span_findings(text).items():
        if line in rows:
            found |= {line} if finding else set()
            told.told += bool(finding and finding.code == "span-repaired")
            told.struck += bool(finding)
        else:
            told.clean += 1
            told.quiet += not (finding and _speaks(finding))
            told.alarms += bool(finding and not before.get(line))
    told.found += len(found)
    for row in sorted(set(rows) - found):
        if missed:
            plant = rows[row]
            missed(("span", plant.document, plant.text, plant.original, "", plant.planted, "", row))


def _span_findings(text: str) -> dict[str, Finding | None]:
    """Read a file and return the finding about the span of each line, None where there is none."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "planted.PubTator")
        path.write_text(text, encoding="utf-8")
        documents = tuple(_documents([path], AuditReport(0, 0)))
    found: dict[str, Finding | None] = {}
    for document in documents:
        findings = {f.mention: f for f in document.findings if f.code in FAMILIES["span"][1]}
        found |= {str(mention.line): findings.get(mention.id) for mention in document.mentions}
    return found


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
