"""The bundled slices and their cached index."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.model import CHEMICAL, DISEASE
from kg.resources import cache_folder, data_folder
from kg.terms.bundled import default_index
from kg.terms.choices import read_choice
from kg.terms.index import TermIndex
from kg.terms.sources import read_sources


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TermIndex]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEGRAPH_CACHE", str(tmp_path_factory.mktemp("cache")))
        with default_index() as opened:
            yield opened


def test_everything_in_the_slices_is_sound(index: TermIndex) -> None:
    # MeSH itself puts Strabismus and Ocular Motility Disorders above each other; nothing else is wrong.
    assert [(p.code, p.value) for p in index.problems()] == [("cycle", "MESH:D013285"), ("cycle", "MESH:D015835")]


def test_the_seeds_chain(index: TermIndex) -> None:
    assert index.label("MONDO:0002623") == "pediatric osteosarcoma"
    assert index.label("MONDO:0009807") == "osteosarcoma"
    assert index.is_ancestor("MONDO:0009807", "MONDO:0002623")
    exact = [(m.subject_id, m.predicate_id, m.object_id) for m in index.mappings("MONDO:0009807")]
    assert exact == [("MONDO:0009807", "skos:exactMatch", "MESH:D012516")]
    (drug,) = index.mappings("PUBCHEM.COMPOUND:25017411")
    assert (drug.predicate_id, drug.object_id, drug.mapping_source) == (
        "skos:exactMatch", "MESH:C000625192", "pubchem:CID-MeSH",
    )  # fmt: skip
    assert [hit.curie for hit in index.lookup("Anlotinib")] == ["MESH:C000625192", "PUBCHEM.COMPOUND:25017411"]


def test_the_cancer_branch_is_whole(index: TermIndex) -> None:
    assert len(index.descendants("MONDO:0004992")) == 2_271
    assert "MONDO:0000001" in index.ancestors("MONDO:0002623")


def test_every_chosen_name_is_found(index: TermIndex) -> None:
    choice = read_choice(data_folder("ontologies") / "slice.toml")
    assert len(choice.conditions) > 400
    assert len(choice.drugs) > 500
    for names, category in ((choice.conditions, DISEASE), (choice.drugs, CHEMICAL)):
        missing = [n for n in names if category not in {hit.category for hit in index.lookup(n)}]
        assert missing == []
    for curie, names in choice.further_names:
        for name in names:
            assert curie in {hit.curie for hit in index.lookup(name)}


def test_mappings_join_what_the_slices_hold(index: TermIndex) -> None:
    pairs = index._db.execute("SELECT subject_id, object_id FROM mappings").fetchall()
    assert len(pairs) > 1_500
    assert all(subject in index and target in index for subject, target in pairs)


def test_obsolete_terms_lead_to_current_ones(index: TermIndex) -> None:
    obsolete = [row[0] for row in index._db.execute("SELECT curie FROM terms WHERE status <> 'current'")]
    resolved = {curie: index.resolve(curie) for curie in obsolete}
    assert sum(bool(found) for found in resolved.values()) > 100
    assert sum(not found for found in resolved.values()) >= 12
    for found in resolved.values():
        assert all(index.resolve(curie) == (curie,) for curie in found)


def test_the_sources_are_credited() -> None:
    for source in read_sources(data_folder("ontologies")):
        assert source.owner and source.licence and source.version and source.title and source.covers
        assert source.complete is False
        assert source.url.startswith("https://")
        assert all(file.url.startswith(("https://", "http://purl.obolibrary.org/")) for file in source.files)


def test_the_slices_are_small_and_hold_no_definitions() -> None:
    folder = data_folder("ontologies")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 4_200_000
    assert "\ndef:" not in (folder / "mondo.obo").read_text(encoding="utf-8")
    for name in ("mesh-desc.xml", "mesh-supp.xml"):
        assert "Note>" not in (folder / name).read_text(encoding="utf-8")


def test_a_second_call_opens_the_same_file(index: TermIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEGRAPH_CACHE", str(index.path.parent))
    stamp = index.path.stat().st_mtime_ns
    with default_index() as again:
        assert again.path == index.path
        assert again.fingerprint == index.fingerprint
    assert index.path.stat().st_mtime_ns == stamp
    assert [path.name for path in index.path.parent.iterdir()] == [index.path.name]


def test_a_damaged_cache_is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: TermIndex) -> None:
    monkeypatch.setenv("CASEGRAPH_CACHE", str(tmp_path))
    (tmp_path / index.path.name).write_bytes(b"cut short")
    with default_index() as again:
        assert again.path == tmp_path / index.path.name
        assert again.label("MONDO:0009807") == "osteosarcoma"


def test_a_cache_that_cannot_be_written_gives_way_to_a_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("CASEGRAPH_CACHE", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with default_index() as index:
        assert index.path.is_relative_to(tmp_path)
        assert index.label("MONDO:0009807") == "osteosarcoma"


def test_two_processes_may_compile_at_the_same_time(tmp_path: Path) -> None:
    code = "from kg.terms.bundled import default_index\nprint(default_index().label('MONDO:0009807'))"
    env = {"CASEGRAPH_CACHE": str(tmp_path), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [process.communicate()[0] for process in running] == ["osteosarcoma\n"] * 2
    assert [process.returncode for process in running] == [0, 0]
    assert [path.suffix for path in tmp_path.iterdir()] == [".sqlite"]


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CASEGRAPH_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == tmp_path / ".cache" / "casegraph"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache" / "casegraph"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "casegraph"
    monkeypatch.setenv("CASEGRAPH_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
