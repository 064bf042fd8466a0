"""Identifiers of two vocabularies for one name."""

from __future__ import annotations

from tests.linking.checks.checks_index import mention, told


def test_mapped_identifiers_agree() -> None:
    (link,), findings = told(mention("lung cancer", "MONDO:0000011"), mention("lung cancer", "MESH:D000011"))
    assert (link.confidence, findings) == ("high", {})


def test_a_witness_that_bears_the_name_corrects() -> None:
    (link,), findings = told(mention("lung cancer", "MONDO:0000021"), mention("lung cancer", "MESH:D000011"))
    assert (link.term, link.rule) == ("MONDO:0000011", "corrected")
    assert findings["name-mismatch"].severity == "error"


def test_no_witness_and_no_name_contradict_without_a_suggestion() -> None:
    _, findings = told(mention("zyxitis", "MONDO:0000021"), mention("zyxitis", "MESH:D000011"))
    assert (findings["contradicts-vocabulary"].severity, findings["contradicts-vocabulary"].suggested) == (
        "warning",
        None,
    )
    _, findings = told(mention("zyxitis", "MONDO:0000011"), mention("zyxitis", "MESH:D000011"))
    assert findings == {}


def test_an_identifier_without_a_mapping_says_nothing() -> None:
    _, findings = told(mention("zyxitis", "MONDO:0000021"), mention("zyxitis", "MESH:D000022"))
    assert "contradicts-vocabulary" not in findings
