"""Identifier time: identifiers of an earlier release fall forward, each step with its basis."""

from __future__ import annotations

from pathlib import Path

from kg.terms.compile import Options, compile_index
from kg.terms.history import Step
from kg.terms.index import TermIndex
from kg.terms.kinds import gather
from tests.terms.full_data import full_data


def descriptor(ui: str, name: str, concept: str, *others: str) -> str:
    concepts = f'<Concept PreferredConceptYN="Y"><ConceptUI>{concept}</ConceptUI><TermList><Term><String>{name}</String></Term>'
    concepts += "".join(f"<Term><String>{other}</String></Term>" for other in others if not other.startswith("M"))
    concepts += "</TermList></Concept>"
    concepts += "".join(
        f'<Concept PreferredConceptYN="N"><ConceptUI>{other}</ConceptUI></Concept>'
        for other in others
        if other.startswith("M")
    )
    return (
        f"<DescriptorRecord><DescriptorUI>{ui}</DescriptorUI><DescriptorName><String>{name}</String></DescriptorName>"
        f"<TreeNumberList><TreeNumber>C{ui[-2:]}</TreeNumber></TreeNumberList><ConceptList>{concepts}</ConceptList></DescriptorRecord>"
    )


def supplementary(ui: str, name: str, concept: str) -> str:
    return (
        f'<SupplementalRecord SCRClass="1"><SupplementalRecordUI>{ui}</SupplementalRecordUI><SupplementalRecordName>'
        f'<String>{name}</String></SupplementalRecordName><ConceptList><Concept PreferredConceptYN="Y"><ConceptUI>{concept}'
        f"</ConceptUI><TermList><Term><String>{name}</String></Term></TermList></Concept></ConceptList></SupplementalRecord>"
    )


OLD = {
    "desc2025.xml": [
        descriptor("D000001", "Stays", "M0000001"),
        descriptor("D000002", "Old Name", "M0000002"),
        descriptor("D000003", "Swallowed by Concept", "M0000003"),
        descriptor("D000004", "Swallowed by Name", "M0000004"),
        descriptor("D000005", "Nowhere", "M0000005"),
        descriptor("D000006", "Torn", "M0000006"),
        descriptor("D000007", "Made Anew", "M0000011"),
        descriptor("D000008", "ABC", "M0000012"),
    ],
    "supp2025.xml": [
        supplementary("C000001", "rises", "M0000007"),
        supplementary("C000002", "falls", "M0000008"),
        supplementary("C000003", "keeps", "M0000009"),
    ],
}
NEW = {
    "desc2026.xml": [
        descriptor("D000001", "Stays", "M0000001", "M0000003", "Swallowed by name", "torn"),
        descriptor("D000002", "New Name", "M0000002"),
        descriptor("D000010", "Risen", "M0000007", "torn"),
        descriptor("D000011", "Made anew", "M0000013"),
        descriptor("D000012", "ABC", "M0000014"),
    ],
    "supp2026.xml": [supplementary("C000003", "keeps", "M0000009"), supplementary("C000009", "other", "M0000008")],
}


def write(folder: Path, files: dict[str, list[str]]) -> list[str]:
    folder.mkdir()
    for name, records in files.items():
        root = "DescriptorRecordSet" if name.startswith("desc") else "SupplementalRecordSet"
        (folder / name).write_text(f"<{root}>{''.join(records)}</{root}>", encoding="utf-8")
    return [str(folder / name) for name in files]


def two_years(tmp_path: Path) -> tuple[TermIndex, TermIndex]:
    old = compile_index(gather(write(tmp_path / "old", OLD)).sources, tmp_path / "old.sqlite")
    options = Options(previous=[old.path])
    new = compile_index(gather(write(tmp_path / "new", NEW)).sources, tmp_path / "new.sqlite", options)
    return TermIndex(old.path), TermIndex(new.path)


def test_identifiers_fall_forward_with_their_basis(tmp_path: Path) -> None:
    _, new = two_years(tmp_path)
    found = {
        curie: (new.status(curie), new.resolve(curie), [(s.step, s.target, s.basis) for s in new.steps(curie)])
        for curie in ("MESH:D000001", "MESH:D000003", "MESH:D000004", "MESH:D000005", "MESH:D000006", "MESH:D000007", "MESH:D000008", "MESH:C000001",
                      "MESH:C000002", "MESH:C000003", "MESH:D999999")
    }  # fmt: skip
    assert found == {
        "MESH:D000001": ("current", ("MESH:D000001",), []),
        "MESH:D000003": ("merged", ("MESH:D000001",), [("merged", "MESH:D000001", "concept")]),
        # A synonym of another term is too weak a ground.
        "MESH:D000004": ("gone", (), [("gone", "", "")]),
        "MESH:D000007": ("replaced", ("MESH:D000011",), [("replaced", "MESH:D000011", "name")]),
        # A short form is born again with another meaning.
        "MESH:D000008": ("gone", (), [("gone", "", "")]),
        "MESH:D000005": ("gone", (), [("gone", "", "")]),
        # Two current terms bear the name: neither is picked.
        "MESH:D000006": ("gone", (), [("gone", "", "")]),
        "MESH:C000001": ("promoted", ("MESH:D000010",), [("promoted", "MESH:D000010", "concept")]),
        "MESH:C000002": ("merged", ("MESH:C000009",), [("merged", "MESH:C000009", "concept")]),
        "MESH:C000003": ("current", ("MESH:C000003",), []),
        "MESH:D999999": ("unknown", (), []),
    }
    assert new.steps("MESH:C000001")[0].sentence() == (
        "MESH:C000001 was promoted to MESH:D000010 between 2025 and 2026: its preferred concept is there now"
    )


