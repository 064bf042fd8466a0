"""The entity lists of a case page: ``- **Chemicals:** Anlotinib (PubChem CID 25017411), ...``.

An entry is a name and, in closing parentheses, an identifier; names may hold commas and parentheses
themselves. A comma and a space part two entries, except in the inverted headings of diseases and chemicals
(``Carcinoma, Renal Cell``): where the text has the name the right way round, or the first part is one of
the nouns that MeSH inverts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from kg.curies import known_prefix, normalize
from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, TAXON, VARIANT

#: Heading of a list line -> Biolink category.
KINDS = {
    "chemical": CHEMICAL, "drug": CHEMICAL, "disease": DISEASE, "gene": GENE, "protein": GENE,
    "species": TAXON, "organism": TAXON, "variant": VARIANT, "mutation": VARIANT, "snp": VARIANT,
    "cell line": CELL_LINE, "cellline": CELL_LINE, "genetic variant": VARIANT, "phenotype": DISEASE,
}  # fmt: skip

_LINE = re.compile(
    r"^\s*(?:[-*•+]\s+)?(?:\*\*|__)?\s*([A-Za-z][A-Za-z /-]{2,30}?)\s*(?::\s*(?:\*\*|__)?|(?:\*\*|__)\s*:)(.*)$"
)
_GROUP = re.compile(r"\(([^()]*)\)\s*(,|;|$)?")
# What is in closing parentheses and looks like an identifier, known to us or not: PREFIX:LOCAL, or four digits
# in a row behind letters.
_SHAPED = re.compile(r"[A-Za-z][\w.#\-]*:\s?[^\s()]*|[A-Za-z][A-Za-z .#:_-]{0,14}\d{4,}[\w.:-]*|CHEMBL\d+")
#: Parts of one inverted heading at the most.
_PARTS = 3
#: The nouns that MeSH puts first in inverted names of diseases, in the singular.
_INVERTED = frozenset(
    [
        "carcinoma",
        "adenocarcinoma",
        "sarcoma",
        "lymphoma",
        "leukemia",
        "neoplasm",
        "tumor",
        "anemia",
        "hepatitis",
        "arthritis",
        "mellitus",
        "insipidus",
        "syndrome",
        "cardiomyopathy",
        "pneumonia",
        "dermatitis",
        "sclerosis",
        "nevus",
        "abnormality",
        "hernia",
        "glaucoma",
        "atrophy",
        "dystrophy",
        "hypertension",
        "encephalitis",
        "meningitis",
        "amyloidosis",
        "erythematosus",
    ]
)
#: Diseases by one word: behind a comma they begin an entry of their own.
_NOUNS = _INVERTED | frozenset(
    [
        "osteosarcoma",
        "melanoma",
        "glioma",
        "myeloma",
        "asthma",
        "fever",
        "cough",
        "nausea",
        "vomiting",
        "pain",
        "diarrhea",
        "sepsis",
        "stroke",
        "epilepsy",
        "disease",
        "disorder",
        "infection",
        "failure",
        "insufficiency",
        "hemorrhage",
        "thrombosis",
        "embolism",
        "ulcer",
        "fracture",
        "cyst",
        "fibrosis",
        "colitis",
        "neuropathy",
        "myopathy",
        "nephritis",
        "shock",
        "edema",
        "rash",
        "obesity",
        "depression",
        "anxiety",
        "covid",
        "headache",
        "seizure",
        "death",
    ]
)
_MODIFIER = re.compile(
    r"\b(?:cell|type|lung|renal|squamous|ductal|lobular|papillary|transitional|non-[\w-]+|\w+-cell)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an entity list. ``problem`` says why it cannot be a mention, "" where it can."""

    name: str
    asserted_as: str
    asserted: str | None
    problem: str = ""


def split_line(line: str) -> tuple[str, str] | None:
    """Return (Biolink category, the entries as text) of a list line, None where it is not one.

    >>> split_line("- **Cell lines:** MG-63 (CVCL_0426)")
    ('biolink:CellLine', 'MG-63 (CVCL_0426)')
    >>> split_line("Opinions: none") is None
    True
    """
    found = _LINE.match(line)
    if not found:
        return None
    heading = " ".join(found.group(1).casefold().split())
    for name in (heading, heading.removesuffix("s"), heading.removesuffix("es")):
        if name in KINDS:
            return KINDS[name], found.group(2).strip()
    return None


