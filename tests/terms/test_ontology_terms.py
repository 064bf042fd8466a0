"""The three formats of one ontology give the same terms and mappings."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import DISEASE, OTHER, Mapping, Name, Term
from kg.terms import obo
from tests.terms.full_data import full_data
from tests.terms.ontology_formats import WRITERS, Entry, codes, read

SOURCE = "obo:mondo"
VERSION = "releases/2026-01-01"
CURATED = "semapv:ManualMappingCuration"
UNSPECIFIED = "semapv:UnspecifiedMatching"
EQUIVALENT = ("DOID:4", "MONDO:equivalentTo")
KINDS = tuple(WRITERS)

ENTRIES = (
    Entry("MONDO:0000001", "disease", alternatives=("MONDO:0000009", "MONDO:0000005")),
    Entry(
        "MONDO:0000002",
        'tumor of "bone" {odd} \\ here!',
        synonyms=(("OS", "exact"), ("two\nlines", "narrow"), ("lump & <b>", "broad"), ("lump & <b>", "related"),
                  ("α-growth", "related")),
        parents=("MONDO:0000001",),
        xrefs=(
            ("MESH:D012516", EQUIVALENT), ("DOID:3347", ()), ("GARD:0000001", ("MONDO:equivalentTo",)),
            ("NCIT:C9145", ("MONDO:MEDGEN",)), ("OMIM:100100", ("MONDO:mondoIsNarrowerThanSource",)),
            ("UMLS:C0029463", ("MONDO:mondoIsBroaderThanSource",)), ("EFO:0000637", ("MONDO:relatedTo",)),
            ("Orphanet:668", ("MONDO:equivalentObsolete", "MONDO:equivalentTo")),
        ),
        matches=(
            ("skos:exactMatch", "MESH:D012516", ()), ("skos:broadMatch", "HP:0000001", ()),
            ("skos:closeMatch", "SNOMEDCT:1", ("MONDO:equivalentTo",)),
        ),
    ),
    Entry("MONDO:0000003", "obsolete lump", obsolete=True, replaced_by=("MONDO:0000002", "HP:0000002"),
          consider=("MONDO:0000001",), xrefs=(("MESH:D000002", ("MONDO:obsoleteEquivalent",)),),
          matches=(("skos:exactMatch", "MESH:D000002", ()),)),
    Entry("MONDO:0000004", "the last", parents=("MONDO:0000002", "MONDO:0000001"), equivalents=("Orphanet:1", "MONDO:0000001")),
    # As OWL tools write an alternative identifier: a class of its own.
    Entry("MONDO:0000005", obsolete=True, replaced_by=("MONDO:0000001",)),
)  # fmt: skip


def write(folder: Path, kind: str, entries: tuple[Entry, ...]) -> Path:
    path = folder / f"mondo.{kind}"
    path.write_text(WRITERS[kind](entries), encoding="utf-8")
    return path


def mapping(subject: str, predicate: str, target: str, label: str, *, coded: str | None = None) -> Mapping:
    justification = UNSPECIFIED if coded is None else CURATED
    return Mapping(subject, predicate, target, justification, SOURCE, VERSION, label, comment=coded or "")


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_gives_these_terms_and_mappings(kind: str, tmp_path: Path) -> None:
    terms, mappings, problems = read(write(tmp_path, kind, ENTRIES), kind)
    assert codes(problems) == [
        ("contradictory-mapping", "MONDO:equivalentObsolete MONDO:equivalentTo"),
    ]
    assert list(terms) == [f"MONDO:000000{n}" for n in (1, 2, 3, 4, 5, 9)]
    label = 'tumor of "bone" {odd} \\ here!'
    assert terms["MONDO:0000002"] == Term(
        curie="MONDO:0000002",
        category=DISEASE,
        names=(
            Name(label, "label"),
            Name("OS", "exact"),
            Name("two lines", "narrow"),
            Name("lump & <b>", "broad"),
            Name("α-growth", "related"),
        ),
        parents=("MONDO:0000001",),
        source="mondo",
    )
    old = terms["MONDO:0000003"]
    assert (old.obsolete, old.replaced_by, old.consider) == (True, ("HP:0000002", "MONDO:0000002"), ("MONDO:0000001",))
    assert terms["MONDO:0000004"].parents == ("MONDO:0000001", "MONDO:0000002")
    for other in ("MONDO:0000005", "MONDO:0000009"):
        expected = Term(other, DISEASE, (), obsolete=True, replaced_by=("MONDO:0000001",), source="mondo")
        assert terms[other] == expected
    two = "MONDO:0000002"
    assert mappings == {
        mapping(two, "skos:exactMatch", "MESH:D012516", label, coded=""),
        mapping(two, "oboInOwl:hasDbXref", "DOID:3347", label),
        mapping(two, "oboInOwl:hasDbXref", "NCIT:C9145", label),
        mapping(two, "skos:broadMatch", "OMIM:100100", label, coded="MONDO:mondoIsNarrowerThanSource"),
        mapping(two, "skos:narrowMatch", "UMLS:C0029463", label, coded="MONDO:mondoIsBroaderThanSource"),
        mapping(two, "skos:relatedMatch", "EFO:0000637", label, coded="MONDO:relatedTo"),
        mapping(two, "skos:closeMatch", "Orphanet:668", label, coded="MONDO:equivalentObsolete"),
        mapping(two, "skos:broadMatch", "HP:0000001", label),
        mapping(two, "skos:exactMatch", "SNOMEDCT:1", label, coded=""),
        mapping("MONDO:0000003", "skos:closeMatch", "MESH:D000002", "obsolete lump", coded="MONDO:obsoleteEquivalent"),
        mapping("MONDO:0000004", "skos:exactMatch", "Orphanet:1", "the last"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_gzip_gives_the_same(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path, kind, ENTRIES)
    packed = tmp_path / "packed" / path.name
    packed.parent.mkdir()
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read(packed, kind)[:2] == read(path, kind)[:2]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_in_every_format(kind: str, tmp_path: Path) -> None:
    entries = (
        Entry(
            "MONDO:0000001", "a", parents=("MONDO:0000001", "MONDO:9999999", "FOO:1"), alternatives=("MONDO:0000002",)
        ),
        Entry("MONDO:0000002", "b", replaced_by=("FOO:2",), parents=("MONDO:0000003",)),
        Entry("MONDO:0000003", parents=("MONDO:0000002",)),
        Entry("FOO:3", "of a vocabulary that is not known"),
    )
    terms, mappings, problems = read(write(tmp_path, kind, entries), kind)
    foo = {"obo": "FOO:{}"}.get(kind, "http://purl.obolibrary.org/obo/FOO_{}")
    assert sorted(codes(problems)) == sorted([
        ("self-parent", "MONDO:0000001"),
        ("dangling-parent", "MONDO:9999999"),
        ("dangling-parent", foo.format(1)),
        ("alternative-id-in-use", "MONDO:0000002"),
        ("unknown-prefix", foo.format(2)),
        ("no-name", "MONDO:0000003"),
        ("unknown-prefix", foo.format(3)),
    ])  # fmt: skip
    assert all(problem.line for problem in problems.found if problem.code != "alternative-id-in-use")
    assert problems.set_aside == {"unknown-prefix": 1}
    assert {curie: term.parents for curie, term in terms.items()} == {
        "MONDO:0000001": (),
        # A cycle is no matter of a reader.
        "MONDO:0000002": ("MONDO:0000003",),
        "MONDO:0000003": ("MONDO:0000002",),
    }
    assert not mappings


@pytest.mark.parametrize("kind", KINDS)
def test_an_xref_and_a_match_for_one_target(kind: str, tmp_path: Path) -> None:
    entry = Entry(
        "MONDO:0000001", "a",
        xrefs=(("MESH:D000001", ()), ("MESH:D000002", ("MONDO:relatedTo",)), ("SCTID:5", ()), ("SNOMEDCT:5", ())),
        matches=(("skos:exactMatch", "MESH:D000001", ()), ("skos:exactMatch", "MESH:D000002", ())),
    )  # fmt: skip
    _, mappings, problems = read(write(tmp_path, kind, (entry,)), kind)
    assert mappings == {
        mapping(entry.curie, "skos:exactMatch", "MESH:D000001", "a"),
        mapping(entry.curie, "skos:relatedMatch", "MESH:D000002", "a", coded="MONDO:relatedTo"),
        mapping(entry.curie, "oboInOwl:hasDbXref", "SNOMEDCT:5", "a"),
    }
    assert codes(problems) == [("contradictory-mapping", "skos:exactMatch")]


@pytest.mark.parametrize("kind", KINDS)
def test_qualifiers_of_diseases_are_no_diseases(kind: str, tmp_path: Path) -> None:
    entries = (
        Entry("MONDO:0021137", "not rare", parents=("MONDO:0021136",)),
        Entry("MONDO:0021136", "rare", parents=("MONDO:0021125", "MONDO:0021137")),
        Entry("MONDO:0021125", "disease characteristic"),
        Entry("MONDO:0000001", "disease"),
        Entry("CHEBI:1", "a substance"),
    )
    terms, _, _ = read(write(tmp_path, kind, entries), kind)
    assert {curie for curie, term in terms.items() if term.category == DISEASE} == {"MONDO:0000001"}
    assert terms["MONDO:0021137"].category == OTHER


_CURIES = st.integers(1, 30).map(lambda n: f"MONDO:{n:07}")
_TARGETS = st.sampled_from(["MESH:D000001", "MESH:D000002", "DOID:1", "NCIT:C2", "GARD:1", "UMLS:C0000001"])
_TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=12
).filter(lambda text: text.strip() == text)
_CODES = st.lists(
    st.sampled_from(["MONDO:equivalentTo", "MONDO:relatedTo", "MONDO:equivalentObsolete", "OMIM:1", "MONDO:MEDGEN"]),
    max_size=2, unique=True,
).map(tuple)  # fmt: skip
_ENTRY = st.builds(
    Entry,
    curie=_CURIES,
    name=_TEXTS,
    synonyms=st.lists(
        st.tuples(_TEXTS, st.sampled_from(["exact", "narrow", "broad", "related"])), max_size=3
    ).map(tuple),
    parents=st.lists(_CURIES, max_size=3, unique=True).map(tuple),
    obsolete=st.booleans(),
    replaced_by=st.lists(_CURIES, max_size=2, unique=True).map(tuple),
    consider=st.lists(_CURIES, max_size=2, unique=True).map(tuple),
    alternatives=st.lists(_CURIES, max_size=2, unique=True).map(tuple),
    xrefs=st.lists(st.tuples(_TARGETS, _CODES), max_size=3, unique_by=lambda x: x[0]).map(tuple),
    matches=st.lists(
        st.tuples(st.sampled_from(["skos:exactMatch", "skos:closeMatch"]), _TARGETS, _CODES), max_size=2,
        unique_by=lambda x: x[:2],
    ).map(tuple),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(entries=st.lists(_ENTRY, min_size=1, max_size=8, unique_by=lambda entry: entry.curie).map(tuple))
def test_the_formats_agree_on_any_ontology(
    entries: tuple[Entry, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("formats")
    found = {kind: read(write(folder, kind, entries), kind) for kind in KINDS}
    for kind in ("json", "owl"):
        assert found[kind][0] == found["obo"][0]
        assert found[kind][1] == found["obo"][1]
        assert sorted(codes(found[kind][2])) == sorted(codes(found["obo"][2]))


def test_all_of_mondo_is_the_same_in_the_three_formats(tmp_path: Path) -> None:
    path = full_data("mondo", "mondo.obo.gz")
    terms, mappings, _ = read(path, "obo")
    version = obo.read_header(path).version
    rows: dict[str, list[Mapping]] = {}
    for row in sorted(mappings, key=lambda row: (row.subject_id, row.object_id)):
        rows.setdefault(row.subject_id, []).append(row)
    mains: dict[str, list[str]] = {}
    for term in terms.values():
        if not term.names:
            for main in term.replaced_by:
                mains.setdefault(main, []).append(term.curie)
    entries = [
        Entry(
            curie=term.curie,
            name=term.label,
            synonyms=tuple((name.text, name.scope) for name in term.names[1:]),
            parents=term.parents,
            obsolete=term.obsolete,
            replaced_by=term.replaced_by,
            consider=term.consider,
            alternatives=tuple(mains.get(term.curie, ())),
            xrefs=tuple(
                (row.object_id, ("MONDO:equivalentTo",) if row.predicate_id == "skos:exactMatch" else ())
                for row in rows.get(term.curie, ())
            ),
        )
        for term in terms.values()
        if term.names
    ]
    for kind in ("json", "owl"):
        written = tmp_path / f"mondo.{kind}"
        written.write_text(WRITERS[kind](entries, version), encoding="utf-8")
        again, same, problems = read(written, kind)
        assert problems.found == []
        assert again == terms
        assert same == mappings
    assert len(terms) > 31_884
    assert len(mappings) > 70_000


@pytest.mark.parametrize("kind", KINDS)
def test_alternative_identifiers_are_no_records(kind: str, tmp_path: Path) -> None:
    entries = (
        Entry("MONDO:0000001", "a", alternatives=("MONDO:0000002", "MONDO:0000003")),
        # As OWL tools write an alternative identifier; the file holds this one.
        Entry("MONDO:0000003", obsolete=True, replaced_by=("MONDO:0000001",)),
        Entry("MONDO:0000004", synonyms=(("b", "exact"),), obsolete=True),
    )
    terms, _, problems = read(write(tmp_path, kind, entries), kind)
    assert sorted(terms) == [f"MONDO:000000{n}" for n in (1, 2, 3, 4)]
    assert (problems.records, problems.kept, problems.found) == (3, 3, [])


def test_the_records_of_mondo_are_its_stanzas() -> None:
    path = full_data("mondo", "mondo.obo.gz")
    terms, _, problems = read(path, "obo")
    assert problems.records == problems.kept == gzip.decompress(path.read_bytes()).count(b"\n[Term]\n")
    assert len(terms) > problems.records
