"""Relations that a source asserts of a document -> evidence, under a Biolink predicate, with the source's own word.

The source says that two identifiers are related in a document, seldom where. The evidence carries the first sentence
that names both ends, and its method says that the choice is ours (`source-relation+same-sentence`); where no
sentence names both there is none. A relation speaks of no patient, unless it is a phenopacket's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from kg.model import APPLIED_TO_TREAT, ASSOCIATED_WITH, CHEMICAL, DISEASE, HAS_ADVERSE_EVENT, Evidence, Relation
from kg.statements.comention import ORDER
from kg.statements.evidence import from_sentence
from kg.statements.places import Place, Sentence, Story

RELATED_TO: Final = "biolink:related_to"
_CAUSES: Final = "biolink:causes"
#: The source's word in plain letters -> (predicate between a chemical and a disease, predicate between other ends).
#: Words of BC5CDR (https://doi.org/10.1093/database/baw068), BioRED (https://doi.org/10.1093/bib/bbac282) and PubTator3
#: (https://doi.org/10.1093/nar/gkae235). A word that is not here is `biolink:related_to`.
PREDICATES: Final[dict[str, tuple[str, str]]] = {
    "cid": (HAS_ADVERSE_EVENT, _CAUSES),
    "chemicalinduceddisease": (HAS_ADVERSE_EVENT, _CAUSES),
    "cause": (HAS_ADVERSE_EVENT, _CAUSES),
    # A phenopacket's medical actions (https://phenopacket-schema.readthedocs.io/en/latest/medical-action.html).
    "treatmenttarget": (APPLIED_TO_TREAT, APPLIED_TO_TREAT),
    "adverseevents": (HAS_ADVERSE_EVENT, HAS_ADVERSE_EVENT),
    "treat": ("biolink:treats_or_applied_or_studied_to_treat", RELATED_TO),
    "prevent": ("biolink:preventative_for_condition", RELATED_TO),
    "association": (ASSOCIATED_WITH, ASSOCIATED_WITH),
    "associate": (ASSOCIATED_WITH, ASSOCIATED_WITH),
    "positivecorrelation": ("biolink:positively_correlated_with",) * 2,
    "positivecorrelate": ("biolink:positively_correlated_with",) * 2,
    "negativecorrelation": ("biolink:negatively_correlated_with",) * 2,
    "negativecorrelate": ("biolink:negatively_correlated_with",) * 2,
    "bind": ("biolink:binds",) * 2,
    "interact": ("biolink:interacts_with",) * 2,
    "druginteraction": ("biolink:interacts_with",) * 2,
    "druginteract": ("biolink:interacts_with",) * 2,
    "stimulate": ("biolink:affects",) * 2,
    "inhibit": ("biolink:affects",) * 2,
}
#: Predicates that Biolink calls symmetric: their ends are put in one order, so that a pair is one edge.
_SYMMETRIC: Final = frozenset({
    ASSOCIATED_WITH, RELATED_TO, "biolink:positively_correlated_with", "biolink:negatively_correlated_with",
    "biolink:binds", "biolink:interacts_with",
})  # fmt: skip
_NOT_LETTERS: Final = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a relation.

    Attributes:
        relation: as the source asserts it.
        predicate: what it is in the graph, None where an end is not linked.
        subject: node of the relation's first end, None where the end is not linked.
        object: node of its second end.
        evidence: what it gives the graph, None where it gives nothing.
        reason: why it gives nothing.
    """

    relation: Relation
    predicate: str | None
    subject: str | None
    object: str | None
    evidence: Evidence | None = None
    reason: str = ""


def predicate_of(kind: str, subject_category: str, object_category: str) -> str:
    """Return the Biolink predicate of a relation by the source's word and the kinds of its ends.

    >>> predicate_of("CID", CHEMICAL, DISEASE), predicate_of("Positive_Correlation", DISEASE, CHEMICAL)
    ('biolink:has_adverse_event', 'biolink:positively_correlated_with')
    >>> predicate_of("cause", "biolink:Gene", DISEASE), predicate_of("Comparison", CHEMICAL, CHEMICAL)
    ('biolink:causes', 'biolink:related_to')
    """
    of_drug, of_others = PREDICATES.get(_NOT_LETTERS.sub("", kind.lower()), (RELATED_TO, RELATED_TO))
    return of_drug if {subject_category, object_category} == {CHEMICAL, DISEASE} else of_others


def read_relations(story: Story, relations: Iterable[Relation], nodes: Mapping[str, tuple[str, str]]) -> Iterator[Told]:
    """Yield what becomes of each relation of a document, in their order.

    Args:
        story: the document.
        relations: as the source asserts them.
        nodes: identifier that the source asserts -> the node that its mentions are linked to, and its category.
    """
    shared = _shared_sentences(story)
    for relation in relations:
        first, second = nodes.get(relation.subject), nodes.get(relation.object)
        if first is None or second is None:
            missing = relation.subject_as if first is None else relation.object_as
            ends = (first[0] if first else None, second[0] if second else None)
            yield Told(relation, None, *ends, reason=f"{missing} is linked to no term")
            continue
        predicate = predicate_of(relation.kind, first[1], second[1])
        if first[0] == second[0]:
            yield Told(relation, predicate, first[0], second[0], reason="both ends are linked to one term")
            continue
        subject, obj = _directed(predicate, first, second)
        evidence = _evidence(story, relation, subject, predicate, obj, shared.get(frozenset((subject, obj))))
        yield Told(relation, predicate, first[0], second[0], evidence)


def _directed(predicate: str, first: tuple[str, str], second: tuple[str, str]) -> tuple[str, str]:
    """Return the ends in the order of the edge: a symmetric predicate's by kind, a drug before its disease."""
    if predicate in _SYMMETRIC:
        first, second = sorted((first, second), key=lambda end: (ORDER.get(end[1], len(ORDER)), end[0]))
    elif (first[1], second[1]) == (DISEASE, CHEMICAL):
        first, second = second, first
    return first[0], second[0]


def _shared_sentences(story: Story) -> dict[frozenset[str], tuple[Sentence, Place, Place]]:
    """Return the first sentence that names both nodes of a pair, and where."""
    shared: dict[frozenset[str], tuple[Sentence, Place, Place]] = {}
    for sentence in story.sentences:
        if not sentence.is_prose:
            continue
        here: dict[str, Place] = {}
        for place in sentence.places:
            here.setdefault(place.node, place)
        named = list(here.values())
        for number, one in enumerate(named):
            for other in named[number + 1 :]:
                shared.setdefault(frozenset((one.node, other.node)), (sentence, one, other))
    return shared


def _evidence(
    story: Story, relation: Relation, subject: str, predicate: str, obj: str,
    shared: tuple[Sentence, Place, Place] | None,
) -> Evidence:  # fmt: skip
    if shared is None:
        return Evidence(
            subject=subject, predicate=predicate, object=obj, polarity="support", polarity_reason="asserted",
            document=story.document, case=None, section=None, sentence_start=None, sentence_end=None, sentence=None,
            method="source-relation", original_predicate=relation.kind,
        )  # fmt: skip
    sentence, one, other = shared
    first, second = (one, other) if one.node == subject else (other, one)
    told = from_sentence(
        story, sentence, subject, predicate, obj, reason="asserted", method="source-relation+same-sentence",
        subject_place=first, object_place=second, of_case=False,
    )  # fmt: skip
    return replace(told, original_predicate=relation.kind)
