"""Not more requests than a host's owner allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

#: Requests that left evenly may arrive a little closer together; this much more is waited between them.
_MARGIN: Final = 1.05


class Pace:
    """Spaces the requests to each host.

    Args:
        rate: requests a second to one host.
        clock: seconds that never go back.
        sleep: waits for seconds.

    >>> now = [0.0]
    >>> def sleep(seconds):
    ...     now[0] += seconds
    >>> pace = Pace(4, clock=lambda: now[0], sleep=sleep)
    >>> for address in ("https://a.example/1", "https://a.example/2", "https://b.example/1"):
    ...     pace.wait(address)
    >>> now
    [0.2625]
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.spacing = _MARGIN / rate
        self.clock = clock
        self.sleep = sleep
        self.requests = 0
        self._next: dict[str, float] = {}

    def wait(self, address: str) -> None:
        """Return when the next request may be sent to the host of an address, and count it."""
        host = urlsplit(address).netloc.rpartition("@")[2].lower()
        now = self.clock()
        if (begin := self._next.get(host, now)) > now:
            self.sleep(begin - now)
        # A sleep may take longer than it was asked to; what counts is when the request leaves.
        self._next[host] = max(begin, self.clock()) + self.spacing
        self.requests += 1
