"""How fast documents are read, and in how much memory: every format, replicated files, peers beside it in one run.

python bench/documents.py [CORPORA] [--sizes 1000 10000] [--formats pubtator jats ...] [--jobs 1 2] [--peers PYTHON]

CORPORA is a folder with ``bc5cdr/CDR_*Set.PubTator.txt.gz`` and ``.BioC.xml.gz``, ``biored/Dev.BioC.JSON.gz`` and,
beside it, ``jats/*.nxml`` and ``jats/pubmed-*.xml``. Their documents are written again and again into a temporary
folder, each with an identifier and a text of its own; for what is not there, and without CORPORA, plainly synthetic
documents stand in, and the table says so. Articles in full (JATS) and case pages are fifty and ten times fewer.

The peers are no dependencies of the project. Two of them are in the standard library; for the others make a virtual
environment of their own and name its interpreter:

    python -m venv /tmp/peers && /tmp/peers/bin/pip install bioc lxml phenopackets

Every figure is taken in a process of its own, which reads a file once. Documents a second are by the clock; beside
them stands the time of all processors together, which other load on the machine disturbs less. Memory is the peak of
the process that reads, and of the largest of its workers. A ratio above 1 says how much faster than casegraph with one
process a peer is; each peer does less: none verifies a span, reads an identifier or keeps a ledger.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

READ = """
from pathlib import Path
from kg.documents.intake import find_inputs
from kg.documents.parallel import read_batches

def count(document):
    return len(document.mentions)

def read():
    documents = mentions = 0
    for batch in read_batches(find_inputs([argv[0]]), count, jobs=int(argv[1])):
        documents += len(batch.made)
        mentions += sum(batch.made)
        for entry in batch.entries:
            assert entry.outcome != "set_aside" or entry.kind != "file", entry
    return documents, mentions
"""
#: Name -> (formats, what it does). Each is a function `read` of a file that returns documents and mentions.
PEERS: dict[str, tuple[tuple[str, ...], str]] = {
    "lines split at tabs (the floor)": (("pubtator",), """
def read():
    documents = mentions = 0
    with open(argv[0], encoding="utf-8") as file:
        for line in file:
            columns = line.split("\\t")
            documents += "|t|" in columns[0]
            mentions += len(columns) > 4
    return documents, mentions
"""),
    "bioc 2.1, PubTator": (("pubtator",), """
from bioc import pubtator
def read():
    documents = mentions = 0
    with open(argv[0], encoding="utf-8") as file:
        for document in pubtator.iterparse(file):
            documents += 1
            mentions += len(document.annotations)
    return documents, mentions
"""),
    "bioc 2.1, BioC XML": (("bioc-xml",), """
from bioc import biocxml
def read():
    documents = mentions = 0
    with biocxml.iterparse(argv[0]) as reader:
        for document in reader:
            documents += 1
            mentions += sum(len(passage.annotations) for passage in document.passages)
    return documents, mentions
"""),
    "bioc 2.1, BioC JSON": (("bioc-json",), """
from bioc import biocjson
def read():
    with open(argv[0], encoding="utf-8") as file:
        documents = biocjson.load(file).documents
    return len(documents), sum(len(passage.annotations) for d in documents for passage in d.passages)
"""),
    "bioc 2.1, JSON lines": (("json-lines",), """
from bioc import biocjson
def read():
    documents = mentions = 0
    with biocjson.iterreader(argv[0]) as reader:
        for document in reader:
            documents += 1
            mentions += sum(len(passage.annotations) for passage in document.passages)
    return documents, mentions
"""),
    "json.load (the floor)": (("bioc-json",), """
import json
def read():
    with open(argv[0], encoding="utf-8") as file:
        documents = json.load(file)["documents"]
    return len(documents), sum(len(p["annotations"]) for d in documents for p in d["passages"])
"""),
    "json.loads of each line (the floor)": (("json-lines", "phenopacket"), """
import json
def read():
    documents = 0
    with open(argv[0], encoding="utf-8") as file:
        for line in file:
            json.loads(line)
            documents += 1
    return documents, 0
"""),
    "phenopackets 2.0 (protobuf)": (("phenopacket",), """
from google.protobuf.json_format import Parse
from phenopackets import Phenopacket
def read():
    documents = mentions = 0
    with open(argv[0], encoding="utf-8") as file:
        for line in file:
            packet = Parse(line, Phenopacket())
            documents += 1
            mentions += len(packet.diseases) + len(packet.phenotypic_features)
    return documents, mentions
