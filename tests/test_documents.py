"""The documents: links lead somewhere, and nothing of the machine they were written on is in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kg.commands import COMMANDS
from kg.queries.catalogue import catalogue

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").rglob("README.md")])


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_exist(path: Path) -> None:
    named = set(re.findall(r"(?:^|[`$] ?|=… )kg ([a-z0-9]+)", path.read_text("utf-8"), re.MULTILINE))
    assert named <= set(COMMANDS)


def test_every_query_is_listed() -> None:
    text = (ROOT / "docs" / "queries.md").read_text("utf-8")
    assert [name for name in catalogue("sparql") if f"`{name}`" not in text] == []


def test_no_path_of_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not tracked:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in tracked.split("\0") if name]
    texts = {f: f.read_text("utf-8", errors="replace") for f in files if f.is_file() and f != Path(__file__)}
    assert [str(f) for f, text in texts.items() if re.search(r"(?<![\w.])/(?:home|Users|work|root)/\w", text)] == []
