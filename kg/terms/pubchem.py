"""PubChem's ``Compound/Extras`` files, streamed side by side: titles, synonyms, structures, parents, MeSH names.

Tab-separated, one row a fact, sorted by compound identifier (CID):

| kind | file | columns |
| --- | --- | --- |
| ``pubchem-titles`` | ``CID-Title`` | CID, title |
| ``pubchem-synonyms`` | ``CID-Synonym-filtered`` | CID, synonym; several rows a compound, the weightiest first |
| ``pubchem-inchikeys`` | ``CID-InChI-Key`` | CID, InChI, InChIKey |
| ``pubchem-smiles`` | ``CID-SMILES`` | CID, SMILES |
| ``pubchem-parents`` | ``CID-Parent`` | CID, CID of the parent compound, itself where it has none |
| ``pubchem-mesh`` | ``CID-MeSH`` | CID, one or more names of MeSH terms |

A full release holds more than 100 million compounds. The files are read as blocks of bytes; a row that nobody
asks for is counted and checked for its form, and never decoded. All but ``CID-MeSH`` are joined by CID as they
stream, so that a few blocks are in memory at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from dataclasses import dataclass, fields
from heapq import merge
from itertools import groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Final

from kg.errors import TermsError
from kg.model import CHEMICAL, Name, Term
from kg.terms.pubchem_rows import CID, INCHIKEY, Faults, read_blocks, read_rows
from kg.terms.reading import Problems, Rows

_PREFIX: Final = "PUBCHEM.COMPOUND"
#: What rows of compounds that nobody asked for are counted as.
NOT_NAMED: Final = "not-named"
#: What rows that give a compound as its own parent are counted as.
OWN_PARENT: Final = "own-parent"

# Atoms outside brackets (the organic subset, https://www.opensmiles.org), bracket atoms, bonds, rings, branches.
_SMILES: Final = re.compile(rb"(?:Cl|Br|[BCNOPSFI*bcnops]|\[[^\[\]\s]+\]|[-=#$:/\\.()%0-9])+")
_NO_SPACE: Final = re.compile(rb"\S+")
_HINTS: Final = (("synonym", "pubchem-synonyms"), ("mesh", "pubchem-mesh"), ("title", "pubchem-titles"))


@dataclass(frozen=True, slots=True)
class CompoundFiles:
    """The files that are joined by CID, each plain or gzip, each optional."""

    titles: Path | None = None
    synonyms: Path | None = None
    inchikeys: Path | None = None
    smiles: Path | None = None
    parents: Path | None = None

    @classmethod
    def of_kinds(cls, paths: Mapping[str, Path]) -> CompoundFiles:
        """Return the files of a map from kind to path; other kinds are passed over.

        >>> CompoundFiles.of_kinds({"pubchem-titles": Path("CID-Title"), "pubchem-mesh": Path("CID-MeSH")}).kinds()
        {'pubchem-titles': PosixPath('CID-Title')}
        """
        return cls(**{field.name: paths.get(f"pubchem-{field.name}") for field in fields(cls)})

    def kinds(self) -> dict[str, Path]:
        """Return the files that are given, by kind, in the order in which they are joined.

        >>> CompoundFiles(parents=Path("CID-Parent"), titles=Path("CID-Title")).kinds()
        {'pubchem-titles': PosixPath('CID-Title'), 'pubchem-parents': PosixPath('CID-Parent')}
        """
        paths = ((f"pubchem-{field.name}", getattr(self, field.name)) for field in fields(self))
        return {kind: path for kind, path in paths if path is not None}


#: The kinds of ``CompoundFiles``.
TABLES: Final = tuple(f"pubchem-{field.name}" for field in fields(CompoundFiles))


@dataclass(frozen=True, slots=True)
class MeshName:
    """A compound and a MeSH term's name that PubChem gives it."""

    curie: str
    name: str
    line: int


