"""Several records of one document: one text, all annotations, and what the sources disagree about."""

from __future__ import annotations

import gzip
import io
from collections import Counter
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from kg.curies import association_id
from kg.documents.bioc import FORMAT as BIOC
from kg.documents.biocxml import read_biocxml
from kg.documents.pubtator import read_pubtator
from kg.documents.sentences import sentence_at
from kg.documents.tally import Tally
from kg.documents.uniting import unite
from kg.model import DISEASE, GENE, Document, LedgerEntry, Mention, Occurrence, Passage, Relation
from tests.terms.full_data import full_data

TITLE = "Nephrotic syndrome after penicillamine."
FIRST = "A 40-year-old woman took penicillamine for arthritis."
SECOND = "Proteinuria began in the third month and went away."
ABSTRACT = f"{FIRST} {SECOND}"


def mention(record: str, text: str, asserted: str | None, *, category: str = DISEASE, further: tuple[str, ...] = (),
            passages: tuple[Passage, ...] = (), by: str = "", line: int = 0) -> Mention:  # fmt: skip
    """Return a mention of the first place where a text stands; without passages, of no place."""
    occurrences = []
    for p in passages:
        if (at := p.text.find(text)) >= 0 and not occurrences:
            occurrences.append(Occurrence(p.section, at, at + len(text), text, *sentence_at(p.text, at)))
    identifier = association_id("mention", record, text, str(asserted), category)
    return Mention(
        identifier, "PMID:7", line, by or record, category, text, asserted or "", asserted, tuple(occurrences), further
    )


def record(name: str, form: str, passages: dict[str, str], *said: tuple[str, str | None], **more: Any) -> Document:
    """Return a record whose mentions are (text, identifier)."""
    text = tuple(Passage(section, t) for section, t in passages.items())
    mentions = tuple(mention(name, t, curie, passages=text, line=i) for i, (t, curie) in enumerate(said, 1))
    values = {"title": passages.get("title", ""), "pmid": "7", "id": "PMID:7", "sha256": name, "mentions": mentions}
    return Document(**({"input": name, "format": form, "passages": text} | values | more))


