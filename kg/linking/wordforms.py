"""Forms of names: number, British and American spelling, adjectives of diseases, words that mean the same.

`canonical` gives the forms of a word one spelling. It is a filter and no proof: a text is compared with the names of
an index by it, and `spellings` then gives the names that are looked up in the index itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

#: Endings of plurals and what the singular ends in; the first that fits decides.
_PLURALS: Final = (
    ("theses", "thesis"), ("tases", "tasis"), ("roses", "rosis"), ("noses", "nosis"), ("loses", "losis"),
    ("moses", "mosis"), ("choses", "chosis"), ("ptoses", "ptosis"), ("itides", "itis"), ("lyses", "lysis"),
    ("lepsies", "lepsy"), ("omata", "oma"), ("sses", "ss"), ("xes", "x"), ("ies", "y"),
)  # fmt: skip
#: Endings in s that are no plurals.
_NO_PLURAL: Final = ("ss", "us", "is", "ics", "pancreas", "bias", "atlas", "gas")
#: British spellings, and the American ones. MeSH and Mondo have both, but not for every name.
_AMERICAN: Final = {
    "aem": "em", "oed": "ed", "oeso": "eso", "oest": "est", "noea": "nea", "rhoea": "rhea", "paed": "ped",
    "aest": "est", "coel": "cel", "foet": "fet", "gynaec": "gynec", "caec": "cec", "faec": "fec", "sulph": "sulf",
    "tumour": "tumor", "aeti": "eti",
}  # fmt: skip
_BRITISH_SPELLING: Final = re.compile("|".join(sorted(_AMERICAN, key=lambda word: -len(word))))
#: The other way, where an American spelling tells the British one.
_BRITISH: Final = {
    "emia": "aemia", "edema": "oedema", "esoph": "oesoph", "pnea": "pnoea", "rrhea": "rrhoea", "pedia": "paedia",
    "anesth": "anaesth", "celiac": "coeliac", "fetal": "foetal", "gynec": "gynaec", "cecal": "caecal",
    "fecal": "faecal", "sulf": "sulph", "tumor": "tumour", "hemo": "haemo", "hema": "haema", "ischem": "ischaem",
    "estr": "oestr", "leukem": "leukaem", "anem": "anaem", "urem": "uraem",
}  # fmt: skip
_AMERICAN_SPELLING: Final = re.compile("|".join(sorted(_BRITISH, key=lambda word: -len(word))))

#: Words that stand for one another in the names of diseases; the first is the canonical one.
_ALIKE: Final = (
    ("tumor", "neoplasm", "cancer"),
    ("disease", "disorder"),
    ("deficiency", "deficient"),
    ("kidney", "renal"),
    ("liver", "hepatic"),
    ("heart", "cardiac"),
    ("hemorrhage", "bleeding"),
    ("seizure", "convulsion"),
)
_SAME: Final = {word: group[0] for group in _ALIKE for word in group}
_GROUP: Final = {word: group for group in _ALIKE for word in group}

#: Endings of adjectives, and the endings of the names of diseases that they come from.
_ADJECTIVES: Final = (
    ("tensive", ("tension",)), ("ressive", ("ression",)), ("ulsive", ("ulsion",)), ("emic", ("emia",)),
    ("xic", ("xia", "xicity")), ("enic", ("enia",)), ("hmic", ("hmia",)), ("otic", ("osis",)),
    ("leptic", ("lepsy",)), ("betic", ("betes", "betes mellitus")), ("tonic", ("tonia",)), ("istic", ("ism",)),
    ("onian", ("onism", "on disease")), ("cardic", ("cardia",)), ("plegic", ("plegia",)), ("clonic", ("clonus",)),
    ("uric", ("uria",)), ("rhagic", ("rhage",)), ("maniac", ("mania",)),
    ("kinetic", ("kinesia",)), ("demented", ("dementia",)), ("depressed", ("depression",)), ("ritic", ("ritis",)),
    ("phrenic", ("phrenia",)), ("manic", ("mania",)), ("allergic", ("allergy",)),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def canonical(word: bytes) -> bytes:
    """Return the spelling that all forms of a word share.

    >>> canonical(b"tumours"), canonical(b"anaemia"), canonical(b"metastases"), canonical(b"cancers")
    (b'tumor', b'anemia', b'metastasis', b'tumor')
    """
    if len(word) < 4 or not word.isalpha():
        return word
    one = american(singular(word.decode()))
    return _SAME.get(one, one).encode()


def singular(word: str) -> str:
    """Return the singular of an English or medical plural, the word itself where it is none.

    >>> [singular(word) for word in ("tumors", "neuroses", "lymphomata", "palsies", "abscesses", "ileus", "PCBs")]
    ['tumor', 'neurosis', 'lymphoma', 'palsy', 'abscess', 'ileus', 'PCB']
    """
    if not word.endswith(("s", "omata", "itides")) or len(word) < 4:
        return word
    for plural, one in _PLURALS:
        if word.endswith(plural):
            return word[: -len(plural)] + one
    return word if word.endswith(_NO_PLURAL) else word[:-1]


def plural(word: str) -> str:
    """Return the plural of a word.

    >>> [plural(word) for word in ("tumor", "neurosis", "palsy", "abscess", "delay")]
    ['tumors', 'neuroses', 'palsies', 'abscesses', 'delays']
    """
    if word.endswith("is"):
        return word[:-2] + "es"
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x")) else "s")


def spellings(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the names that words may be written for and the rule that leads there, each name once.

    The words themselves come first (rule ``name``), then the other number of the last word (``number``), American
    spelling (``spelling``), and words that mean the same (``alike``).

    >>> [name for name, _ in spellings(["lung", "tumours"])][:4]
    ['lung tumours', 'lung tumour', 'lung tumors', 'lung tumor']
    >>> list(spellings(["5", "fu"]))
    [('5 fu', 'name')]
    """
    seen: set[str] = set()
    tried = (
        ("name", [words]),
        ("number", _numbers(words)),
        ("spelling", [form for one in [words, *_numbers(words)] for form in [[american(word) for word in one]]]),
        ("alike", _alike(words)),
    )
    for rule, forms in tried:
        for form in forms:
            name = " ".join(form)
            if name not in seen:
                seen.add(name)
                yield name, rule


