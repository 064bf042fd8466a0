"""What changed between two releases: every kind of change, the balance, and what a side lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.terms.compile import Options, compile_index
from kg.terms.diff import Appeared, Diff, MappingChange, Renamed, Reparented, Withdrawn
from kg.terms.index import TermIndex
from kg.terms.kinds import gather
from tests.terms.full_data import full_data

HEAD = "format-version: 1.4\ndata-version: releases/{}\nontology: mondo\n"
OLD = """
[Term]
id: MONDO:0000001
name: disease

[Term]
id: MONDO:0000002
name: cancer
is_a: MONDO:0000001

[Term]
id: MONDO:0000003
name: old name
is_a: MONDO:0000001

[Term]
id: MONDO:0000004
name: withdrawn soon
is_a: MONDO:0000001

[Term]
id: MONDO:0000005
name: obsolete for a while
is_obsolete: true

[Term]
id: MONDO:0000006
name: bone cancer
is_a: MONDO:0000001

[Term]
id: MONDO:0000007
name: dropped
is_a: MONDO:0000001
"""
NEW = """
[Term]
id: MONDO:0000001
name: disease

[Term]
id: MONDO:0000002
name: cancer
is_a: MONDO:0000001

[Term]
id: MONDO:0000003
name: new name
is_a: MONDO:0000001

[Term]
id: MONDO:0000004
name: obsolete withdrawn soon
is_obsolete: true
replaced_by: MONDO:0000002
consider: MONDO:0000003

[Term]
id: MONDO:0000005
name: back again
is_a: MONDO:0000001

[Term]
id: MONDO:0000006
name: bone cancer
is_a: MONDO:0000002

