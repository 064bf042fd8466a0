"""The SQLite layout of a compiled term index, shared by the compiler and the reader."""

from __future__ import annotations

from typing import Final

#: Raised whenever the tables, the name normalisation or a loader changes what an index holds.
COMPILE_VERSION: Final = 1

TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE releases (
  source TEXT PRIMARY KEY, title TEXT NOT NULL, owner TEXT NOT NULL, licence TEXT NOT NULL,
  version TEXT NOT NULL, url TEXT NOT NULL, complete INTEGER NOT NULL, covers TEXT NOT NULL,
  terms INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE prefixes (prefix TEXT PRIMARY KEY, source TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE terms (
  id INTEGER PRIMARY KEY, curie TEXT NOT NULL UNIQUE, source TEXT NOT NULL, category TEXT NOT NULL,
  label TEXT, obsolete INTEGER NOT NULL, tree_numbers TEXT NOT NULL, mapped_to TEXT NOT NULL,
  replaced_by TEXT NOT NULL
);
-- A row with a negative ordinal is a further key of a name, not a further name.
CREATE TABLE names (
  term INTEGER NOT NULL, ordinal INTEGER NOT NULL, text TEXT NOT NULL, scope TEXT NOT NULL,
  key TEXT NOT NULL, PRIMARY KEY (term, ordinal)
) WITHOUT ROWID;
CREATE TABLE parents (
  child INTEGER NOT NULL, parent INTEGER NOT NULL, PRIMARY KEY (child, parent)
) WITHOUT ROWID;
CREATE TABLE mappings (
  subject_id TEXT NOT NULL, predicate_id TEXT NOT NULL, object_id TEXT NOT NULL,
  mapping_justification TEXT NOT NULL, mapping_source TEXT NOT NULL,
  mapping_set_version TEXT NOT NULL, subject_label TEXT NOT NULL, object_label TEXT NOT NULL,
  PRIMARY KEY (
    subject_id, predicate_id, object_id, mapping_source, mapping_set_version, mapping_justification
  )
) WITHOUT ROWID;
CREATE TABLE problems (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, file TEXT NOT NULL, code TEXT NOT NULL,
  line INTEGER NOT NULL, value TEXT NOT NULL, message TEXT NOT NULL
);
"""

#: Made after the rows are in: faster, and the pages come out in key order. `names_key` is made earlier, by the
#: compiler, which looks names up itself.
INDEXES: Final = """
CREATE INDEX parents_parent ON parents (parent, child);
CREATE INDEX mappings_object ON mappings (object_id);
"""
