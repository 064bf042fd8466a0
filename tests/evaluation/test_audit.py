"""What the audit finds of planted errors: the counts, in small, and the goals on a whole corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError
from kg.evaluation.audit import FAMILIES, GOALS, MissedRow, evaluate_audit, same_term
from kg.evaluation.planting import KINDS
from kg.findingcodes import CODES
from tests.evaluation.audit_corpus import corpus
from tests.linking.checks.checks_index import index


def test_families_are_of_codes_that_exist() -> None:
    assert set(FAMILIES) == set(KINDS) >= set(GOALS)
    for code, family in FAMILIES.values():
        assert code in family and family <= set(CODES)


def test_everything_planted_is_found_where_all_names_are_known(tmp_path: Path) -> None:
    missed: list[MissedRow] = []
    report = evaluate_audit([corpus(tmp_path / "c.PubTator")], index(), rate=1.0, missed=missed.append)
    assert missed == []
    assert report.documents == 3
    assert (report.quiet, report.mentions) == (14, 14)
    for kind in ("unknown", "wrong-kind", "too-specific", "too-general", "sibling", "malformed", "span"):
        told = report.kinds[kind]
        assert told.planted and told.recall == 1.0, kind
    assert report.kinds["wrong-kind"].identifiers == 0
    assert report.kinds["wrong-kind"].labels == report.kinds["wrong-kind"].planted
    # The abbreviation that the document defines has a code of its own.
    assert (report.kinds["too-general"].told, report.kinds["too-general"].planted) == (5, 6)
    given, right = report.suggestions()["medium"]
    assert given and right / given > 0.9


def test_nothing_planted_leaves_the_corpus_clean(tmp_path: Path) -> None:
    report = evaluate_audit([corpus(tmp_path / "c.PubTator")], index(), rate=1e-9)
    for kind, told in report.kinds.items():
        assert (told.planted, told.found, told.struck, told.alarms) == (0, 0, 0, 0)
        assert told.quiet == told.clean, kind
    assert report.as_dict()["kinds"]["sibling"]["recall"] is None


def test_same_seed_same_report(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c.PubTator")
    first, again, other = (evaluate_audit([path], index(), rate=0.4, seed=seed).as_dict() for seed in (1, 1, 2))
    assert first == again != other


def test_an_exact_mapping_makes_terms_the_same() -> None:
    assert same_term("MONDO:0000011", "MESH:D000011", index())
    assert not same_term("MONDO:0000011", "MESH:D000010", index())


def test_a_corpus_without_identifiers(tmp_path: Path) -> None:
    path = tmp_path / "c.PubTator"
    path.write_text("1|t|Fever.\n1|a|Fever.\n", encoding="utf-8")
    with pytest.raises(InputError, match="no mention with an identifier"):
        evaluate_audit([path], index())
