"""Mondo and other ontologies as OWL in RDF/XML, streamed triple by triple.

The properties are those of OBO in OWL (https://owlcollab.github.io/oboformat/doc/obo-syntax.html, section 5). What
annotates a cross-reference stands in an ``owl:Axiom`` apart from its class; so what the triples say is kept as plain
clauses until the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph

from kg.errors import TermsError
from kg.model import Mapping, Term
from kg.terms.ontology_terms import Assembly, Frame, equivalents
from kg.terms.ontology_words import OBO_IN_OWL, Header, header, meaning
from kg.terms.rdf_xml import RdfXmlText, fault_of
from kg.terms.reading import Problems, open_bytes

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_AXIOM: Final = {
    f"{_OWL}annotatedSource": 0, f"{_OWL}annotatedProperty": 1, f"{_OWL}annotatedTarget": 2, f"{OBO_IN_OWL}source": 3,
}  # fmt: skip
_KINDS: Final = {
    f"{_RDF}type": "type", f"{_RDFS}label": "label", f"{_RDFS}subClassOf": "parent",
    f"{_OWL}equivalentClass": "equivalent", f"{_OWL}versionIRI": "version", f"{_OWL}versionInfo": "information",
}  # fmt: skip


def read_header(path: Path) -> Header:
    """Return the identifier and release that an OWL file names, each "" where it has none.

    Raises:
        TermsError: if the file cannot be read, or declares what is refused.

    >>> import tempfile
    >>> text = (
    ...     f'<rdf:RDF xmlns:rdf="{_RDF}" xmlns:owl="{_OWL}">'
    ...     '<owl:Ontology rdf:about="http://purl.obolibrary.org/obo/mondo.owl">'
    ...     "<owl:versionInfo>2026-05-05</owl:versionInfo></owl:Ontology></rdf:RDF>")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.owl")
    ...     _ = path.write_text(text)
    ...     read_header(path)
    Header(identifier='mondo', version='2026-05-05')
    """
    document = _Document(Problems("", path.name))
    with open_bytes(path, Problems("", path.name)) as file:
        text = RdfXmlText(path, file, Problems("", path.name))
        try:
            for triple in text.triples():
                document.take(triple)
                # The header comes first, where it is written by the usual tools.
                if document.header_is_over:
                    break
        except SyntaxError:
            return document.header
    return document.header


def read_terms(path: Path, problems: Problems) -> Iterator[Term | Mapping]:
    """Yield the mappings of an OWL file, then its terms in its order; alternative identifiers last.

    Args:
        path: the file, plain or gzip.
        problems: the account. Its records are the named classes that the file declares. Where the file breaks off
            (``not-well-formed``), what came before is read, and the class that is cut is dropped (``cut-short``).

    Raises:
        TermsError: if the file cannot be read, is no RDF/XML, declares what is refused, or breaks off before its
            first class is whole.

    >>> import tempfile
    >>> text = (
    ...     f'<rdf:RDF xmlns:rdf="{_RDF}" xmlns:rdfs="{_RDFS}" xmlns:owl="{_OWL}">'
    ...     '<owl:Class rdf:about="http://purl.obolibrary.org/obo/MONDO_0009807">'
    ...     "<rdfs:label>osteosarcoma</rdfs:label></owl:Class></rdf:RDF>")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.owl")
    ...     _ = path.write_text(text)
    ...     [(term.curie, term.label) for term in read_terms(path, Problems("mondo", path.name))]
    [('MONDO:0009807', 'osteosarcoma')]
    """
    document = _Document(problems)
    with open_bytes(path, problems) as file:
        text = RdfXmlText(path, file, problems)
        damage = ""
        try:
            for triple in text.triples():
                document.take(triple)
        except SyntaxError as error:
            damage = fault_of(path) or f"it is no sound RDF/XML ({error})"
        else:
            if not text.ended:
                damage = "it is cut short: it ends within its root element"
        # Before the file is closed: where nothing was read, it is not said that what comes before damage was.
        if damage:
            document.broken(path, damage, text.lines)
    yield from document.records(text.lines)


class _Document:
    """What the triples of one file say, as frames."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._ontology = ""
        self._release = {"version": "", "information": ""}
        self._frames: dict[str, Frame] = {}
        self._classes: dict[str, None] = {}
        self._sources: dict[tuple[str, str, str], str] = {}
        self._equivalents: list[tuple[str, str, int]] = []
        self._labels: dict[str, str] = {}
        # The named subject of the last triple; "" within an axiom.
        self._subject = ""
        self._axiom = ""
        self._parts = ["", "", "", ""]
        self._relevant: dict[str, tuple[str, str] | None] = {iri: (kind, "") for iri, kind in _KINDS.items()}

    @property
    def header(self) -> Header:
        return header(self._ontology, self._release["version"] or self._release["information"])

    @property
    def header_is_over(self) -> bool:
        return bool(self._ontology) and self._subject not in {"", self._ontology}

    def take(self, triple: Any) -> None:
        """Take one triple."""
        predicate = triple.predicate.value
        subject = triple.subject
        if isinstance(subject, pyoxigraph.BlankNode):
            place = _AXIOM.get(predicate)
            if place is not None:
                self._annotate(subject.value, place, triple.object)
            return
        if subject.value != self._subject:
            if self._axiom:
                self._close_axiom()
            self._subject = subject.value
        try:
            found = self._relevant[predicate]
        except KeyError:
            found = self._relevant[predicate] = meaning(predicate)
        if found:
            self._state(subject.value, found, triple.object)

    def _state(self, subject: str, found: tuple[str, str], target: Any) -> None:
        kind, detail = found
        if isinstance(target, pyoxigraph.BlankNode):
            # A restriction or another class expression.
            return
        value = target.value
        if kind == "type":
            if value == f"{_OWL}Class":
                self._classes.setdefault(subject)
            elif value == f"{_OWL}Ontology":
                self._ontology = self._ontology or subject
        elif kind in self._release:
            if subject == self._ontology:
                self._release[kind] = self._release[kind] or value
        elif kind == "equivalent":
            self._equivalents.append((subject, value, 0))
        elif kind == "obsolete":
            if value.lower() in {"true", "1"}:
                self._frame(subject).clauses.append((kind, "", "", 0))
        elif kind == "label" and (language := (target.language or "").lower()) and not language.startswith("en"):
            # A label in another language counts only where there is no other.
            self._labels.setdefault(subject, value)
        else:
            self._frame(subject).clauses.append((kind, value, detail, 0))

    def _frame(self, subject: str) -> Frame:
        frame = self._frames.get(subject)
        if frame is None:
            frame = self._frames[subject] = Frame(subject)
        return frame

    def _annotate(self, node: str, place: int, value: Any) -> None:
        if node != self._axiom:
            self._close_axiom()
            self._axiom, self._subject = node, ""
        if isinstance(value, pyoxigraph.BlankNode):
            return
        if place < 3:
            self._parts[place] = value.value
        else:
            self._parts[3] = f"{self._parts[3]} {'_'.join(value.value.split())}".strip()

    def _close_axiom(self) -> None:
        """Keep the source codes of the axiom that was read, if it annotates a cross-reference or a match."""
        subject, predicate, target, sources = self._parts
        self._axiom, self._parts = "", ["", "", "", ""]
        found = meaning(predicate) if sources else None
        if found and found[0] in {"xref", "match"}:
            key = (subject, found[1], target)
            self._sources[key] = f"{self._sources.get(key, '')} {sources}".strip()

    def broken(self, path: Path, damage: str, lines: dict[str, int]) -> None:
        """Record that the file breaks off, and drop the class in which it does.

        Raises:
            TermsError: if no class came before.
        """
        cut = self._subject if self._subject in self._classes else ""
        if len(self._classes) - bool(cut) <= 0:
            raise TermsError(f"nothing could be read of {path}: {damage}; fetch it again", value=str(path))
        if cut:
            del self._classes[cut]
            self._problems.begin()
            message = "the end of the file cuts the class; it is left out"
            self._problems.drop("cut-short", cut, message, line=lines.get(cut, 0))
        message = f"{damage}; {len(self._classes):,} classes were read before"
        self._problems.add("not-well-formed", path.name, message)

    def records(self, lines: dict[str, int]) -> Iterator[Term | Mapping]:
        """Yield the mappings, then the terms; the frames are given up on the way."""
        self._close_axiom()
        head = self.header
        frames = {written: self._frame(written) for written in self._classes}
        for written, frame in frames.items():
            frame.line = lines.get(written, 0)
            if written in self._labels and not any(clause[0] == "label" for clause in frame.clauses):
                frame.clauses.append(("label", self._labels[written], "", 0))
        self._frames.clear()
        equivalents(self._equivalents, frames, head.identifier)
        assembly = Assembly(self._problems, head)
        sources = self._sources
        for written in self._classes:
            frame = frames.pop(written)
            clauses = frame.clauses
            for place, (kind, value, detail, _) in enumerate(clauses):
                codes = sources.get((written, detail, value), "") if kind in {"xref", "match"} else ""
                clauses[place] = (kind, value, f"{detail} {codes}".strip() if codes else detail, frame.line)
            yield from assembly.add(frame)
        yield from assembly.finish()
