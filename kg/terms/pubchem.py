"""PubChem's ``Compound/Extras`` files: titles, filtered synonyms, and the MeSH names of compounds.

Tab-separated, one fact a line, by compound identifier (CID); ``CID-MeSH`` may name several MeSH terms in
one line. The files of titles and synonyms are both sorted by CID, so they are joined while they stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kg.model import CHEMICAL, Name, Term
from kg.terms.reading import Problems, read_lines


@dataclass(frozen=True, slots=True)
class MeshName:
    """A compound and a MeSH term's name that PubChem gives it."""

    curie: str
    name: str
    line: int


def read_terms(
    titles: Path | None, synonyms: Path | None, title_problems: Problems, synonym_problems: Problems
) -> Iterator[Term]:
    """Yield the compounds of a title file joined with a synonym file, by CID.

    A compound without a title is labelled by its first synonym: PubChem orders synonyms by weight.

    Args:
        titles: ``CID-Title``, plain or gzip, or None.
        synonyms: ``CID-Synonym-filtered``, plain or gzip, or None.
        title_problems: where malformed and unsorted lines of the titles are recorded.
        synonym_problems: the same for the synonyms.

    Raises:
        TermsError: if a file cannot be read.
    """
    left = _groups(titles, title_problems)
    right = _groups(synonyms, synonym_problems)
    title, names = next(left, None), next(right, None)
    while title or names:
        if names is None or (title is not None and title[0] < names[0]):
            assert title is not None
            yield _term(title[0], title[1], [], title_problems)
            title = next(left, None)
        elif title is None or names[0] < title[0]:
            yield _term(names[0], [], names[1], synonym_problems)
            names = next(right, None)
        else:
            yield _term(title[0], title[1], names[1], title_problems)
            title, names = next(left, None), next(right, None)


def read_mesh_names(path: Path, problems: Problems) -> Iterator[MeshName]:
    """Yield the MeSH names of compounds from a ``CID-MeSH`` file.

    Raises:
        TermsError: if the file cannot be read.
    """
    for number, line in read_lines(path, problems):
        if not line:
            continue
        cid, *names = (part.strip() for part in line.split("\t"))
        names = [name for name in names if name]
        if not _is_cid(cid) or not names:
            problems.add("malformed-row", line, "the line is not CID, tab, names", line=number)
            continue
        for name in names:
            yield MeshName(f"PUBCHEM.COMPOUND:{cid}", name, number)


def _groups(path: Path | None, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    if path is None:
        return
    for cid, rows in groupby(_rows(path, problems), key=lambda row: row[0]):
        yield cid, [name for _, name in rows]


def _rows(path: Path, problems: Problems) -> Iterator[tuple[int, str]]:
    last = 0
    for number, line in read_lines(path, problems):
        if not line:
            continue
        cid, tab, name = line.partition("\t")
        name = name.strip()
        if not (tab and name and _is_cid(cid)):
            problems.add("malformed-row", line, "the line is not CID, tab, name", line=number)
        elif int(cid) < last:
            problems.add("unsorted-row", line, "the line is out of CID order and is left out", line=number)
        else:
            last = int(cid)
            yield last, name


def _is_cid(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) <= 12 and text[0] != "0"


def _term(cid: int, titles: list[str], synonyms: list[str], problems: Problems) -> Term:
    curie = f"PUBCHEM.COMPOUND:{cid}"
    if len(titles) > 1:
        problems.add("duplicate-id", curie, "the compound has several titles; the first is its label")
    ordered = dict.fromkeys([*titles, *synonyms])
    first, *others = ordered
    names = (Name(first, "label"), *(Name(text, "exact") for text in others))
    return Term(curie, CHEMICAL, names, source=problems.source)
