"""JATS and PubMed article XML: what is read of an article, and what becomes of dirt."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
from pathlib import Path
from typing import IO, cast
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import xmlrecords
from kg.documents.jats import license_of, read_jats
from kg.documents.jatstext import section_of, text_of
from kg.documents.tally import Tally
from kg.model import CHEMICAL, DISEASE, Document
from tests.terms.full_data import full_data

ARTICLE = """<article article-type="case-report" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="urn:m">
<front><journal-meta><journal-title-group><journal-title>Synthetic Cases</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">101</article-id><article-id pub-id-type="pmc">202</article-id>
<article-id pub-id-type="doi">https://doi.org/10.5555/Abc.1</article-id><article-id pub-id-type="publisher-id">x</article-id>
<article-categories><subj-group subj-group-type="heading"><subject>Case Report</subject></subj-group>
<subj-group subj-group-type="Discipline-v2"><subject>Oncology</subject></subj-group></article-categories>
<title-group><article-title>Drug A in disease B<xref ref-type="fn"><sup>*</sup></xref></article-title>
<subtitle>a case report</subtitle></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Doe</surname><given-names>Jane X</given-names></name></contrib>
<contrib contrib-type="author"><collab>The B Group<contrib-group><contrib><name><surname>In</surname></name></contrib>
</contrib-group></collab></contrib><contrib contrib-type="editor"><name><surname>Ed</surname></name></contrib></contrib-group>
<pub-date pub-type="ppub"><month>1</month><year>2019</year></pub-date>
<pub-date pub-type="epub"><day>7</day><month>3</month><year>2019</year></pub-date>
<pub-date pub-type="collection"><day>9</day><month>4</month><year>2019</year></pub-date>
<pub-date pub-type="pmc-release"><day>1</day><month>1</month><year>2018</year></pub-date>
<permissions><license license-type="open-access" xlink:href="https://creativecommons.org/licenses/by/4.0/"/></permissions>
<abstract><title>Abstract</title><sec><title>Background:</title><p>B is rare.</p></sec>
<sec><title>Case presentation</title><p>A 40-year-old man.</p><p>He did well.</p></sec></abstract>
<abstract abstract-type="graphical"><p>A drawing.</p></abstract><abstract abstract-type="teaser"><p>In short.</p></abstract>
</article-meta></front>
<body><p>Before the first section.</p><sec sec-type="intro"><title>1. Why</title><p>B is known.</p></sec>
<sec><title>2. Case presentation</title><p>He took A<sup><xref ref-type="bibr" rid="r">1</xref>,<xref ref-type="bibr">2</xref></sup>.
<fig><label>Figure 1</label><caption><title>The scan</title><p>Before A.</p></caption></fig></p>
<table-wrap><caption><p>Doses of A.</p></caption><table><tr><td>secret cell</td></tr></table></table-wrap>
<sec><title>Patient 2</title><list><list-item><p>first</p></list-item><list-item><p>second</p></list-item></list></sec></sec>
<sec><title>Discussion</title><p>The dose <inline-formula><mml:math><mml:mi>q</mml:mi></mml:math></inline-formula>, is high.</p>
<sec><title>Conclusion</title><p>A works.</p></sec></sec>
<sec sec-type="supplementary-material"><title>More</title><p>A film.</p></sec></body>
<back><ref-list><ref><mixed-citation>Somebody</mixed-citation></ref></ref-list></back></article>"""


def read(data: bytes | str, *, name: str = "in.xml") -> tuple[list[Document], Tally]:
    """Read a stream and see that its tally balances."""
    tally = Tally(name)
    documents = list(read_jats(io.BytesIO(data.encode() if isinstance(data, str) else data), name, tally))
    assert tally.balanced()
    kept = sum(e.count for e in tally.entries() if e.kind == "document" and e.outcome == "kept")
    assert kept == len(documents)
    return documents, tally


def reasons(tally: Tally) -> list[tuple[int, str]]:
    return [(e.line, e.reason) for e in tally.entries() if e.kind == "document" and e.outcome == "set_aside"]


def small(number: int, title: str = "A title") -> str:
    return (
        f'<article><front><article-meta><article-id pub-id-type="pmid">{number}</article-id><title-group>'
        f"<article-title>{title}</article-title></title-group></article-meta></front></article>"
    )


def test_an_article() -> None:
    (document,), _ = read(ARTICLE)
    assert (document.id, document.pmid, document.pmcid, document.doi) == ("PMID:101", "101", "PMC202", "10.5555/abc.1")
    assert document.title == "Drug A in disease B: a case report"
    assert document.authors == ("Jane X Doe", "The B Group")
    assert (document.journal, document.date) == ("Synthetic Cases", "2019-03-07")
    assert document.publication_types == ("case-report", "Case Report")
    assert document.figure_count == 1
    assert [(p.section, p.text) for p in document.passages] == [
        ("title", "Drug A in disease B: a case report"),
        ("abstract", "Background: B is rare."),
        ("abstract 2", "Case presentation: A 40-year-old man."),
        ("abstract 3", "He did well."),
        ("summary", "In short."),
        ("body", "Before the first section."),
        ("introduction", "1. Why"),
        ("introduction 2", "B is known."),
        ("case", "He took A."),
        ("figure", "The scan\nBefore A."),
        ("table", "Doses of A."),
        ("case 2", "Patient 2"),
        ("case 3", "first\nsecond"),
        ("discussion", "The dose, is high."),
        ("conclusion", "A works."),
    ]


def test_the_licence() -> None:
    (document,), _ = read(ARTICLE)
    assert document.license == "https://creativecommons.org/licenses/by/4.0/"
    assert license_of(fromstring("<article/>")) is None
    meta = "<article><front><article-meta><permissions>{}</permissions></article-meta></front><body>{}</body></article>"
    for license_, said in (
        ('<license license-type="open-access"><license-p>Under <i>https://example.org/licence/7</i>.</license-p></license>',
         "https://example.org/licence/7"),
        ('<license license-type="open-access"><license-p>Free to read.</license-p></license>', "open-access"),
        ("<license><license-p>Free to <i>read</i>.</license-p></license>", "Free to read."),
        ('<license xmlns:x="u" x:href="https://example.org/terms"/>', None),
        ("<license/>", None),
    ):  # fmt: skip
        assert license_of(fromstring(meta.format(license_, ""))) == said
        # The licence of a picture is not that of the article.
        assert license_of(fromstring(meta.format("", f"<fig><permissions>{license_}</permissions></fig>"))) is None


def test_one_content_one_hash() -> None:
    (plain,), _ = read(ARTICLE)
    (wrapped,), _ = read(
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<pmc-articleset>" + ARTICLE.encode() + b"</pmc-articleset>"
    )
    (wide,), _ = read(("<?xml version='1.0' encoding='UTF-16'?>" + ARTICLE).encode("utf-16"))
    assert plain == wrapped == wide
    (other,), _ = read(ARTICLE.replace("He did well", "He did not do well"))
    assert other.sha256 != plain.sha256


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Ca<sup>2+</sup> and m<sup>2</sup>", "Ca2+ and m2"),
        ("10<sup>−3</sup> M", "10^−3 M"),
        ("<bold>A</bold><italic>b</italic> c", "Ab c"),
        ("rare<xref ref-type='bibr'>12</xref>, yes", "rare, yes"),
        (
            "rare<xref ref-type='bibr'><sup>12</sup></xref><sup>,</sup><xref ref-type='bibr'><sup>13</sup></xref>.",
            "rare.",
        ),
        ("rare [<xref ref-type='bibr'>1</xref>,<xref ref-type='bibr'>2</xref>].", "rare [1,2]."),
        ("rare (<xref ref-type='bibr'>Doe, 2001</xref>)", "rare (Doe, 2001)"),
        ("see (<inline-formula/>) there", "see there"),
        ("one<break/>two", "one two"),
        ("one<list><list-item><label>1</label><p>two</p></list-item></list>three", "one\ntwo\nthree"),
        ("a\n   b\u00a0c", "a b c"),
        ("<styled-content>kept</styled-content><fn><p>gone</p></fn>", "kept"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert text_of(fromstring(f"<p>{markup}</p>")) == text


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=12), max_size=6))
def test_markup_does_not_eat_text(words: list[str]) -> None:
    """Italic, bold and references of other kinds leave every character that is not white space."""
    escaped = [w.replace("&", "&amp;").replace("<", "&lt;") for w in words]
    tags = ("italic", "bold", "named-content", "p")
    markup = "".join(f"<{tags[i % 4]}>{w}</{tags[i % 4]}>" for i, w in enumerate(escaped))
    assert "".join(text_of(fromstring(f"<p>{markup}</p>")).split()) == "".join("".join(words).split())


@pytest.mark.parametrize(
    ("sec_type", "heading", "section"),
    [
        ("", "Case Report", "case"),
        ("", "CASES", "case"),
        ("", "III. Case description and follow-up", "case"),
        ("", "Cases and controls", ""),
        ("", "Patient 1", "case"),
        ("", "Patients", ""),
        ("", "Clinical presentation", "case"),
        ("", "Report of the case", "case"),
        ("", "Patients and methods", "methods"),
        ("", "Materials & Methods", "methods"),
        ("", "Background", "introduction"),
        ("", "Comment", "discussion"),
        ("", "Conclusions and outlook", "conclusion"),
        ("", "Informed consent", "notes"),
        ("cases", "Whatever", "case"),
        ("results|discussion", "Whatever", "results"),
        ("unheard-of", "Results", "results"),
        ("", "Case " * 30, ""),
    ],
)
def test_sections(sec_type: str, heading: str, section: str) -> None:
    assert section_of(sec_type, heading) == section


def test_many_articles_in_a_row_and_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "<?xml version='1.0'?><!DOCTYPE article PUBLIC '-//NLM//DTD' 'archivearticle.dtd'>\n"
    data = "".join(head + small(i) + "\n" for i in range(1, 40))
    whole, _ = read(data)
    assert [d.pmid for d in whole] == [str(i) for i in range(1, 40)]
    for size in (1, 7, 100):
        monkeypatch.setattr(xmlrecords, "_CHUNK", size)
        assert read(data)[0] == whole


def test_a_broken_article_costs_only_itself() -> None:
    data = f"<set>\n{small(1)}\n<article><front><p></front></article>\n{small(3)}</set>"
    documents, tally = read(data)
    assert [d.pmid for d in documents] == ["1", "3"]
    assert reasons(tally) == [(3, "not well-formed XML: mismatched tag")]


def test_an_article_cut_in_the_middle_and_one_cut_by_the_end() -> None:
    data = f"{small(1)}\n{small(2)[:90]}\n{small(3)}\n{small(4)[:90]}"
    documents, tally = read(data)
    assert [d.pmid for d in documents] == ["1", "3"]
    assert reasons(tally) == [
        (2, "cut in the middle: another one begins inside it"),
        (4, "cut short: the input ends inside it"),
    ]


@given(st.integers(min_value=0, max_value=4000))
def test_a_stream_cut_anywhere_balances(length: int) -> None:
    data = (ARTICLE + small(1) + ARTICLE).encode()
    documents, tally = read(data[:length])
    assert len(documents) + sum(1 for _ in reasons(tally)) >= 1


def test_a_comment_that_speaks_of_articles() -> None:
    documents, tally = read(small(1).replace("<front>", "<front><!-- an <article > was here -->"))
    assert [d.pmid for d in documents] == ["1"]
    assert reasons(tally) == []


BOMB = '<!DOCTYPE article [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
LEAK = '<!DOCTYPE article [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declared", [BOMB, LEAK])
def test_entities_are_never_declared(declared: str) -> None:
    documents, tally = read(declared + small(1, "&a;") + small(2) + "<?xml version='1.0'?>" + small(3))
    assert [d.pmid for d in documents] == ["2", "3"]
    assert reasons(tally) == [(1, "uses XML entities that the input declares; they are refused")]


def test_names_of_characters_mean_what_the_input_declares() -> None:
    """A name that HTML knows is not read as HTML's where the input gives it another meaning."""
    declared = BOMB.replace("<!ENTITY a ", "<!ENTITY alpha ").replace("article", "set", 1)
    documents, tally = read(
        f"{declared}<set>{small(1, '&alpha;')}{small(2)}</set>" + "<?xml version='1.0'?>" + small(3, "&alpha;")
    )
    assert [(d.pmid, d.title) for d in documents] == [("2", "A title"), ("3", "α")]
    assert len(reasons(tally)) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no article in the input"),
        (b"just text", "no article in the input"),
        (b"\x00\xff" * 5000, "no article in the input"),
        (b"<!DOCTYPE html><html><body><article><p>Hello</p></article></body></html>", "an HTML page"),
        (b"<article/>", "neither title nor text"),
        (b"<article><front></front></article>", "neither title nor text"),
        (("<article><body>" + "<sec>" * 5000 + "<p>a</p>" + "</sec>" * 5000 + "</body></article>").encode(), "nested deeper"),
        (("<article><body><p>" + "<bold>" * 5000 + "</bold>" * 5000 + "</p></body></article>").encode(), "nested deeper"),
        (small(1, "&nosuchname;").encode(), "not well-formed XML: undefined entity"),
    ],
)  # fmt: skip
def test_what_is_no_article_says_so(data: bytes, reason: str) -> None:
    documents, tally = read(data)
    assert documents == []
    ((_, said),) = reasons(tally)
    assert reason in said


