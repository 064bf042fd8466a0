"""Bytes over HTTP(S): resumed where the connection broke, redirects followed with care, within limits.

What has come lies in a ``.part`` file beside a note of the owner's validators (ETag, Last-Modified), so that a
broken or interrupted transfer goes on with ``Range`` and ``If-Range`` (RFC 9110, sections 13 and 14).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol
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

_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECT: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 10
#: A server that breaks again and again but gives this much in between is not given up.
_WORTHWHILE: Final = 1 << 20
_MOST_ATTEMPTS: Final = 100
_MOST_KNOCKS: Final = 3
_CHUNK: Final = 1 << 16
_RANGE: Final = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+|\*)")
_UNSATISFIED: Final = re.compile(r"bytes\s+\*/(\d+)")


class Progress(Protocol):
    """Told of what has come; ``total`` is 0 where the server does not say."""

    def __call__(self, file: str, received: int, total: int, /) -> object: ...


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


@dataclass(frozen=True, slots=True)
class Validators:
    """What the owner says of a version of a file; the date as in the HTTP header."""

    etag: str = ""
    last_modified: str = ""


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


def forget(part: Path) -> None:
    """Remove what has come of a file.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     part = Path(folder, "mondo.obo.part")
    ...     part.touch()
    ...     forget(part)
    ...     part.exists()
    False
    """
    part.unlink(missing_ok=True)
    note_path(part).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A body that has come.

    Attributes:
        validators: the owner's.
        encoding: the Content-Encoding that the server named.
        pieces: answers that the body was put together from.
        received: bytes that came this time.
    """

    validators: Validators
    encoding: str
    pieces: int
    received: int


