"""Streams of an input: plain, compressed, archives; cut, damaged and hostile ones."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kg.documents.intake import Input
from kg.documents.streams import START, open_streams
from kg.documents.tarmembers import LONGEST_HEADER, TarReader
from kg.unpacking import Limits

_noise = random.Random(5)
LONG = "".join(f"{_noise.random()}\n" for _ in range(40_000)).encode()
TAR_FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}

#: Name, content, problem, damage, members of each stream.
Told = tuple[str, bytes, str, str, int | None]


def told(path: Path, limits: Limits | None = None, *, read: bool = True) -> list[Told]:
    found: list[Told] = []
    for source in open_streams(Input(path.name, path), limits):
        content = source.stream.read() if source.stream and read else b""
        assert content.startswith(source.start) or not read
        assert source.size in {None, len(content)} or source.damage or not read
        found.append((source.name, content, source.problem, source.damage, source.members))
    return found


def tar_bytes(members: list[tuple[tarfile.TarInfo | str, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        for member, content in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            if info.isreg():
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("content", [b"short", LONG, LONG[:START], b""])
def test_one_stream_of_a_file(tmp_path: Path, pack: Callable[[bytes], bytes], content: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(pack(content))
    assert told(path) == [("a.txt", content, "", "", None)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_encodings_with_a_byte_order_mark_come_as_utf8(
    tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    text = "F\u00e9ver 😀\n" * 40_000
    mark = b"" if encoding in {"utf-16", "utf-32"} else "\ufeff".encode(encoding)
    path = tmp_path / "a.txt"
    path.write_bytes(pack(mark + text.encode(encoding)))
    assert told(path) == [("a.txt", text.encode(), "", "", None)]
    path.write_bytes(pack((mark + "ab".encode(encoding))[:-1]))
    assert told(path) == [("a.txt", "a\ufffd".encode(), "", "", None)]


def test_compression_inside_compression_has_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    data = b"text"
    for _ in range(3):
        data = gzip.compress(data)
    path.write_bytes(data)
    assert told(path) == [("a.txt", b"text", "", "", None)]
    path.write_bytes(gzip.compress(data))
    assert told(path) == [("a.txt", b"", "compressed more than 3 times", "", None)]


def test_a_cut_file_gives_what_is_sound_and_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(LONG)[:-5_000])
    ((_, content, problem, damage, _),) = told(path)
    assert LONG.startswith(content)
    assert len(content) > len(LONG) * 0.9
    assert (problem, damage) == ("", "the compressed file is damaged: it is cut short")


def test_what_cannot_be_opened_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder,) = told(tmp_path)
    assert folder[2] == "cannot be read: Is a directory"
    assert [s.problem for s in open_streams(Input("a", tmp_path / "a", "no such file"))] == ["no such file"]


def test_a_disk_that_fails_ends_the_stream() -> None:
    # Reading a process's memory at address zero is an error of input and output, whoever asks.
    path = Path("/proc/self/mem")
    if not path.exists():
        pytest.skip("no /proc")
    ((_, content, _, damage, _),) = told(path)
    assert content == b""
    assert damage.startswith("it cannot be read any further: ")


@pytest.mark.parametrize("form", TAR_FORMATS.values(), ids=TAR_FORMATS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_each_member_is_a_stream(tmp_path: Path, form: int, pack: Callable[[bytes], bytes]) -> None:
    long_name = "folder/" + "n" * 120 + ".txt"
    members = [("./a.txt", b"one"), ("b/ä.txt", LONG), (long_name if form != tarfile.USTAR_FORMAT else "l.txt", b""),
               ("d.gz", gzip.compress(b"four"))]  # fmt: skip
    path = tmp_path / "x.bin"
    path.write_bytes(pack(tar_bytes([*members[:2], special("b/sub", tarfile.DIRTYPE), *members[2:]], form)))
    names = [name.removeprefix("./") for name, _ in members]
    contents = [b"one", LONG, b"", b"four"]
    expected = [(f"x.bin/{name}", content, "", "", None) for name, content in zip(names, contents, strict=True)]
    assert told(path) == [*expected, ("x.bin", b"", "", "", 4)]
    # What is not read is passed over.
    assert [t[0] for t in told(path, read=False)] == [t[0] for t in told(path)]


def test_hostile_members_are_set_aside_and_nothing_is_written(tmp_path: Path) -> None:
    members = [
        ("../up.txt", b"x"), ("a/../../up.txt", b"x"), ("/etc/passwd", b"x"), ("C:\\a.txt", b"x"), ("a\\..\\b", b"x"),
        special("soft", tarfile.SYMTYPE, "/etc/passwd"), special("hard", tarfile.LNKTYPE, "../up.txt"),
        special("null", tarfile.CHRTYPE), special("disk", tarfile.BLKTYPE), special("pipe", tarfile.FIFOTYPE),
        (".hidden", b"x"), ("a/.git/b.txt", b"x"), ("README.md", b"x"), ("in.tar", tar_bytes([("a", b"x")])),
        ("in.tgz", gzip.compress(tar_bytes([("a", b"x")]))), ("\udcff\n.txt", b"odd"), ("good.txt", b"good"),
    ]  # fmt: skip
    folder = tmp_path / "in" / "side"
    folder.mkdir(parents=True)
    path = folder / "x.tar"
    path.write_bytes(tar_bytes(members, tarfile.GNU_FORMAT))
    before = sorted(tmp_path.rglob("*"))
    found = told(path)
    assert {name: problem for name, _, problem, _, members in found if members is None} == {
        "x.tar/../up.txt": "its name leads out of the archive ('..')",
        "x.tar/a/../../up.txt": "its name leads out of the archive ('..')",
        "x.tar/etc/passwd": "its name is an absolute path",
        "x.tar/C:\\a.txt": "its name is an absolute path",
        "x.tar/a\\..\\b": "its name leads out of the archive ('..')",
        "x.tar/soft": "a link", "x.tar/hard": "a link", "x.tar/null": "a device", "x.tar/disk": "a device",
        "x.tar/pipe": "a pipe", "x.tar/.hidden": "a hidden file or a README",
        "x.tar/a/.git/b.txt": "a hidden file or a README", "x.tar/README.md": "a hidden file or a README",
        "x.tar/in.tar": "an archive inside an archive", "x.tar/in.tgz": "an archive inside an archive",
        "x.tar/\ufffd\ufffd.txt": "", "x.tar/good.txt": "",
    }  # fmt: skip
    assert [content for _, content, *_ in found if content] == [b"odd", b"good"]
    assert found[-1] == ("x.tar", b"", "", "", len(members))
    assert sorted(tmp_path.rglob("*")) == before


def test_sparse_files_and_unknown_types_are_passed_over(tmp_path: Path) -> None:
    sparse = tarfile.TarInfo("holes")
    sparse.type, sparse.size = tarfile.GNUTYPE_SPARSE, 600
    # A sparse header whose map goes on in two blocks of its own.
    head = bytearray(sparse.tobuf(tarfile.GNU_FORMAT))
    head[482] = 1
    head[148:156] = b" " * 8
    head[148:156] = f"{sum(head):06o}\0 ".encode()
    goes_on = bytearray(512)
    goes_on[504] = 1
    odd = tarfile.TarInfo("odd")
    odd.type, odd.size = b"D", 5
    rest = tar_bytes([("good.txt", b"good")])
    path = tmp_path / "x.tar"
    path.write_bytes(bytes(head) + goes_on + bytes(512) + b"d" * 600 + bytes(424) + odd.tobuf() + bytes(512) + rest)
    assert [(name, content, problem) for name, content, problem, *_ in told(path)] == [
        ("x.tar/holes", b"", "a sparse file"), ("x.tar/odd", b"", "of a type that is not read"),
        ("x.tar/good.txt", b"good", ""), ("x.tar", b"", ""),
    ]  # fmt: skip


def test_pax_sizes_and_sparse_files_of_pax(tmp_path: Path) -> None:
    wide = tarfile.TarInfo("a.txt")
    wide.pax_headers = {"size": "4", "comment": "of this one only"}
    wide.size = 4
    holes = tarfile.TarInfo("holes.txt")
    holes.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.name": "real.txt"}
    path = tmp_path / "x.tar"
    path.write_bytes(tar_bytes([(wide, b"four"), (holes, b"map and data"), ("b.txt", b"more")]))
    assert [(name, content, problem) for name, content, problem, *_ in told(path)] == [
        ("x.tar/a.txt", b"four", ""), ("x.tar/real.txt", b"", "a sparse file"), ("x.tar/b.txt", b"more", ""),
        ("x.tar", b"", ""),
    ]  # fmt: skip


def test_a_header_without_end_fills_no_memory(tmp_path: Path) -> None:
    name = tarfile.TarInfo("././@LongLink")
    name.type, name.size = tarfile.GNUTYPE_LONGNAME, 40 << 20
    path = tmp_path / "x.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(name.tobuf(tarfile.GNU_FORMAT))
        for _ in range(40):
            file.write(b"n" * (1 << 20))
        file.write(tar_bytes([("cut-name.txt", b"x"), ("b.txt", b"more")]))
    tracemalloc.start()
    found = told(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
    assert [(n, c, p) for n, c, p, *_ in found[:2]] == [
        ("x.tar.gz/cut-name.txt", b"", f"its header is longer than {LONGEST_HEADER} bytes"), ("x.tar.gz/b.txt", b"more", ""),
    ]  # fmt: skip


def test_bombs_are_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"text\n" + bytes(50_000_000)))
    ((_, content, _, damage, _),) = told(path, Limits(free=1 << 20))
    assert len(content) < 50_000_000
    assert damage == "the compressed file is damaged: it unpacks to more than 500 times its size"
    ((_, content, _, damage, _),) = told(path, Limits(unpacked=1_000_000))
    assert len(content) == 1_000_000
    assert damage == "the compressed file is damaged: it unpacks to more than 1000000 bytes"
    path = tmp_path / "bomb.tar"
    path.write_bytes(tar_bytes([("big.txt", bytes(3_000)), ("b.gz", gzip.compress(bytes(5_000))), ("c.txt", b"c")]))
    assert [t[2:4] for t in told(path, Limits(unpacked=2_000))] == [
        ("3000 bytes; at most 2000 are read", ""),
        ("", "the compressed file is damaged: it unpacks to more than 2000 bytes"), ("", ""), ("", ""),
    ]  # fmt: skip


def test_a_member_that_claims_more_than_there_is(tmp_path: Path) -> None:
    info = tarfile.TarInfo("huge.txt")
    info.size = 1 << 36
    path = tmp_path / "x.tar"
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + b"only this")
    assert told(path) == [
        ("x.tar/huge.txt", b"only this", "", "the archive ends inside it", None),
        ("x.tar", b"", "", "the archive is damaged: it is cut short", 1),
    ]
    negative = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    negative[124:136] = b"\xff" * 12
    negative[148:156] = b" " * 8
    negative[148:156] = f"{sum(negative):06o}\0 ".encode()
    path.write_bytes(bytes(negative) + LONG)
    assert told(path) == [("x.tar", b"", "", "the archive is damaged: a header is damaged", 0)]


def test_an_archive_that_is_damaged_ends_there(tmp_path: Path) -> None:
    whole = bytearray(tar_bytes([("a.txt", b"one"), ("b.txt", b"two"), ("c.txt", b"three")], tarfile.USTAR_FORMAT))
    path = tmp_path / "x.tar"
    whole[1024 + 20] ^= 255
    path.write_bytes(bytes(whole))
    assert [(t[0], t[1], t[3]) for t in told(path)] == [
        ("x.tar/a.txt", b"one", ""), ("x.tar", b"", "the archive is damaged: a header is damaged")
    ]  # fmt: skip
    path.write_bytes(bytes(whole[:1024]))
    assert told(path)[-1][3] == "the archive is damaged: it has no mark of its end: members may be missing"
    joined = tar_bytes([("a.txt", b"one")]) + tar_bytes([("b.txt", b"two")])
    path.write_bytes(joined)
    assert [t[1] for t in told(path)] == [b"one", b"two", b""]
    path.write_bytes(joined + b"rubbish" * 100)
    assert told(path)[-1][3] == "the archive is damaged: it goes on after its end"
    path.write_bytes(bytes(2048))
    assert told(path) == [("x.tar", b"", "", "", 0)]


def test_a_cut_compressed_archive_gives_its_first_members(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(gzip.compress(tar_bytes([("a.txt", b"one"), ("b.txt", LONG), ("c.txt", b"three")]))[:-20_000])
    first, second, itself = told(path)
    assert first[:2] == ("x.tar.gz/a.txt", b"one")
    assert LONG.startswith(second[1])
    assert second[3] == "the archive ends inside it"
    assert itself[3] == "the compressed file is damaged: it is cut short"


@hypothesis_settings(max_examples=60)
@given(st.data())
def test_no_change_of_an_archive_raises(data: st.DataObject) -> None:
    whole = bytearray(tar_bytes([("a.txt", b"one" * 300), ("n" * 200, b"two"), special("l", tarfile.SYMTYPE, "a")]))
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    reader = TarReader(io.BytesIO(bytes(whole[: data.draw(st.integers(0, len(whole)))])))
    sizes = [len(member.stream.read()) if member.stream else 0 for member in reader]
    assert sum(sizes) <= len(whole)


def test_many_members_fill_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    block = tar_bytes([(f"{i}.txt", b"x") for i in range(2_000)], tarfile.USTAR_FORMAT)
    with path.open("wb") as file:
        for _ in range(3):
            file.write(block)
    tracemalloc.start()
    count = sum(source.members is None for source in open_streams(Input("x.tar", path)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 6_000
    assert peak < 3 << 20


def test_files_are_closed(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(tar_bytes([("a.txt", b"one"), ("b.txt", b"two")]))
    folder = Path("/proc/self/fd")
    if not folder.exists():
        pytest.skip("no /proc")
    before = len(list(folder.iterdir()))
    told(path)
    streams = open_streams(Input("x.tar", path))
    next(streams)
    streams.close()  # type: ignore[attr-defined]
    assert len(list(folder.iterdir())) == before
