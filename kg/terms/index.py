"""The compiled term index: one SQLite file, opened read-only in milliseconds, shared between processes."""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast
from urllib.parse import quote

from kg.curies import prefix_of
from kg.errors import NoIndexError, TermsError
from kg.model import Mapping, Name, Scope, Term
from kg.terms.accounts import FileAccount, Release
from kg.terms.forms import FormsPolicy
from kg.terms.history import Step
from kg.terms.keys import Hit, Keys, unpack
from kg.terms.names import RANK, normalize_bytes, normalize_name
from kg.terms.reading import Problem
from kg.terms.schema import COMPILE_VERSION

_CACHED_TERMS = 50_000
_CACHED_NAMES = 20_000
# The part of the file that is read through the page cache of the system, shared between processes.
_MAPPED_BYTES: Final = 1 << 30
_MAPPING: Final = (
    "subject_id, predicate_id, object_id, mapping_justification, mapping_source, mapping_set_version, "
    "subject_label, object_label, confidence, author_id, mapping_date, comment, record"
)
_CLOSURE = """
WITH RECURSIVE reached(id) AS (
  SELECT e.{far} FROM parents e JOIN terms t ON t.id = e.{near} WHERE t.curie = ?
  UNION
  SELECT e.{far} FROM parents e JOIN reached r ON e.{near} = r.id
)
SELECT t.curie FROM reached JOIN terms t USING (id) WHERE t.curie <> ? ORDER BY t.curie
"""
_ANCESTORS = _CLOSURE.format(near="child", far="parent")
_DESCENDANTS = _CLOSURE.format(near="parent", far="child")
_IS_ANCESTOR = """
WITH RECURSIVE reached(id) AS (
  SELECT e.parent FROM parents e JOIN terms t ON t.id = e.child WHERE t.curie = ?
  UNION
  SELECT e.parent FROM parents e JOIN reached r ON e.child = r.id
)
SELECT 1 FROM reached JOIN terms t USING (id) WHERE t.curie = ? LIMIT 1
"""


