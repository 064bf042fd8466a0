"""One door: every format in every wrapping, its ledger, and the published corpora through it."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import random
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.documents.intake import Input, find_inputs
from kg.documents.reading import Stream, read_input, read_streams
from kg.documents.tablecolumns import TableColumns
from kg.model import DISEASE, Document, LedgerEntry
from kg.unpacking import Limits
from tests.pages import SEED, page
from tests.terms.full_data import full_data

PUBTATOR = "1234567|t|Fever after aspirin.\n1234567|a|It fell.\n1234567\t0\t5\tFever\tDisease\tD005334\n"
BIOC: dict[str, object] = {
    "id": "1234567",
    "passages": [
        {"infons": {"type": "title"}, "offset": 0, "text": "Fever after aspirin.", "annotations": [
            {"id": "1", "infons": {"type": "Disease", "identifier": "MESH:D005334"}, "text": "Fever",
             "locations": [{"offset": 0, "length": 5}]}]},
    ],
}  # fmt: skip
BIOC_XML = (
    "<?xml version='1.0'?><collection><source>x</source><document><id>1234567</id><passage><infon key='type'>title"
    "</infon><offset>0</offset><text>Fever after aspirin.</text><annotation id='1'><infon key='type'>Disease</infon>"
    "<infon key='identifier'>MESH:D005334</infon><location offset='0' length='5'/><text>Fever</text></annotation>"
    "</passage></document></collection>"
)
JATS = (
    "<article><front><article-meta><article-id pub-id-type='pmid'>1234567</article-id><title-group><article-title>"
    "Fever after aspirin</article-title></title-group></article-meta></front><body><p>It fell.</p></body></article>"
)
PACKET = {
    "id": "p", "subject": {"id": "s", "sex": "FEMALE"}, "metaData": {"externalReferences": [{"id": "PMID:1234567"}]},
    "diseases": [{"term": {"id": "MESH:D005334", "label": "Fever"}}],
}  # fmt: skip
TABLE = "pmid,title,start,end,mention,type,id\n1234567,Fever after aspirin,0,5,Fever,Disease,D005334\n"
#: Format, content, mentions.
SAMPLES: dict[str, tuple[str, str, int]] = {
    "page": ("casepage", page(head="PMC · PMID: 1234567 · 2026-01-02"), 2),
    "pubtator": ("pubtator", PUBTATOR, 1),
    "bioc json": ("bioc-json", json.dumps({"source": "x", "documents": [BIOC]}), 1),
    "bioc lines": ("bioc-json", json.dumps(BIOC) + "\n", 1),
    "bioc xml": ("bioc-xml", BIOC_XML, 1),
    "jats": ("jats", JATS, 0),
    "packet": ("phenopacket", json.dumps(PACKET), 1),
    "csv": ("table", TABLE, 1),
    "tsv": ("table", TABLE.replace(",", "\t"), 1),
    "jsonl": ("table", json.dumps({"pmid": 1234567, "mention": "Fever", "type": "Disease", "id": "D005334"}), 1),
}


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "utf-16": lambda data: data.decode().encode("utf-16"),
    "utf-8 with a mark": lambda data: b"\xef\xbb\xbf" + data,
    "gz": gzip.compress,
    "xz": lzma.compress,
    "tar": lambda data: archive({"in/x": data}),
    "tar.gz": lambda data: gzip.compress(archive({"in/x": data})),
    "tar of gz": lambda data: archive({"in/x": gzip.compress(data)}),
}


def read(
    item: Input, columns: TableColumns | None = None, limits: Limits | None = None
) -> tuple[list[Stream], list[Document], list[LedgerEntry]]:
    """Read an input; every stream's ledger balances and agrees with its documents."""
    streams, documents, ledger = [], [], []
    for stream in read_streams(item, columns, limits):
        own = list(stream.documents)
        entries = list(stream.entries())
        left: Counter[str] = Counter()
        kept: Counter[str] = Counter()
        for entry in entries:
            assert entry.input == stream.name
            left[entry.kind] += entry.count if entry.outcome == "received" else -entry.count
            kept[entry.kind] += entry.count * (entry.outcome == "kept")
        assert not any(left.values())
        assert [e.outcome for e in entries if e.kind == "file"] in (["received", "kept"], ["received", "set_aside"])
        assert (kept["document"], kept["mention"]) == (len(own), sum(len(d.mentions) for d in own))
        assert {d.input for d in own} <= {stream.name}
        streams.append(stream)
        documents += own
        ledger += entries
    return streams, documents, ledger


