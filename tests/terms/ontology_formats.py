"""One ontology written in the three formats that Mondo is published in, to see that the readers agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from kg.model import Mapping, Term
from kg.terms import obo, obographs, owl
from kg.terms.reading import Problems

Reader = Callable[[Path, Problems], Iterator[Term | Mapping]]
READERS: dict[str, Reader] = {"obo": obo.read_terms, "json": obographs.read_terms, "owl": owl.read_terms}
_PURL = "http://purl.obolibrary.org/obo/"
_OIO = "http://www.geneontology.org/formats/oboInOwl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_SCOPES = {"exact": "Exact", "narrow": "Narrow", "broad": "Broad", "related": "Related"}


@dataclass(frozen=True)
class Entry:
    """A term as an editor writes it; codes are source annotations."""

    curie: str
    name: str = ""
    synonyms: tuple[tuple[str, str], ...] = ()
    parents: tuple[str, ...] = ()
    obsolete: bool = False
    replaced_by: tuple[str, ...] = ()
    consider: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    xrefs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    matches: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    equivalents: tuple[str, ...] = ()


def iri(curie: str) -> str:
    """Return the IRI of a CURIE as releases write it."""
    prefix, _, local = curie.partition(":")
    if prefix in {"MESH", "SNOMEDCT", "OMIM"}:
        return f"http://identifiers.org/{prefix.lower()}/{local}"
    if prefix == "UMLS":
        return f"http://linkedlifedata.com/resource/umls/id/{local}"
    return f"{_PURL}{prefix}_{local}"


def write_obo(entries: Iterable[Entry], version: str = "releases/2026-01-01") -> str:
    """Return the ontology as OBO 1.4."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    def plain(text: str) -> str:
        return "".join("\\" + c if c in "\\{!" else c for c in text).replace("\n", "\\n")

    def qualifiers(codes: tuple[str, ...]) -> str:
        return f" {{{', '.join(f'source={quoted(code)}' for code in codes)}}}" if codes else ""

    lines = ["format-version: 1.4", f"data-version: {version}", "ontology: mondo"]
    for entry in entries:
        lines += ["", "[Term]", f"id: {entry.curie}"]
        lines += [f"name: {plain(entry.name)}"] if entry.name else []
        lines += [f"alt_id: {other}" for other in entry.alternatives]
        lines += [f"synonym: {quoted(text)} {scope.upper()} []" for text, scope in entry.synonyms]
        lines += [f"xref: {target}{qualifiers(codes)}" for target, codes in entry.xrefs]
        lines += [f"is_a: {parent} ! a comment" for parent in entry.parents]
        lines += [f"equivalent_to: {other}" for other in entry.equivalents]
        lines += [f"property_value: {p} {target}{qualifiers(codes)}" for p, target, codes in entry.matches]
        lines += ["is_obsolete: true"] if entry.obsolete else []
        lines += [f"replaced_by: {other}" for other in entry.replaced_by]
        lines += [f"consider: {other}" for other in entry.consider]
    return "\n".join([*lines, "", "[Typedef]", "id: part_of", "name: part of", ""])


def write_json(entries: Iterable[Entry], version: str = "releases/2026-01-01") -> str:
    """Return the ontology as OBO Graphs; name and release stand at the end, as its Java library writes them."""

    def annotated(codes: tuple[str, ...]) -> dict[str, object]:
        facts = [{"pred": f"{_OIO}source", "val": code} for code in codes]
        return {"meta": {"basicPropertyValues": facts}} if facts else {}

    nodes: list[dict[str, object]] = []
    edges, sets = [], []
    for entry in entries:
        meta: dict[str, object] = {"definition": {"val": "passed over"}}
        if entry.synonyms:
            meta["synonyms"] = [{"pred": f"has{_SCOPES[s]}Synonym", "val": t, "xrefs": []} for t, s in entry.synonyms]
        if entry.xrefs:
            meta["xrefs"] = [{"val": target, **annotated(codes)} for target, codes in entry.xrefs]
        facts: list[dict[str, object]] = [
            {"pred": p.replace("skos:", _SKOS), "val": iri(target), **annotated(codes)}
            for p, target, codes in entry.matches
        ]
        facts += [{"pred": f"{_PURL}IAO_0100001", "val": iri(other)} for other in entry.replaced_by]
        facts += [{"pred": f"{_OIO}consider", "val": other} for other in entry.consider]
        facts += [{"pred": f"{_OIO}hasAlternativeId", "val": other} for other in entry.alternatives]
        meta["basicPropertyValues"] = facts
        if entry.obsolete:
            meta["deprecated"] = True
        node = {"id": iri(entry.curie), "meta": meta, "type": "CLASS"}
        nodes.append({**node, "lbl": entry.name} if entry.name else node)
        edges += [{"sub": iri(entry.curie), "pred": "is_a", "obj": iri(parent)} for parent in entry.parents]
        sets += [{"nodeIds": [iri(entry.curie), iri(other)]} for other in entry.equivalents]
    nodes.append({"id": f"{_PURL}BFO_0000050", "lbl": "part of", "type": "PROPERTY"})
    graph = {
        "nodes": nodes, "edges": edges, "id": f"{_PURL}mondo.owl",
        "meta": {"version": f"{_PURL}mondo/{version}/mondo.owl"}, "equivalentNodesSets": sets,
        "logicalDefinitionAxioms": [{"definedClassId": "x", "genusIds": []}],
    }  # fmt: skip
    return json.dumps({"graphs": [graph]}, indent=2)


