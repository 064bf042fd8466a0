"""Identifiers of older releases: the step is recorded, and what cannot fall forward stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.linking.context import Context
from kg.linking.decision import Decision, decide
from kg.model import CHEMICAL, DISEASE, Mention
from kg.terms.compile import Options, compile_index
from kg.terms.index import TermIndex
from kg.terms.kinds import gather
from tests.terms.test_history import NEW, OLD, write

OBO = """format-version: 1.4
ontology: mondo

[Term]
id: MONDO:0000001
name: disease

[Term]
id: MONDO:0000002
name: obsolete sarcoma of old
is_obsolete: true
consider: MONDO:0000001
"""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[TermIndex]:
    old = compile_index(gather(write(tmp_path / "old", OLD)).sources, tmp_path / "old.sqlite")
    (tmp_path / "mondo.obo").write_text(OBO, encoding="utf-8")
    files = [*write(tmp_path / "new", NEW), str(tmp_path / "mondo.obo")]
    report = compile_index(gather(files).sources, tmp_path / "new.sqlite", Options(previous=[old.path]))
    with TermIndex(report.path) as opened:
        yield opened


def decided(index: TermIndex, text: str, asserted: str, category: str = CHEMICAL) -> Decision:
    mention = Mention("urn:uuid:1", "doi:10.5555/x", 1, "Linked entities", category, text, asserted, asserted)
    return decide(mention, Context.of(index, [mention]))


def test_a_promoted_record_falls_forward_and_the_step_is_told(index: TermIndex) -> None:
    (link,), (finding,) = decided(index, "rises", "MESH:C000001", DISEASE)
    assert (link.term, link.rule, link.verdict) == ("MESH:D000010", "replaced-by", "obsolete")
    assert [r.statement for r in link.reasons if r.check == "replaced-by"] == [
        "MESH:C000001 was promoted to MESH:D000010 between 2025 and 2026: its preferred concept is there now "
        "(MESH:D000010 is 'Risen')"
    ]
    assert (finding.code, finding.suggested) == ("obsolete", "MESH:D000010")


def test_what_went_without_a_successor_stays_and_is_an_error(index: TermIndex) -> None:
    (link,), (finding,) = decided(index, "Nowhere", "MESH:D000005", DISEASE)
    assert (link.term, link.verdict, link.confidence) == ("MESH:D000005", "obsolete", "low")
    assert (finding.severity, finding.suggested) == ("error", None)
    assert "is no longer current (gone)" in finding.message


def test_the_owners_advice_is_told_and_not_followed(index: TermIndex) -> None:
    (link,), (finding,) = decided(index, "sarcoma of elsewhere", "MONDO:0000002", DISEASE)
    assert link.term == "MONDO:0000002"
    assert [r.statement for r in finding.reasons if r.check == "consider"] == [
        "its owner advises to look at MONDO:0000001 (disease)"
    ]


def test_a_part_of_a_vocabulary_that_is_not_held_proves_nothing(tmp_path: Path) -> None:
    files = write(tmp_path / "new", {"desc2026.xml": NEW["desc2026.xml"]})
    report = compile_index(gather(files).sources, tmp_path / "x.sqlite")
    with TermIndex(report.path) as opened:
        assert opened.holds_part("MESH:D000099")
        assert not opened.holds_part("MESH:C000099")
        (link,), (finding,) = decided(opened, "Stays", "MESH:C000099", DISEASE)
        assert (link.term, link.verdict, finding.code) == ("MESH:C000099", "unverified", "unverified-identifier")
        (link,), (finding,) = decided(opened, "Stays", "MESH:D000099", DISEASE)
        assert (link.term, finding.code) == ("MESH:D000001", "unknown-identifier")
