"""The graph as RDF: quads streamed from the tables, and the stores that hold them.

There are no blank nodes: targets, selectors and links get UUIDv5 URNs of their content, so the same graph
is always the same set of lines. The contract is the section "As RDF" of ``docs/data-model.md``.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, Final

import duckdb
import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset

from kg.curies import CASEGRAPH, association_id
from kg.graph.store import GraphFolder
from kg.linking.curators import read_curators
from kg.model import ASSOCIATED_WITH, CASE, DOCUMENT, SUBCLASS_OF
from kg.views.rdfvocabulary import (
    ASSOCIATIONS,
    AUDIT,
    DOCUMENTS,
    MAPPINGS,
    RDF,
    VOCABULARIES,
    XSD,
    all_prefixes,
    curator_iri,
    iri,
    ontology_graph,
    passage_iri,
)

Row = dict[str, Any]
Node = ox.NamedNode


def _kg(name: str) -> Node:
    return Node(CASEGRAPH + name)


def _word(prefix: str, name: str) -> Node:
    return Node(VOCABULARIES[prefix] + name)


TYPE = Node(f"{RDF}type")
LABEL = Node("http://www.w3.org/2000/01/rdf-schema#label")
SUBCLASS = Node("http://www.w3.org/2000/01/rdf-schema#subClassOf")
SAME_AS = Node("http://www.w3.org/2002/07/owl#sameAs")
IS_PART_OF = _word("dcterms", "isPartOf")
PRIMARY_SOURCE = _word("prov", "hadPrimarySource")
ID = _kg("id")

#: Table -> column -> property, for the columns that become one literal each.
LITERALS: dict[str, dict[str, Node]] = {
    "nodes": {
        "status": _kg("status"), "documents": _kg("documents"), "cases": _kg("cases"),
        "source": _kg("source"), "release": _kg("release"),
    },
    "documents": {
        "title": _word("dcterms", "title"), "doi": _word("bibo", "doi"), "pmid": _word("bibo", "pmid"),
        "date": _word("dcterms", "date"), "journal": IS_PART_OF, "source_url": _word("dcterms", "source"),
        "license": _word("dcterms", "license"), "case_report": _kg("caseReport"), "case_report_reason": _kg("caseReportReason"),
    },
    "passages": {"section": _kg("section"), "ordinal": _kg("ordinal"), "text": Node(f"{RDF}value")},
    "cases": {
        "age": _kg("age"), "age_unit": _kg("ageUnit"), "sex": _kg("sex"), "follow_up": _kg("followUp"),
        "follow_up_unit": _kg("followUpUnit"), "outcome": _kg("outcome"), "cluster": _kg("cluster"),
    },
    "facts": {
        "kind": _kg("kind"), "value": _kg("value"), "number": _kg("number"), "unit": _kg("unit"),
        "section": _kg("section"), "start": _kg("start"), "end": _kg("end"), "rule": _kg("rule"),
        "sentence_start": _kg("sentenceStart"), "sentence_end": _kg("sentenceEnd"), "sentence": _kg("sentence"),
    },
    "edges": {
        "support": _kg("support"), "contradiction": _kg("contradiction"), "unknown": _kg("unknown"),
        "evidence": _kg("evidence"), "documents": _kg("documents"), "cases": _kg("cases"), "lift": _kg("lift"),
        "subject_documents": _kg("subjectDocuments"), "object_documents": _kg("objectDocuments"),
        "knowledge_level": iri("biolink:knowledge_level"), "agent_type": iri("biolink:agent_type"),
        "original_predicate": iri("biolink:original_predicate"),
    },
    "evidence": {
        "polarity": _kg("polarity"), "polarity_reason": _kg("polarityReason"), "method": _kg("method"),
        "section": _kg("section"), "sentence": _kg("sentence"), "sentence_start": _kg("sentenceStart"),
        "sentence_end": _kg("sentenceEnd"), "outcome": _kg("outcome"), "release": _kg("release"),
        "original_predicate": iri("biolink:original_predicate"),
    },
    "mentions": {
        "text": _kg("text"), "asserted_as": _kg("assertedAs"), "asserted": _kg("asserted"),
        "source_list": _kg("sourceList"), "category": _kg("category"), "line": _kg("line"),
    },
    "links": {
        "term": _kg("term"), "rule": _kg("rule"), "verdict": _kg("verdict"), "confidence": _kg("confidence"),
        "mapping_confidence": _kg("mappingConfidence"),
    },
    "mappings": {
        "subject_id": _kg("subjectId"), "predicate_id": _kg("predicateId"), "object_id": _kg("objectId"),
        "subject_label": iri("sssom:subject_label"), "object_label": iri("sssom:object_label"),
        "mapping_source": iri("sssom:mapping_source"), "mapping_set_version": iri("sssom:mapping_set_version"),
        "confidence": iri("sssom:confidence"), "author_id": iri("sssom:author_id"),
        "mapping_date": iri("sssom:mapping_date"), "comment": iri("rdfs:comment"), "record": _kg("record"),
        "used": _kg("used"),
    },
    "findings": {
        "code": _kg("code"), "severity": _kg("severity"), "text": _kg("text"), "asserted": _kg("asserted"),
        "asserted_name": _kg("assertedName"), "suggested": _kg("suggested"),
        "suggested_name": _kg("suggestedName"), "message": _kg("message"), "confidence": _kg("confidence"),
    },
    "decisions": {
        "scope": _kg("scope"), "decision": _kg("decided"), "document": _kg("documentId"), "section": _kg("section"),
        "start": _kg("start"), "end": _kg("end"), "mention": _kg("mentionId"), "text": _kg("text"),
        "asserted": _kg("asserted"), "code": _kg("code"), "target": _kg("target"), "curator": _kg("curator"),
        "comment": iri("rdfs:comment"), "file": _kg("file"), "line": _kg("line"), "applied": _kg("applied"),
    },
}  # fmt: skip

#: Table -> column -> property, for the columns that point at another resource.
RESOURCES: dict[str, dict[str, Node]] = {
    "cases": {"document": IS_PART_OF},
    "facts": {"document": PRIMARY_SOURCE, "case": _kg("case")},
    "edges": {
        "subject": iri("biolink:subject"), "predicate": iri("biolink:predicate"), "object": iri("biolink:object"),
        "primary_knowledge_source": iri("biolink:primary_knowledge_source"),
    },
    "evidence": {
        "edge": _kg("supports"), "document": PRIMARY_SOURCE, "case": _kg("case"),
        "subject_mention": _kg("subjectMention"), "object_mention": _kg("objectMention"),
    },
    "mentions": {"document": _kg("document")},
    "links": {"mention": _kg("mention"), "node": _kg("entity")},
    "mappings": {
        "subject_id": iri("owl:annotatedSource"), "predicate_id": iri("owl:annotatedProperty"),
        "object_id": iri("owl:annotatedTarget"), "mapping_justification": iri("sssom:mapping_justification"),
        "node": _kg("entity"),
    },
    "findings": {"document": _kg("document"), "mention": _kg("mention")},
}  # fmt: skip

#: Table -> classes of its rows, where one table is one class.
TYPES: dict[str, tuple[Node, ...]] = {
    "facts": (_kg("Fact"),),
    "evidence": (_kg("Evidence"),),
    "mentions": (_word("oa", "Annotation"),),
    "links": (_word("prov", "Activity"), _kg("Link")),
    "mappings": (iri("sssom:Mapping"), iri("owl:Axiom")),
    "findings": (_kg("Finding"),),
    "decisions": (_kg("Decision"), _word("prov", "Entity")),
}


def rdf_quads(folder: GraphFolder) -> Iterator[ox.Quad]:
    """Yield the quads of a graph, reading its tables a batch at a time.

    Args:
        folder: the graph.

    Yields:
        Quads in the order of the tables. A quad can come twice (two mappings that state one triple).
    """
    for table, quads in _TABLES.items():
        for row in folder.rows(table):
            yield from quads(row)
    yield from _occurrences(folder)
    yield from _credits(folder)


def load_store(folder: GraphFolder) -> ox.Store:
    """Return an in-memory Oxigraph store that holds the graph.

    Query it with ``use_default_graph_as_union=True``, or name the graphs: the default graph is empty.

    Args:
        folder: the graph.
    """
    store = ox.Store()
    store.bulk_extend(rdf_quads(folder))
    return store


def rdf_dataset(folder: GraphFolder) -> Dataset:
    """Return the graph as an `rdflib.Dataset` on Oxigraph; its default graph is the union of all.

    Args:
        folder: the graph.
    """
    dataset = Dataset(store=OxigraphStore(store=load_store(folder)), default_union=True)
    for prefix, base in all_prefixes().items():
        dataset.bind(prefix, base)
    return dataset


def _columns(table: str, row: Row, subject: Node, graph: Node) -> Iterator[ox.Quad]:
    """Yield types, literals and links of a row; empty and null values make no triple."""
    for kind in TYPES.get(table, ()):
        yield ox.Quad(subject, TYPE, kind, graph)
    for column, prop in LITERALS.get(table, {}).items():
        # A column that came after the graph was built is null in it.
        value = row.get(column)
        if value is not None and value != "":
            yield ox.Quad(subject, prop, ox.Literal(value), graph)
    for column, prop in RESOURCES.get(table, {}).items():
        if row[column]:
            yield ox.Quad(subject, prop, iri(row[column]), graph)


def _nodes(row: Row) -> Iterator[ox.Quad]:
    subject = iri(row["id"])
    read = row["category"] in (DOCUMENT, CASE)
    graph = DOCUMENTS if read else ontology_graph(row["id"])
    yield ox.Quad(subject, TYPE, iri(row["category"]), graph)
    yield ox.Quad(subject, ID, ox.Literal(row["id"]), graph)
    yield ox.Quad(subject, LABEL, ox.Literal(row["name"] or row["id"]), graph)
    if read:
        return
    yield from _columns("nodes", row, subject, graph)
    for column, prop in (
        ("synonyms", iri("biolink:synonym")),
        ("equivalent_identifiers", _kg("equivalentIdentifier")),
        ("replaced_by", _kg("replacedBy")),
    ):
        for value in row[column] or ():
            yield ox.Quad(subject, prop, ox.Literal(value), graph)


def _documents(row: Row) -> Iterator[ox.Quad]:
    subject = iri(row["id"])
    yield ox.Quad(subject, TYPE, _word("bibo", "AcademicArticle"), DOCUMENTS)
    yield from _columns("documents", row, subject, DOCUMENTS)
    for author in row["authors"] or ():
        yield ox.Quad(subject, _word("dcterms", "creator"), ox.Literal(author), DOCUMENTS)
    for kind in row.get("publication_types") or ():
        yield ox.Quad(subject, _kg("publicationType"), ox.Literal(kind), DOCUMENTS)
    if row["doi"]:
        yield ox.Quad(subject, SAME_AS, iri(f"doi:{row['doi']}"), DOCUMENTS)


def _passages(row: Row) -> Iterator[ox.Quad]:
    subject = passage_iri(row["document"], row["section"])
    yield ox.Quad(subject, TYPE, _kg("Passage"), DOCUMENTS)
    yield ox.Quad(subject, IS_PART_OF, iri(row["document"]), DOCUMENTS)
    yield from _columns("passages", row, subject, DOCUMENTS)


def _cases(row: Row) -> Iterator[ox.Quad]:
    yield from _columns("cases", row, iri(row["id"]), DOCUMENTS)


def _facts(row: Row) -> Iterator[ox.Quad]:
    yield from _columns("facts", row, iri(row["id"]), DOCUMENTS)


#: What the identifiers of cases begin with.
_OF_CASES: Final = "casegraph:"


def _edges(row: Row) -> Iterator[ox.Quad]:
    subject, predicate, obj = iri(row["subject"]), iri(row["predicate"]), iri(row["object"])
    yield ox.Quad(subject, predicate, obj, ASSOCIATIONS)
    if row["predicate"] == SUBCLASS_OF:
        yield ox.Quad(subject, SUBCLASS, obj, ontology_graph(row["subject"]))
    edge = iri(row["id"])
    yield ox.Quad(edge, TYPE, iri("biolink:Association"), ASSOCIATIONS)
    if row["predicate"] == ASSOCIATED_WITH and row["subject"].startswith(_OF_CASES):
        yield ox.Quad(edge, TYPE, iri("biolink:CaseToDiseaseAssociation"), ASSOCIATIONS)
    yield from _columns("edges", row, edge, ASSOCIATIONS)
    for publication in row["publications"] or ():
        yield ox.Quad(edge, iri("biolink:publications"), iri(publication), ASSOCIATIONS)


def _evidence(row: Row) -> Iterator[ox.Quad]:
    yield from _columns("evidence", row, iri(row["id"]), ASSOCIATIONS)


def _mentions(row: Row) -> Iterator[ox.Quad]:
    subject = iri(row["id"])
    yield from _columns("mentions", row, subject, DOCUMENTS)
    for curie in row.get("further") or ():
        yield ox.Quad(subject, _kg("further"), ox.Literal(curie), DOCUMENTS)
    if not row["occurrences"]:
        yield ox.Quad(subject, _word("oa", "hasTarget"), iri(row["document"]), DOCUMENTS)


def _occurrences(folder: GraphFolder) -> Iterator[ox.Quad]:
    """Yield the places of mentions as Web Annotation targets (https://www.w3.org/TR/annotation-model/)."""
    # An occurrence does not repeat its mention's document: DuckDB joins the tables, out of core.
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as database:
        database.execute("SET temp_directory = ?", [spill])
        database.execute("SET threads = 2")
        database.execute("SET memory_limit = '512MB'")
        found = database.execute(
            'SELECT o.mention, o.section, o.start, o."end", o.text, m.document '
            "FROM read_parquet(?) o JOIN read_parquet(?) m ON m.id = o.mention ORDER BY ALL",
            [str(folder.file("occurrences")), str(folder.file("mentions"))],
        )
        columns = [column[0] for column in found.description or ()]
        while batch := found.fetchmany(10_000):
            for row in batch:
                yield from _occurrence(dict(zip(columns, row, strict=True)))


def _occurrence(row: Row) -> Iterator[ox.Quad]:
    key = (row["mention"], row["section"], str(row["start"]), str(row["end"]))
    target, position, quote = (iri(association_id(kind, *key)) for kind in ("target", "position", "quote"))
    yield ox.Quad(iri(row["mention"]), _word("oa", "hasTarget"), target, DOCUMENTS)
    yield ox.Quad(target, TYPE, _word("oa", "SpecificResource"), DOCUMENTS)
    yield ox.Quad(target, _word("oa", "hasSource"), passage_iri(row["document"], row["section"]), DOCUMENTS)
    yield ox.Quad(target, _word("oa", "hasSelector"), position, DOCUMENTS)
    yield ox.Quad(position, TYPE, _word("oa", "TextPositionSelector"), DOCUMENTS)
    yield ox.Quad(position, _word("oa", "start"), ox.Literal(row["start"]), DOCUMENTS)
    yield ox.Quad(position, _word("oa", "end"), ox.Literal(row["end"]), DOCUMENTS)
    yield ox.Quad(position, _word("oa", "refinedBy"), quote, DOCUMENTS)
    yield ox.Quad(quote, TYPE, _word("oa", "TextQuoteSelector"), DOCUMENTS)
    yield ox.Quad(quote, _word("oa", "exact"), ox.Literal(row["text"]), DOCUMENTS)


def _link(row: Row) -> Node:
    return iri(association_id("link", row["mention"], row["term"] or ""))


def _links(row: Row) -> Iterator[ox.Quad]:
    subject = _link(row)
    yield from _columns("links", row, subject, DOCUMENTS)
    if row["node"]:
        yield ox.Quad(iri(row["mention"]), _word("oa", "hasBody"), iri(row["node"]), DOCUMENTS)
    yield from _reasons(row, subject, DOCUMENTS)
    for decision in row.get("decisions") or ():
        yield ox.Quad(subject, _kg("decision"), iri(decision), DOCUMENTS)
        yield ox.Quad(subject, _word("prov", "used"), iri(decision), DOCUMENTS)


def _mappings(row: Row) -> Iterator[ox.Quad]:
    yield from _columns("mappings", row, iri(row["id"]), MAPPINGS)
    ends = iri(row["subject_id"]), iri(row["predicate_id"]), iri(row["object_id"])
    yield ox.Quad(*ends, MAPPINGS)


def _findings(row: Row) -> Iterator[ox.Quad]:
    subject = iri(row["id"])
    yield from _columns("findings", row, subject, AUDIT)
    yield from _reasons(row, subject, AUDIT)
    for decision in row.get("decisions") or ():
        yield ox.Quad(subject, _kg("decision"), iri(decision), AUDIT)


def _decisions(row: Row) -> Iterator[ox.Quad]:
    """Yield a curator's decision as an entity of PROV-O (https://www.w3.org/TR/prov-o/) that is attributed to its agents."""
    subject = iri(row["id"])
    yield from _columns("decisions", row, subject, AUDIT)
    if row["date"]:
        yield ox.Quad(subject, _word("dcterms", "date"), ox.Literal(row["date"], datatype=Node(f"{XSD}date")), AUDIT)
    for curator in read_curators(row["curator"] or ""):
        agent = curator_iri(curator)
        yield ox.Quad(subject, _word("prov", "wasAttributedTo"), agent, AUDIT)
        yield ox.Quad(agent, TYPE, _word("prov", "Agent"), AUDIT)
        if curator.orcid:
            # Only people have an ORCID; who gives a name alone may be a group.
            yield ox.Quad(agent, TYPE, _word("prov", "Person"), AUDIT)
        yield ox.Quad(agent, LABEL, ox.Literal(curator.label), AUDIT)


def _credits(folder: GraphFolder) -> Iterator[ox.Quad]:
    """Yield who is associated with the links that curators decided: a link is an activity of PROV-O."""
    agents = {
        row["id"]: [curator_iri(curator) for curator in read_curators(row["curator"] or "")]
        for row in folder.rows("decisions")
    }
    for row in folder.rows("links") if agents else ():
        for decision in row.get("decisions") or ():
            for agent in agents[decision]:
                yield ox.Quad(_link(row), _word("prov", "wasAssociatedWith"), agent, DOCUMENTS)


def _reasons(row: Row, subject: Node, graph: Node) -> Iterator[ox.Quad]:
    for reason in json.loads(row["reasons"] or "[]"):
        text = ox.Literal(f"{reason['check']}: {reason['statement']}")
        yield ox.Quad(subject, _kg("reason"), text, graph)


_TABLES: dict[str, Callable[[Row], Iterator[ox.Quad]]] = {
    "nodes": _nodes,
    "documents": _documents,
    "passages": _passages,
    "cases": _cases,
    "facts": _facts,
    "mentions": _mentions,
    "links": _links,
    "edges": _edges,
    "evidence": _evidence,
    "mappings": _mappings,
    "findings": _findings,
    "decisions": _decisions,
}
