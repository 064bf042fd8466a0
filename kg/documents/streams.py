"""From an input to its streams: plain, compressed or an archive of many, one after the other and never on disk.

What is damaged, or unpacks to more than the limits, ends where the damage begins: what comes before is read, and the
source says why nothing more came.
"""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final, Protocol, cast

from kg.documents.intake import Input, is_hidden_or_readme, printable
from kg.documents.tarmembers import TarReader, is_tar
from kg.unpacking import Limits, Unpacked, compression_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Bytes that a format is told by.
START: Final = 1 << 16
#: Compression inside compression is followed this far.
LAYERS: Final = 3
_BUFFER: Final = 1 << 18
_LONGEST_NAME: Final = 400
#: Byte order marks of encodings that readers get as UTF-8; that of UTF-32 begins with that of UTF-16.
_WIDE: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


class _Layer(Protocol):
    @property
    def damage(self) -> str: ...


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes | None: ...
    def readinto(self, buffer: WriteableBuffer, /) -> int | None: ...


@dataclass(slots=True)
class Source:
    """One stream of an input.

    Attributes:
        name: how the ledger calls it: the input's name, of a member of an archive ``corpus.tar.gz/member``.
        problem: why it is not read, "" where it is.
        start: its first bytes; they come from the stream again.
        stream: its bytes, unpacked, to be read before the next source is asked for; None where there is none to read.
        size: how many bytes it has, None where only reading tells.
        members: of an archive itself, which comes behind its members, how many these were; else None.
    """

    name: str
    problem: str = ""
    start: bytes = b""
    stream: IO[bytes] | None = None
    size: int | None = None
    members: int | None = None
    _layers: tuple[_Layer, ...] = field(default=(), repr=False)

    @property
    def damage(self) -> str:
        """Why the stream ended before its end, as far as it is read; "" where it did not.

        >>> Source("a.txt").damage
        ''
        """
        return next((layer.damage for layer in self._layers if layer.damage), "")


def open_streams(item: Input, limits: Limits | None = None) -> Iterator[Source]:
    """Yield the streams of an input, each to be read before the next is asked for.

    A file that cannot be opened is a source with a problem. An archive is one source for each regular member, and one
    for each that is set aside (links, devices, names that lead elsewhere, hidden files, archives inside), then one for
    itself. Compression and archives are told by content.

    Args:
        item: the input.
        limits: what compressed files may unpack to.

    >>> import gzip
    >>> import pathlib
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.gz")
    ...     _ = path.write_bytes(gzip.compress(b"1|t|Fever\\n"))
    ...     [(source.name, source.stream.read()) for source in open_streams(Input("a.gz", path)) if source.stream]
    [('a.gz', b'1|t|Fever\\n')]
    """
    if item.problem:
        yield Source(item.name, item.problem)
        return
    try:
        file = item.path.open("rb", buffering=0)
    except OSError as error:
        yield Source(item.name, f"cannot be read: {error.strerror}")
        return
    with file:
        guarded = _Guarded(file)
        yield from _open(item.name, guarded, os.fstat(file.fileno()).st_size, limits or Limits(), (guarded,))


def _open(
    name: str, raw: io.RawIOBase, size: int | None, limits: Limits, layers: tuple[_Layer, ...], *, inside: bool = False
) -> Iterator[Source]:
    """Yield the streams of raw bytes."""
    start, stream = begin(raw)
    while kind := compression_of(start):
        if len(layers) > LAYERS:
            yield Source(name, f"compressed more than {LAYERS} times")
            return
        unpacked = _Unpacking(stream, kind, limits)
        layers, size = (*layers, unpacked), None
        start, stream = begin(unpacked)
    if encoding := next((name for mark, name in _WIDE if start.startswith(mark)), ""):
        size = None
        start, stream = begin(_Recoded(stream, encoding))
    if not is_tar(start, name):
        yield Source(name, start=start, stream=stream, size=size, _layers=layers)
    elif inside:
        yield Source(name, "an archive inside an archive")
    else:
        yield from _archive(name, stream, limits, layers)


def _archive(name: str, stream: IO[bytes], limits: Limits, layers: tuple[_Layer, ...]) -> Iterator[Source]:
    tar = TarReader(stream)
    members = 0
    for member in tar:
        members += 1
        full = f"{name}/{printable(member.name, _LONGEST_NAME)}"
        problem = member.problem
        if not problem and is_hidden_or_readme(member.name):
            problem = "a hidden file or a README"
        if not problem and member.size > limits.unpacked:
            problem = f"{member.size} bytes; at most {limits.unpacked} are read"
        if problem or member.stream is None:
            yield Source(full, problem)
        else:
            yield from _open(full, member.stream, member.size, limits, (member.stream,), inside=True)
    yield Source(name, members=members, _layers=(*layers, _ArchiveEnd(tar)))


class _Guarded(io.RawIOBase):
    """A file whose errors while it is read end it."""

    def __init__(self, file: io.RawIOBase) -> None:
        super().__init__()
        self._file = file
        self.damage = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self.damage:
            return 0
        try:
            return self._file.readinto(buffer) or 0
        except OSError as error:
            self.damage = f"it cannot be read any further: {error.strerror}"
            return 0


class _Unpacking(Unpacked):
    """A layer of compression that says what it is."""

    def _end(self, damage: str) -> None:
        super()._end(damage and f"the compressed file is damaged: {damage}")


class _Recoded(io.RawIOBase):
    """A stream of another encoding as UTF-8; what is not of that encoding becomes U+FFFD."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        super().__init__()
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = memoryview(b"")
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        while not self._ready and not self._over:
            data = self._stream.read(_BUFFER)
            self._over = not data
            self._ready = memoryview(self._decoder.decode(data, self._over).encode("utf-8", "replace"))
        size = min(len(view), len(self._ready))
        view[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


@dataclass(frozen=True, slots=True)
class _ArchiveEnd:
    tar: TarReader

    @property
    def damage(self) -> str:
        return self.tar.damage and f"the archive is damaged: {self.tar.damage}"


class _Joined(io.RawIOBase):
    """A stream with its first bytes put back."""

    def __init__(self, start: bytes, rest: _Readable) -> None:
        super().__init__()
        self._start = memoryview(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._start:
            return self._rest.readinto(buffer) or 0
        view = memoryview(buffer).cast("B")
        size = min(len(view), len(self._start))
        view[:size] = self._start[:size]
        self._start = self._start[size:]
        return size


def begin(raw: _Readable, size: int = START) -> tuple[bytes, IO[bytes]]:
    """Return the first bytes of a stream, and the stream as if they had not been read.

    Args:
        raw: the stream.
        size: how many bytes; fewer come where the stream has no more.

    >>> start, stream = begin(io.BytesIO(b"abcdef"), 2)
    >>> start, stream.read()
    (b'ab', b'abcdef')
    """
    pieces: list[bytes] = []
    left = size
    while left and (piece := raw.read(left)):
        pieces.append(piece)
        left -= len(piece)
    start = b"".join(pieces)
    return start, cast("IO[bytes]", io.BufferedReader(_Joined(start, raw), _BUFFER))
