"""The spool: what shares an identifier comes out together, in an order that the inputs have no part in."""

from __future__ import annotations

from itertools import combinations, permutations
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kg.graph.spool import Spool, document_keys
from kg.model import Document, Mention, Occurrence, Passage


def record(name: str, pmid: str | None = None, pmcid: str | None = None, doi: str | None = None) -> Document:
    """Return a record named by what it has, the first of PMID, PMCID, DOI and its name."""
    curies = (pmid and f"PMID:{pmid}", pmcid and f"PMCID:{pmcid}", doi and f"doi:{doi}", f"casegraph:{name}")
    return Document(next(filter(None, curies)), name, "f", name, "t", pmid=pmid, pmcid=pmcid, doi=doi)


def groups(*records: Document) -> list[list[str]]:
    with Spool(":memory:") as spool:
        for document in records:
            spool.add(document, 0)
        return [[document.input for document in group] for group in spool.groups()]


def test_documents_come_back_whole(tmp_path: Path) -> None:
    occurrence = Occurrence("title", 0, 4, "gout", 0, 4)
    mention = Mention(
        "m", "PMID:1", 3, "x", "biolink:Disease", "gout", "D006073", "MESH:D006073", (occurrence,), ("MESH:D1",)
    )
    document = Document(
        "PMID:1", "a", "f", "h", "gout", pmid="1", passages=(Passage("title", "gout"),), mentions=(mention,)
    )
    with Spool(tmp_path / "s.sqlite") as spool:
        spool.add(document, 0)
        assert list(spool.groups()) == [(document,)]


def test_records_that_share_an_identifier_through_a_third_are_one_group_in_any_order() -> None:
    records = (
        record("page", pmcid="PMC9", doi="10.5555/X"), record("abstract", pmid="2"), record("full", pmid="2", doi="10.5555/x"),
        record("other", pmid="1"), record("text"), record("also", pmcid="PMC10"),
    )  # fmt: skip
    for order in permutations(records):
        assert groups(*order) == [["other"], ["abstract", "full", "page"], ["also"], ["text"]]


def test_one_input_twice_the_same_document() -> None:
    with Spool(":memory:") as spool:
        for place in (1, 0, 2):
            spool.add(record("a", pmid=str(place % 2)), place)
        assert [len(group) for group in spool.groups()] == [2, 1]


def test_a_name_of_our_own_is_no_identifier_beside_an_owners() -> None:
    assert document_keys(Document("casegraph:x", "i", "f", "s", "t", doi="10.5555/x")) == ["2doi:10.5555/x"]
    assert document_keys(record("text")) == ["3casegraph:text"]


ids = st.one_of(st.none(), st.sampled_from("12345"))


@given(st.lists(st.tuples(ids, ids, ids), max_size=12), st.randoms(use_true_random=False))
def test_groups_are_the_connected_records(
    given_ids: list[tuple[str | None, str | None, str | None]], random: object
) -> None:
    records = [record(f"{i:02d}", p, c and f"PMC{c}", d and f"10.5555/{d}") for i, (p, c, d) in enumerate(given_ids)]
    found = groups(*records)
    assert sorted(name for group in found for name in group) == [r.input for r in records]
    home = {name: number for number, group in enumerate(found) for name in group}
    keys = {r.input: set(document_keys(r)) for r in records}
    for one, other in combinations(keys, 2):
        assert home[one] == home[other] or not keys[one] & keys[other]
    # No group falls apart into two that share nothing.
    for group in found:
        reached, waiting = set(), [group[0]]
        while waiting:
            name = waiting.pop()
            reached.add(name)
            waiting += [n for n in group if n not in reached and keys[n] & keys[name]]
        assert reached == set(group)
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert groups(*shuffled) == found
