"""RDF read back: quads sorted by subject, out of core, and mapped to the records that they state.

What the vocabulary names is a property of its record; every other triple between two resources is a record of its own
kind (its predicate, and the named graph where that is not the one of associations). So no quad goes unseen: one that
is missing, and one that is too much, is named.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pyarrow.parquet as pq
import pyoxigraph as ox

from kg.curies import CASEGRAPH, association_id, compress
from kg.errors import InputError
from kg.graph.store import GraphFolder
from kg.linking.curators import read_curators
from kg.model import ASSOCIATED_WITH, CASE, DOCUMENT, OTHER, SUBCLASS_OF
from kg.views.files import sorted_lines
from kg.views.propertygraph import LABELS, TRAIL_LABELS, relationship_type
from kg.views.rdf import LITERALS, RESOURCES, TYPES, rdf_quads
from kg.views.rdfvocabulary import (
    ASSOCIATIONS,
    MAPPINGS,
    RDF,
    XSD,
    all_prefixes,
    curator_iri,
    iri,
    ontology_graph,
    passage_iri,
)
from kg.views.verification import END, START, Kinds, Record

_TYPE: Final = f"{RDF}type"
_OA: Final = all_prefixes()["oa"]
_BIOLINK: Final = all_prefixes()["biolink"]
_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
_REASON: Final = f"{CASEGRAPH}reason"
_ID: Final = f"{CASEGRAPH}id"
_AGENT: Final = f"{all_prefixes()['prov']}Agent"
_CLASSES: Final = ":classes"
#: Table -> lists: column -> property. Their order is not kept, and what comes twice comes once.
_LISTS: Final = {
    "nodes": {
        "synonyms": f"{_BIOLINK}synonym",
        "equivalent_identifiers": f"{CASEGRAPH}equivalentIdentifier",
        "replaced_by": f"{CASEGRAPH}replacedBy",
    },
    "documents": {"authors": f"{all_prefixes()['dcterms']}creator", "publication_types": f"{CASEGRAPH}publicationType"},
    "edges": {"publications": f"{_BIOLINK}publications"},
    "mentions": {"further": f"{CASEGRAPH}further"},
    "links": {"reasons": _REASON},
    "findings": {"reasons": _REASON},
}
#: Kind -> the tables whose columns it has.
_TABLES: Final = {
    **{labels[0]: ("nodes",) for labels in LABELS.values()},
    LABELS[DOCUMENT][0]: ("documents",),
    LABELS[CASE][0]: ("cases",),
    **{labels[0]: (table,) for table, labels in TRAIL_LABELS.items()},
    "Link": ("links",),
    "Passage": ("passages",),
    "Fact": ("facts",),
}
#: Class -> table, for the classes that one table has.
_CLASS_TABLES: Final = {kind.value: table for table, kinds in TYPES.items() for kind in kinds} | {
    f"{CASEGRAPH}Passage": "passages",
    f"{_BIOLINK}Association": "edges",
}
_RELATIONS: Final = frozenset(("IN_DOCUMENT", "LINKED_TO", "IN_CASE", "ABOUT_MENTION", "MAPS"))
_NUMBERS: Final = {f"{XSD}integer": int, f"{XSD}double": float}
#: Classes of the places of mentions -> kind, and predicate -> value.
_PLACES: Final = {
    f"{_OA}SpecificResource": ("Target", {f"{_OA}hasSource": "source", f"{_OA}hasSelector": "selector"}),
    f"{_OA}TextPositionSelector": (
        "Position",
        {f"{_OA}start": "start", f"{_OA}end": "end", f"{_OA}refinedBy": "quote"},
    ),
    f"{_OA}TextQuoteSelector": ("Quote", {f"{_OA}exact": "text"}),
}


def identifier(value: str) -> str:
    """Return the identifier that an IRI of ours stands for: the inverse of :func:`kg.views.rdfvocabulary.iri`.

    >>> [identifier(iri(x).value) for x in ("MONDO:0009807", "doi:10.1/a<b>", "FOO: 100%", "casegraph:PMC1-case-1")]
    ['MONDO:0009807', 'doi:10.1/a<b>', 'FOO: 100%', 'casegraph:PMC1-case-1']
    """
    if value.startswith(f"{CASEGRAPH}id/"):
        return unquote(value.removeprefix(f"{CASEGRAPH}id/"))
    return unquote(compress(value))


class RdfView:
    """The graph's quads.

    Args:
        folder: the graph.
        file: N-Quads, TriG or JSON-LD to read in place of the quads that the graph is written as.

    Raises:
        InputError: if there is no such file, or its format holds no named graphs.
    """

    def __init__(self, folder: GraphFolder, file: Path | None = None) -> None:
        self._folder = folder
        self._file = file
        self.name = "RDF" if file is None else str(file)
        self._format = ox.RdfFormat.N_QUADS
        if file is not None:
            found = ox.RdfFormat.from_extension(file.suffix.lstrip("."))
            if found is None or not found.supports_datasets or not file.is_file():
                raise InputError(f"{file} is no file of RDF with named graphs (.nq, .trig, .jsonld)", value=str(file))
            self._format = found

    def notes(self) -> list[str]:
        """Return nothing."""
        return []

    def expected(self, record: Record) -> Record | None:
        """Return what the quads say of a record of the property graph."""
        tables = _TABLES.get(record.kind)
        values = record.values
        if tables is not None:
            if record.kind in (LABELS[DOCUMENT][0], LABELS[CASE][0]):
                kept = _kept(tables[0], values) | {"id": record.id, "name": values["name"]}
                kept |= {_CLASSES: _classes(values["category"], tables[0])}
            elif tables == ("nodes",):
                kept = _kept("nodes", values) | {"id": record.id, "name": values["name"]}
                kept |= {_CLASSES: _classes(values["category"], "")}
            else:
                kept = _kept(tables[0], values) | {_CLASSES: _classes(None, tables[0])}
            return Record(record.kind, record.id, kept)
        ends = {START: values[START], END: values[END]}
        if record.kind == "LINKED_TO":
            return Record(record.kind, record.id, _kept("links", values) | ends)
        if record.kind in _RELATIONS:
            return Record(record.kind, record.id, ends)
        if record.kind in ("EVIDENCE_SUBJECT", "EVIDENCE_OBJECT", "DECIDED_BY"):
            # The quads say it through the association that the evidence supports, and the link that was decided.
            return None
        classes = _classes("biolink:Association", "")
        if record.kind == relationship_type(ASSOCIATED_WITH) and values[START].startswith("casegraph:"):
            classes = sorted([*classes, "biolink:CaseToDiseaseAssociation"])
        return Record(record.kind, record.id, _kept("edges", values) | ends | {_CLASSES: classes})

    def further(self) -> Iterator[Record]:
        """Yield what the quads say besides: direct triples, passages, facts, links with their reasons, places."""
        folder = self._folder
        for row in folder.rows("edges"):
            yield _statement(iri(row["predicate"]), ASSOCIATIONS, row["subject"], row["object"])
            if row["predicate"] == SUBCLASS_OF:
                yield _statement(iri("rdfs:subClassOf"), ontology_graph(row["subject"]), row["subject"], row["object"])
        last: tuple[str, ...] = ()
        for row in folder.rows("mappings"):
            ends = row["subject_id"], row["predicate_id"], row["object_id"]
            if ends != last:
                yield _statement(iri(ends[1]), MAPPINGS, ends[0], ends[2])
            last = ends
        for row in folder.rows("documents"):
            if row["doi"]:
                yield Record("owl:sameAs in documents", f"{row['id']} doi:{row['doi']}", {})
        for row in folder.rows("passages"):
            key = identifier(passage_iri(row["document"], row["section"]).value)
            kept = _kept("passages", row) | {
                "document": row["document"],
                _CLASSES: [_compressed(f"{CASEGRAPH}Passage")],
            }
            yield Record("Passage", key, kept)
        for row in folder.rows("facts"):
            yield Record("Fact", row["id"], _kept("facts", row) | {_CLASSES: _classes(None, "facts")})
        yield from self._links()
        yield from self._curators()
        yield from self._places()

    def _links(self) -> Iterator[Record]:
        bodies: set[tuple[str, str]] = set()
        mention = ""
        last = ""
        for row in self._folder.rows("links"):
            key = association_id("link", row["mention"], row["term"] or "")
            if key != last:
                yield Record("Link", key, _kept("links", row) | {_CLASSES: _classes(None, "links")})
            last = key
            # Two terms of one mention may be one node: one triple.
            if row["mention"] != mention:
                bodies.clear()
                mention = row["mention"]
            if row["node"] and (row["mention"], row["node"]) not in bodies:
                bodies.add((row["mention"], row["node"]))
                yield Record("oa:hasBody in documents", f"{row['mention']} {row['node']}", {})

    def _curators(self) -> Iterator[Record]:
        """Yield who decided what; there are few decisions."""
        labels: dict[str, set[str]] = {}
        classes: dict[str, list[str]] = {}
        decided: dict[str, list[str]] = {}
        for row in self._folder.rows("decisions"):
            for curator in read_curators(row["curator"] or ""):
                agent = identifier(curator_iri(curator).value)
                labels.setdefault(agent, set()).add(curator.label)
                classes[agent] = ["prov:Agent", *(["prov:Person"] if curator.orcid else [])]
                decided.setdefault(row["id"], []).append(agent)
            for agent in dict.fromkeys(decided.get(row["id"], ())):
                yield Record("prov:wasAttributedTo in audit", f"{row['id']} {agent}", {})
        for agent, names in labels.items():
            name = sorted(names)
            yield Record("Agent", agent, {"name": name[0] if len(name) == 1 else name, _CLASSES: classes[agent]})
        for row in self._folder.rows("findings"):
            for decision in dict.fromkeys(row.get("decisions") or ()):
                yield Record("kg:decision in audit", f"{row['id']} {decision}", {})
        last = ""
        for row in self._folder.rows("links") if decided else ():
            key = association_id("link", row["mention"], row["term"] or "")
            if key == last:
                continue
            last = key
            for decision in dict.fromkeys(row.get("decisions") or ()):
                yield Record("kg:decision in documents", f"{key} {decision}", {})
                yield Record("prov:used in documents", f"{key} {decision}", {})
            agents = (agent for decision in row.get("decisions") or () for agent in decided.get(decision, ()))
            for agent in dict.fromkeys(agents):
                yield Record("prov:wasAssociatedWith in documents", f"{key} {agent}", {})

    def _places(self) -> Iterator[Record]:
        documents: dict[str, str] = {}
        with pq.ParquetFile(self._folder.file("mentions")) as file:
            for batch in file.iter_batches(columns=["id", "document", "occurrences"]):
                for row in batch.to_pylist():
                    if row["occurrences"]:
                        documents[row["id"]] = row["document"]
                    else:
                        yield Record("oa:hasTarget in documents", f"{row['id']} {row['document']}", {})
        for row in self._folder.rows("occurrences"):
            if row["mention"] not in documents:
                continue
            key = (row["mention"], row["section"], str(row["start"]), str(row["end"]))
            target, position, quote = (association_id(kind, *key) for kind in ("target", "position", "quote"))
            source = identifier(passage_iri(documents[row["mention"]], row["section"]).value)
            yield Record("oa:hasTarget in documents", f"{row['mention']} {target}", {})
            yield Record("Target", target, {"source": source, "selector": position})
            yield Record("Position", position, {"start": row["start"], "end": row["end"], "quote": quote})
            yield Record("Quote", quote, {"text": row["text"]} if row["text"] is not None else {})

    def held(self, _kinds: Kinds = None, /) -> Iterator[Record]:
        """Yield the records that the quads state; they are sorted on disk.

        Raises:
            InputError: if the file is no RDF.
        """
        with tempfile.TemporaryDirectory() as spill:
            lines = Path(spill) / "sorted.nq"
            with lines.open("w", encoding="utf-8", newline="\n") as stream:
                stream.writelines(f"{line}\n" for line in sorted_lines(f"{quad} ." for quad in self._quads()))
            quads = ox.parse(path=lines, format=ox.RdfFormat.N_QUADS)
            for subject, group in groupby(quads, key=lambda quad: quad.subject):
                yield from _subject(_text(subject), group)

    def _quads(self) -> Iterator[ox.Quad]:
        if self._file is None:
            yield from rdf_quads(self._folder)
            return
        try:
            yield from ox.parse(path=self._file, format=self._format)
        except (SyntaxError, ValueError, OSError) as error:
            raise InputError(f"{self._file} cannot be read: {error}", value=str(self._file)) from error


def _subject(subject: str, quads: Iterable[ox.Quad]) -> Iterator[Record]:
    """Yield the records that all quads of one subject state."""
    classes: list[str] = []
    stated: dict[str, list[tuple[Any, str]]] = {}
    for quad in quads:
        if quad.predicate.value == _TYPE:
            classes.append(_text(quad.object))
        else:
            stated.setdefault(quad.predicate.value, []).append((quad.object, _text(quad.graph_name)))
    me = identifier(subject)
    if _AGENT in classes:
        name = _one(stated.pop(_LABEL, []))
        yield from _statements(me, stated)
        yield Record("Agent", me, {"name": name, _CLASSES: sorted(map(_compressed, classes))})
        return
    for kind in classes:
        if kind in _PLACES:
            name, keys = _PLACES[kind]
            values = {key: _one(stated.pop(predicate, [])) for predicate, key in keys.items()}
            values |= {compress(predicate): [_plain(o) for o, _ in objects] for predicate, objects in stated.items()}
            values |= {_CLASSES: sorted(map(_compressed, classes))} if len(classes) > 1 else {}
            yield Record(name, me, {key: value for key, value in values.items() if value is not None})
            return
    table = next((_CLASS_TABLES[kind] for kind in classes if kind in _CLASS_TABLES), "")
    category = next((compress(kind) for kind in classes if compress(kind) in LABELS), "")
    if not table and (category or _ID in stated):
        table = {DOCUMENT: "documents", CASE: "cases"}.get(category, "nodes")
    values = _values(table, stated)
    yield from _statements(me, stated)
    if not table:
        # Nothing of it is ours but statements; what else there is, is too much.
        if values or classes:
            yield Record("(unknown)", me, {**values, _CLASSES: sorted(map(_compressed, classes))})
        return
    values[_CLASSES] = sorted(map(_compressed, classes))
    if table in ("nodes", "documents", "cases"):
        yield from _node(me, table, category, values)
    elif table == "edges":
        predicate = values.pop("predicate", "")
        kind = relationship_type(str(predicate)) if str(predicate).startswith("biolink:") else "(no predicate)"
        ends = {START: values.pop("subject", None), END: values.pop("object", None)}
        yield Record(kind, me, {**values, **ends})
    else:
        kind = next(kind for kind, tables in _TABLES.items() if tables == (table,))
        yield Record(kind, me, values)
        yield from _relations(me, table, values)


def _node(me: str, table: str, category: str, values: dict[str, Any]) -> Iterator[Record]:
    # As in the projection, a category that has no label of its own is an ontology's class.
    kind = LABELS.get(category, LABELS[OTHER])[0] if values[_CLASSES] else "(no category)"
    yield Record(kind, me, values)
    if table == "cases" and "document" in values:
        yield _relation("IN_DOCUMENT", me, values["document"])


def _relations(me: str, table: str, values: dict[str, Any]) -> Iterator[Record]:
    """Yield the trail's relationships, which the quads state by properties."""
    for owner, column, kind in (
        ("mentions", "document", "IN_DOCUMENT"),
        ("evidence", "document", "IN_DOCUMENT"),
        ("evidence", "case", "IN_CASE"),
        ("findings", "document", "IN_DOCUMENT"),
        ("findings", "mention", "ABOUT_MENTION"),
        ("mappings", "node", "MAPS"),
    ):
        if owner == table and column in values:
            yield _relation(kind, me, values[column])
    if table == "links" and "node" in values and "mention" in values:
        more = {k: v for k, v in values.items() if k in LITERALS["links"]}
        ends = {START: values["mention"], END: values["node"]}
        parts = ("LINKED_TO", str(values["mention"]), str(values["node"]), str(values.get("term", "")))
        yield Record("LINKED_TO", "|".join(parts), {**more, **ends})


