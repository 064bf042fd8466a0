"""Slices: closed, read by the loaders of full releases, and the same when cut again."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.resources import data_folder
from kg.terms.compile import compile_index
from kg.terms.index import TermIndex
from kg.terms.slices import LONGEST_NAME, MOST_NAMES, Choice, read_choice, slice_sources
from kg.terms.sources import read_sources
from tests.terms.build import FILES, write


def cut(tmp_path: Path, choice: Choice, **changes: str) -> TermIndex:
    slice_sources(write(tmp_path / "full", **changes), tmp_path / "cut", choice)
    report = compile_index(read_sources(tmp_path / "cut"), tmp_path / "cut.sqlite")
    assert report.problems == ()
    return TermIndex(report.path)


def test_ancestors_partners_headings_and_compounds_come_along(tmp_path: Path) -> None:
    index = cut(tmp_path, Choice(terms=("MONDO:0000011", "MESH:C000001")))
    assert index.ancestors("MONDO:0000011") == ("MONDO:0000001", "MONDO:0000010")
    assert "MESH:D000001" in index, "the other end of a mapping"
    assert "MESH:D000002" in index, "the heading of a supplementary record"
    assert [m.object_id for m in index.mappings("PUBCHEM.COMPOUND:1")] == ["MESH:C000001"]
    assert index.resolve("MONDO:0000020") == (), "its successor is obsolete, too"
    assert index.resolve("MONDO:0000021") == ("MONDO:0000011",)
    assert index.resolve("MONDO:0000099") == ("MONDO:0000011",)
    assert "MESH:C000003" not in index


def test_a_branch_and_names(tmp_path: Path) -> None:
    index = cut(
        tmp_path,
        Choice(
            branches=("MONDO:0000010",), drugs=("ACID", "no such drug"), further_names=(("MESH:C000003", ("sour",)),)
        ),
    )
    assert index.descendants("MONDO:0000010") == ("MONDO:0000011",)
    assert [hit.curie for hit in index.lookup("sour")] == ["MESH:C000003"]
    # PubChem names two compounds so, and both must come, or the match would look unambiguous.
    assert [m.predicate_id for m in index.mappings("MESH:C000003")] == ["skos:exactMatch", "skos:closeMatch"]
    report = slice_sources(tmp_path / "full", tmp_path / "again", Choice(drugs=("no such drug",)))
    assert report.unknown_names == ("no such drug",)


def test_a_compound_with_a_name_outside_the_slice_is_left_out(tmp_path: Path) -> None:
    index = cut(tmp_path, Choice(terms=("MESH:D000002",)))
    assert "PUBCHEM.COMPOUND:4" not in index


def test_odd_names_survive_and_overlong_ones_do_not(tmp_path: Path) -> None:
    odd = 'tumor \\"of\\" bone \\\\ <&> é'
    obo = FILES["mondo.obo"].replace(
        'synonym: "osteo-sarcoma" EXACT []', f'synonym: "{odd}" NARROW []\nsynonym: "{"x" * 201}" EXACT []'
    )
    many = "".join(f"1\tsynonym number {n:03}\n" for n in range(60))
    toml = FILES["sources.toml"].replace(
        'files = [{ file = "CID-Title"',
        'files = [{ file = "CID-MeSH2", kind = "pubchem-synonyms" }, { file = "CID-Title"',
    )
    folder = write(tmp_path / "full", mondo_obo=obo, sources_toml=toml)
    (folder / "CID-MeSH2").write_text(many, encoding="utf-8")
    slice_sources(folder, tmp_path / "cut", Choice(terms=("MONDO:0000011", "MESH:C000001")))
    report = compile_index(read_sources(tmp_path / "cut"), tmp_path / "cut.sqlite")
    index = TermIndex(report.path)
    term, compound = index.term("MONDO:0000011"), index.term("PUBCHEM.COMPOUND:1")
    assert term and compound
    assert [(name.text, name.scope) for name in term.names] == [
        ("osteosarcoma", "label"), ('tumor "of" bone \\ <&> é', "narrow"),
    ]  # fmt: skip
    assert len(compound.names) == MOST_NAMES
    assert all(len(name.text) <= LONGEST_NAME for name in compound.names)


def test_the_bundled_slice_cut_again_gives_itself(tmp_path: Path) -> None:
    folder = data_folder("ontologies")
    report = slice_sources(folder, tmp_path, read_choice(folder / "slice.toml"))
    assert report.unknown_names == ()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in folder.iterdir() if path.name != "slice.toml")
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_bad_choice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match="cannot be used"):
        read_choice(tmp_path / "none.toml")
