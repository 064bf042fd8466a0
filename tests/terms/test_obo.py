"""OBO as real releases hold it: all that is sound must load, and what is wrong must be told."""

from __future__ import annotations

import gzip
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import TermsError
from kg.model import DISEASE, Mapping, Name, Term
from kg.terms import obo_stanzas
from kg.terms.obo import read_header, read_terms
from kg.terms.ontology_words import identifier
from kg.terms.reading import Problems
from tests.terms.full_data import full_data
from tests.terms.ontology_formats import codes, read

HEADER = "format-version: 1.4\ndata-version: releases/2026-01-01\nontology: mondo\n"


def load(tmp_path: Path, body: str, header: str = HEADER) -> tuple[dict[str, Term], set[Mapping], Problems]:
    path = tmp_path / "mondo.obo"
    path.write_text(header + body, encoding="utf-8")
    return read(path, "obo")


def test_a_term_with_everything(tmp_path: Path) -> None:
    terms, _, problems = load(
        tmp_path,
        """
! a comment of its own line

[Term]
id: MONDO:0000001 ! disease
name: disease
alt_id: MONDO:0000009
namespace: one
namespace: two

[Term]
id: MONDO:0000002
name: tumor of "bone"
def: "passed over" [x:1]
synonym: "OS" EXACT ABBREVIATION [NCIT:C1, DOID:2]
synonym: "bone \\"tumour\\"" NARROW []
synonym: "growth ! {no}" RELATED [] {source="x"} ! said of it
synonym: "neoplasm" BROAD
synonym: "lump" []
synonym: "bump"
exact_synonym: "old exact" []
narrow_synonym: "old narrow" []
broad_synonym: "old broad"
related_synonym: "old related" [x:1]
relationship: part_of MONDO:0000001
xref: MESH:D012516 {source="MONDO:equivalentTo"}
is_a: MONDO:0000001 {source="DOID:3"} ! disease

[Term]
id: MONDO:0000003
name: obsolete lump
is_obsolete: true ! why
replaced_by: MONDO:0000002
property_value: IAO:0100001 HP:0000001
consider: MONDO:0000001
use_term: HP:0000002

[Typedef]
id: part_of
name: part of
colour: blue

[Instance]
id: MONDO:0000077
name: an instance
""",
    )
    assert problems.found == []
    assert problems.records == 3
    assert terms["MONDO:0000002"] == Term(
        curie="MONDO:0000002",
        category=DISEASE,
        names=(
            Name('tumor of "bone"', "label"),
            Name("OS", "exact"),
            Name("old exact", "exact"),
            Name('bone "tumour"', "narrow"),
            Name("old narrow", "narrow"),
            Name("neoplasm", "broad"),
            Name("old broad", "broad"),
            Name("bump", "related"),
            Name("growth ! {no}", "related"),
            Name("lump", "related"),
            Name("old related", "related"),
        ),
        parents=("MONDO:0000001",),
        source="mondo",
    )
    old = terms["MONDO:0000003"]
    assert (old.obsolete, old.replaced_by) == (True, ("HP:0000001", "MONDO:0000002"))
    assert old.consider == ("HP:0000002", "MONDO:0000001")
    alternative = terms["MONDO:0000009"]
    assert (alternative.obsolete, alternative.replaced_by, alternative.names) == (True, ("MONDO:0000001",), ())
    assert "MONDO:0000077" not in terms


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"a\, b \: c \"d\" \(e\) \[f\] \{g\}", 'a, b : c "d" (e) [f] {g}'),
        (r"back\\slash", "back\\slash"),
        (r"tab\tand\Wspace", "tab and space"),
        (r"two\nlines", "two lines"),
        ("before ! a comment", "before"),
        ('before {source="x", y="z"} ! a comment', "before"),
        (r"no \! comment \{here\}", "no ! comment {here}"),
        ("wow! a name", "wow! a name"),
        ("goes \\\n  on", "goes    on"),
        (r"ends with a backslash \\", "ends with a backslash \\"),
    ],
)
def test_escapes_comments_and_qualifiers_of_names(written: str, name: str, tmp_path: Path) -> None:
    terms, _, problems = load(tmp_path, f"\n[Term]\nid: MONDO:0000001\nname: {written}\n")
    assert terms["MONDO:0000001"].label == name
    assert problems.found == []


