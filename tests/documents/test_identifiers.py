"""Identifiers as corpora write them."""

from __future__ import annotations

import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curies import expand
from kg.documents.annotationtypes import UNKNOWN, category_of
from kg.documents.identifiers import NOTHING, identifiers, one_identifier, with_database
from kg.model import CELL_LINE, CHEMICAL, DISEASE, GENE, TAXON, VARIANT
from tests.terms.full_data import full_data

READ = [
    ("D003490", CHEMICAL, ("MESH:D003490",)),
    ("C038934", DISEASE, ("MESH:C038934",)),
    ("C000657245", CHEMICAL, ("MESH:C000657245",)),
    ("MESH:D001943", DISEASE, ("MESH:D001943",)),
    ("mesh:D001943", DISEASE, ("MESH:D001943",)),
    ("C0004238", DISEASE, ("UMLS:C0004238",)),
    ("OMIM:114480", DISEASE, ("OMIM:114480",)),
    (" OMIM:114480 ", DISEASE, ("OMIM:114480",)),
    ("7157", GENE, ("NCBIGene:7157",)),
    ("2475(Tax:9606)", GENE, ("NCBIGene:2475",)),
    ("9606", TAXON, ("NCBITaxon:9606",)),
    ("CVCL_0030", CELL_LINE, ("Cellosaurus:CVCL_0030",)),
    (" CVCL_0030", CELL_LINE, ("Cellosaurus:CVCL_0030",)),
    ("CVCL:0030", CELL_LINE, ("Cellosaurus:CVCL_0030",)),
    ("rs113488022", VARIANT, ("DBSNP:rs113488022",)),
    ("RS#:113488022", VARIANT, ("DBSNP:rs113488022",)),
    ("CHEBI:15365", CHEMICAL, ("CHEBI:15365",)),
    # Composite.
    ("D014786|D006311", DISEASE, ("MESH:D014786", "MESH:D006311")),
    ("D014786+D006311", DISEASE, ("MESH:D014786", "MESH:D006311")),
    ("D014786;D006311", DISEASE, ("MESH:D014786", "MESH:D006311")),
    ("D014786, D006311", DISEASE, ("MESH:D014786", "MESH:D006311")),
    ("C535473|OMIM:114480", DISEASE, ("MESH:C535473", "OMIM:114480")),
    ("OMIM:114480,114500", DISEASE, ("OMIM:114480", "OMIM:114500")),
    ("D014786|-1", DISEASE, ("MESH:D014786",)),
    ("D014786|D014786", DISEASE, ("MESH:D014786",)),
    ("3172,365", GENE, ("NCBIGene:3172", "NCBIGene:365")),
    ("rs1|rs2", VARIANT, ("DBSNP:rs1", "DBSNP:rs2")),
    ("tmVar:p|SUB|V|600|E;HGVS:p.V600E;VariantGroup:0;CorrespondingGene:673;RS#:113488022", VARIANT,
     ("DBSNP:rs113488022",)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "category", "curies"), READ)
def test_read(written: str, category: str, curies: tuple[str, ...]) -> None:
    assert identifiers(written, category) == (curies, "")


@pytest.mark.parametrize("written", ["", "-", "-1", " - ", "None", "null", "N/A", "CUI-less", "-|-1", ";", "-1,-1"])
@pytest.mark.parametrize("category", [CHEMICAL, DISEASE, GENE, TAXON, VARIANT, CELL_LINE, UNKNOWN])
def test_no_identifier_is_nothing_unread(written: str, category: str) -> None:
    assert identifiers(written, category) == ((), "")


@pytest.mark.parametrize(
    ("written", "category", "curies", "unread"),
    [
        ("6528", DISEASE, (), "6528"),
        ("*D007211", DISEASE, (), "*D007211"),
        ("D014786;melanoma", DISEASE, ("MESH:D014786",), "melanoma"),
        ("FOO:1;BAR:2", CHEMICAL, (), "FOO:1;BAR:2"),
        ("c|SUB|G|-9|A", VARIANT, (), "c|SUB|G|-9|A"),
        ("p|FS|Y|9||", VARIANT, (), "p|FS|Y|9||"),
        ("c.88+2T>G,p.V600E", VARIANT, (), "c.88+2T>G;p.V600E"),
        ("rs1;p|SUB|V|600|E", VARIANT, ("DBSNP:rs1",), "p|SUB|V|600|E"),
        ("tmVar:p|SUB|V|600|E;HGVS:p.V600E", VARIANT, (), "tmVar:p|SUB|V|600|E;HGVS:p.V600E"),
    ],
)
def test_what_cannot_be_read_is_told(written: str, category: str, curies: tuple[str, ...], unread: str) -> None:
    assert identifiers(written, category) == (curies, unread)