def _relation(kind: str, start: str, end: Any) -> Record:
    return Record(kind, f"{kind}|{start}|{end}", {START: start, END: end})


def _values(table: str, stated: dict[str, list[tuple[Any, str]]]) -> dict[str, Any]:
    """Take the properties of a table's row out of what is stated; return them by column."""
    values: dict[str, Any] = {}
    for column, prop in _LISTS.get(table, {}).items():
        if objects := stated.pop(prop, None):
            values[column] = sorted(map(_plain, dict.fromkeys(o for o, _ in objects)))
    for column, prop in _columns(table):
        if objects := stated.pop(prop, None):
            values[column] = _one(objects)
    # A literal that the vocabulary does not know stands under its own name.
    for prop in [p for p, objects in stated.items() if any(isinstance(o, ox.Literal) for o, _ in objects)]:
        values[compress(prop)] = sorted(str(_plain(o)) for o, _ in stated.pop(prop))
    return values


def _statements(me: str, stated: dict[str, list[tuple[Any, str]]]) -> Iterator[Record]:
    for prop, objects in stated.items():
        for node, graph in objects:
            yield Record(_predicate(prop, graph), f"{me} {_plain(node)}", {})


def _columns(table: str) -> list[tuple[str, str]]:
    """Return the columns that a row states in one triple each; a resource that is a literal too is named apart."""
    if not table:
        return []
    literals = LITERALS.get(table, {})
    columns = [(column, prop.value) for column, prop in literals.items()]
    for column, prop in RESOURCES.get(table, {}).items():
        columns.append((f":{column}" if column in literals else column, prop.value))
    if table in ("nodes", "documents", "cases"):
        columns += [("id", _ID), ("name", _LABEL)]
    if table == "passages":
        columns.append(("document", f"{all_prefixes()['dcterms']}isPartOf"))
    if table == "decisions":
        columns.append(("date", f"{all_prefixes()['dcterms']}date"))
    return columns


