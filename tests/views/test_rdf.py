"""The RDF view says what the tables say, in the shapes and the vocabulary that the data model promises."""

from __future__ import annotations

import importlib.util
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rdflib import PROV, RDF, RDFS, Graph, Literal, Namespace, URIRef

import kg.views
from kg import model
from kg.curies import compress
from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.graph.tables import write_table
from kg.views.files import write_turtle
from kg.views.rdf import load_store, rdf_dataset, rdf_quads
from kg.views.rdfvocabulary import all_prefixes, iri, passage_iri
from tests.bundled import index
from tests.generated import generate
from tests.pages import CASES, PACKET, RELATED, SEED

KG = Namespace("urn:casegraph:")
BIOLINK = Namespace("https://w3id.org/biolink/vocab/")
OA = Namespace("http://www.w3.org/ns/oa#")
SHAPES = Path(kg.views.__file__).parent / "shapes.ttl"


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    """Return the solutions of a query over all graphs as tuples of text."""
    found = store.query(query, prefixes=all_prefixes(), use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if value is None else value.value for value in solution) for solution in found]


@pytest.fixture(scope="module")
def store(generated: GraphFolder) -> ox.Store:
    return load_store(generated)


def test_every_edge_is_a_triple_and_an_association(generated: GraphFolder, store: ox.Store) -> None:
    found = Counter(
        (compress(s), compress(p), compress(o), *counts)
        for s, p, o, *counts in rows(
            store,
            """SELECT ?s ?p ?o ?support ?contradiction ?unknown ?evidence ?documents ?cases {
              ?a a biolink:Association ; biolink:subject ?s ; biolink:predicate ?p ; biolink:object ?o ;
                 kg:support ?support ; kg:contradiction ?contradiction ; kg:unknown ?unknown ;
                 kg:evidence ?evidence ; kg:documents ?documents ; kg:cases ?cases .
              GRAPH kg:graph-associations { ?s ?p ?o } }""",
        )
    )
    columns = ("support", "contradiction", "unknown", "evidence", "documents", "cases")
    wanted = Counter(
        (e["subject"], e["predicate"], e["object"], *(str(e[c]) for c in columns)) for e in generated.rows("edges")
    )
    assert found == wanted


def test_documents_have_their_licence(generated: GraphFolder, store: ox.Store) -> None:
    found = rows(store, "SELECT ?d ?licence { ?d a biolink:JournalArticle ; dcterms:license ?licence }")
    wanted = {(d["id"], d["license"]) for d in generated.rows("documents") if d["license"]}
    assert {(compress(d), licence) for d, licence in found} == wanted
    assert 0 < len(wanted) < generated.count("documents")


def test_every_node_has_its_name_and_identifiers(generated: GraphFolder, store: ox.Store) -> None:
    found = set(
        rows(
            store,
            "SELECT ?id ?label ?c { ?e kg:id ?id ; rdfs:label ?label ; a ?c FILTER(STRSTARTS(STR(?c), STR(biolink:))) }",
        )
    )
    assert {(i, name, compress(c)) for i, name, c in found} == {
        (n["id"], n["name"], n["category"]) for n in generated.rows("nodes")
    }
    found = set(rows(store, "SELECT ?id ?other { ?e kg:id ?id ; kg:equivalentIdentifier ?other }"))
    entities = [n for n in generated.rows("nodes") if n["category"] not in {model.DOCUMENT, model.CASE}]
    assert found == {(n["id"], other) for n in entities for other in n["equivalent_identifiers"]}


