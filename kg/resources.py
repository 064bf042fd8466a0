"""Where things are: the folders that ship with casegraph, and the folder for what can be made again."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Literal

from kg.errors import CasegraphError

Folder = Literal["ontologies", "queries", "seeds"]


def data_folder(name: Folder) -> Path:
    """Return the folder ``name`` that ships with casegraph.

    Args:
        name: ``ontologies``, ``queries`` or ``seeds``.

    Raises:
        CasegraphError: if neither the checkout nor the installed package has it.

    >>> data_folder("seeds").name
    'seeds'
    """
    package = Path(__file__).resolve().parent
    # The wheel first: in site-packages a folder `queries` beside `kg` could be anybody's.
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise CasegraphError(
        f"the folder {name!r} that ships with casegraph is missing; install casegraph again", value=name
    )


def cache_folder() -> Path:
    """Return the folder for what can be made again: compiled indexes, embedded stores.

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
        return temporary_folder()


def temporary_folder() -> Path:
    """Return a folder of this user alone, for where no cache can be kept.

    Raises:
        CasegraphError: if no temporary folder can be used.
    """
    # One folder a user: another user's index is neither trusted nor overwritten.
    owner = os.getuid() if hasattr(os, "getuid") else None
    folder = Path(tempfile.gettempdir()) / f"casegraph-{'user' if owner is None else owner}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if owner is not None and folder.lstat().st_uid != owner:
            folder = Path(tempfile.mkdtemp(prefix="casegraph-"))
    except OSError as error:
        raise CasegraphError(f"no temporary folder can be used: {error}", value=str(folder)) from error
    return folder