def test_an_open_brace_in_a_name_is_told_and_the_name_stays(tmp_path: Path) -> None:
    terms, _, problems = load(tmp_path, "\n[Term]\nid: MONDO:0000001\nname: open {brace\n")
    assert terms["MONDO:0000001"].label == "open {brace"
    assert codes(problems) == [("malformed-clause", "open {brace")]


def test_cross_references_and_matches(tmp_path: Path) -> None:
    _, mappings, problems = load(
        tmp_path,
        """
[Term]
id: MONDO:0000001
name: a
xref: MESH:D000001 "a description {source=\\"MONDO:equivalentTo\\"}" ! bare
xref: MESH:D000002 {source="DOID:4", source="MONDO:equivalentTo", note="x, y"}
xref: MESH:D000003 "described" {oboInOwl:source="MONDO:relatedTo"}
xref_analog: DOID:1
xref_unk: NCIT:C1
xref: MONDO:0000001
xref: https://example.org/x
xref: ICD10CM:E11.9 {source="MONDO:equivalentTo"}
property_value: skos:exactMatch MESH:D000004
property_value: http://www.w3.org/2004/02/skos/core#exactMatch http://identifiers.org/mesh/D000005
property_value: exactMatch http://linkedlifedata.com/resource/umls/id/C0000001 {source="MONDO:equivalentTo"}
property_value: http://purl.obolibrary.org/obo/mondo#closeMatch http://purl.obolibrary.org/obo/NCIT_C2
property_value: skos:broadMatch "OMIM:100100" xsd:string
property_value: curated_content_resource "https://example.org/" xsd:anyURI
property_value: seeAlso MESH:D000099
""",
    )
    assert problems.found == []
    assert {(row.predicate_id, row.object_id, row.mapping_justification.partition(":")[2]) for row in mappings} == {
        ("oboInOwl:hasDbXref", "MESH:D000001", "UnspecifiedMatching"),
        ("skos:exactMatch", "MESH:D000002", "ManualMappingCuration"),
        ("skos:relatedMatch", "MESH:D000003", "ManualMappingCuration"),
        ("oboInOwl:hasDbXref", "DOID:1", "UnspecifiedMatching"),
        ("oboInOwl:hasDbXref", "NCIT:C1", "UnspecifiedMatching"),
        ("skos:exactMatch", "MESH:D000004", "UnspecifiedMatching"),
        ("skos:exactMatch", "MESH:D000005", "UnspecifiedMatching"),
        ("skos:exactMatch", "UMLS:C0000001", "ManualMappingCuration"),
        ("skos:closeMatch", "NCIT:C2", "UnspecifiedMatching"),
        ("skos:broadMatch", "OMIM:100100", "UnspecifiedMatching"),
    }


def test_a_mapping_names_its_release_and_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mondo.obo"
    path.write_text(f"{HEADER}\n[Term]\nid: MONDO:0000001\nname: a\nxref: MESH:D000001\n", encoding="utf-8")
    problems = Problems("mondo", path.name)
    row, _ = read_terms(path, problems)
    assert isinstance(row, Mapping)
    assert (row.mapping_source, row.mapping_set_version) == ("obo:mondo", "releases/2026-01-01")
    assert (row.record, row.subject_label) == ("mondo.obo:8", "a")


