"""Which reader reads which kind of file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.model import Mapping, Term
from kg.terms import labels, mesh, mesh_rdf, obo, obographs, owl
from kg.terms.reading import Problems

#: Kinds of files that hold terms, with their readers; PubChem's are read side by side instead.
TERM_READERS: Final = {
    "obo": obo.read_terms,
    "obographs": obographs.read_terms,
    "owl": owl.read_terms,
    "mesh-descriptors": mesh.read_descriptors,
    "mesh-supplementary": mesh.read_supplementary,
    "mesh-rdf": mesh_rdf.read_terms,
    "labels": labels.read_labels,
}
#: Kinds of files that name their ontology and its version.
_HEADERS: Final = {"obo": obo.read_header, "obographs": obographs.read_header, "owl": owl.read_header}


def read_terms(path: Path, kind: str, problems: Problems) -> Iterator[Term | Mapping]:
    """Yield the terms of a file, and the mappings that stand beside them.

    Args:
        path: the file.
        kind: one of ``TERM_READERS``.
        problems: the file's account.

    Raises:
        TermsError: if nothing can be read from the file.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_text("[Term]\\nid: MONDO:0009807\\nname: osteosarcoma\\n")
    ...     [term.curie for term in read_terms(path, "obo", Problems("mondo", path.name))]
    ['MONDO:0009807']
    """
    yield from TERM_READERS[kind](path, problems)


def read_header(path: Path, kind: str) -> tuple[str, str]:
    """Return the identifier and the version of an ontology file (``obo``, ``obographs``, ``owl``).

    Raises:
        TermsError: if the file cannot be read.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_text("data-version: 2026-05-05\\nontology: mondo\\n")
    ...     read_header(path, "obo")
    Header(identifier='mondo', version='2026-05-05')
    """
    return _HEADERS[kind](path)