class TermIndex:
    """Terms, names, hierarchy and mappings of the compiled ontologies, read-only.

    Safe to share between threads; every method is deterministic.

    Args:
        path: the SQLite file that ``kg.terms.compile.compile_index`` wrote.

    Raises:
        TermsError: if the file is missing, no term index, or of another compile version.

    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     index.label("MONDO:0009807"), index.is_ancestor("MONDO:0009807", "MONDO:0002623")
    ('osteosarcoma', True)
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise NoIndexError(f"there is no term index at {self.path}", value=str(path))
        # immutable: the file is only ever replaced as a whole, so no locks and no journal are needed.
        uri = f"file:{quote(str(self.path.resolve()))}?mode=ro&immutable=1"
        self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            meta = dict(self._db.execute("SELECT key, value FROM meta").fetchall())
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise TermsError(f"{self.path} is not a term index; compile it again", value=str(path)) from error
        if meta.get("compile_version") != str(COMPILE_VERSION):
            self._db.close()
            raise TermsError(
                f"{self.path} has index version {meta.get('compile_version')}, this program reads "
                f"{COMPILE_VERSION}; compile it again",
                value=meta.get("compile_version"),
            )
        #: Hash of the inputs' content and the compile version.
        self.fingerprint: str = meta["fingerprint"]
        #: Which compound a MeSH name stands for, and what is said of parents.
        self.forms = FormsPolicy.from_table(json.loads(meta["forms"]))
        self._prefixes: dict[str, str] = dict(self._db.execute("SELECT prefix, source FROM prefixes"))
        rows = self._db.execute(
            "SELECT source, title, owner, licence, version, url, complete, covers, terms, sha256 "
            "FROM releases ORDER BY source"
        )
        self._releases = {
            source: Release(source, title, owner, licence, version, url, bool(complete), covers, terms, sha256)
            for source, title, owner, licence, version, url, complete, covers, terms, sha256 in rows
        }
        self._db.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        self._terms: OrderedDict[str, Term | None] = OrderedDict()
        self._keys = Keys(self._db)
        self._packed: dict[str, str] = {}
        self._labels: dict[str, str | None] = {}
        self._mapped: dict[str, tuple[Mapping, ...]] = {}
        self._children: dict[int, list[int]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the index answers nothing afterwards.

        >>> from kg.terms.bundled import default_index
        >>> index = default_index()
        >>> index.close()
        >>> index.label("MONDO:0009807")
        Traceback (most recent call last):
            ...
        sqlite3.ProgrammingError: Cannot operate on a closed database.
        """
        self._keys.close()
        self._db.close()

    def __contains__(self, curie: object) -> bool:
        return isinstance(curie, str) and self.term(curie) is not None

    def __len__(self) -> int:
        return cast(int, self._db.execute("SELECT count(*) FROM terms").fetchone()[0])

    def curies(self, prefix: str | None = None, *, statuses: Collection[str] | None = None) -> Iterator[str]:
        """Yield the identifiers that the index holds, sorted.

        Args:
            prefix: only those with this CURIE prefix.
            statuses: only those with one of these statuses (see ``status``).

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     next(index.curies("MONDO")), "MONDO:0002393" in set(index.curies(statuses=["alternative"]))
        ('MONDO:0000001', True)
        """
        low, high = (f"{prefix}:", f"{prefix};") if prefix else ("", "\U0010ffff")
        rows = self._db.execute(
            "SELECT curie, status FROM terms WHERE curie >= ? AND curie < ? ORDER BY curie", (low, high)
        )
        for curie, status in rows:
            if statuses is None or status in statuses:
                yield curie

    def __repr__(self) -> str:
        return f"TermIndex({str(self.path)!r}, fingerprint={self.fingerprint[:12]!r})"

    def term(self, curie: str) -> Term | None:
        """Return the term of a normalised CURIE, current or obsolete, or None where it is not held.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     (term := index.term("MONDO:0009807")) and (term.label, term.category, term.obsolete)
        ('osteosarcoma', 'biolink:Disease', False)
        """
        try:
            return self._terms[curie]
        except KeyError:
            pass
        term = self._read_term(curie)
        self._terms[curie] = term
        if len(self._terms) > _CACHED_TERMS:
            self._terms.popitem(last=False)
        return term

    def _read_term(self, curie: str) -> Term | None:
        row = self._row(
            "SELECT id, source, category, status, tree_numbers, mapped_to, replaced_by, consider "
            "FROM terms WHERE curie = ?",
            curie,
        )
        if row is None:
            return None
        names = self._db.execute("SELECT text, scope FROM names WHERE term = ? ORDER BY ordinal", (row[0],))
        properties = self._db.execute("SELECT property, value FROM properties WHERE term = ?", (row[0],))
        return Term(
            curie=curie,
            category=row[2],
            names=tuple(Name(text, scope) for text, scope in names),
            parents=self.parents(curie),
            tree_numbers=tuple(row[4].split()),
            mapped_to=tuple(row[5].split()),
            obsolete=row[3] != "current",
            replaced_by=tuple(row[6].split()),
            source=row[1],
            consider=tuple(row[7].split()),
            properties=tuple(sorted(properties)),
        )

    def status(self, curie: str) -> str:
        """Return the status of an identifier.

        Returns:
            ``current``; ``obsolete`` (withdrawn by its owner); ``alternative`` (an ``alt_id`` of another
            term); ``replaced``, ``merged``, ``promoted`` or ``gone`` (held by an earlier release only);
            ``unknown`` where no release that was compiled holds it.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     [index.status(curie) for curie in ("MONDO:0009807", "MONDO:0002393", "MONDO:9999999")]
        ['current', 'alternative', 'unknown']
        """
        row = self._row("SELECT status FROM terms WHERE curie = ?", curie)
        return "unknown" if row is None else cast(str, row[0])

    def history(self, curie: str) -> tuple[Step, ...]:
        """Return what earlier releases tell of an identifier: renamed, replaced, merged, promoted, gone.

        >>> import tempfile
        >>> from kg.terms.compile import Options, compile_index
        >>> from kg.terms.kinds import gather
        >>> text = "ontology: mondo\\n\\n[Term]\\nid: MONDO:0005812\\nname: {}\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, old, new = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
        ...     for name, path, options in (("flu", old, None), ("influenza", new, Options(previous=(old,)))):
        ...         _ = source.write_text(text.format(name))
        ...         _ = compile_index(gather([source]).sources, path, options)
        ...     with TermIndex(new) as index:
        ...         [(step.step, step.old_label) for step in index.history("MONDO:0005812")]
        [('renamed', 'flu')]
        """
        rows = self._db.execute(
            "SELECT step, target, basis, old_version, new_version FROM history WHERE curie = ? ORDER BY 1, 2, 3",
            (curie,),
        )
        return tuple(
            Step(curie, step, target, "", old, new, basis)
            if step == "renamed"
            else Step(curie, step, target, basis, old, new)
            for step, target, basis, old, new in rows
        )

    def steps(self, curie: str) -> tuple[Step, ...]:
        """Return the steps by which an identifier falls forward to current terms, from it on.

        Empty for a current and for an unknown identifier; a last step ``gone`` where the way ends.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     [(step.step, step.target) for step in index.steps("MONDO:0002393")]
        [('alternative', 'MONDO:0003061')]
        """
        found: list[Step] = []
        seen: set[str] = set()
        queue = [curie]
        while queue:
            candidate = queue.pop(0)
            row = self._row("SELECT status, replaced_by, source FROM terms WHERE curie = ?", candidate)
            if candidate in seen or row is None or row[0] == "current":
                continue
            seen.add(candidate)
            told = [step for step in self.history(candidate) if step.step != "renamed"]
            # A later release may know where an identifier went that an earlier one called gone.
            told = [step for step in told if step.target] or told
            if not told:
                word = "alternative" if row[0] == "alternative" else "replaced"
                version = release.version if (release := self._releases.get(row[2])) else ""
                told = [Step(candidate, word, target, "owner", "", version) for target in row[1].split()]
                told = told or [Step(candidate, "gone", new_version=version)]
            found += told
            queue += [step.target for step in told if step.target]
        return tuple(found)

    def label(self, curie: str) -> str | None:
        """Return the preferred name of a term, or None where the term or its name is not held.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     index.label("MESH:D012516"), index.label("MONDO:9999999")
        ('Osteosarcoma', None)
        """
        try:
            return self._labels[curie]
        except KeyError:
            pass
        row = self._row("SELECT label FROM terms WHERE curie = ?", curie)
        if len(self._labels) >= _CACHED_TERMS:
            self._labels.clear()
        label = self._labels[curie] = None if row is None else cast("str | None", row[0])
        return label

    def resolve(self, curie: str) -> tuple[str, ...]:
        """Return the current terms that an identifier stands for.

        Returns:
            ``(curie,)`` for a current term; for an obsolete or alternative identifier the current
            successors, followed to their end and sorted; ``()`` for an unknown identifier, and for an
            obsolete one whose successors the owner does not name or the index does not hold.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     index.resolve("MONDO:0009807"), index.resolve("MONDO:0002393"), index.resolve("MONDO:9999999")
        (('MONDO:0009807',), ('MONDO:0003061',), ())
        """
        current: set[str] = set()
        seen: set[str] = set()
        queue = [curie]
        while queue:
            candidate = queue.pop()
            if candidate in seen:
                continue
            seen.add(candidate)
            row = self._row("SELECT status, replaced_by FROM terms WHERE curie = ?", candidate)
            if row is None:
                continue
            if row[0] == "current":
                current.add(candidate)
            else:
                queue += row[1].split()
        return tuple(sorted(current))

    def lookup(self, text: str, *, prefixes: Collection[str] | None = None) -> tuple[Hit, ...]:
        """Return the terms that bear a name, one hit a term.

        Args:
            text: the name, in any spelling that ``normalize_name`` unifies.
            prefixes: only terms with one of these CURIE prefixes.

        Returns:
            Current terms before obsolete ones, then label before exact, narrow, broad and related
            names, then names spelled as in ``text``, then by CURIE.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     [(hit.curie, hit.scope, hit.exact) for hit in index.lookup(" OSTEOSARCOMA.", prefixes=["MONDO"])]
        [('MONDO:0009807', 'label', False)]
        """
        packed = self._packed.get(text)
        if packed is None:
            key = normalize_bytes(text)
            packed = self._keys.find(key) if key else ""
            # What is kept is text, not objects: the collector of garbage need not walk through it.
            if len(self._packed) >= _CACHED_NAMES:
                self._packed.clear()
            self._packed[text] = packed
        if not packed:
            return ()
        hits = unpack(packed, text)
        if prefixes is not None:
            hits = [hit for hit in hits if prefix_of(hit.curie) in prefixes]
        if len(hits) < 2:
            return tuple(hits)
        # The rows stand by obsolete, scope, term and name; only the spelling of this text is missing.
        hits.sort(key=lambda hit: (hit.obsolete, RANK[hit.scope], not hit.exact, hit.curie, hit.name))
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.curie, hit)
        return tuple(best.values())

    def names(
        self, *, prefixes: Collection[str] | None = None, scopes: Collection[Scope] | None = None
    ) -> Iterator[tuple[str, Hit]]:
        """Yield every name of every current term with its key, in key order; for building a matcher.

        Args:
            prefixes: only terms with one of these CURIE prefixes.
            scopes: only names of these scopes.

        Yields:
            The normalised name and the hit (``exact`` is True).

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     key, hit = next(index.names(prefixes=["MESH"], scopes=["label"]))
        >>> normalize_name(hit.name) == key, hit.scope, prefix_of(hit.curie)
        (True, 'label', 'MESH')
        """
        for key, place in self._db.execute("SELECT key, place FROM keys ORDER BY key"):
            for hit in sorted(self._at(place), key=lambda hit: (hit.curie, RANK[hit.scope], hit.name)):
                wanted = prefixes is None or prefix_of(hit.curie) in prefixes
                if wanted and not hit.obsolete and (scopes is None or hit.scope in scopes):
                    yield key, hit._replace(exact=True)

    def names_by_prefix(
        self, text: str, limit: int = 20, *, prefixes: Collection[str] | None = None
    ) -> tuple[Hit, ...]:
        """Return terms with a name that begins with ``text`` once normalised, in name order.

        Args:
            text: the beginning of a name.
            limit: at most this many hits, one a term.
            prefixes: only terms with one of these CURIE prefixes.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     [(hit.curie, hit.name) for hit in index.names_by_prefix("osteosarc", 1, prefixes=["MONDO"])]
        [('MONDO:0009807', 'osteosarcoma')]
        """
        key = normalize_name(text)
        if not key:
            return ()
        found: dict[str, Hit] = {}
        rows = self._db.execute(
            "SELECT key, place FROM keys WHERE key >= ? AND key < ? ORDER BY key", (key, _after(key))
        )
        for name_key, place in rows:
            for hit in sorted(self._at(place), key=lambda hit: (hit.curie, RANK[hit.scope], hit.name)):
                wanted = prefixes is None or prefix_of(hit.curie) in prefixes
                if wanted and not hit.obsolete and hit.curie not in found:
                    found[hit.curie] = hit._replace(exact=name_key == key)
                    if len(found) >= limit:
                        return tuple(found.values())
        return tuple(found.values())

    def suggest(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Return names that look like a misspelt one, best first.

        Only names of current terms of about the same length are compared: those with the same first
        letters, and where none of them is close, those with the same last letters.

        Args:
            text: the name as the user wrote it.
            limit: at most this many names.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     index.suggest("osteosarkoma", 1)
        ('Osteosarcoma',)
        """
        key = normalize_name(text)
        if len(key) < 3:
            return ()
        slack = max(2, len(key) // 4)
        head, tail = key[:2], key[-4:]
        attempts: tuple[tuple[str, tuple[object, ...]], ...] = (
            ("key >= ? AND key < ?", (head, _after(head))),
            ("substr(key, -4) = ?", (tail,)),
        )
        for where, values in attempts:
            query = f"SELECT key, place FROM keys WHERE {where} AND length(key) BETWEEN ? AND ? ORDER BY key"  # noqa: S608
            near = (len(key) - slack, len(key) + slack)
            places: dict[str, int] = dict(self._db.execute(query, (*values, *near)).fetchall())
            close = difflib.get_close_matches(key, list(places), n=limit * 2, cutoff=0.75)
            named = ([hit.name for hit in self._at(places[name]) if not hit.obsolete] for name in close)
            surfaces = [min(names) for names in named if names]
            if surfaces:
                return tuple(surfaces[:limit])
        return ()

    def _at(self, place: int) -> list[Hit]:
        return unpack(self._keys.record(place).partition("\x1e")[2], "")

    def parents(self, curie: str) -> tuple[str, ...]:
        """Return the direct parents of a term, sorted.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     [index.label(parent) for parent in index.parents("MONDO:0009807")]
        ['sarcoma']
        """
        rows = self._db.execute(
            "SELECT p.curie FROM terms c JOIN parents e ON e.child = c.id JOIN terms p ON p.id = e.parent "
            "WHERE c.curie = ? ORDER BY p.curie",
            (curie,),
        )
        return tuple(row[0] for row in rows)

    def children(self, curie: str) -> tuple[str, ...]:
        """Return the direct children of a term, sorted.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     "MONDO:0009807" in index.children("MONDO:0005089")
        True
        """
        if self._children is None:
            # The table is ordered by child; one pass over it is cheaper than a search for each of a few terms.
            found: defaultdict[int, list[int]] = defaultdict(list)
            for child, parent in self._db.execute("SELECT child, parent FROM parents"):
                found[parent].append(child)
            self._children = dict(found)
        row = self._row("SELECT id FROM terms WHERE curie = ?", curie)
        ids = self._children.get(row[0], ()) if row else ()
        return tuple(
            sorted(
                curie
                for child in ids
                for (curie,) in self._db.execute("SELECT curie FROM terms WHERE id = ?", (child,))
            )
        )

    def ancestors(self, curie: str) -> tuple[str, ...]:
        """Return all ancestors of a term without itself, sorted; a cycle ends the walk, not the program.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     "MONDO:0000001" in index.ancestors("MONDO:0009807")
        True
        """
        return tuple(row[0] for row in self._db.execute(_ANCESTORS, (curie, curie)))

    def descendants(self, curie: str) -> tuple[str, ...]:
        """Return all descendants of a term without itself, sorted.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     "MONDO:0009807" in index.descendants("MONDO:0000001")
        True
        """
        return tuple(row[0] for row in self._db.execute(_DESCENDANTS, (curie, curie)))

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Tell whether ``ancestor`` is a proper ancestor of ``descendant`` (never of itself).

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     [index.is_ancestor(curie, "MONDO:0009807") for curie in ("MONDO:0000001", "MONDO:0009807")]
        [True, False]
        """
        return ancestor != descendant and self._row(_IS_ANCESTOR, descendant, ancestor) is not None

    def mappings(self, curie: str) -> tuple[Mapping, ...]:
        """Return the mapping rows that have a term on either side, sorted.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     rows = index.mappings("MESH:D012516")
        >>> ("MONDO:0009807", "skos:exactMatch") in {(row.subject_id, row.predicate_id) for row in rows}
        True
        """
        try:
            return self._mapped[curie]
        except KeyError:
            pass
        rows = self._db.execute(
            f"SELECT {_MAPPING} FROM mappings WHERE subject_id = ?1 OR object_id = ?1 "  # noqa: S608
            "ORDER BY subject_id, predicate_id, object_id, mapping_source, mapping_set_version, "
            "mapping_justification",
            (curie,),
        )
        if len(self._mapped) >= _CACHED_TERMS:
            self._mapped.clear()
        found = self._mapped[curie] = tuple(Mapping(*row) for row in rows)
        return found

    def release(self, source: str) -> Release | None:
        """Return the release of a source key, or None where the index has no such source.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     (release := index.release("mondo")) and (release.owner, release.licence), index.release("nobody")
        (('Monarch Initiative', 'CC-BY-4.0'), None)
        """
        return self._releases.get(source)

    def releases(self) -> tuple[Release, ...]:
        """Return the releases the index was compiled from, by source key.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     [release.source for release in index.releases()]
        ['mesh', 'mondo', 'mondo_exactmatch_mesh', 'pubchem']
        """
        return tuple(self._releases.values())

    def source_of_prefix(self, prefix: str) -> Release | None:
        """Return the release that owns a CURIE prefix, or None where no ontology for it is loaded.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     (release := index.source_of_prefix("MESH")) and release.source, index.source_of_prefix("HP")
        ('mesh', None)
        """
        return self._releases.get(self._prefixes.get(prefix, ""))

    def files(self) -> tuple[FileAccount, ...]:
        """Return the accounts of the files the index was compiled from.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:
        ...     all(file.records == file.kept + sum(file.set_aside.values()) for file in index.files())
        True
        """
        rows = self._db.execute(
            "SELECT source, file, kind, sha256, size, records, kept, set_aside, url FROM files ORDER BY id"
        )
        return tuple(
            FileAccount(source, file, kind, sha256, size, records, kept, json.loads(aside), url)
            for source, file, kind, sha256, size, records, kept, aside, url in rows
        )

    def holds_part(self, curie: str) -> bool:
        """Tell whether the index holds the whole part of the vocabulary that an identifier belongs to.

        An identifier that is missing then does not exist in that release. Descriptors and supplementary records
        of MeSH are parts of their own: an index of the descriptors says nothing of supplementary records.

        >>> from kg.terms.bundled import default_index
        >>> with default_index() as index:  # the slices that ship are no whole releases
        ...     index.holds_part("MONDO:0009807")
        False
        """
        prefix, _, local = curie.partition(":")
        release = self.source_of_prefix(prefix)
        if release is None or not release.complete:
            return False
        start = f"{prefix}:{local[:1]}" if prefix == "MESH" else f"{prefix}:"
        row = self._row(
            "SELECT 1 FROM terms WHERE curie >= ? AND curie < ? AND status = 'current' LIMIT 1", start, _after(start)
        )
        return row is not None

    def problems(self) -> tuple[Problem, ...]:
        """Return what the compiler reported about the inputs, in the order of the inputs.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.kinds import gather
        >>> text = "ontology: mondo\\n\\n[Term]\\nid: MONDO:0005812\\nname: influenza\\nis_a: MONDO:9999999\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     source, path = Path(folder, "mondo.obo"), Path(folder, "terms.sqlite")
        ...     _ = source.write_text(text)
        ...     _ = compile_index(gather([source]).sources, path)
        ...     with TermIndex(path) as index:
        ...         [(problem.code, problem.value, problem.line) for problem in index.problems()]
        [('dangling-parent', 'MONDO:9999999', 6)]
        """
        rows = self._db.execute("SELECT source, file, code, line, value, message FROM problems ORDER BY id")
        return tuple(Problem(*row) for row in rows)

    def _row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        return cast("tuple[Any, ...] | None", self._db.execute(query, values).fetchone())


def _after(key: str) -> str:
    """Return the least string that is greater than every string beginning with ``key``."""
    return key[:-1] + chr(ord(key[-1]) + 1)
