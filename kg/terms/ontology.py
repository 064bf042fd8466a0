"""The terms of one prefix as a pronto ontology, and as OBO or OBO Graphs files.

pronto writes the OBO, holding the ontology in memory; reading OBO at full size is ``kg.terms.obo``. OBO Graphs
JSON is written here, term by term: pronto's own writer loses synonyms and the mark of obsolete terms.

What OBO has no clause for is left out: tree numbers, headings and properties of MeSH and PubChem, and the
provenance of mappings. A match becomes ``property_value: skos:exactMatch X``, a bare cross-reference an ``xref``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import BinaryIO, Final

from pronto.ontology import Ontology
from pronto.pv import ResourcePropertyValue
from pronto.term import Term as Stanza
from pronto.xref import Xref

from kg.curies import expand
from kg.errors import TermsError
from kg.model import Mapping, Term
from kg.terms.index import TermIndex

FORMATS: Final = ("obo", "json")
#: How OBO says that a successor is in another ontology.
_REPLACED_BY: Final = "IAO:0100001"
_SYNONYM: Final = b"synonym: "
_XREF: Final = "oboInOwl:hasDbXref"
_OIO: Final = "http://www.geneontology.org/formats/oboInOwl#"
_SCOPES: Final = {
    "exact": "hasExactSynonym", "narrow": "hasNarrowSynonym", "broad": "hasBroadSynonym", "related": "hasRelatedSynonym",
}  # fmt: skip


def ontology(index: TermIndex, prefix: str) -> Ontology:
    """Return the terms of a prefix as an ontology: names, hierarchy, status, successors, mappings.

    Args:
        index: the compiled index.
        prefix: CURIE prefix of the terms, such as ``MONDO``.

    Raises:
        TermsError: if the index holds no term with this prefix.

    >>> from kg.terms.bundled import default_index
    >>> with default_index() as index:
    ...     ontology(index, "MONDO")["MONDO:0004992"].name
    'cancer'
    """
    terms = {curie: term for curie in index.curies(prefix) if (term := index.term(curie))}
    if not terms:
        raise _no_terms(prefix)
    release = index.source_of_prefix(prefix)
    return ontology_of(terms, index.mappings, prefix.lower(), release.version if release else "")


def ontology_of(
    terms: dict[str, Term], mappings: Callable[[str], Iterable[Mapping]], name: str, version: str, remark: str = ""
) -> Ontology:
    """Return terms as an ontology; parents that are not among them are left out.

    Args:
        terms: the terms by identifier.
        mappings: gives the mapping rows that are written with a term, those of which it is the subject.
        name: identifier of the ontology, such as ``mondo``.
        version: its release.
        remark: a remark for the header.

    >>> from kg.model import DISEASE, Name
    >>> term = Term("MONDO:0009807", DISEASE, (Name("osteosarcoma", "label"),))
    >>> [(t.id, t.name) for t in ontology_of({term.curie: term}, lambda curie: (), "mondo", "2026-05-05").terms()]
    [('MONDO:0009807', 'osteosarcoma')]
    """
    made = Ontology()
    made.metadata.format_version = "1.4"
    made.metadata.ontology = name
    made.metadata.data_version = version or None
    if remark:
        made.metadata.remarks.add(remark)
    alternatives = {
        curie: term.replaced_by[0]
        for curie, term in terms.items()
        if not term.names and len(term.replaced_by) == 1 and term.replaced_by[0] in terms
    }
    written = {curie: made.create_term(curie) for curie in terms if curie not in alternatives}
    for curie, target in written.items():
        _fill(target, terms[curie], written, mappings(curie))
    for curie, main in alternatives.items():
        if main in written:
            written[main].alternate_ids |= {curie}
    return made


def _fill(target: Stanza, term: Term, written: dict[str, Stanza], rows: Iterable[Mapping]) -> None:
    if term.names:
        target.name = term.names[0].text
    for name in term.names[1:]:
        target.add_synonym(name.text, scope=name.scope.upper())
    for parent in term.parents:
        if parent in written:
            target.superclasses().add(written[parent])
    target.obsolete = term.obsolete
    target.replaced_by = [written[curie] for curie in term.replaced_by if curie in written]
    target.consider = [written[curie] for curie in term.consider if curie in written]
    facts = {ResourcePropertyValue(_REPLACED_BY, c) for c in term.replaced_by if c not in written}
    xrefs = set()
    for row in rows:
        # A row is written with its subject: the relation has a direction.
        if row.subject_id != term.curie:
            continue
        if row.predicate_id == _XREF:
            xrefs.add(Xref(row.object_id))
        else:
            facts.add(ResourcePropertyValue(row.predicate_id, row.object_id))
    target.annotations, target.xrefs = facts, frozenset(xrefs)


def write_obo(made: Ontology, file: BinaryIO) -> None:
    """Write an ontology as OBO 1.4; the same terms give the same bytes.

    >>> from kg.model import DISEASE, Name
    >>> term = Term("MONDO:0009807", DISEASE, (Name("osteosarcoma", "label"),))
    >>> file = io.BytesIO()
    >>> write_obo(ontology_of({term.curie: term}, lambda curie: (), "mondo", "2026-05-05"), file)
    >>> print(file.getvalue().decode().partition("[Term]")[2].strip())
    id: MONDO:0009807
    name: osteosarcoma
    """
    whole = io.BytesIO()
    made.dump(whole, format="obo")
    # pronto does not order the synonyms of a term (its comparison compares a synonym with itself).
    for synonyms, lines in groupby(whole.getvalue().splitlines(keepends=True), lambda line: line.startswith(_SYNONYM)):
        found = list(lines)
        file.writelines(sorted(found) if synonyms else found)


def write_graphs(index: TermIndex, prefix: str, file: BinaryIO) -> None:
    """Write the terms of a prefix as OBO Graphs JSON, term by term; the same index gives the same bytes.

    Format: https://github.com/geneontology/obographs.

    Raises:
        TermsError: if the index holds no term with this prefix.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from kg.terms.compile import compile_index
    >>> from kg.terms.kinds import gather
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, path, file = Path(folder, "mondo.obo"), Path(folder, "terms.sqlite"), io.BytesIO()
    ...     _ = source.write_text("[Term]\\nid: MONDO:0009807\\nname: osteosarcoma\\n")
    ...     _ = compile_index(gather([source]).sources, path)
    ...     with TermIndex(path) as index:
    ...         write_graphs(index, "MONDO", file)
    >>> json.loads(file.getvalue())["graphs"][0]["nodes"]
    [{'id': 'http://purl.obolibrary.org/obo/MONDO_0009807', 'type': 'CLASS', 'lbl': 'osteosarcoma'}]
    """
    if next(index.curies(prefix), None) is None:
        raise _no_terms(prefix)
    alternatives: dict[str, list[str]] = {}
    for curie in index.curies(prefix, statuses=("alternative",)):
        term = index.term(curie)
        if term and not term.names and len(term.replaced_by) == 1 and term.replaced_by[0] in index:
            alternatives.setdefault(term.replaced_by[0], []).append(curie)
    written_beside = {curie for curies in alternatives.values() for curie in curies}
    release = index.source_of_prefix(prefix)
    name = f"http://purl.obolibrary.org/obo/{prefix.lower()}"
    head = {"id": f"{name}.owl", "meta": {"version": f"{name}/{release.version}" if release else ""}}
    file.write(f'{{"graphs": [{json.dumps(head, ensure_ascii=False)[:-1]}, "nodes": ['.encode())
    separator = "\n"
    for curie in index.curies(prefix):
        if curie not in written_beside and (term := index.term(curie)):
            node = _node(term, index.mappings(curie), alternatives.get(curie, []))
            file.write(f"{separator}{json.dumps(node, ensure_ascii=False)}".encode())
            separator = ",\n"
    file.write(b'\n], "edges": [')
    separator = "\n"
    for curie in index.curies(prefix):
        for parent in index.parents(curie):
            edge = {"sub": _iri(curie), "pred": "is_a", "obj": _iri(parent)}
            file.write(f"{separator}{json.dumps(edge)}".encode())
            separator = ",\n"
    file.write(b"\n]}]}\n")


def export_terms(index: TermIndex, prefix: str, file: BinaryIO, kind: str = "obo") -> None:
    """Write the terms of a prefix in one of ``FORMATS``.

    Raises:
        TermsError: if the index holds no term with this prefix.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from kg.terms.compile import compile_index
    >>> from kg.terms.kinds import gather
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source, path, file = Path(folder, "mondo.obo"), Path(folder, "terms.sqlite"), io.BytesIO()
    ...     _ = source.write_text("[Term]\\nid: MONDO:0009807\\nname: osteosarcoma\\n")
    ...     _ = compile_index(gather([source]).sources, path)
    ...     with TermIndex(path) as index:
    ...         export_terms(index, "MONDO", file)
    >>> b"name: osteosarcoma" in file.getvalue()
    True
    """
    if kind == "obo":
        write_obo(ontology(index, prefix), file)
    else:
        write_graphs(index, prefix, file)


def _no_terms(prefix: str) -> TermsError:
    return TermsError(f"the index holds no term with the prefix {prefix}; see: kg terms status", value=prefix)


def _node(term: Term, rows: Iterable[Mapping], alternatives: Iterable[str]) -> dict[str, object]:
    meta: dict[str, object] = {}
    if len(term.names) > 1:
        meta["synonyms"] = [{"pred": _SCOPES[name.scope], "val": name.text} for name in term.names[1:]]
    mine = [row for row in rows if row.subject_id == term.curie]
    if xrefs := sorted({row.object_id for row in mine if row.predicate_id == _XREF}):
        meta["xrefs"] = [{"val": xref} for xref in xrefs]
    facts = {(_iri(row.predicate_id), _iri(row.object_id)) for row in mine if row.predicate_id != _XREF}
    facts |= {(f"{_OIO}hasAlternativeId", curie) for curie in alternatives}
    facts |= {(_iri(_REPLACED_BY), _iri(successor)) for successor in term.replaced_by}
    facts |= {(f"{_OIO}consider", advised) for advised in term.consider}
    if facts:
        meta["basicPropertyValues"] = [{"pred": pred, "val": value} for pred, value in sorted(facts)]
    if term.obsolete:
        meta["deprecated"] = True
    node: dict[str, object] = {"id": _iri(term.curie), "type": "CLASS"}
    if term.names:
        node["lbl"] = term.names[0].text
    return {**node, "meta": meta} if meta else node


def _iri(curie: str) -> str:
    if curie == _REPLACED_BY:
        return "http://purl.obolibrary.org/obo/IAO_0100001"
    try:
        return expand(curie)
    except ValueError:
        return curie
