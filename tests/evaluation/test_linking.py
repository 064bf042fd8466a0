"""The protocol of `kg evaluate linking`: sets, alternative identifiers, mentions that nothing can answer, parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.evaluation.linking import Count, ErrorRow, calibration_error, coverage, evaluate_linking
from kg.linking.matching.dictionary import read_dictionary
from kg.linking.matching.vocabulary import Concept, Vocabulary
from tests.terms.full_data import full_data

VOCABULARY = Vocabulary.of(
    Concept(curie, ((names[0], "label"), *((name, "exact") for name in names[1:])), alternatives)
    for curie, names, alternatives in (
        ("MESH:D000001", ("Breast Neoplasms", "breast cancer"), ("OMIM:100001",)),
        ("MESH:D000002", ("Ovarian Neoplasms", "ovarian cancer"), ()),
        ("MESH:D000003", ("Hepatitis",), ()),
        ("MESH:D000004", ("Fever",), ("MESH:C000004",)),
    )
)
#: text of the mention, identifiers as PubTator writes them.
Rows = tuple[tuple[str, str], ...]


def corpus(path: Path, *documents: tuple[str, Rows]) -> Path:
    """Write documents (number, mentions); the text of a document is its mentions, one behind the other."""
    lines = []
    for number, mentions in documents:
        title = ". ".join(text for text, _ in mentions)
        lines += [f"{number}|t|{title}", f"{number}|a|"]
        start = 0
        for text, identifiers in mentions:
            lines.append(f"{number}\t{start}\t{start + len(text)}\t{text}\tDisease\t{identifiers}")
            start += len(text) + 2
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_identifiers_of_one_concept_are_one(tmp_path: Path) -> None:
    gold = corpus(
        tmp_path / "gold.txt", ("1", (("breast cancer", "OMIM:100001"), ("fever", "C000004"), ("hepatitis", "D000003")))
    )
    report = evaluate_linking([gold], VOCABULARY, "disease")
    assert report.counts["mentions"] == Count(3, 3, 3)
    assert report.rules["name"].total == 3


def test_composite_mentions_are_compared_as_sets(tmp_path: Path) -> None:
    mentions = (
        ("breast and ovarian cancer", "D000001|D000002"),
        ("breast cancer", "D000001|D000002"),
        ("ovarian cancer", "D000001|D000003"),
    )
    report = evaluate_linking([corpus(tmp_path / "gold.txt", ("1", mentions))], VOCABULARY, "disease")
    assert report.counts["mentions"] == Count(3, 1, 2)
    assert report.rules["composite"] == Count(1, 1, 1)


def test_no_answer_is_right_where_the_vocabulary_has_none_of_the_identifiers(tmp_path: Path) -> None:
    mentions = (
        ("zugzwang", "D000099"),
        ("hepatitis", "D000099"),
        ("fever", "-1"),
        ("hepatitis", "D000003|D000099"),
        ("fever", "D000004"),
    )
    rows: list[ErrorRow] = []
    gold = corpus(tmp_path / "gold.txt", ("1", mentions))
    report = evaluate_linking([gold], VOCABULARY, "disease", errors=rows.append)
    assert report.counts["mentions"] == Count(5, 2, 3)
    assert report.counts["answerable"] == Count(2, 1, 2)
    assert [(row[1], row[6], row[7]) for row in rows] == [
        ("hepatitis", "MESH:D000003", ""), ("fever", "MESH:D000004", ""), ("hepatitis", "MESH:D000003", "MESH:D000003|MESH:D000099"),
    ]  # fmt: skip


def test_names_count_once_and_by_their_share(tmp_path: Path) -> None:
    documents = (
        ("1", (("fever", "D000004"), ("hepatitis", "D000003"))),
        ("2", (("Fever", "D000003"), ("zugzwang", "D000003"))),
    )
    report = evaluate_linking([corpus(tmp_path / "gold.txt", *documents)], VOCABULARY, "disease")
    assert report.counts["mentions"] == Count(4, 2, 2)
    assert report.counts["names"] == Count(3, 1.5, 1.5)


def test_what_is_learnt_from_is_not_what_is_measured(tmp_path: Path) -> None:
    train = corpus(
        tmp_path / "train.txt", ("1", (("yellow eyes", "D000003"), ("fever", "D000004"))), ("2", (("yellow eyes", "D000003"),)),
        ("3", (("black spots", "D000002"),)),
    )  # fmt: skip
    gold = corpus(
        tmp_path / "gold.txt",
        ("4", (("yellow eyes", "D000003"), ("fever", "D000004"), ("hepatitis", "D000003"))),
        ("3", (("black spots", "D000002"),)),
    )
    report = evaluate_linking([gold], VOCABULARY, "disease", train=[train])
    assert report.trained == 3
    assert report.counts["mentions"] == Count(4, 3, 3)
    assert report.counts["unseen"] == Count(2, 1, 1)
    assert report.rules["trained"].strict == 2
    assert evaluate_linking([gold], VOCABULARY, "disease").counts["mentions"] == Count(4, 2, 2)


def test_what_people_linked_teaches_concepts_that_the_vocabulary_lacks(tmp_path: Path) -> None:
    train = corpus(
        tmp_path / "train.txt",
        ("1", (("fever", "D000004"), ("zugzwang", "C000098"))),
        ("2", (("zugzwang", "C000098"),)),
    )
    gold = corpus(tmp_path / "gold.txt", ("4", (("Zugzwang", "C000098"), ("fever", "D000004"), ("oops", "C000097"))))
    report = evaluate_linking([gold], VOCABULARY, "disease", train=[train])
    assert (report.taught, report.concepts) == (1, len(VOCABULARY))
    assert (report.counts["mentions"], report.counts["answerable"]) == (Count(3, 3, 3), Count(2, 2, 2))
    assert evaluate_linking([gold], VOCABULARY, "disease").counts["answerable"] == Count(1, 1, 1)


def test_a_document_counts_once(tmp_path: Path) -> None:
    gold = corpus(tmp_path / "gold.txt", ("1", (("fever", "D000004"),)))
    report = evaluate_linking(
        [gold, corpus(tmp_path / "again.txt", ("1", (("fever", "D000004"),)))], VOCABULARY, "disease"
    )
    assert (report.documents, report.counts["mentions"].total) == (1, 1)


def test_a_corpus_without_mentions_of_the_kind_is_refused(tmp_path: Path) -> None:
    gold = corpus(tmp_path / "gold.txt", ("1", (("fever", "D000004"),)))
    with pytest.raises(InputError, match="no mention of the kind chemical"):
        evaluate_linking([gold], VOCABULARY, "chemical")


def test_coverage_takes_the_surest_and_equal_confidence_together() -> None:
    answers = [(0.9, True, 19), (0.9, False, 1), (0.5, False, 1), (0.5, True, 1), (0.0, False, 8)]
    assert coverage(answers, 0.95) == pytest.approx(20 / 30)
    assert coverage(answers, 0.99) == 0
    assert coverage([], 0.95) == 0


def test_calibration_error_is_nought_where_confidence_is_kept() -> None:
    assert calibration_error([(0.75, True, 3), (0.75, False, 1)]) == pytest.approx(0)
    assert calibration_error([(0.25, True, 1)]) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("dictionary", "gold", "strict"),
    [
        ("medic_2012-07-06.txt.gz", ("ncbi_disease", "devel.PubTator.txt.gz"), 0.82),
        ("CTD_diseases_2017-06-06.tsv.gz", ("bc5cdr", "CDR_DevelopmentSet.PubTator.txt.gz"), 0.84),
    ],
)
def test_floors_on_development_sets(dictionary: str, gold: tuple[str, ...], strict: float) -> None:
    vocabulary = read_dictionary(full_data("dictionaries", dictionary))
    report = evaluate_linking([full_data("corpora", *gold)], vocabulary, "disease")
    assert report.as_dict()["parts"]["mentions"]["strict"] >= strict
    assert report.calibration_error < 0.1


def test_floor_with_examples() -> None:
    vocabulary = read_dictionary(full_data("dictionaries", "medic_2012-07-06.txt.gz"))
    gold, train = (full_data("corpora", "ncbi_disease", f"{part}.PubTator.txt.gz") for part in ("devel", "train"))
    report = evaluate_linking([gold], vocabulary, "disease", train=[train])
    assert report.as_dict()["parts"]["mentions"]["lenient"] >= 0.885
    assert report.as_dict()["parts"]["unseen"]["lenient"] >= 0.74
