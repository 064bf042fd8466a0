"""What the name of a chemical says of its form: salt, hydrate, isotope, combination, class.

A word counts only where it has one meaning: ``hydrochloride`` is a salt, ``acetate`` may be an ester; ``dihydrate`` is
a hydrate, ``chloral hydrate`` is none. A combination lists its components ("trimethoprim, sulfamethoxazole drug
combination", "X / Y", "X and Y"); a class is a plural ("Indoles", "Fatty Acids, Omega-3").
"""

from __future__ import annotations

import re
from typing import Final, Literal

Form = Literal["parent", "salt", "hydrate", "isotope", "ion", "mixture", "combination", "class", "unknown"]

_SALT_NAME: Final = re.compile(
    r"[\w)\]',] (?:(?:mono|di|tri|tetra)?hydro(?:chloride|bromide|iodide)|(?:di)?mesylate|besylate|tosylate|edisylate"
    r"|esylate|napsylate|camsylate|isethionate|pamoate|embonate|bitartrate|hemitartrate|(?:di)?sodium|(?:di)?potassium"
    r"|meglumine|tromethamine|[a-z]*(?:sodium|potassium|lithium|calcium|magnesium|ammonium|amine|ate|ide) salt)$",
    re.IGNORECASE,
)
_HYDRATE_NAME: Final = re.compile(
    r"[ ,](?:hemi|sesqui|mono|di|tri|tetra|penta|hexa|hepta|octa|deca|dodeca)hydrate$", re.IGNORECASE
)
_ISOTOPE_NAME: Final = re.compile(
    r"\b(?:deuterated|deuterium|tritiated|radioisotopes?|Tc[ -]?99m|99mTc|F[ -]?18|18F|I[ -]?1(?:23|24|25|31)"
    r"|1(?:23|24|25|31)I|1[134]C|Ga[ -]?6[78]|6[78]Ga|In[ -]?111|111In|Lu[ -]?177|177Lu)\b|\(1[134]\)C"
)
_COMBINATION: Final = re.compile(
    r",?[ (](?:drug )?combinations?\b\)?\.?(?: ?\(?[\w:.-]+\)?)?$|[ ,]mixture$| protocol$", re.IGNORECASE
)
_LIST: Final = re.compile(r"; | / | \+ |, and |,? and |, | - ")
_SPLIT_ONCE: Final = re.compile(r" / | \+ | and ")
_WORD: Final = re.compile(r"[A-Za-z][a-z]{3,}(?:[ -][A-Za-z]+){0,2}")
# Parts of one name that a hyphen joins to the rest; two names joined by a hyphen are longer words.
_HYPHEN: Final = re.compile(r"(?<=[a-z]{3})-(?=[A-Za-z][a-z]{3})")
_PREFIXES: Final = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "omega", "para", "meta", "ortho", "trans", "tert", "iso", "neo",
    "pseudo", "nor", "anti", "non", "poly", "mono", "slow", "fast", "acetyl", "methyl", "ethyl",
})  # fmt: skip
# The last word, before a letter or number ("Prostaglandins B"). Not a plural: -us, -is, -os, -as, -ss.
_PLURAL: Final = re.compile(r"[A-Za-z]{3,}[^uioasA-Z\W\d_]s(?: (?:[A-Za-z]\d?|\d+))?$")


def name_form(name: str) -> Form:
    """Return the form that a name says, ``unknown`` where it says none or the word has several meanings.

    >>> name_form("Aspirin, Dipyridamole Drug Combination"), name_form("ephedrine hydrochloride")
    ('combination', 'salt')
    >>> name_form("eprosartan mesylate dihydrate"), name_form("Chloral Hydrate"), name_form("Fluorodeoxyglucose F18")
    ('hydrate', 'unknown', 'isotope')
    >>> name_form("hydrocortisone acetate"), name_form("Indoles"), name_form("Sirolimus")
    ('unknown', 'class', 'unknown')
    """
    if found := _COMBINATION.search(name):
        return "mixture" if found.group().strip(" ,").casefold() == "mixture" else "combination"
    if len(components(name)) > 1:
        return "combination"
    if _ISOTOPE_NAME.search(name):
        return "isotope"
    if _HYDRATE_NAME.search(name):
        return "hydrate"
    if _SALT_NAME.search(name):
        return "salt"
    return "class" if is_plural(name) else "unknown"


def components(name: str) -> tuple[str, ...]:
    """Return the components that the name of a combination lists, as it spells them; () where it lists none.

    >>> components("trimethoprim, sulfamethoxazole drug combination")
    ('trimethoprim', 'sulfamethoxazole')
    >>> components("atropine sulfate-diphenoxylate hydrochloride drug combination")
    ('atropine sulfate', 'diphenoxylate hydrochloride')
    >>> components("meropenem and vaborbactam"), components("1,2,3-propanetriol"), components("VAD combination")
    (('meropenem', 'vaborbactam'), (), ())
    """
    ending = _COMBINATION.search(name)
    if ending is None:
        parts = [part.strip() for part in _SPLIT_ONCE.split(name)]
        # Without the word, a list is one of plain names: "P-glycoprotein inducer and activator TX5" is none.
        return tuple(parts) if len(parts) > 1 and all(_WORD.fullmatch(part) for part in parts) else ()
    stem = name[: ending.start()]
    parts = [part.strip() for part in (stem.split(";") if ";" in stem else _LIST.split(stem)) if part.strip()]
    if len(parts) == 1:
        pieces = _HYPHEN.split(parts[0])
        if not any(re.split(r"[ \d-]", piece)[-1].casefold() in _PREFIXES for piece in pieces[:-1]):
            parts = pieces
    return tuple(parts) if len(parts) > 1 else ()


def is_plural(name: str) -> bool:
    """Tell whether a name is a plural, as MeSH writes classes; an inverted name has its noun before the comma.

    >>> [is_plural(name) for name in ("Nicotinic Acids", "Fatty Acids, Omega-3", "Prostaglandins B", "Chlorpyrifos")]
    [True, True, True, False]
    """
    noun = name if name[:1].isdigit() else name.partition(", ")[0]
    return _PLURAL.search(noun) is not None
