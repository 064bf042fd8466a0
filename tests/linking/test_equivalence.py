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
    """An index of planted terms and mappings, with the methods that classes are made from."""

    def __init__(self, rows: list[tuple[str, str]], kinds: dict[str, str] | None = None) -> None:
        self.kinds = kinds or {}
        self.outside: frozenset[str] = frozenset()
        self.rows = [Mapping(s, "skos:exactMatch", o, "semapv:ManualMappingCuration", "planted") for s, o in rows]

    def term(self, curie: str) -> Term | None:
        if self.source_of_prefix(prefix_of(curie)) is None:
            return None
        return Term(curie, self.kinds.get(curie, DISEASE), (Name(curie, "label"),))

    def source_of_prefix(self, prefix: str) -> str | None:
        return None if prefix in self.outside else "loaded"

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
    words = ["0.9" if number == sure else "0.6" for number in range(2)]
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


def test_a_tie_is_said_to_be_one() -> None:
    planted = _Planted([("MONDO:0000001", "MESH:D000001"), ("MONDO:0000002", "MESH:D000001")])
    (conflict,) = Entities(planted).of("MONDO:0000002").conflicts  # type: ignore[arg-type]
    # What would be one are the two terms of Mondo, not the heading that both map to.
    assert (conflict.pair, conflict.vocabulary, conflict.tie) == (("MONDO:0000002", "MONDO:0000001"), "MONDO", True)
    assert (
        "would join MONDO:0000002 and MONDO:0000001, two terms of MONDO; as one of the weakest" in conflict.sentence()
    )
    planted.rows[0] = replace(planted.rows[0], confidence="0.99")
    (conflict,) = Entities(planted).of("MONDO:0000002").conflicts  # type: ignore[arg-type]
    assert not conflict.tie and "as the weakest link" in conflict.sentence()


def _contradicted(exact: str, predicate: str, other: str) -> _Planted:
    planted = _Planted([("MONDO:0000001", "MESH:D000001")])
    (row,) = planted.rows
    planted.rows = [replace(row, confidence=exact), replace(row, predicate_id=predicate, confidence=other)]
    return planted


@pytest.mark.parametrize(
    "predicate", ["Not skos:exactMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"]
)
@pytest.mark.parametrize(
    ("exact", "other", "joined", "tie"), [("0.9", "0.8", True, False), ("0.8", "0.99", False, False), ("0.9", "0.9", False, True)]
)  # fmt: skip
def test_a_contrary_row_is_a_conflict_that_the_surer_one_wins(
    predicate: str, exact: str, other: str, joined: bool, tie: bool
) -> None:
    planted = _contradicted(exact, predicate, other)
    for curie in ("MONDO:0000001", "MESH:D000001"):
        entity = Entities(planted).of(curie)  # type: ignore[arg-type]
        assert (len(entity.identifiers) == 2) is joined
        (conflict,) = entity.conflicts
        assert (conflict.code, conflict.joined, conflict.tie) == ("mapping-conflict", joined, tie)
        assert conflict.rival == planted.rows[1]
        assert ("are joined" in conflict.sentence()) is joined


def test_a_close_match_contradicts_nothing() -> None:
    entity = Entities(_contradicted("0.9", "skos:closeMatch", "0.99")).of("MONDO:0000001")  # type: ignore[arg-type]
    assert (len(entity.identifiers), entity.conflicts) == (2, ())


@pytest.mark.parametrize(("confidence", "joined"), [("0.0", False), ("0.49", False), ("0.5", True)])
def test_a_row_below_the_floor_joins_nothing(confidence: str, joined: bool) -> None:
    planted = _Planted([("MONDO:0000001", "MESH:D000001")])
    planted.rows = [replace(planted.rows[0], confidence=confidence)]
    entity = Entities(planted).of("MESH:D000001")  # type: ignore[arg-type]
    assert (len(entity.identifiers) == 2) is joined
    assert [c.code for c in entity.conflicts] == ([] if joined else ["weak-mapping"])
    # A surer row of the same pair joins.
    planted.rows.append(replace(planted.rows[0], confidence="0.9", mapping_source="other"))
    entity = Entities(planted).of("MESH:D000001")  # type: ignore[arg-type]
    assert (len(entity.identifiers), entity.conflicts) == (2, ())


def _outside(rows: list[tuple[str, str]], *prefixes: str) -> _Planted:
    planted = _Planted(rows)
    planted.outside = frozenset(prefixes)
    return planted


def test_an_identifier_that_only_stands_in_mappings_is_joined() -> None:
    planted = _outside([("MONDO:0000001", "OMIM:143100"), ("MONDO:0000001", "MESH:D000001")], "OMIM")
    entity = Entities(planted).of("OMIM:143100")  # type: ignore[arg-type]
    assert entity.identifiers == ("MONDO:0000001", "MESH:D000001", "OMIM:143100")
    assert entity.outside == {"OMIM:143100"}
    assert [r.object_id for r in entity.told("MESH:D000001")] == ["MESH:D000001"]
    assert [r.object_id for r in entity.told("OMIM:143100")] == ["OMIM:143100", "MESH:D000001"]
    assert entity is not Entities(planted).of("OMIM:143101")  # type: ignore[arg-type]


def test_the_guard_holds_for_it() -> None:
    planted = _outside([("MONDO:0000001", "OMIM:1"), ("MONDO:0000002", "OMIM:1"), ("MONDO:0000001", "OMIM:2")], "OMIM")
    entities = Entities(planted)  # type: ignore[arg-type]
    assert entities.of("MONDO:0000001").identifiers == ("MONDO:0000001", "OMIM:1")
    assert entities.of("OMIM:2").identifiers == ("OMIM:2",)
    assert {c.code for c in entities.of("MONDO:0000002").conflicts} == {"equivalence-conflict"}


def test_it_never_parts_terms_that_the_ontologies_join() -> None:
    rows = [("MONDO:0000001", "MESH:D000001"), ("MESH:D000001", "DOID:1"), ("MONDO:0000002", "DOID:1")]
    planted = _outside(rows, "DOID")
    planted.rows[0] = replace(planted.rows[0], confidence="0.6")
    assert Entities(planted).of("MESH:D000001").id == "MONDO:0000001"  # type: ignore[arg-type]


@pytest.mark.parametrize(("other", "joined"), [("CHEBI:1", False), ("HP:0000001", False), ("Orphanet:1", True), ("UMLS:C0000001", True)])  # fmt: skip
def test_it_is_of_the_kind_that_its_vocabulary_is_of(other: str, joined: bool) -> None:
    planted = _outside([("MONDO:0000001", other)], prefix_of(other))
    assert (len(Entities(planted).of("MONDO:0000001").identifiers) == 2) is joined  # type: ignore[arg-type]
