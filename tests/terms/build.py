"""Small ontology folders for the tests, written as a user would write them."""

from __future__ import annotations

from pathlib import Path

from kg.terms.compile import CompileReport, compile_index
from kg.terms.index import TermIndex
from kg.terms.sources import read_sources

SOURCES = """
[mondo]
title = "Mondo"
owner = "Monarch"
licence = "CC-BY-4.0"
url = "https://example.org/"
prefixes = ["MONDO"]
files = [{ file = "mondo.obo", kind = "obo" }]

[mesh]
version = "2025"
prefixes = ["MESH"]
files = [{ file = "desc.xml", kind = "mesh-descriptors" }, { file = "supp.xml", kind = "mesh-supplementary" }]

[pubchem]
version = "now"
prefixes = ["PUBCHEM.COMPOUND"]
files = [{ file = "CID-Title", kind = "pubchem-titles" }, { file = "CID-MeSH", kind = "pubchem-mesh" }]

[pairs]
files = [{ file = "pairs.sssom.tsv", kind = "sssom" }]
"""
OBO = """format-version: 1.4
data-version: releases/2026-01-01
ontology: mondo

[Term]
id: MONDO:0000001
name: disease

[Term]
id: MONDO:0000010
name: bone cancer
synonym: "Osteo Sarcoma" RELATED []
is_a: MONDO:0000001

[Term]
id: MONDO:0000011
name: osteosarcoma
alt_id: MONDO:0000099
synonym: "osteo-sarcoma" EXACT []
is_a: MONDO:0000010

[Term]
id: MONDO:0000020
name: obsolete old sarcoma
is_obsolete: true
replaced_by: MONDO:0000021

[Term]
id: MONDO:0000021
name: obsolete osteosarcoma
is_obsolete: true
replaced_by: MONDO:0000011

[Term]
id: MONDO:0000022
name: obsolete ring
is_obsolete: true
replaced_by: MONDO:0000022
"""


def _descriptor(ui: str, name: str, tree: str) -> str:
    return (
        f"<DescriptorRecord><DescriptorUI>{ui}</DescriptorUI><DescriptorName><String>{name}</String>"
        f"</DescriptorName><TreeNumberList><TreeNumber>{tree}</TreeNumber></TreeNumberList></DescriptorRecord>"
    )


def _record(ui: str, name: str, heading: str) -> str:
    return (
        f"<SupplementalRecord SCRClass='1'><SupplementalRecordUI>{ui}</SupplementalRecordUI>"
        f"<SupplementalRecordName><String>{name}</String></SupplementalRecordName><HeadingMappedToList>"
        f"<HeadingMappedTo><DescriptorReferredTo><DescriptorUI>*{heading}</DescriptorUI></DescriptorReferredTo>"
        "</HeadingMappedTo></HeadingMappedToList></SupplementalRecord>"
    )


FILES = {
    "sources.toml": SOURCES,
    "mondo.obo": OBO,
    "desc.xml": "<DescriptorRecordSet>"
    + _descriptor("D000001", "Osteosarcoma", "C04")
    + _descriptor("D000002", "Quinolines", "D03")
    + _descriptor("D000003", "Acids", "D01")
    + "</DescriptorRecordSet>",
    "supp.xml": "<SupplementalRecordSet>"
    + _record("C000001", "anlotinib", "D000002")
    + _record("C000002", "sarcoma, odd", "D000001")
    + _record("C000003", "acid", "D000003")
    + "</SupplementalRecordSet>",
    "CID-Title": "1\tAnlotinib\n2\tacid\n3\tother acid\n4\tsalt\n5\tsoda\n",
    "CID-MeSH": "1\tanlotinib\n2\tacid\n3\tacid\n4\tQuinolines\tAcids\n5\tunheard of\n",
    "pairs.sssom.tsv": "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    "MONDO:0000011\tskos:exactMatch\tmesh:D000001\tsemapv:ManualMappingCuration\n",
}


def write(folder: Path, **changes: str) -> Path:
    """Write the folder; ``changes`` replace files, with ``_`` for ``.`` and ``-`` in their names."""
    folder.mkdir(parents=True, exist_ok=True)
    unknown = set(changes)
    for name, text in FILES.items():
        key = name.replace(".", "_").replace("-", "_")
        unknown.discard(key)
        (folder / name).write_text(changes.get(key, text), encoding="utf-8")
    assert not unknown
    return folder


def compiled(folder: Path, **changes: str) -> tuple[TermIndex, CompileReport]:
    """Write and compile the folder; return the open index and the report."""
    report = compile_index(read_sources(write(folder, **changes)), folder / "index.sqlite")
    return TermIndex(report.path), report
