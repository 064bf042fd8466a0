"""Readers: one module a format, each a stream of documents with the ledger of what came in."""
