"""bench/forms.py: two forms of a corpus side by side, synthetic ones and the published."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.terms.full_data import full_data

SCRIPT = Path(__file__).resolve().parent.parent / "bench" / "forms.py"

PUBTATOR = """1234567|t|Patient's fever after aspirin
1234567|a|It fell.
1234567	10	15	fever	Disease	D005334
1234567	22	29	aspirin	Chemical	D001241
1234567	CID	D001241	D005334
"""
BIOC = """<collection><source>PubTator</source><document><id>1234567</id><passage><infon key="type">title</infon><offset>0</offset>
<text>Patient&apos;s fever after aspirin</text><annotation id="0"><infon key="type">Disease</infon><infon key="MESH">D005334</infon>
<location offset="10" length="5"/><text>fever</text></annotation><annotation id="1"><infon key="type">Chemical</infon>
<infon key="MESH">D001241</infon><location offset="22" length="7"/><text>aspirin</text></annotation></passage>
<passage><infon key="type">abstract</infon><offset>30</offset><text>It fell.</text></passage>
<relation id="R0"><infon key="relation">CID</infon><infon key="Chemical">D001241</infon><infon key="Disease">D005334</infon></relation>
</document></collection>"""


@pytest.fixture(scope="module")
def forms() -> ModuleType:
    spec = importlib.util.spec_from_file_location("forms", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["forms"] = module
    spec.loader.exec_module(module)
    return module


def compare(forms: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str], one: str = PUBTATOR, other: str = BIOC) -> tuple[int, dict[tuple[str, str], int]]:  # fmt: skip
    (folder / "a.pubtator").write_text(one)
    (folder / "b.xml").write_text(other)
    code = forms.main([str(folder / "a.pubtator"), str(folder / "b.xml"), "--json"])
    told = json.loads(capsys.readouterr().out)
    return code, {(d["kind"], d["what"]): d["count"] for d in told["differences"]}


def test_forms_that_say_the_same(forms: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(forms, tmp_path, capsys) == (
        0, {("annotator", "annotator of the relations"): 1, ("annotator", "list of the mentions"): 1},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("It fell.</text>", "It rose.</text>", ("text", "of the abstract")),
        ("<id>1234567", "<id>1234568", ("document", "only in the first form")),
        (
            'MESH">D001241</infon><location',
            'MESH">D001242</infon><location',
            ("mention", "only in the second form"),
        ),
        ('offset="22"', 'offset="10"', ("finding", "span-repaired, in the second form")),
        ("<relation id", "<nothing id", ("relation", "only in the first form")),
        (
            "<id>1234567</id>",
            "<id>1234567</id><infon key='year'>2020</infon>",
            ("header", "date, in the second form alone"),
        ),
        (
            "</document>",
            "</document><document><id>2</id></document>",
            ("ledger", "document set aside: neither text nor annotations"),
        ),
    ],
)
def test_differences_are_found_and_named(
    forms: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, kind: tuple[str, str]
) -> None:
    assert BIOC.count(old) == 1
    other = BIOC.replace(old, new).replace("</relation>", "</nothing>") if "<nothing" in new else BIOC.replace(old, new)
    code, found = compare(forms, tmp_path, capsys, other=other)
    assert found[kind] == 1
    assert code == (kind[0] in forms.CONTENT)


@pytest.mark.parametrize(
    ("pubtator", "bioc", "parts", "repaired"),
    [
        ("bc5cdr/CDR_TrainingSet.PubTator.txt.gz", "bc5cdr/CDR_TrainingSet.BioC.xml.gz", 185, 18),
        ("bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz", "bc5cdr/CDR_DevelopmentSet.BioC.xml.gz", 182, 13),
        ("biored/Train.PubTator.gz", "biored/Train.BioC.XML.gz", 0, 0),
        ("biored/Dev.PubTator.gz", "biored/Dev.BioC.JSON.gz", 0, 0),
    ],
)
def test_published_corpora_say_the_same_in_both_forms(
    forms: ModuleType, pubtator: str, bioc: str, parts: int, repaired: int
) -> None:
    one, other = (forms.Form.read(str(full_data("corpora", *name.split("/")))) for name in (pubtator, bioc))
    found = forms.differences(one, other)
    assert found.of_content == 0
    assert found.counts["ledger", "mention merged: part of a composite mention"] == parts
    assert found.counts["finding", "span-repaired, in the second form"] == repaired
    kinds = {kind for kind, _ in found.counts}
    assert kinds <= {"annotator", "finding", "ledger"}