[Term]
id: MONDO:0000008
name: born
is_a: MONDO:0000002
"""
SSSOM = "#mapping_set_id: pairs\nsubject_id\tpredicate_id\tobject_id\tmapping_justification\n"
ROW = "{}\tskos:{}Match\tDOID:{}\tsemapv:ManualMappingCuration\n"


def index(folder: Path, name: str, *previous: Path, **files: str) -> Path:
    place = folder / name
    place.mkdir()
    for file, text in files.items():
        (place / file.replace("_", ".")).write_text(text, encoding="utf-8")
    gathered = gather([place])
    return compile_index(gathered.sources, folder / f"{name}.sqlite", Options(previous=previous)).path


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    rows = [ROW.format("MONDO:0000002", "exact", 1), ROW.format("MONDO:0000003", "exact", 2)]
    bare = "MONDO:0000001\toboInOwl:hasDbXref\tDOID:4\tsemapv:UnspecifiedMatching\n"
    old = index(tmp_path, "old", mondo_obo=HEAD.format("2026-01-01") + OLD, pairs_tsv=SSSOM + "".join(rows) + bare)
    rows[1] = ROW.format("MONDO:0000003", "close", 2)
    new = index(tmp_path, "new", mondo_obo=HEAD.format("2026-05-05") + NEW, pairs_tsv=SSSOM + "".join(rows))
    return old, new


def test_every_kind_of_change(two: tuple[Path, Path]) -> None:
    with Diff(*two) as diff:
        assert list(diff.added()) == [Appeared("MONDO:0000008", "born")]
        assert list(diff.revived()) == [Appeared("MONDO:0000005", "back again")]
        assert list(diff.gone()) == [Withdrawn("MONDO:0000007", "dropped")]
        assert list(diff.obsoleted()) == [
            Withdrawn("MONDO:0000004", "withdrawn soon", ("MONDO:0000002",), ("MONDO:0000003",))
        ]
        assert list(diff.renamed()) == [Renamed("MONDO:0000003", "old name", "new name")]
        assert list(diff.reparented()) == [
            Reparented("MONDO:0000006", "bone cancer", ("MONDO:0000002",), ("MONDO:0000001",))
        ]
        assert list(diff.mappings()) == [
            MappingChange("added", "MONDO:0000003", "skos:closeMatch", "DOID:2", "pairs", "pairs.tsv:4"),
            MappingChange("removed", "MONDO:0000003", "skos:exactMatch", "DOID:2", "pairs", "pairs.tsv:4"),
        ]
        (part,) = diff.parts()
        assert (part.part, part.old, part.new) == ("MONDO", 6, 6)
        assert (part.old_version, part.new_version) == ("releases/2026-01-01", "releases/2026-05-05")
        assert (part.added, part.gone, part.renamed, part.obsoleted, part.revived, part.reparented) == (1,) * 6
        (rows,) = diff.mapping_sets()
        assert (rows.old, rows.new, rows.added, rows.removed) == (2, 2, 1, 1), "a bare cross-reference is no match"
        assert diff.differ


def test_the_other_way_round_is_the_reverse(two: tuple[Path, Path]) -> None:
    old, new = two
    with Diff(new, old) as diff:
        (part,) = diff.parts()
        assert [term.curie for term in diff.added()] == ["MONDO:0000007"]
        assert [term.curie for term in diff.gone()] == ["MONDO:0000008"]
        assert [term.curie for term in diff.revived()] == ["MONDO:0000004"]
        assert (part.renamed, part.reparented, part.obsoleted) == (1, 1, 1)


def test_an_index_does_not_differ_from_itself(two: tuple[Path, Path]) -> None:
    for path in two:
        with Diff(path, path) as diff:
            assert not diff.differ
            assert [list(kind()) for kind in (diff.added, diff.gone, diff.renamed, diff.reparented, diff.mappings)] == [
                [], [], [], [], [],
            ]  # fmt: skip


def test_what_a_side_lacks_is_absent_not_gone(tmp_path: Path) -> None:
    labels = "id,label\nMONDO:0000001,disease\nMONDO:0000002,tumour\nMESH:D000001,Osteosarcoma\n"
    rows = SSSOM + ROW.format("MONDO:0000002", "exact", 1)
    old = index(tmp_path, "old", mondo_obo=HEAD.format("x") + OLD, pairs_tsv=rows)
    new = index(tmp_path, "new", labels_csv=labels)
    with Diff(old, new) as diff:
        mesh, mondo = diff.parts()
        assert (mesh.part, mesh.absent, mesh.added) == ("MESH descriptors", "old", 0)
        assert (mondo.absent, mondo.hierarchy_absent, mondo.reparented) == ("", "new", 0)
        assert [term.curie for term in diff.renamed()] == ["MONDO:0000002"]
        assert [term.curie for term in diff.added()] == []
        (pairs,) = diff.mapping_sets()
        assert (pairs.absent, pairs.removed) == ("new", 0)
        assert list(diff.reparented()) == list(diff.mappings()) == []
        assert diff.differ


def test_prefixes_narrow_terms_and_mappings(two: tuple[Path, Path]) -> None:
    with Diff(*two, prefixes=["MESH"]) as diff:
        assert diff.parts() == diff.mapping_sets() == ()
        assert not diff.differ
    with Diff(*two, prefixes=["DOID"]) as diff:
        assert [change.change for change in diff.mappings()] == ["added", "removed"]
        assert list(diff.added()) == []


def test_successors_come_from_the_history_of_the_new_index(tmp_path: Path) -> None:
    old = index(tmp_path, "old", mondo_obo=HEAD.format("2026-01-01") + OLD)
    merged = NEW + "\n[Term]\nid: MONDO:0000009\nname: dropped\n"
    new = index(tmp_path, "new", old, mondo_obo=HEAD.format("2026-05-05") + merged)
    with TermIndex(new) as opened:
        assert opened.status("MONDO:0000007") == "replaced"
    with Diff(old, new) as diff:
        assert list(diff.gone()) == [Withdrawn("MONDO:0000007", "dropped", ("MONDO:0000009",))]


def test_a_file_that_is_no_index_is_refused(tmp_path: Path, two: tuple[Path, Path]) -> None:
    with pytest.raises(TermsError, match="no term index"):
        Diff(tmp_path / "none.sqlite", two[1])
    (tmp_path / "x").write_text("x")
    with pytest.raises(TermsError, match="not a term index"):
        Diff(two[0], tmp_path / "x")


IDS = st.integers(1, 8)
RELEASE = st.dictionaries(
    IDS, st.tuples(st.sampled_from(["a", "b"]), st.booleans(), st.sets(IDS, max_size=2)), min_size=1, max_size=8
)


def obo(terms: dict[int, tuple[str, bool, set[int]]]) -> str:
    text = HEAD.format("x")
    for number, (name, obsolete, parents) in sorted(terms.items()):
        text += f"\n[Term]\nid: MONDO:{number:07}\nname: {name}{number}\n"
        text += "is_obsolete: true\n" if obsolete else "".join(f"is_a: MONDO:{p:07}\n" for p in sorted(parents))
    return text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=RELEASE, new=RELEASE)
def test_the_changes_balance_and_are_those_of_plain_sets(
    tmp_path_factory: pytest.TempPathFactory, old: dict[int, tuple[str, bool, set[int]]],
    new: dict[int, tuple[str, bool, set[int]]],
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("diff")
    paths = [index(folder, name, mondo_obo=obo(terms)) for name, terms in (("old", old), ("new", new))]
    before, after = ({n for n, term in terms.items() if not term[1]} for terms in (old, new))

    def numbers(found: object) -> set[int]:
        return {int(term.curie.partition(":")[2]) for term in found}  # type: ignore[attr-defined]

    with Diff(paths[0], paths[1]) as diff:
        for part in diff.parts():
            assert (part.old, part.new) == (len(before), len(after))
            if not part.absent:
                assert part.old + part.added + part.revived - part.gone - part.obsoleted == part.new
        if before and after:
            assert numbers(diff.added()) == after - old.keys()
            assert numbers(diff.revived()) == (after & old.keys()) - before
            assert numbers(diff.gone()) == before - new.keys()
            assert numbers(diff.obsoleted()) == (before & new.keys()) - after
            assert numbers(diff.renamed()) == {n for n in before & after if old[n][0] != new[n][0]}

    def parents(terms: dict[int, tuple[str, bool, set[int]]], number: int) -> set[int]:
        return {p for p in terms[number][2] if p in terms and p != number}

    placed = all(any(parents(terms, n) for n in current) for terms, current in ((old, before), (new, after)))
    with Diff(paths[0], paths[1]) as diff:
        moved = {n for n in before & after if parents(old, n) != parents(new, n)}
        assert numbers(diff.reparented()) == (moved if placed else set())


def test_two_years_of_mesh_labels(tmp_path: Path) -> None:
    descriptors = full_data("mesh", "desc2025.xml.gz")
    labels = full_data("mesh", "invenio_mesh_lite_2026_subjects_mesh.csv.gz")
    old = compile_index(gather([descriptors]).sources, tmp_path / "old.sqlite").path
    new = compile_index(gather([f"labels={labels}"]).sources, tmp_path / "new.sqlite", Options(previous=[old])).path
    with Diff(old, new) as diff:
        (part,) = diff.parts()
        assert (part.added, part.gone, part.renamed) == (362, 594, 62)
        assert (part.old, part.new, part.hierarchy_absent) == (30_764, 30_532, "new")
        assert (part.old_version, part.new_version) == ("2025", "2026")
        assert Renamed("MESH:D000024", "Abortion, Criminal", "Abortion, Illegal") in set(diff.renamed())
