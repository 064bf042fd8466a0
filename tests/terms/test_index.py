"""The index: look-up order, hierarchy, successors, refusals; nothing here is written to."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, Name
from kg.terms.index import TermIndex
from kg.terms.keys import Hit
from kg.terms.names import normalize_name
from tests.terms.build import FILES, compiled


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TermIndex]:
    opened, _ = compiled(tmp_path_factory.mktemp("index"))
    with opened:
        yield opened


def test_a_term_comes_back_whole(index: TermIndex) -> None:
    term = index.term("MONDO:0000011")
    assert term is not None
    assert (term.label, term.category, term.source) == ("osteosarcoma", DISEASE, "mondo")
    assert term.names == (Name("osteosarcoma", "label"), Name("osteo-sarcoma", "exact"))
    assert term.parents == index.parents("MONDO:0000011") == ("MONDO:0000010",)
    record = index.term("MESH:C000001")
    assert record is not None
    assert (record.category, record.mapped_to) == (CHEMICAL, ("MESH:D000002",))
    assert index.term("MESH:D000001") is index.term("MESH:D000001")
    assert index.term("MONDO:9999999") is index.label("MONDO:9999999") is None
    assert "MONDO:0000011" in index
    assert "MONDO:9999999" not in index
    assert len(index) == 18


def test_lookup_orders_label_before_synonym_and_current_before_obsolete(index: TermIndex) -> None:
    assert [(h.curie, h.scope, h.exact, h.obsolete) for h in index.lookup("OSTEOSARCOMA")] == [
        ("MESH:D000001", "label", True, False),
        ("MONDO:0000011", "label", True, False),
        ("MONDO:0000021", "label", False, True),
    ]
    assert index.lookup("Osteo–Sarcoma") == (
        Hit("MONDO:0000011", "osteosarcoma", "osteo-sarcoma", "exact", DISEASE, False),
        Hit("MONDO:0000010", "bone cancer", "Osteo Sarcoma", "related", DISEASE, False),
    )


def test_lookup_by_prefix(index: TermIndex) -> None:
    assert [hit.curie for hit in index.lookup("osteosarcoma", prefixes={"MESH"})] == ["MESH:D000001"]
    assert index.lookup("osteosarcoma", prefixes=()) == ()
    assert index.lookup("") == index.lookup(" - ") == index.lookup("nothing of the kind") == ()


def test_every_name_is_found_by_itself(index: TermIndex) -> None:
    pairs = list(index.names())
    assert len(pairs) == 16
    assert [key for key, _ in pairs] == sorted(key for key, _ in pairs)
    for key, hit in pairs:
        assert key == normalize_name(hit.name)
        assert hit.curie in {found.curie for found in index.lookup(hit.name)}
    assert {hit.scope for _, hit in index.names(prefixes={"MONDO"}, scopes={"exact"})} == {"exact"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_no_text_breaks_a_look_up(index: TermIndex, text: str) -> None:
    for hit in index.lookup(text):
        assert normalize_name(text) in {normalize_name(hit.name), normalize_name(hit.name.removeprefix("obsolete "))}
    index.suggest(text)
    index.names_by_prefix(text)
    assert index.resolve(text) == ()


def test_resolve_follows_successors_and_alternatives(index: TermIndex) -> None:
    assert index.resolve("MONDO:0000011") == ("MONDO:0000011",)
    assert index.resolve("MONDO:0000020") == ("MONDO:0000011",), "two steps"
    assert index.resolve("MONDO:0000099") == ("MONDO:0000011",), "an alternative identifier"
    assert index.resolve("MONDO:0000022") == (), "it names itself as its successor"
    assert index.resolve("MONDO:9999999") == ()


def test_hierarchy(index: TermIndex) -> None:
    assert index.ancestors("MONDO:0000011") == ("MONDO:0000001", "MONDO:0000010")
    assert index.descendants("MONDO:0000001") == ("MONDO:0000010", "MONDO:0000011")
    assert index.is_ancestor("MONDO:0000001", "MONDO:0000011")
    assert not index.is_ancestor("MONDO:0000011", "MONDO:0000001")
    assert not index.is_ancestor("MONDO:0000011", "MONDO:0000011")
    assert index.ancestors("MONDO:9999999") == ()


def test_a_cycle_ends_the_walk(tmp_path: Path) -> None:
    obo = FILES["mondo.obo"].replace("name: disease\n", "name: disease\nis_a: MONDO:0000011\n")
    index, _ = compiled(tmp_path, mondo_obo=obo)
    assert index.ancestors("MONDO:0000011") == ("MONDO:0000001", "MONDO:0000010")
    assert index.descendants("MONDO:0000011") == ("MONDO:0000001", "MONDO:0000010")
    assert index.is_ancestor("MONDO:0000011", "MONDO:0000001")
    assert not index.is_ancestor("MONDO:0000011", "MONDO:0000011")


def test_mappings_touch_either_side(index: TermIndex) -> None:
    assert index.mappings("MONDO:0000011") == index.mappings("MESH:D000001") != ()
    assert index.mappings("MONDO:0000001") == ()


def test_releases(index: TermIndex) -> None:
    assert [release.source for release in index.releases()] == ["mesh", "mondo", "pairs", "pubchem"]
    mondo = index.release("mondo")
    assert mondo is not None
    assert (mondo.owner, mondo.licence, mondo.version) == ("Monarch", "CC-BY-4.0", "releases/2026-01-01")
    assert (mondo.terms, mondo.complete) == (7, False)
    assert index.source_of_prefix("MONDO") == mondo
    assert index.source_of_prefix("DOID") is index.release("none") is None


def test_suggestions_and_completions(index: TermIndex) -> None:
    assert index.suggest("ostosarcoma") == ("Osteosarcoma", "Osteo Sarcoma")
    assert index.suggest("qsteosarcoma", limit=1) == ("Osteosarcoma",), "a wrong first letter"
    assert index.suggest("zzzzzz") == index.suggest("x") == ()
    assert [hit.curie for hit in index.names_by_prefix("Osteos")] == ["MESH:D000001", "MONDO:0000011"]
    assert len(index.names_by_prefix("a", limit=1)) == 1
    assert index.names_by_prefix("") == ()


def test_threads_share_an_index(index: TermIndex) -> None:
    wrong: list[object] = []

    def work() -> None:
        for _ in range(200):
            found = index.ancestors("MONDO:0000011"), index.lookup("anlotinib")[0].curie
            if found != (("MONDO:0000001", "MONDO:0000010"), "MESH:C000001"):
                wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_index_cannot_be_written_to(index: TermIndex) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index._db.execute("DELETE FROM terms")


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TermsError, match="there is no term index"):
        TermIndex(tmp_path / "none")
    junk = tmp_path / "junk"
    junk.write_text("not a database, but long enough to look like one" * 40, encoding="utf-8")
    with pytest.raises(TermsError, match="is not a term index"):
        TermIndex(junk)
    empty = tmp_path / "empty"
    sqlite3.connect(empty).close()
    empty.touch()
    with pytest.raises(TermsError, match="is not a term index"):
        TermIndex(empty)


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path)
    index.close()
    with sqlite3.connect(tmp_path / "index.sqlite") as db:
        db.execute("UPDATE meta SET value = '0' WHERE key = 'compile_version'")
    with pytest.raises(TermsError, match="index version 0"):
        TermIndex(tmp_path / "index.sqlite")


def test_a_place_with_odd_characters_opens(tmp_path: Path) -> None:
    index, _ = compiled(tmp_path / "a?b#c %41 é")
    assert index.label("MONDO:0000011") == "osteosarcoma"
