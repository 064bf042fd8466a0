"""HTTP(S) for every room that fetches: sessions, redirects followed with care, limits, reasons.

What a server says is believed as little as need be: addresses are http(s) only, never from https to http, and
nothing is larger than its limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
import urllib3.exceptions

from kg import __version__
from kg.errors import DownloadError

#: Why a file could not be fetched: the server has no such file; it cannot be reached or does not answer; it cannot
#: serve now; it says no, or leads where we do not follow; what it sent is not whole; it is not what was asked for; it is
#: too large; it cannot be written; or nobody was to be asked.
REASONS: Final = (
    "not-found",
    "unreachable",
    "busy",
    "refused",
    "damaged",
    "wrong-content",
    "too-large",
    "disk",
    "offline",
)

#: Statuses that may pass.
AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECT: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 10
_HTML: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
                          re.IGNORECASE | re.DOTALL)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, how often to try, how much to take.

    Attributes:
        connect: seconds for a connection.
        read: seconds without a byte.
        attempts: attempts in a row that bring less than a megabyte.
        backoff: seconds before the second attempt; doubled each time.
        longest_wait: most seconds between two attempts, whatever the server asks.
        max_bytes: the largest file that is taken.
    """

    connect: float = 20.0
    read: float = 60.0
    attempts: int = 5
    backoff: float = 1.0
    longest_wait: float = 60.0
    max_bytes: int = 20_000_000_000


#: The limits where nobody names others.
USUAL: Final = Limits()


class BrokenError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, message: str, reason: str = "unreachable", wait: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.wait = wait


class _Session(requests.Session):
    """Leaves redirects to ``ask``: the library would read their bodies, however long, and step from https to http."""

    def get_redirect_target(self, _resp: requests.Response) -> None:
        return None


def open_session() -> requests.Session:
    """Return a session that verifies certificates and takes proxies and ``~/.netrc`` from the user's environment.

    >>> open_session().headers["Accept-Encoding"]
    'identity'
    """
    session = _Session()
    # Never compressed on the way: the bytes are the owner's, and a Range means the same ones each time.
    session.headers.update({"User-Agent": f"casegraph/{__version__}", "Accept-Encoding": "identity"})
    return session


def public_url(url: str) -> str:
    """Return an address without what may be secret: user, password, query.

    >>> public_url("https://me:secret@mirror.example/mondo.obo?token=1")
    'https://mirror.example/mondo.obo'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def file_name(url: str) -> str:
    """Return the owner's name of a file.

    >>> file_name("https://example.org/a/desc2026.gz?x=1")
    'desc2026.gz'
    """
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


def ask(
    url: str,
    session: requests.Session,
    limits: Limits,
    headers: dict[str, str],
    sending: Callable[[str], object] | None = None,
) -> requests.Response:
    """Send a request and follow redirects; the body is still to be read.

    Args:
        url: http or https.
        session: from ``open_session``.
        limits: how long to wait.
        headers: of the request.
        sending: called with each address before it is asked, those that redirects lead to as well.

    Raises:
        DownloadError: if the address, or one that it leads to, is not to be followed.
        BrokenError: if there was no answer.

    >>> ask("ftp://owner.example/mondo.obo", open_session(), USUAL, {})
    Traceback (most recent call last):
        ...
    kg.errors.DownloadError: ftp://owner.example/mondo.obo is not an http(s) address
    """
    asked = url
    for _ in range(_MOST_REDIRECTS + 1):
        if sending:
            sending(asked)
        try:
            answer = session.get(asked, headers=headers, stream=True, timeout=(limits.connect, limits.read),
                                 allow_redirects=False)  # fmt: skip
        except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL, requests.exceptions.MissingSchema,
                urllib3.exceptions.LocationParseError) as error:  # fmt: skip
            raise DownloadError(f"{public_url(url)} is not an http(s) address", reason="refused",
                                value=public_url(url)) from error  # fmt: skip
        except requests.exceptions.SSLError as error:
            raise DownloadError(f"{public_url(url)}: the server's certificate cannot be verified", reason="unreachable",
                                value=public_url(url)) from error  # fmt: skip
        except requests.exceptions.Timeout as error:
            raise BrokenError("no answer in time") from error
        except requests.exceptions.RequestException as error:
            # The library's own messages hold the whole address, secrets too.
            raise BrokenError("the server cannot be reached, or breaks the connection") from error
        target = answer.headers.get("Location", "")
        if answer.status_code not in _REDIRECT or not target:
            return answer
        answer.close()
        try:
            before, asked = asked, urljoin(asked, target)
            scheme = urlsplit(asked).scheme
        except ValueError:
            scheme = ""
        if scheme not in {"http", "https"}:
            raise DownloadError(f"{public_url(url)} leads to an address that is not http(s); it was not followed",
                                reason="refused", value=public_url(url))  # fmt: skip
        if before.startswith("https:") and not asked.startswith("https:"):
            raise DownloadError(f"{public_url(url)} leads from https to http; it was not followed", reason="refused",
                                value=public_url(url))  # fmt: skip
    raise DownloadError(f"{public_url(url)} redirects without end", reason="refused", value=public_url(url))


def fits(url: str, size: int, limits: Limits) -> None:
    """Raise ``DownloadError`` if a file is larger than is allowed.

    >>> fits("https://owner.example/mondo.obo", 100, Limits(max_bytes=10))
    Traceback (most recent call last):
        ...
    kg.errors.DownloadError: https://owner.example/mondo.obo is larger than the 10 bytes that are allowed
    """
    if size > limits.max_bytes:
        raise DownloadError(f"{public_url(url)} is larger than the {limits.max_bytes:,} bytes that are allowed",
                            reason="too-large", value=public_url(url))  # fmt: skip


def retry_after(written: str) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks to wait, None where it does not tell.

    It holds seconds or a date (RFC 9110, section 10.2.3).

    >>> retry_after("120"), retry_after("soon"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
    (120.0, None, 0.0)
    """
    written = written.strip()
    if written.isascii() and written.isdigit():
        return float(written)
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def is_web_page(start: bytes) -> bool:
    """Tell whether bytes begin as a web page: an error message or a login in place of what was asked for.

    >>> is_web_page(b"<!DOCTYPE html><html>"), is_web_page(b'<?xml version="1.0"?><article>')
    (True, False)
    """
    return bool(_HTML.match(start[:4096]))
