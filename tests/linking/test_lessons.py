"""What people linked, brought to the vocabulary that mentions are linked to; what is not learnt is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.linking.context import Context
from kg.linking.decision import decide
from kg.linking.lessons import read_lessons, read_taught
from kg.linking.matching import indexed
from kg.linking.matching.indexed import linker_of
from kg.model import CHEMICAL, DISEASE, Mention
from tests.bundled import index

OSTEOSARCOMA = "MONDO:0009807"


def corpus(path: Path, *mentions: tuple[str, str, str], number: str = "1") -> Path:
    """Write a document whose text is its mentions, one behind the other."""
    lines = [f"{number}|t|{'. '.join(text for text, *_ in mentions)}", f"{number}|a|"]
    start = 0
    for text, kind, identifier in mentions:
        lines.append(f"{number}\t{start}\t{start + len(text)}\t{text}\t{kind}\t{identifier}")
        start += len(text) + 2
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_identifiers_are_brought_to_the_vocabulary(tmp_path: Path) -> None:
    first = corpus(
        tmp_path / "a.txt",
        ("grumble bone", "Disease", "MESH:D012516"),
        ("grumbles of bone", "Disease", OSTEOSARCOMA),
        ("old grumble", "Disease", "MONDO:0002393"),
        ("zugzwang", "Disease", "MESH:D999999"),
        ("bone and zugzwang", "Disease", "MESH:D012516|MESH:D999999"),
        ("quux", "Disease", "-1"),
        ("aspirin", "Chemical", "MESH:D001241"),
    )
    lessons = read_lessons([first], index(), (DISEASE,))
    told = lessons.as_dict()["pairs"][DISEASE]
    assert {(one.text, one.concepts) for one in lessons.taught[DISEASE].examples} == {
        ("grumble bone", (OSTEOSARCOMA,)), ("grumbles of bone", (OSTEOSARCOMA,)), ("old grumble", ("MONDO:0003061",)),
    }  # fmt: skip
    assert told == {
        "vocabulary": "MONDO", "learnt": 3, "elsewhere": 0, "unresolved": 2, "unidentified": 1, "left_out": 0,
        "nowhere": {"MESH:D999999": 2},
    }  # fmt: skip


def test_chemicals_are_taught_in_the_vocabulary_that_names_them_as_texts_do(tmp_path: Path) -> None:
    path = corpus(tmp_path / "a.txt", ("mtx powder", "Chemical", "PUBCHEM.COMPOUND:126941"))
    lessons = read_lessons([path], index(), (CHEMICAL,))
    assert [one.concepts for one in lessons.taught[CHEMICAL].examples] == [("MESH:D008727",)]


def test_documents_that_are_linked_are_left_out(tmp_path: Path) -> None:
    one = corpus(tmp_path / "a.txt", ("grumble bone", "Disease", "MESH:D012516"))
    other = corpus(tmp_path / "b.txt", ("bone rumble", "Disease", "MESH:D012516"), number="2")
    lessons = read_lessons([one, other], index(), (DISEASE,), lambda document: document.id == "PMID:1")
    assert [e.text for e in lessons.taught[DISEASE].examples] == ["bone rumble"]
    assert (lessons.documents, lessons.left_out, lessons.accounts[DISEASE].left_out) == (1, 1, 1)


def test_the_linker_says_who_linked_so_and_is_the_same_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = corpus(
        tmp_path / "a.txt", ("grumble bone", "Disease", "MESH:D012516"), ("hot head", "Disease", "MESH:D005334")
    )
    other = corpus(tmp_path / "b.txt", ("Grumble bone", "Disease", OSTEOSARCOMA), number="2")
    lessons = read_lessons([other, one], index(), (DISEASE,))
    lessons.write(tmp_path / "lessons.json")
    read = read_taught(tmp_path / "lessons.json")
    assert read == dict(lessons.taught)
    again = read_taught(tmp_path / "lessons.json")[DISEASE]
    decisions = []
    for taught in (lessons.taught[DISEASE], again):
        decision = linker_of(index(), DISEASE, "MONDO", taught).link("grumble bone")
        assert (decision.concepts, decision.rule) == ((OSTEOSARCOMA,), "trained")
        assert decision.evidence[0] == "'grumble bone' was linked so 2 times of 2 by a.txt, b.txt"
        decisions.append(decision)
        # The other one is made of the file alone, as in a process that is not forked.
        monkeypatch.setattr(indexed, "_MADE", {})
    assert decisions[0] == decisions[1]
    assert not linker_of(index(), DISEASE, "MONDO").link("grumble bone").concepts


def test_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\0\1")
    with pytest.raises(InputError, match="nothing to learn from"):
        read_lessons([tmp_path / "a.txt"], index(), (DISEASE,))
    with pytest.raises(InputError, match="nothing to learn from"):
        read_lessons([tmp_path / "none.txt"], index(), (DISEASE,))


def test_what_people_linked_outweighs_a_name(tmp_path: Path) -> None:
    mention = Mention("m", "d", 1, "", DISEASE, "osteosarcoma", "", None)
    path = corpus(
        tmp_path / "a.txt", ("osteosarcoma", "Disease", "MONDO:0003061"), ("fever", "Disease", "MESH:D005334")
    )
    lessons = read_lessons([path], index(), (DISEASE,))
    (plain,), _ = decide(mention, Context.of(index(), (mention,), nearest=(DISEASE,)))
    (link,), _ = decide(mention, Context.of(index(), (mention,), nearest=(DISEASE,), taught=lessons.taught))
    assert (plain.term, plain.rule) == (OSTEOSARCOMA, "name")
    assert (link.term, link.rule) == ("MONDO:0003061", "nearest: trained")
    told = [reason.statement for reason in link.reasons]
    assert any("is the label of MONDO:0009807" in text for text in told)
    assert "'osteosarcoma' was linked so 1 time of 1 by a.txt" in told


def test_a_term_that_the_vocabulary_lacks_is_learnt_from_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = corpus(tmp_path / "a.txt", ("lost bairn", "Disease", "MESH:D000022"), ("drug", "Disease", "MESH:D008727"))
    lessons = read_lessons([path], index(), (DISEASE,))
    account = lessons.accounts[DISEASE]
    # A drug is no disease, whoever says so.
    assert (account.learnt, account.elsewhere, account.unresolved) == (1, 1, 1)
    for _ in range(2):
        decision = linker_of(index(), DISEASE, "MONDO", lessons.taught[DISEASE]).link("Lost bairn")
        assert (decision.concepts, decision.candidates[0].label) == (("MESH:D000022",), "Abortion, Spontaneous")
        monkeypatch.setattr(indexed, "_MADE", {})
