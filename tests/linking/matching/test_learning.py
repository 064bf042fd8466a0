"""Learning from what people linked."""

from __future__ import annotations

from kg.linking.matching.learning import trained_linker
from kg.linking.matching.surroundings import NOWHERE, Surroundings
from kg.linking.matching.trained import Example
from tests.linking.matching.small import linker, vocabulary


def examples(*rows: tuple[str, str, tuple[str, ...]]) -> list[tuple[Example, Surroundings]]:
    return [(Example(text, document, concepts, 2), Surroundings(document)) for text, document, concepts in rows]


GIVEN = examples(
    ("tumor", "PMID:1", ("X:30",)), ("tumor", "PMID:2", ("X:30",)), ("yellow eyes", "PMID:1", ("X:14",)),
    ("yellow eyes", "PMID:3", ("X:14",)), ("fits", "PMID:2", ("X:21",)), ("fits", "PMID:3", ("X:21",)),
    ("odd teeth", "PMID:2", ()), ("odd teeth", "PMID:4", ()), ("RHF", "PMID:1", ("X:16", "X:17")),
    ("RHF", "PMID:2", ("X:16", "X:17")),
)  # fmt: skip


def test_what_was_linked_is_linked_again() -> None:
    trained = trained_linker(vocabulary(), GIVEN)
    assert linker().link("yellow eyes").concepts == ()
    decision = trained.link("Yellow eyes")
    assert (decision.concepts, decision.rule) == (("X:14",), "trained")
    assert trained.link("odd teeth").concepts == ()
    assert trained.link("odd teeth").rule == "trained"
    assert trained.link("RHF").concepts == ("X:16", "X:17")
    assert trained.link("severe yellow eyes").concepts == ("X:14",)


def test_a_documents_own_examples_say_nothing_in_it() -> None:
    trained = trained_linker(
        vocabulary(), examples(("yellow eyes", "PMID:1", ("X:14",)), ("tumor", "PMID:2", ("X:30",)))
    )
    assert trained.link("yellow eyes").concepts == ("X:14",)
    assert trained.link("yellow eyes", Surroundings("PMID:1")).concepts == ()


def test_what_nobody_linked_is_linked_as_before() -> None:
    trained = trained_linker(vocabulary(), GIVEN)
    for text in ("hepatitis", "breast cancers", "factor 5 deficiency"):
        assert trained.link(text).concepts == linker().link(text).concepts


def test_the_order_of_examples_does_not_matter() -> None:
    first, second = trained_linker(vocabulary(), GIVEN), trained_linker(vocabulary(), GIVEN[::-1])
    assert first.weights == second.weights
    assert first.calibration == second.calibration
    for text in ("yellow eyes", "big tumors", "dystrophy"):
        assert first.link(text, NOWHERE) == second.link(text, NOWHERE)
