"""Chemical forms: which compound a name gets, and why; the default never picks silently."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, UnknownNameError
from kg.terms.chemical_names import Form
from kg.terms.forms import (
    CLOSE,
    EXACT,
    NARROW,
    Candidate,
    Choice,
    FormsPolicy,
    Heading,
    choose,
    form_of,
    why_class,
)
from kg.terms.names import normalize_name
from kg.terms.pubchem import CompoundFiles, read_mesh_names, read_terms
from kg.terms.reading import Problems
from tests.terms.full_data import full_data

GUANIDINE = Candidate(3520, "Guanidine", "C(=N)(N)N")
CHLORIDE = Candidate(5742, "Guanidine hydrochloride", "C(=N)(N)N.Cl", parent=3520)
THIOCYANATE = Candidate(65046, "Guanidine thiocyanate", "C(#N)S.C(=N)(N)N", parent=3520)
PREFER = FormsPolicy(several="prefer-parent")
#: The rules before there were forms: names and titles alone.
BASE = FormsPolicy(class_headings="exact")


def test_the_only_bearer_is_an_exact_match() -> None:
    choice = choose([GUANIDINE], Heading("Guanidine"))
    assert (choice.cid, choice.predicate_id, choice.rule) == (3520, EXACT, "only-bearer")
    assert list(choice.matches()) == [(3520, EXACT)]


def test_the_one_titled_so_is_exact_and_parents_stand_beside() -> None:
    choice = choose([THIOCYANATE, CHLORIDE, GUANIDINE], Heading("guanidine"))
    assert list(choice.matches()) == [(3520, EXACT), (5742, CLOSE), (65046, CLOSE)]
    assert choice.rule == "titled"
    assert choice.parents == ((5742, 3520), (65046, 3520))


def test_no_compound_is_picked_because_its_number_is_low() -> None:
    twins = [Candidate(1986, "Acetazolamide"), Candidate(99, "Acetazolamide")]
    for policy in (FormsPolicy(), PREFER, BASE):
        choice = choose(twins, Heading("Acetazolamide"), policy)
        assert choice.cid is None
        assert (choice.rule, choice.others) == ("ambiguous", (99, 1986))
        assert "2 of them are titled so" in choice.reason
        assert list(choice.matches()) == [(99, CLOSE), (1986, CLOSE)]


def test_the_parent_is_preferred_only_where_asked_and_only_if_it_is_the_parent_of_all() -> None:
    untitled = [replace(GUANIDINE, title=""), replace(CHLORIDE, title="")]
    heading = Heading("Guanidine")
    assert choose(untitled, heading).rule == "ambiguous"
    assert choose(untitled, heading, PREFER).cid == 3520
    assert choose(untitled, heading, PREFER).rule == "preferred-form"
    assert choose([*untitled, Candidate(7)], heading, PREFER).rule == "ambiguous"


def test_a_name_that_says_salt_gets_the_salt() -> None:
    untitled = [replace(GUANIDINE, title=""), replace(CHLORIDE, title="")]
    choice = choose(untitled, Heading("Guanidine hydrochloride"))
    assert list(choice.matches()) == [(5742, EXACT), (3520, CLOSE)]
    assert choice.rule == "form-contradicted"
    twins = [replace(GUANIDINE, title="", smiles=""), replace(CHLORIDE, title="", smiles="")]
    assert choose(twins, Heading("Guanidine hydrochloride")).rule == "ambiguous"
    assert choose(twins, Heading("Guanidine hydrochloride"), PREFER).cid == 5742


def test_a_single_substance_is_no_combination() -> None:
    heading = Heading("trimethoprim, sulfadiazine drug combination")
    choice = choose([Candidate(1, heading.name, "CCO")], heading)
    assert (choice.cid, choice.rule, list(choice.matches())) == (None, "form-contradicted", [(1, CLOSE)])
    assert choose([Candidate(1, heading.name, "CCO.CCN")], heading).predicate_id == EXACT
    assert choose([Candidate(1, heading.name)], heading).predicate_id == EXACT


def test_a_charged_compound_may_be_named_a_salt() -> None:
    assert choose([Candidate(1, "", "CC[N+](C)(C)C")], Heading("cation hydrochloride")).predicate_id == EXACT


def test_a_salt_under_the_name_of_its_parent_is_close_unless_titled_so() -> None:
    heading = Heading("Guanidine")
    assert choose([CHLORIDE], heading).rule == "untitled-salt"
    assert choose([CHLORIDE], heading).others == (5742,)
    assert choose([replace(CHLORIDE, title="guanidine")], heading).predicate_id == EXACT
    assert choose([replace(CHLORIDE, title="")], Heading("Guanidine hydrochloride")).predicate_id == EXACT


def test_a_compound_of_several_names_is_exact_for_its_title_alone() -> None:
    niacin = Candidate(938, "Niacin", mesh_names=2)
    assert choose([niacin], Heading("Niacin")).predicate_id == EXACT
    choice = choose([niacin], Heading("Nicotinic Acid"))
    assert (choice.cid, choice.rule, choice.others) == (None, "several-names", (938,))


def test_parents_instead_take_the_place_of_the_salt() -> None:
    policy = FormsPolicy(parents="instead")
    choice = choose([CHLORIDE], Heading("Guanidine hydrochloride"), policy)
    assert (choice.cid, choice.predicate_id, choice.rule) == (3520, NARROW, "parent-instead")
    choice = choose([replace(CHLORIDE, title="Guanidine"), GUANIDINE, THIOCYANATE], Heading("Guanidine"), policy)
    assert choice.rule == "ambiguous"
    choice = choose([replace(CHLORIDE, title="Guanidine")], Heading("Guanidine"), policy)
    assert (choice.cid, choice.predicate_id, choice.parents) == (3520, EXACT, ())


def test_parents_may_be_left_out() -> None:
    assert choose([CHLORIDE, GUANIDINE], Heading("Guanidine"), FormsPolicy(parents="none")).parents == ()


@pytest.mark.parametrize(
    ("policy", "matches"),
    [("close", [(139191468, CLOSE)]), ("exact", [(139191468, EXACT)]), ("none", [])],
)
def test_a_class_heading_is_no_compound(policy: str, matches: list[tuple[int, str]]) -> None:
    heading = Heading("Indoles", ("0",), narrower=34)
    choice = choose([Candidate(139191468, "Indoles")], heading, FormsPolicy.from_table({"class_headings": policy}))
    assert list(choice.matches()) == matches
    assert (choice.rule == "class-heading") == (policy != "exact")


@pytest.mark.parametrize(
    ("heading", "is_class"),
    [
        (Heading("Indoles", (), 34), True),
        (Heading("Toluidines", (), 0), True),
        (Heading("Fatty Acids, Omega-3", ("0",), 3), True),
        (Heading("Interferon Type I", ("0",), 3), True),
        (Heading("Testosterone", ("3XMK78S47O",), 7), False),
        (Heading("Testosterone", (), 7), False),
        (Heading("Superoxides", ("11062-77-4",), 0), False),
        (Heading("Collagenases", ("EC 3.4.24.-",), 6), True),
        (Heading("rare substance", ("0",), 0), False),
        (Heading("phenazopyridine, sulfamethoxazole drug combinations", (), 0), False),
    ],
)
def test_classes_are_plurals_or_have_no_number_and_narrower_headings(heading: Heading, is_class: bool) -> None:
    assert bool(why_class(heading)) == is_class


@pytest.mark.parametrize(
    ("candidate", "form"),
    [
        (CHLORIDE, "salt"),
        (Candidate(1, smiles="C(=C\\C(=O)O)\\C(=O)O.CCN", parent=2), "salt"),
        (Candidate(1, smiles="[Na+].[Cl-]"), "salt"),
        (Candidate(1, smiles="CCN.Cl.O"), "hydrate"),
        (Candidate(1, smiles="O"), "unknown"),
        (Candidate(1, smiles="[2H]C([2H])([2H])O"), "isotope"),
        (Candidate(1, smiles="[O-]S(=O)(=O)[O-]"), "ion"),
        (Candidate(1, smiles="C[N+](C)(C)CC(=O)[O-]"), "unknown"),
        (Candidate(1, "x, y drug combination", "CCO.CCN"), "combination"),
        (Candidate(1, smiles="CCO.CCN"), "mixture"),
        (Candidate(1, parent=2), "salt"),
        (Candidate(1, "x monohydrate", parent=2), "hydrate"),
        (Candidate(1, "x hydrochloride"), "salt"),
        (Candidate(1, "x", parent=1), "unknown"),
    ],
)
def test_forms_of_compounds(candidate: Candidate, form: str) -> None:
    assert form_of(candidate) == form
    assert form in get_args(Form)


def test_the_policy_is_read_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "kg.toml"
    path.write_text('[chemicals]\nseveral = "prefer-parent"\n', encoding="utf-8")
    assert FormsPolicy.from_toml(path) == FormsPolicy(several="prefer-parent")
    path.write_text("[other]\n", encoding="utf-8")
    assert FormsPolicy.from_toml(path) == FormsPolicy()
    path.write_text('[chemicals]\nseverals = "keep-all"\n', encoding="utf-8")
    with pytest.raises(UnknownNameError, match="several"):
        FormsPolicy.from_toml(path)
    path.write_text('[chemicals]\nparents = "besides"\n', encoding="utf-8")
    with pytest.raises(UnknownNameError, match="did you mean beside"):
        FormsPolicy.from_toml(path)
    path.write_text("[chemicals\n", encoding="utf-8")
    with pytest.raises(InputError, match="not TOML"):
        FormsPolicy.from_toml(path)
    with pytest.raises(InputError, match="cannot be read"):
        FormsPolicy.from_toml(tmp_path / "none.toml")


def before_forms(name: str, cid: int, bearers: set[int], borne: int, titles: dict[int, str]) -> str:
    """The predicate by names and titles alone, written down a second time."""
    titled = [bearer for bearer in sorted(bearers) if normalize_name(titles[bearer]) == normalize_name(name)]
    alone = len(bearers) == 1 or titled == [cid]
    own = borne == 1 or cid in titled
    return EXACT if alone and own else CLOSE


@given(
    st.sets(st.integers(1, 9), min_size=1, max_size=4),
    st.dictionaries(st.integers(1, 9), st.sampled_from(["Niacin", "niacin", "nicotinic acid", "Acids", ""])),
    st.dictionaries(st.integers(1, 9), st.integers(1, 3)),
    st.sampled_from(["Niacin", "Acids", "nicotinic acid"]),
)
def test_without_structures_the_rules_are_those_of_names_and_titles(
    bearers: set[int], some: dict[int, str], borne: dict[int, int], name: str
) -> None:
    titles = defaultdict(str, some)
    candidates = [Candidate(cid, titles[cid], mesh_names=borne.get(cid, 1)) for cid in bearers]
    choice = choose(candidates, Heading(name, narrower=3), BASE)
    assert dict(choice.matches()) == {
        cid: before_forms(name, cid, bearers, borne.get(cid, 1), titles) for cid in bearers
    }


@given(
    st.lists(
        st.builds(
            Candidate, st.integers(1, 5), st.sampled_from(["a", "b hydrochloride", "b", ""]),
            st.sampled_from(["", "CCO", "CCO.Cl", "CCO.O", "[2H]O"]), st.none() | st.integers(1, 5), st.integers(1, 2),
        ),
        max_size=5,
    ),
    st.sampled_from(["a", "b", "b hydrochloride", "x, y drug combination", "Indoles"]),
    st.sampled_from(["keep-all", "prefer-parent"]),
    st.sampled_from(["beside", "instead", "none"]),
)  # fmt: skip
def test_every_compound_keeps_a_match_and_every_choice_a_reason(
    candidates: list[Candidate], name: str, several: str, parents: str
) -> None:
    policy = FormsPolicy.from_table({"several": several, "parents": parents})
    choice = choose(candidates, Heading(name), policy)
    assert choice == choose(candidates, Heading(name), policy)
    assert choice.reason
    matched = [cid for cid, _ in choice.matches()]
    assert len(matched) == len(set(matched))
    assert sum(predicate != CLOSE for _, predicate in choice.matches()) <= 1
    if choice.rule != "parent-instead":
        assert set(matched) == {candidate.cid for candidate in candidates}


def test_no_compounds_no_match() -> None:
    assert choose([], Heading("x")) == Choice(None, "", "none", "no compound has the name")


def test_the_full_file_gives_what_names_and_titles_gave() -> None:
    """Of the whole of ``CID-MeSH`` without structures, only the class headings change."""
    account = Problems("pubchem", "CID-MeSH.gz")
    entries = [
        (int(e.curie.partition(":")[2]), e.name) for e in read_mesh_names(full_data("pubchem", "CID-MeSH.gz"), account)
    ]
    files = CompoundFiles(titles=full_data("pubchem", "CID-Title.gz"))
    titles = {int(term.curie.partition(":")[2]): term.label for term in read_terms(files)}
    bearers: defaultdict[str, set[int]] = defaultdict(set)
    borne: defaultdict[int, set[str]] = defaultdict(set)
    for cid, name in entries:
        bearers[name].add(cid)
        borne[cid].add(name)
    changed = []
    counts: defaultdict[str, int] = defaultdict(int)
    for name, cids in bearers.items():
        candidates = [Candidate(cid, titles[cid], mesh_names=len(borne[cid])) for cid in cids]
        base = {cid: before_forms(name, cid, cids, len(borne[cid]), titles) for cid in cids}
        assert dict(choose(candidates, Heading(name), BASE).matches()) == base
        choice = choose(candidates, Heading(name))
        for _, predicate in choice.matches():
            counts[predicate] += 1
        if dict(choice.matches()) != base:
            changed.append(choice.rule)
    assert set(changed) == {"class-heading"}
    assert (account.records, len(entries)) == (77_188, 77_235)
    assert 76_500 < counts[EXACT] < 76_700
    assert counts[EXACT] + counts[CLOSE] == len(entries)
