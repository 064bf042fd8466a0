"""Tables of annotations: columns, rows, grouping, spans, and what becomes of dirt."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.annotationtable import read_table
from kg.documents.biocheader import read_header
from kg.documents.tablecolumns import TableColumns
from kg.documents.tablerows import separator_of, table_rows
from kg.documents.tally import Tally
from kg.errors import InputError
from kg.model import CHEMICAL, DISEASE, Document

TITLE, ABSTRACT = "Fever after aspirin", "A man with fever took aspirin. Fever fell."
HEAD = ["pmid", "title", "abstract", "start", "end", "mention", "type", "identifier", "annotator"]
ROWS = [
    ["7", TITLE, ABSTRACT, "0", "5", "Fever", "Disease", "D005334", "A"],
    ["7", TITLE, ABSTRACT, "12", "19", "aspirin", "Chemical", "MESH:D001241", "A"],
    ["7", TITLE, ABSTRACT, "31", "36", "fever", "Disease", "D005334|D001241", "B"],
]


def table(rows: list[list[str]], separator: str = ",", head: list[str] | None = None) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([head or HEAD, *rows])
    return out.getvalue()


def read(data: bytes | str, columns: TableColumns | None = None) -> tuple[list[Document], Tally]:
    """Read a table and see that its tally balances and agrees with what came."""
    tally = Tally("t.csv")
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    documents = list(read_table(stream, "t.csv", tally, columns))
    assert tally.balanced()
    kept = {e.kind: e.count for e in tally.entries() if e.outcome == "kept"}
    assert kept.get("document", 0) == len(documents)
    assert kept.get("mention", 0) == sum(len(d.mentions) for d in documents)
    for document in documents:
        for mention in document.mentions:
            for o in mention.occurrences:
                assert document.passage(o.section)[o.start : o.end] == o.text
    return documents, tally


def reasons(tally: Tally) -> list[tuple[str, int, str]]:
    return [(e.kind, e.line, e.reason) for e in tally.entries() if e.outcome == "set_aside"]


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_row_for_each_mention(separator: str) -> None:
    (document,), tally = read(table(ROWS, separator))
    assert (document.id, document.pmid, document.title, document.format) == ("PMID:7", "7", TITLE, "table")
    assert [(p.section, p.text) for p in document.passages] == [("title", TITLE), ("abstract", ABSTRACT)]
    assert [(m.line, m.source_list, m.category, m.text, m.asserted, m.further) for m in document.mentions] == [
        (2, "A", DISEASE, "Fever", "MESH:D005334", ()),
        (3, "A", CHEMICAL, "aspirin", "MESH:D001241", ()),
        (4, "B", DISEASE, "fever", "MESH:D005334", ("MESH:D001241",)),
    ]
    assert [(o.section, o.start, o.sentence_end) for m in document.mentions for o in m.occurrences] == [
        ("title", 0, 19), ("title", 12, 19), ("abstract", 11, 30),
    ]  # fmt: skip
    assert document.findings == ()
    assert reasons(tally) == []


def test_json_lines_say_the_same() -> None:
    lines = "\n".join(json.dumps(dict(zip(HEAD, row, strict=True))) for row in ROWS)
    (document,), _ = read(lines)
    (as_csv,), _ = read(table(ROWS))
    assert document.passages == as_csv.passages
    assert [(m.id, m.asserted) for m in document.mentions] == [(m.id, m.asserted) for m in as_csv.mentions]
    (numbers,), _ = read(
        json.dumps({"pmid": 7, "text": "Fever", "start": 0, "end": 5, "type": "Disease", "x": {"y": 1}})
    )
    assert numbers.mentions[0].text == "Fever"


def test_a_row_for_each_document() -> None:
    rows = [["PMC1234567", "A title", "A text.", "J", "2020/02/03", "Doe J; Roe R", "Case Reports|Journal Article"]]
    head = ["id", "title", "text", "journal", "date", "authors", "publication_type", "Licence"]
    rows[0].append("CC BY")
    last = ["x1", "Another", "", "", "02/03/2020", "", "", ""]
    (document, other), tally = read(table([*rows, rows[0], last], head=head))
    assert (document.id, document.journal, document.date) == ("PMCID:PMC1234567", "J", "2020-02-03")
    assert document.authors == ("Doe J", "Roe R")
    assert document.publication_types == ("Case Reports", "Journal Article")
    assert (document.license, other.license) == ("CC BY", None)
    assert other.date is None
    assert other.id.startswith("casegraph:document-")
    merged = [e.reason for e in tally.entries() if e.outcome == "merged"]
    assert merged == ["a further row of the document before"]


def test_a_document_that_comes_back_is_another_record() -> None:
    other = [["8", "T", "", "", "", "x", "Disease", "", ""]]
    documents, _ = read(table([*ROWS[:1], *other, *ROWS[1:]]))
    assert [(d.id, len(d.mentions)) for d in documents] == [("PMID:7", 1), ("PMID:8", 1), ("PMID:7", 2)]


def test_names_without_offsets_stand_where_the_text_has_them() -> None:
    (document,), _ = read(table([["7", ABSTRACT, "Fever", "D005334"]], head=["pmid", "abstract", "entity", "mesh id"]))
    (mention,) = document.mentions
    assert [o.start for o in mention.occurrences] == [11, 31]
    assert document.findings == ()


def test_spans_are_verified() -> None:
    rows = [
        ["7", TITLE, ABSTRACT, "3", "8", "Fever", "Disease", "", ""],
        ["7", TITLE, ABSTRACT, "12", "19", "Aspirin", "Chemical", "", ""],
        ["7", TITLE, ABSTRACT, "12", "19", "ibuprofen", "Chemical", "", ""],
        ["7", TITLE, ABSTRACT, "x", "y", "fever", "Disease", "", ""],
        ["7", TITLE, ABSTRACT, "12", "19", "", "Chemical", "D001241", ""],
        ["7", TITLE, ABSTRACT, "12", "", "aspirin", "Chemical", "D001241", ""],
    ]
    (document,), _ = read(table(rows))
    assert [(m.text, [o.text for o in m.occurrences]) for m in document.mentions] == [
        ("Fever", ["Fever"]),
        ("Aspirin", ["aspirin"]),
        ("ibuprofen", []),
        ("fever", []),
        ("aspirin", ["aspirin"]),
        ("aspirin", ["aspirin"]),
    ]
    by_mention = {f.mention: (f.code, f.severity) for f in document.findings}
    assert [by_mention.get(m.id) for m in document.mentions] == [
        ("span-repaired", "info"),
        ("span-repaired", "info"),
        ("span-mismatch", "warning"),
        ("span-mismatch", "warning"),
        None,
        None,
    ]


def test_offsets_within_passages() -> None:
    head = [*HEAD, "section"]
    rows = [["7", TITLE, ABSTRACT, "11", "16", "fever", "Disease", "", "", "Abstract"],
            ["7", TITLE, ABSTRACT, "0", "5", "Fever", "Disease", "", "", "T"]]  # fmt: skip
    columns = TableColumns(
        pmid="pmid", title="title", abstract="abstract", start="start", end="end", mention="mention", type="type",
        section="section", offsets="passage",
    )  # fmt: skip
    (document,), _ = read(table(rows, head=head), columns)
    assert [m.occurrences[0].section for m in document.mentions] == ["abstract", "title"]
    assert document.findings == ()


def test_rows_that_cannot_be_read() -> None:
    text = (
        table(ROWS[:1])
        + "7,too,short\n\n7,t,a,1,2,x,Disease,,,one too many\n,,,1,2,x,Disease,,\n"
        + table(ROWS[1:2]).split("\n", 1)[1]
    )
    (document,), tally = read(text)
    assert len(document.mentions) == 2
    assert reasons(tally) == [
        ("line", 3, "3 cells where the header has 9"),
        ("line", 5, "10 cells where the header has 9"),
        ("mention", 6, "no document that it belongs to"),
    ]


def test_rows_that_say_the_same_or_otherwise() -> None:
    rows = [ROWS[0], ROWS[0], ["7", "Another title", *ROWS[1][2:]], ["7", *[""] * 8], ["7", TITLE, ABSTRACT, *[""] * 6]]
    (document,), tally = read(table(rows))
    assert len(document.mentions) == 2
    assert [e.reason for e in tally.entries() if e.outcome == "merged"] == ["given twice"]
    assert [f.message for f in document.findings] == ["line 4 gives another title than the first row of the document"]


def test_quotes_in_csv_and_in_tsv() -> None:
    (document,), _ = read('pmid,abstract,mention\n1,"He said ""hot"",\nthen slept","hot"\n')
    assert document.passages[0].text == 'He said "hot",\nthen slept'
    (document,), _ = read('pmid\tabstract\tmention\n1\t"hot" flush\t"hot"\n1\t"hot" flush\tflush"\n')
    assert [m.text for m in document.mentions] == ["hot", 'flush"']


def test_a_cell_with_a_whole_article() -> None:
    (document,), tally = read('pmid,abstract\n1,"' + "It said no.\n" * 100 + "word, " * 100_000 + '"\n')
    assert len(document.passages[0].text) > 600_000
    assert reasons(tally) == []


def test_a_quote_that_is_not_closed_costs_its_line() -> None:
    rows = "".join(f"{i},a title,word\n" for i in range(2, 500))
    documents, tally = read('pmid,title,mention\n1,"a title,word\n' + rows)
    assert [d.pmid for d in documents] == [str(i) for i in range(2, 500)]
    assert reasons(tally) == [("line", 2, "a quote that is not closed")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"just a line\n", "no header of a table"),
        (b"<html>, pmid</html>", "no column"),
        (b"a,b\n1,2\n", "no column says which document"),
        (b"pmid,score\n1,2\n", "no column holds a mention"),
        (b"pmid,pmid,mention\n", "two columns have one name"),
        (b"\x00\xff,pmid\n1,2", "the header"),
        (b'{"a": 1', "cut short"),
    ],
)
def test_what_is_no_table_says_so(data: bytes, reason: str) -> None:
    documents, tally = read(data)
    assert documents == []
    assert any(reason in said for _, _, said in reasons(tally))


def test_dirt_in_lines() -> None:
    data = b"\xef\xbb\xbfpmid,mention\r\n1,good\r\n2,ba\x00d\r\n3,caf\xe9\r\n4,good"
    documents, tally = read(data)
    assert [d.pmid for d in documents] == ["1", "4"]
    assert [line for _, line, _ in reasons(tally)] == [3, 4]


def test_line_ends_of_cr_alone() -> None:
    documents, tally = read(b"\xef\xbb\xbfpmid,mention\r1,good\r\r2,good\r")
    assert [d.pmid for d in documents] == ["1", "2"]
    assert reasons(tally) == []


@pytest.mark.parametrize(
    "text", ["pmid,title,mention\n7,a\x01b,\x1fx\n", '{"pmid": 7, "title": "a\\u0001b", "mention": "\\ud800x"}']
)
def test_characters_that_no_table_holds(text: str) -> None:
    (document,), _ = read(text)
    assert (document.title, document.mentions[0].text) == ("a\ufffdb", "\ufffdx")


def test_a_number_in_other_digits_is_no_identifier() -> None:
    documents, _ = read("pmid,mention\n١٢٣,x\n")
    assert [(d.pmid, [f.code for f in d.findings]) for d in documents] == [(None, ["identifier-unreadable"])]


def test_columns_by_a_file(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_text('pmid = "Artikel"\nmention = "Wort"\noffsets = "passage"\n')
    columns = TableColumns.read(path)
    (document,), _ = read("Artikel;Wort;start\n5;Fieber;9\n", columns)
    assert document.mentions[0].text == "Fieber"
    documents, tally = read("Article;Wort\n5;Fieber\n", columns)
    assert documents == [] and "no column 'Artikel'; did you mean 'Article'?" in reasons(tally)[0][2]


def test_columns_that_are_not_named_are_recognised_beside_those_that_are() -> None:
    text = "pmid,Begriff,id,title\n7,Fever,D005334,Fever again\n"
    (document,), _ = read(text, TableColumns(mention="Begriff"))
    assert [(m.text, m.asserted) for m in document.mentions] == [("Fever", "MESH:D005334")]
    assert document.title == "Fever again"
    (document,), _ = read(text, TableColumns(mention="Begriff", title="-", identifier="-"))
    assert (document.title, document.mentions[0].asserted, document.passages) == ("", None, ())


def test_columns_by_words(tmp_path: Path) -> None:
    assert TableColumns.parse("pmid=Nr. des Artikels, mention = Wort").pairs == (
        ("mention", "Wort"),
        ("pmid", "Nr. des Artikels"),
    )
    path = tmp_path / "a=b.toml"
    path.write_text('mention = "a, b"')
    assert TableColumns.parse(str(path)).named == ("a, b",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("mentoin=a", "unknown field 'mentoin' of a table; did you mean mention"),
        ("mention=a,b", "'b' is not"),
        ("mention=a,mention=b", "'mention' is named twice"),
        ("mention=", "mention cannot be ''"),
        ("offsets=bytes", "offsets cannot be 'bytes'"),
        ("nowhere.toml", "cannot read the columns in nowhere.toml"),
        ("", "cannot read the columns"),
    ],
)
def test_words_of_columns_that_are_wrong(words: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        TableColumns.parse(words)
    assert said in str(caught.value)


def test_a_key_that_no_row_has() -> None:
    rows = '{"pmid": 7, "Word": "Fever"}\n{"pmid": 8, "Word": "Fever", "Kind": "Disease"}\n'
    documents, tally = read(rows, TableColumns(mention="Word", type="Kind"))
    assert len(documents) == 2
    assert reasons(tally) == []
    documents, tally = read(rows, TableColumns(mention="Word", type="Knd"))
    assert len(documents) == 2
    assert reasons(tally) == [
        ("line", 0, "a column that was named is in no row: no column 'Knd'; did you mean 'Kind'?")
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("pmid = ", "cannot read"),
        ("mentoin = 'a'", "did you mean mention"),
        ("pmid = 3", "cannot be 3"),
        ("offsets = 'bytes'", "cannot be 'bytes'"),
    ],
)
def test_a_file_of_columns_that_is_wrong(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(content)
    with pytest.raises(InputError, match=words):
        TableColumns.read(path)
    with pytest.raises(InputError):
        TableColumns.read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["PMID", "Start", "End", "Text", "Type", "Id"], {"pmid": "PMID", "mention": "Text", "identifier": "Id"}),
        (["doc_id", "entity", "label", "begin", "stop"], {"document": "doc_id", "mention": "entity", "type": "label"}),
        (["id", "text"], {"document": "id", "abstract": "text", "mention": ""}),
        (["article_id", "mention", "curie", "text"], {"mention": "mention", "identifier": "curie", "abstract": "text"}),
        (
            ["PMCID", "Title", "Abstract", "Surface Form", "Semantic-Type"],
            {"mention": "Surface Form", "type": "Semantic-Type"},
        ),
    ],
)
def test_columns_by_their_names(header: list[str], expected: dict[str, str]) -> None:
    columns = TableColumns.recognise(header)
    assert {field: getattr(columns, field) for field in expected} == expected


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\x1c\x1d\x1e\x85\u2028\u2029"), max_size=8)


@given(st.lists(st.lists(_CELLS, min_size=3, max_size=3), max_size=6), st.sampled_from([",", ";"]))
def test_what_csv_writes_is_read(rows: list[list[str]], separator: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["pmid", "title", "x"], *rows]
    )
    found = list(table_rows(io.BytesIO(out.getvalue().encode())))
    assert not [r.problem for r in found if r.problem]
    assert [list(r.cells.values()) for r in found[1:]] == rows


@given(st.binary(max_size=80))
def test_any_bytes_balance(data: bytes) -> None:
    read(b"pmid,mention,start\n" + data)
    read(data)


def test_separators() -> None:
    assert separator_of("pmid;a,b;mention") == ";"
    assert separator_of("pmid\tmention, type") == "\t"


# --- what offsets count in

T_SECTION = "Osteosarcoma of the jaw"
A_SECTION = "A man with an osteosarcoma of the jaw had pain in the jaw."
SECTION_HEAD = ["pmid", "title", "abstract", "section", "start", "end", "mention", "type"]


def in_section(surface: str, section: str, nth: int = 0, base: str | None = None) -> list[str]:
    """A row whose offsets count in its section."""
    text = T_SECTION if section == "title" else A_SECTION
    start = -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    row = ["7", T_SECTION, A_SECTION, section, str(start), str(start + len(surface)), surface, "Disease"]
    return row if base is None else [*row, base]


@pytest.mark.parametrize("base", [None, "passage", "Passage"])
def test_a_span_that_is_exact_in_its_section_stays_there(base: str | None) -> None:
    rows = [
        in_section("Osteosarcoma", "title", base=base),
        in_section("osteosarcoma", "abstract", base=base),
        in_section("jaw", "abstract", 1, base=base),
    ]
    head = SECTION_HEAD if base is None else [*SECTION_HEAD, "offsets"]
    (document,), tally = read(table(rows, "\t", head))
    assert [(o.section, o.start) for m in document.mentions for o in m.occurrences] == [
        ("title", 0),
        ("abstract", 14),
        ("abstract", 54),
    ]
    told = [f.message for f in document.findings]
    assert told == (
        ["the offsets of 2 mentions count from the begin of the section that their rows name"] if base is None else []
    )
    assert not reasons(tally)


def test_offsets_of_the_document_hold_where_the_section_is_named() -> None:
    rows = [in_section("osteosarcoma", "abstract"), in_section("jaw", "abstract", 1)]
    for row in rows:
        row[4:6] = [str(int(n) + len(T_SECTION) + 1) for n in row[4:6]]
    (document,), _ = read(table(rows, ",", SECTION_HEAD))
    assert [(o.section, o.start) for m in document.mentions for o in m.occurrences] == [
        ("abstract", 14),
        ("abstract", 54),
    ]
    assert not document.findings


def test_a_word_is_not_moved_into_another_section_than_its_row_names() -> None:
    row = in_section("jaw", "abstract")
    row[4:6] = ["2", "5"]
    (document,), _ = read(table([row], ",", SECTION_HEAD))
    assert [f.code for f in document.findings] == ["span-mismatch"]
    assert document.mentions[0].occurrences == ()


def test_each_row_says_what_its_offsets_count_in() -> None:
    first = in_section("osteosarcoma", "abstract", base="passage")
    second = in_section("jaw", "abstract", 1, base="document")
    second[4:6] = [str(int(n) + len(T_SECTION) + 1) for n in second[4:6]]
    third = in_section("pain", "abstract", base="somewhere")
    (document,), tally = read(table([first, second, third], ",", [*SECTION_HEAD, "offsets"]))
    assert [(o.section, o.start) for m in document.mentions for o in m.occurrences] == [
        ("abstract", 14),
        ("abstract", 54),
        ("abstract", 42),
    ]
    assert reasons(tally) == [
        ("line", 4, "what offsets count in is 'document' or 'passage'; as if nothing stood there")
    ]


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Smith, John; Doe, Anna; Roe, B", ("Smith, John", "Doe, Anna", "Roe, B")),
        ("Smith, John", ("Smith, John",)),
        ("Smith J, Doe A", ("Smith J", "Doe A")),
    ],
)
def test_authors_are_parted_as_in_bioc(written: str, authors: tuple[str, ...]) -> None:
    (document,), _ = read(table([["7", TITLE, ABSTRACT, written]], ",", ["pmid", "title", "abstract", "authors"]))
    assert document.authors == authors
    assert read_header("1234567", {"authors": written}).authors == authors
