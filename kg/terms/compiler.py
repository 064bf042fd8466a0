"""One compilation: terms, names, hierarchy, mappings and the files' accounts, written into one database."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import Final

from kg.curies import prefix_of
from kg.errors import BalanceError, TermsError
from kg.model import CHEMICAL, DISEASE, Mapping, Name, Term
from kg.terms import compounds, labels, mesh, pubchem, readers, sssom
from kg.terms.accounts import FileAccount, SourceCount
from kg.terms.forms import FormsPolicy
from kg.terms.hierarchy import on_cycles
from kg.terms.history import add_history
from kg.terms.keys import build_keys
from kg.terms.names import normalize_name
from kg.terms.reading import Problem, Problems
from kg.terms.schema import COMPILE_VERSION, INDEXES, TABLES
from kg.terms.sources import KINDS, Source, SourceFile

#: Codes of problems that mean: fetch the file again.
DAMAGE: Final = frozenset(
    {"unusable-file", "damaged-gzip", "not-well-formed", "checksum-mismatch", "cut-short", "missing-file"}
)
_OBSOLETE_WORD: Final = "obsolete "
_BATCH: Final = 2_000
_SLOTS: Final = (
    "subject_id", "predicate_id", "object_id", "mapping_justification", "mapping_source", "mapping_set_version",
    "subject_label", "object_label", "confidence", "author_id", "mapping_date", "comment", "record",
)  # fmt: skip
_slots: Final = attrgetter(*_SLOTS)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


class Compiler:
    """Fills a new database; the methods are called in the order in which they stand."""

    def __init__(self, path: Path, forms: FormsPolicy, progress: Callable[[str], object], *, strict: bool) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # The file is nothing until it is renamed: no journal, no waiting for the disk.
        self._db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096; PRAGMA cache_size=-65536; PRAGMA locking_mode=EXCLUSIVE;"
        )
        self._db.executescript(TABLES)
        self._db.execute("CREATE TEMP TABLE edges (child INTEGER, parent TEXT, source TEXT, file TEXT)")
        self._db.execute("CREATE TEMP TABLE staged (key TEXT, term INTEGER, ordinal INTEGER, text TEXT, scope TEXT)")
        self._db.execute("CREATE TEMP TABLE new_versions (source TEXT PRIMARY KEY, version TEXT, complete INTEGER)")
        self._db.execute("BEGIN")
        self._forms = forms
        self._progress = progress
        self._strict = strict
        self._known: dict[str, int] = {}
        self._files: list[tuple[Source, SourceFile, Problems]] = []
        self._checks: list[Problems] = []
        self._replacements: defaultdict[str, list[str]] = defaultdict(list)
        self._names: Counter[str] = Counter()
        self._terms: Counter[str] = Counter()
        self._mappings: Counter[str] = Counter()
        self.counts: tuple[SourceCount, ...] = ()
        self.accounts: tuple[FileAccount, ...] = ()
        self.problems: tuple[Problem, ...] = ()

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @property
    def kept(self) -> int:
        """The records that were taken from the files so far."""
        return sum(problems.kept for _, _, problems in self._files)

    @property
    def damage(self) -> list[Problem]:
        """The problems for which a file, or the rest of it, could not be read."""
        return [p for _, _, problems in self._files for p in problems.found if p.code in DAMAGE]

    # -- terms ---------------------------------------------------------------------------------------------------

    def read_terms(self, sources: Sequence[Source]) -> None:
        """Read every file of terms but PubChem's, then what is said of terms; check the hierarchy."""
        for source in sources:
            versions = (source.key, source.version, int(source.complete))
            self._db.execute("INSERT INTO new_versions VALUES (?,?,?)", versions)
        for source, file in _of_kinds(sources, readers.TERM_READERS):
            with self._reading(source, file) as problems:
                self._add(readers.read_terms(file.path, file.kind, problems), problems)
        for source, file in _of_kinds(sources, {"mesh-actions"}):
            with self._reading(source, file) as problems:
                self._add_actions(file.path, problems)
        for source, file in _of_kinds(sources, {"replacements"}):
            with self._reading(source, file) as problems:
                for row in labels.read_replacements(file.path, problems):
                    self._replacements[row.old].append(row.new)
        self._progress("hierarchy")
        self._link_parents()
        self._check_cycles(sources)
        self._check_headings(sources)
        self._check_successors(sources)

    @contextmanager
    def _reading(self, source: Source, file: SourceFile) -> Iterator[Problems]:
        """Open a file's account; a file from which nothing more can be read is a problem of its own."""
        problems = Problems(source.key, file.path.name)
        self._files.append((source, file, problems))
        self._progress(file.path.name)
        try:
            yield problems
        except TermsError as error:
            if self._strict:
                raise
            problems.add("unusable-file", file.path.name, str(error))
            if begun := problems.records - problems.kept - sum(problems.set_aside.values()):
                problems.skip("unusable-file", begun)
        self._balance(problems)

    def _balance(self, problems: Problems) -> None:
        if not problems.balanced:
            raise BalanceError(
                f"{problems.file} holds {problems.records} records; {problems.kept} were taken and "
                f"{sum(problems.set_aside.values())} set aside: this is a defect of casegraph, please report it",
                value=problems.file,
            )

    def _add(self, records: Iterable[Term | Mapping], problems: Problems, *, count: bool = True) -> None:
        batches: tuple[list[tuple[object, ...]], ...] = ([], [], [], [])
        mappings: list[Mapping] = []
        for record in records:
            if isinstance(record, Mapping):
                mappings.append(record)
                if len(mappings) >= _BATCH:
                    self._add_mappings(mappings, problems, None)
            elif record.curie in self._known:
                message = "the identifier was defined before; the first stays"
                (problems.drop if _counts(record, count) else problems.add)("duplicate-id", record.curie, message)
            else:
                if _counts(record, count):
                    problems.keep()
                status = "current" if not record.obsolete else "obsolete" if record.names else "alternative"
                self._stage(record, status, problems, batches)
                if len(batches[0]) >= _BATCH:
                    self._flush(batches)
        self._flush(batches)
        self._add_mappings(mappings, problems, None)

    def _stage(
        self, term: Term, status: str, problems: Problems, batches: tuple[list[tuple[object, ...]], ...]
    ) -> None:
        rows, names, edges, properties = batches
        number = len(self._known) + 1
        self._known[term.curie] = number
        self._terms[problems.source] += 1
        self._names[problems.source] += len(term.names)
        label = _clean(term.names[0].text) if term.names else None
        rows.append((
            number, term.curie, problems.source, term.category, label, status, " ".join(term.tree_numbers),
            " ".join(term.mapped_to), " ".join(term.replaced_by), " ".join(term.consider),
        ))  # fmt: skip
        for ordinal, name in enumerate(term.names):
            text = _clean(name.text)
            if text != name.text:
                problems.add("control-character", repr(name.text), f"a name of {term.curie} has control characters")
            key = normalize_name(text)
            names.append((key, number, ordinal, text, name.scope))
        if term.obsolete and label and label.startswith(_OBSOLETE_WORD):
            # Owners put the word before the name when they withdraw a term; texts do not.
            key = normalize_name(label.removeprefix(_OBSOLETE_WORD))
            names.append((key, number, -1, label, "label"))
        edges += [(number, parent, problems.source, problems.file) for parent in term.parents]
        properties += [(number, key, value) for key, value in term.properties]

    def _flush(self, batches: tuple[list[tuple[object, ...]], ...]) -> None:
        rows, names, edges, properties = batches
        self._db.executemany("INSERT INTO terms VALUES (?,?,?,?,?,?,?,?,?,?)", rows)
        self._db.executemany("INSERT INTO staged VALUES (?,?,?,?,?)", names)
        self._db.executemany("INSERT INTO edges VALUES (?,?,?,?)", edges)
        self._db.executemany("INSERT OR IGNORE INTO properties VALUES (?,?,?)", properties)
        for batch in batches:
            batch.clear()

    def _add_actions(self, path: Path, problems: Problems) -> None:
        for action in mesh.read_actions(path, problems):
            number = self._known.get(action.substance)
            if number is None:
                message = f"a substance of {action.action} is not held"
                problems.add("dangling-substance", action.substance, message, line=action.line)
            else:
                row = (number, "pharmacological_action", action.action)
                self._db.execute("INSERT OR IGNORE INTO properties VALUES (?,?,?)", row)

    # -- what holds between terms --------------------------------------------------------------------------------

    def _check(self, source: str, file: str = "") -> Problems:
        problems = Problems(source, file)
        self._checks.append(problems)
        return problems

    def _link_parents(self) -> None:
        """Turn the parents' identifiers into rows; the readers report those that dangle in their file."""
        self._db.execute(
            "INSERT OR IGNORE INTO parents SELECT e.child, t.id FROM edges e JOIN terms t "
            "ON t.curie = e.parent WHERE t.id <> e.child ORDER BY 1, 2"
        )
        dangling = self._db.execute(
            "SELECT c.curie, e.parent, e.source, e.file FROM edges e JOIN terms c ON c.id = e.child "
            "LEFT JOIN terms p ON p.curie = e.parent WHERE p.id IS NULL ORDER BY 1, 2"
        ).fetchall()
        for child, parent, source, file in dangling:
            message = f"{child} has a parent that no source defines"
            self._check(source, file).add("dangling-parent", parent, message)

    def _check_cycles(self, sources: Sequence[Source]) -> None:
        """Report every term on a cycle, or between two, of the hierarchy."""
        left = on_cycles(self._db.execute("SELECT child, parent FROM parents"))
        found = {source.key: self._check(source.key) for source in sources} if left else {}
        for curie, number in sorted((c, n) for c, n in self._known.items() if n in left):
            (key,) = self._db.execute("SELECT source FROM terms WHERE id = ?", (number,)).fetchone()
            found[key].add("cycle", curie, "the term is on or between cycles of the hierarchy")

    def _check_headings(self, sources: Sequence[Source]) -> None:
        """Check the headings of supplementary records; re-class records that map to diseases."""
        found = {source.key: self._check(source.key) for source in sources}
        rows = self._db.execute(
            "SELECT id, curie, source, category, mapped_to FROM terms WHERE mapped_to <> '' ORDER BY id"
        ).fetchall()
        owned = {prefix for source in sources for prefix in source.prefixes}
        categories: dict[str, str | None] = {}
        for number, curie, source, category, mapped_to in rows:
            kinds = set()
            for heading in mapped_to.split():
                if heading not in categories:
                    row = self._db.execute("SELECT category FROM terms WHERE curie = ?", (heading,)).fetchone()
                    categories[heading] = row[0] if row else None
                if kind := categories[heading]:
                    kinds.add(kind)
                elif prefix_of(heading) in owned:
                    found[source].add("dangling-heading", heading, f"{curie} maps to a heading not held")
            if category == CHEMICAL and DISEASE in kinds:
                # Class 1 never maps to a disease heading; tables rebuilt from MeSH lose the class.
                self._db.execute("UPDATE terms SET category = ? WHERE id = ?", (DISEASE, number))
                message = "the record's class says chemical, a heading is a disease: taken as a disease"
                found[source].add("class-contradicted", curie, message)

    def _check_successors(self, sources: Sequence[Source]) -> None:
        """Report successors that the source which owns their prefix does not define."""
        found = {source.key: self._check(source.key) for source in sources}
        owned = {prefix for source in sources for prefix in source.prefixes}
        for curie, source, replaced_by in self._db.execute(
            "SELECT curie, source, replaced_by FROM terms WHERE replaced_by <> '' ORDER BY id"
        ):
            for successor in replaced_by.split():
                if successor not in self._known and prefix_of(successor) in owned:
                    found[source].add("dangling-successor", successor, f"the successor of {curie} is not held")

    # -- mappings ------------------------------------------------------------------------------------------------

    def read_mappings(self, sources: Sequence[Source]) -> None:
        """Read the mapping sets."""
        for source, file in _of_kinds(sources, {"sssom"}):
            with self._reading(source, file) as problems:
                self._add_mappings(sssom.read_mappings(file.path, problems), problems, problems)

    def _add_mappings(self, mappings: Iterable[Mapping], problems: Problems, account: Problems | None) -> None:
        """Insert rows; where they are the records of a file, ``account`` counts them."""
        insert = f"INSERT OR IGNORE INTO mappings VALUES ({','.join('?' * len(_SLOTS))})"  # noqa: S608
        if account is None:
            before = self._db.total_changes
            self._db.executemany(insert, map(_slots, mappings))
            self._mappings[problems.source] += self._db.total_changes - before
        else:
            for row in mappings:
                if self._db.execute(insert, _slots(row)).rowcount:
                    self._mappings[problems.source] += 1
                    account.keep()
                else:
                    value = f"{row.subject_id} {row.predicate_id} {row.object_id}"
                    line = int(row.record.rpartition(":")[2] or 0)
                    account.drop("duplicate-mapping", value, "the row repeats a mapping", line=line)
        if isinstance(mappings, list):
            mappings.clear()

    def _check_mappings(self, sources: Sequence[Source]) -> None:
        """Report matches of which an end is not held by the source that owns its prefix."""
        owners = {prefix: source.key for source in sources for prefix in source.prefixes}
        for side in ("subject_id", "object_id"):
            rows = self._db.execute(
                f"SELECT m.{side}, m.subject_id, m.predicate_id, m.object_id, m.record FROM mappings m "  # noqa: S608
                f"LEFT JOIN terms t ON t.curie = m.{side} WHERE t.id IS NULL AND m.predicate_id LIKE 'skos:%' "
                "ORDER BY m.record, 1, 2, 3, 4"
            ).fetchall()
            for curie, subject, predicate, target, record in rows:
                if owner := owners.get(prefix_of(curie)):
                    file, _, line = record.rpartition(":")
                    message = f"an end of {subject} {predicate} {target} is not held"
                    self._check(owner, file).add("dangling-mapping", curie, message, line=int(line or 0))

    # -- compounds -----------------------------------------------------------------------------------------------

    def read_compounds(self, sources: Sequence[Source], wanted: Collection[int], *, everything: bool) -> None:
        """Read PubChem's compounds that another source or the user names; turn their MeSH names into mappings."""
        named = compounds.Named(self._db, self._forms)
        for source, file in _of_kinds(sources, {"pubchem-mesh"}):
            with self._reading(source, file) as problems:
                named.read_mesh_names(file.path, source.version, problems)
        for source in sources:
            tables = {file.kind: file for file in source.files if file.kind in compounds.TABLES}
            if tables:
                keep = None if everything else named.keep(wanted, {kind: f.path for kind, f in tables.items()})
                self._read_tables(source, tables, keep)
        for cid in sorted(set(wanted)):
            if f"PUBCHEM.COMPOUND:{cid}" not in self._known:
                value = f"PUBCHEM.COMPOUND:{cid}"
                self._check("pubchem").add(
                    "compound-not-held", value, "the compound is asked for, and no file holds it"
                )
        self._progress("compounds")
        self._db.execute("CREATE INDEX parents_parent ON parents (parent, child)")
        if named:
            # MeSH names are looked up among the names of terms now.
            self._db.execute("CREATE INDEX IF NOT EXISTS staged_key ON staged (key)")
        for problem, rows in named.mappings():
            self._add_mappings(rows, problem, None)
        self._check_mappings(sources)

    def _read_tables(self, source: Source, tables: dict[str, SourceFile], keep: set[int] | None) -> None:
        accounts = {kind: Problems(source.key, file.path.name) for kind, file in tables.items()}
        for kind, file in tables.items():
            self._files.append((source, file, accounts[kind]))
            self._progress(file.path.name)
        files = pubchem.CompoundFiles.of_kinds({kind: file.path for kind, file in tables.items()})
        try:
            self._add(pubchem.read_terms(files, accounts, keep), next(iter(accounts.values())), count=False)
        except TermsError:
            # Each file's own account says why; strict compilations stop here.
            if self._strict:
                raise
        for problems in accounts.values():
            self._balance(problems)

    # -- time ----------------------------------------------------------------------------------------------------

    def add_history(self, sources: Sequence[Source], previous: Sequence[Path]) -> None:
        """Bring in the identifiers and labels of earlier releases."""
        batches: tuple[list[tuple[object, ...]], ...] = ([], [], [], [])
        known = {source.key for source in sources}

        def add_term(term: Term, status: str) -> None:
            problems = Problems(term.source, "")
            if term.curie not in self._known and term.source in known:
                self._stage(term, status, problems, batches)

        def add_name(curie: str, name: Name) -> None:
            number, key = self._known[curie], normalize_name(name.text)
            (last,) = self._db.execute("SELECT max(ordinal) FROM staged WHERE term = ?", (number,)).fetchone()
            row = (key, number, (last if last is not None else -1) + 1, name.text, name.scope)
            self._db.execute("INSERT INTO staged VALUES (?,?,?,?,?)", row)

        for path in previous:
            self._progress(path.name)
            add_history(self._db, path, self._replacements, add_term, add_name)
            self._flush(batches)
        self._add_replacements(sources, add_term)
        self._flush(batches)

    def _add_replacements(self, sources: Sequence[Source], add_term: Callable[[Term, str], None]) -> None:
        """Add the identifiers that only a table of replacements names; tell of rows that cannot be used."""
        problems = self._check("mesh", "replacements")
        for old, new in sorted(self._replacements.items()):
            source = next((s.key for s in sources if prefix_of(old) in s.prefixes), None)
            for target in new:
                if target not in self._known and any(prefix_of(target) in s.prefixes for s in sources):
                    problems.add("dangling-successor", target, f"the successor of {old} is not held")
            if source is None:
                problems.add("foreign-identifier", old, "no source of this compilation owns the replaced identifier")
            elif old not in self._known:
                successors = tuple(sorted(set(new)))
                term = Term(old, self._category(new[0]), (), obsolete=True, replaced_by=successors, source=source)
                add_term(term, "replaced")
            elif self._status(old) == "current":
                problems.add("replaced-but-current", old, "the release holds the replaced identifier; it stays current")

    def _status(self, curie: str) -> str:
        row = self._db.execute("SELECT status FROM terms WHERE curie = ?", (curie,)).fetchone()
        # A term that is not yet written was added as withdrawn.
        return str(row[0]) if row else "replaced"

    def _category(self, curie: str) -> str:
        row = self._db.execute("SELECT category FROM terms WHERE curie = ?", (curie,)).fetchone()
        return str(row[0]) if row else "biolink:OntologyClass"

    # -- the end -------------------------------------------------------------------------------------------------

    def finish(self, sources: Sequence[Source], mark: str, refused: Sequence[Problem], hashes: dict[Path, str]) -> None:
        """Build the look-up table, write accounts, problems and releases, and close the transaction."""
        self._progress("names")
        self._db.execute("INSERT INTO names SELECT term, ordinal, text, scope FROM staged WHERE ordinal >= 0")
        build_keys(self._db)
        for table in ("staged", "edges", "new_versions"):
            self._db.execute(f"DROP TABLE {table}")
        self._write_accounts(sources, mark, refused, hashes)
        self._db.execute("COMMIT")
        self._progress("indexes")
        self._db.executescript(INDEXES)
        self._db.execute("ANALYZE")
        self.counts = tuple(
            SourceCount(s.key, self._terms[s.key], self._names[s.key], self._mappings[s.key]) for s in sources
        )

    def _write_accounts(
        self, sources: Sequence[Source], mark: str, refused: Sequence[Problem], hashes: dict[Path, str]
    ) -> None:
        meta = (
            ("compile_version", str(COMPILE_VERSION)),
            ("fingerprint", mark),
            ("forms", json.dumps(asdict(self._forms))),
        )
        self._db.executemany("INSERT INTO meta VALUES (?,?)", meta)
        accounts = []
        for source, file, problems in self._files:
            digest = hashes[file.path]
            if file.sha256 and file.sha256 != digest:
                message = f"the file's SHA-256 is {digest}, sources.toml pins {file.sha256}"
                problems.add("checksum-mismatch", file.path.name, message)
            accounts.append(FileAccount(
                source.key, file.path.name, file.kind, digest, file.path.stat().st_size, problems.records,
                problems.kept, dict(sorted(problems.set_aside.items())), file.url,
            ))  # fmt: skip
        self.accounts = tuple(accounts)
        self._db.executemany(
            "INSERT INTO files (source, file, kind, sha256, size, records, kept, set_aside, url) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                (a.source, a.file, a.kind, a.sha256, a.size, a.records, a.kept, json.dumps(a.set_aside), a.url)
                for a in accounts
            ),
        )
        for source in sources:
            content = hashlib.sha256()
            for account in accounts:
                if account.source == source.key:
                    content.update(f"{account.file}\0{account.sha256}\n".encode())
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
        read = (p for problems in (*(f[2] for f in self._files), *self._checks) for p in problems.found)
        self.problems = (*refused, *read)
        self._db.executemany(
            "INSERT INTO problems (source, file, code, line, value, message) VALUES (?,?,?,?,?,?)",
            ((p.source, p.file, p.code, p.line, p.value, p.message) for p in self.problems),
        )


def _of_kinds(sources: Sequence[Source], kinds: Collection[str]) -> list[tuple[Source, SourceFile]]:
    """Return the files of some kinds, in the order of ``KINDS``, then of the sources."""
    found = [(source, file) for source in sources for file in source.files if file.kind in kinds]
    return sorted(found, key=lambda pair: KINDS.index(pair[1].kind))


def _counts(term: Term, count: bool) -> bool:
    """An alternative identifier stands in the record of another term and is no record of its own."""
    return count and not (term.obsolete and not term.names)


def _clean(text: str) -> str:
    return text if text.isprintable() else _CONTROL.sub(" ", text).strip()
