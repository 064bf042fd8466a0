"""Vocabularies as tables: MEDIC as CTD gives it away, and the short form in which corpora are published with it.

Two layouts are told by content, compressed with gzip or not:

- CTD's table of diseases (https://ctdbase.org/downloads/#alldiseases): tab-separated, comment lines with "#" that name
  the columns DiseaseName, DiseaseID, AltDiseaseIDs, Definition, ParentIDs, TreeNumbers, ParentTreeNumbers, Synonyms;
- one line a disease, ``ID|other IDs||name|synonyms``, where a bare number is an OMIM number and D or C and digits an
  identifier of MeSH.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.errors import InputError
from kg.linking.matching.vocabulary import Concept, Vocabulary

_MESH: Final = re.compile(r"[DC]\d+")
_CURIE: Final = re.compile(r"[A-Za-z][\w.]*:\S+")
_COLUMNS: Final = ("DiseaseName", "DiseaseID", "AltDiseaseIDs", "Definition", "ParentIDs", "TreeNumbers",
                   "ParentTreeNumbers", "Synonyms")  # fmt: skip


def read_dictionary(path: str | Path) -> Vocabulary:
    """Read a table of diseases.

    Args:
        path: the file.

    Raises:
        InputError: if it cannot be read, or has no line of either layout.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "medic.txt")
    ...     _ = file.write_text("D007251|614680||Influenza, Human|Grippe\\n")
    ...     vocabulary = read_dictionary(file)
    >>> vocabulary.concepts[0].curie, vocabulary.concepts[0].names, vocabulary.primary("OMIM:614680")
    ('MESH:D007251', (('Influenza, Human', 'label'), ('Grippe', 'exact')), 'MESH:D007251')
    """
    try:
        data = Path(path).read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise InputError(f"the dictionary {path} cannot be read: {error}", value=str(path)) from error
    lines = text.splitlines()
    table = any(line.startswith("#") for line in lines[:50]) or "\t" in text[:2000]
    vocabulary = Vocabulary.of(_table(lines) if table else _short(lines))
    if not vocabulary.concepts:
        raise InputError(
            f"the dictionary {path} has no line that can be read; it must be CTD's table of diseases or have lines "
            "like D007251|614680||Influenza, Human|Grippe",
            value=str(path),
        )
    return vocabulary


def _table(lines: list[str]) -> Iterator[Concept]:
    columns = {name: place for place, name in enumerate(_COLUMNS)}
    for line in lines:
        if line.startswith("#"):
            cells = line.lstrip("# ").split("\t")
            if cells[0] == "DiseaseName":
                columns = {name.strip(): place for place, name in enumerate(cells)}
            continue
        cells = line.split("\t")
        if len(cells) <= max(columns["DiseaseName"], columns["DiseaseID"]):
            continue
        curie = _curie(cells[columns["DiseaseID"]])
        if not curie:
            continue
        label = cells[columns["DiseaseName"]].strip()
        yield Concept(
            curie,
            _names(label, _cell(cells, columns, "Synonyms")),
            tuple(filter(None, map(_curie, _cell(cells, columns, "AltDiseaseIDs")))),
            tuple(filter(None, map(_curie, _cell(cells, columns, "ParentIDs")))),
        )


def _cell(cells: list[str], columns: dict[str, int], name: str) -> list[str]:
    place = columns.get(name)
    return [] if place is None or place >= len(cells) else [part.strip() for part in cells[place].split("|")]


def _short(lines: list[str]) -> Iterator[Concept]:
    for line in lines:
        identifiers, _, names = line.partition("||")
        curies = [curie for curie in map(_curie, identifiers.split("|")) if curie]
        label, *synonyms = (name.strip() for name in names.split("|"))
        if curies and label:
            yield Concept(curies[0], _names(label, synonyms), tuple(curies[1:]))


def _names(label: str, synonyms: list[str]) -> tuple[tuple[str, str], ...]:
    return ((label, "label"), *((name, "exact") for name in dict.fromkeys(synonyms) if name and name != label))


def _curie(text: str) -> str:
    """Return an identifier as a CURIE, "" where it is none."""
    text = text.strip().removeprefix("DO:")
    if text.isdigit():
        return f"OMIM:{text}"
    if _MESH.fullmatch(text):
        return f"MESH:{text}"
    return text if _CURIE.fullmatch(text) else ""