def reasons(ledger: list[LedgerEntry], kind: str = "file") -> list[str]:
    return [e.reason for e in ledger if e.outcome == "set_aside" and e.kind == kind]


@pytest.mark.parametrize("wrapping", [*WRAPPINGS, "stdin", "gz on stdin"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_format_in_every_wrapping(
    sample: str, wrapping: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, text, mentions = SAMPLES[sample]
    if wrapping in WRAPPINGS:
        path = tmp_path / "x"
        path.write_bytes(WRAPPINGS[wrapping](text.encode()))
        (item,) = find_inputs([path])
    else:
        data = text.encode() if wrapping == "stdin" else gzip.compress(text.encode())
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        (item,) = find_inputs(["-"])
    streams, (document,), ledger = read(item)
    packed = wrapping.startswith("tar")
    assert [(s.name, s.format) for s in streams] == (
        [("x/in/x", form), ("x", "")] if packed else [(item.name, form)]
    )  # fmt: skip
    assert document.id == "PMID:1234567"
    assert len(document.mentions) == mentions
    assert all(m.asserted == "MESH:D005334" and m.category == DISEASE for m in document.mentions) or form == "casepage"
    assert reasons(ledger) == []
    assert [d.id for d in read_input(item).documents] == [document.id]


def test_a_mixed_folder_is_the_same_in_every_order(tmp_path: Path) -> None:
    paths = []
    for number, (_, text, _) in enumerate(SAMPLES.values()):
        paths.append(tmp_path / f"{number}.txt")
        paths[-1].write_text(text)
    paths.append(tmp_path / "all.tar.gz")
    paths[-1].write_bytes(gzip.compress(archive({name: text.encode() for name, (_, text, _) in SAMPLES.items()})))
    paths.append(tmp_path / "note.txt")
    paths[-1].write_text("A note.\n")

    def everything(given: list[Path]) -> list[object]:
        return [read(item)[1:] for item in find_inputs(given)]

    first = everything(paths)
    assert sum(len(documents) for documents, _ in first) == 2 * len(SAMPLES)  # type: ignore[misc]
    random.Random(3).shuffle(paths)
    assert everything(paths) == first == everything([tmp_path])


def test_subjects_of_phenopackets_come_with_their_documents(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    second = {**PACKET, "id": "q", "subject": {"id": "t", "sex": "MALE"}}
    path.write_text("\n".join(map(json.dumps, (PACKET, second))))
    _, documents, _ = read(Input("p.jsonl", path))
    assert [(d.id, [(s.id, s.sex) for s in d.subjects]) for d in documents] == [
        ("PMID:1234567", [("s", "female")]),
        ("PMID:1234567", [("t", "male")]),
    ]


def test_columns_are_given_to_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Nr;Was;Kind;Wo\n1234567;Fieber;Disease;D005334\n")
    columns = TableColumns(pmid="Nr", mention="Was", type="Kind", identifier="Wo")
    _, (document,), _ = read(Input("a.txt", path), columns)
    assert [(m.text, m.asserted) for m in document.mentions] == [("Fieber", "MESH:D005334")]
    assert "no format" in reasons(read(Input("a.txt", path))[2])[0]
    path.write_text("fever,where\nyes,here\n")
    ledger = read(Input("a.csv", path))[2]
    assert reasons(ledger) == reasons(ledger, "line")
    assert "no column says which document" in reasons(ledger)[0]


def test_entries_wait_for_the_documents(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(PUBTATOR)
    streams = read_streams(Input("a.txt", path))
    stream = next(streams)
    with pytest.raises(ValueError, match="not all read yet"):
        list(stream.entries())
    assert len(list(stream.documents)) == 1
    assert list(stream.entries()) == list(stream.entries())
    assert list(streams) == []


@pytest.mark.parametrize("wrapping", ["plain", "tar.gz"])
def test_streams_that_are_passed_by_are_not_read_later(wrapping: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(WRAPPINGS[wrapping](PUBTATOR.replace("1234567", "1234568").encode() + PUBTATOR.encode()))
    streams = read_streams(Input("x", path))
    first = next(streams)
    assert next(first.documents).id == "PMID:1234568"
    list(streams)
    with pytest.raises(ValueError, match="before the next stream"):
        list(first.documents)


@pytest.mark.parametrize("form", ["pubtator", "bioc json", "bioc lines", "bioc xml", "jats", "packet", "jsonl", "csv"])
def test_a_cut_gzip_gives_the_first_documents_and_says_so(form: str, tmp_path: Path) -> None:
    noise = random.Random(1)

    def words() -> str:
        return " ".join(f"{noise.random():.12f}" for _ in range(30))

    ids = [str(1234000 + i) for i in range(300)]
    many = {
        "pubtator": "".join(f"{i}|t|{words()}\n{i}|a|{words()}\n\n" for i in ids),
        "bioc json": json.dumps(
            {"source": "x", "documents": [{"id": i, "passages": [{"offset": 0, "text": words()}]} for i in ids]}
        ),
        "bioc lines": "\n".join(json.dumps({"id": i, "passages": [{"offset": 0, "text": words()}]}) for i in ids),
        "bioc xml": "<collection>" + "".join(
            f"<document><id>{i}</id><passage><offset>0</offset><text>{words()}</text></passage></document>" for i in ids
        ) + "</collection>",
        "jats": "".join(JATS.replace("1234567", i).replace("It fell", words()) for i in ids),
        "packet": "\n".join(json.dumps({**PACKET, "id": f"{i} {words()}"}) for i in ids),
        "jsonl": "\n".join(json.dumps({"pmid": int(i), "title": words()}) for i in ids),
        "csv": "pmid,title\n" + "".join(f"{i},{words()}\n" for i in ids),
    }[form]  # fmt: skip
    path = tmp_path / "x.gz"
    data = gzip.compress(many.encode())
    path.write_bytes(data[: len(data) // 2])
    _, documents, ledger = read(Input("x.gz", path))
    assert 100 < len(documents) < 200
    assert reasons(ledger) == []
    assert "the compressed file is damaged: it is cut short; what comes before is read" in reasons(ledger, "line")
    # Nothing can be read: the file says so itself.
    path.write_bytes(data[:11])
    _, documents, ledger = read(Input("x.gz", path))
    assert documents == []
    assert reasons(ledger) == ["the compressed file is damaged: it is cut short"]


def test_archives_have_a_ledger_of_their_own(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link.md")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    path = tmp_path / "x.tar"
    data = archive({"../up.md": page().encode(), "a.md": SEED.read_bytes(), "b.pdf": b"%PDF-1.7"})
    path.write_bytes(link.tobuf() + data)
    _, (document,), ledger = read(Input("x.tar", path))
    assert document.input == "x.tar/a.md"
    assert [(e.input, e.outcome, e.reason) for e in ledger if e.kind == "file" and e.outcome != "received"] == [
        ("x.tar/link.md", "set_aside", "a link"),
        ("x.tar/../up.md", "set_aside", "its name leads out of the archive ('..')"),
        ("x.tar/a.md", "kept", ""),
        ("x.tar/b.pdf", "set_aside", "in no format that is read: a PDF"),
        ("x.tar", "kept", ""),
    ]
    path.write_bytes(bytes(10_240))
    assert reasons(read(Input("x.tar", path))[2]) == ["an archive without a file"]
    path.write_bytes(data[:2_000])
    assert any("the archive is damaged" in reason for reason in reasons(read(Input("x.tar", path))[2], "line"))


def test_bombs_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(bytes(80_000_000)))
    _, documents, ledger = read(Input("x.gz", path))
    assert documents == []
    assert reasons(ledger) == ["in no format that is read: no text: it holds NUL bytes"]
    path.write_bytes(gzip.compress(PUBTATOR.encode() + b"1234568|t|" + b"a" * 80_000_000))
    _, documents, ledger = read(Input("x.gz", path), limits=Limits(free=1 << 20))
    assert [d.id for d in documents] == ["PMID:1234567"]
    assert any("more than 500 times its size" in reason for reason in reasons(ledger, "line"))


def test_a_page_in_a_damaged_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "x.md.gz"
    path.write_bytes(gzip.compress(page().encode())[:-9])
    _, (document,), ledger = read(Input("x.md.gz", path))
    assert document.title.startswith("Synthetic case")
    assert reasons(ledger, "line") == ["the compressed file is damaged: it is cut short; what comes before is read"]


def test_a_heading_far_down_makes_a_page(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("# A title\n\n" + "word " * 20_000 + "\n\n## Abstract\n\nIt ended well.\n")
    streams, (document,), _ = read(Input("x.md", path))
    assert document.title == "A title"
    assert streams[0].format == "casepage"


def _peak_of_reading(path: Path) -> int:
    """Return the most memory (in KiB) that a process of its own takes to read a file."""
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom kg.documents.intake import Input\n"
        "from kg.documents.reading import read_streams\n"
        "n = sum(1 for s in read_streams(Input('x', Path(sys.argv[1]))) for _ in s.documents)\n"
        "print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    documents, peak = map(int, done.stdout.split())
    assert documents
    return peak


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is counted otherwise elsewhere")
def test_memory_does_not_grow_with_the_input(tmp_path: Path) -> None:
    def write(path: Path, documents: int) -> None:
        with gzip.open(path, "wt", compresslevel=1) as file:
            for number in range(1_000_000, 1_000_000 + documents):
                text = f"Patient {number} had fever after aspirin. " * 40
                file.write(f"{number}|t|Fever after aspirin {number}.\n{number}|a|{text}\n")
                file.write(f"{number}\t0\t5\tFever\tDisease\tD005334\n\n")

    small, large = tmp_path / "small.gz", tmp_path / "large.gz"
    write(small, 1_000)
    write(large, 16_000)
    assert _peak_of_reading(large) < _peak_of_reading(small) + 6_000


@pytest.mark.parametrize(
    ("name", "documents", "mentions", "relations"),
    [
        ("bc5cdr/CDR_TrainingSet.PubTator.txt.gz", 500, 5203 + 4182, 1038),
        ("bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz", 500, 5347 + 4244, 1012),
        ("bc5cdr/CDR_TrainingSet.BioC.xml.gz", 500, 5203 + 4182, 1038),
        ("bc5cdr/CDR_DevelopmentSet.BioC.xml.gz", 500, 5347 + 4244, 1012),
        ("biored/Train.PubTator.gz", 400, 13351, 4178),
        ("biored/Train.BioC.XML.gz", 400, 13351, 4178),
        ("biored/Dev.PubTator.gz", 100, 3533, 1162),
        ("biored/Dev.BioC.JSON.gz", 100, 3533, 1162),
        ("ncbi_disease/train.PubTator.txt.gz", 593, 5145, 0),
        ("ncbi_disease/devel.PubTator.txt.gz", 100, 787, 0),
    ],
)
def test_published_counts(name: str, documents: int, mentions: int, relations: int) -> None:
    path = full_data("corpora", *name.split("/"))
    _, found, ledger = read(Input(path.name, path))
    assert len(found) == documents
    assert sum(len(d.mentions) for d in found) == mentions
    assert sum(e.count for e in ledger if e.kind == "relation" and e.outcome == "received") == relations
    assert reasons(ledger) == []
