"""Lines of a byte stream, repaired as they come and never longer than a limit.

A line ends in LF or CRLF; in a stream whose first block has no LF, in CR. A CR elsewhere is a character of the text
unless a pattern says that a new record begins behind it. NUL bytes and bytes that are not UTF-8 become one U+FFFD
each, so that offsets that count characters hold; such a line comes with its problem.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import IO, Final

#: Bytes that are read at once.
BLOCK: Final = 1 << 18
#: A line longer than this is not read.
MAX_LINE_BYTES: Final = 16 << 20

#: Problems of a line.
NUL: Final = "holds NUL bytes"
NOT_UTF8: Final = "is not UTF-8"
LONG: Final = f"is longer than {MAX_LINE_BYTES >> 20} MiB"
#: The stream cannot be read any further; the line has no text.
BROKEN: Final = "the input breaks off here: it is cut or damaged"
#: The last line, where it is not closed by a line end.
OPEN: Final = "has no line end"

_BOM: Final = b"\xef\xbb\xbf"
_KEPT_OF_LONG: Final = 400


def stream_lines(
    stream: IO[bytes], record: re.Pattern[str] | None = None, limit: int = MAX_LINE_BYTES
) -> Iterator[tuple[int, str, str]]:
    """Yield (1-based number, text, problem) of every line; the problem is "" where there is none.

    Args:
        stream: bytes, read forwards only.
        record: what follows a lone CR that ends a line (matched behind the CR); without it a lone CR is text.
        limit: bytes of the longest line that is read; of a longer one come its first characters and ``LONG``.

    >>> import io
    >>> list(stream_lines(io.BytesIO(b"a\\r\\n\\x00b\\nc")))
    [(1, 'a', ''), (2, '\ufffdb', 'holds NUL bytes'), (3, 'c', 'has no line end')]
    """
    number = 1
    pieces: list[bytes] = []
    size = 0
    end = b""
    for block in _blocks(stream):
        if isinstance(block, str):
            if size:
                yield from _number(number, _flush(pieces, size, limit, end, record), OPEN)
            yield number + bool(size), "", block
            return
        if not end:
            end = b"\r" if b"\r" in block[:-1] and b"\n" not in block else b"\n"
        cut = block.rfind(end)
        if cut < 0:
            if size <= limit:
                pieces.append(block)
            size += len(block)
            continue
        if size > limit:
            first = block.find(end)
            yield from _number(number, _flush(pieces, size, limit, end, record), "")
            number += 1
            pieces, size = [], 0
            chunk = block[first + 1 : cut] if first < cut else None
        else:
            chunk = b"".join([*pieces, block[:cut]])
        if chunk is not None:
            clean = _clean(chunk, end)
            if clean is None:
                for raw in chunk.split(end):
                    yield from _number(number, _dirty(raw, record), "")
                    number += 1
            else:
                for text in clean:
                    yield number, text, ""
                    number += 1
        rest = block[cut + 1 :]
        pieces, size = ([rest], len(rest)) if rest else ([], 0)
    if size:
        yield from _number(number, _flush(pieces, size, limit, end, record), OPEN)


def _blocks(stream: IO[bytes]) -> Iterator[bytes | str]:
    """Yield the stream's blocks without the byte order mark, and `BROKEN` where it fails."""
    first = True
    # One read of what lies below: what comes before a damage is not lost with it, and a pipe does not wait.
    read = getattr(stream, "read1", stream.read)
    while True:
        try:
            block = read(BLOCK)
        except (OSError, EOFError, zlib.error):
            yield BROKEN
            return
        if not block:
            return
        yield block.removeprefix(_BOM) if first else block
        first = False


def _number(number: int, lines: list[tuple[str, str]], problem: str) -> Iterator[tuple[int, str, str]]:
    for text, own in lines:
        yield number, text, own or problem


def _flush(
    pieces: list[bytes], size: int, limit: int, end: bytes, record: re.Pattern[str] | None
) -> list[tuple[str, str]]:
    """Return the parts of the one line that ``pieces`` hold."""
    if size > limit:
        return [(pieces[0][:_KEPT_OF_LONG].decode("utf-8", "replace").replace("\x00", "\ufffd"), LONG)]
    raw = b"".join(pieces)
    clean = _clean(raw, end)
    return _dirty(raw, record) if clean is None else [(text, "") for text in clean]


def _clean(chunk: bytes, end: bytes) -> list[str] | None:
    """Return the lines of a chunk, None where one of them needs repair."""
    if b"\x00" in chunk:
        return None
    if end == b"\r":
        chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    elif b"\r" in chunk:
        # The LF of the chunk's last line is cut off already.
        chunk = chunk.replace(b"\r\n", b"\n").removesuffix(b"\r")
        if b"\r" in chunk:
            return None
    try:
        return chunk.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return None


def _dirty(raw: bytes, record: re.Pattern[str] | None) -> list[tuple[str, str]]:
    problem = ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text, problem = raw.decode("utf-8", "replace"), NOT_UTF8
    if "\x00" in text:
        text, problem = text.replace("\x00", "\ufffd"), NUL
    text = text.rstrip("\r")
    parts: list[tuple[str, str]] = []
    start = at = 0
    while record and (at := text.find("\r", at)) >= 0:
        at += 1
        if record.match(text, at):
            parts.append((text[start : at - 1], problem))
            start = at
    return [*parts, (text[start:], problem)]
