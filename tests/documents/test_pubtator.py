"""PubTator: every kind of dirt that its files have, and the published corpora in full."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter
from typing import IO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curies import compress, expand, normalize
from kg.documents.identifiers import AS_WRITTEN, as_written, written_of
from kg.documents.pubtator import read_pubtator
from kg.documents.pubtatorlines import MAX_CONTINUED, WINDOW
from kg.documents.streamlines import BLOCK, MAX_LINE_BYTES
from kg.documents.tally import Tally
from kg.model import CHEMICAL, DISEASE, Document
from tests.terms.full_data import full_data

TITLE = "Fever after aspirin."
ABSTRACT = "A girl of 7 took aspirin. She had a rash and fever. The rash went away."
WHOLE = f"{TITLE} {ABSTRACT}"


def mention(surface: str, kind: str, identifier: str, *, at: int = 0, key: str = "101") -> str:
    """Return the mention line of a word of the sample, the ``at``-th one."""
    start = -1
    for _ in range(at + 1):
        start = WHOLE.index(surface, start + 1)
    return f"{key}\t{start}\t{start + len(surface)}\t{surface}\t{kind}\t{identifier}"


def lines(key: str = "101") -> list[str]:
    return [
        f"{key}|t|{TITLE}",
        f"{key}|a|{ABSTRACT}",
        mention("aspirin", "Chemical", "D001241", key=key),
        mention("aspirin", "Chemical", "D001241", at=1, key=key),
        mention("rash", "Disease", "D005076", key=key),
        mention("fever", "Disease", "D005334", key=key),
        f"{key}\tCID\tD001241\tD005076",
    ]


def read(content: bytes | str | list[str], stream: IO[bytes] | None = None) -> tuple[list[Document], Tally]:
    """Read a file; the tally must balance whatever is in it."""
    if isinstance(content, list):
        content = "\n".join(content) + "\n"
    data = content.encode() if isinstance(content, str) else content
    tally = Tally("a.txt")
    documents = list(read_pubtator(stream or io.BytesIO(data), "a.txt", tally))
    assert tally.balanced()
    kept = Counter(e.kind for e in tally.entries() if e.outcome == "kept" for _ in range(e.count))
    assert kept["document"] == len(documents)
    assert kept["mention"] == sum(len(d.mentions) for d in documents)
    for document in documents:
        ids = [m.id for m in document.mentions]
        assert len(ids) == len(set(ids))
        for found in document.mentions:
            assert found.document == document.id
            for place in found.occurrences:
                text = document.passage(place.section)
                assert text[place.start : place.end] == place.text
                assert place.sentence_start <= place.start < place.sentence_end
    return documents, tally


def told(tally: Tally, outcome: str = "set_aside") -> dict[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for entry in tally.entries():
        if entry.outcome == outcome:
            found[entry.kind, entry.reason] += entry.count
    return dict(found)


def placed(document: Document) -> list[tuple[str, str]]:
    return [(o.section, o.text) for m in document.mentions for o in m.occurrences]


GOOD = [("title", "aspirin"), ("abstract", "aspirin"), ("abstract", "rash"), ("abstract", "fever")]


def test_a_clean_document() -> None:
    (document,), tally = read(lines())
    assert (document.id, document.pmid, document.format, document.input) == ("PMID:101", "101", "pubtator", "a.txt")
    assert (document.title, [p.section for p in document.passages]) == (TITLE, ["title", "abstract"])
    first, second, third, _ = document.mentions
    assert (first.category, first.asserted_as, first.asserted, first.line) == (CHEMICAL, "D001241", "MESH:D001241", 3)
    assert (third.category, third.source_list) == (DISEASE, "pubtator")
    assert first.id != second.id
    place = third.occurrences[0]
    assert ABSTRACT[place.sentence_start : place.sentence_end] == "She had a rash and fever."
    (relation,) = document.relations
    assert (relation.kind, relation.subject, relation.object) == ("CID", "MESH:D001241", "MESH:D005076")
    assert (relation.subject_as, relation.line, relation.document) == ("D001241", 7, "PMID:101")
    assert placed(document) == GOOD
    assert document.findings == ()
    assert told(tally) == {}


@pytest.mark.parametrize(
    ("key", "identifier"),
    [("PMC45678", "PMCID:PMC45678"), ("PMID:12", "PMID:12"), ("10.5555/a.b", "doi:10.5555/a.b")],
)
def test_identifiers_of_documents(key: str, identifier: str) -> None:
    (document,), _ = read(lines(key))
    assert document.id == identifier
    assert placed(document) == GOOD


def test_an_identifier_of_no_kind_makes_an_identifier_of_the_content() -> None:
    (one,), _ = read(lines("case-7"))
    (again,), _ = read("\r\n".join(["", *lines("case-7"), ""]))
    assert one.id == again.id == f"casegraph:document-{one.sha256[:16]}"
    (other,), _ = read(lines("case-8"))
    assert other.id != one.id


def test_the_hash_is_of_the_document_and_not_of_what_stands_around() -> None:
    (alone,), _ = read(lines())
    many, _ = read(["", *lines("9"), "", *lines(), "", ""])
    crlf, _ = read("\ufeff" + "\r\n".join(lines()))
    assert alone.sha256 == many[1].sha256 == crlf[0].sha256 != many[0].sha256
    assert alone.mentions[0].id == many[1].mentions[0].id


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("between", [0, 1, 3])
def test_line_ends_and_blank_lines_between_documents(end: str, between: int) -> None:
    parts = [line for n in range(5) for line in [*lines(str(100 + n)), *[""] * between]]
    documents, tally = read(end.join(parts) + end)
    assert [d.pmid for d in documents] == ["100", "101", "102", "103", "104"]
    assert all(placed(d) == GOOD and len(d.relations) == 1 for d in documents)
    assert told(tally) == {}


def test_line_ends_of_several_kinds_in_one_file() -> None:
    one, two = lines("1"), lines("2")
    documents, _ = read("\r\n".join(one) + "\r" + "\r".join(two[:3]) + "\n" + "\r\n".join(two[3:]))
    assert [placed(d) for d in documents] == [GOOD, GOOD]


def test_a_lone_cr_inside_a_text_is_a_character_of_it() -> None:
    parts = [line.replace("aspirin. She", "aspirin.\rShe") for line in lines()]
    (document,), tally = read(parts)
    assert "aspirin.\rShe" in document.passage("abstract")
    assert placed(document) == GOOD
    assert told(tally) == {}


def test_nul_bytes_and_bytes_that_are_not_utf8_keep_the_offsets() -> None:
    parts = "\n".join(lines()).encode() + b"\n"
    (document,), _ = read(parts.replace(b"A girl", b"A\x00girl").replace(b"rash went", b"rash\xe9went"))
    assert document.passage("abstract").startswith("A\ufffdgirl")
    assert placed(document) == GOOD
    assert [(f.code, f.severity) for f in document.findings] == [("text-damaged", "warning")]
    documents, tally = read(b"\x00" * 5000 + b"\n" + parts + b"\x00" * 70 + b"\n")
    assert placed(documents[0]) == GOOD
    assert told(tally) == {("line", "the line holds NUL bytes"): 2}


def test_a_pmid_twice_is_two_documents() -> None:
    documents, tally = read([*lines("1"), "", *lines("2"), "", *lines("1")])
    assert [d.pmid for d in documents] == ["1", "2", "1"]
    assert {len(d.mentions) for d in documents} == {4}
    near, _ = read([*lines("1"), *lines("1")])
    assert [len(d.mentions) for d in near] == [4, 4]
    assert told(tally) == {}


def test_a_missing_title_or_abstract() -> None:
    (document,), _ = read([line for line in lines() if "|t|" not in line])
    assert (document.title, [p.section for p in document.passages]) == ("", ["abstract"])
    (document,), tally = read([line for line in lines() if "|a|" not in line])
    assert [p.section for p in document.passages] == ["title"]
    assert placed(document) == [("title", "aspirin")]
    assert [f.code for f in document.findings] == ["span-mismatch"] * 3
    assert len(document.mentions) == 4
    assert told(tally) == {}


def test_offsets_from_the_abstract_where_the_title_is_missing() -> None:
    start = ABSTRACT.index("rash")
    parts = [
        f"5|a|{ABSTRACT}",
        f"5\t{start}\t{start + 4}\trash\tDisease\tD005076",
        "5\t17\t24\taspirin\tChemical\tD001241",
    ]
    (document,), _ = read(parts)
    assert placed(document) == [("abstract", "rash"), ("abstract", "aspirin")]


def test_neither_title_nor_abstract() -> None:
    documents, tally = read(["7|t|", "7|a| ", *lines("7")[2:]])
    assert documents == []
    assert told(tally) == {
        ("document", "neither title nor abstract"): 1,
        ("mention", "its document has neither title nor abstract"): 4,
        ("relation", "its document has neither title nor abstract"): 1,
    }


def test_mention_lines_before_the_text_and_among_other_documents() -> None:
    one, two, three = lines("1"), lines("2"), lines("3")
    mixed = [*one[2:], *one[:2], "", *two[:4], *three[:3], two[4], three[3], *two[5:], "", *three[4:]]
    documents, tally = read(mixed)
    assert sorted(d.pmid or "" for d in documents) == ["1", "2", "3"]
    assert all(placed(d) == GOOD and len(d.relations) == 1 for d in documents)
    assert told(tally) == {}


def test_the_abstract_before_the_title() -> None:
    one = lines()
    (document,), _ = read([one[1], one[0], *one[2:]])
    assert placed(document) == GOOD


def test_lines_whose_text_is_not_near_by() -> None:
    far = [line for n in range(WINDOW + 2) for line in lines(str(n + 1))]
    documents, tally = read([*far, *lines("1")[2:], "99\t0\t5\tFever\tDisease\tD005334"])
    assert len(documents) == WINDOW + 2
    assert told(tally) == {
        ("mention", "the input has no text of its document near by"): 5,
        ("relation", "the input has no text of its document near by"): 1,
    }


def test_offsets_that_count_nothing_or_two_between_title_and_abstract() -> None:
    for gap in (-1, 1):
        parts = []
        for line in lines():
            columns = line.split("\t")
            if len(columns) > 4 and int(columns[1]) > len(TITLE):
                columns[1:3] = [str(int(columns[1]) + gap), str(int(columns[2]) + gap)]
            parts.append("\t".join(columns))
        (document,), _ = read(parts)
        assert placed(document) == GOOD
        (finding,) = document.findings
        assert (finding.code, finding.mention) == ("span-repaired", None)


def test_offsets_that_count_bytes_and_text_that_was_rewritten() -> None:
    abstract = "The β-blocker made a rash. IL-1α fell; then came fever."
    whole = f"{TITLE} {abstract}"
    parts = [f"8|t|{TITLE}", f"8|a|{abstract}"]
    for surface, written, kind in (
        ("rash", "rash", "Disease"),
        ("IL-1α", "IL-1a", "Gene"),
        ("fever", "fever", "Disease"),
    ):
        start = whole.index(surface)
        low, high = len(whole[:start].encode()), len(whole[: start + len(surface)].encode())
        parts.append(f"8\t{low}\t{high}\t{written}\t{kind}\t-")
    (document,), _ = read(parts)
    assert placed(document)[::2] == [("abstract", "rash"), ("abstract", "fever")]
    hows = {f.text: f.reasons[0].check for f in document.findings}
    assert (hows["rash"], hows["fever"]) == ("bytes", "bytes")
    points = [line.replace(str(len(whole[: whole.index("IL")].encode())), str(whole.index("IL"))) for line in parts]
    assert points != parts
    rewritten, _ = read([*parts[:2], f"8\t{whole.index('IL')}\t{whole.index('IL') + 5}\tIL-1a\tGene\t3552"])
    assert placed(rewritten[0]) == [("abstract", "IL-1α")]
    assert rewritten[0].findings[0].reasons[0].check == "rewritten"
    assert rewritten[0].mentions[0].text == "IL-1a"


@pytest.mark.parametrize(
    ("written", "category", "asserted", "further"),
    [
        ("D001241|D005076", "Disease", "MESH:D001241", ("MESH:D005076",)),
        ("D001241+D005076", "CompositeMention", "MESH:D001241", ("MESH:D005076",)),
        (" D008661", "DiseaseClass", "MESH:D008661", ()),
        ("OMIM:104300", "SpecificDisease", "OMIM:104300", ()),
        ("7157,7158", "GeneOrGeneProduct", "NCBIGene:7157", ("NCBIGene:7158",)),
        ("MESH:C046498", "Chemical", "MESH:C046498", ()),
        ("D001241|-1", "Chemical", "MESH:D001241", ()),
        ("*D001241", "Chemical", None, ()),
    ],
)
def test_identifiers(written: str, category: str, asserted: str | None, further: tuple[str, ...]) -> None:
    (document,), _ = read([*lines()[:2], f"101\t12\t19\taspirin\t{category}\t{written}"])
    (found,) = document.mentions
    assert (found.asserted_as, found.asserted, found.further) == (written.strip(), asserted, further)


@pytest.mark.parametrize("columns", ["\t-1", "\t-", "\t", ""])
def test_no_identifier(columns: str) -> None:
    (document,), _ = read([*lines()[:2], f"101\t12\t19\taspirin\tChemical{columns}"])
    assert (document.mentions[0].asserted_as, document.mentions[0].asserted) == ("", None)
    assert placed(document) == [("title", "aspirin")]


def test_further_columns_are_not_read() -> None:
    (document,), tally = read([*lines()[:2], mention("rash and fever", "Disease", "D005076|D005334\trash|fever"),
                               mention("aspirin", "Chemical", "D001241"),
                               "101\tAssociation\tD001241\tD005334\tNovel"])  # fmt: skip
    assert document.mentions[0].further == ("MESH:D005334",)
    assert [(r.kind, r.object) for r in document.relations] == [("Association", "MESH:D005334")]
    assert told(tally) == {}


def test_a_relation_whose_end_is_composite_is_one_for_each() -> None:
    (document,), tally = read([*lines()[:3], mention("rash and fever", "Disease", "D005076|D005334"),
                               "101\tCID\tD001241\tD005076|D005334"])  # fmt: skip
    assert [r.object for r in document.relations] == ["MESH:D005076", "MESH:D005334"]
    assert {r.object_as for r in document.relations} == {"D005076|D005334"}
    assert [e.count for e in tally.entries() if (e.kind, e.outcome) == ("relation", "kept")] == [1]


def test_relations_that_cannot_be_taken() -> None:
    (document,), tally = read([
        *lines(), "101\tCID\tD001241\tD000001", "101\tCID\tD001241\tD005076", "101\tCID\tD001241",
        mention("girl", "DNAMutation", "c|DEL|5|A"), "101\tAssociation\tc|DEL|5|A\tD005076", "101\tnonsense",
    ])  # fmt: skip
    assert [(r.subject_as, r.object) for r in document.relations] == [
        ("D001241", "MESH:D005076"), ("c|DEL|5|A", "MESH:D005076"),
    ]  # fmt: skip
    # No vocabulary knows the variant: it is kept under a CURIE of this document.
    assert document.relations[1].subject == as_written(document.id, "c|DEL|5|A")
    assert told(tally) == {
        ("relation", "no mention carries the identifier of an end"): 1,
        ("line", "neither a mention nor a relation"): 2,
    }
    assert told(tally, "merged") == {("relation", "given twice"): 1}


def test_mentions_that_cannot_be_taken_or_placed() -> None:
    (document,), tally = read([
        *lines(), lines()[2], "101\t1\t5", "101\t3\t9\t \tDisease\tD005076", "101\tx\t9\trash\tDisease\tD005076",
        "101\t-4\t9\trash\tDisease\tD005076", "101\t16\t26\trin. A gir\tDisease\tD005076",
    ])  # fmt: skip
    assert placed(document) == GOOD
    assert told(tally) == {("mention", "fewer columns than a mention has"): 1, ("mention", "no text"): 1,
                           ("relation", "no mention carries the identifier of an end"): 1}  # fmt: skip
    assert told(tally, "merged") == {("mention", "given twice"): 1}
    assert sorted(f.message.rpartition(": ")[2] for f in document.findings) == [
        "it has no offset that can be read", "it stands across two passages",
    ]  # fmt: skip


def test_lines_without_a_tab() -> None:
    documents, tally = read(["PubTator export", "", *lines("1"), "-- end --", "", *lines("2"), "\tx\ty", "rubbish"])
    assert [placed(d) for d in documents] == [GOOD, GOOD]
    assert told(tally) == {
        ("line", "no tab and no mark of a section: it belongs to no document"): 3,
        ("line", "no identifier of a document"): 1,
    }


def test_a_line_without_an_identifier_before_every_document_is_told() -> None:
    (document,), tally = read(["\tx\ty", *lines()])
    assert placed(document) == GOOD
    assert told(tally) == {("line", "no identifier of a document"): 1}


def test_an_abstract_that_goes_on_over_lines_of_its_own() -> None:
    parts = [line.replace("aspirin. She", "aspirin.\nShe") for line in lines()]
    (document,), tally = read(parts)
    assert placed(document) == GOOD
    assert [(f.code, f.severity) for f in document.findings] == [("text-damaged", "info")]
    assert told(tally) == {}
    (document,), tally = read([*lines()[:2], *["more"] * (MAX_CONTINUED[0] + 5)])
    assert told(tally) == {("line", "no tab and no mark of a section: it belongs to no document"): 5}


def test_further_sections_are_numbered() -> None:
    parts = ["3|t|Title.", "3|a|One.", "3|a|Two rash.", "3|methods|Aspirin.", "3\t16\t20\trash\tDisease\tD005076"]
    (document,), _ = read(parts)
    assert [p.section for p in document.passages] == ["title", "abstract", "abstract 2", "methods"]
    assert placed(document) == [("abstract 2", "rash")]


def test_an_input_that_ends_in_the_middle() -> None:
    data = ("\n".join([*lines("1"), "", *lines("2")]) + "\n").encode()
    for length in range(len(data) + 1):
        documents, tally = read(data[:length])
        assert len(documents) <= 2
        if length > data.index(b"2|t|"):
            assert placed(documents[0]) == GOOD
    cut = data.index(b"took", data.index(b"2|a|"))
    documents, _ = read(data[:cut])
    assert documents[1].abstract_truncated
    assert [f.message for f in documents[1].findings] == [
        "a line of the document ends in the middle: the input is cut off"
    ]
    documents, tally = read(data[: data.rindex(b"\tDisease")])
    assert told(tally) == {("mention", "the input is cut off in its line"): 1}


class _Breaks(io.RawIOBase):
    """A stream that fails where its data ends."""

    def __init__(self, data: bytes, error: Exception) -> None:
        self.data, self.error = io.BytesIO(data), error

    def read(self, size: int = -1) -> bytes:
        block = self.data.read(size)
        if not block:
            raise self.error
        return block


@pytest.mark.parametrize("error", [EOFError("cut"), zlib.error("bad"), OSError("gone")])
def test_a_stream_that_breaks_off(error: Exception) -> None:
    data = "\n".join([*lines("1"), *lines("2")]).encode()
    documents, tally = read(b"", cast(IO[bytes], _Breaks(data, error)))
    assert [d.pmid for d in documents] == ["1", "2"]
    assert told(tally) == {("line", "the input breaks off here: it is cut or damaged"): 1}


def test_a_damaged_gzip_gives_what_is_sound() -> None:
    data = gzip.compress("\n".join(line for n in range(3000) for line in lines(str(n + 1))).encode())
    with gzip.open(io.BytesIO(data[: len(data) // 2])) as stream:
        documents, tally = read(b"", cast(IO[bytes], stream))
    assert len(documents) > 500
    assert ("line", "the input breaks off here: it is cut or damaged") in told(tally)


def test_a_line_that_is_too_long_is_set_aside() -> None:
    long = b"2|a|" + b"x" * (MAX_LINE_BYTES + BLOCK) + b"\n"
    data = "\n".join(lines("1")).encode() + b"\n" + long + "\n".join(lines("3")).encode()
    documents, tally = read(data)
    assert [placed(d) for d in documents] == [GOOD, GOOD]
    assert told(tally) == {("line", f"the line is longer than {MAX_LINE_BYTES >> 20} MiB"): 1}
    assert documents[1].mentions[0].line == len(lines()) + 4


class _Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time, as pipes do."""

    def __init__(self, data: bytes) -> None:
        self.data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self.data.read(7)


