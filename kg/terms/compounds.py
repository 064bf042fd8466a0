"""PubChem's part of a compilation: which compounds are kept, and which MeSH terms their MeSH names mean."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, Mapping
from kg.terms import pubchem
from kg.terms.forms import Candidate, FormsPolicy, Heading, choose
from kg.terms.names import normalize_name
from kg.terms.pubchem import MeshName
from kg.terms.reading import Problems

TABLES: Final = pubchem.TABLES
#: A file of more bytes is not read whole: its compounds must be named by another source or by the user.
LARGEST_WHOLE: Final = 256 * 1024 * 1024
_PREFIX: Final = "PUBCHEM.COMPOUND:"


@dataclass(frozen=True, slots=True)
class _Names:
    """The MeSH names of one file."""

    path: Path
    version: str
    problems: Problems
    entries: list[MeshName]


class Named:
    """The compounds that other sources name.

    Args:
        db: the index that is being compiled, its other terms and mappings in it.
        forms: which compound a name stands for.
    """

    def __init__(self, db: sqlite3.Connection, forms: FormsPolicy) -> None:
        self._db = db
        self._forms = forms
        self._files: list[_Names] = []

    def __bool__(self) -> bool:
        return bool(self._files)

    def read_mesh_names(self, path: Path, version: str, problems: Problems) -> None:
        """Read a ``CID-MeSH`` file.

        Raises:
            TermsError: if nothing can be read from it.

        >>> import tempfile
        >>> from contextlib import closing
        >>> with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(":memory:")) as db:
        ...     path, named = Path(folder, "CID-MeSH"), Named(db, FormsPolicy())
        ...     _ = path.write_text("2244\\tAspirin\\n")
        ...     named.read_mesh_names(path, "2026-05-05", Problems("pubchem", path.name))
        >>> bool(named)
        True
        """
        self._files.append(_Names(path, version, problems, list(pubchem.read_mesh_names(path, problems))))

    def keep(self, wanted: Collection[int], paths: dict[str, Path]) -> set[int] | None:
        """Return the compounds to take from PubChem's files, None for all of them.

        Those that the user wants, that ``CID-MeSH`` or a mapping names, or, where neither is given, that are
        titled with a name of a MeSH chemical; and the parents of all these.

        Args:
            wanted: CIDs that the user names.
            paths: PubChem's files by kind.

        Raises:
            TermsError: if nothing names any compound and the files are too large to be taken whole.

        >>> import tempfile
        >>> from contextlib import closing
        >>> with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(":memory:")) as db:
        ...     path, named = Path(folder, "CID-MeSH"), Named(db, FormsPolicy())
        ...     _ = path.write_text("2244\\tAspirin\\n")
        ...     named.read_mesh_names(path, "2026-05-05", Problems("pubchem", path.name))
        ...     _ = db.execute("CREATE TABLE mappings (subject_id, object_id)")
        ...     sorted(named.keep([126941], {}) or ())
        [2244, 126941]
        """
        named = set(wanted)
        for file in self._files:
            named.update(_cid(entry.curie) for entry in file.entries)
        for side in ("subject_id", "object_id"):
            rows = self._db.execute(f"SELECT {side} FROM mappings WHERE {side} LIKE 'PUBCHEM.COMPOUND:%'")  # noqa: S608
            named.update(_cid(curie) for (curie,) in rows)
        if not self._files and (titles := paths.get("pubchem-titles")) and (names := self._chemical_names()):
            named |= pubchem.named_by_title(titles, names)
        if not named:
            if large := [path for path in paths.values() if path.stat().st_size > LARGEST_WHOLE]:
                raise TermsError(
                    f"nothing names the compounds to take from {large[0].name}: add CID-MeSH, MeSH or a mapping set, "
                    "name them with --compounds, or take all with --all-compounds",
                    value=str(large[0]),
                )
            return None
        if parents := paths.get("pubchem-parents"):
            named.update(pubchem.read_parents(parents, Problems("", parents.name), named).values())
        return named

    def _chemical_names(self) -> frozenset[str]:
        rows = self._db.execute(
            "SELECT s.text FROM staged s JOIN terms t ON t.id = s.term WHERE t.category = ? AND t.curie LIKE 'MESH:%'",
            (CHEMICAL,),
        )
        return frozenset(text.casefold() for (text,) in rows)

    def mappings(self) -> Iterator[tuple[Problems, Iterable[Mapping]]]:
        """Yield each file's account and the mappings that its MeSH names make.

        >>> import tempfile
        >>> from kg.terms.compile import compile_index
        >>> from kg.terms.index import TermIndex
        >>> from kg.terms.kinds import gather
        >>> heading = (
        ...     "<DescriptorRecordSet><DescriptorRecord><DescriptorUI>D001241</DescriptorUI>"
        ...     "<DescriptorName><String>Aspirin</String></DescriptorName>"
        ...     "<TreeNumberList><TreeNumber>D02</TreeNumber></TreeNumberList>"
        ...     "</DescriptorRecord></DescriptorRecordSet>")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     names = ("desc2026.xml", "CID-MeSH", "CID-Title")
        ...     files, path = [Path(folder, name) for name in names], Path(folder, "terms.sqlite")
        ...     for file, text in zip(files, (heading, "2244\\tAspirin\\n", "2244\\tAspirin\\n"), strict=True):
        ...         _ = file.write_text(text)
        ...     _ = compile_index(gather(files).sources, path)
        ...     with TermIndex(path) as index:
        ...         [(row.subject_id, row.predicate_id) for row in index.mappings("MESH:D001241")]
        [('PUBCHEM.COMPOUND:2244', 'skos:exactMatch')]
        """
        for file in self._files:
            yield file.problems, self._mappings(file)

    def _mappings(self, file: _Names) -> Iterator[Mapping]:
        """Turn MeSH names into mappings; a name stands for a MeSH term where exactly one has it as its label."""
        bearers: defaultdict[str, dict[int, int]] = defaultdict(dict)
        borne: defaultdict[int, set[str]] = defaultdict(set)
        for entry in file.entries:
            bearers[entry.name].setdefault(_cid(entry.curie), entry.line)
            borne[_cid(entry.curie)].add(entry.name)
        for name, lines in bearers.items():
            found = self._mesh_labels(name)
            if len(found) != 1:
                which = "no MeSH term is" if not found else f"{len(found)} MeSH terms are"
                file.problems.add(
                    "unresolved-name", name, f"{which} labelled so, diseases aside", line=min(lines.values())
                )
                continue
            candidates = {cid: self._candidate(cid, len(borne[cid])) for cid in lines}
            choice = choose(list(candidates.values()), self._heading(found[0], name), self._forms)
            for cid, predicate in choice.matches():
                yield Mapping(
                    subject_id=f"{_PREFIX}{cid}",
                    predicate_id=predicate,
                    object_id=found[0],
                    mapping_justification="semapv:LexicalMatching",
                    mapping_source="pubchem:CID-MeSH",
                    mapping_set_version=file.version,
                    subject_label=candidates[cid].title if cid in candidates else self._candidate(cid, 1).title,
                    object_label=name,
                    comment=f"{choice.rule}: {choice.reason}",
                    # A parent that takes a compound's place stands in no line of its own.
                    record=f"{file.path.name}:{lines.get(cid, min(lines.values()))}",
                )

    def _candidate(self, cid: int, mesh_names: int) -> Candidate:
        row = self._db.execute("SELECT id, label FROM terms WHERE curie = ?", (f"{_PREFIX}{cid}",)).fetchone()
        if row is None:
            return Candidate(cid, mesh_names=mesh_names)
        facts = dict(self._db.execute("SELECT property, value FROM properties WHERE term = ?", (row[0],)).fetchall())
        parent = _cid(facts["parent_compound"]) if "parent_compound" in facts else None
        return Candidate(cid, row[1] or "", facts.get("smiles", ""), parent, mesh_names)

    def _heading(self, curie: str, name: str) -> Heading:
        (number,) = self._db.execute("SELECT id FROM terms WHERE curie = ?", (curie,)).fetchone()
        registry = self._db.execute(
            "SELECT value FROM properties WHERE term = ? AND property = 'registry_number' ORDER BY 1", (number,)
        )
        (narrower,) = self._db.execute(
            "SELECT count(*) FROM parents p JOIN terms t ON t.id = p.child WHERE p.parent = ? AND t.category = ?",
            (number, CHEMICAL),
        ).fetchone()
        return Heading(name, tuple(value for (value,) in registry), narrower)

    def _mesh_labels(self, name: str) -> list[str]:
        """Return the MeSH terms labelled with a name: spelled the same, else the same but for case; no disease."""
        rows = self._db.execute(
            "SELECT t.curie, s.text FROM staged s JOIN terms t ON t.id = s.term "
            "WHERE s.key = ? AND s.ordinal = 0 AND t.status = 'current' AND t.curie GLOB 'MESH:*' "
            "AND t.category <> ? ORDER BY 1",
            (normalize_name(name), DISEASE),
        ).fetchall()
        same = [curie for curie, text in rows if text == name]
        return same or [curie for curie, text in rows if text.casefold() == name.casefold()]


def _cid(curie: str) -> int:
    return int(curie.removeprefix(_PREFIX))
