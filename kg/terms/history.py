"""Identifier time: what became of the identifiers and labels of an earlier release.

An index may be compiled with the indexes of earlier releases beside it. An identifier that only they hold
stays in the new index as a withdrawn term, and falls forward where a fact allows it, the first that does:

1. the owner says so (``owner``): in the earlier release, or in a table of replacements;
2. its preferred MeSH concept is in another record now (``concept``): a supplementary record that became a
   heading was promoted, every other was merged. MeSH keeps concept identifiers when it moves a concept;
3. exactly one current term of the same vocabulary and category is labelled as it was (``name``): the record was
   made anew. A mere synonym is too weak, and so is a short form.

Elsewhere its status is ``gone`` and it has no successor. A label that changed is kept as a name of its
term where no other term bears it. Identifiers are only called gone where the new release holds its part of
the vocabulary at all (descriptors and supplementary records of MeSH are apart), and holds it complete.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

from kg.errors import TermsError
from kg.model import Name, Term
from kg.terms.names import normalize_name
from kg.terms.schema import COMPILE_VERSION

#: The part of a vocabulary that an identifier belongs to: its prefix, and of MeSH the first letter.
PART: Final = "substr({0}, 1, instr({0}, ':')) || CASE WHEN {0} LIKE 'MESH:%' THEN substr({0}, 6, 1) ELSE '' END"
_SHORT: Final = 6
_BASES: Final = {
    "owner": "its owner says so",
    "concept": "its preferred concept is there now",
    "name": "that term is labelled so now",
    "": "",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an identifier through time.

    Attributes:
        curie: the identifier that is no longer current, or whose label changed.
        step: ``replaced``, ``alternative``, ``merged``, ``promoted``, ``gone`` or ``renamed``.
        target: the successor; of a renamed term its new label; "" for ``gone``.
        basis: ``owner``, ``concept`` or ``name``; "" for ``gone`` and ``renamed``.
        old_version: release that held it, "" where the owner's current release tells the step.
        new_version: release that does not.
        old_label: of a renamed term, the label before.
    """

    curie: str
    step: str
    target: str = ""
    basis: str = ""
    old_version: str = ""
    new_version: str = ""
    old_label: str = ""

    def sentence(self) -> str:
        """Say the step in words.

        >>> Step("MESH:C1", "promoted", "MESH:D1", "concept", "2025", "2026").sentence()
        'MESH:C1 was promoted to MESH:D1 between 2025 and 2026: its preferred concept is there now'
        """
        when = f" between {self.old_version} and {self.new_version}" if self.old_version else ""
        if self.step == "gone":
            return f"{self.curie} is gone{when}, and no successor is known"
        if self.step == "renamed":
            return f"{self.curie} was renamed from {self.old_label!r} to {self.target!r}{when}"
        word = {"merged": "merged into", "promoted": "promoted to", "alternative": "made an alternative identifier of"}
        why = _BASES.get(self.basis, self.basis)
        return f"{self.curie} was {word.get(self.step, 'replaced by')} {self.target}{when}" + (
            f": {why}" if why else ""
        )


@dataclass(frozen=True, slots=True)
class _Old:
    curie: str
    label: str
    category: str
    source: str
    version: str
    replaced_by: tuple[str, ...]
    status: str


def newest_first(previous: Iterable[Path]) -> list[Path]:
    """Return earlier indexes by their releases, the newest first, in whatever order they are named.

    What a later release tells of an identifier stands; an earlier one adds what the later does not hold.

    Raises:
        TermsError: if one is no term index of this version.

    >>> import tempfile
    >>> from kg.terms.compile import compile_index
    >>> from kg.terms.kinds import gather
    >>> text = "data-version: {}\\nontology: mondo\\n\\n[Term]\\nid: MONDO:0009807\\nname: osteosarcoma\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, paths = Path(folder, "mondo.obo"), [Path(folder, f"{year}.sqlite") for year in (2025, 2026)]
    ...     for path in paths:
    ...         _ = source.write_text(text.format(path.stem))
    ...         _ = compile_index(gather([source]).sources, path)
    ...     [path.name for path in newest_first(paths)]
    ['2026.sqlite', '2025.sqlite']
    """
    ranked = []
    for path in previous:
        with closing(_open(path)) as old:
            versions = sorted(str(row[0]).rpartition("/")[2] for row in old.execute("SELECT version FROM releases"))
            (mark,) = old.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
        ranked.append((versions[::-1], mark, path))
    return [path for _, _, path in sorted(ranked, key=lambda one: one[:2], reverse=True)]


