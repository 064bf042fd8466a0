"""Phenopackets: subjects, what they have, what they do not have, and what they were given."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.phenopacket import ADVERSE, TARGETS, read_phenopackets
from kg.documents.subjects import read_age
from kg.documents.tally import Tally
from kg.model import CHEMICAL, DISEASE, PHENOTYPE, Document, Subject

PACKET: dict[str, Any] = {
    "id": "PMID_101_patient-1",
    "subject": {
        "id": "patient 1", "sex": "FEMALE", "dateOfBirth": "1980-06-15T00:00:00Z",
        "timeAtLastEncounter": {"age": {"iso8601duration": "P37Y2M"}},
        "vitalStatus": {"status": "DECEASED", "causeOfDeath": {"id": "MONDO:0005148", "label": "cause"}},
        "taxonomy": {"id": "NCBITaxon:9606", "label": "Homo sapiens"},
    },
    "phenotypicFeatures": [
        {"type": {"id": "HP:0002669", "label": "Osteosarcoma"}, "onset": {"age": {"iso8601duration": "P18M"}}},
        {"type": {"id": "HP:0001250", "label": "Seizure"}, "excluded": True},
        {"type": {}},
    ],
    "diseases": [
        {"term": {"id": "MONDO:0009807", "label": "osteosarcoma"},
         "onset": {"ontologyClass": {"id": "HP:0003581", "label": "Adult onset"}}},
        {"term": {"id": "MONDO:0009807", "label": "osteosarcoma"}},
        {"term": {"id": "OMIM:114480", "label": "another"}, "excluded": True},
    ],
    "medicalActions": [
        {"treatment": {"agent": {"id": "CHEBI:44185", "label": "methotrexate"}},
         "treatmentTarget": {"id": "MONDO:0009807", "label": "osteosarcoma"},
         "treatmentIntent": {"id": "NCIT:C62220", "label": "Cure"},
         "responseToTreatment": {"id": "NCIT:C102560", "label": "Favorable"},
         "adverseEvents": [{"id": "HP:0002013", "label": "Vomiting"}, {"id": "LOCAL:7", "label": "odd"}]},
        {"procedure": {"code": {"id": "NCIT:C15189", "label": "Biopsy"}}},
        {"treatment": {"doseIntervals": []}},
    ],
    "measurements": [{"assay": {"id": "LOINC:1", "label": "a measure"}}, "stray"],
    "interpretations": [{"id": "i"}],
    "metaData": {"externalReferences": [{"id": "PMID:101", "description": "A synthetic publication"}]},
}  # fmt: skip


def read(value: object, *, text: str | None = None) -> tuple[list[tuple[Document, Subject]], Tally]:
    """Read packets and see that the tally balances and agrees with what came."""
    tally = Tally("p.json")
    data = text if text is not None else json.dumps(value)
    documents = list(read_phenopackets(io.BytesIO(data.encode()), "p.json", tally))
    pairs = [(document, document.subjects[0]) for document in documents]
    assert tally.balanced()
    kept = {e.kind: e.count for e in tally.entries() if e.outcome == "kept"}
    assert kept.get("document", 0) == len(pairs)
    assert kept.get("mention", 0) == sum(len(d.mentions) for d, _ in pairs)
    assert kept.get("relation", 0) == sum(len(d.relations) for d, _ in pairs)
    return pairs, tally


def test_a_packet() -> None:
    ((document, subject),), tally = read(PACKET)
    assert (document.id, document.pmid, document.title) == ("PMID:101", "101", "A synthetic publication")
    assert document.passages == ()
    assert [(m.source_list, m.category, m.text, m.asserted, m.occurrences) for m in document.mentions] == [
        ("phenotypicFeatures", PHENOTYPE, "Osteosarcoma", "HP:0002669", ()),
        ("diseases", DISEASE, "osteosarcoma", "MONDO:0009807", ()),
        ("medicalActions", CHEMICAL, "methotrexate", "CHEBI:44185", ()),
        (ADVERSE, PHENOTYPE, "Vomiting", "HP:0002013", ()),
        (ADVERSE, DISEASE, "odd", None, ()),
    ]
    assert [(r.kind, r.subject, r.object) for r in document.relations] == [
        (TARGETS, "CHEBI:44185", "MONDO:0009807"),
        (ADVERSE, "CHEBI:44185", "HP:0002013"),
    ]
    assert (subject.id, subject.packet) == ("patient 1", "PMID_101_patient-1")
    assert (subject.sex, subject.taxon, subject.vital_status) == ("female", "NCBITaxon:9606", "deceased")
    assert subject.cause_of_death and subject.cause_of_death.curie == "MONDO:0005148"
    assert subject.age and (subject.age.unit, round(subject.age.number or 0, 2)) == ("year", 37.17)
    (treatment,) = subject.treatments
    assert treatment.intent and treatment.intent.label == "Cure"
    assert treatment.response and treatment.response.curie == "NCIT:C102560"
    assert [e.written for e in treatment.adverse_events] == ["HP:0002013", "LOCAL:7"]
    reasons = {(e.kind, e.outcome, e.reason): e.count for e in tally.entries()}
    assert reasons["mention", "received", ""] == 3 + 3 + 3 + 2 + 2 + 1
    assert reasons["mention", "set_aside", "names nothing"] == 1
    assert reasons["mention", "set_aside", "a procedure, which is not read"] == 1
    assert reasons["mention", "set_aside", "a treatment without an agent"] == 1
    assert reasons["mention", "set_aside", "one of the measurements, which are not read"] == 1
    assert reasons["mention", "set_aside", "no object in measurements"] == 1
    assert reasons["mention", "merged", "listed twice"] == 1
    assert reasons["relation", "received", ""] == 3


def test_what_is_excluded_is_no_mention_and_stays_with_the_subject() -> None:
    ((document, subject),), _ = read(PACKET)
    said = {c.concept.written: c.excluded for c in subject.conditions}
    assert said == {"HP:0002669": False, "HP:0001250": True, "MONDO:0009807": False, "OMIM:114480": True}
    assert not {"HP:0001250", "OMIM:114480"} & {m.asserted_as for m in document.mentions}
    onsets = [c.onset for c in subject.conditions if c.onset]
    assert [(o.number, o.unit, o.concept and o.concept.curie) for o in onsets] == [
        (18.0, "month", None),
        (None, None, "HP:0003581"),
    ]


def _snake(value: Any) -> Any:
    if isinstance(value, list):
        return [_snake(v) for v in value]
    if isinstance(value, dict):
        return {"".join(f"_{c.lower()}" if c.isupper() else c for c in k): _snake(v) for k, v in value.items()}
    return value


def test_snake_case_says_the_same() -> None:
    ((camel, subject),), _ = read(PACKET)
    ((snake, same),), _ = read(_snake(PACKET))
    assert (snake.mentions, snake.relations) == (camel.mentions, camel.relations)
    assert same == subject


def test_version_1() -> None:
    packet = {
        "id": "old",
        "subject": {"id": "s", "sex": 2, "ageAtCollection": {"age": "P52Y"}},
        "phenotypicFeatures": [
            {"type": {"id": "HP:0001250", "label": "Seizure"}, "negated": True},
            {
                "type": {"id": "HP:0002013", "label": "Vomiting"},
                "classOfOnset": {"id": "HP:0003577", "label": "Congenital"},
            },
        ],
        "diseases": [{"term": {"id": "MONDO:0009807", "label": "osteosarcoma"}, "ageOfOnset": {"age": "P3W"}}],
        "genes": [{"id": "HGNC:1", "symbol": "G"}],
    }
    ((document, subject),), tally = read(packet)
    assert [m.asserted for m in document.mentions] == ["HP:0002013", "MONDO:0009807"]
    assert (subject.sex, subject.age and subject.age.number) == ("male", 52.0)
    assert [(c.excluded, c.onset and (c.onset.unit or c.onset.text)) for c in subject.conditions] == [
        (True, None),
        (False, "Congenital"),
        (False, "week"),
    ]
    assert "one of the genes, which are not read" in {e.reason for e in tally.entries()}
    assert document.id.startswith("casegraph:document-") and document.title == "old"


@pytest.mark.parametrize(
    ("element", "text", "number", "unit"),
    [
        ({"age": {"iso8601duration": "P37Y"}}, "P37Y", 37.0, "year"),
        ({"age": {"iso8601duration": "P0Y"}}, "P0Y", 0.0, "year"),
        ({"age": {"iso8601duration": "P10D"}}, "P10D", 10.0, "day"),
        ({"age": {"iso8601duration": "P1M15D"}}, "P1M15D", 1.4928, "month"),
        ({"age": {"iso8601duration": "PT5H"}}, "PT5H", None, None),
        ({"age": {"iso8601duration": "P"}}, "P", None, None),
        ({"age": {"iso8601duration": "P-3Y"}}, "P-3Y", None, None),
        ("P5Y", "P5Y", 5.0, "year"),
        (
            {"ageRange": {"start": {"iso8601duration": "P20Y"}, "end": {"iso8601duration": "P30Y"}}},
            "P20Y to P30Y", None, None,
        ),
        ({"gestationalAge": {"weeks": 20}}, "gestational age of 20 weeks 0 days", None, None),
        ({"timestamp": "2017-06-14T00:00:00Z"}, "2017-06-14T00:00:00Z", 36.0, "year"),
    ],
)  # fmt: skip
def test_ages(element: object, text: str, number: float | None, unit: str | None) -> None:
    age = read_age(element, "1980-06-15T00:00:00Z")
    assert age and (age.text, age.number, age.unit) == (text, number, unit)


@pytest.mark.parametrize("element", [None, 7, [], {}, {"age": 5}, {"timestamp": 1}])
def test_no_ages(element: object) -> None:
    assert read_age(element) is None


@given(st.integers(0, 120), st.integers(0, 11))
def test_ages_of_years_and_months_agree_with_the_calendar(years: int, months: int) -> None:
    age = read_age(f"P{years}Y{months}M")
    assert age and age.number is not None
    in_months = age.number * 12 if age.unit == "year" else age.number
    assert abs(in_months - (12 * years + months)) < 0.01


def _packet(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "subject": {"id": name}, **more}


def test_lists_lines_families_and_cohorts() -> None:
    family = {"id": "F", "proband": _packet("c"), "relatives": [_packet("m"), _packet("f")], "pedigree": {},
              "metaData": PACKET["metaData"]}  # fmt: skip
    pairs, _ = read(family)
    assert [(s.packet, s.role, d.pmid) for d, s in pairs] == [
        ("c", "proband", "101"), ("m", "relative", "101"), ("f", "relative", "101"),
    ]  # fmt: skip
    pairs, _ = read({"id": "C", "members": [_packet("a"), _packet("b"), 7]})
    assert [(s.packet, s.role) for _, s in pairs] == [("a", "member"), ("b", "member")]
    lines = "\n".join(json.dumps(_packet(n)) for n in "xyz")
    assert [s.packet for _, s in read(None, text=lines)[0]] == ["x", "y", "z"]
    assert [s.packet for _, s in read([_packet("x"), _packet("y")])[0]] == ["x", "y"]


def test_two_packets_of_one_publication_keep_their_own_mentions() -> None:
    pairs, _ = read([PACKET, {**PACKET, "id": "PMID_101_patient-2"}])
    (first, _), (second, _) = pairs
    assert first.id == second.id
    assert not {m.id for m in first.mentions} & {m.id for m in second.mentions}


def test_publications() -> None:
    references = [
        {"id": "PMID: 30808312"},
        {"id": "x", "reference": "https://pubmed.ncbi.nlm.nih.gov/444/"},
        {"reference": "https://doi.org/10.5555/AbC."},
        {"id": "PMC:1"},
        "stray",
    ]
    ((document, _),), _ = read(_packet("a", metaData={"externalReferences": references}))
    assert (document.pmid, document.doi) == ("30808312", "10.5555/abc")
    assert [f.code for f in document.findings] == ["several-publications"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"documents": []}', "no phenopacket"),
        ('{"members": ["a"]}', "no phenopacket"),
        ('{"id": "a", "subject": {', "cut short"),
        ("{}", "no phenopacket"),
        ("no json", "no JSON object"),
    ],
)
def test_what_is_no_packet_says_so(text: str, reason: str) -> None:
    pairs, tally = read(None, text=text)
    assert pairs == []
    assert [reason in e.reason for e in tally.entries() if e.outcome == "set_aside"] == [True]


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=5) | st.just("P3Y") | st.just("MONDO:0009807"),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "label", "type", "term", "onset", "age", "excluded", "agent", "treatment", "x", "status"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*PACKET, "members", "proband", "relatives", "genes"]), _ANY, max_size=6))
def test_no_shape_breaks_the_reader(value: dict[str, Any]) -> None:
    read(value)
