"""One service over HTTP(S): asked at its owner's pace, again where it fails, and never believed unseen."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import requests
import urllib3.exceptions

from kg.errors import DownloadError, InputError
from kg.live.pace import Pace
from kg.transfer import AGAIN, BrokenError, Limits, ask, fits, is_web_page, open_session, public_url, retry_after

T = TypeVar("T")

#: The limits of one answer: those of a hundred annotated abstracts, or of some dozen full texts.
ANSWERS: Final = Limits(connect=20, read=60, attempts=6, backoff=1, longest_wait=300, max_bytes=256 << 20)
#: Seconds that one answer may take as a whole: a byte now and then keeps a connection for ever.
LONGEST_ANSWER: Final = 900.0
#: Who is not there is not likely to come within seconds.
_MOST_KNOCKS: Final = 3
#: A wait of this many seconds is told.
_TOLD: Final = 5.0
_CHUNK: Final = 1 << 16
_OK: Final = frozenset({200})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said: HTTP status and the whole body, unpacked."""

    status: int
    body: bytes


class Service:
    """A service under one address.

    Args:
        base: its address, http or https.
        pace: how often it may be asked.
        limits: how long to wait, how often to try, how much to take.
        tell: told of waits that a user may wonder about.

    Raises:
        InputError: if the address is none of http or https, or holds a password.

    >>> Service("ftp://mirror.example", Pace(3))
    Traceback (most recent call last):
        ...
    kg.errors.InputError: 'ftp://mirror.example' is no address of a service (http or https)
    """

    def __init__(
        self,
        base: str,
        pace: Pace,
        *,
        limits: Limits = ANSWERS,
        tell: Callable[[str], object] | None = None,
    ) -> None:
        parts = _split(base)
        if parts is None:
            raise InputError(f"{base!r} is no address of a service (http or https)", value=base)
        if "@" in parts:
            raise InputError("the address of a service must not hold a user or a password; ~/.netrc may")
        self.base = base.rstrip("/")
        self.pace = pace
        self.limits = limits
        self._tell = tell
        self._session: requests.Session = open_session()
        # Annotated full texts shrink to a tenth.
        self._session.headers["Accept-Encoding"] = "gzip"

    @property
    def name(self) -> str:
        """The host, for messages.

        >>> Service("https://www.example.org/api/", Pace(3)).name
        'www.example.org'
        """
        return urlsplit(self.base).netloc

    def get(
        self, path: str, options: Mapping[str, str], read: Callable[[Answer], T], *, accept: Container[int] = _OK
    ) -> T:
        """Ask until there is an answer that can be read, or the attempts are used up.

        Args:
            path: below the service's address.
            options: of the query.
            read: makes of an answer what it means; raises ``BrokenError`` where the answer is damaged, so that it is
                asked for again, and ``DownloadError`` where asking again is of no use.
            accept: statuses that `read` understands.

        Raises:
            DownloadError: with the reason, one of ``kg.transfer.REASONS``.
        """
        url = f"{self.base}/{path}" + (f"?{_query(options)}" if options else "")
        for attempt in range(1, self.limits.attempts + 1):
            try:
                return read(self._ask(url, accept))
            except BrokenError as error:
                most = self.limits.attempts
                if error.reason == "unreachable":
                    most = min(most, _MOST_KNOCKS)
                if attempt >= most:
                    message = f"{public_url(url)}: {error} ({attempt} attempts)"
                    raise DownloadError(message, reason=error.reason, value=public_url(url)) from error
                self._wait(error, attempt, url)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait(self, error: BrokenError, attempt: int, url: str) -> None:
        asked = error.wait or 0.0
        if asked > self.limits.longest_wait:
            message = f"{public_url(url)}: {error} and asks to wait {asked:,.0f} seconds; ask again then"
            raise DownloadError(message, reason=error.reason, value=public_url(url)) from error
        seconds = max(asked, min(self.limits.backoff * 2 ** (attempt - 1), self.limits.longest_wait))
        if self._tell and seconds >= _TOLD:
            self._tell(f"{self.name}: {error}; asked again in {seconds:.0f} seconds")
        self.pace.sleep(seconds)

    def _ask(self, url: str, accept: Container[int]) -> Answer:
        began = self.pace.clock()
        with ask(url, self._session, self.limits, {}, self.pace.wait) as answer:
            status = answer.status_code
            if status in accept:
                return Answer(status, self._unpacked(self._body(answer, url, began), answer, url))
            if status in AGAIN:
                wait = retry_after(answer.headers.get("Retry-After", ""))
                raise BrokenError(f"the service answers {status}", "busy", wait)
            reason = "not-found" if status in {404, 410} else "refused"
            raise DownloadError(
                f"{public_url(url)}: the service answers {status}", reason=reason, value=public_url(url)
            )

    def _body(self, answer: requests.Response, url: str, began: float) -> bytes:
        """Return the body as it came over the wire."""
        announced = answer.headers.get("Content-Length", "")
        length = int(announced) if announced.isascii() and announced.isdigit() else None
        fits(url, length or 0, self.limits)
        pieces: list[bytes] = []
        size = 0
        while True:
            try:
                piece = answer.raw.read1(_CHUNK, decode_content=False)
            except urllib3.exceptions.ReadTimeoutError as error:
                raise BrokenError(f"no more bytes came in time after the first {size:,}", "damaged") from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise BrokenError(f"the connection ended after {size:,} bytes", "damaged") from error
            if not piece:
                break
            size += len(piece)
            fits(url, size, self.limits)
            pieces.append(piece)
            if self.pace.clock() - began > LONGEST_ANSWER:
                raise BrokenError(f"the answer takes longer than {LONGEST_ANSWER:.0f} seconds", "damaged")
        if length is not None and size < length:
            raise BrokenError(f"the connection ended after {size:,} of {length:,} bytes", "damaged")
        return b"".join(pieces)

    def _unpacked(self, body: bytes, answer: requests.Response, url: str) -> bytes:
        encoding = answer.headers.get("Content-Encoding", "").strip().lower()
        if encoding in {"gzip", "x-gzip"}:
            unpacking = zlib.decompressobj(wbits=31)
            try:
                body = unpacking.decompress(body, self.limits.max_bytes + 1)
            except zlib.error as error:
                raise BrokenError("the compressed answer is damaged", "damaged") from error
            fits(url, len(body), self.limits)
            if not unpacking.eof:
                raise BrokenError("the compressed answer is cut", "damaged")
        elif encoding not in {"", "identity"}:
            message = f"{public_url(url)} comes in an encoding that was not asked for"
            raise DownloadError(message, reason="refused", value=public_url(url))
        if is_web_page(body):
            raise BrokenError("a web page came in place of the answer", "damaged")
        return body