def _open(previous: Path) -> sqlite3.Connection:
    if not previous.is_file():
        raise TermsError(f"there is no term index at {previous}", value=str(previous))
    old = sqlite3.connect(f"file:{quote(str(previous.resolve()))}?mode=ro&immutable=1", uri=True)
    try:
        version = dict(old.execute("SELECT key, value FROM meta").fetchall()).get("compile_version")
    except sqlite3.DatabaseError as error:
        old.close()
        raise TermsError(f"{previous} is not a term index; compile it again", value=str(previous)) from error
    if version != str(COMPILE_VERSION):
        old.close()
        raise TermsError(f"{previous} has index version {version}; compile it again", value=version)
    return old


def add_history(
    db: sqlite3.Connection,
    previous: Path,
    replacements: dict[str, list[str]],
    add_term: Callable[[Term, str], None],
    add_name: Callable[[str, Name], None],
) -> None:
    """Bring the identifiers and labels of one earlier index into a new one.

    Args:
        db: the new index, all of its terms in it, its keys not yet built.
        previous: the earlier index.
        replacements: the owner's own table, old identifier -> new.
        add_term: adds a withdrawn term with its status.
        add_name: adds a name to a current term.

    Raises:
        TermsError: if ``previous`` is no term index of this version.

    >>> import tempfile
    >>> from kg.terms.compile import Options, compile_index
    >>> from kg.terms.index import TermIndex
    >>> from kg.terms.kinds import gather
    >>> text = "ontology: mondo\\n\\n[Term]\\nid: MONDO:{}\\nname: influenza\\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, old, new = (Path(folder, name) for name in ("mondo.obo", "old.sqlite", "new.sqlite"))
    ...     for number, path, options in (("9999999", old, None), ("0005812", new, Options(previous=(old,)))):
    ...         _ = source.write_text(text.format(number))
    ...         _ = compile_index(gather([source]).sources, path, options)
    ...     with TermIndex(new) as index:
    ...         index.status("MONDO:9999999"), index.resolve("MONDO:9999999")
    ('replaced', ('MONDO:0005812',))
    """
    old = _open(previous)
    try:
        names = _Bearers(db)
        versions = dict(db.execute("SELECT source, version FROM new_versions"))
        parts = {part for (part,) in db.execute(_parts())}
        concepts = _concepts(db)
        for row, own_concepts in _gone(old, db, parts):
            _add_gone(db, row, own_concepts, versions, replacements, concepts, names, add_term)
        _add_renamed(db, old, versions, names, add_name)
        db.execute(
            "UPDATE terms SET category = coalesce((SELECT category FROM earlier e WHERE e.curie = terms.curie), category) "
            "WHERE id IN (SELECT t.id FROM terms t JOIN earlier USING (curie) WHERE t.category = 'biolink:OntologyClass')"
        )
    except sqlite3.DatabaseError as error:
        raise TermsError(f"{previous} is not a term index; compile it again", value=str(previous)) from error
    finally:
        old.close()
        db.execute("DROP TABLE IF EXISTS earlier")


def _parts() -> str:
    part = PART.format("t.curie")
    return (
        f"SELECT DISTINCT {part} FROM terms t JOIN new_versions v USING (source) "  # noqa: S608
        "WHERE t.status = 'current' AND v.complete"
    )


def _gone(old: sqlite3.Connection, db: sqlite3.Connection, parts: set[str]) -> Iterator[tuple[_Old, list[str]]]:
    """Yield the earlier terms that the new index does not hold, with their preferred concepts."""
    db.execute("CREATE TEMP TABLE earlier (curie TEXT PRIMARY KEY, label TEXT, category TEXT, version TEXT)")
    rows = old.execute(
        f"SELECT t.curie, coalesce(t.label, ''), t.category, t.source, r.version, t.replaced_by, t.status, "  # noqa: S608
        f"{PART.format('t.curie')}, t.id FROM terms t JOIN releases r USING (source) ORDER BY t.curie"
    )
    for curie, label, category, source, version, replaced_by, status, part, number in rows:
        if status == "current":
            db.execute("INSERT INTO earlier VALUES (?,?,?,?)", (curie, label, category, version))
        if part not in parts or db.execute("SELECT 1 FROM terms WHERE curie = ?", (curie,)).fetchone():
            continue
        concepts = old.execute(
            "SELECT value FROM properties WHERE term = ? AND property = 'preferred_concept'", (number,)
        ).fetchall()
        yield (
            _Old(curie, label, category, source, version, tuple(replaced_by.split()), status),
            [c for (c,) in concepts],
        )


