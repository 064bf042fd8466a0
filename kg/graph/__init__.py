"""The graph as a folder of tables: assembling, ledger, manifest, opening."""
