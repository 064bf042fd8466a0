"""PubTator3's exports, cut into documents: BioC JSON, BioC XML, PubTator; and documents put together again.

What a document is called stands in several places: an abstract's ``id`` is its PMID, a full text's the number of its
PMCID, and ``_id`` holds both (``22429397|PMC3446384``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from xml.parsers import expat

from kg.errors import DownloadError
from kg.transfer import BrokenError

Form = Literal["biocjson", "biocxml", "pubtator"]
#: Form -> suffix of its files, one that `kg build` looks for.
SUFFIXES: Final[Mapping[Form, str]] = {"biocjson": ".json", "biocxml": ".xml", "pubtator": ".pubtator"}

_PMCID: Final = re.compile(r"(?:PMC)?0*([1-9]\d*)", re.IGNORECASE | re.ASCII)
_PMID: Final = re.compile(r"0*([1-9]\d*)", re.ASCII)
_TITLE: Final = re.compile(rb"^[ \t]*([^\s|]{1,40})\|t\|", re.MULTILINE)

#: What stands before, between and behind the documents of a file.
_FRAMES: Final[Mapping[Form, tuple[bytes, bytes, bytes]]] = {
    "biocjson": (b'{"PubTator3": [\n', b",\n", b"\n]}\n"),
    "biocxml": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<collection><source>PubTator3</source><date/><key/>\n',
        b"\n",
        b"\n</collection>\n",
    ),
    "pubtator": (b"", b"\n\n", b"\n\n"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One document of an export: its identifiers (``PMID:7``, ``PMC7``) and its bytes."""

    ids: frozenset[str]
    data: bytes

    @property
    def label(self) -> str:
        """How the document is called in a report.

        >>> Part(frozenset({"PMID:7", "PMC3"}), b"").label, Part(frozenset(), b"").label
        ('PMC3 PMID:7', '(without an identifier)')
        """
        return " ".join(sorted(self.ids)) or "(without an identifier)"


def split(body: bytes, form: Form) -> list[Part]:
    """Cut an export into its documents.

    Raises:
        BrokenError: if it is damaged or something else.

    >>> [part.label for part in split(b'{"PubTator3": [{"_id": "7|PMC3", "id": "3", "passages": []}]}', "biocjson")]
    ['PMC3 PMID:7']
    """
    if form == "biocjson":
        return [_json_part(document) for document in _json_documents(body)]
    return _xml_parts(body) if form == "biocxml" else _text_parts(body)


def join(parts: Iterable[Part], form: Form) -> bytes:
    """Return one file of documents, as `kg build` reads it.

    >>> join([Part(frozenset(), b'{"id": "7"}')], "biocjson")
    b'{"PubTator3": [\\n{"id": "7"}\\n]}\\n'
    """
    return b"".join(pieces(parts, form))


def pieces(parts: Iterable[Part], form: Form) -> Iterator[bytes]:
    """Yield the pieces of one file of documents, for files that memory does not hold.

    >>> list(pieces([Part(frozenset(), b"7|t|Fever")], "pubtator"))
    [b'', b'7|t|Fever', b'\\n\\n']
    """
    begin, between, end = _FRAMES[form]
    yield begin
    for number, part in enumerate(parts):
        if number:
            yield between
        yield part.data
    yield end


# -- BioC JSON -------------------------------------------------------------------------------------------------------


def _json_documents(body: bytes) -> list[dict[str, Any]]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BrokenError("the answer is no whole JSON", "damaged") from error
    if isinstance(value, dict):
        documents = value.get("PubTator3", value.get("documents", [value] if "passages" in value else None))
        if isinstance(documents, list) and all(isinstance(one, dict) for one in documents):
            return documents
    raise BrokenError("the answer is JSON, but no export of annotations", "damaged")


def _json_part(document: dict[str, Any]) -> Part:
    return Part(frozenset(_json_ids(document)), _compact(document))