def test_an_article_that_never_ends_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlrecords, "LONGEST_RECORD", 5000)
    monkeypatch.setattr(xmlrecords, "_CHUNK", 1000)
    documents, tally = read(small(1) + "\n<article><body>" + "<p>more</p>" * 2000 + "</body></article>" + small(2))
    assert [d.pmid for d in documents] == ["1", "2"]
    assert reasons(tally) == [(2, "longer than 5000 bytes")]


@pytest.mark.parametrize(
    ("title", "read_as", "code"),
    [
        (b"Caf\xe9", "Café", "encoding-mended"),
        (b"A\x00 \x0btitle", "A title", "characters-mended"),
        (b"A&#x0;B &#55357;", "A�B �", "characters-mended"),
        (b"AT&T &amp; co", "AT&T & co", "characters-mended"),
    ],
)
def test_dirt_is_mended_and_said(title: bytes, read_as: str, code: str) -> None:
    (document,), _ = read(small(1, "%").encode().replace(b"%", title))
    assert document.title == read_as
    assert [(f.code, f.severity, f.document) for f in document.findings] == [(code, "warning", "PMID:1")]


def test_characters_by_name_and_prefixes_of_a_wrapper() -> None:
    (document,), _ = read(
        f'<r xmlns:xlink="u">{small(1, "&alpha;&nbsp;B")}</r>'.replace("<front>", '<front xlink:a="b">')
    )
    assert document.title == "α B"
    assert document.findings == ()


