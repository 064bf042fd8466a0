"""The RDF view: shapes, vocabulary, named graphs, and the same statements as the tables."""

from __future__ import annotations

import importlib.util
import io
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
import yaml

from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.views.files import export
from kg.views.propertygraph import LABELS
from kg.views.rdf import load_store, rdf_dataset, rdf_quads
from tests.bundled import index
from tests.generated import generate
from tests.pages import CASES, ROOT, SEED

KG = "urn:casegraph:"
BIOLINK = "https://w3id.org/biolink/vocab/"


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return build([SEED], tmp_path_factory.mktemp("rdf") / "g", index=index()).folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> GraphFolder:
    return GraphFolder(generate(tmp_path_factory.mktemp("small") / "g", documents=8, diseases=6, chemicals=4))


def _graph(folder: GraphFolder) -> rdflib.Graph:
    """Return the exported Turtle as an rdflib graph of its own, so that a test may spoil it."""
    out = io.BytesIO()
    export(folder, "turtle", out)
    return rdflib.Graph().parse(data=out.getvalue(), format="turtle")


@cache
def _shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "kg" / "views" / "shapes.ttl")


def _conforms(graph: rdflib.Graph) -> tuple[bool, str]:
    conforms, _, text = pyshacl.validate(graph, shacl_graph=_shapes())
    return bool(conforms), str(text)


@pytest.mark.parametrize("which", ["seed", "small"])
def test_shapes(which: str, request: pytest.FixtureRequest) -> None:
    conforms, text = _conforms(_graph(request.getfixturevalue(which)))
    assert conforms, text


def _term(name: str) -> rdflib.URIRef:
    return rdflib.URIRef(name.replace("kg:", KG).replace("biolink:", BIOLINK))


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        ("biolink:subject", None),
        ("kg:supports", None),
        ("kg:polarity", "perhaps"),
        ("kg:support", -1),
        ("kg:status", "fine"),
        ("kg:severity", "bad"),
        ("kg:confidence", 0.93),
        ("kg:sentenceEnd", 0),
        ("http://www.w3.org/ns/oa#hasTarget", None),
        ("http://www.w3.org/2000/01/rdf-schema#label", None),
    ],
)
def test_shapes_catch_a_planted_defect(seed: GraphFolder, predicate: str, value: object) -> None:
    graph = _graph(seed)
    subject, _, obj = min(graph.triples((None, _term(predicate), None)))
    if value is None:
        graph.remove((None, _term(predicate), None))
    else:
        graph.remove((subject, _term(predicate), obj))
        graph.add((subject, _term(predicate), rdflib.Literal(value)))
    conforms, _ = _conforms(graph)
    assert not conforms


@cache
def _biolink() -> tuple[set[str], set[str]]:
    spec = importlib.util.find_spec("biolink_model")
    assert spec is not None
    assert spec.submodule_search_locations
    path = Path(next(iter(spec.submodule_search_locations))) / "schema" / "biolink_model.yaml"
    model = yaml.safe_load(path.read_text("utf-8"))
    classes = {"".join(w if w[:1].isupper() else w[:1].upper() + w[1:] for w in name.split()) for name in model["classes"]}
    return classes, {name.replace(" ", "_") for name in model["slots"]}


def test_every_biolink_word_is_in_the_model(tmp_path: Path) -> None:
    folder = build([SEED, CASES], tmp_path / "g", index=index()).folder
    classes, slots = _biolink()
    assert {c.removeprefix("biolink:") for c in LABELS} <= classes
    assert {n["category"].removeprefix("biolink:") for n in folder.rows("nodes")} <= classes
    assert {e["predicate"].removeprefix("biolink:") for e in folder.rows("edges")} <= slots
    used: set[tuple[bool, str]] = set()
    for quad in rdf_quads(folder):
        if quad.predicate.value.startswith(BIOLINK):
            used.add((False, quad.predicate.value.removeprefix(BIOLINK)))
        if quad.predicate.value.endswith("#type") and quad.object.value.startswith(BIOLINK):
            used.add((True, quad.object.value.removeprefix(BIOLINK)))
    assert {name for is_class, name in used if is_class} <= classes
    assert {name for is_class, name in used if not is_class} <= slots


def test_named_graphs(seed: GraphFolder) -> None:
    names = {q.graph_name.value.removeprefix(f"{KG}graph-") for q in rdf_quads(seed)}
    assert names == {"documents", "associations", "mappings", "audit", "ontology-mondo", "ontology-mesh", "ontology-pubchem"}
    assert not any(isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode) for q in rdf_quads(seed))


def test_every_edge_is_a_triple_and_an_association(seed: GraphFolder) -> None:
    dataset = rdf_dataset(seed)
    found = dataset.query(
        f"SELECT ?a ?s ?p ?o WHERE {{ ?a a <{BIOLINK}Association> ; <{BIOLINK}subject> ?s ; <{BIOLINK}predicate> ?p ;"
        f" <{BIOLINK}object> ?o . ?s ?p ?o }}"
    )
    assert {str(row[0]) for row in found} == {e["id"] for e in seed.rows("edges")}  # type: ignore[index]
    (treated,) = dataset.subjects(rdflib.URIRef(f"{BIOLINK}applied_to_treat"), rdflib.URIRef("http://purl.obolibrary.org/obo/MONDO_0009807"))
    assert str(treated) == "http://rdf.ncbi.nlm.nih.gov/pubchem/compound/CID25017411"


def test_mention_leads_to_its_place(seed: GraphFolder) -> None:
    store = load_store(seed)
    rows = store.query(
        "PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
        "SELECT ?text ?start ?end ?exact WHERE { ?m oa:hasTarget ?t . ?t oa:hasSource/rdf:value ?text ; oa:hasSelector ?s ."
        " ?s oa:start ?start ; oa:end ?end ; oa:refinedBy/oa:exact ?exact }",
        use_default_graph_as_union=True,
    )
    found = [tuple(term.value for term in row) for row in rows]  # type: ignore[union-attr]
    assert len(found) == seed.count("occurrences")
    assert all(text[int(start) : int(end)] == exact for text, start, end, exact in found)
