"""casegraph: annotated clinical case reports as a knowledge graph that a researcher can trust.

>>> import kg
>>> kg.open("nowhere")
Traceback (most recent call last):
kg.errors.NoGraphError: nowhere does not exist; make one with: kg build PAGES -o nowhere
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.2.0"

__all__ = ["CasegraphError", "Graph", "__version__", "build", "open"]

if TYPE_CHECKING:
    from kg.building import build
    from kg.errors import CasegraphError
    from kg.opening import Graph
    from kg.opening import open_graph as open

_WHERE = {
    "CasegraphError": ("kg.errors", "CasegraphError"),
    "Graph": ("kg.opening", "Graph"),
    "build": ("kg.building", "build"),
    "open": ("kg.opening", "open_graph"),
}


def __getattr__(name: str) -> object:
    """Import the public names when they are asked for, so that `import kg` is quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _WHERE[name]
    return getattr(import_module(module), attribute)
