"""The comparison of adverse-effect statements with a corpus: what is right, wrong, missed, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.evaluation.scores import Scores
from kg.evaluation.statements import ERROR_COLUMNS, READINGS, ErrorRow, StatementReport, evaluate_statements
from tests.bundled import index
from tests.evaluation.corpora import DOCUMENTS, pubtator


def compared(
    path: Path, documents: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = DOCUMENTS
) -> tuple[StatementReport, list[dict[str, str]]]:
    rows: list[ErrorRow] = []
    report = evaluate_statements([pubtator(path / "corpus.txt", documents)], index(), errors=rows.append)
    return report, [dict(zip(ERROR_COLUMNS, row, strict=True)) for row in rows]


def test_what_is_right_wrong_and_missed(tmp_path: Path) -> None:
    report, errors = compared(tmp_path)
    assert (report.documents, report.gold, report.apart) == (3, 2, 1)
    assert report.readings["support"] == Scores(right=1, wrong=1, missed=1)
    told = [(e["error"], e["drug_name"], e["condition_name"], e["rule"]) for e in errors]
    assert told == [("wrong", "Gentamicin", "fever", "drug-caused"), ("missed", "Gentamicin", "deafness", "")]
    assert errors[0]["sentence"] == "Gentamicin caused fever."
    assert (errors[0]["section"], errors[0]["start"], errors[0]["end"]) == ("abstract", "0", "24")


def test_the_baselines(tmp_path: Path) -> None:
    report, _ = compared(tmp_path)
    # Pairs of the documents: 1; gentamicin and warfarin with fever and deafness; warfarin with fever.
    assert report.baselines["document"] == Scores(right=2, wrong=4, missed=0)
    assert report.baselines["sentence"] == Scores(right=1, wrong=3, missed=1)
    assert report.baselines["title"] == Scores(right=0, wrong=0, missed=2)
    assert report.baselines["main drug"].right + report.baselines["main drug"].missed == 2


def test_rules_and_reasons_are_counted(tmp_path: Path) -> None:
    report, _ = compared(tmp_path)
    assert report.rules["drug-caused"].as_dict() == {"right": 0, "wrong": 1, "right_alone": 0, "wrong_alone": 1}
    assert report.rules["developed-on-drug"].right == 1
    assert report.reasons["stated"].as_dict() == {"right": 1, "wrong": 1, "right_alone": 1, "wrong_alone": 1}


def test_gold_relations_do_not_speak_for_themselves(tmp_path: Path) -> None:
    silent = (("A report.", "Amiodarone was given. There was fever.", (("amiodarone", "fever"),)),)
    report, errors = compared(tmp_path, silent)
    assert report.readings["support"] == Scores(right=0, wrong=0, missed=1)
    assert [(e["error"], e["sentence"]) for e in errors] == [("missed", "")]


def test_a_pair_counts_once_in_a_document_whatever_is_said_twice(tmp_path: Path) -> None:
    title, abstract, relations = DOCUMENTS[0]
    twice = ((title, f"{abstract} {abstract}", relations * 2),)
    report, _ = compared(tmp_path, twice)
    assert report.gold == 1
    assert report.readings["support"] == Scores(right=1, wrong=0, missed=0)


def test_the_same_document_in_two_files_is_one(tmp_path: Path) -> None:
    one, other = pubtator(tmp_path / "a.txt"), pubtator(tmp_path / "b.txt")
    assert evaluate_statements([one, other], index()).as_dict() == evaluate_statements([one], index()).as_dict()


def test_a_wider_reading_gives_no_less(tmp_path: Path) -> None:
    report, _ = compared(tmp_path)
    right = [report.readings[name].right for name in READINGS]
    assert right == sorted(right)


@pytest.mark.parametrize(
    ("documents", "words"), [((DOCUMENTS[2],), "it has no relations"), (DOCUMENTS[:1], "its relations are CID")]
)
def test_a_corpus_without_gold_relations_is_refused(
    tmp_path: Path, documents: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...], words: str
) -> None:
    corpus = pubtator(tmp_path / "corpus.txt", documents)
    with pytest.raises(InputError, match=words):
        evaluate_statements([corpus], index(), kinds=["Positive_Correlation"])


def test_a_file_that_is_no_corpus_is_told(tmp_path: Path) -> None:
    corpus = pubtator(tmp_path / "corpus.txt")
    (tmp_path / "other.xml").write_text("<nothing/>")
    report = evaluate_statements([corpus, tmp_path / "other.xml"], index())
    assert [name for name, _ in report.set_aside] == ["other.xml"]


def test_a_treatment_that_the_corpus_tells_as_a_cause_is_contradicted(tmp_path: Path) -> None:
    documents = (
        ("A report.", "A man was treated with warfarin for fever.", (("warfarin", "fever"),)),
        ("Another report.", "A man was treated with gentamicin for hepatitis.", ()),
    )
    report, errors = compared(tmp_path, documents)
    assert report.treatments.as_dict() == {"pairs": 2, "contradicted": 1, "rate": 0.5}
    rules = report.as_dict()["treatments"]["rules"]
    assert sum(rule["contradicted"] for rule in rules.values()) == 1
    told = [(e["drug_name"], e["condition_name"]) for e in errors if e["error"] == "treatment"]
    assert told == [("warfarin", "fever")]
