"""BioC JSON: holders, dirt, and the genuine exports."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import jsonrecords
from kg.documents.biocjson import read_biocjson
from kg.documents.biocxml import read_biocxml
from kg.documents.pubtator import read_pubtator
from kg.documents.tally import Tally
from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, TAXON, VARIANT, Document, LedgerEntry
from tests.documents.test_biocxml import Dribble, content
from tests.terms.full_data import full_data


def document(number: int = 12345, text: str = "Fever after aspirin.", **more: Any) -> dict[str, Any]:
    annotation = {
        "id": "0", "infons": {"type": "Disease", "MESH": "D005334"}, "text": "Fever",
        "locations": [{"offset": 0, "length": 5}],
    }  # fmt: skip
    passage = {"offset": 0, "infons": {"type": "title"}, "text": text, "sentences": [], "annotations": [annotation]}
    return {"id": str(number), "infons": {}, "passages": [passage], "relations": []} | more


def read(data: Any) -> tuple[list[Document], list[LedgerEntry]]:
    if isinstance(data, dict | list):
        data = json.dumps(data)
    stream: IO[bytes] = (
        io.BytesIO(data.encode() if isinstance(data, str) else data) if isinstance(data, str | bytes) else data
    )
    tally = Tally("x.json")
    documents = list(read_biocjson(stream, "x.json", tally))
    assert tally.balanced()
    for made in documents:
        made.title.encode()
        texts = {p.section: p.text for p in made.passages}
        for mention in made.mentions:
            for o in mention.occurrences:
                assert texts[o.section][o.start : o.end] == o.text != ""
    return documents, list(tally.entries())


def ids(data: Any) -> list[str]:
    return [d.id for d in read(data)[0]]


def aside(ledger: list[LedgerEntry], kind: str = "document") -> list[tuple[str, int]]:
    return [(e.reason, e.count) for e in ledger if e.kind == kind and e.outcome == "set_aside"]


def received(ledger: list[LedgerEntry], kind: str) -> int:
    return sum(e.count for e in ledger if e.kind == kind and e.outcome == "received")


BOTH = ["PMID:12345", "PMID:12346"]
PAIR = [document(), document(12346)]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    "data",
    [
        {"source": "PubTator", "documents": PAIR},
        {"PubTator3": PAIR},
        {"PubTator3": [{"documents": [PAIR[0]]}, {"documents": [PAIR[1]]}]},
        PAIR,
        [PAIR],
        [{"documents": PAIR}],
        {"documents": PAIR, "source": "behind it"},
        {"infons": {"a": [{"documents": 1}]}, "documents": PAIR},
    ],
)
def test_whatever_holds_the_documents(data: Any, indent: int | None) -> None:
    documents, ledger = read(json.dumps(data, indent=indent))
    assert [d.id for d in documents] == BOTH
    assert aside(ledger) == []


@pytest.mark.parametrize("between", ["\n", "\r\n", "\n\n", "", " ", "\x1e", ",\n"])
def test_documents_one_after_the_other(between: str) -> None:
    assert ids(between.join(json.dumps(d) for d in PAIR)) == BOTH
    assert ids("\n".join(json.dumps({"PubTator3": [d]}) for d in PAIR)) == BOTH


def test_who_is_the_source() -> None:
    documents, _ = read({"source": "Corpus X", "documents": [document()]})
    assert documents[0].mentions[0].source_list == "Corpus X"
    assert read({"PubTator3": [document()]})[0][0].mentions[0].source_list == "PubTator3"
    assert read([document()])[0][0].mentions[0].source_list == "bioc"


def test_the_document_itself() -> None:
    (made,), _ = read(document())
    assert (made.format, made.input, made.pmid, made.title) == ("bioc", "x.json", "12345", "Fever after aspirin.")
    assert [(m.asserted, m.text, m.occurrences[0].end) for m in made.mentions] == [("MESH:D005334", "Fever", 5)]


def test_fields_beside_the_infons() -> None:
    fields = {
        "pmid": 22429397, "pmcid": "PMC3446384", "id": "3446384", "journal": "Breast Cancer Res",
        "date": "2012-03-19T00:00:00Z", "authors": ["Abalsamo L", {"name": "Spadaro F"}],
    }  # fmt: skip
    (made,), _ = read(document(**fields))
    assert (made.id, made.pmcid, made.date) == ("PMID:22429397", "PMC3446384", "2012-03-19")
    assert (made.journal, made.authors) == ("Breast Cancer Res", ("Abalsamo L", "Spadaro F"))


# --- dirt within documents


@pytest.mark.parametrize(
    "locations",
    [{"offset": 0, "length": 5}, [{"offset": "0", "length": "5"}], [{"offset": 0.0, "length": 5.0}], [{"start": 0, "end": 5}]],
)  # fmt: skip
def test_locations_in_other_forms(locations: Any) -> None:
    data = document()
    data["passages"][0]["annotations"][0]["locations"] = locations
    (made,), _ = read(data)
    assert [(o.start, o.end) for o in made.mentions[0].occurrences] == [(0, 5)]
    assert not made.findings


@pytest.mark.parametrize(
    "locations", [None, [], [None], [{"offset": None}], ["0-5"], 3, [{"offset": 10**30, "length": 1}]]
)
def test_locations_that_are_none(locations: Any) -> None:
    data = document()
    data["passages"][0]["annotations"][0]["locations"] = locations
    (made,), _ = read(data)
    assert [m.occurrences for m in made.mentions] == [()]
    assert [f.code for f in made.findings] == ["span-mismatch"]


@pytest.mark.parametrize(
    ("infons", "asserted"),
    [
        ({"type": "Gene", "identifier": 6611}, "NCBIGene:6611"),
        ({"type": "Gene", "identifier": None, "normalized_id": 6611}, "NCBIGene:6611"),
        ({"type": "Disease", "identifier": ["D005334", "D006311"]}, "MESH:D005334"),
        ({"type": "Disease", "identifier": 5.5}, None),
        ([{"key": "type", "value": "Disease"}, {"key": "MESH", "value": "D005334"}], "MESH:D005334"),
        ({"type": None, "identifier": None}, None),
        ({"type": {"a": 1}, "identifier": {"b": {"c": 2}}}, None),
        (None, None),
        ("Disease", None),
    ],
)
def test_infons_in_other_forms(infons: Any, asserted: str | None) -> None:
    data = document()
    data["passages"][0]["annotations"][0]["infons"] = infons
    (made,), _ = read(data)
    assert [m.asserted for m in made.mentions] == [asserted]


@pytest.mark.parametrize("key", ["id", "infons", "relations", "annotations", "authors", "date"])
@pytest.mark.parametrize("value", [None, 0, "", [], {}, "x", [None], [[]], {"a": None}, True, 1e300])
def test_any_field_may_be_anything(key: str, value: Any) -> None:
    assert len(read(document(**{key: value}))[0]) == 1
    data = document()
    data["passages"][0][key] = value
    assert len(read(data)[0]) == 1


@pytest.mark.parametrize("value", [None, [], [None], [{}], ["x"], [{"text": None}]])
def test_documents_without_text(value: Any) -> None:
    documents, ledger = read([document(passages=value), document(12346)])
    assert [d.id for d in documents] == ["PMID:12346"]
    assert aside(ledger) in (
        [("neither text nor annotations", 1)], [("not a BioC document: no passages", 1)],
    )  # fmt: skip


def test_passages_without_text_or_offset() -> None:
    data = document()
    data["passages"] += [{"text": None, "annotations": []}, {"text": "It fell.", "infons": {"type": "abstract"}}]
    (made,), _ = read(data)
    assert [p.section for p in made.passages] == ["title", "abstract"]


def test_nul_and_lone_surrogates() -> None:
    (made,), _ = read(document(text="Fever\x00 \ud800 after"))
    assert made.title == "Fever\ufffd \ufffd after"
    (made,), _ = read(json.dumps(document(text="Fever X after")).replace("X", "\x00\n"))
    assert made.title == "Fever \ufffd\n after"


def test_lone_surrogates_anywhere_are_mended() -> None:
    bad = "\\ud800"
    infons = {"journal": bad, "license": bad, "article-type": bad, bad: bad, "title": bad}
    annotation = {"id": bad, "infons": {"type": bad, "identifier": bad, "annotator": bad}, "text": "Fever",
                  "locations": [{"offset": 0, "length": 5}]}  # fmt: skip
    relation = {
        "id": bad,
        "infons": {"type": bad, "role1": bad, "role2": bad, bad: bad},
        "nodes": [{"refid": bad, "role": bad}],
    }
    data = document(infons=infons, authors=[bad, {"name": bad}], relations=[relation], url=bad, id=bad)
    data["passages"][0]["annotations"] = [annotation]
    data["passages"][0]["infons"] = {"type": bad}
    text = json.dumps({"source": bad, "documents": [data]}).replace("\\\\ud800", "\\ud800")
    assert "\\ud800" in text
    (made,), ledger = read(text)
    repr((made, ledger)).encode()
    assert "\\ud800" not in repr(made)
    assert made.journal == "\ufffd"


def test_bytes_that_are_not_utf8() -> None:
    documents, _ = read(json.dumps({"documents": PAIR}).encode().replace(b"after", b"aft\xe9r", 1))
    assert [d.title for d in documents] == ["Fever aft\ufffdr aspirin.", "Fever after aspirin."]
    assert [len(d.findings) for d in documents] == [1, 0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings(encoding: str) -> None:
    text = json.dumps([document(text="Fever après 😀")], ensure_ascii=False)
    assert [d.title for d in read(text.encode(encoding))[0]] == ["Fever après 😀"]


# --- broken streams

BROKEN = [
    '{"id": "7", "passages": [{"text": , "annotations": [{"locations": []}]}]}',
    '{"id": "7", "passages": [{"annotations": [{"locations": []}], "x": 1 2}]}',
    '{"id": "7", "passages": [{"annotations": [{"locations": []}]}], 5}',
    '{"id": "7", "passages": [{"annotations": [{"locations": []}]}], "x" }',
    '{"id": "7", "passages": [{"annotations": [{"locations": []}]}], "big": ' + "9" * 5000 + "}",
    '{"id": "7", "passages": [{"annotations": [{"locations": []}]}], "deep": ' + "[" * 5000 + "]" * 5000 + "}",
    '{"id": "7", "deep": '
    + '{"a":' * 100_000
    + "1"
    + "}" * 100_000
    + ', "passages": [{"annotations": [{"locations": 1}]}]}',
]


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("form", ["collection", "list", "lines"])
def test_a_broken_document_costs_only_itself(broken: str, form: str) -> None:
    first, last = json.dumps(document()), json.dumps(document(12346))
    if form == "lines":
        text = f"{first}\n{broken}\n{last}\n"
    else:
        text = f"[{first},{broken},{last}]"
        text = f'{{"source": "x", "documents": {text}}}' if form == "collection" else text
    documents, ledger = read(text)
    assert [d.id for d in documents] == BOTH
    assert [count for _, count in aside(ledger)] == [1]
    assert received(ledger, "mention") == 3
    assert aside(ledger, "mention")[0][1] == 1


@pytest.mark.parametrize(
    "broken",
    ['{"id": "7", "passages": [{"text": "never closed}]}', '{"id": "7", "passages": [', "}{", "<html>", "null", "]"],
)
def test_lines_go_on_behind_a_broken_one(broken: str) -> None:
    first, last = json.dumps(document()), json.dumps(document(12346))
    documents, ledger = read(f"{first}\n{broken}\n{last}\n")
    assert [d.id for d in documents] == BOTH
    assert [count for _, count in aside(ledger)] == [1]


@pytest.mark.parametrize("value", ["null", "7", '"text"', "true", "{}", '{"a": 1}', '{"error": "not found"}'])
def test_what_is_no_document(value: str) -> None:
    documents, ledger = read(f"[{value}, {json.dumps(document())}]")
    assert len(documents) == 1
    assert aside(ledger)[0][0].startswith("not a BioC document")


@pytest.mark.parametrize("share", [0.1, 0.3, 0.55, 0.75, 0.95])
@pytest.mark.parametrize("form", ["collection", "list", "lines"])
def test_the_input_ends_in_the_middle(share: float, form: str) -> None:
    text = {
        "collection": json.dumps({"documents": PAIR}), "list": json.dumps(PAIR), "lines": "\n".join(map(json.dumps, PAIR)),
    }[form]  # fmt: skip
    documents, ledger = read(text[: int(len(text) * share)])
    assert [d.id for d in documents] == BOTH[: int(share * 2)]
    assert len(aside(ledger)) == 1
    assert "the input ends inside" in aside(ledger)[0][0]


def test_the_input_ends_between_documents() -> None:
    text = '{"documents": [' + json.dumps(document()) + ","
    documents, ledger = read(text)
    assert len(documents) == 1
    assert aside(ledger) == [("the input ends inside its list of documents: some may be missing", 1)]


def test_a_damaged_archive() -> None:
    # Numbers that do not repeat, so that the archive is long.
    many = [document(10_000 + i, text=f"Fever {(i * 2654435761) % 2**32:x} after aspirin.") for i in range(6000)]
    data = gzip.compress(json.dumps({"documents": many}).encode(), mtime=0)
    documents, ledger = read(gzip.GzipFile(fileobj=io.BytesIO(data[: len(data) // 2])))
    assert 2000 < len(documents) < 4000
    assert aside(ledger) == [("the input cannot be read any further; it is cut or damaged", 1)]


@pytest.mark.parametrize("text", ["", " \n", "[]", '{"documents": []}', '{"PubTator3": []}', "\ufeff"])
def test_nothing_in_it(text: str) -> None:
    documents, ledger = read(text)
    assert (documents, ledger) == ([], [])


def test_lists_in_lists_without_end() -> None:
    documents, ledger = read("[" * 100_000)
    assert documents == []
    assert len(aside(ledger)) == 1
    documents, ledger = read("[" + "[" * 100_000 + "]" * 100_000 + "," + json.dumps(document()) + "]")
    assert len(documents) == 1
    assert len(aside(ledger)) == 1


@pytest.mark.parametrize(
    "endless", ['{"id": "7", "text": "' + "a" * 3_000_000, '{"id": "7", "a": [' + "1," * 1_500_000 + "1"]
)
def test_a_document_that_never_ends(endless: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonrecords, "LONGEST_RECORD", 1 << 20)
    documents, ledger = read(json.dumps(document()) + "\n" + endless + "\n" + json.dumps(document(12346)))
    assert documents[0].id == "PMID:12345"
    assert aside(ledger)[0][0] == f"longer than {1 << 20} characters"


@pytest.mark.parametrize("depth", [63, 100, 500, *range(900, 1000, 10), 5000])
def test_no_depth_breaks_the_reader(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    for place in ('"id": %s, "passages": []', '"passages": [{"offset": 0, "text": "a", "infons": {"a": %s}}]'):
        documents, ledger = read("[{" + place % deep + "}, " + json.dumps(document()) + "]")
        assert [d.id for d in documents][-1] == "PMID:12345"
        assert len(documents) + len(aside(ledger)) == 2


# --- properties


@given(st.integers(1, 300), st.integers(1, 4), st.sampled_from(["collection", "list", "lines"]))
def test_pieces_do_not_matter(size: int, count: int, form: str) -> None:
    many = [document(10_000 + i, text=f"Fever é😀 \\u00e9 {i}.", count=i) for i in range(count)] + [{"broken": 1}]
    text = {
        "collection": json.dumps({"source": "é", "documents": many}), "list": json.dumps(many, ensure_ascii=False),
        "lines": "\n".join(json.dumps(d, ensure_ascii=False) for d in many),
    }[form]  # fmt: skip
    assert read(Dribble(text.encode(), size)) == read(text)


@given(st.binary(max_size=120), st.integers(0, 900))
def test_any_bytes(noise: bytes, at: int) -> None:
    data = json.dumps({"source": "x", "documents": PAIR}).encode()
    read(data[:at] + noise + data[at:])
    read(noise)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "passages", "documents", "annotations", "infons", "locations", "text", "offset", "type", "abstract"]),
        inner, max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_any_json(value: Any) -> None:
    read(json.dumps(value))
    read(json.dumps([{"id": "12345", "passages": value}, {"passages": [{"annotations": value, "text": "a"}]}]))


@given(st.lists(st.tuples(st.text(max_size=30), st.text(min_size=1, max_size=6)), min_size=1, max_size=3))
def test_json_and_xml_of_the_same_document_are_the_same(parts: list[tuple[str, str]]) -> None:
    """The hash, the mentions and their identifiers do not depend on what the document is written in."""
    from xml.sax.saxutils import escape, quoteattr

    plain = [(a.replace("\r", " "), b.replace("\r", " ")) for a, b in parts]
    if any(not c.isprintable() for pair in plain for text in pair for c in text):
        return
    passages, elements, at = [], [], 0
    for before, surface in plain:
        text = f"{before}{surface}"
        annotation = {
            "id": "1", "infons": {"type": "Disease", "MESH": "D005334"}, "text": surface,
            "locations": [{"offset": at + len(before), "length": len(surface)}],
        }  # fmt: skip
        passages.append({"offset": at, "infons": {"type": before}, "text": text, "annotations": [annotation]})
        elements.append(
            f"<passage><infon key='type'>{escape(before)}</infon><offset>{at}</offset><text>{escape(text)}</text>"
            "<annotation id='1'><infon key='type'>Disease</infon><infon key='MESH'>D005334</infon>"
            f"<location offset={quoteattr(str(at + len(before)))} length='{len(surface)}'/>"
            f"<text>{escape(surface)}</text></annotation></passage>"
        )
        at += len(text) + 1
    (one, *_), _ = read({"id": "12345", "passages": passages}) if any(s.strip() for _, s in plain) else ([None], [])
    xml = f"<document><id>12345</id>{''.join(elements)}</document>"
    (two, *_) = [*read_biocxml(io.BytesIO(xml.encode()), "x.json", Tally("x"))] or [None]
    if one is not None and two is not None:
        assert one == two


def test_memory_does_not_grow_with_documents() -> None:
    def peak(count: int) -> int:
        data = json.dumps(
            {"documents": [document(10_000 + i, text="Fever after aspirin. " * 20) for i in range(count)]}
        ).encode()
        tracemalloc.start()
        for _ in read_biocjson(io.BytesIO(data), "x", Tally("x")):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    few, many = peak(1000), peak(3000)
    assert many < few * 1.3 + 200_000


# --- genuine files


def opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def read_full(*parts: str) -> tuple[list[Document], list[LedgerEntry]]:
    with opened(full_data(*parts)) as stream:
        return read(stream)


def test_biored_has_its_counts_and_those_of_its_other_form() -> None:
    documents, ledger = read_full("corpora", "biored", "Dev.BioC.JSON.gz")
    assert len(documents) == 100
    assert Counter(m.category for d in documents for m in d.mentions) == {
        GENE: 1087, DISEASE: 982, CHEMICAL: 822, TAXON: 370, VARIANT: 250, CELL_LINE: 22,
    }  # fmt: skip
    assert received(ledger, "relation") == 1162
    with gzip.open(full_data("corpora", "biored", "Dev.PubTator.gz"), "rb") as stream:
        others = list(read_pubtator(stream, "x", Tally("x")))
    assert [content(d) for d in documents] == [content(d) for d in others]


@pytest.mark.parametrize(
    ("name", "mentions", "relations", "pmcid", "passages"),
    [
        ("22429397_full_240916.json.gz", 666, 10, "PMC3446384", 100),
        ("22439397_abstract_240916.json.gz", 37, 10, "PMC3446384", 2),
        ("pubtator3.37026113_240614.json", 33, 1, "PMC10072964", 2),
        ("22439397_abstract_PubTatorArticle_240916.json", 37, 10, None, 2),
    ],
)
def test_exports_of_pubtator3(name: str, mentions: int, relations: int, pmcid: str | None, passages: int) -> None:
    (made,), ledger = read_full("pubtator3", "export", name)
    assert (len(made.mentions), len(made.relations), made.pmcid) == (mentions, relations, pmcid)
    assert len(made.passages) >= passages
    assert all(m.occurrences for m in made.mentions)
    assert not made.findings
    assert aside(ledger, "mention") == aside(ledger, "relation") == []


def test_sections_of_a_full_text() -> None:
    (made,), _ = read_full("pubtator3", "export", "22429397_full_240916.json.gz")
    assert {p.section.rstrip(" 0123456789") for p in made.passages} == {
        "title", "abstract", "introduction", "methods", "results", "figure", "discussion", "conclusion",
        "abbreviations", "competing interests", "author contributions", "supplement", "acknowledgements", "references",
    }  # fmt: skip
    assert (made.doi, made.authors[0]) == ("10.1186/bcr3151", "Abalsamo L")


@pytest.mark.parametrize("form", ["abstract_240916.pubtator", "full_240916.pubtator"])
def test_exports_of_pubtator3_in_both_forms(form: str) -> None:
    """The PubTator form of an export has the same mentions and relations; its abstract text is joined otherwise."""
    name = {"abstract": "22439397_abstract_240916.json.gz", "full": "22429397_full_240916.json.gz"}[
        form.split("_", maxsplit=1)[0]
    ]
    (made,), _ = read_full("pubtator3", "export", name)
    with full_data("pubtator3", "export", f"22429397_{form}").open("rb") as stream:
        other = next(iter(read_pubtator(stream, "x", Tally("x"))))
    assert Counter((m.category, m.text, m.asserted, m.further) for m in made.mentions) == Counter(
        (m.category, m.text, m.asserted, m.further) for m in other.mentions
    )
    assert {(r.kind, r.subject, r.object) for r in made.relations} == {
        (r.kind, r.subject, r.object) for r in other.relations
    }


def test_everything_of_the_format_in_json_and_xml() -> None:
    documents, ledger = read_full("pubtator3", "bioc_pkg", "bioc__everything.json")
    with full_data("pubtator3", "bioc_pkg", "bioc__everything.xml").open("rb") as stream:
        tally = Tally("x.json")
        assert list(read_biocxml(stream, "x.json", tally)) == documents
        assert list(tally.entries()) == ledger
    assert [[p.text for p in d.passages] for d in documents] == [
        ["abcdefghijklmnopqrstuvwxyz"], ["abcdefg测试Non-ASCII"],
    ]  # fmt: skip


def test_case_reports_without_identifiers() -> None:
    documents, ledger = read_full("case_reports", "adahealth_bioc.json.gz")
    assert len(documents) == 53
    assert received(ledger, "mention") == 4294
    assert all(m.occurrences for d in documents for m in d.mentions)
    assert received(ledger, "relation") == 3849
    # Most relations of the published file begin at an annotation that the file does not have.
    assert {e.reason for e in ledger if e.kind == "relation" and e.reason} == {
        "it refers to an annotation that is not there",
        "a mention at an end has no identifier",
    }


def test_curated_articles_of_factoid() -> None:
    folder = full_data("pubtator3", "factoid")
    for path in sorted(folder.glob("*.json")):
        with opened(path) as stream:
            (made,), _ = read(stream)
        assert made.pmid
        assert all(m.occurrences for m in made.mentions)
        # The eighth is named after its place in a list; its DOI is in the citation.
        assert (made.doi or "").replace("/", "_") == path.stem.replace("pubtator_8", "10.1038_nbt.2858")
