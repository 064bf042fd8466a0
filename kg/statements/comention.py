"""Co-mention: entities of different kinds in one document, and in one sentence of it. The weakest edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, OCCURS_TOGETHER, VARIANT, Evidence
from kg.statements.evidence import from_sentence
from kg.statements.places import Place, Story

#: The subject of a co-mention is the kind that comes first here. Species stand in nearly every document
#: and say nothing of a pair; they take no part.
ORDER = {CHEMICAL: 0, GENE: 1, VARIANT: 2, CELL_LINE: 3, DISEASE: 4}


def read_co_mentions(story: Story, entities: Mapping[str, str], limit: int) -> Iterator[Evidence]:
    """Yield the co-mention evidence of a document: one a pair, and one a sentence that names both.

    Args:
        story: the document.
        entities: every linked node of the document with its category.
        limit: a document with more entities than this yields nothing.
    """
    taking_part = sorted((ORDER[kind], node) for node, kind in entities.items() if kind in ORDER)
    if len(taking_part) > limit:
        return
    for (first, subject), (second, obj) in combinations(taking_part, 2):
        if first != second:
            yield Evidence(
                subject=subject, predicate=OCCURS_TOGETHER, object=obj, polarity="support", polarity_reason="stated",
                document=story.document, case=story.case, section=None, sentence_start=None, sentence_end=None,
                sentence=None, method="same-document",
            )  # fmt: skip
    for sentence in story.sentences:
        here: dict[str, Place] = {}
        for place in sentence.places:
            if place.category in ORDER:
                here.setdefault(place.node, place)
        ordered = sorted(here.values(), key=lambda p: (ORDER[p.category], p.node))
        for left, right in combinations(ordered, 2):
            if left.category != right.category:
                yield from_sentence(
                    story, sentence, left.node, OCCURS_TOGETHER, right.node, reason="stated", method="same-sentence",
                    subject_place=left, object_place=right,
                )  # fmt: skip
