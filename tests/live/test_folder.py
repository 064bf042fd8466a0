"""The folder stays sound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import CasegraphError, InputError
from kg.live.folder import MANIFEST, FetchFolder, open_folder

KIND = {"service": "pubtator", "form": "biocjson", "full": False}


def filled(path: Path) -> None:
    with open_folder(path, KIND) as folder:
        folder.write("pmid-1-2-0123abcd.json", b"{}", ["PMID:1", "PMID:2"])
        folder.miss("PMID:3", "not-found", "unknown")


def test_it_is_there_again(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_folder(tmp_path, KIND) as folder:
        assert folder.documents == dict.fromkeys(["PMID:1", "PMID:2"], "pmid-1-2-0123abcd.json")
        assert folder.is_settled("PMID:3")
        assert folder.strays() == []
    assert not list(tmp_path.glob("*.part"))


def test_a_file_that_is_gone_or_cut_is_forgotten(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "pmid-1-2-0123abcd.json").write_bytes(b"{")
    with open_folder(tmp_path, KIND) as folder:
        assert folder.documents == {}
    (tmp_path / "pmid-1-2-0123abcd.json").unlink()
    with open_folder(tmp_path, KIND) as folder:
        assert not folder.is_settled("PMID:1")


@pytest.mark.parametrize("change", [{"service": "europepmc"}, {"form": "biocxml"}, {"full": True}])
def test_one_kind_a_folder(tmp_path: Path, change: dict[str, object]) -> None:
    filled(tmp_path)
    before = (tmp_path / MANIFEST).read_bytes()
    with pytest.raises(InputError, match="another folder"), open_folder(tmp_path, {**KIND, **change}):
        pass
    assert (tmp_path / MANIFEST).read_bytes() == before


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"version": 1', '{"version": 1, "service": "pubtator"}',
                                  '{"version": 1, "service": "pubtator", "form": "biocjson", "full": false, '
                                  '"searches": {"a": {"z": 1}}, "missing": {}, "files": {}, "articles": {}}'])  # fmt: skip
def test_a_damaged_manifest_is_told_and_left(tmp_path: Path, text: str) -> None:
    filled(tmp_path)
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(InputError, match="damaged"), open_folder(tmp_path, KIND):
        pass
    assert (tmp_path / MANIFEST).read_text() == text


def test_a_folder_of_something_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"), open_folder(tmp_path, KIND):
        pass
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith(".")) == ["thesis.txt"]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(InputError, match="cannot be used"), open_folder(tmp_path / "x", KIND):
        pass


def test_two_at_once(tmp_path: Path) -> None:
    with (
        open_folder(tmp_path, KIND),
        pytest.raises(CasegraphError, match="another fetch"),
        open_folder(tmp_path, KIND),
    ):
        pass


def test_saved_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), open_folder(tmp_path, KIND) as folder:
        folder.write("pmid-1-2-0123abcd.json", b"{}", ["PMID:1"])
        raise KeyboardInterrupt
    with open_folder(tmp_path, KIND) as folder:
        assert list(folder.documents) == ["PMID:1"]


def test_a_document_that_moves_is_in_one_file(tmp_path: Path) -> None:
    with open_folder(tmp_path, KIND) as folder:
        folder.write("a", b"1", ["PMID:1", "PMID:2"])
        folder.write("b", b"2", ["PMID:2"])
        folder.write("a", b"3", ["PMID:1"])
        assert folder.documents == {"PMID:1": "a", "PMID:2": "b"}
        folder.remove("b")
        assert folder.documents == {"PMID:1": "a"}
        assert not (tmp_path / "b").exists()


def test_a_large_manifest_is_not_saved_each_time(tmp_path: Path) -> None:
    ticks = iter(range(10_000))
    folder = FetchFolder(tmp_path, KIND, clock=lambda: float(next(ticks)))
    saved = 0
    for number in range(100):
        (tmp_path / MANIFEST).unlink(missing_ok=True)
        folder.miss(f"PMID:{number}", "busy", "x")
        folder.save()
        saved += (tmp_path / MANIFEST).exists()
    assert 3 <= saved <= 10
    folder.save(now=True)
    assert len(json.loads((tmp_path / MANIFEST).read_text())["missing"]) == 100
