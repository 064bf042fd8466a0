"""Decompression as a stream: cut, damaged, joined and hostile files of every kind."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.unpacking import Limits, Unpacked, compression_of

KINDS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}
_noise = random.Random(7)
WORDS = "".join(f"{_noise.random()}\n" for _ in range(60_000)).encode()

kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
def test_told_and_unpacked_whole(kind: str) -> None:
    data = KINDS[kind](WORDS)
    assert compression_of(data[:16]) == kind
    assert compression_of(kind.encode()) == compression_of(b"BZh9 is a text") == ""
    stream = Unpacked(io.BytesIO(data), kind)
    assert stream.read() == WORDS
    assert stream.damage == ""


@kinds
def test_cut_anywhere_gives_the_begin_and_a_reason(kind: str) -> None:
    data = KINDS[kind](WORDS)
    for cut in (len(data) - 1, len(data) // 2, 20):
        stream = Unpacked(io.BytesIO(data[:cut]), kind)
        found = stream.read()
        assert WORDS.startswith(found)
        assert stream.damage == "it is cut short"
    # What comes before is not lost: xz and bzip2 give whole blocks only.
    assert kind != "gzip" or len(found) < len(WORDS)


@kinds
def test_members_follow_each_other_and_rubbish_is_told(kind: str) -> None:
    data = KINDS[kind](b"one ") + KINDS[kind](b"two")
    stream = Unpacked(io.BytesIO(data), kind)
    assert (stream.read(), stream.damage) == (b"one two", "")
    stream = Unpacked(io.BytesIO(data + b"rubbish"), kind)
    assert (stream.read(), stream.damage) == (b"one two", "it goes on after its end")


@kinds
def test_damage_in_the_middle_ends_the_stream(kind: str) -> None:
    data = bytearray(KINDS[kind](WORDS))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    stream = Unpacked(io.BytesIO(bytes(data)), kind)
    assert WORDS.startswith(stream.read()[: len(WORDS) // 4])
    assert stream.damage


def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    bomb = gzip.compress(bytes(30_000_000))
    by_ratio = Unpacked(io.BytesIO(bomb), "gzip", Limits(free=1_000_000))
    assert len(by_ratio.read()) < len(bomb) * 500 + 1_000_000 < 20_000_000
    assert by_ratio.damage == "it unpacks to more than 500 times its size"
    by_size = Unpacked(io.BytesIO(bomb), "gzip", Limits(unpacked=5_000_000))
    assert len(by_size.read()) == 5_000_000
    assert by_size.damage == "it unpacks to more than 5000000 bytes"


def test_xz_that_asks_for_too_much_memory_is_refused() -> None:
    # The header's word is enough; the encoder itself would take ten times the dictionary.
    header = bytearray(lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "preset": 0}]))
    block = header[12:24]
    place = bytes(block).index(b"\x21\x01") + 2
    block[place] = 36  # 2^(36/2 + 12) = 1 GiB
    size = (block[0] + 1) * 4
    block[size - 4 : size] = zlib.crc32(bytes(block[: size - 4])).to_bytes(4, "little")
    header[12:24] = block
    stream = Unpacked(io.BytesIO(bytes(header)), "xz")
    assert stream.read() == b""
    assert "emory" in stream.damage


@given(st.binary(max_size=3_000), st.integers(1, 4), st.integers(0, 60), st.sampled_from(sorted(KINDS)))
def test_no_cut_raises(data: bytes, members: int, cut: int, kind: str) -> None:
    parts = [KINDS[kind](data[i::members]) for i in range(members)]
    whole = b"".join(parts)
    at = max(0, len(whole) - cut)
    # A file that is cut between its members is a whole one.
    boundary = at in {sum(map(len, parts[:i])) for i in range(1, members)}
    stream = Unpacked(io.BytesIO(whole[:at]), kind)
    expected = b"".join(data[i::members] for i in range(members))
    found = stream.read()
    assert expected.startswith(found)
    assert boundary or found == expected or stream.damage


def test_a_cut_gzip_gives_every_byte_that_can_be_had() -> None:
    # At most of these cuts the decompressor holds bytes that it had no room to give.
    data = gzip.compress(bytes(900_000))
    for cut in range(12, len(data) - 8):
        inflate = zlib.decompressobj(wbits=31)
        everything = inflate.decompress(data[:cut]) + inflate.flush()
        stream = Unpacked(io.BytesIO(data[:cut]))
        assert len(stream.read()) == len(everything)
        assert stream.damage == "it is cut short"


def test_what_comes_before_an_error_is_given() -> None:
    data = bytearray(gzip.compress(WORDS))
    data[-8] ^= 1
    stream = Unpacked(io.BytesIO(bytes(data)))
    assert stream.read() == WORDS
    assert "data check" in stream.damage
    # A block of the kind that does not exist, after one that is sound.
    deflate = zlib.compressobj(wbits=31)
    sound = deflate.compress(WORDS) + deflate.flush(zlib.Z_FULL_FLUSH)
    stream = Unpacked(io.BytesIO(sound + b"\xff" * 20))
    assert stream.read() == WORDS
    assert stream.damage
