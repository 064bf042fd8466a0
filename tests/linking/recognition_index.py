"""A small index for the tests of recognition, with names that each rule and guard is about."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from kg.terms.index import TermIndex
from tests.terms.build import compiled

DISEASES: dict[str, tuple[str, ...]] = {
    "disease": (),
    "lung cancer": (),
    "breast cancer": (),
    "ovarian cancer": (),
    "lung carcinoma": ("carcinoma of the lung",),
    "lung cancer susceptibility": (),
    "acute myeloid leukemia": ("AML",),
    "adrenoleukodystrophy": ("ALD",),
    "chronic cold agglutinin disease": ("COLD",),
    "anemia": (),
    "hypertension": (),
    "kidney disease": (),
    "drug overdose": (),
    "kidney failure": ("renal failure",),
    "hepatic failure": (),
    "myotonic dystrophy": (),
    "von Hippel-Lindau disease": (),
    "Lesch-Nyhan syndrome": (),
    "Parkinson disease": ("Parkinson's disease",),
    "enzyme alpha deficiency": (),
    "gold allergy": (),
    "epididymitis": ("epididymis",),
    "beta-thalassemia": (),
    "G6PD": (),
    "pain": (),
    "ataxia": (),
    "zymolidosis": ("zymolid",),
}
#: Name -> tree number.
HEADINGS = {
    "Neoplasms": "C04",
    "Epididymis": "A05",
    "Calcium": "D01.268",
    "Lead": "D01.269",
    "Sodium": "D01.271",
    "Aspirin": "D02.455",
    "Methotrexate": "D03.633",
    "Valproic Acid": "D10.251",
    "Venlafaxine Hydrochloride": "D02.092",
    "Enzyme Alpha": "D08.811",
    "Insulin Test": "D12.776.124",
    "Analgesics": "D27.505",
    "Pharmaceutical Preparations": "D26",
    "N-Acetylcysteine": "D02.886",
    "MTXQ": "D03.634",
    "Zymolid": "D02.900",
}


def _obo() -> str:
    stanzas = ["format-version: 1.4\ndata-version: releases/2026-01-01\nontology: mondo\n"]
    for number, (name, synonyms) in enumerate(DISEASES.items(), 1):
        lines = [f"[Term]\nid: MONDO:{number:07d}\nname: {name}"]
        lines += [f'synonym: "{synonym}" EXACT []' for synonym in synonyms]
        lines += ["is_a: MONDO:0000001"] if number > 1 else []
        stanzas.append("\n".join(lines) + "\n")
    return "\n".join(stanzas)


def _mesh() -> str:
    records = (
        f"<DescriptorRecord><DescriptorUI>D{number:06d}</DescriptorUI><DescriptorName><String>{name}</String>"
        f"</DescriptorName><TreeNumberList><TreeNumber>{tree}</TreeNumber></TreeNumberList></DescriptorRecord>"
        for number, (name, tree) in enumerate(HEADINGS.items(), 1)
    )
    return f"<DescriptorRecordSet>{''.join(records)}</DescriptorRecordSet>"


@cache
def index() -> TermIndex:
    """Return the index, compiled once."""
    folder = Path(tempfile.mkdtemp(prefix="casegraph-recognition-"))
    opened, _ = compiled(
        folder,
        mondo_obo=_obo(),
        desc_xml=_mesh(),
        supp_xml="<SupplementalRecordSet></SupplementalRecordSet>",
        CID_Title="1\tzyxivir\n2\tA 10\n3\tspell\n4\tbetamethaxone\n",
        CID_MeSH="1\tzyxivir\n2\tA 10\n3\tspell\n4\tbetamethaxone\n",
        pairs_sssom_tsv="subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "MONDO:0000002\tskos:exactMatch\tmesh:D000001\tsemapv:ManualMappingCuration\n",
    )
    return opened
