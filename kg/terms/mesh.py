"""MeSH descriptors, supplementary records and pharmacological actions, streamed from the owner's XML.

Format: https://www.nlm.nih.gov/mesh/xml_data_elements.html. Elements that say nothing about names, places in the
tree, concepts, registry numbers, actions and mapped headings are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from kg.curies import normalize
from kg.model import CHEMICAL, DISEASE, OTHER, TAXON, Name, Scope, Term
from kg.terms.names import RANK
from kg.terms.reading import Problems
from kg.terms.xml_records import XmlRecords

#: SCRClass: chemical or drug, protocol, disease, organism, population group, anatomy.
_CLASSES: Final = {"1": CHEMICAL, "2": OTHER, "3": DISEASE, "4": TAXON, "5": OTHER, "6": OTHER}
#: What the second concept of a relation is to the first, as the scope of its names; and the other way round.
_RELATIONS: Final[dict[str, Scope]] = {"NRW": "narrow", "BRD": "broad", "REL": "related"}
_REVERSED: Final[dict[str, Scope]] = {"NRW": "broad", "BRD": "narrow", "REL": "related"}
_RECORD: Final = re.compile(r"[CD]\d{6,9}")
_CONCEPT: Final = re.compile(r"M\d+")
_ADVICE: Final = (
    "MeSH XML is descYYYY.xml, suppYYYY.xml or paYYYY.xml from https://www.nlm.nih.gov/databases/download/mesh.html"
)


@dataclass(frozen=True, slots=True)
class Action:
    """A substance and one of its pharmacological actions, both as CURIEs; ``line`` is that of the action's record."""

    substance: str
    action: str
    line: int


def read_descriptors(path: Path, problems: Problems) -> Iterator[Term]:
    """Yield the descriptors of a MeSH descriptor file; parents come from the tree numbers.

    An identifier that the file repeats is yielded as often as it stands there; only its first record has a place
    in the tree. A tree number that two records claim stays with the first.

    Args:
        path: ``descYYYY.xml``, plain or gzip.
        problems: the account of the file: records without identifier or name are dropped; tree numbers whose
            parent no record of the file owns are problems of a part.

    Raises:
        TermsError: if the file cannot be read, is of another kind, or declares entities.

    >>> import tempfile
    >>> text = (
    ...     "<DescriptorRecordSet><DescriptorRecord><DescriptorUI>D012516</DescriptorUI>"
    ...     "<DescriptorName><String>Osteosarcoma</String></DescriptorName>"
    ...     "<TreeNumberList><TreeNumber>C04</TreeNumber></TreeNumberList></DescriptorRecord></DescriptorRecordSet>")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "desc2026.xml")
    ...     _ = path.write_text(text)
    ...     [(t.curie, t.label, t.category) for t in read_descriptors(path, Problems("mesh", path.name))]
    [('MESH:D012516', 'Osteosarcoma', 'biolink:Disease')]
    """
    records = XmlRecords(path, "DescriptorRecordSet", "DescriptorRecord", problems, _ADVICE)
    read: list[tuple[str, str, dict[str, Scope], tuple[str, ...], tuple[tuple[str, str], ...]]] = []
    owners: dict[str, str] = {}
    seen: set[str] = set()
    for record in records:
        head = _head(record, "Descriptor", records, problems)
        if head is None:
            continue
        curie, label = head
        trees = tuple(sorted({text for e in _list(record, "TreeNumberList") if (text := tidy(e.text))}))
        for tree in () if curie in seen else trees:
            if owners.setdefault(tree, curie) != curie:
                message = f"{curie} and {owners[tree]} both own it"
                problems.add("duplicate-tree-number", tree, message, line=records.line)
        seen.add(curie)
        names, properties = _concepts(record)
        properties |= _actions(record, curie, records, problems)
        read.append((curie, label, names, trees, tuple(sorted(properties))))
    # A parent may stand behind its child: the tree is known when all records are read.
    for curie, label, names, trees, facts in read:
        parents = parents_of(curie, trees, owners, problems) if curie in seen else ()
        # Of a record that comes again, the place is none and no fault either.
        seen.discard(curie)
        yield Term(
            curie, category_of(trees), names_of(label, names), parents, trees, source=problems.source, properties=facts
        )


