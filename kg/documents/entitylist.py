"""The entity lists of a case page: ``- **Chemicals:** Anlotinib (PubChem CID 25017411), ...``.

An entry is a name and, in closing parentheses, an identifier; names may hold commas and parentheses
themselves. Where a comma could part two entries or belong to one name, the page's own text decides; where
it does not, a following capital (``Carcinoma, Renal Cell``: an inverted heading) keeps the name whole.
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

_LINE = re.compile(r"^\s*(?:[-*•+]\s+)?(?:\*\*|__)?\s*([A-Za-z][A-Za-z /-]{2,30}?)\s*:\s*(?:\*\*|__)?\s*:?(.*)$")
_CLOSED = re.compile(r"\(([^()]*)\)\s*(?=[,;]|$)")
_SHAPED = re.compile(r"[A-Za-z][\w.\-]*:\s?[^\s()]+")


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


def parse_entries(text: str, occurs: Callable[[str], bool]) -> list[Entry]:
    """Return the entries of a list line's text.

    Args:
        text: what follows the heading, such as ``a (MESH:D1), b``.
        occurs: tells whether a name stands in the page's own text.

    >>> entries = parse_entries("N-(4-hydroxyphenyl)retinamide (MESH:D017313), fever", lambda name: False)
    >>> [(e.name, e.asserted) for e in entries]
    [('N-(4-hydroxyphenyl)retinamide', 'MESH:D017313'), ('fever', None)]
    """
    entries: list[Entry] = []
    start = 0
    for found in _CLOSED.finditer(text):
        inner = found.group(1).strip()
        if not _is_identifier(inner):
            continue
        names = split_names(text[start : found.start()], occurs, identified=True)
        start = found.end()
        entries += [_plain(name) for name in names[:-1]]
        entries += _identified(names[-1] if names else "", inner)
    entries += [_plain(name) for name in split_names(text[start:], occurs, identified=False)]
    return entries


def split_names(segment: str, occurs: Callable[[str], bool], *, identified: bool) -> list[str]:
    """Split the names of a segment at the commas that part entries.

    Args:
        segment: text between two identifiers.
        occurs: tells whether a name stands in the page's own text.
        identified: whether an identifier follows the segment.

    >>> split_names("Carcinoma, Renal Cell", lambda name: False, identified=True)
    ['Carcinoma, Renal Cell']
    >>> split_names("fever, osteosarcoma", lambda name: False, identified=True)
    ['fever', 'osteosarcoma']
    """
    parts = _top_level(segment)
    names: list[str] = []
    while parts:
        for length in range(len(parts), 0, -1):
            whole = ", ".join(parts[:length])
            last = length == len(parts)
            if length == 1 or occurs(whole) or _is_inverted(parts[:length], occurs, identified=identified and last):
                names.append(whole)
                parts = parts[length:]
                break
    return names


def _is_inverted(parts: list[str], occurs: Callable[[str], bool], *, identified: bool) -> bool:
    if occurs(" ".join([*parts[1:], parts[0]])):
        return True
    # Nothing in the text decides: an inverted heading goes on with a capital, and has an identifier.
    return identified and all(p[:1].isupper() for p in parts) and not all(occurs(p) for p in parts)


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
