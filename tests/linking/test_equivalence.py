"""Equivalence classes on the bundled ontologies, and the guard on planted mappings."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from kg.curies import prefix_of
from kg.linking.equivalence import Entities
from kg.model import CHEMICAL, DISEASE, Mapping, Name, Term
from tests.bundled import index


def test_seed_entities() -> None:
    entities = Entities(index())
    drug = entities.of("MESH:C000625192")
    assert drug is entities.of("PUBCHEM.COMPOUND:25017411")
    assert (drug.id, drug.identifiers) == (
        "PUBCHEM.COMPOUND:25017411", ("PUBCHEM.COMPOUND:25017411", "MESH:C000625192"),
    )  # fmt: skip
    disease = entities.of("MESH:D012516")
    assert (disease.id, disease.identifiers) == ("MONDO:0009807", ("MONDO:0009807", "MESH:D012516"))
    assert [(r.subject_id, r.object_id) for r in disease.used] == [("MONDO:0009807", "MESH:D012516")]
    assert entities.of("MONDO:0002623").identifiers == ("MONDO:0002623",)


def test_an_identifier_that_is_not_held_is_its_own_entity() -> None:
    entity = Entities(index()).of("NCBIGene:7157", "biolink:Gene")
    assert (entity.id, entity.category, entity.identifiers) == ("NCBIGene:7157", "biolink:Gene", ("NCBIGene:7157",))


def test_what_one_mention_claims_of_an_unknown_identifier_says_nothing_of_another() -> None:
    """The order in which documents come, and the process that they come to, must not matter."""
    entities = Entities(index())
    claims = [
        entities.of("OMIM:999999", kind).category for kind in ("biolink:Disease", "biolink:Gene", "biolink:Disease")
    ]
    assert claims == ["biolink:Disease", "biolink:Gene", "biolink:Disease"]
    assert entities.of("OMIM:999999").category == "biolink:NamedThing"
    assert entities.of("MONDO:0009807", "biolink:Gene").category == "biolink:Disease"


class _Planted:
    """An index of planted terms and mappings, with the three methods that classes are made from."""

    def __init__(self, rows: list[tuple[str, str]], kinds: dict[str, str] | None = None) -> None:
        self.kinds = kinds or {}
        self.rows = [Mapping(s, "skos:exactMatch", o, "semapv:ManualMappingCuration", "planted") for s, o in rows]

    def term(self, curie: str) -> Term:
        return Term(curie, self.kinds.get(curie, DISEASE), (Name(curie, "label"),))

    def mappings(self, curie: str) -> tuple[Mapping, ...]:
        return tuple(r for r in self.rows if curie in {r.subject_id, r.object_id})


def test_two_terms_of_one_vocabulary_are_never_joined() -> None:
    rows = [("MONDO:0000001", "MESH:D000001"), ("MONDO:0000002", "MESH:D000001"), ("MONDO:0000002", "MESH:D000002")]
    for order in itertools.permutations(rows):
        for start in ("MONDO:0000001", "MESH:D000001", "MONDO:0000002", "MESH:D000002"):
            entities = Entities(_Planted(list(order)))  # type: ignore[arg-type]
            entity = entities.of(start)
            prefixes = [prefix_of(c) for c in entity.identifiers]
            assert len(prefixes) == len(set(prefixes))
            assert entities.of("MONDO:0000001").identifiers == ("MONDO:0000001", "MESH:D000001")
            assert entities.of("MONDO:0000002").identifiers == ("MONDO:0000002", "MESH:D000002")
            assert [(r.subject_id, r.object_id) for r in entity.cut] == [("MONDO:0000002", "MESH:D000001")]


def test_a_disease_and_a_chemical_are_never_joined() -> None:
    rows = [("MONDO:0000001", "MESH:D000001"), ("PUBCHEM.COMPOUND:1", "MESH:D000001")]
    entities = Entities(_Planted(rows, {"PUBCHEM.COMPOUND:1": CHEMICAL}))  # type: ignore[arg-type]
    assert entities.of("PUBCHEM.COMPOUND:1").identifiers == ("PUBCHEM.COMPOUND:1",)
    assert entities.of("MESH:D000001").identifiers == ("MONDO:0000001", "MESH:D000001")


@pytest.mark.parametrize("sure", [0, 1])
def test_the_row_of_least_confidence_is_cut(sure: int) -> None:
    planted = _Planted([("MONDO:0000001", "MESH:D000001"), ("MONDO:0000002", "MESH:D000001")])
    words = ["0.9" if number == sure else "0.3" for number in range(2)]
    planted.rows = [replace(row, confidence=word) for row, word in zip(planted.rows, words, strict=True)]
    entities = Entities(planted)  # type: ignore[arg-type]
    entity = entities.of("MESH:D000001")
    assert entity.id == planted.rows[sure].subject_id
    assert entity.cut == (planted.rows[1 - sure],)
    assert entity.chain("MESH:D000001") == ((planted.rows[sure],), 0.9)


def test_the_surest_of_several_chains_counts() -> None:
    rows = [("MONDO:1", "MESH:1"), ("MESH:1", "DOID:1"), ("MONDO:1", "DOID:1")]
    planted = _Planted(rows)
    planted.rows = [replace(r, confidence=c) for r, c in zip(planted.rows, ("0.9", "0.9", "0.5"), strict=True)]
    entity = Entities(planted).of("DOID:1")  # type: ignore[arg-type]
    chain, confidence = entity.chain("DOID:1")
    assert ([r.subject_id for r in chain], confidence) == (["MESH:1", "MONDO:1"], 0.81)
    assert entity.chain("MONDO:1") == ((), 1.0)
