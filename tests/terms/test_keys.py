"""The look-up table: every key is found, whatever its hash; what was packed comes out."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import DISEASE
from kg.terms import keys
from kg.terms.keys import SCOPES, Keys, build_keys, pack, unpack

NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)


def build(names: list[str]) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE terms (id INTEGER PRIMARY KEY, curie TEXT, label TEXT, category TEXT, status TEXT)")
    db.execute("CREATE TABLE staged (key TEXT, term INTEGER, ordinal INTEGER, text TEXT, scope TEXT)")
    db.execute("CREATE TABLE keys (key TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID")
    db.execute("CREATE TABLE lookup (id INTEGER PRIMARY KEY, data BLOB)")
    for number, name in enumerate(names, start=1):
        db.execute("INSERT INTO terms VALUES (?,?,?,?,'current')", (number, f"MONDO:{number:07d}", name, DISEASE))
        db.execute("INSERT INTO staged VALUES (?,?,0,?,'label')", (name, number, name))
    build_keys(db)
    return db


@given(st.lists(NAMES, unique=True, max_size=30))
def test_every_name_is_found(names: list[str]) -> None:
    found = Keys(build(names))
    for number, name in enumerate(names, start=1):
        packed = found.find(name.encode())
        assert packed
        assert [hit.curie for hit in unpack(packed, name)] == [f"MONDO:{number:07d}"]
    assert found.find(b"no such name at all") == ""


def test_names_that_share_a_hash_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["a", "b", "c", "bb", "ccc", "d"]
    monkeypatch.setattr(keys, "crc32", lambda data: 0xFFFFFFFF - len(data) % 3)
    found = Keys(build(names))
    for name in names:
        packed = found.find(name.encode())
        assert packed
        assert unpack(packed, name)[0].label == name
    assert found.find(b"e") == ""
    assert found.find(b"eee") == ""


@given(st.sampled_from(SCOPES), NAMES, st.booleans())
def test_packing_is_lossless(scope: str, name: str, obsolete: bool) -> None:
    (hit,) = unpack(pack([("MONDO:0000001", "label", name, scope, DISEASE, obsolete)]), name)
    assert hit == ("MONDO:0000001", "label", name, scope, DISEASE, True, obsolete)


def test_a_record_longer_than_one_read_is_whole() -> None:
    names = ["x" * size for size in (1, 150, 190, 200, 1_000, 100_000)]
    found = Keys(build(names))
    for name in names:
        packed = found.find(name.encode())
        assert packed
        assert unpack(packed, name)[0].label == name


def test_what_is_packed_by_sqlite_is_what_pack_writes() -> None:
    packed = Keys(build(["a name"])).find(b"a name")
    assert packed == pack([("MONDO:0000001", "a name", "a name", "label", DISEASE, False)])
