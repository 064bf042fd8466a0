"""MeSH RDF: descriptors and supplementary records from the owner's N-Triples.

Vocabulary: https://hhs.github.io/meshrdf/. A record names its concepts, a concept its terms, a term its labels, and
they stand anywhere in a file of gigabytes: what is needed of them goes through a temporary database on disk, and the
records are put together once the file is read. A record that this file and MeSH XML both hold gives the same term.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox

from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Scope, Term
from kg.terms.mesh import category_of, names_of, parents_of, record_curie, tidy
from kg.terms.names import RANK
from kg.terms.reading import LONGEST_LINE, Problems, open_bytes

_MESH: Final = "http://id.nlm.nih.gov/mesh/"
_VOCABULARY: Final = f"{_MESH}vocab#"
_CLASSES: Final = {
    "SCR_Chemical": CHEMICAL, "SCR_Disease": DISEASE, "SCR_Organism": TAXON, "SCR_Protocol": OTHER,
    "SCR_Population": OTHER, "SCR_Anatomy": OTHER,
}  # fmt: skip
#: The category of these follows from their tree numbers.
_DESCRIPTORS: Final = frozenset(
    {"CheckTag", "Descriptor", "GeographicalDescriptor", "PublicationType", "TopicalDescriptor"}
)
_OF_RECORD: Final = (
    "active", "broaderDescriptor", "concept", "mappedTo", "pharmacologicalAction", "preferredConcept",
    "preferredMappedTo", "treeNumber", "useInstead",
)  # fmt: skip
_SCOPES: Final[dict[str, Scope]] = {"narrowerConcept": "narrow", "broaderConcept": "broad", "relatedConcept": "related"}
_REVERSED: Final[dict[str, Scope]] = {
    "narrowerConcept": "broad",
    "broaderConcept": "narrow",
    "relatedConcept": "related",
}
_OF_PART: Final = ("active", "altLabel", "prefLabel", "preferredTerm", "registryNumber", "term", *_SCOPES)
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
_NAMES: Final = {_TYPE: "type", _LABEL: "label"} | {f"{_VOCABULARY}{n}": n for n in (*_OF_RECORD, *_OF_PART)}
#: Identifiers of records, and of concepts and terms. In the files of past years a year stands before them.
_RECORD: Final = re.compile(rf"{_MESH}(?:\d{{4}}/)?([CD]\d{{6,9}})")
_PART: Final = re.compile(rf"{_MESH}(?:\d{{4}}/)?([MT]\d{{6,9}})")
_HEADING: Final = re.compile(r"([CD]\d{6,9})(Q\d{6,9})?")
_WITHDRAWN: Final = re.compile(r"\[OBSOLETE\]\s*", re.IGNORECASE)
_IRI: Final = r'http[^<>"{}|^`\s\\]*+'
_TEXT: Final = r'"[^"\\\n\r]*+(?:\\(?:[tbnrf"\'\\]|u[0-9A-Fa-f]{4})[^"\\\n\r]*+)*+"'
#: Lines that are N-Triples and say nothing about records, names and mapped headings: the greater part of the file.
_PASSED: Final = re.compile(
    (
        rf"^<(?:{_IRI}> <(?:{_VOCABULARY}(?!(?:{'|'.join((*_OF_RECORD, *_OF_PART))})>)\w++> "
        rf"|{_TYPE}> (?=<{_VOCABULARY}(?:\w*Pair|TreeNumber|Term|Concept|Qualifier)>))"
        rf"|{_MESH}(?!(?:\d{{4}}/)?[CD]\d{{6,9}}>)[\w./-]*+> <{_LABEL}> "
        rf")(?:<{_IRI}>|{_TEXT}(?:@[A-Za-z0-9-]++|\^\^<{_IRI}>)?) \.\n"
    ).encode(),
    re.MULTILINE,
)
_BLOCK: Final = 1 << 19
#: More bad lines than this are counted, not listed.
_LISTED: Final = 1000
_ADVICE: Final = "the file is mesh.nt or mesh.nt.gz from https://nlmpubs.nlm.nih.gov/projects/mesh/rdf/"

Facts = dict[str, list[str]]


def read_terms(path: Path, problems: Problems) -> Iterator[Term]:
    """Yield the descriptors and supplementary records of a MeSH RDF file, sorted by identifier.

    A heading that is preferred only with a qualifier, and one that is not preferred, is the property ``heading``,
    as in MeSH XML. A record that is not active, or whose label begins with ``[OBSOLETE]``, is obsolete.

    Args:
        path: ``mesh.nt`` or ``meshYYYY.nt``, plain or gzip.
        problems: the account of the file. Its records are descriptors and supplementary records; lines that are
            no triples are problems (``malformed-row``) but no records.

    Raises:
        TermsError: if the file cannot be read, holds no record of MeSH, or the temporary database cannot be written.

    >>> import tempfile
    >>> mesh, rdfs = "http://id.nlm.nih.gov/mesh/", "http://www.w3.org/2000/01/rdf-schema#"
    >>> text = (
    ...     f"<{mesh}D012516> <{_TYPE}> <{mesh}vocab#TopicalDescriptor> .\\n"
    ...     f'<{mesh}D012516> <{rdfs}label> "Osteosarcoma"@en .\\n')
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mesh.nt")
    ...     _ = path.write_text(text)
    ...     [(term.curie, term.label) for term in read_terms(path, Problems("mesh", path.name))]
    [('MESH:D012516', 'Osteosarcoma')]
    """
    # An empty name: a database on disk that is gone when it is closed.
    database = sqlite3.connect("", isolation_level=None)
    try:
        store = _Store(database)
        store.fill(_triples(path, problems))
        owners = store.tree_owners(problems)
        for identifier, facts in store.records():
            problems.begin()
            term = _Record(identifier, facts, store).term(owners, problems)
            if term:
                yield term
        if not problems.records:
            raise TermsError(f"{path} holds no descriptor and no supplementary record; {_ADVICE}", value=str(path))
        store.report(path, problems)
    except sqlite3.Error as error:
        raise TermsError(
            f"{path} cannot be read: the temporary database gives {error}; is there space left in the folder for "
            f"temporary files (TMPDIR)?",
            value=str(path),
        ) from error
    finally:
        database.close()


class _Store:
    """What a file says about records, concepts and terms, on disk."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._trees: list[tuple[str, str]] = []
        self._missing = 0
        self._first_missing = ""
        database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
            "CREATE TABLE records (identifier TEXT, facts TEXT); CREATE TABLE parts (identifier TEXT, facts TEXT);"
        )

    def fill(self, triples: Iterator[ox.Quad]) -> None:
        """Write what is needed: consecutive triples of one subject become one row."""
        self._database.execute("BEGIN")
        names = _NAMES
        last = ""
        facts: list[str] = []
        for subject, predicate, target, _ in triples:
            name = names.get(predicate.value)
            if name is None:
                continue
            if subject.value != last:
                self._write(last, facts)
                last, facts = subject.value, []
            if isinstance(target, ox.Literal):
                if target.language and not target.language.startswith("en"):
                    continue
                facts.append(f"{name} {tidy(target.value)}")
            else:
                facts.append(f"{name} {target.value.removeprefix(_VOCABULARY).rpartition('/')[2]}")
        self._write(last, facts)
        self._database.execute("CREATE INDEX parts_identifier ON parts (identifier)")
        self._database.execute("COMMIT")

    def _write(self, subject: str, facts: list[str]) -> None:
        if record := _RECORD.fullmatch(subject):
            self._trees += ((fact[11:], record[1]) for fact in facts if fact.startswith("treeNumber "))
            self._database.execute("INSERT INTO records VALUES (?, ?)", (record[1], "\n".join(facts)))
        elif part := _PART.fullmatch(subject):
            self._database.execute("INSERT INTO parts VALUES (?, ?)", (part[1], "\n".join(facts)))

    def tree_owners(self, problems: Problems) -> dict[str, str]:
        """Return the record that owns each tree number."""
        owners: dict[str, str] = {}
        for tree, identifier in sorted(self._trees):
            curie = f"MESH:{identifier}"
            if owners.setdefault(tree, curie) != curie:
                problems.add("duplicate-tree-number", tree, f"{curie} and {owners[tree]} both own it")
        return owners

    def records(self) -> Iterator[tuple[str, Facts]]:
        """Yield the records, sorted by identifier."""
        rows = self._database.execute("SELECT identifier, facts FROM records ORDER BY identifier, rowid")
        for identifier, group in groupby(rows, key=itemgetter(0)):
            yield identifier, _facts(facts for _, facts in group)

    def part(self, identifier: str) -> Facts:
        """Return what is said of a concept or a term; nothing where the file does not hold it."""
        sql = "SELECT facts FROM parts WHERE identifier = ? ORDER BY rowid"
        rows = self._database.execute(sql, (identifier,)).fetchall()
        if not rows:
            self._missing += 1
            self._first_missing = self._first_missing or identifier
        return _facts(facts for (facts,) in rows)

    def report(self, path: Path, problems: Problems) -> None:
        """Tell of concepts and terms that records name and the file does not hold."""
        if self._missing:
            message = f"{self._missing} concepts and terms that records name are not in {path.name}"
            problems.add("missing-part", self._first_missing, message)


