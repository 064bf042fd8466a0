"""One file over HTTP(S), checked before it counts.

Nothing that a server says is trusted: the length, the compressed stream, the owner's checksum and the kind of content
are all looked at, and a file that fails is thrown away.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
import urllib3.exceptions

from kg.errors import DownloadError, TermsError
from kg.terms.reading import open_bytes, sha256_file
from kg.terms.transfer import Progress, Validators, forget, note_path, receive
from kg.transfer import USUAL, BrokenError, Limits, ask, file_name, fits, is_web_page, public_url
from kg.unpacking import GZIP_MAGIC

_CHECKSUM_FILE: Final = 1 << 16
_HASHES: Final = {".md5": ("md5", 32), ".sha1": ("sha1", 40), ".sha256": ("sha256", 64)}


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A whole, checked file.

    Attributes:
        size: its bytes.
        sha256: hash of its bytes.
        validators: the owner's.
        received: bytes that came over the network this time.
        checked_by: the owner's checksum that it was compared with (``md5``), "" where there is none.
    """

    size: int
    sha256: str
    validators: Validators
    received: int
    checked_by: str


def download(
    url: str,
    part: Path,
    session: requests.Session,
    *,
    limits: Limits = USUAL,
    known: Validators | None = None,
    checksums: Sequence[str] = (),
    check: Callable[[Path], object] | None = None,
    progress: Progress | None = None,
) -> Downloaded | None:
    """Fetch a file into ``part``, going on with what lies there from an earlier call.

    Args:
        url: http or https.
        part: where the bytes are gathered; whole and checked when this returns a value. It stays when the
            connection breaks for good or the user interrupts, and goes when its content turns out to be wrong.
        session: from ``open_session``.
        limits: times, attempts and size.
        known: validators of the version that the caller has; asks the server for a newer one only.
        checksums: endings of the owner's checksum files (``.md5``) beside the address.
        check: looks at the whole file and raises ``TermsError`` if it is not what was asked for.
        progress: told of what has come.

    Returns:
        The file, or None where the server says that the known version is still the one.

    Raises:
        DownloadError: with the reason.

    >>> import tempfile
    >>> from kg.transfer import open_session
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     download("ftp://owner.example/mondo.obo", Path(folder, "mondo.obo.part"), open_session())
    Traceback (most recent call last):
        ...
    kg.errors.DownloadError: ftp://owner.example/mondo.obo is not an http(s) address
    """
    received = 0
    for again in (False, True):
        arrived = receive(url, part, session, limits, known, progress)
        if arrived is None:
            return None
        received += arrived.received
        try:
            _unwrap(url, part, arrived.encoding, limits.max_bytes)
            sha256 = examine(part, file_name(url))
            checked_by = _compare(url, part, session, limits, checksums)
            if not checked_by:
                _ended(url, part, session, limits)
            if check:
                check(part)
        except TermsError as error:
            forget(part)
            # Pieces of two versions may have been put together; then one piece is worth a try.
            if arrived.pieces > 1 and not again:
                continue
            if isinstance(error, DownloadError):
                raise
            raise DownloadError(str(error), reason="wrong-content", value=public_url(url)) from error
        note_path(part).unlink(missing_ok=True)
        return Downloaded(part.stat().st_size, sha256, arrived.validators, received, checked_by)
    raise AssertionError("unreachable: the second round returns or raises")


def take(
    path: Path,
    part: Path,
    *,
    limits: Limits = USUAL,
    checksums: Sequence[str] = (),
    check: Callable[[Path], object] | None = None,
) -> Downloaded:
    """Copy a file from a folder that stands for the owner's server, with the same checks.

    Args:
        path: the file; the owner's checksum files may lie beside it.
        part: where it is copied to.
        limits: the size.
        checksums: endings of checksum files.
        check: as for ``download``.

    Raises:
        DownloadError: with the reason.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path, part = Path(folder, "mondo.obo"), Path(folder, "mondo.obo.part")
    ...     _ = path.write_bytes(b"[Term]\\n")
    ...     _ = Path(folder, "mondo.obo.md5").write_text(hashlib.md5(b"[Term]\\n").hexdigest())
    ...     taken = take(path, part, checksums=(".md5",))
    >>> taken.size, taken.checked_by
    (7, 'md5')
    """
    forget(part)
    try:
        fits(path.name, path.stat().st_size, limits)
        shutil.copyfile(path, part)
    except OSError as error:
        raise DownloadError(f"{path.name} cannot be copied: {error.strerror or error}", reason="disk",
                            value=path.name) from error  # fmt: skip
    try:
        sha256 = examine(part, path.name)
        checked_by = ""
        for ending in checksums:
            beside = path.with_name(path.name + ending)
            if beside.is_file():
                algorithm, digits = _HASHES[ending]
                theirs = find_checksum(beside.read_text("utf-8", "replace")[:_CHECKSUM_FILE], digits, path.name)
                if theirs and theirs != _digest(part, algorithm):
                    raise DownloadError(f"{path.name} has not the owner's {algorithm} checksum", reason="damaged",
                                        value=path.name)  # fmt: skip
                checked_by = algorithm if theirs else checked_by
        if check:
            check(part)
    except TermsError as error:
        forget(part)
        if isinstance(error, DownloadError):
            raise
        raise DownloadError(str(error), reason="wrong-content", value=path.name) from error
    return Downloaded(part.stat().st_size, sha256, Validators(), 0, checked_by)


