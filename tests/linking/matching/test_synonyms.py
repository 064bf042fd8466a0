"""What a vocabulary's own names teach of words."""

from __future__ import annotations

from kg.linking.matching.synonyms import learn_lexicon

SITES = ("breast", "lung", "bone", "skin", "eye", "liver")


def test_words_that_stand_for_one_another() -> None:
    lexicon = learn_lexicon([[(site, "cancer"), (site, "carcinoma")] for site in SITES])
    assert "carcinoma" in lexicon.synonyms["cancer"]
    assert "lung" not in lexicon.synonyms


def test_one_concept_alone_teaches_nothing() -> None:
    lexicon = learn_lexicon([[("lung", "cancer"), ("lung", "spots")], [("gout",)]])
    assert lexicon.synonyms == {}


def test_opposites_are_no_synonyms_though_concepts_have_both() -> None:
    lexicon = learn_lexicon([[(site, "acute", "pain"), (site, "chronic", "pain")] for site in SITES])
    assert lexicon.synonyms == {}


def test_numbers_are_no_synonyms() -> None:
    assert learn_lexicon([[(site, "type", "1"), (site, "type", "2")] for site in SITES]).synonyms == {}


def test_phrases_of_several_words() -> None:
    lexicon = learn_lexicon([[(site, "gsd"), (site, "glycogen", "storage", "disease")] for site in SITES])
    assert ("glycogen", "storage", "disease") in lexicon.phrases[("gsd",)]


def test_a_word_that_can_be_left_out_says_less_than_one_that_tells_apart() -> None:
    left_out = [[(name, "syndrome"), (name,)] for name in ("marfan", "down", "turner")]
    telling = [pair for name in ("gout", "pain", "rash") for pair in ([(name, "juvenile")], [(name,)])]
    lexicon = learn_lexicon(left_out + telling)
    assert lexicon.weight("syndrome") < lexicon.weight("juvenile") < lexicon.weight("never seen")