def parse_entries(text: str, occurs: Callable[[str], bool], category: str = DISEASE) -> list[Entry]:
    """Return the entries of a list line's text.

    Args:
        text: what follows the heading, such as ``a (MESH:D1), b``.
        occurs: tells whether a name stands in the page's own text.
        category: what the line lists; only names of diseases and chemicals are ever inverted.

    >>> entries = parse_entries("N-(4-hydroxyphenyl)retinamide (MESH:D017313), fever", lambda name: False)
    >>> [(e.name, e.asserted) for e in entries]
    [('N-(4-hydroxyphenyl)retinamide', 'MESH:D017313'), ('fever', None)]
    """
    entries: list[Entry] = []
    start = 0
    for found in _GROUP.finditer(text):
        inner = found.group(1).strip()
        # An identifier that can be read ends its entry even where the comma behind it is missing.
        ends = _is_identifier(inner) if found.group(2) is not None else _is_readable(inner)
        if not ends:
            continue
        names = split_names(text[start : found.start()], occurs, category, identified=True)
        start = found.end(1) + 1
        entries += [_plain(name) for name in names[:-1]]
        entries += _identified(names[-1] if names else "", inner)
    entries += [_plain(name) for name in split_names(text[start:], occurs, category, identified=False)]
    return entries


def split_names(segment: str, occurs: Callable[[str], bool], category: str, *, identified: bool) -> list[str]:
    """Split the names of a segment at the commas that part entries.

    Args:
        segment: text between two identifiers.
        occurs: tells whether a name stands in the page's own text.
        category: what the line lists.
        identified: whether an identifier follows the segment.

    >>> split_names("Carcinoma, Renal Cell", lambda name: False, DISEASE, identified=True)
    ['Carcinoma, Renal Cell']
    >>> split_names("fever, osteosarcoma", lambda name: False, DISEASE, identified=True)
    ['fever', 'osteosarcoma']
    >>> split_names("KRAS, TP53", lambda name: False, GENE, identified=True)
    ['KRAS', 'TP53']
    """
    parts = _top_level(segment)
    names: list[str] = []
    while parts:
        whole = min(_PARTS, len(parts)) if category in {DISEASE, CHEMICAL} else 1
        # An inverted heading has an identifier: it ends its segment.
        length = next(
            (
                n
                for n in range(whole, 1, -1)
                if _is_inverted(parts[:n], occurs, category, identified and n == len(parts))
            ),
            1,
        )
        names.append(", ".join(parts[:length]))
        parts = parts[length:]
    return names


def _is_inverted(parts: list[str], occurs: Callable[[str], bool], category: str, identified: bool) -> bool:
    if len(parts) == 2 and occurs(f"{parts[1]} {parts[0]}"):
        return True
    # Nothing in the text decides. "Carcinoma, Renal Cell": the noun that is inverted, then what it is of, both
    # with capitals as headings have them, or with a word that only says which kind.
    if category != DISEASE or not identified or len(parts[0].split()) > 2:
        return False
    told = all(p[:1].isupper() for p in parts) or all(_MODIFIER.search(p) for p in parts[1:])
    return told and _ends_in(parts[0], _INVERTED) and not any(_ends_in(p, _NOUNS) or occurs(p) for p in parts[1:])


def _ends_in(part: str, nouns: frozenset[str]) -> bool:
    last = part.casefold().split()[-1]
    return last in nouns or last.removesuffix("s") in nouns


def _is_readable(inner: str) -> bool:
    pieces = [p for p in re.split(r"[;|]", inner) if p.strip()]
    return bool(pieces) and all(normalize(piece) is not None for piece in pieces)


def _top_level(segment: str) -> list[str]:
    """Split at ``, `` or ``; `` outside parentheses (``2,4-dinitrophenol`` stays whole)."""
    parts: list[str] = []
    depth, start = 0, 0
    for i, char in enumerate(segment):
        depth += (char in "([") - (char in ")]")
        if char in ",;" and depth <= 0 and (segment[i + 1 : i + 2].isspace() or i + 1 == len(segment) or char == ";"):
            parts.append(segment[start:i])
            start = i + 1
    parts.append(segment[start:])
    return [" ".join(p.split()) for p in parts if p.strip()]


def _is_identifier(inner: str) -> bool:
    pieces = [p for p in re.split(r"[;|]", inner) if p.strip()]
    if not pieces:
        return inner in {"", "-"}
    return all(
        piece.strip() == "-" or normalize(piece) is not None or _SHAPED.fullmatch(piece.strip())
        or (known_prefix(piece.strip()) and any(c.isdigit() for c in piece))
        for piece in pieces
    )  # fmt: skip


def _plain(name: str) -> Entry:
    return Entry(name, "", None, _problem(name))


def _identified(name: str, inner: str) -> list[Entry]:
    problem = _problem(name)
    identifiers = [p.strip() for p in re.split(r"[;|]", inner) if p.strip() and p.strip() != "-"]
    if not identifiers:
        return [Entry(name, "", None, problem)]
    return [Entry(name, written, normalize(written), problem) for written in identifiers]


def _problem(name: str) -> str:
    if not name:
        return "an identifier without a name"
    if name.count("(") != name.count(")"):
        return "parentheses do not close (is the page cut off?)"
    if not any(c.isalnum() for c in name):
        return "a name without a letter or digit"
    return ""