def test_blocks_of_any_size_make_the_same_lines() -> None:
    data = ("\r\n".join(line for n in range(20) for line in [*lines(str(n + 1)), ""]) + "\r\n").encode()
    whole, _ = read(data)
    pieces, _ = read(b"", cast(IO[bytes], _Trickle(data)))
    assert whole == pieces


@given(st.lists(st.sampled_from([
    "1|t|Rash.", "1|a|Fever, rash.", "2|t|", "2|a|Rash α.", "1\t0\t4\tRash\tDisease\tD005076", "1\t0\t4\tRash\tDisease",
    "2\t6\t10\tRash\tDisease\tD1|D2", "1\tCID\tD005076\tD2", "\x00\x00", "", "x", "\t", "1\t\t\t\t", "|t|x", "1|t|a|t|b",
    "3\t9\t9\t\r", "1|\u00e9|x", "\ud7ff\r", "1\t1\t99999999999999999999999\tRash\tGene\t1",
]), max_size=30), st.sampled_from(["\n", "\r", "\r\n", ""]))  # fmt: skip
def test_any_lines_in_any_order_balance(parts: list[str], end: str) -> None:
    read(end.join(parts))


@given(st.binary(max_size=300))
def test_any_bytes_balance(data: bytes) -> None:
    read(data)
    read(b"1|t|Rash.\n" + data + b"\n1|a|x")


