"""Kinds are told by content, whatever the files are called and in whatever order they come."""

from __future__ import annotations

import gzip
import random
import time
from pathlib import Path

import pytest

from kg.errors import InputError, TermsError, UnknownNameError
from kg.terms.compile import Options, compile_index
from kg.terms.kinds import detect, gather
from tests.terms.build import write
from tests.terms.full_data import full_data

SAMPLES = {
    "obo": "format-version: 1.4\nontology: mondo\n\n[Term]\nid: MONDO:0000001\nname: disease\n",
    "obographs": '{"graphs": [{"id": "http://purl.obolibrary.org/obo/mondo.owl", "nodes": [], "edges": []}]}',
    "owl": '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>',
    "mesh-descriptors": '<?xml version="1.0"?>\n<!-- <x> -->\n<!DOCTYPE DescriptorRecordSet SYSTEM "x.dtd">\n<DescriptorRecordSet/>',
    "mesh-supplementary": '<SupplementalRecordSet LanguageCode="eng">\n</SupplementalRecordSet>',
    "mesh-actions": '<?xml version="1.0" encoding="utf-8"?><PharmacologicalActionSet></PharmacologicalActionSet>',
    "mesh-rdf": '<http://id.nlm.nih.gov/mesh/D000001> <http://www.w3.org/2000/01/rdf-schema#label> "x"@en .\n',
    "labels": "id,scheme,subject\nhttps://id.nlm.nih.gov/mesh/D000001,MeSH,Calcimycin\n",
    "replacements": "old,new\nMESH:D000001,MESH:D000002\n",
    "sssom": "#curie_map:\n#  a: b\nsubject_id\tpredicate_id\tobject_id\tmapping_justification\n",
    "pubchem-inchikeys": "1\tInChI=1S/CH4/h1H4\tVNWKTOKETHGBQD-UHFFFAOYSA-N\n" * 12,
    "pubchem-parents": "".join(f"{cid}\t{cid}\n" for cid in range(1, 20)),
    "pubchem-synonyms": "".join(f"{cid}\tname {cid} {n}\n" for cid in range(1, 20) for n in range(3)),
    "pubchem-smiles": "".join(f"{cid}\t{'C' * cid}O\n" for cid in range(1, 20)),
}


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("packed", [False, True])
def test_the_content_tells_the_kind(tmp_path: Path, kind: str, packed: bool) -> None:
    data = SAMPLES[kind].encode()
    path = tmp_path / "anything"
    path.write_bytes(gzip.compress(data) if packed else data)
    assert detect(path) == kind
    path.write_bytes(b"\xef\xbb\xbf" + data)
    assert detect(path) == kind


def test_the_name_tells_titles_from_mesh_names(tmp_path: Path) -> None:
    for name, kind in (("CID-Title", "pubchem-titles"), ("CID-MeSH.gz", "pubchem-mesh")):
        (tmp_path / name).write_text("1\tone\n2\ttwo\n", encoding="utf-8")
        assert detect(tmp_path / name) == kind
    (tmp_path / "x.tsv").write_text("1\tone\n2\ttwo\n", encoding="utf-8")
    with pytest.raises(TermsError, match=r"KIND=x\.tsv"):
        detect(tmp_path / "x.tsv")
    gathered = gather([f"pubchem-titles={tmp_path / 'x.tsv'}"])
    assert [file.kind for source in gathered.sources for file in source.files] == ["pubchem-titles"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html>\n<html><head></head></html>", "HTML page"),
        (b"\n\n<HTML><body>Sign in</body></HTML>", "HTML page"),
        (b"SQLite format 3\0", "compiled index"),
        (b"some words\n", "none of the formats"),
        (b"{}", "none of the formats"),
        (b"<feed></feed>", "none of the formats"),
        (bytes(range(256)), "none of the formats"),
    ],
)
def test_what_is_of_no_kind_is_refused_and_the_others_are_gathered(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "mondo.obo").write_bytes(data)
    with pytest.raises(TermsError, match=message):
        detect(tmp_path / "mondo.obo")
    (tmp_path / "good").write_text(SAMPLES["obo"], encoding="utf-8")
    gathered = gather([tmp_path])
    assert [source.key for source in gathered.sources] == ["mondo"]
    assert [(p.file, p.code) for p in gathered.refused] == [("mondo.obo", "unusable-file")]


def test_the_order_changes_nothing(tmp_path: Path) -> None:
    paths = []
    for kind, text in SAMPLES.items():
        (tmp_path / f"{kind}.x").write_text(text, encoding="utf-8")
        paths.append(tmp_path / f"{kind}.x")
    first = gather(paths)
    for seed in range(5):
        random.Random(seed).shuffle(paths)
        assert gather(paths) == first


def test_what_is_named_twice_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.obo"
    path.write_text(SAMPLES["obo"], encoding="utf-8")
    gathered = gather([path, tmp_path, str(path)])
    assert [file.path.name for source in gathered.sources for file in source.files] == ["a.obo"]


