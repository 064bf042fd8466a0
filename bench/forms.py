"""What differs between two forms of one corpus, say PubTator and BioC: every difference counted by kind, with examples.

python bench/forms.py PUBTATOR BIOC [--examples N] [--json]

Each is a file, a folder or an archive in any format that is read. Documents are put side by side by their identifier,
the second of one identifier beside the second. Exit code 1 where what the documents say differs, 0 where at most the
manner differs: the lists that mentions stand in, their order and lines, what was repaired, what the ledger counts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.model import Document, LedgerEntry, Mention, Relation

#: Kinds of differences of what the documents say; the others are of the manner in which they say it.
CONTENT = ("document", "text", "metadata", "mention", "relation")
_METADATA = ("title", "pmid", "pmcid", "doi", "journal", "date", "authors", "publication_types", "license")
#: Fields of the metadata that PubTator's format has no place for.
_NO_PLACE = frozenset({"journal", "date", "authors", "publication_types", "license", "doi", "pmcid"})


@dataclass
class Form:
    """One form of a corpus, read as a whole."""

    documents: dict[tuple[str, int], Document] = field(default_factory=dict)
    ledger: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @classmethod
    def read(cls, path: str) -> Form:
        """Read a file, a folder or an archive."""
        form = cls()
        seen: Counter[str] = Counter()
        for item in find_inputs([path]):
            for stream in read_streams(item):
                for document in stream.documents:
                    form.documents[document.id, seen[document.id]] = document
                    seen[document.id] += 1
                form._add(stream.entries())
        return form

    def _add(self, entries: Iterable[LedgerEntry]) -> None:
        for entry in entries:
            if entry.kind != "file":
                self.ledger[entry.kind, entry.outcome, entry.reason] += entry.count


@dataclass
class Differences:
    """Differences by kind and what they are, with how many there are and the first of them."""

    most: int = 3
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, kind: str, what: str, example: str, count: int = 1) -> None:
        """Count a difference."""
        self.counts[kind, what] += count
        told = self.examples.setdefault((kind, what), [])
        if len(told) < self.most:
            told.append(example if len(example) <= 160 else example[:159] + "…")

    @property
    def of_content(self) -> int:
        """How many differences there are in what the documents say."""
        return sum(count for (kind, _), count in self.counts.items() if kind in CONTENT)


def differences(one: Form, other: Form, names: tuple[str, str] = ("first", "second"), most: int = 3) -> Differences:
    """Compare two forms of a corpus."""
    found = Differences(most)
    for key in sorted(one.documents.keys() | other.documents.keys()):
        pair = one.documents.get(key), other.documents.get(key)
        if pair[0] is None or pair[1] is None:
            found.add("document", f"only in the {names[pair[0] is None]} form", key[0])
        else:
            _compare(pair[0], pair[1], names, found)
    for kind, outcome, reason in sorted(one.ledger.keys() | other.ledger.keys()):
        counts = one.ledger[kind, outcome, reason], other.ledger[kind, outcome, reason]
        if counts[0] != counts[1]:
            what = f"{kind} {outcome.replace('_', ' ')}{f': {reason}' if reason else ''}"
            found.add("ledger", what, f"{counts[0]} and {counts[1]}", abs(counts[0] - counts[1]))
    return found


def _compare(one: Document, other: Document, names: tuple[str, str], found: Differences) -> None:
    texts = [{p.section: p.text for p in d.passages} for d in (one, other)]
    for section in sorted(texts[0].keys() | texts[1].keys()):
        if texts[0].get(section) != texts[1].get(section):
            found.add("text", f"of the {section}", one.id)
    for name in _METADATA:
        values = getattr(one, name), getattr(other, name)
        if values[0] != values[1]:
            # What one form has no place for is no contradiction.
            silent = name in _NO_PLACE and not all(values)
            said = f"{name}, in the {names[not values[0]]} form alone" if silent else name
            found.add("header" if silent else "metadata", said, f"{one.id}: {values[0]!r} and {values[1]!r}")
    _sets(found, "mention", names, one.id, map(_mention, one.mentions), map(_mention, other.mentions))
    _sets(found, "relation", names, one.id, map(_relation, one.relations), map(_relation, other.relations))
    if [_mention(m) for m in one.mentions] != [_mention(m) for m in other.mentions]:
        found.add("order", "of the mentions", one.id)
    for what, values in (
        ("list of the mentions", [{m.source_list for m in d.mentions} for d in (one, other)]),
        ("annotator of the relations", [{r.annotator for r in d.relations} for d in (one, other)]),
    ):
        if values[0] != values[1]:
            found.add("annotator", what, f"{one.id}: {', '.join(values[0])} and {', '.join(values[1])}")
    told = [Counter((f.code, f.text, f.message) for f in d.findings) for d in (one, other)]
    for side, more in enumerate((told[0] - told[1], told[1] - told[0])):
        for (code, text, message), count in sorted(more.items()):
            example = f"{one.id}: {text!r}: {message}" if text else f"{one.id}: {message}"
            found.add("finding", f"{code}, in the {names[side]} form", example, count)


def _sets(
    found: Differences, kind: str, names: tuple[str, str], document: str, one: Iterator[tuple[object, ...]],
    other: Iterator[tuple[object, ...]],
) -> None:  # fmt: skip
    counts = Counter(one), Counter(other)
    for side in (0, 1):
        for said, count in sorted((counts[side] - counts[1 - side]).items(), key=str):
            found.add(kind, f"only in the {names[side]} form", f"{document}: {said}", count)


def _mention(m: Mention) -> tuple[object, ...]:
    places = tuple((o.section, o.start, o.end) for o in m.occurrences)
    return m.category, m.text, m.asserted_as, m.asserted, m.further, places


def _relation(r: Relation) -> tuple[object, ...]:
    return r.kind, r.subject, r.object, r.subject_as, r.object_as


def main(arguments: list[str]) -> int:
    """Print the differences; return 1 where what the documents say differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("one", metavar="PUBTATOR")
    parser.add_argument("other", metavar="BIOC")
    parser.add_argument("--examples", type=int, default=2, metavar="N")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    one, other = Form.read(given.one), Form.read(given.other)
    names = ("first", "second")
    found = differences(one, other, names, given.examples)
    totals = [
        {
            "documents": len(form.documents),
            "mentions": sum(len(d.mentions) for d in form.documents.values()),
            "relations": sum(len(d.relations) for d in form.documents.values()),
        }
        for form in (one, other)
    ]
    if given.json:
        listed = [
            {"kind": kind, "what": what, "count": count, "examples": found.examples[kind, what]}
            for (kind, what), count in sorted(found.counts.items())
        ]
        print(json.dumps({"first": totals[0], "second": totals[1], "of_content": found.of_content, "differences": listed},
                         indent=2, ensure_ascii=False))  # fmt: skip
    else:
        for name, path, total in zip(names, (given.one, given.other), totals, strict=True):
            print(f"{name}: {Path(path).name}: " + ", ".join(f"{count} {noun}" for noun, count in total.items()))
        print(f"\n{found.of_content or 'no'} differences in what the documents say")
        for (kind, what), count in sorted(found.counts.items(), key=lambda pair: (pair[0][0] not in CONTENT, pair[0])):
            print(f"{count:7d}  {kind}: {what}")
            for example in found.examples[kind, what]:
                print(f"           {example}")
    return int(found.of_content > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