@pytest.mark.parametrize(
    ("written", "category", "database", "curies"),
    [
        ("672", UNKNOWN, "ncbi_gene", ("NCBIGene:672",)),
        ("672;675", UNKNOWN, "NCBI Gene", ("NCBIGene:672", "NCBIGene:675")),
        ("2244", CHEMICAL, "PubChem", ("PUBCHEM.COMPOUND:2244",)),
        ("113488022", VARIANT, "dbSNP", ("DBSNP:rs113488022",)),
        ("MESH:D001943", DISEASE, "OMIM", ("MESH:D001943",)),
        ("D001943", DISEASE, "zoo", ("MESH:D001943",)),
        ("-", GENE, "ncbi_gene", ()),
    ],
)
def test_the_database_beside_it(written: str, category: str, database: str, curies: tuple[str, ...]) -> None:
    assert identifiers(written, category, database)[0] == curies


def test_a_database_makes_nothing_of_what_does_not_fit() -> None:
    assert with_database("tumour", "MESH") == "tumour"


MESH_IDS = st.from_regex(re.compile(r"[CD](\d{6}|\d{9})", re.ASCII), fullmatch=True)


@given(st.lists(MESH_IDS, min_size=1, max_size=5, unique=True), st.sampled_from([";", "|", ",", "+", "; ", " | "]))
def test_composites_round_trip(parts: list[str], separator: str) -> None:
    curies, unread = identifiers(separator.join(parts), DISEASE)
    assert curies == tuple(f"MESH:{part}" for part in parts)
    assert unread == ""


@given(st.text(max_size=40), st.sampled_from([CHEMICAL, DISEASE, GENE, TAXON, VARIANT, CELL_LINE, UNKNOWN, "x"]))
def test_any_text_is_read_or_told(written: str, category: str) -> None:
    curies, unread = identifiers(written, category)
    assert all(expand(curie) for curie in curies)
    assert len(curies) == len(set(curies))
    pieces = [p for p in re.split(r"[;|,+]", written) if p.strip().casefold() not in NOTHING]
    assert bool(pieces) == bool(curies or unread)
    if category != VARIANT:
        assert all(one_identifier(part, category) is None for part in unread.split(";"))


@pytest.mark.parametrize(
    ("corpus", "unread"),
    [
        ("bc5cdr/CDR_TrainingSet.PubTator.txt.gz", 0),
        ("bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz", 0),
        ("ncbi_disease/train.PubTator.txt.gz", 0),
        ("ncbi_disease/devel.PubTator.txt.gz", 0),
    ],
)
def test_every_identifier_of_the_disease_and_chemical_corpora_is_read(corpus: str, unread: int) -> None:
    failed = []
    seen = 0
    with gzip.open(full_data("corpora", *corpus.split("/")), "rt", encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) >= 6 and columns[1].isdigit():
                curies, rest = identifiers(columns[5], category_of(columns[4]))
                seen += 1
                if rest or not (curies or columns[5] == "-1"):
                    failed.append((columns[5], rest))
    assert seen > 700
    assert len(failed) == unread, failed[:10]


@pytest.mark.parametrize(
    ("written", "curie"),
    [("http://purl.obolibrary.org/obo/MONDO_0004979", "MONDO:0004979"), ("<http://id.nlm.nih.gov/mesh/D012516>", "MESH:D012516"),
     ("https://www.identifiers.org/DOID:3347", "DOID:3347"), ("http://identifiers.org/doid/DOID:3347", "DOID:3347"),
     ("http://www.orpha.net/ORDO/Orphanet_668", "Orphanet:668"), ("https://omim.example.org/143100", None)],
)  # fmt: skip
def test_an_iri_is_its_curie(written: str, curie: str | None) -> None:
    assert one_identifier(written, DISEASE) == curie
    assert identifiers(f"{written}|MESH:D000001", DISEASE)[0] == tuple(c for c in (curie, "MESH:D000001") if c)
