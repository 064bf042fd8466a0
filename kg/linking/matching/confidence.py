"""What a decision is worth: how often decisions like it were right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

#: (highest share in the step, how often it was right), in the order of shares.
Steps = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Calibration:
    """For each rule, steps from the share of the best candidate to how often it is right.

    >>> Calibration({"name": [(0.5, 0.2), (1.0, 0.9)]}).of("name", 0.7)
    0.9
    >>> Calibration().of("name", 0.7)
    0.7
    """

    steps: Mapping[str, Steps] = field(default_factory=dict)

    def of(self, rule: str, share: float) -> float:
        """Return how often a decision is right."""
        steps = self.steps.get(rule) or self.steps.get("", ())
        if not steps:
            return share
        return next((right for high, right in steps if round(share, 6) <= high), steps[-1][1])


def calibrate(seen: Iterable[tuple[str, float, bool, float]], least: int = 30) -> Calibration:
    """Learn what shares are worth by isotonic regression (pool adjacent violators; Ayer et al., 1955).

    Args:
        seen: of each decision, the rule, the share, whether it was right, and how often it counts.
        least: rules with fewer decisions are taken together.

    >>> calibrate([("name", 0.5, True, 1), ("name", 0.9, True, 40), ("name", 0.2, False, 30)]).of("name", 0.2)
    0.016...
    """
    by_rule: dict[str, list[tuple[float, bool, float]]] = {}
    for rule, share, right, times in seen:
        by_rule.setdefault(rule, []).append((share, right, times))
        by_rule.setdefault("", []).append((share, right, times))
    return Calibration({
        rule: _isotonic(rows) for rule, rows in sorted(by_rule.items()) if not rule or sum(row[2] for row in rows) >= least
    })  # fmt: skip


def _isotonic(rows: list[tuple[float, bool, float]]) -> tuple[tuple[float, float], ...]:
    # Equal shares cannot be told apart: they are one step from the start.
    equal: dict[float, tuple[float, float]] = {}
    for share, right, times in rows:
        good, count = equal.get(round(share, 6), (0.0, 0.0))
        equal[round(share, 6)] = (good + times * right, count + times)
    blocks: list[tuple[float, float, float]] = []  # highest share, right, count
    for share in sorted(equal):
        block = (share, *equal[share])
        while blocks and (blocks[-1][2] < 20 or blocks[-1][1] * block[2] >= block[1] * blocks[-1][2]):
            _, good, count = blocks.pop()
            block = (block[0], block[1] + good, block[2] + count)
        blocks.append(block)
    if len(blocks) > 1 and blocks[-1][2] < 20:
        high, good, count = blocks.pop()
        _, before, total = blocks.pop()
        blocks.append((high, good + before, count + total))
    # Half a decision of each kind on top: no step is certain.
    return tuple((high, (good + 0.5) / (count + 1)) for high, good, count in blocks)
