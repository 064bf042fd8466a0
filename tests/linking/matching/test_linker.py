"""Each rule of linking a given mention, on a vocabulary written for it."""

from __future__ import annotations

import random

import pytest

from kg.linking.matching.linker import NOWHERE, Linker
from kg.linking.matching.surroundings import Surroundings
from kg.model import Passage
from tests.linking.matching.small import CONCEPTS, linker


@pytest.fixture(scope="module")
def small() -> Linker:
    return linker()


def within(text: str, *mentions: str) -> Surroundings:
    return Surroundings.of([Passage("abstract", text)], mentions, "PMID:1")


@pytest.mark.parametrize(
    ("text", "concept", "rule"),
    [
        ("Hepatitis", "X:14", "name"),
        ("HEPATITIS.", "X:14", "name"),
        ("breast cancers", "X:03", "form"),
        ("cancer of breast", "X:03", "form"),
        ("hemolytic anaemia", "X:18", "form"),
        ("haemolytic anaemias", "X:18", "form"),
        ("dystrophy, Duchenne muscular", "X:08", "form"),
        ("Factor 5 deficiency", "X:10", "form"),
        ("factor VII deficiencies", "X:11", "form"),
        ("glycogen storage disease type 3", "X:13", "form"),
        ("sacro-iliitis", "X:20", "form"),
        ("renal failure", "X:16", "form"),
        ("prostate neoplasm", "X:24", "form"),
    ],
)
def test_forms_of_a_name(small: Linker, text: str, concept: str, rule: str) -> None:
    decision = small.link(text)
    assert (decision.concepts, decision.rule) == ((concept,), rule)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("severe hemolytic anemia", "X:18"),
        ("recurrent anemia", "X:19"),
        ("fracture", "X:06"),
        ("nephrotoxicity", "X:01"),
        ("renal injury", "X:01"),
        ("hepatic damage", "X:02"),
        ("hyperthyroidisms", "X:22"),
        ("metastatic breast cancer", "X:03"),
    ],
)
def test_the_mentions_own_words_decide_how_special_the_answer_is(small: Linker, text: str, concept: str) -> None:
    assert small.link(text).concepts == (concept,)


def test_an_abbreviation_is_what_its_document_says(small: Linker) -> None:
    document = within("Boys with Duchenne muscular dystrophy (DMD) were seen. DMD is rare.")
    assert small.link("DMD", document).concepts == ("X:08",)
    assert small.link("DMD", document).rule == "abbreviation"
    assert small.link("DMD carriers", document).concepts == ("X:08",)
    assert small.link("DMD").concepts == ()


def test_a_short_form_with_initials_of_another_mention(small: Linker) -> None:
    document = within("DMD and Duchenne muscular dystrophy.", "DMD", "Duchenne muscular dystrophy")
    assert small.link("DMD", document).concepts == ("X:08",)


def test_what_something_induced_is_the_induced_disease(small: Linker) -> None:
    document = within("Isoniazid-induced hepatitis is rare. The hepatitis went away.", "hepatitis")
    decision = small.link("hepatitis", document)
    assert (decision.concepts, decision.rule) == (("X:15",), "induced")
    assert small.link("hepatitis", within("Hepatitis went away.", "hepatitis")).concepts == ("X:14",)
    assert small.link("isoniazid-induced hepatitis").concepts == ("X:15",)


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("breast and ovarian cancer", ("X:03", "X:04")),
        ("breast, ovarian and lung cancer", ("X:03", "X:04", "X:05")),
        ("cancer of the breast and ovary", ("X:03", "X:04")),
        ("renal and hepatic failure", ("X:16", "X:17")),
        ("hepatitis/anemia", ("X:14", "X:19")),
    ],
)
def test_composite_mentions_are_taken_apart(small: Linker, text: str, concepts: tuple[str, ...]) -> None:
    decision = small.link(text)
    assert (decision.concepts, decision.rule) == (concepts, "composite")


def test_what_has_no_word_of_the_vocabulary_is_not_in_it(small: Linker) -> None:
    decision = small.link("zugzwang")
    assert (decision.concepts, decision.rule, decision.candidates) == ((), "none", ())
    assert small.link("!?").concepts == ()


def test_a_weak_answer_is_none_where_that_is_asked(small: Linker) -> None:
    careful = Linker(small.table, least=0.99)
    sure = small.link("sudden weakness of anemia or nerves")
    decision = careful.link("sudden weakness of anemia or nerves")
    assert sure.concepts
    assert decision.concepts == ()
    assert decision.candidates[0].curie == sure.candidates[0].curie
    assert "too seldom" in decision.evidence[0]


