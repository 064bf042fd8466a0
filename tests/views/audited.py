"""Graphs with findings, for the tests of the reports."""

from __future__ import annotations

from pathlib import Path

from kg.graph.build import build
from kg.graph.store import GraphFolder
from tests.bundled import index
from tests.pages import SEED, page

#: Marks that would end an element, an attribute or a comment, and text that runs from right to left.
HOSTILE = (
    '</script><script>document.title="owned"</script><img src=x onerror="document.title=1">\' " & <!-- \u202e\u05d0'
)

#: Synthetic abstracts: one name with one wrong identifier in several documents, and hostile text.
SEVERAL = "\n\n".join(
    f"{number}|t|Synthetic {number}: {HOSTILE} osteosarcoma\n{number}|a|None.\n"
    f"{number}\t{len(f'Synthetic {number}: {HOSTILE} ')}\t{len(f'Synthetic {number}: {HOSTILE} osteosarcoma')}"
    "\tosteosarcoma\tDisease\tMESH:D002945\n"
    for number in (101, 102, 103)
)


def several(folder: Path, *, decisions: Path | None = None) -> GraphFolder:
    """Build a graph of the seed, a page without a wrong identifier, and abstracts with hostile text."""
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "several.txt").write_text(SEVERAL, "utf-8")
    (folder / "in" / "odd name #1.md").write_text(page(linked="- **Diseases:** fever (FOO:1)"), "utf-8")
    return build([SEED, folder / "in"], folder / "graph", index=index(), decisions=decisions).folder
