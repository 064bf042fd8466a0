"""Ontologies: loaders for the owners' own formats, and the compiled term index."""
