"""The catalogue: the two languages say the same, and a malformed file is told."""

from __future__ import annotations

import pytest

from kg.errors import QueryError, UnknownNameError
from kg.queries.catalogue import catalogue, find, parse

WANTED = {
    "entity", "drugs-for-disease", "diseases-for-drug", "evidence-for-link", "cases-of-disease", "co-mentions",
    "mapping-chain", "audit-findings", "ontology-path", "graph-summary",
}  # fmt: skip


def test_both_languages_hold_the_same_questions() -> None:
    sparql, cypher = catalogue("sparql"), catalogue("cypher")
    assert WANTED <= sparql.keys() == cypher.keys()
    for name, query in sparql.items():
        other = cypher[name]
        assert (query.summary, query.description, query.parameters) == (
            other.summary,
            other.description,
            other.parameters,
        )
        assert query.summary
        assert all(p.description for p in query.parameters.values())
        for parameter in query.parameters:
            assert f"${parameter}" in query.text
            assert f"${parameter}" in other.text


def test_unknown_query_has_close_matches() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean drugs-for-disease") as caught:
        find("drug-for-disease", "sparql")
    assert caught.value.value == "drug-for-disease"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * {}", "no summary"),
        ("#+ summary: a\n#+ colour: red", "unknown field 'colour'"),
        ("#+ summary: a\n#+ nonsense", "line 2: no colon"),
        ("#+ summary: a\n#+ parameters:\n#+   - name: x\n#+     type: colour", "'colour'"),
        (
            "#+ summary: a\n#+ parameters:\n#+   - name: x\n#+     type: integer\n#+     default: many",
            "'many' is no default",
        ),
        ("#+ summary: a\n#+ parameters:\n#+     type: integer", "begins with '- name:'"),
    ],
)
def test_malformed_comment(text: str, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        parse("q", "sparql", text)