def test_an_encoding_that_is_declared() -> None:
    for encoding in ("ISO-8859-1", "windows-1252"):
        data = f"<?xml version='1.0' encoding='{encoding}'?>" + small(1, "Café")
        (document,), _ = read(data.encode("latin-1"))
        assert (document.title, document.findings) == ("Café", ())


def test_name_spaces() -> None:
    answer = f"<record><metadata>{small(1)}</metadata></record>".replace("<article>", '<article xmlns="urn:jats">')
    prefixed = (
        small(2).replace("<", "<j:").replace("<j:/", "</j:").replace("<j:article>", '<j:article xmlns:j="urn:j">')
    )
    assert [d.pmid for d in read(answer + prefixed)[0]] == ["1", "2"]


def test_parts_that_are_articles_of_others() -> None:
    data = ARTICLE.replace(
        "</back>", '</back><sub-article article-type="translation"><body><p>Nein.</p></body></sub-article>'
    )
    (document,), tally = read(data)
    assert "Nein." not in " ".join(p.text for p in document.passages)
    assert [r for _, r in reasons(tally)] == ["a part of another article (sub-article, translation)"]


def test_identifiers_that_cannot_be_read() -> None:
    (document,), _ = read(small(1).replace(">1<", ">none yet<"))
    assert document.id.startswith("casegraph:document-")
    assert [f.code for f in document.findings] == ["identifier-unreadable"]


