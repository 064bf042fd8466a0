"""OBO through pronto: what real releases hold must load, and what is wrong must be told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kg.errors import TermsError
from kg.model import DISEASE, OTHER, Name, Term
from kg.terms.obo import read_terms, read_version
from kg.terms.reading import Problem, Problems
from tests.terms.full_data import full_data

HEADER = "format-version: 1.4\ndata-version: releases/2026-01-01\nontology: mondo\n"


def load(tmp_path: Path, body: str) -> tuple[dict[str, Term], list[Problem]]:
    path = tmp_path / "x.obo"
    path.write_text(HEADER + body, encoding="utf-8")
    problems = Problems("mondo", path.name)
    return {term.curie: term for term in read_terms(path, problems)}, problems.found


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.value) for problem in problems]


def test_a_term_with_everything(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        """
[Term]
id: MONDO:0000001
name: disease
alt_id: MONDO:0000009

[Term]
id: MONDO:0000002
name: tumor of "bone"
def: "passed over" [x:1]
synonym: "OS" EXACT ABBREVIATION [NCIT:C1, DOID:2]
synonym: "bone \\"tumour\\"" NARROW []
synonym: "growth" RELATED [] {source="x"}
synonym: "neoplasm" BROAD []
synonym: "lump" []
xref: MESH:D012516 {source="MONDO:equivalentTo"}
is_a: MONDO:0000001 {source="DOID:3"} ! disease

[Term]
id: MONDO:0000003
name: obsolete lump
is_obsolete: true
replaced_by: MONDO:0000002
replaced_by: HP:0000001

[Typedef]
id: part_of
name: part of
""",
    )
    assert problems == []
    assert terms["MONDO:0000002"] == Term(
        curie="MONDO:0000002",
        category=DISEASE,
        names=(
            Name('tumor of "bone"', "label"),
            Name("OS", "exact"),
            Name('bone "tumour"', "narrow"),
            Name("neoplasm", "broad"),
            Name("growth", "related"),
            Name("lump", "related"),
        ),
        parents=("MONDO:0000001",),
        source="mondo",
    )
    assert terms["MONDO:0000003"].obsolete
    assert terms["MONDO:0000003"].replaced_by == ("HP:0000001", "MONDO:0000002")
    alternative = terms["MONDO:0000009"]
    assert (alternative.obsolete, alternative.replaced_by, alternative.names) == (True, ("MONDO:0000001",), ())


def test_a_dangling_parent_is_a_problem_and_the_rest_stays(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        "\n[Term]\nid: MONDO:0000001\nname: a\nis_a: MONDO:0000002\nis_a: MONDO:9999999 ! gone\nis_a: FOO:1\n"
        "\n[Term]\nid: MONDO:0000002\nname: b\n",
    )
    assert terms["MONDO:0000001"].parents == ("MONDO:0000002",)
    assert codes(problems) == [("dangling-parent", "MONDO:9999999"), ("dangling-parent", "FOO:1")]
    assert problems[0].line == 9


def test_cycles_and_self_parents_load(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        "\n[Term]\nid: MONDO:0000001\nname: a\nis_a: MONDO:0000002\nis_a: MONDO:0000001\n"
        "\n[Term]\nid: MONDO:0000002\nname: b\nis_a: MONDO:0000001\n",
    )
    assert terms["MONDO:0000001"].parents == ("MONDO:0000002",)
    assert terms["MONDO:0000002"].parents == ("MONDO:0000001",)
    assert codes(problems) == [("self-parent", "MONDO:0000001")]


def test_bad_lines_and_stanzas_do_not_sink_the_file(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        """
[Term]
id: MONDO:0000001
name: a
colour: blue
synonym: "unclosed EXACT []
no clause at all
is_obsolete: perhaps
name: second

[Term]
name: before its id
id: MONDO:0000002
name: b

[Term]
id: not a curie
name: c

[Nonsense]
id: MONDO:0000004