def read_supplementary(path: Path, problems: Problems) -> Iterator[Term]:
    """Yield the supplementary concept records of a MeSH supplementary file.

    ``mapped_to`` holds the preferred headings: those whose identifier is starred (``*D007211``). A star on the
    qualifier alone does not count; such a heading, and one without a star, is the property ``heading``.

    Args:
        path: ``suppYYYY.xml``, plain or gzip.
        problems: the account of the file: records without identifier or name are dropped; an unknown class and a
            heading that is no MeSH identifier are problems of a part.

    Raises:
        TermsError: if the file cannot be read, is of another kind, or declares entities.

    >>> import tempfile
    >>> text = (
    ...     '<SupplementalRecordSet><SupplementalRecord SCRClass="1">'
    ...     "<SupplementalRecordUI>C000625192</SupplementalRecordUI>"
    ...     "<SupplementalRecordName><String>anlotinib</String></SupplementalRecordName>"
    ...     "<HeadingMappedToList><HeadingMappedTo><DescriptorReferredTo><DescriptorUI>*D007211</DescriptorUI>"
    ...     "</DescriptorReferredTo></HeadingMappedTo></HeadingMappedToList>"
    ...     "</SupplementalRecord></SupplementalRecordSet>")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "supp2026.xml")
    ...     _ = path.write_text(text)
    ...     [(t.curie, t.label, t.mapped_to) for t in read_supplementary(path, Problems("mesh", path.name))]
    [('MESH:C000625192', 'anlotinib', ('MESH:D007211',))]
    """
    records = XmlRecords(path, "SupplementalRecordSet", "SupplementalRecord", problems, _ADVICE)
    for record in records:
        head = _head(record, "SupplementalRecord", records, problems)
        if head is None:
            continue
        curie, label = head
        kind = record.get("SCRClass", "1")
        if kind not in _CLASSES:
            problems.add("unknown-class", kind, f"{curie} has a class that is not known", line=records.line)
        preferred: set[str] = set()
        others: set[str] = set()
        for mapped in _list(record, "HeadingMappedToList"):
            written = _referred(mapped)
            heading = record_curie(written.removeprefix("*"))
            if heading is None:
                problems.add("malformed-record", written, f"{curie} maps to no MeSH identifier", line=records.line)
            else:
                (preferred if written.startswith("*") else others).add(heading)
        names, properties = _concepts(record)
        properties |= _actions(record, curie, records, problems)
        properties |= {("heading", heading) for heading in others - preferred}
        yield Term(
            curie, _CLASSES.get(kind, OTHER), names_of(label, names), mapped_to=tuple(sorted(preferred)), source=problems.source,
            properties=tuple(sorted(properties)),
        )  # fmt: skip


def read_actions(path: Path, problems: Problems) -> Iterator[Action]:
    """Yield the substances of each pharmacological action of NLM's separate file of actions.

    The file also lists the broader descriptors of an action as actions of the substance, so it holds more pairs
    than the substances' own records (https://www.nlm.nih.gov/mesh/2012/download/pa_abt.html).

    Args:
        path: ``paYYYY.xml``, plain or gzip.
        problems: the account of the file. A record is one action with its substances; it is kept here, as no
            term is yielded. A substance without identifier is a problem of a part.

    Raises:
        TermsError: if the file cannot be read, is of another kind, or declares entities.

    >>> import tempfile
    >>> text = (
    ...     "<PharmacologicalActionSet><PharmacologicalAction><DescriptorReferredTo>"
    ...     "<DescriptorUI>D000970</DescriptorUI></DescriptorReferredTo><PharmacologicalActionSubstanceList>"
    ...     "<Substance><RecordUI>D008727</RecordUI></Substance></PharmacologicalActionSubstanceList>"
    ...     "</PharmacologicalAction></PharmacologicalActionSet>")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "pa2026.xml")
    ...     _ = path.write_text(text)
    ...     list(read_actions(path, Problems("mesh", path.name)))
    [Action(substance='MESH:D008727', action='MESH:D000970', line=1)]
    """
    records = XmlRecords(path, "PharmacologicalActionSet", "PharmacologicalAction", problems, _ADVICE)
    for record in records:
        line = records.line
        written = _referred(record)
        action = record_curie(written)
        if action is None:
            problems.drop("malformed-record", written, "a pharmacological action has no identifier", line=line)
            continue
        problems.keep()
        for element in record.iter("RecordUI"):
            substance = record_curie(tidy(element.text))
            if substance:
                yield Action(substance, action, line)
            else:
                message = f"a substance of {action} has no MeSH identifier"
                problems.add("malformed-record", element.text or "", message, line=line)


def record_curie(identifier: str) -> str | None:
    """Return the CURIE of a descriptor or supplementary record, None where the identifier is of neither.

    >>> record_curie("D012516"), record_curie("Q000031")
    ('MESH:D012516', None)
    """
    if _RECORD.fullmatch(identifier):
        return f"MESH:{identifier}"
    curie = normalize(f"MESH:{identifier}")
    return curie if curie and _RECORD.fullmatch(curie, 5) else None


def tidy(text: str | None) -> str:
    """Return a text without white space around it and without line ends in it; "" for None.

    >>> tidy("  Neoplasms,\\n  Bone ")
    'Neoplasms, Bone'
    """
    if not text:
        return ""
    return " ".join(text.split()) if "\n" in text else text.strip()


def names_of(label: str, found: Mapping[str, Scope]) -> tuple[Name, ...]:
    """Return the names of a record: its label, then the others by scope and text.

    >>> names_of("b", {"c": "narrow", "a": "exact", "b": "exact"})
    (Name(text='b', scope='label'), Name(text='a', scope='exact'), Name(text='c', scope='narrow'))
    """
    others = [(RANK[scope], text, scope) for text, scope in found.items() if text != label]
    others.sort()
    return (Name(label, "label"), *[Name(text, scope) for _, text, scope in others])


