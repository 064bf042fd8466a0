"""The index of the ontology slices that ship with casegraph, compiled once into the user's cache."""

from __future__ import annotations

from pathlib import Path

from kg.errors import TermsError
from kg.resources import cache_folder, data_folder, temporary_folder
from kg.terms.compile import Options, compile_index, fingerprint
from kg.terms.index import TermIndex
from kg.terms.sources import Source, read_sources


def open_index(path: str | Path | None = None) -> TermIndex:
    """Open a compiled term index, or the bundled one where none is named.

    Raises:
        TermsError: if the file is no term index of this version.

    >>> with open_index() as index:
    ...     index.label("MONDO:0009807")
    'osteosarcoma'
    """
    return TermIndex(path) if path else default_index()


def default_index() -> TermIndex:
    """Open the term index of the bundled slices, compiling it first where the cache has none.

    The file's name holds the hash of the slices, so a cache never serves stale terms; two processes may
    compile at the same time, and either's file is whole. Where the cache cannot be written, a folder of the
    system's temporary place takes its part.

    Raises:
        TermsError: if the slices cannot be read or no index can be written anywhere.
        CasegraphError: if the slices are missing.

    >>> with default_index() as index:
    ...     [(hit.curie, hit.label) for hit in index.lookup("Osteosarcoma")]
    [('MESH:D012516', 'Osteosarcoma'), ('MONDO:0009807', 'osteosarcoma')]
    """
    sources = read_sources(data_folder("ontologies"))
    name = f"terms-{fingerprint(sources, Options(strict=True))[:32]}.sqlite"
    first = cache_folder()
    try:
        return _open_or_compile(sources, first / name)
    except TermsError:
        second = temporary_folder()
        if second == first:
            raise
        return _open_or_compile(sources, second / name)


def _open_or_compile(sources: tuple[Source, ...], path: Path) -> TermIndex:
    if path.is_file():
        try:
            return TermIndex(path)
        except TermsError:
            # Damaged from outside: compiled again below.
            path.unlink(missing_ok=True)
    compile_index(sources, path, Options(strict=True))
    return TermIndex(path)