def test_evidence_leads_to_its_sentence(generated: GraphFolder, store: ox.Store) -> None:
    found = Counter(
        rows(
            store,
            """SELECT ?v ?a ?polarity ?reason ?method ?d ?c ?section ?start ?end ?sentence ?outcome {
              ?v a kg:Evidence ; kg:supports ?a ; kg:polarity ?polarity ; kg:polarityReason ?reason ; kg:method ?method .
              OPTIONAL { ?v prov:hadPrimarySource/kg:id ?d } OPTIONAL { ?v kg:case/kg:id ?c }
              OPTIONAL { ?v kg:section ?section ; kg:sentenceStart ?start ; kg:sentenceEnd ?end ; kg:sentence ?sentence }
              OPTIONAL { ?v kg:outcome ?outcome } }""",
        )
    )
    columns = ("id", "edge", "polarity", "polarity_reason", "method", "document", "case", "section", "sentence_start",
               "sentence_end", "sentence", "outcome")  # fmt: skip
    assert found == Counter(
        tuple("" if e[c] is None else str(e[c]) for c in columns) for e in generated.rows("evidence")
    )


def test_mentions_stand_where_their_text_stands(generated: GraphFolder, store: ox.Store) -> None:
    found = rows(
        store,
        """SELECT ?m ?section ?start ?end ?exact ?text ?d {
          ?m a oa:Annotation ; oa:hasTarget ?t . ?t oa:hasSource ?p ; oa:hasSelector ?s .
          ?s oa:start ?start ; oa:end ?end ; oa:refinedBy/oa:exact ?exact .
          ?p kg:section ?section ; rdf:value ?text ; dcterms:isPartOf/kg:id ?d }""",
    )
    documents = {m["id"]: m["document"] for m in generated.rows("mentions")}
    assert Counter((m, section, start, end, d) for m, section, start, end, _, _, d in found) == Counter(
        (o["mention"], o["section"], str(o["start"]), str(o["end"]), documents[o["mention"]])
        for o in generated.rows("occurrences")
    )
    assert all(text[int(start) : int(end)] == exact for _, _, start, end, exact, text, _ in found)


def test_links_mappings_and_findings_are_all_there(generated: GraphFolder, store: ox.Store) -> None:
    found = Counter(
        rows(
            store,
            "SELECT ?m ?t ?n ?r { ?l a kg:Link ; kg:mention ?m ; kg:rule ?r . OPTIONAL { ?l kg:term ?t } OPTIONAL { ?l kg:entity/kg:id ?n } }",
        )
    )
    assert found == Counter(
        (x["mention"], x["term"] or "", x["node"] or "", x["rule"]) for x in generated.rows("links")
    )
    found = Counter(
        rows(
            store,
            "SELECT ?m ?s ?p ?o ?u { ?m a sssom:Mapping ; kg:subjectId ?s ; kg:predicateId ?p ; kg:objectId ?o ; kg:used ?u }",
        )
    )
    assert found == Counter(
        (x["id"], x["subject_id"], x["predicate_id"], x["object_id"], str(x["used"]).lower())
        for x in generated.rows("mappings")
    )
    found = Counter(
        rows(store, "SELECT ?f ?code ?severity ?d ?m ?message { GRAPH kg:graph-audit { ?f a kg:Finding ; kg:code ?code ; kg:severity ?severity ; kg:mention ?m ; kg:message ?message ; kg:document ?doc } ?doc kg:id ?d }")
    )  # fmt: skip
    assert found == Counter(
        (x["id"], x["code"], x["severity"], x["document"], x["mention"], x["message"])
        for x in generated.rows("findings")
    )


def test_curators_are_agents_and_their_decisions_are_attributed_to_them(
    generated: GraphFolder, store: ox.Store
) -> None:
    found = rows(
        store,
        "SELECT ?d ?a ?name ?date ?line { ?d a kg:Decision, prov:Entity ; prov:wasAttributedTo ?a ; dcterms:date ?date ;"
        " kg:line ?line . ?a a prov:Agent ; rdfs:label ?name } ORDER BY ?line",
    )
    first, second = generated.rows("decisions")
    orcid = "https://orcid.org/0000-0002-1825-0097"
    assert found[0] == (first["id"], orcid, "A. Name", "2026-05-02", "2")
    assert (found[1][0], found[1][2:]) == (second["id"], (second["curator"], "2026-05-03", "3"))
    assert found[1][1].startswith("urn:casegraph:curator/it")
    assert rows(store, "SELECT ?p { ?p a prov:Person }") == [(orcid,)]
    (link,) = (x for x in generated.rows("links") if x["decisions"])
    used = rows(
        store,
        "SELECT ?m ?d ?a { ?l kg:mention ?m ; prov:used ?d ; prov:wasAssociatedWith ?a . ?d prov:wasAttributedTo ?a }",
    )
    assert sorted(used) == sorted((link["mention"], d, a) for d, a, *_ in found)
    settled = rows(store, "SELECT ?f ?d { ?f a kg:Finding ; kg:decision ?d }")
    assert settled == [(x["id"], d) for x in generated.rows("findings") for d in x["decisions"] or ()]


