"""Whom a document and a sentence speak of: patients, animals, samples in a laboratory, or the patients of other papers."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"[\s.]*\d+$")
_CITED = re.compile(r"(?:references?|bibliograph\w*|literature\s+cited|works\s+cited|ref)\b", re.IGNORECASE)
_LABORATORY = re.compile(
    r"(?:methods?|materials?|experimental|star\s*methods|tables?|figures?|fig|supplement\w*|abbreviations|keywords)\b|"
    r".*\b(?:methods?|materials|procedures?|assays?)\b",
    re.IGNORECASE,
)
# The journal's part of a reference: "2004;12:33-5", "2004;12(3):33".
_REFERENCE = re.compile(r"\b(?:18|19|20)\d\d[^.;]{0,12};\s*\w+\s*(?:\([^()]{1,12}\)\s*)?:\s*\w*\d")
_PATIENT = re.compile(
    r"\b(?:he|she|his|her|him|patients?|man|men|woman|women|boys?|girls?|infants?|child|children|bab(?:y|ies)|neonates?|newborns?|adults?|"
    r"adolescents?|cases?|volunteers?|outpatients?|inpatients?|survivors|people|participants|year-old|year\s+old)\b",
    re.IGNORECASE,
)
_ANIMAL = (
    r"(?:mice|mouse|murine|rats?|dogs?|canine|rabbits?|cats?|monkeys?|macaques?|primates?|pigs?|piglets?|swine|hamsters?|gerbils?|sheep|ferrets?|"
    r"zebrafish|chickens?|chicks|marmosets?|baboons?)"
)
_ANIMALS = re.compile(
    rf"\b{_ANIMAL}\b(?![\s-]+(?:bites?|scratch\w*|owners?|allerg\w*|dander|antibod\w+|monoclonal))", re.I
)
_MANY_ANIMALS = re.compile(
    r"\b(?:mice|rats|dogs|rabbits|cats|monkeys|macaques|pigs|piglets|hamsters|gerbils|baboons|marmosets|sprague|wistar)\b"
    r"(?![\s-]+(?:bites?|owners?))",
    re.IGNORECASE,
)
_SAMPLES = (
    r"(?:cells|samples?|specimens?|lysates?|extracts?|gels?|blots?|assays?|cultures?|fibroblasts|macrophages|hepatocytes|lymphocytes|neurons|"
    r"membranes?|plasmids?|proteins?|peptides?|slices|homogenates?|buffers?|pellets?|supernatants?|solutions?|animals|colonies|strains|"
    r"mice|mouse|rats?|rabbits?|dogs|monkeys|pigs|hamsters)"
)
_OF_SAMPLES = re.compile(
    rf"\b{_SAMPLES}\b(?!\s+(?:lung|carcinoma|cancer|lymphoma|leuka?emia|tumou?rs?|transplant\w*))[^.;⟦]{{0,80}}?"
    r"\b(?:was|were|been|received|receiving|treated|incubated|given|using|with)\b",
    re.IGNORECASE,
)


def is_cited(section: str) -> bool:
    """Tell whether a section lists the papers of others.

    >>> is_cited("references 12"), is_cited("Reference list"), is_cited("results")
    (True, True, False)
    """
    return bool(_CITED.match(section))


def is_laboratory(section: str) -> bool:
    """Tell whether a section tells how something was done, or holds a table or a figure.

    >>> is_laboratory("methods 2"), is_laboratory("Experimental procedures"), is_laboratory("case"), is_laboratory("abstract.1")
    (True, True, False, False)
    """
    return bool(_LABORATORY.match(_NUMBERED.sub("", section)))


def in_reference(text: str, start: int) -> bool:
    """Tell whether the place stands in an entry of a list of references, whatever its section is called.

    >>> in_reference("Doe J. A 14-year-old boy with gout. J Med. 2004;12:33-5.", 7)
    True
    >>> in_reference("A 14-year-old boy with gout was seen.", 0)
    False
    """
    return bool(_REFERENCE.search(text, start, start + 240))


def speaks_of_patient(text: str) -> bool:
    """Tell whether a sentence has a word for a patient.

    >>> speaks_of_patient("She received it."), speaks_of_patient("Gels were run with it.")
    (True, False)
    """
    return bool(_PATIENT.search(text))


def is_of_samples(before: str) -> bool:
    """Tell whether the words before a drug are of cells, samples or animals that it was put on or given to.

    >>> is_of_samples("Blood samples of patients were treated with "), is_of_samples("The patient was treated with ")
    (True, False)
    """
    return bool(_OF_SAMPLES.search(before))


def is_of_animals(title: Iterable[str], summary: Iterable[str]) -> bool:
    """Tell whether the subjects of a document are animals.

    Args:
        title: sentences of the title, the names of diseases and drugs masked ("rabbit syndrome" is no rabbit).
        summary: those of the abstract.

    >>> is_of_animals(["⟦d in rats"], ["It was seen."]), is_of_animals(["⟦d"], ["Rats were used. The rats died."])
    (True, True)
    >>> is_of_animals(["⟦d in rats"], ["A patient was seen."]), is_of_animals(["⟦d after a dog bite"], ["It healed."])
    (False, False)
    """
    told = " ".join(summary)
    if re.search(r"\b(?:patients?|\d+[\s-]year[\s-]old|humans|volunteers)\b", told + " ".join(title), re.IGNORECASE):
        return False
    return any(_ANIMALS.search(text) for text in title) or bool(_MANY_ANIMALS.search(told))