"""),
    "xml.etree iterparse (the floor)": (("bioc-xml", "jats", "pubmed"), """
from xml.etree.ElementTree import iterparse
def read():
    documents = mentions = 0
    for _, element in iterparse(argv[0]):
        if element.tag in {"document", "article", "PubmedArticle"}:
            documents += 1
            element.clear()
        mentions += element.tag == "annotation"
    return documents, mentions
"""),
    "lxml iterparse (the floor)": (("bioc-xml", "jats", "pubmed"), """
from lxml.etree import iterparse
def read():
    documents = 0
    for _, element in iterparse(argv[0], tag=("document", "article", "PubmedArticle"), load_dtd=False, no_network=True):
        documents += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return documents, 0
"""),
    "csv.reader (the floor)": (("table",), """
import csv
def read():
    seen, mentions = set(), -1
    with open(argv[0], encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\\t"):
            seen.add(row[0])
            mentions += 1
    return len(seen) - 1, mentions
"""),
}  # fmt: skip
FRAME = """
import json, resource, sys, time
argv = sys.argv[1:]
def peak():
    # The peak since this program began; that of `getrusage` has its parent's share in it.
    try:
        for line in open("/proc/self/status"):
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def processor():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
"""
END = """
if __name__ == "__main__":
    began, used = time.perf_counter(), processor()
    documents, mentions = read()
    seconds, used = time.perf_counter() - began, processor() - used
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps([documents, mentions, seconds, used, peak(), workers]))
"""


def measure(script: str, *arguments: str, python: str = sys.executable) -> list[float] | str:
    """Run a script in a process of its own; return its figures, or why there are none."""
    command = [python, "-c", FRAME + script + END, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        return done.stderr.strip().rpartition("\n")[2][:60]
    figures: list[float] = json.loads(done.stdout.splitlines()[-1])
    return figures


# Documents: each maker yields texts for ever, no two alike

Texts = Iterator[str]
_WORDS = "the patient was given therapy for a week and then pain fever or rash began after treatment of her disease"
_NAMES = (("Disease", "D005334", "fever"), ("Chemical", "D001241", "aspirin"), ("Disease", "D005076", "rash"),
          ("Chemical", "D000082", "acetaminophen"))  # fmt: skip


def synthetic_pubtator(i: int) -> list[str]:
    """Return a plainly synthetic document, of the length of an abstract and with as many mentions."""
    text = f"Case {i} of fever after aspirin."
    abstract: list[str] = []
    words_of = _WORDS.split()
    rows: list[str] = []
    at = len(text) + 1
    for sentence in range(12):
        kind, identifier, name = _NAMES[(i + sentence) % 4]
        words = [words_of[(i * 7 + sentence * 3 + n) % len(words_of)] for n in range(14)]
        words[0], words[5] = words[0].capitalize(), name
        start = at + len(" ".join(words[:5])) + 1
        rows.append(f"{i}\t{start}\t{start + len(name)}\t{name}\t{kind}\t{identifier}")
        abstract.append(f"{' '.join(words)}.")
        at += len(abstract[-1]) + 1
    return [f"{i}|t|{text}", f"{i}|a|{' '.join(abstract)}", *rows]


def pubtator_documents(corpora: Path) -> tuple[Iterator[list[str]], bool]:
    """Yield the lines of documents in PubTator's format; and whether they are real."""
    files = sorted(corpora.glob("bc5cdr/CDR_*Set.PubTator.txt.gz"))
    real = [
        part.split("\n") for file in files for part in gzip.decompress(file.read_bytes()).decode().strip().split("\n\n")
    ]

    def make() -> Iterator[list[str]]:
        i = 0
        while True:
            i += 1
            yield _again(real[i % len(real)], 40_000_000 + i) if real else synthetic_pubtator(40_000_000 + i)

    return make(), bool(real)


def _again(lines: list[str], number: int) -> list[str]:
    """Return a document with another number, which also stands in its title and abstract, so that no text is known."""
    old = len(lines[0].partition("|")[0])
    title, tail = len(lines[0]) - old - 3, f" ({number})"
    new = [f"{number}{lines[0][old:]}{tail}", f"{number}{lines[1][old:]}{tail}"]
    for line in lines[2:]:
        columns = [str(number), *line.split("\t")[1:]]
        if columns[1].isdigit() and int(columns[1]) >= title:
            columns[1:3] = (str(int(column) + len(tail)) for column in columns[1:3])
        new.append("\t".join(columns))
    return new