def test_the_triples_of_mappings_and_hierarchy(generated: GraphFolder, store: ox.Store) -> None:
    found = set(rows(store, "SELECT ?s ?o { GRAPH kg:graph-mappings { ?s skos:exactMatch ?o } }"))
    assert {(compress(s), compress(o)) for s, o in found} == {
        (m["subject_id"], m["object_id"]) for m in generated.rows("mappings")
    }
    found = set(rows(store, "SELECT ?s ?o { GRAPH kg:graph-ontology-mondo { ?s rdfs:subClassOf ?o } }"))
    assert {(compress(s), compress(o)) for s, o in found} == {
        (e["subject"], e["object"]) for e in generated.rows("edges") if e["predicate"] == model.SUBCLASS_OF
    }


def test_no_blank_nodes_and_no_default_graph(generated: GraphFolder) -> None:
    quads = list(rdf_quads(generated))
    assert not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object))
    assert not any(isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads)
    assert quads == list(rdf_quads(generated))


def test_rdflib_sees_all_graphs_at_once(generated: GraphFolder, store: ox.Store) -> None:
    dataset = rdf_dataset(generated)
    labels = {str(row[0]) for row in dataset.query("SELECT ?l { ?e a biolink:Disease ; rdfs:label ?l }")}  # type: ignore[index]
    assert labels == {n["name"] for n in generated.rows("nodes") if n["category"] == model.DISEASE}
    assert {str(g.identifier) for g in dataset.graphs()} >= {g.value for g in store.named_graphs()}  # type: ignore[union-attr]


# Identifiers --------------------------------------------------------------------------------------------


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_valid_iri_of_its_own(text: str) -> None:
    for prefix in ("doi:", "casegraph:", "urn:uuid:", ""):
        node = iri(prefix + text)
        assert ox.NamedNode(node.value) == node
        # Graph stores and other tools must read it too.
        line = f"{node} <urn:p> {node} .\n"
        assert [t.subject for t in ox.parse(line.encode(), format=ox.RdfFormat.N_TRIPLES)] == [node]


@given(st.lists(st.text(alphabet="a%20 <>/#:\u00e9", max_size=6), unique=True, max_size=20))
def test_different_identifiers_have_different_iris(texts: list[str]) -> None:
    assert len({iri(f"doi:{text}") for text in texts}) == len(texts)
    assert len({passage_iri(a, b) for a in texts for b in texts}) == len(texts) ** 2


# Shapes -------------------------------------------------------------------------------------------------


def turtle(folder: GraphFolder) -> Graph:
    """Return the Turtle export of a graph, read by rdflib."""
    out = io.BytesIO()
    write_turtle(folder, out)
    return Graph().parse(data=out.getvalue(), format="turtle")


def violations(data: Graph) -> set[str]:
    """Return the shapes and paths that a graph violates, as `Shape path`."""
    conforms, report, _ = pyshacl.validate(data, shacl_graph=str(SHAPES), inference="none")
    assert isinstance(report, Graph)
    sh = Namespace("http://www.w3.org/ns/shacl#")
    names = {
        str(report.value(r, sh.resultPath)).rpartition(":")[2] for r in report.subjects(RDF.type, sh.ValidationResult)
    }
    names = {re.split("[/#]", name)[-1] for name in names}
    assert conforms == (not names)
    return names


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = generate(tmp_path_factory.mktemp("small"), documents=4, diseases=6, chemicals=4)
    return turtle(GraphFolder(folder))


