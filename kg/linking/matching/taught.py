"""What a linker was taught, in a form that goes from one process to another: the examples, and what was made of them.

Fitting takes long and is done once. Every process that links makes the same linker of the same lessons.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from kg.linking.matching.confidence import Calibration, Steps, calibrate
from kg.linking.matching.learning import answers, fitted_weights, names_of
from kg.linking.matching.linker import Linker
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.surroundings import Surroundings
from kg.linking.matching.trained import Example, Memory
from kg.linking.matching.vocabulary import Vocabulary
from kg.linking.matching.weights import CALIBRATION, CALIBRATION_OPEN, WEIGHTS

#: The confidence below which nothing is linked, by rule. Of what is taken apart every part is a name: it is linked, and
#: its confidence says how seldom people take mentions apart in the same way.
LEAST: Final = {"": 0.75, "broader": 0.7, "composite": 0.5}
#: Examples from which weights are fitted, and decisions of a rule from which its confidence is counted; fewer are
#: remembered, and change nothing else.
ENOUGH: Final = 300
COUNTED: Final = 100
# What this rule is right of is a wider term as well; examples do not tell that.
_NOT_COUNTED: Final = frozenset({"broader", ""})
_STEPS: Final[Mapping[str, Steps]] = {**CALIBRATION_OPEN, "trained": CALIBRATION["trained"]}

#: An example with the document that it stands in.
Placed = tuple[Example, Surroundings]


@dataclass(frozen=True)
class Taught:
    """What the linker of one vocabulary learnt.

    Attributes:
        prefix: of the vocabulary's identifiers.
        examples: what people linked, in a fixed order.
        weights: of the features.
        steps: what shares are worth, by rule.
        digest: a hash of all this.
    """

    prefix: str
    examples: tuple[Example, ...]
    weights: tuple[float, ...] = WEIGHTS
    steps: Mapping[str, Steps] = field(default_factory=lambda: _STEPS)
    digest: str = ""

    def to_json(self) -> str:
        """Return it as text.

        >>> taught = Taught("MONDO", (Example("OS", "PMID:1", ("MONDO:0009807",), 2, "a.txt"),))
        >>> Taught.from_json(taught.to_json()).examples == taught.examples
        True
        """
        return json.dumps({
            "prefix": self.prefix, "examples": [list(asdict(one).values()) for one in self.examples],
            "weights": self.weights, "steps": dict(self.steps),
        })  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> Taught:
        """Read what `to_json` wrote."""
        told = json.loads(text)
        examples = tuple(Example(name, document, tuple(curies), times, source)
                         for name, document, curies, times, source in told["examples"])  # fmt: skip
        steps = {rule: tuple((high, right) for high, right in rows) for rule, rows in told["steps"].items()}
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(told["prefix"], examples, tuple(told["weights"]), steps, digest)

    def linker(self, table: NameTable) -> Linker:
        """Return the linker of it.

        Args:
            table: the names of the vocabulary, and those of the examples.
        """
        calibration = Calibration(self.steps)
        return Linker(table, Memory.of(self.examples), weights=self.weights, calibration=calibration, least=LEAST)


def teach(vocabulary: Vocabulary, prefix: str, examples: Iterable[Placed], beside: Sequence[Placed] = ()) -> tuple[Taught, Linker]:  # fmt: skip
    """Learn from what people linked.

    Args:
        vocabulary: the concepts.
        prefix: of their identifiers.
        examples: what people linked, to concepts of the vocabulary.
        beside: what people linked to something that the vocabulary has not. Nothing is learnt from it but how often
            an answer is wrong as there is none.

    Returns:
        What was learnt, and the linker of it.
    """
    ordered = sorted(examples, key=_order)
    own = tuple(example for example, _ in ordered)
    table = NameTable(vocabulary, names_of(own))
    weights, steps = WEIGHTS, dict(_STEPS)
    if len(ordered) >= ENOUGH:
        memory = Memory.of(own)
        weights = fitted_weights(table, memory, ordered)
        steps |= _counted(list(answers(table, memory, weights, sorted((*ordered, *beside), key=_order))))
    # Through its text, as every other process has it.
    taught = Taught.from_json(Taught(prefix, own, weights, steps).to_json())
    return taught, taught.linker(table)


def _order(placed: Placed) -> tuple[str, str, tuple[str, ...]]:
    return placed[0].document, placed[0].text, placed[0].concepts


def _counted(rows: Sequence[tuple[str, float, bool, float]]) -> dict[str, Steps]:
    """Return what shares are worth by the rules that the answers have often enough."""
    often = Counter(rule for rule, *_ in rows)
    counted = calibrate(rows).steps
    return {rule: steps for rule, steps in counted.items() if often[rule] >= COUNTED and rule not in _NOT_COUNTED}
