"""Small synthetic case pages for the tests."""

from __future__ import annotations

from pathlib import Path

from kg.documents.intake import Input
from kg.documents.reading import read_input
from kg.model import Document, Reading

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds" / "PMC13003748.md"
CASES = ROOT / "examples" / "cases"


def page(
    *,
    title: str = "Synthetic case: anlotinib for osteosarcoma",
    head: str = "Synthetic · DOI: 10.5555/casegraph.test.1 · 2026-01-02",
    abstract: str = "A 40-year-old man with osteosarcoma was treated with anlotinib.",
    linked: str = "- **Chemicals:** Anlotinib (PubChem CID 25017411)\n- **Diseases:** osteosarcoma (MONDO:0009807)",
    full: str = "",
    more: str = "",
) -> str:
    """Return the text of a page."""
    parts = [f"# {title}", "**Authors:** A. Synthetic, B. Synthetic", head, f"## Abstract\n\n{abstract}"]
    parts += [f"## Linked entities\n\n{linked}"] if linked else []
    parts += [f"## Full-text entities\n\n{full}"] if full else []
    parts += [more] if more else []
    return "\n\n".join(parts) + "\n"


def read_text(folder: Path, text: str | bytes, name: str = "page.md") -> Reading:
    """Write a page into ``folder`` and read it."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_input(Input(name, path))


def read_document(folder: Path, text: str) -> Document:
    """Read a page that makes one document."""
    (document,) = read_text(folder, text).documents
    return document
