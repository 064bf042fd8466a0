"""Mondo and other OBO files, through pronto, behind a reader that survives what real releases hold.

pronto stops at the first dangling ``is_a``, undeclared synonym type or clause that breaks the grammar. So
the file is read twice as a stream: first for the identifiers, then into a temporary copy that holds only
the clauses that make a term (``id``, ``name``, ``synonym``, ``is_a``, ``is_obsolete``), repaired. pronto
reads the copy. Everything that was left out because it is wrong is a problem; clauses of OBO 1.4 that say
nothing about names and hierarchy (definitions, cross-references, ...) are passed over.

Format: https://owlcollab.github.io/oboformat/doc/obo-syntax.html
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.curies import normalize, prefix_of
from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, GENE, OTHER, TAXON, Name, Scope, Term
from kg.terms.reading import Problems, read_lines

_HEADER: Final = "format-version: 1.4\nontology: casegraph-copy\n"
#: Root of the terms that qualify diseases (rare, congenital, ...) and are none themselves.
_DISEASE_CHARACTERISTIC: Final = "MONDO:0021125"
_CATEGORIES: Final = {
    "MONDO": DISEASE, "DOID": DISEASE, "Orphanet": DISEASE, "OMIM": DISEASE, "OMIMPS": DISEASE,
    "CHEBI": CHEMICAL, "NCBITaxon": TAXON, "NCBIGene": GENE, "HGNC": GENE,
}  # fmt: skip
_SCOPES: Final[dict[str, Scope]] = {
    "EXACT": "exact", "NARROW": "narrow", "BROAD": "broad", "RELATED": "related",
}  # fmt: skip
_RANK: Final = {"label": 0, "exact": 1, "narrow": 2, "broad": 3, "related": 4}
# Clauses of a term frame that say nothing about names and hierarchy.
_PASSED_OVER: Final = frozenset({
    "is_anonymous", "namespace", "def", "comment", "subset", "xref", "builtin", "property_value",
    "intersection_of", "union_of", "equivalent_to", "disjoint_from", "relationship", "created_by",
    "creation_date", "consider",
})  # fmt: skip
#: Tag, value, line.
_Clause = tuple[str, str, int]
_CLAUSE = re.compile(r"([A-Za-z_][\w-]*):\s*(.*\S)\s*$")
_SYNONYM = re.compile(r'("(?:[^"\\]|\\.)*")\s*(?:(EXACT|NARROW|BROAD|RELATED)\b)?')
_IDENTIFIER = re.compile(r"\S+")


@dataclass(slots=True)
class _Frame:
    """One term stanza of the repaired copy, and the clauses that pronto need not see."""

    curie: str
    line: int
    clauses: list[tuple[int, str]] = field(default_factory=list)
    replaced_by: set[str] = field(default_factory=set)
    alternatives: set[str] = field(default_factory=set)
    obsolete: bool = False

    def text(self) -> str:
        body = "".join(f"{clause}\n" for _, clause in self.clauses)
        return f"\n[Term]\nid: {self.curie}\n{body}"


@dataclass(slots=True)
class _Notes:
    """What the second reading learnt beside the copy."""

    replaced_by: dict[str, set[str]] = field(default_factory=dict)
    alternatives: dict[str, set[str]] = field(default_factory=dict)
    obsolete: set[str] = field(default_factory=set)


def read_version(path: Path) -> str:
    """Return the ``data-version`` of an OBO file, "" where the header has none.

    Raises:
        TermsError: if the file cannot be read.
    """
    for _, line in read_lines(path, Problems("", path.name)):
        if line.startswith("["):
            break
        if line.startswith("data-version:"):
            return line.partition(":")[2].strip()
    return ""


def read_terms(path: Path, problems: Problems) -> Iterator[Term]:
    """Yield the terms of an OBO file, by identifier; alternative identifiers come last as obsolete terms.

    Args:
        path: the file, plain or gzip.
        problems: where dangling parents, repeated identifiers, unknown tags and bad clauses are recorded.

    Raises:
        TermsError: if the file cannot be read, or is no OBO file.
    """
    identifiers = _identifiers(path)
    if not identifiers:
        if _has_header(path):
            return
        raise TermsError(f"{path} is no OBO file: it has neither header nor terms", value=str(path))
    with tempfile.TemporaryDirectory(prefix="casegraph-obo-") as folder:
        copy = Path(folder) / "copy.obo"
        notes = _Notes()
        _write(copy, _frames(path, identifiers, problems), notes)
        try:
            ontology = _load(copy, problems)
        except (SyntaxError, ValueError, LookupError):
            # Rare: a clause that our own reading let through and pronto's grammar does not.
            _write(copy, _checked(_frames(path, identifiers, Problems("", "")), problems), notes)
            try:
                ontology = _load(copy, problems)
            except (SyntaxError, ValueError, LookupError) as error:
                raise TermsError(f"{path} cannot be read as OBO: {error}", value=str(path)) from error
    yield from _terms(ontology, notes, problems)


def _has_header(path: Path) -> bool:
    lines = read_lines(path, Problems("", path.name))
    return any(line.startswith(("format-version:", "ontology:")) for _, line in lines)


def _identifiers(path: Path) -> set[str]:
    found: set[str] = set()
    stanza = ""
    for _, line in read_lines(path, Problems("", path.name)):
        if line.startswith("["):
            stanza = line.strip()
        elif stanza == "[Term]" and line.startswith("id:"):
            match = _IDENTIFIER.search(line, 3)
            curie = normalize(match.group()) if match else None
            if curie:
                found.add(curie)
    return found


def _frames(path: Path, identifiers: set[str], problems: Problems) -> Iterator[_Frame]:
    """Yield the repaired term frames of a file, recording each repair."""
    stanza = ""
    frame: _Frame | None = None
    seen: set[str] = set()
    named = False
    for number, raw in read_lines(path, problems):
        line = raw.strip()
        if not line or line.startswith("!"):
            continue
        if line.startswith("["):
            if frame:
                yield frame
            stanza, frame, named = line, None, False
            if stanza not in {"[Term]", "[Typedef]", "[Instance]"}:
                problems.add("unknown-stanza", line, "the stanza is none of OBO 1.4", line=number)
            continue
        if stanza != "[Term]":
            continue
        clause = _CLAUSE.match(line)
        if clause is None:
            problems.add("malformed-clause", line, "the line is no `tag: value` clause", line=number)
            continue
        tag, value = clause.groups()
        if tag == "id":
            if frame:
                problems.add("malformed-clause", line, "a second id in one stanza", line=number)
                continue
            frame = _open_frame(value, number, seen, problems)
            if frame is None:
                stanza = ""
        elif frame is None:
            problems.add("malformed-clause", line, "the clause comes before the id", line=number)
        elif tag == "name" and named:
            problems.add("duplicate-name", value, f"a second name of {frame.curie}", line=number)
        else:
            named = named or tag == "name"
            _add_clause(frame, (tag, value, number), identifiers, problems)
    if frame:
        yield frame


def _open_frame(value: str, number: int, seen: set[str], problems: Problems) -> _Frame | None:
    written = value.split(maxsplit=1)[0]
    curie = normalize(written)
    if curie is None:
        problems.add("unknown-prefix", written, "the identifier cannot be read as a CURIE", line=number)
        return None
    if curie in seen:
        problems.add("duplicate-id", curie, "the stanza repeats an identifier; the first stays", line=number)
        return None
    seen.add(curie)
    return _Frame(curie, number)


def _add_clause(frame: _Frame, clause: _Clause, identifiers: set[str], problems: Problems) -> None:
    tag, value, number = clause
    first = value.split(maxsplit=1)[0]
    if tag == "name":
        frame.clauses.append((number, f"name: {value}"))
    elif tag == "synonym":
        match = _SYNONYM.match(value)
        if match is None:
            problems.add("malformed-clause", value, f"a synonym of {frame.curie} is malformed", line=number)
        else:
            # Without a scope a synonym is RELATED (OBO 1.4, section 3.2).
            frame.clauses.append((number, f"synonym: {match.group(1)} {match.group(2) or 'RELATED'} []"))
    elif tag == "is_a":
        parent = normalize(first)
        if parent not in identifiers:
            message = f"{frame.curie} is_a a term that is not in the file"
            problems.add("dangling-parent", first, message, line=number)
        elif parent == frame.curie:
            problems.add("self-parent", first, "the term is_a itself", line=number)
        else:
            frame.clauses.append((number, f"is_a: {parent}"))
    elif tag == "is_obsolete":
        if first.lower() not in {"true", "false"}:
            problems.add("malformed-clause", value, "is_obsolete is neither true nor false", line=number)
        elif first.lower() == "true":
            frame.obsolete = True
            frame.clauses.append((number, "is_obsolete: true"))
    elif tag in {"replaced_by", "alt_id"}:
        other = normalize(first)
        if other is None:
            problems.add("unknown-prefix", first, f"{tag} of {frame.curie} cannot be read", line=number)
        elif tag == "alt_id":
            frame.alternatives.add(other)
        else:
            frame.replaced_by.add(other)
    elif tag not in _PASSED_OVER:
        problems.add("unknown-tag", tag, f"a tag of {frame.curie} is none of OBO 1.4", line=number)


def _write(copy: Path, frames: Iterable[_Frame], notes: _Notes) -> None:
    with copy.open("w", encoding="utf-8", newline="\n") as out:
        out.write(_HEADER)
        for frame in frames:
            out.write(frame.text())
            if frame.replaced_by:
                notes.replaced_by[frame.curie] = frame.replaced_by
            if frame.alternatives:
                notes.alternatives[frame.curie] = frame.alternatives
            if frame.obsolete:
                notes.obsolete.add(frame.curie)


def _checked(frames: Iterable[_Frame], problems: Problems) -> Iterator[_Frame]:
    """Yield the frames without the clauses that the OBO grammar rejects."""
    import fastobo  # type: ignore[import-untyped]

    def accepted(text: str) -> bool:
        try:
            fastobo.loads(_HEADER + text)
        except (SyntaxError, ValueError):
            return False
        return True

    for frame in frames:
        if not accepted(frame.text()):
            good = []
            for number, clause in frame.clauses:
                if accepted(_Frame(frame.curie, number, [(number, clause)]).text()):
                    good.append((number, clause))
                else:
                    problems.add("malformed-clause", clause, f"a clause of {frame.curie}", line=number)
            frame.clauses = good
        yield frame


def _load(copy: Path, problems: Problems) -> Any:
    from pronto.ontology import Ontology

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ontology = Ontology(str(copy), import_depth=0, threads=1)
    for warning in caught:
        problems.add("reader-warning", "", str(warning.message))
    return ontology


def _terms(ontology: Any, notes: _Notes, problems: Problems) -> Iterator[Term]:
    source = problems.source
    held = {str(term.id): term for term in ontology.terms()}
    qualifiers = set()
    if _DISEASE_CHARACTERISTIC in held:
        qualifiers = {str(term.id) for term in held[_DISEASE_CHARACTERISTIC].subclasses()}
    merged: dict[str, set[str]] = {}
    for main, alternatives in sorted(notes.alternatives.items()):
        for other in sorted(alternatives):
            if other in held and other not in notes.obsolete:
                problems.add("alternative-id-in-use", other, f"alt_id of {main}, and a current term")
            else:
                merged.setdefault(other, set()).add(main)
    for curie, term in sorted(held.items()):
        yield Term(
            curie=curie,
            category=OTHER if curie in qualifiers else _CATEGORIES.get(prefix_of(curie), OTHER),
            names=_names(term, problems),
            parents=tuple(
                sorted(str(p.id) for p in term.superclasses(distance=1, with_self=False) if str(p.id) != curie)
            ),
            obsolete=curie in notes.obsolete,
            replaced_by=tuple(sorted(notes.replaced_by.get(curie, set()) | merged.pop(curie, set()))),
            source=source,
        )
    for curie, mains in sorted(merged.items()):
        yield Term(
            curie, _CATEGORIES.get(prefix_of(curie), OTHER), (), obsolete=True,
            replaced_by=tuple(sorted(mains)), source=source,
        )  # fmt: skip


def _names(term: Any, problems: Problems) -> tuple[Name, ...]:
    label = (term.name or "").strip()
    if not label:
        problems.add("no-name", str(term.id), "the term has no name")
    others = {Name(s.description.strip(), _SCOPES[s.scope]) for s in term.synonyms if s.description.strip()}
    best: dict[str, Name] = {label: Name(label, "label")} if label else {}
    for name in sorted(others, key=lambda n: (_RANK[n.scope], n.text)):
        best.setdefault(name.text, name)
    return tuple(best.values())
