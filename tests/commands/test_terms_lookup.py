"""`kg terms lookup` against a local server that answers as PubChem does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.commands import cli
from kg.errors import UnknownNameError
from kg.terms.pugrest import ENVIRONMENT
from tests.terms.pug_server import properties, property_path, serve

REPLIES = {
    "compound/name/guanidine%20hydrochloride/cids/TXT": "5742\n",
    property_path(5742): properties(5742, Title="Guanidine hydrochloride", SMILES="C(=N)(N)N.Cl"),
    "compound/cid/5742/synonyms/TXT": "Guanidine hydrochloride\n50-01-1\n",
    "compound/cid/5742/cids/TXT?cids_type=parent": "3520\n",
}


def test_a_compound_is_shown_and_kept_for_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEGRAPH_CACHE", str(tmp_path))
    with serve(REPLIES) as service:
        monkeypatch.setenv(ENVIRONMENT, service.address)
        shown = CliRunner().invoke(cli, ["terms", "lookup", "guanidine hydrochloride"])
        assert shown.exit_code == 0, shown.output
        assert "PUBCHEM.COMPOUND:5742  Guanidine hydrochloride" in shown.output
        assert "parent compound: PUBCHEM.COMPOUND:3520" in shown.output
    again = CliRunner().invoke(cli, ["terms", "lookup", "guanidine hydrochloride", "--offline", "--json"])
    assert again.exit_code == 0, again.output
    assert [term["curie"] for term in json.loads(again.output)] == ["PUBCHEM.COMPOUND:5742"]


def test_a_compound_that_pubchem_has_not_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEGRAPH_CACHE", str(tmp_path))
    with serve({}) as service:
        monkeypatch.setenv(ENVIRONMENT, service.address)
        done = CliRunner().invoke(cli, ["terms", "lookup", "no such thing"])
    assert isinstance(done.exception, UnknownNameError)
    assert (done.exception.exit_code, done.exception.value) == (2, "no such thing")