def test_generated_graph_conforms(small: Graph) -> None:
    assert violations(small) == set()


@pytest.mark.parametrize("pages", [[SEED], [SEED, CASES]], ids=["seed", "cases"])
def test_built_graphs_conform(pages: list[Path], tmp_path: Path) -> None:
    assert violations(turtle(build(pages, tmp_path / "graph", index=index()).folder)) == set()


@pytest.fixture
def structured(tmp_path: Path) -> GraphFolder:
    """A graph of relations and of a phenopacket."""
    (tmp_path / "related.txt").write_text(RELATED, "utf-8")
    (tmp_path / "packet.json").write_text(json.dumps(PACKET), "utf-8")
    return build(
        [tmp_path / "related.txt", tmp_path / "packet.json"], tmp_path / "graph", index=index(),
    ).folder  # fmt: skip


def test_what_sources_assert_conforms(structured: GraphFolder) -> None:
    data = turtle(structured)
    assert violations(data) == set()
    found = data.query(
        "SELECT ?word { ?a a biolink:Association ; biolink:predicate biolink:has_adverse_event ; biolink:original_predicate ?word }"
    )
    assert {str(row[0]) for row in found} == {"CID"}  # type: ignore[index]


def _one(data: Graph, kind: URIRef) -> Any:
    return min(data.subjects(RDF.type, kind))


