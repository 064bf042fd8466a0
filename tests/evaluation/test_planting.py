"""Planted errors: which identifiers they are, and that the choice depends on nothing but the seed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.documents.intake import find_inputs
from kg.documents.reading import read_streams
from kg.evaluation.planting import KINDS, Patient, Planter
from kg.linking.checks.names import bears_name
from kg.model import CHEMICAL, Document
from tests.evaluation.audit_corpus import corpus
from tests.linking.checks.checks_index import index


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, ...]:
    path = corpus(tmp_path_factory.mktemp("corpus") / "corpus.PubTator")
    return tuple(d for item in find_inputs([path]) for stream in read_streams(item) for d in stream.documents)


def planted(documents: tuple[Document, ...], kind: str, rate: float = 1.0, seed: int = 1) -> list[tuple[str, str, str]]:
    """Return (text, right identifier, wrong identifier) of what is planted into a corpus."""
    planter = Planter(index(), documents, rate=rate, seed=seed)
    found = []
    for document in documents:
        clean = planter.with_twins(document) if kind == "cross-vocabulary" else document
        _, plants = planter.plant(clean, kind, Patient((50.0,), ("female",)))
        found += [(plant.text.lower(), plant.original, plant.planted) for plant in plants]
    return found


@pytest.mark.parametrize(
    ("kind", "text", "original", "wrong"),
    [
        ("too-specific", "lung cancer", "MESH:D000011", {"MESH:D000012", "MESH:D000013"}),
        ("too-general", "small cell lung carcinoma", "MESH:D000012", {"MESH:D000011"}),
        ("sibling", "nephrotic syndrome", "MESH:D000021", {"MESH:D000022"}),
        ("obsolete", "lung cancer", "MESH:D000011", {"MONDO:0000090"}),
        ("wrong-kind", "lung cancer", "MESH:D000011", {"MESH:D000030"}),
        ("life-stage", "lung cancer", "MESH:D000011", set()),
    ],
)
def test_the_wrong_identifier(
    documents: tuple[Document, ...], kind: str, text: str, original: str, wrong: set[str]
) -> None:
    found = {w for t, o, w in planted(documents, kind) if (t, o) == (text, original)}
    assert found <= wrong and bool(found) == bool(wrong)


def test_unknown_and_malformed_identifiers(documents: tuple[Document, ...]) -> None:
    unknown = planted(documents, "unknown")
    assert unknown and all(index().term(wrong) is None and wrong.startswith("MESH:D") for _, _, wrong in unknown)
    planter = Planter(index(), documents, rate=1.0)
    for document in documents:
        struck, plants = planter.plant(document, "malformed")
        assert plants and all(m.asserted is None for m in struck.mentions)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"span", "malformed", "unknown"}])
def test_a_planted_term_is_wrong(documents: tuple[Document, ...], kind: str) -> None:
    for text, original, wrong in planted(documents, kind):
        term = index().term(wrong)
        assert term is not None and wrong != original
        assert not bears_name(term, text)


def test_all_mentions_of_a_name_are_struck_but_for_one_kind(documents: tuple[Document, ...]) -> None:
    planter = Planter(index(), documents, rate=1.0)
    struck, plants = planter.plant(documents[0], "too-specific")
    (cancer,) = [plant for plant in plants if plant.text.lower() == "lung cancer"]
    assert len(cancer.mentions) == 2
    assert {m.asserted for m in struck.mentions if m.text.lower() == "lung cancer"} == {cancer.planted}
    struck, plants = planter.plant(documents[0], "several-identifiers")
    (cancer,) = [plant for plant in plants if plant.text.lower() == "lung cancer"]
    assert len(cancer.mentions) == 1
    assert {m.asserted for m in struck.mentions if m.text.lower() == "lung cancer"} == {cancer.planted, "MESH:D000011"}


def test_twins_are_mapped_and_no_chemicals(documents: tuple[Document, ...]) -> None:
    twins = [m for m in Planter(index(), documents).with_twins(documents[0]).mentions if m.source_list == "mapped"]
    assert {(m.text.lower(), m.asserted) for m in twins} == {
        ("lung cancer", "MONDO:0000011"), ("nephrotic syndrome", "MONDO:0000021"),
    }  # fmt: skip
    assert all(m.category != CHEMICAL for m in twins)


def test_shifted_spans(documents: tuple[Document, ...]) -> None:
    whole, none = Planter(index(), documents, rate=1.0), Planter(index(), documents, rate=1e-9)
    text, plants = whole.shifted_spans(documents[0])
    right, nothing = none.shifted_spans(documents[0])
    assert nothing == () and len(plants) == len(documents[0].mentions)
    moved = [
        (int(a.split("\t")[1]), int(b.split("\t")[1]))
        for a, b in zip(text.splitlines(), right.splitlines(), strict=True)
        if "\t" in a
    ]
    assert {a - b for a, b in moved} == {3}


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1 << 30), order=st.permutations(range(3)))
def test_the_choice_depends_on_the_seed_alone(documents: tuple[Document, ...], seed: int, order: list[int]) -> None:
    given_order = planted(documents, "too-general", 0.5, seed)
    turned = tuple(replace(documents[i], mentions=documents[i].mentions[::-1]) for i in order)
    assert sorted(planted(turned, "too-general", 0.5, seed)) == sorted(given_order)


def test_another_seed_strikes_others(documents: tuple[Document, ...]) -> None:
    assert len({tuple(planted(documents, "unknown", 0.3, seed)) for seed in range(8)}) > 1


def test_the_rate_is_a_share(documents: tuple[Document, ...]) -> None:
    counts = [len(planted(documents, "unknown", 0.3, seed)) for seed in range(40)]
    units = len(planted(documents, "unknown"))
    assert abs(sum(counts) / 40 / units - 0.3) < 0.1