def test_bad_lines_and_stanzas_do_not_sink_the_file(tmp_path: Path) -> None:
    terms, _, problems = load(
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
colour: red
property_value: alone

[Term]
name: before its id
id: MONDO:0000002
id: MONDO:0000005

[Term]
id: not a curie
name: c

[Nonsense]
id: MONDO:0000004

[Term]
id: MONDO:0000001
name: again

[Term]
name: without id
""",
    )
    assert {curie: term.names[0].text if term.names else "" for curie, term in terms.items()} == {
        "MONDO:0000001": "a", "MONDO:0000002": "before its id", "MONDO:0000005": "",
    }  # fmt: skip
    assert not terms["MONDO:0000001"].obsolete
    found = [(problem.code, problem.value, problem.line) for problem in problems.found]
    assert found == [
        ("malformed-clause", '"unclosed EXACT []', 9),
        ("malformed-clause", "no clause at all", 10),
        ("malformed-clause", "perhaps", 11),
        ("malformed-clause", "alone", 14),
        ("duplicate-name", "second", 12),
        ("malformed-clause", "id: MONDO:0000005", 19),
        ("no-name", "MONDO:0000005", 19),
        ("unknown-stanza", "[Nonsense]", 25),
        ("unknown-prefix", "not", 22),
        ("duplicate-id", "MONDO:0000001", 29),
        ("no-id", "[Term]", 32),
        ("unknown-tag", "colour", 8),
    ]
    assert "2 times" in problems.found[-1].message
    assert problems.set_aside == {"unknown-prefix": 1, "duplicate-id": 1, "no-id": 1, "unknown-stanza": 1}


FIRST = b"\n[Term]\nid: MONDO:0000001\nname: a\n"
SECOND = b'id: MONDO:0000002\nname: b\nxref: MESH:D000002 {source="MONDO:equivalentTo"}\n'


@pytest.mark.parametrize(
    ("between", "found"),
    [
        (b"\n[Term\n", ["malformed-clause"]),
        (b"\n[Term ]\n", ["malformed-clause"]),
        (b"\n[ term] ! said of it\n", ["malformed-clause"]),
        (b"\n  [Term]\n", []),
        (b"\n  [Term]\n  ", []),
        (b"\n[Te\xffrm]\n", ["not-utf8", "malformed-clause"]),
        (b"[Te\xffrm]\n", ["not-utf8", "malformed-clause"]),
        (b"\nTerm]\n", ["malformed-clause", "malformed-clause"]),
        (b"", ["malformed-clause"]),
        # A clause that goes on takes the next line with it.
        (b"comment: x\\\n[Term]\n", ["malformed-clause"]),
        (b"\n[Typedef]\nid: part_of\n\n[Term\n", ["malformed-clause"]),
    ],
)
def test_the_facts_of_a_stanza_with_a_damaged_first_line_stay_its_own(
    between: bytes, found: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "mondo.obo"
    path.write_bytes(HEADER.encode() + FIRST + between + SECOND)
    terms, mappings, problems = read(path, "obo")
    assert {curie: [name.text for name in term.names] for curie, term in terms.items()} == {
        "MONDO:0000001": ["a"],
        "MONDO:0000002": ["b"],
    }
    assert {(row.subject_id, row.predicate_id) for row in mappings} == {("MONDO:0000002", "skos:exactMatch")}
    assert [problem.code for problem in problems.found] == found
    assert problems.records == 2


@pytest.mark.parametrize(
    ("between", "code"),
    [
        (b"\n[Te\n", "unknown-stanza"),
        (b"\n[Typedef]\nid: part_of\nname: part of\n\n[Te\xffrm]\n", "unknown-stanza"),
        (b"\n[Te\xffrm]\nid: MONDO:\xff\n", "no-id"),
    ],
)
def test_a_stanza_that_cannot_be_told_is_dropped_not_given_to_another(
    between: bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "mondo.obo"
    second = SECOND.partition(b"\n")[2] if code == "no-id" else SECOND
    path.write_bytes(HEADER.encode() + FIRST + between + second)
    terms, mappings, problems = read(path, "obo")
    assert [(curie, len(term.names)) for curie, term in terms.items()] == [("MONDO:0000001", 1)]
    assert not mappings
    assert problems.set_aside == {code: 1}
    assert problems.records == 2


def test_the_first_stanza_may_be_the_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "mondo.obo"
    path.write_bytes(HEADER.encode() + b"\n[Te\xffrm]\n" + SECOND + FIRST)
    terms, mappings, problems = read(path, "obo")
    assert list(terms) == ["MONDO:0000002", "MONDO:0000001"]
    assert len(mappings) == 1
    assert [problem.code for problem in problems.found] == ["not-utf8", "malformed-clause"]


def test_a_comment_that_is_left_out_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mondo.obo"
    path.write_bytes(HEADER.encode() + FIRST + b"! \xff\nis_obsolete: true\n\n! \xff\n[Term]\n" + SECOND)
    terms, _, problems = read(path, "obo")
    assert [(curie, term.obsolete) for curie, term in terms.items()] == [
        ("MONDO:0000001", True),
        ("MONDO:0000002", False),
    ]
    assert [problem.code for problem in problems.found] == ["not-utf8", "not-utf8"]


@pytest.mark.parametrize(
    ("rest", "predicate", "faults"),
    [
        (' ! {source="MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 0),
        (' !{source="MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 0),
        (' "see {source=MONDO:equivalentTo}"', "oboInOwl:hasDbXref", 0),
        (' {foo="source=MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 0),
        (' {foo="a, source=MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 0),
        (' {datasource="MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 0),
        (' {source="DOID:4"} ! {source="MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 0),
        (' "unclosed {source="MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 1),
        (' {source="MONDO:equivalentTo"', "oboInOwl:hasDbXref", 1),
        (' {source="MONDO:equivalentTo"} more', "oboInOwl:hasDbXref", 1),
        (' {source="MONDO:equivalentTo"} {x="y"}', "oboInOwl:hasDbXref", 1),
        (' \\{source="MONDO:equivalentTo"}', "oboInOwl:hasDbXref", 0),
        (' "a \\" text" {x="! {", source="MONDO:equivalentTo"} ! x', "skos:exactMatch", 0),
        ("{source=MONDO:equivalentTo}", "skos:exactMatch", 0),
    ],
)
def test_only_a_source_among_the_qualifiers_makes_an_equivalence(
    rest: str, predicate: str, faults: int, tmp_path: Path
) -> None:
    for clause in ("xref: MESH:D000001", "property_value: hasDbXref MESH:D000001"):
        if clause.startswith("property") and rest.startswith("{"):
            continue
        _, mappings, problems = load(tmp_path, f"\n[Term]\nid: MONDO:0000001\nname: a\n{clause}{rest}\n")
        assert [(row.predicate_id, row.object_id) for row in mappings] == [(predicate, "MESH:D000001")]
        assert [problem.code for problem in problems.found] == ["malformed-clause"] * faults


def test_qualifiers_without_end_take_no_time(tmp_path: Path) -> None:
    many = ", ".join('source="MONDO:equivalentTo"' for _ in range(2000))
    body = f"name: a {{{many}\nxref: MESH:D000001 {{{many}\nxref: MESH:D000002 {{{many}}}\n"
    terms, mappings, problems = load(tmp_path, f"\n[Term]\nid: MONDO:0000001\n{body}")
    assert {(row.predicate_id, row.object_id) for row in mappings} == {
        ("oboInOwl:hasDbXref", "MESH:D000001"),
        ("skos:exactMatch", "MESH:D000002"),
    }
    assert terms["MONDO:0000001"].label.startswith("a {source")
    assert [problem.code for problem in problems.found] == ["malformed-clause"] * 2


@pytest.mark.parametrize("scope", ["FOO", "exact", "EXACTLY", '"EXACT"'])
def test_an_unknown_scope_is_told_and_the_synonym_is_related(scope: str, tmp_path: Path) -> None:
    terms, _, problems = load(
        tmp_path, f'\n[Term]\nid: MONDO:0000001\nname: a\nsynonym: "x" {scope} []\nsynonym: "y" [] {{x="y"}}\n'
    )
    assert terms["MONDO:0000001"].names[1:] == (Name("x", "related"), Name("y", "related"))
    assert [(problem.code, problem.line) for problem in problems.found] == [("malformed-clause", 8)]


def test_a_clause_over_very_many_lines_takes_no_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    many = "more \\\n" * 200_000
    body = f'\n[Term]\nid: MONDO:0000001\nname: a\\\n b\ncomment: {many}end\nsynonym: "x" EXACT []\n'
    terms, _, problems = load(tmp_path, body)
    assert [name.text for name in terms["MONDO:0000001"].names] == ["a  b", "x"]
    assert problems.found == []
    monkeypatch.setattr(obo_stanzas, "LONGEST_LINE", 100_000)
    terms, _, problems = load(tmp_path, body)
    assert [name.text for name in terms["MONDO:0000001"].names] == ["a  b", "x"]
    assert [(problem.code, problem.line) for problem in problems.found] == [("overlong-line", 9)]


def test_lines_that_end_with_a_carriage_return_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mondo.obo"
    text = HEADER + "\n[Term]\nid: MONDO:0000001\nname: Sjögren\n\n[Term]\nid: MONDO:0000002\nname: b\nis_a: FOO:1\n"
    path.write_bytes(text.replace("\n", "\r").encode())
    for chunk in (1, 7, 1 << 18):
        monkeypatch.setattr(obo_stanzas, "_CHUNK", chunk)
        assert read_header(path) == ("mondo", "releases/2026-01-01")
        terms, _, problems = read(path, "obo")
        assert [term.label for term in terms.values()] == ["Sjögren", "b"]
        assert [(problem.code, problem.line) for problem in problems.found] == [
            ("wrong-line-ends", 0),
            ("dangling-parent", 12),
        ]
    # Where only some lines end so.
    path.write_bytes(text[:40].encode() + text[40:].replace("\n", "\r").encode())
    terms, _, problems = read(path, "obo")
    assert [term.label for term in terms.values()] == ["Sjögren", "b"]
    assert [problem.code for problem in problems.found] == ["wrong-line-ends", "dangling-parent"]
    # What is no text, and what is too long.
    path.write_bytes(text.replace("\n", "\r").encode().replace("ö".encode(), b"\xff"))
    assert [problem.code for problem in read(path, "obo")[2].found][:2] == ["wrong-line-ends", "not-utf8"]
    monkeypatch.setattr(obo_stanzas, "_CHUNK", 100)
    monkeypatch.setattr(obo_stanzas, "LONGEST_LINE", 1000)
    path.write_bytes(text.replace("\n", "\r").encode() + b"comment: " + b"x" * 3000 + b"\ris_obsolete: true\r")
    terms, _, problems = read(path, "obo")
    assert terms["MONDO:0000002"].obsolete
    assert "overlong-line" in [problem.code for problem in problems.found]


def test_a_carriage_return_in_a_name_is_a_space(tmp_path: Path) -> None:
    path = tmp_path / "mondo.obo"
    path.write_bytes(f"{HEADER}\n[Term]\nid: MONDO:0000001\nname: a\rb\n".encode())
    terms, _, problems = read(path, "obo")
    assert terms["MONDO:0000001"].label == "a b"
    assert problems.found == []


def test_a_file_without_terms_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path, "")[:2] == ({}, set())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE html>\n<html>\nNot found\n</html>\n", "a web page"),
        ("<?xml version='1.0'?>\n<rdf/>\n", "it is XML"),
        ("", "is empty"),
        ("just: text\nand more\n", "neither header nor terms"),
    ],
)
def test_another_file_is_refused_and_the_message_says_what_it_is(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "page.obo"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TermsError, match=message):
        list(read_terms(path, Problems("mondo", path.name)))


def test_a_cut_gzip_gives_all_but_the_stanza_that_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "mondo.obo.gz"
    body = HEADER + "".join(f"\n[Term]\nid: MONDO:{n:07}\nname: term {n * 7919}\n" for n in range(2000))
    path.write_bytes(gzip.compress(body.encode())[:-2000])
    terms, _, problems = read(path, "obo")
    assert 1000 < len(terms) < 2000
    assert [problem.code for problem in problems.found] == ["damaged-gzip", "cut-short"]
    assert list(terms) == [f"MONDO:{n:07}" for n in range(len(terms))]
    assert problems.records == len(terms) + 1


@pytest.mark.parametrize(
    "last",
    [
        'synonym: "unclo', "synonym: ", "syno", "is_a: MONDO:00000", "is_a: FOO", "xref: MESH:D01", "alt_id: MONDO:1",
        "property_value: skos:exa", "is_obsolete: tr", "id: MONDO:00",
    ],
)  # fmt: skip
def test_a_last_stanza_that_ends_in_mid_clause_is_dropped(last: str, tmp_path: Path) -> None:
    first = "" if last.startswith("id") else "id: MONDO:0000002\nname: b\n"
    terms, _, problems = load(tmp_path, f"\n[Term]\nid: MONDO:0000001\nname: a\n\n[Term]\n{first}{last}")
    assert list(terms) == ["MONDO:0000001"]
    assert problems.set_aside == {"cut-short": 1}


def test_a_last_clause_that_may_be_cut_is_told(tmp_path: Path) -> None:
    terms, _, problems = load(tmp_path, "\n[Term]\nid: MONDO:0000001\nname: osteosarc")
    assert terms["MONDO:0000001"].label == "osteosarc"
    assert codes(problems) == [("no-final-newline", "name: osteosarc")]


def test_other_encodings_and_line_ends(tmp_path: Path) -> None:
    text = f"{HEADER}\n[Term]\nid: MONDO:0000001\nname: Sjögren\n"
    path = tmp_path / "mondo.obo"
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read(path, "obo")[0]["MONDO:0000001"].label == "Sjögren"
    assert read_header(path).version == "releases/2026-01-01"
    path.write_bytes(text.encode("utf-16"))
    terms, _, problems = read(path, "obo")
    assert terms["MONDO:0000001"].label == "Sjögren"
    assert [problem.code for problem in problems.found] == ["wrong-encoding"]
    path.write_bytes(f'{text}synonym: "x" EXACT []\n'.encode("latin-1"))
    terms, _, problems = read(path, "obo")
    assert terms["MONDO:0000001"].names == (Name("x", "exact"),)
    assert [problem.code for problem in problems.found] == ["not-utf8", "no-name"]


def test_the_header(tmp_path: Path) -> None:
    path = tmp_path / "x.obo"
    path.write_text(HEADER + "\n[Term]\nid: MONDO:0000001\ndata-version: no\n", encoding="utf-8")
    assert read_header(path) == ("mondo", "releases/2026-01-01")
    path.write_text("ontology: x ! y\n\n[Term]\nid: MONDO:0000001\ndata-version: no\n", encoding="utf-8")
    assert read_header(path) == ("x", "")
    path.write_text("data-version: http://purl.obolibrary.org/obo/mondo/releases/2020-01-02/mondo.obo\n", "utf-8")
    assert read_header(path).version == "releases/2020-01-02"


_LINE = st.sampled_from([
    "[Term]", "[Typedef]", "[", "[Term", " [Term]", "\r[Term]\rid: MONDO:0000003", "id: MONDO:0000001", "id: MONDO:0000002", "id:", "name: a\\", 'synonym: "a" EXACT []',
    'synonym: "', "xref: MESH:D000001 {source=", "is_a: MONDO:0000001", "alt_id: MONDO:0000002", "!", "\\", "x",
    "is_obsolete: true", "property_value: skos:exactMatch \"", "equivalent_to: DOID:1", "", "ontology: mondo",
])  # fmt: skip


@given(lines=st.lists(_LINE | st.text(max_size=20), max_size=30))
def test_no_text_makes_the_reader_crash_or_lose_count(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("obo") / "x.obo"
    path.write_bytes(("format-version: 1.4\n" + "\n".join(lines)).encode("utf-8", "surrogatepass"))
    read(path, "obo")


def _compare_with_pronto(path: Path) -> int:
    """Compare our reading with pronto's; return the number of terms."""
    from pronto.ontology import Ontology

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ontology = Ontology(str(path), import_depth=0, threads=1)
    ours, _, _ = read(path, "obo")
    theirs = {str(term.id): term for term in ontology.terms()}
    merged: dict[str, set[str]] = {}
    for main, term in theirs.items():
        for other in term.alternate_ids:
            merged.setdefault(other, set()).add(main)
    assert {curie for curie, term in ours.items() if term.names} == set(theirs)
    for curie, term in theirs.items():
        mine = ours[curie]
        assert mine.label == term.name.strip()
        expected = {(synonym.description.strip(), synonym.scope.lower()) for synonym in term.synonyms}
        found = {(name.text, name.scope) for name in mine.names[1:]}
        assert found <= expected
        # What we leave out is what has the text of a closer name.
        closer = {name.text for name in mine.names}
        assert all(text in closer for text, _ in expected - found)
        parents = {str(p.id) for p in term.superclasses(distance=1, with_self=False)} - {curie}
        assert set(mine.parents) == parents
        assert mine.obsolete == term.obsolete
        # pronto makes objects only of successors that the file holds.
        successors = set(mine.replaced_by) - (merged.get(curie, set()) if mine.obsolete else set())
        assert successors == {identifier(other) for other in term.replaced_by.ids} - {None}
        assert set(mine.consider) == {identifier(other) for other in term.consider.ids} - {None}
    for other, mains in merged.items():
        assert mains <= set(ours[other].replaced_by)
    return len(theirs)


def test_pronto_reads_the_same_from_all_of_mondo() -> None:
    assert _compare_with_pronto(full_data("mondo", "mondo.obo.gz")) == 31_884


def test_pronto_reads_the_same_from_the_sample() -> None:
    # It cannot read the other one, whose synonyms have types that the header does not declare.
    assert _compare_with_pronto(full_data("mondo", "official_format", "oak_mondo-sample-mappings.obo")) == 7


def test_genuine_samples() -> None:
    path = full_data("mondo", "official_format", "oak_mondo-sample-mappings.obo")
    terms, mappings, problems = read(path, "obo")
    assert terms["MONDO:0007033"].names[0] == Name("abducens nerve palsy", "label")
    assert Name("VIth nerve disorder", "broad") in terms["MONDO:0007033"].names
    assert problems.found == []
    assert {row.predicate_id for row in mappings} == {"oboInOwl:hasDbXref"}
    assert ("MONDO:0007032", "MESH:D011535") in {(row.subject_id, row.object_id) for row in mappings}
    path = full_data("mondo", "official_format", "mondonorm_mondo-sample.obo")
    terms, mappings, problems = read(path, "obo")
    assert (len(terms), len(mappings), problems.found) == (9, 0, [])
    assert Name("DM", "exact") in terms["MONDO:0005015"].names
    assert Name("Haemoglobin S disease", "related") in terms["MONDO:0011382"].names
    assert read_header(path) == ("mondo-sample", "")


def test_the_mapping_of_osteosarcoma_in_all_of_mondo() -> None:
    _, mappings, _ = read(full_data("mondo", "mondo.obo.gz"), "obo")
    (row,) = (m for m in mappings if (m.subject_id, m.object_id) == ("MONDO:0009807", "MESH:D012516"))
    assert (row.predicate_id, row.mapping_justification) == ("skos:exactMatch", "semapv:ManualMappingCuration")
    assert (row.mapping_source, row.mapping_set_version) == ("obo:mondo", "releases/2026-05-05")
