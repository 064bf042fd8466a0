"""The kinds of path that connect a drug with a disease, declared as data.

A metapath is a sequence of steps from the drug to the disease; a step is a kind of edge and the way it is
walked. Prediction and explanation read the same declaration.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.model import APPLIED_TO_TREAT, BROAD_MATCH, CHEMICAL, DISEASE, OCCURS_TOGETHER, SUBCLASS_OF


@dataclass(frozen=True, slots=True)
class EdgeKind:
    """A kind of edge: the predicates that make it, and what may stand at its two ends.

    Attributes:
        name: how the kind is called here.
        predicates: the predicates of the edges table that count as it; the first one wins where a pair has both.
        subject: category of the subject, None for any.
        object: category of the object, None for any.
        forward: the edge in words, read from subject to object.
        backward: the edge in words, read from object to subject.
    """

    name: str
    predicates: tuple[str, ...]
    subject: str | None
    object: str | None
    forward: str
    backward: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a metapath: along an edge kind, from its subject to its object unless ``backward``."""

    kind: str
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Metapath:
    """A kind of path from a drug to a disease.

    Attributes:
        name: short name, used in tables and JSON.
        description: what it says, in one sentence.
        steps: one to three steps from the drug to the disease.
        weight: what its path count is multiplied with in the score.
    """

    name: str
    description: str
    steps: tuple[Step, ...]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= 3:
            raise ValueError(f"metapath {self.name!r} has {len(self.steps)} steps; one to three are counted exactly")


#: Name -> edge kind.
EDGE_KINDS = {
    kind.name: kind
    for kind in (
        EdgeKind("treats", (APPLIED_TO_TREAT,), CHEMICAL, DISEASE, "was given for", "was treated with"),
        EdgeKind(
            "together",
            (OCCURS_TOGETHER,),
            CHEMICAL,
            DISEASE,
            "is named together with",
            "is named together with",
        ),
        EdgeKind("is-a", (SUBCLASS_OF,), DISEASE, DISEASE, "is a kind of", "includes"),
        EdgeKind("class", (BROAD_MATCH, SUBCLASS_OF), CHEMICAL, None, "belongs to", "includes"),
    )
}

#: The metapaths that are counted. A co-mention is one edge and the weakest evidence, and its path count,
#: which has two degrees in it instead of six, is several times that of the others: hence its weight.
METAPATHS = (
    Metapath(
        "shared-treatment",
        "the drug was given for a disease that shares another drug with the predicted one",
        (Step("treats"), Step("treats", backward=True), Step("treats")),
    ),
    Metapath(
        "related-disease",
        "the drug was given for a disease that has a parent in common with the predicted one",
        (Step("treats"), Step("is-a"), Step("is-a", backward=True)),
    ),
    Metapath(
        "drug-class",
        "another drug under the same heading was given for the predicted disease",
        (Step("class"), Step("class", backward=True), Step("treats")),
    ),
    Metapath(
        "co-mention",
        "documents name the drug together with the predicted disease",
        (Step("together"),),
        weight=0.1,
    ),
)
