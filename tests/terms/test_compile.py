"""Compiling: what is in the files is in the index, what is wrong is in the report, same bytes for same input."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.errors import InputError, TermsError
from kg.model import CHEMICAL, DISEASE
from kg.terms.compile import Options, compile_index, fingerprint
from kg.terms.index import TermIndex
from kg.terms.kinds import gather
from kg.terms.sources import read_sources
from tests.terms.build import FILES, compiled, write
from tests.terms.full_data import full_data


def test_counts_and_problems(tmp_path: Path) -> None:
    index, report = compiled(tmp_path)
    assert [(c.source, c.terms, c.names, c.mappings) for c in report.counts] == [
        ("mondo", 7, 8, 0), ("mesh", 6, 6, 0), ("pubchem", 5, 5, 5), ("pairs", 0, 0, 1),
    ]  # fmt: skip
    assert [(p.source, p.code, p.value) for p in report.problems] == [
        ("pubchem", "unresolved-name", "unheard of"),
        ("mesh", "class-contradicted", "MESH:C000002"),
    ]
    assert [(f.file, f.kind, f.records, f.kept, f.set_aside) for f in report.files] == [
        ("mondo.obo", "obo", 6, 6, {}), ("desc.xml", "mesh-descriptors", 3, 3, {}),
        ("supp.xml", "mesh-supplementary", 3, 3, {}), ("pairs.sssom.tsv", "sssom", 1, 1, {}),
        ("CID-MeSH", "pubchem-mesh", 5, 5, {}), ("CID-Title", "pubchem-titles", 5, 5, {}),
    ]  # fmt: skip
    assert index.files() == report.files
    assert index.problems() == report.problems
    assert report.problem_counts() == {"class-contradicted": 1, "unresolved-name": 1}


def test_pubchem_names_become_mappings(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path)
    found = {
        (row.subject_id, row.predicate_id, row.object_id)
        for curie in ("MESH:C000001", "MESH:C000003", "MESH:D000002", "MESH:D000003")
        for row in index.mappings(curie)
    }
    assert found == {
        ("PUBCHEM.COMPOUND:1", "skos:exactMatch", "MESH:C000001"),
        # Two compounds bear the name: the one that is titled so is meant.
        ("PUBCHEM.COMPOUND:2", "skos:exactMatch", "MESH:C000003"),
        ("PUBCHEM.COMPOUND:3", "skos:closeMatch", "MESH:C000003"),
        # One compound bears two names, neither its title.
        ("PUBCHEM.COMPOUND:4", "skos:closeMatch", "MESH:D000002"),
        ("PUBCHEM.COMPOUND:4", "skos:closeMatch", "MESH:D000003"),
    }
    (row,) = index.mappings("MESH:C000001")
    assert (row.mapping_justification, row.mapping_source, row.mapping_set_version) == (
        "semapv:LexicalMatching", "pubchem:CID-MeSH", "now",
    )  # fmt: skip
    assert (row.subject_label, row.object_label) == ("Anlotinib", "anlotinib")


def test_a_mesh_name_that_two_terms_bear_maps_to_neither(tmp_path: Path) -> None:
    supp = FILES["supp.xml"].replace("<String>acid<", "<String>anlotinib<")
    index, report = compiled(tmp_path, supp_xml=supp)
    assert index.mappings("PUBCHEM.COMPOUND:1") == ()
    assert ("unresolved-name", "anlotinib") in [(p.code, p.value) for p in report.problems]


def test_a_disease_of_that_name_is_no_compound(tmp_path: Path) -> None:
    # Of two terms called so the disease is not meant; where it is the only one, nothing is.
    supp = FILES["supp.xml"].replace("sarcoma, odd", "anlotinib")
    index, _ = compiled(tmp_path / "two", supp_xml=supp)
    assert [row.object_id for row in index.mappings("PUBCHEM.COMPOUND:1")] == ["MESH:C000001"]
    index, report = compiled(tmp_path / "one", CID_MeSH="1\tsarcoma, odd\n")
    assert index.mappings("PUBCHEM.COMPOUND:1") == ()
    assert ("unresolved-name", "sarcoma, odd") in [(p.code, p.value) for p in report.problems]


@pytest.mark.parametrize("names", [["CID-Title"], ["CID-Title", "CID-MeSH"], ["CID-MeSH"]])
def test_pubchem_alone_can_be_compiled(tmp_path: Path, names: list[str]) -> None:
    folder = write(tmp_path)
    report = compile_index(gather([folder / name for name in names]).sources, tmp_path / "index.sqlite")
    with TermIndex(report.path) as index:
        assert len(index) == (5 if "CID-Title" in names else 0)


def test_a_record_classed_as_chemical_that_maps_to_a_disease_is_one(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path)
    categories = {c: term.category for c in ("MESH:C000001", "MESH:C000002") if (term := index.term(c))}
    assert categories == {"MESH:C000001": CHEMICAL, "MESH:C000002": DISEASE}


def test_duplicates_cycles_and_dangling_references_are_reported(tmp_path: Path) -> None:
    obo = FILES["mondo.obo"].replace("name: disease\n", "name: disease\nis_a: MONDO:0000011\n")
    obo = obo.replace("replaced_by: MONDO:0000021", "replaced_by: MONDO:7777777")
    supp = FILES["supp.xml"].replace("*D000003", "*D999999").replace("C000002", "C000001")
    pairs = FILES["pairs.sssom.tsv"] + (
        "MONDO:0000011\tskos:exactMatch\tmesh:D000001\tsemapv:ManualMappingCuration\n"
        "MONDO:0000011\tskos:exactMatch\tmesh:D888888\tsemapv:ManualMappingCuration\n"
        "MONDO:0000011\tskos:exactMatch\tDOID:3347\tsemapv:ManualMappingCuration\n"
    )
    index, report = compiled(tmp_path, mondo_obo=obo, supp_xml=supp, pairs_sssom_tsv=pairs)
    found = [(p.source, p.code, p.value) for p in report.problems]
    assert ("mesh", "duplicate-id", "MESH:C000001") in found
    assert [v for _, code, v in found if code == "cycle"] == ["MONDO:0000001", "MONDO:0000010", "MONDO:0000011"]
    assert ("mondo", "dangling-successor", "MONDO:7777777") in found
    assert ("mesh", "dangling-heading", "MESH:D999999") in found
    assert [v for _, code, v in found if code == "dangling-mapping"] == ["MESH:D888888"]
    assert [code for _, code, _ in found].count("duplicate-mapping") == 1
    # DOID belongs to no source here, so nobody can say that the row dangles.
    assert "DOID:3347" in {row.object_id for row in index.mappings("MONDO:0000011")}
    assert index.label("MESH:C000001") == "anlotinib", "the first definition stays"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        compiled(tmp_path / name)
    assert (tmp_path / "one/index.sqlite").read_bytes() == (tmp_path / "two/index.sqlite").read_bytes()


def test_the_fingerprint_follows_content_and_metadata_not_place(tmp_path: Path) -> None:
    base = fingerprint(read_sources(write(tmp_path / "a")))
    assert fingerprint(read_sources(write(tmp_path / "b"))) == base
    changed = write(tmp_path / "c", CID_Title=FILES["CID-Title"] + "6\tsix\n")
    assert fingerprint(read_sources(changed)) != base
    renamed = write(tmp_path / "d", sources_toml=FILES["sources.toml"].replace("CC-BY-4.0", "CC0-1.0"))
    assert fingerprint(read_sources(renamed)) != base


def test_a_failed_compilation_leaves_the_old_index_and_no_litter(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path)
    index.close()
    before = (tmp_path / "index.sqlite").read_bytes()
    sources = read_sources(write(tmp_path, desc_xml="<DescriptorRecordSet><Desc"))
    with pytest.raises(TermsError, match=r"desc\.xml"):
        compile_index(sources, tmp_path / "index.sqlite", Options(strict=True))
    assert (tmp_path / "index.sqlite").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*FILES, "index.sqlite"])


def test_a_file_that_cannot_be_used_is_a_problem_and_the_others_are_compiled(tmp_path: Path) -> None:
    index, report = compiled(tmp_path, desc_xml="<!doctype html><html><body>503</body></html>")
    assert [(p.file, p.code) for p in report.damaged] == [("desc.xml", "unusable-file")]
    assert "HTML" in report.damaged[0].message
    assert index.label("MONDO:0000011") == "osteosarcoma"
    assert index.label("MESH:C000001") == "anlotinib"


def test_nothing_but_unusable_files_is_an_error_and_makes_no_index(tmp_path: Path) -> None:
    page = tmp_path / "mondo.obo"
    page.write_text("<!DOCTYPE html><html><body>not found</body></html>", encoding="utf-8")
    gathered = gather([page])
    assert [p.code for p in gathered.refused] == ["unusable-file"]
    with pytest.raises(TermsError, match="HTML page"):
        compile_index(gathered.sources, tmp_path / "index.sqlite", Options(refused=gathered.refused))
    assert not (tmp_path / "index.sqlite").exists()


def test_no_input_and_no_foreign_file_is_written_over(tmp_path: Path) -> None:
    folder = write(tmp_path / "in")
    before = (folder / "mondo.obo").read_bytes()
    with pytest.raises(InputError, match="one of the files to compile"):
        compile_index(gather([folder / "mondo.obo"]).sources, folder / "mondo.obo")
    with pytest.raises(InputError, match="is no term index"):
        compile_index(gather([folder / "mondo.obo"]).sources, folder / "desc.xml")
    assert (folder / "mondo.obo").read_bytes() == before
    old = compile_index(gather([folder / "mondo.obo"]).sources, tmp_path / "old.sqlite")
    with pytest.raises(InputError, match="one of the files to compile"):
        compile_index(gather([folder / "mondo.obo"]).sources, old.path, Options(previous=[old.path]))
    assert compile_index(gather([folder / "mondo.obo"]).sources, old.path).path == old.path, "an index is replaced"


def test_what_a_killed_compilation_left_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".index.sqlite.partial-999999999-1"
    left.write_bytes(b"x")
    compiled(tmp_path)
    assert not left.exists()


def test_files_without_one_record_make_no_index(tmp_path: Path) -> None:
    (tmp_path / "desc.xml").write_text("<DescriptorRecordSet></DescriptorRecordSet>", encoding="utf-8")
    (tmp_path / "m.obo").write_text("format-version: 1.4\nontology: mondo\n", encoding="utf-8")
    with pytest.raises(TermsError):
        compile_index(gather([tmp_path / "desc.xml", tmp_path / "m.obo"]).sources, tmp_path / "x.sqlite")
    assert not (tmp_path / "x.sqlite").exists()


def test_a_pinned_hash_that_differs_is_told(tmp_path: Path) -> None:
    text = FILES["sources.toml"].replace('kind = "obo"', f'kind = "obo", sha256 = "{"0" * 64}"')
    _, report = compiled(tmp_path, sources_toml=text)
    assert [(p.file, p.code) for p in report.damaged] == [("mondo.obo", "checksum-mismatch")]


def test_the_order_in_which_files_are_named_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "in")
    files = [folder / name for name in FILES if name != "sources.toml"]
    marks = set()
    for number, order in enumerate((files, files[::-1], files[2:] + files[:2])):
        report = compile_index(gather(order).sources, tmp_path / f"{number}.sqlite")
        marks.add(report.path.read_bytes())
    assert len(marks) == 1


def test_compounds_that_nothing_names_are_counted_and_left_out(tmp_path: Path) -> None:
    titles = "".join(f"{cid}\tcompound {cid}\n" for cid in range(1, 1001))
    index, report = compiled(tmp_path, CID_Title=titles)
    (account,) = [f for f in report.files if f.kind == "pubchem-titles"]
    assert (account.records, account.kept, account.set_aside) == (1000, 5, {"not-named": 995})
    assert index.term("PUBCHEM.COMPOUND:700") is None
    wanted = compile_index(read_sources(tmp_path), tmp_path / "more.sqlite", Options(compounds=[700]))
    with TermIndex(wanted.path) as more:
        assert more.label("PUBCHEM.COMPOUND:700") == "compound 700"
    lacking = compile_index(read_sources(tmp_path), tmp_path / "lacking.sqlite", Options(compounds=[9_999]))
    assert ("compound-not-held", "PUBCHEM.COMPOUND:9999") in [(p.code, p.value) for p in lacking.problems]
    whole = compile_index(read_sources(tmp_path), tmp_path / "all.sqlite", Options(all_compounds=True))
    assert [f.kept for f in whole.files if f.kind == "pubchem-titles"] == [1000]


def test_without_mesh_names_the_titles_of_mesh_chemicals_name_compounds(tmp_path: Path) -> None:
    folder = write(tmp_path, CID_Title="1\tANLOTINIB\n2\tother\n")
    files = [folder / name for name in ("mondo.obo", "desc.xml", "supp.xml", "CID-Title")]
    report = compile_index(gather(files).sources, tmp_path / "index.sqlite")
    assert [f.kept for f in report.files if f.kind == "pubchem-titles"] == [1]


def test_parents_of_named_compounds_come_along(tmp_path: Path) -> None:
    folder = write(tmp_path, CID_MeSH="1\tanlotinib\n", CID_Title="1\tAnlotinib\n9\tBase\n10\tOther\n")
    (folder / "CID-Parent").write_text("1\t9\n9\t9\n10\t9\n", encoding="utf-8")
    files = [folder / name for name in ("desc.xml", "supp.xml", "CID-Title", "CID-MeSH", "CID-Parent")]
    report = compile_index(gather(files).sources, tmp_path / "index.sqlite")
    with TermIndex(report.path) as index:
        term = index.term("PUBCHEM.COMPOUND:1")
        assert term is not None
        assert term.properties == (("parent_compound", "PUBCHEM.COMPOUND:9"),)
        assert index.label("PUBCHEM.COMPOUND:9") == "Base"
        assert "PUBCHEM.COMPOUND:10" not in index


def test_a_place_that_cannot_be_written_is_a_terms_error(tmp_path: Path) -> None:
    sources = read_sources(write(tmp_path / "in"))
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(TermsError, match="cannot be written"):
        compile_index(sources, tmp_path / "file" / "index.sqlite")


FULL = """
[mondo]
complete = true
prefixes = ["MONDO"]
files = [{ file = "mondo.obo.gz", kind = "obo" }]
[mesh]
version = "2025"
complete = true
prefixes = ["MESH"]
files = [{ file = "desc2025.xml.gz", kind = "mesh-descriptors" }]
[pubchem]
prefixes = ["PUBCHEM.COMPOUND"]
files = [
  { file = "CID-Title.gz", kind = "pubchem-titles" },
  { file = "CID-Synonym-filtered.gz", kind = "pubchem-synonyms" },
]
[mondo-mesh-sssom]
files = [{ file = "mondo_exactmatch_mesh.sssom.tsv.gz", kind = "sssom" }]
"""


def test_full_releases(tmp_path: Path) -> None:
    for parts in (
        ("mondo", "mondo.obo.gz"),
        ("mesh", "desc2025.xml.gz"),
        ("pubchem", "CID-Title.gz"),
        ("pubchem", "CID-Synonym-filtered.gz"),
        ("mondo", "sssom", "mondo_exactmatch_mesh.sssom.tsv.gz"),
    ):
        shutil.copy(full_data(*parts), tmp_path / parts[-1])
    (tmp_path / "sources.toml").write_text(FULL, encoding="utf-8")
    report = compile_index(read_sources(tmp_path), tmp_path / "index.sqlite")
    counts = {count.source: count.terms for count in report.counts}
    assert counts["mesh"] == 30_764
    assert counts["mondo"] >= 31_884
    # Without CID-MeSH only compounds that are titled with a name of a MeSH chemical are asked for.
    assert 1_000 < counts["pubchem"] < 70_000
    # Strabismus and Ocular Motility Disorders stand above each other in MeSH itself.
    cycles = {p.value for p in report.problems if p.code == "cycle"}
    assert cycles == {"MESH:D013285", "MESH:D015835"}
    # Supplementary records are left out here, so mappings to them dangle; nothing else may.
    others = [p for p in report.problems if p.code != "cycle"]
    # A few obsolete terms advise to look at vocabularies that casegraph does not know.
    assert {p.code for p in others} == {"dangling-mapping", "unknown-prefix"}
    with TermIndex(report.path) as index:
        assert len(index.descendants("MONDO:0004992")) == 2_271
        assert "MESH:D015835" in index.ancestors("MESH:D013285")
        assert index.resolve("MONDO:0000002") == ("MONDO:0009299",)