def test_a_path_that_does_not_exist_and_a_kind_that_is_none_are_errors(tmp_path: Path) -> None:
    (tmp_path / "mondo.obo").write_text(SAMPLES["obo"], encoding="utf-8")
    with pytest.raises(InputError, match=r"there is no file .*mondo\.obbo; did you mean mondo\.obo"):
        gather([tmp_path / "mondo.obbo"])
    (tmp_path / "a").write_text("x", encoding="utf-8")
    with pytest.raises(UnknownNameError, match="did you mean obo"):
        gather([f"obbo={tmp_path / 'a'}"])


def test_an_obo_file_without_a_header_is_known_by_its_terms(tmp_path: Path) -> None:
    (tmp_path / "sample").write_text("[Term]\nid: MONDO:0000001\nname: disease\n", encoding="utf-8")
    (source,) = gather([tmp_path / "sample"]).sources
    assert (source.key, source.prefixes) == ("mondo", ("MONDO",))


def test_genuine_files() -> None:
    kinds = {
        path.name: detect(path)
        for folder in (("mondo", "official_format"), ("mesh", "official_format"), ("pubchem",), ("mondo", "sssom"))
        for path in sorted(full_data(*folder).iterdir())
        if path.is_file()
    }
    assert {name: kind for name, kind in kinds.items() if kind != "sssom"} == {
        "mondonorm_mondo-sample.obo": "obo", "oak_mondo-sample-mappings.obo": "obo",
        "phenol_mondo_module.json": "obographs", "phenol_mondo_module.owl": "owl", "phenol_mondo_small.json": "obographs",
        "desc-samples.xml": "mesh-descriptors", "ilios_fake_desc2026.xml": "mesh-descriptors",
        "meshrdf_samples.nt.gz": "mesh-rdf", "supp-samples.xml": "mesh-supplementary", "CID-MeSH.gz": "pubchem-mesh",
        "CID-Synonym-filtered.gz": "pubchem-synonyms", "CID-Title.gz": "pubchem-titles",
    }  # fmt: skip
    assert sum(kind == "sssom" for kind in kinds.values()) == 13


def test_a_folder_is_read_as_it_declares_and_the_rest_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "in")
    (folder / "desc.xml").unlink()
    (folder / "extra.obo").write_text(SAMPLES["obo"], encoding="utf-8")
    gathered = gather([folder])
    assert {(p.file, p.code) for p in gathered.refused} == {
        ("desc.xml", "missing-file"),
        ("extra.obo", "undeclared-file"),
    }
    report = compile_index(gathered.sources, tmp_path / "x.sqlite", Options(refused=gathered.refused))
    assert [p.file for p in report.damaged] == ["desc.xml"]
    assert {f.file for f in report.files} == {"mondo.obo", "supp.xml", "pairs.sssom.tsv", "CID-MeSH", "CID-Title"}


def test_two_releases_of_one_vocabulary_are_told(tmp_path: Path) -> None:
    for year in (2025, 2026):
        (tmp_path / f"desc{year}.xml").write_text(SAMPLES["mesh-descriptors"], encoding="utf-8")
    (problem,) = gather([tmp_path]).refused
    assert (problem.code, problem.source) == ("several-releases", "mesh")
    assert "desc2025.xml is 2025, desc2026.xml is 2026" in problem.message
    assert "--previous" in problem.message


def test_a_readme_in_a_folder_is_no_damage_and_a_folder_in_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.obo").write_text(SAMPLES["obo"], encoding="utf-8")
    (tmp_path / "README.md").write_text("words", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    assert {(p.file, p.code) for p in gather([tmp_path]).refused} == {
        ("README.md", "other-file"),
        ("sub", "folder-in-folder"),
    }
    # Named outright it must be usable.
    assert [p.code for p in gather([tmp_path / "README.md"]).refused] == ["unusable-file"]


def test_files_of_one_name_are_ordered_by_what_they_hold(tmp_path: Path) -> None:
    for folder, name in (("p", "first"), ("q", "second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.obo").write_text(SAMPLES["obo"].replace("disease", name), encoding="utf-8")
    marks = []
    for number, swap in enumerate((False, True)):
        if swap:
            (tmp_path / "p").rename(tmp_path / "z")
        paths = [tmp_path / ("z" if swap else "p") / "m.obo", tmp_path / "q" / "m.obo"]
        marks.append(compile_index(gather(paths).sources, tmp_path / f"{number}.sqlite").path.read_bytes())
    assert marks[0] == marks[1]


def test_a_comment_that_holds_html_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "desc.xml"
    path.write_text("<!-- was <html> once -->" + SAMPLES["mesh-descriptors"].partition("?>")[2], encoding="utf-8")
    assert detect(path) == "mesh-descriptors"
    path.write_text("<!--" * 16_000, encoding="utf-8")
    with pytest.raises(TermsError, match="none of the formats"):
        detect(path)


@pytest.mark.parametrize("opened", ["<!--", "<!DOCTYPE ", "<!DOCTYPE x [", "<!DOCTYPE x [<!--"])
def test_what_is_opened_over_and_over_takes_no_time(tmp_path: Path, opened: str) -> None:
    path = tmp_path / "desc.xml"
    path.write_text(opened * 16_000, encoding="utf-8")
    began = time.process_time()
    with pytest.raises(TermsError, match="none of the formats"):
        detect(path)
    assert time.process_time() - began < 1
