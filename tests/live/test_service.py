"""A service that throttles, fails, stalls, cuts, lies."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate

import pytest

from kg import __version__
from kg.errors import DownloadError, InputError
from kg.live.exports import split
from kg.live.pace import Pace
from kg.live.service import Answer, Service
from kg.transfer import Limits
from tests.live.service_server import LiveServer, abstract, serving
from tests.live.times import LIMITS, Times, open_at
from tests.terms.release_server import refused_port

EXPORT = "publications/export/biocjson"


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with serving() as running:
        running.state.abstracts[7] = abstract(7)
        yield running


def ids(answer: Answer) -> list[str]:
    return [part.label for part in split(answer.body, "biocjson")]


def get(service: Service) -> list[str]:
    return service.get(EXPORT, {"pmids": "7"}, ids)


def fails(service: Service) -> DownloadError:
    with pytest.raises(DownloadError) as raised:
        get(service)
    assert "?" not in str(raised.value)
    return raised.value


def test_an_answer(server: LiveServer) -> None:
    assert get(open_at(server.pubtator)) == ["PMID:7"]
    (seen,) = server.state.seen
    assert seen.headers["User-Agent"] == f"casegraph/{__version__}"
    assert seen.options == {"pmids": "7"}


@pytest.mark.parametrize("fault", ["429", "500", "502", "503", "408", "html", "cut", "cut-quietly", "text:", "text:{",
                                   'text:{"a": 1}', "text:[1]", "gzip-cut", 'text:{"PubTator3": [1]}'])  # fmt: skip
def test_what_passes_is_tried_again(server: LiveServer, fault: str) -> None:
    server.state.faults += [fault, fault]
    times = Times()
    assert get(open_at(server.pubtator, times)) == ["PMID:7"]
    assert times.waits == [1, 2]
    assert len(server.state.seen) == 3


def test_always_an_error_ends_after_the_attempts(server: LiveServer) -> None:
    server.state.always = lambda _: "500"
    times = Times()
    error = fails(open_at(server.pubtator, times))
    assert (error.reason, len(server.state.seen)) == ("busy", 4)
    assert times.waits == [1, 2, 4]
    assert "4 attempts" in str(error)


def test_retry_after_is_heeded(server: LiveServer) -> None:
    server.state.faults += ["429:17"]
    times = Times()
    assert get(open_at(server.pubtator, times)) == ["PMID:7"]
    assert times.waits == [17]


def test_retry_after_as_a_date(server: LiveServer) -> None:
    server.state.faults += ["503:" + formatdate(time.time() + 30, usegmt=True)]
    times = Times()
    assert get(open_at(server.pubtator, times)) == ["PMID:7"]
    assert 25 < times.waits[0] <= 31


def test_a_short_retry_after_does_not_shorten_the_back_off(server: LiveServer) -> None:
    server.state.faults += ["429:0", "429:0", "429:1"]
    times = Times()
    assert get(open_at(server.pubtator, times)) == ["PMID:7"]
    assert times.waits == [1, 2, 4]


def test_who_asks_to_wait_too_long_is_left(server: LiveServer) -> None:
    server.state.always = lambda _: "429:3600"
    times = Times()
    error = fails(open_at(server.pubtator, times))
    assert (error.reason, len(server.state.seen), times.waits) == ("busy", 1, [])
    assert "3,600 seconds" in str(error)


def test_no_wait_is_longer_than_the_longest(server: LiveServer) -> None:
    server.state.always = lambda _: "500"
    times = Times()
    fails(open_at(server.pubtator, times, limits=replace(LIMITS, attempts=8, longest_wait=5)))
    assert times.waits == [1, 2, 4, 5, 5, 5, 5]


def test_a_stall_is_a_timeout(server: LiveServer) -> None:
    server.state.faults += ["hang"]
    times = Times()
    began = time.monotonic()
    assert get(open_at(server.pubtator, times)) == ["PMID:7"]
    assert 0.3 < time.monotonic() - began < 10


def test_a_stall_for_ever_is_given_up(server: LiveServer) -> None:
    server.state.always = lambda _: "hang"
    error = fails(open_at(server.pubtator, limits=replace(LIMITS, read=0.1)))
    assert error.reason == "unreachable"
    assert len(server.state.seen) == 3


def test_nobody_there() -> None:
    times = Times()
    error = fails(open_at(f"http://127.0.0.1:{refused_port()}", times))
    assert (error.reason, times.waits) == ("unreachable", [1, 2])


@pytest.mark.parametrize("fault", ["403", "401", "400", "404", "418"])
def test_a_no_is_a_no(server: LiveServer, fault: str) -> None:
    server.state.always = lambda _: fault
    error = fails(open_at(server.pubtator))
    assert error.reason == ("not-found" if fault == "404" else "refused")
    assert len(server.state.seen) == 1


def test_compressed(server: LiveServer) -> None:
    server.state.faults += ["gzip"]
    assert get(open_at(server.pubtator)) == ["PMID:7"]
    assert server.state.seen[0].headers["Accept-Encoding"] == "gzip"


def test_a_bomb_is_not_unpacked(server: LiveServer) -> None:
    server.state.abstracts[7] = abstract(7, "a" * (8 << 20))
    server.state.faults += ["gzip"]
    assert len(gzip.compress(b"a" * (8 << 20))) < LIMITS.max_bytes
    error = fails(open_at(server.pubtator))
    assert (error.reason, len(server.state.seen)) == ("too-large", 1)


def test_too_large_as_announced(server: LiveServer) -> None:
    error = fails(open_at(server.pubtator, limits=Limits(max_bytes=100)))
    assert (error.reason, len(server.state.seen)) == ("too-large", 1)


def test_a_body_without_end_is_cut_off(server: LiveServer) -> None:
    server.state.always = lambda _: "flood"
    assert fails(open_at(server.pubtator)).reason == "too-large"


def test_a_redirect_is_followed_at_the_same_pace(server: LiveServer) -> None:
    with serving(server.state) as other:
        server.state.faults += [f"redirect:{other.url}"]
        times = Times()
        service = open_at(server.pubtator, times)
        assert get(service) == ["PMID:7"]
        assert service.pace.requests == 2


@pytest.mark.parametrize("target", ["ftp://127.0.0.1", "file:///etc", "gopher://127.0.0.1"])
def test_a_redirect_elsewhere_is_not(server: LiveServer, target: str) -> None:
    server.state.faults += [f"redirect:{target}"]
    error = fails(open_at(server.pubtator))
    assert (error.reason, len(server.state.seen)) == ("refused", 1)


def test_a_redirect_in_a_circle_ends(server: LiveServer) -> None:
    server.state.always = lambda _: "redirect:"
    assert fails(open_at(server.pubtator)).reason == "refused"
    assert len(server.state.seen) == 11


@pytest.mark.parametrize("address", ["", "owner.example/api", "ftp://owner.example", "file:///etc/passwd", "http://",
                                     "http://[::1"])  # fmt: skip
def test_no_address(address: str) -> None:
    with pytest.raises(InputError):
        Service(address, Pace(1))


def test_a_password_is_not_taken_and_not_told() -> None:
    with pytest.raises(InputError) as raised:
        Service("https://me:geheim@owner.example/api", Pace(1))
    assert "geheim" not in str(raised.value)


def test_long_waits_are_told(server: LiveServer) -> None:
    server.state.faults += ["429:17", "500"]
    times, told = Times(), []
    service = Service(server.pubtator, Pace(9, clock=times.clock, sleep=times.sleep), limits=LIMITS, tell=told.append)
    assert get(service) == ["PMID:7"]
    assert [text.partition(": ")[2] for text in told] == ["the service answers 429; asked again in 17 seconds"]


def test_real_requests_keep_the_rate(server: LiveServer) -> None:
    service = Service(server.pubtator, Pace(20), limits=LIMITS)
    for _ in range(25):
        get(service)
    moments = [seen.moment for seen in server.state.seen]
    assert max(sum(begin <= other < begin + 0.5 for other in moments) for begin in moments) <= 11
    assert moments[-1] - moments[0] >= 24 / 20