def read_terms(
    files: CompoundFiles, problems: Mapping[str, Problems] | None = None, keep: Collection[int] | None = None
) -> Iterator[Term]:
    """Yield the compounds of PubChem's files, joined by CID, in the order of the CIDs.

    A compound without a title is labelled by its first synonym: PubChem orders synonyms by weight. A compound
    that only a file of structures or parents holds has no name. Records are rows; rows that give a fact to a
    compound are kept here, as several make one term.

    Args:
        files: the files to join.
        problems: the account of each file, by kind. A file from which nothing can be read is an
            ``unusable-file`` there, and the others are joined without it.
        keep: the CIDs that are wanted; every compound without it. Rows of others are skipped (``not-named``).

    Raises:
        TermsError: if nothing can be read from any of the files.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     titles, synonyms = Path(folder, "CID-Title"), Path(folder, "CID-Synonym-filtered")
    ...     _ = titles.write_text("2244\\tAspirin\\n126941\\tMethotrexate\\n")
    ...     _ = synonyms.write_text("2244\\tacetylsalicylic acid\\n")
    ...     terms = list(read_terms(CompoundFiles(titles, synonyms), keep=[2244]))
    >>> [(term.curie, [name.text for name in term.names]) for term in terms]
    [('PUBCHEM.COMPOUND:2244', ['Aspirin', 'acetylsalicylic acid'])]
    """
    paths = files.kinds()
    faults = {
        kind: Faults((problems or {}).get(kind) or Problems("pubchem", path.name)) for kind, path in paths.items()
    }
    wanted = None if keep is None else sorted(set(keep))
    failures: list[TermsError] = []
    streams = [_facts(kind, path, faults[kind], wanted, failures) for kind, path in paths.items()]
    for cid, rows in groupby(merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        found: dict[str, list[str]] = {}
        for _, kind, text in rows:
            found.setdefault(kind, []).append(text)
        yield _term(cid, found, faults)
    for told in faults.values():
        told.close()
    if failures and len(failures) == len(paths):
        raise failures[0]


def read_parents(path: Path, problems: Problems, keep: Collection[int] | None = None) -> dict[int, int]:
    """Return the parents of compounds that have one other than themselves.

    Args:
        path: ``CID-Parent``, plain or gzip.
        problems: the file's account; rows of a parent are kept, rows that name the compound itself skipped.
        keep: the CIDs that are wanted; every compound without it.

    Raises:
        TermsError: if nothing can be read from the file.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "CID-Parent")
    ...     _ = path.write_text("1\\t1\\n5742\\t3520\\n")
    ...     read_parents(path, Problems("pubchem", path.name))
    {5742: 3520}
    """
    found: dict[int, int] = {}
    faults = Faults(problems)
    for cid, parent in _parents(path, faults, None if keep is None else sorted(set(keep))):
        problems.keep()
        found[cid] = int(parent)
    faults.close()
    return found


def named_by_title(path: Path, names: Set[str]) -> set[int]:
    """Return the CIDs of which a name is one of ``names``, letter case aside.

    Args:
        path: ``CID-Title``, or a file of the same form: ``CID-Synonym-filtered`` finds compounds by any name.
        names: the names, casefolded.

    Raises:
        TermsError: if the file cannot be read.

    The file's account is kept where its terms are read: here faults are passed over.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "CID-Title")
    ...     _ = path.write_text("2244\\tAspirin\\n126941\\tMethotrexate\\n")
    ...     named_by_title(path, {"aspirin"})
    {2244}
    """
    wanted = {name.encode() for name in names}
    found: set[int] = set()
    for block in read_blocks(path, Problems("", path.name)):
        # To lower-case a block of ASCII is to casefold it; other scripts are decoded line by line.
        ascii_only = block.isascii()
        for line in (block.lower() if ascii_only else block).split(b"\n"):
            cid, _, title = line.partition(b"\t")
            title = title.strip()
            if not ascii_only:
                title = title.decode("utf-8", "replace").casefold().encode()
            if title in wanted and CID.fullmatch(cid):
                found.add(int(cid))
    return found


def read_mesh_names(path: Path, problems: Problems) -> Iterator[MeshName]:
    """Yield the MeSH names of compounds from a ``CID-MeSH`` file.

    A row is one record, however many names it has; it is kept here.

    Raises:
        TermsError: if the file cannot be read, or no row of it is sound.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "CID-MeSH")
    ...     _ = path.write_text("2244\\tAspirin\\n")
    ...     list(read_mesh_names(path, Problems("pubchem", path.name)))
    [MeshName(curie='PUBCHEM.COMPOUND:2244', name='Aspirin', line=1)]
    """
    faults = Faults(problems)
    records, kept = problems.records, problems.kept
    rows = Rows(path, problems, faults.drop)
    rows.begun = True
    for number, line in rows:
        yield from _mesh_row(number, line, faults)
    faults.close()
    if problems.records > records and problems.kept == kept:
        raise TermsError(f"no row of {path} is a CID and names; fetch the file again", value=str(path))


def _mesh_row(number: int, line: str, faults: Faults) -> Iterator[MeshName]:
    if not line:
        return
    faults.problems.begin()
    cid, *rest = (part.strip() for part in line.split("\t"))
    names = [name for name in rest if name]
    if not CID.fullmatch(cid.encode()) or not names:
        faults.drop("malformed-row", line, "the line is not CID, tab, names", number)
        return
    faults.problems.keep()
    for name in names:
        yield MeshName(f"{_PREFIX}:{cid}", name, number)


def is_pubchem_table(start: bytes, name: str) -> str:
    """Return the kind of a PubChem table, or "" where the file is none or nothing tells.

    Structures, parents and synonyms are told by their rows. The name is asked for what rows cannot tell: titles
    from MeSH names, and anything in a file of few rows.

    Args:
        start: the first bytes of the file, decompressed; 64 KiB are enough.
        name: the name of the file.

    >>> is_pubchem_table(b"1\\t1\\n5742\\t3520\\n", "x.tsv")
    'pubchem-parents'
    >>> is_pubchem_table(b"4\\tmonoisopropanolamine\\n6\\tDinitrochlorobenzene\\n", "CID-Title.gz")
    'pubchem-titles'
    >>> is_pubchem_table(b"4\\tmonoisopropanolamine\\n6\\tDinitrochlorobenzene\\n", "x.tsv")
    ''
    """
    lines = [line for line in start.split(b"\n") if line.strip()]
    if len(lines) > 1 and not start.endswith(b"\n"):
        # The last line may be cut.
        lines.pop()
    rows = [cells for line in lines if len(cells := line.rstrip(b"\r").split(b"\t")) > 1 and CID.fullmatch(cells[0])]
    if not rows or len(rows) < 0.9 * len(lines):
        return ""
    most = 0.95 * len(rows)
    if sum(len(row) == 3 and INCHIKEY.fullmatch(row[2].strip()) is not None for row in rows) >= most:
        return "pubchem-inchikeys"
    pairs = [row for row in rows if len(row) == 2]
    if sum(CID.fullmatch(row[1].strip()) is not None for row in pairs) >= most:
        return "pubchem-parents"
    hint = next((kind for word, kind in _HINTS if word in name.casefold()), "")
    few = len(rows) < 10
    if not (few and hint) and sum(_SMILES.fullmatch(row[1].strip()) is not None for row in pairs) >= most:
        return "pubchem-smiles"
    repeated = sum(one[0] == other[0] for one, other in pairwise(pairs))
    if repeated and (not hint or repeated > 0.1 * len(rows)) and len(pairs) == len(rows):
        return "pubchem-synonyms"
    return hint


# -- the join -------------------------------------------------------------------------------------------------------

#: Facts of a file: CID and text, in the order of the CIDs; each stands for a row that was begun and is not yet kept.
Facts = Iterator[tuple[int, str]]


def _facts(
    kind: str, path: Path, faults: Faults, wanted: list[int] | None, failures: list[TermsError]
) -> Iterator[tuple[int, str, str]]:
    """Yield the facts of a file; an error ends the file, not the join."""
    try:
        for cid, text in _READERS[kind](path, faults, wanted):
            yield cid, kind, text
    except TermsError as error:
        faults.problems.add("unusable-file", path.name, str(error))
        failures.append(error)


def _names(path: Path, faults: Faults, wanted: list[int] | None) -> Facts:
    return ((row.cid, row.text) for row in read_rows(path, faults, 2, wanted, NOT_NAMED))


def _inchikeys(path: Path, faults: Faults, wanted: list[int] | None) -> Facts:
    return _one_each(path, faults, wanted, 3, INCHIKEY, "InChIKey")


def _smiles(path: Path, faults: Faults, wanted: list[int] | None) -> Facts:
    return _one_each(path, faults, wanted, 2, _NO_SPACE, "SMILES")


def _parents(path: Path, faults: Faults, wanted: list[int] | None) -> Facts:
    for cid, parent in _one_each(path, faults, wanted, 2, CID, "CID"):
        if int(parent) == cid:
            faults.problems.skip(OWN_PARENT)
        else:
            yield cid, parent


def _one_each(
    path: Path, faults: Faults, wanted: list[int] | None, columns: int, form: re.Pattern[bytes], what: str
) -> Facts:
    """Yield the last column of the first row of each compound."""
    last = 0
    for row in read_rows(path, faults, columns, wanted, NOT_NAMED):
        text = row.text
        if not form.fullmatch(text.encode()):
            faults.drop("malformed-row", text, f"the last column is no {what}", row.line)
        elif row.cid == last:
            message = "the compound has a row before this; the first stays"
            faults.drop("duplicate-id", f"{_PREFIX}:{row.cid}", message, row.line)
        else:
            last = row.cid
            yield row.cid, text


_READERS: Final[dict[str, Callable[[Path, Faults, list[int] | None], Facts]]] = {
    "pubchem-titles": _names, "pubchem-synonyms": _names, "pubchem-inchikeys": _inchikeys,
    "pubchem-smiles": _smiles, "pubchem-parents": _parents,
}  # fmt: skip


def _term(cid: int, found: dict[str, list[str]], faults: Mapping[str, Faults]) -> Term:
    curie = f"{_PREFIX}:{cid}"
    titles = found.get("pubchem-titles", [])
    if len(titles) > 1:
        message = "the compound has several titles; the first is its label"
        faults["pubchem-titles"].add("duplicate-id", curie, message)
    texts = dict.fromkeys([*titles, *found.get("pubchem-synonyms", [])])
    names = tuple(Name(text, "exact" if place else "label") for place, text in enumerate(texts))
    properties = []
    if key := found.get("pubchem-inchikeys"):
        properties.append(("inchikey", key[0]))
    if parent := found.get("pubchem-parents"):
        properties.append(("parent_compound", f"{_PREFIX}:{parent[0]}"))
    if smiles := found.get("pubchem-smiles"):
        properties.append(("smiles", smiles[0]))
    for kind, rows in found.items():
        faults[kind].problems.keep(len(rows))
    source = next(iter(faults.values())).problems.source
    return Term(curie, CHEMICAL, names, source=source, properties=tuple(properties))
