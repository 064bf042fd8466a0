"""Entity types of annotated corpora and taggers -> Biolink categories, in one place for all readers.

The words are those of PubTator, PubTator3 and their taggers (TaggerOne, GNormPlus, tmVar, SR4GN, NLM-Chem), of BC5CDR,
NCBI Disease and BioRED, and of common exporters. They are compared without case, spaces, dashes and underscores.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, TAXON, VARIANT

#: Category of a type that is none of those below: the mention is kept, and nothing is claimed about its kind.
UNKNOWN: Final = "biolink:NamedThing"

_WORDS: Final = {
    CHEMICAL: "chemical chemicals chemicalentity chemicalsubstance chemicalcompound compound drug drugs drugname "
              "medication smallmolecule brand simplechemical",
    DISEASE: "disease diseases diseaseorphenotypicfeature specificdisease diseaseclass compositemention modifier disorder "
             "phenotype phenotypicfeature symptom signorsymptom condition medicalcondition diseaseorphenotype adverseevent",
    GENE: "gene genes geneorgeneproduct geneprotein geneorprotein protein proteins geneproduct ggp",
    TAXON: "species organism organisms organismtaxon taxon taxonomy strain genus",
    VARIANT: "mutation mutations variant variants sequencevariant geneticvariant genevariant dnamutation proteinmutation snp "
             "dnaallele proteinallele dnaacidchange proteinacidchange allele othermutation",
    CELL_LINE: "cellline celllines",
}  # fmt: skip

#: Type in its plain form (`plain`) -> Biolink category.
CATEGORIES: Final[Mapping[str, str]] = MappingProxyType(
    {word: category for category, words in _WORDS.items() for word in words.split()}
)


@lru_cache(maxsize=4096)
def plain(written: str) -> str:
    """Return a type's word without case, prefix ``biolink:``, spaces, dashes and other signs.

    >>> plain("biolink:CellLine"), plain("Disease or phenotypic-feature")
    ('cellline', 'diseaseorphenotypicfeature')
    """
    return "".join(c for c in written.casefold().removeprefix("biolink:") if c.isalnum())


@lru_cache(maxsize=1024)
def category_of(written: str) -> str:
    """Return the Biolink category of an entity type as a source writes it; `UNKNOWN` where it has none here.

    Args:
        written: the type, such as ``Disease``, ``GeneOrGeneProduct``, ``DNAMutation``.

    >>> category_of("ChemicalEntity"), category_of("SpecificDisease"), category_of("AdaEntity")
    ('biolink:ChemicalEntity', 'biolink:Disease', 'biolink:NamedThing')
    """
    return CATEGORIES.get(plain(written), UNKNOWN)
