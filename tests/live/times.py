"""A clock that only sleeping moves."""

from __future__ import annotations

from pathlib import Path

from kg.live.service import Service, open_service
from kg.transfer import Limits

LIMITS = Limits(connect=2, read=0.4, attempts=4, backoff=1, longest_wait=60, max_bytes=4 << 20)


class Times:
    """Remembers how long was slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds
        self.slept.append(seconds)

    @property
    def waits(self) -> list[float]:
        """Sleeps between attempts, without those that only keep the pace."""
        return [one for one in self.slept if one >= 1]


def open_at(url: str, times: Times | None = None, rate: float = 100, limits: Limits = LIMITS) -> Service:
    times = times or Times()
    return open_service(url, rate, limits=limits, clock=times.clock, sleep=times.sleep)


def contents(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds, but for its lock."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != ".fetch.lock"}
