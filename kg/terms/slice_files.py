"""Writing a slice in its owners' formats, so that the loaders of full releases read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from kg.curies import prefix_of
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Mapping, Name, Scope, Term
from kg.terms import pubchem, sssom
from kg.terms.sources import Source, SourceFile

_SCR_CLASS: Final = {CHEMICAL: "1", OTHER: "2", DISEASE: "3", TAXON: "4"}
_RELATIONS: Final[dict[Scope, str]] = {"narrow": "NRW", "broad": "BRD", "related": "REL"}
_NAMES: Final = {
    "obo": "mondo.obo",
    "mesh-descriptors": "mesh-desc.xml",
    "mesh-supplementary": "mesh-supp.xml",
    "pubchem-titles": "CID-Title",
    "pubchem-synonyms": "CID-Synonym-filtered",
    "pubchem-mesh": "CID-MeSH",
}
_ROW: Final = ("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification")


@dataclass(slots=True)
class Slice:
    """The chosen parts of the sources; ``mappings`` by the key of their source."""

    terms: dict[str, Term] = field(default_factory=dict)
    mappings: dict[str, list[Mapping]] = field(default_factory=dict)
    mesh_names: list[pubchem.MeshName] = field(default_factory=list)


def write_slice(out: Path, sources: Iterable[Source], parts: Slice) -> None:
    """Write the files of a slice and their ``sources.toml`` into the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    entries = []
    for source in sources:
        files = []
        for file in source.files:
            name = _NAMES.get(file.kind) or file.path.name.removesuffix(".gz")
            text = "".join(_lines(source, file, parts))
            (out / name).write_text(text, encoding="utf-8", newline="\n")
            files.append((name, file))
        entries.append(_entry(source, files))
    (out / "sources.toml").write_text("\n".join(entries), encoding="utf-8", newline="\n")


def _lines(source: Source, file: SourceFile, parts: Slice) -> Iterator[str]:
    mine = [term for _, term in sorted(parts.terms.items()) if term.source == source.key]
    if file.kind == "obo":
        return _obo(source, mine)
    if file.kind == "mesh-descriptors":
        return _descriptors(term for term in mine if _local(term).startswith("D"))
    if file.kind == "mesh-supplementary":
        return _supplementary((term for term in mine if _local(term).startswith("C")), parts)
    if file.kind == "sssom":
        return _sssom(file, parts.mappings.get(source.key, []))
    compounds = sorted((t for t in mine if prefix_of(t.curie) == "PUBCHEM.COMPOUND"), key=_cid)
    if file.kind == "pubchem-titles":
        return (f"{_cid(term)}\t{term.label}\n" for term in compounds)
    if file.kind == "pubchem-synonyms":
        return (f"{_cid(term)}\t{name.text}\n" for term in compounds for name in term.names)
    return _mesh_names(parts.mesh_names)


def _local(term: Term) -> str:
    return term.curie.partition(":")[2]


def _cid(term: Term) -> int:
    return int(_local(term))


def _obo(source: Source, terms: list[Term]) -> Iterator[str]:
    yield f"format-version: 1.4\ndata-version: {source.version}\nontology: mondo\n"
    yield f"remark: a slice made by casegraph: {source.covers}\n"
    held = {term.curie for term in terms}
    alternatives: dict[str, list[str]] = {}
    for term in terms:
        # The loader turns alt_id into a nameless obsolete term; here it turns back.
        if term.obsolete and not term.names:
            for main in term.replaced_by:
                alternatives.setdefault(main, []).append(term.curie)
    for term in terms:
        if term.obsolete and not term.names:
            continue
        yield f"\n[Term]\nid: {term.curie}\nname: {term.label}\n"
        yield from (f"alt_id: {curie}\n" for curie in alternatives.get(term.curie, ()))
        for name in term.names[1:]:
            text = name.text.replace("\\", "\\\\").replace('"', '\\"')
            yield f'synonym: "{text}" {name.scope.upper()} []\n'
        yield from (f"is_a: {parent}\n" for parent in term.parents if parent in held)
        if term.obsolete:
            yield "is_obsolete: true\n"
        yield from (f"replaced_by: {successor}\n" for successor in term.replaced_by)


