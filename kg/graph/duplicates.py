"""Cases of different documents that may be one patient: of one age and sex, with one drug and disease, by the same authors.

A patient is often published twice: as an abstract of a meeting, as a letter, in a series. Nobody says so; what the
reports share does. They stay two cases, which share a `cluster`, and each has a finding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Final

import duckdb

from kg.curies import association_id
from kg.graph.assemble import finding_row
from kg.graph.tables import SCHEMAS, TableWriter
from kg.model import Finding, Reason

#: How much of the shorter list of authors two reports must share.
SHARED: Final = 0.5
#: Cases that a finding names.
_SHOWN: Final = 10
# Ages to the year, of infants to the month; a case without age or sex is like too many others.
_ALIKE: Final = """
CREATE TABLE alike AS
WITH aged AS (
  SELECT id, document, sex, age * CASE age_unit WHEN 'year' THEN 12 WHEN 'month' THEN 1 WHEN 'week' THEN 12 / 52.18
         WHEN 'day' THEN 12 / 365.25 END AS months
  FROM read_parquet($cases) WHERE age IS NOT NULL AND sex IS NOT NULL),
told AS (
  SELECT DISTINCT "case" AS id, subject AS drug, object AS disease FROM read_parquet($evidence)
  WHERE predicate IN ('biolink:applied_to_treat', 'biolink:has_adverse_event') AND polarity != 'unknown'
    AND "case" IS NOT NULL)
SELECT a.id, a.document, a.sex, CASE WHEN months >= 24 THEN 'y' || floor(months / 12) ELSE 'm' || floor(months) END AS age,
       t.drug, t.disease
FROM aged a JOIN told t USING (id)
"""
_GROUPS: Final = """
SELECT age, sex, drug, disease, list({'id': a.id, 'document': a.document, 'authors': d.authors, 'title': d.title} ORDER BY a.id)
FROM alike a JOIN read_parquet($documents) d ON d.id = a.document
GROUP BY age, sex, drug, disease HAVING count(DISTINCT a.document) > 1
ORDER BY age, sex, drug, disease
"""
_INITIALS: Final = re.compile(r"[A-Z](?:[.\s-]*[A-Z]){0,3}\.?")


@dataclass(frozen=True, slots=True)
class _Report:
    """A case as far as it is compared."""

    case: str
    document: str
    authors: frozenset[str]
    title: str


@dataclass(slots=True)
class Clusters:
    """Cases that were found alike, and what of.

    Attributes:
        pairs: two cases -> why they are alike.
    """

    pairs: dict[tuple[str, str], str] = field(default_factory=dict)
    _document: dict[str, str] = field(default_factory=dict)
    _above: dict[str, str] = field(default_factory=dict)

    def join(self, one: tuple[str, str], other: tuple[str, str], why: str) -> None:
        """Put two cases, each with its document, into one cluster."""
        self._document.update((one, other))
        first, second = sorted((one[0], other[0]))
        if (first, second) not in self.pairs:
            self.pairs[first, second] = why
        roots = sorted((self.of(first), self.of(second)))
        self._above[roots[1]] = roots[0]

    def of(self, case: str) -> str:
        """Return the cluster of a case: its first case by identifier.

        >>> clusters = Clusters()
        >>> clusters.join(("b", "d1"), ("c", "d2"), "")
        >>> clusters.join(("c", "d2"), ("a", "d3"), "")
        >>> clusters.of("b"), clusters.of("z")
        ('a', 'z')
        """
        while (above := self._above.get(case, case)) != case:
            case = above
        return case

    def members(self) -> Iterator[tuple[str, str]]:
        """Yield every case that is in a cluster, with its cluster, in the order of the identifiers."""
        for case in sorted(self._document):
            yield case, self.of(case)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each case of a cluster."""
        others: dict[str, dict[str, str]] = {}
        for (one, other), why in self.pairs.items():
            others.setdefault(one, {})[other] = why
            others.setdefault(other, {})[one] = why
        for case, cluster in self.members():
            alike = sorted(others[case].items())
            names = ", ".join(other for other, _ in alike[:_SHOWN])
            if len(alike) > _SHOWN:
                names += f" and {len(alike) - _SHOWN} more"
            yield Finding(
                id=association_id("finding", case, "near-duplicate-case"), code="near-duplicate-case", severity="warning",
                document=self._document[case], mention=None, text=case, asserted=None, asserted_name=None,
                suggested=cluster, suggested_name=None, message=f"{case} may be the same patient as {names}",
                reasons=tuple(Reason("alike", f"{other}: {why}") for other, why in alike[:_SHOWN]),
            )  # fmt: skip


