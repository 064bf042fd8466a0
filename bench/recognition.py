"""Recognition in plain text, side by side with other ways to look for the same names in the same text, in one run.

python bench/recognition.py INDEX CORPUS... [--megabytes N]

INDEX is a compiled term index (kg terms compile), CORPUS any file that kg build reads; its text is repeated to N MB (10
without it). Compared are:

  bare Aho-Corasick      ahocorasick_rs over every name in small letters, leftmost and longest, no bounds of words
  bounded Aho-Corasick   the same over whole words: normalised text, a blank behind every name
  token trie             names in a dictionary of dictionaries, word by word, longest match, in Python
  casegraph: places      where a name may begin (kg.linking.nametable on normalised text)
  casegraph: search      that, and of what begins there the longest name in the bitmaps, nothing decided
  casegraph: names       that, looked up in the index and decided by all rules that need no more than the passage
  casegraph: recognise   mentions of documents: abbreviations, sentences, places, identifiers

Each row is the best of three processes of its own; seconds are processor time of one thread. "first" is the speed on text that is met for
the first time, with empty caches, "again" on its repetitions. Memory is what the process has more after the matcher is
made than before (kept) and its peak until then; pages of the index file that are shared between processes do not count.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

FRAME = """
import json, resource, sys, time
from pathlib import Path
from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.model import CHEMICAL, DISEASE
from kg.terms.index import TermIndex
import dataclasses
def resident():
    for line in open("/proc/self/status"):
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
path, megabytes, corpora = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
documents = [
    dataclasses.replace(document, mentions=(), relations=(), findings=())
    for item in find_inputs(corpora) for stream in read_streams(item) for document in stream.documents
]
size = sum(len(passage.text.encode()) for document in documents for passage in document.passages) / 1e6
index = TermIndex(path)
def names():
    for key, hit in index.names():
        if hit.category in (DISEASE, CHEMICAL) and len(key) > 1:
            yield key, hit.name
before, high = resident(), peak()
began = time.process_time()
"""
MADE = """
out = {"made": time.process_time() - began, "kept": resident() - before, "peak": peak() - high}
def run(times):
    began, found = time.process_time(), 0
    for _ in range(times):
        for document in documents:
            found += work(document)
    return found / times, time.process_time() - began
out["found"], seconds = run(1)
out["first"] = size / seconds
times = max(1, round(megabytes / size) - 1)
_, seconds = run(times)
out["again"] = times * size / seconds
out["found"] /= size
print(json.dumps(out))
"""
WAYS = {
    "bare Aho-Corasick": """
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
matcher = AhoCorasick({name.lower() for _, name in names()}, matchkind=MatchKind.LeftmostLongest,
                      implementation=Implementation.ContiguousNFA, store_patterns=False)
def work(document):
    return sum(len(matcher.find_matches_as_indexes(passage.text.lower())) for passage in document.passages)
""",
    "bounded Aho-Corasick": """
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from kg.linking.plaintext import read_plain
matcher = AhoCorasick({key.title() + " " for key, _ in names()}, matchkind=MatchKind.LeftmostLongest,
                      implementation=Implementation.ContiguousNFA, store_patterns=False)
def work(document):
    return sum(len(matcher.find_matches_as_indexes(read_plain(p.text).norm.title())) for p in document.passages)
""",
    "token trie": """
import re
trie = {}
for key, _ in names():
    node = trie
    for word in key.split(" "):
        node = node.setdefault(sys.intern(word), {})
    node[""] = True
word = re.compile("[a-z0-9]+")
def work(document):
    found = 0
    for passage in document.passages:
        words = word.findall(passage.text.lower())
        at = 0
        while at < len(words):
            node, end, place = trie, 0, at
            while place < len(words) and (node := node.get(words[place])) is not None:
                place += 1
                if "" in node:
                    end = place
            found += bool(end)
            at = end or at + 1
    return found
""",
    "casegraph: places": """
from kg.linking.nametable import table_of
from kg.linking.plaintext import read_plain
table = table_of(index)
def work(document):
    return sum(len(table.starts(read_plain(passage.text).norm)) for passage in document.passages)
""",
    "casegraph: search": """
from kg.linking.nametable import Spelled, table_of
from kg.linking.plaintext import read_plain
table, spelled = table_of(index), Spelled()
def work(document):
    found = 0
    for passage in document.passages:
        norm, done = read_plain(passage.text).norm, 0
        for start in table.starts(norm):
            if start >= done:
                if ends := table.ends(norm, start, spelled):
                    found += 1
                    done = ends[0]
    return found
""",
    "casegraph: names": """
from kg.linking.namerules import NameRules
from kg.linking.namesearch import NameSearch
from kg.linking.nametable import table_of
search = NameSearch(table_of(index), NameRules(index).meaning)
def work(document):
    return sum(len(search.find(passage.text)) for passage in document.passages)
""",
    "casegraph: recognise": """
from kg.linking.recognition import Recogniser
recogniser = Recogniser(index)
def work(document):
    return sum(len(mention.occurrences) for mention in recogniser.recognise(document))
""",
}

#: Figures of which more is better.
FAST = frozenset({"first", "again"})


def measure(way: str, *arguments: str, repeat: int = 3) -> dict[str, float]:
    """Run one way in processes of its own, ``repeat`` times; return the best of each figure."""
    code = FRAME + WAYS[way] + MADE
    runs: list[dict[str, float]] = []
    for _ in range(repeat):
        done = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return {name: (max if name in FAST else min)(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("corpora", nargs="+")
    parser.add_argument("--megabytes", type=float, default=10)
    given = parser.parse_args()
    arguments = (given.index, str(given.megabytes), *given.corpora)
    # The table of names is in the cache from the second run on; its first making is told apart.
    first = measure("casegraph: places", *arguments, repeat=1)
    print(f"the table of names was made, or read from the cache, in {first['made']:.1f} s")
    print(
        f"{'':<22}{'made s':>8}{'kept MB':>9}{'peak MB':>9}{'first MB/s':>12}{'again MB/s':>12}{'of bare':>9}{'found/MB':>10}"
    )
    bare = 0.0
    for way in WAYS:
        row = measure(way, *arguments)
        bare = bare or row["again"]
        print(
            f"{way:<22}{row['made']:>8.1f}{row['kept']:>9.0f}{row['peak']:>9.0f}{row['first']:>12.1f}{row['again']:>12.1f}"
            f"{row['again'] / bare:>9.2f}{row['found']:>10,.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
