"""Identifiers that are written otherwise than as a CURIE."""

from __future__ import annotations

import pytest

from tests.linking.checks.checks_index import mention, told


@pytest.mark.parametrize("written", ["MSH:D000011", "MESH:MESH:D000011", "MSH D000011", "MONDO_0000011"])
def test_an_alias_is_told(written: str) -> None:
    (link, *_), findings = told(mention("lung cancer", written))
    assert (findings["prefix-alias"].severity, link.verdict) == ("info", "confirmed")


@pytest.mark.parametrize(
    "written",
    ["MESH:D000011", "mesh:D000011", "MONDO:0000011", "http://purl.obolibrary.org/obo/MONDO_0000011",
     "https://id.nlm.nih.gov/mesh/D000011", "https://identifiers.org/mesh:D000011", "https://bioregistry.io/mondo:0000011"],
)  # fmt: skip
def test_a_curie_is_not(written: str) -> None:
    _, findings = told(mention("lung cancer", written))
    assert findings == {}


@pytest.mark.parametrize(("written", "code"), [("MESH:D12", "malformed-identifier"), ("XYZ:1", "unknown-prefix"),
                                               ("http://purl.obolibrary.org/obo/MONDO_11", "malformed-identifier"),
                                               ("http://example.org/x", "unknown-prefix")])  # fmt: skip
def test_what_cannot_be_read_is_a_warning(written: str, code: str) -> None:
    _, findings = told(mention("lung cancer", written))
    assert [(f.code, f.severity, f.suggested) for f in findings.values()] == [(code, "warning", "MONDO:0000011")]
