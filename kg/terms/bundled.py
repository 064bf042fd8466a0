"""The index of the ontology slices that ship with casegraph, compiled once into the user's cache."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kg.errors import TermsError
from kg.resources import data_folder
from kg.terms.compile import compile_index, fingerprint
from kg.terms.index import TermIndex
from kg.terms.sources import Source, read_sources


def cache_folder() -> Path:
    """Return where compiled indexes are kept.

    That is ``$CASEGRAPH_CACHE``, else ``$XDG_CACHE_HOME/casegraph``, else ``~/.cache/casegraph``.
    """
    if named := os.environ.get("CASEGRAPH_CACHE"):
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification asks that a relative path be ignored.
    if Path(base).is_absolute():
        return Path(base) / "casegraph"
    try:
        return Path.home() / ".cache" / "casegraph"
    except RuntimeError:
        return _temporary_folder()


def default_index() -> TermIndex:
    """Open the term index of the bundled slices, compiling it first where the cache has none.

    The file's name holds the hash of the slices, so a cache never serves stale terms; two processes may
    compile at the same time, and either's file is whole. Where the cache cannot be written, a folder of the
    system's temporary place takes its part.

    Raises:
        TermsError: if the slices cannot be read or no index can be written anywhere.
        CasegraphError: if the slices are missing.
    """
    sources = read_sources(data_folder("ontologies"))
    name = f"terms-{fingerprint(sources)[:32]}.sqlite"
    first = cache_folder()
    try:
        return _open_or_compile(sources, first / name)
    except TermsError:
        second = _temporary_folder()
        if second == first:
            raise
        return _open_or_compile(sources, second / name)


def _open_or_compile(sources: tuple[Source, ...], path: Path) -> TermIndex:
    if path.is_file():
        try:
            return TermIndex(path)
        except TermsError:
            # Damaged from outside: compiled again below.
            pass
    compile_index(sources, path)
    return TermIndex(path)


def _temporary_folder() -> Path:
    # One folder a user: another user's index is neither trusted nor overwritten.
    owner = os.getuid() if hasattr(os, "getuid") else None
    folder = Path(tempfile.gettempdir()) / f"casegraph-{'user' if owner is None else owner}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if owner is not None and folder.lstat().st_uid != owner:
            folder = Path(tempfile.mkdtemp(prefix="casegraph-"))
    except OSError as error:
        raise TermsError(f"no temporary folder can be used: {error}", value=str(folder)) from error
    return folder