def pubtator(corpora: Path) -> tuple[Texts, bool]:
    made, real = pubtator_documents(corpora)
    return ("\n".join(lines) + "\n\n" for lines in made), real


def table(corpora: Path) -> tuple[Texts, bool]:
    """Make a table of annotations: a row a mention, with the document's title and abstract in its first row."""
    made, real = pubtator_documents(corpora)

    def make() -> Texts:
        for lines in made:
            title, abstract = (line.split("|", 2)[2] for line in lines[:2])
            for line in lines[2:]:
                columns = line.split("\t")
                if len(columns) > 5:
                    yield "\t".join([columns[0], title, abstract, *columns[3:6]]) + "\n"
                    title = abstract = ""
            yield ""

    return make(), real


def bioc_xml(corpora: Path) -> tuple[Texts, bool]:
    files = sorted(corpora.glob("bc5cdr/CDR_*Set.BioC.xml.gz"))
    real = [
        part
        for file in files
        for part in re.findall(r"(?s)<document>.*?</document>", gzip.decompress(file.read_bytes()).decode())
    ]
    if not real:
        return (_as_bioc_xml(lines) for lines in pubtator_documents(corpora)[0]), False

    def make() -> Texts:
        i = 0
        while True:
            i += 1
            head, last, rest = re.split(r"(?s)(.*<offset>\d+</offset>\s*<text>[^<]*)", real[i % len(real)], maxsplit=1)
            yield re.sub(r"<id>\d+</id>", f"<id>{40_000_000 + i}</id>", f"{head}{last} ({i}){rest}\n", count=1)

    return make(), True


def _as_bioc_xml(lines: list[str]) -> str:
    number = lines[0].partition("|")[0]
    title, abstract = (line.split("|", 2)[2] for line in lines[:2])
    rows = (line.split("\t") for line in lines[2:])
    annotations = "".join(
        f"<annotation id='{i}'><infon key='type'>{kind}</infon><infon key='MESH'>{identifier}</infon>"
        f"<location offset='{start}' length='{int(end) - int(start)}'/><text>{name}</text></annotation>"
        for i, (_, start, end, name, kind, identifier) in enumerate(rows)
    )
    return (
        f"<document><id>{number}</id><passage><infon key='type'>title</infon><offset>0</offset><text>{title}</text>"
        f"</passage><passage><infon key='type'>abstract</infon><offset>{len(title) + 1}</offset><text>{abstract}</text>"
        f"{annotations}</passage></document>\n"
    )


def bioc_json(corpora: Path) -> tuple[Texts, bool]:
    files = sorted(corpora.glob("biored/Dev.BioC.JSON.gz"))
    real = [document for file in files for document in json.loads(gzip.decompress(file.read_bytes()))["documents"]]

    def make() -> Texts:
        synthetic = pubtator_documents(corpora)[0]
        i = 0
        while True:
            i += 1
            document = real[i % len(real)] if real else _as_bioc_json(next(synthetic))
            *passages, last = document["passages"]
            last = {**last, "text": f"{last['text']} ({i})"}
            # The package bioc reads nothing without these keys; the corpus has some of them.
            again = {"infons": {}, "annotations": [], **document, "id": str(40_000_000 + i)}
            again["passages"] = [
                {"infons": {}, "sentences": [], "relations": [], **passage} for passage in (*passages, last)
            ]
            for annotation in (a for passage in again["passages"] for a in passage["annotations"]):
                annotation.setdefault("infons", {})
            yield json.dumps(again, ensure_ascii=False)

    return make(), bool(real)


def _as_bioc_json(lines: list[str]) -> dict[str, object]:
    title, abstract = (line.split("|", 2)[2] for line in lines[:2])
    rows = (line.split("\t") for line in lines[2:] if line.count("\t") > 4)
    annotations = [
        {"id": str(i), "infons": {"type": kind, "identifier": f"MESH:{identifier}"}, "text": name,
         "locations": [{"offset": int(start), "length": len(name)}]}
        for i, (_, start, _, name, kind, identifier, *_) in enumerate(rows)
        if int(start) > len(title)
    ]  # fmt: skip
    return {"id": "", "infons": {}, "passages": [
        {"offset": 0, "infons": {"type": "title"}, "text": title, "annotations": [], "relations": []},
        {"offset": len(title) + 1, "infons": {"type": "abstract"}, "text": abstract, "annotations": annotations,
         "relations": []}], "annotations": [], "relations": []}  # fmt: skip


