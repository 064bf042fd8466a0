"""The SQLite layout of a compiled term index, shared by the compiler and the reader."""

from __future__ import annotations

from typing import Final

#: Raised whenever the tables, the name normalisation or a loader changes what an index holds.
COMPILE_VERSION: Final = 3

TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE releases (
  source TEXT PRIMARY KEY, title TEXT NOT NULL, owner TEXT NOT NULL, licence TEXT NOT NULL,
  version TEXT NOT NULL, url TEXT NOT NULL, complete INTEGER NOT NULL, covers TEXT NOT NULL,
  terms INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
-- One row a file: what it holds, what was taken, and why the rest was not (JSON: reason -> records).
CREATE TABLE files (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, file TEXT NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL,
  size INTEGER NOT NULL, records INTEGER NOT NULL, kept INTEGER NOT NULL, set_aside TEXT NOT NULL, url TEXT NOT NULL
);
CREATE TABLE prefixes (prefix TEXT PRIMARY KEY, source TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE terms (
  id INTEGER PRIMARY KEY, curie TEXT NOT NULL UNIQUE, source TEXT NOT NULL, category TEXT NOT NULL,
  label TEXT, status TEXT NOT NULL, tree_numbers TEXT NOT NULL, mapped_to TEXT NOT NULL,
  replaced_by TEXT NOT NULL, consider TEXT NOT NULL
);
CREATE TABLE names (
  term INTEGER NOT NULL, ordinal INTEGER NOT NULL, text TEXT NOT NULL, scope TEXT NOT NULL,
  PRIMARY KEY (term, ordinal)
) WITHOUT ROWID;
-- Every normalised name, with the place of its record in `lookup`; see kg.terms.keys.
CREATE TABLE keys (key TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lookup (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE parents (
  child INTEGER NOT NULL, parent INTEGER NOT NULL, PRIMARY KEY (child, parent)
) WITHOUT ROWID;
CREATE TABLE properties (
  term INTEGER NOT NULL, property TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (term, property, value)
) WITHOUT ROWID;
CREATE TABLE mappings (
  subject_id TEXT NOT NULL, predicate_id TEXT NOT NULL, object_id TEXT NOT NULL,
  mapping_justification TEXT NOT NULL, mapping_source TEXT NOT NULL,
  mapping_set_version TEXT NOT NULL, subject_label TEXT NOT NULL, object_label TEXT NOT NULL,
  confidence TEXT NOT NULL, author_id TEXT NOT NULL, mapping_date TEXT NOT NULL, comment TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (
    subject_id, predicate_id, object_id, mapping_source, mapping_set_version, mapping_justification
  )
) WITHOUT ROWID;
-- What became of an identifier or a label between an earlier release and this one.
CREATE TABLE history (
  curie TEXT NOT NULL, step TEXT NOT NULL, target TEXT NOT NULL, basis TEXT NOT NULL, source TEXT NOT NULL,
  old_version TEXT NOT NULL, new_version TEXT NOT NULL, PRIMARY KEY (curie, step, target, basis)
) WITHOUT ROWID;
CREATE TABLE problems (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, file TEXT NOT NULL, code TEXT NOT NULL,
  line INTEGER NOT NULL, value TEXT NOT NULL, message TEXT NOT NULL
);
"""

#: Made after the rows are in: faster, and the pages come out in key order.
INDEXES: Final = """
CREATE INDEX mappings_object ON mappings (object_id);
CREATE INDEX properties_value ON properties (value) WHERE property IN ('concept', 'preferred_concept', 'inchikey');
"""