def category_of(trees: Iterable[str]) -> str:
    """Return the category of a descriptor by its tree numbers: C and F03 hold diseases, D chemicals.

    >>> category_of(["D02.241", "C04"]), category_of(["A01"])
    ('biolink:Disease', 'biolink:OntologyClass')
    """
    branches = {tree[:3] if tree.startswith("F") else tree[0] for tree in trees}
    if "C" in branches or "F03" in branches:
        return DISEASE
    return CHEMICAL if "D" in branches else OTHER


def parents_of(curie: str, trees: Iterable[str], owners: Mapping[str, str], problems: Problems) -> tuple[str, ...]:
    """Return the records that own the tree numbers above a record's own; a number without owner is a problem.

    >>> problems = Problems("mesh", "desc2026.xml")
    >>> parents_of("MESH:D012516", ["C04.557"], {"C04": "MESH:D009369"}, problems)
    ('MESH:D009369',)
    """
    parents = set()
    for tree in trees:
        above = tree.rpartition(".")[0]
        if not above:
            continue
        owner = owners.get(above)
        if owner is None:
            problems.add("dangling-parent", above, f"no record owns the tree number above {curie}")
        elif owner != curie:
            parents.add(owner)
    return tuple(sorted(parents))


def _head(record: Element, kind: str, records: XmlRecords, problems: Problems) -> tuple[str, str] | None:
    """Return the CURIE and the label of a record, or drop the record."""
    written = tidy(record.findtext(f"{kind}UI"))
    curie = record_curie(written)
    if curie is None:
        message = f"a record's {kind}UI is no MeSH identifier; the record is left out"
        problems.drop("malformed-record", written, message, line=records.line)
        return None
    name = record.find(f"{kind}Name")
    label = tidy(name.findtext("String")) if name is not None else ""
    if not label:
        message = f"the record has no {kind}Name and is left out"
        problems.drop("malformed-record", curie, message, line=records.line)
        return None
    return curie, label


def _concepts(record: Element) -> tuple[dict[str, Scope], set[tuple[str, str]]]:
    """Return the names that a record's concepts give, and the facts about the concepts."""
    concepts = _list(record, "ConceptList")
    names: dict[str, Scope] = {}
    facts: set[tuple[str, str]] = set()
    scopes: dict[str, Scope] = _scopes(concepts) if len(concepts) > 1 else {}
    for concept in concepts:
        identifier = tidy(concept.findtext("ConceptUI"))
        preferred = concept.get("PreferredConceptYN") != "N"
        scope: Scope = "exact" if preferred else scopes.get(identifier, "exact")
        # A slice ties names to a relation alone and has no identifier of the owner's for the concept.
        if _CONCEPT.fullmatch(identifier):
            facts.add(("preferred_concept" if preferred else "concept", identifier))
        numbers = [concept.findtext("RegistryNumber"), *(e.text for e in _list(concept, "RegistryNumberList"))]
        facts.update(("registry_number", n) for n in map(tidy, numbers) if n and (preferred or n != "0"))
        for term in _list(concept, "TermList"):
            text = tidy(term.findtext("String"))
            if text and (text not in names or RANK[scope] < RANK[names[text]]):
                names[text] = scope
    return names, facts


def _scopes(concepts: Iterable[Element]) -> dict[str, Scope]:
    """Return what the names of a record's further concepts are to the preferred one."""
    scopes: dict[str, Scope] = {}
    preferred = {tidy(c.findtext("ConceptUI")) for c in concepts if c.get("PreferredConceptYN") != "N"}
    for concept in concepts:
        for relation in _list(concept, "ConceptRelationList"):
            kind = relation.get("RelationName", "")
            first, second = tidy(relation.findtext("Concept1UI")), tidy(relation.findtext("Concept2UI"))
            other, found = (second, _RELATIONS.get(kind)) if first in preferred else (first, _REVERSED.get(kind))
            if found and (first in preferred) != (second in preferred):
                scopes[other] = min(found, scopes.get(other, found), key=RANK.__getitem__)
    return scopes


def _actions(record: Element, curie: str, records: XmlRecords, problems: Problems) -> set[tuple[str, str]]:
    facts = set()
    for element in _list(record, "PharmacologicalActionList"):
        written = _referred(element)
        action = record_curie(written)
        if action:
            facts.add(("pharmacological_action", action))
        else:
            message = f"an action of {curie} is no MeSH identifier"
            problems.add("malformed-record", written, message, line=records.line)
    return facts


def _list(element: Element, tag: str) -> Element | tuple[()]:
    """Return the element of a list, to iterate over; nothing where there is no such list."""
    found = element.find(tag)
    return () if found is None else found


def _referred(element: Element) -> str:
    """Return the identifier of the descriptor that an element refers to, "" where there is none."""
    referred = element.find("DescriptorReferredTo")
    return "" if referred is None else tidy(referred.findtext("DescriptorUI"))