PUBMED = """<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">77</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2018</Year><Month>May</Month></PubDate></JournalIssue><Title>J Synth</Title></Journal>
<ArticleTitle>Drug <i>A</i> in B.</ArticleTitle><ELocationID EIdType="doi" ValidYN="Y">10.5555/x</ELocationID>
<Abstract><AbstractText Label="BACKGROUND">B is rare.</AbstractText><AbstractText Label="UNLABELLED">More.</AbstractText></Abstract>
<AuthorList><Author><LastName>Doe</LastName><ForeName>Jane</ForeName></Author><Author><CollectiveName>Group B</CollectiveName>
</Author></AuthorList><PublicationTypeList><PublicationType UI="D002363">Case Reports</PublicationType></PublicationTypeList>
<ArticleDate><Year>2018</Year><Month>04</Month><Day>03</Day></ArticleDate></Article>
<ChemicalList><Chemical><NameOfSubstance UI="D000001">A</NameOfSubstance></Chemical>
<Chemical><NameOfSubstance UI="D000001">A</NameOfSubstance></Chemical></ChemicalList>
<SupplMeshList><SupplMeshName Type="Disease" UI="C000002">B syndrome</SupplMeshName></SupplMeshList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D008297">Male</DescriptorName><QualifierName UI="Q1">x</QualifierName>
</MeshHeading></MeshHeadingList></MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC55</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType="pubmed">9</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle><PubmedBookArticle><BookDocument/></PubmedBookArticle></PubmedArticleSet>"""


