"""Requests are spaced, whatever happens between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.live.pace import Pace
from tests.live.times import Times


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60), st.sampled_from([1.0, 3.0, 5.0]))
def test_never_more_than_the_rate_in_any_second(work: list[float], rate: float) -> None:
    times = Times()
    pace = Pace(rate, clock=times.clock, sleep=times.sleep)
    sent = []
    for seconds in work:
        pace.wait("https://owner.example/x")
        sent.append(times.now)
        times.now += seconds
    assert pace.requests == len(work)
    for moment in sent:
        assert sum(moment <= other < moment + 1 for other in sent) <= rate


def test_work_between_requests_is_no_further_wait() -> None:
    times = Times()
    pace = Pace(3, clock=times.clock, sleep=times.sleep)
    for _ in range(3):
        pace.wait("https://owner.example/x")
        times.now += 0.4
    assert times.slept == []


def test_hosts_are_apart() -> None:
    times = Times()
    pace = Pace(1, clock=times.clock, sleep=times.sleep)
    pace.wait("https://a.example/1")
    pace.wait("https://b.example/1")
    assert times.slept == []
    pace.wait("https://A.example:443/2".replace(":443", ""))
    assert times.slept == [1.05]
