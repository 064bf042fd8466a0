"""What names of chemicals say, and what they only seem to say."""

from __future__ import annotations

import pytest

from kg.terms.chemical_names import components, is_plural, name_form


@pytest.mark.parametrize(
    "name",
    ["Sirolimus", "Chlorpyrifos", "Dichlorvos", "Asbestos, Crocidolite", "cannabis", "Cis", "glass", "2-trans-decenal",
     "Neo-fluvaleas", "Texas red", "SR 82"],
)  # fmt: skip
def test_words_that_end_in_s_are_not_all_plurals(name: str) -> None:
    assert not is_plural(name)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ethinyl Estradiol-Norgestrel Combination", ("Ethinyl Estradiol", "Norgestrel")),
        ("diflucortolone - josamycin drug combination", ("diflucortolone", "josamycin")),
        ("aspirin, butalbital and caffeine drug combination", ("aspirin", "butalbital", "caffeine")),
        ("camphor, formaldehyde, para-chlorophenol drug combination", ("camphor", "formaldehyde", "para-chlorophenol")),
        ("insulin, pork; isophane insulin, pork drug combination 30:70", ("insulin, pork", "isophane insulin, pork")),
        ("levonorgestrel, quinestrol combination (EP-1)", ("levonorgestrel", "quinestrol")),
        ("ampicillin-dicloxacillin mixture", ("ampicillin", "dicloxacillin")),
        ("amoxicillin / clavulanate", ("amoxicillin", "clavulanate")),
        ("atenolol, chlortalidone drug combinations", ("atenolol", "chlortalidone")),
        ("1,3,5-benzenetriol, 1,3,5-trimethoxybenzene drug combination", ("1,3,5-benzenetriol", "1,3,5-trimethoxybenzene")),
        ("P-glycoprotein inducer and activator TX5", ()),
        ("PCG (combination)", ()),
        ("ABVD protocol", ()),
        ("alpha-tocopherol combination", ()),
        ("2,3-dihydroxy-3-methylpentanoic acid", ()),
        ("Recombination, Genetic", ()),
    ],
)  # fmt: skip
def test_components_of_combinations(name: str, parts: tuple[str, ...]) -> None:
    assert components(name) == parts


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("VAMP protocol", "combination"),
        ("TEST mixture", "mixture"),
        ("Venlafaxine Hydrochloride", "salt"),
        ("2-hydroxy-4,4'-diamidinostilbene, methanesulfonate salt", "salt"),
        ("Roussin's Black Salt", "unknown"),
        ("dimethyl fumarate", "unknown"),
        ("calcium phosphate, dibasic, dihydrate", "hydrate"),
        ("thymidine C5-hydrate", "unknown"),
        ("technetium Tc 99m citrate", "isotope"),
        ("3(2H)-pyridazinone", "unknown"),
        ("SOR-C13", "unknown"),
        ("deuteroporphyrin-IX", "unknown"),
    ],
)
def test_forms_that_names_say(name: str, form: str) -> None:
    assert name_form(name) == form
