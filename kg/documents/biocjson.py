"""BioC JSON: one document, a collection, PubTator3's exports, a list, JSON lines; documents one at a time.

Exporters differ from the schema (https://github.com/ncbi-nlp/BioC-JSON) in ways that are read here: infons that are
numbers, lists or objects, a location that is not in a list, identity and bibliography beside the infons (PubTator3).
Articles of PubTator3's ``PubTatorArticle`` form (title and abstract, annotations with start and end) are read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

from kg.documents.bioc import set_aside, to_document
from kg.documents.biocmentions import role_of
from kg.documents.biocparts import RawAnnotation, RawDocument, RawPassage, RawRelation, clean, whole_number
from kg.documents.jsonrecords import NO_OBJECT, json_records
from kg.documents.tally import Tally
from kg.model import Document

#: Keys of the lists that documents stand in.
HOLDERS: Final = frozenset({"documents", "PubTator3"})
_SOUGHT: Final = ('"locations"', '"nodes"', '"passages"')
#: Fields of a document beside its infons.
_FIELDS: Final = ("pmid", "pmcid", "doi", "date", "year", "journal", "title", "url")


def read_biocjson(stream: IO[bytes], name: str, tally: Tally) -> Iterator[Document]:
    """Read documents in BioC JSON.

    Args:
        stream: the bytes, not compressed; read forwards, once.
        name: the input's name.
        tally: is told of every document, annotation and relation.

    Yields:
        The documents in their order.

    >>> import io
    >>> text = b'{"documents": [{"id": "12345", "passages": [{"offset": 0, "text": "Fever", "annotations": []}]}]}'
    >>> tally = Tally("a.json")
    >>> [(d.id, d.passages[0].text) for d in read_biocjson(io.BytesIO(text), "a.json", tally)], tally.balanced()
    ([('PMID:12345', 'Fever')], True)
    """
    for record in json_records(stream, HOLDERS, _SOUGHT, mend=False):
        value = record.value
        if value is None:
            annotations, relations, documents = record.counted or (0, 0, 0)
            problem = "not a BioC document: no object" if record.problem == NO_OBJECT else record.problem
            set_aside(tally, problem, record.text, annotations, relations, max(1, documents))
            continue
        if isinstance(value.get("passages"), list):
            raw = _document(value)
        elif isinstance(value.get("abstract"), str) and isinstance(value.get("annotations"), list):
            raw = _article(value)
        else:
            annotations, relations = len(_objects(value.get("annotations"))), len(_objects(value.get("relations")))
            set_aside(tally, "not a BioC document: no passages", str(value)[:200], annotations, relations)
            continue
        raw.source = _source(record.holder, record.path, value)
        if document := to_document(raw, name, tally):
            yield document


def _source(holder: dict[str, str], path: tuple[str, ...], value: dict[str, Any]) -> str:
    if "PubTator3" in path or ("_id" in value and "relations_display" in value):
        return "PubTator3"
    return clean(holder.get("source", "")).strip()


def _document(value: dict[str, Any]) -> RawDocument:
    """Return the parts of a document."""
    infons = _infons(value.get("infons"))
    for key in _FIELDS:
        if key not in infons and (said := _scalar(value.get(key))):
            infons[key] = said
    authors = value.get("authors")
    return RawDocument(
        id=_scalar(value.get("id")), infons=infons, passages=[_passage(p) for p in _objects(value.get("passages"))],
        annotations=_annotations(value), relations=_relations(value),
        authors=tuple(map(_author, authors)) if isinstance(authors, list) else (),
    )  # fmt: skip


def _author(value: Any) -> str:
    return _scalar(value.get("name")) if isinstance(value, dict) else _scalar(value)


def _passage(value: dict[str, Any]) -> RawPassage:
    """Return the parts of a passage; sentences inside of sentences, which BioC does not have, are its own."""
    passage = _part(value)
    if value.get("sentences"):
        passage.sentences = [_part(sentence) for sentence in _sentences(value)]
    return passage


def _part(value: dict[str, Any]) -> RawPassage:
    """Return what a passage or a sentence holds itself."""
    return RawPassage(
        infons=_infons(value.get("infons")), offset=whole_number(value.get("offset")), text=_scalar(value.get("text")),
        annotations=_annotations(value), relations=_relations(value),
    )  # fmt: skip


def _sentences(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for sentence in _objects(value.get("sentences")):
        if "text" in sentence:
            yield sentence
        yield from _sentences(sentence)


def _annotations(value: dict[str, Any]) -> list[RawAnnotation]:
    return [
        RawAnnotation(
            _scalar(a.get("id")), _read_infons(a.get("infons")), _scalar(a.get("text")),
            [_location(place) for place in _objects(a.get("locations"))],
        )
        for a in _objects(value.get("annotations"))
    ]  # fmt: skip


def _location(value: dict[str, Any]) -> tuple[int, int]:
    """Return (offset, length); (-1, 0) where it cannot be read.

    >>> _location({"offset": "3", "length": 2}), _location({"start": 3, "end": 5}), _location({})
    ((3, 2), (3, 2), (-1, 0))
    """
    offset, length = whole_number(value.get("offset", value.get("start"))), whole_number(value.get("length"))
    if offset is None:
        return -1, 0
    end = whole_number(value.get("end"))
    return offset, length if length is not None else end - offset if end is not None else 0


def _relations(value: dict[str, Any]) -> list[RawRelation]:
    return [
        RawRelation(
            _scalar(r.get("id")), _infons(r.get("infons")),
            [(_scalar(n.get("refid")), _scalar(n.get("role"))) for n in _objects(r.get("nodes"))],
        )
        for r in _objects(value.get("relations"))
    ]  # fmt: skip


def _objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, or the one that stands without one. What is no object is an empty one."""
    if isinstance(value, list):
        return [item if isinstance(item, dict) else {} for item in value]
    return [value] if isinstance(value, dict) and value else []