class _Record:
    """One record with what the file says of its concepts and terms."""

    def __init__(self, identifier: str, facts: Facts, store: _Store) -> None:
        self._curie = f"MESH:{identifier}"
        self._facts = facts
        self._store = store
        labels = facts.get("label", [""])
        self._label = _WITHDRAWN.sub("", labels[0], count=1)
        self._obsolete = not _active(facts) or self._label != labels[0]

    def term(self, owners: dict[str, str], problems: Problems) -> Term | None:
        """Return the record as a term, or drop it."""
        if not self._label:
            problems.drop("malformed-record", self._curie, "the record has no label and is left out")
            return None
        trees = tuple(sorted(set(self._facts.get("treeNumber", ()))))
        names, facts = self._concepts()
        preferred, others = self._headings(problems)
        successors, advice = self._successors(problems)
        facts |= {("heading", heading) for heading in others - preferred}
        facts |= {("pharmacological_action", action) for action in self._curies("pharmacologicalAction", problems)}
        return Term(
            self._curie, self._category(trees, problems), names_of(self._label, names),
            self._parents(trees, owners, problems), trees, tuple(sorted(preferred)), self._obsolete,
            tuple(sorted(successors)), problems.source, tuple(sorted(advice - successors)), tuple(sorted(facts)),
        )  # fmt: skip

    def _category(self, trees: tuple[str, ...], problems: Problems) -> str:
        classes = self._facts.get("type", [])
        known = [_CLASSES[name] for name in classes if name in _CLASSES]
        if known:
            return known[0]
        if _DESCRIPTORS.isdisjoint(classes):
            problems.add("unknown-class", " ".join(classes), f"{self._curie} has no class that is known")
        return category_of(trees)

    def _concepts(self) -> tuple[dict[str, Scope], set[tuple[str, str]]]:
        """Return the names that the concepts give, and the facts about the concepts."""
        main = dict.fromkeys(self._facts.get("preferredConcept", ()))
        further = dict.fromkeys(c for c in self._facts.get("concept", ()) if c not in main)
        concepts = {identifier: self._store.part(identifier) for identifier in (*main, *further)}
        # In a record that is in use, what is not active is no longer a name of it.
        used = {i: c for i, c in concepts.items() if self._obsolete or _active(c)}
        scopes: dict[str, Scope] = {}
        for identifier, concept in used.items():
            for name, forward in _SCOPES.items():
                for other in concept.get(name, ()):
                    if (identifier in main) != (other in main):
                        key, found = (other, forward) if identifier in main else (identifier, _REVERSED[name])
                        scopes[key] = min(found, scopes.get(key, found), key=RANK.__getitem__)
        names: dict[str, Scope] = {}
        facts: set[tuple[str, str]] = set()
        for identifier, concept in used.items():
            preferred = identifier in main
            facts.add(("preferred_concept" if preferred else "concept", identifier))
            numbers = concept.get("registryNumber", ())
            facts.update(("registry_number", number) for number in numbers if preferred or number != "0")
            scope: Scope = "exact" if preferred else scopes.get(identifier, "exact")
            for text in self._texts(concept):
                if text not in names or RANK[scope] < RANK[names[text]]:
                    names[text] = scope
        return names, facts

    def _texts(self, concept: Facts) -> Iterator[str]:
        for identifier in dict.fromkeys((*concept.get("preferredTerm", ()), *concept.get("term", ()))):
            term = self._store.part(identifier)
            if self._obsolete or _active(term):
                for text in (*term.get("prefLabel", ()), *term.get("altLabel", ())):
                    if bare := _WITHDRAWN.sub("", text, count=1):
                        yield bare

    def _headings(self, problems: Problems) -> tuple[set[str], set[str]]:
        preferred: set[str] = set()
        others: set[str] = set()
        for name in ("preferredMappedTo", "mappedTo"):
            for written in self._facts.get(name, ()):
                heading = _HEADING.fullmatch(written)
                if heading is None:
                    problems.add("malformed-record", written, f"{self._curie} maps to no MeSH identifier")
                else:
                    # What is preferred of a pair is the qualifier.
                    whole = name == "preferredMappedTo" and not heading[2]
                    (preferred if whole else others).add(f"MESH:{heading[1]}")
        return preferred, others

    def _successors(self, problems: Problems) -> tuple[set[str], set[str]]:
        """Return the records to use instead, and those to use with a qualifier."""
        successors: set[str] = set()
        advice: set[str] = set()
        for written in self._facts.get("useInstead", ()):
            instead = _HEADING.fullmatch(written)
            if instead is None:
                problems.add("malformed-record", written, f"{self._curie} names no MeSH identifier to use instead")
            else:
                (advice if instead[2] or not self._obsolete else successors).add(f"MESH:{instead[1]}")
        return successors, advice

    def _parents(self, trees: tuple[str, ...], owners: dict[str, str], problems: Problems) -> tuple[str, ...]:
        """Return the broader descriptors: those that are named, and those that the tree numbers tell."""
        named = self._curies("broaderDescriptor", problems)
        # Where the broader descriptors are named, a part of the file needs not hold them.
        quiet = Problems(problems.source, problems.file) if named else problems
        return tuple(sorted({*named, *parents_of(self._curie, trees, owners, quiet)} - {self._curie}))

    def _curies(self, name: str, problems: Problems) -> set[str]:
        curies = set()
        for written in self._facts.get(name, ()):
            if curie := record_curie(written):
                curies.add(curie)
            else:
                problems.add("malformed-record", written, f"the {name} of {self._curie} is no MeSH identifier")
        return curies