def from_corpus(*parts: str) -> tuple[list[Document], Counter[tuple[str, str]], Tally]:
    path = full_data("corpora", *parts)
    with gzip.open(path) as stream:
        documents, tally = read(b"", cast(IO[bytes], stream))
    counts: Counter[tuple[str, str]] = Counter()
    for entry in tally.entries():
        counts[entry.kind, entry.outcome] += entry.count
    return documents, counts, tally


@pytest.mark.parametrize(
    ("name", "chemicals", "diseases", "relations", "loose"),
    [("CDR_TrainingSet", 5203, 4182, 1038, 1), ("CDR_DevelopmentSet", 5347, 4244, 1012, 0)],
)
def test_bc5cdr_in_full(name: str, chemicals: int, diseases: int, relations: int, loose: int) -> None:
    documents, counts, tally = from_corpus("bc5cdr", f"{name}.PubTator.txt.gz")
    assert counts["document", "received"] == len(documents) == 500
    kinds = Counter(m.category for d in documents for m in d.mentions)
    assert kinds == {CHEMICAL: chemicals, DISEASE: diseases}
    assert all(m.occurrences for d in documents for m in d.mentions)
    assert (counts["relation", "received"], counts["relation", "kept"]) == (relations, relations - loose)
    assert not any(d.findings for d in documents)
    # 14698717 relates D010672, which none of its mentions carries.
    aside = [(e.reason, e.text) for e in tally.entries() if e.outcome == "set_aside"]
    assert len(aside) == loose
    assert all("14698717" in text and reason.startswith("no mention carries") for reason, text in aside)


