"""Identifiers as annotated corpora write them: bare, composite, absent -> CURIEs.

PubTator and BioC files write identifiers by the type of the mention: bare MeSH identifiers for chemicals and diseases
(``D003490``), bare numbers for genes and species, ``rs`` numbers or tmVar's strings (``p|SUB|V|600|E``) for variants.
Composite mentions join several by ``;``, ``|``, ``,`` or ``+``; ``-`` and ``-1`` stand for none
(Wei et al. 2013, doi:10.1093/nar/gkt441; Li et al. 2016, doi:10.1093/database/baw068; Wei et al. 2024,
doi:10.1093/nar/gkae235).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from kg.curies import normalize, prefix_of
from kg.model import CHEMICAL, DISEASE, GENE, TAXON, VARIANT

#: What sources write where they know no identifier, without case.
NOTHING: Final = frozenset({"", "-", "--", "-1", "none", "null", "nan", "na", "n/a", "nil", "cui-less", "unknown"})
#: Prefix of a bare number, by the mention's category.
NUMBERS: Final = {GENE: "NCBIGene", TAXON: "NCBITaxon"}
#: What the CURIE of an identifier begins with that no vocabulary knows; the document and what it writes follow.
AS_WRITTEN: Final = "casegraph:as-written/"
#: Databases as BioC infons name them, without case and signs, where the name is no prefix that `kg.curies` reads.
DATABASES: Final = {
    "ncbimesh": "MESH", "mesh": "MESH", "ncbigene": "NCBIGene", "entrezgene": "NCBIGene", "ncbitaxonomy": "NCBITaxon",
    "ncbitaxon": "NCBITaxon", "cvcl": "Cellosaurus", "cellosaurus": "Cellosaurus", "dbsnp": "DBSNP", "litvar": "DBSNP",
    "omim": "OMIM", "pubchem": "PUBCHEM.COMPOUND", "pubchemcompound": "PUBCHEM.COMPOUND", "umls": "UMLS", "cui": "UMLS",
    "snomedct": "SNOMEDCT", "chebi": "CHEBI", "mondo": "MONDO", "hpo": "HP",
}  # fmt: skip

_SPLIT: Final = re.compile(r"[;|,+]")
_SPLIT_VARIANTS: Final = re.compile(r"[;,]")
# MeSH identifiers have six or nine digits, UMLS' seven.
_BARE_MESH: Final = re.compile(r"[CD](?:[0-9]{6}|[0-9]{9})")
_BARE_UMLS: Final = re.compile(r"C[0-9]{7}")
# GNormPlus writes the species behind the gene: `2475(Tax:9606)`.
_TAX: Final = re.compile(r"\s*\((?:Tax|taxid)\s*:\s*\d+\)$", re.IGNORECASE)
# Parts of a tmVar 3 description that tell about the variant and do not identify it.
_ABOUT: Final = re.compile(
    r"(?:tmVar|HGVS|VariantGroup|CorrespondingGene|OriginalGene|CorrespondingSpecies|RelatedSpecies|CA#)\s*:",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def identifiers(written: str, category: str, database: str = "") -> tuple[tuple[str, ...], str]:
    """Read what a source wrote as a mention's identifier.

    Args:
        written: the identifier or several, as written.
        category: Biolink category of the mention; it says what a bare identifier means.
        database: where the source names one beside the identifier (``ncbi_mesh``), its name.

    Returns:
        The CURIEs in the order written, each once, and what could not be read ("" where all was). Signs for "no
        identifier" are neither. What describes a variant (tmVar's parts) is left unread only where nothing identifies it.

    >>> identifiers("D014786|D006311", DISEASE)
    (('MESH:D014786', 'MESH:D006311'), '')
    >>> identifiers("3172,365", GENE), identifiers("-1", CHEMICAL), identifiers("rs113488022", VARIANT)
    ((('NCBIGene:3172', 'NCBIGene:365'), ''), ((), ''), (('DBSNP:rs113488022',), ''))
    >>> identifiers("672", CHEMICAL, "CID"), identifiers("672", CHEMICAL)
    ((('PUBCHEM.COMPOUND:672',), ''), ((), '672'))
    >>> identifiers("p|SUB|V|600|E", VARIANT), identifiers("MESH:C046498;foo", CHEMICAL)
    (((), 'p|SUB|V|600|E'), (('MESH:C046498',), 'foo'))
    """
    if category == VARIANT:
        return _variants(written, database)
    found: list[str] = []
    unread: list[str] = []
    prefix = ""
    for part in map(str.strip, _SPLIT.split(written)):
        if part.casefold() in NOTHING:
            continue
        curie = one_identifier(part, category, database) or (
            normalize(f"{prefix}:{part}") if prefix and part.isdigit() else None
        )
        if curie is None:
            unread.append(part)
            prefix = ""
            continue
        prefix = prefix_of(curie)
        if curie not in found:
            found.append(curie)
    return tuple(found), ";".join(unread)


def one_identifier(part: str, category: str, database: str = "") -> str | None:
    """Return the CURIE of one identifier, None where it cannot be read.

    >>> one_identifier("9606", TAXON), one_identifier("2475(Tax:9606)", GENE), one_identifier("9606", DISEASE)
    ('NCBITaxon:9606', 'NCBIGene:2475', None)
    >>> one_identifier("C0004238", DISEASE), one_identifier("OMIM:114480", DISEASE)
    ('UMLS:C0004238', 'OMIM:114480')
    """
    part = with_database(part.strip(), database) if database else part.strip()
    if category in NUMBERS:
        part = _TAX.sub("", part)
        if part.isascii() and part.isdigit():
            return f"{NUMBERS[category]}:{part}"
    elif _BARE_MESH.fullmatch(part):
        return f"MESH:{part}"
    elif category in {CHEMICAL, DISEASE} and _BARE_UMLS.fullmatch(part):
        return f"UMLS:{part}"
    return normalize(part)


def as_written(document: str, written: str) -> str:
    """Return a CURIE of our own for an identifier that no vocabulary knows, such as tmVar's descriptions of variants.

    It is one of the document's own: the same change is another variant in another gene. Both parts are
    percent-encoded (RFC 3986, section 2.1).

    Args:
        document: identifier of the document.
        written: the identifier as the document writes it.

    >>> as_written("PMID:1", "c|DEL|1314_1328|")
    'casegraph:as-written/PMID%3A1/c%7CDEL%7C1314_1328%7C'
    >>> normalize(as_written("PMID:1", "p|SUB|V|600|E")) == as_written("PMID:1", " p|SUB|V|600|E ")
    True
    """
    return f"{AS_WRITTEN}{quote(document, safe='')}/{quote(' '.join(written.split()), safe='')}"


def written_of(curie: str) -> str:
    """Return what a CURIE of `as_written` stands for, "" of another CURIE.

    >>> written_of(as_written("PMID:1", "c|DEL|1314_1328|")), written_of("MESH:D005334")
    ('c|DEL|1314_1328|', '')
    """
    return unquote(curie.rpartition("/")[2]) if curie.startswith(AS_WRITTEN) else ""


def with_database(written: str, database: str) -> str:
    """Return an identifier with the prefix of the database that a source names beside it.

    What has a prefix already, or a database that is not known, stays as it is.

    >>> with_database("6611", "ncbi_gene"), with_database("MESH:D001943", "ncbi_mesh"), with_database("7", "zoo")
    ('NCBIGene:6611', 'MESH:D001943', '7')
    """
    prefix = DATABASES.get("".join(c for c in database.casefold() if c.isalnum()), database.strip())
    if written.casefold() in NOTHING or normalize(written) or normalize(f"{prefix}:{written}") is None:
        return written
    return f"{prefix}:{written}"


def _variants(written: str, database: str) -> tuple[tuple[str, ...], str]:
    """Read a variant's identifiers. ``|`` and ``+`` stand in tmVar's and HGVS' own strings, so they part only identifiers."""
    found: list[str] = []
    unread: list[str] = []
    about = False
    for part in map(str.strip, _SPLIT_VARIANTS.split(written)):
        if part.casefold() in NOTHING:
            continue
        if _ABOUT.match(part):
            about = True
            continue
        pieces = [
            one_identifier(p, VARIANT, database) for p in _SPLIT.split(part) if p.strip().casefold() not in NOTHING
        ]
        if all(pieces):
            found += [p for p in pieces if p and p not in found]
        else:
            unread.append(part)
    if about and not found:
        return (), written.strip()
    return tuple(dict.fromkeys(found)), ";".join(unread)
