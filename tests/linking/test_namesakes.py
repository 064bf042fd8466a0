"""What a name means where vocabularies give it to different terms, on the bundled ontologies."""

from __future__ import annotations

import pytest

from kg.curies import normalize
from kg.linking.context import Context
from kg.linking.decision import decide
from kg.linking.namesakes import named
from kg.model import CHEMICAL, DISEASE, Finding, Link, Mention
from tests.bundled import index


def mention(text: str, category: str, written: str = "") -> Mention:
    return Mention("m", "PMID:1", 1, "list", category, text, written, normalize(written) if written else None)


def decided(one: Mention) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    return decide(one, Context.of(index(), (one,)))


@pytest.mark.parametrize(
    ("text", "heading", "compound"),
    [("cisplatin", "MESH:D002945", "PUBCHEM.COMPOUND:441203"), ("Pemetrexed", "MESH:D000068437", "PUBCHEM.COMPOUND:439176")],
)  # fmt: skip
def test_the_label_of_a_heading_outweighs_a_synonym_of_a_compound(text: str, heading: str, compound: str) -> None:
    """The compounds are transplatin and 5'-methylthioadenosine, which bear the names as synonyms."""
    (link,), findings = decided(mention(text, CHEMICAL))
    assert (link.term, link.rule, findings) == (heading, "name", ())
    # What was outweighed is told.
    assert [compound in r.statement for r in link.reasons] == [False, True]
    assert compound in {candidate.term for candidate in link.candidates}


def test_a_joined_term_is_meant_though_the_heading_has_the_label() -> None:
    one = mention("adenolymphoma", DISEASE)
    found = named(one, Context.of(index(), (one,)))
    assert found.hit is not None
    assert (found.hit.curie, found.hit.scope, found.outweighed) == ("MONDO:0006493", "exact", ())
    assert index().lookup("adenolymphoma", prefixes=["MESH"])[0].scope == "label"


def test_equal_labels_are_the_preferred_vocabularys() -> None:
    for text, category, curie in (("osteosarcoma", DISEASE, "MONDO:0009807"), ("anlotinib", CHEMICAL, "PUBCHEM.COMPOUND:25017411")):  # fmt: skip
        (link,), findings = decided(mention(text, category))
        assert (link.term, findings) == (curie, ())


def test_the_repair_of_a_wrong_kind_is_the_label_too() -> None:
    (link,), (finding,) = decided(mention("Cisplatin", CHEMICAL, "MESH:D006973"))
    assert (link.term, finding.code, finding.suggested) == ("MESH:D002945", "wrong-kind", "MESH:D002945")


@pytest.mark.parametrize(("text", "category"), [("pregnancy", CHEMICAL), ("behavior", DISEASE)])
def test_a_name_of_no_kind_is_not_linked_and_told(text: str, category: str) -> None:
    (link,), (finding,) = decided(mention(text, category))
    assert (link.term, link.rule) == (None, "none")
    assert (finding.code, finding.severity, finding.suggested) == ("wrong-kind", "warning", None)
    assert finding.reasons[0].check == "kind"