@pytest.mark.parametrize(
    ("name", "records", "distinct", "mentions", "repaired"),
    [("train", 593, 592, 5145, 1), ("devel", 100, 100, 787, 0)],
)
def test_ncbi_disease_in_full(name: str, records: int, distinct: int, mentions: int, repaired: int) -> None:
    documents, counts, _ = from_corpus("ncbi_disease", f"{name}.PubTator.txt.gz")
    assert counts["document", "received"] == len(documents) == records
    assert len({d.pmid for d in documents}) == distinct
    assert counts["mention", "kept"] == mentions
    assert all(m.occurrences and m.asserted for d in documents for m in d.mentions)
    # One surface form has a space too many at its end.
    assert [f.code for d in documents for f in d.findings] == ["span-repaired"] * repaired


@pytest.mark.parametrize(
    ("name", "records", "mentions", "relations", "described"),
    [("Train", 400, 13351, 4178, 311), ("Dev", 100, 3533, 1162, 122)],
)
def test_biored_in_full(name: str, records: int, mentions: int, relations: int, described: int) -> None:
    documents, counts, tally = from_corpus("biored", f"{name}.PubTator.gz")
    assert (len(documents), counts["mention", "kept"]) == (records, mentions)
    assert counts["relation", "received"] == relations
    assert all(m.occurrences for d in documents for m in d.mentions)
    assert not told(tally)
    assert counts["relation", "kept"] + counts["relation", "merged"] == relations
    # Variants that tmVar describes and no database numbers are ends under a CURIE of their document.
    own = [r for d in documents for r in d.relations if AS_WRITTEN in f"{r.subject} {r.object}"]
    assert len({(r.document, r.line) for r in own}) == described
    for relation in own:
        for curie, written in ((relation.subject, relation.subject_as), (relation.object, relation.object_as)):
            assert written_of(curie) in {"", written}
            assert compress(expand(curie)) == normalize(curie) == curie


def test_a_full_text_export_with_more_mentions_than_text() -> None:
    path = full_data("pubtator3", "export", "22429397_full_240916.pubtator")
    (document,), _ = read(path.read_bytes())
    assert len(document.mentions) == 666
    assert sum(bool(m.occurrences) for m in document.mentions) == 40
    reasons = Counter(f.reasons[0].statement for f in document.findings)
    assert reasons == {"it is given behind the end of the text": 626}
    assert len(document.relations) == 10
