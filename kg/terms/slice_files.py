"""Writing a slice in its owners' formats, so that the readers of full releases read it.

A slice ties names and registry numbers to a MeSH record, not to one of its concepts: the compiled index does not
tell them apart. Concepts that stand for a relation (narrow, broad, related) have no identifier of the owner's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from kg.curies import prefix_of, prefixes
from kg.errors import InputError, TermsError
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Mapping, Name, Scope, Term
from kg.terms.accounts import Release
from kg.terms.index import TermIndex
from kg.terms.ontology import ontology_of, write_obo
from kg.terms.sources import read_sources

_COMPOUND: Final = "PUBCHEM.COMPOUND"
_OBO_KINDS: Final = {"obo", "obographs", "owl"}
_SCR_CLASS: Final = {CHEMICAL: "1", OTHER: "2", DISEASE: "3", TAXON: "4"}
_RELATIONS: Final[dict[Scope, str]] = {"narrow": "NRW", "broad": "BRD", "related": "REL"}
_ROW: Final = ("subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification")
_FURTHER: Final = ("object_label", "confidence", "author_id", "mapping_date", "comment", "mapping_source")
_LICENCES: Final = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}
#: What TOML takes as a key without quotes.
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_TEXTS: Final = ("title", "owner", "licence", "version", "url", "covers")


@dataclass(frozen=True, slots=True)
class Slice:
    """The chosen parts of the sources, both sorted."""

    terms: dict[str, Term]
    mappings: tuple[Mapping, ...]


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    kind: str
    text: str


def write_slice(out: Path, index: TermIndex, parts: Slice, texts: Table[str, Table[str, Any]]) -> None:
    """Write the files of a slice and their ``sources.toml``.

    Args:
        out: the folder.
        index: the index that the slice was cut from.
        parts: the slice.
        texts: source -> what ``sources.toml`` says of it in place of the index; ``urls`` of its files.

    Raises:
        TermsError: if the folder cannot be written.
        InputError: if the folder holds files that no slice has written.

    >>> import tempfile
    >>> from kg.terms.bundled import default_index
    >>> with tempfile.TemporaryDirectory() as folder, default_index() as index:
    ...     term = index.term("MONDO:0000001")
    ...     write_slice(Path(folder), index, Slice({"MONDO:0000001": term} if term else {}, ()), {})
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['mondo.obo', 'sources.toml']
    """
    planned: list[tuple[str, str]] = []
    entries = []
    for release in index.releases():
        own = {**{name: getattr(release, name) for name in _TEXTS}, **texts.get(release.source, {})}
        own["covers"] = " ".join(own["covers"].split()) or _covers(parts, release)
        files = [file for file in _files(index, release, parts, own) if file.text]
        planned += [(file.name, file.text) for file in files]
        if files:
            entries.append(_entry(index, release.source, own, files))
    planned.append(("sources.toml", "\n".join(entries)))
    try:
        earlier = _earlier(out, {name for name, _ in planned})
        out.mkdir(parents=True, exist_ok=True)
        for name, text in planned:
            (out / name).write_text(text, encoding="utf-8", newline="\n")
        for name in sorted(earlier - {name for name, _ in planned}):
            # A file of the earlier slice that this one does not have would look like a part of it.
            (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise TermsError(f"{out} cannot be written: {error.strerror or error}", value=str(out)) from error


def _earlier(out: Path, names: set[str]) -> set[str]:
    """Return the files of an earlier slice in the folder; refuse a folder where anything else would be lost."""
    if not out.is_dir():
        return set()
    declared: set[str] = set()
    if (out / "sources.toml").is_file():
        sources = read_sources(out, [])
        if whole := [source.key for source in sources if source.complete]:
            message = f"{out} holds full releases ({', '.join(whole)}); give the slice another folder"
            raise InputError(message, value=str(out))
        declared = {"sources.toml", *(file.path.name for source in sources for file in source.files)}
    if foreign := sorted(name for name in names - declared if (out / name).exists()):
        message = f"{out} holds {', '.join(foreign)}, which no slice has written; give another folder"
        raise InputError(message, value=foreign)
    return declared


def _covers(parts: Slice, release: Release) -> str:
    held = sum(term.source == release.source for term in parts.terms.values())
    what = (
        f"{held} terms of the full release with their ancestors" if held else "the rows between the terms of the slice"
    )
    return f"A slice cut by casegraph: {what}. No definitions."


def _files(index: TermIndex, release: Release, parts: Slice, own: Table[str, str]) -> Iterator[_File]:
    mine = [term for term in parts.terms.values() if term.source == release.source]
    accounts = [file for file in index.files() if file.source == release.source]
    rows_of = {a.file: [r for r in parts.mappings if r.record.rpartition(":")[0] == a.file] for a in accounts}
    mesh = [term for term in mine if prefix_of(term.curie) == "MESH"]
    compounds = sorted((term for term in mine if prefix_of(term.curie) == _COMPOUND), key=_cid)
    others = {term.curie: term for term in mine if prefix_of(term.curie) not in {"MESH", _COMPOUND}}
    if others:
        rows = [row for a in accounts if a.kind in _OBO_KINDS for row in rows_of[a.file]]
        yield _File(f"{release.source}.obo", "obo", _obo(release.source, others, rows, own))
    current = [term for term in mesh if not term.obsolete]
    yield _File("mesh-desc.xml", "mesh-descriptors", "".join(_descriptors(t for t in current if _local(t)[0] != "C")))
    yield _File(
        "mesh-supp.xml",
        "mesh-supplementary",
        "".join(_supplementary((t for t in current if _local(t)[0] == "C"), parts)),
    )
    yield _File("mesh-replaced.csv", "replacements", "".join(_replaced(t for t in mesh if t.replaced_by)))
    for account in accounts:
        if account.kind == "sssom":
            table = "".join(_sssom(rows_of[account.file], own))
            yield _File(account.file.removesuffix(".gz"), "sssom", table)
    mesh_names = [row for a in accounts if a.kind == "pubchem-mesh" for row in rows_of[a.file]]
    yield _File("CID-Title", "pubchem-titles", "".join(f"{_cid(t)}\t{t.label}\n" for t in compounds))
    yield _File(
        "CID-Synonym-filtered",
        "pubchem-synonyms",
        "".join(f"{_cid(t)}\t{n.text}\n" for t in compounds for n in t.names),
    )
    yield _File("CID-MeSH", "pubchem-mesh", "".join(_mesh_names(mesh_names, parts)))
    yield _File("CID-InChI-Key", "pubchem-inchikeys", "".join(_property_rows(compounds, "inchikey", "\t\t{}")))
    yield _File("CID-SMILES", "pubchem-smiles", "".join(_property_rows(compounds, "smiles", "\t{}")))
    yield _File("CID-Parent", "pubchem-parents", "".join(_property_rows(compounds, "parent_compound", "\t{}")))


def _local(term: Term) -> str:
    return term.curie.partition(":")[2]


def _cid(term: Term) -> int:
    return int(_local(term))


def _values(term: Term, key: str) -> list[str]:
    return [value for name, value in term.properties if name == key]


# -- OBO -----------------------------------------------------------------------------------------------------------


def _obo(key: str, terms: dict[str, Term], rows: list[Mapping], own: Table[str, str]) -> str:
    of_subject: dict[str, list[Mapping]] = {}
    for row in rows:
        of_subject.setdefault(row.subject_id, []).append(row)
    remark = f"a slice made by casegraph: {own['covers']}"
    made = ontology_of(terms, lambda curie: of_subject.get(curie, ()), key, own["version"], remark)
    file = io.BytesIO()
    write_obo(made, file)
    return file.getvalue().decode()


# -- MeSH ----------------------------------------------------------------------------------------------------------


def _concepts(term: Term) -> str:
    """Write names and concepts; names of another scope than exact become concepts with a relation."""
    preferred = [name for name in term.names if name.scope in {"label", "exact"}]
    scopes = [scope for scope in _RELATIONS if any(name.scope == scope for name in term.names)]
    (own, *_) = (*_values(term, "preferred_concept"), "")
    relations = "".join(
        f'<ConceptRelation RelationName="{_RELATIONS[scope]}"><Concept1UI>{own}</Concept1UI>'
        f"<Concept2UI>{scope}</Concept2UI></ConceptRelation>"
        for scope in scopes
    )
    if relations:
        relations = f"<ConceptRelationList>{relations}</ConceptRelationList>"
    first, *further = [*_values(term, "registry_number"), ""]
    numbers = f"<RegistryNumber>{escape(first)}</RegistryNumber>" if first else ""
    if more := "".join(f"<RegistryNumber>{escape(number)}</RegistryNumber>" for number in further if number):
        numbers += f"<RegistryNumberList>{more}</RegistryNumberList>"
    identifier = f"<ConceptUI>{own}</ConceptUI>" if own else ""
    concepts = [f'<Concept PreferredConceptYN="Y">{identifier}{numbers}{relations}{_term_list(preferred)}</Concept>']
    for scope in scopes:
        names = _term_list([name for name in term.names if name.scope == scope])
        concepts.append(f'<Concept PreferredConceptYN="N"><ConceptUI>{scope}</ConceptUI>{names}</Concept>')
    for other in _values(term, "concept"):
        concepts.append(f'<Concept PreferredConceptYN="N"><ConceptUI>{other}</ConceptUI></Concept>')
    return f"<ConceptList>{''.join(concepts)}</ConceptList>"


def _term_list(names: list[Name]) -> str:
    return f"<TermList>{''.join(f'<Term><String>{escape(n.text)}</String></Term>' for n in names)}</TermList>"


def _actions(term: Term) -> str:
    actions = "".join(
        f"<PharmacologicalAction><DescriptorReferredTo><DescriptorUI>{action.partition(':')[2]}</DescriptorUI>"
        "</DescriptorReferredTo></PharmacologicalAction>"
        for action in _values(term, "pharmacological_action")
    )
    return f"<PharmacologicalActionList>{actions}</PharmacologicalActionList>" if actions else ""


def _framed(root: str, records: Iterable[str]) -> Iterator[str]:
    found = list(records)
    if found:
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} LanguageCode="eng">\n'
        yield from found
        yield f"</{root}>\n"


def _descriptors(terms: Iterable[Term]) -> Iterator[str]:
    def record(term: Term) -> str:
        trees = "".join(f"<TreeNumber>{escape(tree)}</TreeNumber>" for tree in term.tree_numbers)
        return (
            f"<DescriptorRecord><DescriptorUI>{_local(term)}</DescriptorUI>"
            f"<DescriptorName><String>{escape(term.label)}</String></DescriptorName>{_actions(term)}"
            f"<TreeNumberList>{trees}</TreeNumberList>{_concepts(term)}</DescriptorRecord>\n"
        )

    return _framed("DescriptorRecordSet", map(record, terms))


def _supplementary(terms: Iterable[Term], parts: Slice) -> Iterator[str]:
    def heading(curie: str, star: str) -> str:
        return (
            f"<HeadingMappedTo><DescriptorReferredTo><DescriptorUI>{star}{curie.partition(':')[2]}</DescriptorUI>"
            f"<DescriptorName><String>{escape(parts.terms[curie].label)}</String></DescriptorName>"
            "</DescriptorReferredTo></HeadingMappedTo>"
        )

    def record(term: Term) -> str:
        headings = [heading(curie, "*") for curie in term.mapped_to if curie in parts.terms]
        headings += [heading(curie, "") for curie in _values(term, "heading") if curie in parts.terms]
        return (
            f'<SupplementalRecord SCRClass="{_SCR_CLASS.get(term.category, "1")}">'
            f"<SupplementalRecordUI>{_local(term)}</SupplementalRecordUI>"
            f"<SupplementalRecordName><String>{escape(term.label)}</String></SupplementalRecordName>"
            f"<HeadingMappedToList>{''.join(headings)}</HeadingMappedToList>{_actions(term)}{_concepts(term)}"
            "</SupplementalRecord>\n"
        )

    return _framed("SupplementalRecordSet", map(record, terms))


def _replaced(terms: Iterable[Term]) -> Iterator[str]:
    """MeSH XML has no withdrawn records: what became of them is a table of its own."""
    found = [f"{term.curie},{'|'.join(term.replaced_by)}\n" for term in terms]
    if found:
        yield "old,new\n"
        yield from found


# -- tables --------------------------------------------------------------------------------------------------------


def _mesh_names(rows: list[Mapping], parts: Slice) -> Iterator[str]:
    names: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.subject_id in parts.terms and row.object_id in parts.terms:
            names.setdefault(row.subject_id.partition(":")[2], {})[parts.terms[row.object_id].label] = None
    for cid in sorted(names, key=int):
        yield "\t".join([cid, *names[cid]]) + "\n"


def _property_rows(compounds: Iterable[Term], key: str, form: str) -> Iterator[str]:
    for term in compounds:
        for value in _values(term, key):
            yield f"{_cid(term)}{form.format(value.removeprefix(f'{_COMPOUND}:'))}\n"


def _sssom(rows: list[Mapping], own: Table[str, str]) -> Iterator[str]:
    if not rows:
        return
    known = prefixes()
    ends = {prefix_of(curie) for row in rows for curie in (row.subject_id, row.object_id)}
    used = sorted(ends | {"semapv", "skos", *(prefix_of(row.predicate_id) for row in rows)})
    yield "# curie_map:\n"
    # The rows are written with the Bioregistry's spellings of the prefixes, as the loader normalised them.
    yield from (f"#   {prefix}: {known[prefix]}\n" for prefix in used if prefix in known)
    sources, versions = ({getattr(row, name) for row in rows} for name in ("mapping_source", "mapping_set_version"))
    head = {
        "license": _LICENCES.get(own["licence"], own["licence"]),
        "mapping_set_id": min(sources) if len(sources) == 1 else own["url"],
        "mapping_set_version": min(versions) if len(versions) == 1 else "",
    }
    yield from (f"# {key}: {value}\n" for key, value in head.items() if value)
    further = [name for name in _FURTHER if any(getattr(row, name) for row in rows)]
    if len(sources) == 1:
        further = [name for name in further if name != "mapping_source"]
    yield "\t".join([*_ROW, *further]) + "\n"
    for row in rows:
        yield "\t".join(getattr(row, column) for column in (*_ROW, *further)) + "\n"


def _entry(index: TermIndex, key: str, own: Table[str, Any], files: list[_File]) -> str:
    lines = [
        f"[{key if _BARE.fullmatch(key) else _quoted(key)}]",
        *(f"{name} = {_quoted(own[name])}" for name in _TEXTS),
        "complete = false",
    ]
    owned = [prefix for prefix in sorted(prefixes()) if (r := index.source_of_prefix(prefix)) and r.source == key]
    if owned:
        lines.append(f"prefixes = [{', '.join(map(_quoted, owned))}]")
    lines.append("files = [")
    for file in files:
        url = own.get("urls", {}).get(file.name, "")
        shown = f", url = {_quoted(url)}" if url else ""
        lines.append(f"  {{ file = {_quoted(file.name)}, kind = {_quoted(file.kind)}{shown} }},")
    return "\n".join([*lines, "]"]) + "\n"


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