def _concepts(term: Term) -> str:
    """Write the names; those of another scope than exact become concepts with a relation."""
    preferred = [name for name in term.names if name.scope in {"label", "exact"}]
    others = [name for name in term.names if name.scope not in {"label", "exact"}]
    relations = "".join(
        f'<ConceptRelation RelationName="{_RELATIONS[name.scope]}"><Concept1UI>M0</Concept1UI>'
        f"<Concept2UI>M{number}</Concept2UI></ConceptRelation>"
        for number, name in enumerate(others, start=1)
    )
    if relations:
        relations = f"<ConceptRelationList>{relations}</ConceptRelationList>"
    first = f'<Concept PreferredConceptYN="Y"><ConceptUI>M0</ConceptUI>{relations}{_term_list(preferred)}</Concept>'
    rest = "".join(
        f'<Concept PreferredConceptYN="N"><ConceptUI>M{number}</ConceptUI>{_term_list([name])}</Concept>'
        for number, name in enumerate(others, start=1)
    )
    return f"<ConceptList>{first}{rest}</ConceptList>"


def _term_list(names: list[Name]) -> str:
    return f"<TermList>{''.join(f'<Term><String>{escape(n.text)}</String></Term>' for n in names)}</TermList>"


def _descriptors(terms: Iterable[Term]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<DescriptorRecordSet LanguageCode="eng">\n'
    for term in terms:
        trees = "".join(f"<TreeNumber>{escape(tree)}</TreeNumber>" for tree in term.tree_numbers)
        yield (
            f"<DescriptorRecord><DescriptorUI>{_local(term)}</DescriptorUI>"
            f"<DescriptorName><String>{escape(term.label)}</String></DescriptorName>"
            f"<TreeNumberList>{trees}</TreeNumberList>{_concepts(term)}</DescriptorRecord>\n"
        )
    yield "</DescriptorRecordSet>\n"


def _supplementary(terms: Iterable[Term], parts: Slice) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<SupplementalRecordSet LanguageCode="eng">\n'
    for term in terms:
        headings = "".join(
            f"<HeadingMappedTo><DescriptorReferredTo><DescriptorUI>*{heading.partition(':')[2]}</DescriptorUI>"
            f"<DescriptorName><String>{escape(parts.terms[heading].label)}</String></DescriptorName>"
            "</DescriptorReferredTo></HeadingMappedTo>"
            for heading in term.mapped_to
            if heading in parts.terms
        )
        yield (
            f'<SupplementalRecord SCRClass="{_SCR_CLASS.get(term.category, "1")}">'
            f"<SupplementalRecordUI>{_local(term)}</SupplementalRecordUI>"
            f"<SupplementalRecordName><String>{escape(term.label)}</String></SupplementalRecordName>"
            f"<HeadingMappedToList>{headings}</HeadingMappedToList>{_concepts(term)}</SupplementalRecord>\n"
        )
    yield "</SupplementalRecordSet>\n"


def _mesh_names(entries: list[pubchem.MeshName]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for entry in entries:
        names.setdefault(entry.curie.partition(":")[2], []).append(entry.name)
    for cid in sorted(names, key=int):
        yield "\t".join([cid, *names[cid]]) + "\n"


def _sssom(file: SourceFile, rows: list[Mapping]) -> Iterator[str]:
    metadata = sssom.read_metadata(file.path)
    yield "# curie_map:\n"
    # The rows are written with the Bioregistry's spellings of the prefixes, as the loader normalised them.
    yield "#   MESH: http://id.nlm.nih.gov/mesh/\n#   MONDO: http://purl.obolibrary.org/obo/MONDO_\n"
    yield "#   semapv: https://w3id.org/semapv/vocab/\n#   skos: http://www.w3.org/2004/02/skos/core#\n"
    for key in ("license", "mapping_set_id", "mapping_set_version"):
        yield f"# {key}: {getattr(metadata, key)}\n"
    yield "\t".join(_ROW) + "\n"
    for row in sorted(rows, key=lambda r: (r.subject_id, r.predicate_id, r.object_id)):
        yield "\t".join(getattr(row, column) for column in _ROW) + "\n"


def _entry(source: Source, files: list[tuple[str, SourceFile]]) -> str:
    text = (
        ("title", source.title), ("owner", source.owner), ("licence", source.licence),
        ("version", source.version), ("url", source.url), ("covers", source.covers),
    )  # fmt: skip
    lines = [f"[{source.key}]", *(f"{key} = {_quoted(value)}" for key, value in text), "complete = false"]
    if source.prefixes:
        lines.append(f"prefixes = [{', '.join(map(_quoted, source.prefixes))}]")
    lines.append("files = [")
    for name, file in files:
        url = f", url = {_quoted(file.url)}" if file.url else ""
        lines.append(f"  {{ file = {_quoted(name)}, kind = {_quoted(file.kind)}{url} }},")
    return "\n".join([*lines, "]"]) + "\n"


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
