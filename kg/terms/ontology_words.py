"""The words of OBO ontologies: identifiers, properties, and the codes by which Mondo says what a link means.

Mondo annotates its cross-references with source codes; they are those of its editors' guide
(https://mondo.readthedocs.io/en/latest/editors-guide/, "Axiom annotations summary table"). A cross-reference
without such a code is no equivalence.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from kg.curies import compress, known_prefix, normalize

OBO: Final = "http://purl.obolibrary.org/obo/"
OBO_IN_OWL: Final = "http://www.geneontology.org/formats/oboInOwl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
# The weakest statement first: where a cross-reference carries several codes, the first of them counts.
_RELATIONS: Final = {
    "obsoleteEquivalentObsolete": "skos:closeMatch", "obsoleteEquivalent": "skos:closeMatch",
    "equivalentObsolete": "skos:closeMatch", "relatedTo": "skos:relatedMatch",
    "includedEntryInOMIM": "skos:relatedMatch", "directSiblingOf": "skos:closeMatch",
    "mondoIsNarrowerThanSource": "skos:broadMatch", "subClassOf": "skos:broadMatch",
    "mondoIsBroaderThanSource": "skos:narrowMatch", "superClassOf": "skos:narrowMatch",
    "equivalentTo": "skos:exactMatch",
}  # fmt: skip
_CODE: Final = re.compile(r"(?:MONDO:|http://purl\.obolibrary\.org/obo/mondo#)(\w+)\Z", re.IGNORECASE)
_MATCHES: Final = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_MATCH_SPACES: Final = ("", "skos:", SKOS, "mondo#", f"{OBO}mondo#", "mondo:", "MONDO:")
_SYNONYMS: Final = {
    "hasExactSynonym": "exact", "hasNarrowSynonym": "narrow", "hasBroadSynonym": "broad",
    "hasRelatedSynonym": "related", "hasSynonym": "related",
}  # fmt: skip
_KINDS: Final = {
    "hasDbXref": "xref", "hasAlternativeId": "alternative", "consider": "consider", "replacedBy": "replaced_by",
}  # fmt: skip
# IRI -> prefix, for owners and resolvers whose addresses are not those of kg.curies.
_ADDRESSES: Final = (
    (re.compile(r"https?://purl\.obolibrary\.org/obo/([A-Za-z][A-Za-z0-9.]*)_(\S+)"), ""),
    (re.compile(r"https?://(?:www\.)?identifiers\.org/([A-Za-z][\w.]*)[/:](\S+)"), ""),
    (re.compile(r"https?://purl\.bioontology\.org/ontology/([A-Za-z]\w*)/(\S+)"), ""),
    (re.compile(r"https?://linkedlifedata\.com/resource/(umls)/id/(\S+)"), ""),
    (re.compile(r"https?://(?:www\.)?orpha\.net/ORDO/(Orphanet)_(\d+)"), ""),
    (re.compile(r"https?://(?:www\.)?ebi\.ac\.uk/efo/(EFO)_(\d+)"), ""),
    (re.compile(r"https?://(?:www\.)?omim\.org/(entry)/(\d+)"), "OMIM"),
    (re.compile(r"https?://(?:www\.)?omim\.org/(phenotypicSeries)/(?:PS)?(\d+)"), "OMIMPS"),
    (re.compile(r"https?://snomed\.info/(id|sct)/(\d+)"), "SNOMEDCT"),
    (re.compile(r"https?://id\.nlm\.nih\.gov/(mesh)/(\w+)"), ""),
)
_RELEASE: Final = re.compile(r"https?://purl\.obolibrary\.org/obo/(?P<name>[^/]+)/(?P<version>.+?)(?:/[^/]*\.\w+)?\Z")
_ONTOLOGY: Final = re.compile(r"https?://purl\.obolibrary\.org/obo/(?P<name>\S+?)(?:\.(?:owl|obo|json))?\Z")


class Header(NamedTuple):
    """What an ontology says it is.

    Attributes:
        identifier: its identifier, such as ``mondo``; an IRI where it has no place at the OBO Foundry.
        version: its release, such as ``releases/2026-05-05``.
    """

    identifier: str
    version: str


def header(identifier: str, version: str) -> Header:
    """Return the header for an ontology's identifier and version, each a word or an IRI of the OBO Foundry.

    Follows the rules by which OBO's words become IRIs (OBO 1.4, section 5.0.4), backwards.

    >>> header("http://purl.obolibrary.org/obo/mondo.owl",
    ...        "http://purl.obolibrary.org/obo/mondo/releases/2026-05-05/mondo.owl")
    Header(identifier='mondo', version='releases/2026-05-05')
    """
    if name := _ONTOLOGY.match(identifier):
        identifier = name["name"]
    if release := _RELEASE.match(version):
        version = release["version"]
    return Header(identifier, version)


def identifier(written: str) -> str | None:
    """Return the CURIE of an identifier as ontologies write it, CURIE or IRI; None where its prefix is not known.

    >>> identifier("http://purl.obolibrary.org/obo/MONDO_0000001"), identifier("http://identifiers.org/mesh/D004194")
    ('MONDO:0000001', 'MESH:D004194')
    >>> identifier("GARD:0006991") is None
    True
    """
    head, colon, local = written.partition(":")
    if local.startswith("//"):
        return _of_iri(written)
    # Most cross-references to vocabularies that we do not know are told by their prefix alone.
    return normalize(written) if colon and _known(head) else None


@lru_cache(maxsize=1 << 14)
def _of_iri(iri: str) -> str | None:
    for pattern, prefix in _ADDRESSES:
        if match := pattern.match(iri):
            return normalize(f"{prefix or match[1]}:{match[2]}")
    found = compress(iri)
    return normalize(found) if found != iri else None


@lru_cache(maxsize=1 << 10)
def _known(prefix: str) -> bool:
    return known_prefix(f"{prefix}:")


@lru_cache(maxsize=1 << 10)
def meaning(predicate: str) -> tuple[str, str] | None:
    """Return kind and detail of the clause that a property makes, None where it says nothing that a term holds.

    Args:
        predicate: an IRI, a CURIE or, as in OBO and OBO Graphs, a bare word.

    >>> meaning("http://www.w3.org/2004/02/skos/core#exactMatch"), meaning("hasBroadSynonym")
    (('match', 'skos:exactMatch'), ('synonym', 'broad'))
    >>> meaning("IAO:0100001"), meaning("seeAlso")
    (('replaced_by', ''), None)
    """
    for name in _MATCHES:
        if predicate.endswith(name) and predicate.removesuffix(name) in _MATCH_SPACES:
            return "match", f"skos:{name}"
    if predicate in {"IAO:0100001", f"{OBO}IAO_0100001"}:
        return "replaced_by", ""
    if predicate in {"owl:deprecated", "http://www.w3.org/2002/07/owl#deprecated"}:
        return "obsolete", ""
    word = predicate.removeprefix(OBO_IN_OWL).removeprefix("oboInOwl:").removeprefix("oio:")
    if word in _SYNONYMS:
        return "synonym", _SYNONYMS[word]
    return (_KINDS[word], "") if word in _KINDS else None


class Relation(NamedTuple):
    """What source codes say of a link.

    Attributes:
        predicate: the mapping predicate, "" where no code states a relation.
        comment: the code, where the predicate does not say as much.
        contradicted: whether another code states another relation; the weaker one counts.
    """

    predicate: str
    comment: str
    contradicted: bool


@lru_cache(maxsize=1 << 12)
def relation(codes: str) -> Relation:
    """Return what source codes, with spaces between them, say of a link.

    >>> relation("DOID:4 MONDO:equivalentTo").predicate, relation("MONDO:MEDGEN").predicate
    ('skos:exactMatch', '')
    >>> relation("MONDO:obsoleteEquivalent")
    Relation(predicate='skos:closeMatch', comment='MONDO:obsoleteEquivalent', contradicted=False)
    """
    given = {match[1] for code in codes.split() if (match := _CODE.match(code))}
    found = [(code, predicate) for code, predicate in _RELATIONS.items() if code in given]
    if not found:
        return Relation("", "", contradicted=False)
    code, predicate = found[0]
    comment = "" if code == "equivalentTo" else f"MONDO:{code}"
    return Relation(predicate, comment, contradicted=len({other for _, other in found}) > 1)