class BrokenError(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, message: str, reason: str = "unreachable", wait: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.wait = wait


@dataclass(slots=True)
class _Note:
    """What is remembered beside a ``.part`` file."""

    etag: str = ""
    last_modified: str = ""
    length: int = 0
    encoding: str = ""
    pieces: int = 0

    def if_range(self) -> str:
        """Return the validator by which the rest may be asked for, "" where none is good enough."""
        return self.last_modified if not self.etag or self.etag.startswith("W/") else self.etag


def note_path(part: Path) -> Path:
    """Return where the validators of a ``.part`` file are noted.

    >>> note_path(Path("mondo.obo.part")).name
    'mondo.obo.part.json'
    """
    return part.with_name(part.name + ".json")


def _read_note(part: Path) -> tuple[int, _Note]:
    """Return how many bytes may be kept, and what is known of them."""
    try:
        note = _Note(**json.loads(note_path(part).read_text("utf-8")))
        offset = part.stat().st_size
        return (offset, note) if note.if_range() and isinstance(note.length, int) else (0, _Note())
    except (OSError, ValueError, TypeError):
        return 0, _Note()


def _write_note(part: Path, note: _Note) -> None:
    values = {name: getattr(note, name) for name in _Note.__slots__}
    note_path(part).write_text(json.dumps(values, sort_keys=True), encoding="utf-8")


def receive(
    url: str,
    part: Path,
    session: requests.Session,
    limits: Limits,
    known: Validators | None,
    progress: Progress | None,
) -> Arrived | None:
    """Fetch a body into ``part``, going on with what lies there; try until it has come or the attempts are used up.

    Returns:
        What came, or None where the server says that the ``known`` version is still the one.

    Raises:
        DownloadError: with the reason; ``part`` stays where the connection broke.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     receive("ftp://owner.example/mondo.obo", Path(folder, "mondo.obo.part"), open_session(), USUAL, None, None)
    Traceback (most recent call last):
        ...
    kg.errors.DownloadError: ftp://owner.example/mondo.obo is not an http(s) address
    """
    received = tries = 0
    best = _read_note(part)[0]

    def count(size: int) -> None:
        nonlocal received
        received += size

    for attempt in range(1, _MOST_ATTEMPTS + 1):
        try:
            note = _attempt(url, part, session, limits, known, progress, count)
        except BrokenError as error:
            size = part.stat().st_size if part.exists() else 0
            tries = 1 if size >= best + _WORTHWHILE else tries + 1
            best = max(best, size)
            # Nobody there is not likely to pass within seconds.
            most = (
                min(limits.attempts, _MOST_KNOCKS)
                if error.reason == "unreachable" and not received
                else limits.attempts
            )
            if tries >= most or attempt == _MOST_ATTEMPTS:
                message = f"{public_url(url)}: {error} ({attempt} attempts)"
                raise DownloadError(message, reason=error.reason, value=public_url(url)) from error
            wait = limits.backoff * 2 ** (tries - 1) if error.wait is None else error.wait
            time.sleep(min(wait, limits.longest_wait))
        except OSError as error:
            raise DownloadError(f"{part.name} cannot be written: {error.strerror or error}", reason="disk") from error
        else:
            if note is None:
                return None
            validators = Validators(note.etag, note.last_modified)
            return Arrived(validators, note.encoding, note.pieces, received)
    raise AssertionError("unreachable: the last attempt returns or raises")


def _attempt(
    url: str,
    part: Path,
    session: requests.Session,
    limits: Limits,
    known: Validators | None,
    progress: Progress | None,
    count: Callable[[int], None],
) -> _Note | None:
    """Ask once; return the note of a whole file, None where the known version is the one."""
    offset, note = _read_note(part)
    headers: dict[str, str] = {}
    if offset:
        headers = {"Range": f"bytes={offset}-", "If-Range": note.if_range()}
    elif known and known.etag:
        headers = {"If-None-Match": known.etag}
    elif known and known.last_modified:
        headers = {"If-Modified-Since": known.last_modified}
    answer = ask(url, session, limits, headers)
    with answer:
        if answer.status_code == 304 and known and not offset:
            return None
        if answer.status_code == 416 and offset:
            whole = _UNSATISFIED.match(answer.headers.get("Content-Range", ""))
            if whole and int(whole.group(1)) == offset and note.length in {0, offset}:
                return note
            forget(part)
            raise BrokenError("the file is another one now", "damaged", 0)
        if answer.status_code == 206 and offset:
            match = _RANGE.match(answer.headers.get("Content-Range", ""))
            total = match.group(3) if match else ""
            same = answer.headers.get("ETag", note.etag) == note.etag and total in {"*", str(note.length or total)}
            if not match or int(match.group(1)) != offset or not same:
                forget(part)
                raise BrokenError("the file changed while it came", "damaged", 0)
            note.pieces += 1
        elif answer.status_code == 200:
            offset, note = 0, _new_note(answer, url)
        else:
            _refuse(answer, url)
        length = int(answer.headers.get("Content-Length") or 0) if _digits(answer) else 0
        fits(url, offset + length, limits)
        _write_note(part, note)
        _store(answer, part, offset, offset + length, url, limits, progress, count)
    return note


def _digits(answer: requests.Response) -> bool:
    return str(answer.headers.get("Content-Length", "")).isdecimal()


def _new_note(answer: requests.Response, url: str) -> _Note:
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise DownloadError(f"{public_url(url)} comes in an encoding that was not asked for", reason="refused",
                            value=public_url(url))  # fmt: skip
    length = int(answer.headers["Content-Length"]) if _digits(answer) else 0
    return _Note(answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""), length, encoding, 1)


def ask(url: str, session: requests.Session, limits: Limits, headers: dict[str, str]) -> requests.Response:
    """Send a request and follow redirects; the body is still to be read.

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


def _refuse(answer: requests.Response, url: str) -> None:
    status = answer.status_code
    if status in _AGAIN:
        asked = answer.headers.get("Retry-After", "")
        raise BrokenError(f"the server answers {status}", "busy", float(asked) if asked.isdecimal() else None)
    reason = "not-found" if status in {404, 410} else "refused"
    raise DownloadError(f"{public_url(url)}: the server answers {status}", reason=reason, value=public_url(url))


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


def _store(
    answer: requests.Response,
    part: Path,
    offset: int,
    total: int,
    url: str,
    limits: Limits,
    progress: Progress | None,
    count: Callable[[int], None],
) -> None:
    """Append the body to the part file as it comes."""
    size = offset
    with part.open("ab" if offset else "wb") as file:
        while True:
            try:
                chunk = answer.raw.read1(_CHUNK, decode_content=False)
            except urllib3.exceptions.ReadTimeoutError as error:
                raise BrokenError(f"no more bytes came in time after {size:,}", "damaged") from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                announced = f" of {total:,} announced" if total > offset else ""
                raise BrokenError(f"the connection ended after {size:,}{announced} bytes", "damaged") from error
            if not chunk:
                break
            size += len(chunk)
            if size > limits.max_bytes:
                file.close()
                forget(part)
                fits(url, size, limits)
            file.write(chunk)
            count(len(chunk))
            if progress:
                progress(file_name(url), size, max(total, 0) if total > offset else 0)
