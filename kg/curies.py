"""Prefixes, CURIEs and IRIs: normalised once, where data comes in.

The prefixes are those of the Biolink Model where it has one and of the Bioregistry elsewhere; the IRIs
are the owners' own (OBO PURLs, id.nlm.nih.gov, PubChem RDF, DOI).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from functools import cache

from curies import Converter, Record

#: Our own vocabulary and identifiers. A plain URN base: it claims no web address that we do not own.
CASEGRAPH = "urn:casegraph:"

#: Name space of the UUIDv5 identifiers (a UUID made once for this project).
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, CASEGRAPH)
_HASH = hashlib.sha1(NAMESPACE.bytes, usedforsecurity=False)
# The two highest bits of the digit say which kind of UUID it is.
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))

# prefix, IRI base, other spellings, pattern of the local part. The spellings are compared without case.
_PREFIXES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("MONDO", "http://purl.obolibrary.org/obo/MONDO_", (), r"\d{7}"),
    ("MESH", "http://id.nlm.nih.gov/mesh/", ("MSH", "MeSH ID"), r"[CDMQT]\d{6,9}"),
    (
        "PUBCHEM.COMPOUND",
        "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID",
        ("PubChem CID", "PUBCHEM", "CID", "PubChem", "PubChem Compound", "pubchem.cid"),
        r"\d+",
    ),
    (
        "NCBIGene",
        "http://identifiers.org/ncbigene/",
        ("NCBI Gene", "Gene", "GeneID", "Gene ID", "NCBIGene", "Entrez", "Entrez Gene"),
        r"\d+",
    ),
    (
        "NCBITaxon",
        "http://purl.obolibrary.org/obo/NCBITaxon_",
        ("taxon", "Taxonomy", "NCBI Taxonomy", "taxid", "txid"),
        r"\d+",
    ),
    ("DBSNP", "http://identifiers.org/dbsnp/", ("SNP", "RS#"), r"rs\d+"),
    ("CLINVAR", "http://identifiers.org/clinvar/", ("ClinVar Variation",), r"\d+"),
    ("Cellosaurus", "https://www.cellosaurus.org/", ("CVCL",), r"CVCL_[A-Z0-9]{4}"),
    ("CHEBI", "http://purl.obolibrary.org/obo/CHEBI_", (), r"\d+"),
    ("CHEMBL.COMPOUND", "http://identifiers.org/chembl.compound/", ("ChEMBL",), r"CHEMBL\d+"),
    ("DRUGBANK", "http://identifiers.org/drugbank/", (), r"DB\d{5}"),
    ("HP", "http://purl.obolibrary.org/obo/HP_", ("HPO",), r"\d{7}"),
    ("HGNC", "http://identifiers.org/hgnc/", (), r"\d+"),
    ("DOID", "http://purl.obolibrary.org/obo/DOID_", (), r"\d+"),
    ("EFO", "http://www.ebi.ac.uk/efo/EFO_", (), r"\d{7}"),
    ("NCIT", "http://purl.obolibrary.org/obo/NCIT_", ("NCI",), r"C\d+"),
    ("UMLS", "http://identifiers.org/umls/", ("UMLS CUI",), r"C\d{7}"),
    ("OMIM", "http://purl.obolibrary.org/obo/OMIM_", ("MIM",), r"\d{6}"),
    ("OMIMPS", "https://www.omim.org/phenotypicSeries/PS", (), r"\d{6}"),
    ("Orphanet", "http://www.orpha.net/ORDO/Orphanet_", ("ORPHA", "ORPHANET", "ORDO"), r"\d+"),
    ("SNOMEDCT", "http://identifiers.org/snomedct/", ("SNOMED", "SCTID"), r"\d+"),
    ("PMID", "http://www.ncbi.nlm.nih.gov/pubmed/", ("PubMed",), r"\d+"),
    ("PMCID", "http://www.ncbi.nlm.nih.gov/pmc/", ("PMC",), r"PMC\d+"),
    ("doi", "https://doi.org/", (), r"10\.\d{4,9}/\S+"),
    ("biolink", "https://w3id.org/biolink/vocab/", (), r"\w+"),
    ("infores", "https://w3id.org/information-resource-registry/", (), r"[\w.-]+"),
    ("skos", "http://www.w3.org/2004/02/skos/core#", (), r"\w+"),
    ("owl", "http://www.w3.org/2002/07/owl#", (), r"\w+"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#", (), r"\w+"),
    ("semapv", "https://w3id.org/semapv/vocab/", (), r"\w+"),
    ("sssom", "https://w3id.org/sssom/", (), r"\w+"),
    ("oboInOwl", "http://www.geneontology.org/formats/oboInOwl#", (), r"\w+"),
    ("meshv", "http://id.nlm.nih.gov/mesh/vocab#", (), r"\w+"),
    ("casegraph", CASEGRAPH, ("kg",), r"\S+"),
)
_PATTERNS = {prefix: re.compile(pattern) for prefix, _, _, pattern in _PREFIXES}
_SPELLINGS = {spelling.casefold(): prefix for prefix, _, others, _ in _PREFIXES for spelling in (prefix, *others)}
# Banana prefixes: the prefix again inside the local part (`MONDO:MONDO_0002623`, `CVCL:CVCL_0030` is genuine).
_BANANA = re.compile(r"^(MONDO|CHEBI|HP|DOID|EFO|NCBITaxon|Orphanet|CID|ORPHA|MESH|NCBIGene)[:_]?(?=\d|[CD]\d)", re.I)
# Addresses that lead to an identifier by its prefix.
_RESOLVER = re.compile(r"(?:www\.)?(?:identifiers|n2t|bioregistry)\.(?:org|net|io)/([^/:]+)[/:](.+)", re.I)


@cache
def converter() -> Converter:
    """Return the converter between CURIEs and IRIs (a `curies.Converter`), made once.

    >>> converter().expand("MESH:D012516")
    'http://id.nlm.nih.gov/mesh/D012516'
    """
    return Converter([Record(prefix=p, uri_prefix=u) for p, u, _, _ in _PREFIXES])


def prefixes() -> dict[str, str]:
    """Return the map prefix -> IRI base that the graph uses.

    >>> prefixes()["MONDO"]
    'http://purl.obolibrary.org/obo/MONDO_'
    """
    return {p: u for p, u, _, _ in _PREFIXES}


def normalize(text: str) -> str | None:
    """Return the CURIE that ``text`` spells, or None where its prefix or local part is not known.

    Accepts what annotated pages and PubTator write: ``PubChem CID 25017411``, ``NCBI Gene 7157``,
    ``taxon 9606``, ``mesh:D012516``, ``*D007211`` is not one. Of IRIs the owner's own, with http or https, in angle
    brackets or not, and those of identifiers.org, n2t.net and bioregistry.io.

    >>> normalize("PubChem CID 25017411")
    'PUBCHEM.COMPOUND:25017411'
    >>> normalize("taxon 9606"), normalize("ORPHA:668"), normalize("rs113488022")
    ('NCBITaxon:9606', 'Orphanet:668', 'DBSNP:rs113488022')
    >>> normalize("MONDO_0002623"), normalize("cvcl_0004"), normalize("RS#: 121913529")
    ('MONDO:0002623', 'Cellosaurus:CVCL_0004', 'DBSNP:rs121913529')
    >>> normalize("http://purl.obolibrary.org/obo/MONDO_0004979"), normalize("https://identifiers.org/mesh:D012516")
    ('MONDO:0004979', 'MESH:D012516')
    >>> normalize("FOO:1") is None
    True
    """
    prefix, _, local = text.partition(":")
    if (pattern := _PATTERNS.get(prefix)) and pattern.fullmatch(local):
        # Most identifiers are written as they should be.
        return text
    if "://" in text:
        return _of_iri(text.strip())
    text = " ".join(text.split())
    for separator in (":", " "):
        head, found, tail = text.rpartition(separator) if separator == " " else text.partition(separator)
        known = _SPELLINGS.get(head.strip().casefold())
        if found and known:
            return _with_pattern(known, tail.strip())
    head, found, tail = text.partition("_")
    if found and head.casefold() in _SPELLINGS:
        return _with_pattern(_SPELLINGS[head.casefold()], tail)
    for prefix in ("DBSNP", "Cellosaurus", "PMCID"):
        for spelling in (text, text.upper()):
            if _PATTERNS[prefix].fullmatch(spelling):
                return f"{prefix}:{spelling}"
    return None


def _of_iri(text: str) -> str | None:
    """Return the CURIE of an IRI whose base or resolver is known and whose local part is one of its vocabulary."""
    address = text.removeprefix("<").removesuffix(">")
    scheme, _, rest = address.partition("://")
    if scheme.casefold() not in {"http", "https"}:
        return None
    if found := _RESOLVER.fullmatch(rest):
        # A local part that has its prefix already: identifiers.org/DOID:3347, identifiers.org/mondo/MONDO:0004979.
        return normalize(f"{found[1]}:{found[2]}") or normalize(found[2])
    for candidate in (f"http://{rest}", f"https://{rest}"):
        if curie := converter().compress(candidate):
            prefix, _, local = curie.partition(":")
            return _with_pattern(prefix, local)
    return None


def _with_pattern(prefix: str, local: str) -> str | None:
    pattern = _PATTERNS[prefix]
    if pattern.fullmatch(local):
        return f"{prefix}:{local}"
    if local[:1].islower() and pattern.fullmatch(local.upper()):
        return f"{prefix}:{local.upper()}"
    for candidate in (_BANANA.sub("", local), f"{prefix.removesuffix('ID')}{local}", f"CVCL_{local}", f"rs{local}"):
        if pattern.fullmatch(candidate) and prefix not in {"DRUGBANK", "doi"}:
            return f"{prefix}:{candidate}"
    return None


def known_prefix(text: str) -> bool:
    """Tell whether ``text`` begins with a prefix that we know, whatever follows.

    >>> known_prefix("MESH:nonsense"), known_prefix("FOO:1"), known_prefix("http://purl.obolibrary.org/obo/MONDO_x")
    (True, False, True)
    """
    if "://" in text:
        rest = text.strip().removeprefix("<").partition("://")[2]
        found = _RESOLVER.fullmatch(rest)
        return (
            known_prefix(f"{found[1]}:")
            if found
            else any(converter().compress(f"{s}://{rest}") for s in ("http", "https"))
        )
    heads = (text.partition(":")[0], text.rpartition(" ")[0])
    return any(head.strip().casefold() in _SPELLINGS for head in heads if head)


def prefix_of(curie: str) -> str:
    """Return the prefix of a CURIE.

    >>> prefix_of("MONDO:0009807")
    'MONDO'
    """
    return curie.partition(":")[0]


def expand(curie: str) -> str:
    """Return the IRI of a CURIE; a ``urn:`` is its own IRI.

    Raises:
        ValueError: if the prefix is not known.

    >>> expand("MONDO:0009807"), expand("urn:uuid:1")
    ('http://purl.obolibrary.org/obo/MONDO_0009807', 'urn:uuid:1')
    """
    if curie.startswith(("urn:uuid:", CASEGRAPH)):
        return curie
    iri = converter().expand(curie)
    if iri is None:
        raise ValueError(f"no IRI for {curie!r}: unknown prefix")
    return iri


def compress(iri: str) -> str:
    """Return the CURIE of an IRI, or the IRI itself where no prefix fits.

    >>> compress("http://purl.obolibrary.org/obo/MONDO_0009807"), compress("http://example.org/x")
    ('MONDO:0009807', 'http://example.org/x')
    """
    if iri.startswith("urn:uuid:"):
        return iri
    return converter().compress(iri) or iri


def association_id(*parts: str) -> str:
    """Return a UUIDv5 URN that depends on ``parts`` alone (RFC 9562, section 5.5).

    >>> association_id("a", "b") == association_id("a", "b") != association_id("ab")
    True
    """
    # The same as `uuid.uuid5(NAMESPACE, name).urn`, without an object for each of millions of records.
    sha1 = _HASH.copy()
    sha1.update("\x1f".join(parts).encode())
    digest = sha1.hexdigest()
    return (
        f"urn:uuid:{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{_VARIANT[digest[16]]}{digest[17:20]}-{digest[20:32]}"
    )
