"""Mondo and other ontologies as OBO Graphs JSON, streamed node by node.

Format: https://github.com/geneontology/obographs. The nodes of a graph come before its edges or behind them, and its
name and release at the very end; so what the nodes say is kept as plain clauses until the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from kg.errors import TermsError
from kg.model import Mapping, Term
from kg.terms.json_stream import JsonError, JsonStream
from kg.terms.ontology_terms import Assembly, Clause, Frame, equivalents
from kg.terms.ontology_words import Header, header, identifier, meaning
from kg.terms.reading import Problems, open_bytes

_SUBCLASS: Final = frozenset({
    "is_a", "subClassOf", "rdfs:subClassOf", "http://www.w3.org/2000/01/rdf-schema#subClassOf",
})  # fmt: skip
_SOURCE: Final = ("source", "oboInOwl:source", "http://www.geneontology.org/formats/oboInOwl#source")
_LISTS: Final = frozenset({"nodes", "edges", "equivalentNodesSets"})
_HEADER: Final = {"id": '"', "meta": "{"}
_OTHER_TYPES: Final = ("PROPERTY", "INDIVIDUAL")
_VERSION_INFO: Final = "http://www.w3.org/2002/07/owl#versionInfo"
_MOST_EQUIVALENTS: Final = 100
_NO_GRAPH: Final = 'is JSON, but holds no OBO Graphs document ({"graphs": [...]}); name a file such as mondo.json'


def read_header(path: Path) -> Header:
    """Return the identifier and release that the first graph of a file names, each "" where it has none.

    Raises:
        TermsError: if the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.json")
    ...     _ = path.write_text('{"graphs": [{"id": "http://purl.obolibrary.org/obo/mondo.json", "nodes": []}]}')
    ...     read_header(path)
    Header(identifier='mondo', version='')
    """
    document = _Document(Problems("", path.name))
    # What is wrong with the file, read_terms tells.
    with open_bytes(path, Problems("", path.name)) as file, suppress(JsonError):
        document.read(JsonStream(file, path, Problems("", path.name)), header_only=True)
    return document.header


def read_terms(path: Path, problems: Problems) -> Iterator[Term | Mapping]:
    """Yield the mappings of an OBO Graphs file, then its terms in its order; alternative identifiers last.

    Args:
        path: the file, plain or gzip.
        problems: the account. Its records are the nodes of type ``CLASS``. Where the file breaks off
            (``not-well-formed``), what came before is read, and the node that is cut is dropped (``cut-short``).

    Raises:
        TermsError: if the file cannot be read, is no OBO Graphs document, or breaks off before its first node.

    >>> import tempfile
    >>> node = '{"id": "http://purl.obolibrary.org/obo/MONDO_0009807", "lbl": "osteosarcoma", "type": "CLASS"}'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.json")
    ...     _ = path.write_text(f'{{"graphs": [{{"nodes": [{node}], "edges": []}}]}}')
    ...     [(term.curie, term.label) for term in read_terms(path, Problems("mondo", path.name))]
    [('MONDO:0009807', 'osteosarcoma')]
    """
    document = _Document(problems)
    with open_bytes(path, problems) as file:
        stream = JsonStream(file, path, problems)
        if stream.peek() != "{":
            raise TermsError(_not_json(path, stream.peek()), value=str(path))
        try:
            document.read(stream)
            if rest := stream.peek():
                message = "the file goes on after the end of its document"
                problems.add("not-well-formed", rest, message, line=stream.line)
        except JsonError as error:
            if not document.frames:
                raise TermsError(
                    f"{path} is cut short or no JSON ({error}): it holds not one whole class; fetch it again",
                    value=str(path),
                ) from None
            document.broken(path, error)
    if not document.graphs:
        raise TermsError(f"{path} {_NO_GRAPH}", value=str(path))
    yield from document.records()


class _Document:
    """What the graphs of one file say, as frames."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.header = Header("", "")
        self.frames: list[Frame] = []
        self.graphs = 0
        self._parents: dict[str, list[Clause]] = {}
        self._equivalents: list[tuple[str, str, int]] = []
        self._open_node = 0
        self._others: set[str] = set()
        self._whole = True

    def read(self, stream: JsonStream, *, header_only: bool = False) -> None:
        """Read a document, or a graph that stands alone.

        Raises:
            JsonError: if the file breaks off or is no JSON.
        """
        known: dict[str, Any] = {}
        for key in stream.members():
            if key == "graphs" and stream.peek() == "[":
                for _ in stream.places():
                    if stream.peek() == "{":
                        self._graph(stream, header_only)
                    else:
                        self._skip(stream, "a graph is no object")
                    if header_only:
                        return
            else:
                self._member(stream, key, known, header_only)
        self._named(known)

    def _graph(self, stream: JsonStream, header_only: bool) -> None:
        known: dict[str, Any] = {}
        self.graphs += 1
        for key in stream.members():
            self._member(stream, key, known, header_only)
        self._named(known)

    def _member(self, stream: JsonStream, key: str, known: dict[str, Any], header_only: bool) -> None:
        if key in _HEADER:
            if stream.peek() == _HEADER[key]:
                known[key] = stream.value()
            else:
                self._skip(stream, f"the {key} of a graph is malformed")
        elif header_only or key not in _LISTS:
            stream.skip()
        elif stream.peek() != "[":
            self._skip(stream, f"the {key} of a graph are no list")
        elif key == "nodes":
            self.graphs = self.graphs or 1
            for _ in stream.places():
                line = self._open_node = stream.line
                node = stream.value()
                self._open_node = 0
                self._node(node, line)
        else:
            take = self._edge if key == "edges" else self._equivalent
            for _ in stream.places():
                line = stream.line
                take(stream.value(), line)

    def _skip(self, stream: JsonStream, message: str) -> None:
        """Pass over a value that is not of its kind; null stands for what is not there."""
        line, first = stream.line, stream.peek()
        if first in '{["':
            stream.skip()
            self._problems.add("malformed-clause", first, message, line=line)
        elif (value := stream.value()) is not None:
            self._problems.add("malformed-clause", repr(value), message, line=line)

    def _named(self, known: dict[str, Any]) -> None:
        if self.header.identifier or not known:
            return
        meta = _object(known.get("meta"))
        facts = dict(_facts(meta))
        version = meta.get("version") or facts.get(_VERSION_INFO)
        self.header = header(_sound(known.get("id", "")), _sound(version) if isinstance(version, str) else "")

    def _node(self, node: Any, line: int) -> None:
        if not isinstance(node, dict):
            self._problems.begin()
            self._problems.drop("malformed-record", _told(node), "a node is no object", line=line)
            return
        written, label, kind = node.get("id"), node.get("lbl"), node.get("type")
        if kind != "CLASS":
            # Properties, individuals and what is only referred to are no terms.
            if isinstance(written, str):
                self._others.add(_sound(written))
            if kind is not None and kind not in _OTHER_TYPES:
                self._problems.add("malformed-clause", _told(kind), "the type of a node is none", line=line)
            return
        if not isinstance(written, str) or not written:
            self._problems.begin()
            self._problems.drop(
                "no-id",
                _sound(label) if isinstance(label, str) else "",
                "the node has no id and is left out",
                line=line,
            )
            return
        frame = Frame(_sound(written), line)
        if isinstance(label, str):
            frame.clauses.append(("label", _sound(label), "", line))
        elif label is not None:
            self._bad(label, frame, "name", line)
        meta = node.get("meta")
        if isinstance(meta, dict):
            self._meta(meta, frame, line)
        elif meta is not None:
            self._bad(meta, frame, "meta", line)
        self.frames.append(frame)

    def _entries(self, meta: dict[str, Any], key: str, frame: Frame, line: int) -> Iterator[dict[str, Any]]:
        """Yield the objects of a list; tell what is none."""
        entries = meta.get(key)
        if not isinstance(entries, list):
            if entries is not None:
                self._bad(entries, frame, f"list of {key}", line)
            return
        for entry in entries:
            if isinstance(entry, dict):
                yield entry
            else:
                self._bad(entry, frame, f"member of {key}", line)

    def _meta(self, meta: dict[str, Any], frame: Frame, line: int) -> None:
        add = frame.clauses.append
        for synonym in self._entries(meta, "synonyms", frame, line):
            text, predicate = synonym.get("val"), synonym.get("pred")
            found = meaning(predicate) if isinstance(predicate, str) else None
            if not isinstance(text, str):
                self._bad(synonym, frame, "synonym", line)
                continue
            scope = found[1] if found and found[0] == "synonym" else ""
            if not scope:
                self._bad(synonym, frame, "scope of a synonym", line)
            # Without a scope that is known, the weakest.
            add(("synonym", _sound(text), scope or "related", line))
        for xref in self._entries(meta, "xrefs", frame, line):
            if isinstance(target := xref.get("val"), str):
                add(("xref", _sound(target), _sources(xref), line))
            else:
                self._bad(xref, frame, "cross-reference", line)
        for fact in self._entries(meta, "basicPropertyValues", frame, line):
            predicate, value = fact.get("pred"), fact.get("val")
            if not isinstance(predicate, str) or not isinstance(value, str):
                self._bad(fact, frame, "property", line)
            elif found := meaning(predicate):
                kind, detail = found
                if kind in {"match", "xref"}:
                    detail = f"{detail} {_sources(fact)}".strip()
                if kind != "obsolete" or value.lower() in {"true", "1"}:
                    add((kind, _sound(value), detail, line))
        deprecated = meta.get("deprecated")
        if deprecated is not None and not isinstance(deprecated, bool):
            self._bad(deprecated, frame, "deprecated", line)
        if deprecated is True or deprecated == "true":
            add(("obsolete", "", "", line))

    def _bad(self, value: object, frame: Frame, what: str, line: int) -> None:
        self._problems.add("malformed-clause", _told(value), f"a {what} of {frame.written} is malformed", line=line)

    def _edge(self, edge: Any, line: int) -> None:
        if not isinstance(edge, dict):
            self._problems.add("malformed-clause", _told(edge), "an edge is no object", line=line)
            return
        predicate, child, parent = edge.get("pred"), edge.get("sub"), edge.get("obj")
        if not isinstance(predicate, str):
            self._problems.add("malformed-clause", _told(edge), "an edge has no predicate", line=line)
        elif predicate in _SUBCLASS:
            if isinstance(child, str) and isinstance(parent, str):
                self._parents.setdefault(_sound(child), []).append(("parent", _sound(parent), "", line))
            else:
                self._problems.add("malformed-clause", _told(edge), "an edge lacks an end", line=line)

    def _equivalent(self, nodes: Any, line: int) -> None:
        written = nodes.get("nodeIds") if isinstance(nodes, dict) else None
        if not isinstance(written, list) or not all(isinstance(node, str) for node in written):
            message = "a set of equivalent nodes is malformed; it is passed over"
            self._problems.add("malformed-clause", _told(nodes), message, line=line)
            return
        members = [_sound(node) for node in written]
        if len(members) > _MOST_EQUIVALENTS:
            message = f"{len(members):,} classes are said to be one; that is passed over"
            self._problems.add("malformed-clause", members[0], message, line=line)
            return
        self._equivalents += [(one, other, line) for one in members for other in members if one < other]

    def broken(self, path: Path, error: JsonError) -> None:
        """Record that the file breaks off, and drop the node in which it does."""
        self._whole = False
        if self._open_node:
            self._problems.begin()
            code, what = ("cut-short", "the end of the file cuts") if error.cut else ("malformed-record", "no JSON is")
            self._problems.drop(code, path.name, f"{what} the node; it is left out", line=self._open_node)
        message = f"the file is not well-formed JSON ({error}); {len(self.frames):,} classes were read before"
        self._problems.add("not-well-formed", path.name, message)

    def records(self) -> Iterator[Term | Mapping]:
        """Yield the mappings, then the terms; the frames are given up on the way."""
        known: dict[str, Frame] = {}
        for frame in self.frames:
            if frame.written not in known:
                known[frame.written] = frame
                frame.clauses += self._parents.pop(frame.written, ())
        self._place_edges(known)
        equivalents(self._equivalents, known, self.header.identifier)
        known.clear()
        assembly = Assembly(self._problems, self.header)
        self.frames.reverse()
        while self.frames:
            yield from assembly.add(self.frames.pop())
        yield from assembly.finish()

    def _place_edges(self, known: dict[str, Frame]) -> None:
        """Give the edges that are left to the nodes that write their identifier in another way; tell what has none."""
        if self._parents:
            by_curie = {identifier(written): frame for written, frame in known.items()}
            for child, edges in self._parents.items():
                if (curie := identifier(child)) and (frame := by_curie.get(curie)):
                    frame.clauses += edges
                # What became of the nodes behind the end of a damaged file is not known.
                elif self._whole and child not in self._others:
                    for _, parent, _, line in edges:
                        message = f"the node of the edge to {parent} is not in the file"
                        self._problems.add("dangling-edge", child, message, line=line)
        self._parents.clear()
        self._others.clear()


def _sources(clause: dict[str, Any]) -> str:
    """Return the source codes that annotate a cross-reference, with spaces between them."""
    meta = _object(clause.get("meta"))
    found = [value for predicate, value in _facts(meta) if predicate in _SOURCE]
    found += [str(xref.get("val", "")) for xref in _objects(meta.get("xrefs"))]
    return " ".join("_".join(_sound(code).split()) for code in found)


def _facts(meta: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for fact in _objects(meta.get("basicPropertyValues")):
        yield str(fact.get("pred", "")), str(fact.get("val", ""))


def _sound(text: str) -> str:
    """Return text without halves of characters, which JSON can write and nothing can store."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _told(value: Any) -> str:
    """Return a value for a message."""
    try:
        return repr(value)
    except RecursionError:
        return "..."


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (entry for entry in _list(value) if isinstance(entry, dict))


def _not_json(path: Path, first: str) -> str:
    if not first:
        return f"{path} is empty, or nothing of it can be decompressed; fetch it again"
    if first == "<":
        return f"{path} is no JSON but a web page (HTML) or XML; fetch it again, from its owner"
    if first == "[":
        return f"{path} {_NO_GRAPH}"
    return f"{path} is no JSON; name a file in the OBO Graphs format, such as mondo.json"