def cluster_cases(db: duckdb.DuckDBPyConnection, cases: list[str], evidence: str, documents: list[str]) -> Clusters:
    """Find cases of different documents that may be one patient.

    Two cases are alike if age and sex are known and the same, one drug and one disease of one statement are the
    same, and their documents share half of the shorter list of authors, or the title.

    Args:
        db: a database that spills to disk.
        cases: files of the table of cases.
        evidence: file of the table of evidence.
        documents: files of the table of documents.
    """
    clusters = Clusters()
    db.execute(_ALIKE, {"cases": cases, "evidence": evidence})
    found = db.execute(_GROUPS, {"documents": documents})
    while row := found.fetchone():
        age, sex, drug, disease, members = row
        reports = [
            _Report(m["id"], m["document"], frozenset(map(author_key, m["authors"] or ())), title_key(m["title"]))
            for m in members
        ]
        for one, other, shared in _same_makers(reports):
            years = f"{age[1:].partition('.')[0]} {'years' if age[0] == 'y' else 'months'}"
            why = f"{sex}, {years}, {drug} and {disease}; {shared}"
            clusters.join((one.case, one.document), (other.case, other.document), why)
    db.execute("DROP TABLE alike")
    return clusters


def _same_makers(reports: Sequence[_Report]) -> Iterator[tuple[_Report, _Report, str]]:
    """Yield pairs of different documents whose authors or titles are the same, and which of them.

    Reports that are alike in a whole, a title or a list of authors, are joined to one of them and not each to each: a
    hundred copies of one report make a hundred pairs.
    """
    by_title: dict[str, list[_Report]] = {}
    by_authors: dict[frozenset[str], list[_Report]] = {}
    for report in reports:
        if report.title:
            by_title.setdefault(report.title, []).append(report)
        if report.authors:
            by_authors.setdefault(report.authors, []).append(report)
    for alike in by_title.values():
        for one, other in _joined(alike):
            yield one, other, "the same title"
    for authors, alike in by_authors.items():
        for one, other in _joined(alike):
            yield one, other, _shared(authors, authors)
    by_author: dict[str, list[frozenset[str]]] = {}
    for authors in sorted(by_authors, key=sorted):
        for author in authors:
            by_author.setdefault(author, []).append(authors)
    pairs = {pair for lists in by_author.values() for pair in combinations(lists, 2)}
    for first, second in sorted(pairs, key=lambda pair: (sorted(pair[0]), sorted(pair[1]))):
        if len(first & second) >= SHARED * min(len(first), len(second)):
            for one, other in _joined([*by_authors[first], *by_authors[second]]):
                yield one, other, _shared(one.authors, other.authors)


def _joined(alike: Sequence[_Report]) -> Iterator[tuple[_Report, _Report]]:
    """Yield each report but the first with the first one before it that is of another document."""
    for number, report in enumerate(alike):
        other = next((before for before in alike[:number] if before.document != report.document), None)
        if other is not None:
            yield other, report


def _shared(first: frozenset[str], second: frozenset[str]) -> str:
    return f"{len(first & second)} of {len(first)} and {len(second)} authors are the same"


def author_key(name: str) -> str:
    """Return family name and first initial, however the name is written.

    >>> author_key("Smith JA"), author_key("Smith, John A."), author_key("John A. Smith"), author_key("J. Smith")
    ('smith j', 'smith j', 'smith j', 'smith j')
    >>> author_key("Müller-Lüdenscheid K"), author_key("Plato")
    ('muller-ludenscheid k', 'plato')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    family, comma, given = plain.partition(",")
    words = plain.split()
    if not comma and len(words) > 1:
        if _INITIALS.fullmatch(words[-1]):
            family, given = " ".join(words[:-1]), words[-1]
        else:
            family, given = words[-1], words[0]
    return f"{' '.join(family.split())} {given.strip()[:1]}".strip().casefold()


def title_key(title: str) -> str:
    """Return a title without case and signs; "" where it says too little to be compared.

    >>> title_key("Deafness after cisplatin: a case report."), title_key("Case report")
    ('deafness after cisplatin a case report', '')
    """
    words = re.findall(r"\w+", title.casefold())
    return " ".join(words) if len(words) > 4 else ""


def write_findings(findings: Iterable[Finding], path: Path) -> None:
    """Write findings, of clusters say, to a file of their table's form."""
    with TableWriter(path, SCHEMAS["findings"]) as writer:
        for finding in findings:
            writer.write(finding_row(finding))
