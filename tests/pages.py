"""Small synthetic case pages for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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


#: An invented abstract in PubTator's format, with relations.
RELATED = """7|t|Deafness after cisplatin.
7|a|It came after cisplatin was given for fever.
7\t0\t8\tDeafness\tDisease\tD003638
7\t15\t24\tcisplatin\tChemical\tD002945
7\t41\t50\tcisplatin\tChemical\tD002945
7\t65\t70\tfever\tDisease\tD005334|D003638
7\tCID\tD002945\tD003638
7\tCID\tD002945\tD005334|D003638
7\tAssociation\tD003638\tD003638
7\tCID\tD002945\tD099999
"""

#: An invented phenopacket of a patient with an osteosarcoma.
PACKET: dict[str, Any] = {
    "id": "p1",
    "subject": {"id": "s", "sex": "MALE", "timeAtLastEncounter": {"age": {"iso8601duration": "P37Y"}}},
    "phenotypicFeatures": [{"type": {"id": "HP:0001945", "label": "Fever"}}],
    "diseases": [
        {"term": {"id": "MONDO:0009807", "label": "osteosarcoma"}},
        {"term": {"id": "MONDO:0005148", "label": "type 2 diabetes mellitus"}, "excluded": True},
    ],
    "medicalActions": [
        {
            "treatment": {"agent": {"id": "MESH:D008727", "label": "methotrexate"}},
            "treatmentTarget": {"id": "MONDO:0009807", "label": "osteosarcoma"},
            "responseToTreatment": {"id": "NCIT:C102560", "label": "Favorable"},
        }
    ],
    "metaData": {"externalReferences": [{"id": "PMID:7"}]},
}
