"""The constraints and indexes of a graph in Neo4j."""

from __future__ import annotations

from kg.views.neo4jtarget import Neo4jTarget
from kg.views.propertygraph import ALL_LABELS, MARKER

#: The full-text index of names and synonyms, and the labels whose nodes are in it.
NAMES = "casegraph_names"
NAMED = ("CaseReport", "Entity", "Publication")
#: Label of the nodes in which a load keeps its account; they are no part of the graph.
ACCOUNT = "CasegraphLoad"


def schema_statements() -> list[str]:
    """Return the statements of the schema: one uniqueness constraint, indexes on ``id``, one of the names.

    The labels ``Disease`` or ``Mention`` may be in use for other data of the database, so nothing is demanded
    of them. The index of names is the full-text one that the queries for Neo4j Browser search; accents and
    upper case make no difference to it.

    >>> schema_statements()[0]
    'CREATE CONSTRAINT casegraph_id IF NOT EXISTS FOR (n:`Casegraph`) REQUIRE n.id IS UNIQUE'
    """
    return [
        f"CREATE CONSTRAINT casegraph_id IF NOT EXISTS FOR (n:`{MARKER}`) REQUIRE n.id IS UNIQUE",
        *(
            f"CREATE INDEX casegraph_{label.lower()}_id IF NOT EXISTS FOR (n:`{label}`) ON (n.id)"
            for label in ALL_LABELS
        ),
        f"CREATE FULLTEXT INDEX {NAMES} IF NOT EXISTS FOR (n:{'|'.join(NAMED)}) ON EACH [n.name, n.synonyms] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}",
    ]


def account_statement() -> str:
    """Return the statement of the constraint by which a load takes a database for itself."""
    return f"CREATE CONSTRAINT casegraph_load_id IF NOT EXISTS FOR (n:`{ACCOUNT}`) REQUIRE n.id IS UNIQUE"


def make_schema(target: Neo4jTarget) -> None:
    """Make what a database lacks of the schema, and wait until it is in use.

    Raises:
        neo4j.exceptions.Neo4jError: if the server refuses.
    """
    with target.session() as session:
        known = set(session.run("SHOW INDEXES YIELD name RETURN name").value("name"))
    lacking = [s for s in (account_statement(), *schema_statements()) if _name(s) not in known]
    if lacking:
        with target.session(write=True) as session:
            for statement in lacking:
                session.run(statement).consume()
            session.run("CALL db.awaitIndexes(300)").consume()


def _name(statement: str) -> str:
    """Return the name that a statement gives.

    >>> _name(account_statement())
    'casegraph_load_id'
    """
    return statement.partition(" IF NOT EXISTS")[0].rpartition(" ")[2]