def _active(facts: Facts) -> bool:
    return not {"false", "0"}.intersection(facts.get("active", ()))


def _facts(rows: Iterable[str]) -> Facts:
    found: Facts = {}
    for row in rows:
        for fact in row.split("\n"):
            name, _, value = fact.partition(" ")
            if value:
                found.setdefault(name, []).append(value)
    return found


def _triples(path: Path, problems: Problems) -> Iterator[ox.Quad]:
    """Yield the triples of a file that may matter; lines that are no triples are problems."""
    first = 1
    bad = sound = 0
    with open_bytes(path, problems) as file:
        for block in _blocks(file, problems):
            lines = block.count(b"\n")
            faults: list[tuple[int, str, str]] = []
            try:
                triples = _parse(_PASSED.sub(b"", block))
            except ValueError:
                triples = []
                for number, line in enumerate(block.splitlines(keepends=True), start=first):
                    try:
                        triples += _parse(line)
                    except ValueError as error:
                        faults.append((number, line.decode("utf-8", "replace").strip(), str(error)))
            for number, line_text, error_text in faults[: max(0, _LISTED - bad)]:
                problems.add("malformed-row", line_text, f"the line is no triple: {error_text}", line=number)
            bad += len(faults)
            sound += lines - len(faults)
            if bad > _LISTED and not sound:
                break
            yield from triples
            first += lines
    if not sound:
        raise TermsError(f"{path} is not MeSH RDF as N-Triples; {_ADVICE}", value=str(path))
    if bad > _LISTED:
        problems.add("malformed-row", path.name, f"{bad - _LISTED} further lines are no triples")


def _parse(lines: bytes) -> list[ox.Quad]:
    try:
        return list(ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise ValueError(error.msg) from None


def _blocks(file: IO[bytes], problems: Problems) -> Iterator[bytes]:
    """Yield the file in blocks of whole lines."""
    rest = b""
    overlong = False
    while data := file.read(_BLOCK):
        end = data.rfind(b"\n") + 1
        if end:
            # Of an overlong line its end stays, so that the lines after it keep their numbers.
            yield data[data.find(b"\n") : end] if overlong else rest + data[:end]
            rest, overlong = data[end:], False
        elif not overlong:
            rest += data
            if len(rest) > LONGEST_LINE:
                problems.add("overlong-line", repr(rest[:80]), "the line is too long and is left out")
                rest, overlong = b"", True
    if rest and not overlong:
        yield rest + b"\n"
