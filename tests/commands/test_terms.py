"""`kg terms` as a user meets it: real processes, exit codes, messages."""

from __future__ import annotations

import gzip
import json
import os
from datetime import date
from pathlib import Path

import pytest

from kg.commands.terms import release_date, version_name
from kg.terms.kinds import gather
from tests.commands.test_commands import kg
from tests.pages import SEED
from tests.terms.build import FILES, write
from tests.terms.full_data import full_data

LOOSE = ("mondo.obo", "desc.xml", "supp.xml", "CID-Title", "CID-MeSH", "pairs.sssom.tsv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("terms") / "files")


@pytest.fixture(scope="module")
def index(folder: Path) -> Path:
    made = folder.parent / "index.sqlite"
    kg("terms", "compile", folder, "-o", made)
    return made


# -- compile -------------------------------------------------------------------------------------------------------


def test_compile_tells_what_it_took(folder: Path, tmp_path: Path) -> None:
    files = [folder / name for name in LOOSE]
    done = kg("terms", "compile", *files, "-o", tmp_path / "a.sqlite")
    assert done.stderr == "", "nothing but the report where no terminal watches"
    for words in ("mesh-descriptors", "pubchem-titles", "2026-01-01", f"kg build PAGES -o GRAPH --terms {tmp_path}"):
        assert words in done.stdout
    told = json.loads(kg("terms", "compile", *reversed(files), "-o", tmp_path / "b.sqlite", "--json").stdout)
    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()
    assert {account["kind"] for account in told["files"]} == {
        "obo", "mesh-descriptors", "mesh-supplementary", "pubchem-titles", "pubchem-mesh", "sssom",
    }  # fmt: skip
    for account in told["files"]:
        assert account["records"] == account["kept"] + sum(account["set_aside"].values())
    assert {source["source"]: source["version"] for source in told["sources"]}["mondo"] == "releases/2026-01-01"
    assert sum(told["problem_counts"].values()) == len(told["problems"]) > 0
    assert told["damaged"] == []


def test_compile_shows_problems_and_where_the_rest_is(folder: Path, tmp_path: Path) -> None:
    bad = "".join(f"\n[Term]\nid: MONDO:{n:07}\nname: n{n}\nis_a: MONDO:9999999\n" for n in range(100, 110))
    (tmp_path / "mondo.obo").write_text(FILES["mondo.obo"] + bad, encoding="utf-8")
    made = tmp_path / "index.sqlite"
    text = kg("terms", "compile", tmp_path / "mondo.obo", "-o", made).stdout
    assert "dangling-parent: 10" in text
    assert text.count("MONDO:9999999") == 3
    assert f"kg terms problems --terms {made} --code CODE" in text
    assert kg("terms", "problems", "--terms", made).stdout.count("MONDO:9999999") == 3
    everything = kg("terms", "problems", "--terms", made, "--code", "dangling-parent")
    assert everything.stdout.count("MONDO:9999999") == 10
    rows = json.loads(kg("terms", "problems", "--terms", made, "--json").stdout)
    assert {row["code"] for row in rows} == {"dangling-parent"}
    assert "did you mean" in kg("terms", "problems", "--terms", made, "--code", "dangling-parnet", code=2).stderr


def test_a_damaged_file_gives_what_is_sound_and_exits_with_1(folder: Path, tmp_path: Path) -> None:
    whole = gzip.compress((FILES["mondo.obo"] * 1).encode() + os.urandom(100_000).hex().encode())
    (tmp_path / "mondo.obo.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "page.obo").write_text("<!DOCTYPE html><html><body>404</body></html>", encoding="utf-8")
    made = tmp_path / "index.sqlite"
    done = kg("terms", "compile", tmp_path / "mondo.obo.gz", tmp_path / "page.obo", "-o", made, code=1)
    last = done.stderr.strip().splitlines()[-1]
    assert "mondo.obo.gz" in last and "page.obo" in last and "etch them again" in last
    assert "HTML" in done.stdout
    assert "osteosarcoma" in kg("terms", "show", "MONDO:0000011", "--terms", made).stdout


def test_nothing_readable_makes_no_index(tmp_path: Path) -> None:
    (tmp_path / "page.obo").write_text("<!DOCTYPE html><html><body>404</body></html>", encoding="utf-8")
    done = kg("terms", "compile", tmp_path / "page.obo", "-o", tmp_path / "i.sqlite", code=1)
    assert "HTML page" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["page.obo"]


def test_wrong_calls_of_compile(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "i.sqlite"
    assert "there is no file" in kg("terms", "compile", tmp_path / "none.obo", "-o", out, code=2).stderr
    assert "Missing argument" in kg("terms", "compile", "-o", out, code=2).stderr
    assert "did you mean obo" in kg("terms", "compile", f"oboe={folder / 'mondo.obo'}", "-o", out, code=2).stderr
    assert "no PubChem compound" in kg(
        "terms", "compile", folder, "-o", out, "--compounds", "MESH:D000001", code=2
    ).stderr  # fmt: skip
    assert not out.exists()
    assert "Did you mean compile?" in kg("terms", "comple", code=2).stderr


def test_the_user_names_compounds(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "CID-Title").write_text("1\tAnlotinib\n2\tacid\n7\tunheard\n8\tof\n", encoding="utf-8")
    (tmp_path / "CID-MeSH").write_text("1\tanlotinib\n", encoding="utf-8")
    (tmp_path / "cids.txt").write_text("7\nCID8\n", encoding="utf-8")
    files = [tmp_path / "CID-Title", tmp_path / "CID-MeSH", folder / "desc.xml", folder / "supp.xml"]

    def compounds(*words: object) -> int:
        told = json.loads(kg("terms", "compile", *files, "-o", tmp_path / "i.sqlite", "--json", *words).stdout)
        return next(source["terms"] for source in told["sources"] if source["source"] == "pubchem")

    assert compounds() == 1
    assert compounds("--compounds", "7") == 2
    assert compounds("--compounds", tmp_path / "cids.txt") == 3
    assert compounds("--all-compounds") == 4


def test_identifiers_of_an_earlier_release_fall_forward(folder: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    kg("terms", "compile", folder / "desc.xml", folder / "supp.xml", "-o", old)
    (tmp_path / "desc.xml").write_text(FILES["desc.xml"], encoding="utf-8")
    (tmp_path / "supp.xml").write_text(FILES["supp.xml"].replace("C000001", "C000009"), encoding="utf-8")
    kg("terms", "compile", tmp_path / "desc.xml", tmp_path / "supp.xml", "--previous", old, "-o", new)
    text = kg("terms", "show", "MESH:C000001", "--terms", new).stdout
    assert "MESH:C000001 was replaced by MESH:C000009" in text
    told = json.loads(kg("terms", "show", "MESH:C000001", "--terms", new, "--json").stdout)
    assert (told["status"], told["stands_for"][0]["curie"]) == ("replaced", "MESH:C000009")
    assert told["steps"][0]["basis"] == "name"
    (hit,) = json.loads(kg("terms", "search", "anlotinib", "--terms", new, "--json", "--limit", "1").stdout)
    assert (hit["curie"], hit["status"]) == ("MESH:C000009", "current")
    table = kg("terms", "search", "anlotinib", "--terms", new).stdout
    assert "replaced" in table and table.index("MESH:C000009") < table.index("MESH:C000001")


# -- show and search -----------------------------------------------------------------------------------------------


def test_show_has_the_source_of_every_mapping() -> None:
    for curie, other in (("MONDO:0009807", "MESH:D012516"), ("MESH:C000625192", "PUBCHEM.COMPOUND:25017411")):
        told = json.loads(kg("terms", "show", curie, "--json").stdout)
        row = next(row for row in told["mappings"] if row["other_id"] == other)
        assert row["mapping_source"] and row["other_label"]
        assert {"mapping_set_version", "record", "predicate_id", "mapping_justification"} <= row.keys()
        file, _, line = row["record"].rpartition(":")
        assert file and int(line) > 0
        text = kg("terms", "show", curie).stdout
        assert other in text and row["mapping_source"] in text and row["record"] in text


def test_show_draws_the_ancestors_from_the_top() -> None:
    lines = kg("terms", "show", "mesh:d012516").stdout.partition("Place in the hierarchy")[2].splitlines()
    depth = {line.split()[0]: len(line) - len(line.lstrip()) for line in reversed(lines) if line.strip()}
    assert depth["MESH:D009369"] == 2
    assert depth["MESH:D012509"] < depth["MESH:D012516"]
    told = json.loads(kg("terms", "show", "MESH:D012516", "--json").stdout)
    assert {term["curie"] for term in told["ancestors"]} == depth.keys() - {"MESH:D012516"}
    assert all(set(term["parents"]) <= depth.keys() for term in told["ancestors"])


def test_show_survives_a_cycle(tmp_path: Path) -> None:
    ring = "".join(f"\n[Term]\nid: MONDO:000000{n}\nname: n{n}\nis_a: MONDO:000000{n % 3 + 1}\n" for n in (1, 2, 3))
    (tmp_path / "mondo.obo").write_text("ontology: mondo\n" + ring, encoding="utf-8")
    kg("terms", "compile", tmp_path / "mondo.obo", "-o", tmp_path / "i.sqlite")
    text = kg("terms", "show", "MONDO:0000002", "--terms", tmp_path / "i.sqlite").stdout
    assert all(f"MONDO:000000{n}  n{n}" in text for n in (1, 2, 3))


def test_a_deep_hierarchy_is_shown(tmp_path: Path) -> None:
    chain = "".join(f"\n[Term]\nid: MONDO:{n:07}\nname: n{n}\nis_a: MONDO:{n - 1:07}\n" for n in range(2, 1500))
    (tmp_path / "mondo.obo").write_text(f"ontology: mondo\n\n[Term]\nid: MONDO:0000001\nname: n1\n{chain}", "utf-8")
    kg("terms", "compile", tmp_path / "mondo.obo", "-o", tmp_path / "i.sqlite")
    assert "MONDO:0000700  n700" in kg("terms", "show", "MONDO:0001499", "--terms", tmp_path / "i.sqlite").stdout


def test_show_takes_any_spelling_and_names(index: Path) -> None:
    for spelling in ("MONDO:0000011", "mondo_0000011", "https://purl.obolibrary.org/obo/MONDO_0000011"):
        assert kg("terms", "show", spelling, "--terms", index).stdout.startswith("MONDO:0000011  osteosarcoma")
    assert kg("terms", "show", "bone cancer", "--terms", index).stdout.startswith("MONDO:0000010")
    several = kg("terms", "show", "Osteosarcoma", "--terms", index, code=2)
    assert "MONDO:0000011" in several.stdout and "MESH:D000001" in several.stdout
    assert "name one of them" in several.stderr


def test_what_is_not_there_gets_close_matches_and_a_next_step(index: Path) -> None:
    assert "did you mean MONDO:0000011" in kg("terms", "show", "MONDO:0000101", "--terms", index, code=2).stderr
    assert "kg terms compile FILE" in kg("terms", "show", "MONDO:7654321", "--terms", index, code=2).stderr
    assert "no source of the index" in kg("terms", "show", "HP:0000001", "--terms", index, code=2).stderr
    assert "did you mean" in kg("terms", "show", "osteosarcmoa", "--terms", index, code=2).stderr
    assert "did you mean" in kg("terms", "search", "osteosarcmoa", "--terms", index, code=2).stderr
    assert "there is no term index" in kg("terms", "show", "x", "--terms", index.parent / "none", code=2).stderr


def test_an_obsolete_term_names_its_successors(index: Path) -> None:
    text = kg("terms", "show", "MONDO:0000020", "--terms", index).stdout
    assert "obsolete" in text and "MONDO:0000020 was replaced by MONDO:0000021" in text
    assert "stands for: MONDO:0000011  osteosarcoma" in text


def test_search_is_narrowed_by_prefix_and_category(index: Path) -> None:
    def found(*words: object) -> list[str]:
        return [hit["curie"] for hit in json.loads(kg("terms", "search", *words, "--terms", index, "--json").stdout)]

    assert found("osteosarcoma") == ["MESH:D000001", "MONDO:0000011", "MONDO:0000021"], "the withdrawn one last"
    assert found("osteosarcoma", "--prefix", "mondo") == ["MONDO:0000011", "MONDO:0000021"]
    assert found("a", "--category", "chemical", "--prefix", "mesh") == ["MESH:C000003", "MESH:D000003", "MESH:C000001"]
    assert "known: MESH" in kg("terms", "search", "a", "--prefix", "HP", "--terms", index, code=2).stderr
    assert "with this --prefix" in kg(
        "terms", "search", "osteosarcoma", "--category", "chemical", "--terms", index, code=2
    ).stderr  # fmt: skip


# -- status --------------------------------------------------------------------------------------------------------


def test_status_shows_releases_ages_and_files(index: Path) -> None:
    told = json.loads(kg("terms", "status", "--terms", index, "--json").stdout)
    releases = {release["source"]: release for release in told["releases"]}
    assert releases["mondo"]["date"] == "2026-01-01"
    assert releases["mondo"]["age_days"] == (date.today() - date(2026, 1, 1)).days
    assert releases["mesh"]["date"] == "2025-01-01"
    assert releases["pubchem"]["age_days"] is None
    assert [file["kind"] for file in releases["mesh"]["files"]] == ["mesh-descriptors", "mesh-supplementary"]
    text = kg("terms", "status", "--terms", index).stdout
    assert "2026-01-01" in text and "slice" in text and "mesh-supplementary" in text


def test_dates_of_versions() -> None:
    assert release_date("http://purl.obolibrary.org/obo/mondo/releases/2026-08-04/x.tsv") == date(2026, 8, 4)
    assert release_date("2025") == date(2025, 1, 1)
    assert [release_date(version) for version in ("", "undated", "2026-13-40", "0000", "12345")] == [None] * 5
    assert [version_name(v) for v in ("releases/2026-05-05", "a/b/", "")] == ["2026-05-05", "b", ""]


# -- diff ----------------------------------------------------------------------------------------------------------


def test_diff_of_files_and_indexes(folder: Path, index: Path, tmp_path: Path) -> None:
    obo = FILES["mondo.obo"].replace("name: bone cancer", "name: cancer of bone").replace("2026-01-01", "2026-02-02")
    (tmp_path / "mondo.obo").write_text(obo, encoding="utf-8")
    words = ("terms", "diff", folder / "mondo.obo", tmp_path / "mondo.obo")
    text = kg(*words).stdout
    assert "MONDO:0000010  bone cancer -> cancer of bone" in text and "2026-02-02" in text
    kg(*words, "--exit-code", code=1)
    told = json.loads(kg(*words, "--json").stdout)
    assert told["renamed"] == [{"curie": "MONDO:0000010", "before": "bone cancer", "after": "cancer of bone"}]
    assert told["added"] == told["gone"] == told["reparented"] == []
    kg("terms", "diff", index, index, "--exit-code")
    assert "Nothing" in kg("terms", "diff", index, index).stdout
    absent = kg("terms", "diff", index, tmp_path / "mondo.obo").stdout
    assert "MESH descriptors: absent from the new release" in absent and "Gone" not in absent
    assert "known: MONDO" in kg(*words, "--prefix", "NOPE", code=2).stderr


def test_diff_lists_as_much_as_is_asked_for(tmp_path: Path) -> None:
    def obo(name: str, numbers: range) -> Path:
        terms = "".join(f"\n[Term]\nid: MONDO:{n:07}\nname: n{n}\n" for n in numbers)
        (tmp_path / name).mkdir()
        (tmp_path / name / "mondo.obo").write_text("ontology: mondo\n" + terms, encoding="utf-8")
        return tmp_path / name / "mondo.obo"

    words = ("terms", "diff", obo("old", range(1, 3)), obo("new", range(1, 33)))
    assert "New (30)" in kg(*words).stdout
    assert "... and 20 more; all of them: --limit 0" in kg(*words).stdout
    assert "more" not in kg(*words, "--limit", "0").stdout
    assert len(json.loads(kg(*words, "--json").stdout)["added"]) == 30
    assert len(json.loads(kg(*words, "--json", "--limit", "4").stdout)["added"]) == 4


def test_diff_refuses_what_is_damaged(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "page.obo").write_text("<html></html>", encoding="utf-8")
    assert "HTML" in kg("terms", "diff", folder / "mondo.obo", tmp_path / "page.obo", code=1).stderr
    (tmp_path / "cut.obo.gz").write_bytes(gzip.compress(FILES["mondo.obo"].encode())[:-20])
    assert "damaged" in kg("terms", "diff", folder / "mondo.obo", tmp_path / "cut.obo.gz", code=1).stderr


def test_two_years_of_mesh() -> None:
    descriptors = full_data("mesh", "desc2025.xml.gz")
    labels = full_data("mesh", "invenio_mesh_lite_2026_subjects_mesh.csv.gz")
    told = json.loads(kg("terms", "diff", descriptors, labels, "--json").stdout)
    assert [len(told[kind]) for kind in ("added", "gone", "renamed")] == [362, 594, 62]


# -- slice and export ----------------------------------------------------------------------------------------------


def test_slice_for_pages_lists_and_from_an_index(index: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("anlotinib\nMONDO:0000011\nnobody knows\n", encoding="utf-8")
    done = kg("terms", "slice", "--for", tmp_path / "list.txt", "--terms", index, "-o", tmp_path / "a")
    assert "1 of the names and identifiers are not in the releases: nobody knows" in done.stderr
    assert f"kg terms compile {tmp_path / 'a'} -o INDEX" in done.stdout
    kg("terms", "slice", "--for", tmp_path / "list.txt", folder, "-o", tmp_path / "b")
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert "sources.toml" in files and "mondo.obo" in files
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    kg("terms", "compile", tmp_path / "a", "-o", tmp_path / "small.sqlite")
    assert "MESH:C000001" in kg("terms", "search", "anlotinib", "--terms", tmp_path / "small.sqlite").stdout
    assert "--terms" in kg("terms", "slice", "-o", tmp_path / "c", code=2).stderr
    told = json.loads(
        kg("terms", "slice", "--for", tmp_path / "list.txt", "--terms", index, "-o", tmp_path / "d", "--json").stdout
    )
    assert told["unknown"] == ["nobody knows"]


def test_the_slice_of_the_seed_page_builds_its_graph(tmp_path: Path) -> None:
    bundled = gather([SEED.parents[1] / "ontologies"])
    assert bundled.refused == ()
    kg("terms", "slice", "--for", SEED.parent, SEED.parents[1] / "ontologies", "-o", tmp_path / "slice")
    kg("terms", "compile", tmp_path / "slice", "-o", tmp_path / "i.sqlite")
    kg("build", SEED, "-o", tmp_path / "g", "--terms", tmp_path / "i.sqlite")
    assert "MONDO:0009807" in kg("why", tmp_path / "g", "anlotinib", "osteosarcoma").stdout


def test_export_writes_an_ontology(index: Path, tmp_path: Path) -> None:
    text = kg("terms", "export", "--prefix", "mondo", "--terms", index).stdout
    assert text.startswith("format-version: 1.4\n") and "alt_id: MONDO:0000099" in text
    for kind in ("obo", "json"):
        file = tmp_path / f"mondo.{kind}"
        kg("terms", "export", "--prefix", "MONDO", "--format", kind, "-o", file, "--terms", index)
        kg("terms", "compile", file, "-o", tmp_path / "again.sqlite")
    assert "known: MESH" in kg("terms", "export", "--prefix", "HP", "--terms", index, code=2).stderr
    nowhere = tmp_path / "no" / "such.obo"
    assert (
        "cannot be written" in kg("terms", "export", "--prefix", "mesh", "-o", nowhere, "--terms", index, code=1).stderr
    )


def test_completion_knows_the_commands(index: Path) -> None:
    del index
    from click.testing import CliRunner

    from kg.commands import cli

    env = {"COMP_WORDS": "kg terms ", "COMP_CWORD": "2", "_KG_COMPLETE": "bash_complete"}
    done = CliRunner().invoke(cli, [], prog_name="kg", env=env)
    assert {"plain,compile", "plain,diff", "plain,slice", "plain,fetch"} <= set(done.output.split())