def json_lines(corpora: Path) -> tuple[Texts, bool]:
    made, real = bioc_json(corpora)
    return (f"{text}\n" for text in made), real


def jats(corpora: Path) -> tuple[Texts, bool]:
    real = [
        text[text.index("<article") :]
        for text in (path.read_text("utf-8") for path in sorted(corpora.parent.glob("jats/*.nxml")))
        if 'pub-id-type="pmc"' in text or 'pub-id-type="pmid"' in text or 'pub-id-type="doi"' in text
    ]
    synthetic = [
        "<article article-type='case-report'><front><article-meta><article-id pub-id-type='pmid'>1</article-id>"
        f"<title-group><article-title>A case of fever</article-title></title-group></article-meta></front><body>{body}</body>"
        "</article>"
        for body in ("".join(f"<sec><title>Part {s}</title>" + "".join(f"<p>{_WORDS}.</p>" for _ in range(60))
                             + "</sec>" for s in range(6)),)
    ]  # fmt: skip
    texts = real or synthetic

    def make() -> Texts:
        i = 0
        while True:
            i += 1
            number = r'(?<=<article-id pub-id-type=["\'])(pmid|pmc|doi)(["\']>)[^<]*'
            new = {"pmid": str(40_000_000 + i), "pmc": str(9_000_000 + i), "doi": f"10.5555/bench.{i}"}
            yield re.sub(number, lambda m: f"{m[1]}{m[2]}{new[m[1]]}", texts[i % len(texts)]) + "\n"  # noqa: B023

    return make(), bool(real)


def pubmed(corpora: Path) -> tuple[Texts, bool]:
    files = sorted(corpora.parent.glob("jats/pubmed-*.xml"))
    real = [part for path in files for part in re.findall(r"(?s)<PubmedArticle>.*?</PubmedArticle>", path.read_text())]
    synthetic = (
        "<PubmedArticle><MedlineCitation><PMID Version='1'>1</PMID><Article><Journal><Title>A journal</Title></Journal>"
        f"<ArticleTitle>A case of fever.</ArticleTitle><Abstract><AbstractText>{' '.join([_WORDS] * 12)}.</AbstractText>"
        "</Abstract></Article></MedlineCitation></PubmedArticle>"
    )

    def make() -> Texts:
        i = 0
        while True:
            i += 1
            text = real[i % len(real)] if real else synthetic
            text = re.sub(r"(<PMID[^>]*>)\d+", rf"\g<1>{40_000_000 + i}", text, count=1)
            yield re.sub(r'((?:IdType|EIdType)="doi"[^>]*>)[^<]+', rf"\g<1>10.5555/bench.{i}", text) + "\n"

    return make(), bool(real)


def phenopackets(corpora: Path) -> tuple[Texts, bool]:
    del corpora

    def make() -> Texts:
        i = 0
        while True:
            i += 1
            features = [{"type": {"id": f"HP:{1_000_000 + (i * 13 + n) % 9000:07d}", "label": f"finding {n}"},
                         "excluded": n % 4 == 0} for n in range(12)]  # fmt: skip
            yield json.dumps({
                "id": f"packet-{i}", "subject": {"id": f"patient {i}", "sex": "FEMALE" if i % 2 else "MALE",
                                                 "timeAtLastEncounter": {"age": {"iso8601duration": f"P{i % 90}Y"}}},
                "phenotypicFeatures": features,
                "diseases": [{"term": {"id": f"MONDO:{i % 30_000:07d}", "label": f"disease {i % 30_000}"}}],
                "metaData": {"created": "2024-01-01T00:00:00Z", "createdBy": "bench", "phenopacketSchemaVersion": "2.0",
                             "externalReferences": [{"id": f"PMID:{40_000_000 + i}"}]},
            }) + "\n"  # fmt: skip

    return make(), False


def pages(corpora: Path) -> tuple[Texts, bool]:
    del corpora
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "examples" / "cases").glob("SYN*.md"))]

    def make() -> Texts:
        i = 0
        while True:
            i += 1
            yield texts[i % len(texts)].replace("casegraph.synthetic.", f"casegraph.load.{i}.")

    return make(), False


