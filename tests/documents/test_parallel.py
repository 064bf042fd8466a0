"""Reading in several processes: what comes back is what one process reads, and it ends cleanly however it ends."""

from __future__ import annotations

import gzip
import io
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.documents import parallel
from kg.documents.intake import Input, find_inputs
from kg.documents.parallel import Batch, read_batches, read_documents
from kg.documents.pubtator import read_pubtator
from kg.documents.pubtatorblocks import cut, document_id, read_blocks
from kg.documents.tally import Tally
from kg.documents.workers import Workers
from kg.errors import CasegraphError
from kg.model import Document, LedgerEntry
from tests.documents.test_pubtator import lines
from tests.documents.test_reading import SAMPLES
from tests.terms.full_data import full_data

Everything = list[tuple[int, str, list[Document], list[LedgerEntry]]]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2) as two:
        yield two


def itself(document: Document) -> Document:
    return document


def sequential(data: bytes) -> tuple[list[Document], list[LedgerEntry]]:
    tally = Tally("a.txt")
    return list(read_pubtator(io.BytesIO(data), "a.txt", tally)), list(tally.entries())


def in_blocks(data: bytes, size: int, workers: Workers) -> tuple[list[Document], list[LedgerEntry]]:
    tally = Tally("a.txt")
    return list(read_blocks(io.BytesIO(data), "a.txt", tally, workers, itself, size)), list(tally.entries())


def everything(batches: Iterator[Batch[Document]]) -> Everything:
    """Put the batches of each stream together, and check that they are told as they should be."""
    streams: Everything = []
    begun = False
    for batch in batches:
        if not begun:
            streams.append((batch.number, batch.name, [], []))
        number, name, documents, entries = streams[-1]
        assert (batch.number, batch.name, batch.first) == (number, name, len(documents))
        documents += batch.made
        entries += batch.entries
        assert batch.last == bool(batch.entries)
        begun = not batch.last
    assert not begun
    return streams


def drifting(gap: int, key: str) -> list[str]:
    """Return a document whose offsets count ``gap`` characters between title and abstract."""
    return [f"{key}|t|Fever", f"{key}|a|Rash and pain",
            f"{key}\t{5 + gap}\t{9 + gap}\tRash\tDisease\tD005076",
            f"{key}\t{14 + gap}\t{18 + gap}\tpain\tDisease\tD010146"]  # fmt: skip


#: Documents, and lines that are stray, late, cut, doubled or damaged.
PIECES = [
    *(lines(key) for key in ("1", "2", "3")), ["rubbish"], ["\tx\ty"], [""], ["9\t0\t5\tFever\tDisease\tD005334"],
    ["1\t0\t5\tFever\tDisease\tD005334"], ["2|t|"], ["3|a|Late abstract\x00."], ["4|t|\ufffd"], ["1\tCID\tD1\tD2"],
    ["1\t0\t5"], ["5|t|No abstract"], ["6|a|goes", "on"], *(drifting(gap, f"8{gap}") for gap in (0, 1, 2)),
    # One span that fits two gaps: what the documents before it have shown decides.
    ["70|t|Fever", "70|a|Rash and pain", "70\t5\t9\tRash\tDisease\tD005076"],
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=60),
    st.sampled_from([1, 120, 1000]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(0, 40),
)
def test_blocks_are_as_one(workers: Workers, pieces: list[list[str]], size: int, end: str, lost: int) -> None:
    data = end.join(line for piece in pieces for line in piece).encode()
    data = data[: len(data) - lost]
    assert in_blocks(data, size, workers) == sequential(data)


def test_more_records_are_set_aside_than_the_ledger_shows(workers: Workers) -> None:
    data = "".join(f"{i}|t|Fever\n\nrubbish {i}\n{i}\t0\t9\n" for i in range(200)).encode()
    documents, entries = in_blocks(data, 500, workers)
    assert (documents, entries) == sequential(data)
    assert len([e for e in entries if e.outcome == "set_aside" and e.line]) == 40


