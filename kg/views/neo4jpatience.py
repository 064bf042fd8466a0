"""Trying again: what a server says in passing, or while it starts again, ends no load."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TypeVar

from neo4j import exceptions as failures

T = TypeVar("T")

#: Seconds of the first pause; each is twice as long as the one before, up to the longest.
FIRST = 0.1
LONGEST = 5.0


@dataclass(slots=True)
class Patience:
    """How long one step is tried again; several threads may share it.

    Args:
        seconds: after so long without success the error stands.
        stop: ends the waiting early.

    Attributes:
        repeated: how often a step was tried again.
    """

    seconds: float
    stop: Event = field(default_factory=Event)
    repeated: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def run(self, work: Callable[[], T], *, share: float = 0.0, away: bool = True) -> T:
        """Return what ``work`` returns; where it fails in passing, try it again after a pause.

        ``work`` must be such that it may be done twice: a connection that is cut while the server commits
        leaves nobody knowing whether it was done.

        Args:
            work: the step.
            share: makes the pauses so much longer, so that two steps that were in each other's way part.
            away: whether a server that does not answer is waited for too.

        Raises:
            neo4j.exceptions.GqlError: if the step fails for good, or in passing for too long.
        """
        began = time.monotonic()
        pause = FIRST * (1 + share)
        while True:
            try:
                return work()
            except (failures.Neo4jError, failures.DriverError) as error:
                gone = isinstance(error, failures.DriverError) and not away
                if gone or not passing(error) or self.stop.is_set() or time.monotonic() - began + pause > self.seconds:
                    raise
            with self._lock:
                self.repeated += 1
            self.stop.wait(pause)
            pause = min(pause * 2, LONGEST)


def passing(error: BaseException) -> bool:
    """Tell whether an error of the driver may be gone the next time.

    >>> passing(failures.ServiceUnavailable()), passing(failures.IncompleteCommit()), passing(failures.AuthError())
    (True, True, False)
    """
    if isinstance(error, failures.IncompleteCommit):
        # Not so for the driver, which cannot know that each of our steps may be done twice.
        return True
    return isinstance(error, failures.Neo4jError | failures.DriverError) and error.is_retryable()