def address(given: str, variable: str, owners: str) -> str:
    """Return the address of a service: the one that is given, else the environment's, else the owner's.

    >>> address("", "KG_NO_SUCH_VARIABLE", "https://owner.example/api")
    'https://owner.example/api'
    """
    return given or os.environ.get(variable, "") or owners


def open_service(
    base: str,
    rate: float,
    *,
    limits: Limits = ANSWERS,
    tell: Callable[[str], object] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Service:
    """Return a service with a pace of its own.

    Raises:
        InputError: as ``Service``.

    >>> open_service("https://owner.example/api", 3).pace.spacing
    0.35...
    """
    return Service(base, Pace(rate, clock=clock, sleep=sleep), limits=limits, tell=tell)


def _split(base: str) -> str | None:
    """Return the host with port and user of an http(s) address, None of another."""
    try:
        parts = urlsplit(base)
    except ValueError:
        return None
    return parts.netloc if parts.scheme in {"http", "https"} and parts.hostname else None


def _query(options: Mapping[str, str]) -> str:
    """Return options as a query; commas stay, as in the owners' examples.

    >>> _query({"pmids": "7,33", "text": "a b&c"})
    'pmids=7,33&text=a%20b%26c'
    """
    return urlencode(options, safe=",", quote_via=quote)
