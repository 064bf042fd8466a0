"""Compiling ontology files into one SQLite term index.

The file is written beside its place and renamed into it; the same inputs give the same index. Terms stream
from the loaders; hierarchy, successors and mappings are checked once all terms are in.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.curies import prefix_of
from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, Mapping, Term
from kg.terms import mesh, obo, pubchem, sssom
from kg.terms.hierarchy import on_cycles
from kg.terms.names import normalize_name
from kg.terms.reading import Problem, Problems, sha256_file
from kg.terms.schema import COMPILE_VERSION, INDEXES, TABLES
from kg.terms.sources import Source, SourceFile

_OBSOLETE_WORD: Final = "obsolete "
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class SourceCount:
    """What one source gave: terms, names and mappings that the index holds."""

    source: str
    terms: int
    names: int
    mappings: int


@dataclass(frozen=True, slots=True)
class CompileReport:
    """The result of a compilation.

    Attributes:
        path: the index.
        fingerprint: hash of the inputs' content and the compile version.
        counts: per source, in the order of the sources.
        problems: everything that was wrong in the inputs, in their order.
    """

    path: Path
    fingerprint: str
    counts: tuple[SourceCount, ...]
    problems: tuple[Problem, ...]

    def problem_counts(self) -> dict[str, int]:
        """Return how many problems there are of each code, by code."""
        return dict(sorted(Counter(problem.code for problem in self.problems).items()))


def fingerprint(sources: Sequence[Source]) -> str:
    """Return the hash of what an index of ``sources`` depends on: content, metadata, compile version.

    The place of the files is no part of it.

    Raises:
        TermsError: if a file cannot be read.
    """
    digest = hashlib.sha256(f"casegraph term index {COMPILE_VERSION}\n".encode())
    for source in sources:
        head = (
            source.key, source.title, source.owner, source.licence, source.version, source.url,
            str(source.complete), source.covers, *source.prefixes,
        )  # fmt: skip
        digest.update(repr(head).encode())
        for file in source.files:
            digest.update(repr((file.path.name, file.kind, sha256_file(file.path))).encode())
    return digest.hexdigest()


def compile_index(sources: Sequence[Source], path: Path) -> CompileReport:
    """Compile ontology files into a term index.

    Args:
        sources: what ``kg.terms.sources.read_sources`` returned. Of terms with one identifier the first
            stays.
        path: the index to write; an index that is there is replaced once the new one is whole.

    Returns:
        Counts and problems; the problems are in the index too.

    Raises:
        TermsError: if a file cannot be read as what it is declared to be, or the index cannot be written.
    """
    # Processes and threads may compile the same index at the same time, each beside its place.
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}-{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        compiler = _Compiler(partial)
        try:
            report = compiler.run(sources, path)
        finally:
            compiler.close()
        partial.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise TermsError(f"the term index {path} cannot be written: {error}", value=str(path)) from error
    finally:
        _remove(partial)
    return report


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


class _Compiler:
    """One compilation into one database."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # The file is nothing until it is renamed: no journal, no waiting for the disk.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096;")
        self._db.executescript(TABLES)
        self._db.execute("CREATE TEMP TABLE edges (child INTEGER, parent TEXT, source TEXT, file TEXT)")
        self._known: dict[str, int] = {}
        self._collected: list[Problems] = []
        self._names: Counter[str] = Counter()
        self._terms: Counter[str] = Counter()
        self._mappings: Counter[str] = Counter()

    def close(self) -> None:
        self._db.close()

    def run(self, sources: Sequence[Source], path: Path) -> CompileReport:
        self._db.execute("BEGIN")
        for source in sources:
            for terms, problems in self._readers(source):
                self._add_terms(terms, problems)
        self._link_parents()
        self._check_cycles(sources)
        self._check_headings(sources)
        self._check_successors(sources)
        self._db.execute("CREATE INDEX names_key ON names (key)")
        owners = {prefix: source.key for source in sources for prefix in source.prefixes}
        for source in sources:
            for file in source.files:
                if file.kind == "sssom":
                    problems = self._problems(source, file)
                    self._add_mappings(sssom.read_mappings(file.path, problems), problems, owners)
                elif file.kind == "pubchem-mesh":
                    problems = self._problems(source, file)
                    self._add_mappings(self._mesh_names(source, file, problems), problems, owners)
        mark = fingerprint(sources)
        found = tuple(problem for problems in self._collected for problem in problems.found)
        self._write_meta(sources, mark, found)
        self._db.execute("COMMIT")
        self._db.executescript(INDEXES)
        self._db.execute("ANALYZE")
        counts = tuple(
            SourceCount(s.key, self._terms[s.key], self._names[s.key], self._mappings[s.key]) for s in sources
        )
        return CompileReport(path, mark, counts, found)

    def _problems(self, source: Source, file: SourceFile | None) -> Problems:
        problems = Problems(source.key, file.path.name if file else "")
        self._collected.append(problems)
        return problems

    def _readers(self, source: Source) -> Iterator[tuple[Iterator[Term], Problems]]:
        pubchem_files: dict[str, SourceFile] = {}
        for file in source.files:
            if file.kind == "obo":
                problems = self._problems(source, file)
                yield obo.read_terms(file.path, problems), problems
            elif file.kind == "mesh-descriptors":
                problems = self._problems(source, file)
                yield mesh.read_descriptors(file.path, problems), problems
            elif file.kind == "mesh-supplementary":
                problems = self._problems(source, file)
                yield mesh.read_supplementary(file.path, problems), problems
            elif file.kind in {"pubchem-titles", "pubchem-synonyms"}:
                if file.kind in pubchem_files:
                    raise TermsError(f"[{source.key}] has two files of kind {file.kind}", value=file.kind)
                pubchem_files[file.kind] = file
        if pubchem_files:
            titles, synonyms = (pubchem_files.get(k) for k in ("pubchem-titles", "pubchem-synonyms"))
            first, second = self._problems(source, titles), self._problems(source, synonyms)
            paths = (titles.path if titles else None, synonyms.path if synonyms else None)
            yield pubchem.read_terms(*paths, first, second), first

    def _add_terms(self, terms: Iterator[Term], problems: Problems) -> None:
        rows: list[tuple[object, ...]] = []
        names: list[tuple[object, ...]] = []
        edges: list[tuple[object, ...]] = []
        for term in terms:
            if term.curie in self._known:
                problems.add("duplicate-id", term.curie, "the identifier was defined before; the first stays")
                continue
            number = len(self._known) + 1
            self._known[term.curie] = number
            self._terms[problems.source] += 1
            self._names[problems.source] += len(term.names)
            label = term.names[0].text if term.names else None
            rows.append((
                number, term.curie, problems.source, term.category, label, int(term.obsolete),
                " ".join(term.tree_numbers), " ".join(term.mapped_to), " ".join(term.replaced_by),
            ))  # fmt: skip
            for ordinal, name in enumerate(term.names):
                names.append((number, ordinal, name.text, name.scope, normalize_name(name.text)))
            if term.obsolete and label and label.startswith(_OBSOLETE_WORD):
                # Owners put the word before the name when they withdraw a term; texts do not.
                key = normalize_name(label.removeprefix(_OBSOLETE_WORD))
                names.append((number, -1, label, "label", key))
            edges += [(number, parent, problems.source, problems.file) for parent in term.parents]
            if len(rows) >= _BATCH:
                self._flush(rows, names, edges)
        self._flush(rows, names, edges)

    def _flush(self, *batches: list[tuple[object, ...]]) -> None:
        rows, names, edges = batches
        self._db.executemany("INSERT INTO terms VALUES (?,?,?,?,?,?,?,?,?)", rows)
        self._db.executemany("INSERT INTO names VALUES (?,?,?,?,?)", names)
        self._db.executemany("INSERT INTO edges VALUES (?,?,?,?)", edges)
        for batch in batches:
            batch.clear()

    def _link_parents(self) -> None:
        """Turn the parents' identifiers into rows; the loaders report those that dangle in their file."""
        self._db.execute(
            "INSERT OR IGNORE INTO parents SELECT e.child, t.id FROM edges e JOIN terms t "
            "ON t.curie = e.parent WHERE t.id <> e.child ORDER BY 1, 2"
        )
        dangling = self._db.execute(
            "SELECT c.curie, e.parent, e.source, e.file FROM edges e JOIN terms c ON c.id = e.child "
            "LEFT JOIN terms p ON p.curie = e.parent WHERE p.id IS NULL ORDER BY 1, 2"
        ).fetchall()
        for child, parent, source, file in dangling:
            problems = Problems(source, file)
            problems.add("dangling-parent", parent, f"{child} has a parent that no source defines")
            self._collected.append(problems)
        self._db.execute("DROP TABLE edges")

    def _check_cycles(self, sources: Sequence[Source]) -> None:
        """Report every term on a cycle, or between two, of the hierarchy."""
        left = on_cycles(self._db.execute("SELECT child, parent FROM parents"))
        if not left:
            return
        curies = {number: curie for curie, number in self._known.items() if number in left}
        found = {source.key: self._problems(source, None) for source in sources}
        for number, curie in sorted(curies.items(), key=lambda pair: pair[1]):
            (key,) = self._db.execute("SELECT source FROM terms WHERE id = ?", (number,)).fetchone()
            found[key].add("cycle", curie, "the term is on or between cycles of the hierarchy")

    def _check_headings(self, sources: Sequence[Source]) -> None:
        """Check the headings of supplementary records; re-class records that map to diseases."""
        found = {source.key: self._problems(source, None) for source in sources}
        rows = self._db.execute(
            "SELECT id, curie, source, category, mapped_to FROM terms WHERE mapped_to <> '' ORDER BY id"
        ).fetchall()
        owned = {prefix for source in sources for prefix in source.prefixes}
        for number, curie, source, category, mapped_to in rows:
            kinds = set()
            for heading in mapped_to.split():
                row = self._db.execute("SELECT category FROM terms WHERE curie = ?", (heading,)).fetchone()
                if row:
                    kinds.add(row[0])
                elif prefix_of(heading) in owned:
                    found[source].add("dangling-heading", heading, f"{curie} maps to a heading not held")
            if category == CHEMICAL and DISEASE in kinds:
                # Class 1 never maps to a disease heading; tables rebuilt from MeSH lose the class.
                self._db.execute("UPDATE terms SET category = ? WHERE id = ?", (DISEASE, number))
                message = "the record's class says chemical, a heading is a disease: taken as a disease"
                found[source].add("class-contradicted", curie, message)

    def _check_successors(self, sources: Sequence[Source]) -> None:
        """Report successors that the source which owns their prefix does not define."""
        found = {source.key: self._problems(source, None) for source in sources}
        owned = {prefix for source in sources for prefix in source.prefixes}
        for curie, source, replaced_by in self._db.execute(
            "SELECT curie, source, replaced_by FROM terms WHERE replaced_by <> '' ORDER BY id"
        ):
            for successor in replaced_by.split():
                if successor not in self._known and prefix_of(successor) in owned:
                    found[source].add("dangling-successor", successor, f"the successor of {curie} is not held")

    def _add_mappings(self, mappings: Iterable[Mapping], problems: Problems, owners: dict[str, str]) -> None:
        for row in mappings:
            for curie in (row.subject_id, row.object_id):
                if curie not in self._known and prefix_of(curie) in owners:
                    message = f"an end of {row.subject_id} {row.predicate_id} {row.object_id} is not held"
                    problems.add("dangling-mapping", curie, message)
            done = self._db.execute(
                "INSERT OR IGNORE INTO mappings VALUES (?,?,?,?,?,?,?,?)",
                (
                    row.subject_id, row.predicate_id, row.object_id, row.mapping_justification,
                    row.mapping_source, row.mapping_set_version, row.subject_label, row.object_label,
                ),
            )  # fmt: skip
            if done.rowcount:
                self._mappings[problems.source] += 1
            else:
                value = f"{row.subject_id} {row.predicate_id} {row.object_id}"
                problems.add("duplicate-mapping", value, "the row repeats a mapping")

    def _mesh_names(self, source: Source, file: SourceFile, problems: Problems) -> Iterator[Mapping]:
        """Turn PubChem's MeSH names into mappings.

        A name stands for a MeSH term where exactly one has it as its label. The match is exact where the
        compound alone has the name (or alone is titled so) and the name is the compound's only one (or
        its title); close elsewhere.
        """
        entries = list(pubchem.read_mesh_names(file.path, problems))
        labels = self._mesh_labels({entry.name for entry in entries})
        titles: dict[str, str] = {}
        bearers: defaultdict[str, set[str]] = defaultdict(set)
        borne: defaultdict[str, set[str]] = defaultdict(set)
        for entry in entries:
            bearers[entry.name].add(entry.curie)
            borne[entry.curie].add(entry.name)
            row = self._db.execute("SELECT label FROM terms WHERE curie = ?", (entry.curie,)).fetchone()
            titles[entry.curie] = row[0] if row and row[0] else ""
        for entry in entries:
            found = labels.get(entry.name, [])
            if len(found) != 1:
                which = "no MeSH term is" if not found else f"{len(found)} MeSH terms are"
                problems.add("unresolved-name", entry.name, f"{which} labelled so", line=entry.line)
                continue
            key = normalize_name(entry.name)
            titled = [c for c in sorted(bearers[entry.name]) if normalize_name(titles[c]) == key]
            alone = len(bearers[entry.name]) == 1 or titled == [entry.curie]
            own = len(borne[entry.curie]) == 1 or entry.curie in titled
            yield Mapping(
                subject_id=entry.curie,
                predicate_id="skos:exactMatch" if alone and own else "skos:closeMatch",
                object_id=found[0],
                mapping_justification="semapv:LexicalMatching",
                mapping_source="pubchem:CID-MeSH",
                mapping_set_version=source.version,
                subject_label=titles[entry.curie],
                object_label=entry.name,
            )

    def _mesh_labels(self, names: set[str]) -> dict[str, list[str]]:
        """Return the MeSH terms labelled with each name: spelled the same, else the same but for case."""
        found: dict[str, list[str]] = {}
        for name in names:
            rows = self._db.execute(
                "SELECT t.curie, n.text FROM names n JOIN terms t ON t.id = n.term "
                "WHERE n.key = ? AND n.ordinal = 0 AND t.obsolete = 0 AND t.curie GLOB 'MESH:*' ORDER BY 1",
                (normalize_name(name),),
            ).fetchall()
            same = [curie for curie, text in rows if text == name]
            folded = [curie for curie, text in rows if text.casefold() == name.casefold()]
            found[name] = same or folded
        return found

    def _write_meta(self, sources: Sequence[Source], mark: str, found: tuple[Problem, ...]) -> None:
        meta = (("compile_version", str(COMPILE_VERSION)), ("fingerprint", mark))
        self._db.executemany("INSERT INTO meta VALUES (?,?)", meta)
        for source in sources:
            content = hashlib.sha256()
            for file in source.files:
                content.update(f"{file.path.name}\0{sha256_file(file.path)}\n".encode())
            held = self._terms[source.key] or self._mappings[source.key]
            self._db.execute(
                "INSERT INTO releases VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    source.key, source.title, source.owner, source.licence, source.version, source.url,
                    int(source.complete), source.covers, held, content.hexdigest(),
                ),
            )  # fmt: skip
            for prefix in source.prefixes:
                self._db.execute("INSERT OR IGNORE INTO prefixes VALUES (?,?)", (prefix, source.key))
        self._db.executemany(
            "INSERT INTO problems (source, file, code, line, value, message) VALUES (?,?,?,?,?,?)",
            ((p.source, p.file, p.code, p.line, p.value, p.message) for p in found),
        )