def test_a_set_of_pubmed() -> None:
    (document,), tally = read(PUBMED)
    assert (document.id, document.pmcid, document.doi, document.date) == ("PMID:77", "PMC55", "10.5555/x", "2018-04-03")
    assert [(p.section, p.text) for p in document.passages] == [
        ("title", "Drug A in B."),
        ("abstract", "BACKGROUND: B is rare."),
        ("abstract 2", "More."),
    ]
    assert document.authors == ("Jane Doe", "Group B")
    assert document.publication_types == ("Case Reports",)
    assert [(m.source_list, m.text, m.asserted, m.category, m.occurrences) for m in document.mentions] == [
        ("MeSH headings", "Male", "MESH:D008297", "biolink:NamedThing", ()),
        ("Chemicals", "A", "MESH:D000001", CHEMICAL, ()),
        ("Supplementary concepts", "B syndrome", "MESH:C000002", DISEASE, ()),
    ]
    told = [(e.kind, e.outcome, e.count, e.reason) for e in tally.entries()]
    assert ("mention", "received", 4, "") in told
    assert ("mention", "merged", 1, "listed twice") in told
    assert ("document", "set_aside", 1, "a book, no article") in told


def test_a_damaged_gzip_gives_what_is_sound() -> None:
    data = gzip.compress("\n".join(small(i, f"Title {i * 7919}") for i in range(1, 20_000)).encode())
    tally = Tally("a.gz")
    with gzip.open(io.BytesIO(data[: len(data) // 2])) as stream:
        documents = list(read_jats(cast("IO[bytes]", stream), "a.gz", tally))
    assert len(documents) > 5000
    assert tally.balanced()
    assert [r for _, r in reasons(tally)] == ["the input cannot be read any further; it is cut or damaged"]


def test_memory_is_that_of_one_article() -> None:
    class Endless(io.RawIOBase):
        left = 300

        def read(self, _: int = -1) -> bytes:
            self.left -= 1
            return small(1, "word " * 10_000).encode() if self.left >= 0 else b""

    tracemalloc.start()
    count = sum(1 for _ in read_jats(cast("IO[bytes]", Endless()), "endless", Tally("endless")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 300
    assert peak < 4_000_000


def test_genuine_articles() -> None:
    folder = full_data("jats")
    for path in sorted(folder.glob("*.nxml")):
        with path.open("rb") as stream:
            tally = Tally(path.name)
            (document,) = read_jats(stream, path.name, tally)
        assert tally.balanced()
        assert document.pmid and document.pmcid and document.doi and len(document.date or "") == 10
        sections = {p.section.split(" ")[0] for p in document.passages}
        assert {"title", "abstract", "methods", "discussion"} <= sections, path.name
        assert document.findings == ()
        assert len({p.section for p in document.passages}) == len(document.passages)
        assert not any("\x00" in p.text or "  " in p.text for p in document.passages)
        assert len(document.authors) >= 2


def test_a_genuine_record_of_pubmed() -> None:
    path: Path = full_data("jats", "pubmed-29768149.xml")
    with path.open("rb") as stream:
        (document,) = read_jats(stream, path.name, Tally(path.name))
    assert (document.id, document.date) == ("PMID:29768149", "2018-05-17")
    assert len(document.mentions) == path.read_text().count("<DescriptorName") + path.read_text().count(
        "<NameOfSubstance"
    )
    assert len({m.id for m in document.mentions}) == len(document.mentions)


FORMULA, CITED = "<inline-formula/>", '<xref ref-type="bibr">1</xref>'


@pytest.mark.parametrize(
    "text",
    [
        " " * 200_000 + FORMULA,
        FORMULA + "\n" * 200_000 + FORMULA,
        "(" + FORMULA * 20_000,
        "(" + f"{FORMULA}, " * 20_000,
        "a" + CITED * 20_000,
        f"<sup>{CITED * 20_000}</sup>",
        "([" * 50_000 + FORMULA,
    ],
)
def test_no_text_costs_more_than_its_length(text: str) -> None:
    began = time.process_time()
    documents, _ = read(f"<article><body><p>It fell. {text}</p></body></article>")
    assert time.process_time() - began < 3
    assert documents[0].passages[0].text.startswith("It fell.")


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        (f"It fell {FORMULA}, then {FORMULA} .", "It fell, then."),
        (f"It fell {FORMULA} {FORMULA}.", "It fell."),
        (f"It fell ({FORMULA}, {FORMULA}; {FORMULA}) again", "It fell again"),
        (f"It fell ({FORMULA} twice) again", "It fell ( twice) again"),
        (f"It fell [ {FORMULA}", "It fell ["),
    ],
)
def test_what_formulas_leave(text: str, read_as: str) -> None:
    assert read(f"<article><body><p>{text}</p></body></article>")[0][0].passages[0].text == read_as
