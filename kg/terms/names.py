"""Name normalisation: the one function that the compiled index and every look-up share.

Two names get one key only where they differ in case, accents, dashes, quotes, punctuation, spacing or in
the spelling of a Greek letter. What carries meaning in chemistry (a prime after a locant, the sign of
rotation, a charge) stays in the key as a word or a sign.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from kg.model import Scope

SCOPES: Final[tuple[Scope, ...]] = ("label", "exact", "narrow", "broad", "related")
#: Rank of a scope: the closer a name is to its term, the lower.
RANK: Final[dict[Scope, int]] = {scope: rank for rank, scope in enumerate(SCOPES)}

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi",
    "ο": "omicron", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_SPELL = {ord(letter): f" {name} " for letter, name in _GREEK.items()}
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\u2043\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u00b4\uff07"
_UNIFY = {**dict.fromkeys(map(ord, _DASHES), "-"), **dict.fromkeys(map(ord, _APOSTROPHES), "'"), 0x2033: "''"}
_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))
_SIGNS = (
    (re.compile(r"\(\s*(?:\+\s*[-/,]*\s*-|±)\s*\)"), " plus minus "),
    (re.compile(r"\(\s*\+\s*\)"), " plus "),
    (re.compile(r"\(\s*-\s*\)"), " minus "),
)
# 5'-deoxy, N,N'-dimethyl: after a digit, or after a letter that stands alone.
_PRIME = re.compile(r"(?:(?<=\d)|(?<=\b[a-z]))'(?![a-z])|(?<=\d)'")
_MORE_PRIMES = re.compile(r"(?<=prime )'")
_INNER_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
# What is left besides letters and digits are signs that tell two names apart.
_GAP = re.compile(r"(?:[^\w+%<>=~^±]|_)+")
# The same for ASCII, where most names are: a table is several times faster than the pattern.
_ASCII = "".join(" " if _GAP.match(chr(code)) else chr(code).lower() for code in range(128)).encode().ljust(256)
# A sign of rotation, which the table alone would lose.
_ROTATION = re.compile(r"\(\s*[-+]")


def normalize_name(text: str) -> str:
    """Return the key under which a name is compiled and looked up; "" where nothing is left of it.

    The steps: Unicode compatibility case folding (NFKC_Casefold, Unicode Standard, section 3.13), accents
    off, dashes and quotes unified, Greek letters spelled, ``&`` spelled, primes and signs of rotation
    spelled, apostrophes inside words dropped, other punctuation to a space, spaces collapsed. Applying it
    again changes nothing.

    >>> normalize_name("  Sjögren’s   Syndrome ")
    'sjogrens syndrome'
    >>> normalize_name("α-Fetoprotein"), normalize_name("TNF-alpha")
    ('alpha fetoprotein', 'tnf alpha')
    >>> normalize_name("non–small-cell lung cancer (NSCLC)")
    'non small cell lung cancer nsclc'
    >>> normalize_name("5'-deoxyadenosine"), normalize_name("5-deoxyadenosine")
    ('5 prime deoxyadenosine', '5 deoxyadenosine')
    >>> normalize_name("(-)-menthol"), normalize_name("Ca2+")
    ('minus menthol', 'ca2+')
    """
    return normalize_bytes(text).decode()


def normalize_bytes(text: str) -> bytes:
    """Return ``normalize_name(text)`` in UTF-8, as the index looks it up.

    >>> normalize_bytes("Sjögren's")
    b'sjogrens'
    """
    if text.isascii():
        if not ("'" in text or "&" in text or ("(" in text and _ROTATION.search(text))):
            return b" ".join(text.encode().translate(_ASCII).split())
        text = text.lower()
    else:
        text = text.translate(_UNIFY)
        text = unicodedata.normalize("NFD", text).casefold()
        text = unicodedata.normalize("NFKD", text).casefold()
        text = unicodedata.normalize("NFKD", text).translate(_UNIFY).translate(_ACCENTS).translate(_SPELL)
        text = unicodedata.normalize("NFKC", text)
    if "'" in text:
        text = _PRIME.sub(" prime ", text)
        text = _MORE_PRIMES.sub(" prime ", text)
        text = _INNER_APOSTROPHE.sub("", text)
    if "(" in text:
        for pattern, word in _SIGNS:
            text = pattern.sub(word, text)
    if "&" in text:
        text = text.replace("&", " and ")
    return _GAP.sub(" ", text).strip().encode()
