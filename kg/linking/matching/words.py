"""The words of a name in one spelling: number, British and American spelling, numerals, adjectives of parts of the body.

Two names are compared word by word after this. It is a filter and no proof: what the words of a mention and of a name
have in common is weighed afterwards.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kg.linking.wordforms import american, singular
from kg.terms.names import normalize_name

#: Words that join others and say nothing of their own. "no" and "without" are none of them.
JOINING: Final = frozenset(
    ["of", "the", "in", "with", "and", "or", "to", "by", "a", "an", "for", "on", "at", "from", "due", "as", "into"]
)
#: Prepositions behind which a name is qualified: what stands before them is its head.
PREPOSITIONS: Final = frozenset(
    ["of", "in", "with", "due", "to", "from", "by", "without", "on", "at", "following", "after", "during"]
)
_ROMAN: Final = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
    "xiii": "13", "xiv": "14", "xv": "15",
}  # fmt: skip
#: Roman numerals that are letters as well ("factor v", "x linked"): numerals behind a word that counts.
_LETTER_ROMAN: Final = {"i": "1", "v": "5", "x": "10"}
_COUNTING: Final = frozenset(
    ["type", "stage", "grade", "class", "factor", "group", "subtype", "form", "phase", "degree", "syndrome", "disease"]
)
_ROMAN_LETTER: Final = re.compile(r"(i{1,3}|iv|v|vi{0,3})([a-e])")
_SPELLED: Final = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "first": "1", "second": "2", "third": "3",
}  # fmt: skip
#: Words of the same sense by the grammar of English and of medicine, not by that of an ontology: the organ and its
#: adjective, words for being ill or for a growth. What one vocabulary treats as the same beside them is learnt from it.
_SAME: Final = {
    "hepatic": "liver", "renal": "kidney", "psychiatric": "mental", "aortic": "aorta",
    "depressed": "depression", "autistic": "autism", "cholestatic": "cholestasis", "vertebral": "spine",
    "spinal": "spine", "nephritic": "nephritis", "articular": "joint",
    "hypersensitive": "hypersensitivity", "deaf": "deafness", "blind": "blindness", "hypertonic": "hypertonia", "cardiac": "heart", "pulmonary": "lung", "gastric": "stomach",
    "cerebral": "brain", "mammary": "breast", "ocular": "eye", "dermal": "skin", "cutaneous": "skin",
    "intestinal": "intestine", "ovarian": "ovary", "colonic": "colon", "muscular": "muscle", "prostatic": "prostate",
    "pancreatic": "pancreas", "vesical": "bladder", "splenic": "spleen", "uterine": "uterus", "nasal": "nose",
    "testicular": "testis", "adrenal": "adrenal", "esophageal": "esophagus", "laryngeal": "larynx",
    "pharyngeal": "pharynx", "arterial": "artery", "venous": "vein", "retinal": "retina", "corneal": "cornea",
    "dental": "tooth", "osseous": "bone", "bony": "bone", "neural": "nerve", "neuronal": "nerve",
    "bleeding": "hemorrhage", "hemorrhagic": "hemorrhage", "bleed": "hemorrhage",
    "deficient": "deficiency", "lacking": "deficiency", "hereditary": "hereditary", "inherited": "hereditary",
    "heritable": "hereditary", "inheritable": "hereditary",
    "disorder": "disease", "illness": "disease", "impaired": "impairment", "malformed": "malformation",
    "dysfunctional": "dysfunction", "damaged": "damage", "injured": "injury", "toxic": "toxicity",
    "abnormal": "abnormality", "painful": "pain", "enlarged": "enlargement", "hypertrophic": "hypertrophy",
    "convulsion": "seizure", "convulsive": "seizure", "neoplastic": "neoplasm", "cancerous": "cancer",
    "tumoral": "tumor", "tumorous": "tumor", "retarded": "retardation", "dystrophic": "dystrophy",
    "myopathic": "myopathy", "allergic": "allergy", "carcinomatous": "carcinoma", "leukemic": "leukemia",
    "diabetic": "diabetes", "epileptic": "epilepsy", "hypertensive": "hypertension", "hypotensive": "hypotension",
    "ischemic": "ischemia", "anemic": "anemia", "psychotic": "psychosis", "depressive": "depression",
    "thrombotic": "thrombosis", "embolic": "embolism", "necrotic": "necrosis", "fibrotic": "fibrosis",
    "cirrhotic": "cirrhosis", "obese": "obesity", "edematous": "edema", "dementing": "dementia",
    "syndromal": "syndromic", "atrophic": "atrophy", "dysplastic": "dysplasia", "hyperplastic": "hyperplasia",
    "metastatic": "metastasis", "cystic": "cyst", "polycystic": "polycystic",
}  # fmt: skip

#: Parts of compounds from Greek and Latin, and the words of English that vocabularies have in their place.
COMBINING: Final = {
    "hepato": "liver", "nephro": "kidney", "cardio": "heart", "neuro": "nervous system", "oto": "ear", "pulmo": "lung",
    "pneumo": "lung", "encephalo": "brain", "myo": "muscle", "dermato": "skin", "haemato": "blood", "hemato": "blood",
    "retino": "retina", "gastro": "stomach", "cerebro": "brain", "osteo": "bone", "vaso": "vascular",
    "adreno": "adrenal gland", "myelo": "bone marrow", "thyro": "thyroid", "vasculo": "vascular", "lympho": "lymphatic",
    "utero": "uterus", "colo": "colon", "entero": "intestine", "arthro": "joint", "arterio": "artery",
}  # fmt: skip
#: What is wrong with the part, as the ends of compounds say it.
_ENDINGS: Final = ("toxicity", "toxic", "toxin", "pathy", "pathic", "megaly", "suppression", "suppressive")
COMPOUND: Final = re.compile(rf"({'|'.join(COMBINING)})({'|'.join(_ENDINGS)})")


@lru_cache(maxsize=1 << 17)
def word_form(word: str) -> str:
    """Return the spelling that the forms of a word share.

    >>> [word_form(word) for word in ("tumours", "hepatic", "leukaemias", "iii", "iiib", "Epileptic")]
    ['tumor', 'liver', 'leukemia', '3', '3b', 'epilepsy']
    """
    word = word.lower()
    if (roman := _ROMAN.get(word)) is not None:
        return roman
    if found := _ROMAN_LETTER.fullmatch(word):
        number = _ROMAN.get(found[1]) or _LETTER_ROMAN.get(found[1])
        if number:
            return number + found[2]
    if word in _SPELLED:
        return _SPELLED[word]
    if len(word) < 4 or not word.isalpha():
        return word
    one = american(singular(word))
    if one.endswith("emias"):
        one = one[:-1]
    return _SAME.get(one, one)


@lru_cache(maxsize=1 << 16)
def name_words(text: str) -> tuple[str, ...]:
    """Return the words of a name in their shared spelling, in order; joining words are left out.

    >>> name_words("Carcinomas of the liver, type II"), name_words("Factor V deficiency"), name_words("x-linked")
    (('carcinoma', 'liver', 'type', '2'), ('factor', '5', 'deficiency'), ('x', 'linked'))
    """
    return words_of_key(normalize_name(text))


def words_of_key(key: str) -> tuple[str, ...]:
    """Return `name_words` of a name that is normalised already.

    >>> words_of_key("diseases of the heart")
    ('disease', 'heart')
    """
    found: list[str] = []
    words = key.split()
    for place, word in enumerate(words):
        if word in JOINING and (len(word) > 1 or place < len(words) - 1):
            continue
        if word in _LETTER_ROMAN and place and (words[place - 1] in _COUNTING):
            found.append(_LETTER_ROMAN[word])
        else:
            found.append(word_form(word))
    return tuple(found) or tuple(words)


def head_place(key: str) -> int:
    """Return which of the words of `words_of_key` is the head: the last one before a preposition.

    >>> head_place("carcinoma of the liver"), head_place("liver carcinoma")
    (0, 1)
    """
    count = 0
    words = key.split()
    for place, word in enumerate(words):
        if word in PREPOSITIONS and count:
            return count - 1
        if word in JOINING and (len(word) > 1 or place < len(words) - 1):
            continue
        count += 1
    return max(count - 1, 0)


def trigrams(text: str) -> tuple[str, ...]:
    """Return the groups of three characters of a text, with its bounds.

    >>> trigrams("flu")
    ('^^f', '^fl', 'flu', 'lu$', 'u$$')
    """
    padded = f"^^{text}$$"
    return tuple(padded[place : place + 3] for place in range(len(padded) - 2))
