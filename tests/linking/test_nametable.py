"""The table of names: no name is overlooked, and what is kept on disk is whole or made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.linking import nametable
from kg.linking.nametable import NameTable, Spelled, build_table, table_of
from kg.linking.namewords import FUNCTION_WORDS
from kg.linking.wordforms import adjectives, alike, british, nouns, plural, singular, spellings
from kg.model import CHEMICAL, DISEASE
from kg.terms.index import TermIndex
from tests.bundled import index as bundled
from tests.linking.recognition_index import index

WORDS = st.text(alphabet="abclmorsuy12", min_size=1, max_size=6)
NAMES = st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=8)


def overlooked(table: NameTable, names: set[str]) -> set[str]:
    spelled = Spelled()
    return {
        name
        for name in names
        for text in [f"a {name} "]
        if 2 not in table.starts(text) or len(text) - 1 not in table.ends(text, 2, spelled)
    }


@given(NAMES, st.sampled_from([DISEASE, CHEMICAL]))
def test_no_name_is_overlooked(names: list[str], category: str) -> None:
    table = build_table([(name, category) for name in names], len(names))
    searched = {
        name for name in names if len(name) > 1 and not {name, singular(name)} & FUNCTION_WORDS and name.isascii()
    }
    assert overlooked(table, searched) == set()


def test_no_name_of_the_bundled_index_is_overlooked() -> None:
    names = {key for key, hit in bundled().names() if hit.category in {DISEASE, CHEMICAL} and key.isascii()}
    searched = {name for name in names if len(name) > 1 and not {name, singular(name)} & FUNCTION_WORDS}
    assert len(searched) > 10_000
    assert overlooked(table_of(bundled()), searched) == set()


FORMS = ["lung cancers", "lung tumour", "anaemia", "anemias", "hypertensive", "venlafaxine", "lung neoplasms"]


def test_no_form_of_a_name_is_overlooked() -> None:
    assert overlooked(table_of(index()), {*FORMS, "renal dysfunction", "nephropathies", "lesch nyhan"}) == set()


def test_what_is_kept_is_whole_or_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEGRAPH_CACHE", str(tmp_path))
    monkeypatch.setattr(nametable, "_WORTH_A_FILE", 0)
    made = table_of(index())
    (kept,) = tmp_path.iterdir()
    data = kept.read_bytes()

    def same(other: NameTable) -> bool:
        return (other.flags, other.beginnings) == (made.flags, made.beginnings)

    # Read, not made: making it would need the names.
    with monkeypatch.context() as patch:
        patch.setattr(TermIndex, "names", None)
        assert same(table_of(index()))
    for damaged in (b"", data[:-1], data[: len(data) // 2], b"x" + data[1:]):
        kept.write_bytes(damaged)
        assert same(table_of(index()))
        assert kept.read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CASEGRAPH_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(nametable, "_WORTH_A_FILE", 0)
    assert 2 in table_of(index()).starts("a lung cancer ")


def test_forms_of_words_lead_back() -> None:
    for noun in ("hypertension", "epilepsy", "schizophrenia", "anemia", "psychosis", "diabetes"):
        assert all(noun in nouns(adjective) for adjective in adjectives(noun))
        assert list(adjectives(noun)) != []
    for word in ("tumor", "neurosis", "palsy", "abscess", "lymphoma"):
        assert singular(plural(word)) == word
    assert "tumor" in alike("cancer")
    assert "anemia" in [name for name, _ in spellings([british("anemia")])]
