"""MeSH descriptors and supplementary records, streamed from the owner's XML.

Format: https://www.nlm.nih.gov/mesh/xml_data_elements.html. Elements that say nothing about names, tree
places and mapped headings are passed over. Nothing is fetched: a document type is not read, and entities
are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.parsers import expat

from kg.curies import normalize
from kg.errors import TermsError
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Name, Scope, Term
from kg.terms.reading import Problems, open_bytes

_SCR_CATEGORIES: Final = {"1": CHEMICAL, "2": OTHER, "3": DISEASE, "4": TAXON}
_RELATIONS: Final[dict[str, Scope]] = {"NRW": "narrow", "BRD": "broad", "REL": "related"}
_RANK: Final = {"label": 0, "exact": 1, "narrow": 2, "broad": 3, "related": 4}
_CHUNK = 1 << 16


def read_descriptors(path: Path, problems: Problems) -> Iterator[Term]:
    """Yield the descriptors of a MeSH descriptor file; parents come from the tree numbers.

    Args:
        path: ``descYYYY.xml``, plain or gzip.
        problems: where records without identifier or name, and tree numbers whose parent no record of the
            file owns, are recorded.

    Raises:
        TermsError: if the file cannot be read, is not well-formed, or declares entities.
    """
    terms = []
    owners: dict[str, str] = {}
    for record in _records(path, "DescriptorRecord"):
        curie = _identifier(record, "DescriptorUI", problems)
        names = _names(record, "DescriptorName", curie, problems) if curie else ()
        if curie is None or not names:
            continue
        trees = tuple(sorted({t.strip() for t in _texts(record, "TreeNumberList/TreeNumber")} - {""}))
        for tree in trees:
            if owners.setdefault(tree, curie) != curie:
                problems.add("duplicate-tree-number", tree, f"{curie} and {owners[tree]} both own it")
        terms.append(
            Term(curie, _category(trees), names, tree_numbers=trees, source=problems.source)
        )  # fmt: skip
    for term in terms:
        parents = set()
        for tree in term.tree_numbers:
            above = tree.rpartition(".")[0]
            if above and above not in owners:
                problems.add("dangling-parent", above, f"no record owns the tree number above {term.curie}")
            elif above and owners[above] != term.curie:
                parents.add(owners[above])
        yield replace(term, parents=tuple(sorted(parents)))


def read_supplementary(path: Path, problems: Problems) -> Iterator[Term]:
    """Yield the supplementary concept records of a MeSH supplementary file.

    ``mapped_to`` holds the preferred headings: those whose identifier is starred (``*D007211``). A star on
    the qualifier alone does not count.

    Args:
        path: ``suppYYYY.xml``, plain or gzip.
        problems: where records without identifier or name, or of an unknown class, are recorded.

    Raises:
        TermsError: if the file cannot be read, is not well-formed, or declares entities.
    """
    for record in _records(path, "SupplementalRecord"):
        curie = _identifier(record, "SupplementalRecordUI", problems)
        names = _names(record, "SupplementalRecordName", curie, problems) if curie else ()
        if curie is None or not names:
            continue
        kind = record.get("SCRClass", "1")
        if kind not in _SCR_CATEGORIES:
            problems.add("unknown-class", kind, f"{curie} has a class that is not known")
        headings = set()
        for written in _texts(record, "HeadingMappedToList/HeadingMappedTo/DescriptorReferredTo/DescriptorUI"):
            if written.strip().startswith("*"):
                heading = normalize(f"MESH:{written.strip()[1:]}")
                if heading:
                    headings.add(heading)
                else:
                    problems.add("malformed-record", written, f"{curie} maps to no MeSH identifier")
        yield Term(
            curie=curie,
            category=_SCR_CATEGORIES.get(kind, OTHER),
            names=names,
            mapped_to=tuple(sorted(headings)),
            source=problems.source,
        )


def _records(path: Path, tag: str) -> Iterator[ElementTree.Element]:
    try:
        with open_bytes(path) as file:
            _refuse_entities(path, file)
        with open_bytes(path) as file:
            # The prologue, the only place where an entity can be declared, was read above.
            events = ElementTree.iterparse(file, events=("start", "end"))  # noqa: S314
            _, root = next(events)
            if root.tag not in {f"{tag}Set", tag}:
                raise TermsError(f"{path} holds <{root.tag}>, not <{tag}Set>", value=root.tag)
            for event, element in events:
                if event == "end" and element.tag == tag:
                    yield element
                    root.clear()
    except (ElementTree.ParseError, expat.ExpatError) as error:
        raise TermsError(f"{path} is not well-formed XML: {error}", value=str(path)) from error


def _refuse_entities(path: Path, file: object) -> None:
    """Read an XML file up to its first element; refuse it where it declares an entity."""
    parser = expat.ParserCreate()
    begun = False

    def declared(name: str, *_: object) -> None:
        raise TermsError(f"{path} declares the XML entity {name!r}; such a file is refused", value=name)

    def started(*_: object) -> None:
        nonlocal begun
        begun = True

    parser.EntityDeclHandler = declared
    parser.StartElementHandler = started
    while not begun:
        chunk = file.read(_CHUNK)  # type: ignore[attr-defined]
        parser.Parse(chunk, not chunk)
        if not chunk:
            break


def _identifier(record: ElementTree.Element, tag: str, problems: Problems) -> str | None:
    written = (record.findtext(tag) or "").strip()
    curie = normalize(f"MESH:{written}")
    if curie is None:
        problems.add("malformed-record", written, f"a record's {tag} is no MeSH identifier")
    return curie


def _names(record: ElementTree.Element, tag: str, curie: str | None, problems: Problems) -> tuple[Name, ...]:
    label = (record.findtext(f"{tag}/String") or "").strip()
    if not label:
        problems.add("malformed-record", str(curie), f"the record has no {tag} and is left out")
        return ()
    relations: dict[str, Scope] = {}
    for relation in record.iterfind("ConceptList/Concept/ConceptRelationList/ConceptRelation"):
        scope = _RELATIONS.get(relation.get("RelationName", ""))
        # Concept1UI is the preferred concept, Concept2UI the one that is narrower, broader or related.
        if scope:
            relations[(relation.findtext("Concept2UI") or "").strip()] = scope
    found: set[Name] = set()
    for concept in record.iterfind("ConceptList/Concept"):
        scope = "exact"
        if concept.get("PreferredConceptYN") == "N":
            scope = relations.get((concept.findtext("ConceptUI") or "").strip(), "exact")
        found |= {Name(t.strip(), scope) for t in _texts(concept, "TermList/Term/String") if t.strip()}
    best = {label: Name(label, "label")}
    for name in sorted(found, key=lambda n: (_RANK[n.scope], n.text)):
        best.setdefault(name.text, name)
    return tuple(best.values())


def _texts(element: ElementTree.Element, path: str) -> Iterator[str]:
    return (found.text or "" for found in element.iterfind(path))


def _category(trees: tuple[str, ...]) -> str:
    if any(tree[0] == "C" or tree.startswith("F03") for tree in trees):
        return DISEASE
    if any(tree[0] == "D" for tree in trees):
        return CHEMICAL
    return OTHER