def examine(path: Path, name: str) -> str:
    """Return the SHA-256 of a file after seeing that it is whole as far as its own bytes tell.

    Args:
        path: the file.
        name: the owner's name of it, which tells whether it must be compressed.

    Raises:
        DownloadError: if it is empty, a web page, or a compressed stream that is cut short or damaged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mondo.obo")
    ...     _ = path.write_bytes(b"<html>Please log in</html>")
    ...     examine(path, "mondo.obo")
    Traceback (most recent call last):
        ...
    kg.errors.DownloadError: mondo.obo is a web page (an error message or a login), not the file
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise DownloadError(f"{name} is empty", reason="damaged", value=name)
    if is_web_page(start):
        raise DownloadError(f"{name} is a web page (an error message or a login), not the file", reason="wrong-content",
                            value=name)  # fmt: skip
    if start.startswith(GZIP_MAGIC):
        try:
            with open_bytes(path) as unpacked:
                while unpacked.read(1 << 20):
                    pass
        except TermsError as error:
            raise DownloadError(f"{name} is a damaged or cut compressed file", reason="damaged", value=name) from error
    elif name.endswith(".gz"):
        raise DownloadError(f"{name} is not a compressed file", reason="wrong-content", value=name)
    return sha256_file(path)


def _unwrap(url: str, part: Path, encoding: str, most: int) -> None:
    """Undo a compression of the transfer, which some servers do unasked; never of a file that is compressed itself."""
    if encoding not in {"gzip", "x-gzip"} or file_name(url).endswith(".gz"):
        return
    with part.open("rb") as file:
        if file.read(2) != GZIP_MAGIC:
            return
    plain = part.with_name(part.name + ".plain")
    try:
        with open_bytes(part) as packed, plain.open("wb") as out:
            size = 0
            while chunk := packed.read(1 << 20):
                size += len(chunk)
                if size > most:
                    raise DownloadError(f"{public_url(url)} unpacks to more than the {most:,} bytes that are allowed",
                                        reason="too-large", value=public_url(url))  # fmt: skip
                out.write(chunk)
        plain.replace(part)
    finally:
        plain.unlink(missing_ok=True)


def _ended(url: str, part: Path, session: requests.Session, limits: Limits) -> None:
    """See that the file ends where the server said: one that announces too little has more when asked for more.

    A compressed stream tells its end itself; a server that gives no ranges leaves only the last line to look at.
    """
    size = part.stat().st_size
    with part.open("rb") as file:
        if file.read(2) == GZIP_MAGIC:
            return
        file.seek(-1, 2)
        last = file.read(1)
    status = 0
    try:
        with ask(url, session, limits, {"Range": f"bytes={size}-"}) as answer:
            status = answer.status_code
    except (DownloadError, BrokenError):
        pass
    if status == 206 or (status != 416 and last not in b"\n\r}>"):
        raise DownloadError(f"{public_url(url)} is longer than the server announced, or cut short", reason="damaged",
                            value=public_url(url))  # fmt: skip


def _compare(url: str, part: Path, session: requests.Session, limits: Limits, checksums: Sequence[str]) -> str:
    """Compare with the owner's checksum; return its kind, "" where the owner has none."""
    for ending in checksums:
        algorithm, digits = _HASHES[ending]
        own = _digest(part, algorithm)
        # The owner may be between the writing of the file and of its checksum: asked twice.
        for last in (False, True):
            theirs = _checksum(url + ending, digits, file_name(url), session, limits)
            if theirs is None:
                break
            if theirs == own:
                return algorithm
            if last:
                raise DownloadError(f"{public_url(url)}: the content has not the owner's {algorithm} checksum",
                                    reason="damaged", value=public_url(url))  # fmt: skip
            time.sleep(min(limits.backoff, limits.longest_wait))
    return ""


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _checksum(url: str, digits: int, name: str, session: requests.Session, limits: Limits) -> str | None:
    """Return the checksum that a small file states for ``name``, None where there is none."""
    try:
        with ask(url, session, limits, {}) as answer:
            if answer.status_code != 200:
                return None
            raw = answer.raw.read(_CHECKSUM_FILE, decode_content=False)
    except (DownloadError, BrokenError, urllib3.exceptions.HTTPError, OSError):
        return None
    if raw.startswith(GZIP_MAGIC):
        try:
            raw = zlib.decompressobj(wbits=31).decompress(raw, _CHECKSUM_FILE)
        except zlib.error:
            return None
    return find_checksum(raw.decode("utf-8", "replace"), digits, name)


def find_checksum(text: str, digits: int, name: str) -> str | None:
    """Return the hash that a checksum file states for ``name``: the line that names it, or the only one.

    >>> find_checksum("d41d8cd98f00b204e9800998ecf8427e  CID-Title.gz", 32, "CID-Title.gz")
    'd41d8cd98f00b204e9800998ecf8427e'
    """
    pattern = re.compile(rf"(?<![0-9a-fA-F])[0-9a-fA-F]{{{digits}}}(?![0-9a-fA-F])")
    lines = [(line, match.group().lower()) for line in text.splitlines() if (match := pattern.search(line))]
    named = [found for line, found in lines if name in re.split(r"[\s()*/]+", line)]
    if named or len(lines) != 1:
        return named[0] if named else None
    return lines[0][1]
