"""Queries whose answer is a picture: they return paths, which Neo4j Browser draws, and one searches by name.

The catalogue's queries answer with tables, the same through every engine; these are for the eyes. Each reads only
nodes of ours, and is bounded, since a picture of thousands of nodes shows nothing. A type that a graph may lack is
compared as a string: Neo4j warns of a type that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.views.neo4j import NAMES

#: Parts of a picture at most.
MOST: Final = 100
#: Characters that mean something to the index's query language (Lucene); the search puts a backslash before each.
_MARKS: Final = ("\\", "+", "-", "&", "|", "!", "(", ")", "{", "}", "[", "]", "^", '"', "~", "*", "?", ":", "/")


@dataclass(frozen=True, slots=True)
class Picture:
    """One query for the eyes.

    Attributes:
        name: of its file.
        summary: one line.
        text: Cypher; values stand behind ``$``.
        parameters: their names.
    """

    name: str
    summary: str
    text: str
    parameters: tuple[str, ...]


def search_query() -> str:
    """Return the query that searches names and synonyms for the words of ``$search``, those first that have all of them.

    The last word may be unfinished. Accents make no difference, but in an unfinished word. What a user types is bound, and no character of it is an
    operator: the query itself takes care of that.

    >>> "$search" in search_query(), "queryNodes('casegraph_names'" in search_query()
    (True, True)
    """
    marks = ", ".join("'" + mark.replace("\\", "\\\\") + "'" for mark in _MARKS)
    # AND, OR and NOT are operators in upper case only.
    return f"""\
WITH toLower(trim($search)) AS typed
WITH reduce(words = typed, mark IN [{marks}] | replace(words, mark, '\\\\' + mark)) AS words
WHERE words <> ''
WITH words, reduce(all = '', word IN [w IN split(words, ' ') WHERE w <> ''] | all + ' +' + word) AS all
CALL db.index.fulltext.queryNodes('{NAMES}', '(' + all + ')^4 ' + words + ' ' + words + '*') YIELD node, score
WHERE node:Casegraph
RETURN node.name AS name,
  node.id AS id,
  [label IN labels(node) WHERE NOT label IN ['Casegraph', 'Entity']][0] AS kind,
  node.documents AS documents,
  node.synonyms[..3] AS some_synonyms,
  round(score, 2) AS score
ORDER BY score DESC, id
LIMIT 25
"""


def pictures() -> dict[str, Picture]:
    """Return the queries for the eyes by name, in the order in which they are shown.

    >>> list(pictures())[:3]
    ['search-by-name', 'picture-of-case', 'picture-of-link']
    """
    return {
        picture.name: picture
        for picture in (Picture("search-by-name", "Search by name or synonym", search_query(), ("search",)), *_PICTURES)
    }


_PICTURES: Final = (
    Picture(
        "picture-of-case",
        "A case, its disease and drugs",
        f"""\
MATCH told = (c:CaseReport:Casegraph {{id: $case}})-[:IN_DOCUMENT]->(:Publication:Casegraph)
OPTIONAL MATCH has = (c)-[h]->(:Entity:Casegraph)
WHERE type(h) IN ['ASSOCIATED_WITH', 'HAS_PHENOTYPE']
OPTIONAL MATCH (c)<-[:IN_CASE]-(v:Evidence:Casegraph)-[:EVIDENCE_SUBJECT]->(drug:ChemicalEntity:Casegraph)
OPTIONAL MATCH (v)-[:EVIDENCE_OBJECT]->(disease:Entity:Casegraph)
OPTIONAL MATCH given = (drug)-[g]->(disease)
WHERE type(g) IN ['APPLIED_TO_TREAT', 'HAS_ADVERSE_EVENT']
RETURN DISTINCT told, has, given
LIMIT {MOST}
""",
        ("case",),
    ),
    Picture(
        "picture-of-link",
        "Edges between two nodes",
        f"""\
MATCH edge = (:Casegraph {{id: $subject}})-[e]->(:Casegraph {{id: $object}})
WHERE e.evidence IS NOT NULL
RETURN edge
LIMIT {MOST}
""",
        ("subject", "object"),
    ),
    Picture(
        "picture-of-evidence",
        "Evidence behind an edge",
        """\
MATCH (s:Casegraph {id: $subject})<-[:EVIDENCE_SUBJECT]-(v:Evidence:Casegraph)
MATCH (v)-[:EVIDENCE_OBJECT]->(o:Casegraph {id: $object})
WHERE $predicate = '' OR v.predicate = $predicate
WITH v
ORDER BY v.document, v.id
LIMIT 25
MATCH says = (:Casegraph)<-[:EVIDENCE_SUBJECT]-(v)-[:EVIDENCE_OBJECT]->(:Casegraph)
OPTIONAL MATCH told = (v)-[:IN_CASE|IN_DOCUMENT]->(:Casegraph)
RETURN says, told
""",
        ("subject", "object", "predicate"),
    ),
    Picture(
        "picture-of-finding",
        "A finding and its terms",
        f"""\
MATCH (f:Finding:Casegraph {{id: $finding}})
OPTIONAL MATCH about = (f)-[:ABOUT_MENTION]->(m:Mention:Casegraph)
OPTIONAL MATCH linked = (m)-[:LINKED_TO]->(:Entity:Casegraph)
OPTIONAL MATCH (asserted:Entity:Casegraph {{id: f.asserted}})
OPTIONAL MATCH (suggested:Entity:Casegraph {{id: f.suggested}})
OPTIONAL MATCH stands = (f)-[e]->(:Casegraph)
WHERE type(e) IN ['IN_DOCUMENT', 'DECIDED_BY']
RETURN f, about, linked, asserted, suggested, stands
LIMIT {MOST}
""",
        ("finding",),
    ),
    Picture(
        "picture-of-ancestors",
        "Ancestors of a term",
        f"""\
MATCH (:Entity:Casegraph {{id: $start}})-[:SUBCLASS_OF*0..60]->(c:Entity:Casegraph)
WITH DISTINCT c
MATCH step = (c)-[:SUBCLASS_OF]->(:Entity:Casegraph)
RETURN step
LIMIT {MOST}
""",
        ("start",),
    ),
    Picture(
        "picture-of-entity",
        "What is said of an entity",
        f"""\
MATCH edge = (n:Casegraph {{id: $entity}})-[e]-(:Entity|CaseReport)
WHERE e.evidence IS NOT NULL AND all(node IN nodes(edge) WHERE node:Casegraph)
  AND type(e) <> 'OCCURS_TOGETHER_IN_LITERATURE_WITH'
RETURN edge
ORDER BY e.support DESC, e.id
LIMIT {MOST}
""",
        ("entity",),
    ),
    Picture(
        "picture-of-mentions",
        "Mentions of an entity",
        """\
MATCH named = (:Entity:Casegraph {id: $entity})<-[:LINKED_TO]-(m:Mention:Casegraph)-[:IN_DOCUMENT]->(:Publication:Casegraph)
RETURN named
ORDER BY m.id
LIMIT 50
""",
        ("entity",),
    ),
    Picture(
        "picture-of-mappings",
        "Mappings of an entity",
        """\
MATCH maps = (m:Mapping:Casegraph)-[:MAPS]->(:Entity:Casegraph {id: $entity})
RETURN maps
ORDER BY m.id
LIMIT 50
""",
        ("entity",),
    ),
)
