"""Types of corpora and taggers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.annotationtypes import CATEGORIES, UNKNOWN, category_of, plain
from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, TAXON, VARIANT

CORPORA = {
    "BC5CDR": {"Chemical": CHEMICAL, "Disease": DISEASE},
    "NCBI Disease": dict.fromkeys(("SpecificDisease", "DiseaseClass", "CompositeMention", "Modifier"), DISEASE),
    "BioRED": {
        "ChemicalEntity": CHEMICAL, "DiseaseOrPhenotypicFeature": DISEASE, "GeneOrGeneProduct": GENE,
        "OrganismTaxon": TAXON, "SequenceVariant": VARIANT, "CellLine": CELL_LINE,
    },
    "PubTator": {
        "Gene": GENE, "Species": TAXON, "Mutation": VARIANT, "DNAMutation": VARIANT, "ProteinMutation": VARIANT,
        "SNP": VARIANT, "Variant": VARIANT, "Drug": CHEMICAL, "CellLine": CELL_LINE,
    },
}  # fmt: skip


@pytest.mark.parametrize(("word", "category"), [pair for types in CORPORA.values() for pair in types.items()])
def test_types_of_the_corpora(word: str, category: str) -> None:
    assert category_of(word) == category
    assert category_of(word.upper()) == category
    assert category_of(f"biolink:{word}") == category


@pytest.mark.parametrize("word", ["", "AdaEntity", "Chromosome", "FamilyName", "disease?!x"])
def test_other_words_claim_nothing(word: str) -> None:
    assert category_of(word) == UNKNOWN == "biolink:NamedThing"


def test_words_stand_in_their_plain_form_and_once() -> None:
    assert [word for word in CATEGORIES if plain(word) != word] == []


@given(st.sampled_from(sorted(CATEGORIES)), st.sampled_from(" _-/"))
def test_signs_between_letters_do_not_matter(word: str, sign: str) -> None:
    assert category_of(sign.join(word)) == CATEGORIES[word]