def _numbers(words: list[str]) -> list[list[str]]:
    last = words[-1]
    if len(last) < 3 or not last.isalpha():
        return []
    one = singular(last)
    forms = [[*words[:-1], one], [*words[:-1], plural(one)]]
    if any(singular(word) != word for word in words[:-1]):
        forms.append([singular(word) if word.isalpha() else word for word in words])
    return forms


def _alike(words: list[str]) -> Iterator[list[str]]:
    choices = []
    for word in words:
        one = american(singular(word)) if word.isalpha() else word
        choices.append(_GROUP.get(one, (word,)))
    if all(len(choice) == 1 for choice in choices) or (len(words) == 1 and words[0] not in _BARE):
        return
    for form in product(*choices):
        yield list(form)
        yield [*form[:-1], plural(form[-1])] if form[-1].isalpha() and len(form[-1]) > 3 else list(form)


#: Words that mean the same as another by themselves, not only within a name.
_BARE: Final = frozenset({"convulsion", "convulsions", "bleeding", "bleedings", "neoplasm", "neoplasms"})


def nouns(word: str) -> Iterator[str]:
    """Yield the names of diseases that a word may be the adjective of.

    >>> list(nouns("hypertensive")), list(nouns("ischaemic")), list(nouns("renal"))
    (['hypertension'], ['ischaemia', 'ischemia'], [])
    """
    for ending, bases in _ADJECTIVES:
        if word.endswith(ending):
            for base in bases:
                noun = word[: -len(ending)] + base
                yield noun
                if (spelled := american(noun)) != noun:
                    yield spelled


def adjectives(noun: str) -> Iterator[str]:
    """Yield the adjectives that `nouns` leads back to a name of a disease.

    >>> list(adjectives("hypertension"))
    ['hypertensive']
    """
    for ending, bases in _ADJECTIVES:
        for base in bases:
            if noun.endswith(base):
                yield noun[: -len(base)] + ending


def american(text: str) -> str:
    """Return a text in American spelling.

    >>> american("leukaemia with oedema")
    'leukemia with edema'
    """
    return _BRITISH_SPELLING.sub(lambda found: _AMERICAN[found.group()], text)


def british(text: str) -> str:
    """Return a text in British spelling.

    >>> british("bone tumor"), british("anemia")
    ('bone tumour', 'anaemia')
    """
    return _AMERICAN_SPELLING.sub(lambda found: _BRITISH[found.group()], text)


def alike(word: str) -> tuple[str, ...]:
    """Return the other words that stand for a word in names of diseases.

    >>> alike("cancer"), alike("cough")
    (('tumor', 'neoplasm'), ())
    """
    return tuple(other for other in _GROUP.get(word, ()) if other != word)
