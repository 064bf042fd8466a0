"""The members of a tar archive, read forwards only, with nothing ever written to disk.

Headers are those of POSIX pax, ustar, GNU and the old format (POSIX.1-2017, `pax`, "ustar Interchange Format"). Python's
own reader keeps every member in memory and reads a header of any length; an archive from elsewhere may hold millions
of the ones and gigabytes of the other.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK: Final = 512
#: A longer header that goes before a member (its name, its attributes) is not read.
LONGEST_HEADER: Final = 1 << 20
_CHUNK: Final = 1 << 16

_REGULAR: Final = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE})
_NOT_READ: Final = {
    tarfile.LNKTYPE: "a link", tarfile.SYMTYPE: "a link", tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe", tarfile.GNUTYPE_SPARSE: "a sparse file",
}  # fmt: skip
#: Types whose size is no number of bytes that follow.
_WITHOUT_DATA: Final = frozenset(
    {tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, b"V"}
)
_PAX: Final = frozenset({tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE})
#: Directories and labels of volumes hold nothing.
_NOTHING: Final = frozenset({tarfile.DIRTYPE, b"V"})
_NAMED: Final = re.compile(r"\.(?:tar(?:\.(?:gz|bz2|xz))?|tgz|tbz2?|txz)$", re.IGNORECASE)
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]|[\\/]")


def is_tar(start: bytes, name: str = "") -> bool:
    """Tell by the first block whether a stream is a tar archive; by its name where that block holds binary dirt.

    >>> is_tar(b"1|t|A title"), is_tar(bytes(512)), is_tar(bytes(512), "a.tar")
    (False, False, True)
    """
    try:
        tarfile.TarInfo.frombuf(start[:BLOCK], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return bool(_NAMED.search(name)) and b"\0" in start[:BLOCK]
    return True


@dataclass(slots=True)
class Member:
    """One member.

    Attributes:
        name: its name in the archive, without ``./``.
        size: its bytes.
        stream: its content, to be read before the next member is asked for; None where it is not read.
        problem: why it is not read, "" where it is.
    """

    name: str
    size: int
    stream: Content | None = None
    problem: str = ""


class Content(io.RawIOBase):
    """The bytes of one member.

    Attributes:
        damage: why they ended before their end, "" while they did not.
    """

    def __init__(self, stream: IO[bytes], size: int) -> None:
        super().__init__()
        self._stream = stream
        self.left = size
        self.damage = ""

    def readable(self) -> bool:
        """Tell that it can be read.

        >>> Content(io.BytesIO(b"text"), 4).readable()
        True
        """
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill a buffer; 0 at the end.

        >>> content, buffer = Content(io.BytesIO(b"text and more"), 4), bytearray(10)
        >>> content.readinto(buffer), bytes(buffer[:4])
        (4, b'text')
        """
        view = memoryview(buffer).cast("B")
        data = self._stream.read(min(len(view), self.left))
        if not data and self.left and len(view):
            self.damage, self.left = "the archive ends inside it", 0
        self.left -= len(data)
        view[: len(data)] = data
        return len(data)


@dataclass(slots=True)
class _Before:
    """What the headers that go before a member say of it."""

    name: str = ""
    size: int | None = None
    problem: str = ""


