"""Relations of sources become evidence under a Biolink predicate."""

from __future__ import annotations

import pytest

from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, Relation
from kg.statements.asserted import PREDICATES, Told, predicate_of, read_relations
from tests.statements.stories import story

NODES = {
    "MESH:C1": ("c:cisplatin", CHEMICAL), "MESH:C2": ("c:also cisplatin", CHEMICAL), "MESH:D1": ("d:deafness", DISEASE),
    "MESH:D2": ("d:fever", DISEASE), "MESH:D9": ("d:deafness", DISEASE), "NCBIGene:7": ("g:seven", GENE),
}  # fmt: skip


def told(kind: str, subject: str, obj: str, *passages: str) -> Told:
    relation = Relation("doi:10.5555/x", 3, kind, subject, obj, subject.partition(":")[2], obj.partition(":")[2])
    (one,) = read_relations(story(*passages), [relation], NODES)
    return one


def test_the_first_sentence_that_names_both_ends_stands_with_it() -> None:
    text = "{c:Cisplatin} was given. {d:Deafness} followed {c:cisplatin}. {c:Cisplatin} and {d:deafness}."
    evidence = told("CID", "MESH:C1", "MESH:D1", text).evidence
    assert evidence
    assert (evidence.subject, evidence.predicate, evidence.object) == (
        "c:cisplatin", "biolink:has_adverse_event", "d:deafness",
    )  # fmt: skip
    assert (evidence.sentence, evidence.method) == ("Deafness followed cisplatin.", "source-relation+same-sentence")
    assert (evidence.subject_mention, evidence.object_mention) == ("m:cisplatin", "m:Deafness")
    assert (evidence.polarity, evidence.polarity_reason, evidence.original_predicate, evidence.case) == (
        "support", "asserted", "CID", None,
    )  # fmt: skip


def test_without_such_a_sentence_it_has_none() -> None:
    evidence = told("CID", "MESH:C1", "MESH:D1", "{c:Cisplatin} was given. {d:Deafness} followed.").evidence
    assert evidence
    assert (evidence.method, evidence.sentence, evidence.section) == ("source-relation", None, None)


def test_a_drug_comes_before_its_disease() -> None:
    evidence = told("CID", "MESH:D1", "MESH:C1").evidence
    assert evidence
    assert (evidence.subject, evidence.object) == ("c:cisplatin", "d:deafness")


def test_a_symmetric_relation_is_one_edge_either_way() -> None:
    one, other = told("Association", "NCBIGene:7", "MESH:D1"), told("Association", "MESH:D1", "NCBIGene:7")
    assert one.evidence == other.evidence
    assert one.evidence
    assert (one.evidence.subject, one.evidence.object) == ("g:seven", "d:deafness")
    # The row of the table keeps the source's order.
    assert (other.subject, other.object) == ("d:deafness", "g:seven")


@pytest.mark.parametrize(
    ("subject", "obj", "reason"),
    [
        ("MESH:C1", "MESH:D77", "D77 is linked to no term"),
        ("MESH:C77", "MESH:D77", "C77 is linked to no term"),
        ("MESH:D1", "MESH:D9", "both ends are linked to one term"),
    ],
)
def test_a_relation_without_two_ends_makes_no_evidence(subject: str, obj: str, reason: str) -> None:
    one = told("Association", subject, obj)
    assert (one.evidence, one.reason) == (None, reason)


@pytest.mark.parametrize(
    ("kind", "ends", "predicate"),
    [
        ("treat", (CHEMICAL, DISEASE), "biolink:treats_or_applied_or_studied_to_treat"),
        ("treat", (GENE, DISEASE), "biolink:related_to"),
        ("cause", (GENE, DISEASE), "biolink:causes"),
        ("Drug_Interaction", (CHEMICAL, CHEMICAL), "biolink:interacts_with"),
        ("Negative_Correlation", (CHEMICAL, GENE), "biolink:negatively_correlated_with"),
        ("prevent", (DISEASE, CHEMICAL), "biolink:preventative_for_condition"),
        ("Conversion", (CHEMICAL, CHEMICAL), "biolink:related_to"),
        ("Grows In", (CELL_LINE, CELL_LINE), "biolink:related_to"),
    ],
)
def test_words_of_the_sources(kind: str, ends: tuple[str, str], predicate: str) -> None:
    assert predicate_of(kind, *ends) == predicate


def test_the_words_are_written_as_they_are_looked_up() -> None:
    assert all(word.isalpha() and word == word.lower() for word in PREDICATES)