#: Format -> (maker, what stands before, between and behind documents, how many times fewer documents).
FORMATS: dict[str, tuple[Callable[[Path], tuple[Texts, bool]], tuple[str, str, str], int]] = {
    "pubtator": (pubtator, ("", "", ""), 1),
    "bioc-xml": (bioc_xml, ("<?xml version='1.0' encoding='UTF-8'?>\n<collection><source>PubTator</source><date/><key/>\n",
                            "", "</collection>\n"), 1),
    "bioc-json": (bioc_json, ('{"source": "PubTator", "date": "", "key": "", "infons": {}, "documents": [', ",\n", "]}"), 1),
    "json-lines": (json_lines, ("", "", ""), 1),
    "jats": (jats, ("<?xml version='1.0' encoding='UTF-8'?>\n<pmc-articleset>\n", "", "</pmc-articleset>\n"), 50),
    "pubmed": (pubmed, ("<?xml version='1.0' encoding='UTF-8'?>\n<PubmedArticleSet>\n", "", "</PubmedArticleSet>\n"), 10),
    "phenopacket": (phenopackets, ("", "", ""), 1),
    "table": (table, ("pmid\ttitle\tabstract\tmention\ttype\tid\n", "", ""), 1),
    "pages": (pages, ("", "", ""), 10),
}  # fmt: skip
#: The file that holds them; pages are a folder of files.
NAMES = {"pubtator": "txt", "bioc-xml": "xml", "bioc-json": "json", "json-lines": "jsonl", "jats": "nxml",
         "pubmed": "xml", "phenopacket": "jsonl", "table": "tsv"}  # fmt: skip


def write(form: str, corpora: Path, folder: Path, count: int) -> tuple[Path, int, bool]:
    """Write ``count`` documents of a format; return where, how many bytes, and whether they are replicated real ones."""
    maker, (head, between, tail), _ = FORMATS[form]
    texts, real = maker(corpora)
    if form == "pages":
        target = folder / form
        target.mkdir()
        for i in range(count):
            (target / f"p{i:06d}.md").write_text(next(texts), "utf-8")
        return target, sum(path.stat().st_size for path in target.iterdir()), real
    target = folder / f"{form}.{NAMES[form]}"
    with target.open("w", encoding="utf-8") as file:
        file.write(head)
        done = 0
        while done < count:
            text = next(texts)
            file.write(text)
            # A document of a table is several rows, then an empty text.
            done += form != "table" or not text
            file.write(between if done < count else "")
        file.write(tail)
    return target, target.stat().st_size, real


def row(form: str, what: str, size: int, figures: list[float] | str, base: float) -> None:
    """Print one line of the table."""
    if isinstance(figures, str):
        print(f"| {form} | {what} | absent: {figures} |||||||", flush=True)
        return
    documents, mentions, seconds, used, peak, workers = figures
    ratio = f"{documents / used / base:.2f}" if base else "1"
    memory = f"{peak:.0f}" + (f" + {workers:.0f}" if workers > 1 else "")
    print(
        f"| {form} | {what} | {documents:,.0f} | {mentions:,.0f} | {documents / seconds:,.0f} | "
        f"{documents / used:,.0f} | {size / seconds / 1e6:.1f} | {memory} | {ratio} |", flush=True,
    )  # fmt: skip


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="?", type=Path, default=Path("no-corpora"))
    parser.add_argument("--sizes", nargs="+", type=int, default=[1000, 10000], help="documents")
    parser.add_argument("--formats", nargs="+", choices=list(FORMATS), default=list(FORMATS))
    parser.add_argument("--jobs", nargs="+", type=int, default=[1, 2], help="processes that read")
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with the peers installed")
    given = parser.parse_args()
    print("| format | read by | documents | mentions | a second | a processor second | MB/s | peak MB | ratio |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    for form in given.formats:
        for size in sorted(given.sizes):
            with tempfile.TemporaryDirectory(prefix="casegraph-bench-") as folder:
                count = max(1, size // FORMATS[form][2])
                path, size_in_bytes, real = write(form, given.corpora, Path(folder), count)
                what = "" if real else " (synthetic)"
                base = 0.0
                for jobs in given.jobs:
                    figures = measure(READ, str(path), str(jobs))
                    if isinstance(figures, str):
                        raise SystemExit(figures)
                    row(
                        form, f"casegraph, {jobs} process{'es' if jobs > 1 else ''}{what}", size_in_bytes, figures, base
                    )
                    base = base or figures[0] / figures[3]
                if size == max(given.sizes):
                    for name, (formats, script) in PEERS.items():
                        if form in formats:
                            row(form, name, size_in_bytes, measure(script, str(path), python=given.peers), base)


if __name__ == "__main__":
    main()