@dataclass(slots=True)
class TarReader:
    """Iterates over the members of an archive, once.

    Args:
        stream: the bytes of the archive, not compressed.

    Attributes:
        damage: why the archive ended before its end, "" while it did not.
    """

    stream: IO[bytes]
    damage: str = ""
    _ended: bool = field(default=False, init=False)

    def __iter__(self) -> Iterator[Member]:
        """Yield the members that can be read or set aside; directories are none."""
        before = _Before()
        while (header := self._header()) is not None:
            info, block = header
            kind = info.type
            size = before.size if before.size is not None and kind in _REGULAR else info.size
            if size < 0 or (before.size is not None and before.size < 0):
                self.damage = "a header is damaged"
                return
            if kind in _PAX or kind in {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XGLTYPE}:
                if not self._before(kind, size, before):
                    return
                continue
            content = Content(self.stream, 0 if kind in _WITHOUT_DATA else size)
            if kind == tarfile.GNUTYPE_SPARSE and not self._pass_map(block):
                return
            padding = -content.left % BLOCK
            if kind not in _NOTHING:
                yield self._member(before, info, content)
            before = _Before()
            if not self._skip(content.left) or content.damage:
                self.damage = "it is cut short"
                return
            self._skip(padding)

    def _header(self) -> tuple[tarfile.TarInfo, bytes] | None:
        """Return the next header; None at the end."""
        zeros = 0
        while True:
            block = self.stream.read(BLOCK)
            if len(block) < BLOCK:
                if block.strip(b"\0"):
                    self.damage = "it goes on after its end" if self._ended else "it is cut short"
                elif not self._ended and not zeros:
                    self.damage = "it has no mark of its end: members may be missing"
                return None
            if not block.strip(b"\0"):
                zeros += 1
                self._ended = self._ended or zeros > 1
                continue
            try:
                # Archives that were joined go on behind an end.
                return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape"), block
            except (tarfile.TarError, ValueError):
                self.damage = "it goes on after its end" if self._ended else "a header is damaged"
                return None

    def _before(self, kind: bytes, size: int, before: _Before) -> bool:
        """Read a header that goes before a member; False where the archive ends in it."""
        data = b""
        if size <= LONGEST_HEADER:
            data = self.stream.read(size)
            if len(data) < size or not self._skip(-size % BLOCK):
                self.damage = "it is cut short"
                return False
        else:
            if not self._skip(size + -size % BLOCK):
                self.damage = "it is cut short"
                return False
            if kind != tarfile.XGLTYPE:
                before.problem = f"its header is longer than {LONGEST_HEADER} bytes"
        if kind == tarfile.GNUTYPE_LONGNAME:
            before.name = data.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
        elif kind in _PAX:
            said = _pax(data)
            before.name = said.get("GNU.sparse.name", said.get("path", before.name))
            if (written := said.get("size", "")).isascii() and written.isdigit():
                before.size = int(written[:20])
            if any(key.startswith("GNU.sparse.") for key in said):
                before.problem = before.problem or "a sparse file"
        return True

    def _pass_map(self, block: bytes) -> bool:
        """Go behind the blocks of a sparse file's map."""
        goes_on = block[482]
        while goes_on:
            block = self.stream.read(BLOCK)
            if len(block) < BLOCK:
                self.damage = "it is cut short"
                return False
            goes_on = block[504]
        return True

    def _member(self, before: _Before, info: tarfile.TarInfo, content: Content) -> Member:
        name = before.name or info.name
        problem = before.problem or _name_problem(name)
        if info.type not in _REGULAR:
            problem = _NOT_READ.get(info.type, "of a type that is not read")
        clean = "/".join(part for part in name.split("/") if part not in {"", "."})
        return Member(clean or "?", content.left, None if problem else content, problem)

    def _skip(self, size: int) -> bool:
        """Go on by so many bytes; False where the archive ends before."""
        while size > 0:
            data = self.stream.read(min(size, _CHUNK))
            if not data:
                return False
            size -= len(data)
        return True


def _pax(data: bytes) -> dict[str, str]:
    """Return the records of a pax header: ``length key=value`` lines.

    >>> _pax(b"15 path=ab/c.x\\n11 size=40\\n")
    {'path': 'ab/c.x', 'size': '40'}
    """
    said: dict[str, str] = {}
    at = 0
    while at < len(data):
        digits, space, _ = data[at : at + 20].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        record = data[at + len(digits) + 1 : at + length]
        key, equals, value = record.removesuffix(b"\n").partition(b"=")
        if not equals:
            break
        said[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        at += length
    return said


def _name_problem(name: str) -> str:
    """Say what is wrong with the name of a member, "" where nothing is.

    >>> _name_problem("a/../b"), _name_problem("C:\\\\a"), _name_problem("./a..b")
    ("its name leads out of the archive ('..')", 'its name is an absolute path', '')
    """
    if _DRIVE.match(name):
        return "its name is an absolute path"
    if ".." in re.split(r"[\\/]", name):
        return "its name leads out of the archive ('..')"
    return "" if name.strip("./") else "it has no name"
