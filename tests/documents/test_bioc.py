"""What XML and JSON share: header, sections, places, mentions, relations."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.bioc import to_document
from kg.documents.biocheader import read_header, section_of
from kg.documents.biocparts import RawAnnotation, RawDocument, RawPassage, RawRelation, clean, whole_number
from kg.documents.identifiers import as_written
from kg.documents.sentences import sentence_at
from kg.documents.tally import Tally
from kg.model import Document

TITLE = "Ocular and auditory toxicity of deferoxamine."
ABSTRACT = "Deferoxamine was given. Loss of vision came."
GAP = len(TITLE) + 1


def annotation(
    text: str, *locations: tuple[int, int], kind: str = "Disease", id_: str = "", **infons: str
) -> RawAnnotation:
    return RawAnnotation(id_, {"type": kind, **infons}, text, list(locations))


def raw(
    *title: RawAnnotation, abstract: tuple[RawAnnotation, ...] = (), offset: int = GAP, **more: object
) -> RawDocument:
    passages = [
        RawPassage({"type": "title"}, 0, TITLE, list(title)),
        RawPassage({"type": "abstract"}, offset, ABSTRACT, list(abstract)),
    ]
    return RawDocument("2234245", {}, passages, **more)  # type: ignore[arg-type]


def make(document: RawDocument) -> tuple[Document, Tally]:
    tally = Tally("x")
    made = to_document(document, "x", tally)
    assert made is not None
    assert tally.balanced()
    check(made)
    return made, tally


def check(document: Document) -> None:
    """What holds of every document."""
    texts = {p.section: p.text for p in document.passages}
    assert len(texts) == len(document.passages)
    assert len({m.id for m in document.mentions}) == len(document.mentions)
    assert len({f.id for f in document.findings}) == len(document.findings)
    for mention in document.mentions:
        assert mention.document == document.id
        assert mention.text.strip()
        assert mention.asserted or not mention.further
        for o in mention.occurrences:
            assert texts[o.section][o.start : o.end] == o.text != ""
            assert (o.sentence_start, o.sentence_end) == sentence_at(texts[o.section], o.start)


def spans(document: Document) -> list[tuple[str, list[tuple[str, int, int]]]]:
    return [(m.text, [(o.section, o.start, o.end) for o in m.occurrences]) for m in document.mentions]


def reasons(tally: Tally, kind: str) -> list[str]:
    return [e.reason for e in tally.entries() if e.kind == kind and e.outcome in {"merged", "set_aside"}]


# --- places


def test_offsets_count_from_the_document() -> None:
    document, tally = make(
        raw(
            annotation("deferoxamine", (32, 12), kind="Chemical", MESH="D003676"),
            abstract=(annotation("Deferoxamine", (GAP, 12), kind="Chemical", MESH="D003676"),),
        )
    )
    assert spans(document) == [("deferoxamine", [("title", 32, 44)]), ("Deferoxamine", [("abstract", 0, 12)])]
    assert [m.asserted for m in document.mentions] == ["MESH:D003676"] * 2
    assert not document.findings
    assert reasons(tally, "mention") == []


def test_a_discontinuous_annotation_has_a_place_for_each_part() -> None:
    document, _ = make(raw(annotation("Ocular toxicity", (0, 6), (20, 8))))
    assert spans(document) == [("Ocular toxicity", [("title", 0, 6), ("title", 20, 28)])]
    assert not document.findings


def test_one_annotation_with_all_its_places() -> None:
    text = "deferoxamine"
    both = annotation(text, (32, 12), (GAP, 12))
    document, _ = make(raw(both))
    # The second location is in another passage; what is not there is told.
    assert spans(document)[0][1] == [("title", 32, 44)]
    assert [f.code for f in document.findings] == ["span-mismatch"]


def test_offsets_that_count_from_the_passage() -> None:
    document, _ = make(raw(abstract=(annotation("Deferoxamine", (0, 12)), annotation("Loss of vision", (24, 14)))))
    assert [s[0] for _, s in spans(document)] == [("abstract", 0, 12), ("abstract", 24, 38)]
    assert ["begin of the passage" in f.message for f in document.findings] == [True]


def test_offsets_that_count_from_the_sentence() -> None:
    first = RawPassage({}, GAP, ABSTRACT[:23], [annotation("Deferoxamine", (0, 12))])
    second = RawPassage({}, GAP + 24, ABSTRACT[24:], [annotation("vision", (8, 6))])
    document = RawDocument(
        "2234245",
        {},
        [RawPassage({"type": "title"}, 0, TITLE), RawPassage({"type": "abstract"}, GAP, "", sentences=[first, second])],
    )
    made, _ = make(document)
    assert made.passages[1].text == ABSTRACT
    assert [s[0] for _, s in spans(made)] == [("abstract", 0, 12), ("abstract", 32, 38)]
    assert ["begin of the sentence" in f.message for f in made.findings] == [True]


def test_a_wrong_offset_of_the_passage() -> None:
    """BC5CDR counts ``&apos;`` in the offset of a passage, and not in those of annotations."""
    document, _ = make(
        raw(abstract=(annotation("Deferoxamine", (GAP, 12)), annotation("vision", (GAP + 32, 6))), offset=GAP + 5)
    )
    assert [s[0] for _, s in spans(document)] == [("abstract", 0, 12), ("abstract", 32, 38)]
    assert [f.code for f in document.findings] == ["span-repaired"]


def test_an_annotation_in_the_wrong_passage() -> None:
    document, _ = make(raw(annotation("Deferoxamine", (GAP, 12)), abstract=(annotation("vision", (GAP + 32, 6)),)))
    assert spans(document)[0] == ("Deferoxamine", [("abstract", 0, 12)])


def test_annotations_of_the_document() -> None:
    document, _ = make(raw(annotations=[annotation("vision", (GAP + 32, 6)), annotation("auditory", (11, 8))]))
    assert spans(document) == [("vision", [("abstract", 32, 38)]), ("auditory", [("title", 11, 19)])]


def test_byte_offsets() -> None:
    text = "β-blockers in naïve patients with angina"
    start = len(text[: text.index("angina")].encode())
    document, _ = make(
        RawDocument(
            "2234245",
            {},
            [RawPassage({}, 0, text, [annotation("angina", (start, 6)), annotation("β-blockers", (0, 11))])],
        )
    )
    assert [s[0][1:] for _, s in spans(document)] == [(34, 40), (0, 10)]
    assert {f.reasons[0].check for f in document.findings} == {"bytes"}


@pytest.mark.parametrize("locations", [[], [(-1, 0)], [(5000, 12)], [(0, -3)], [(3, 0)]])
def test_a_mention_without_a_place_is_kept_and_told(locations: list[tuple[int, int]]) -> None:
    document, _ = make(raw(annotation("hepatitis", *locations)))
    assert spans(document) == [("hepatitis", [])]
    assert [(f.code, f.severity) for f in document.findings] == [("span-mismatch", "warning")]


def test_an_annotation_without_text_takes_that_of_its_place() -> None:
    document, _ = make(raw(annotation("", (32, 12))))
    assert spans(document) == [("deferoxamine", [("title", 32, 44)])]


@pytest.mark.parametrize("locations", [[], [(5000, 3)]])
def test_an_annotation_without_text_and_place_is_set_aside(locations: list[tuple[int, int]]) -> None:
    document, tally = make(raw(annotation(" ", *locations)))
    assert document.mentions == ()
    assert reasons(tally, "mention") == ["no text, and no place in the text"]


# --- what annotations say


def test_a_type_that_nobody_knows() -> None:
    document, _ = make(raw(annotation("Ocular", (0, 6), kind="Anatomy"), RawAnnotation("", {}, "auditory", [(11, 8)])))
    assert [m.category for m in document.mentions] == ["biolink:NamedThing"] * 2


@pytest.mark.parametrize(
    ("kind", "infons", "asserted", "further", "written"),
    [
        ("Disease", {"identifier": "MESH:D014786"}, "MESH:D014786", (), "MESH:D014786"),
        ("Disease", {"Identifier": "D014786|D006311"}, "MESH:D014786", ("MESH:D006311",), "D014786|D006311"),
        ("Disease", {"MESH": "D014786", "UMLS": "C0004238"}, "MESH:D014786", ("UMLS:C0004238",), "D014786;C0004238"),
        ("Disease", {"CUI": "C0004238"}, "UMLS:C0004238", (), "C0004238"),
        ("Gene", {"NCBI Gene": "672,675"}, "NCBIGene:672", ("NCBIGene:675",), "672,675"),
        ("Chemical", {"CID": "2244"}, "PUBCHEM.COMPOUND:2244", (), "2244"),
        ("Gene", {"normalized_id": "6611", "database": "ncbi_gene"}, "NCBIGene:6611", (), "6611"),
        ("Disease", {"identifier": "-", "MESH": "D014786"}, "MESH:D014786", (), "D014786"),
        ("Chemical", {"identifier": "-"}, None, (), ""),
        ("Chemical", {"MESH": "-1"}, None, (), ""),
        ("Chemical", {}, None, (), ""),
        ("Chemical", {"identifier": "lead"}, None, (), "lead"),
    ],
)  # fmt: skip
def test_identifiers_in_infons(
    kind: str, infons: dict[str, str], asserted: str | None, further: tuple[str, ...], written: str
) -> None:
    document, _ = make(raw(annotation("Ocular", (0, 6), kind=kind, **infons)))
    mention = document.mentions[0]
    assert (mention.asserted, mention.further, mention.asserted_as) == (asserted, further, written)


def test_the_annotator_is_the_list_of_the_source() -> None:
    document, _ = make(
        raw(annotation("Ocular", (0, 6), annotator="TaggerOne"), annotation("auditory", (11, 8)), source="PubTator")
    )
    assert [m.source_list for m in document.mentions] == ["TaggerOne", "PubTator"]


def test_the_same_annotation_twice_is_one_mention() -> None:
    document, tally = make(raw(annotation("Ocular", (0, 6), id_="1"), annotation("Ocular", (0, 6), id_="2")))
    assert len(document.mentions) == 1
    assert reasons(tally, "mention") == ["given twice"]


def test_parts_of_a_composite_mention_are_in_it() -> None:
    """BC5CDR: the published counts are those of the composite mentions."""
    ids = {"MESH": "D014786|D006311", "CompositeRole": "CompositeMention"}
    document, tally = make(
        raw(
            annotation("Ocular and auditory toxicity", (0, 28), **ids),
            annotation("Ocular toxicity", (0, 6), (20, 8), MESH="D014786", CompositeRole="IndividualMention"),
            annotation("auditory toxicity", (11, 17), MESH="D006311", CompositeRole="IndividualMention"),
        )
    )
    assert [(m.text, m.asserted, m.further) for m in document.mentions] == [
        ("Ocular and auditory toxicity", "MESH:D014786", ("MESH:D006311",))
    ]
    assert reasons(tally, "mention") == ["part of a composite mention"] * 2


def test_a_part_without_its_composite_is_a_mention() -> None:
    document, _ = make(
        raw(annotation("auditory toxicity", (11, 17), MESH="D006311", CompositeRole="IndividualMention"))
    )
    assert [m.asserted for m in document.mentions] == ["MESH:D006311"]


# --- relations

CHEMICAL_ANNOTATION = annotation("deferoxamine", (32, 12), kind="Chemical", MESH="D003676", id_="c")
DISEASE_ANNOTATION = annotation("auditory toxicity", (11, 17), MESH="D006311", id_="d")
GENE_ANNOTATION = annotation("Ocular", (0, 6), kind="Gene", MESH="", identifier="6528", id_="g")


def related(
    infons: dict[str, str], *nodes: tuple[str, str], more: tuple[RawAnnotation, ...] = ()
) -> tuple[Document, Tally]:
    relation = RawRelation("R0", infons, list(nodes))
    return make(raw(CHEMICAL_ANNOTATION, DISEASE_ANNOTATION, GENE_ANNOTATION, *more, relations=[relation]))


@pytest.mark.parametrize(
    ("infons", "nodes", "expected"),
    [
        ({"relation": "CID", "Chemical": "D003676", "Disease": "D006311"}, (), ("CID", "MESH:D003676", "MESH:D006311")),
        ({"type": "Association", "entity1": "D006311", "entity2": "6528", "novel": "No"}, (), ("Association", "MESH:D006311", "NCBIGene:6528")),
        ({"type": "Bind", "role1.identifier": "MESH:D003676", "role2.identifier": "6528", "score": "0.9"}, (("0", "7,8"),), ("Bind", "MESH:D003676", "NCBIGene:6528")),
        ({"type": "has"}, (("c", ""), ("d", "")), ("has", "MESH:D003676", "MESH:D006311")),
        ({"type": "causes"}, (("d", "Object"), ("c", "Subject")), ("causes", "MESH:D003676", "MESH:D006311")),
    ],
)  # fmt: skip
def test_relations(infons: dict[str, str], nodes: tuple[tuple[str, str], ...], expected: tuple[str, str, str]) -> None:
    document, tally = related(infons, *nodes)
    assert [(r.kind, r.subject, r.object) for r in document.relations] == [expected]
    assert reasons(tally, "relation") == []


@pytest.mark.parametrize(
    ("infons", "nodes", "reason"),
    [
        ({"type": "x"}, (), "a relation without ends"),
        ({"type": "x"}, (("c", ""),), "a relation of 1 ends"),
        ({"type": "x"}, (("c", ""), ("d", ""), ("g", "")), "a relation of 3 ends"),
        ({"type": "x"}, (("c", ""), ("nobody", "")), "it refers to an annotation that is not there"),
        ({"type": "x"}, (("c", ""), ("R0", "")), "it refers to a relation; relations between relations are not read"),
        ({}, (("c", ""), ("d", "")), "a relation that does not say which"),
        ({"relation": "CID", "Chemical": "D000001", "Disease": "D006311"}, (), "no mention carries the identifier of an end"),
    ],
)  # fmt: skip
def test_relations_that_cannot_be_read(infons: dict[str, str], nodes: tuple[tuple[str, str], ...], reason: str) -> None:
    document, tally = related(infons, *nodes)
    assert document.relations == ()
    assert reasons(tally, "relation") == [reason]


def test_an_end_without_identifier() -> None:
    nameless = annotation("toxicity", (20, 8), id_="n")
    document, tally = related({"type": "x"}, ("c", ""), ("n", ""), more=(nameless,))
    assert document.relations == ()
    assert reasons(tally, "relation") == ["a mention at an end has no identifier"]


@pytest.mark.parametrize("by_nodes", [True, False])
def test_an_end_that_no_vocabulary_knows_keeps_its_relation(by_nodes: bool) -> None:
    variant = annotation("toxicity", (20, 8), kind="SequenceVariant", id_="v", identifier="c|DEL|1314_1328|")
    infons = {"type": "x"} if by_nodes else {"type": "x", "entity1": "D003676", "entity2": "c|DEL|1314_1328|"}
    document, tally = related(infons, *((("c", ""), ("v", "")) if by_nodes else ()), more=(variant,))
    (relation,) = document.relations
    assert (relation.subject, relation.object_as) == ("MESH:D003676", "c|DEL|1314_1328|")
    assert relation.object == as_written(document.id, "c|DEL|1314_1328|")
    assert reasons(tally, "relation") == []


def test_an_id_that_several_annotations_have() -> None:
    again = annotation("toxicity", (20, 8), id_="c", MESH="D064420")
    document, tally = related({"type": "x"}, ("c", ""), ("d", ""), more=(again,))
    assert document.relations == ()
    assert reasons(tally, "relation") == ["it refers to an id that several annotations have"]
    # Where all of them mean the same, it does not matter which is meant.
    same = annotation("deferoxamine of", (32, 13), id_="c", kind="Chemical", MESH="D003676")
    document, _ = related({"type": "x"}, ("c", ""), ("d", ""), more=(same,))
    assert len(document.relations) == 1


def test_a_composite_end_makes_a_relation_for_each_identifier() -> None:
    both = annotation("toxicity", (20, 8), id_="b", MESH="D014786|D006311")
    document, tally = related({"type": "x"}, ("c", ""), ("b", ""), more=(both,))
    assert [r.object for r in document.relations] == ["MESH:D014786", "MESH:D006311"]
    assert [e.count for e in tally.entries() if e.kind == "relation"] == [1, 1]


def test_a_relation_twice() -> None:
    relation = RawRelation("R0", {"relation": "CID", "Chemical": "D003676", "Disease": "D006311"})
    document, tally = make(
        raw(CHEMICAL_ANNOTATION, DISEASE_ANNOTATION, relations=[relation, replace(relation, id="R1")])
    )
    assert len(document.relations) == 1
    assert reasons(tally, "relation") == ["given twice"]


def test_relations_of_passages_and_sentences_are_read() -> None:
    document = raw(CHEMICAL_ANNOTATION, DISEASE_ANNOTATION)
    document.passages[0].relations = [RawRelation("R0", {"type": "x"}, [("c", ""), ("d", "")])]
    document.passages[0].sentences = [
        RawPassage({}, 0, TITLE, relations=[RawRelation("R1", {"type": "y"}, [("d", ""), ("c", "")])])
    ]
    made, _ = make(document)
    assert [(r.kind, r.subject) for r in made.relations] == [("x", "MESH:D003676"), ("y", "MESH:D006311")]


# --- documents


def test_nothing_to_read() -> None:
    tally = Tally("x")
    document = RawDocument("1", {}, [RawPassage({}, 0, " ")], relations=[RawRelation("R", {})])
    assert to_document(document, "x", tally) is None
    assert tally.balanced()
    assert reasons(tally, "document") == ["neither text nor annotations"]


def test_a_document_without_id() -> None:
    document = raw()
    document.id = ""
    made, _ = make(document)
    again, _ = make(document)
    assert made.id.startswith("casegraph:document-")
    assert made == again
    assert [f.code for f in made.findings] == ["document-id"]


def test_text_with_characters_that_no_text_has() -> None:
    document = raw(annotation("Ocu\x00lar", (0, 7)))
    document.passages[0].text = "Ocu\x00lar \udc80 harm"
    made, _ = make(document)
    assert made.passages[0].text == "Ocu\ufffdlar \ufffd harm"
    assert spans(made)[0] == ("Ocu\ufffdlar", [("title", 0, 7)])
    assert [f.code for f in made.findings] == ["text-damaged"]


def test_a_passage_without_text_keeps_its_annotations() -> None:
    document = raw()
    document.passages.append(RawPassage({"type": "results"}, None, "", [annotation("fever", (900, 5))]))
    made, _ = make(document)
    assert [p.section for p in made.passages] == ["title", "abstract"]
    assert spans(made) == [("fever", [])]


def test_sections_are_numbered() -> None:
    infons = {"section_type": "RESULTS", "type": "paragraph"}
    passages = [RawPassage(infons, 100 * i, f"Text {i}.") for i in range(3)]
    made, _ = make(RawDocument("2234245", {}, passages))
    assert [p.section for p in made.passages] == ["results", "results 2", "results 3"]


@pytest.mark.parametrize(
    ("infons", "section"),
    [
        ({"section_type": "TITLE", "type": "front"}, "title"), ({"section_type": "INTRO", "type": "title_1"}, "introduction"),
        ({"section_type": "METHODS", "type": "paragraph"}, "methods"), ({"section_type": "DISCUSS"}, "discussion"),
        ({"section_type": "CONCL"}, "conclusion"), ({"section_type": "CASE"}, "case"), ({"section_type": "FIG"}, "figure"),
        ({"section_type": "TABLE"}, "table"), ({"section_type": "REF", "type": "ref"}, "references"),
        ({"section_type": "AUTH_CONT"}, "author contributions"), ({"type": "abstract_title_1"}, "abstract"),
        ({"type": "Abstract"}, "abstract"), ({"section": "Case Presentation"}, "case"), ({"type": "paragraph"}, "text"),
    ],
)  # fmt: skip
def test_sections(infons: dict[str, str], section: str) -> None:
    assert section_of(infons, 4, 9, 900) == section


@pytest.mark.parametrize(
    ("written", "infons", "pmid", "pmcid", "doi"),
    [
        ("227508", {}, "227508", None, None),
        ("1", {}, None, None, None),
        ("PMC3446384", {"article-id_pmid": "22429397"}, "22429397", "PMC3446384", None),
        ("3446384", {"pmcid": "PMC3446384", "pmid": "22429397"}, "22429397", "PMC3446384", None),
        ("10.1126/SciSignal.abf3535", {"pmid": "34546791"}, "34546791", None, "10.1126/scisignal.abf3535"),
        ("24633240", {"doi": "24633240 from pubtator", "article-id_pmc": "PMC4017589"}, "24633240", "PMC4017589", None),
        ("https://www.ncbi.nlm.nih.gov/pubmed/19132155", {}, "19132155", None, None),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4079404/", {}, None, "PMC4079404", None),
        ("https://doi.org/10.1000/ABC.", {}, None, None, "10.1000/abc"),
        ("note-17", {}, None, None, None),
    ],
)  # fmt: skip
def test_identity(written: str, infons: dict[str, str], pmid: str | None, pmcid: str | None, doi: str | None) -> None:
    header = read_header(written, infons)
    assert (header.pmid, header.pmcid, header.doi) == (pmid, pmcid, doi)


@pytest.mark.parametrize(
    ("written", "license_"),
    [
        ("CC BY", "CC BY"),
        ("Open access under the licence at (https://creativecommons.org/licenses/by/4.0/).", "https://creativecommons.org/licenses/by/4.0/"),
        (" ", None),
    ],
)  # fmt: skip
def test_the_licence(written: str, license_: str | None) -> None:
    made, _ = make(replace(raw(), infons={"license": written}))
    assert made.license == license_
    in_passage = raw()
    in_passage.passages[0].infons["license"] = written
    assert make(in_passage)[0].license == license_


def test_citations_of_pubtator() -> None:
    cited = "Breast Cancer Res. 2012 Mar 19;14(2):R50. doi: 10.1186/bcr3151."
    header = read_header("22429397", {"journal": cited, "year": "2012", "authors": "Abalsamo L, Spadaro F"})
    assert (header.journal, header.doi, header.date) == ("Breast Cancer Res", "10.1186/bcr3151", "2012")
    assert header.authors == ("Abalsamo L", "Spadaro F")
    # PubTator cuts at 80 characters, and so perhaps a DOI.
    cut = f"J Immunol Res. 2023 Mar 28;2023:8942415. doi: 10.1155/{'9' * 40}"[:80]
    assert read_header("22429397", {"journal": cut}).doi is None


# --- properties


@given(st.text(max_size=60))
def test_clean_keeps_the_length(text: str) -> None:
    assert len(clean(text)) == len(text)
    clean(text).encode()


@given(st.integers(-(10**14), 10**14))
def test_numbers_as_text(number: int) -> None:
    assert whole_number(str(number)) == whole_number(f" {number} ") == whole_number(number) == number
    assert whole_number(float(number)) == number


@pytest.mark.parametrize("value", ["", "x", "1.5", "1e3", "٣", "9" * 40, None, True, [], {}, float("nan"), 10**30])
def test_what_is_no_number(value: object) -> None:
    assert whole_number(value) is None


WORDS = st.lists(st.sampled_from(["fever", "β-blocker", "naïve", "😀", "aspirin", "of", "x"]), min_size=1, max_size=12)


@given(WORDS, WORDS, st.integers(0, 3), st.data())
def test_every_exact_annotation_is_found_where_it_stands(
    title: list[str], abstract: list[str], gap: int, data: st.DataObject
) -> None:
    texts = [" ".join(title), " ".join(abstract)]
    offsets = [7, 7 + len(texts[0]) + gap]
    passages = [RawPassage({"type": t}, o, x) for t, o, x in zip(("title", "abstract"), offsets, texts, strict=True)]
    expected = []
    for _ in range(data.draw(st.integers(1, 6))):
        index = data.draw(st.integers(0, 1))
        text = texts[index]
        start = data.draw(st.integers(0, len(text) - 1).filter(lambda i, t=text: not t[i].isspace()))
        end = data.draw(st.integers(start + 1, len(text)).filter(lambda i, t=text: not t[i - 1].isspace()))
        passages[index].annotations.append(annotation(text[start:end], (offsets[index] + start, end - start)))
        expected.append((("title", "abstract")[index], start, end))
    made, _ = make(RawDocument("2234245", {}, passages))
    assert {(o.section, o.start, o.end) for m in made.mentions for o in m.occurrences} == set(expected)
    assert not made.findings
