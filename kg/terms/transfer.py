"""One file over HTTP(S), resumed where the connection broke.

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

import requests
import urllib3.exceptions

from kg.errors import DownloadError
from kg.transfer import AGAIN, BrokenError, Limits, ask, file_name, fits, public_url, retry_after

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
class Validators:
    """What the owner says of a version of a file; the date as in the HTTP header."""

    etag: str = ""
    last_modified: str = ""


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
    >>> from kg.transfer import USUAL, open_session
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


def _refuse(answer: requests.Response, url: str) -> None:
    status = answer.status_code
    if status in AGAIN:
        raise BrokenError(f"the server answers {status}", "busy", retry_after(answer.headers.get("Retry-After", "")))
    reason = "not-found" if status in {404, 410} else "refused"
    raise DownloadError(f"{public_url(url)}: the server answers {status}", reason=reason, value=public_url(url))


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
                raise BrokenError(f"no more bytes came in time after the first {size:,}", "damaged") from error
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
