"""Data flows one way: a room imports the model and the rooms before it, and no heavy library at the door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = [
    "documents",
    "terms",
    "linking",
    "statements",
    "graph",
    "views",
    "queries",
    "discovery",
    "evaluation",
    "live",
    "commands",
]
FILES = sorted((ROOT / "kg").rglob("*.py"))


def room_of(module: str) -> int | None:
    parts = module.split(".")
    return ROOMS.index(parts[1]) if len(parts) > 1 and parts[0] == "kg" and parts[1] in ROOMS else None


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_import_goes_back(path: Path) -> None:
    own = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if own is None:
        return
    back = {m for m in imports(path) if (other := room_of(m)) is not None and other > own}
    assert back == set()


def test_modules_are_small() -> None:
    long = {str(p.relative_to(ROOT)): n for p in FILES if (n := _lines_of_code(p)) > 460}
    assert long == {}


def _lines_of_code(path: Path) -> int:
    """Count the lines but those of docstrings: an example more makes no module a larger idea."""
    text = path.read_text("utf-8")
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = 0
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            told += (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
    return len(text.splitlines()) - told


def test_help_needs_no_heavy_library() -> None:
    code = (
        "import sys; from kg.commands import cli; cli.main(['--help'], standalone_mode=False); "
        "print(sorted({'rdflib', 'networkx', 'neo4j', 'kglite', 'pronto', 'pyoxigraph'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
