"""Identifiers of two vocabularies for one name."""

from __future__ import annotations

from tests.linking.checks.checks_index import drug, mention, told


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


def test_an_identifier_that_only_stands_in_mappings_is_read_by_the_joined_term() -> None:
    (link,), findings = told(mention("lung cancer", "OMIM:100011"))
    assert (link.term, link.rule, link.verdict, findings) == ("OMIM:100011", "asserted", "confirmed", {})
    assert link.reasons[0].statement.startswith("OMIM:100011 is MONDO:0000011 (lung cancer) by exact mappings")
    links, findings = told(mention("lung cancer", "OMIM:100021"))
    assert [one.term for one in links] == ["OMIM:100021", "MONDO:0000011"]
    found = findings["name-mismatch"]
    assert (found.severity, found.asserted, found.suggested) == ("warning", "OMIM:100021", "MONDO:0000011")


def test_what_no_mapping_names_stays_unchecked() -> None:
    (link,), findings = told(mention("lung cancer", "OMIM:999999"))
    assert (link.term, link.verdict, findings) == ("OMIM:999999", "unchecked", {})


def test_it_is_a_witness_as_well() -> None:
    (link,), findings = told(mention("lung cancer", "MONDO:0000011"), mention("lung cancer", "OMIM:100011"))
    assert (link.confidence, findings) == ("high", {})
    (link,), findings = told(mention("lung cancer", "MONDO:0000021"), mention("lung cancer", "OMIM:100011"))
    assert (link.term, link.rule, findings["name-mismatch"].severity) == ("MONDO:0000011", "corrected", "error")


def test_a_drug_is_no_disease_by_mapping_either() -> None:
    _, findings = told(drug("aspirin", "OMIM:100011"))
    assert (findings["wrong-kind"].asserted, findings["wrong-kind"].suggested) == ("OMIM:100011", "MESH:D000030")