def test_a_renamed_term_keeps_its_former_name(tmp_path: Path) -> None:
    _, new = two_years(tmp_path)
    assert new.history("MESH:D000002") == (Step("MESH:D000002", "renamed", "New Name", "", "2025", "2026", "Old Name"),)
    (hit,) = new.lookup("old name")
    assert (hit.curie, hit.scope, hit.obsolete) == ("MESH:D000002", "exact", False)
    assert new.history("MESH:D000001") == ()


def test_a_part_that_the_new_release_does_not_hold_is_not_called_gone(tmp_path: Path) -> None:
    old = compile_index(gather(write(tmp_path / "old", OLD)).sources, tmp_path / "old.sqlite")
    files = write(tmp_path / "new", {"desc2026.xml": NEW["desc2026.xml"]})
    new = compile_index(gather(files).sources, tmp_path / "new.sqlite", Options(previous=[old.path]))
    with TermIndex(new.path) as index:
        assert index.status("MESH:C000003") == "unknown"
        assert index.status("MESH:D000005") == "gone"


def test_history_goes_on_over_three_releases(tmp_path: Path) -> None:
    _, new = two_years(tmp_path)
    newest = {
        "desc2027.xml": [
            descriptor("D000020", "Newest", "M0000007", "M0000001"),
            descriptor("D000002", "New Name", "M0000002"),
        ]
    }
    report = compile_index(
        gather(write(tmp_path / "newest", newest)).sources, tmp_path / "newest.sqlite", Options(previous=[new.path])
    )
    with TermIndex(report.path) as index:
        assert index.resolve("MESH:D000003") == ("MESH:D000020",)
        assert [step.step for step in index.steps("MESH:D000003")] == ["merged", "merged"]
        assert [step.step for step in index.history("MESH:D000002")] == ["renamed"]


def test_the_owners_own_table_comes_first(tmp_path: Path) -> None:
    old = compile_index(gather(write(tmp_path / "old", OLD)).sources, tmp_path / "old.sqlite")
    files = write(tmp_path / "new", NEW)
    table = tmp_path / "replaced.csv"
    table.write_text("old,new\nMESH:D000003,MESH:D000002\n", encoding="utf-8")
    report = compile_index(gather([*files, table]).sources, tmp_path / "new.sqlite", Options(previous=[old.path]))
    with TermIndex(report.path) as index:
        assert [(s.step, s.target, s.basis) for s in index.steps("MESH:D000003")] == [
            ("replaced", "MESH:D000002", "owner")
        ]


def test_rows_of_a_table_of_replacements_are_used_or_told(tmp_path: Path) -> None:
    old = compile_index(gather(write(tmp_path / "old", OLD)).sources, tmp_path / "old.sqlite")
    files = write(tmp_path / "new", NEW)
    table = tmp_path / "replaced.csv"
    table.write_text(
        "old,new\nMESH:D000090,MESH:D000002\nMESH:D000001,MESH:D000002\nMESH:D000091,MESH:D000099\nMONDO:0000001,MESH:D000002\n",
        encoding="utf-8",
    )
    report = compile_index(gather([*files, table]).sources, tmp_path / "new.sqlite", Options(previous=[old.path]))
    found = {(p.code, p.value) for p in report.problems}
    assert {
        ("replaced-but-current", "MESH:D000001"), ("dangling-successor", "MESH:D000099"),
        ("foreign-identifier", "MONDO:0000001"),
    } <= found  # fmt: skip
    with TermIndex(report.path) as index:
        assert index.resolve("MESH:D000090") == ("MESH:D000002",)
        assert index.resolve("MESH:D000001") == ("MESH:D000001",)


def test_the_order_of_earlier_releases_changes_nothing(tmp_path: Path) -> None:
    old, new = two_years(tmp_path)
    newest = write(tmp_path / "newest", {"desc2027.xml": [descriptor("D000020", "Newest", "M0000007", "M0000001")]})
    found = []
    for number, order in enumerate(([old.path, new.path], [new.path, old.path])):
        report = compile_index(gather(newest).sources, tmp_path / f"{number}.sqlite", Options(previous=order))
        found.append(report.path.read_bytes())
    assert found[0] == found[1]
    with TermIndex(tmp_path / "0.sqlite") as index:
        # The release that first missed it says when it went.
        (step,) = index.steps("MESH:D000005")
        assert (step.step, step.old_version, step.new_version) == ("gone", "2025", "2026")


def test_two_years_of_mesh(tmp_path: Path) -> None:
    old = compile_index(gather([full_data("mesh", "desc2025.xml.gz")]).sources, tmp_path / "old.sqlite")
    labels = full_data("mesh", "invenio_mesh_lite_2026_subjects_mesh.csv.gz")
    report = compile_index(gather([labels]).sources, tmp_path / "new.sqlite", Options(previous=[old.path]))
    with TermIndex(old.path) as before, TermIndex(report.path) as index:
        db = index._db
        counts = dict(db.execute("SELECT status, count(*) FROM terms GROUP BY status"))
        renamed = db.execute("SELECT count(*) FROM history WHERE step = 'renamed'").fetchone()[0]
        assert counts["current"] == 30_532
        # 594 are gone; those whose very label another heading has now fall forward by name.
        assert sum(counts.values()) - counts["current"] == 594
        assert renamed == 62
        assert len(before) + 362 - 594 == 30_532
        assert len({c for (c,) in db.execute("SELECT category FROM terms")}) > 1, (
            "categories come from the earlier release"
        )
