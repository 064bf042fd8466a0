"""The words of the RDF view: graph names, our own terms, and an IRI for every identifier.

The contract is the section "As RDF" of ``docs/data-model.md``.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

import pyoxigraph as ox

from kg.curies import CASEGRAPH, expand, prefix_of, prefixes
from kg.linking.curators import ORCID, Curator

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

#: Prefix -> IRI base of the vocabularies that the view uses and that no identifier has.
VOCABULARIES = {
    "bibo": "http://purl.org/ontology/bibo/",
    "dcterms": "http://purl.org/dc/terms/",
    "kg": CASEGRAPH,
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "sh": "http://www.w3.org/ns/shacl#",
    "xsd": XSD,
}

#: What an identifier may hold as it is; all else (space, <, >, %, #, [ ...) is percent-encoded.
_SAFE = "/:@!$&'()*+,;=-._~"


def graph(name: str) -> ox.NamedNode:
    """Return the name of one of our named graphs.

    >>> graph("audit").value
    'urn:casegraph:graph-audit'
    """
    return ox.NamedNode(f"{CASEGRAPH}graph-{name}")


DOCUMENTS = graph("documents")
ASSOCIATIONS = graph("associations")
MAPPINGS = graph("mappings")
AUDIT = graph("audit")
_ONTOLOGIES = {
    "MONDO": graph("ontology-mondo"),
    "MESH": graph("ontology-mesh"),
    "PUBCHEM.COMPOUND": graph("ontology-pubchem"),
}
_OTHER = graph("ontology-other")


def ontology_graph(identifier: str) -> ox.NamedNode:
    """Return the named graph of an entity: that of its own vocabulary.

    >>> ontology_graph("MESH:D012516").value, ontology_graph("HGNC:1097").value
    ('urn:casegraph:graph-ontology-mesh', 'urn:casegraph:graph-ontology-other')
    """
    return _ONTOLOGIES.get(prefix_of(identifier), _OTHER)


@lru_cache(maxsize=200_000)
def iri(identifier: str) -> ox.NamedNode:
    """Return the IRI of an identifier; different identifiers never share one.

    Characters that an IRI cannot hold are percent-encoded (RFC 3986, section 2.1), so odd identifiers
    such as ``doi:10.1002/(SICI)1<2::AID>3.0`` stay valid. An identifier with an unknown prefix becomes
    ``urn:casegraph:id/...``.

    Args:
        identifier: a CURIE or a URN.

    >>> iri("MONDO:0009807").value
    'http://purl.obolibrary.org/obo/MONDO_0009807'
    >>> iri("doi:10.1/a<b>").value, iri("FOO: 1").value
    ('https://doi.org/10.1/a%3Cb%3E', 'urn:casegraph:id/FOO:%201')
    """
    safe = quote(identifier, safe=_SAFE)
    try:
        return ox.NamedNode(expand(safe))
    except ValueError:
        return ox.NamedNode(f"{CASEGRAPH}id/{safe}")


def passage_iri(document: str, section: str) -> ox.NamedNode:
    """Return the IRI of a passage of a document.

    >>> passage_iri("PMCID:PMC1", "abstract.1").value
    'urn:casegraph:passage/PMCID:PMC1/abstract.1'
    """
    document, section = quote(document, safe=_SAFE.replace("/", "")), quote(section, safe=_SAFE.replace("/", ""))
    return ox.NamedNode(f"{CASEGRAPH}passage/{document}/{section}")


def curator_iri(curator: Curator) -> ox.NamedNode:
    """Return the IRI of a curator: the ORCID, else one of ours that holds the name.

    >>> curator_iri(Curator("A. Name", "0000-0002-1825-0097")).value, curator_iri(Curator("A. Name")).value
    ('https://orcid.org/0000-0002-1825-0097', 'urn:casegraph:curator/A.%20Name')
    """
    if curator.orcid:
        return ox.NamedNode(ORCID + curator.orcid)
    return ox.NamedNode(f"{CASEGRAPH}curator/{quote(curator.name, safe=_SAFE.replace('/', ''))}")


def all_prefixes() -> dict[str, str]:
    """Return prefix -> IRI base of all identifiers and vocabularies, for queries and for Turtle.

    >>> all_prefixes()["kg"], all_prefixes()["biolink"]
    ('urn:casegraph:', 'https://w3id.org/biolink/vocab/')
    """
    # `casegraph` and `kg` name the same base; one prefix a base keeps Turtle unambiguous.
    known = {prefix: base for prefix, base in prefixes().items() if base != CASEGRAPH}
    return dict(sorted({**known, **VOCABULARIES}.items()))
