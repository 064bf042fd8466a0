"""Forms of chemicals in a graph: the source's form keeps its node, the parent and the components stand beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.graph.why import explain_mention
from kg.terms.compile import Options, compile_index
from kg.terms.forms import FormsPolicy
from kg.terms.index import TermIndex
from kg.terms.kinds import gather

PAGE = """# A synthetic case

PMC · DOI: 10.5555/casegraph.synthetic.forms · 2026-01-02

## Abstract

A 40-year-old man with osteosarcoma took guanidine hydrochloride, then the combination.

## Linked entities

- **Chemicals**: guanidine hydrochloride (PubChem CID 5742), guanidine (MESH D019791), trimethoprim, sulfamethoxazole drug combination (MESH D015662)
"""


def heading(ui: str, name: str) -> str:
    return (
        f"<DescriptorRecord><DescriptorUI>{ui}</DescriptorUI><DescriptorName><String>{name}</String></DescriptorName>"
        f"<TreeNumberList><TreeNumber>D{ui[-2:]}</TreeNumber></TreeNumberList></DescriptorRecord>"
    )


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    mesh = (("D019791", "Guanidine"), ("D014295", "Trimethoprim"), ("D013420", "Sulfamethoxazole"),
            ("D015662", "Trimethoprim, Sulfamethoxazole Drug Combination"))  # fmt: skip
    texts = {
        "desc2026.xml": f"<DescriptorRecordSet>{''.join(heading(*pair) for pair in mesh)}</DescriptorRecordSet>",
        "CID-MeSH": "3520\tGuanidine\n5742\tGuanidine\n",
        "CID-Title": "3520\tGuanidine\n5742\tGuanidine hydrochloride\n",
        "CID-Parent": "3520\t3520\n5742\t3520\n",
        "page.md": PAGE,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in texts if name != "page.md"]


def edges(tmp_path: Path, files: list[Path], policy: FormsPolicy) -> set[tuple[str, str, str]]:
    report = compile_index(gather(files).sources, tmp_path / "index.sqlite", Options(forms=policy))
    with TermIndex(report.path) as index:
        assert index.forms == policy
        folder = build([tmp_path / "page.md"], tmp_path / "graph", index=index).folder
        wanted = {"biolink:chemically_similar_to", "biolink:has_part", "biolink:close_match"}
        return {(r["subject"], r["predicate"], r["object"]) for r in folder.rows("edges") if r["predicate"] in wanted}


def test_the_default_keeps_what_the_source_said_and_links_the_parent_beside_it(
    tmp_path: Path, files: list[Path]
) -> None:
    found = edges(tmp_path, files, FormsPolicy())
    salt, base, both = "PUBCHEM.COMPOUND:5742", "PUBCHEM.COMPOUND:3520", "MESH:D015662"
    assert found == {
        (salt, "biolink:chemically_similar_to", base),
        # CID-MeSH gives the salt the name of the base too: close, and said to be so.
        (salt, "biolink:close_match", base),
        (both, "biolink:has_part", "MESH:D014295"),
        (both, "biolink:has_part", "MESH:D013420"),
    }


def test_the_policy_can_leave_parents_out(tmp_path: Path, files: list[Path]) -> None:
    found = edges(tmp_path, files, FormsPolicy(parents="none"))
    assert "biolink:chemically_similar_to" not in {predicate for _, predicate, _ in found}


def test_why_tells_the_rule_of_the_policy(tmp_path: Path, files: list[Path]) -> None:
    edges(tmp_path, files, FormsPolicy())
    folder = GraphFolder(tmp_path / "graph")
    (mention,) = (m for m in folder.rows("mentions") if m["asserted"] == "MESH:D019791")
    (link,) = explain_mention(folder, mention["id"])["links"]
    assert link["node"] == "PUBCHEM.COMPOUND:3520"
    assert [step["comment"] for step in link["chain"]] == [
        "titled: of 2 compounds with the name only this one is titled so"
    ]
    assert [step["record"] for step in link["chain"]] == ["CID-MeSH:1"]
