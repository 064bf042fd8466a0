"""Recognition in plain text: each rule and guard by sentences of its own, and the figures on whole corpora."""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.documents.sentences import sentence_at
from kg.linking.context import Context
from kg.linking.decision import decide_all
from kg.linking.plaintext import read_plain
from kg.linking.recognition import RECOGNISED, Options, Recogniser
from kg.model import CHEMICAL, DISEASE, Document, Mention, Occurrence, Passage
from tests.linking.recognition_index import DISEASES, HEADINGS, index


@cache
def recogniser(options: Options | None = None) -> Recogniser:
    return Recogniser(index(), options)


def document(*texts: str, mentions: tuple[Mention, ...] = ()) -> Document:
    passages = tuple(Passage(f"p{number}", text) for number, text in enumerate(texts))
    return Document("PMID:1", "a", "jats", "0", "", passages=passages, mentions=mentions)


def found(*texts: str, options: Options | None = None) -> list[tuple[str, str]]:
    """Return (text at the place, rule) of every place, in the order of the text."""
    places = recogniser(options).places(document(*texts).passages)
    return [
        (text[name.start : name.end], name.rule) for text, names in zip(texts, places, strict=True) for name in names
    ]


RULES = [
    ("A lung cancer.", [("lung cancer", "name")]),
    ("LUNG CANCER and Lung-cancer", [("LUNG CANCER", "name"), ("Lung-cancer", "name")]),
    ("lung\n  cancer", [("lung\n  cancer", "name")]),
    # The longest name, and a shorter one where the longer is none.
    ("lung cancer susceptibility", [("lung cancer susceptibility", "name")]),
    ("lung cancer suspected", [("lung cancer", "name")]),
    ("carcinoma of the lung", [("carcinoma of the lung", "name")]),
    # Word bounds.
    ("alung cancer, lung cancerous, hypertensions2", []),
    ("aspirin-induced, (aspirin), aspirin/pain", [("aspirin", "name"), ("aspirin", "name"), ("aspirin", "name"), ("pain", "name")]),
    # No name over a gap of blank and sign.
    ("of the lung, cancer was feared", []),
    # Forms of words.
    ("lung cancers", [("lung cancers", "number")]),
    ("anaemia", [("anaemia", "spelling")]),
    ("lung neoplasm", [("lung neoplasm", "alike")]),
    ("lung tumours", [("lung tumours", "alike")]),
    ("hypertensive", [("hypertensive", "adjective")]),
    ("nephropathy and renal dysfunction", [("nephropathy", "harm"), ("renal dysfunction", "harm")]),
    ("an overdose", [("overdose", "harm")]),
    ("Lesch-Nyhan patients", [("Lesch-Nyhan", "eponym")]),
    ("lesch-nyhan patients", [("lesch-nyhan", "eponym")]),
    # Greek letters, primes, apostrophes.
    ("β-thalassaemia", [("β-thalassaemia", "spelling")]),
    ("Parkinson’s disease", [("Parkinson’s disease", "name")]),
    ("aspirin's effect", [("aspirin", "number")]),
    # Salts.
    ("venlafaxine", [("venlafaxine", "salt")]),
    ("methotrexate sodium and sodium methotrexate", [("methotrexate sodium", "salt"), ("sodium methotrexate", "salt")]),
    ("methotrexate hydrochloride", [("methotrexate hydrochloride", "salt")]),
    ("sodium, methotrexate", [("sodium", "name"), ("methotrexate", "name")]),
    # Modifiers.
    ("familial X-linked recessive ataxia", [("familial X-linked recessive ataxia", "modifier")]),
    ("the familial, ataxia", [("ataxia", "name")]),
    # Coordination.
    ("breast and ovarian cancer", [("breast and ovarian cancer", "coordination")]),
    ("hepatic or renal failure", [("hepatic or renal failure", "coordination")]),
    ("breast/ovarian cancer", [("breast/ovarian cancer", "coordination")]),
    ("pain and renal failure", [("pain", "name"), ("renal failure", "name")]),
    # Guards: too general, everyday words, groups.
    ("The disease of these diseases; analgesics and pharmaceutical preparations.", []),
    ("These findings lead to a spell of pain.", [("pain", "name")]),
    ("the epididymis was normal in epididymitis", [("epididymitis", "name")]),
    ("the spells of leads", []),
    # Proteins and classes of drugs are no substances.
    ("enzyme alpha and insulin test", []),
    # Acronyms: written as such, long enough, of letters.
    ("cold COLD Cold", [("COLD", "name")]),
    ("AML", []),
    ("MTXQ and mtxq", [("MTXQ", "name")]),
    ("G6PD was measured", []),
    ("a 10 of A 10", [("A 10", "name")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), RULES, ids=[text[:30] for text, _ in RULES])
def test_rules(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


ABBREVIATIONS = [
    # The short form means the long one in the whole document, before and behind its definition, and its plural.
    (("OC was feared.", "An ovarian cancer (OC); OC and OCs."),
     [("OC", "abbreviation"), ("ovarian cancer", "name"), ("OC", "abbreviation"), ("OC", "abbreviation"), ("OCs", "abbreviation")]),
    (("OC (ovarian cancer) came.",), [("OC", "abbreviation"), ("ovarian cancer", "name")]),
    # A short form of something else hides the name.
    (("Center of long dusk (COLD). COLD came.",), []),
    # The order of the language that the short form comes from.
    (("myotonic dystrophy (DM), and DM",), [("myotonic dystrophy", "name"), ("DM", "abbreviation"), ("DM", "abbreviation")]),
    # Over the parentheses, and what the short form means then.
    (("von Hippel-Lindau (VHL) disease. VHL.",), [("von Hippel-Lindau (VHL) disease", "parentheses"), ("VHL", "abbreviation")]),
    (("enzyme alpha (EA) deficiency. EA was low.",), [("enzyme alpha (EA) deficiency", "parentheses")]),
    # An acronym of the index, where the document names the term in full.
    (("ALD", "A boy with adrenoleukodystrophy; ald"), [("ALD", "acronym"), ("adrenoleukodystrophy", "name")]),
    # The end of the long form is what it is a kind of.
    (("drug-related renal failure (DRF). DRF",), [("renal failure", "name"), ("DRF", "abbreviation"), ("DRF", "abbreviation")]),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), ABBREVIATIONS, ids=[texts[-1][:30] for texts, _ in ABBREVIATIONS])
def test_abbreviations(texts: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert found(*texts) == expected


def test_a_definition_holds_in_its_document_alone() -> None:
    first, second = document("An ovarian cancer (OC)."), document("OC")
    recogniser().recognise(first)
    assert recogniser().recognise(second) == ()


def test_options() -> None:
    assert found("aspirin for pain", options=Options(kinds=(CHEMICAL,))) == [("aspirin", "name")]
    assert found("aspirin for pain", options=Options(kinds=(DISEASE,))) == [("pain", "name")]
    assert found("ovarian cancer (OC): OC", options=Options(abbreviations=False)) == [("ovarian cancer", "name")]
    assert found("breast and ovarian cancer", options=Options(coordinations=False)) == [("ovarian cancer", "name")]
    assert found("enzyme alpha, analgesics", options=Options(classes=True)) == [
        ("enzyme alpha", "name"),
        ("analgesics", "name"),
    ]


def test_a_label_of_a_chemical_is_no_synonym_of_a_disease() -> None:
    mentions = recogniser().recognise(document("zymolid in zymolidosis"))
    assert [(m.text, m.category) for m in mentions] == [("zymolid", CHEMICAL), ("zymolidosis", DISEASE)]


def test_a_mention_is_a_name_with_all_its_places() -> None:
    text = "Lung cancer was found. It was lung cancer, not breast and ovarian cancer."
    mentions = recogniser().recognise(document(text))
    assert [(m.text, m.source_list, len(m.occurrences)) for m in mentions] == [
        ("Lung cancer", RECOGNISED, 2),
        ("breast cancer", f"{RECOGNISED}: coordination", 1),
        ("ovarian cancer", f"{RECOGNISED}: coordination", 1),
    ]
    assert [m.asserted for m in mentions] == [None] * 3
    assert {m.asserted_as for m in mentions} == {""}
    assert mentions[0].occurrences[1] == Occurrence("p0", 30, 41, "lung cancer", 23, 73)
    assert len({m.id for m in mentions}) == 3


def test_every_mention_is_linked_by_its_name() -> None:
    text = (
        "Hypertensive patients with ovarian cancer (OC) had nephropathy on venlafaxine; OC and ALD "
        "(adrenoleukodystrophy), familial ataxia, lung tumours, an enzyme alpha (EA) deficiency."
    )
    mentions = recogniser().recognise(document(text))
    linked = {
        (mention.text, link.term is not None)
        for mention, (links, _) in decide_all(Context.of(index(), mentions))
        for link in links
    }
    assert linked == {
        (name, True)
        for name in (
            "hypertension", "ovarian cancer", "kidney disease", "Venlafaxine Hydrochloride", "adrenoleukodystrophy",
            "ataxia", "lung cancer", "enzyme alpha deficiency",
        )
    }  # fmt: skip


def test_places_that_the_source_annotates_are_left_alone() -> None:
    text = "lung cancer and lung cancer, pain"
    place = Occurrence("p0", 5, 11, "cancer", 0, len(text))
    given_ = Mention("urn:1", "PMID:1", 1, "", DISEASE, "cancer", "D1", "MESH:D1", (place,))
    mentions = recogniser().recognise(document(text, mentions=(given_,)))
    assert [(m.text, [o.start for o in m.occurrences]) for m in mentions] == [("lung cancer", [16]), ("pain", [29])]


WORDS = [
    *DISEASES, *HEADINGS, "OC", "(OC)", "(AML)", "and", "or", "familial", "β-thalassaemia", "β", "α2", "–", "’s", "'s",
    "(", ")", ",", ".", "\n", "  ", "sodium", "hydrochloride", "é", "ﬁ", "(-)-", "&", "tumours", "я", "\u00ad",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=14).flatmap(
    lambda words: st.lists(st.sampled_from(["", " ", "-", "/"]), min_size=len(words), max_size=len(words)).map(
        lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True))
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_places_are_true_and_apart(texts: list[str]) -> None:
    whole = document(*texts)
    mentions = recogniser().recognise(whole)
    for mention in mentions:
        for place in mention.occurrences:
            text = whole.passage(place.section)
            assert text[place.start : place.end] == place.text
            assert place.text == place.text.strip()
            assert (place.sentence_start, place.sentence_end) == sentence_at(text, place.start)
    assert len({mention.id for mention in mentions}) == len(mentions)
    for passage, names in zip(whole.passages, recogniser().places(whole.passages), strict=True):
        assert names == sorted(names)
        bounds = [(name.start, name.end) for name in names]
        assert all(0 <= start < end <= len(passage.text) for start, end in bounds)
        assert all(first[1] <= second[0] for first, second in pairwise(bounds))


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_what_came_before_changes_nothing(texts: list[str], chance: random.Random) -> None:
    documents = [document(text) for text in texts]
    expected = [Recogniser(index()).recognise(one) for one in documents]
    order = list(range(len(documents)))
    chance.shuffle(order)
    for place in order:
        assert recogniser().recognise(documents[place]) == expected[place]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("abZ09 ,.-–'’(+)&αéﬁя\n\u00ad\u0301½″"), max_size=40))
def test_normalised_text_leads_back(text: str) -> None:
    plain = read_plain(text)
    assert plain.norm.isascii()
    ends = [plain.span(at, at + 1) for at in range(len(plain.norm) - 1) if plain.norm[at] != " "]
    assert all(0 <= start < end <= len(text) for start, end in ends)
    assert all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(ends))
    # A letter or digit of ASCII stands for itself.
    kept = [text[start] for (start, _), sign in zip(ends, (c for c in plain.norm[:-1] if c != " "), strict=True)
            if text[start].isascii() and text[start].isalnum() and text[start].lower() != sign]  # fmt: skip
    assert kept == []
