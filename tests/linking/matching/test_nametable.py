"""The search leaves names out, and finds what scoring every name finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.linking.matching.dictionary import read_dictionary
from kg.linking.matching.nametable import NameTable
from kg.linking.matching.vocabulary import Concept, Vocabulary
from kg.linking.matching.words import name_words
from tests.linking.matching.small import vocabulary
from tests.terms.full_data import full_data

TABLE = NameTable(vocabulary())
WORDS = sorted({word for words in TABLE.words for word in words} | {"zugzwang", "tumoral", "hepatitic"})


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), st.integers(1, 12))
def test_search_finds_what_scoring_every_name_finds(words: list[str], limit: int) -> None:
    pruned, all_names = TABLE.search(words, limit), TABLE.search_all(words, limit)
    assert [one.name for one in pruned] == [one.name for one in all_names]
    assert [round(one.score, 6) for one in pruned] == [round(one.score, 6) for one in all_names]


def test_search_of_all_medic_finds_what_scoring_every_name_finds() -> None:
    table = NameTable(read_dictionary(full_data("dictionaries", "medic_2012-07-06.txt.gz")))
    texts = [
        f"{text} {extra}"
        for text, extra in zip(table.texts[::2600], ("deficiency", "of the liver", "type 2") * 20, strict=False)
    ]
    for text in texts:
        words = name_words(text)
        assert [one.name for one in table.search(words, 30)] == [one.name for one in table.search_all(words, 30)], text


def test_words_spelled_alike_share_their_beginning_unless_unknown() -> None:
    near = dict(TABLE.near("hyperthyroidisms"))
    assert "hyperthyroidism" in near
    assert "hypothyroidism" not in dict(TABLE.near("hyperthyroidism"))
    assert "anemia" in dict(TABLE.near("anemla")) or "anemia" not in near


def test_further_names_are_found_and_teach_nothing() -> None:
    table = NameTable(vocabulary(), {"X:14": ["yellow eyes"]})
    (name,) = table.by_key["yellow eyes"]
    assert table.kinds[name] == "trained"
    assert "yellow" not in table.lexicon.weights
    assert table.search(("yellow", "eye"), 1)[0].name == name


def test_a_compound_of_known_parts_is_no_slip_of_another() -> None:
    table = NameTable(Vocabulary.of([Concept("X:1", (("hepatotoxicity", "label"), ("osteosarcoma", "exact")))]))
    assert [word for word, _ in table.near("osteosacroma")] == ["osteosarcoma"]
    assert table.near("hematotoxicity") == ()
