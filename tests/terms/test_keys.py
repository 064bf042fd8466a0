"""The look-up table: every key is found, whatever its hash; what was packed comes out."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import DISEASE
from kg.terms import keys
from kg.terms.keys import SCOPES, build_keys, find, name_hash, pack, unpack

NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)


def build(names: list[str]) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE terms (id INTEGER PRIMARY KEY, curie TEXT, label TEXT, category TEXT, status TEXT)")
    db.execute("CREATE TABLE staged (hash INTEGER, key TEXT, term INTEGER, ordinal INTEGER, text TEXT, scope TEXT)")
    db.execute("CREATE TABLE keys (hash INTEGER PRIMARY KEY, key TEXT NOT NULL, hits TEXT NOT NULL)")
    for number, name in enumerate(names, start=1):
        db.execute("INSERT INTO terms VALUES (?,?,?,?,'current')", (number, f"MONDO:{number:07d}", name, DISEASE))
        db.execute("INSERT INTO staged VALUES (?,?,?,0,?,'label')", (keys.name_hash(name), name, number, name))
    build_keys(db)
    return db


@given(st.lists(NAMES, unique=True, max_size=30))
def test_every_name_is_found(names: list[str]) -> None:
    db = build(names)
    for number, name in enumerate(names, start=1):
        packed = find(db, name)
        assert packed is not None
        assert [hit.curie for hit in unpack(packed, name.casefold())] == [f"MONDO:{number:07d}"]
    assert find(db, "no such name at all") is None


def test_names_that_share_a_hash_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["a", "b", "c", "bb", "ccc", "d"]
    monkeypatch.setattr(keys, "name_hash", lambda key: len(key) % 3)
    db = build(names)
    for name in names:
        packed = find(db, name)
        assert packed is not None
        assert unpack(packed, name)[0].label == name
    assert find(db, "e") is None
    assert find(db, "eee") is None


@given(st.sampled_from(SCOPES), NAMES, st.booleans())
def test_packing_is_lossless(scope: str, name: str, obsolete: bool) -> None:
    (hit,) = unpack(pack([("MONDO:0000001", "label", name, scope, DISEASE, obsolete)]), name.casefold())
    assert hit == ("MONDO:0000001", "label", name, scope, DISEASE, True, obsolete)


def test_a_hash_fits_an_integer_of_sqlite() -> None:
    assert 0 <= name_hash("x" * 10_000) < 2**48