def test_the_gap_goes_from_block_to_block(workers: Workers) -> None:
    """A title and its abstract that stand side by side: one span does not show it, but documents before it do."""
    shown = [line for i in range(30) for line in drifting(0, str(100 + i))]
    data = "\n".join([*shown, *PIECES[-1], *drifting(2, "7"), *PIECES[-1], *shown]).encode()
    want = sequential(data)
    for size in (1, 300, 5000):
        assert in_blocks(data, size, workers) == want
    # Without what was shown before, the span is mended otherwise: the state matters.
    alone, _ = sequential("\n".join(PIECES[-1]).encode())
    among = next(d for d in want[0] if d.pmid == "70")
    assert among.findings != alone[0].findings


def test_real_dirt_is_the_same_in_blocks(workers: Workers) -> None:
    data = gzip.decompress(full_data("corpora/bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz").read_bytes())
    chosen = random.Random(3)
    for size in (10_000, 200_000):
        dirty = bytearray(data)
        for _ in range(300):
            at = chosen.randrange(len(dirty))
            dirty[at : at + chosen.randrange(3)] = chosen.choice(
                [b"", b"\0", b"\n", b"\xff", "α".encode(), b"\t", b"\r"]
            )
        assert in_blocks(bytes(dirty), size, workers) == sequential(bytes(dirty))


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Input]:
    """Return files of every format: plain, packed, damaged, many in an archive; small and large ones."""
    monkeypatch.setattr(parallel, "SMALL", 100_000)
    monkeypatch.setattr(parallel, "GROUP", (150_000, 7))
    for name, (_, text, _) in SAMPLES.items():
        (tmp_path / f"{name.replace(' ', '-')}.txt").write_text(text)
        (tmp_path / f"{name.replace(' ', '-')}.txt.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    large = "".join("\n".join(lines(str(i))) + "\n\n" for i in range(1500)).encode()
    assert len(large) > parallel.SMALL
    (tmp_path / "large.txt").write_bytes(large)
    packed = gzip.compress(large, mtime=0)
    (tmp_path / "large.txt.gz").write_bytes(packed)
    (tmp_path / "large-cut.txt.gz").write_bytes(packed[: len(packed) * 2 // 3])
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(large[:90_000], mtime=0)[:-900])
    (tmp_path / "zoo.txt").write_bytes(b"\x7fELF" + bytes(1 << 21))
    (tmp_path / "large.jsonl").write_text((SAMPLES["bioc lines"][1]) * 600)
    (tmp_path / "empty.txt").touch()
    with tarfile.open(tmp_path / "many.tar.gz", "w:gz") as archive:
        for name, (_, text, _) in SAMPLES.items():
            member = tarfile.TarInfo(f"{name}.txt")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
        member = tarfile.TarInfo("large.txt")
        member.size = len(large)
        archive.addfile(member, io.BytesIO(large))
    archive_bytes = (tmp_path / "many.tar.gz").read_bytes()
    (tmp_path / "many-cut.tar.gz").write_bytes(archive_bytes[: len(archive_bytes) // 2])
    return [*find_inputs([tmp_path]), Input("gone.txt", tmp_path / "gone.txt", "no such file")]


def test_many_inputs_are_read_as_by_one(inputs: list[Input]) -> None:
    want = everything(read_batches(inputs, itself))
    assert sum(len(documents) for _, _, documents, _ in want) > 5_000
    assert everything(read_batches(inputs, itself, jobs=3)) == want


def test_documents_come_in_their_order(inputs: list[Input]) -> None:
    some = [item for item in inputs if "large" not in item.name and "many" not in item.name]
    assert [d.id for d in read_documents(some, jobs=2)] == [d.id for d in read_documents(some)]


def test_no_more_is_read_ahead_than_there_are_blocks_in_flight() -> None:
    class Counting(io.BytesIO):
        taken = 0

        def read1(self, size: int | None = -1, /) -> bytes:
            # Smaller pieces than a reader asks for, as a pipe gives them.
            data = super().read1(min(size or 0, 1000))
            self.taken += len(data)
            return data

    one = "\n".join(lines("9999")) + "\n\n"
    stream = Counting("".join(one.replace("9999", str(i)) for i in range(1000, 9000)).encode())
    with Workers(2) as workers:
        made = read_blocks(stream, "a.txt", Tally("a.txt"), workers, document_id, 5000)
        seen = 0
        for _ in made:
            seen += 1
            # Blocks in flight, the one that is cut and the documents that are open for more lines.
            assert stream.taken <= seen * len(one) + (workers.most + 2) * 6000 + 10 * len(one)
    assert seen == 8000


def test_a_block_ends_where_a_document_ends() -> None:
    data = "".join("\n".join(lines(str(i))) + "\n" for i in range(50)).encode()
    blocks = list(cut(io.BytesIO(data), 700))
    assert len(blocks) == 17
    assert sum(map(len, blocks)) == 50


# Ends


def dies(document: Document) -> str:
    if document.pmid == "4000":
        os._exit(9)
    return document.id


def fails(document: Document) -> str:
    if document.pmid == "4000":
        raise ValueError(f"cannot pack {document.id}")
    return document.id


@pytest.fixture
def large(tmp_path: Path) -> Input:
    path = tmp_path / "large.txt"
    path.write_text("".join("\n".join(lines(str(i))) + "\n\n" for i in range(6000)))
    return Input("large.txt", path)


def test_the_death_of_a_worker_is_told(large: Input) -> None:
    with pytest.raises(CasegraphError, match="a process that reads documents died"):
        list(read_batches([large], dies, jobs=2))


def test_an_error_of_a_worker_is_raised_here(large: Input) -> None:
    with pytest.raises(ValueError, match="cannot pack PMID:4000"):
        list(read_batches([large], fails, jobs=2))


def test_workers_go_when_nobody_reads_on(large: Input) -> None:
    before = set(multiprocessing.active_children())
    batches = read_batches([large], document_id, jobs=2)
    next(batches)
    assert len(set(multiprocessing.active_children()) - before) == 2
    batches.close()  # type: ignore[attr-defined]
    assert set(multiprocessing.active_children()) == before


def test_beside_other_threads_workers_are_spawned(large: Input) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        some = everything(read_batches([large], itself, jobs=2))
    finally:
        done.set()
        thread.join()
    assert some == everything(read_batches([large], itself))


SCRIPT = """
import sys
from pathlib import Path
from kg.documents.intake import Input
from kg.documents.parallel import read_batches
from kg.documents.pubtatorblocks import document_id

if __name__ == "__main__":
    for batch in read_batches([Input("a", Path(sys.argv[1]))], document_id, jobs=2):
        print(batch.first, flush=True)
        sys.stdin.readline()
"""


def begin(path: Path, script: Path) -> tuple[subprocess.Popen[str], IO[str]]:
    """Begin to read a file in a group of processes of its own; return when the first documents are there."""
    script.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, str(script), str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    assert process.stderr is not None
    return process, process.stderr


def children(parent: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return state[0] != "Z"


@pytest.mark.skipif(not Path("/proc/thread-self/children").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_every_process_ends_with_the_reading(large: Input, tmp_path: Path, how: signal.Signals) -> None:
    process, errors = begin(large.path, tmp_path / "reads.py")
    workers = children(process.pid)
    assert len(workers) == 2
    if how == signal.SIGINT:
        # Ctrl-C reaches every process of the terminal.
        os.killpg(process.pid, how)
    else:
        process.send_signal(how)
    process.wait(10)
    told = errors.read()
    until = time.monotonic() + 10
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, workers))
    if how == signal.SIGINT:
        assert told.count("Traceback") == 1
        assert "KeyboardInterrupt" in told
    else:
        assert told == ""
    for pipe in (process.stdin, process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()