def _compact(document: dict[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half of a pair of surrogates has no UTF-8.
        return json.dumps(document, separators=(",", ":")).encode()


def _json_ids(document: dict[str, Any]) -> Iterator[str]:
    both = str(document.get("_id") or "").partition("|")
    pmids, pmcids = [document.get("pmid"), both[0]], [document.get("pmcid"), both[2]]
    passages = document.get("passages")
    first = passages[0] if isinstance(passages, list) and passages and isinstance(passages[0], dict) else {}
    infons = first.get("infons")
    if isinstance(infons, dict):
        pmids.append(infons.get("article-id_pmid"))
        pmcids.append(infons.get("article-id_pmc"))
    yield from _identifiers(pmids, pmcids, document.get("id"))


def _identifiers(pmids: Iterable[object], pmcids: Iterable[object], own: object) -> Iterator[str]:
    """Yield the identifiers of a document; ``own`` is a PMID or a PMCID's number.

    >>> list(_identifiers(["7"], ["PMC3"], "3")), list(_identifiers([], [], "9")), list(_identifiers([], [], "PMC9"))
    (['PMID:7', 'PMC3'], ['PMID:9'], ['PMC9'])
    """
    found = [f"PMID:{m.group(1)}" for one in pmids if (m := _PMID.fullmatch(str(one or "").strip()))]
    in_pmc = [f"PMC{m.group(1)}" for one in pmcids if (m := _PMCID.fullmatch(str(one or "").strip()))]
    written = str(own or "").strip()
    if written.upper().startswith("PMC") and (match := _PMCID.fullmatch(written)):
        in_pmc.append(f"PMC{match.group(1)}")
    elif not found and (match := _PMID.fullmatch(written)) and f"PMC{match.group(1)}" not in in_pmc:
        found.append(f"PMID:{match.group(1)}")
    yield from dict.fromkeys([*found, *in_pmc])


# -- BioC XML --------------------------------------------------------------------------------------------------------


class _Cutter:
    """Finds where the documents of a collection begin and end, and what they are called."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.parts: list[Part] = []
        self.root = ""
        self._path: list[str] = []
        self._begin = 0
        self._text: list[str] = []
        self._key = ""
        self._own = ""
        self._infons: dict[str, str] = {}
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text.append
        self.parser.EntityDeclHandler = _no_entities

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path:
            self.root = name
        self._path.append(name)
        self._text.clear()
        if self._path == ["collection", "document"]:
            self._begin = self.parser.CurrentByteIndex
            self._own, self._infons = "", {}
        elif name == "infon":
            self._key = attributes.get("key", "")

    def _end(self, name: str) -> None:
        path, text = tuple(self._path), "".join(self._text).strip()
        self._path.pop()
        self._text.clear()
        if path == ("collection", "document", "id"):
            self._own = text
        elif name == "infon" and path[:2] == ("collection", "document") and len(path) <= 4:
            self._infons.setdefault(self._key, text)
        elif path == ("collection", "document"):
            end = self.body.index(b">", self.parser.CurrentByteIndex) + 1
            pmids = (self._infons.get("article-id_pmid"), self._infons.get("pmid"))
            pmcids = (self._infons.get("article-id_pmc"), self._infons.get("pmcid"))
            self.parts.append(Part(frozenset(_identifiers(pmids, pmcids, self._own)), self.body[self._begin : end]))


def _no_entities(*_: object) -> None:
    raise DownloadError("the answer declares entities; it is not read", reason="wrong-content")


def _xml_parts(body: bytes) -> list[Part]:
    cutter = _Cutter(body)
    try:
        cutter.parser.Parse(body, True)
    except (expat.ExpatError, ValueError) as error:
        raise BrokenError("the answer is no whole XML", "damaged") from error
    if cutter.root != "collection":
        raise BrokenError("the answer is XML, but no collection of documents", "damaged")
    return cutter.parts


# -- PubTator --------------------------------------------------------------------------------------------------------


def _text_parts(body: bytes) -> list[Part]:
    """Cut lines of PubTator; only a line end tells that the last line is whole."""
    if body.strip() and not body.endswith(b"\n"):
        raise BrokenError("the answer ends within a line", "damaged")
    begins = list(_TITLE.finditer(body))
    if body[: begins[0].start() if begins else None].strip():
        raise BrokenError("the answer is no PubTator text", "damaged")
    ends = [*(begin.start() for begin in begins[1:]), len(body)]
    return (
        [
            Part(
                frozenset(_identifiers([], [], begin.group(1).decode("utf-8", "replace"))),
                body[begin.start() : end].strip().replace(b"\r\n", b"\n"),
            )
            for begin, end in zip(begins, ends, strict=True)
        ]
        if begins
        else []
    )