def counts(entries: tuple[LedgerEntry, ...]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        assert entry.outcome == "merged"
        assert entry.reason
        assert entry.target
        found[entry.input, entry.kind] += entry.count
    return found


def check(document: Document) -> None:
    """Check what every document must be: places that are true, identifiers that are unique."""
    texts = {p.section: p.text for p in document.passages}
    for m in document.mentions:
        assert m.document == document.id
        for o in m.occurrences:
            assert texts[o.section][o.start : o.end] == o.text
            assert (o.sentence_start, o.sentence_end) == sentence_at(texts[o.section], o.start)
    ids = {m.id for m in document.mentions}
    assert len(ids) == len(document.mentions)
    assert all(f.document == document.id and (f.mention is None or f.mention in ids) for f in document.findings)
    assert len({f.id for f in document.findings}) == len(document.findings)


ABSTRACTS = {"title": TITLE, "abstract": ABSTRACT}


def test_one_record_is_left_as_it_is() -> None:
    only = record("a", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"))
    assert unite([only]) == (only, ())


def test_the_same_record_twice() -> None:
    one = record("a", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"), ("Proteinuria", "MESH:D011507"))
    one = replace(one, relations=(Relation("PMID:7", 9, "CID", "MESH:D1", "MESH:D2", "D1", "D2"),))
    twin = replace(one, input="b")
    united, merged = unite([twin, one])
    assert united == replace(one, relations=(replace(one.relations[0], input="a"),))
    assert counts(merged) == {("b", "document"): 1, ("b", "mention"): 2, ("b", "relation"): 1}
    assert {e.reason for e in merged} == {"the same record as in a"}


def test_equal_hashes_with_other_annotations_are_not_the_same_record() -> None:
    drugs = record("a", "pubtator", ABSTRACTS, ("penicillamine", "MESH:D010396"), sha256="0")
    diseases = record("b", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"), sha256="0")
    united, merged = unite([drugs, diseases])
    assert [m.text for m in united.mentions] == ["penicillamine", "arthritis"]
    assert counts(merged) == {("b", "document"): 1}


def three() -> list[Document]:
    """Return an abstract, the full text and a page of one article, with annotations that agree and do not."""
    abstract = record(
        "abstract.txt", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"), ("Proteinuria", "MESH:D011507"),
        ("penicillamine", "MESH:D010396"),
    )  # fmt: skip
    full = record(
        "full.xml", "jats",
        {"title": TITLE, "abstract": ABSTRACT, "case": f"We saw her. {FIRST} {SECOND}", "conclusion": "Think of it."},
        ("Proteinuria", "MESH:D011508"), ("woman", None),
        pmcid="PMC5", doi="10.5555/x", journal="Journal of Medical Case Reports", date="2020-03-01", id="PMID:7",
        publication_types=("case-report",),
    )  # fmt: skip
    page = record(
        "page.md", "casepage", {"title": TITLE, "abstract.1": FIRST, "abstract.2": SECOND}, ("arthritis", "MESH:D001168"),
        pmid=None, pmcid="PMC5", id="PMCID:PMC5", journal="J Med Case Rep", date="2021", authors=("Ann Smith",),
        publication_types=("Case Reports",), figure_count=2,
    )  # fmt: skip
    return [abstract, full, page]


def test_three_sources_in_all_orders() -> None:
    results = {unite(order) for order in permutations(three())}
    ((united, merged),) = results
    check(united)
    assert (united.id, united.input, united.pmid, united.pmcid, united.doi) == (
        "PMID:7",
        "full.xml",
        "7",
        "PMC5",
        "10.5555/x",
    )
    assert (united.authors, united.date, united.figure_count) == (("Ann Smith",), "2020-03-01", 2)
    assert united.publication_types == ("case-report", "Case Reports")
    assert len(united.passages) == 4
    said = {(m.text, m.asserted): [(o.section, o.start) for o in m.occurrences] for m in united.mentions}
    assert said["penicillamine", "MESH:D010396"] == [("title", 25)]
    # The page lists a name, wherever it stands; the abstract's annotation is of one place.
    at = ABSTRACT.index("arthritis")
    assert [(o.section, o.start) for o in united.mentions[-1].occurrences] in (
        [("abstract", at)],
        [("abstract", at), ("case", at + 12)],
    )
    assert counts(merged)[("abstract.txt", "document")] == counts(merged)[("page.md", "document")] == 1
    codes = Counter(f.code for f in united.findings)
    assert codes == {"annotators-disagree": 1, "sources-disagree": 1}
    told = {f.code: f for f in united.findings}
    assert "MESH:D011508" in told["annotators-disagree"].message
    assert "MESH:D011507" in told["annotators-disagree"].message
    assert "'2021' in page.md" in told["sources-disagree"].message


def test_an_abstracts_places_move_into_paragraphs_and_back() -> None:
    page = record("p", "casepage", {"title": TITLE, "findings.1": "x" * 30, "abstract.1": FIRST, "abstract.2": SECOND})
    abstract = record("a", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"), ("third month", None))
    united, _ = unite([abstract, page])
    check(united)
    assert united.input == "p"
    places = {m.text: (m.occurrences[0].section, m.occurrences[0].start) for m in united.mentions}
    assert places == {
        "arthritis": ("abstract.1", FIRST.index("arthritis")),
        "third month": ("abstract.2", SECOND.index("third")),
    }
    longer = {"title": TITLE, "abstract": f"BACKGROUND: {ABSTRACT} The end of it is told at length."}
    whole = record("w", "bioc", longer)
    paragraph = record("b", "bioc", {"abstract": SECOND}, ("Proteinuria", "MESH:D011507"))
    united, _ = unite([whole, paragraph])
    check(united)
    assert united.mentions[0].occurrences[0].start == longer["abstract"].index("Proteinuria")


def test_a_text_that_differs_is_searched_by_sentence_then_by_name() -> None:
    other = {"title": TITLE, "abstract": f"{FIRST} Later on, proteinuria was seen. No seizure befell her; she lived."}
    united, _ = unite([
        record("long", "jats", {**other, "results": "Nothing else, and no gout."}),
        record("short", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"), ("Proteinuria", "MESH:D011507"), ("third month", None)),
    ])  # fmt: skip
    check(united)
    places = {m.text: [(o.section, o.text) for o in m.occurrences] for m in united.mentions}
    assert places == {
        "arthritis": [("abstract", "arthritis")],
        "Proteinuria": [("abstract", "proteinuria")],
        "third month": [],
    }


def test_the_same_place_kind_and_identifiers_are_one_mention() -> None:
    one = record("a", "bioc", ABSTRACTS, ("arthritis", "MESH:D001168"), ("Proteinuria", "MESH:D011507"))
    other = record("b", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"), ("Proteinuria", "MESH:D011507"))
    composite = mention("b", "woman", "MESH:D2", further=("MESH:D1",), passages=one.passages)
    reverse = replace(composite, id="m2", asserted="MESH:D1", further=("MESH:D2",))
    one, other = (replace(d, mentions=(*d.mentions, m)) for d, m in ((one, composite), (other, reverse)))
    united, merged = unite([one, other])
    check(united)
    assert [m.source_list for m in united.mentions] == ["a; b", "a; b", "b"]
    assert counts(merged) == {("b", "document"): 1, ("b", "mention"): 3}
    assert united.findings == ()


@pytest.mark.parametrize(
    ("category", "asserted", "told"),
    [
        (DISEASE, "MESH:D001172", True),  # another term of one vocabulary
        (GENE, "NCBIGene:1", True),  # another kind
        (DISEASE, "MONDO:0008383", False),  # another vocabulary may mean the same
        (DISEASE, None, False),  # no identifier contradicts none
        ("biolink:NamedThing", "MESH:D001172", False),
    ],
)
def test_annotators_that_disagree(category: str, asserted: str | None, told: bool) -> None:
    one = record("a", "bioc", ABSTRACTS, ("arthritis", "MESH:D001168"))
    second = mention("b", "arthritis", asserted, category=category, passages=one.passages)
    united, merged = unite([replace(one, input="b", format="pubtator", sha256="b", mentions=(second,)), one])
    check(united)
    assert len(united.mentions) == 2
    assert counts(merged) == {("b", "document"): 1}
    assert [f.code for f in united.findings] == ["annotators-disagree"] * told
    if told:
        assert united.findings[0].mention == second.id


def test_findings_follow_their_mentions() -> None:
    one = record("a", "bioc", ABSTRACTS, ("arthritis", "MESH:D001168"))
    other = record("b", "pubtator", ABSTRACTS, ("arthritis", "MESH:D001168"), id="PMCID:PMC5", pmid="7", pmcid="PMC5")
    united, _ = unite([one, other])
    note = replace(_note(), mention=other.mentions[0].id, document="PMCID:PMC5")
    united, _ = unite([one, replace(other, findings=(note, note))])
    check(united)
    assert [f.mention for f in united.findings] == [one.mentions[0].id]


def _note() -> Any:
    united, _ = unite(
        [record("a", "bioc", {"title": "One"}, pmid="1"), record("b", "bioc", {"title": "Two"}, pmid="2")]
    )
    return united.findings[0]


def test_relations_are_united() -> None:
    def related(name: str, *ends: tuple[str, str], annotator: str = "") -> Document:
        relations = tuple(
            Relation("PMID:7", i, "CID", s, o, s[5:], "D1|D2" if o in {"MESH:D1", "MESH:D2"} else o[5:], annotator)
            for i, pair in enumerate(ends) for s, o in [pair]
        )  # fmt: skip
        return replace(record(name, "bioc", ABSTRACTS), relations=relations)

    one = related("a", ("MESH:C1", "MESH:D3"), ("MESH:C1", "MESH:D1"), annotator="x")
    composite = [Relation("PMID:7", 4, "CID", "MESH:C1", o, "C1", "D1|D2", "y") for o in ("MESH:D1", "MESH:D2")]
    other = related("b", ("MESH:C1", "MESH:D3"), ("MESH:C9", "MESH:D3"), annotator="y")
    other = replace(other, relations=(*other.relations, *composite))
    united, merged = unite([one, other])
    assert [(r.subject, r.object, r.annotator) for r in united.relations] == [
        ("MESH:C1", "MESH:D3", "x; y"), ("MESH:C1", "MESH:D1", "x; y"), ("MESH:C9", "MESH:D3", "y"), ("MESH:C1", "MESH:D1", "y"),
        ("MESH:C1", "MESH:D2", "y"),
    ]  # fmt: skip
    assert [r.input for r in united.relations] == ["a", "a", "b", "b", "b"]
    # The composite one is one relation of the source, and a half of it is new: it stands whole.
    assert counts(merged) == {("b", "document"): 1, ("b", "relation"): 1}


def test_what_sources_say_of_the_article() -> None:
    one = record(
        "a", "jats", {"title": "A case of gout", "body": "x" * 50}, date="2020", authors=("Ann Smith", "Bo Li")
    )
    other = record(
        "b", "bioc", {"title": "Gout: a case."}, date="2020-05", authors=("Smith A",), pmid="7", doi="10.5555/y"
    )
    third = record("c", "bioc", {"title": "A Case of Gout."}, id="PMID:8", pmid="8", doi="10.5555/y", date="2019-05")
    united, _ = unite([third, other, one])
    assert (united.pmid, united.date, united.title, united.id) == ("7", "2020-05", "A case of gout", "PMID:7")
    told = {f.text: f.severity for f in united.findings}
    assert told == {"pmid": "warning", "title": "info", "date": "info", "authors": "info"}


def test_the_licence_is_that_of_the_first_record_that_states_one() -> None:
    """It is not compared: an address and a name of one licence are no disagreement."""
    records = [record("a", "jats", {"title": "A", "body": "x"}), record("b", "bioc", {"title": "A"}, license="CC BY"),
               record("c", "bioc", {"title": "A"}, license="https://example.org/licence", doi="10.5555/y")]  # fmt: skip
    united, _ = unite(records)
    assert united.license == "CC BY"
    assert "license" not in {f.text for f in united.findings}


def test_a_mention_without_a_place_is_one_by_its_name() -> None:
    one = replace(record("a", "table", {}), mentions=(mention("a", "Gout", "MESH:D006073"),), title="x")
    other = replace(
        record("b", "phenopacket", {}), mentions=(mention("b", "gout", "MESH:D006073"), mention("b", "gout", "HP:1"))
    )
    united, merged = unite([one, other])
    check(united)
    assert [(m.text, m.source_list) for m in united.mentions] == [("Gout", "a; b"), ("gout", "b")]
    assert counts(merged)["b", "mention"] == 1


def test_one_mention_id_at_two_places_of_two_texts() -> None:
    one = record("a", "pubtator", {"title": "gout, and gout again, as ever"}, ("gout", "MESH:D006073"))
    other = record("b", "pubtator", {"title": "again, as ever"}, ("ever", "MESH:D006073"))
    other = replace(other, mentions=(replace(other.mentions[0], id=one.mentions[0].id),))
    united, merged = unite([one, other])
    check(united)
    assert len(united.mentions) == 2
    assert counts(merged) == {("b", "document"): 1}


def test_both_forms_of_bc5cdr_are_one_corpus() -> None:
    """Every document of the PubTator form is that of the BioC form, and nearly every annotation."""
    folder = full_data("corpora/bc5cdr")
    forms: list[dict[str, Document]] = []
    for name, read in (
        ("CDR_TrainingSet.PubTator.txt.gz", read_pubtator),
        ("CDR_TrainingSet.BioC.xml.gz", read_biocxml),
    ):
        data = gzip.decompress((folder / name).read_bytes())
        forms.append({d.id: d for d in read(io.BytesIO(data), name, Tally(name))})
    assert forms[0].keys() == forms[1].keys()
    merged: Counter[str] = Counter()
    kept = 0
    for key in forms[0]:
        united, entries = unite([forms[0][key], forms[1][key]])
        check(united)
        assert united.format == BIOC
        given = sum(len(form[key].mentions) for form in forms)
        here = sum(e.count for e in entries if e.kind == "mention")
        assert given == here + len(united.mentions)
        kept += len(united.mentions)
        merged.update({kind: n for (_, kind), n in counts(entries).items()})
    assert merged["document"] == 500
    # One relation names an end that no mention carries; both readers set it aside.
    assert merged["relation"] == 1037
    assert merged["mention"] == kept == 5203 + 4182
