"""The case page reader: the seed whole, variants met in the wild, and everything accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.casepage import read_case_page
from kg.documents.intake import Input, Line
from kg.documents.reading import read_input
from kg.graph.ledger import Ledger
from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, TAXON, VARIANT
from tests.pages import CASES, SEED, page, read_document, read_text


def test_seed_is_read_whole() -> None:
    reading = read_input(Input(SEED.name, SEED))
    (document,) = reading.documents
    assert document.title.startswith("Long-term clinical remission in rapidly recurrent maxillary osteosarcoma")
    assert document.authors == ("Xinru Wang", "Jing Wang", "Shuping Li")
    assert (document.pmcid, document.doi) == ("PMC13003748", "10.1186/s12903-026-08027-w")
    assert (document.id, document.date, document.journal) == ("PMCID:PMC13003748", "2026-03-06", None)
    assert document.figure_count == 11
    assert document.figure_url == "https://tomesphere.com/paper/PMC13003748/full.md"
    assert document.source_url == "https://tomesphere.com/paper/PMC13003748"
    sections = [p.section for p in document.passages]
    assert sections == [
        "title", "tldr", "contribution", "findings.1", "findings.2", "findings.3", "abstract.1", "abstract.2", "abstract.3",
    ]  # fmt: skip
    assert [(m.text, m.asserted, m.source_list, m.category) for m in document.mentions] == [
        ("Anlotinib", "PUBCHEM.COMPOUND:25017411", "Linked entities", CHEMICAL),
        ("osteosarcoma", "MONDO:0002623", "Linked entities", DISEASE),
        ("osteosarcoma", "MESH:D012516", "Full-text entities", DISEASE),
        ("anlotinib", "MESH:C000625192", "Full-text entities", CHEMICAL),
    ]
    assert not [entry for entry in reading.ledger if entry.outcome in {"set_aside", "merged"}]


def test_occurrences_spell_the_mention() -> None:
    (document,) = read_input(Input(SEED.name, SEED)).documents
    for mention in document.mentions:
        for place in mention.occurrences:
            text = document.passage(place.section)
            assert text[place.start : place.end] == place.text
            assert place.text.casefold() == mention.text.casefold()
            assert place.sentence_start <= place.start < place.end <= place.sentence_end
    where = {o.section for o in document.mentions[0].occurrences}
    assert where == {"title", "contribution", "findings.2", "abstract.2", "abstract.3"}


def test_every_kind_and_identifier_form(tmp_path: Path) -> None:
    document = read_document(
        tmp_path,
        page(
            linked="- **Chemicals:** N-(4-hydroxyphenyl)retinamide (MESH:D017313), 2,4-dinitrophenol (MESH:D019297), fever agent\n"
            "- **Diseases:** Carcinoma, Renal Cell (MESH:D002292), osteosarcoma (MONDO:0009807)\n"
            "- **Genes:** TP53 (NCBI Gene 7157)\n- **Species:** human (taxon 9606)\n"
            "- **Variants:** V600E (dbSNP rs113488022)\n- **Cell lines:** MG-63 (CVCL_0426)",
        ),
    )
    assert [(m.category, m.text, m.asserted) for m in document.mentions] == [
        (CHEMICAL, "N-(4-hydroxyphenyl)retinamide", "MESH:D017313"),
        (CHEMICAL, "2,4-dinitrophenol", "MESH:D019297"),
        (CHEMICAL, "fever agent", None),
        (DISEASE, "Carcinoma, Renal Cell", "MESH:D002292"),
        (DISEASE, "osteosarcoma", "MONDO:0009807"),
        (GENE, "TP53", "NCBIGene:7157"),
        (TAXON, "human", "NCBITaxon:9606"),
        (VARIANT, "V600E", "DBSNP:rs113488022"),
        (CELL_LINE, "MG-63", "Cellosaurus:CVCL_0426"),
    ]


def test_journal_before_the_date(tmp_path: Path) -> None:
    document = read_document(tmp_path, page(head="PMC · DOI: 10.5555/a.b · BMC Synthetic · 2026-03-06"))
    assert (document.doi, document.journal, document.date) == ("10.5555/a.b", "BMC Synthetic", "2026-03-06")


def test_page_without_marks(tmp_path: Path) -> None:
    marked = page(more="## Figures\n\n3 figures with captions in the complete paper: https://example.org/f")
    plain = "\n".join(line.lstrip("# ") if line.startswith("#") else line for line in marked.split("\n"))
    one, two = read_document(tmp_path, marked), read_document(tmp_path, plain)
    assert "#" not in plain
    assert (one.title, one.passages, one.figure_count) == (two.title, two.passages, two.figure_count)
    assert [m.text for m in one.mentions] == [m.text for m in two.mentions]


def test_findings_for_key_findings_and_missing_sections(tmp_path: Path) -> None:
    document = read_document(tmp_path, "# T\n\n## Findings\n\n- One.\n- Two.\n")
    assert [p.text for p in document.passages if p.section.startswith("findings")] == ["One.", "Two."]
    assert document.mentions == ()


@pytest.mark.parametrize(("ending", "cut"), [("and then…", True), ("and then...", True), ("and then.", False)])
def test_abstract_cut_with_an_ellipsis(tmp_path: Path, ending: str, cut: bool) -> None:
    assert read_document(tmp_path, page(abstract=f"It began {ending}")).abstract_truncated is cut


def test_line_ends_and_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    plain = read_document(tmp_path, page())
    for text in (page().replace("\n", "\r\n"), page().replace("\n", "\r")):
        (other,) = read_text(tmp_path, b"\xef\xbb\xbf" + text.encode()).documents
        assert (other.title, other.passages) == (plain.title, plain.passages)
        assert [m.text for m in other.mentions] == [m.text for m in plain.mentions]


def test_what_has_no_place_is_a_ledger_row(tmp_path: Path) -> None:
    reading = read_text(tmp_path, page(more="## Keywords\n\njaw, bone\n\n## Figures\n\nnone at all"))
    aside = {entry.text: entry.reason for entry in reading.ledger if entry.outcome == "set_aside"}
    assert set(aside) == {"## Keywords", "jaw, bone", "none at all"}
    assert all(aside.values())


def test_an_entry_cut_off_is_set_aside(tmp_path: Path) -> None:
    reading = read_text(tmp_path, page(linked="- **Diseases:** osteosarcoma (MOND"))
    (entry,) = [e for e in reading.ledger if e.kind == "mention" and e.outcome == "set_aside"]
    assert "parenthes" in entry.reason
    assert reading.documents[0].mentions == ()


def test_an_entry_listed_twice_is_merged(tmp_path: Path) -> None:
    line = "- **Diseases:** osteosarcoma (MONDO:0009807), osteosarcoma (MONDO:0009807)"
    reading = read_text(tmp_path, page(linked=line))
    assert len(reading.documents[0].mentions) == 1
    assert sum(e.count for e in reading.ledger if e.kind == "mention" and e.outcome == "merged") == 1


def test_no_title_keeps_nothing(tmp_path: Path) -> None:
    reading = read_text(
        tmp_path, "## Abstract\n\nText.\n\n## Linked entities\n\n- **Diseases:** gout (MONDO:0005393)\n"
    )
    assert reading.documents == ()
    assert {e.outcome for e in reading.ledger if e.kind in {"document", "line", "mention"}} == {"received", "set_aside"}
    Ledger().add(reading.ledger)


@pytest.mark.parametrize("path", sorted(CASES.glob("SYN*.md")), ids=lambda p: p.stem)
def test_synthetic_cases_are_read_whole(path: Path) -> None:
    reading = read_input(Input(path.name, path))
    assert len(reading.documents) == 1
    assert [e for e in reading.ledger if e.outcome == "set_aside"] == []
    assert "ynthetic" in reading.documents[0].title


def test_a_second_page_in_one_file_is_set_aside(tmp_path: Path) -> None:
    second = page(
        title="Another",
        head="PMC · DOI: 10.5555/other · 2026-01-02",
        more="---\nSource: https://example.org/PMC1234567",
    )
    reading = read_text(tmp_path, page() + "\n" + second)
    (document,) = reading.documents
    assert (document.doi, document.pmcid) == ("10.5555/casegraph.test.1", None)
    assert {e.reason for e in reading.ledger if e.outcome == "set_aside"} == {"a second page in one file"}


def test_head_line_values(tmp_path: Path) -> None:
    document = read_document(tmp_path, page(head="PMC · DOI: N/A · 2026/03/06", title="**Bold  title**"))
    assert (document.doi, document.journal, document.date, document.title) == (None, None, "2026-03-06", "Bold title")


def test_authors_are_no_title(tmp_path: Path) -> None:
    reading = read_text(tmp_path, "**Authors:** A. B., MD, C. D. et al.\n\n## Abstract\n\nText.\n")
    assert reading.documents == ()
    assert "no title" in {e.reason for e in reading.ledger}


def test_a_source_cut_off_does_not_name_another_paper(tmp_path: Path) -> None:
    whole = SEED.read_text("utf-8")
    (document,) = read_text(tmp_path, whole[: whole.rindex("PMC13003748") + 7]).documents
    assert document.pmcid == "PMC13003748"


@pytest.mark.parametrize("end", range(0, 3031, 37))
def test_the_seed_cut_anywhere(end: int, tmp_path: Path) -> None:
    reading = read_text(tmp_path, SEED.read_bytes()[:end])
    Ledger().add(reading.ledger)
    for document in reading.documents:
        assert document.pmcid in {None, "PMC13003748"}
        assert {m.asserted for m in document.mentions} <= {
            None, "PUBCHEM.COMPOUND:25017411", "MONDO:0002623", "MESH:D012516", "MESH:C000625192",
        }  # fmt: skip


_LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "# T", "## Abstract", "## Linked entities", "Abstract", "- **Diseases:** a, b (MESH:D012516), c (", "---",
             "Source: https://example.org/PMC123456", "PMC · DOI: 10.5555/x · 2026-01-01", "## Nothing", "- **Genes:**"]
        ),
        st.text(max_size=40).filter(lambda t: "\n" not in t and "\r" not in t),
    ),
    max_size=30,
)  # fmt: skip


@given(_LINES)
def test_any_page_balances(lines: list[str]) -> None:
    reading = read_case_page("p.md", "0", [Line(i, text) for i, text in enumerate(lines, 1)])
    ledger = Ledger()
    ledger.add(reading.ledger)
    assert ledger.totals["line"]["received"] == sum(bool(text.strip()) for text in lines)
    assert ledger.totals["mention"]["kept"] == sum(len(d.mentions) for d in reading.documents)
