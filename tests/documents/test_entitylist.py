"""Entity lists: where one entry ends and the next begins."""

from __future__ import annotations

import pytest

from kg.documents.entitylist import parse_entries, split_line
from kg.model import CHEMICAL, DISEASE, GENE, VARIANT


@pytest.mark.parametrize(
    ("category", "text", "expected"),
    [
        (GENE, "KRAS, TP53 (NCBI Gene 7157)", [("KRAS", None), ("TP53", "NCBIGene:7157")]),
        (DISEASE, "Cough, Fever, Osteosarcoma (MESH:D012516)", [("Cough", None), ("Fever", None), ("Osteosarcoma", "MESH:D012516")]),
        (DISEASE, "Carcinoma, Non-Small-Cell Lung (MESH:D002289)", [("Carcinoma, Non-Small-Cell Lung", "MESH:D002289")]),
        (DISEASE, "carcinoma, non-small-cell lung (MESH:D002289)", [("carcinoma, non-small-cell lung", "MESH:D002289")]),
        (DISEASE, "Diabetes Mellitus, Type 2 (MESH:D003924), gout", [("Diabetes Mellitus, Type 2", "MESH:D003924"), ("gout", None)]),
        (DISEASE, "pain, fever, nausea, rash", [("pain", None), ("fever", None), ("nausea", None), ("rash", None)]),
        (DISEASE, "osteosarcoma (MESH:D012516) pain (MESH:D010146)", [("osteosarcoma", "MESH:D012516"), ("pain", "MESH:D010146")]),
        (DISEASE, "a (MONDO_0002623), b (MONDO:0009807; MESH:D012516)",
         [("a", "MONDO:0002623"), ("b", "MONDO:0009807"), ("b", "MESH:D012516")]),
        (CHEMICAL, "2,4-dinitrophenol (MESH:D019297), poly(ADP-ribose)", [("2,4-dinitrophenol", "MESH:D019297"), ("poly(ADP-ribose)", None)]),
        (CHEMICAL, "a (), b (-)", [("a", None), ("b", None)]),
        (VARIANT, "c.35G>A, V600E (RS#: 113488022)", [("c.35G>A", None), ("V600E", "DBSNP:rs113488022")]),
    ],
)  # fmt: skip
def test_entries(category: str, text: str, expected: list[tuple[str, str | None]]) -> None:
    entries = parse_entries(text, lambda name: False, category)
    assert [(e.name, e.asserted) for e in entries] == expected
    assert not any(e.problem for e in entries)


@pytest.mark.parametrize("written", ["D012516", "MESH:", "XYZ:123", "CHEMBL25", "UniProt P04637"])
def test_what_looks_like_an_identifier_is_kept_as_one(written: str) -> None:
    (entry,) = parse_entries(f"gout ({written})", lambda name: False)
    assert (entry.name, entry.asserted_as) == ("gout", written)


def test_the_text_decides_an_inversion() -> None:
    text = "Xerosis, Senile (MESH:D012516)"
    assert len(parse_entries(text, lambda name: False)) == 2
    assert len(parse_entries(text, lambda name: name == "Senile Xerosis")) == 1


@pytest.mark.parametrize("line", ["- **Diseases:** gout", "**Diseases**: gout", "Diseases: gout", "* Diseases : gout"])
def test_list_lines(line: str) -> None:
    assert split_line(line) == (DISEASE, "gout")


def test_long_lists_end() -> None:
    text = ", ".join(f"name {i}" for i in range(20_000))
    assert len(parse_entries(text, lambda name: False)) == 20_000
