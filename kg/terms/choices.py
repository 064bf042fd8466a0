"""What a slice is grown from: a file of choices, case pages, or a list of names and identifiers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from kg.curies import normalize
from kg.documents.intake import find_inputs
from kg.documents.reading import read_input
from kg.errors import TermsError

_LISTS: Final = ("terms", "branches", "names", "conditions", "drugs")
_TEXTS: Final = ("title", "owner", "licence", "version", "url", "covers")
_OTHERS: Final = ("obsolete_without_successor", "cross_references", "further_names", "sources")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a slice is grown from.

    Attributes:
        terms: identifiers that are kept.
        branches: identifiers that are kept with all their descendants.
        names: names that are looked up in every vocabulary.
        conditions: names of diseases, looked up in Mondo and MeSH.
        drugs: names of chemicals, looked up in MeSH.
        obsolete_without_successor: how many obsolete terms without a successor are kept, beside all whose
            successors are kept.
        further_names: exact names to add, by identifier; the terms are kept too.
        cross_references: whether the cross-references that stand in the terms' own files come along, and
            mappings to vocabularies that the index does not hold; mapping tables between held terms always do.
        sources: what ``sources.toml`` says of a source (title, owner, licence, version, url, covers) in place
            of the index, and ``urls``: where the full file of each of its files is.
    """

    terms: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    obsolete_without_successor: int = 0
    further_names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    cross_references: bool = True
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_choice(path: Path) -> Choice:
    """Read a choice: a TOML file (``ontologies/slice.toml``), a folder of case pages, or a list, one a line.

    Raises:
        TermsError: if it cannot be read, is malformed, or chooses nothing.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "choice.toml")
    ...     _ = path.write_text('conditions = ["osteosarcoma"]\\ndrugs = ["methotrexate"]\\n')
    ...     choice = read_choice(path)
    >>> choice.conditions, choice.drugs, choice.terms
    (('osteosarcoma',), ('methotrexate',), ())
    """
    if path.is_dir():
        choice = _of_pages(path)
    else:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise TermsError(f"{path} cannot be used: {error}", value=str(path)) from error
        choice = _of_toml(path, text) if path.suffix == ".toml" else of_words(text.splitlines())
    if not any(getattr(choice, name) for name in (*_LISTS, "further_names")):
        raise TermsError(f"{path} chooses no term", value=str(path))
    return choice


def of_words(lines: list[str]) -> Choice:
    """Return the choice of a list of identifiers and names; ``#`` begins a comment line.

    >>> of_words(["mesh:D012516", "anlotinib", "", "# a comment"])
    Choice(terms=('MESH:D012516',), branches=(), names=('anlotinib',), ...)
    """
    words = [word for line in lines if (word := line.strip()) and not word.startswith("#")]
    curies = {word: normalize(word) for word in words}
    terms = sorted({curie for curie in curies.values() if curie})
    return Choice(terms=tuple(terms), names=tuple(sorted({word for word, curie in curies.items() if not curie})))


def _of_pages(folder: Path) -> Choice:
    terms: set[str] = set()
    names: set[str] = set()
    for item in find_inputs([folder]):
        for document in read_input(item).documents:
            for mention in document.mentions:
                names.add(mention.text)
                terms |= {mention.asserted} if mention.asserted else set()
    return Choice(terms=tuple(sorted(terms)), names=tuple(sorted(names)))


def _of_toml(path: Path, text: str) -> Choice:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TermsError(f"{path} cannot be used: {error}", value=str(path)) from error
    if unknown := sorted(values.keys() - {*_LISTS, *_OTHERS}):
        raise TermsError(f"{path} has unknown keys: {', '.join(unknown)}", value=unknown)
    for name in _LISTS:
        found = values.get(name, [])
        if not (isinstance(found, list) and all(isinstance(word, str) for word in found)):
            raise TermsError(f"{path}: {name} must be a list of text", value=name)
    further, sources = values.get("further_names", {}), values.get("sources", {})
    if not (isinstance(further, dict) and isinstance(sources, dict)):
        raise TermsError(f"{path}: further_names and sources must be tables", value=str(path))
    for key, table in sources.items():
        if not isinstance(table, dict) or table.keys() - {*_TEXTS, "urls"}:
            raise TermsError(f"{path}: [sources.{key}] knows {', '.join(_TEXTS)} and urls", value=key)
    lists = {name: tuple(values.get(name, ())) for name in _LISTS}
    return Choice(
        **cast("dict[str, Any]", lists),
        obsolete_without_successor=int(values.get("obsolete_without_successor", 0)),
        further_names=tuple((curie, tuple(names)) for curie, names in sorted(further.items())),
        cross_references=bool(values.get("cross_references", True)),
        sources=sources,
    )
