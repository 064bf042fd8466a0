"""What each adverse-effect rule leaves alone: sentences near to its pattern that blame nothing; and hostile ones."""

from __future__ import annotations

import time

import pytest

from kg.statements.adverse import read_adverse_events
from kg.statements.blame import FURTHER, RULES
from tests.statements.stories import adverse, story

#: rule -> a sentence (a title has no stop) that it must not read as a blame.
NEAR: dict[str, str] = {
    "drug-induced": "{c:Insulin}-dependent relief came before {d:asthma} was known.",
    "drug-named-harm": "Blood {c:glucose} was high, and {d:asthma} was known.",
    "stopped-for": "{c:Prednisone} was tapered and stopped after {d:asthma} resolved.",
    "drug-caused": "{c:Prednisone} caused relief of {d:asthma}.",
    "drug-worsened": "{c:Naproxen} increased the dose that prevents {d:asthma}.",
    "drug-linked-with": "{c:Prednisone} was associated with improvement of {d:asthma}.",
    "adverse-effects-list": "{c:Prednisone} had no side effects and the treatment of {d:asthma} went on.",
    "adverse-effects-of-drug": "The side effects of {c:prednisone} were weighed against treatment of {d:asthma}.",
    "drug-is-harmful": "{c:Prednisone} was given in {d:asthma}.",
    "drug-treated-developed": "{c:Prednisone} was used in men with {d:asthma}.",
    "on-drug-developed": "During {c:prednisone} therapy he had treatment of {d:asthma}.",
    "on-drug-happened": "After {c:prednisone} the {d:asthma} resolved.",
    "use-and-harm": "{c:Prednisone} therapy in {d:asthma}",
    "drug-and-risk": "{c:Prednisone} and the treatment of {d:asthma}",
    "due-to-drug": "{d:Asthma} was cured by {c:prednisone}.",
    "effect-of-drug": "{d:Asthma} showed the good of {c:prednisone}.",
    "dechallenge": "The {d:asthma} improved after {c:prednisone}.",
    "rechallenge": "The {d:asthma} recurred and {c:prednisone} was given.",
    "developed-on-drug": "She developed {d:hepatitis}, which improved on {c:prednisone}.",
    "condition-on-drug": "{d:Asthma} occurred and was treated with {c:prednisone}.",
    "condition-in-treated": "{d:Asthma} resolved in two women given {c:prednisone}.",
    "condition-in-users": "{d:Asthma} was treated in {c:prednisone} clinics.",
    "more-in-drug-group": "{d:Asthma} was milder with {c:prednisone}.",
    "led-to-stopping": "{d:Pain} resolved and she stopped {c:morphine}.",
    "condition-after-drug": "The {d:asthma} progressed on {c:prednisone}.",
    "title-condition-with-drug": "Treatment of {d:asthma} with {c:prednisone}",
    "title-condition-and-drug": "{d:Asthma} before {c:prednisone}",
    "harm-of-drug": "The {d:asthma} of {c:prednisone} takers.",
    FURTHER: "{c:Pazopanib} caused {d:hepatitis}, and the treatment of {d:asthma} went on.",
}  # fmt: skip


def test_every_rule_has_a_sentence_that_it_leaves_alone() -> None:
    assert NEAR.keys() == {rule.name for rule in RULES} | {FURTHER}


@pytest.mark.parametrize("rule", sorted(NEAR))
def test_what_a_rule_leaves_alone(rule: str) -> None:
    text = NEAR[rule]
    told = story(text) if text.endswith(".") else story(title=text)
    blamed = [(e.method, e.object) for e in read_adverse_events(told) if e.polarity == "support"]
    assert [b for b in blamed if b[0] == rule or b[1] == "d:asthma"] == []


@pytest.mark.parametrize(
    ("sentence", "pairs"),
    [
        ("{c:Amiodarone} (5 mg/kg) and {c:quinidine} caused {d:nausea}, severe {d:vomiting} and {d:ataxia}.",
         {(c, d) for c in ("amiodarone", "quinidine") for d in ("nausea", "vomiting", "ataxia")}),
        ("{c:Amiodarone} ({c:AMI})-induced {d:hepatitis} was seen.", {("amiodarone", "hepatitis"), ("ami", "hepatitis")}),
        ("She developed {d:fever}, weakness, and {d:rash} after {c:lamotrigine}.", {("lamotrigine", "fever"), ("lamotrigine", "rash")}),
        ("{c:Naloxone} did not change {c:morphine}-induced {d:rigidity}.", {("morphine", "rigidity")}),
        ("The {d:confusion} was due to the {c:histamine} antagonist {c:cimetidine}.", {("cimetidine", "confusion")}),
        ("A man with {d:gout} developed {d:deafness} after {c:cisplatin}.", {("cisplatin", "deafness")}),
        ("Prevention of {d:nausea} following {c:morphine} was sought.", {("morphine", "nausea")}),
    ],
)  # fmt: skip
def test_lists_brackets_and_bystanders(sentence: str, pairs: set[tuple[str, str]]) -> None:
    assert {(drug, condition) for drug, condition, _ in adverse(sentence)} == pairs


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("There was no {c:pazopanib}-induced {d:hepatitis}.", "negated"),
        ("{c:Aspirin} did not cause {d:ulcer}.", "negated"),
        ("Possible {c:pazopanib}-induced {d:hepatitis} was discussed.", "hypothetical"),
        ("The couple planned to leave when two days later {c:tetracycline}-induced {d:rash} was seen.", "stated"),
        ("{c:Pazopanib} caused {d:hepatitis}, and steroids may help.", "stated"),
        ("{c:Pazopanib} caused {d:hepatitis} in rats.", "general"),
        ("In two published cases {c:pazopanib} caused {d:hepatitis}.", "general"),
        ("Her sister had {c:pazopanib}-induced {d:hepatitis}.", "family"),
        ("She had a history of {c:pazopanib}-induced {d:hepatitis}.", "history"),
        ("She had a three-week history of {c:pazopanib}-induced {d:hepatitis}.", "stated"),
        ("He had developed {d:hepatitis} after {c:pazopanib} ten years earlier.", "history"),
        ("He had developed {d:hepatitis} after {c:pazopanib} ten days earlier.", "stated"),
    ],
)
def test_reasons(sentence: str, reason: str) -> None:
    assert {r for _, _, r in adverse(sentence)} == {reason}


@pytest.mark.parametrize(
    "condition", ["toxicity", "acute toxicity", "overdose", "poisoning", "lung metastases", "relapse"]
)
def test_a_word_for_harm_or_course_is_no_condition(condition: str) -> None:
    assert adverse(f"{{c:Cisplatin}} caused {{d:{condition}}}.") == []


def test_hostile_sentences_take_no_time() -> None:
    words = "developed severe and acute new onset of " * 2_000
    texts = [
        f"{{c:a}} {words} {{d:b}}.",
        " and ".join(["{c:a} induced by {d:b}"] * 19) + " " + words,
        "{d:b} " + "in a man after " * 3_000 + "{c:a}.",
        "(" * 5_000 + "{c:a} caused {d:b}" + ")" * 5_000,
    ]
    start = time.perf_counter()
    for text in texts:
        adverse(text)
    assert time.perf_counter() - start < 4