def _kept(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a row that its quads state: no nulls, no empty texts, lists as sets."""
    values: dict[str, Any] = {}
    literals = LITERALS.get(table, {})
    for column in literals:
        if (value := row.get(column)) is not None and value != "":
            values[column] = value
    for column in RESOURCES.get(table, {}):
        if value := row.get(column):
            values[f":{column}" if column in literals else column] = value
    if table == "decisions" and row.get("date"):
        values["date"] = row["date"]
    for column in _LISTS.get(table, {}):
        items = row.get(column)
        if column == "reasons":
            items = [f"{reason['check']}: {reason['statement']}" for reason in json.loads(items or "[]")]
        if items:
            values[column] = sorted(set(items))
    return values


def _classes(category: str | None, table: str) -> list[str]:
    """Return the classes of a row, sorted."""
    own = [iri(category)] if category else []
    more = [ox.NamedNode(f"{all_prefixes()['bibo']}AcademicArticle")] if table == "documents" else []
    return sorted(_compressed(kind.value) for kind in (*own, *more, *TYPES.get(table, ())))


def _statement(prop: ox.NamedNode, graph: ox.NamedNode, start: str, end: str) -> Record:
    return Record(_predicate(prop.value, graph.value), f"{start} {end}", {})


def _predicate(prop: str, graph: str) -> str:
    """Return the kind of a statement.

    >>> _predicate("https://w3id.org/biolink/vocab/mentions", "urn:casegraph:graph-associations")
    'biolink:mentions'
    >>> _predicate("http://www.w3.org/2000/01/rdf-schema#subClassOf", "urn:casegraph:graph-ontology-mondo")
    'rdfs:subClassOf in ontology-mondo'
    """
    name = _compressed(prop)
    name = f"kg:{name.removeprefix('casegraph:')}" if name.startswith("casegraph:") else name
    return name if graph == ASSOCIATIONS.value else f"{name} in {graph.removeprefix(f'{CASEGRAPH}graph-')}"


def _compressed(value: str) -> str:
    """Return the short form of a term of a vocabulary or of an identifier's IRI."""
    short = compress(value)
    if short == value:
        for prefix, base in all_prefixes().items():
            if value.startswith(base):
                return f"{prefix}:{value.removeprefix(base)}"
    return short


def _one(objects: list[tuple[Any, str]]) -> Any:
    """Return the value of a property that should have one; several are told as a list."""
    found = sorted({_plain(o) for o, _ in objects}, key=str)
    return found[0] if len(found) == 1 else found or None


def _text(term: Any) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _plain(term: Any) -> Any:
    if isinstance(term, ox.NamedNode):
        return identifier(term.value)
    if not isinstance(term, ox.Literal):
        return str(term)
    datatype = term.datatype.value
    if datatype == f"{XSD}boolean":
        return term.value == "true"
    return _NUMBERS[datatype](term.value) if datatype in _NUMBERS else term.value
