"""How texts write substances where vocabularies write them otherwise: symbols of elements, formulas of salts, anions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

#: The elements that are given to patients, measured in them, or poison them.
_ELEMENTS: Final = {
    "H": "hydrogen", "Li": "lithium", "B": "boron", "C": "carbon", "N": "nitrogen", "O": "oxygen", "F": "fluorine",
    "Na": "sodium", "Mg": "magnesium", "Al": "aluminum", "Si": "silicon", "P": "phosphorus", "S": "sulfur",
    "Cl": "chlorine", "K": "potassium", "Ca": "calcium", "Ti": "titanium", "V": "vanadium", "Cr": "chromium",
    "Mn": "manganese", "Fe": "iron", "Co": "cobalt", "Ni": "nickel", "Cu": "copper", "Zn": "zinc", "As": "arsenic",
    "Se": "selenium", "Br": "bromine", "Rb": "rubidium", "Sr": "strontium", "Ag": "silver", "Cd": "cadmium",
    "Sn": "tin", "Sb": "antimony", "I": "iodine", "Cs": "cesium", "Ba": "barium", "Gd": "gadolinium",
    "Pt": "platinum", "Au": "gold", "Hg": "mercury", "Tl": "thallium", "Pb": "lead", "Bi": "bismuth",
}  # fmt: skip
_ANIONS: Final = {
    "Cl": "chloride", "Br": "bromide", "I": "iodide", "F": "fluoride", "SO4": "sulfate", "CO3": "carbonate",
    "HCO3": "bicarbonate", "NO3": "nitrate", "NO2": "nitrite", "PO4": "phosphate", "OH": "hydroxide", "CN": "cyanide",
}  # fmt: skip
_ION: Final = re.compile(r"([A-Z][a-z]?)(?:\(?\d?[+-]{1,2}\d?\)?)?")
_SALT: Final = re.compile(
    rf"(NH4|[A-Z][a-z]?)\(?\d?\)?\(?({'|'.join(sorted(_ANIONS, key=lambda a: -len(a)))})\)?\(?\d?\)?"
)
_FORMULAS: Final = {
    "H2O": "water", "H2O2": "hydrogen peroxide", "O2": "oxygen", "CO2": "carbon dioxide", "CO": "carbon monoxide",
    "NO": "nitric oxide", "N2O": "nitrous oxide", "NH3": "ammonia", "HCl": "hydrochloric acid", "EtOH": "ethanol",
    "CHCl3": "chloroform", "CCl4": "carbon tetrachloride", "MeOH": "methanol", "H2SO4": "sulfuric acid", "HNO3": "nitric acid",
    "H2S": "hydrogen sulfide", "CH4": "methane", "NaCN": "sodium cyanide", "NO2": "nitrogen dioxide", "SO2": "sulfur dioxide",
}  # fmt: skip
_CATIONS: Final = {**_ELEMENTS, "NH4": "ammonium"}
#: Eicosanoids are written with two letters and their series: PGE2, LTB(4), TXA2.
_EICOSANOID: Final = re.compile(r"(PG|LT|TX)([A-J])\(?(\d)\)?[ -]?(?:\(?(alpha|α)\)?)?")
_SERIES: Final = {"PG": "prostaglandin", "LT": "leukotriene", "TX": "thromboxane"}
_AMIDE: Final = re.compile(r"([a-z]{4,})ic acid amide")
#: Ions that stand before the anion, and what is added to a base.
_CATION: Final = re.compile(r"^(?:(?:(?:mono|di|tri)?(?:sodium|potassium)|calcium|magnesium|zinc)\s+)+")
_ADDED: Final = re.compile(
    r"(.*[a-z]{5,}) (?:(?:mono|di)?hydro(?:chloride|bromide)|hcl|(?:hemi|hydrogen )?(?:mesylate|maleate|tartrate|"
    r"fumarate|succinate|besylate|phosphate|sul(?:f|ph)ate|acetate)|(?:mono|di)?hydrate)"
)
#: Where something is bound to what has one place for it: 3-methylcholanthrene.
_LOCANT: Final = re.compile(r"\d{1,2}-([a-z]{8,})")
_ANION: Final = re.compile(r"([a-z]{3,})ates?")


def chemical_readings(text: str) -> Iterator[tuple[str, float]]:
    """Yield names of the substance that a text may write in another way, with how sure each is.

    >>> [list(chemical_readings(text)) for text in ("Na", "Ca2+", "CaCl(2)", "H2O", "glutamate", "PGI2", "fever")]
    [[('sodium', 0.9)], [('calcium', 0.9)], [('calcium chloride', 0.9)], [('water', 0.9)], [('glutamic acid', 1.0)], [('prostaglandin I2', 0.9)], []]
    """
    if (name := _FORMULAS.get(text)) is not None or (
        (found := _ION.fullmatch(text)) and (name := _ELEMENTS.get(found[1]))
    ):
        yield name, 0.9
    elif (found := _SALT.fullmatch(text)) and (name := _CATIONS.get(found[1])):
        yield f"{name} {_ANIONS[found[2]]}", 0.9
    elif found := _EICOSANOID.fullmatch(text):
        yield f"{_SERIES[found[1]]} {found[2]}{found[3]}{' alpha' if found[4] else ''}", 0.9
    elif found := _AMIDE.fullmatch(text.lower()):
        yield f"{found[1]}amide", 0.9
    elif found := _ANION.fullmatch(_CATION.sub("", text.lower())):
        # The anion and its acid are one in a body.
        yield f"{found[1]}ic acid", 1.0 if found[0] == text.lower() else 0.8
    elif found := _LOCANT.fullmatch(text.lower()):
        yield found[1], 0.8
    elif found := _ADDED.fullmatch(text.lower()):
        # Vocabularies of substances name as a rule the base alone.
        yield found[1], 0.8