def write_owl(entries: Iterable[Entry], version: str = "releases/2026-01-01") -> str:
    """Return the ontology as RDF/XML, with the entities that Protégé writes."""
    text = '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [\n    <!ENTITY obo "http://purl.obolibrary.org/obo/">\n]>\n'
    text += (
        f'<rdf:RDF xml:base="{_PURL}mondo.owl" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#" '
        f'xmlns:oio="{_OIO}" xmlns:skos="{_SKOS}" xmlns:obo="{_PURL}">\n'
        f'<owl:Ontology rdf:about="{_PURL}mondo.owl"><owl:versionIRI '
        f'rdf:resource="{_PURL}mondo/{version}/mondo.owl"/></owl:Ontology>\n'
        f'<owl:AnnotationProperty rdf:about="{_OIO}hasDbXref"><rdfs:label>xref</rdfs:label></owl:AnnotationProperty>\n'
    )
    return text + "".join(map(_owl_class, entries)) + "</rdf:RDF>\n"


def _owl_class(entry: Entry) -> str:
    def link(tag: str, target: str) -> str:
        return f"  <{tag} rdf:resource={quoteattr(iri(target))}/>\n"

    def literal(tag: str, text: str) -> str:
        return f"  <{tag}>{escape(text)}</{tag}>\n"

    about = iri(entry.curie).replace(_PURL, "&obo;")
    text = f'<owl:Class rdf:about="{about}">\n'
    text += "".join(link("owl:equivalentClass", other) for other in entry.equivalents)
    text += "".join(link("rdfs:subClassOf", parent) for parent in entry.parents)
    text += (
        "  <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource='&obo;RO_1'/>"
        "<owl:someValuesFrom rdf:resource='&obo;MONDO_9999998'/></owl:Restriction></rdfs:subClassOf>\n"
    )
    text += literal("rdfs:label", entry.name) if entry.name else ""
    text += "".join(literal(f"oio:has{_SCOPES[scope]}Synonym", name) for name, scope in entry.synonyms)
    text += "".join(literal("oio:hasDbXref", target) for target, _ in entry.xrefs)
    text += "".join(literal("oio:hasAlternativeId", other) for other in entry.alternatives)
    text += "".join(literal("oio:consider", other) for other in entry.consider)
    text += "".join(link("obo:IAO_0100001", other) for other in entry.replaced_by)
    text += "".join(link(predicate, target) for predicate, target, _ in entry.matches)
    text += "  <owl:deprecated>true</owl:deprecated>\n" if entry.obsolete else ""
    text += "</owl:Class>\n"
    axioms = [(f"{_OIO}hasDbXref", escape(target), "", codes) for target, codes in entry.xrefs]
    for predicate, target, codes in entry.matches:
        axioms.append((predicate.replace("skos:", _SKOS), "", iri(target), codes))
    for predicate, value, target, codes in axioms:
        if codes:
            text += f'<owl:Axiom><owl:annotatedSource rdf:resource="{about}"/>'
            text += f'<owl:annotatedProperty rdf:resource="{predicate}"/><owl:annotatedTarget'
            text += f' rdf:resource="{target}"/>' if target else f">{value}</owl:annotatedTarget>"
            text += "".join(f"<oio:source>{escape(code)}</oio:source>" for code in codes) + "</owl:Axiom>\n"
    return text


WRITERS = {"obo": write_obo, "json": write_json, "owl": write_owl}


def read(path: Path, kind: str) -> tuple[dict[str, Term], set[Mapping], Problems]:
    """Read a file as the compiler does; the account must balance. Mappings come without their records."""
    problems = Problems("mondo", path.name)
    terms: dict[str, Term] = {}
    mappings: list[Mapping] = []
    for record in READERS[kind](path, problems):
        if isinstance(record, Mapping):
            assert record.record.startswith(f"{path.name}:")
            mappings.append(Mapping(*(getattr(record, slot) for slot in Mapping.__slots__[:-1])))
        else:
            if record.names or not record.obsolete:
                problems.keep()
            assert record.curie not in terms
            terms[record.curie] = record
    assert problems.balanced
    assert len(mappings) == len(set(mappings))
    return terms, set(mappings), problems


def codes(problems: Problems) -> list[tuple[str, str]]:
    """Return code and value of each problem."""
    return [(problem.code, problem.value) for problem in problems.found]
