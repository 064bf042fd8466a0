"""Mentions without an identifier whose name no term bears: the document's abbreviations, and other forms of the words."""

from __future__ import annotations

import pytest

from kg.linking.context import Context
from kg.linking.decision import decide
from kg.linking.equivalence import Entities
from kg.model import CHEMICAL, DISEASE, Link, Mention, Passage
from tests.linking.recognition_index import index


def decided(text: str, passage: str = "", category: str = DISEASE) -> Link:
    mention = Mention(f"m-{text}", "d", 1, "", category, text, "", None)
    passages = (Passage("abstract", passage or f"{text} was seen."),)
    (link,), findings = decide(mention, Context.of(index(), (mention,), passages=passages))
    assert findings == ()
    return link


@pytest.mark.parametrize(
    ("text", "passage", "name", "reason"),
    [
        ("OC", "Ovarian cancer (OC) is rare. OC was seen.", "ovarian cancer",
         "the document says that 'OC' stands for 'Ovarian cancer', a name of"),
        ("OCs", "Ovarian cancer (OC) is rare. Two OCs were seen.", "ovarian cancer",
         "the document says that 'OCs' stands for 'Ovarian cancer', a name of"),
        # The document's own meaning outweighs a name that is spelled so.
        ("ALD", "Hepatic failure (ALD).", "", ""),
        ("LCA", "Lung cancers (LCA) are many. LCA was seen.", "lung cancer", "stands for 'lung cancer', a name of"),
    ],
)  # fmt: skip
def test_abbreviations_of_the_document(text: str, passage: str, name: str, reason: str) -> None:
    link = decided(text, passage)
    if not name:
        assert (link.term, link.rule) == (None, "none")
        return
    assert (index().label(link.term or ""), link.rule, link.confidence) == (name, "abbreviation", "medium")
    assert any(reason in r.statement and r.check == "abbreviation" for r in link.reasons)
    assert (link.candidates[0].term, link.candidates[0].origin) == (link.term, "abbreviation")


def test_an_abbreviation_of_two_things_is_told_and_not_linked() -> None:
    link = decided("LC", "Lung cancer (LC) and lung carcinoma (LC) differ.")
    assert (link.term, link.rule) == (None, "none")
    assert any("which is meant is not told" in reason.statement for reason in link.reasons)
    # Of several meanings one kind's is asked for.
    link = decided("CA", "Calcium (CA) was given. Cold anemia (CA) was seen.", CHEMICAL)
    assert index().label(link.term or "") == "Calcium"


@pytest.mark.parametrize(
    ("text", "category", "name"),
    [
        ("Lung cancers", DISEASE, "lung cancer"),
        ("Anaemia", DISEASE, "anemia"),
        ("ataxias", DISEASE, "ataxia"),
        ("Aspirins", CHEMICAL, "Aspirin"),
        # Words that mean much the same are another thing's name as a rule, and a substance is no class of them.
        ("lung tumor", DISEASE, ""),
        ("analgesic", CHEMICAL, ""),
        ("chairs", DISEASE, ""),
    ],
)
def test_forms_of_words(text: str, category: str, name: str) -> None:
    link = decided(text, category=category)
    if not name:
        assert (link.term, link.rule, [reason.check for reason in link.reasons]) == (None, "none", ["name"])
        return
    found = Entities(index()).of(link.term or "")
    assert index().label(found.identifiers[0]) == name
    assert (link.rule, link.confidence, link.verdict) == ("form", "medium", "not-asserted")
    assert link.reasons[0].statement.startswith(f"a form of {text!r} is {name.casefold()!r}, a name of")


def test_where_the_nearest_is_asked_for_it_decides() -> None:
    mention = Mention("m", "d", 1, "", DISEASE, "Lung cancers", "", None)
    (link,), _ = decide(mention, Context.of(index(), (mention,), nearest=(DISEASE,)))
    assert link.rule.startswith("nearest: ")
