"""Speed of linking given mentions: making the table, the exact path, the whole path, and what pruning changes.

python bench/linking.py DICTIONARY CORPUS [KIND]   DICTIONARY is a MEDIC table or a compiled term index; KIND is disease
                                                   (without it) or chemical; CORPUS is any file that `kg build` reads

The whole path is told for every mention of the corpus in its order (each place of a mention is one) from an empty cache,
and for its different names alone. Where rapidfuzz is installed, its best name by plain ratio is told beside it.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.evaluation.linking import KINDS, GoldMention, gold_mentions
from kg.linking.matching.dictionary import read_dictionary
from kg.linking.matching.exact import ExactNames
from kg.linking.matching.linker import Linker
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.vocabulary import Vocabulary, vocabulary_of
from kg.linking.matching.words import name_words
from kg.terms.index import TermIndex

SAMPLE = 60


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kind = sys.argv[3] if len(sys.argv) > 3 else "disease"
    began = time.perf_counter()
    vocabulary = read_vocabulary(Path(sys.argv[1]), kind)
    table = NameTable(vocabulary)
    took = time.perf_counter() - began
    print(f"table: {len(vocabulary)} concepts, {len(table)} names in {took:.1f} s, {memory():.0f} MB at most")
    exact(table)
    mentions = read_mentions(sys.argv[2], vocabulary, kind)
    whole(table, mentions)
    pruned(table, mentions)
    peer(table, mentions)


def read_vocabulary(path: Path, kind: str) -> Vocabulary:
    if path.read_bytes()[:15] == b"SQLite format 3":
        with TermIndex(path) as index:
            return vocabulary_of(index, ["MESH"], [KINDS[kind]])
    return read_dictionary(path)


def read_mentions(path: str, vocabulary: Vocabulary, kind: str) -> list[GoldMention]:
    found = []
    for item in find_inputs([path]):
        for stream in read_streams(item):
            for document in stream.documents:
                found += gold_mentions(document, vocabulary, kind)
    return found


def exact(table: NameTable) -> None:
    texts = [text.lower() for text in table.texts]
    random.Random(7).shuffle(texts)
    texts = (texts * (1_000_000 // len(texts) + 1))[:1_000_000]
    began = time.perf_counter()
    names = ExactNames(table)
    made = time.perf_counter() - began
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        names.link(texts)
        best = max(best, len(texts) / (time.perf_counter() - began))
    fresh = [f"{text.title()}." for text in dict.fromkeys(texts)]
    began = time.perf_counter()
    names.link(fresh)
    cold = len(fresh) / (time.perf_counter() - began)
    print(f"exact path: {best:,.0f} names/s, {cold:,.0f}/s of names in a spelling never met; made in {made:.1f} s")


def whole(table: NameTable, mentions: list[GoldMention]) -> None:
    linker = Linker(table)
    began = time.perf_counter()
    for mention in mentions:
        for _ in range(mention.times):
            linker.link(mention.text, mention.surroundings)
    took = time.perf_counter() - began
    count = sum(mention.times for mention in mentions)
    different = {(mention.text, mention.surroundings.abbreviations.get(mention.text)): mention for mention in mentions}
    linker = Linker(NameTable(table.vocabulary))
    began = time.perf_counter()
    for mention in different.values():
        linker.link(mention.text, mention.surroundings)
    alone = time.perf_counter() - began
    print(f"whole path: {count / took:,.0f} mentions/s of {count}; {len(different) / alone:,.0f} different names/s")


def pruned(table: NameTable, mentions: list[GoldMention]) -> None:
    texts = sorted({mention.text for mention in mentions})
    chosen = random.Random(7).sample(texts, min(SAMPLE, len(texts)))
    linker, other = Linker(table), Linker(table)
    other.search = table.search_all
    slow = fast = 0.0
    same = answers = 0
    for text in chosen:
        words = name_words(text)
        began = time.perf_counter()
        found = table.search(words, 40)
        fast += time.perf_counter() - began
        began = time.perf_counter()
        every = table.search_all(words, 40)
        slow += time.perf_counter() - began
        same += [one.name for one in found] == [one.name for one in every]
        answers += linker.link(text).concepts == other.link(text).concepts
    print(f"pruning: {same} of {len(chosen)} searches find the same 40 names as scoring every name, {answers} the same answer; "
          f"{1e3 * fast / len(chosen):.1f} ms against {1e3 * slow / len(chosen):.1f} ms")  # fmt: skip


def peer(table: NameTable, mentions: list[GoldMention]) -> None:
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        print("rapidfuzz: not installed")
        return
    chosen = random.Random(7).sample(mentions, min(300, len(mentions)))
    linker = Linker(table)
    ours = theirs = 0
    began = time.perf_counter()
    for mention in chosen:
        _, _, name = process.extractOne(mention.text.lower(), table.keys, scorer=fuzz.ratio)
        theirs += {table.vocabulary.concepts[table.concepts[name]].curie} == mention.gold
    took = time.perf_counter() - began
    for mention in chosen:
        ours += set(linker.link(mention.text, mention.surroundings).concepts) == mention.gold
    print(
        f"rapidfuzz: {len(chosen) / took:,.0f} mentions/s, {theirs / len(chosen):.1%} right (strict), ours {ours / len(chosen):.1%}"
    )


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
