"""What is looked at in an article's JATS before it is kept: that it is whole, and which article it is."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from kg.errors import DownloadError
from kg.transfer import BrokenError

#: `pub-id-type` of a PMCID, of old and new files.
_TYPES: Final = frozenset({"pmc", "pmcid"})
_PMCID: Final = re.compile(r"(?:PMC)?0*([1-9]\d*)(?:\.\d+)?", re.IGNORECASE | re.ASCII)
_PLACE: Final = ["article", "front", "article-meta", "article-id"]


def pmcid_of(body: bytes) -> str:
    """Return the PMCID that an article states of itself, "" where it states none.

    Raises:
        BrokenError: if it is no whole XML.
        DownloadError: if it is no article, or declares entities of its own.

    >>> pmcid_of(b'<article><front><article-meta><article-id pub-id-type="pmc">7</article-id></article-meta></front></article>')
    'PMC7'
    """
    path: list[str] = []
    text: list[str] = []
    found: list[str] = []
    kind = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal kind
        if not path and name != "article":
            raise DownloadError(f"XML with the root {name[:40]}, and no article", reason="wrong-content")
        path.append(name)
        text.clear()
        kind = attributes.get("pub-id-type", "")

    def end(_name: str) -> None:
        if path == _PLACE and kind in _TYPES and (match := _PMCID.fullmatch("".join(text).strip())):
            found.append(f"PMC{match.group(1)}")
        path.pop()

    def declare(*_: object) -> None:
        raise DownloadError("XML that declares entities of its own; it is not read", reason="wrong-content")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.EntityDeclHandler = declare
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BrokenError("the answer is no whole XML", "damaged") from error
    return found[0] if found else ""
