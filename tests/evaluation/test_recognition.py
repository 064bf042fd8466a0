"""The comparison of what is recognised with a corpus: what counts, in small and on whole corpora."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.evaluation.recognition import (
    ERROR_COLUMNS,
    ErrorRow,
    PlainNames,
    RecognitionReport,
    evaluate_recognition,
    overlap_score,
)
from kg.evaluation.scores import Scores, score
from kg.linking.nametable import table_of
from kg.model import CHEMICAL, DISEASE, Document, Passage
from kg.terms.compile import compile_index
from kg.terms.index import TermIndex
from kg.terms.kinds import gather
from tests.linking.recognition_index import index
from tests.terms.full_data import full_data

CORPUS = """1|t|Lung cancer and the disease.
1|a|A man with lung cancer had pain and deafness on aspirin. It was a familial ataxia.
1\t0\t11\tLung cancer\tDisease\tMONDO:0000002
1\t40\t51\tlung cancer\tDisease\tD000001
1\t56\t60\tpain\tDisease\t-1
1\t65\t73\tdeafness\tDisease\tD003638
1\t77\t84\taspirin\tChemical\tD000006
1\t104\t110\tataxia\tDisease\tMONDO:0000026

1|t|Lung cancer again.
1|a|Nothing new.
1\t0\t11\tLung cancer\tDisease\tMONDO:0000002
"""


def compared(
    path: Path, text: str = CORPUS, kinds: tuple[str, ...] = ("disease", "chemical")
) -> tuple[RecognitionReport, list[dict[str, str]]]:
    corpus = path / "corpus.txt"
    corpus.write_text(text, encoding="utf-8")
    rows: list[ErrorRow] = []
    report = evaluate_recognition([corpus], index(), kinds=kinds, errors=rows.append)
    return report, [dict(zip(ERROR_COLUMNS, row, strict=True)) for row in rows]


def test_what_counts(tmp_path: Path) -> None:
    report, errors = compared(tmp_path)
    assert (report.documents, report.repeated) == (1, 1)
    assert report.gold == {"disease": 5, "chemical": 1}
    assert report.without_identifier == {"disease": 1, "chemical": 0}
    strict = report.scores["recognition", "disease", "strict"]
    # Right: twice lung cancer, and pain. "familial ataxia" has other bounds than "ataxia"; deafness has no name.
    assert strict == Scores(right=3, wrong=1, missed=2)
    assert report.scores["recognition", "disease", "overlapping"] == Scores(right=4, wrong=0, missed=1)
    # MONDO:0000002 and MESH:D000001 are one; pain has no identifier in the corpus, and deafness no term in the index.
    assert report.scores["recognition", "disease", "concepts"] == Scores(right=2, wrong=1, missed=1)
    # The baseline takes "disease" and "ataxia".
    assert report.scores["baseline", "disease", "strict"] == Scores(right=4, wrong=1, missed=1)
    assert report.scores["recognition", "chemical", "strict"] == Scores(right=1)
    assert report.rules == {
        ("disease", "name"): Scores(right=3),
        ("disease", "modifier"): Scores(wrong=1),
        ("chemical", "name"): Scores(right=1),
    }
    assert [(row["error"], row["text"], row["rule"], row["name"]) for row in errors] == [
        ("missed", "deafness", "", ""),
        ("wrong bounds", "familial ataxia", "modifier", "ataxia"),
        ("missed bounds", "ataxia", "", ""),
    ]
    assert errors[0]["section"] == "abstract"


def test_the_corpus_is_no_help_to_what_is_recognised(tmp_path: Path) -> None:
    """Wrong mentions in the corpus change what is right, never what is found."""
    moved = CORPUS.replace("1\t56\t60\tpain", "1\t49\t56\tcer had")
    before, after = (compared(tmp_path, text)[0] for text in (CORPUS, moved))
    for measure in ("strict", "overlapping"):
        one, other = (r.scores["recognition", "disease", measure] for r in (before, after))
        assert one.right + one.wrong == other.right + other.wrong


def test_a_kind_that_the_corpus_has_not(tmp_path: Path) -> None:
    diseases = "\n".join(line for line in CORPUS.splitlines() if "Chemical" not in line)
    report, _ = compared(tmp_path, diseases)
    assert report.kinds() == ["disease"]
    assert list(report.as_dict()["kinds"]) == ["disease"]
    with pytest.raises(InputError, match="no mention"):
        compared(tmp_path, diseases, ("chemical",))


def test_the_baseline_has_no_guards() -> None:
    text = "The DISEASE led to lead; alung cancer of lung cancer"
    document = Document("PMID:1", "a", "jats", "0", "", passages=(Passage("title", text),))
    plain = PlainNames(index(), table_of(index()), [DISEASE, CHEMICAL])
    found = {(m.category, o.start, o.text) for m in plain.mentions(document) for o in m.occurrences}
    assert found == {(DISEASE, 4, "DISEASE"), (CHEMICAL, 19, "lead"), (DISEASE, 41, "lung cancer")}


PLACES = st.sets(st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.integers(1, 4)), max_size=6).map(
    lambda drawn: [(section, start, start + size) for section, start, size in sorted(drawn)]
)


@given(PLACES, PLACES)
def test_overlap_is_no_stricter_than_bounds(
    given_: list[tuple[str, int, int]], gold: list[tuple[str, int, int]]
) -> None:
    found = overlap_score(given_, gold)
    assert found.right + found.wrong == len(given_)
    assert found.right + found.missed == len(gold)
    assert found.wrong >= 0
    assert found.missed >= 0
    apart = all(one[0] != other[0] or one[2] <= other[1] for one, other in pairwise(gold))
    if apart and all(one[0] != other[0] or one[2] <= other[1] for one, other in pairwise(given_)):
        assert found.right >= score(given_, gold).right


@pytest.fixture(scope="module")
def full_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TermIndex]:
    files = [
        full_data("mondo", "mondo.obo.gz"), full_data("mondo", "sssom", "mondo_exactmatch_mesh.sssom.tsv.gz"),
        full_data("mesh", "desc2025.xml.gz"), full_data("mesh", "supp2025.xml.gz"),
        *(full_data("pubchem", f"CID-{name}.gz") for name in ("MeSH", "Title", "Synonym-filtered")),
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("full")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEGRAPH_CACHE", str(folder))
        with TermIndex(compile_index(gather(files).sources, folder / "terms.sqlite").path) as opened:
            yield opened


#: Least F1 on whole corpora: (strict, overlapping, concepts). The development sets were not looked at for the rules.
FLOORS = [
    ("bc5cdr/CDR_TrainingSet.PubTator.txt.gz", "chemical", (0.86, 0.88, 0.80)),
    ("bc5cdr/CDR_TrainingSet.PubTator.txt.gz", "disease", (0.80, 0.88, 0.69)),
    ("bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz", "chemical", (0.87, 0.89, 0.81)),
    ("bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz", "disease", (0.81, 0.89, 0.69)),
    ("ncbi_disease/train.PubTator.txt.gz", "disease", (0.80, 0.88, 0.56)),
    ("ncbi_disease/devel.PubTator.txt.gz", "disease", (0.78, 0.86, 0.52)),
]


@pytest.mark.parametrize("corpus", sorted({corpus for corpus, *_ in FLOORS}))
def test_figures(full_index: TermIndex, corpus: str) -> None:
    report = evaluate_recognition([full_data("corpora", *corpus.split("/"))], full_index)
    for _, kind, floors in (floor for floor in FLOORS if floor[0] == corpus):
        for measure, least in zip(("strict", "overlapping", "concepts"), floors, strict=True):
            assert report.scores["recognition", kind, measure].f1 >= least
            assert report.scores["recognition", kind, measure].f1 > report.scores["baseline", kind, measure].f1
    published = {
        "bc5cdr/CDR_TrainingSet.PubTator.txt.gz": (500, {"chemical": 5203, "disease": 4182}),
        "bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz": (500, {"chemical": 5347, "disease": 4244}),
        "ncbi_disease/train.PubTator.txt.gz": (592, {"chemical": 0, "disease": 5134}),
    }
    if corpus in published:
        assert (report.documents, report.gold) == published[corpus]