def test_a_decision_explains_itself(small: Linker) -> None:
    decision = small.link("severe hemolytic anemia")
    assert 0 <= decision.confidence <= 1
    assert decision.candidates[0].curie == "X:18"
    assert decision.runner_up is not None
    assert decision.runner_up.curie == "X:19"
    # What is left of the shares is that of none of them.
    assert 0.5 < sum(one.share for one in decision.candidates) < 1
    assert "'severe hemolytic anemia' against" in decision.evidence[0]
    assert any(line.startswith("left over: -") for line in decision.evidence)


def test_explaining_looks_for_more_than_deciding_needs(small: Linker) -> None:
    decision, explained = small.link("hepatitis"), small.explain("hepatitis")
    assert decision.concepts == explained.concepts
    assert decision.runner_up is None
    assert explained.runner_up is not None


def test_every_name_of_the_vocabulary_is_its_own_concept(small: Linker) -> None:
    wrong = [(name, small.link(name).concepts) for curie, (names, _) in CONCEPTS.items() for name in names
             if small.link(name).concepts != (curie,)]  # fmt: skip
    assert wrong == []


def test_the_order_of_things_does_not_matter() -> None:
    texts = [name.lower() + " of childhood" for names, _ in CONCEPTS.values() for name in names] + [
        "big tumours",
        "dystrophy",
    ]
    first = linker()
    expected = {text: first.link(text) for text in texts}
    shuffled = list(texts)
    random.Random(5).shuffle(shuffled)
    second = linker(-1)
    assert {text: second.link(text, NOWHERE) for text in shuffled} == expected


@pytest.mark.parametrize(
    ("text", "mentions", "short", "long"),
    [
        ("Women with overactive bladder. OAB is frequent.", ("overactive bladder", "OAB"), "OAB", "overactive bladder"),
        ("We gave testosterone (T, 5 mg/kg). T rose.", ("testosterone", "T"), "T", "testosterone"),
        ("It was diethylnitrosamine (DEN: 10 mg/kg/day).", ("DEN",), "DEN", "diethylnitrosamine"),
        (
            "By triphenyl tetrazolium chloride (TTC).",
            ("triphenyl tetrazolium chloride", "TTC"),
            "TTC",
            "triphenyl tetrazolium chloride",
        ),
        ("[(TP) CAS: 57-85-2] and thyroid pain", ("TP",), "TP", ""),
    ],
)
def test_short_forms_of_a_document(text: str, mentions: tuple[str, ...], short: str, long: str) -> None:
    assert within(text, *mentions).abbreviations.get(short, "") == long


def test_a_short_form_that_two_mentions_fit_is_not_spelled_out() -> None:
    found = within(
        "AAB, atrial acute block and acute arterial bleeding", "AAB", "atrial acute block", "acute arterial bleeding"
    )
    assert "AAB" not in found.abbreviations


def test_one_stands_for_many_and_many_for_one(small: Linker) -> None:
    told = within("midline hepatitis (MHs) was seen", "MHs")
    assert small.link("MH", told) == small.link("MHs", told)


def test_two_names_side_by_side_are_names_of_one_thing(small: Linker) -> None:
    told = within(
        "Zugzwangine (hepatitis) and blue sickness (breast cancer).",
        "Zugzwangine",
        "hepatitis",
        "blue sickness",
        "breast cancer",
    )
    decision = small.link("Zugzwangine", told)
    assert (decision.concepts, decision.candidates[0].origin) == (("X:14",), "beside")
    # Behind a phrase stands as a rule an example of it.
    assert "blue sickness" not in told.beside


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("hepatitsi", "misspelt"),
        ("hepattis", "misspelt"),
        ("hepaptitis", "misspelt"),
        ("hepatoma", None),
        ("severe hepatitis", "broader"),
    ],
)
def test_one_slip_is_a_slip_and_words_left_over_make_a_wider_term(small: Linker, text: str, rule: str | None) -> None:
    decision = small.link(text)
    assert (decision.rule if decision.concepts == ("X:14",) else None) == rule


def test_a_single_poor_candidate_is_not_sure() -> None:
    table = linker().table
    best = linker().link("zugzwang of the kneecap anemia").candidates[0]
    assert best.share < 0.9
    assert Linker(table, least={"": 0.0, "broader": 1.0}).link("severe hepatitis").concepts == ()


def test_what_is_not_linked_has_a_runner_up_behind_the_best_candidate(small: Linker) -> None:
    decision = Linker(small.table, least=1.0).link("severe hemolytic anemia")
    assert decision.concepts == ()
    assert decision.candidates[0].curie == "X:18"
    assert decision.runner_up is not None
    assert decision.runner_up.curie == "X:19"
    assert "right too seldom" in decision.evidence[0]


def test_the_words_of_a_name_decide_before_what_is_merely_alike(small: Linker) -> None:
    # One thing and many of it: nothing else is weighed.
    assert [one.curie for one in small.link("breast cancers").candidates] == ["X:03"]
