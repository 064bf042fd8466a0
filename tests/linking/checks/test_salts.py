"""Salts and their parent compounds."""

from __future__ import annotations

import pytest

from tests.linking.checks.checks_index import drug, told


@pytest.mark.parametrize(
    ("text", "cid", "suggested"),
    [("zyxivir", "1", "PUBCHEM.COMPOUND:9"), ("zyxivir hydrochloride", "9", "PUBCHEM.COMPOUND:1")],
)
def test_a_salt_and_its_parent(text: str, cid: str, suggested: str) -> None:
    (link,), findings = told(drug(text, f"PubChem CID {cid}"))
    assert (findings["salt-or-parent"].severity, findings["salt-or-parent"].suggested) == ("info", suggested)
    # It is told once, and the source's form stays.
    assert list(findings) == ["salt-or-parent"]
    assert (link.term, link.verdict) == (f"PUBCHEM.COMPOUND:{cid}", "unconfirmed")


@pytest.mark.parametrize(("text", "cid"), [("zyxivir", "9"), ("zyxivir hydrochloride", "1"), ("aspirin", "9")])
def test_the_right_form_and_another_drug(text: str, cid: str) -> None:
    _, findings = told(drug(text, f"PubChem CID {cid}"))
    assert "salt-or-parent" not in findings