DEFECTS: dict[str, Any] = {
    "two subjects": ("subject", lambda g: g.add((_one(g, BIOLINK.Association), BIOLINK.subject, KG.x))),
    "no predicate": ("predicate", lambda g: g.remove((_one(g, BIOLINK.Association), BIOLINK.predicate, None))),
    "predicate of our own": ("predicate", lambda g: g.set((_one(g, BIOLINK.Association), BIOLINK.predicate, BIOLINK.cures))),
    "negative count": ("support", lambda g: g.set((_one(g, BIOLINK.Association), KG.support, Literal(-1)))),
    "count as text": ("contradiction", lambda g: g.set((_one(g, BIOLINK.Association), KG.contradiction, Literal("1")))),
    "edge without evidence": ("evidence", lambda g: g.set((_one(g, BIOLINK.Association), KG.evidence, Literal(0)))),
    "agent type unknown": ("agent_type", lambda g: g.set((_one(g, BIOLINK.Association), BIOLINK.agent_type, Literal("me")))),
    "evidence of two edges": ("supports", lambda g: g.add((_one(g, KG.Evidence), KG.supports, KG.x))),
    "evidence of none": ("supports", lambda g: g.remove((_one(g, KG.Evidence), KG.supports, None))),
    "polarity unknown": ("polarity", lambda g: g.set((_one(g, KG.Evidence), KG.polarity, Literal("maybe")))),
    "entity without label": ("label", lambda g: g.remove((_one(g, BIOLINK.Disease), URIRef("http://www.w3.org/2000/01/rdf-schema#label"), None))),
    "two categories": ("type", lambda g: g.add((_one(g, BIOLINK.Disease), RDF.type, BIOLINK.Gene))),
    "no category": ("type", lambda g: g.remove((_one(g, BIOLINK.Disease), RDF.type, None))),
    "status unknown": ("status", lambda g: g.set((_one(g, BIOLINK.Disease), KG.status, Literal("fine")))),
    "mention without text": ("text", lambda g: g.remove((_one(g, OA.Annotation), KG.text, None))),
    "mention without target": ("hasTarget", lambda g: g.remove((_one(g, OA.Annotation), OA.hasTarget, None))),
    "end before start": ("start", lambda g: g.set((_one(g, OA.TextPositionSelector), OA.end, Literal(0)))),
    "case without document": ("isPartOf", lambda g: g.remove((_one(g, BIOLINK.Case), URIRef("http://purl.org/dc/terms/isPartOf"), None))),
    "finding without code": ("code", lambda g: g.remove((_one(g, KG.Finding), KG.code, None))),
    "severity unknown": ("severity", lambda g: g.set((_one(g, KG.Finding), KG.severity, Literal("fatal")))),
    "mapping neither used nor not": ("used", lambda g: g.remove((None, KG.used, None))),
    "decision without a line": ("line", lambda g: g.remove((_one(g, KG.Decision), KG.line, None))),
    "decision of a kind unknown": ("decided", lambda g: g.set((_one(g, KG.Decision), KG.decided, Literal("maybe")))),
    "agent without name": ("label", lambda g: g.remove((_one(g, PROV.Agent), RDFS.label, None))),
    "link by an agent unknown": ("wasAssociatedWith", lambda g: g.add((_one(g, KG.Link), PROV.wasAssociatedWith, KG.x))),
    "link without rule": ("rule", lambda g: g.remove((_one(g, KG.Link), KG.rule, None))),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_shapes_catch(defect: str, small: Graph) -> None:
    path, plant = DEFECTS[defect]
    data = Graph()
    for triple in small:
        data.add(triple)
    plant(data)
    assert path in violations(data)


# Biolink ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def biolink() -> dict[str, Any]:
    spec = importlib.util.find_spec("biolink_model")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    file = Path(spec.submodule_search_locations[0]) / "schema" / "biolink_model.yaml"
    loaded: dict[str, Any] = yaml.load(file.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def _used() -> Iterator[str]:
    yield from (v for v in vars(model).values() if isinstance(v, str) and re.fullmatch(r"biolink:\w+", v))
    for file in (Path(kg.__file__).parent).rglob("*"):
        if file.suffix in {".py", ".ttl"}:
            yield from re.findall(r"\bbiolink:[A-Za-z]\w+", file.read_text("utf-8"))


def test_every_word_that_we_use_is_in_the_biolink_model(biolink: dict[str, Any]) -> None:
    used = {word.partition(":")[2] for word in _used()} - {"none"}
    classes = {re.sub(r"\W", "", name).casefold() for name in biolink["classes"]}
    slots = {name.replace(" ", "_") for name in biolink["slots"]}
    unknown = {w for w in used if (w.casefold() not in classes if w[0].isupper() else w not in slots)}
    assert unknown == set()
    assert {"Disease", "CaseToDiseaseAssociation", "applied_to_treat", "has_adverse_event"} <= used


def test_predicates_and_categories_of_built_graphs(
    biolink: dict[str, Any], structured: GraphFolder, tmp_path: Path
) -> None:
    folder = build([SEED, CASES], tmp_path / "cases", index=index()).folder
    edges = [*folder.rows("edges"), *structured.rows("edges")]
    predicates = {e["predicate"].removeprefix("biolink:").replace("_", " ") for e in edges}
    ancestors = {name: slot.get("is_a") for name, slot in biolink["slots"].items()}
    for predicate in predicates:
        above = predicate
        while ancestors[above]:
            above = ancestors[above]
        assert above == "related to", predicate
    levels = biolink["enums"]["KnowledgeLevelEnum"]["permissible_values"]
    agents = biolink["enums"]["AgentTypeEnum"]["permissible_values"]
    assert {e["knowledge_level"] for e in edges} <= levels.keys()
    assert {e["agent_type"] for e in edges} <= agents.keys()


def test_nulls_and_empty_texts_make_no_triple(tmp_path: Path) -> None:
    path = generate(tmp_path / "graph", documents=3, diseases=5, chemicals=4)
    folder = GraphFolder(path)
    odd = [{**n, "name": "", "synonyms": None, "release": ""} for n in folder.rows("nodes")]
    write_table(path / "nodes.parquet", "nodes", odd)
    for quad in rdf_quads(folder):
        if isinstance(quad.object, ox.Literal):
            assert quad.object.value != ""
    # A node without a name is called by its identifier.
    assert set(rows(load_store(folder), "SELECT ?id ?l { ?e kg:id ?id ; rdfs:label ?l }")) == {
        (n["id"], n["id"]) for n in odd
    }