def _concepts(db: sqlite3.Connection) -> dict[str, set[str]]:
    """Return the current MeSH records of each concept."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for concept, curie in db.execute(
        "SELECT p.value, t.curie FROM properties p JOIN terms t ON t.id = p.term "
        "WHERE p.property IN ('concept', 'preferred_concept') AND t.status = 'current'"
    ):
        found[concept].add(curie)
    return found


class _Bearers:
    """Which current terms bear a name as label or exact name, by vocabulary."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute("CREATE INDEX IF NOT EXISTS staged_key ON staged (key)")

    def of(self, name: str, prefix: str) -> list[str]:
        """Return the current terms with this prefix that bear the name as label or exact name."""
        rows = self._db.execute(
            "SELECT DISTINCT t.curie FROM staged s JOIN terms t ON t.id = s.term "
            "WHERE s.key = ? AND t.status = 'current' AND s.scope IN ('label', 'exact') AND s.ordinal >= 0 ORDER BY 1",
            (normalize_name(name),),
        )
        return [curie for (curie,) in rows if curie.startswith(f"{prefix}:")]

    def labelled(self, name: str, prefix: str, category: str) -> list[str]:
        """Return the current terms with this prefix and category that are labelled so; none for a short form."""
        if len(name) < _SHORT or name.upper() == name:
            # Short forms are born again with other meanings.
            return []
        rows = self._db.execute(
            "SELECT DISTINCT t.curie FROM staged s JOIN terms t ON t.id = s.term "
            "WHERE s.key = ? AND t.status = 'current' AND s.ordinal = 0 AND t.category = ? ORDER BY 1",
            (normalize_name(name), category),
        )
        return [curie for (curie,) in rows if curie.startswith(f"{prefix}:")]


def _add_gone(
    db: sqlite3.Connection,
    old: _Old,
    own_concepts: Sequence[str],
    versions: dict[str, str],
    replacements: dict[str, list[str]],
    concepts: dict[str, set[str]],
    names: _Bearers,
    add_term: Callable[[Term, str], None],
) -> None:
    label = (Name(old.label, "label"),) if old.label else ()
    # Kept, so that a later release may still tell where the concept went.
    facts = tuple(("preferred_concept", concept) for concept in own_concepts)
    if old.status not in {"current", "gone"}:
        # The earlier release told already what became of it.
        add_term(
            Term(old.curie, old.category, label, (), (), (), True, old.replaced_by, old.source, (), facts), old.status
        )
        return
    moved = sorted({curie for concept in own_concepts for curie in concepts.get(concept, ())})
    successors: list[str]
    told_before = old.status == "gone"
    if old.curie in replacements:
        successors, basis = sorted(set(replacements[old.curie])), "owner"
    elif moved:
        successors, basis = moved, "concept"
    else:
        bearers = names.labelled(old.label, old.curie.partition(":")[0], old.category)
        # Of several bearers none is the one that is meant.
        successors, basis = (bearers, "name") if len(bearers) == 1 else ([], "")
    status = "gone"
    if successors:
        promoted = old.curie.startswith("MESH:C") and all(s.startswith("MESH:D") for s in successors)
        status = ("promoted" if promoted else "merged") if basis == "concept" else "replaced"
    add_term(Term(old.curie, old.category, label, (), (), (), True, tuple(successors), old.source, (), facts), status)
    if told_before and not successors:
        # When it went is told by the release that first missed it.
        return
    new_version = versions.get(old.source, "")
    rows = [(old.curie, status, target, basis, old.source, old.version, new_version) for target in successors or [""]]
    db.executemany("INSERT OR IGNORE INTO history VALUES (?,?,?,?,?,?,?)", rows)


def _add_renamed(
    db: sqlite3.Connection,
    old: sqlite3.Connection,
    versions: dict[str, str],
    names: _Bearers,
    add_name: Callable[[str, Name], None],
) -> None:
    """Record the labels that changed; keep a former one as a name where no other term bears it."""
    rows = db.execute(
        "SELECT t.curie, e.label, t.label, t.source, e.version FROM terms t JOIN earlier e USING (curie) "
        "WHERE t.status = 'current' AND e.label <> '' AND t.label <> e.label ORDER BY t.curie"
    ).fetchall()
    for curie, before, after, source, version in rows:
        db.execute(
            "INSERT OR IGNORE INTO history VALUES (?,?,?,?,?,?,?)",
            (curie, "renamed", after, before, source, version, versions.get(source, "")),
        )
        if not names.of(before, cast(str, curie).partition(":")[0]):
            add_name(curie, Name(before, "exact"))
    # What an earlier index already knew of names and identifiers goes on being known.
    held = old.execute("SELECT curie, step, target, basis, source, old_version, new_version FROM history")
    db.executemany("INSERT OR IGNORE INTO history VALUES (?,?,?,?,?,?,?)", held)
