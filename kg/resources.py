"""Where the folders that ship with casegraph are: beside ``kg/`` in a checkout, inside it in a wheel."""

from __future__ import annotations

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
