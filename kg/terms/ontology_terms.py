"""What the three formats of an OBO ontology share: from frames, as a file writes them, to terms and mappings.

OBO, OBO Graphs and OWL say the same things in other words. Their readers turn each stanza, node or class into a
``Frame`` of plain clauses; the assembly makes terms and mappings of them, so that one ontology gives the same in
each format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, cast

from kg.curies import prefix_of
from kg.model import CHEMICAL, DISEASE, GENE, OTHER, TAXON, Mapping, Name, Scope, Term
from kg.terms.names import RANK
from kg.terms.ontology_words import Header, identifier, relation
from kg.terms.reading import Problems

#: Root of the terms that qualify diseases (rare, congenital, ...) and are none themselves.
DISEASE_CHARACTERISTIC: Final = "MONDO:0021125"
_CATEGORIES: Final = {
    "MONDO": DISEASE, "DOID": DISEASE, "Orphanet": DISEASE, "OMIM": DISEASE, "OMIMPS": DISEASE,
    "CHEBI": CHEMICAL, "NCBITaxon": TAXON, "NCBIGene": GENE, "HGNC": GENE,
}  # fmt: skip
_XREF: Final = "oboInOwl:hasDbXref"
_CURATED: Final = "semapv:ManualMappingCuration"
_UNSPECIFIED: Final = "semapv:UnspecifiedMatching"
_CONTROL: Final = re.compile(r"\s*[\x00-\x1f\x7f-\x9f\u2028\u2029]\s*")
#: One statement of a frame, a plain tuple for speed: kind, value, detail, line.
#:
#: Kinds: ``label``, ``synonym``, ``parent``, ``obsolete``, ``replaced_by``, ``consider``, ``alternative``, ``xref``,
#: ``match``, ``equivalent``. The value is a name, or an identifier as the file writes it. The detail is the scope of a
#: synonym or the predicate of a match; source codes of an xref or match follow it, after spaces. The line is 0 where
#: it is not known.
Clause = tuple[str, str, str, int]


@dataclass(slots=True)
class Frame:
    """A stanza, node or class with its identifier as written, and its clauses."""

    written: str
    line: int = 0
    clauses: list[Clause] = field(default_factory=list)


class Assembly:
    """Makes terms and mappings of the frames of one file, and keeps the file's account.

    Args:
        problems: the account; ``add`` begins each record.
        head: what the file says it is.
    """

    def __init__(self, problems: Problems, head: Header) -> None:
        self._problems = problems
        self._source = f"obo:{head.identifier or problems.file.partition('.')[0]}"
        self._version = head.version
        self._file = problems.file
        self._terms: dict[str, Term] = {}
        self._unseen: list[tuple[str, str, int]] = []
        self._alternatives: dict[str, set[str]] = {}

    def add(self, frame: Frame) -> list[Mapping]:
        """Take a frame as a record of the file; return its mappings.

        A frame whose identifier cannot be read (``unknown-prefix``) or stands twice (``duplicate-id``) is dropped.

        >>> assembly = Assembly(Problems("mondo", "mondo.obo"), Header("mondo", "2026-05-05"))
        >>> clauses = [("label", "osteosarcoma", "", 2), ("xref", "MESH:D012516", "", 3)]
        >>> [(row.predicate_id, row.object_id, row.record) for row in assembly.add(Frame("MONDO:0009807", 1, clauses))]
        [('oboInOwl:hasDbXref', 'MESH:D012516', 'mondo.obo:3')]
        """
        problems = self._problems
        problems.begin()
        curie = identifier(frame.written)
        if curie is None:
            message = "the identifier cannot be read as a CURIE"
            problems.drop("unknown-prefix", frame.written, message, line=frame.line)
            return []
        if curie in self._terms:
            message = "the record repeats an identifier; the first stays"
            problems.drop("duplicate-id", curie, message, line=frame.line)
            return []
        label = ""
        synonyms: list[tuple[int, str, Scope]] = []
        links: list[Clause] = []
        parents: set[str] = set()
        others: dict[str, set[str]] = {}
        obsolete = False
        for clause in frame.clauses:
            kind, value, detail, line = clause
            if kind == "synonym":
                if text := _clean(value):
                    scope = cast(Scope, detail)
                    synonyms.append((RANK[scope], text, scope))
            elif kind in {"xref", "match", "equivalent"}:
                links.append(clause)
            elif kind == "parent":
                self._parent(curie, value, line, parents)
            elif kind == "label":
                if label and _clean(value) != label:
                    problems.add("duplicate-name", value, f"a second name of {curie}", line=line)
                label = label or _clean(value)
            elif kind == "obsolete":
                obsolete = True
            elif other := identifier(value):
                others.setdefault(kind, set()).add(other)
            else:
                problems.add("unknown-prefix", value, f"{kind} of {curie} cannot be read", line=line)
        if not label and not obsolete:
            problems.add("no-name", curie, "the term has no name", line=frame.line)
        self._terms[curie] = Term(
            curie=curie,
            category=_CATEGORIES.get(prefix_of(curie), OTHER),
            names=_names(label, synonyms),
            parents=tuple(sorted(parents)),
            obsolete=obsolete,
            replaced_by=tuple(sorted(others.get("replaced_by", ()))),
            consider=tuple(sorted(others.get("consider", ()))),
            source=problems.source,
        )
        for other in others.get("alternative", ()):
            self._alternatives.setdefault(other, set()).add(curie)
        return self._mappings(curie, label, links) if links else []

    def _parent(self, curie: str, written: str, line: int, parents: set[str]) -> None:
        parent = written if written in self._terms else identifier(written)
        if parent == curie:
            self._problems.add("self-parent", curie, "the term is_a itself", line=line)
        elif parent is None:
            self._unseen.append((curie, written, line))
        else:
            parents.add(parent)
            if parent not in self._terms:
                self._unseen.append((curie, parent, line))

    def _mappings(self, curie: str, label: str, links: list[Clause]) -> list[Mapping]:
        """Return what the cross-references and matches of one term say, each statement once."""
        by_target: dict[str, list[Clause]] = {}
        for link in links:
            target = identifier(link[1])
            if target and target != curie and (link[0] != "equivalent" or prefix_of(target) != prefix_of(curie)):
                by_target.setdefault(target, []).append(link)
        rows = []
        for target, clauses in by_target.items():
            for predicate, justification, comment, line in self._statements(curie, target, clauses):
                rows.append(Mapping(
                    curie, predicate, target, justification, self._source, self._version, label,
                    "", "", "", "", comment, f"{self._file}:{line}",
                ))  # fmt: skip
        return rows

    def _statements(self, curie: str, target: str, clauses: list[Clause]) -> list[tuple[str, str, str, int]]:
        """Return predicate, justification, comment and line of what clauses say of one target.

        Mondo's editors write the code of a cross-reference; a program derives the matches from it. So where both
        stand for one target, the code counts.
        """
        coded: dict[str, tuple[str, str, str, int]] = {}
        stated: dict[str, tuple[str, str, str, int]] = {}
        for kind, _, detail, line in clauses:
            match, codes = "", detail
            if kind == "match":
                match, _, codes = detail.partition(" ")
            elif kind == "equivalent":
                match = "skos:exactMatch"
            predicate, comment, contradicted = relation(codes)
            if contradicted:
                message = f"the source codes of {target} at {curie} contradict each other; the weaker one counts"
                self._problems.add("contradictory-mapping", codes, message, line=line)
            if predicate:
                coded.setdefault(predicate, (predicate, _CURATED, comment, line))
            elif match:
                stated.setdefault(match, (match, _UNSPECIFIED, "", line))
        if coded:
            for predicate, row in stated.items():
                # That a match with something obsolete is no equivalence is no contradiction.
                if predicate not in coded and not any("bsolete" in comment for _, _, comment, _ in coded.values()):
                    message = f"{curie} has the source code of another relation to {target}; the code counts"
                    self._problems.add("contradictory-mapping", predicate, message, line=row[3])
            return list(coded.values())
        return list(stated.values()) or [(_XREF, _UNSPECIFIED, "", clauses[0][3])]

    def finish(self) -> Iterator[Term]:
        """Yield the terms in the order of the file; then the alternative identifiers, as obsolete terms without name.

        An alternative identifier stands in the record of another term and is no record of its own. So whoever takes
        the terms keeps no account of obsolete terms without name; those that are records are counted as kept here.

        What only the whole file tells is settled here: parents that dangle (``dangling-parent``, left out), which
        terms qualify diseases, and what became of alternative identifiers.

        >>> assembly = Assembly(Problems("mondo", "mondo.obo"), Header("mondo", "2026-05-05"))
        >>> _ = assembly.add(Frame("MONDO:0003061", 1, [("alternative", "MONDO:0002393", "", 3)]))
        >>> [(term.curie, term.obsolete, term.replaced_by) for term in assembly.finish()]
        [('MONDO:0003061', False, ()), ('MONDO:0002393', True, ('MONDO:0003061',))]
        """
        problems, terms = self._problems, self._terms
        lost: dict[str, set[str]] = {}
        for child, parent, line in self._unseen:
            if parent not in terms:
                message = f"{child} is_a a term that is not in the file"
                problems.add("dangling-parent", parent, message, line=line)
                lost.setdefault(child, set()).add(parent)
        self._unseen.clear()
        qualifiers = _below(DISEASE_CHARACTERISTIC, terms)
        merged: dict[str, set[str]] = {}
        for other, mains in sorted(self._alternatives.items()):
            if other in terms and not terms[other].obsolete:
                message = f"alternative identifier of {', '.join(sorted(mains))}, and a current term"
                problems.add("alternative-id-in-use", other, message)
            else:
                merged[other] = mains - {other}
        for curie, term in terms.items():
            if curie in lost:
                term = replace(term, parents=tuple(p for p in term.parents if p not in lost[curie]))  # noqa: PLW2901
            if curie in qualifiers:
                term = replace(term, category=OTHER)  # noqa: PLW2901
            if curie in merged:
                term = replace(term, replaced_by=tuple(sorted({*term.replaced_by, *merged[curie]})))  # noqa: PLW2901
            if term.obsolete and not term.names:
                # Whoever takes the terms holds this one for an alternative identifier, which is no record.
                problems.keep()
            yield term
        for curie, mains in merged.items():
            if curie not in terms:
                category = _CATEGORIES.get(prefix_of(curie), OTHER)
                main = tuple(sorted(mains))
                yield Term(curie, category, (), obsolete=True, replaced_by=main, source=problems.source)


def equivalents(pairs: list[tuple[str, str, int]], frames: dict[str, Frame], name: str) -> None:
    """Write each equivalence of two named classes into the frame of its subject, once.

    The subject is the class that the file defines; of two, the one of the ontology's own prefix, else the first
    by identifier. OBO Graphs and OWL do not say which is the subject.

    Args:
        pairs: identifiers as written, and line.
        frames: the frames by identifier as written.
        name: identifier of the ontology.

    >>> frames = {"MONDO:0009807": Frame("MONDO:0009807")}
    >>> equivalents([("MESH:D012516", "MONDO:0009807", 7)], frames, "mondo")
    >>> frames["MONDO:0009807"].clauses
    [('equivalent', 'MESH:D012516', '', 7)]
    """

    def order(written: str) -> tuple[bool, bool, str]:
        return written not in frames, prefix_of(identifier(written) or "").casefold() != name.casefold(), written

    done: set[tuple[str, str]] = set()
    for one, other, line in pairs:
        subject, target = sorted((one, other), key=order)
        if subject in frames and (subject, target) not in done:
            done.add((subject, target))
            frames[subject].clauses.append(("equivalent", target, "", line))


def _clean(text: str) -> str:
    """Return a name without spaces around it and without line ends or other control characters."""
    text = text.strip()
    return text if text.isprintable() else _CONTROL.sub(" ", text).strip()


def _names(label: str, synonyms: list[tuple[int, str, Scope]]) -> tuple[Name, ...]:
    best = {label: Name(label, "label")} if label else {}
    for _, text, scope in sorted(synonyms):
        if text not in best:
            best[text] = Name(text, scope)
    return tuple(best.values())


def _below(root: str, terms: dict[str, Term]) -> set[str]:
    """Return a term and its descendants; empty where the file does not hold it."""
    if root not in terms:
        return set()
    children: dict[str, list[str]] = {}
    for curie, term in terms.items():
        for parent in term.parents:
            children.setdefault(parent, []).append(curie)
    found, waiting = {root}, [root]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found
