"""Slices: closed, read by the readers of full releases, and the same when cut again."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.resources import data_folder
from kg.terms.bundled import default_index
from kg.terms.choices import Choice, read_choice
from kg.terms.compile import Options, compile_index
from kg.terms.index import TermIndex
from kg.terms.kinds import gather
from kg.terms.slices import LONGEST_NAME, MOST_NAMES, SliceReport, slice_index
from kg.terms.sources import read_sources
from tests.pages import SEED
from tests.terms.build import FILES, compiled
from tests.terms.full_data import full_data


def cut(tmp_path: Path, choice: Choice, **changes: str) -> TermIndex:
    index, _ = compiled(tmp_path / "full", **changes)
    slice_index(index, tmp_path / "cut", choice)
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
    assert {m.subject_id for m in index.mappings("MESH:C000003")} == {"PUBCHEM.COMPOUND:2", "PUBCHEM.COMPOUND:3"}


def test_what_the_releases_do_not_know_is_told(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path / "full")
    choice = Choice(terms=("MONDO:7654321", "MESH:D000001"), names=("osteosarcoma", "nothing"), drugs=("no such drug",))
    report = slice_index(index, tmp_path / "cut", choice)
    assert report == SliceReport({"mesh": 1, "mondo": 5}, 1, ("MONDO:7654321", "no such drug", "nothing"))


def test_a_withdrawn_identifier_brings_its_successor(tmp_path: Path) -> None:
    index = cut(tmp_path, Choice(terms=("MONDO:0000020",)))
    assert index.resolve("MONDO:0000020") == ("MONDO:0000011",)


def test_a_compound_brings_its_mesh_terms(tmp_path: Path) -> None:
    index = cut(tmp_path, Choice(terms=("PUBCHEM.COMPOUND:1",)))
    assert index.label("MESH:C000001") == "anlotinib"


def test_a_match_in_a_slice_is_the_match_of_the_full_release(tmp_path: Path) -> None:
    # Compound 4 has another MeSH name: without it the match would look exact.
    index = cut(tmp_path, Choice(terms=("MESH:D000002",)))
    assert [m.predicate_id for m in index.mappings("MESH:D000002")] == ["skos:closeMatch"]
    assert "MESH:D000003" in index


def test_a_class_of_substances_stays_one(tmp_path: Path) -> None:
    none = "<ConceptList><Concept><RegistryNumber>0</RegistryNumber></Concept></ConceptList></DescriptorRecord>"
    desc = FILES["desc.xml"].replace(">Acids<", ">Acid<").replace("<TreeNumber>D03<", "<TreeNumber>D01.5<")
    head, last = desc.rsplit("</DescriptorRecord>", 1)
    changes = {"desc_xml": f"{head}{none}{last}", "CID_MeSH": "2\tAcid\n"}
    full, _ = compiled(tmp_path / "one", **changes)
    index = cut(tmp_path, Choice(terms=("MESH:D000003",)), **changes)
    for held in (full, index):
        (row,) = held.mappings("MESH:D000003")
        assert (row.predicate_id, row.comment.partition(":")[0]) == ("skos:closeMatch", "class-heading")


def test_cross_references_come_along_or_not(tmp_path: Path) -> None:
    obo = FILES["mondo.obo"].replace(
        "name: osteosarcoma\n",
        'name: osteosarcoma\nxref: DOID:3347 {source="MONDO:equivalentTo"}\nxref: MESH:D000003 {source="MONDO:equivalentTo"}\n',
    )
    choice = Choice(terms=("MONDO:0000011",))
    index = cut(tmp_path / "with", choice, mondo_obo=obo)
    rows = {(m.predicate_id, m.object_id) for m in index.mappings("MONDO:0000011")}
    assert rows == {("skos:exactMatch", end) for end in ("DOID:3347", "MESH:D000001", "MESH:D000003")}
    bare = Choice(terms=("MONDO:0000011",), cross_references=False)
    index = cut(tmp_path / "without", bare, mondo_obo=obo)
    assert [m.mapping_source for m in index.mappings("MONDO:0000011")] == ["pairs.sssom.tsv"]


MESH = """<SupplementalRecordSet><SupplementalRecord SCRClass="1"><SupplementalRecordUI>C000001</SupplementalRecordUI>
<SupplementalRecordName><String>drug</String></SupplementalRecordName><HeadingMappedToList>
<HeadingMappedTo><DescriptorReferredTo><DescriptorUI>*D000002</DescriptorUI></DescriptorReferredTo></HeadingMappedTo>
<HeadingMappedTo><DescriptorReferredTo><DescriptorUI>D000003</DescriptorUI></DescriptorReferredTo></HeadingMappedTo>
</HeadingMappedToList><PharmacologicalActionList><PharmacologicalAction><DescriptorReferredTo><DescriptorUI>D000001
</DescriptorUI></DescriptorReferredTo></PharmacologicalAction></PharmacologicalActionList>
<ConceptList><Concept PreferredConceptYN="Y"><ConceptUI>M0000001</ConceptUI><RegistryNumber>0</RegistryNumber>
<ConceptRelationList><ConceptRelation RelationName="NRW"><Concept1UI>M0000001</Concept1UI><Concept2UI>M0000002
</Concept2UI></ConceptRelation><ConceptRelation RelationName="REL"><Concept1UI>M0000001</Concept1UI><Concept2UI>M0000003
</Concept2UI></ConceptRelation></ConceptRelationList><TermList><Term><String>drug &lt;a&gt;</String></Term></TermList></Concept>
<Concept PreferredConceptYN="N"><ConceptUI>M0000002</ConceptUI><RegistryNumber>123-45-6</RegistryNumber><TermList><Term>
<String>drug salt</String></Term></TermList></Concept><Concept PreferredConceptYN="N"><ConceptUI>M0000003</ConceptUI>
<TermList><Term><String>drug kin</String></Term></TermList></Concept></ConceptList></SupplementalRecord>
</SupplementalRecordSet>"""


def test_every_fact_of_mesh_comes_along(tmp_path: Path) -> None:
    full, _ = compiled(tmp_path / "a", supp_xml=MESH, CID_MeSH="1\tdrug\n")
    slice_index(full, tmp_path / "cut", Choice(terms=("MESH:C000001",)))
    report = compile_index(read_sources(tmp_path / "cut"), tmp_path / "cut.sqlite")
    with TermIndex(report.path) as index:
        term = index.term("MESH:C000001")
        assert term is not None and term == full.term("MESH:C000001")
        assert {name.scope for name in term.names} == {"label", "exact", "narrow", "related"}
        assert {key for key, _ in term.properties} == {
            "preferred_concept", "concept", "registry_number", "pharmacological_action", "heading",
        }  # fmt: skip
        assert all(end in index for end in ("MESH:D000001", "MESH:D000002", "MESH:D000003"))


def test_withdrawn_mesh_records_keep_their_successors(tmp_path: Path) -> None:
    old, _ = compiled(tmp_path / "old")
    (tmp_path / "new").mkdir()
    supp = FILES["supp.xml"].replace("C000001", "C000009")
    for name, text in (("desc2026.xml", FILES["desc.xml"]), ("supp2026.xml", supp)):
        (tmp_path / "new" / name).write_text(text, encoding="utf-8")
    made = compile_index(gather([tmp_path / "new"]).sources, tmp_path / "new.sqlite", Options(previous=[old.path]))
    with TermIndex(made.path) as full:
        assert full.status("MESH:C000001") == "replaced"
        slice_index(full, tmp_path / "cut", Choice(drugs=("anlotinib",)))
    with TermIndex(compile_index(read_sources(tmp_path / "cut"), tmp_path / "cut.sqlite").path) as index:
        assert index.resolve("MESH:C000001") == ("MESH:C000009",)


def test_properties_of_compounds_and_columns_of_tables_come_along(tmp_path: Path) -> None:
    folder = tmp_path / "full"
    compiled(folder)
    key = "BSYNRYMUTXBXSQ-UHFFFAOYSA-N"
    tables = {
        "CID-InChI-Key": f"1\tInChI=1S/x\t{key}\n", "CID-SMILES": "1\tCC(=O)O\n", "CID-Parent": "1\t5\n5\t5\n",
        "rows.sssom.tsv": "#mapping_set_id: https://example.org/rows\n#mapping_set_version: 7\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tmapping_source\tcomment\n"
        "MESH:C000001\tskos:exactMatch\tCHEBI:1\tsemapv:LexicalMatching\t0.9\thttps://example.org/a\tsure\n"
        "MESH:C000001\tskos:exactMatch\tCHEBI:2\tsemapv:LexicalMatching\t\thttps://example.org/b\t\n",
    }  # fmt: skip
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    made = compile_index(gather([folder, *(folder / name for name in tables)]).sources, tmp_path / "full.sqlite")
    with TermIndex(made.path) as full:
        slice_index(full, tmp_path / "cut", Choice(terms=("MESH:C000001",)))
        with TermIndex(compile_index(read_sources(tmp_path / "cut"), tmp_path / "cut.sqlite").path) as index:
            compound = index.term("PUBCHEM.COMPOUND:1")
            assert compound is not None and compound == full.term("PUBCHEM.COMPOUND:1")
            assert {name for name, _ in compound.properties} == {"inchikey", "smiles", "parent_compound"}
            assert "PUBCHEM.COMPOUND:5" in index, "the parent compound"
            rows = [row for row in index.mappings("MESH:C000001") if row.object_id.startswith("CHEBI")]
            assert [(row.mapping_source, row.confidence, row.comment) for row in rows] == [
                ("https://example.org/a", "0.9", "sure"), ("https://example.org/b", "", ""),
            ]  # fmt: skip
            assert {row.mapping_set_version for row in rows} == {"7"}


def test_odd_names_survive_and_overlong_ones_do_not(tmp_path: Path) -> None:
    odd = 'tumor \\"of\\" bone \\\\ <&> é'
    obo = FILES["mondo.obo"].replace(
        'synonym: "osteo-sarcoma" EXACT []', f'synonym: "{odd}" NARROW []\nsynonym: "{"x" * 201}" EXACT []'
    )
    many = "".join(f"1\tsynonym number {n:03}\n" for n in range(60))
    toml = FILES["sources.toml"].replace(
        'files = [{ file = "CID-Title"',
        'files = [{ file = "many", kind = "pubchem-synonyms" }, { file = "CID-Title"',
    )
    folder = tmp_path / "full"
    folder.mkdir()
    (folder / "many").write_text(many, encoding="utf-8")
    index = cut(tmp_path, Choice(terms=("MONDO:0000011", "MESH:C000001")), mondo_obo=obo, sources_toml=toml)
    term, compound = index.term("MONDO:0000011"), index.term("PUBCHEM.COMPOUND:1")
    assert term and compound
    assert [(name.text, name.scope) for name in term.names] == [
        ("osteosarcoma", "label"), ('tumor "of" bone \\ <&> é', "narrow"),
    ]  # fmt: skip
    assert len(compound.names) == MOST_NAMES
    assert all(len(name.text) <= LONGEST_NAME for name in compound.names)


def test_the_bundled_slice_cut_again_gives_itself(tmp_path: Path) -> None:
    folder = data_folder("ontologies")
    with default_index() as index:
        report = slice_index(index, tmp_path, read_choice(folder / "slice.toml"))
    assert report.unknown == ()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in folder.iterdir() if path.name not in {"slice.toml", "releases.toml"})
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_bundled_slice_is_cut_out_of_the_full_files(tmp_path: Path) -> None:
    files = [
        full_data("mondo", "mondo.obo.gz"), full_data("mondo", "sssom", "mondo_exactmatch_mesh.sssom.tsv.gz"),
        full_data("mesh", "desc2025.xml.gz"), full_data("mesh", "supp2025.xml.gz"),
        *(full_data("pubchem", f"CID-{name}.gz") for name in ("MeSH", "Title", "Synonym-filtered")),
    ]  # fmt: skip
    made = compile_index(gather(files).sources, tmp_path / "full.sqlite")
    folder = data_folder("ontologies")
    with TermIndex(made.path) as index:
        slice_index(index, tmp_path / "cut", read_choice(folder / "slice.toml"))
        for path in (tmp_path / "cut").iterdir():
            assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
        with default_index() as bundled:
            for curie in bundled.curies("PUBCHEM.COMPOUND"):
                matches = [[(m.predicate_id, m.object_id) for m in i.mappings(curie)] for i in (index, bundled)]
                assert matches[0] == matches[1], "the forms of the full release"


def test_choices_are_files_pages_and_lists(tmp_path: Path) -> None:
    pages = read_choice(SEED.parent)
    assert {"MONDO:0002623", "MESH:D012516"} <= set(pages.terms)
    assert "osteosarcoma" in pages.names
    (tmp_path / "list.txt").write_text("# mine\nmesh:D012516\nanlotinib\n\nanlotinib\n", encoding="utf-8")
    assert read_choice(tmp_path / "list.txt") == Choice(terms=("MESH:D012516",), names=("anlotinib",))
    (tmp_path / "a.toml").write_text('drugs = ["x"]\n[sources.mesh]\ncovers = "y"\n', encoding="utf-8")
    choice = read_choice(tmp_path / "a.toml")
    assert (choice.drugs, choice.sources["mesh"]["covers"]) == (("x",), "y")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("drugs = [1]\n", "must be a list of text"),
        ('drug = ["x"]\n', "unknown keys: drug"),
        ("[sources]\nmesh = 1\n", "knows title"),
        ("drugs = [", "cannot be used"),
        ("drugs = []\n", "chooses no term"),
        ("further_names = 3\n", "must be tables"),
    ],
)
def test_a_bad_choice_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TermsError, match=message):
        read_choice(tmp_path / "a.toml")


def test_a_missing_choice_and_a_folder_in_the_way_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match="cannot be used"):
        read_choice(tmp_path / "none.toml")
    index, _ = compiled(tmp_path / "full")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(TermsError, match="cannot be written"):
        slice_index(index, tmp_path / "file", Choice(terms=("MONDO:0000011",)))