def _infons(value: Any) -> dict[str, str]:
    """Return infons as strings; those of an object within are named after both.

    >>> _infons({"type": "Gene", "normalized_id": 7, "x": None, "role1": {"identifier": "MESH:D1", "valid": True}})
    {'type': 'Gene', 'normalized_id': '7', 'role1.identifier': 'MESH:D1', 'role1.valid': 'true'}
    """
    if isinstance(value, list):
        value = {item.get("key"): item.get("value") for item in value if isinstance(item, dict)}
    if not isinstance(value, dict):
        return {}
    infons: dict[str, str] = {}
    for key, item in value.items():
        if isinstance(item, str):
            infons[key] = clean(item)
        elif isinstance(item, dict):
            infons |= {f"{key}.{inner}": said for inner, one in item.items() if (said := _scalar(one))}
        elif said := _scalar(item):
            infons[str(key)] = said
    return infons


def _read_infons(value: Any) -> dict[str, str]:
    """Return those infons of an annotation that are read; PubTator3 writes twice as many."""
    if not isinstance(value, dict):
        return _infons(value)
    return {
        key: said
        for key, item in value.items()
        # What `_scalar` would return of most of them.
        if role_of(key) and (said := item if type(item) is str and item.isprintable() else _scalar(item))
    }


def _scalar(value: Any) -> str:
    """Return a value as text, a list by ``;``; "" for null and objects.

    >>> _scalar(7), _scalar(7.0), _scalar(True), _scalar(["D1", 2]), _scalar(None)
    ('7', '7', 'true', 'D1;2', '')
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 4096 else ""
    if isinstance(value, list):
        return ";".join(filter(None, map(_scalar, value)))
    return ""


def _article(value: dict[str, Any]) -> RawDocument:
    """Return the parts of a ``PubTatorArticle``: offsets count in title and abstract, joined by a space."""
    title, abstract = _scalar(value.get("title")), _scalar(value.get("abstract"))
    raw = _document({**value, "id": value.get("pmid"), "title": None, "annotations": None, "relations": None})
    raw.passages = [
        RawPassage({"type": "title"}, 0, title),
        RawPassage({"type": "abstract"}, len(title) + 1, abstract),
    ]
    for a in _objects(value.get("annotations")):
        infons = _infons({"type": a.get("type"), "identifier": a.get("mesh", a.get("identifier"))})
        raw.annotations.append(RawAnnotation("", infons, _scalar(a.get("name")), [_location(a)]))
    for r in _objects(value.get("relations")):
        infons = _infons({"type": r.get("relation_type"), "entity1": r.get("mesh1"), "entity2": r.get("mesh2")})
        raw.relations.append(RawRelation("", infons))
    return raw