[Term]
id: MONDO:0000001
name: again
""",
    )
    assert sorted(terms) == ["MONDO:0000001", "MONDO:0000002"]
    assert terms["MONDO:0000001"].label == "a"
    assert codes(problems) == [
        ("unknown-tag", "colour"),
        ("malformed-clause", '"unclosed EXACT []'),
        ("malformed-clause", "no clause at all"),
        ("malformed-clause", "perhaps"),
        ("duplicate-name", "second"),
        ("malformed-clause", "name: before its id"),
        ("unknown-prefix", "not"),
        ("unknown-stanza", "[Nonsense]"),
        ("duplicate-id", "MONDO:0000001"),
    ]


def test_a_clause_that_only_the_grammar_rejects_is_dropped(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        '\n[Term]\nid: MONDO:0000001\nname: open {brace\nsynonym: "kept" EXACT []\n'
        "\n[Term]\nid: MONDO:0000002\nname: fine\nis_a: MONDO:9999999\n",
    )
    assert [name.text for name in terms["MONDO:0000001"].names] == ["kept"]
    assert terms["MONDO:0000002"].label == "fine"
    found = codes(problems)
    assert ("malformed-clause", "name: open {brace") in found
    assert ("no-name", "MONDO:0000001") in found
    assert found.count(("dangling-parent", "MONDO:9999999")) == 1


def test_an_alternative_id_that_is_a_current_term_is_a_problem(tmp_path: Path) -> None:
    terms, problems = load(
        tmp_path,
        "\n[Term]\nid: MONDO:0000001\nname: a\nalt_id: MONDO:0000002\nalt_id: MONDO:0000003\n"
        "\n[Term]\nid: MONDO:0000002\nname: b\n"
        "\n[Term]\nid: MONDO:0000003\nname: obsolete c\nis_obsolete: true\n",
    )
    assert not terms["MONDO:0000002"].obsolete
    assert terms["MONDO:0000003"].replaced_by == ("MONDO:0000001",)
    assert codes(problems) == [("alternative-id-in-use", "MONDO:0000002")]


def test_qualifiers_of_diseases_are_no_diseases(tmp_path: Path) -> None:
    terms, _ = load(
        tmp_path,
        "\n[Term]\nid: MONDO:0021125\nname: disease characteristic\n"
        "\n[Term]\nid: MONDO:0021136\nname: rare\nis_a: MONDO:0021125\n"
        "\n[Term]\nid: MONDO:0000001\nname: disease\n",
    )
    assert {curie: term.category for curie, term in terms.items()} == {
        "MONDO:0000001": DISEASE,
        "MONDO:0021125": OTHER,
        "MONDO:0021136": OTHER,
    }


def test_a_file_without_terms_is_empty_and_another_file_is_refused(tmp_path: Path) -> None:
    assert load(tmp_path, "") == ({}, [])
    page = tmp_path / "page.obo"
    page.write_text("<html>\nNot found\n</html>\n", encoding="utf-8")
    with pytest.raises(TermsError, match="is no OBO file"):
        list(read_terms(page, Problems("mondo", page.name)))


def test_a_cut_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.obo.gz"
    body = HEADER + "".join(f"\n[Term]\nid: MONDO:{n:07}\nname: term {n}\n" for n in range(2000))
    path.write_bytes(gzip.compress(body.encode())[:-100])
    with pytest.raises(TermsError, match="damaged or cut short"):
        list(read_terms(path, Problems("mondo", path.name)))


def test_the_version_is_the_data_version(tmp_path: Path) -> None:
    path = tmp_path / "x.obo"
    path.write_text(HEADER + "\n[Term]\nid: MONDO:0000001\ndata-version: no\n", encoding="utf-8")
    assert read_version(path) == "releases/2026-01-01"
    path.write_text("ontology: x\n\n[Term]\nid: MONDO:0000001\ndata-version: no\n", encoding="utf-8")
    assert read_version(path) == ""


def test_genuine_samples() -> None:
    path = full_data("mondo", "official_format", "oak_mondo-sample-mappings.obo")
    problems = Problems("mondo", path.name)
    terms = {term.curie: term for term in read_terms(path, problems)}
    assert terms["MONDO:0007033"].names[0] == Name("abducens nerve palsy", "label")
    assert Name("VIth nerve disorder", "broad") in terms["MONDO:0007033"].names
    assert problems.found == []
    path = full_data("mondo", "official_format", "mondonorm_mondo-sample.obo")
    terms = {term.curie: term for term in read_terms(path, Problems("mondo", path.name))}
    assert len(terms) == 9
    assert Name("DM", "exact") in terms["MONDO:0005015"].names
