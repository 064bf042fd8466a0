"""A small index of two vocabularies, with relatives, mappings, salts and stages of life, for the tests of the checks."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from kg.curies import normalize
from kg.linking.context import Context
from kg.linking.decision import decide
from kg.model import CHEMICAL, DISEASE, Finding, Link, Mention, Passage
from kg.terms.compile import compile_index
from kg.terms.index import TermIndex
from kg.terms.kinds import gather

#: Number -> (name, parent, synonyms).
DISEASES: dict[int, tuple[str, int, tuple[str, ...]]] = {
    1: ("disease", 0, ()),
    10: ("lung neoplasm", 1, ()),
    11: ("lung cancer", 10, ("cancer of lung",)),
    12: ("small cell lung carcinoma", 11, ("SCLC",)),
    13: ("squamous cell lung carcinoma", 11, ()),
    14: ("childhood lung cancer", 11, ()),
    20: ("kidney disease", 1, ()),
    21: ("nephrotic syndrome", 20, ()),
    22: ("polycystic kidney disease", 20, ()),
    30: ("prostate cancer", 1, ()),
    31: ("scleroderma", 1, ("systemic sclerosis",)),
    32: ("muscular sclerosis", 1, ("multiple sclerosis",)),
    33: ("breast cancer", 1, ()),
    34: ("male breast cancer", 33, ()),
    35: ("adult-onset zyxopathy", 1, ()),
    36: ("sudden infant death", 1, ()),
    37: ("childhood-onset zyxopathy", 1, ()),
    41: ("dermatophytosis", 1, ("ringworm",)),
    42: ("dermatophytosis, non-human animal", 1, ("ringworm",)),
}
#: Identifier -> (name, tree number).
HEADINGS = {
    "D000010": ("Lung Neoplasms", "C04.1"),
    "D000011": ("Lung Cancer", "C04.1.1"),
    "D000012": ("Small Cell Lung Carcinoma", "C04.1.1.1"),
    "D000013": ("Carcinoma, Squamous Lung", "C04.1.1.2"),
    "D000020": ("Kidney Diseases", "C12.1"),
    "D000021": ("Nephrotic Syndrome", "C12.1.1"),
    "D000022": ("Polycystic Kidney Diseases", "C12.1.2"),
    "D000030": ("Aspirin", "D02.1"),
    "D000031": ("Alcohols", "D02.2"),
    "D000040": ("Quorate Salts", "D02.3"),
    "D000041": ("Quorate", "D02.3.1"),
}
MAPPED = {10: "D000010", 11: "D000011", 12: "D000012", 20: "D000020", 21: "D000021"}


def _obo() -> str:
    stanzas = ["format-version: 1.4\ndata-version: releases/2026-01-01\nontology: mondo\n"]
    for number, (name, parent, synonyms) in DISEASES.items():
        lines = [f"[Term]\nid: MONDO:{number:07d}\nname: {name}", *(f'synonym: "{s}" EXACT []' for s in synonyms)]
        stanzas.append("\n".join([*lines, *([f"is_a: MONDO:{parent:07d}"] if parent else [])]) + "\n")
    stanzas.append(
        "[Term]\nid: MONDO:0000090\nname: obsolete old cancer\nis_obsolete: true\nreplaced_by: MONDO:0000011\n"
    )
    return "\n".join(stanzas)


def _mesh() -> str:
    records = (
        f"<DescriptorRecord><DescriptorUI>{ui}</DescriptorUI><DescriptorName><String>{name}</String></DescriptorName>"
        f"<TreeNumberList><TreeNumber>{tree}</TreeNumber></TreeNumberList></DescriptorRecord>"
        for ui, (name, tree) in HEADINGS.items()
    )
    return f"<DescriptorRecordSet>{''.join(records)}</DescriptorRecordSet>"


FILES = {
    "mondo.obo": _obo(),
    "desc.xml": _mesh(),
    "supp.xml": "<SupplementalRecordSet></SupplementalRecordSet>",
    "CID-Title": "1\tZyxivir hydrochloride\n9\tZyxivir\n",
    "CID-MeSH": "1\tzyxivir hydrochloride\n9\tzyxivir\n",
    "CID-Parent": "1\t9\n9\t9\n",
    "pairs.sssom.tsv": "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    + "".join(
        f"MONDO:{number:07d}\tskos:exactMatch\tmesh:{ui}\tsemapv:ManualMappingCuration\n"
        for number, ui in MAPPED.items()
    )
    # Of OMIM there is no ontology: its identifiers stand only in mappings.
    + "".join(
        f"MONDO:{number:07d}\tskos:exactMatch\tOMIM:1000{number}\tsemapv:ManualMappingCuration\n" for number in (11, 21)
    ),
}


@cache
def index() -> TermIndex:
    """Return the index, compiled once."""
    folder = Path(tempfile.mkdtemp(prefix="casegraph-checks-"))
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return TermIndex(compile_index(gather([folder / name for name in FILES]).sources, folder / "index.sqlite").path)


def mention(text: str, written: str, category: str = DISEASE, key: str = "") -> Mention:
    """Return a mention of a name with an identifier as a source writes it."""
    return Mention(f"{text}|{written}|{key}", "PMID:1", 1, "list", category, text, written, normalize(written))


def drug(text: str, written: str) -> Mention:
    """Return a mention of a chemical."""
    return mention(text, written, CHEMICAL)


def told(
    first: Mention, *others: Mention, text: str = "", ages: tuple[float, ...] = (), sexes: tuple[str, ...] = ()
) -> tuple[tuple[Link, ...], dict[str, Finding]]:
    """Return the links of a mention and its findings by code."""
    passages = (Passage("abstract", text),) if text else ()
    links, findings = decide(first, Context.of(index(), (first, *others), ages, sexes, passages))
    return links, {finding.code: finding for finding in findings}
