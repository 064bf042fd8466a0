"""Decompression as a stream: all that is sound in a compressed file, and what is wrong with the rest.

The standard library's readers raise in place of the last sound block, and unpack a bomb to its end.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP_MAGIC: Final = b"\x1f\x8b"
#: First bytes of each kind of compression that is unpacked.
MAGIC: Final = {"gzip": GZIP_MAGIC, "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
#: What follows the level in bzip2: a block, or the end of an empty file.
_BZIP2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
#: Zeros that stand behind the end of such a file are padding.
_PADDED: Final = frozenset({"gzip", "xz"})
_CHUNK: Final = 1 << 16
#: The dictionary of xz's strongest setting takes 64 MiB; a file that asks for more than this is not unpacked.
_XZ_MEMORY: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a compressed file may unpack to.

    Attributes:
        unpacked: bytes in all.
        ratio: bytes for each byte of the compressed file; text gives 3 to 30, zeros give 1,030 by gzip.
        free: bytes that are unpacked whatever the ratio.
    """

    unpacked: int = 1 << 40
    ratio: int = 500
    free: int = 64 << 20


#: No limits: for files that the user's own program has fetched and checked.
UNLIMITED: Final = Limits(1 << 62, 1 << 62, 1 << 62)


def compression_of(start: bytes) -> str:
    """Return the kind of compression that the first bytes of a file show, "" for none.

    >>> compression_of(b"\\x1f\\x8b\\x08"), compression_of(b"text")
    ('gzip', '')
    """
    kind = next((kind for kind, magic in MAGIC.items() if start.startswith(magic)), "")
    # Three letters alone may be text.
    return "" if kind == "bzip2" and start[4:10] not in _BZIP2_BLOCKS else kind


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflating(Protocol):
    """What is needed of zlib's own decompressor, whose type has no public name."""

    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...
    def copy(self) -> _Inflating: ...


class _Inflate:
    """Gives zlib's decompressor the manners of the others."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)
        self._error: zlib.error | None = None

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail and self._error is None

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._error:
            raise self._error
        data = self._inflate.unconsumed_tail + data
        before = self._inflate.copy()
        try:
            return self._inflate.decompress(data, max_length)
        except zlib.error as error:
            # The error comes in place of what was sound in this piece: that is given first.
            self._error = error
            return _before_error(before, data, max_length if max_length > 0 else _CHUNK * 4)


def _before_error(inflate: _Inflating, data: bytes, most: int) -> bytes:
    """Return what the bytes before the damage unpack to, ``most`` bytes of it at most."""
    found = b""
    step = len(data)
    while step and len(found) < most:
        trial = inflate.copy()
        try:
            more = trial.decompress(data[:step], most - len(found))
        except zlib.error:
            step //= 2
            continue
        if not more and not data:
            break
        found += more
        data = trial.unconsumed_tail + data[step:]
        inflate = trial
    return found


def _decompressor(kind: str) -> _Decompressor:
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    return _Inflate()


class Unpacked(io.RawIOBase):
    """What a compressed stream unpacks to; it ends where the damage begins and never raises for it.

    Args:
        raw: the compressed bytes, read forwards only. Several members after another are one stream.
        kind: key of `MAGIC`.
        limits: where to stop.

    Attributes:
        damage: why it ended before its end, "" while it did not.

    >>> import gzip
    >>> stream = Unpacked(io.BytesIO(gzip.compress(b"one ") + gzip.compress(b"two")[:-4]))
    >>> stream.read(), stream.damage
    (b'one two', 'it is cut short')
    """

    def __init__(self, raw: IO[bytes], kind: str = "gzip", limits: Limits = UNLIMITED) -> None:
        super().__init__()
        self._raw = raw
        self._kind = kind
        self._limits = limits
        self._member = _decompressor(kind)
        self._ready = memoryview(b"")
        self._pending = b""
        self._taken = self._given = 0
        self._over = False
        self.damage = ""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._ready and not self._over:
            self._more()
        size = min(len(view), len(self._ready))
        view[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _more(self) -> None:
        data = self._pending
        self._pending = b""
        if not data and (self._member.eof or self._member.needs_input):
            data = self._raw.read(_CHUNK)
            self._taken += len(data)
            if not data and self._member.eof:
                self._end("")
                return
        # At the end of the input the decompressor may still hold what it had no room to give.
        over = not data and self._member.needs_input
        if self._member.eof:
            data = data.lstrip(b"\0") if self._kind in _PADDED else data
            if not data:
                return
            magic = MAGIC[self._kind]
            # A magic number may itself be cut in two by the piece.
            if len(data) < len(magic):
                more = self._raw.read(_CHUNK)
                self._taken += len(more)
                data += more
            if not data.startswith(magic[: len(data)]):
                self._end("it goes on after its end")
                return
            self._member = _decompressor(self._kind)
        try:
            ready = self._member.decompress(data, _CHUNK * 4)
        except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, MemoryError) as error:
            self._end(str(error) or type(error).__name__)
            return
        if self._member.eof:
            self._pending = self._member.unused_data
        elif over and not ready:
            self._end("it is cut short")
            return
        self._given += len(ready)
        self._ready = memoryview(ready)
        self._check()

    def _check(self) -> None:
        """Stop at the limits; what is beyond them is not given."""
        limits = self._limits
        if self._given > limits.unpacked:
            self._ready = self._ready[: max(0, len(self._ready) - (self._given - limits.unpacked))]
            self._end(f"it unpacks to more than {limits.unpacked} bytes")
        elif self._given > limits.free and self._given > self._taken * limits.ratio:
            self._ready = memoryview(b"")
            self._end(f"it unpacks to more than {limits.ratio} times its size")

    def _end(self, damage: str) -> None:
        self._over, self.damage = True, damage
