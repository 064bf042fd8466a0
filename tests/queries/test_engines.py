"""The engines give identical rows for every query, and no parameter gets out of its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ParameterError, QueryError, ServerError, UnknownNameError
from kg.graph.build import build
from kg.graph.store import GraphFolder
from kg.queries.catalogue import PreparedQuery, catalogue, parse
from kg.queries.parameters import bind, resolve_node
from kg.queries.run import Engines, QueryResult, run_query
from kg.queries.sparql import run_sparql
from kg.views.cypherstore import CypherStore, open_cypher
from kg.views.neo4j import load_neo4j
from kg.views.neo4jtarget import Neo4jTarget
from kg.views.rdf import load_store
from tests.bundled import index
from tests.generated import generate
from tests.neo4jserver import Access
from tests.pages import CASES, SEED
from tests.queries.questions import questions

#: How many questions of the catalogue have no answer: on the seed nothing is an adverse event, and the built graphs hold
#: no patient twice.
UNANSWERED = {"seed": 2, "cases": 1, "hubs": 0}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, GraphFolder]:
    base = tmp_path_factory.mktemp("built")
    return {
        "seed": build([SEED], base / "seed", index=index()).folder,
        "cases": build([SEED, CASES], base / "cases", index=index()).folder,
        "hubs": GraphFolder(generate(base / "hubs", documents=150, diseases=90, chemicals=40)),
    }


@pytest.fixture(scope="module")
def asked(built: dict[str, GraphFolder]) -> Engines:
    return Engines(built["cases"])


def _ask_all(folder: GraphFolder, store: CypherStore | Neo4jTarget) -> int:
    """Ask every question of SPARQL and of a Cypher engine; return how many had rows."""
    rdf = load_store(folder)
    sparql, cypher = catalogue("sparql"), catalogue("cypher")
    answered: set[str] = set()
    for name, given_ in questions(folder):
        values = bind(sparql[name].parameters, given_, folder)
        columns, rows = run_sparql(rdf, sparql[name], values)
        run = store.run if isinstance(store, CypherStore) else store.run_read
        other = run(cypher[name].text, values)
        assert rows == other, (name, given_)
        assert not other or list(other[0]) == columns
        if rows:
            answered.add(name)
    return len(answered)


@pytest.mark.parametrize("which", ["seed", "cases"])
def test_every_node_gets_the_same_rows(which: str, built: dict[str, GraphFolder]) -> None:
    folder = built[which]
    rdf, store = load_store(folder), open_cypher(folder)
    for language_query in catalogue("cypher").values():
        required = [p for p in language_query.parameters.values() if p.default is None]
        if [p.type for p in required] != ["node"]:
            continue
        for node in folder.rows("nodes"):
            values = bind(language_query.parameters, {required[0].name: node["id"]}, folder)
            _, rows = run_sparql(rdf, catalogue("sparql")[language_query.name], values)
            assert rows == store.run(language_query.text, values), (language_query.name, node["id"])


@pytest.mark.parametrize("which", ["seed", "cases", "hubs"])
def test_sparql_and_cypher_agree(which: str, built: dict[str, GraphFolder]) -> None:
    answered = _ask_all(built[which], open_cypher(built[which]))
    assert answered >= len(catalogue("sparql")) - UNANSWERED[which]


@pytest.mark.neo4j
@pytest.mark.parametrize("which", ["seed", "cases", "hubs"])
def test_neo4j_agrees(which: str, built: dict[str, GraphFolder], neo4j_server: Access) -> None:
    access = neo4j_server
    load_neo4j(built[which], uri=access.uri, user=access.user, password=access.password, prune=True)
    with Neo4jTarget(access.uri, access.user, access.password) as target:
        # Somebody else's data beside ours, with our labels, types and identifiers: no query may see it.
        with target.session(write=True) as session:
            session.run(
                "CREATE (f:Finding:CasegraphTest {id: 'theirs', code: 'theirs', severity: 'error'}) "
                "CREATE (d:Disease:Entity:CasegraphTest {id: $disease}) "
                "CREATE (c:ChemicalEntity:Entity:CasegraphTest {id: 'their:drug'}) "
                "CREATE (c)-[:APPLIED_TO_TREAT]->(d) CREATE (c)-[:SUBCLASS_OF]->(d)",
                disease="MONDO:0009807",
            ).consume()
        answered = _ask_all(built[which], target)
        result = run_query(built[which], "graph-summary", engine="neo4j", neo4j=target)
        other = built["cases" if which == "seed" else "seed"]
        with pytest.raises(ServerError, match="holds another graph than"):
            run_query(other, "graph-summary", engine="neo4j", neo4j=target)
        with target.session(write=True) as session:
            session.run("MATCH (n:CasegraphTest) DETACH DELETE n").consume()
    assert answered >= len(catalogue("sparql")) - UNANSWERED[which]
    assert result == run_query(built[which], "graph-summary")


def test_the_question_of_the_issue(built: dict[str, GraphFolder]) -> None:
    for engine in ("sparql", "cypher"):
        result = run_query(built["seed"], "drugs-for-disease", {"disease": "MONDO:0009807"}, engine=engine)
        assert [(r["drug"], r["support"], r["unknown"]) for r in result] == [("PUBCHEM.COMPOUND:25017411", 4, 1)]


@pytest.mark.parametrize("engine", ["sparql", "cypher"])
def test_no_rows_still_have_columns(engine: str, built: dict[str, GraphFolder]) -> None:
    nothing = {"subject": "anlotinib", "object": "osteosarcoma", "predicate": "biolink:none"}
    assert run_query(built["seed"], "evidence-for-link", nothing, engine=engine) == QueryResult(
        ["predicate", "polarity", "reason", "method", "outcome", "document", "case", "section", "sentence", "evidence"],
        [],
    )


def test_limit_and_unknown_names(built: dict[str, GraphFolder]) -> None:
    assert len(run_query(built["cases"], "audit-findings", limit=2)) == 2
    with pytest.raises(UnknownNameError, match="did you mean cypher"):
        run_query(built["seed"], "entity", engine="cyper")
    with pytest.raises(UnknownNameError, match="did you mean disease"):
        run_query(built["seed"], "drugs-for-disease", {"diseases": "x"})


def test_a_name_of_several_nodes_is_the_one_that_documents_name(built: dict[str, GraphFolder]) -> None:
    folder = built["cases"]
    assert folder.names["sunitinib"] == ["MESH:D000077210", "PUBCHEM.COMPOUND:5329102"]
    assert resolve_node(folder, "sunitinib") == "PUBCHEM.COMPOUND:5329102"


def test_a_name_of_several_nodes_lists_them(built: dict[str, GraphFolder], monkeypatch: pytest.MonkeyPatch) -> None:
    both = ["MONDO:0009807", "PUBCHEM.COMPOUND:25017411"]
    monkeypatch.setitem(built["cases"].names, "it", both)
    with pytest.raises(
        ParameterError, match=r"names several nodes: MONDO:0009807 \(osteosarcoma, \d+ documents\), PUBCHEM"
    ):
        run_query(built["cases"], "entity", {"entity": "it"})


INJECTIONS = [
    'x" . } ; DROP ALL #', "'}) DETACH DELETE n //", '" || true || "', "' OR 1=1 OR '", "a\nb", "\\", "\\\"", ">", "<urn:x>", "${x}",
    "$severity", '"""', "'''", "} UNION { ?s ?p ?o", "x\u2028y", "\U0001f600",
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
@pytest.mark.parametrize("engine", ["sparql", "cypher"])
def test_injections_are_values(text: str, engine: str, asked: Engines) -> None:
    before = asked.run("graph-summary", engine=engine)
    assert asked.run("audit-findings", {"code": text}, engine=engine).rows == []
    both = {"subject": "anlotinib", "object": "osteosarcoma", "predicate": text}
    assert asked.run("evidence-for-link", both, engine=engine).rows == []
    with pytest.raises((UnknownNameError, ParameterError)):
        asked.run("entity", {"entity": text}, engine=engine)
    assert asked.run("graph-summary", engine=engine) == before


_ECHO = "#+ summary: echo\n#+ parameters:\n#+   - name: v\n#+     type: string\nSELECT ?x WHERE { BIND($v AS ?x) }"
_ECHO_CYPHER = "RETURN $v AS x"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_comes_back_as_it_went_in(built: dict[str, GraphFolder], text: str) -> None:
    store = _stores(built["seed"])
    query = parse("echo", "sparql", _ECHO)
    assert run_sparql(store[0], query, {"v": text})[1] == [{"x": text}]
    assert store[1].run(_ECHO_CYPHER, {"v": text}) == [{"x": text}]


_OPEN: dict[Path, tuple[object, CypherStore]] = {}


def _stores(folder: GraphFolder) -> tuple[object, CypherStore]:
    if folder.path not in _OPEN:
        _OPEN[folder.path] = (load_store(folder), open_cypher(folder))
    return _OPEN[folder.path]


@pytest.mark.parametrize(
    "text",
    [
        "DELETE WHERE { ?s ?p ?o }",
        "ASK { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "SELECT ?x { $undeclared ?p ?x }",
        "SELECT",
    ],
)
def test_only_select_is_run(text: str, built: dict[str, GraphFolder]) -> None:
    query = PreparedQuery("q", "sparql", "s", "", {}, text)
    with pytest.raises(QueryError):
        run_sparql(load_store(built["seed"]), query, {})
