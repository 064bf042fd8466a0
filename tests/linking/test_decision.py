"""The decision mention -> term, on the bundled ontologies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.curies import normalize
from kg.documents.intake import Input
from kg.documents.reading import read_input
from kg.linking.context import Context
from kg.linking.decision import decide, decide_all
from kg.model import CHEMICAL, DISEASE, GENE, NAMED_THING, Finding, Link, Mention, Passage
from kg.statements.patients import read_patients
from tests.bundled import index
from tests.pages import SEED


def mention(text: str, asserted_as: str = "", category: str = DISEASE, where: str = "Linked entities") -> Mention:
    key = f"{text}|{asserted_as}|{where}"
    return Mention(
        key, "doi:10.5555/x", 1, where, category, text, asserted_as, normalize(asserted_as) if asserted_as else None
    )


def decided(
    first: Mention, *others: Mention, ages: tuple[float, ...] = (), sexes: tuple[str, ...] = (), text: str = ""
) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    passages = (Passage("abstract.1", text),) if text else ()
    return decide(first, Context.of(index(), (first, *others), ages, sexes, passages))


def test_seed_osteosarcoma_is_corrected_for_independent_reasons() -> None:
    (document,) = read_input(Input(SEED.name, SEED)).documents
    patients = read_patients(document)
    context = Context.of(index(), document.mentions, patients.ages, patients.sexes)
    wrong = document.mentions[1]
    (link,), (finding,) = decide(wrong, context)
    assert (link.term, link.rule, link.confidence) == ("MONDO:0009807", "corrected", "high")
    assert (finding.code, finding.asserted, finding.suggested) == ("too-specific", "MONDO:0002623", "MONDO:0009807")
    assert {r.check for r in finding.reasons} == {"name", "name-mismatch", "vocabulary", "age"}
    assert "MESH:D012516" in next(r.statement for r in finding.reasons if r.check == "vocabulary")
    assert {c.term for c in link.candidates} >= {"MONDO:0002623", "MONDO:0009807"}
    for other in (document.mentions[0], *document.mentions[2:]):
        (link,), findings = decide(other, context)
        assert (link.term, link.rule, findings) == (other.asserted, "asserted", ())


def test_one_reason_alone_leaves_both_standing() -> None:
    links, (finding,) = decided(mention("osteosarcoma", "MONDO:0002623"))
    assert [(link.term, link.verdict) for link in links] == [
        ("MONDO:0002623", "ambiguous"), ("MONDO:0009807", "ambiguous"),
    ]  # fmt: skip
    assert (finding.severity, finding.suggested) == ("warning", "MONDO:0009807")


@pytest.mark.parametrize(("age", "corrected"), [(37.0, True), (9.0, False)])
def test_age_is_a_reason_where_it_contradicts(age: float, corrected: bool) -> None:
    links, _ = decided(mention("osteosarcoma", "MONDO:0002623"), ages=(age,))
    assert (len(links) == 1 and links[0].term == "MONDO:0009807") is corrected


def test_two_patients_contradict_only_together() -> None:
    links, _ = decided(mention("osteosarcoma", "MONDO:0002623"), ages=(37.0, 9.0))
    assert len(links) == 2


def test_a_right_specific_term_is_left_alone() -> None:
    (link,), findings = decided(mention("pediatric osteosarcoma", "MONDO:0002623"), ages=(9.0,))
    assert (link.term, link.verdict, findings) == ("MONDO:0002623", "confirmed", ())


def test_an_adult_with_a_childhood_disease_is_told_and_not_changed() -> None:
    (link,), (finding,) = decided(mention("pediatric osteosarcoma", "MONDO:0002623"), ages=(37.0,))
    assert link.term == "MONDO:0002623"
    assert (finding.code, finding.severity, finding.suggested) == ("contradicts-age", "info", None)


def test_the_more_specific_name_in_the_text_or_the_age_keeps_both_standing() -> None:
    asserted = mention("osteosarcoma", "MONDO:0002623")
    witness = mention("osteosarcoma", "MESH:D012516", where="Full-text entities")
    links, _ = decided(asserted, witness, text="A boy with pediatric osteosarcoma was seen.")
    assert len(links) == 2
    links, _ = decided(asserted, witness, ages=(12.0,))
    assert len(links) == 2


@pytest.mark.parametrize(
    ("text", "asserted", "age"),
    [("anemia", "MESH:D000755", 40.0), ("imatinib", "PubChem CID 5291", 40.0), ("sarcoma", "MESH:D016864", 40.0)],
)
def test_a_right_identifier_is_not_made_wrong(text: str, asserted: str, age: float) -> None:
    links, _ = decided(mention(text, asserted, CHEMICAL if "CID" in asserted else DISEASE), ages=(age,))
    assert normalize(asserted) in {link.term for link in links}


def test_an_obsolete_twin_does_not_hide_a_name() -> None:
    (link,), _ = decided(mention("lymphoma"))
    assert link.term == "MONDO:0005062"


def test_an_ordinary_word_is_no_abbreviation() -> None:
    assert decided(mention("cold"))[0][0].term is None
    assert decided(mention("all"))[0][0].term is None
    assert decided(mention("PV"))[0][0].term is None


@pytest.mark.parametrize(
    ("text", "asserted", "code"),
    [("chronic pain", "MESH:D015451", "name-mismatch"), ("acute hepatitis", "MESH:D015470", "name-mismatch"),
     ("lung abscess", "MESH:D008175", "name-mismatch"), ("gastric cancer", "MONDO:0007254", "sibling"),
     ("fever", "MESH:D012516", "name-mismatch")],
)  # fmt: skip
def test_a_wrong_identifier_is_never_silent(text: str, asserted: str, code: str) -> None:
    _, findings = decided(mention(text, asserted))
    assert [f.code for f in findings] == [code]


@pytest.mark.parametrize(("text", "asserted"), [("NSCLC", "MESH:D002289")])
def test_a_name_that_another_vocabulary_maps_is_confirmed(text: str, asserted: str) -> None:
    (link,), findings = decided(mention(text, asserted))
    assert (link.term, link.verdict, findings) == (asserted, "confirmed", ())


def test_the_document_says_which_of_several_compounds() -> None:
    heading = mention("sunitinib", "MESH:D000077210", CHEMICAL)
    compound = mention("Sunitinib", "PubChem CID 5329102", CHEMICAL)
    (link,), findings = decided(heading, compound)
    assert (link.term, link.rule, findings) == ("PUBCHEM.COMPOUND:5329102", "close-match", ())
    (link,), _ = decided(heading)
    assert link.term == "MESH:D000077210"


def test_too_general() -> None:
    asserted = mention("osteosarcoma", "MONDO:0005089")
    witness = mention("osteosarcoma", "MESH:D012516", where="Full-text entities")
    (link,), (finding,) = decided(asserted, witness)
    assert (link.term, finding.code) == ("MONDO:0009807", "too-general")


def test_a_qualified_name_keeps_the_asserted_term() -> None:
    (link,), findings = decided(mention("relapsed maxillary osteosarcoma", "MONDO:0009807"))
    assert (link.term, link.verdict, findings) == ("MONDO:0009807", "unconfirmed", ())


def test_wrong_kind() -> None:
    (link,), (finding,) = decided(mention("osteosarcoma", "PUBCHEM.COMPOUND:25017411"))
    assert (finding.code, finding.severity, link.term) == ("wrong-kind", "error", "MONDO:0009807")
    (link,), (finding,) = decided(mention("a thing nobody names", "NCBI Gene 7157"))
    assert (finding.code, link.term) == ("wrong-kind", None)


def test_obsolete_goes_to_its_successor() -> None:
    old = next(
        (c, s[0]) for c, s in ((f"MONDO:{i:07d}", index().resolve(f"MONDO:{i:07d}")) for i in range(16000, 17000))
        if len(s) == 1 and s[0] != c
    )  # fmt: skip
    (link,), (finding,) = decided(mention("anything", old[0]))
    assert (link.term, link.rule, finding.code, finding.suggested) == (old[1], "replaced-by", "obsolete", old[1])


def test_unknown_identifier_of_a_known_name_is_repaired() -> None:
    witness = mention("osteosarcoma", "MESH:D012516", where="Full-text entities")
    (link,), (finding,) = decided(mention("osteosarcoma", "MONDO:9999999"), witness)
    assert (link.term, link.rule, finding.code) == ("MONDO:0009807", "repaired", "unknown-identifier")
    # The bundled ontologies are slices: without a witness a missing identifier proves nothing.
    (link,), (finding,) = decided(mention("osteosarcoma", "MONDO:9999999"))
    assert (link.term, link.verdict, finding.suggested) == ("MONDO:9999999", "unverified", "MONDO:0009807")
    (link,), (finding,) = decided(mention("something rare", "MONDO:9999999"))
    assert (link.term, link.verdict, finding.code) == ("MONDO:9999999", "unverified", "unverified-identifier")


@pytest.mark.parametrize(("written", "code"), [("XYZ:123", "unknown-prefix"), ("MESH:abc", "malformed-identifier")])
def test_unreadable_identifier(written: str, code: str) -> None:
    (link,), (finding,) = decided(mention("osteosarcoma", written))
    assert (link.term, finding.code, finding.asserted) == ("MONDO:0009807", code, written)


def test_no_identifier() -> None:
    (link,), findings = decided(mention("osteosarcoma"))
    assert (link.term, link.rule, findings) == ("MONDO:0009807", "name", ())
    (link,), findings = decided(mention("quite unheard of"))
    assert (link.term, findings) == (None, ())
    (link,), _ = decided(mention("Anlotinib", category=CHEMICAL))
    assert link.term == "PUBCHEM.COMPOUND:25017411"


def test_vocabulary_without_an_ontology_is_taken_as_asserted() -> None:
    (link,), findings = decided(mention("TP53", "NCBI Gene 7157", category=GENE))
    assert (link.term, link.verdict, findings) == ("NCBIGene:7157", "unchecked", ())


@given(st.permutations(range(4)))
def test_order_of_mentions_changes_nothing(order: list[int]) -> None:
    (document,) = read_input(Input(SEED.name, SEED)).documents
    shuffled = replace(document, mentions=tuple(document.mentions[i] for i in order))
    one = {m.id: decide(m, Context.of(index(), document.mentions, (37.0,))) for m in document.mentions}
    other = {m.id: decide(m, Context.of(index(), shuffled.mentions, (37.0,))) for m in shuffled.mentions}
    assert one == other


@given(st.text(max_size=30), st.text(max_size=20), st.sampled_from([DISEASE, CHEMICAL, GENE]))
def test_any_mention_gets_a_decision(text: str, written: str, category: str) -> None:
    links, _ = decided(mention(text, written, category))
    assert links
    assert all(link.rule and link.verdict for link in links)


def test_mentions_that_assert_the_same_are_decided_once_and_alike() -> None:
    given = [
        mention("osteosarcoma", "MONDO:0002623"),
        mention("Osteosarcoma", "MESH:D012516"),
        mention("gout", "MONDO:9999999"),
    ]
    again = [replace(m, id=f"{m.id} again", line=2) for m in given]
    context = Context.of(index(), (*given, *again))
    decisions = list(decide_all(context))
    assert [m for m, _ in decisions] == [*given, *again]
    assert all(decision == decide(m, context) for m, decision in decisions)
    assert any(findings for _, (_, findings) in decisions)


def test_further_identifiers_have_links_of_their_own() -> None:
    several = replace(
        mention("osteosarcoma", "MONDO:0009807"), further=("MONDO:0002623", "MONDO:9999999", "MONDO:0009807")
    )
    links, _ = decided(several)
    assert [(link.term, link.rule) for link in links] == [("MONDO:0009807", "asserted"), ("MONDO:0002623", "composite")]
    other_kind = replace(several, further=("PUBCHEM.COMPOUND:25017411",))
    assert len(decided(other_kind)[0]) == 1


def test_a_name_of_several_compounds_means_the_heading() -> None:
    (link,), findings = decided(mention("Sunitinib", "", CHEMICAL))
    assert (link.term, link.rule, findings) == ("MESH:D000077210", "name", ())


def test_what_the_source_does_not_call_anything_is_what_its_identifier_is() -> None:
    (link,), findings = decided(mention("osteosarcoma", "MESH:D012516", NAMED_THING))
    assert (link.term, link.verdict, findings) == ("MESH:D012516", "confirmed", ())
